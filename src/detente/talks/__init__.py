"""Governments that agree: what each side demands, and how talks end."""

from detente.door import open_named_door

open_named_door(__name__)
