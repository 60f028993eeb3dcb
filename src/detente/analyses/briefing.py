"""The brief on a dispute: two printed pages from one run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from detente.analyses.doors import answered
from detente.analyses.registry import REGISTRY
from detente.analyses.run.policy_brief import policy_brief
from detente.analyses.run.result import Findings
from detente.dispute.schema import Dispute
from detente.dispute.session import Progress, Session
from detente.errors import BadInput
from detente.report.briefs import PolicyBrief


def brief(
    dispute: Dispute | str | Path | Session | Findings, *, progress: Progress | None = None, **options: Any
) -> PolicyBrief:
    """Two pages on a dispute: who loses, how much, what is assumed, what is missing, and what would change it.

    Parameters
    ----------
    dispute
        A dispute, the name of a bundled case, a path, the text of a dispute file, a session, or findings.
    progress
        As in `detente.run`.
    options
        Those of `detente.run`; none beside findings. With `signs=True` the range over elasticities, closures and base
        tariffs is computed, which bundled cases have at hand.

    Returns
    -------
    PolicyBrief
        `html` (one page, two when printed on A4 or letter), `text`, `write(file)`.

    Raises
    ------
    BadInput
        Where options stand beside findings, and as `detente.run` does.
    """
    if isinstance(dispute, Findings):
        if options:
            raise BadInput(f"findings have their own options: leave {', '.join(options)} out, or give the dispute")
        return PolicyBrief.of(policy_brief(dispute))
    return PolicyBrief.of(policy_brief(answered(REGISTRY["run"], dispute, options, progress=progress)))
