"""Write the pages of docs/ that are made from the package and from papers/; `--check` only says which are stale.

Each page is made from the one place where its facts are kept: the public names, the command line's own options, the
schema of the dispute file, notation.csv, the provenance that the worlds carry, and the page and results of each
replication, which `make papers` writes.
"""

from __future__ import annotations

import ast
import csv
import inspect
import json
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

import detente
from detente.analyses.doors import signature
from detente.analyses.registry import REGISTRY
from detente.cli.main import app
from detente.data.bundled import list_elasticities, list_worlds, load_world
from detente.dispute.json_schemas import dispute_schema, result_schema

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAPERS = ROOT / "papers"
STUB = ROOT / "src/detente/__init__.pyi"
FRONT_DOORS = "# Front doors, made by tools/docs.py from the registry."
sys.path += [str(PAPERS), str(ROOT / "tools")]

from replication import plain  # noqa: E402 -- beside the replications, which are no package

from key_examples import TOP, blocks, examples, files  # noqa: E402 -- beside this file, which is in no package

MADE_OF_PAPERS = "<!-- Made by tools/docs.py from papers/: change it there, then run `make papers`. -->\n"
MADE = "<!-- Made by tools/docs.py: change the code, then run `make docs`. -->\n"

LAYERS = {
    "data": "Worlds and data",
    "model": "Model",
    "solver": "Solving",
    "policy": "Tariff measures",
    "optimal_tariffs": "Optimal tariffs",
    "bargaining": "Bargaining",
    "targets": "Targets",
    "graph_model": "Conflict analysis",
    "markets": "Markets",
    "dispute": "Disputes",
    "ensemble": "Ensembles",
    "report": "Reports",
    "analyses": "Results",
    "errors": "Errors",
}
PACKAGES = ["data.readers", "article"]
"""Packages whose `__all__` is public beside `detente`'s own."""


def pages() -> dict[str, str]:
    """Path under docs → text of every page that is made."""
    return {
        "reference/python.md": python_page(),
        "reference/modules.md": modules_page(),
        "reference/options.md": options_page(),
        "reference/cli.md": cli_page(),
        "reference/dispute-file.md": dispute_page(),
        "reference/schemas.md": schemas_page(),
        "reference/notation.md": notation_page(),
        "reference/worlds.md": worlds_page(),
        "replications.md": replications_page(),
        **{f"replications/{folder.name}.md": replication_page(folder) for folder in replications()},
    }


def public_names() -> dict[str, Any]:
    """Every public name and what it is, the functions of the registry left out, from the module that it is in."""
    return {name: getattr(import_module(home), name) for name, home in detente._HOMES.items()}


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
    lines += ["## Questions", "", "The options of each, and what they may be, are in [Options](options.md).", ""]
    for entry in REGISTRY.values():
        call = _typed(entry.door, signature(entry)).removeprefix("def ").removesuffix(": ...")
        lines += [f"### {entry.door}", "", f"{entry.summary} {entry.description}", "", "```text", call, "```", ""]
    for layer, names in by_layer.items():
        if names:
            lines += [f"## {LAYERS[layer]}", ""]
            lines += [line for name in names for line in (f"::: {name}", "")]
    return "\n".join(lines)


def modules_page() -> str:
    """The public names of the packages that are not `detente.NAME`, and what the documentation imports beside them."""
    front = {f"{thing.__module__}.{thing.__qualname__}" for thing in public_names().values()}
    paths: dict[str, list[str]] = {}
    for package in PACKAGES:
        paths[f"detente.{package}"] = [f"{home}.{name}" for name, home in exported(f"detente.{package}").items()]
    for module, name in sorted(imported()):
        home = exported(module).get(name, module)
        if f"{home}.{name}" not in paths.get(module, []):
            paths.setdefault(module, []).append(f"{home}.{name}")
    lines = [
        "# Python, by module",
        "",
        MADE,
        "What is imported by its module: `from detente.data.readers import read_tidy`. Names that are `detente.NAME`",
        "too are in [Python](python.md) and not repeated here.",
        "",
    ]
    for module in sorted(paths):
        names = [path for path in paths[module] if path not in front]
        if names:
            lines += [f"## {module}", "", *(line for path in names for line in (f"::: {path}", ""))]
    return "\n".join(lines)


