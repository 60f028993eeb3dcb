"""`detente` at a terminal. Loading this module loads typer and nothing heavier, so that help comes at once.

The commands of the questions are made from the registry; those beside them are here. They load what they need when
they run:

`detente read`: from a news article to a draft of a dispute file. It replaces no file in silence, and reports the
findings.

`detente check`, `detente new` and `detente schema`: dispute files.

`detente worlds`, `cases` and `elasticities`: lists of the bundled data.

`detente products`: product codes by the words of their descriptions.

`detente tariffs`: the tariffs in force on a day.

`detente serve`: the web page and the API.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from detente.cli.briefs import brief
from detente.cli.questions import SETTINGS, Case, Commands, Debug, Json, World, read_case
from detente.cli.screen import CODES, FAULTY_INPUT, guarded, print_json, print_text, say_lists
from detente.errors import BadInput, CannotWrite

if TYPE_CHECKING:
    from detente.article import Article, Update
    from detente.policy.list_readings import ListReading


def tariffs(
    case: Case,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day, such as 2018-09-24.")],
    by: Annotated[
        str | None, typer.Option("--by", "--importer", metavar="ISO3", help="Whose tariffs: their schedule.")
    ] = None,
    partner: Annotated[str | None, typer.Option("--partner", metavar="ISO3", help="On whose goods.")] = None,
    sector: Annotated[bool, typer.Option("--sector", help="The schedule by sector too.")] = False,
    product: Annotated[
        str | None, typer.Option("--product", metavar="CODE", help="By product line that begins so; with --partner.")
    ] = None,
    explain: Annotated[
        str | None,
        typer.Option("--explain", metavar="CODE", help="The tariff on one product act by act; with --partner."),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="An earlier day: what changed since then.")
    ] = None,
    after_substitution: Annotated[
        bool, typer.Option("--after-substitution", help="The total too on the trade that is left under the duties.")
    ] = False,
    world: World = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Compute average tariffs on a day and before the dispute, or the schedule of one importer.

    The tariffs of the day include every measure in force and no threat. The tariffs before the dispute include none
    of its measures. Averages by partner are computed twice, weighted by imports and with equal weights of all product
    codes. Averages by sector are weighted by imports.

    With --by, --partner, --sector, --product, --since or --after-substitution it is the schedule of one importer: in
    total, by partner and by authority, at statutory rates, and its first line says up to which day the law is known.
    Where measures name their authorities and imports are known by line, as those of the United States are, that is
    shown without any of them, and the schedules of the others who levy measures follow.

    With --explain the command shows how the tariff on one product from one partner comes about: the ordinary duty and
    the measures in force in it, then each measure with its authority, what it adds on which share of value, what
    displaces it, and which goods are outside it.
    """
    from detente.analyses.day_report import DayReport, day_report, shows_schedule
    from detente.analyses.tariff_explained import TariffExplained, explain_tariff
    from detente.analyses.tariffs_on_a_day import TariffsOn, tariffs_on

    dispute = read_case(case, world)
    found: DayReport | TariffsOn | TariffExplained
    if explain is not None:
        if sector or product is not None or since is not None or after_substitution:
            raise BadInput(
                "--explain is of one product on one day: give it --partner, and --by where several levy duties"
            )
        found = explain_tariff(dispute, on, explain, partner, by, world)
    elif (
        sector
        or after_substitution
        or any(given is not None for given in (by, partner, product, since))
        or shows_schedule(dispute, on, world)
    ):
        found = day_report(
            dispute,
            on,
            world,
            by=by,
            partner=partner,
            by_sector=sector,
            product=product,
            since=since,
            after_substitution=after_substitution,
        )
    else:
        found = tariffs_on(dispute, on, world)
    if as_json:
        print_json(found.as_dict())
        return
    from detente.report import terminal

    terminal.show(found.document(), terminal.console())


def draft_from(article: str, day: str | None) -> Article:
    """The article and its draft. Raises BadInput where the extra is missing or the text cannot be read."""
    from datetime import date

    from detente.article import read_article
    from detente.policy.periods import parse_day

    try:
        given = None if day is None else parse_day(day)
    except ValueError as problem:
        raise BadInput(f"--date: {problem}") from problem
    source = sys.stdin.buffer.read() if article == "-" else Path(article)
    return read_article(source, day=given, today=date.today())


def updated(found: Article, into: str) -> Update:
    """The case with what is new in the article. Raises BadDispute where the case has faults."""
    from detente.article import update
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


