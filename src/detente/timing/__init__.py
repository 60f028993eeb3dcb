"""Timing: threats, wars of attrition and offers between sides that are unsure of each other.

Pure game theory: numbers in, probabilities out. `detente.analyses.clock.compute` feeds it from a dispute.
"""
