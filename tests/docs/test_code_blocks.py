"""Every code block of README and docs runs, and prints what the page shows."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest
from pages import Block, blocks, page_paths
from reader import commands, follow, understood

from detente.dispute.schema import Dispute

ROOT = Path(__file__).resolve().parents[2]
#: `bash` is for what a test cannot do, such as asking the network: it is read, and its commands of detente are parsed.
LANGUAGES = {"python", "text", "console", "yaml", "csv", "", "bash"}
#: Pages whose commands take long are followed by `make acceptance`; here they are parsed.
SLOW = {
    "docs/bands.md",
    "docs/hold.md",
    "docs/howto/results.md",
    "docs/path.md",
    "docs/targets.md",
    "docs/tutorials/ensemble.md",
    "docs/tutorials/may-2018.md",
    "docs/tutorials/nash-war.md",
    "docs/tutorials/negotiation.md",
    "docs/tutorials/own-dispute.md",
    "docs/tutorials/todays-tariffs.md",
}


def pages(*languages: str) -> list[str]:
    """The pages with a block in any of the languages."""
    paths = [path for path in page_paths(ROOT) if {b.language for b in blocks(path.read_text("utf-8"))} & {*languages}]
    return [str(path.relative_to(ROOT)) for path in paths]


def page_blocks(root: Path, page: str) -> list[Block]:
    return blocks((root / page).read_text("utf-8"))


@pytest.mark.parametrize(
    "page", [pytest.param(page, marks=pytest.mark.slow if page in SLOW else ()) for page in pages("python", "console")]
)
def test_a_page_does_what_it_says(root: Path, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    follow(root, page, tmp_path)


@pytest.mark.parametrize("page", pages("python", "console", "bash"))
def test_a_page_is_written_in_what_python_and_the_command_line_know(root: Path, page: str) -> None:
    for block in page_blocks(root, page):
        if block.language == "python":
            compile(block.text, page, "exec")
        lines = commands(block) if block.language == "console" else [(line, "") for line in block.text.splitlines()]
        for command, _ in lines if block.language in ("console", "bash") else []:
            if command.removeprefix(".venv/bin/").startswith("detente "):
                understood(command)


@pytest.mark.parametrize("page", pages("python"))
def test_a_page_imports_what_exists(root: Path, page: str) -> None:
    """Slow pages are followed seldom, so that a name that moved is looked for in each of them here."""
    code = "\n".join(block.text for block in page_blocks(root, page) if block.language == "python")
    asked = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ImportFrom) and node.level == 0]
    own = [
        (node.module, name.name) for node in asked if (node.module or "").startswith("detente") for name in node.names
    ]
    assert [f"{module}.{name}" for module, name in own if not hasattr(import_module(str(module)), name)] == []


@pytest.mark.filterwarnings("ignore::detente.errors.DetenteWarning")  # a bloc is read as its members, and it is said
@pytest.mark.parametrize("page", pages("yaml"))
def test_a_dispute_to_save_reads_without_faults(root: Path, page: str, tmp_path: Path) -> None:
    """All but those named faulty, whose faults the page goes on to show."""
    named = [block for block in page_blocks(root, page) if block.title is not None]
    for block in named:
        (tmp_path / str(block.title)).write_text(block.text, "utf-8")
    for block in named:
        if str(block.title).endswith(".yaml") and not str(block.title).startswith("faulty"):
            Dispute.read(tmp_path / str(block.title))


@pytest.mark.parametrize("page", [str(path.relative_to(ROOT)) for path in page_paths(ROOT)])
def test_a_block_says_its_language(root: Path, page: str) -> None:
    assert {b.language for b in page_blocks(root, page)} <= LANGUAGES


def test_slow_pages_are_there(root: Path) -> None:
    assert [page for page in sorted(SLOW) if not (root / page).exists()] == []