def read(
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="A text file with the article, or - for stdin.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write the draft here, such as draft.yaml.")
    ] = None,
    date: Annotated[
        str | None,
        typer.Option("--date", metavar="DATE", help="The date of the article; by default the date in its text."),
    ] = None,
    into: Annotated[
        str | None, typer.Option("--into", metavar="CASE|FILE", help="Add the new facts to a copy of this dispute.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Let -o replace an existing file.")] = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Draft a dispute file from a news article.

    Every entry of the draft quotes the article. A point that the article leaves open becomes a question with a
    default. Without -o the draft is printed. The command needs the extra `read`: pip install 'detente[read]'.
    """
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


def worlds(as_json: Json = False, debug: Debug = False) -> None:
    """List the bundled worlds."""
    from detente.data.bundled import list_worlds

    _show_list(list_worlds(), ["name", "year", "economies", "sectors", "megabytes", "source"], as_json)


def cases(as_json: Json = False, debug: Debug = False) -> None:
    """List the bundled disputes."""
    import pandas as pd

    from detente.dispute.schema import Dispute, list_cases

    read = [Dispute.read(name) for name in list_cases()]
    rows = [{"name": d.dispute, "as_of": d.as_of.isoformat(), "world": d.world, "title": d.title} for d in read]
    _show_list(pd.DataFrame(rows), ["name", "as_of", "world", "title"], as_json)


def elasticities(as_json: Json = False, debug: Debug = False) -> None:
    """List the sets of trade elasticities."""
    from detente.data.bundled import list_elasticities

    _show_list(list_elasticities(), ["name", "paper", "lowest", "median", "highest"], as_json)


def products(
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="Words of a description, such as soybeans.")],
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Search for product codes by words.

    A code is listed when its description has all the words, in singular or plural; the most imported by the United
    States come first.
    """
    from detente.data.products.descriptions import find_products
    from detente.errors import BadInput, short

    text = " ".join(words)
    found = find_products(text)
    if found.empty:
        raise BadInput(f"no product's description has all of {short(text)!r}: try fewer words, or one of its parts")
    _show_list(found, ["hs6", "description", "sector", "imports_usd_mn"], as_json)


def _show_list(frame: Any, names: list[str], as_json: bool) -> None:
    """A list of things: a table for people, every field for programs."""
    if as_json:
        print_json(frame.to_dict("records"))
        return
    from detente.report.terminal import console, show_rows

    show_rows(frame, names, console())


def check(case: Case, world: World = None, as_json: Json = False, debug: Debug = False) -> None:
    """Check a dispute file and report all its faults.

    The command also maps the measures to the goods of the world and lists the scenarios. It solves no equilibrium.
    Of every product list it says how many codes are read, moved to another HS edition, unknown, and without a goods
    sector; with --json it lists every code.
    """
    from dataclasses import asdict

    from detente.errors import BadDispute
    from detente.report.alike import counted_together, told_together

    try:
        found, lists = _checked(case, world)
    except BadDispute as problem:
        if not as_json:
            raise
        print_json({"case": case, "ok": False, "faults": [asdict(fault) for fault in problem.faults]})
        raise typer.Exit(FAULTY_INPUT) from None
    if as_json:
        print_json({"case": case, "ok": True, "faults": [], **found})
        return
    counts = ", ".join(
        f"{name}: {found[name]}" for name in ("measures", "demands", "states") if found[name] is not None
    )
    typer.echo(f"{case}: no faults; {counts}")
    for question in found["questions"]:
        typer.echo(f"Open question {question['id']}: {question['ask']} ({question['path']})")
    say_lists(sentence for its in lists for sentence in its.sentences())
    of_lists = [its.note for its in lists]
    for note in counted_together(told_together(note for note in found["notes"] if note not in of_lists)):
        typer.echo(f"Note: {note}")


