"""The headline of a run, with what turns its sign or is missing, and its facts for the editor of a report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from detente.analyses.run.result import Findings, OtherRule, Scenario
from detente.analyses.run.sentences import (
    MOST_PARTIES,
    against,
    changed_pairs,
    effects,
    exact_changes,
    in_force_on,
    noun,
    subject,
)
from detente.analyses.run.signs import AXES, MAIN, UNANSWERED, Signs, signs_of
from detente.report.facts import Fact
from detente.report.numbers import NO_BREAK, capital, direction, listed, names_of, percent, signed_percent

OLD: Final = 3
"""Years between the world's year and the day of the dispute from which the headline says how old the data are."""
AXIS_WORDS: Final = {
    "elasticities": "the set of elasticities",
    "deficits": "the closure of deficits",
    "base_tariffs": "the base tariffs",
}
DOSE: Final = ("add", "set", "total", "goods", "of")
"""Fields of a measure that say how much it is."""
NAMED: Final = 3
"""The most names of measures or assumptions in a sentence."""


def headline(findings: Findings) -> str:
    """The effect of the widest state on each party, its reference, what turns a sign, and what is missing."""
    if not _changing(findings):
        return finding(findings)
    left = len(findings.dispute.parties) - MOST_PARTIES
    more = [f"The other parties ({left}) are in the table."] if left > 0 else []
    return " ".join([finding(findings), *more, *turns(findings), *missing(findings, findings.main)])


def finding(findings: Findings) -> str:
    """The effect of the widest state on each party, and its reference, in one sentence."""
    scenario = findings.main
    if not _changing(findings):
        when = in_force_on(findings)
        nothing = "No scenario of this dispute changes anything"
        return f"{nothing}: no {noun(findings)} of it is in force on {when}, and none is threatened."
    return capital(f"{subject(findings, scenario)} {effects(findings, scenario)}, {against(findings, scenario)}.")


def _changing(findings: Findings) -> bool:
    """Whether any state of the dispute changes anything."""
    return any(each.measures or each.kind == "removal" for each in findings.states)


def leading_parties(findings: Findings) -> list[str]:
    """The parties that the headline names."""
    return list(findings.dispute.parties)[:MOST_PARTIES]


def turns(findings: Findings) -> Iterator[str]:
    """What turns the sign of a party that the headline names: the answers, elasticities, closure, base tariffs."""
    yield from filter(None, [unanswered(findings)])
    signs = signs_of(findings)
    if signs is None:
        yield from (_flip(findings, other) for other in findings.other_rules or () if _turned(findings, other))
        return
    names, parties = names_of(findings), leading_parties(findings)
    turned = [party for party in parties if signs.turns(party)]
    yield from (_hangs(signs, party, names.the(party)) for party in turned)
    yield from filter(None, [_ranges(signs, {party: names.the(party) for party in parties if party not in turned})])


def unanswered(findings: Findings) -> str:
    """Parties that gain without the answers and lose with them, or the reverse; empty for none."""
    own, alone = exact_changes(findings.main), changes_unanswered(findings)
    signs = {"gain", "loss"}
    turned = [
        party
        for party in leading_parties(findings)
        if party in alone and {direction(own[party]), direction(alone[party])} == signs
    ]
    if not turned:
        return ""
    names = names_of(findings)
    said = [
        f"{names.the(party)} would {'gain' if alone[party] > 0 else 'lose'} {percent(alone[party])}" for party in turned
    ]
    return f"Without the answers of others {listed(said)}."


def changes_unanswered(findings: Findings) -> dict[str, float]:
    """The change of each party in the state of the headline without answers; empty where that is not known."""
    main = findings.main
    if main.kind == "answered":
        id = main.id.removesuffix("-answered")
        return exact_changes(findings[id]) if id in findings else {}
    signs, s = signs_of(findings), findings.settings
    if signs is None:
        return {}
    key = (s.elasticities, s.deficits, signs.rule)
    found = {party: signs.of(party, UNANSWERED).to_dict() for party in leading_parties(findings)}
    return {party: float(changes[key]) for party, changes in found.items() if key in changes}


def _ranges(signs: Signs, parties: dict[str, str]) -> str:
    """The range of each party over assumptions none of which turns its sign."""
    found = {name: changes for party, name in parties.items() if not (changes := signs.of(party)).empty}
    if not found:
        return ""
    said = [
        f"from {signed_percent(float(changes.min()))} to {signed_percent(float(changes.max()))} for {name}"
        for name, changes in found.items()
    ]
    which = "the change is" if len(found) == 1 else "the changes are"
    return (
        f"Over {signs.size} combinations of elasticities, closure of deficits and base tariffs {which} {listed(said)}."
    )


def _hangs(signs: Signs, party: str, name: str) -> str:
    """On what the sign of a party hangs, and how many combinations of assumptions have each sign."""
    found = signs.directions(party)
    gains, losses = (sorted(key for key, sign in found.items() if sign == name) for name in ("gain", "loss"))
    changes = signs.of(party)
    deciding = signs.deciding(party)
    ends = f"from a loss of {percent(float(changes.min()))} to a gain of {percent(float(changes.max()))}"
    where = ""
    if len(deciding) == 1:
        place = AXES.index(deciding[0])
        few, word = (gains, "gains") if len(gains) <= len(losses) else (losses, "loses")
        where = f": it {word} with {listed(sorted({key[place] for key in few}))}"
    alone = list(signs.directions(party, UNANSWERED).values())
    other = f"; without the answers of others it gains in {alone.count('gain')}" if alone else ""
    return (
        f"The sign for {name} hangs on {listed([AXIS_WORDS[axis] for axis in deciding] or ['all of them together'])}"
        f"{where}; of {len(found)} combinations it gains in {len(gains)} and loses in {len(losses)}, {ends}{other}."
    )


