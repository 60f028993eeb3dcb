"""The checks across fields of a dispute file: every name has a meaning, every date is in its order.

Each check reads the plain values of the file, so that a name can be checked even where another part of the same entry
is wrong, and yields a fault for each thing that does not hold. Its name is the sentence that has to hold. The law
that lies under the file was checked in its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from detente.data.bundled import list_elasticities, list_worlds, load_world
from detente.data.world import World, with_blocs
from detente.dispute.demand_checks import DEMAND_CHECKS, FACTION_CHECKS
from detente.dispute.facts import Facts, is_iso, keys_of, texts, walk
from detente.dispute.law_checks import LAW_CHECKS
from detente.dispute.tree import Path_, Tree
from detente.errors import Fault, UnknownWorld
from detente.policy.partner_lists import ALL_BUT, EVERYONE
from detente.policy.quotas import HOLDERS
from detente.policy.reach import TABLES, table_dates

_ALL_BUT: Final = re.compile(
    r"(?:all|every(?:body|one)|(?:the )?world)\s+(?:but|except|excluding|without)\s+(?:for\s+)?(.+)"
)
"""Words for everybody but some, which a file writes as a set of one key."""
RESERVED: Final = ("baseline", "removal", "all-threats")
"""Ids of scenarios, which a threat's own scenario would take over."""


def check_facts(tree: Tree, world: World | None) -> list[Fault]:
    """Every check's faults. Names are looked up in `world`, by default the bundled world that the file names."""
    known = world_of(tree, world)
    name, economies, sectors = (
        ("the world", None, None) if known is None else (known.name, known.economies, known.sectors)
    )
    facts = Facts(tree, name, economies, sectors)
    checks = CHECKS if world is not None else (the_world_is_bundled, *CHECKS)
    return [fault for check in checks for fault in check(facts)]


def world_of(tree: Tree, world: World | None = None) -> World | None:
    """The world given or else the bundled one that a file names, blocs as economies; None where it names none."""
    name, parties = tree.value.get("world"), tree.value.get("parties")
    try:
        given = load_world(name) if world is None and isinstance(name, str) else world
    except UnknownWorld:
        return None
    return with_blocs(given, parties) if given is not None and isinstance(parties, dict) else given


def economies_of(tree: Tree, world: World | None) -> tuple[str, ...] | None:
    """The economies of the world given or else of the bundled one that a file names, blocs not yet formed."""
    found = world_of(Tree({"world": tree.value.get("world")}, {}), world)
    return None if found is None else found.economies


def the_world_is_bundled(facts: Facts) -> Iterator[Fault]:
    """The world of the file is one that comes with the package."""
    name = facts.tree.value.get("world")
    if isinstance(name, str) and facts.economies is None:
        yield facts.fault(("world",), "is not a known world", name, world_names())


def world_names() -> tuple[str, ...]:
    """Names of the bundled worlds."""
    return tuple(str(name) for name in list_worlds()["name"])


def the_elasticities_are_bundled(facts: Facts) -> Iterator[Fault]:
    """The set of elasticities in the settings is one that comes with the package."""
    name = facts.keyed("settings").get("elasticities")
    if not isinstance(name, str):
        return  # most files name none, and the list takes as long to read as the file
    known = tuple(str(entry) for entry in list_elasticities()["name"])
    if name not in known:
        yield facts.fault(("settings", "elasticities"), "is not a known set of elasticities", name, known)


def the_base_tariffs_are_of_the_world(facts: Facts) -> Iterator[Fault]:
    """The rule of the base tariffs in the settings is one of the file's world."""
    rule, world = facts.keyed("settings").get("base_tariffs"), facts.tree.value.get("world")
    if not isinstance(rule, str) or world not in world_names():
        return  # a world of the user's own says it when the dispute is set up on it
    known = tuple(load_world(world).tariff_sources)
    if rule not in known:
        yield facts.fault(("settings", "base_tariffs"), f"is not a rule of the base tariffs of {world}", rule, known)


