"""How well drafts of the article reader agree with the labels of a folder, by the draft file alone (see GUIDE.md).

python score.py FOLDER [--detail] [--drafts KEEP]    with the environment that is scored
"""

from __future__ import annotations

import argparse
import itertools
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from math import sqrt
from pathlib import Path
from typing import Any

import yaml
from scipy.optimize import linear_sum_assignment

from detente.article import read_article
from detente.errors import DetenteError

FIELDS = ("by", "on", "goods", "rate", "value", "status", "day")
MAIN = ("by", "on", "status", "rate")
PATHS = {
    **dict.fromkeys(("status", "polarity", "life", "measure", ""), "status"),
    **dict.fromkeys(("add", "set", "total", "rate", "specific", "unit_value"), "rate"),
    **dict.fromkeys(("from", "earliest", "day", "first_day"), "day"),
    **{name: name for name in ("by", "on", "value", "goods")},
}
MORE = {
    "agreed": {"agreed", "proposed"},
    "conditional": {"conditional"},
    "suspended": {"suspended"},
    "struck-down": {"struck-down"},
    "ended": {"ended"},
    "averted": {"averted"},
    "asked-for": {"asked-for"},
}


def wilson(right: int, of: int) -> str:
    if not of:
        return f"{right}/{of}"
    z, p = 1.96, right / of
    mid, half = p + z * z / (2 * of), z * sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    low, high = (mid - half) / (1 + z * z / of), (mid + half) / (1 + z * z / of)
    return f"{right}/{of} = {p:.3f}  [{max(low, 0):.3f}, {min(high, 1):.3f}]"


# ---- the draft -------------------------------------------------------------------------------------------------


@dataclass
class Drafted:
    """One measure of a draft file: its values, what is asked about it, where it stands."""

    id: str
    values: dict[str, Any]
    asked: set[str]
    spans: list[tuple[int, int]]
    rate_key: str | None
    curb: bool

    def state(self, name: str) -> str:
        if name in self.asked:
            return "asked"
        return "absent" if self.values.get(name) is None else "asserted"


def draft_of(text: str, name: str, day: str) -> tuple[dict[str, Any], str]:
    try:
        article = read_article(text, name=name, day=date.fromisoformat(day))
    except DetenteError as problem:
        return {}, f"refused: {str(problem)[:100]}"
    return yaml.load(article.yaml, Loader=yaml.BaseLoader), ""


