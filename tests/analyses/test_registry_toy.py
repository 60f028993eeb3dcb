"""A new question is one folder and one line, a new option one line; both then are at every door."""

from __future__ import annotations

import inspect
import json
import runpy
from pathlib import Path
from typing import Any

import pytest
from registry_lab import SMALL, small_dispute, small_world, toy
from typer.main import get_command
from typer.testing import CliRunner

import detente as dt
from detente.analyses.analysis import Analysis
from detente.analyses.doors import docstring, signature
from detente.analyses.options import option
from detente.analyses.reproduce import command_of, python_of
from detente.cli.main import app
from detente.cli.questions import parameter_of
from detente.errors import BadInput
from detente.report.render import markdown
from detente.web.api import routes_of_questions
from detente.web.questions import options_in, parameters_of

__all__ = ["toy"]
runner = CliRunner()


def test_a_toy_question_is_a_command(toy: Analysis, tmp_path: Path) -> None:
    case = tmp_path / "small.yaml"
    case.write_text(SMALL, "utf-8")
    shown = runner.invoke(app, ["--help"]).stdout
    assert "toy           Add up what is bought.\n" in shown
    assert "What the sum is multiplied by (a number over 0 and at most 10). Default: 2.0." in " ".join(
        runner.invoke(app, ["toy", "--help"]).stdout.split()
    )
    done = runner.invoke(app, ["toy", str(case), "--json", "--factor", "3"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["total"] == pytest.approx(1.5 * dt.run_toy(small_dispute()).total)  # type: ignore[attr-defined]
    assert runner.invoke(app, ["toy", str(case), "--factor", "30"]).exit_code == 1
    shown = runner.invoke(app, ["toy", str(case), "--out", str(tmp_path / "out")]).stdout
    assert shown.startswith("USA buys goods of ")
    assert "Electronics" in shown or "C26" in shown
    for name in ("toy.json", "tables/bought.csv", "report.html", "charts/bought.svg"):
        assert (tmp_path / "out" / name).is_file()


def test_a_toy_question_is_a_function_with_its_options(toy: Analysis) -> None:
    door: Any = dt.run_toy  # type: ignore[attr-defined]
    assert door.__name__ == "run_toy"
    assert list(inspect.signature(door).parameters)[:3] == ["dispute", "players", "factor"]
    assert "What the sum is multiplied by" in door.__doc__
    found = door(small_dispute(), world=small_world())
    assert toy.result.from_json(found.to_json()).to_json() == found.to_json()
    with pytest.raises(BadInput, match="factor is 11: give a number over 0 and at most 10"):
        door(small_dispute(), world=small_world(), factor=11)
    with pytest.raises(BadInput, match="'factors' is not an option; did you mean 'factor'"):
        door(small_dispute(), factors=1)


def test_a_toy_question_has_a_report_a_chart_and_bands(toy: Analysis) -> None:
    found = dt.run_toy(small_dispute(), world=small_world())  # type: ignore[attr-defined]
    text = markdown(toy.document(found))
    assert toy.headline(found) in text
    assert "C26" in text
    assert set(toy.charts(found)) == {"bought"}
    assert found.headline == toy.headline(found)
    drawn = dt.bands(small_dispute(), result="toy", draws=4, world=small_world(), holds=["toy USA total CHN > 1bn"])
    assert drawn.result == "toy"
    assert set(drawn.bands["quantity"]) == {"total"}
    assert drawn.holds[0].share == 1


def test_a_toy_question_is_at_the_server_and_in_the_reference(toy: Analysis, root: Path) -> None:
    paths = {route.path for route in routes_of_questions({"toy": toy}).routes}  # type: ignore[attr-defined]
    assert "/api/toy" in paths
    assert [each["name"] for each in parameters_of([toy])][:2] == ["players", "factor"]
    page = runpy.run_path(str(root / "tools/docs.py"))["options_page"]()
    assert "## toy" in page
    assert "What the sum is multiplied by" in page
    assert "### run_toy" in runpy.run_path(str(root / "tools/docs.py"))["python_page"]()
    assert command_of(toy, {"factor": "3"}) == "detente toy dispute.yaml --factor 3.0"
    assert python_of(toy, {"factor": "3"}).endswith("found = dt.run_toy(dispute, factor=3.0)")


def test_a_toy_option_is_one_line(toy: Analysis, monkeypatch: pytest.MonkeyPatch) -> None:
    class ToyOptions(toy.options):  # type: ignore[name-defined, misc]
        """With one line more."""

        wish: int = option(7, "how often to wish", "Wishes", ge=1, le=9)

    monkeypatch.setattr("toy_question.options.ToyOptions", ToyOptions)
    said = "How often to wish (a whole number at least 1 and at most 9). Default: 7."
    assert signature(toy).parameters["wish"].default == 7
    assert said in " ".join(docstring(toy).split())
    annotation, _ = parameter_of(next(each for each in ToyOptions.every() if each.name == "wish"))
    flag = annotation.__metadata__[0]
    assert ((flag.default, *flag.param_decls), flag.help) == (("--wish",), said)
    asked = next(each for each in parameters_of([toy]) if each["name"] == "wish")
    assert (asked["description"], asked["schema"]["minimum"], asked["schema"]["default"]) == (said, 1, 7)
    assert options_in(toy, {"wish": "8"}).given() == {"wish": 8}
    with pytest.raises(BadInput, match="wish is '10': give a whole number at least 1 and at most 9"):
        options_in(toy, {"wish": "10"})


def test_the_other_commands_are_still_there() -> None:
    assert {"run", "war", "bands", "read", "check", "serve"} <= set(get_command(app).list_commands(None))  # type: ignore[attr-defined]
