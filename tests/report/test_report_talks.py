"""The report on talks: sentences true to the numbers, tables whole, a chart that draws, a folder all or nothing."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest

import detente as dt
from detente.analyses.talks.deal_sentences import (
    brief,
    closes,
    headline,
    of_demands,
    of_opening,
    of_points,
    of_reasons,
    of_settings,
    of_targets,
    of_the_truce,
    of_unpriced,
    of_war,
)
from detente.analyses.talks.frontier_chart import SIDE, frontier_chart, frontier_words, places
from detente.analyses.talks.report import (
    average,
    board,
    deal_table,
    document,
    duty_section,
    implied_table,
    no_deal_table,
    of_duties,
    price_table,
    sections,
    stability_table,
    target_table,
    third_table,
    zone_table,
)
from detente.report.charts import SIZE
from detente.report.lettering import width
from detente.report.numbers import NO_BREAK
from detente.report.render import markdown, page, svg, write_report
from stored import stored

TEXT = """
dispute: small-talks
title: A threat and what each side asks for
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: first, by: USA, on: CHN, status: threatened, goods: {value: 50bn, basis: customs}, add: 25%}
responses:
  - {by: CHN, to: first, rule: in-kind, match: value}
demands:
  - id: surplus
    by: USA
    of: CHN
    what: a smaller surplus
    ask: {bilateral_balance: {partner: USA, change: -90bn, base: 2017, basis: customs}}
    stance: red-line
    deadline: 2020-12-31
  - {id: levels, by: USA, of: CHN, what: lower tariffs, ask: {tariffs_at_most: {levels_of: USA}}, deadline: immediate}
  - {id: cyber, by: USA, of: CHN, ask: {structural: {topic: cyber, what: end it}}}
  - {id: stop, by: CHN, of: USA, what: drop the threat, ask: {withdraw: first}}