def sources(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [s for part in node for s in sources(part)]
    if not isinstance(node, dict):
        return []
    here = [node] if "quote" in node and ("span" in node or "document" in node) else []
    return here + [s for part in node.values() for s in sources(part)]


def spans_of(node: dict[str, Any], text: str) -> list[tuple[int, int]]:
    own = node.get("source")
    found = sources([own]) if isinstance(own, dict) else sources(node)
    return [place for s in found for place in spans(s, text)]


def spans(source: dict[str, Any], text: str) -> list[tuple[int, int]]:
    if source.get("span"):
        start, end = source["span"]
        return [(int(start), int(end))]
    return places(source["quote"], text)


def places(quote: str, text: str) -> list[tuple[int, int]]:
    return [(m.start(), m.end()) for m in re.finditer(re.escape(quote), text)]


def asked_about(draft: dict[str, Any]) -> dict[str, set[str]]:
    asked: dict[str, set[str]] = {}
    ids = [m["id"] for m in draft.get("measures", [])]
    for question in draft.get("questions", []):
        path = re.sub(r"\[(\d+)\]", r".\1", question.get("path", ""))
        if not path.startswith("measures."):
            continue
        rest = path.removeprefix("measures.")
        id = next((i for i in sorted(ids, key=len, reverse=True) if rest == i or rest.startswith(f"{i}.")), None)
        if id is None and (at := re.match(r"\d+", rest)) and int(at[0]) < len(ids):
            id, rest = ids[int(at[0])], rest.replace(at[0], ids[int(at[0])], 1)
        if id is None:
            continue
        parts = rest.removeprefix(id).strip(".").split(".")
        name = "value" if parts[0] == "goods" and parts[-1] == "value" else PATHS.get(parts[0])
        if name:
            asked.setdefault(id, set()).add(name)
    return asked


def loose(draft: dict[str, Any], found: list[Drafted], taken: set[int]) -> list[dict[str, Any]]:
    """The questions on measures that belong to no paired or asserted entry: those that ask whether there is one."""
    closed = [it.id for j, it in enumerate(found) if j in taken or it.state("status") != "asked"]
    other = ("as_of", "demands", "statements", "parties", "delegations", "dates", "forecasts", "agreements", "world")
    return [
        q
        for q in draft.get("questions", [])
        if not q["path"].startswith(other)
        and not any(re.match(rf"measures\.{re.escape(id)}(\.|$)", q["path"]) for id in closed)
    ]


def number(given: Any) -> float | None:
    found = re.search(r"-?\d+(?:\.\d+)?", str(given))
    return None if found is None else float(found[0]) * (1 if "%" in str(given) or float(found[0]) == 0 else 100)


def drafted(draft: dict[str, Any], text: str, day: str) -> list[Drafted]:
    asked, result = asked_about(draft), []
    for m in draft.get("measures", []):
        goods = {k: v for k, v in (m.get("goods") or {}).items() if k not in ("value", "basis", "hs", "notes")}
        if m.get("goods") and not goods:
            goods = {"all": "true"}
        key = next((k for k in ("add", "set", "total") if m.get(k) not in (None, "", "null")), None)
        rate: Any = None if key is None else number(m[key])
        codes = goods.get("codes") or []
        rates = {c[k] for c in codes if isinstance(c, dict) for k in ("add", "set", "total") if k in c}
        if rate is None and len(rates) == 1:
            rate = number(rates.pop())
        if rate is None and m.get("specific"):
            rate, key = f"unit {m['specific']}", "specific"
        on = m.get("on")
        on = [on] if isinstance(on, str) else on
        values = {
            "by": none(m.get("by")),
            "on": on if on and on != ["null"] else None,
            "status": effective(m, day),
            "rate": rate,
            "goods": goods or None,
            "value": none((m.get("goods") or {}).get("value")),
            "day": none(m.get("from")) or none(m.get("earliest")),
        }
        curb = any(m.get(k) for k in ("import", "export", "quota")) and not (key or rates)
        result.append(Drafted(m["id"], values, asked.get(m["id"], set()), spans_of(m, text), key, curb))
    return result


def none(value: Any) -> Any:
    return None if value in (None, "", "null", "~") else value


def effective(m: dict[str, Any], day: str) -> str | None:
    status = none(m.get("status"))
    if status == "in-force":
        if none(m.get("until")) and m["until"] < day:
            return "ended"
        for time in m.get("suspended") or []:
            if isinstance(time, dict) and time.get("from", "") <= day <= (none(time.get("until")) or "9999"):
                return "suspended"
    return status


# ---- whether a field is right ----------------------------------------------------------------------------------


def right(name: str, record: dict[str, Any], it: Drafted) -> bool:
    """Whether what the draft asserts for a field is what the label has."""
    given = it.values[name]
    match name:
        case "by":
            return given in [record["by"], *record.get("by_ok", [])]
        case "on":
            if "on_any" in record:
                return True
            return set(given) in [set(some) for some in [record["on"], *record.get("on_ok", [])]]
        case "status":
            if given == "in-force" and record["life"] == "threatened" and it.values["day"] == record.get("day"):
                return "day" in record
            return given in {record["status"], *record.get("status_ok", [])} | MORE.get(record["life"], set())
        case "rate":
            return rate_right(record, given)
        case "goods":
            return goods_right(record, given)
        case "value":
            known = [record[k] for k in ("value",) if k in record] + list(record.get("value_ok", []))
            return any(money(given) == money(k) for k in known)
    return given in [*([record["day"]] if "day" in record else []), *record.get("day_ok", [])]


def rate_right(record: dict[str, Any], given: Any) -> bool:
    if isinstance(given, str):
        return "unit" in record and number(given) == number(record["unit"])
    known = [record[k] for k in ("rate", "rate_opt") if k in record] + list(record.get("rate_ok", []))
    return any(abs(given - (number(k) or 0.0)) < 1e-6 for k in known)


def goods_right(record: dict[str, Any], given: dict[str, Any]) -> bool:
    if "goods_open" in record or record.get("hs") == "none" or record["goods"] == "none":
        return False
    if record["hs"] == "all":
        return given.get("all") == "true"
    if "codes" in given:
        codes = [re.sub(r"\D", "", c["hs"] if isinstance(c, dict) else str(c)) for c in given["codes"]]
        may = [*record["hs"], *record.get("hs_may", [])]
        fits = [(c, p) for c in codes for p in may if c.startswith(p) or (p.startswith(c) and len(c) >= 4)]
        reached = {p for _, p in fits}
        return {c for c, _ in fits} == set(codes) and set(record["hs"]) <= reached
    return bool(given.get("sectors")) and set(given["sectors"]) == set(record.get("sectors", []))


def money(given: str) -> tuple[float, str]:
    found = re.match(r"(?:USD\s*)?([\d.]+)\s*(bn|mn|m|k|tn)?\s*([A-Z]{3})?", given)
    if found is None:
        return (0.0, given)
    times = {"k": 1e-3, "mn": 1, "m": 1, "bn": 1e3, "tn": 1e6, None: 1e-6}[found[2]]
    return (round(float(found[1]) * times, 6), found[3] or "USD")


def says(record: dict[str, Any], name: str) -> bool:
    """Whether the text gives a field, so that a draft needs no question."""
    if name in ("by", "on", "status"):
        return True
    if name == "goods":
        return not ("goods_open" in record or record.get("hs") == "none" or record["goods"] == "none")
    if name == "rate":
        return "rate" in record or "unit" in record
    return name in record and f"{name}_optional" not in record


def wrong(record: dict[str, Any], it: Drafted, names: tuple[str, ...] = MAIN) -> list[str]:
    return [n for n in names if it.state(n) == "asserted" and not right(n, record, it)]


# ---- pairing ---------------------------------------------------------------------------------------------------


def overlaps(ours: list[tuple[int, int]], theirs: list[tuple[int, int]]) -> bool:
    return any(2 * (min(b, d) - max(a, c)) >= min(b - a, d - c) for (a, b), (c, d) in itertools.product(ours, theirs))


def at(record: dict[str, Any], text: str) -> list[tuple[int, int]]:
    return [place for quote in [record["quote"], *record.get("also", [])] for place in places(quote, text)]


def agreement(name: str, record: dict[str, Any], it: Drafted) -> float:
    """How far a field speaks for the pair: a question for it less than the right answer."""
    state = it.state(name)
    return float(right(name, record, it)) if state == "asserted" else {"asked": 0.4, "absent": 0.0}[state]


def paired(records: list[dict[str, Any]], found: list[Drafted], text: str) -> dict[int, int]:
    """Record → draft measure, one to one, so that most fields agree."""
    if not records or not found:
        return {}
    gain = [[0.0] * len(found) for _ in records]
    for i, record in enumerate(records):
        for j, it in enumerate(found):
            if not overlaps(at(record, text), it.spans):
                continue
            points = sum((3 if name in MAIN else 1) * agreement(name, record, it) for name in FIELDS)
            if "optional" in record and not fits_optional(record, it):
                continue
            gain[i][j] = 4 + points + (0 if "optional" in record else 2)
    rows, columns = linear_sum_assignment([[-g for g in row] for row in gain])
    return {int(i): int(j) for i, j in zip(rows, columns, strict=True) if gain[i][j] > 0}


def fits_optional(record: dict[str, Any], it: Drafted) -> bool:
    return not wrong(record, it, ("by", "on", "status"))


def is_split(it: Drafted, first: Drafted, record: dict[str, Any]) -> bool:
    """Whether a second entry tells a part of a record: other goods, or some of its sides."""
    if wrong(record, it, ("by", "status", "rate")) or it.values["on"] is None:
        return False
    part = set(it.values["on"]) <= set(record["on"])
    other = it.values["goods"] != first.values["goods"] or set(it.values["on"]).isdisjoint(first.values["on"] or [])
    return part and other


# ---- scoring ---------------------------------------------------------------------------------------------------


@dataclass
class Tally:
    n: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        self.lines.append(text)


def score_text(key: dict[str, Any], text: str, tally: Tally, keep: Path | None) -> None:
    draft, refused = draft_of(text, key["text"], key["date"])
    if keep is not None:
        keep.mkdir(exist_ok=True, parents=True)
        (keep / f"{key['text']}.yaml").write_text(yaml.safe_dump(draft, allow_unicode=True, sort_keys=False), "utf-8")
    found = drafted(draft, text, key["date"])
    records = list(key["records"])
    pairs = paired(records, found, text)
    n = tally.n
    n["texts"] += 1
    n["questions"] += len(draft.get("questions", []))
    n["most questions"] = max(n["most questions"], len(draft.get("questions", [])))
    tally.say(f"== {key['text']}: {len(found)} drafted, {len(draft.get('questions', []))} questions {refused}")
    pointed = [place for q in loose(draft, found, set(pairs.values())) for place in spans_of(q, text)]
    for i, record in enumerate(records):
        it = found[pairs[i]] if i in pairs else None
        if it is not None:
            merge_split(record, it, found, set(pairs.values()), text)
        if "optional" in record:
            n["optional matched"] += it is not None
            continue
        count_record(record, it, overlaps(places(record["quote"], text), pointed), tally)
    count_rest(key, records, pairs, found, text, tally)


def merge_split(record: dict[str, Any], it: Drafted, found: list[Drafted], taken: set[int], text: str) -> None:
    """Sides told in several entries are those of the record together."""
    for j, other in enumerate(found):
        sides = it.values["on"]
        split = j not in taken and overlaps(at(record, text), other.spans) and is_split(other, it, record)
        if split and sides is not None and set(sides) <= set(record["on"]):
            it.values["on"] = sorted({*it.values["on"], *other.values["on"]})


def count_record(record: dict[str, Any], it: Drafted | None, pointed: bool, tally: Tally) -> None:
    n = tally.n
    n["records"] += 1
    full = all(says(record, name) for name in ("rate", "goods"))
    n["told in full"] += full
    if it is None:
        n["found or asked"] += pointed
        tally.say(
            f"   missed{' (a question points at it)' if pointed else ''}: {record['id']} {record['quote'][:70]!r}"
        )
        return
    n["drafted"] += 1
    for name in FIELDS:
        state = it.state(name)
        n[f"{state} {name}"] += 1
        if state == "asserted":
            n[f"right {name}"] += right(name, record, it)
        if state == "asked" and not says(record, name):
            n["asked, not in the text"] += 1
    bad = wrong(record, it, FIELDS)
    n["found or asked"] += not [name for name in bad if name in MAIN] or pointed
    how = record.get("how", "either")
    if it.state("rate") == "asserted" and how in ("add", "set") and it.rate_key in ("add", "set", "total"):
        n["how told"] += 1
        n["how right"] += it.rate_key in [how, *record.get("how_ok", [])] or "rate_ok" in record
    for title, names in (("full", FIELDS), ("full but day", FIELDS[:-1]), ("full but goods and day", (*MAIN, "value"))):
        well = all(it.state(x) == "asserted" for x in names if says(record, x)) and not set(bad) & set(names)
        n[title] += well
        n[f"{title}, told in full"] += well and full
    n["full, nothing asked"] += (
        all(it.state(x) == "asserted" for x in FIELDS if says(record, x)) and not bad and not it.asked
    )
    tally.say(
        f"   {'ok   ' if not bad else 'wrong'} {record['id']}: {', '.join(bad) or '-'}; "
        f"asked {', '.join(sorted(it.asked)) or '-'}" + "".join(f"; {b} {it.values[b]!r}" for b in bad)
    )


def count_rest(
    key: dict[str, Any],
    records: list[dict[str, Any]],
    pairs: dict[int, int],
    found: list[Drafted],
    text: str,
    tally: Tally,
) -> None:
    """What is drafted and belongs to no record: false, unless its status is asked or it tells of a curb."""
    n = tally.n
    curbs = [place for c in key["left_out"] for place in places(c["quote"], text)]
    nones = [(c["why"], places(c["quote"], text)) for c in key["none"]]
    for j, it in enumerate(found):
        n["entries"] += 1
        if j in pairs.values():
            continue
        near = [i for i in pairs if overlaps(at(records[i], text), it.spans)]
        if it.curb and overlaps(curbs, it.spans):
            n["curbs drafted"] += 1
        elif any(is_split(it, found[pairs[i]], records[i]) for i in near):
            n["split entries"] += 1
        elif it.state("status") == "asked":
            n["idle questions"] += 1
        else:
            why = [w for w, where in nones if overlaps(where, it.spans)]
            kind = (
                why[0]
                if why
                else "second entry"
                if near
                else "curb"
                if overlaps(curbs, it.spans)
                else "optional wrong or no measure"
            )
            n["false"] += 1
            n[f"false: {kind}"] += 1
            where = text[it.spans[0][0] : it.spans[0][1]][:80] if it.spans else ""
            tally.say(f"   FALSE ({kind}): {it.id} {it.values['status']} {it.values['rate']} {where!r}")


def report(n: Counter[str]) -> str:
    lines = [
        f"{n['texts']} texts, {n['records']} required measures ({n['told in full']} with rate and goods in the text), "
        f"{n['entries']} entries drafted, {n['questions']} questions (at most {n['most questions']} a text)",
        "",
        "asserted fields right (required measures that are drafted):",
    ]
    for name in FIELDS:
        line = f"  {name:7} {wilson(n[f'right {name}'], n[f'asserted {name}'])}"
        lines.append(f"{line:48} asked {n[f'asked {name}']}, absent {n[f'absent {name}']}")
    every = {k: sum(n[f"{k} {name}"] for name in FIELDS) for k in ("right", "asserted", "asked")}
    main = {k: sum(n[f"{k} {name}"] for name in MAIN) for k in ("right", "asserted", "asked")}
    lines += [
        f"  by, on, status, rate together  {wilson(main['right'], main['asserted'])}",
        f"  all seven together             {wilson(every['right'], every['asserted'])}",
        f"  add or set, where the text says which  {wilson(n['how right'], n['how told'])}",
        "",
        f"fields asked, of seven:                {wilson(every['asked'], every['asked'] + every['asserted'])}",
        f"fields asked, of by, on, status, rate: {wilson(main['asked'], main['asked'] + main['asserted'])}",
        f"  of the asked, not in the text: {n['asked, not in the text']}",
        "",
        f"fully right, no field that the text gives asked:  {wilson(n['full'], n['records'])}",
        f"  of those with rate and goods in the text:       {wilson(n['full, told in full'], n['told in full'])}",
        f"  but day:                                        {wilson(n['full but day'], n['records'])}",
        f"  but goods and day (by, on, status, rate, value): {wilson(n['full but goods and day'], n['records'])}",
        f"  no question about any field at all:             {wilson(n['full, nothing asked'], n['records'])}",
        "",
        f"drafted at all:  {wilson(n['drafted'], n['records'])}",
        f"found or asked:  {wilson(n['found or asked'], n['records'])}",
        f"false measures:  {n['false']} of {n['entries']} entries  "
        + ", ".join(f"{k.removeprefix('false: ')} {v}" for k, v in sorted(n.items()) if k.startswith("false: ")),
        f"neutral: optional measures {n['optional matched']}, parts {n['split entries']}, "
        f"curbs {n['curbs drafted']}, idle questions {n['idle questions']}",
    ]
    return "\n".join(lines)


def scored(folder: Path, drafts: Path | None = None) -> Tally:
    """The counts over every text of a folder; the drafts are kept in another where one is given."""
    tally = Tally()
    for path in sorted(folder.glob("*.yaml")):
        key = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)
        score_text(key, path.with_suffix(".txt").read_text("utf-8"), tally, drafts)
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--detail", action="store_true", help="say what was right and wrong in each text")
    parser.add_argument("--drafts", type=Path, help="keep the drafts here")
    given = parser.parse_args()
    tally = scored(given.folder, given.drafts)
    if given.detail:
        print("\n".join(tally.lines), end="\n\n")
    print(report(tally.n))


if __name__ == "__main__":
    main()
