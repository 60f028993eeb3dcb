"""What markets say of a dispute and what they should fear: exposures, event studies, implied probabilities."""
