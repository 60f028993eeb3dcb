"""Links between pages resolve, and the pages that promise something keep it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pages import anchors, links, page_paths

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("page", [str(path.relative_to(ROOT)) for path in page_paths(ROOT)])
def test_internal_links_resolve(root: Path, page: str) -> None:
    path = root / page
    broken = []
    for target in links(path.read_text("utf-8")):
        if re.match(r"https?:|mailto:", target):
            continue
        name, _, anchor = target.partition("#")
        aim = path.parent / name if name else path
        if not aim.exists() or (anchor and aim.suffix == ".md" and anchor not in anchors(aim.read_text("utf-8"))):
            broken.append(target)
    assert broken == []


def test_the_changelog_lists_numbers_that_moved(root: Path) -> None:
    text = (root / "CHANGELOG.md").read_text("utf-8")
    releases = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert releases
    assert [release.splitlines()[0] for release in releases if "\n### Numbers that moved\n" not in release] == []


def test_the_model_page_names_the_function_of_each_equation(root: Path) -> None:
    page = (root / "docs/model.md").read_text("utf-8")
    functions = re.findall(
        r"^def ([a-z]\w+)\(", (root / "src/detente/model/equations.py").read_text("utf-8"), re.MULTILINE
    )
    assert functions
    assert [name for name in functions if f"`{name}`" not in page] == []


def test_the_readme_keeps_its_form(root: Path) -> None:
    lines = (root / "README.md").read_text("utf-8").splitlines()
    code = lines[lines.index("```python") + 1 :]
    code = [line for line in code[: code.index("```")] if line]
    assert any(re.match(r"import detente\b", line) for line in lines[:30]), "the import comes by line 30"
    assert len(code) <= 8, "eight lines of Python"
    pictures = [target for target in links("\n".join(lines)) if target.endswith((".svg", ".png"))]
    assert len(pictures) == 1


def test_the_picture_shows_what_the_readme_prints(root: Path) -> None:
    """The printed numbers are run by test_code_blocks, so the picture is as current as they are."""
    printed = re.search(
        r"^all-threats-answered +USA (\S+)%  CHN (\S+)% ", (root / "README.md").read_text("utf-8"), re.M
    )
    assert printed is not None
    picture = (root / "docs/img/us-china-2018.svg").read_text("utf-8").replace("−", "-")
    shown = set(re.findall(r"-\d\.\d+(?=\s%)", picture))
    assert set(printed.groups()) <= shown, "run tools/picture.py"


def test_links_and_anchors_are_read_from_a_page() -> None:
    page = "# The model's (1) parts\n\n[a](b.md#c) `[not](a.md)` ![p](img/p.svg)\n\n```text\n[not](x.md)\n```\n"
    assert links(page) == ["b.md#c", "img/p.svg"]
    assert anchors(page) == {"the-models-1-parts"}


def test_every_decision_has_its_own_number(root: Path) -> None:
    numbers = [path.name[:4] for path in sorted((root / "docs/decisions").glob("*.md"))]
    assert len(numbers) == len(set(numbers))
    assert all(number.isdigit() for number in numbers)
