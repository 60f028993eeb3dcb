"""Random shocks before detente and the auditor of the tests: the count of each verdict.

`python benchmarks/shocks.py [COUNT]` judges seeds 0 to COUNT − 1, by default 10,000, which takes some minutes, and it
writes docs/benchmarks-shocks.md. `make acceptance` judges the same cases.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import jinja2
from more import RESULTS, ROOT
from reference import keep

sys.path.append(str(ROOT / "tests"))

from oracle import judge, shocks
from oracle.test_oracle_shocks import EVERY, MANY, REFUSED

PAGE = ROOT / "docs/benchmarks-shocks.md"
TEMPLATE = Path(__file__).with_name("shocks.md.j2")
#: What a cause says → how the page calls it.
CAUSES = {
    "subsidies on its purchases": "an economy cannot pay the subsidies on its imports",
    "subsidies on its exports": "an economy cannot pay the subsidies on its exports",
    "the trade surplus that the closure holds": "an economy earns less than the trade surplus that the closure holds",
    "nothing": "borders are closed on one side only",
}


def cause_of(its: judge.Judged) -> str:
    """The kind of a cause; the last sentence names what weighs most."""
    if "nothing" in its.cause:
        return CAUSES["nothing"]
    if "smaller export subsidy" in its.cause:
        return CAUSES["subsidies on its exports"]
    if "smaller subsidy" in its.cause:
        return CAUSES["subsidies on its purchases"]
    if "try deficits" in its.cause:
        return CAUSES["the trade surplus that the closure holds"]
    return "other"


def table(found: Iterable[judge.Judged], key: str) -> list[dict[str, object]]:
    """One row a value of `key`: cases, solved, refused."""
    rows: dict[str, Counter[bool]] = {}
    for its in found:
        rows.setdefault(getattr(its.case, key), Counter())[its.refused] += 1
    return [{"what": what, "solved": n[False], "refused": n[True]} for what, n in sorted(rows.items())]


def measure(count: int) -> dict[str, object]:
    """The verdicts of `count` cases."""
    judge.real_world()
    begun = time.process_time()
    found = [judge.judged(seed, second=seed % EVERY == 0) for seed in range(count)]
    spent = time.process_time() - begun
    ordinary = [its for its in found if its.case.ordinary]
    return {
        "count": count,
        "seconds": spent,
        "outcomes": dict(Counter(its.outcome for its in found)),
        "families": table(found, "family"),
        "closures": table(found, "deficits"),
        "horizons": table(found, "horizon"),
        "causes": dict(Counter(cause_of(its) for its in found if its.refused).most_common()),
        "ordinary": len(ordinary),
        "ordinary_refused": sum(its.refused for its in ordinary),
        "most_refused": REFUSED,
        "compared": sum(not its.refused and its.case.seed % EVERY == 0 for its in found),
        "objections": [f"{its.case.seed}: {its.wrong}" for its in found if its.wrong],
        "theta": list(shocks.THETA),
        "rates": list(shocks.ORDINARY),
    }


def page() -> str:
    """The page, from the counts that are kept."""
    found = json.loads((RESULTS / "shocks.json").read_text("utf-8"))
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True, trim_blocks=True)
    return environment.from_string(TEMPLATE.read_text("utf-8")).render(it=found)


def main() -> int:
    found = measure(int(sys.argv[1]) if len(sys.argv) > 1 else MANY)
    keep("shocks", found)
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE.relative_to(ROOT), found["outcomes"], f"{found['seconds']:.0f} s of a processor", *found["objections"])
    kept = not found["objections"] and found["ordinary_refused"] <= REFUSED * found["ordinary"]
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
