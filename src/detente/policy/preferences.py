"""Goods that claim a preference: their share of each unit of a pair, and units cut into claimed goods and the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Final

import numpy as np

from detente.data.products.shares import claimed_shares, partners_of
from detente.data.quantities import format_rate
from detente.data.world import World
from detente.errors import BadMeasure, enumerate_names
from detente.inputs import BoolArray, FloatArray
from detente.policy.claims import Claims
from detente.policy.divisions import Slices, divide, most_claimed
from detente.policy.measure import Measure
from detente.policy.partner_lists import EVERYONE
from detente.policy.units import Arrangement, row_shares

ROUNDING: Final = 1e-9
"""Share of trade by which preferences may come to more than all of it, or two shares differ: the error of sums."""

Key = tuple[str, str]
"""A preference and its share as written; see `Claims.key`."""


def claims_of(measures: Sequence[Measure]) -> dict[Key, Claims]:
    """The claims of measures, those that are of the same goods once."""
    return {its.claims.key: its.claims for its in measures if its.claims is not None}


def by_product(measures: Sequence[Measure]) -> bool:
    """Whether a measure needs its goods by product: a bundled table of claims or of contents."""
    tables = any(claims.table is not None for claims in claims_of(measures).values())
    return tables or bool(contents_of(measures))


def contents_of(measures: Sequence[Measure]) -> tuple[str, ...]:
    """The bundled tables of contents that measures name, each once."""
    return tuple(dict.fromkeys(its.of for its in measures if isinstance(its.of, str)))


def unclaimed(measures: Sequence[Measure]) -> list[str]:
    """Sentences on partners by name of whom a table of claims has nothing, so that their goods pay in full."""
    said = []
    for measure in measures:
        claims = measure.claims
        if claims is None or claims.table is None or EVERYONE in measure.on:
            continue
        known = partners_of(claims.table)
        others = [code for code in measure.on if code not in known]
        if others:
            said.append(
                f"measure {measure.id!r}: {enumerate_names(others)} claims no {claims.preference} in the table "
                f"{claims.table}, which is of {enumerate_names(known)}: all of its goods are charged"
            )
    return said


def unit_claims(
    arranged: Arrangement, world: World, importer: str, exporter: str, measures: Sequence[Measure], rest: Sequence[int]
) -> dict[Key, FloatArray]:
    """The share of each unit's trade that claims a preference, for the claims that are tables; `rest` as in layout.

    The average of its products by their imports from the partner. What no product is in (`rest`, sectors) claims as
    its sector does.
    """
    found = {}
    size, count = len(arranged.sector), len(world.goods)
    for key, claims in claims_of(measures).items():
        if claims.table is None:
            continue
        weight = row_shares(arranged, importer, exporter, world.year, count)
        share = claimed_shares(claims.table, exporter)[arranged.line] * weight
        total = np.bincount(arranged.unit, weights=weight, minlength=size)
        own = np.bincount(arranged.unit, weights=share, minlength=size) / np.where(total > 0, total, 1.0)
        sectors = np.bincount(arranged.sector[arranged.unit], weights=share, minlength=count)
        found[key] = np.concatenate([own, sectors[list(rest)]]).astype(np.float64)
    return found


def split(
    measures: Sequence[Measure], exporter: str, tabled: Mapping[Key, FloatArray], reached: BoolArray
) -> tuple[Slices, BoolArray]:
    """Units cut into goods that claim a preference and the rest, and whether each piece claims that of a measure.

    reached (u, m): the units that each measure would reach. Returns the slices and (s, m). Raises BadMeasure where two
    measures that can hold together have different shares of one preference, or preferences come to more than trade.
    """
    claims = claims_of(measures)
    keys = list(claims)
    of_measure = [None if its.claims is None else keys.index(its.claims.key) for its in measures]
    shares = np.zeros((len(reached), len(keys)))
    for k, key in enumerate(keys):
        named = reached[:, [at == k for at in of_measure]].any(axis=1)
        own = tabled.get(key, np.full(len(reached), claims[key].share_of(exporter)))
        shares[:, k] = np.where(named, np.minimum(own, 1.0), 0.0)
    _refuse_two_shares(measures, of_measure, shares, reached, exporter)
    names = [preference for preference, _ in keys]
    _refuse_over_all(shares, names, exporter)
    cut = divide(shares, names)
    claimed = np.zeros((len(cut.row), len(measures)), dtype=bool)
    for m, at in enumerate(of_measure):
        if at is not None:
            claimed[:, m] = cut.inside[:, at] & reached[cut.row, m]
    return cut, claimed


def _refuse_two_shares(
    measures: Sequence[Measure],
    of_measure: Sequence[int | None],
    shares: FloatArray,
    reached: BoolArray,
    exporter: str,
) -> None:
    """Raise BadMeasure where measures that can hold together give one preference different shares on the same goods."""
    claiming = [(m, its, its.claims, k) for m, (its, k) in enumerate(zip(measures, of_measure, strict=True))]
    for (m, one, mine, a), (other, its, theirs, b) in combinations(claiming, 2):
        if a is None or b is None or a == b or mine is None or theirs is None:
            continue
        if mine.preference != theirs.preference or not one.can_meet(its):
            continue
        apart = reached[:, m] & reached[:, other] & (np.abs(shares[:, a] - shares[:, b]) > ROUNDING)
        if apart.any():
            at = int(np.argmax(apart))
            raise BadMeasure(
                f"measures {one.id!r} and {its.id!r} say that {format_rate(round(shares[at, a], 4))} and "
                f"{format_rate(round(shares[at, b], 4))} of the same goods of {exporter} claim {mine.preference} on "
                "the same day: give both the same share"
            )


def _refuse_over_all(shares: FloatArray, names: Sequence[str], exporter: str) -> None:
    total = most_claimed(shares, names)
    worst = int(total.argmax()) if len(total) else 0
    if len(total) and total[worst] > 1 + ROUNDING:
        each = zip(names, shares[worst], strict=True)
        said = enumerate_names([f"{name} {format_rate(round(share, 4))}" for name, share in each if share])
        raise BadMeasure(
            f"preferences are claimed by {total[worst]:.1%} of the same goods of {exporter} ({said}): a consignment "
            "enters under one preference, so that their shares add up to all of the trade at most; lower one"
        )
