"""A war as sentences, tables, charts and a folder with a report."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import pandas as pd

from detente.analyses.war.result import War
from detente.report import altair as alt
from detente.report.alike import told_together
from detente.report.blocks import Bullets, Document, Figure, Row, Section, Table, Text, rows_of
from detente.report.charts import GAIN, INK, LABELS, PLOT, QUIET, SERIES, SIZE, fitted, label_axis, tall, themed
from detente.report.facts import Fact
from detente.report.lettering import wrap
from detente.report.numbers import (
    MISSING,
    level_percent,
    level_usd,
    listed,
    names_of,
    percent,
    points,
    signed_percent,
    stamp_of,
)
from detente.solver.noise import NOISE

MOVES: Final = {
    "none": "nothing new",
    "threat": "its threat",
    "in kind": "in kind",
    "withdraw": "withdrawal",
    "best": "best tariffs",
    "Nash": "Nash tariffs",
}
"""Moves as a table names them."""
ACTS: Final = {
    "none": "does nothing new",
    "threat": "carries out its threat",
    "in kind": "answers in kind",
}
"""What a side does in a clash, as a sentence tells it."""
BOTH: Final = {
    "none": "both keep what is in force",
    "threat": "both carry out their threats",
    "Nash": "both charge their Nash tariffs",
}
"""What both do in a clash."""

_DARK: Final = 0.85
"""Part of the highest duty from which a shade is so dark that its figure is white."""


def stamp(war: War) -> str:
    """World, elasticities, closure, residual, version and id, on one line."""
    return stamp_of(war, war.residual, "long run", f"governments want {war.objective}")


GAMES: Final = {
    "floored": "no duty below the one in force",
    "free": "duties in force may be lowered too",
    "weighted": "with political weights",
}
"""The games of a war as a table names them."""


def headline(war: War) -> str:
    """Nash tariffs beside those in force and threatened, their effect on each side in both games, and who blinks."""
    names = names_of(war)
    average = {(row["side"], row["move"]): row["average_tariff"] for row in rows_of(war.moves)}
    told = []
    for code in war.players:
        beside = [f"in force {level_percent(average[code, 'none'])}"]
        beside += [
            f"{words} {level_percent(average[code, move])}"
            for move, words in (("threat", "threatened"), ("in kind", "in its answer"))
            if (code, move) in average and not (move == "in kind" and (code, "threat") in average)
        ]
        told.append(f"{level_percent(average[code, 'Nash'])} ({names.economy(code)}; {', '.join(beside)})")
    said = [f"{names.the(code)} {_gains(_at_nash(war, code))}" for code in war.players]
    which = "at which duties in force may be lowered too" if war.liberalise else f"no lower than {_floor(war)}"
    at = f"At Nash tariffs {which}, on average {listed(told)}, {listed(said)}."
    return " ".join(filter(None, (at, base_band(war), other_game(war), weighted_game(war), verdict(war))))


def other_game(war: War) -> str:
    """The outcome of the other game, and the part of the cuts in the free one."""
    names = names_of(war)
    at_home = war.games[war.games["base_tariffs"] == war.games["base_tariffs"].iloc[0]]
    at_home = at_home[at_home["game"] != "weighted"]
    other = at_home[at_home["game"] == ("floored" if war.liberalise else "free")].set_index("player")["real_income"]
    if not at_home["lowered"].any():
        return "Neither side would lower a duty in force."
    said = listed([f"{names.the(code)} {_gains(float(other[code]))}" for code in war.players])
    cuts = listed([f"{names.the(code)} {signed_percent(_part(war, 'cuts', code))}" for code in war.players])
    which = "If no duty may fall below the one in force" if war.liberalise else "If both may also lower duties in force"
    free = at_home[at_home["game"] == "free"]
    return f"{which}, {said}; the {int(free['lowered'].sum())} cuts of that game alone bring {cuts}."


def weighted_game(war: War) -> str:
    """Nash tariffs and real income where governments have political weights; empty where none are given."""
    rows = {row["player"]: row for row in rows_of(war.games[war.games["game"] == "weighted"])}
    if not rows:
        return ""
    names = names_of(war)
    duties = listed([f"{level_percent(rows[code]['average'])} ({names.economy(code)})" for code in war.players])
    said = listed([f"{names.the(code)} {_gains(rows[code]['real_income'])}" for code in war.players])
    return f"With the political weights that are given, Nash tariffs are on average {duties}, and {said}."


def base_band(war: War) -> str:
    """The span of the Nash gains over the rules of base tariffs; empty for a world with one rule."""
    names = names_of(war)
    mine = war.games[war.games["game"] == ("free" if war.liberalise else "floored")]
    if mine["base_tariffs"].nunique() < 2:
        return ""
    ends = []
    for code in war.players:
        found = mine.loc[mine["player"] == code, "real_income"]
        ends.append(
            f"from {signed_percent(float(found.min()))} to {signed_percent(float(found.max()))} for {names.the(code)}"
        )
    return f"Over the rules of base tariffs these changes range {listed(ends)}."


def _part(war: War, part: str, code: str) -> float:
    """The change in real income of a side by a part of both sides' duties."""
    rows = war.split[(war.split["part"] == part) & (war.split["by"] == "both") & (war.split["economy"] == code)]
    return float(rows["real_income"].iloc[0])


