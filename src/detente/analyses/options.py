"""Options said once: what an option is called, what it means, what it may be, and how every door asks for it.

Each question has one pydantic model of its options. An option is one line, made with `option(...)`; command-line
flag, API query, field of the page, Python signature, reproduce lines and reference are made from it, and a value is
checked by the model alone, whether it comes as text or as an object. This module and the models load pydantic and
nothing heavier, so that the help of a command comes at once.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, Self, Union, get_args, get_origin

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo

from detente.analyses.option_values import plain_value, shown_value
from detente.analyses.option_words import BASE_TARIFFS as BASE_TARIFFS
from detente.analyses.option_words import BOUNDS, METAVARS, NOUNS, PYTHON, REVENUE_USES, WAGE_UNITS
from detente.analyses.option_words import DEFICITS as DEFICITS
from detente.analyses.option_words import HORIZONS as HORIZONS
from detente.analyses.option_words import LABOUR as LABOUR
from detente.errors import BadInput, nearest

Deficits = Literal["fixed", "balanced", "proportional"]
"""What happens to trade deficits."""
Horizon = Literal["long", "short"]
"""Whether workers move between sectors."""
RevenueUse = Literal["lump-sum", "income-tax"]
"""What tariff revenue is used for where labour supply is elastic."""
WageUnit = Literal["factor-income", "usd"]
"""What is held while wages are counted against their floor."""
Disagreement = Literal["status quo", "threat", "answered", "nash"]
"""Where negotiations that fail lead."""
Kind = Literal[
    "flag", "text", "choice", "number", "whole", "share", "day", "names", "numbers", "pair", "days", "economy", "world",
    "worlds", "elasticities", "sets", "objective", "prior", "statements", "weights", "packages", "prices", "path",
    "object", "question",
]  # fmt: skip
"""What a value is, and so how it is written, asked for and checked."""
Given = Annotated[Any, WithJsonSchema({"type": "string"})]
"""Text at the doors of text; in Python also the object that the text stands for."""
Names = Annotated[tuple[str, ...], Field(min_length=1, max_length=50)]
Power = Annotated[float, Field(gt=0)]

_BY_TYPE: Final = {bool: "flag", str: "text", float: "number", int: "whole", date: "day"}
_SEVERAL: Final = {"text": "names", "number": "numbers", "whole": "numbers", "day": "days"}
_NUMERIC: Final = ("number", "share", "whole", "numbers", "pair")
_LINES: Final = ("statements", "weights", "packages")
"""Kinds of which each line is one: a comma does not part them."""
_COUNTS: Final = {
    "too_short": "give at least {min_length}", "too_long": "give at most {max_length}",
    "string_too_long": "write at most {max_length} characters",
}  # fmt: skip
"""Fault of pydantic about a length → what to do."""
_TRUE: Final = {"true": True, "on": True, "yes": True, "1": True, "false": False, "off": False, "no": False, "0": False}


@dataclass(frozen=True)
class Asked:
    """The presentation of an option, beside the content of its field in the model. See `option`."""

    kind: Kind | None = None
    flags: tuple[str, ...] = ()
    metavar: str = ""
    words: tuple[tuple[str, str], ...] = ()
    empty: str = ""
    page: Literal["plain", "folded"] | None = "folded"
    python: str = ""
    local: bool = False

    def __call__(self, schema: dict[str, Any]) -> None:
        """Nothing is added to the JSON schema of the field."""


def option(
    default: Any,
    help: str,
    label: str = "",
    *,
    kind: Kind | None = None,
    flags: tuple[str, ...] = (),
    metavar: str = "",
    words: Mapping[str, str] | None = None,
    empty: str = "",
    page: Literal["plain", "folded"] | None = "folded",
    python: str = "",
    local: bool = False,
    **bounds: Any,
) -> Any:
    """A field of a model of options.

    Parameters
    ----------
    default, help, label
        The value where none is given; what the option means, without a full stop; what the page calls it.
    kind
        What a value is, where its type does not say: a share may be written in per cent, names of worlds are looked up.
    flags
        Other flags of the command line beside `--name-with-hyphens`.
    metavar
        What stands for a value in help.
    words, empty
        On the page: the words for each choice, and for no choice.
    page
        Whether the page shows the field, folds it away, or leaves it out.
    python
        The type in Python, where objects are taken beside text.
    local
        Of the own machine: Python and the command line have it, a server does not.
    bounds
        `ge`, `gt`, `le`, `lt`, `min_length`, `max_length` as in pydantic.
    """
    shown = None if local else page
    asked = Asked(kind, flags, metavar, tuple((words or {}).items()), empty, shown, python, local)
    return Field(default, title=label or None, description=help, json_schema_extra=asked, **bounds)


@dataclass(frozen=True)
class Option:
    """One option as every door shows it.

    Attributes
    ----------
    name, label, help
        As in Python, on the page, and in every list of options.
    kind, choices, several
        What a value is; the values it may be; whether it holds more than one.
    default
        The value where none is given.
    bounds
        What pydantic asks of a value, such as `{"gt": 0, "le": 100}`.
    asked
        What doors need to know beside that.
    """

    name: str
    label: str
    help: str
    kind: Kind
    choices: tuple[str, ...]
    several: bool
    default: Any
    bounds: Mapping[str, Any]
    asked: Asked

    @classmethod
    def of(cls, name: str, field: FieldInfo) -> Option:
        """The option that a field of a model is."""
        asked = field.json_schema_extra if isinstance(field.json_schema_extra, Asked) else Asked()
        kind, choices, several, entry = _kind_of(field.annotation)
        label = field.title or name.replace("_", " ").capitalize()
        bounds = _bounds([*field.metadata, *entry])
        default = field.get_default(call_default_factory=True)
        kind = asked.kind or kind
        many = several or kind in _LINES
        return cls(name, label, field.description or "", kind, choices, many, default, bounds, asked)

    @property
    def flags(self) -> tuple[str, ...]:
        """Flags of the command line, the first of which carries the name."""
        return (f"--{self.name.replace('_', '-')}", *self.asked.flags)

    @property
    def python(self) -> str:
        """The type in Python, as it is written."""
        if self.asked.python:
            return self.asked.python
        plain = PYTHON.get(self.kind, "str")
        return plain if self.default is not None else f"{plain} | None"

    @property
    def metavar(self) -> str:
        """The placeholder of a value in help."""
        return self.asked.metavar or METAVARS.get(self.kind, "TEXT")

    @property
    def repeated(self) -> bool:
        """Whether its flag is given once for each entry."""
        return self.kind in (*_LINES, "days")

    def allowed(self) -> str:
        """The allowed values, as a text: `a number over 0, at most 100`; empty if every value is allowed."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        parts = [f"{words} {self.bounds[key]:.12g}" for key, words in BOUNDS.items() if key in self.bounds]
        noun = NOUNS.get(self.kind, "")
        return (" " if noun.endswith("number") else ", ").join(filter(None, [noun, " and ".join(parts)]))

    @property
    def meaning(self) -> str:
        """The meaning of the option, its allowed values and its default, in the same text at every door."""
        text = self.help[:1].upper() + self.help[1:]
        unnamed = any(choice not in text for choice in self.choices)
        bounds = f" ({self.allowed()})" if unnamed or self.bounds else ""
        none = self.default is None or self.default is False or self.default == ()
        usual = "" if none else f" Default: {self.written(self.default)}."
        return f"{text}{bounds}.{usual}"

    def written(self, value: Any) -> str:
        """A value as text, which the model reads as the same value."""
        if isinstance(value, Mapping):
            value = [value["name"]] if self.kind == "prices" else [",".join(ids) for ids in value.values()]
        if self.kind == "packages":
            value = [each if isinstance(each, str) else ",".join(each[1]) for each in value]
        if isinstance(value, list | tuple):
            return ("\n" if self.kind in _LINES else ",").join(map(str, value))
        return str(value).lower() if isinstance(value, bool) else str(value)


