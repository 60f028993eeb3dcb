"""Write the pages of docs/reference that are made from the package itself; `--check` only says which are stale.

Each page is made from the one place where its facts are kept: the public names, the command line's own options, the
schema of the dispute file, notation.csv, and the provenance that the worlds carry.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

import detente
from detente.app.cli import app
from detente.data import list_elasticities, list_worlds, load_world
from detente.dispute import Dispute

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
MADE = "<!-- Made by tools/docs.py: change the code, then run `make docs`. -->\n"

LAYERS = {
    "data": "Worlds and data",
    "model": "Model",
    "solve": "Solving",
    "policy": "Tariff measures",
    "war": "Trade war",
    "talks": "Trade talks",
    "markets": "Markets",
    "dispute": "Disputes",
    "ensemble": "Ensembles",
    "report": "Reports",
    "article": "Articles",
    "errors": "Errors",
}


def pages() -> dict[str, str]:
    """File name under docs/reference → text of every page that is made."""
    return {
        "python.md": python_page(),
        "cli.md": cli_page(),
        "dispute-file.md": dispute_page(),
        "notation.md": notation_page(),
        "worlds.md": worlds_page(),
    }


def public_names() -> dict[str, Any]:
    """Every public name and what it is, from the module that the package loads it from."""
    return {name: getattr(import_module(detente._HOMES[name]), name) for name in detente.__all__}


def python_page() -> str:
    """The public names, by layer."""
    by_layer: dict[str, list[str]] = {layer: [] for layer in LAYERS}
    for thing in public_names().values():
        by_layer[thing.__module__.split(".")[1]].append(f"{thing.__module__}.{thing.__qualname__}")
    lines = [
        "# Python",
        "",
        MADE,
        "Every name here is `detente.NAME`; `import detente as dt` loads none of them until it is used. Axes: n",
        "importer, i exporter, j (k) sector. Money is USD million a year; rates and changes are fractions.",
        "",
    ]
    for layer, names in by_layer.items():
        if names:
            lines += [f"## {LAYERS[layer]}", ""]
            lines += [line for name in names for line in (f"::: {name}", "")]
    return "\n".join(lines)


def cli_page() -> str:
    """The command line: every command with its arguments and options, from the command's own definition."""
    root = typer.main.get_command(app)
    lines = ["# Command line", "", MADE, (root.help or "").strip(), ""]
    for path, command in _commands(root, "detente"):
        lines += [f"## {path}", "", (command.help or "").strip(), "", "```text", _usage(path, command), "```", ""]
        rows = [_parameter(p) for p in command.params if not p.hidden] if command.params else []
        if rows:
            lines += _table(["argument or option", "default", "meaning"], rows)
    return "\n".join(lines)


def dispute_page() -> str:
    """The dispute file: every key of every block, from the schema that reads it."""
    schema = Dispute.model_json_schema(by_alias=True)
    lines = [
        "# The dispute file",
        "",
        MADE,
        "A dispute is one YAML file. Rates are written `25%`, money `150bn`, dates `2018-05-04`; economies are ISO",
        "3166 alpha-3 codes. A key that is not listed here is refused, and all faults of a file are listed at once,",
        "each with its line. `detente new` writes a file to start from, `detente check FILE` reads one.",
        "",
        *_block(schema),
    ]
    for name, block in sorted(schema["$defs"].items()):
        if "properties" in block:
            lines += [f"## {name}", "", *_block(block)]
    return "\n".join(lines)


def notation_page() -> str:
    """The symbols, from notation.csv."""
    with (ROOT / "src/detente/notation.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            [f"`{row['name']}`", row["symbol"], row["axes"], row["unit"], row["meaning"], row["source"]]
            for row in csv.DictReader(file)
        ]
    lines = [
        "# Notation",
        "",
        MADE,
        "One name for one symbol, in code, messages and tables. Axes: n importer, i exporter, j (k) sector.",
        "",
        *_table(["name", "symbol", "axes", "unit", "meaning", "source"], rows),
    ]
    return "\n".join(lines)


