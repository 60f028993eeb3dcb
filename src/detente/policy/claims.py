"""Parts of trade and of value: what enters under a preference and is outside a measure, what a duty is charged on.

`claims: {preference: USMCA, share: ...}` leaves out the share of each product's trade that enters under the
preference. The goods that claim it and the rest are two parts of a cell, never an average. Measures that name one
preference with one share leave out the same goods. A consignment enters under one preference at most, so that the
shares of different preferences are of different goods and add up; over all of the trade they are refused.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from detente.data.products.lines import LINES_OF
from detente.data.products.shares import CLAIMS, CONTENTS
from detente.data.quantities import Rate, format_rate
from detente.errors import enumerate_names, nearest
from detente.inputs import shown


def _is_a_part(share: float) -> float:
    if not 0 < share <= 1:
        raise ValueError(f"{format_rate(share)} is not a part of value or trade: write over 0% and up to 100%")
    return share


Share = Annotated[Rate, AfterValidator(_is_a_part)]
"""A pydantic field: a part of something, over 0 and up to 1, read from `40%` or 0.4."""


def _known(given: object, tables: tuple[str, ...], what: str) -> object:
    """A share, or the name of a bundled table; raises ValueError for text that begins as a name and is none."""
    if not isinstance(given, str) or not given[:1].isalpha() or given in tables:
        return given
    near = nearest(given, tables)
    hint = f"did you mean {near}?" if near else f"there are {enumerate_names(tables)}"
    raise ValueError(f"{shown(given)} is neither a share, such as 40%, nor a bundled table of {what}; {hint}")


_CLAIM_TABLES: Final = tuple(CLAIMS)


def _content(given: object) -> object:
    return _known(given, CONTENTS, "contents")


def _has_both(given: object) -> object:
    """Raises ValueError for a share without its preference."""
    if isinstance(given, str | int | float):
        raise ValueError(
            f"{shown(given)} does not say which preference: write claims: {{preference: USMCA, share: {given}}}"
        )
    return given


def _claimed(given: object) -> object:
    if given == {}:
        raise ValueError("names no partner: write share: 38%, or a share by partner, share: {CAN: 60%}")
    return _known(given, _CLAIM_TABLES, "claims")


Content = Annotated[
    Share | Literal["metal-content", "steel-content", "aluminium-content", "copper-content"], BeforeValidator(_content)
]
"""A pydantic field: the share of value a duty is charged on, a number or a bundled table by product."""


class Claims(BaseModel):
    """The trade that enters under a preference and is outside the measure.

    `share` is of each product's trade: one number for every partner, numbers by partner (a partner that is not named
    claims nothing), or a bundled table by product and partner.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    preference: str = Field(min_length=1, description="name of the preference, such as USMCA")
    share: Annotated[Share | Literal["usmca-2024", "usmca-2025"] | dict[str, Share], BeforeValidator(_claimed)] = Field(
        description="share of trade that claims it: 38%, {CAN: 60%, MEX: 50%}, or a table such as usmca-2025"
    )

    @property
    def key(self) -> tuple[str, str]:
        """The preference and its share, as text: equal keys are of the same goods."""
        return self.preference, self.model_dump_json()

    @property
    def table(self) -> str | None:
        """The bundled table, if the share is one."""
        return self.share if isinstance(self.share, str) else None

    @property
    def in_words(self) -> str:
        """The share as a reader sees it: `38%`, `CAN 60%, MEX 50%`, or the name of the table."""
        if isinstance(self.share, dict):
            return ", ".join(f"{name} {format_rate(share)}" for name, share in self.share.items())
        return self.share if isinstance(self.share, str) else format_rate(self.share)

    def share_of(self, exporter: str) -> float:
        """The share of all trade with a partner, 0 where it claims nothing; for shares that are no table."""
        if isinstance(self.share, dict):
            return self.share.get(exporter, 0.0)
        return self.share if isinstance(self.share, float) else 0.0

    def refuse_importer(self, what: str, importer: str) -> None:
        """Raise ValueError where the table is of the imports of somebody else."""
        if self.table is not None and importer != LINES_OF:
            raise ValueError(
                f"{what}: the table {self.table} is of imports of {LINES_OF}, not of {importer}: give a share, such as "
                "claims: {preference: USMCA, share: 40%}"
            )


ClaimsField = Annotated[Claims, BeforeValidator(_has_both)]
"""A pydantic field: a preference and the share of trade that claims it."""