def _floor(war: War) -> str:
    """The duties that none of the war falls below, in words: one rate on all goods is held against their average."""
    return "the average duty in force" if war.rates == "one" else "the duties in force"


def _at_nash(war: War, code: str) -> float:
    return float(war.matrix(code)["Nash"].to_dict()["Nash"])


def _gains(change: float) -> str:
    if abs(change) <= NOISE:
        return "is where it was"
    return f"{'gains' if change > 0 else 'loses'} {percent(change)} of real income"


def brief(war: War) -> str:
    """The outcome if neither side gives way, in a sentence."""
    names = names_of(war)
    average = {(row["side"], row["move"]): row["average_tariff"] for row in rows_of(war.moves)}
    rates = listed([f"{level_percent(average[code, 'Nash'])} ({names.economy(code)})" for code in war.players])
    said = listed([f"{names.the(code)} {_gains(_at_nash(war, code))}" for code in war.players])
    which = "" if war.liberalise else f", no lower than {_floor(war)}"
    at = f"If neither gives way, each side ends at its best tariffs against the other's{which}, on average {rates}"
    return f"{at}: {said}."


def facts(war: War) -> tuple[Fact, ...]:
    """The change in real income of each side at Nash tariffs, with its range over the rules of base tariffs."""
    mine = war.games[war.games["game"] == ("free" if war.liberalise else "floored")]
    found = []
    for code in war.players:
        over = mine.loc[mine["player"] == code, "real_income"]
        found.append(
            Fact(
                "war", "real income", code, names_of(war).the(code), "Nash", "both charge their Nash tariffs",
                _at_nash(war, code), low=float(over.min()), high=float(over.max()),
                because="at Nash tariffs each government picks the duty of every sector that maximises its objective",
            )
        )  # fmt: skip
    return tuple(found)


def verdict(war: War) -> str:
    """The sides that concede, with the payoffs that decide it."""
    names = names_of(war)
    rows = list(rows_of(war.blinks))
    ready = [row for row in rows if row["blinks"]]
    moves = [rows[0][key] for key in ("clash_first", "clash_second")]
    if moves[0] == moves[1]:
        told = BOTH[moves[0]]
    else:
        told = listed([f"{names.the(row['player'])} {ACTS[move]}" for row, move in zip(rows, moves, strict=True)])
    figures = listed([f"{names.the(row['player'])} {signed_percent(row['gain'])}" for row in rows])
    both = listed([f"{names.the(row['player'])} {signed_percent(row['both_gain'])}" for row in rows])
    together = f" Where both back down: {both}."
    if not ready:
        return f"If {told}, neither gains by backing down alone ({figures}).{together}"
    if len(ready) == 1:
        return (
            f"If {told}, {names.the(ready[0]['player'])} blinks: it alone gains by backing down ({figures}).{together}"
        )
    most = max(ready, key=lambda row: float(row["gain"]))
    return f"If {told}, both gain by backing down alone, {names.the(most['player'])} more ({figures}).{together}"


def economies(war: War, thirds: int = 4) -> list[str]:
    """The players, and the third economies whose real income the Nash tariffs change most."""
    ends = war.payoffs[(war.payoffs["first_move"] == "Nash") & (war.payoffs["second_move"] == "Nash")]
    others = ends[~ends["economy"].isin(war.players)]
    order = others.assign(size=others["real_income"].abs()).sort_values("size", ascending=False, kind="stable")
    return [*war.players, *order["economy"].head(thirds)]


