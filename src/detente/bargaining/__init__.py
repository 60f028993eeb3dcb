"""Bargaining over packages: frontier, zone of agreement, solutions, and the distance to a deal.

Everything here works on payoffs alone; where they come from is not its business. Both sides' payoffs are in one unit,
USD million a year in the rest of detente.
"""
