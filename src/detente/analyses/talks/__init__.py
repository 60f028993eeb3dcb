"""Two sides that talk: from a dispute to prices of demands, deals, and the distance between the sides."""