def economies_are_of_the_world(facts: Facts) -> Iterator[Fault]:
    """Every economy that the file names is one of its world."""
    named: list[tuple[Path_, str]] = []
    within: dict[str, str] = {}
    for code, party in facts.keyed("parties").items():
        members = list(texts(party.get("members") if isinstance(party, dict) else None, ("parties", code, "members")))
        formed = facts.economies is None or code in facts.economies
        named += [(("parties", code), code)] if formed or not members else members
        within |= {name: code for _, name in members if formed}
    named += [(("settings", "households", code), code) for code in keys_of(facts.keyed("settings").get("households"))]
    for path, measure in facts.entries("measures"):
        named += [pair for key in ("by", "on") for pair in texts(measure.get(key), (*path, key)) if pair[1] != EVERYONE]
        for key, inside in (("on", ALL_BUT), ("exempt", "economies")):
            for inner, value in walk(measure.get(key), inside, (*path, key)):
                named += texts(value, inner)
        holders = walk(measure.get("quota"), "holder", (*path, "quota"))
        named += [(at, str(name)) for at, name in holders if isinstance(name, str) and name not in HOLDERS]
        for inner, value in walk(measure.get("carbon"), "deduct", (*path, "carbon")):
            named += [((*inner, code), code) for code in keys_of(value)]
    for path, obligation in facts.entries("obligations"):
        named += [pair for key in ("by", "partner") for pair in texts(obligation.get(key), (*path, key))]
    for path, demand in facts.entries("demands"):
        for key in ("partner", "seller", "levels_of"):
            for inner, value in walk(demand.get("ask"), key, (*path, "ask")):
                named += texts(value, inner)
    for path, estimate in facts.entries("estimates"):
        named += texts(estimate.get("economy"), (*path, "economy"))
    for path, code in named:
        if facts.economies is None or code in facts.economies:
            continue
        if code in within:
            remedy = "name the bloc, or leave the economy out of it"
            yield facts.fault(path, f"is a member of {within[code]}, which enters the world as one: {remedy}", code)
        elif (others := _ALL_BUT.fullmatch(code)) is not None:
            yield facts.fault(path, f"is not an economy: write {{all_but: [{others[1]}]}}", code)
        else:
            yield facts.fault(path, f"is not an economy of {facts.world}", code, facts.economies)


def sectors_are_of_the_world(facts: Facts) -> Iterator[Fault]:
    """Every sector that the file names is one of its world."""
    named: list[tuple[Path_, str]] = []
    for block in ("measures", "responses", "obligations", "demands", "factions"):
        for path, value in walk(facts.tree.value.get(block), "sectors", (block,)):
            named += [((*path, code), code) for code in keys_of(value)] or texts(value, path)
        for key in ("sector_rates", "intensity"):
            for path, value in walk(facts.tree.value.get(block), key, (block,)):
                named += [((*path, code), code) for code in keys_of(value)]
    for path, code in named:
        if facts.sectors is not None and code not in facts.sectors:
            yield facts.fault(path, f"is not a sector of {facts.world}", code, facts.sectors)


def sides_are_parties(facts: Facts) -> Iterator[Fault]:
    """Every side that demands, is asked, answers, speaks, or has factions, delegates or values is a party."""
    parties = tuple(facts.keyed("parties"))
    named: list[tuple[Path_, str]] = []
    law = facts.keyed("base").get("measures") or ()
    for path, measure in facts.entries("measures"):
        named += texts(measure.get("by"), (*path, "by")) if measure.get("id") not in law else ()
    for path, response in facts.entries("responses"):
        named += texts(response.get("by"), (*path, "by"))
    for path, demand in facts.entries("demands"):
        named += [*texts(demand.get("by"), (*path, "by")), *texts(demand.get("of"), (*path, "of"))]
    for path, statement in facts.entries("statements"):
        named += [(spot, side) for spot, side in texts(statement.get("side"), (*path, "side")) if side != "none"]
    for block in ("values", "factions", "delegations"):
        named += [((block, code), code) for code in facts.keyed(block)]
    for path, code in named:
        if parties and code not in parties:
            yield facts.fault(path, "is not a party of the dispute", code, parties)


def ids_are_given_once(facts: Facts) -> Iterator[Fault]:
    """No two measures, obligations, demands, dates or questions have the same id."""
    for block in ("measures", "obligations", "demands", "dates", "questions"):
        count = Counter(facts.ids(block))
        seen: set[str] = set()
        for path, entry in facts.entries(block):
            name = entry.get("id")
            if isinstance(name, str) and count[name] > 1:
                if name in seen:
                    yield facts.fault((*path, "id"), f"is the id of another of the {block}: give each its own", name)
                seen.add(name)


def measures_leave_the_names_of_scenarios_free(facts: Facts) -> Iterator[Fault]:
    """No measure is called like a scenario that every run has."""
    for path, entry in facts.entries("measures"):
        name = entry.get("id")
        if isinstance(name, str) and (name in RESERVED or name.startswith("step-")):
            yield facts.fault((*path, "id"), "is the name of a scenario: give the measure another", name)


def measures_that_are_named_exist(facts: Facts) -> Iterator[Fault]:
    """Responses, obligations and asks name measures of the file."""
    known = facts.ids("measures")
    named: list[tuple[Path_, str]] = []
    for path, response in facts.entries("responses"):
        for key in ("to", "measure"):
            named += texts(response.get(key), (*path, key))
    for path, obligation in facts.entries("obligations"):
        named += texts(obligation.get("measures"), (*path, "measures"))
    for path, demand in facts.entries("demands"):
        ask = demand.get("ask")
        for spot in (
            ("withdraw",),
            ("no_retaliation", "to"),
            ("no_retaliation", "ends"),
            ("end_investigation", "measures"),
        ):
            node = ask
            for step in spot:
                node = node.get(step) if isinstance(node, dict) else None
            named += texts(node, (*path, "ask", *spot))
    for path, name in named:
        if name not in known:
            yield facts.fault(path, "is not the id of a measure", name, known)