def _kind_of(annotation: Any, metadata: tuple[Any, ...] = ()) -> tuple[Kind, tuple[str, ...], bool, tuple[Any, ...]]:
    """Kind, choices, whether there may be several, and what pydantic asks of a value, from a type."""
    origin = get_origin(annotation)
    inner = [each for each in get_args(annotation) if each is not type(None)]
    if origin is Annotated:
        return _kind_of(inner[0], annotation.__metadata__)
    if origin in (Union, types.UnionType) and len(inner) == 1:
        return _kind_of(inner[0], metadata)
    if origin is Literal:
        return "choice", tuple(map(str, inner)), False, ()
    if origin is tuple:
        single, _, _, asked = _kind_of(inner[0])
        pair = len(inner) == 2 and inner[1] is not Ellipsis
        kind: Any = "pair" if pair else _SEVERAL.get(single, "names")
        return kind, (), True, asked
    named: Any = _BY_TYPE.get(annotation, "text")
    return named, (), False, metadata


def _bounds(metadata: Iterable[Any]) -> dict[str, Any]:
    """Least and greatest values among what pydantic asks of a field."""
    parts = [inner for part in metadata for inner in (part.metadata if isinstance(part, FieldInfo) else [part])]
    return {key: getattr(part, key) for part in parts for key in BOUNDS if hasattr(part, key)}


