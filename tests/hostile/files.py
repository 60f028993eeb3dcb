"""Files that nobody should be able to hurt a reader with, each made by code and the same every time."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

TABLE = """\
date,hs6,exporter,importer,sector,rate,value
2018-01-02,854231,AAA,BBB,C26,0.1,5
2018-01-03,854232,BBB,AAA,C26,0.2,6
"""
"""A table in which every reader of tables finds some of its columns."""
DISPUTE = """\
dispute: small
title: A small dispute
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: us-steel, by: USA, on: CHN, status: threatened, goods: {sectors: [C24A]}, add: 25%}
"""


@dataclass(frozen=True)
class Hostile:
    """A file: its bytes, made when asked for. `heavy` ones take long to make or to read."""

    make: Callable[[], bytes]
    heavy: bool = False


def text(written: str, encoding: str = "utf-8", *, heavy: bool = False) -> Hostile:
    """A file of text."""
    return Hostile(lambda: written.encode(encoding, "surrogatepass"), heavy)


def raw(given: bytes, *, heavy: bool = False) -> Hostile:
    """A file of bytes."""
    return Hostile(lambda: given, heavy)


def zipped(*members: tuple[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip with these files, of one date."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", packing) as archive:
        for name, body in members:
            archive.writestr(zipfile.ZipInfo(name), body, packing)
    return into.getvalue()


def workbook(*, sheet: str, strings: str = "") -> bytes:
    """An Excel file with this XML in its sheet and its strings."""
    spreadsheet = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = {"workbook": f"{kind}.sheet.main+xml", "worksheets/sheet1": f"{kind}.worksheet+xml",
                 "sharedStrings": f"{kind}.sharedStrings+xml"}  # fmt: skip
    types = "".join(f'<Override PartName="/xl/{part}.xml" ContentType="{what}"/>' for part, what in overrides.items())
    relation = (
        f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/%s" Target="%s"/>%s'
    )
    text_of = f'<Relationship Id="r2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/>'
    return zipped(
        ("[Content_Types].xml", f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
         f'"application/vnd.openxmlformats-package.relationships+xml"/>{types}</Types>'.encode()),
        ("_rels/.rels", (relation % ("officeDocument", "xl/workbook.xml", "</Relationships>")).encode()),
        ("xl/_rels/workbook.xml.rels",
         (relation % ("worksheet", "worksheets/sheet1.xml", f"{text_of}</Relationships>")).encode()),
        ("xl/workbook.xml", f'<workbook {spreadsheet} xmlns:r="{office}"><sheets><sheet name="a" sheetId="1" '
         'r:id="r1"/></sheets></workbook>'.encode()),
        ("xl/worksheets/sheet1.xml", sheet.replace("<worksheet", f"<worksheet {spreadsheet}").encode()),
        ("xl/sharedStrings.xml", (strings or f"<sst {spreadsheet}/>").encode()),
    )  # fmt: skip


_LAUGHS = "".join(f'<!ENTITY l{k} "{f"&l{k - 1};" * 10}">' for k in range(1, 10))
LAUGHS = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{_LAUGHS}]>'
"""Ten to the ninth laughs."""
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 9)}]\n" for k in range(1, 10)
)
"""Nine to the tenth entries."""

FILES: dict[str, Hostile] = {
    "empty": raw(b""),
    "blank": text(" \n\t\n\r\n   "),
    "a mark of byte order alone": raw(b"\xef\xbb\xbf"),
    "zeros": raw(bytes(5000)),
    "a zero in the text": text(DISPUTE.replace("small", "sm\0all") + TABLE.replace("AAA", "A\0A")),
    "random bytes": Hostile(lambda: random.Random(0).randbytes(8192)),
    "control characters": text("".join(map(chr, range(1, 32))) + TABLE),
    "an escape sequence": text("\x1b]0;owned\x07\x1b[2J" + TABLE),
    "a picture": raw(b"\x89PNG\r\n\x1a\n" + bytes(100)),
    "a PDF": raw(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"),
    "an old workbook": raw(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    "a program": raw(b"\x7fELF\x02\x01\x01" + bytes(200)),
    "a database": raw(b"SQLite format 3\0" + bytes(200)),
    "Latin-1": text("dispute: z\xf6lle\n" + TABLE.replace("AAA", "\xd6\xc4\xdc"), "latin-1"),
    "UTF-16": text(DISPUTE, "utf-16"),
    "a table in UTF-16": text(TABLE, "utf-16"),
    "UTF-16 without a mark": text(TABLE, "utf-16-be"),
    "UTF-16 cut in a character": Hostile(lambda: TABLE.encode("utf-16")[:-1]),
    "UTF-32": text(TABLE, "utf-32"),
    "EBCDIC": text(TABLE, "cp500"),
    "half of a surrogate pair": text(TABLE.replace("AAA", "\ud800")),
    "overlong UTF-8": raw(b"dispute: \xc0\xaf\n"),
    "UTF-8 cut in a character": raw("dispute: Zölle".encode()[:-4]),
    "line ends of Windows": text(DISPUTE.replace("\n", "\r\n")),
    "line ends of an old Macintosh": text(TABLE.replace("\n", "\r")),
    "line separators of Unicode": text(TABLE.replace("\n", "\u2028")),
    "text from right to left": text(DISPUTE.replace("small", "\u202esmall\u202c") + "‏\n"),
    "a bomb of YAML": text(BOMB),
    "anchors": text("a: &x 1\nb: *x\n" + DISPUTE),
    "a circle of anchors": text("a: &a [*a]\n"),
    "merged keys": text("x: &x {a: 1}\ny: {<<: *x}\n"),
    "a tag": text("a: !!python/object/apply:os.system ['true']\n"),
    "tabs": text("dispute:\tsmall\nmeasures:\n\t- id: x\n"),
    "keys given twice": text(DISPUTE + "title: another\n"),
    "two documents": text(DISPUTE + "---\n" + DISPUTE),
    "a list of YAML": text("- a\n- b\n"),
    "a scalar of YAML": text("25%"),
    "an open bracket": text("a: [1, 2\nb: {c: \n"),
    "deep brackets": text("a: " + "[" * 5000 + "]" * 5000),
    "deep keys": text("".join(" " * k + "a:\n" for k in range(400))),
    "a key that is a list": text("? [a, b]\n: c\n? {d: e}\n: f\n"),
    "JSON": text('{"dispute": "small", "measures": []}'),
    "JSON twice nested": text('[[{"a": 1}]]'),
    "JSON with a number of five thousand digits": text('{"a": ' + "9" * 5000 + "}"),
    "JSON with NaN": text('{"a": NaN, "b": Infinity}'),
    "JSON with a key twice": text('{"a": 1, "a": 2}'),
    "deep JSON": text('{"a":' * 3000 + "1" + "}" * 3000),
    "a web page": text("<!DOCTYPE html><html><body><h1>429 Too Many Requests</h1></body></html>"),
    "laughs of XML": text(LAUGHS + "<x>&l9;</x>"),
    "a quotation mark never closed": text(TABLE + '2018-01-04,"854231,AAA,BBB,C26,0.1,5\n' * 3),
    "quotation marks within": text(TABLE + '2018-01-04,85"42"31,A""A,BBB,C26,0.1,5\n'),
    "a row too long": text(TABLE + "2018-01-04,854233,AAA,BBB,C26,0.1,5,6,7\n"),
    "a row too short": text(TABLE + "2018-01-04,854233\n"),
    "names and no rows": text(TABLE.partition("\n")[0] + "\n"),
    "names twice": text("date,date,hs6,hs6,rate,rate\n2018-01-02,2018-01-03,854231,854232,1,2\n"),
    "no names": text(TABLE.partition("\n")[2]),
    "nothing but commas": text("," * 3000 + "\n" + "," * 3000 + "\n"),
    "nothing but separators": text(";;;;\n\t\t\t\n||||\n"),
    "formulas": text(TABLE.replace("AAA", "=cmd|'/C calc'!A0").replace("BBB", '"=HYPERLINK(""http://x"")"')),
    "code in names": text("<script>alert(1)</script>,{{7*7}},%s%n,${x},'; DROP TABLE x;--\n1,2,3,4,5\n"),
    "a name of a hundred thousand letters": text("a" * 100_000 + ",b\n1,2\n"),
    "a cell of a million letters": text(TABLE.replace("AAA", "A" * 1_000_000)),
    "a value of a million letters": text(DISPUTE.replace("title: A small dispute", "title: " + "long " * 200_000)),
    "a country of a million letters": text(DISPUTE.replace("by: USA", "by: " + "U" * 1_000_000)),
    "a key of a million letters": text(DISPUTE + "k" * 1_000_000 + ": 1\n"),
    "ten thousand columns": text(",".join(f"c{k}" for k in range(10_000)) + "\n" + ",".join(["1"] * 10_000) + "\n"),
    "ten thousand unknown keys": text(DISPUTE + "".join(f"key{k}: 1\n" for k in range(10_000))),
    "ten thousand wrong rows": text("date,hs6,exporter,importer,sector,rate,value\n" + "x,y,z,w,v,u,t\n" * 10_000),
    "gzip of nothing": Hostile(lambda: gzip.compress(b"", mtime=0)),
    "gzip cut short": Hostile(lambda: gzip.compress(TABLE.encode() * 50, mtime=0)[:-12]),
    "gzip in gzip": Hostile(lambda: gzip.compress(gzip.compress(TABLE.encode(), mtime=0), mtime=0)),
    "gzip with a wrong sum": Hostile(lambda: gzip.compress(TABLE.encode(), mtime=0)[:-8] + bytes(8)),
    "an empty zip": Hostile(lambda: zipped()),
    "a zip cut short": Hostile(lambda: zipped(("a.csv", TABLE.encode() * 50))[:200]),
    "a zip of two tables": Hostile(lambda: zipped(("a.csv", TABLE.encode()), ("b.csv", TABLE.encode()))),
    "a zip with a path out of it": Hostile(lambda: zipped(("../../../tmp/x.csv", TABLE.encode()))),
    "a zip in a zip": Hostile(lambda: zipped(("a.zip", zipped(("a.csv", TABLE.encode()))))),
    "a zip of a folder": Hostile(lambda: zipped(("a/", b""))),
    "a zip with an odd packing": Hostile(lambda: zipped(("a.csv", TABLE.encode()), packing=zipfile.ZIP_LZMA)),
    "a workbook without cells": Hostile(lambda: workbook(sheet="<worksheet><sheetData/></worksheet>")),
    "a workbook cut short": Hostile(lambda: workbook(sheet="<worksheet><sheetData/></worksheet>")[:-100]),
    "a workbook of broken XML": Hostile(lambda: workbook(sheet="<worksheet><sheetData><row>")),
    "a workbook of laughs": Hostile(
        lambda: workbook(sheet='<worksheet><sheetData><row r="1"><c t="s"><v>0</v></c></row></sheetData></worksheet>',
                         strings=f"{LAUGHS}<sst><si><t>&l9;</t></si></sst>")
    ),
    "a workbook with a cell far away": Hostile(
        lambda: workbook(sheet='<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
                         "</sheetData></worksheet>"), heavy=True
    ),
    "Parquet cut short": raw(b"PAR1" + bytes(100)),
    "Parquet of nothing": raw(b"PAR1PAR1"),
    "a name and a million commas": Hostile(
        lambda: ("date,value" + "," * 1_000_000 + "\n" + "2018-01-02,5\n" * 100_000).encode(), heavy=True
    ),
    "a million names": Hostile(
        lambda: (",".join(["date", *(f"a{k}" for k in range(1_000_000))]) + "\n" + "2018-01-02,5\n" * 100_000).encode(),
        heavy=True,
    ),
    "gzip of a hundred million zeros": Hostile(lambda: gzip.compress(bytes(100_000_000), mtime=0), heavy=True),
    "a zip of a hundred million zeros": Hostile(lambda: zipped(("a.csv", bytes(100_000_000))), heavy=True),
    "ten million letters on a line": Hostile(lambda: b"a" * 10_000_000, heavy=True),
    "ten million letters in a cell": Hostile(lambda: TABLE.replace("AAA", "A" * 10_000_000).encode(), heavy=True),
    "two hundred thousand lines": Hostile(
        lambda: (TABLE + "2018-01-04,854233,AAA,BBB,C26,0.1,5\n" * 200_000).encode(), heavy=True
    ),
    "a million open brackets": Hostile(lambda: b"a: " + b"[" * 1_000_000, heavy=True),
    "a thousand anchors": Hostile(
        lambda: "".join(
            [*(f"k{k}: &k{k} [{k}]\n" for k in range(1000)), "all: [", *(f"*k{k}, " for k in range(1000)), "]\n"]
        ).encode(), heavy=True
    ),
}  # fmt: skip
"""Name → a file."""

VALUES: tuple[str, ...] = (
    "", " ", "~", "null", "true", "no", "-", ".", "NaN", "nan", ".nan", "inf", "-inf", ".inf", "Infinity",
    "1e999", "-1e999",
    "1e-999", "1e5", "1_000", "0x10", "0o17", "0b1", "1:30", "9" * 400, "-0", "-5", "0", "25", "2500%",
    "25 %", "25‰", "½",
    "²", "٢٥", "２５", "二十五", "1,5", "1.000,5", "1'000", "[1, 2]", "{a: 1}", "'", '"', "#", "%", "%s%n", "{{7*7}}",
    "${x}", "<script>alert(1)</script>", "'; DROP TABLE x;--", "../../etc/passwd", "/dev/zero", "CON",
    "\u202e25", "2\u200b5",
    "\ufeff25", "СНN", "ＵＳＡ", "U\u0300SA", "0000-00-00", "2018-02-30", "2018-13-01", "9999-12-31", "10000-01-01",
    "1e3-01-01", "2018-W01-1", "01/02/03", "1" + "0" * 30 + "bn", "5bn..", "..5bn", "5..4", "x" * 1500, "\t", "a\\nb",
)  # fmt: skip
"""Values that are put in the place of a good one."""
