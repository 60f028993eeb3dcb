"""How sure the numbers of a dispute are."""
