"""Governments that agree: what each side demands, and how talks end."""
