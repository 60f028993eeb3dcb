"""The canonical text of a dispute: keys in the order of the schema, defaults left out, written as a person would."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import yaml

_WIDTH: Final = 110
"""Characters a line; longer text is folded."""
_ON_ONE_LINE: Final = 90
"""Characters: a set of plain values that is shorter stands on one line."""
_SHORT: Final = 12
"""Characters: lists of codes and other short words run on over lines instead of one word a line."""
_BREAKS: Final = re.compile(r"[^\S ]|[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_TEXT: Final = "tag:yaml.org,2002:str"
_QUOTED_KINDS: Final = {"tag:yaml.org,2002:null", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float"}
"""Text that another reader would take for one of these stands in quotes. `on`, `no` and dates do not: nothing here
reads them as anything but text, and a person writes them plain."""


class _Writer(yaml.SafeDumper):
    """SafeDumper that puts short sets of plain values on one line, and never writes an anchor."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the name and its shape are PyYAML's
        first: [(tag, pattern) for tag, pattern in resolvers if tag in _QUOTED_KINDS]
        for first, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
    }

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        node = super().represent_mapping(tag, mapping, flow_style)
        node.flow_style = _fits([part for pair in node.value for part in pair])
        return node

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        node = super().represent_sequence(tag, sequence, flow_style)
        words = all(isinstance(part, yaml.ScalarNode) and len(part.value) <= _SHORT for part in node.value)
        node.flow_style = words or _fits(node.value)
        return node


def _text(writer: _Writer, text: str) -> yaml.ScalarNode:
    """Text as a scalar; with any break or control character in double quotes, where each is spelled out."""
    return writer.represent_scalar(_TEXT, text, '"' if _BREAKS.search(text) else None)


_Writer.add_representer(str, _text)
_Writer.add_representer(bool, lambda writer, value: writer.represent_scalar(_TEXT, "true" if value else "false"))
_Writer.add_representer(date, lambda writer, day: writer.represent_scalar(_TEXT, day.isoformat()))


def _fits(parts: list[yaml.Node]) -> bool:
    """Whether plain values are few enough to stand on one line."""
    if not all(isinstance(part, yaml.ScalarNode) for part in parts):
        return False
    return sum(len(part.value) + 2 for part in parts) <= _ON_ONE_LINE


def write_yaml(values: Mapping[str, Any]) -> str:
    """YAML that `load_text` reads back to the same text, value by value."""
    return yaml.dump(
        dict(values), Dumper=_Writer, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=False
    )