class Options(BaseModel):
    """Options of every question: the calibration of the model, and open questions."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, arbitrary_types_allowed=True)

    world: Given = option(
        None, "the world, one of `detente worlds`; by default the world of the dispute", "World", kind="world",
        page=None, python="World | str | None", empty="the world of the dispute",
    )  # fmt: skip
    elasticities: Given = option(
        None, "the set of trade elasticities, one of `detente elasticities`; by default that of the dispute, or U4",
        "Trade elasticities", kind="elasticities", page=None, python="str | ArrayLike | None",
        empty="the set of the dispute",
    )  # fmt: skip
    deficits: Deficits | None = option(
        None, "trade deficits after the change: fixed, balanced (zero) or proportional to income; by default fixed",
        "Trade deficits", page=None, words=DEFICITS, empty="default: they stay at their size",
    )  # fmt: skip
    base_tariffs: str | None = option(
        None, "the rule of the base tariffs, one of the world's, such as collected, scaled or simple; by default the "
        "rule that the dispute or the world names",
        "Base tariffs", metavar="RULE", page=None, words=BASE_TARIFFS, empty="the rule of the world",
    )  # fmt: skip
    labour: float | None = option(
        None, "elasticity of labour supply to the real wage after tax; by default labour supply is fixed",
        "Elasticity of labour supply", metavar="KAPPA", page=None, ge=0, le=10,
    )  # fmt: skip
    revenue: RevenueUse | None = option(
        None, "use of tariff revenue where labour supply is elastic: lump-sum hands it out, income-tax lowers the "
        "income tax; by default lump-sum",
        "Use of tariff revenue", page=None, words=REVENUE_USES, empty="default: it is handed out",
    )  # fmt: skip
    income_tax: float | None = option(
        None, "income tax on the last unit of factor income where labour supply is elastic; by default 25%",
        "Income tax", kind="share", page=None, ge=0, lt=1,
    )  # fmt: skip
    mobility: float | None = option(
        None, "how readily workers, who differ, change sector, from 1 (none does); by default they are alike; not "
        "together with the short run",
        "Mobility of workers", page=None, ge=1, le=100,
    )  # fmt: skip
    wage_floor: float | None = option(
        None, "lowest wage over the wage of before, so that there may be unemployment; by default wages fall freely",
        "Floor of wages", page=None, gt=0, le=1,
    )  # fmt: skip
    wage_unit: WageUnit | None = option(
        None, "unit of the floor of wages: factor-income (of the world) or usd (of the United States); by default "
        "factor-income",
        "Unit of the floor", page=None, words=WAGE_UNITS, empty="default: world factor income",
    )  # fmt: skip
    accept_defaults: bool = option(
        False,
        "answer the open questions of the file with their defaults, and list the answers",
        "Answer open questions",
        page=None,
    )

    @classmethod
    def read(cls, given: Mapping[str, Any], *, local: bool = True) -> Self:
        """The options that are given, as text or as values. With `local` false those of the own machine are refused.

        Raises BadInput, which names each option that is wrong, what was found, and what is allowed.
        """
        try:
            return cls.model_validate(given, context={"local": local})
        except ValidationError as problem:
            raise BadInput("; ".join(dict.fromkeys(_faults(cls, problem)))) from problem

    @classmethod
    def every(cls) -> tuple[Option, ...]:
        """Every option, those of the question itself first."""
        found = [Option.of(name, field) for name, field in cls.model_fields.items()]
        shared = Options.model_fields
        return tuple(sorted(found, key=lambda each: each.name in shared or each.asked.local))

    @model_validator(mode="before")
    @classmethod
    def _as_values(cls, given: Any, info: ValidationInfo) -> Any:
        """Text of each option as the value that it stands for, and values of numpy as plain ones."""
        if not isinstance(given, Mapping):
            return given
        known = {name: Option.of(name, field) for name, field in cls.model_fields.items()}
        local = info.context is None or info.context.get("local", True)
        for name in given:
            if name in known and known[name].asked.local and not local:
                raise ValueError(f"{name} is an option of the command line and of Python alone: leave it out")
            if name in known and known[name].kind == "prices" and not (local or isinstance(given[name], Mapping)):
                raise ValueError(f"{name} are sent as a file: leave them out of the address")
        return {name: _value(known[name], value) if name in known else value for name, value in given.items()}

    def plain(self) -> dict[str, Any]:
        """The inputs of the numbers beside the dispute and its settings, as values of JSON, under the model's name."""
        left = {"world", "elasticities", "deficits", "base_tariffs", "horizon", "accept_defaults", *LABOUR}
        kept = {each.name for each in self.every() if not each.asked.local} - left
        return {type(self).__name__: {name: plain_value(getattr(self, name)) for name in sorted(kept)}}

    def given(self) -> dict[str, Any]:
        """The options that are not at their defaults."""
        values = {each.name: (getattr(self, each.name), each.default) for each in self.every()}
        return {name: value for name, (value, usual) in values.items() if hasattr(value, "shape") or value != usual}


