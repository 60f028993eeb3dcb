"""What markets say: from a dispute and prices to exposures, event studies and implied probabilities."""