def responses_answer_the_other_side(facts: Facts) -> Iterator[Fault]:
    """A response is by an economy that the measure it answers is on, and each side answers a measure once."""
    measures = {entry["id"]: entry for _, entry in facts.entries("measures") if isinstance(entry.get("id"), str)}
    seen: set[tuple[str, str]] = set()
    for path, response in facts.entries("responses"):
        by, to = response.get("by"), response.get("to")
        if not (isinstance(by, str) and isinstance(to, str)):
            continue
        measure = measures.get(to)
        on = (measure or {}).get("on")
        targets = [EVERYONE] if isinstance(on, dict) else [code for _, code in texts(on, ())]
        if measure is not None and targets and by not in targets and EVERYONE not in targets:
            yield facts.fault((*path, "by"), f"answers {to}, which is not on it but on {', '.join(targets)}", by)
        if (by, to) in seen:
            yield facts.fault((*path, "to"), f"is answered twice by {by}: keep one response", to)
        seen.add((by, to))


def demands_are_between_two(facts: Facts) -> Iterator[Fault]:
    """A demand is of another party than the one that makes it."""
    for path, demand in facts.entries("demands"):
        if isinstance(demand.get("by"), str) and demand.get("by") == demand.get("of"):
            yield facts.fault(
                (*path, "of"), "is the party that makes the demand: name the one that is asked", demand["of"]
            )


def values_price_demands(facts: Facts) -> Iterator[Fault]:
    """Every value is that of a demand of the file."""
    known = facts.ids("demands")
    for party, ranges in facts.keyed("values").items():
        for name in keys_of(ranges):
            if name not in known:
                yield facts.fault(("values", party, name), "is not the id of a demand", name, known)


def sources_name_documents(facts: Facts) -> Iterator[Fault]:
    """If the file lists its documents, every source names one of them."""
    known = tuple(facts.keyed("documents"))
    if not known:
        return
    named = [pair for path, source in walk(facts.tree.value, "source") if isinstance(source, dict)
             for pair in texts(source.get("document"), (*path, "document"))]  # fmt: skip
    for path, demand in facts.entries("demands"):
        named += texts(demand.get("also"), (*path, "also"))
    for path, name in named:
        if name not in known:
            yield facts.fault(path, "is not a document of the file", name, known)


def tables_and_their_dates_are_bundled(facts: Facts) -> Iterator[Fault]:
    """A measure that takes its rates from a table names a bundled one, and begins on one of its dates."""
    names = tuple(TABLES)
    for path, measure in facts.entries("measures"):
        goods = measure.get("goods")
        name = goods.get("table") if isinstance(goods, dict) else None
        if not isinstance(name, str):
            continue
        if name not in names:
            yield facts.fault((*path, "goods", "table"), "is not a bundled table", name, names)
            continue
        days = tuple(day.isoformat() for day in table_dates(name))
        if is_iso(measure.get("from")) and str(measure["from"]) not in days:
            yield facts.fault((*path, "from"), f"is not a date of {name}", str(measure["from"]), days)


def estimates_are_of_days_with_measures(facts: Facts) -> Iterator[Fault]:
    """A published figure is about a day on which some measure of the file was in force."""
    days = sorted(str(measure["from"]) for _, measure in facts.entries("measures") if is_iso(measure.get("from")))
    for path, estimate in facts.entries("estimates"):
        day = estimate.get("of")
        if is_iso(day) and (not days or str(day) < days[0]):
            first = f"the first measure is in force from {days[0]}" if days else "no measure is in force on any day"
            yield facts.fault((*path, "of"), f"is a day without measures: {first}", str(day))


def dates_are_in_order(facts: Facts) -> Iterator[Fault]:
    """A measure does not end before it begins, and no deadline or forecast's day lies before it was set."""
    for block, first, last in (
        ("measures", "earliest", "until"),
        ("measures", "announced", "earliest"),
        ("measures", "announced", "from"),
        ("demands", "made", "deadline"),
        ("forecasts", "date", "by"),
    ):
        for path, entry in facts.entries(block):
            begin, end = entry.get(first), entry.get(last)
            # ISO dates compare as text
            if is_iso(begin) and is_iso(end) and str(end) < str(begin):
                yield facts.fault((*path, last), f"is before {first}, {begin}", str(end))


CHECKS: Final[tuple[Callable[[Facts], Iterator[Fault]], ...]] = (
    the_elasticities_are_bundled,
    the_base_tariffs_are_of_the_world,
    economies_are_of_the_world,
    sectors_are_of_the_world,
    sides_are_parties,
    ids_are_given_once,
    measures_leave_the_names_of_scenarios_free,
    measures_that_are_named_exist,
    responses_answer_the_other_side,
    demands_are_between_two,
    *DEMAND_CHECKS,
    *FACTION_CHECKS,
    *LAW_CHECKS,
    values_price_demands,
    sources_name_documents,
    tables_and_their_dates_are_bundled,
    estimates_are_of_days_with_measures,
    dates_are_in_order,
)
"""Every check but that of the world itself."""