class SidesOptions(Options):
    """Options of every question that is about two sides."""

    players: tuple[str, ...] | None = option(
        None, "the two sides, such as USA,CHN; by default the parties of the dispute", "The two sides",
        metavar="A,B", python="Sequence[str] | None",
    )  # fmt: skip

    @field_validator("players")
    @classmethod
    def _two(cls, players: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if players is not None and (len(players) != 2 or len(set(players)) != 2):
            raise ValueError(
                f"players are {', '.join(players) or 'nobody'}: name two different economies, such as USA,CHN"
            )
        return players


class GovernmentOptions(SidesOptions):
    """The objective of both governments, and the variation of their duties."""

    objective: Given = option(
        "real income", "the objective of both governments, such as 'real income + 0.5 revenue'",
        "Objective of both governments", kind="objective", python="Objective | str",
    )  # fmt: skip
    one_rate: bool = option(
        False, "one duty on all goods of the other side instead of one for each sector",
        "One duty on all goods instead of one for each sector",
    )  # fmt: skip
    liberalise: bool = option(
        False, "let both sides also lower duties that are in force, in best responses and Nash tariffs",
        "Let both sides also lower duties in force",
    )  # fmt: skip

    @field_validator("objective", mode="before")
    @classmethod
    def _or_real_income(cls, objective: Any) -> Any:
        return "real income" if objective is None else objective

    @property
    def rates(self) -> Literal["sector", "one"]:
        """Whether duties differ by sector."""
        return "one" if self.one_rate else "sector"


SEED: Final = 2**32
"""Seeds are under this."""
NO_DEAL: Final = {
    "status quo": "the law in force stays",
    "threat": "threats are carried out",
    "answered": "threats are carried out and answered",
    "nash": "both sides set Nash tariffs",
}
"""Disagreement point → the words of the page."""
NO_DEALS: Final = (
    "the law in force stays (status quo), the threats are carried out (threat), they are also answered (answered), or "
    "both sides set Nash tariffs (nash); by default answered, or status quo where there are no threats"
)
"""The disagreement points in one sentence of help."""


def _value(asked: Option, value: Any) -> Any:
    """A value of an option from text, or from an object of numpy. Raises ValueError for text that is none."""
    if hasattr(value, "tolist") and (asked.kind in (*_NUMERIC, "day") or asked.several):
        days = getattr(getattr(value, "dtype", None), "kind", "") == "M"
        value = (value.astype("datetime64[us]") if days else value).tolist()
    if isinstance(value, bool) and asked.kind in _NUMERIC:
        raise ValueError(f"{asked.name} is {value}: give {asked.allowed()}")
    if isinstance(value, bytes):
        raise ValueError(f"{asked.name} is {shown_value(value)}: give {asked.allowed() or 'text'}")
    if asked.several and asked.kind not in _LINES and value is not None:
        return _listed(asked, value)
    if asked.kind == "day" and value is not None:
        return _day(asked, value)
    if not isinstance(value, str):
        return value
    text = value.strip()
    if asked.kind in _LINES:
        return [line.strip() for line in text.splitlines() if line.strip()]
    if asked.kind == "flag":
        return _TRUE.get(text.lower(), text)
    if asked.kind == "choice":
        return text.replace("-", " ").lower() if text.replace("-", " ").lower() in asked.choices else text
    if text.endswith("%") and asked.kind in ("share", "number"):
        return _share(asked, text)
    return value


def _listed(asked: Option, value: Any) -> Any:
    """Entries of a list, each of which may be text separated by commas. Raises ValueError for other arguments."""
    if isinstance(value, Mapping) or not isinstance(value, Iterable):
        raise ValueError(f"{asked.name} is {shown_value(value)}: give {asked.allowed()}")
    parts = [value] if isinstance(value, str) else list(value)
    entries = [one for part in parts for one in (_split(part) if isinstance(part, str) else [part])]
    if asked.kind == "days":
        return [_day(asked, entry) for entry in entries]
    if asked.metavar[:4] == "RATE" and any(str(x).replace(".", "").isdigit() and float(x) > 1 for x in entries):
        raise ValueError(f"{asked.name} is {shown_value(value)}: a number over 1 needs its per cent sign, as in 145%")
    return [_share(asked, one) if asked.kind in _NUMERIC and str(one).endswith("%") else one for one in entries]


def _split(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _day(asked: Option, value: Any) -> date:
    """A day, or one in ISO: a number is none, though pydantic counts it in seconds from 1970."""
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    try:
        return date.fromisoformat(value.strip())
    except (AttributeError, ValueError) as problem:
        verb = "holds" if asked.several else "is"
        raise ValueError(f"{asked.name} {verb} {shown_value(value)}: give {asked.allowed()}") from problem


def _share(asked: Option, text: str) -> float:
    try:
        return float(text.removesuffix("%")) / 100
    except ValueError as problem:
        raise ValueError(f"{asked.name} is {text!r}: give {asked.allowed()}") from problem


def _faults(model: type[Options], problem: ValidationError) -> Iterator[str]:
    """Each fault of options in words: what, where, and what is allowed."""
    known = {each.name: each for each in model.every()}
    entries = {error["loc"][0] for error in problem.errors() if len(error["loc"]) > 1}
    for error in problem.errors():
        name = str(error["loc"][0]) if error["loc"] else ""
        if error["type"] == "too_short" and name in entries:  # an entry that is refused is also counted as missing
            continue
        if error["type"] == "value_error":
            yield str(error["ctx"]["error"])
        elif name not in known:
            near = nearest(name, known)
            hint = f"did you mean {near!r}?" if near else f"there are: {', '.join(known)}"
            yield f"{name!r} is not an option; {hint}"
        elif error["type"] == "too_short" and any(len(e["loc"]) > 1 and e["loc"][0] == name for e in problem.errors()):
            continue  # entries that are wrong leave the list short
        else:
            reason = _COUNTS.get(error["type"], "").format(**error.get("ctx", {}))
            reason = reason or (f"give {known[name].allowed()}" if known[name].allowed() else str(error["msg"]))
            verb = "holds" if len(error["loc"]) > 1 and error["type"] != "missing" else "is"
            yield f"{name} {verb} {shown_value(error['input'])}: {reason[:1].lower()}{reason[1:]}"