def payoff_table(war: War, thirds: int = 4) -> Table:
    """Every pair of moves: the change in real income of players and third economies, equilibria marked."""
    names, shown = names_of(war), economies(war, thirds)
    first, second = (names.economy(code) for code in war.players)
    rows: list[Row] = []
    grouped = war.payoffs.groupby(["first_move", "second_move"], sort=False)
    last = ""
    for (a, b), cell in grouped:
        if a != last:
            rows.append(Row((f"{first}: {MOVES[str(a)]}",), heading=True))
        last = str(a)
        change = dict(zip(cell["economy"], cell["real_income"], strict=True))
        mark = " (nobody would move)" if bool(cell["equilibrium"].iloc[0]) else ""
        cells = (points(change[code]) for code in shown)
        rows.append(Row((f"{second}: {MOVES[str(b)]}{mark}", *cells), strong=bool(mark)))
    caption = "Change in real income for every pair of moves, in per cent of the state in force on the day"
    return Table(caption, ("", *map(names.economy, shown)), tuple(rows), stamp(war))


def blink_table(war: War) -> Table:
    """Each side's payoff in the clash, and where it alone backs down."""
    names = names_of(war)
    rows = [
        Row(
            (
                names.economy(row["player"]),
                *(signed_percent(row[name]) for name in ("clash", "back", "gain", "both_gain")),
                "yes" if row["blinks"] else "no",
            )
        )
        for row in rows_of(war.blinks)
    ]
    head = ("", "In the clash", "Backing down alone", "Gain", "Gain where both do", "Blinks")
    return Table(f"Who blinks: payoffs by {war.objective}", head, tuple(rows), stamp(war))


def sector_table(war: War) -> Table:
    """Duties by sector: in force, Nash and best, each player's on the other, and what they are levied on."""
    names = names_of(war)
    sides = [{row["sector"]: row for row in rows_of(war.sectors[war.sectors["player"] == p])} for p in war.players]
    rows = []
    for sector in dict.fromkeys(war.sectors["sector"]):
        its = [side.get(sector) for side in sides]
        duties = [_level(row, name) for row in its for name in ("before", "nash")]
        more = [_level(row, "best") for row in its] + [MISSING if r is None else level_usd(r["imports"]) for r in its]
        rows.append(Row((names.sector(sector), *duties, *more)))
    first, second = (names.economy(code) for code in war.players)
    nash = (f"Nash, {first}", f"Nash, {second}")
    imports = (f"Imports a year, {first}", f"Imports a year, {second}")
    head = ("", f"{first} now", nash[0], f"{second} now", nash[1], f"Best, {first}", f"Best, {second}", *imports)
    caption = "Duties of each side on the other by sector: in force, Nash, and best against what the other threatens"
    return Table(caption, head, tuple(rows), stamp(war), shaded=nash)


def _level(row: dict[str, Any] | None, name: str) -> str:
    """A duty of a side in a sector; a dash where it buys nothing there."""
    return MISSING if row is None else level_percent(row[name])


def split_table(war: War) -> Table:
    """The free game in parts: duties that are cut, duties that are raised, and all together."""
    names = names_of(war)
    rows = []
    for (part, by), its in war.split.groupby(["part", "by"], sort=False):
        change = dict(zip(its["economy"], its["real_income"], strict=True))
        whose = "both sides" if by == "both" else names.the(str(by))
        label = {"cuts": f"Cuts of {whose}", "raises": f"Raises of {whose}", "together": "Nash tariffs"}[str(part)]
        cells = (signed_percent(change[code]) for code in war.players)
        rows.append(Row((label, str(int(its["duties"].iloc[0])), *cells), strong=part == "together"))
    head = ("", "Duties", *map(names.economy, war.players))
    caption = "Nash tariffs where duties in force may be lowered too, in parts: real income if that part alone happens"
    return Table(caption, head, tuple(rows), stamp(war))


