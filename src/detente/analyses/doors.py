"""The functions of `detente` that answer a question, made from its entry of the registry.

Every door takes the same options, checks them here, and sets the dispute up; Python calls these functions, the command
line and the server call `answered`.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from detente import timing
from detente.analyses.analysis import Analysis
from detente.analyses.options import LABOUR, Horizon, Options
from detente.analyses.registry import analysis_of
from detente.data.bundled import list_elasticities, list_worlds
from detente.data.world import World, with_blocs
from detente.dispute.blocks import DefaultSettings
from detente.dispute.results import fingerprint
from detente.dispute.schema import Dispute
from detente.dispute.session import Progress, Session
from detente.ensemble.summary import parts_of
from detente.errors import BadInput, UnknownElasticities, UnknownName, UnknownWorld
from detente.inputs import listener, mapping, require, shown
from detente.markets.prices import Prices, parse_prices, prices_of
from detente.model.labour import LabourMarket, market_named
from detente.optimal_tariffs.governments import Objective, wanted
from detente.policy.list_readings import list_readings

SUBJECT: Final = "Dispute | Session | str | Path"
"""What a question can be asked of, as a type is written."""
RAISES: Final = """\
Raises
------
BadInput
    An option has a wrong type or value.
BadDispute, BadMeasure
    The file has faults, or a measure cannot be applied. The error lists every fault.
UnknownWorld, UnknownElasticities, UnknownTariffs, UnknownEconomy
    A name is unknown.
