"""Files that may hold a table: what a file is, told by its bytes and never by its name, and a way to read it.

Text in UTF-8, UTF-16 or Windows-1252, Excel workbooks and Parquet files are read, as they are, gzipped, or in a zip.
Everything else is refused with what to do. A member of a zip is named like a file in a folder: `tables.zip/2017.csv`.
`detente.data.sheets` makes cells of what is opened here.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final, Literal, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from detente.errors import BadTable, DetenteError, enumerate_names, short

Kind = Literal["text", "excel", "parquet"]

MOST_BYTES: Final = 4_000_000_000
"""Bytes of one table, unpacked: sixteen times the longest table of the OECD. A door may allow less."""
SEPARATORS: Final = (",", ";", "\t", "|")

_HEAD: Final = 1 << 16
_CHUNK: Final = 1 << 20
_PACKED_MOST: Final = 200
"""Unpacked over packed bytes: numbers pack to a tenth, a mostly empty table to a hundredth, a bomb to a thousandth."""
_SMALL: Final = 10_000_000
"""Bytes up to which a file may be packed as tightly as it likes."""
_TABLES: Final = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".parquet", ".gz")
_OTHERS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\xd0\xcf\x11\xe0", "an Excel file of the old kind (.xls) or one with a password: save it as .xlsx or CSV"),
    (b"%PDF", "a PDF: copy its table into a spreadsheet and save that as CSV"),
    (b"7z\xbc\xaf", "a 7z archive: unpack it"),
    (b"Rar!", "a RAR archive: unpack it"),
    (b"BZh", "packed by bzip2: unpack it"),
    (b"\xfd7zXZ", "packed by xz: unpack it"),
    (b"\x28\xb5\x2f\xfd", "packed by Zstandard: unpack it"),
    (b"ARROW1", "a Feather file: write it as Parquet or CSV"),
    (b"\x89HDF", "an HDF5 file: write its table as Parquet or CSV"),
    (b"RDX", "a file of R: write its table as Parquet or CSV"),
    (b"\x89PNG", "a picture: give the table as CSV"),
    (b"\xff\xd8\xff", "a picture: give the table as CSV"),
)
"""First bytes of files that hold no table we read, and what to do about each."""
_MARKUP: Final = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<head", b"<body")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Marks of byte order at the head of a text, and its encoding."""
_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_EMPTY_ZIP: Final = b"PK\x05\x06"

Opener = Callable[[], AbstractContextManager[IO[bytes]]]


@dataclass(frozen=True)
class TableFile:
    """A file that holds a table, unpacked: the name that messages use, its kind, and how to read it.

    `encoding` and `separator` are of text. `notes` say what was decided on the way, in sentences for the user.
    """

    name: str
    kind: Kind
    opener: Opener
    encoding: str = ""
    separator: str = ","
    skipped: int = 0
    """Lines in front that are no part of the table: Excel's `sep=;`."""
    notes: tuple[str, ...] = ()

    @contextmanager
    def stream(self) -> Iterator[IO[bytes]]:
        """The bytes of the table, unpacked. What goes wrong while they are read is raised as BadTable."""
        with refusing(self.name), self.opener() as stream:
            yield stream


@contextmanager
def refusing(name: str, what: str = "a table") -> Iterator[None]:
    """Raise BadTable in place of whatever a library says of a file, with the file and what to do.

    Libraries that read a broken file raise nearly anything, so every Exception counts; ours pass.
    """
    try:
        yield
    except DetenteError:
        raise
    except PermissionError as fault:
        raise BadTable(f"{name} may not be read: change its permissions, or copy it") from fault
    except MemoryError as fault:
        raise BadTable(f"{name} does not fit into memory: give a smaller part of it") from fault
    except Exception as fault:
        raise BadTable(
            f"{name} cannot be read as {what}, it is damaged or cut short: fetch or export it again, as CSV, Parquet "
            "or Excel (.xlsx)"
        ) from fault


def existing(path: Path | str) -> Path:
    """The path of a file that is there and not empty; raises BadTable."""
    path = Path(path)
    try:
        if path.is_dir():
            raise BadTable(f"{short(path.name)} is a folder: give the file in it")
        if not path.is_file():
            raise BadTable(f"{short(str(path), 300)} is not a file: check the path")
        if path.stat().st_size == 0:
            raise BadTable(f"{short(path.name)} is empty: export it again from its source")
    except (OSError, ValueError) as fault:  # a name that no file can have, or a folder that may not be entered
        if isinstance(fault, BadTable):
            raise
        raise BadTable(f"{short(str(path))} cannot be looked up: check the path") from fault
    return path