def games_table(war: War) -> Table:
    """Both games under every rule of the base tariffs: average duties and real income of both sides."""
    names = names_of(war)
    rows = []
    for (game, rule), its in war.games.groupby(["game", "base_tariffs"], sort=False):
        sides = {row["player"]: row for row in rows_of(its)}
        cells = [
            cell
            for code in war.players
            for cell in (
                level_percent(sides[code]["in_force"]),
                level_percent(sides[code]["average"]),
                signed_percent(sides[code]["real_income"]),
            )
        ]
        rows.append(Row((f"{GAMES[str(game)]}; base tariffs {rule}", *cells)))
    head = ["Game"]
    for code in war.players:
        name = names.economy(code)
        head += [f"{name} now", f"Nash, {name}", f"Real income, {name}"]
    caption = "Average duties, and real income at Nash tariffs, by game and rule of the base tariffs"
    return Table(caption, tuple(head), tuple(rows), stamp(war))


def moves_table(war: War) -> Table:
    """The moves, and the average duty of each."""
    names = names_of(war)
    rows = [
        Row((f"{names.economy(r['side'])}: {MOVES[r['move']]}", r["title"], level_percent(r["average_tariff"])))
        for r in rows_of(war.moves)
    ]
    caption = "What each side can do; the duty is the average on all goods of the other, weighted by imports"
    return Table(caption, ("Move", "What it is", "Average duty"), tuple(rows), words=True)


def curves_chart(war: War) -> Any:
    """Best one-rate answers of both sides in one plane, and where they cross."""
    names = names_of(war)
    first, second = war.players
    frames = []
    for k, player in enumerate(war.players):
        rows = war.curves[war.curves["player"] == player]
        own, its = rows["best_rate"] * 100, rows["partner_rate"] * 100
        across, up = (own, its) if k == 0 else (its, own)
        frames.append(
            pd.DataFrame({"x": across, "y": up, "order": its, "player": names.economy(player), "colour": SERIES[k]})
        )
    lines = pd.concat(frames, ignore_index=True)
    rates = dict(zip(war.crossing["player"], war.crossing["rate"] * 100, strict=True))
    cross = pd.DataFrame(
        {"x": [rates[first]], "y": [rates[second]], "text": [f"Nash {rates[first]:.1f} % and {rates[second]:.1f} %"]}
    )
    top = float(max(lines["x"].max(), lines["y"].max())) or 1.0
    scale = alt.Scale(domain=[0, top * 1.08], nice=False)
    axis = alt.Axis(tickCount=5, grid=True, titleFontSize=SIZE, titleColor=QUIET, minExtent=30, maxExtent=46)
    x = alt.X("x:Q", scale=scale, axis=axis, title=f"Duty of {names.the(first)}, %")
    y = alt.Y("y:Q", scale=scale, axis=axis, title=f"Duty of {names.the(second)}, %")
    colour = alt.Color("colour:N", scale=None, legend=None)
    base = alt.Chart(lines).encode(x, y, colour)
    drawn = base.mark_line(strokeWidth=2.4).encode(order="order:Q", detail="player:N")
    dots = base.mark_point(filled=True, size=26, opacity=1)
    ends = lines.loc[lines.groupby("player", sort=False)["order"].idxmax()]
    ends = ends.assign(text=[f"best of {name}" for name in ends["player"]])
    words = alt.Chart(ends).encode(x, y, colour, text="text:N")
    label = words.mark_text(fontSize=SIZE - 1, dx=6, dy=-9, align="left")
    near = alt.Chart(cross).encode(x, y)
    point = near.mark_point(filled=True, size=90, color=INK, opacity=1)
    said = near.mark_text(fontSize=SIZE - 1, dx=10, dy=14, align="left", color=INK).encode(text="text:N")
    plane = alt.layer(drawn, dots, label, point, said).properties(width=LABELS + PLOT - 90, height=LABELS + PLOT - 90)
    return themed(plane, "Best answers where each side has one duty", ["On all goods of the other side", stamp(war)])


