"""Governments that choose: what they want, how one answers the other, and where it ends if nobody gives way."""

from detente.war.nash import Equilibrium, nash
from detente.war.objectives import Objective
from detente.war.response import BestResponse, best_response

__all__ = ["BestResponse", "Equilibrium", "Objective", "best_response", "nash"]
