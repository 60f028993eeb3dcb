"""Options of the toy question."""

from __future__ import annotations

from detente.analyses.options import Options, option


class ToyOptions(Options):
    """What can be asked of it."""

    times: float = option(1.0, "what shares are multiplied by", "Times", gt=0)
