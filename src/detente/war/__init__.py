"""Governments that choose: how one side answers the other's measures."""
