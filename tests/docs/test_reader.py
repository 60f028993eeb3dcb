"""What a page says is read as a person would read it, and a page that is wrong is found out."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from pages import Block, blocks, matches
from reader import Prompt, commands, follow, understood

NOT_UNDERSTOOD = typer.BadParameter.__mro__[1]
"""What typer raises for an option it does not know; it gives that exception no public name."""


def test_a_block_is_found_with_its_line_its_file_and_without_its_indent() -> None:
    page = "one\n\n- item\n\n  ```python\n  a = 1\n\n  b = 2\n  ```\n\n```text\nx\n```\n"
    page += '```yaml title="a.yaml"\ny: 1\n```\n'
    assert blocks(page) == [
        Block("python", "a = 1\n\nb = 2\n", 6),
        Block("text", "x\n", 12),
        Block("yaml", "y: 1\n", 15, "a.yaml"),
    ]


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ("a\nb", "a\nb\n", True),
        ("a\n...\nz", "a\nb\nc\nz\n", True),
        ("a\nb", "   \na  \nb\n\n", True),
        ("a\n\nb", "a\nb\n", False),
        ("a", "b", False),
        ("a\n...", "b\na", False),
        ("1.0", "110", False),
    ],
)
def test_printed_text_is_compared(expected: str, printed: str, same: bool) -> None:
    assert matches(expected, printed) is same


def test_commands_have_what_they_print_and_may_go_on() -> None:
    block = Block("console", "$ a --b \\\n    c\nout\n$ echo $?\n0\n", 1)
    assert commands(block) == [("a --b c", "out\n"), ("echo $?", "0\n")]


GOOD = """
```csv title="a.csv"
1,2
```

```console
$ mkdir deeper
$ cat a.csv
1,2
$ ls nothing 2> /dev/null || exit 3
$ echo $?
3
```

```python
from pathlib import Path

print(Path("a.csv").read_text())
```

```text
1,2
```
"""


def follow_text(tmp_path: Path, text: str) -> None:
    (tmp_path / "page.md").write_text(text, "utf-8")
    (tmp_path / "Makefile").write_text("demo:\n", "utf-8")
    follow(tmp_path, "page.md", tmp_path)


def test_a_page_is_followed_from_top_to_bottom(tmp_path: Path) -> None:
    here = Path.cwd()
    follow_text(tmp_path, GOOD)
    assert Path.cwd() == here


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("$ cat a.csv\n1,2", "$ cat a.csv\n1,3"),
        ("```text\n1,2", "```text\n1,3"),
        ("$ echo $?\n3", "$ echo $?\n2"),
        ("$ echo $?\n3\n", ""),
        ("$ mkdir deeper", "$ make nothing"),
    ],
)
def test_a_page_that_is_wrong_is_found_out(tmp_path: Path, right: str, wrong: str) -> None:
    assert right in GOOD
    with pytest.raises(AssertionError, match=r"page\.md, line"):
        follow_text(tmp_path, GOOD.replace(right, wrong))


def test_a_command_is_read_without_running_it() -> None:
    understood("detente run us-china-2018 --json > findings.json")
    understood("detente --version")
    for wrong in ("detente run us-china-2018 --jason", "detente run"):
        with pytest.raises(NOT_UNDERSTOOD):
            understood(wrong)
    with pytest.raises(AssertionError, match="no command"):
        understood("detente walk us-china-2018")


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [("for k in 1, 2:\n    k\nprint(k)\n", "line by line"), ("def f(:\n", "line by line"), ("1 / 0\n", "raises")],
)
def test_a_tutorial_s_python_is_typed_line_by_line(typed: str, wrong: str) -> None:
    with pytest.raises(AssertionError, match=wrong):
        Prompt({}).type(Block("python", typed, 1), "page.md")


def test_what_a_prompt_shows(capsys: pytest.CaptureFixture[str]) -> None:
    Prompt({}).type(Block("python", "for k in 1, 2:\n    print(k)\n\nk + 1\n", 1), "page.md")
    assert capsys.readouterr().out == "1\n2\n3\n"
