"""Draw the picture of the README from a run: who gains and who loses if the threats of May 2018 are carried out."""

from __future__ import annotations

from pathlib import Path

import detente
from detente.report.render import standalone, svg

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "img" / "us-china-2018.svg"


def main() -> None:
    """Draw the chart of gains and losses of the bundled dispute."""
    findings = detente.run("us-china-2018")
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(standalone(svg(findings.plot("gains-and-losses"))), encoding="utf-8")
    print(f"wrote {PICTURE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
