"""The inputs of a conflict: options, patterns of feasible states, one-way options, tiers of preference; all checked.

A state is a number whose bits are the options, the first option lowest. States are called by their place among the
feasible ones, from 1, in increasing order of that number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from operator import index
from typing import Final, NamedTuple, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from detente.errors import BadInput, UnknownName, enumerate_names
from detente.inputs import IntArray

MOST_OPTIONS: Final = 62
"""A state is kept in 64 bits."""
MOST_STATES: Final = 4096
"""Every pair of states has an entry in a matrix of each player; twice as many states take eight times as long."""

Pattern = str | Sequence[int | str]
Tier = int | Iterable[int]
OneWay = tuple[str | tuple[str, str], int | str, int | str]


class ConflictOption(NamedTuple):
    """One option: whose it is, what it is called, and the bit that says whether it is taken."""

    player: str
    name: str
    bit: int


class Ways(NamedTuple):
    """Bits of options that change one way only: that can only be taken up, that can only be given up."""

    up: int
    down: int


def players_of(players: Sequence[str], options: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The players. Raises BadInput where there are none, one is named twice, or one has no entry in options."""
    if isinstance(players, str):
        raise BadInput(f"players={players!r} is one name: give a list of names")
    named = tuple(players)
    if not named:
        raise BadInput("a conflict needs at least one player")
    twice = [name for k, name in enumerate(named) if name in named[:k]]
    if twice:
        raise BadInput(f"player {twice[0]!r} is named twice: give each player a name of its own")
    for name in options:
        require_player(name, named, "options")
    missing = [name for name in named if name not in options]
    if missing:
        raise BadInput(f"options say nothing of player {missing[0]!r}: give an empty list where it can do nothing")
    return named


def require_player(name: str, players: Sequence[str], where: str) -> None:
    """Raise UnknownName where the name is not that of a player."""
    if name not in players:
        raise UnknownName(name, players, where)


def options_of(options: Mapping[str, Sequence[str]]) -> tuple[ConflictOption, ...]:
    """All options in the order of `options`. Raises BadInput where a player has one twice, or there are too many."""
    found: list[ConflictOption] = []
    for player, names in options.items():
        if isinstance(names, str):
            raise BadInput(f"the options of {player!r} are one text, {names!r}: give a list of names")
        for name in names:
            if any(option.player == player and option.name == name for option in found):
                raise BadInput(
                    f"player {player!r} has option {name!r} twice: give each option of a player its own name"
                )
            found.append(ConflictOption(player, name, len(found)))
    if not found:
        raise BadInput("no player has an option: a conflict without choices has one state and nothing to analyse")
    if len(found) > MOST_OPTIONS:
        raise BadInput(f"{len(found)} options are more than the {MOST_OPTIONS} that a state can hold")
    return tuple(found)


def codes_of(feasible: Sequence[Pattern], options: Sequence[ConflictOption]) -> IntArray:
    """The numbers of the feasible states, increasing, each once (s,): every state that fits one of the patterns.

    Raises BadInput where a pattern has another length or another sign, no state is feasible, or too many are.
    """
    if isinstance(feasible, str):
        raise BadInput(f"feasible={feasible!r} is one pattern: give a list of patterns")
    codes: set[int] = set()
    for k, pattern in enumerate(feasible):
        if not isinstance(pattern, Iterable):
            raise BadInput(f"pattern {k + 1} is {pattern!r}: give text such as '01-', or a sequence of signs")
        signs = [str(sign) for sign in pattern]
        shown = "".join(signs)
        if len(signs) != len(options):
            raise BadInput(
                f"pattern {k + 1}, {shown!r}, has {len(signs)} signs, but there are {len(options)} options "
                f"({enumerate_names([option.name for option in options])}): give one sign for each, in that order"
            )
        wrong = [sign for sign in signs if sign not in ("0", "1", "-")]
        if wrong:
            raise BadInput(f"pattern {k + 1}, {shown!r}, has the sign {wrong[0]!r}: only 0, 1 and - (either) are read")
        if 2 ** signs.count("-") > MOST_STATES:
            raise BadInput(
                f"pattern {k + 1}, {shown!r}, fits {2 ** signs.count('-')} states; {MOST_STATES} is the most"
            )
        choices = [(0, 1) if sign == "-" else (int(sign),) for sign in signs]
        codes |= {sum(taken << bit for bit, taken in enumerate(state)) for state in product(*choices)}
    if not codes:
        raise BadInput("no state is feasible: give at least one pattern, such as '-' for every option")
    if len(codes) > MOST_STATES:
        raise BadInput(f"{len(codes)} states are feasible; {MOST_STATES} is the most: give narrower patterns")
    return np.array(sorted(codes), dtype=np.int64)