def exported(module: str) -> dict[str, str]:
    """Name → the module it is defined in, of a package's `__all__`, read without importing it; extras may be absent."""
    path = ROOT / "src" / Path(*module.split(".")) / "__init__.py"
    if not path.exists():
        return {}
    tree = ast.parse(path.read_text("utf-8"))
    homes = {
        alias.asname or alias.name: str(node.module)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    homes |= lazily(tree)
    listed = next(
        (
            ast.literal_eval(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign) and _name(node) == "__all__"
        ),
        [],
    )
    return {name: homes.get(name, module) for name in sorted(listed)}


def lazily(tree: ast.Module) -> dict[str, str]:
    """Name → home of what a package loads when it is first used: the literals of its table."""
    return {
        str(key.value): str(value.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(value, ast.Constant)
    }


def _name(node: ast.Assign) -> str:
    target = node.targets[0]
    return target.id if isinstance(target, ast.Name) else ""


def imported() -> set[tuple[str, str]]:
    """Module and name of everything that code on the pages imports from a module of detente."""
    return {
        (str(node.module), alias.name)
        for path in [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
        for code in re.findall(r"^```python[^\n]*\n(.*?)^```", path.read_text("utf-8"), re.M | re.S)
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("detente.")
        for alias in node.names
    }


def replications() -> list[Path]:
    """The folders of papers/, in order."""
    return sorted(path.parent for path in PAPERS.glob("*/README.md"))


def replications_page() -> str:
    """What is replicated, and how close it comes, from the results of each."""
    rows = []
    for folder in replications():
        title = folder.joinpath("README.md").read_text("utf-8").partition("\n")[0].removeprefix("# ")
        with (folder / "results.csv").open(encoding="utf-8", newline="") as file:
            numbers = [
                (float(row["published"]), float(row["computed"]), 0.5 * 10.0 ** -int(row["digits"]))
                for row in csv.DictReader(file)
            ]
        gaps = [abs(published - computed) for published, computed, _ in numbers]
        same = sum(gap <= half + 1e-9 for gap, (_, _, half) in zip(gaps, numbers, strict=True))
        link = f"[{title}](replications/{folder.name}.md)"
        rows.append([link, f"{len(numbers)}", f"{same}", f"{sorted(gaps)[len(gaps) // 2]:.2g}", f"{max(gaps):.2g}"])
    lines = [
        "# Replications",
        "",
        MADE_OF_PAPERS,
        "What papers and institutes published, computed again. `make papers` runs each and prints its page, published",
        "beside computed; each page says why numbers differ where they do. Gaps are in percentage points.",
        "",
        *_table(["", "published numbers", "the same after rounding", "median gap", "largest gap"], rows),
        "The inputs of four of them are not in the package: `make papers` reads them from the folder that the",
        "environment variable `DETENTE_SHARED` names, and says so where it is absent.",
        "",
    ]
    return "\n".join(lines)


def replication_page(folder: Path) -> str:
    """The page of a replication, without the marks of its made parts."""
    text = plain((folder / "README.md").read_text("utf-8"))
    title, _, rest = text.partition("\n")
    return f"{title}\n\n{MADE_OF_PAPERS}{rest}"


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


def options_page() -> str:
    """Every option of every question, from the model that reads it at every door."""
    lines = [
        "# Options",
        "",
        MADE,
        "A question is one analysis of a dispute: run, path, war, talks, hold, clock, markets or bands. Each takes the",
        "same options on the command line, in Python, in the API and on the page. On the command line an option is a",
        "flag with hyphens, such as `--one-rate`. In the API it is a parameter of the address. Entries of a list are",
        "separated by commas. A share may be written `5%` or `0.05`. The [glossary](glossary.md) explains the terms.",
        "",
    ]
    for entry in REGISTRY.values():
        rows = []
        for each in entry.options.every():
            doors = "Python only" if each.kind == "object" else "Python and command line" if each.asked.local else "all"
            rows.append([f"`{each.name}`", f"`{each.python}`", each.meaning, doors])
        lines += [f"## {entry.name}", "", f"{entry.summary} `detente {entry.name}`, `dt.{entry.door}`.", ""]
        lines += _table(["option", "type in Python", "meaning", "available in"], rows)
    return "\n".join(lines)


def dispute_page() -> str:
    """The dispute file: every key of every block, with an example from a file that runs."""
    made = examples()
    lines = [
        "# The dispute file",
        "",
        MADE,
        "A dispute is one YAML file. Rates are written `25%`, money `150bn`, dates `2018-05-04`; economies are ISO",
        "3166 alpha-3 codes. A key that is not listed here is refused, and all faults of a file are listed at once,",
        "each with its line. `detente new` writes a file to start from, `detente check FILE` reads one. How-to guides",
        "have an example of every form of [goods](../howto/goods.md) and of every key of [law](../howto/law.md).",
        "",
        "Examples are from files that run, of which a list is shortened to one of its entries: "
        + ", ".join(f"[{path.name}](../examples/keys/{path.name})" for path in files())
        + ".",
        "",
    ]
    for name, block in blocks().items():
        lines += [] if name == TOP else [f"## {name}", ""]
        lines += _block(block, {key: text for (owner, key), text in made.items() if owner == name})
    return "\n".join(lines)


def schemas() -> dict[str, dict[str, Any]]:
    """Path under docs → JSON Schema of every version that is written now; those of earlier versions stay there."""
    made = [dispute_schema(), *(result_schema(entry.result) for entry in REGISTRY.values())]
    return {f"schemas/{schema['title'].removeprefix('detente ').replace(' ', '-')}.json": schema for schema in made}


def schemas_page() -> str:
    """What each JSON Schema describes, with its file."""
    about = {"dispute": "The dispute file: YAML, or JSON with the same keys. Its key `schema` holds the number."}
    for entry in REGISTRY.values():
        about[entry.result.KIND] = f"`detente {entry.name} --json`, `dt.{entry.door}(...).to_json()`"
    kept = {path.relative_to(DOCS).as_posix() for path in DOCS.glob("schemas/*.json")} | set(schemas())
    rows = []
    for kind, meaning in about.items():
        for path in sorted(name for name in kept if name.startswith(f"schemas/{kind}-")):
            rows.append([f"[{Path(path).stem.replace('-', ' ')}](../{path})", meaning])
    lines = [
        "# JSON Schemas",
        "",
        MADE,
        "The dispute file and the JSON of every result have a version, in their key `schema`: a number in a dispute",
        "file, such as `schema: 1`; the kind and a number in a result, such as `detente war 1`. A number rises when a",
        "reader of the old layout would misread the new one. A dispute file without the key is of version 1. detente",
        "refuses what is newer than it reads, and says so.",
        "",
        "`detente schema` prints the schema of the dispute file, and `detente schema war` that of a result. They are",
        "JSON Schemas of the dialect 2020-12. They say which keys and kinds of value there are; what holds between",
        "them is checked when a file is read (`detente check FILE`). Dates are text, as in YAML 1.2.",
        "",
        *_table(["schema", "describes"], rows),
        "After `detente schema > dispute.schema.json`, an editor with a YAML language server completes and checks a",
        "dispute file in that folder that begins with this line:",
        "",
        "```yaml",
        "# yaml-language-server: $schema=dispute.schema.json",
        "```",
        "",
    ]
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
    if not hasattr(command, "list_commands"):
        yield path, command
        return
    for name in command.list_commands(None):
        child = command.get_command(None, name)
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


def _block(block: dict[str, Any], made: dict[str, str]) -> list[str]:
    required = set(block.get("required", ()))
    rows = [
        [
            f"`{key}`",
            _kind(field),
            "required" if key in required else _default(field),
            field.get("description", ""),
            f"`{made[key]}`",
        ]
        for key, field in block["properties"].items()
    ]
    about = " ".join(block.get("description", "").split())
    return [about, "", *_table(["key", "kind", "default", "meaning", "example"], rows)]


def _default(field: dict[str, Any]) -> str:
    default = field.get("default")
    return "" if default in (None, [], {}) or isinstance(default, dict) else f"`{default}`"


def _kind(field: dict[str, Any]) -> str:
    """The kind of a field, in words a person uses."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if options := field.get("anyOf", field.get("oneOf")):
        return " or ".join(_kind(option) for option in options if option.get("type") != "null")
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
    if field.get("format") == "date":
        return "date"
    types = field.get("type", "any")
    return " or ".join(names.get(kind, "any") for kind in (types if isinstance(types, list) else [types]))


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    def line(cells: list[str]) -> str:
        return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"

    return [line(head), "|" + "---|" * len(head), *map(line, rows), ""]


def stub() -> str:
    """The types of the public names, as `__init__.pyi` states them: the functions of the registry at its end."""
    written = STUB.read_text("utf-8").partition(FRONT_DOORS)[0]
    doors = [_typed(entry.door, signature(entry)) for entry in REGISTRY.values()]
    return f"{written}{FRONT_DOORS}\n\n" + "\n".join(doors)


def _typed(name: str, made: inspect.Signature) -> str:
    """A function of a stub, one parameter a line."""
    lines = []
    for each in made.parameters.values():
        if each.kind is each.KEYWORD_ONLY and "    *," not in lines:
            lines.append("    *,")
        default = "" if each.default is each.empty else " = ..."
        lines.append(f"    {each.name}: {each.annotation}{default},")
    return "\n".join([f"def {name}(", *lines, f") -> {made.return_annotation}: ..."])


def main() -> int:
    """Write what is stale, or with `--check` only name it; the exit code is 1 where a check finds something stale."""
    made = {f"docs/{name}": json.dumps(schema, indent=1) + "\n" for name, schema in schemas().items()}
    made |= {f"docs/{name}": text.rstrip() + "\n" for name, text in pages().items()}
    made[STUB.relative_to(ROOT).as_posix()] = stub().rstrip() + "\n"
    stale = [n for n, text in made.items() if not (ROOT / n).exists() or (ROOT / n).read_text("utf-8") != text]
    if "--check" in sys.argv[1:]:
        print("".join(f"{name} is stale: run `make docs`\n" for name in stale), end="")
        return 1 if stale else 0
    for name in stale:
        (ROOT / name).parent.mkdir(exist_ok=True)
        (ROOT / name).write_text(made[name], "utf-8")
        print(f"wrote {name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