def worlds_page() -> str:
    """The bundled worlds with the provenance they carry, and the sets of elasticities."""
    worlds, sets = list_worlds(), list_elasticities()
    sizes = [
        [f"`{w.name}`", f"{w.year}", f"{w.economies} × {w.sectors}", f"{w.megabytes:.2f}"] for w in worlds.itertuples()
    ]
    thetas = [
        [f"`{s.name}`", f"{s.paper}", f"{s.lowest:.3g}", f"{s.median:.3g}", f"{s.highest:.4g}", f"{s.note}"]
        for s in sets.itertuples()
    ]
    lines = ["# Worlds and elasticities", "", MADE, "## Worlds", "", *_table(["world", "year", "size", "MB"], sizes)]
    for name in worlds["name"]:
        provenance = load_world(name).provenance
        facts = [
            ("source", provenance.source),
            ("licence", provenance.licence),
            ("attribution", provenance.attribution),
        ]
        facts.append(("vintage", provenance.vintage))
        lines += [f"### {name}", "", *_table(["", ""], [[what, text] for what, text in facts if text])]
        for title, items in (
            ("Known defects", provenance.known_defects),
            ("Replaced by the build", provenance.replaced),
            ("Notes", provenance.notes),
        ):
            if items:
                lines += [f"{title}:", "", *[f"- {item}" for item in items], ""]
    lines += [
        "## Elasticities",
        "",
        "θ by sector, from published papers; lowest, median and highest over the sectors.",
        "",
    ]
    return "\n".join(lines + _table(["set", "paper", "lowest", "median", "highest", "note"], thetas))


def _commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", {})
    if not children:
        yield path, command
    for name, child in children.items():
        if not child.hidden:
            yield from _commands(child, f"{path} {name}")


def _usage(path: str, command: Any) -> str:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    words = [p.metavar or p.name.upper() for p in arguments]
    shown = " ".join(word if p.required else f"[{word}]" for p, word in zip(arguments, words, strict=True))
    return f"{path} [OPTIONS] {shown}".strip()


def _parameter(parameter: Any) -> list[str]:
    if parameter.param_type_name == "argument":
        name = f"`{parameter.metavar or parameter.name.upper()}`"
    else:
        name = ", ".join(f"`{option}`" for option in [*parameter.opts, *parameter.secondary_opts])
    plain = parameter.default is not None and not callable(parameter.default) and parameter.default is not False
    default = "required" if parameter.required else f"`{parameter.default}`" if plain else ""
    return [name, default, (getattr(parameter, "help", None) or "").strip()]


def _block(block: dict[str, Any]) -> list[str]:
    required = set(block.get("required", ()))
    rows = [
        [f"`{key}`", _kind(field), "required" if key in required else _default(field), field.get("description", "")]
        for key, field in block["properties"].items()
    ]
    return [" ".join(block.get("description", "").split()), "", *_table(["key", "kind", "default", "meaning"], rows)]


def _default(field: dict[str, Any]) -> str:
    default = field.get("default")
    return "" if default in (None, [], {}) or isinstance(default, dict) else f"`{default}`"


def _kind(field: dict[str, Any]) -> str:
    """The kind of a field, in words a person uses."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in field:
        return " or ".join(_kind(option) for option in field["anyOf"] if option.get("type") != "null")
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    if field.get("type") == "array":
        return "list of " + _kind(field.get("items", {})) if "items" in field else "list"
    if "additionalProperties" in field:
        return "name: " + _kind(field["additionalProperties"])
    return _scalar(field)


def _scalar(field: dict[str, Any]) -> str:
    description = field.get("description", "")
    for word, kind in (("percentage", "rate"), ("two amounts", "range of money"), ("amount of US dollars", "money")):
        if word in description:
            return kind
    names = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    return "date" if field.get("format") == "date" else names.get(str(field.get("type")), "any")


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    def line(cells: list[str]) -> str:
        return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"

    return [line(head), "|" + "---|" * len(head), *map(line, rows), ""]


def main() -> int:
    """Write what is stale, or with `--check` only name it; the exit code is 1 where a check finds something stale."""
    stale = [
        name
        for name, text in pages().items()
        if not (REFERENCE / name).exists() or (REFERENCE / name).read_text("utf-8") != text.rstrip() + "\n"
    ]
    if "--check" in sys.argv[1:]:
        print(
            "\n".join(f"docs/reference/{name} is stale: run `make docs`" for name in stale), end="\n" if stale else ""
        )
        return 1 if stale else 0
    for name in stale:
        (REFERENCE / name).write_text(pages()[name].rstrip() + "\n", "utf-8")
        print(f"wrote docs/reference/{name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
