"""Who gains and who loses from each step of a dispute."""
