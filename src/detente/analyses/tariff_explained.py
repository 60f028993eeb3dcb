"""How the tariff on one product from one partner comes about, act by act, as a table and as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from detente.analyses.tariffs_on_a_day import day_of_option
from detente.data.bundled import load_world
from detente.data.products.descriptions import description_of
from detente.data.world import with_blocs
from detente.dispute.schema import Dispute
from detente.errors import BadInput
from detente.policy.explanation import Act, Explanation, Piece
from detente.policy.schedule import TariffBook
from detente.report.blocks import Bullets, Document, Row, Section, Table, Text
from detente.report.numbers import Names, level_percent
from detente.usual_names import economy_called


@dataclass(frozen=True)
class TariffExplained:
    """The explanation with the names of the dispute's sides and the description of the product, if it has one."""

    explanation: Explanation
    description: str | None
    names: Names

    def document(self) -> Document:
        """One table: the parts of the product, the acts on each, and the sum."""
        its = self.explanation
        named = f"{its.code} ({self.description})" if self.description else its.code
        title = (
            f"The tariff of {self.names.the(its.importer)} on {named} from {self.names.the(its.exporter)} on {its.on}: "
            f"{level_percent(its.duty, 2)}"
        )
        rows = [row for number, piece in enumerate(its.pieces, 1) for row in self._piece(number, piece)]
        head = ("", "authority", "asks", "on value", "adds", "")
        table = Table("Act by act", head, tuple(rows))
        about = Text(
            f"Ordinary duties and measures in force in them are averages of the sector in {its.world}. An act that "
            "displaces others is charged in their place, on the value that it is charged on."
        )
        return Document(title, "", title, (), (Section(title, (table, about, Bullets(its.notes))),), "", "")

    def _piece(self, number: int, piece: Piece) -> list[Row]:
        """The heading of a part, its acts, and its sum."""
        share = level_percent(piece.share)
        rows = [Row((f"Part {number}, {share} of the trade, {self.names.sector(piece.sector)}",), heading=True)]
        rows.append(Row(("ordinary duty", "", "", "", level_percent(piece.ordinary, 2), "")))
        for authority, rate in piece.in_base.items():
            said = "in force in the world's base tariff"
            rows.append(Row((authority, authority, "", "", level_percent(rate, 2), said)))
        rows += [_row(act) for act in piece.acts]
        if piece.cut:
            rows.append(Row(("no duty is under zero", "", "", "", level_percent(piece.cut, 2), "")))
        rows.append(Row(("sum", "", "", "", level_percent(piece.duty, 2), "")))
        return rows

    def as_dict(self) -> dict[str, Any]:
        """All of it, as plain values: rates are fractions."""
        return {**self.explanation.as_dict(), "description": self.description}


def _row(act: Act) -> Row:
    """An act as a line of the table."""
    if act.kind is None:
        why = f"claims {act.preference}" if act.preference is not None else act.state
        return Row((act.measure, act.authority or "", "", "", "0", why))
    asks = {"add": "+{}", "set": "{} set", "total": "{} in total"}[act.kind].format(level_percent(act.rate, 2))
    said: list[str] = [act.state] if act.state not in ("charged", "displaced") else []
    if act.displaced_by:
        said.append(f"displaced by {', '.join(act.displaced_by)}")
    if act.displaces:
        said.append(f"displaces {', '.join(act.displaces)}")
    adds = level_percent(act.adds, 2)
    return Row((act.measure, act.authority or "", asks, level_percent(act.of), adds, "; ".join(said)))


def explain_tariff(
    dispute: Dispute, on: str, code: str, partner: str | None, importer: str | None, world: str | None
) -> TariffExplained:
    """How the tariff of a day on a product came about.

    Raises BadInput where no partner is named, the day is none, or the code is not known or of no goods sector;
    UnknownEconomy where a name is not in the world.
    """
    if partner is None:
        raise BadInput(f"--explain {code} needs the partner whose goods they are: --partner CHN")
    settled = with_blocs(load_world(world or dispute.world), dispute.parties)
    exporter, by = (_code(name, settled.economies) for name in (partner, importer))
    book = TariffBook(settled, dispute.measures, dispute.stacking)
    found = book.explain(code, exporter or "", importer=by, on=day_of_option(on))
    return TariffExplained(found, description_of(found.code), Names(dispute.called))


def _code(name: str | None, economies: tuple[str, ...]) -> str | None:
    """The code of an economy that a usual name stands for, else the name."""
    called = None if name is None or name in economies else economy_called(name)
    return called if called in economies else name
