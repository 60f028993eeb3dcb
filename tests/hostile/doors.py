"""The doors by which a file comes in: each takes the path of a file and says how it ended. A new door is one line."""

from __future__ import annotations

import asyncio
import re
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import httpx
from files import DISPUTE
from typer.testing import CliRunner

from detente.article import read_article
from detente.cli.main import app
from detente.data.readers import read_oecd_icio, read_tidy, read_wiod
from detente.dispute.schema import Dispute
from detente.errors import DetenteError
from detente.markets.prices import read_prices
from detente.web.security import ServerSettings
from detente.web.server import create_app

OWN_FAULT = 70


@dataclass(frozen=True)
class Ended:
    """An exit code, or 70 where an address answers 5xx; everything that was said; what was made, where it was taken."""

    code: int
    said: str
    made: Any = None


Door = Callable[[Path], Ended]


def typed(*words: object) -> Ended:
    """The end of `detente` with these words."""
    done = CliRunner().invoke(app, [*map(str, words)])
    said = done.stdout + done.stderr
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        return Ended(OWN_FAULT, "".join(traceback.format_exception(done.exception)))
    return Ended(done.exit_code, said, said)


def called(read: Callable[[], Any]) -> Ended:
    """The end of a call from Python: an error of detente is 1, any other 70; warnings are said."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            made, error = read(), None
        except DetenteError as problem:
            made, error = None, problem
        except Exception:  # noqa: BLE001 - whatever it is, it is a fault
            return Ended(OWN_FAULT, traceback.format_exc())
    said = "\n".join(str(each.message) for each in warned)
    return Ended(0, said, made) if error is None else Ended(1, f"{said}\n{error}".strip())


@cache
def server() -> httpx.ASGITransport:
    """The API and the page in this process, without processes that compute."""
    settings = ServerSettings(folder=Path(mkdtemp(prefix="hostile-")))
    return httpx.ASGITransport(create_app(settings, warm=False), raise_app_exceptions=False)


def asked(method: str, address: str, **sent: Any) -> Ended:
    """The end of a request: 5xx is 70, 4xx is 1."""

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=server(), base_url="http://127.0.0.1:8000") as client:
            return await client.request(method, address, **sent)

    answer = asyncio.run(ask())
    code = OWN_FAULT if answer.status_code >= 500 else 1 if answer.status_code >= 400 else 0
    page = "text/html" in answer.headers.get("content-type", "")
    return Ended(code, " ".join(_PROBLEM.findall(answer.text)) or answer.reason_phrase if page else answer.text, answer)


_PROBLEM = re.compile(r'(?s)role="alert"[^>]*>(.*?)</(?:div|section|p)>')
"""What a page says is wrong; the rest of it is the form with what was sent."""


def beside(path: Path, goods: str) -> Path:
    """A dispute file beside a file that its measure names."""
    dispute = path.parent / "dispute-beside.yaml"
    dispute.write_text(DISPUTE.replace("goods: {sectors: [C24A]}", goods.replace("FILE", path.name)), "utf-8")
    return dispute


def good(path: Path) -> Path:
    """Flows without a fault, beside a file."""
    flows = path.parent / "flows.csv"
    rows = [f"{i},{n},C26,{5 + (i == n)}" for i in ("AAA", "BBB") for n in ("AAA", "BBB")]
    flows.write_text("\n".join(["exporter,importer,sector,value", *rows]) + "\n", "utf-8")
    return flows


def sent_form(path: Path, *parts: str) -> Ended:
    """A file as a part of a form, beside a dispute without a fault."""
    files = {part: (path.name, path.read_bytes()) for part in parts}
    address = "/api/disputes/check?kind=markets" if "prices" in parts else "/api/disputes/check"
    return asked("POST", address, files={"dispute": ("d.yaml", DISPUTE.encode()), **files})


DOORS: dict[str, Door] = {
    "check": lambda path: typed("check", path),
    "a case in Python": lambda path: called(lambda: Dispute.read(path)),
    "a list of goods": lambda path: typed("check", beside(path, "goods: {list: FILE}")),
    "a table of flows": lambda path: called(lambda: read_tidy(path, tariffs=0.0)),
    "a table of tariffs": lambda path: called(lambda: read_tidy(good(path), tariffs=path)),
    "a table of uses": lambda path: called(lambda: read_tidy(good(path), tariffs=0.0, io=path, value_added=path)),
    "the tables of the OECD": lambda path: called(lambda: read_oecd_icio(path, year=2017, tariffs=0.0)),
    "the tables of WIOD": lambda path: called(lambda: read_wiod(path, tariffs=0.0)),
    "prices": lambda path: called(lambda: read_prices(path)),
    "prices of a command": lambda path: typed("markets", "us-china-2018", "--prices", path, "--event", "1900-01-01"),
    "an article": lambda path: called(lambda: read_article(path)),
    "a body of JSON": lambda path: asked("POST", "/api/disputes/check", content=path.read_bytes(),
                                         headers={"content-type": "application/json"}),
    "a body of YAML": lambda path: asked("POST", "/api/disputes/check", content=path.read_bytes(),
                                         headers={"content-type": "application/yaml"}),
    "a dispute in a form": lambda path: sent_form(path, "dispute"),
    "prices in a form": lambda path: sent_form(path, "prices"),
    "the text of the page": lambda path: asked("POST", "/text", data={"dispute": path.read_bytes()}),
    "a list sent to the page": lambda path: asked("POST", "/new", files={"list": (path.name, path.read_bytes())}),
    "a form that is none": lambda path: asked("POST", "/new", content=path.read_bytes(),
                                              headers={"content-type": "application/x-www-form-urlencoded"}),
    "a form of many parts that is none": lambda path: asked(
        "POST", "/new", content=path.read_bytes(), headers={"content-type": "multipart/form-data; boundary=x"}),
    "an id of a run": lambda path: asked("GET", "/api/runs/" + quoted(path)),
    "an id of a question": lambda path: asked("GET", "/q/" + quoted(path)),
    "a name of a case": lambda path: asked("GET", "/api/cases/" + quoted(path)),
    "a cookie": lambda path: asked("GET", "/api/runs", headers={"cookie": b"detente=" + one_line(path)}),
    "a token": lambda path: asked("GET", "/api/runs", headers={"authorization": b"Bearer " + one_line(path)}),
    "an option of the API": lambda path: asked("POST", "/api/disputes/check?case=us-china-2018&world=" + quoted(path)),
}  # fmt: skip
"""Name → a way in."""


def quoted(path: Path) -> str:
    """The first bytes of a file as a part of an address."""
    return "".join(f"%{byte:02x}" for byte in path.read_bytes()[:2000]) or "%20"


def one_line(path: Path) -> bytes:
    """The first bytes of a file as a header can have them."""
    return bytes(byte for byte in path.read_bytes()[:2000] if byte >= 32 and byte != 127)
