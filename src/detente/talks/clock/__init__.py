"""What happens when the clock runs out: threats, wars of attrition and offers between sides unsure of each other.

Pure game theory: numbers in, probabilities out. `detente.dispute.clock.run` feeds it from a dispute.
"""

from detente.talks.clock.attrition import Attrition, Spell, attrition, attrition_under_prior
from detente.talks.clock.brinkmanship import Brinkmanship, Showdown, brinkmanship, showdown
from detente.talks.clock.calendar import LegalDate, calendar
from detente.talks.clock.experts import Expert, experts
from detente.talks.clock.game import Course, Game, run_game
from detente.talks.clock.offers import Offers, alternating_offers, offers_under_prior
from detente.talks.clock.prior import Prior, Resolve
from detente.talks.clock.scores import STATE_OF, STATES, State, brier, log_score, pool, spread
from detente.talks.clock.simulate import Calibration, calibrate, simulate

__all__ = [
    "STATES",
    "STATE_OF",
    "Attrition",
    "Brinkmanship",
    "Calibration",
    "Course",
    "Expert",
    "Game",
    "LegalDate",
    "Offers",
    "Prior",
    "Resolve",
    "Showdown",
    "Spell",
    "State",
    "alternating_offers",
    "attrition",
    "attrition_under_prior",
    "brier",
    "brinkmanship",
    "calendar",
    "calibrate",
    "experts",
    "log_score",
    "offers_under_prior",
    "pool",
    "run_game",
    "showdown",
    "simulate",
    "spread",
]