def table_file(given: Path | str | bytes, name: str = "", most: int = MOST_BYTES) -> TableFile:
    """The table in a file, a member of a zip (`tables.zip/2017.csv`), or bytes that came with a `name`.

    Raises BadTable for what is no table, with what to do: no such file, a folder, an archive of several tables, one
    with a password, a table of over `most` bytes unpacked, an old Excel file, a PDF, bytes in no encoding that is read.
    """
    if isinstance(given, bytes):
        called, size = short(name) or "the table", len(given)
        if not given:
            raise BadTable(f"{called} is empty: export it again from its source")
        return _opened(called, size, most, lambda: io.BytesIO(given))
    path = Path(given)
    archive = next((parent for parent in path.parents if parent.suffix.lower() == ".zip" and is_file(parent)), None)
    if archive is not None:
        member = path.relative_to(archive).as_posix()
        return _of_zip(short(archive.name), most, lambda: archive.open("rb"), member)
    path = existing(path)
    return _opened(short(path.name), path.stat().st_size, most, lambda: path.open("rb"))


def is_file(path: Path) -> bool:
    """Whether a path is that of a file; one that no file can have is none, and so is one that may not be looked up."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _opened(name: str, size: int, most: int, opener: Opener, packed: bool = False) -> TableFile:
    """What a file is, by its first bytes."""
    if size > most:
        raise BadTable(
            f"{name} has {size / 1e6:,.1f} MB, over the {most / 1e6:,.0f} MB that are read: give a part of it"
        )
    with refusing(name), opener() as stream:
        head = stream.read(_HEAD)
    if head.startswith((_ZIP, _EMPTY_ZIP)):
        return _of_zip(name, most, opener, None, packed)
    if head.startswith(_GZIP):
        if packed:
            raise BadTable(f"{name} is packed twice: unpack it once")

        @contextmanager
        def gunzipped() -> Iterator[IO[bytes]]:
            with opener() as stream, gzip.open(stream) as unpacked:
                yield cast(IO[bytes], unpacked)

        return _opened(name, _unpacked_size(name, size, most, gunzipped), most, gunzipped, packed=True)
    if head.startswith(b"PAR1"):
        return TableFile(name, "parquet", opener)
    for first, what in _OTHERS:
        if head.startswith(first):
            raise BadTable(f"{name} is {what}")
    plain = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if plain.startswith(_MARKUP):
        raise BadTable(f"{name} is a web page or XML, whatever its name says: save the table in it as CSV or .xlsx")
    if plain.startswith((b"{", b"[{", b"[[")):
        raise BadTable(f"{name} is JSON: write it as a CSV with a header row")
    return _text(name, opener, head)


def _unpacked_size(name: str, packed: int, most: int, opener: Opener) -> int:
    """Bytes when unpacked; raises BadTable over the limit, before they are kept anywhere."""
    count, limit = 0, min(most, max(_SMALL, _PACKED_MOST * packed))
    with refusing(name), opener() as stream:
        while chunk := stream.read(_CHUNK):
            count += len(chunk)
            if count > limit:
                raise BadTable(f"{name} unpacks to over {limit / 1e6:,.0f} MB, more than is read: give a part of it")
    if count == 0:
        raise BadTable(f"{name} is empty when unpacked: export it again from its source")
    return count


def _of_zip(name: str, most: int, opener: Opener, member: str | None, packed: bool = False) -> TableFile:
    """The one table of a zip, or the member asked for; a workbook is a zip of its own."""
    with refusing(name, "a zip"), opener() as stream, ZipFile(stream) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
    names = {info.filename for info in infos}
    if member is None and "[Content_Types].xml" in names:
        if not any(each.startswith("xl/") for each in names):
            raise BadTable(f"{name} is a document of Word or PowerPoint: save its table as .xlsx or CSV")
        size = sum(info.file_size for info in infos)
        if size > most:
            raise BadTable(f"{name} unpacks to {size / 1e6:,.0f} MB, over the {most / 1e6:,.0f} MB that are read")
        if any(each.endswith(".bin") and "workbook" in each for each in names):
            raise BadTable(f"{name} is a binary workbook (.xlsb): save it as .xlsx or CSV")
        return TableFile(name, "excel", opener)
    if member is None and "mimetype" in names and "content.xml" in names:
        raise BadTable(f"{name} is an OpenDocument file (.ods): save it as .xlsx or CSV")
    if packed:
        raise BadTable(f"{name} is a zip in a zip: unpack it once")
    info = _chosen(name, infos, member)
    if info.flag_bits & 1:
        raise BadTable(f"{name} has a password: unpack it and give the file in it")
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise BadTable(f"{name} is packed in a way that is not read: unpack it and give the file in it")

    @contextmanager
    def unpacked() -> Iterator[IO[bytes]]:
        with opener() as stream, ZipFile(stream) as archive, archive.open(info) as inside:
            yield inside

    called = f"{name}/{short(PurePosixPath(info.filename).name)}"
    return _opened(called, _unpacked_size(called, info.compress_size, most, unpacked), most, unpacked, packed=True)


def _chosen(name: str, infos: Sequence[ZipInfo], member: str | None) -> ZipInfo:
    """The member that is the table; raises BadTable where there is none, or several and none is named."""
    shown = [i for i in infos if not i.filename.startswith("__MACOSX/") and not Path(i.filename).name.startswith(".")]
    tables = [i for i in shown if i.filename.lower().endswith(_TABLES)] or shown
    listed = enumerate_names([short(i.filename) for i in tables])
    if member is not None:
        found = [i for i in infos if i.filename == member]
        if not found:
            raise BadTable(f"{name} has no {short(member)}; it has {listed or 'no file'}")
        return found[0]
    if not tables:
        raise BadTable(f"{name} is a zip without a file: fetch it again")
    if len(tables) > 1:
        example = f"{name}/{short(tables[0].filename)}"
        raise BadTable(
            f"{name} holds {len(tables)} tables, {listed}: say which, as if the zip were a folder: {example}"
        )
    return tables[0]


def _text(name: str, opener: Opener, head: bytes) -> TableFile:
    """A file of text: its encoding and its separator."""
    encoding, notes = _encoding(name, opener, head)
    lines = head.decode(encoding, errors="ignore").splitlines()
    lines = lines[:-1] if len(head) == _HEAD and len(lines) > 1 else lines
    said = lines[0].strip().lower() if lines else ""
    if said.startswith("sep=") and said[4:] in SEPARATORS:  # a line that Excel writes and hides
        return TableFile(name, "text", opener, encoding, said[4:], 1, notes)
    return TableFile(name, "text", opener, encoding, separator_of(lines), 0, notes)


def _encoding(name: str, opener: Opener, head: bytes) -> tuple[str, tuple[str, ...]]:
    """The encoding of all of the text, and a note where it had to be guessed."""
    marked = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), "")
    nulls = head.count(0)
    if not marked and nulls:
        even, odd = head[::2].count(0), head[1::2].count(0)
        marked = "utf-16-le" if odd > 4 * even else "utf-16-be" if even > 4 * odd else ""
        if not marked or nulls < len(head) / 8:
            raise BadTable(f"{name} is no text and no file that is read: give CSV, Parquet or Excel (.xlsx)")
    wanted = marked or "utf-8"
    line = _undecodable(name, opener, wanted)
    if line is None:
        return wanted, ()
    if marked or _undecodable(name, opener, "cp1252") is not None:
        raise BadTable(f"{name}, line {line}: not text in UTF-8, UTF-16 or Windows-1252: save it as CSV in UTF-8")
    return "cp1252", (
        f"{name} is not UTF-8 (line {line}) and was read as Windows-1252: if names look wrong, save it as UTF-8",
    )


def _undecodable(name: str, opener: Opener, encoding: str) -> int | None:
    """The first line that is not in an encoding; None where all are."""
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    with refusing(name), opener() as stream:
        while chunk := stream.read(_CHUNK):
            try:
                line += decoder.decode(chunk).count("\n")
            except UnicodeDecodeError as fault:
                return line + fault.object[: fault.start].count(b"\n")
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return line
    return None


def separator_of(lines: Sequence[str]) -> str:
    """The separator that cuts most of the first lines into one number of cells, of those over one; else a comma."""
    best, found = (0, 0), ","
    for separator in SEPARATORS:
        try:
            counts = [len(cells) for cells in csv.reader([x for x in lines if x.strip()][:40], delimiter=separator)]
        except csv.Error:
            continue
        usual = max(set(counts), key=lambda n: (n > 1, counts.count(n), n), default=0)
        if usual > 1 and (score := (counts.count(usual), usual)) > best:
            best, found = score, separator
    return found