def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The dispute file to write, such as dispute.yaml.")],
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Write a template of a dispute file.

    A name without an ending gets the ending .yaml. The command does not replace an existing file.
    """
    from detente.dispute.schema import template

    if file.is_dir():
        raise CannotWrite(f"{file} is a folder: name a file in it, such as {file / 'dispute.yaml'}")
    if file.suffix not in ("", ".yaml", ".yml"):
        raise CannotWrite(f"{file} does not end in .yaml, as a dispute file does: name it {file}.yaml")
    file = file if file.suffix else file.with_name(f"{file.name}.yaml")
    try:
        with file.open("x", encoding="utf-8") as fresh:
            fresh.write(template())
    except FileExistsError as problem:
        raise CannotWrite(f"{file} exists already: name another file") from problem
    except OSError as problem:
        raise CannotWrite(f"{file} cannot be written: {problem.strerror}; name another file") from problem
    if as_json:
        print_json({"written": str(file)})
    else:
        typer.echo(f"Wrote {file}. Edit it, then: detente check {file}")


def schema(
    what: Annotated[
        str, typer.Argument(metavar="WHAT", help="dispute, or the question whose result is meant, such as war.")
    ] = "dispute",
    debug: Debug = False,
) -> None:
    """Print the JSON Schema of the dispute file or of a result.

    An editor that knows the schema of the dispute file completes its keys and marks faults while one types.
    """
    from detente.analyses.registry import analysis_of
    from detente.dispute.json_schemas import dispute_schema, result_schema

    print_json(dispute_schema() if what == "dispute" else result_schema(analysis_of(what).result))


def _checked(case: str, world: str | None) -> tuple[dict[str, Any], tuple[ListReading, ...]]:
    """The contents of a dispute without faults, and its product lists as they were read.

    Its measures are mapped to the world and its scenarios planned.
    """
    from detente.analyses.product_lists import lists_as_dict
    from detente.data.bundled import load_world
    from detente.data.world import with_blocs
    from detente.dispute.scenarios import prepare
    from detente.errors import BadDispute
    from detente.policy.list_readings import list_readings

    dispute = read_case(case, world)
    settled = with_blocs(load_world(world or dispute.world), dispute.parties)
    states: int | None = None
    notes: list[str] = []
    if not dispute.questions:
        prepared = prepare(dispute, settled)
        said = () if dispute.base is None else (dispute.base.note,)
        states, notes = len(prepared.plans), [*said, *prepared.notes]
    elif faults := dispute.feasibility_faults(settled):
        raise BadDispute(dispute.dispute, faults)
    asked = [{"id": q.id, "path": q.path, "ask": q.ask, "default": q.default} for q in dispute.questions]
    counts = {"measures": len(dispute.measures), "demands": len(dispute.demands), "states": states}
    about = {"dispute": dispute.dispute, "world": settled.name, **counts, "questions": asked, "notes": notes}
    lists = list_readings(dispute.own_measures)
    return about | lists_as_dict(lists), lists


def serve(
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="N", help="The port to listen on.", min=0, max=65535)] = 8000,
    token: Annotated[
        list[str] | None,
        typer.Option(
            "--token",
            metavar="TOKEN",
            help="A token that admits a client. The option can be repeated. The environment variable DETENTE_TOKEN "
            "sets one too.",
        ),
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", metavar="FOLDER", help="The folder that stores the runs.")
    ] = None,
    workers: Annotated[int, typer.Option("--workers", metavar="N", help="Number of computing processes.", min=1)] = 2,
    most_runs: Annotated[
        int, typer.Option("--most-runs", metavar="N", help="Maximum number of unfinished runs of one client.", min=1)
    ] = 4,
    most_waiting: Annotated[
        int, typer.Option("--most-waiting", metavar="N", help="Maximum number of waiting runs of all clients.", min=1)
    ] = 200,
    most_seconds: Annotated[
        float, typer.Option("--most-seconds", metavar="SECONDS", help="Maximum time of one run, in seconds.", min=1)
    ] = 600.0,
    most_bytes: Annotated[
        int, typer.Option("--most-bytes", metavar="BYTES", help="Maximum size of a request, in bytes.", min=1000)
    ] = 5_000_000,
    most_stored: Annotated[
        float,
        typer.Option("--most-stored", metavar="BYTES", help="Maximum size of the stored runs, in bytes.", min=1e6),
    ] = 2e9,
    keep_days: Annotated[
        float, typer.Option("--keep-days", metavar="DAYS", help="Days that a finished run is stored.", min=0.01)
    ] = 180.0,
    debug: Debug = False,
) -> None:
    """Serve the web page and the API on this machine.

    The command prints the address. Runs are stored in a folder and remain after the server stops. An address that
    other machines can reach needs a token. The command needs the extra `web`: pip install 'detente[web]'.
    """
    try:
        from detente.web.security import TOKENS, ServerSettings, own_folder
        from detente.web.server import serve as run_server
    except ModuleNotFoundError as problem:
        raise CannotWrite(f"{problem.name} is missing: pip install 'detente[web]'") from problem
    given = [*(token or ()), *filter(None, [os.environ.get(TOKENS)])]
    settings = ServerSettings(
        folder=data or own_folder(),
        host=host,
        port=port,
        tokens=tuple(given),
        workers=workers,
        most_runs=most_runs,
        most_waiting=most_waiting,
        most_seconds=most_seconds,
        most_bytes=most_bytes,
        most_stored=most_stored,
        keep_days=keep_days,
    )
    run_server(settings)


app = typer.Typer(
    name="detente",
    cls=Commands,
    help="Who gains and who loses from each step of a trade dispute.\n\nTo begin, type `detente run us-china-2018`. "
    "The command `detente cases` lists the bundled disputes.",
    epilog=CODES,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=SETTINGS,
)

COMMANDS: Final = (
    brief,
    read,
    check,
    new,
    schema,
    worlds,
    cases,
    elasticities,
    products,
    tariffs,
    serve,
)
"""The commands beside those of the questions, in the order in which help lists them."""


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.", is_eager=True)] = False,
) -> None:
    """Who gains and who loses from each step of a trade dispute: real income, prices, output, trade."""
    if version:
        from detente import __version__

        typer.echo(f"detente {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


OBJECTS_BETWEEN_COLLECTIONS: Final = 1_000_000
"""Loading libraries makes many objects and no garbage; looking for it at the usual 700 took a tenth of a run."""

for command in COMMANDS:
    app.command()(guarded(command))


def main() -> None:
    """The entry point of the command."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    try:
        app()
    finally:
        gc.freeze()  # the last collection would walk through every library once more: a seventh of a run, to no end