def heat_chart(war: War) -> Any:
    """Nash duties by sector, each player's on the other, as shades with their figures."""
    names = names_of(war)
    rows = war.sectors
    frame = rows.assign(
        label=[fitted(names.sector(code)) for code in rows["sector"]],
        side=[
            "\n".join(wrap(f"{names.economy(n)} on {names.economy(i)}", PLOT / 2 - 12, SIZE))
            for n, i in zip(rows["player"], rows["partner"], strict=True)
        ],
        text=[level_percent(rate) for rate in rows["nash"]],
        dark=rows["nash"] > _DARK * float(rows["nash"].max()),
    )
    order = list(dict.fromkeys(frame["label"]))
    y = alt.Y("label:N", sort=order, axis=label_axis())
    top = alt.Axis(orient="top", labelAngle=0, labelLimit=PLOT // 2, labelExpr="split(datum.label, '\\n')")
    x = alt.X("side:N", sort=list(dict.fromkeys(frame["side"])), axis=top)
    base = alt.Chart(frame).encode(x, y)
    shade = alt.Color("nash:Q", scale=alt.Scale(domainMin=0, range=["#F4F7FA", GAIN]), legend=None)
    ink = alt.condition("datum.dark", alt.value("white"), alt.value("#111111"))  # on a shade, whatever the page
    cells = base.mark_rect(stroke="white").encode(shade)
    words = base.mark_text(fontSize=SIZE - 1).encode(text="text:N", color=ink)
    drawn = alt.layer(cells, words).properties(width=PLOT, height=tall(order, 28) * len(order))
    return themed(drawn, "Nash duties by sector", ["In per cent of the value of the goods", stamp(war)])


def figures(war: War) -> tuple[Figure, Figure]:
    """Curves and heat map, with their words."""
    names = names_of(war)
    rates = [f"{names.the(r['player'])} {level_percent(r['rate'])}" for r in rows_of(war.crossing)]
    curves = f"Two curves of best duties that cross where {listed(rates)} are charged on all goods of the other."
    ends = []
    for player in war.players:
        mine = war.sectors[war.sectors["player"] == player].sort_values("nash", kind="stable")
        low, high = mine.iloc[0], mine.iloc[-1]
        ends.append(
            f"{names.the(player)} from {level_percent(low['nash'])} ({names.sector(low['sector'])}) to "
            f"{level_percent(high['nash'])} ({names.sector(high['sector'])})"
        )
    heat = f"Shades of Nash duties by sector: {listed(ends)}."
    return Figure("curves", partial(curves_chart, war), curves), Figure("nash-duties", partial(heat_chart, war), heat)


def _crossing(war: War) -> str:
    """The crossing of the one-rate best responses, and its effect on each side."""
    names = names_of(war)
    ends = [
        f"{names.the(row['player'])} charges {level_percent(row['rate'])} (real income "
        f"{signed_percent(row['real_income'])})"
        for row in rows_of(war.crossing)
    ]
    return f"At Nash with one duty each on all goods of the other {listed(ends)}."


def sections(war: War) -> tuple[Section, ...]:
    """The sections of a report on a war."""
    curves, heat = figures(war)
    return (
        Section("What each side can do in a war", (moves_table(war),), detail=True),
        Section("What each pair of moves does", (Text(_READ, detail=True), payoff_table(war))),
        Section("What is cut and what is raised", (Text(_CUTS, detail=True), split_table(war), games_table(war))),
        Section("Who blinks", (Text(_BLINK, detail=True), blink_table(war))),
        Section("Duties of a war by sector", (heat, sector_table(war))),
        Section("One duty each", (Text(_CURVES, detail=True), curves, Text(_crossing(war)))),
        Section("How sure the war is", (Text(f"Nash tariffs: {war.certificate}."), Bullets(told_together(war.notes)))),
    )


def document(war: War) -> Document:
    """The whole report on a war."""
    s = war.settings
    about = f"World {s.on}. Governments want {war.objective}. detente {s.version}, war {war.id[:12]}."
    return Document(f"{war.title}: the war", about, headline(war), (), sections(war), war.id, s.version)


_CUTS: Final = (
    "A government that may choose its duties also lowers those that are in force above its best ones. That gain is its "
    "own liberalisation and needs no war. Where no duty may fall below the one in force, it is left out. Parts do not "
    "sum to the whole, since duties interact. Other rules of the base tariffs are climbed to from the equilibrium here."
)
_READ: Final = (
    "Best tariffs of a side are those that serve it most given what the other threatens; Nash tariffs are best answers "
    "to each other. They take the place of what the side had added before. A state in which neither would move is "
    "marked."
)
_BLINK: Final = (
    "In the clash each side does what the file says: its threat, or its answer in kind. A side that backs down alone "
    "goes back to what is in force while the other's move stays, so that both are compared alike. An answer falls with "
    "the threat that it answers: that is where both back down. Where nobody threatens anything, the clash is what is "
    "in force, and backing down is to withdraw it. A side blinks if it is better off backing down alone."
)
_CURVES: Final = (
    "Each side has one duty on all goods of the other. A curve is one side's best duty for each of the other's."
)
