"""Products: codes of the Harmonized System, its editions, trade by product, and the sectors that products belong to."""
