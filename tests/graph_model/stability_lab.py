"""Conflicts whose analysis is in the literature, and random ones."""

from __future__ import annotations

from itertools import combinations

from hypothesis import strategies as st
from stability_definition import ByDefinition

from detente.graph_model.conflict import Conflict


def prisoners_dilemma() -> Conflict:
    """Option: cooperate. States 1 neither, 2 A alone, 3 B alone, 4 both."""
    return Conflict(
        ["A", "B"], {"A": ["cooperate"], "B": ["cooperate"]}, ["--"], {"A": [3, 4, 1, 2], "B": [2, 4, 1, 3]}
    )


def chicken() -> Conflict:
    """Option: swerve. States 1 crash, 2 A alone swerves, 3 B alone, 4 both."""
    return Conflict(["A", "B"], {"A": ["swerve"], "B": ["swerve"]}, ["--"], {"A": [3, 4, 2, 1], "B": [2, 4, 3, 1]})


#: The numbers of the literature for the states of Elmira, as (modify, delay, accept, abandon, insist).
ELMIRA = {
    (0, 1, 0, 0, 0): 1,
    (1, 1, 0, 0, 0): 2,
    (0, 0, 1, 0, 0): 3,
    (1, 0, 1, 0, 0): 4,
    (0, 1, 0, 0, 1): 5,
    (1, 1, 0, 0, 1): 6,
    (0, 0, 1, 0, 1): 7,
    (1, 0, 1, 0, 1): 8,
} | {(modify, 0, 0, 1, insist): 9 for modify in (0, 1) for insist in (0, 1)}


def elmira() -> tuple[Conflict, dict[int, int]]:
    """The Elmira conflict (Hipel, Fang, Kilgour & Haight 1993), and the literature's number of each of its states.

    The ministry can modify its order; Uniroyal delays, accepts, or abandons the plant; the local government can insist.
    The literature merges the states in which the plant is abandoned; here they are four that tie for everybody.
    """
    patterns = ["-100-", "-010-", "-001-"]
    rankings = {
        "ministry": [7, 3, 4, 8, 5, 1, 2, 6, 9],
        "Uniroyal": [1, 4, 8, 5, 9, 3, 7, 2, 6],
        "local": [7, 3, 5, 1, 8, 6, 4, 2, 9],
    }
    options = {"ministry": ["modify"], "Uniroyal": ["delay", "accept", "abandon"], "local": ["insist"]}
    order = sorted(ELMIRA, key=lambda state: sum(taken << bit for bit, taken in enumerate(state)))
    book = {k + 1: ELMIRA[state] for k, state in enumerate(order)}
    tiers = {
        player: [[mine for mine, its in book.items() if its == number] for number in ranking]
        for player, ranking in rankings.items()
    }
    one_way = [("modify", 0, 1), ("delay", 1, 0), ("abandon", 0, 1)]
    return Conflict(list(options), options, patterns, tiers, one_way), book


#: Of every player the states of Cuba, best first, by the numbers of the literature: one less than ours.
CUBA = {"US": [4, 6, 5, 7, 2, 1, 3, 0, 11, 9, 10, 8], "USSR": [0, 4, 6, 2, 5, 1, 7, 3, 11, 9, 10, 8]}


def cuba() -> Conflict:
    """The Cuban missile crisis (Fraser & Hipel 1984, Conflict Analysis): nobody both withdraws and escalates."""
    options = {"US": ["air strike", "blockade"], "USSR": ["withdraw", "escalate"]}
    tiers = {player: [state + 1 for state in ranking] for player, ranking in CUBA.items()}
    return Conflict(list(options), options, ["--0-", "--10"], tiers)


def garrison() -> Conflict:
    """The Garrison Diversion (Hipel & Fraser 1980; the rankings are those of gmcr-py's example of it).

    Four players, of whom two have options of the same names, many ties, and one player to whom all is the same.
    """
    options = {
        "US support": ["full", "reduced", "appease"],
        "US opposition": ["legal challenge"],
        "Canadian opposition": ["treaty challenge"],
        "IJC": ["full", "reduced", "lonetree", "suspend"],
    }
    one_of_each = [
        f"{project}{legal}{treaty}{report}"
        for project in ("100", "010", "001")
        for legal in "01"
        for treaty in "01"
        for report in ("1000", "0100", "0010", "0001")
    ]
    feasible = [
        s
        for s in one_of_each
        if not (s[0] == "1" and s[3] == "0")  # the full project is always challenged in court
        and not (s[2] == "1" and s[3] == "1")  # and appeasement never
        and not (s[:1] == "1" and s[4:6] == "00")  # without the treaty only a full report leaves the full project
        and not (s[0] == "0" and s[4] == "0" and s[7:] != "00")
    ]
    tiers = {
        "US support": [3, 7, [1, 2], 4, [5, 6], 8, 9, 12, 11, 15, 10, 13, 14, 17, 16, 18, 19, 21, 20, 22, 23],
        "US opposition": [
            [21, 17, 13, 10, 6, 2], [23, 19], 15, 11, 8, 4, 22, 18, 14, 7, 3, 20, 16, 12, 9, 5, 1,
        ],
        "Canadian opposition": [
            23, [20, 21], 19, [16, 17], 11, [9, 10], 15, [12, 13], 2, 4, 1, 8, [5, 6], 22, 18, 14, 3, 7,
        ],
        "IJC": [range(1, 24)],
    }  # fmt: skip
    return Conflict(list(options), options, feasible, tiers)


@st.composite
def conflicts(draw: st.DrawFn) -> tuple[Conflict, ByDefinition]:
    """A random conflict of one to four players, twice: as the package takes it and as the definitions take it."""
    players = [f"P{k}" for k in range(draw(st.integers(1, 4)))]
    counts = draw(st.lists(st.integers(0, 2), min_size=len(players), max_size=len(players)).filter(any))
    options = {player: [f"{player}{k}" for k in range(count)] for player, count in zip(players, counts, strict=True)}
    owners = [player for player, names in options.items() for _ in names]
    names = [name for its in options.values() for name in its]
    space = [tuple(code >> bit & 1 for bit in range(len(owners))) for code in range(2 ** len(owners))]
    chosen = draw(st.sets(st.sampled_from(space), min_size=1))
    states = [state for state in space if state in chosen]
    kept, tier = {}, {}
    for player in players:
        level = draw(st.lists(st.integers(0, 5), min_size=len(states), max_size=len(states)))
        tier[player] = dict(zip(states, level, strict=True))
        kept[player] = [[k + 1 for k, its in enumerate(level) if its == value] for value in sorted(set(level))]
    ways = draw(st.lists(st.sampled_from([None, (0, 1), (1, 0)]), min_size=len(owners), max_size=len(owners)))
    one_way = [(k, *way) for k, way in enumerate(ways) if way is not None]
    patterns = ["".join(map(str, state)) for state in draw(st.permutations(states))]
    conflict = Conflict(players, options, patterns, kept, [(names[k], a, b) for k, a, b in one_way])
    return conflict, ByDefinition(owners, states, tier, one_way)


def coalitions(players: list[str]) -> list[tuple[str, ...]]:
    return [group for size in range(1, len(players) + 1) for group in combinations(players, size)]
