"""A share of draws is never called a probability: not in the source, which holds every word of the command line, the
report and the page, and not in the docs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SHARE = re.compile(r"\b(of|over|in all|in no) (the )?draws\b", re.IGNORECASE)
"""A sentence with such words is about a share of draws."""
CALLED = re.compile(r"\b(probabl?\w*|likel\w*|odds\b)", re.IGNORECASE)
DENIED = re.compile(
    r"(no|not a|never called a)[\s*]+probability|knows (how|that they are equally) likely"
    r"|probab\w+ of (each outcome|a deal|deal|what happened)",
    re.IGNORECASE,
)
"""What may be said: that it is none, and the probabilities of a clock, which are of something else."""
KINDS = ("*.py", "*.md", "*.j2", "*.js", "*.html")


def sentences(root: Path) -> Iterator[tuple[str, str]]:
    """File, and sentence on one line. Lists and tables are taken item by item."""
    for folder in ("src", "docs", "README.md"):
        base = root / folder
        for path in [base] if base.is_file() else sorted(p for kind in KINDS for p in base.rglob(kind)):
            for part in re.split(r"\n\s*\n|\n(?=\s*[-|])|(?<=[.!?])\s", path.read_text("utf-8")):
                yield str(path.relative_to(root)), " ".join(part.split())


def test_no_share_of_draws_is_called_a_probability(root: Path) -> None:
    about = [(path, text) for path, text in sentences(root) if SHARE.search(text)]
    assert len({path for path, _ in about}) > 10  # the search does find what it is to read
    called = [f"{path}: {text[:200]}" for path, text in about if CALLED.search(DENIED.sub("", text))]
    assert not called, "\n".join(called)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("Holds in 97 % of draws: the probability is 97 %.", True),
        ("It is most likely, for it holds in 97 % of draws.", True),
        ("Holds in 97 % of draws, which is no probability.", False),
    ],
)
def test_the_search_tells_right_from_wrong(said: str, wrong: bool) -> None:
    assert SHARE.search(said)
    assert bool(CALLED.search(DENIED.sub("", said))) is wrong
