"""Markets: exposures, event studies, implied probabilities."""
