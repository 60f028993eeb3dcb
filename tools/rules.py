"""Compute every bundled case under each rule of the base tariffs, and write docs/base-tariffs.md.

`python tools/rules.py` takes a minute. Run it when base tariffs, bundled cases or the economics change. `tests/docs`
compares the page with what the package gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import jinja2

import detente as dt
from detente.data.bundled import list_worlds
from detente.dispute.schema import list_cases
from detente.report.numbers import level_percent, signed_percent, signed_usd

PAGE = Path(__file__).resolve().parents[1] / "docs/base-tariffs.md"
TEMPLATE = Path(__file__).with_name("rules.md.j2")
WHO = "USA"
IMPORTERS = ("USA", "CHN", "JPN", "IND")


def rates() -> Iterator[list[str]]:
    """Rate of the base tariffs on goods by world, importer and rule, beside what was collected or published."""
    for name in list_worlds()["name"]:
        world = dt.load_world(name)
        for importer in IMPORTERS:
            found = [world.with_tariffs(rule).base_revenue(importer) for rule in world.tariff_sources]
            known = found[0].collected_rate
            ratio = found[0].imports_ratio
            yield [
                name,
                importer,
                *(level_percent(each.rate, 2) for each in found),
                "–" if known is None else level_percent(known, 2),
                "–" if ratio is None else f"{ratio:.2f}",
            ]


def results() -> Iterator[list[str]]:
    """Real income of the United States in the state of the headline, by bundled case and rule."""
    for case in list_cases():
        dispute = dt.Dispute.read(case)
        world = dt.load_world(dispute.world)
        cells = []
        for rule in world.tariff_sources:
            found = dt.run(dispute, base_tariffs=rule, accept_defaults=True)
            row = found.economies().set_index("economy").loc[WHO]
            cells.append(f"{signed_percent(row['real_income'])} ({signed_usd(row['real_income_usd'])})")
        yield [case, found.main.title, *cells]


def page() -> str:
    """The page."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True, trim_blocks=True)
    rules = list(dt.load_world("icio-2017").tariff_sources)
    template = environment.from_string(TEMPLATE.read_text("utf-8"))
    return template.render(rules=rules, rates=list(rates()), results=list(results()))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE.name)
