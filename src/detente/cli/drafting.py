"""The work of `detente read`: read, write without replacing files in silence, and report the findings."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from detente.errors import BadInput, CannotWrite

if TYPE_CHECKING:
    from detente.article.reader import Article
    from detente.article.updating import Update


def draft_from(article: str, day: str | None) -> Article:
    """The article and its draft. Raises BadInput where the extra is missing or the text cannot be read."""
    from datetime import date

    from detente.article import read_article
    from detente.policy.measure import parse_day

    try:
        given = None if day is None else parse_day(day)
    except ValueError as problem:
        raise BadInput(f"--date: {problem}") from problem
    source = sys.stdin.buffer.read() if article == "-" else Path(article)
    found: Article = read_article(source, day=given, today=date.today())
    return found


def updated(found: Article, into: str) -> Update:
    """The case with what is new in the article. Raises BadDispute where the case has faults."""
    from detente.article.updating import update
    from detente.dispute.schema import Dispute

    return update(Dispute.read(into), found.draft)


def write_draft(file: Path, text: str | None, force: bool) -> None:
    """Write the text, or with None only make sure that it could be written. Raises CannotWrite."""
    if file.is_dir():
        raise CannotWrite(f"{file} is a folder: name a file in it, such as {file / 'draft.yaml'}")
    if text is None:
        if file.exists() and not force:
            raise CannotWrite(f"{file} exists already: name another file, or give --force to replace it")
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise CannotWrite(f"{file} cannot be written: {problem.strerror}; name another file with -o") from problem


def show(found: Article, result: Update | None, output: Path | None) -> None:
    """The findings, changes and open questions; on stderr if the draft itself is on stdout."""
    err = output is None
    dispute = found.draft if result is None else result.dispute
    kinds = ("measure", "demand", "date", "delegate", "agreement", "statement", "forecast")
    counts = ", ".join(f"{kind}s: {len(found.reading.of(kind))}" for kind in kinds)
    typer.echo(f"Article of {found.reading.date}: parties {', '.join(found.draft.parties)}; {counts}", err=err)
    if result is not None:
        for change in result.changes:
            typer.echo(f"  {change}", err=err)
        if not result.changes:
            typer.echo("  nothing new", err=err)
    for question in dispute.questions:
        default = "nothing" if question.default is None else question.default
        typer.echo(f"Open question {question.id}: {question.ask} ({question.path}; default: {default})", err=err)
    for note in found.left_out:
        typer.echo(note, err=err)
    if output is not None:
        then = f"detente run {output}" + (" --accept-defaults" if dispute.questions else "")
        typer.echo(f"Wrote {output}. Check it, then: {then}", err=err)
