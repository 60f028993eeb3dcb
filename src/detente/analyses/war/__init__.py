"""Two sides that choose their tariffs: from a dispute to its war."""
