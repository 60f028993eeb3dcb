"""The package as its syntax trees: modules, the imports they make (hidden ones too), and the lazy table of names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "detente"
FLOORS = (
    *(
        ("lazy",),
        ("usual_names",),
        ("errors",),
        ("inputs",),
        ("data",),
        ("model",),
        ("solver",),
        ("policy",),
        ("optimal_tariffs",),
    ),
    ("bargaining", "targets", "enforcement", "timing", "graph_model", "markets"),
    *(("dispute",), ("ensemble",), ("report",), ("analyses",), ("article",), ("web",), ("cli",)),
)
"""The layers from the lowest to the highest; those of one floor are independent of each other."""
FLOOR_OF = {layer: height for height, floor in enumerate(FLOORS) for layer in floor}
LAYERS = tuple(FLOOR_OF)
ROOMS = ("options", "compute", "result", "report")
"""The modules of an analysis, which `detente.analyses.analysis` loads by their names when they are first used."""


@dataclass(frozen=True)
class Module:
    """One file: its dotted name, its path and its tree."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def layer(self) -> str | None:
        """The layer it belongs to; None for the package itself."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 else None

    @property
    def package(self) -> str:
        """The package that relative imports start from."""
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]


@dataclass(frozen=True)
class Import:
    """One import: its target, its line, whether it waits in a function, whether only type checkers read it."""

    target: str
    line: int
    hidden: bool
    types_only: bool


def read_modules(source: Path) -> dict[str, Module]:
    """Every module of the package under `source`, by dotted name."""
    modules = {}
    for path in sorted((source / PACKAGE).rglob("*.py")):
        parts = path.relative_to(source).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        modules[name] = Module(name, path, ast.parse(path.read_text("utf-8"), str(path)))
    return modules


def is_lazy(module: Module) -> bool:
    """Whether a package's `__init__` loads names when they are first used (PEP 562); its table then is its imports."""
    named = {node.name for node in module.tree.body if isinstance(node, ast.FunctionDef)}
    assigned = (node.targets for node in module.tree.body if isinstance(node, ast.Assign))
    named |= {ast.unparse(target) for targets in assigned for target in targets}
    return module.path.name == "__init__.py" and "__getattr__" in named


