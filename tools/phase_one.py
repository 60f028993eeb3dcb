"""The categories of Phase One as the bundled case has them: `python tools/phase_one.py` prints the block.

Shares of sectors come from the headings of Annex 6.1 (`detente.targets.target`), rounded down so that the
categories of a sector sum to no more than all of it; amounts are those of the agreement.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal

import detente as dt
from detente.targets.phase_one import phase_one

#: USD bn over 2017 in 2021, from Annex 6.1; the amounts for 2020 are bundled.
OF_2021 = {"manufactured goods": "44.8", "agriculture": "19.5", "energy": "33.9"}
_STEP = Decimal("0.0001")


def main() -> None:
    """Print the block."""
    found = phase_one(dt.load_world("icio-2017"))
    for row in found.categories.to_dict("records"):
        share = found.shares.loc[row["category"]]
        parts = [
            f"{sector}: {(Decimal(str(part)) * 100).quantize(_STEP, ROUND_DOWN).normalize():f}%"
            for sector, part in share.items()
            if part >= 1e-6
        ]
        print(f"          - name: {row['category']}")
        print(f"            base: {row['base'] / 1e3:.6f}bn")
        print(f"            sectors: {{{', '.join(parts)}}}")
        print("            schedule:")
        print(f"              - {{by: 2020-12-31, extra: {row['extra'] / 1e3:g}bn}}")
        print(f"              - {{by: 2021-12-31, extra: {OF_2021[row['category']]}bn}}")


if __name__ == "__main__":
    main()
