"""Counts the files and functions of the package that three journeys cross: `python tools/trace.py [JOURNEY ...]`.

- `tariff`: `detente run CASE --out FOLDER`, from the YAML of a dispute to its report.
- `demand`: `dt.talks` on the same case, from the YAML to the table of deals.
- `form`: the form of the web page, from `POST /new` to the answer page, with the processes that compute and draw.

Counted is what is called, in all threads and processes, while nothing is being imported: no bodies of modules and
classes, nothing that imports run, no generated methods, no templates. Lambdas and comprehensions count for their file
alone. Functions of one file that share a qualified name (a property's getter and setter) are one.
Every journey has a fresh process. `--list` names the files, layer by layer, each with how many functions are called.

The tree that is counted is the one whose `detente` Python finds: `PYTHONPATH=OTHER/src python tools/trace.py`.
"""

from __future__ import annotations

import argparse
import contextlib
import inspect
import io
import json
import multiprocessing
import os
import pkgutil
import sys
import tempfile
import threading
import time
import tomllib
import warnings
from collections import defaultdict
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final, get_type_hints

CASE: Final = "us-china-2018"
FORM: Final = {
    "by": "USA", "on": "CHN", "goods": "value", "value": "50bn", "basis": "customs", "rate": "25%",
    "earliest": "2018-05-23", "answer": "value", "as_of": "2018-05-04", "world": "icio-2017",
}  # fmt: skip
"""The threat of the case as a visitor types it into the empty form."""
SECONDS: Final = 180.0
"""The longest that the answer to the form may take."""
SERVER: Final = "web/server.py"
"""The file, somewhere in the package, with `create_app`: the one name here that is not public."""
RECORD: Final = "DETENTE_TRACE_RECORD"
"""The environment variable with the file to which every process of a journey adds what is called in it."""
IMPORTING: Final = "<frozen importlib._bootstrap>"


def package() -> Path:
    """The folder of the package, which is not imported for it."""
    spec = find_spec("detente")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


