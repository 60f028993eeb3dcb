"""What happens when: from a dispute to the probability of each outcome on every day."""
