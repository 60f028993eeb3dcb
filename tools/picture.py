"""Draw the picture of the README from a run: who gains and who loses if the threats of May 2018 are carried out."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import detente
import detente.report

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "img" / "us-china-2018.svg"


def main() -> None:
    """Write the report of the bundled dispute and keep its chart of gains and losses."""
    findings = detente.run(detente.Dispute.read("us-china-2018"))
    with tempfile.TemporaryDirectory() as folder:
        detente.report.folder.write(findings, Path(folder) / "report")
        PICTURE.parent.mkdir(exist_ok=True)
        shutil.copyfile(Path(folder) / "report" / "charts" / "gains-and-losses.svg", PICTURE)
    print(f"wrote {PICTURE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
