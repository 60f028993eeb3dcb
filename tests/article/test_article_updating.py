"""An article put into a case: what is new, what moved, what has come; and what the case had stays."""

from __future__ import annotations

import pytest

from detente.article.reader import read_article
from detente.article.updating import Update, update
from detente.dispute.schema import Dispute

TEXT = """WASHINGTON, May 29, 2018 - The United States will impose a tariff of 25% on $50 billion of Chinese goods \
from July 6, the White House said on Tuesday.

Washington wants China to cut its trade surplus by $220 billion by the end of 2021. China urged the United States to \
open its market to solar panels.

"This is a breach of what was agreed," said Gao Feng, a spokesman for China's commerce ministry. Both sides agreed to \
meet again in Beijing on June 2.
"""
WITHDRAWN = """WASHINGTON, June 20, 2018 - The United States has withdrawn its tariff on $50 billion of Chinese goods, \
the White House said on Wednesday. China wants the United States to buy more chicken.
"""
AGAIN = """WASHINGTON, June 20, 2018 - The United States will impose a tariff of 10% on Chinese furniture, the White \
House said on Wednesday.
"""


@pytest.fixture(scope="module")
def case() -> Dispute:
    return Dispute.read("us-china-2018")


@pytest.fixture(scope="module")
def found(case: Dispute) -> Update:
    return update(case, read_article(TEXT, name="wire").draft)


def test_a_threat_moves_and_keeps_what_is_not_told_of(case: Dispute, found: Update) -> None:
    before, after = case.measure("us-301"), found.dispute.measure("us-301")
    assert (str(before.earliest), str(after.earliest)) == ("2018-05-23", "2018-07-06")
    assert (after.add, after.goods, after.title) == (before.add, before.goods, before.title)
    assert after.source is not None
    assert after.source.document == "wire"
    assert [str(change) for change in found.changes if "us-301" in change.what] == [
        "changed: measures.us-301.earliest 2018-05-23 → 2018-07-06"]  # fmt: skip


def test_a_demand_moves_and_a_new_one_is_added(found: Update) -> None:
    demands = {demand.id: demand for demand in found.dispute.demands}
    assert str(demands["us-surplus"].deadline) == "2021-12-31"
    assert demands["us-surplus"].ask.bilateral_balance is not None
    assert demands["us-surplus"].ask.bilateral_balance.change == -220e3
    assert [change.what for change in found.changes if change.kind == "new" and "demands" in change.what] == [
        "demands.chn-market: CHN of USA: open its market to solar panels"]  # fmt: skip


def test_what_was_said_and_who_said_it_is_added(found: Update) -> None:
    assert ("Gao Feng", "CHN") in [(s.who, s.side) for s in found.dispute.statements]
    assert "Gao Feng" in [person.name for person in found.dispute.delegations["CHN"]]
    assert "2018-06-02" in [str(milestone.date) for milestone in found.dispute.dates]


def test_days_that_have_come_are_said(found: Update) -> None:
    assert str(found.dispute.as_of) == "2018-05-29"
    passed = [change.what for change in found.changes if change.kind == "passed"]
    assert any(what.startswith("dates.comment-period-ends: 2018-05-22") for what in passed)


def test_nothing_of_the_case_goes(case: Dispute, found: Update) -> None:
    for block in ("measures", "responses", "demands", "dates", "agreements", "statements", "forecasts", "outcomes"):
        assert len(getattr(found.dispute, block)) >= len(getattr(case, block)), block
    assert set(case.documents) < set(found.dispute.documents)
    assert case == Dispute.read("us-china-2018")


def test_the_same_article_twice_brings_nothing_new(found: Update) -> None:
    again = update(found.dispute, read_article(TEXT, name="wire").draft)
    assert again.changes == ()
    assert again.dispute == found.dispute


def test_a_withdrawal_meets_the_demand_for_it(case: Dispute) -> None:
    changes = update(case, read_article(WITHDRAWN, name="wire").draft).changes
    assert "changed: measures.us-301.status threatened → withdrawn" in [str(change) for change in changes]
    met = [demand.id for demand in case.demands if demand.ask.withdraw == "us-301"]
    assert [change.what.split(":")[0] for change in changes if change.kind == "met"] == [f"demands.{id}" for id in met]


SEVERAL = """WASHINGTON, September 24, 2018 - The United States imposed a tariff of 10% on $200 billion of Chinese \
goods on Monday. The White House threatened tariffs on another $267 billion of Chinese goods.
"""
LATER = """WASHINGTON, June 15, 2018 - The United States will impose a tariff of 20% on Chinese goods worth $150 \
billion, the White House said on Friday.
"""
FIRST = """WASHINGTON, May 4, 2018 - The White House threatened tariffs on as much as $150 billion in Chinese \
goods. China wants the United States to open its market.
"""


def test_several_measures_of_an_article_are_not_one_of_the_case(case: Dispute) -> None:
    first = read_article(FIRST, name="first").draft
    result = update(first, read_article(SEVERAL, name="wire").draft)
    assert [str(m.add) for m in result.dispute.measures] == ["0.25", "0.1", "0.25"]
    assert [m.status for m in result.dispute.measures] == ["threatened", "in-force", "threatened"]
    assert [change.kind for change in result.changes if "measures" in change.what] == ["new", "new"]


def test_a_stated_rate_answers_the_question_about_it() -> None:
    first = read_article(FIRST, name="first").draft
    assert "measures.usa-on-chn.add" in [question.path for question in first.questions]
    for text, rate in ((LATER, 0.2), (LATER.replace("20%", "25%"), 0.25)):
        after = update(first, read_article(text, name="later").draft).dispute
        assert after.measure("usa-on-chn").add == rate
        assert after.measure("usa-on-chn").assumed == ()
        assert "measures.usa-on-chn.add" not in [question.path for question in after.questions]


def test_what_may_be_several_measures_is_left_open(case: Dispute) -> None:
    result = update(case, read_article(AGAIN, name="wire").draft)
    assert [change.kind for change in result.changes if "us-301-more" in change.what] == ["open"]
    assert len(result.dispute.measures) == len(case.measures)
