"""Whether deals hold: from a dispute to enforcement, groups at home, and where the conflict can rest."""
