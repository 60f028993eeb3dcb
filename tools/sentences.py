"""What the provenance of a world says of its base tariffs."""

from __future__ import annotations

from typing import Any

import build_baselines
from base_tariffs import APART, FACTOR, BaseTariffs, apart
from build_worlds import RawWorld
from detente.data.base_rules import COLLECTED
from detente.data.base_tariffs import NOTE


def of(name: str, world: RawWorld, base: BaseTariffs) -> dict[str, Any]:
    """replaced: what moved from the simple averages of the source, and by how much; notes: the rule in use."""
    table, record = base.importers, base.collected
    known = table[table["reference"].notna() & (table["importer"] != "USA")]
    before, after = (apart(known[which], known["reference"]) for which in ("before", "after"))
    scaled = known[known["factor"] != 1.0]
    outside = scaled[scaled["union"] == ""].sort_values("factor")
    union = known.loc[known["union"] != "", "factor"]
    rate, us = record["ordinary"] / record["placed_imports"], table.set_index("importer").loc["USA"]
    said = [
        f"rows of {len(outside)} importers outside the EU are scaled to the weighted mean of applied rates, off by "
        f"more than {FACTOR}: {', '.join(f'{row.importer} ×{row.factor:.2f}' for row in outside.itertuples())}",
        f"rows of the EU have one common factor on imports from outside, ×{union.iloc[0]:.2f}",
        f"off by more than {APART} were {int(before.sum())} of {len(known)} importers with a published mean, and are "
        f"{int(after.sum())}, all of them members of the EU: {', '.join(known.loc[after, 'importer'])}",
        f"US ordinary duties are duty ÷ imports by partner and sector at customs in {record['year']}: {rate:.2%} on "
        f"goods with a sector, {us['after']:.2%} at the world's weights, before {us['before']:.2%}",
    ]
    said += _measures(world, base)
    return {"replaced": said, "notes": [f"{NOTE}the rule {COLLECTED!r}"]}


def _measures(world: RawWorld, base: BaseTariffs) -> list[str]:
    """The measures in force that lie on top, by authority."""
    record, said = base.collected, []
    parts = [(key, record[key]) for key in ("section-301", "section-232", "section-201") if record[key] > 0]
    if parts:
        listed = ", ".join(f"{key.replace('section-', 'Section ')} ${value / 1e3:.2f}bn" for key, value in parts)
        said.append(f"US measures in force lie on top, as collected in {record['year']}: {listed}")
    answers = base.in_force[base.in_force["authority"] == build_baselines.AUTHORITY]
    if len(answers):
        mean = build_baselines.average(answers, world)
        (first, last), _ = build_baselines.WINDOWS[f"icio-{world.year}"]
        said.append(
            f"China's answers lie on its tariffs on the US, from the monthly NAICS3 series of {first} to {last} less "
            f"its level of January to March 2018 and changes of ordinary duties: {mean:.2%} of goods on average"
        )
    return said
