"""A report says nothing twice: notes, paragraphs and tables that stand in it already are left out further down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from detente.report.blocks import Block, Bullets, Section, Table, Text


def told_once(sections: Sequence[Section], said: Iterable[str] = ()) -> tuple[Section, ...]:
    """The sections without texts, items of lists and tables that stand before them; `said` stands above them all.

    A line that ends in a colon goes with the list that it announces, and a section with its last block, unless others
    stand under it.
    """
    seen: set[object] = set(said)
    kept = [replace(section, blocks=_announced(tuple(_new(section.blocks, seen)))) for section in sections]
    followed = [*(section.inner for section in kept[1:]), False]
    return tuple(
        section
        for section, inner in zip(kept, followed, strict=True)
        if section.blocks or (inner and not section.inner)
    )


def _new(blocks: Sequence[Block], seen: set[object]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Bullets):
            items = tuple(item for item in dict.fromkeys(block.items) if item not in seen)
            seen.update(items)
            if items:
                yield replace(block, items=items)
            continue
        key: object = None
        if isinstance(block, Table):
            key = block.caption, block.head, block.rows
        elif isinstance(block, Text) and not block.text.endswith(":"):
            key = block.text
        if key is None or key not in seen:
            yield block
        if key is not None:
            seen.add(key)


def _announced(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Without lines that announce a list which is not there."""
    return tuple(
        block
        for block, following in zip_longest(blocks, blocks[1:])
        if not (
            isinstance(block, Text)
            and block.text.endswith(":")
            and (following is None or (isinstance(following, Text) and following.text.endswith(":")))
        )
    )


def common_stamp(sections: Iterable[Section]) -> str:
    """The line under most tables that says how their numbers were made; empty where no table has one."""
    stamps = Counter(
        block.stamp for section in sections for block in section.blocks if isinstance(block, Table) and block.stamp
    )
    return stamps.most_common(1)[0][0] if stamps else ""
