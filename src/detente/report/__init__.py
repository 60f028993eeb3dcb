"""Findings as sentences, charts and reports. This layer computes no economics."""

from detente.report.draw import chart
from detente.report.folder import write
from detente.report.sentences import headline

__all__ = ["chart", "headline", "write"]