NotSolved
    The audit of an equilibrium failed."""


def answered(
    entry: Analysis,
    subject: Any,
    given: Mapping[str, Any] | Options,
    *,
    progress: Progress | None = None,
    **more: Any,
) -> Any:
    """The answer to a question about a dispute, under options: those of its model, or text and values by name.

    `subject` is a Dispute, the name of a bundled case, a path, the text of a file, or a dispute that is set up; for
    entries with `subjects`, also what these say. `more` is what `compute` takes beside that. Raises as the functions of
    `detente` do.
    """
    listener(progress)
    options = given if isinstance(given, Options) else entry.options.read(given)
    if isinstance(subject, Session):
        subject = _under(subject, options)
    elif isinstance(subject, Dispute | str | Path) or not entry.subjects:
        subject = session_of(disputed(subject), options)
    parties = subject.parties if isinstance(subject, Session) else ()
    options = settled(options, parties)
    if entry.draws:
        drawn = analysis_of(options.result)
        more |= {
            "drawn": drawn,
            "asked": settled(drawn.options.read(mapping(options.options or {}, "options")), parties),
        }
    found = entry.compute(subject, options, progress, **more)
    return _with_notes(found, subject, entry) if isinstance(subject, Session) else found


WELFARE: Final = (
    "labour supply is elastic: what governments gain, and every column real_income here, is welfare (U′ − U)/I, the "
    "worth of spending less that of work; a run shows real income and welfare apart"
)
"""The note on results of two sides, who maximise welfare: it is real income only where everybody works as before."""


def _with_notes(found: Any, session: Session, entry: Analysis) -> Any:
    """A result whose notes say how the product lists of the dispute were read and what gains are, where it has notes.

    Results of two sides count welfare.
    """
    notes = getattr(found, "notes", None)
    if notes is None:
        return found
    elastic = entry.sides is not None and session.economy.labour_market.kappa > 0
    said = (*([WELFARE] if elastic else []), *(its.note for its in list_readings(session.dispute.own_measures)))
    return replace(found, notes=(*(note for note in said if note not in notes), *notes))


def disputed(given: Dispute | str | Path) -> Dispute:
    """A dispute as it is, or read: the name of a bundled case, a path, or the text of a file."""
    if isinstance(given, str) and "\n" in given:
        return Dispute.parse(given)
    if isinstance(given, str | Path):
        return Dispute.read(given)
    require(Dispute, given, "dispute", "give a Dispute: dt.Dispute.read('us-china-2018'), or Dispute.parse(text)")
    return given


def session_of(dispute: Dispute, options: Options) -> Session:
    """The dispute set up as the options say; in the long run where a question has no horizon."""
    horizon: Horizon | None = getattr(options, "horizon", "long")
    return Session.of(
        dispute,
        world=options.world,
        elasticities=options.elasticities,
        deficits=options.deficits,
        base_tariffs=options.base_tariffs,
        horizon=horizon,
        accept_defaults=options.accept_defaults,
        market=market_of(options, dispute.settings),
    )


def market_of(options: Options, settings: DefaultSettings) -> LabourMarket | None:
    """The labour market that options ask for, beside what the file sets; None where no option asks. Raises BadInput."""
    asked = {name: value for name in LABOUR if (value := getattr(options, name)) is not None}
    return market_named({**settings.of_labour, **asked}) if asked else None


def _under(session: Session, options: Options) -> Session:
    """The session with the elasticities, closure, base tariffs and horizon that options name.

    Raises BadInput for another world.
    """
    world = options.world
    if isinstance(world, World):
        same = fingerprint(with_blocs(world, session.dispute.parties)) == session.settings.world_sha256
    else:
        same = world is None or world == session.world.name
    if not same:
        name = world.name if isinstance(world, World) else shown(world)
        raise BadInput(f"world is {name}, and the session is on {session.world.name}: set the dispute up on that world")
    horizon: Horizon | None = getattr(options, "horizon", None)
    given = {name: getattr(options, name) for name in ("elasticities", "deficits", "base_tariffs")}
    return session.under(**given, horizon=horizon, market=market_of(options, session.dispute.settings))


def settled(options: Any, parties: Iterable[str]) -> Any:
    """The options with text read as the object that it stands for, and with names found. Raises BadInput, UnknownName.

    `parties` are the governments that an objective is of where no players are named.
    """
    players = tuple(getattr(options, "players", None) or parties)
    found: dict[str, Any] = {}
    for each in options.every():
        value = getattr(options, each.name)
        if value is None:
            continue
        if each.kind == "objective":
            found[each.name] = _objective(value, players)
        elif each.kind == "prior":
            found[each.name] = _prior(value)
        elif each.kind == "prices":
            found[each.name] = _prices(value)
        elif each.kind == "question" and analysis_of(value).draws:
            raise BadInput(f"{each.name}={value!r} is what draws: name the question whose numbers are drawn")
        elif each.kind == "statements":
            for statement in value:
                parts_of(statement)
        elif each.kind in _LISTED and not hasattr(value, "shape"):
            error, known = _LISTED[each.kind]
            _find(error, value if isinstance(value, tuple) else (value,), known)
    _look_up(options, found.get("prices"))
    settled: Options = options.model_copy(update=found)
    return settled


_LISTED: Final[dict[str, tuple[type[UnknownName], Callable[[], Any]]]] = {
    "world": (UnknownWorld, list_worlds),
    "worlds": (UnknownWorld, list_worlds),
    "elasticities": (UnknownElasticities, list_elasticities),
    "sets": (UnknownElasticities, list_elasticities),
}
"""Kind of option → the error for a name that is not in its list, and the list."""


def _find(error: type[UnknownName], names: Iterable[Any], known: Callable[[], Any]) -> None:
    """Raise the error for the first name that is not in the list; objects are no names."""
    for name in names:
        if isinstance(name, str) and name not in set(known()["name"]):
            raise error(name, known()["name"])


def _objective(given: Any, players: tuple[str, ...]) -> Objective:
    if isinstance(given, str):
        return wanted(given, players)
    require(Objective, given, "objective", "give words such as 'real income + 0.5 revenue', or a dt.Objective")
    objective: Objective = given
    return objective


def _prior(given: Any) -> timing.Prior:
    if isinstance(given, str):
        return timing.Prior.parse(given)
    require(timing.Prior, given, "prior", "give words such as 'resolves=20bn:1,30bn:0.8 patience=4', or a Prior")
    prior: timing.Prior = given
    return prior


def _prices(given: Any) -> Prices:
    """Prices from a file that was sent, `{name, text}`, or from what `prices_of` takes."""
    if isinstance(given, Mapping):
        if not given.keys() >= {"name", "text"}:
            raise BadInput("prices are a mapping without name and text: give the name of a CSV file and its text")
        return parse_prices(str(given["text"]), str(given["name"]))
    return prices_of(given)


def _look_up(options: Any, prices: Prices | None) -> None:
    """Raise UnknownName, BadInput where a column or a day that is named is not in the prices."""
    if prices is None:
        return
    for name in ("asset", "market"):
        if getattr(options, name, None) is not None:
            prices.place(getattr(options, name))
    for day in getattr(options, "events", None) or ():
        prices.at(day)


@cache
def door(entry: Analysis) -> Callable[..., Any]:
    """The function that answers a question, with the signature and the docstring that its options make."""

    made = signature(entry)

    def answer(dispute: Any, *placed: Any, progress: Progress | None = None, **given: Any) -> Any:
        for name, value in list(made.bind(dispute, *placed).arguments.items())[1:]:
            if name in given:
                raise TypeError(f"{entry.door}() got multiple values for argument {name!r}")
            given[name] = value
        more = {"early": given.pop("early", None)} if entry.early else {}
        if more.get("early") is not None and not callable(more["early"]):
            raise BadInput(f"early is {shown(more['early'])}: give a function of the result")
        return answered(entry, dispute, given, progress=progress, **more)

    answer.__name__ = answer.__qualname__ = entry.door
    answer.__module__ = "detente"
    answer.__doc__ = docstring(entry)
    answer.__signature__ = made  # type: ignore[attr-defined]
    return answer


def signature(entry: Analysis) -> inspect.Signature:
    """The dispute, the option that may stand at its side without a name, and every other by keyword."""
    kinds = inspect.Parameter
    subject = " | ".join([SUBJECT, *([entry.subjects] if entry.subjects else [])])
    made = [kinds("dispute", kinds.POSITIONAL_OR_KEYWORD, annotation=subject)]
    for each in sorted(entry.options.every(), key=lambda each: each.name != entry.position):
        kind = kinds.POSITIONAL_OR_KEYWORD if each.name == entry.position else kinds.KEYWORD_ONLY
        made.append(kinds(each.name, kind, default=each.default, annotation=each.python))
    made.append(kinds("progress", kinds.KEYWORD_ONLY, default=None, annotation="Progress | None"))
    if entry.early:
        heard = f"Callable[[{entry.record}], None] | None"
        made.append(kinds("early", kinds.KEYWORD_ONLY, default=None, annotation=heard))
    return inspect.Signature(made, return_annotation=entry.record or entry.name.capitalize())


def docstring(entry: Analysis) -> str:
    """The docstring of a question's function, in the form of numpy: parameters, result and errors."""
    lines = [entry.summary, "", *textwrap.wrap(entry.description, 100), "", "Parameters", "----------", "dispute"]
    lines += ["    A dispute, the name of a bundled case, a path, the text of a dispute file, or a session."]
    for each in entry.options.every():
        lines += [each.name, *textwrap.wrap(each.meaning, 96, initial_indent="    ", subsequent_indent="    ")]
    lines += [
        "progress",
        "    A function that is called with the number of parts done, their total, and the title of the next part.",
    ]
    if entry.early:
        lines += ["early", "    A function that is called with the scenario of the headline as soon as it is solved."]
    lines += ["", "Returns", "-------", entry.record or entry.name.capitalize()]
    lines += ["    The result: `headline`, tables as data frames, `plot()`, `write(folder)` for a report, `to_json()`."]
    return "\n".join([*lines, "", RAISES])