def lazy_table(package: Module) -> dict[str, str]:
    """Public name → the module it is loaded from, as the package's `__init__` writes it: a dict literal of strings."""
    table: dict[str, str] = {}
    for node in ast.walk(package.tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(value, ast.Constant):
                    text = str(value.value)
                    if text.startswith((PACKAGE + ".", ".")):
                        table[str(key.value)] = PACKAGE + text if text.startswith(".") else text
    return table


def imports_of(module: Module, modules: dict[str, Module]) -> list[Import]:
    """Every import of the package's own modules: absolute, relative, by `import_module`, at any depth."""
    table = lazy_table(modules[PACKAGE]) if PACKAGE in modules else {}
    found = []
    for_types = {
        id(inner)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for inner in ast.walk(node)
    }
    for node, hidden in _walk(module.tree):
        for target in _targets(node, module, modules, table):
            if target.split(".")[0] == PACKAGE:
                found.append(Import(target, node.lineno, hidden, id(node) in for_types))
    if is_lazy(module) and module.layer is not None:
        found += [Import(target, 1, True, False) for target in lazy_table(module).values()]
    if module.package == module.name and module.name.rpartition(".")[0] == f"{PACKAGE}.analyses":
        rooms = (f"{module.name}.{room}" for room in ROOMS)
        found += [Import(room, 1, True, False) for room in rooms if room in modules]
    return found


def outside_imports(module: Module) -> set[str]:
    """The first names of what a module imports from elsewhere, by `import_module` too."""
    names = set()
    for node, _ in _walk(module.tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
        elif _is_import_call(node) and isinstance(node, ast.Call) and isinstance(node.args[0], ast.Constant):
            names.add(str(node.args[0].value).split(".")[0])
    return names - {PACKAGE}


def functions_of(tree: ast.Module) -> Iterator[tuple[str, int, int]]:
    """Name, line and length without docstring of every function, methods and nested ones too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            yield node.name, node.lineno, length


def upward(modules: dict[str, Module]) -> list[str]:
    """Imports from a lower layer to a higher one, or to another of the same floor, each as a sentence."""
    faults = []
    for module in modules.values():
        if module.layer is None:
            continue
        for imported in imports_of(module, modules):
            layer = [*imported.target.split("."), ""][1]
            if layer == "":
                faults.append(f"{module.name}:{imported.line} imports the package itself: name the module")
            elif FLOOR_OF[layer] > FLOOR_OF[module.layer]:
                faults.append(f"{module.name}:{imported.line} imports {imported.target}, above {module.layer}")
            elif FLOOR_OF[layer] == FLOOR_OF[module.layer] and layer != module.layer:
                faults.append(f"{module.name}:{imported.line} imports {imported.target}, beside {module.layer}")
    return faults


def waiting(modules: dict[str, Module]) -> list[str]:
    """Imports inside functions, of anything, where none may wait.

    One may in the shells, in an `__init__` that loads names when they are used, in what such an `__init__` is made by,
    and in the table of analyses.
    """
    tables = (f"{PACKAGE}.lazy", f"{PACKAGE}.analyses.analysis")
    faults = []
    for module in modules.values():
        if module.layer in ("cli", "web") or is_lazy(module) or module.name in tables:
            continue
        for node, hidden in _walk(module.tree):
            if hidden and (isinstance(node, ast.Import | ast.ImportFrom) or _is_import_call(node)):
                faults.append(f"{module.name}:{node.lineno} imports inside a function")
    return faults


def cycles(modules: dict[str, Module]) -> list[tuple[str, ...]]:
    """Circles of modules that import one another, each in alphabetical order.

    Every import counts: one that waits in a function, one for type checkers alone, a lazy `__init__`'s table, the
    modules of an analysis, and a module that imports its own package's `__init__`.
    """
    graph = {
        name: {i.target for i in imports_of(module, modules)} - {name}
        for name, module in modules.items()
        if module.layer is not None
    }
    reached = {name: _reached(name, graph) for name in graph}
    circles = {
        tuple(sorted(other for other in reached[name] if name in reached.get(other, ())))
        for name in graph
        if name in reached[name]
    }
    return sorted(circles)


def _reached(start: str, graph: dict[str, set[str]]) -> set[str]:
    """Every module that a module imports, directly or through others; itself among them where it is in a circle."""
    found: set[str] = set()
    ahead = [start]
    while ahead:
        for target in graph.get(ahead.pop(), set()) - found:
            found.add(target)
            ahead.append(target)
    return found


def classes_of(modules: dict[str, Module]) -> dict[str, list[str]]:
    """Class name → the modules that define a class of that name, nested ones included."""
    found: dict[str, list[str]] = {}
    for module in modules.values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, []).append(module.name)
    return found


def leaves_of(modules: dict[str, Module]) -> dict[tuple[str, str], list[str]]:
    """(layer, last part of the name) → modules of that name in the layer; packages and rooms of analyses left out."""
    found: dict[tuple[str, str], list[str]] = {}
    for module in modules.values():
        leaf = module.name.rpartition(".")[2]
        room = module.layer == "analyses" and leaf in ROOMS
        if module.layer is not None and module.path.name != "__init__.py" and not room:
            found.setdefault((module.layer, leaf), []).append(module.name)
    return found


def shadowed(modules: dict[str, Module]) -> list[str]:
    """Names that are both a module and something else: imported, the module takes the place of the other.

    Every name that a package's `__init__` binds, defines or lists in its table of lazy names, with its submodules; and
    each public name of the package, with the module that it is loaded from.
    """
    faults = []
    for name, module in modules.items():
        if module.path.name == "__init__.py":
            bound = {*lazy_table(module), *_bound(module, modules)}
            faults += [f"{name}.{each} is a module too" for each in sorted(bound) if f"{name}.{each}" in modules]
    for name, home in lazy_table(modules[PACKAGE]).items() if PACKAGE in modules else ():
        if home.rpartition(".")[2] == name:
            faults.append(f"{name} is loaded from a module of its own name, {home}")
    return faults


def _bound(package: Module, modules: dict[str, Module]) -> set[str]:
    """The names that an `__init__` defines, assigns or imports, submodules that it imports as such left out."""
    names = set()
    for node in package.tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {each.id for target in node.targets for each in ast.walk(target) if isinstance(each, ast.Name)}
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, package)
            names |= {alias.asname or alias.name for alias in node.names if f"{base}.{alias.name}" not in modules}
    return names


def _walk(tree: ast.AST, hidden: bool = False) -> Iterator[tuple[ast.stmt | ast.expr, bool]]:
    for node in ast.iter_child_nodes(tree):
        inside = hidden or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if isinstance(node, ast.stmt | ast.expr):
            yield node, hidden
        yield from _walk(node, inside)


def _is_import_call(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in {"import_module", "__import__"}


def _targets(node: ast.AST, module: Module, modules: dict[str, Module], table: dict[str, str]) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = _base(node, module)
        # The version is a constant of the package, not a door to a layer above.
        names = [alias.name for alias in node.names if (base, alias.name) != (PACKAGE, "__version__")]
        return [_resolve(base, name, modules, table) for name in names]
    if _is_import_call(node) and isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        return [str(node.args[0].value)]
    return []


def _base(node: ast.ImportFrom, module: Module) -> str:
    """The module that an import takes names from, a relative one written out."""
    base = node.module or ""
    if node.level:
        parts = module.package.split(".")
        start = ".".join(parts[: len(parts) - node.level + 1])
        base = f"{start}.{base}" if base else start
    return base


def _resolve(base: str, name: str, modules: dict[str, Module], table: dict[str, str]) -> str:
    if f"{base}.{name}" in modules:
        return f"{base}.{name}"
    return table.get(name, base) if base == PACKAGE else base
