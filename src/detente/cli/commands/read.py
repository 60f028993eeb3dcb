"""`detente read`: from a news article to a draft of a dispute file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from detente.cli.options import Debug, Json


def read(
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="A text file with the article, or - for stdin.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write the draft here, such as draft.yaml.")
    ] = None,
    date: Annotated[
        str | None,
        typer.Option("--date", metavar="DATE", help="The day of the article; by default the date in its text."),
    ] = None,
    into: Annotated[
        str | None, typer.Option("--into", metavar="CASE|FILE", help="Add the new facts to this case instead.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Let -o replace an existing file.")] = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Draft a dispute file from a news article.

    Every entry of the draft quotes the article. An open point becomes a question with a default.
    Without -o the draft is printed on stdout. The command needs `pip install 'detente[read]'`.
    """
    from detente.cli.drafting import draft_from, show, updated, write_draft
    from detente.cli.screen import print_json, print_text

    if output is not None:
        write_draft(output, None, force)
    found = draft_from(article, date)
    result = updated(found, into) if into is not None else None
    text = found.yaml if result is None else result.dispute.to_yaml()
    if output is not None:
        write_draft(output, text, force)
    if as_json:
        marks = [{"start": m.start, "end": m.end, "kind": m.kind, "says": m.says} for m in found.marks]
        changes = {} if result is None else {"changes": [str(change) for change in result.changes]}
        print_json({"draft": text, "marks": marks, **changes, "written": None if output is None else str(output)})
        return
    if output is None:
        print_text(text.rstrip("\n"))
    show(found, result, output)