def _turned(findings: Findings, other: OtherRule) -> dict[str, float]:
    """The changes, by party, that have the other sign under the rule."""
    own = exact_changes(findings.main)
    signs = {"gain", "loss"}
    return {
        party: other.real_income[party]
        for party in leading_parties(findings)
        if party in other.real_income and {direction(own[party]), direction(other.real_income[party])} == signs
    }


def _flip(findings: Findings, other: OtherRule) -> str:
    names = names_of(findings)
    said = [
        f"{names.the(party)} would {'gain' if change > 0 else 'lose'} {percent(change)}"
        for party, change in _turned(findings, other).items()
    ]
    return f"The sign hangs on the base tariffs: with {other.rule} ones {listed(said)}."


def missing(findings: Findings, scenario: Scenario) -> Iterator[str]:
    """What the headline lacks: answers, lists of products, rates with a source, law after the day, recent data."""
    yield from filter(
        None,
        (
            _no_answers(findings, scenario),
            _no_lists(findings, scenario),
            _assumed(findings, scenario),
            _later(findings),
            old_data(findings),
        ),
    )


def _no_answers(findings: Findings, scenario: Scenario) -> str:
    """The parties that are taxed in a state of the law and have no measure in it."""
    if scenario.kind not in ("baseline", "step"):  # a threat is called answered or unanswered
        return ""
    authors = {measure.by for measure in findings.dispute.measures if measure.id in scenario.measures}
    silent = [
        exporter for _, exporter in changed_pairs(scenario, list(findings.dispute.parties)) if exporter not in authors
    ]
    names = names_of(findings)
    who = [names.the(code) for code in dict.fromkeys(silent)]
    return f"The file has no answer of {listed(who)}." if who else ""


def _no_lists(findings: Findings, scenario: Scenario) -> str:
    """The number of changed measures that are a value without a list of products."""
    number = sum(measure.id in (scenario.in_proportion or ()) for measure in findings.dispute.measures)
    if number == 0:
        return ""
    what = "One measure is a value" if number == 1 else f"{capital(in_words(number))} measures are values"
    return f"{what} without a list of products, laid over all goods in proportion."


def _assumed(findings: Findings, scenario: Scenario) -> str:
    """The changed measures whose rate or goods no source states."""
    before = findings.baseline.measures if scenario.reference == "baseline" else ()
    new = set(scenario.measures) ^ set(before)
    found = [
        measure.title or measure.id
        for measure in findings.dispute.measures
        if measure.id in new and any(field in DOSE for field in measure.assumed)
    ]
    if not found:
        return ""
    if len(found) > NAMED:
        return f"Rates or goods of {len(found)} measures are assumed."
    return f"Rate or goods are assumed: {listed([f'“{title}”' for title in found])}."


def _later(findings: Findings) -> str:
    """The law of the file that is dated after the day of the dispute."""
    day, later = findings.dispute.as_of, [m for m in findings.dispute.measures if m.begins is not None]
    number = sum(m.begins > day and m.status == "in-force" for m in later if m.begins is not None)
    if number == 0:
        return ""
    if number == 1:
        return "One measure of the file begins after that day and is not in it."
    return f"{capital(in_words(number))} measures of the file begin after that day and are not in it."


def in_words(number: int) -> str:
    """A small number as a word, as at the head of a sentence."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return words[number] if number < len(words) else str(number)


def old_data(findings: Findings) -> str:
    """How old the data are, where the base year lies three or more years before the day."""
    year = findings.settings.year
    if year is None or findings.dispute.as_of.year - year < OLD:
        return ""
    return f"The data are of {year}, {findings.dispute.as_of.year - year} years before."


def span(findings: Findings, party: str) -> tuple[float, float, int] | None:
    """The least and greatest change of a party over assumptions, and the number of combinations; None if not known."""
    signs = signs_of(findings)
    found = None if signs is None else signs.of(party)
    return None if found is None or found.empty else (float(found.min()), float(found.max()), len(found))


def not_tried(findings: Findings) -> tuple[str, ...]:
    """A caveat where no other elasticities and closures were tried."""
    if signs_of(findings) is not None or not _changing(findings):
        return ()
    return (
        "Other elasticities and closures were not tried, under which a gain may be a loss: add --signs, or "
        f"--bands{NO_BREAK}N.",
    )


def facts(findings: Findings) -> tuple[Fact, ...]:
    """The change in real income of each party of the headline, with its range and what is missing."""
    scenario, names, changes = findings.main, names_of(findings), exact_changes(findings.main)
    signs = signs_of(findings)
    words = f"{subject(findings, scenario)} hold"
    found = []
    for party in leading_parties(findings):
        over = span(findings, party)
        found.append(
            Fact(
                "run", "real income", party, names.the(party), f"run:{scenario.id}",
                words, changes[party],
                low=None if over is None else over[0], high=None if over is None else over[1],
                decided_by=() if signs is None else tuple(AXIS_WORDS[axis] for axis in signs.deciding(party, MAIN)),
                missing=tuple(missing(findings, scenario)),
            )
        )  # fmt: skip
    return tuple(found)