"""


@pytest.fixture(scope="module")
def talks() -> dt.Talks:
    whole = dt.load_world("icio-2017")
    kept = {"USA", "CHN", "MEX", "VNM"}
    world = whole.aggregate(economies={"OTH": [code for code in whole.economies if code not in kept]})
    return stored("talks", dt.Talks, lambda: dt.talks(dt.Dispute.parse(TEXT), world=world), TEXT)


def with_zone(talks: dt.Talks, among: str, **values: object) -> dt.Talks:
    """The same talks with other numbers for a set of packages at the no-deal point."""
    zones = talks.zones.copy()
    row = (zones["among"] == among) & (zones["no_deal"] == talks.no_deal)
    for name, value in values.items():
        zones.loc[row, name] = value
    return replace(talks, zones=zones)


def billions(text: str) -> list[float]:
    """Amounts of a text in USD billion."""
    scale = {"tn": 1e3, "bn": 1.0, "mn": 1e-3}
    return [float(number) * scale[unit] for number, unit in re.findall(r"\$([\d.]+)(tn|bn|mn)", text)]


def test_the_headline_says_how_far_apart_they_are_and_what_would_close_it(talks: dt.Talks) -> None:
    text, row = headline(talks), talks.zone("red lines")
    assert row["packages"] == 0
    assert text.startswith(
        "No package that meets the red line of the United States beats the answered threat for both; "
    )
    assert billions(text)[0] == pytest.approx(row["apart"] / 1e3, rel=5e-3)
    assert billions(text)[1] == pytest.approx(talks.zone("all")["apart"] / 1e3, rel=5e-3)
    number = talks.zone("no deal")["packages"]
    assert (f"Without the red line {number} package" in text) == (number > 0)
    assert ("It closes if" in text) == bool(row["payer"])
    part = talks.closing[(talks.closing["demand"] == "surplus") & (talks.closing["no_deal"] == "answered")].iloc[0]
    assert 0 < part["part"] < 1
    assert f"{part['part'] * 100:.0f}" in text
    assert billions(text)[-1] == pytest.approx(abs(part["amount"]) / 1e3, rel=5e-3)


def test_the_finding_follows_the_sets_of_packages(talks: dt.Talks) -> None:
    some = with_zone(talks, "red lines", packages=2, apart=0.0)
    assert brief(some).startswith("2 packages that meet the red line of the United States beat the answered threat")
    assert "none is as good for both as the truce" in brief(some)
    assert list(closes(some)) == []
    deal = with_zone(some, "all", packages=1, apart=0.0, nash="surplus + levels")
    assert brief(deal).startswith("1 package that meets the red line of the United States beats the answered threat")
    assert "the Nash bargain among them is the package of surplus and levels" in brief(deal)
    none = with_zone(with_zone(talks, "red lines", apart=float("nan")), "all", apart=float("nan"))
    assert "can be priced" in brief(none)
    free = replace(talks, red_lines=())
    assert brief(free).startswith("No package beats the answered threat for both; the sides are ")


def test_no_payment_is_told_where_none_closes_it(talks: dt.Talks) -> None:
    poor = with_zone(talks, "red lines", payer="", payment=float("nan"), short_of_payments=7e3)
    text = " ".join(closes(poor))
    assert "No payment between them closes it" in text
    assert 7.0 in billions(text)
    rich = with_zone(talks, "red lines", payer="USA", payment=3e3, paid_for="surplus")
    assert (
        "It closes if the United States pays China $3.00bn a year for “a smaller surplus” (prices move with"
        in " ".join(closes(rich))
    )


@pytest.mark.parametrize(
    ("part", "said"),
    [(0.0, "No part of “a smaller surplus” leaves China as well off"), (1.0, "All of “a smaller surplus” by itself")],
)
def test_a_part_of_a_commitment_is_told_as_it_is(talks: dt.Talks, part: float, said: str) -> None:
    assert said in " ".join(closes(replace(talks, closing=talks.closing.assign(part=part))))


def test_that_war_pays_is_told_with_its_sign(talks: dt.Talks) -> None:
    calm = talks.no_deals.assign(pays_first=False, pays_second=False)
    assert of_war(replace(talks, no_deals=calm)) == (
        "War pays neither side: each is worse off than under the truce wherever failed talks lead.",
    )
    pays = calm.assign(first=[2e3] * len(calm), pays_first=calm["no_deal"] == "nash")
    (said,) = of_war(replace(talks, no_deals=pays))
    assert said.startswith("Nash tariffs would leave the United States $2.00bn a year better off than the truce")
    for row in talks.no_deals.itertuples():
        named = [text for text in of_war(talks) if text.startswith(str(row.title)[:1])]
        assert row.no_deal != "status quo" or not named


def test_the_truce_is_no_finding_where_both_prefer_it(talks: dt.Talks) -> None:
    text = of_the_truce(talks)
    point = talks.no_deals.set_index("no_deal").loc["answered"]
    assert ("holds by construction" in text) == bool(point["first"] < 0 and point["second"] < 0)
    assert billions(text)[:2] == pytest.approx([-point["first"] / 1e3, -point["second"] / 1e3], rel=5e-3)
    assert "is the same state" in of_the_truce(replace(talks, no_deal="status quo"))


def test_every_other_no_deal_point_has_its_sentence(talks: dt.Talks) -> None:
    said = of_points(talks)
    assert len(said) == 3
    for text, point in zip(said, ("status quo", "threat", "nash"), strict=True):
        row = talks.zone("red lines", point)
        assert ("apart" in text) == (row["packages"] == 0)
        if row["packages"] == 0:
            assert billions(text)[0] == pytest.approx(row["apart"] / 1e3, rel=5e-3)


def test_each_demand_is_told_with_the_signs_of_its_prices(talks: dt.Talks) -> None:
    said = of_demands(talks)
    prices = talks.prices.set_index(["demand", "who"])["alone"]
    assert len(said) == 3
    assert "changes nothing while what is threatened is on hold. Met in the answered threat" in said[2]
    for text, demand in zip(said, ("surplus", "levels"), strict=False):
        signs = re.findall(r"([+−])\$", text)
        wanted = ["+" if prices[demand, who] > 0 else "−" for who in ("USA", "CHN", "world")]
        assert signs == wanted
    assert ("the world loses" in said[0]) == (prices["surplus", "world"] < 0)
    assert ("loses more than the United States gains" in said[0]) == (
        prices["surplus", "USA"] + prices["surplus", "CHN"] < 0
    )


def test_reasons_are_told_with_their_signs(talks: dt.Talks) -> None:
    said = of_reasons(talks)
    assert len(said) == talks.reasons["state"].nunique()
    for text, (_, rows) in zip(said, talks.reasons.groupby("state", sort=False), strict=True):
        signs = re.findall(r"([+−])(?=[<\d])", text)
        wanted = [
            "+" if value > 0 else "−" for row in rows.itertuples() for value in (row.total, row.terms, row.volume)
        ]
        assert signs == wanted


def test_each_side_s_way_to_an_amount_is_told_with_its_money(talks: dt.Talks) -> None:
    text, *_ = of_targets(talks)
    rows = talks.targets[talks.targets["met"]]
    assert billions(text) == pytest.approx(
        [abs(end) / 1e3 for key in ("asker", "giver") for end in (rows[key].max(), rows[key].min())], rel=5e-3
    )
    assert "by purchases of CHN" in text
    assert "Who restrains its own exports keeps the higher price" in text


def test_caps_that_bind_and_signs_that_differ_are_told_with_names(talks: dt.Talks) -> None:
    """Beside the sentence on instruments: one for each row with a warning, and rates by sector as a range."""
    said = "the cap of 2,000% binds for tariffs of USA on goods of CHN in C26; the sign for USA depends on the rates"
    rows = talks.targets.assign(warnings="", lowest=talks.targets["rate"], highest=talks.targets["rate"])
    rows.loc[rows.index[1], ["warnings", "rate", "lowest", "highest"]] = [said, float("nan"), 0.05, 20.0]
    warned = replace(talks, targets=rows)
    assert len(of_targets(replace(talks, targets=rows.assign(warnings="")))) == 1
    first, second = of_targets(warned)
    assert first == of_targets(talks)[0]
    assert f"the cap of 2,000{NO_BREAK}% binds for tariffs of the United States on goods of China in C26" in second
    assert "the sign for the United States depends on the rates" in second
    cells = [row.cells[1] for row in target_table(warned).rows if not row.heading]
    assert cells[1] == f"5.0{NO_BREAK}% to 2000.0{NO_BREAK}%"
    assert " to " not in cells[0]


def test_opening_to_all_is_told_beside_opening_to_one(talks: dt.Talks) -> None:
    (text,) = of_opening(talks)
    rows = talks.opening.set_index("to")["world"]
    assert ("more than for one" in text) == (rows["everybody"] > rows["the side that asks"])


def test_settings_are_counted(talks: dt.Talks) -> None:
    same, tried = int(talks.stability["same"].sum()), len(talks.stability)
    assert f"holds in {same} of {tried} settings" in of_settings(talks)
    broken = talks.stability.copy()
    broken.loc[broken.index[-1], ["solved", "same"]] = False
    assert "1 without an equilibrium" in of_settings(replace(talks, stability=broken))


def test_tables_have_every_demand_point_and_pick(talks: dt.Talks) -> None:
    rows = [row.cells for row in board(talks).rows if not row.heading]
    assert len(rows) == len(talks.demands)
    assert [cells[1] for cells in rows] == list(talks.demands["board"])
    assert rows[0][0].endswith("(by 2020-12-31)")
    assert rows[1][0].endswith("(at once)")
    priced = [row for row in price_table(talks).rows if row.heading]
    assert len(priced) == int(talks.demands["priced"].sum())
    assert len(no_deal_table(talks).rows) == 4
    assert len([row for row in zone_table(talks).rows if not row.heading]) == 16
    assert len([row for row in deal_table(talks).rows if not row.heading]) == len(talks.deals)
    assert len(stability_table(talks).rows) == len(talks.stability)
    targets = target_table(talks)
    assert "by customs figures are" in targets.rows[0].cells[0]
    assert any("out of reach" in row.cells[2] for row in targets.rows[1:])
    assert len(third_table(talks).rows) >= 5


def test_the_chart_draws_and_says_where_failed_talks_lead(talks: dt.Talks) -> None:
    chart = frontier_chart(talks)
    assert talks.plot().to_dict() == talks.plot("frontier").to_dict() == chart.to_dict()  # checked against Vega-Lite
    drawn = svg(chart)
    for word in ("truce", "answered threat (no deal)", "unanswered threat", "Nash tariffs", "United States"):
        assert word in drawn
    assert "The frontier runs from" in frontier_words(talks)


def test_a_report_is_whole_in_both_forms(talks: dt.Talks) -> None:
    report = document(talks)
    text = markdown(report)
    assert headline(talks)[:60] in text
    titles = [section.title for section in sections(talks)]
    assert titles[0] == "Is there a deal"
    assert {"Trade by amount", "Opening to one and to all", "How sure the talks are"} <= set(titles)
    html = page(report, {figure.name: svg(figure.chart) for figure in report.figures})
    assert talks.id[:12] in html
    assert "<script" not in html
    plain = replace(talks, targets=talks.targets.iloc[:0], opening=talks.opening.iloc[:0])
    assert "Trade by amount" not in [section.title for section in sections(plain)]


def test_a_folder_is_whole(talks: dt.Talks, tmp_path: Path) -> None:
    told: list[str] = []
    names = write_report(talks, tmp_path / "out", progress=lambda _, __, what: told.append(what))
    there = {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    assert there == set(names)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    for name, entry in manifest["files"].items():
        assert hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() == entry["sha256"]
    assert told == ["chart frontier", ""]
    frame = pd.read_csv(tmp_path / "out/tables/demands.csv")
    assert list(frame["demand"]) == list(talks.demands["demand"])


def test_duties_that_were_bargained_over_are_told_and_none_where_they_were_not(talks: dt.Talks) -> None:
    """Averages are weighed by what is bought: 1 % on 3 and 5 % on 1 are 2 %."""
    assert of_duties(talks) == ()
    titles = [section.title for section in sections(talks)]
    assert "Duties that both would agree on" not in titles
    duties = pd.DataFrame(
        [("USA", "CHN", "C26", 3e3, 0.02, 0.01), ("USA", "CHN", "A01", 1e3, 0.02, 0.05),
         ("CHN", "USA", "C26", 2e3, 0.10, 0.0)],
        columns=["by", "on", "sector", "bought", "before", "agreed"],
    )  # fmt: skip
    deal = pd.DataFrame(
        [("USA", 1e3, 0.0, 2e3), ("CHN", -1e3, 0.0, 4e3), ("MEX", -500.0, 0.0, 0.0)],
        columns=["economy", "deal", "values", "gain"],
    )
    found = replace(talks, duties=duties, tariff_deal=deal)
    assert average(found, "USA", "agreed") == pytest.approx(0.02)
    text = " ".join(of_duties(found))
    parts = ("2.0 % in place of 2.0 %", "0.0 % in place of 10", "$2.00bn a year to the United States", "−$500mn")
    assert all(part in text.replace("\xa0", " ") for part in parts)
    assert duty_section(found).title in [section.title for section in sections(found)]


def test_a_label_of_the_frontier_stands_at_its_mark_and_clear_of_the_others() -> None:
    near = pd.DataFrame({"x": [0.0, 0.2, -0.4], "y": [0.0, 0.1, -0.1], "label": ["truce", "Nash", "unanswered threat"]})
    found = places(near, (-5.0, 5.0), (-5.0, 5.0))
    boxes = []
    for (x, y, label), place in zip(near.itertuples(index=False), found, strict=True):
        wide = width(label, SIZE - 1)
        left = (x + 5) / 10 * SIDE + place["dx"] - {"left": 0.0, "center": wide / 2, "right": wide}[place["align"]]
        middle = (5 - y) / 10 * SIDE + place["dy"]
        boxes.append((left, left + wide, middle - 7, middle + 7))
    for one, other in combinations(boxes, 2):
        beside = one[1] <= other[0] or other[1] <= one[0]
        assert beside or one[3] <= other[2] or other[3] <= one[2]
    alone = places(near.head(1), (-5.0, 5.0), (-5.0, 5.0))[0]
    assert (alone["align"], alone["dy"]) == ("left", 0)
    edge = places(near.head(1).assign(x=4.9), (-5.0, 5.0), (-5.0, 5.0))[0]
    assert edge["align"] == "right"


def test_nash_tariffs_that_are_better_for_both_are_not_called_a_war_that_pays(talks: dt.Talks) -> None:
    table = talks.no_deals.copy()
    nash = table["no_deal"] == "nash"
    table.loc[nash, ["first", "second", "pays_first", "pays_second"]] = [2000.0, 3000.0, True, True]
    (said,) = [text for text in of_war(replace(talks, no_deals=table)) if "Nash" in text]
    assert "$2.00bn" in said
    assert "$3.00bn" in said
    assert "war pays" not in said


def test_a_range_that_refusals_leave_open_is_no_row(talks: dt.Talks) -> None:
    """Where no refusal bounds a demand the table has no cell of it, and a sentence says so."""
    row = {
        "demand": "patents", "asker": "USA", "giver": "CHN", "makes_deal": True, "least_value": 5e3,
        "value_low": 0.0, "value_high": float("nan"), "cost_low": float("nan"), "cost_high": float("nan"),
        "norm_value": float("nan"), "norm_cost": float("nan"), "contradicted": False,
    }  # fmt: skip
    free = replace(talks, implied=pd.DataFrame([row, row | {"demand": "status"}]))
    assert not any("refusals" in title for title in implied_table(free).head)
    assert any("say nothing about the worth and the cost of any demand" in text for text in of_unpriced(free))
    bound = replace(talks, implied=pd.DataFrame([row | {"value_low": 2e3}, row | {"demand": "status"}]))
    table = implied_table(bound)
    worth = table.head.index("Worth by refusals")
    assert [its.cells[worth] for its in table.rows] == ["$2.00bn or more", "–"]
    assert "Cost by refusals" not in table.head
    assert any("of 1 of the 2 demands" in text for text in of_unpriced(bound))
    for shown in (free, bound):
        assert "unbounded" not in str(implied_table(shown).rows)
