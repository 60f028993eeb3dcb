from detente.data import World as World
from detente.data import list_elasticities as list_elasticities
from detente.data import list_worlds as list_worlds
from detente.data import load_world as load_world
from detente.dispute import Dispute as Dispute
from detente.dispute import Findings as Findings
from detente.dispute import War as War
from detente.dispute import list_cases as list_cases
from detente.dispute import run as run
from detente.dispute import run_war as run_war
from detente.errors import BadInput as BadInput
from detente.errors import DetenteError as DetenteError
from detente.errors import NotSolved as NotSolved
from detente.model import Parts as Parts
from detente.model import Shock as Shock
from detente.policy import Measure as Measure
from detente.policy import TariffBook as TariffBook
from detente.solve import Economy as Economy
from detente.solve import Outcome as Outcome
from detente.solve import Solution as Solution
from detente.solve import calibrate as calibrate
from detente.solve import decompose as decompose
from detente.solve import gradient as gradient
from detente.solve import solve as solve
from detente.talks.stability import Conflict as Conflict
from detente.war.cooperate import Cooperation as Cooperation
from detente.war.cooperate import cooperate as cooperate
from detente.war.nash import Equilibrium as Equilibrium
from detente.war.nash import nash as nash
from detente.war.objectives import Objective as Objective
from detente.war.play import History as History
from detente.war.play import play as play
from detente.war.response import BestResponse as BestResponse
from detente.war.response import best_response as best_response
from detente.war.responses.standoff import Standoff as Standoff

__version__: str
__all__: list[str]
