"""What the form of a part asks: its fields, in the order of the page, and how what is typed becomes a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from detente.cli.options import names_in
from detente.errors import BadInput


@dataclass(frozen=True)
class Field:
    """A field: the option that it is, what it is called, and what is to be typed.

    `how` is text; several with commas between; a share, which may be typed in per cent; lines; a file; one of the
    sides; one of `choices`, each with its words; or a flag. What is not `plain` is folded away.
    """

    name: str
    label: str
    hint: str = ""
    how: Literal["text", "several", "share", "lines", "file", "side", "choice", "flag"] = "text"
    choices: tuple[tuple[str, str], ...] = ()
    empty: str | None = None
    plain: bool = False

    def value(self, text: str) -> Any:
        """The value of an option that was typed. Raises BadInput for what is no share."""
        if self.how == "lines":
            return [line.strip() for line in text.splitlines() if line.strip()]
        if self.how == "several":
            return names_in(text)
        if self.how == "flag":
            return True
        if self.how == "share" and text.endswith("%"):
            try:
                return float(text.removesuffix("%")) / 100
            except ValueError as problem:
                raise BadInput(f"{self.name}: {text!r} is no number such as 30%") from problem
        return text

    def text(self, value: Any) -> str:
        """A value as it would be typed."""
        if isinstance(value, list | tuple):
            return ("\n" if self.how == "lines" else ", ").join(map(str, value))
        return ("on" if value else "") if self.how == "flag" else str(value)


def filled(form: tuple[Field, ...], options: Mapping[str, Any]) -> dict[str, str]:
    """What a form holds for options."""
    shown = [each for each in form if each.how != "file"]
    return {each.name: each.text(options[each.name]) if each.name in options else "" for each in shown}


def typed(form: tuple[Field, ...], fields: Mapping[str, str]) -> dict[str, Any]:
    """The options that a form says; what is left empty is not among them. Raises BadInput."""
    given = {each: fields.get(each.name, "").strip() for each in form if each.how != "file"}
    said = {each.name: each.value(text) for each, text in given.items() if text}
    return {name: value for name, value in said.items() if value != []}


_NO_DEAL: Final = Field(
    "no_deal", "If there is no deal", "what a deal is compared with", "choice",
    (("status quo", "everything stays as it is"), ("threat", "threats are carried out"),
     ("answered", "threats are carried out and answered"), ("nash", "a war to its end")),
    "threats are carried out and answered, where there are any",
)  # fmt: skip
_WANTED: Final = (
    Field("objective", "What both governments want", "such as real income + 0.5 revenue"),
    Field("one_rate", "One duty on all goods, not one a sector", how="flag"),
)
WAR: Final = _WANTED
TALKS: Final = (
    _NO_DEAL,
    Field("weights", "Bargaining power of the two sides", "such as 0.6, 0.4; alike by default", "several"),
    Field("mfn", "What one cuts for the other it cuts for all", how="flag"),
    Field("robust", "Under all elasticities and closures as well; takes minutes", how="flag"),
)
HOLD: Final = (
    _NO_DEAL,
    Field("period", "Years until cheating is found out", "1 by default"),
    Field("annual_rate", "Discount rate a year", "such as 5%, which is the usual one", "share"),
    Field("lag", "Years until a snap-back clause acts", "by default the file’s review"),
    Field("lasting", "Years that a snap-back lasts", "for good by default"),
    Field("quota", "Share of weight that more than must consent", "50% by default", "share"),
    *_WANTED,
)
CLOCK: Final = (
    Field("until", "The last day", "such as 2020-12-31; by default the file’s last deadline"),
    Field("seed", "Seed of the disputes that are played out", "0 by default"),
    Field("score", "Score it against what happened, as far as the file says", how="flag"),
)
MARKETS: Final = (
    Field("economy", "Whose equity", how="side", plain=True),
    Field("prices", "Its prices, as a CSV file",
          "Daily: a column of dates, and a column an index or share. Without it, only what markets should fear.",
          "file", plain=True),
    Field("event", "Days to study", "such as 2018-03-22, 2018-04-03; by default those of threats", "several",
          plain=True),
    Field("market", "The column that is the market", "for a market model; may be left out", plain=True),
    Field("probability", "Probability of war before", "such as 30%; by default the clock’s", "share", plain=True),
    Field("multiplier", "Multiplier", "change of equity over change of real income; 1 by default", plain=True),
    Field("asset", "The column of its prices", "needed where there are several"),
    Field("window", "Trading days around an event", "such as -1, 1; the day alone by default", "several"),
)  # fmt: skip
BANDS: Final = (
    Field("holds", "In how many draws does this hold?",
          "A statement a line: state, economy, quantity, sign, number. Parts joined by “and” must hold together.",
          "lines", plain=True),
    Field("draws", "Draws", "64 take about a minute; powers of two fill the space evenly", plain=True),
    Field("seed", "Seed of the draws", "0 by default", plain=True),
)  # fmt: skip

FORMS: Final = {"war": WAR, "talks": TALKS, "hold": HOLD, "clock": CLOCK, "markets": MARKETS, "bands": BANDS}
"""Question → the fields of its form."""