def ways_of(irreversible: Iterable[OneWay], options: Sequence[ConflictOption]) -> Ways:
    """Options that change one way only. Raises UnknownName, BadInput."""
    bits = {0: 0, 1: 0}
    for entry in irreversible:
        if isinstance(entry, str) or not isinstance(entry, Sequence) or len(entry) != 3:
            raise BadInput(f"irreversible holds {entry!r}: give (option, from, to), such as ('modify', 0, 1)")
        name, start, end = entry
        ends = (str(start), str(end))  # signs, as in a pattern
        if ends not in (("0", "1"), ("1", "0")):
            raise BadInput(f"option {name!r} cannot go one way from {start} to {end}: one of them is 0, the other 1")
        bits[int(ends[1])] |= 1 << _option(name, options).bit
    both = bits[0] & bits[1]
    if both:
        name = next(option.name for option in options if both >> option.bit & 1)
        raise BadInput(f"option {name!r} is irreversible from 0 to 1 and from 1 to 0: keep one, or leave both out")
    return Ways(bits[1], bits[0])


def _option(name: str | tuple[str, str], options: Sequence[ConflictOption]) -> ConflictOption:
    """The option of that name, or of (player, name) where several players have it."""
    wanted = name if isinstance(name, str) else tuple(name)
    found = [o for o in options if wanted in (o.name, (o.player, o.name))]
    if not found:
        shown = name if isinstance(name, str) else " of ".join(reversed(name))
        raise UnknownName(shown, [option.name for option in options], "irreversible")
    if len(found) > 1:
        owners = " and ".join(option.player for option in found)
        raise BadInput(f"option {name!r} is one of {owners}: write (player, option) in irreversible")
    return found[0]


def ranks_of(player: str, tiers: Sequence[Tier], states: int) -> tuple[tuple[tuple[int, ...], ...], IntArray]:
    """Tiers as tuples of states, and the tier of every state, 0 the best (s,).

    Raises BadInput where a state stands in two tiers (the preferences are cyclic), in none, or is not there, and where
    what is given are no tiers of whole numbers.
    """
    if isinstance(tiers, str) or not isinstance(tiers, Iterable):
        raise BadInput(f"the preferences of {player!r} are {tiers!r}: give a list of tiers, the best first")
    kept = tuple(_states_of(tier, player) for tier in tiers)
    rank = np.full(states, -1, dtype=np.int64)
    for k, tier in enumerate(kept):
        if not tier:
            raise BadInput(f"tier {k + 1} of the preferences of {player!r} is empty: leave it out")
        for state in tier:
            if not 1 <= state <= states:
                raise BadInput(f"the preferences of {player!r} name state {state}, but states are 1 to {states}")
            before = int(rank[state - 1])
            if before >= 0:
                what = f"twice in tier {k + 1}" if before == k else f"in tier {before + 1} and in tier {k + 1}"
                cyclic = "" if before == k else ", so that it is over and under the same states: they are cyclic"
                raise BadInput(f"the preferences of {player!r} have state {state} {what}{cyclic}; name it once")
            rank[state - 1] = k
    missing = [str(state) for state in np.flatnonzero(rank < 0) + 1]
    if missing:
        raise BadInput(
            f"the preferences of {player!r} leave out {'state' if len(missing) == 1 else 'states'} "
            f"{enumerate_names(missing)} of 1 to {states}: put every feasible state in a tier"
        )
    return kept, rank


def _states_of(tier: Tier, player: str) -> tuple[int, ...]:
    if isinstance(tier, str):
        raise BadInput(f"a tier is the text {tier!r}: give the number of a state, or a list of numbers")
    return tuple(_number_of(state, player) for state in (tier if isinstance(tier, Iterable) else (tier,)))


def _number_of(state: object, player: str) -> int:
    """A state's number; a fraction is not cut to one. Raises BadInput."""
    if isinstance(state, SupportsIndex) and not isinstance(state, bool):
        return index(state)
    raise BadInput(f"the preferences of {player!r} name state {state!r}: give whole numbers, or lists of them that tie")


def tiers_of(payoffs: ArrayLike, tie: float = 0.0) -> list[list[int]]:
    """Tiers of states (numbered from 1), best first, from a payoff for each (s,).

    States tie where each next payoff down is within `tie` (payoff units) of the one before. Raises BadInput where a
    payoff is not a number, or `tie` is negative.
    """
    values = np.asarray(payoffs, dtype=np.float64)
    if values.ndim != 1 or not np.isfinite(values).all():
        raise BadInput(f"payoffs have shape {values.shape} or are not all numbers: give one number for each state")
    if not tie >= 0:
        raise BadInput(f"states tie within {tie:g}: give a number that is not negative")
    order = np.argsort(-values, kind="stable")
    tiers: list[list[int]] = []
    for k, state in enumerate(order):
        if k == 0 or values[order[k - 1]] - values[state] > tie:
            tiers.append([])
        tiers[-1].append(int(state) + 1)
    return [sorted(tier) for tier in tiers]
