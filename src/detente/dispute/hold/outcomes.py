"""Deals and no-deal states as a table, and what is found of the deals in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from detente.dispute.hold.arena import Arena, Deal
from detente.dispute.hold.kept import sides_kept
from detente.model.shock import Wedges


def deal_frame(arena: Arena, deals: Sequence[Deal], no_deals: Mapping[str, tuple[str, Wedges]]) -> pd.DataFrame:
    """`Hold.deals`."""
    economy, before = arena.game.economy, arena.solution(arena.standing)
    states = [("deal", deal) for deal in deals]
    states += [("no deal", Deal(name, title, wedges)) for name, (title, wedges) in no_deals.items()]
    frames = []
    for kind, state in states:
        payoff = np.full(len(economy.economies), np.nan)
        payoff[arena.seats] = arena.payoff(state)
        value = np.zeros(len(economy.economies))
        value[arena.seats] = state.value
        frames.append(
            pd.DataFrame(
                {
                    "deal": state.id,
                    "kind": kind,
                    "title": state.title,
                    "economy": economy.economies,
                    "real_income": arena.solution(state.wedges).W_hat / before.W_hat - 1,
                    "real_income_usd": arena.usd(state.wedges),
                    "value_usd": value,
                    "payoff": payoff,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def verdict(kept: pd.DataFrame, ballots: pd.DataFrame, pair: tuple[str, str]) -> str:
    """Which deals both sides keep, and which of them both ratify, with ids and codes for names."""
    deals = list(dict.fromkeys(kept["deal"]))
    held = [deal for deal in deals if set(sides_kept(kept, deal)) == set(pair)]
    if not held:
        alone = {side: [deal for deal in deals if side in set(sides_kept(kept, deal))] for side in pair}
        parts = [f"{side} would keep {', '.join(its) or 'none'}" for side, its in alone.items()]
        return f"no deal is kept by both: {'; '.join(parts)}"
    said = f"both keep {', '.join(held)}"
    asked = [side for side in pair if (ballots["side"] == side).any()]
    if not asked:
        return said
    yes = ballots[ballots["ratified"]]
    passed = [d for d in held if all(((yes["deal"] == d) & (yes["side"] == side)).any() for side in asked)]
    return f"{said}; of these {', '.join(passed) or 'none'} is ratified by {' and '.join(asked)}"
