"""The graph model of conflict resolution: where a conflict can rest, and what would make it rest elsewhere."""
