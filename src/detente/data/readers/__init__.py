"""One reader a public source: each reads a file as published into a World, and refuses what it cannot place."""

from detente.data.readers.oecd_icio import read_oecd_icio
from detente.data.readers.tidy import read_tidy
from detente.data.readers.wiod import read_wiod

__all__ = ["read_oecd_icio", "read_tidy", "read_wiod"]
