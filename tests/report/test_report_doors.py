"""What a user finds of reports and charts without loading what draws them."""

from __future__ import annotations

import subprocess
import sys


def test_altair_waits_for_the_first_chart() -> None:
    code = (
        "import sys, detente as dt, detente.analyses.run.report, detente.analyses.drawing, detente.report.terminal\n"
        "assert 'altair' not in sys.modules and 'detente.web' not in sys.modules\n"
        "from detente.report import altair\n"
        "assert altair.Chart.__name__ == 'Chart'\n"
        "assert 'altair' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
