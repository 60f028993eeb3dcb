"""Targets: the way to a bilateral balance or to purchases, by instrument, and who pays for it."""
