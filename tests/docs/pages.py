"""The Markdown pages of the repository: their code blocks in order, their links and their headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(
    r"^(?P<indent> *)(?P<ticks>`{3,})(?P<language>[\w-]*)(?P<info>[^\n]*)\n(?P<body>.*?)^(?P=indent)(?P=ticks) *$",
    re.M | re.S,
)
_TITLE = re.compile(r'\btitle="(?P<title>[^"]+)"')
_LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(?P<text>.+?) *#* *$", re.M)


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, its text, its first line in the page, and the file it is to be saved as."""

    language: str
    text: str
    line: int
    title: str | None = None


def page_paths(root: Path) -> list[Path]:
    """The pages a reader sees: those at the root, under docs/, and beside each replication."""
    return sorted(root.glob("*.md")) + sorted((root / "docs").rglob("*.md")) + sorted(root.glob("papers/*/*.md"))


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a page, in order, without the indent of a list they stand in."""
    found = []
    for match in _FENCE.finditer(text):
        indent = len(match["indent"])
        body = "".join(line[indent:] if line.strip() else line for line in match["body"].splitlines(keepends=True))
        title = _TITLE.search(match["info"])
        line = text.count("\n", 0, match.start()) + 2
        found.append(Block(match["language"], body, line, title["title"] if title else None))
    return found


def prose(text: str) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", text)


def links(text: str) -> list[str]:
    """The targets of the links and pictures of a page, code left out."""
    return [match["target"] for match in _LINK.finditer(re.sub(r"`[^`\n]*`", "", prose(text)))]


def anchors(text: str) -> set[str]:
    """The anchors that headings of a page make."""
    slugs = (re.sub(r"[^\w\- ]", "", heading["text"].lower()).strip() for heading in _HEADING.finditer(prose(text)))
    return {re.sub(r"[\s]+", "-", slug) for slug in slugs}


def matches(expected: str, printed: str) -> bool:
    """Whether what was printed is what the page shows; a line of `...` stands for any lines.

    Spaces at the end of a line, empty lines before and after everything, and that a space does not break are not seen.
    """
    pieces = re.split(r"^\.\.\.$\n?", "".join(_lines(expected)), flags=re.M)
    pattern = r"(?:.*\n)*?".join(re.escape(piece) for piece in pieces)
    return re.fullmatch(pattern, "".join(_lines(printed))) is not None


def _lines(text: str) -> list[str]:
    lines = [line.rstrip() + "\n" for line in text.replace("\u00a0", " ").rstrip().splitlines()]
    return lines[next((k for k, line in enumerate(lines) if line != "\n"), 0) :]
