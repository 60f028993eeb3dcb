"""Names, bounds, defaults and help of every option are the same by Python, command line, API and page."""

from __future__ import annotations

import inspect
import re

import pytest

import detente as dt
from detente.analyses.analysis import Analysis
from detente.analyses.options import Option
from detente.analyses.registry import REGISTRY
from detente.cli.questions import command_of
from detente.web.questions import parameters_of
from detente.web.render import ENVIRONMENT

CASES = [
    pytest.param(entry, each, id=f"{entry.name}-{each.name}")
    for entry in REGISTRY.values()
    for each in entry.options.every()
]


@pytest.mark.parametrize(("entry", "asked"), CASES)
def test_python_has_the_option(entry: Analysis, asked: Option) -> None:
    door = getattr(dt, entry.door)
    parameter = inspect.signature(door).parameters[asked.name]
    by_place = asked.name == entry.position
    assert parameter.kind is (parameter.POSITIONAL_OR_KEYWORD if by_place else parameter.KEYWORD_ONLY)
    assert parameter.default == asked.default
    described = re.split(r"\n(?=\w+\n    )", door.__doc__)
    text = next(part for part in described if part.startswith(f"{asked.name}\n"))
    assert asked.meaning in " ".join(text.split())


@pytest.mark.parametrize(("entry", "asked"), CASES)
def test_the_command_has_the_option(entry: Analysis, asked: Option) -> None:
    found = {flag: each for each in command_of(entry).params for flag in each.opts}
    if asked.kind == "object":
        assert asked.flags[0] not in found, "an object of Python cannot be typed"
        return
    for flag in asked.flags:
        assert asked.meaning in found[flag].help
    assert found[asked.flags[0]].default in (None, False), "the model alone knows the default"


@pytest.mark.parametrize(("entry", "asked"), CASES)
def test_the_api_has_the_option(entry: Analysis, asked: Option) -> None:
    found = {each["name"]: each for each in parameters_of([entry])}
    if asked.asked.local or asked.kind == "prices":
        assert asked.name not in found, "options of the own machine are no server's; a file is sent in the body"
        return
    assert found[asked.name]["description"] == asked.meaning
    schema = found[asked.name]["schema"]
    text = str(schema)
    for key, word in (("ge", "minimum"), ("gt", "exclusiveMinimum"), ("le", "maximum"), ("lt", "exclusiveMaximum")):
        if key in asked.bounds:
            assert re.search(rf"'{word}': {asked.bounds[key]:g}\b|'{word}': {asked.bounds[key]}\b", text), (key, text)
    for choice in asked.choices:
        assert repr(choice) in text
    if asked.default not in (None, ()):
        assert schema["default"] == (list(asked.default) if isinstance(asked.default, tuple) else asked.default)


@pytest.mark.parametrize(("entry", "asked"), CASES)
def test_the_page_has_the_option(entry: Analysis, asked: Option) -> None:
    if asked.asked.page is None:
        return
    macro = ENVIRONMENT.get_template("options.html.j2").module.ask_for  # type: ignore[attr-defined]
    shown = str(macro(asked, "", [("USA", "United States")]))
    assert f'name="{asked.name}"' in shown
    assert asked.label in shown.replace("&#39;", "'")
    said = re.sub(r"</?code>|<[^>]+>", "", shown).replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">")
    assert asked.meaning.replace("`", "") in said


def test_what_the_page_leaves_out_it_asks_for_elsewhere_or_is_of_the_own_machine() -> None:
    """World, elasticities, deficits, horizon and open questions are asked once, of the run."""
    shared = {each.name for each in REGISTRY["run"].options.every()}
    for entry in REGISTRY.values():
        left = {each.name for each in entry.options.every() if each.asked.page is None and not each.asked.local}
        assert left <= shared, (entry.name, left - shared)
