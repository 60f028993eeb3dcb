"""The small world and the small dispute of the ensembles."""

from __future__ import annotations

from ensemble.conftest import dispute, found, world

__all__ = ["dispute", "found", "world"]