class Recorder:
    """Writes down, at once, each function first called in the thread that makes it or in one that is started later."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._folder = f"{package()}{os.sep}"
        self.on = True
        self._done: dict[int, CodeType] = {}  # by identity: to hash a code object is to read all of it
        threading.setprofile(self._note)
        sys.setprofile(self._note)

    def _note(self, frame: FrameType, event: str, arg: Any) -> None:
        code = frame.f_code
        if event != "call" or not self.on or id(code) in self._done:
            return
        path, body = code.co_filename, not code.co_flags & inspect.CO_OPTIMIZED
        if body or not (path.startswith(self._folder) and path.endswith(".py")):
            self._done[id(code)] = code  # the body of a module or class, not the package's, or made from a template
        elif not _importing(frame):
            self._done[id(code)] = code
            name = "" if code.co_name.startswith("<") else code.co_qualname
            os.write(self._file, f"{os.getpid()}\t{path[len(self._folder) :]}\t{name}\n".encode())


def _importing(frame: FrameType | None) -> bool:
    while frame is not None and frame.f_code.co_filename != IMPORTING:
        frame = frame.f_back
    return frame is not None


def tariff(folder: Path) -> None:
    """What the command does, as this tree's pyproject.toml names its entry."""
    scripts = tomllib.loads((package().parents[1] / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    sys.argv = ["detente", "run", CASE, "--out", str(folder / "report")]
    pkgutil.resolve_name(scripts["detente"])()


def demand(folder: Path) -> None:
    """The deals of the case."""
    dt: Any = import_module("detente")
    assert len(dt.talks(dt.Dispute.read(CASE)).deals)


def form(folder: Path) -> None:
    """What a visitor without JavaScript does, from the form that is sent to the answer.

    The server starts cold, and what it looks up when it starts is not counted; its workers count from their start.
    """
    RECORDER.on = False
    with warnings.catch_warnings(action="ignore"):  # the client warns that a library it uses is old
        testing = import_module("fastapi.testclient")
    file = next(package().rglob(SERVER)).relative_to(package().parent)
    server = import_module(".".join(file.with_suffix("").parts))
    settings = get_type_hints(server.create_app)["settings"]
    app = server.create_app(settings(folder=folder / "data", workers=1), warm=False)
    with testing.TestClient(app, base_url="http://127.0.0.1") as client:
        _settle()
        RECORDER.on = True
        page = client.post("/new", data=FORM)
        end = time.monotonic() + SECONDS
        while page.url.path.startswith("/runs/") and time.monotonic() < end:
            time.sleep(0.2)
            page = client.get(page.url.path)
        answer = client.get(page.url.path, params={"whole": "true"})
        RECORDER.on = False
    if not answer.is_success or not answer.url.path.startswith("/q/"):
        raise SystemExit(f"{answer.url}: {answer.status_code}")


def _settle() -> None:
    """Wait until this process, all its threads together, has next to nothing to do."""
    used = -1.0
    while time.process_time() - used > 0.05:
        used = time.process_time()
        time.sleep(1.0)


JOURNEYS: Final[dict[str, Callable[[Path], None]]] = {"tariff": tariff, "demand": demand, "form": form}


def trace(journey: str) -> dict[str, Any]:
    """What a journey crosses: how many files, functions and processes, and the functions called of each file."""
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "record.txt"
        os.environ |= {RECORD: str(record), "DETENTE_CACHE_DIR": str(Path(folder) / "cache")}
        process = multiprocessing.get_context("spawn").Process(target=_travel, args=(journey, Path(folder)))
        process.start()
        process.join()
        if process.exitcode:
            raise SystemExit(f"{journey}: its process ended with {process.exitcode}")
        lines = [line.split("\t") for line in record.read_text("utf-8").splitlines()]
    crossed: dict[str, set[str]] = defaultdict(set)
    for _, file, name in lines:
        crossed[file] |= {name} - {""}
    listing = {file: len(crossed[file]) for file in sorted(crossed, key=lambda file: (_layer(file), file))}
    processes = len({pid for pid, _, _ in lines})
    return {"files": len(listing), "functions": sum(listing.values()), "processes": processes, "listing": listing}


def _travel(journey: str, folder: Path) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        JOURNEYS[journey](folder)


def _layer(file: str) -> str:
    return file.split(os.sep)[0] if os.sep in file else "the package itself"


def main() -> None:
    """Trace the journeys that are asked for, and print what they cross."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("journeys", nargs="*", metavar="JOURNEY", help=f"Of {', '.join(JOURNEYS)}; by default all.")
    parser.add_argument("--list", action="store_true", help="The files too, with how many functions are called.")
    parser.add_argument("--json", action="store_true", help="As JSON.")
    asked = parser.parse_args()
    if not set(asked.journeys) <= set(JOURNEYS):
        parser.error(f"the journeys are {', '.join(JOURNEYS)}")
    found = {journey: trace(journey) for journey in asked.journeys or JOURNEYS}
    if asked.json:
        kept = ("files", "functions", *(["listing"] if asked.list else []))
        print(json.dumps({journey: {name: of[name] for name in kept} for journey, of in found.items()}, indent=2))
        return
    for journey, of in found.items():
        print(f"{journey}: {of['files']} files, {of['functions']} functions, {of['processes']} processes")
        if asked.list:
            for layer, files in groupby(of["listing"], _layer):
                names = list(files)
                print(f"  {layer}: {len(names)} files, {sum(of['listing'][name] for name in names)} functions")
                for name in names:
                    print(f"    {name} {of['listing'][name]}")


if __name__ == "__main__":
    main()
elif __name__ == "__mp_main__":  # a process of a journey, or a worker of its server: both run this file first
    RECORDER: Final = Recorder(os.environ[RECORD])
