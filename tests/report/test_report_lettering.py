"""Charts in a browser that has the shipped font and no other: no text leaves its frame or lies on another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, sync_playwright

import detente as dt
from browser_lab import launched
from detente.analyses.run.report import document
from detente.dispute.schema import list_cases
from detente.report.dark import DARK_RULES
from detente.report.lettering import FAMILY, FONTS, face_rules, width, wrap
from detente.report.render import standalone, svg

FAULTS: Final = """
() => [...document.querySelectorAll('figure > svg')].flatMap(svg => {
  const frame = svg.getBoundingClientRect(), name = svg.parentNode.id, found = [];
  const boxes = [...svg.querySelectorAll('text')].filter(text => text.textContent.trim()).flatMap(text => {
    const lines = [...text.querySelectorAll('tspan')];
    return (lines.length ? lines : [text]).map(line => {
      const box = line.getBoundingClientRect(), blank = 0.22 * box.height;  // above and below the letters
      return {words: line.textContent, left: box.left, right: box.right, top: box.top + blank,
        bottom: box.bottom - blank};
    });
  });
  for (const box of boxes)
    if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 ||
        box.bottom > frame.bottom + 1) found.push(`${name}: outside: ${box.words}`);
  boxes.forEach((one, k) => boxes.slice(k + 1).forEach(other => {
    if (one.words !== other.words && Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1 &&
        Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 1)
      found.push(`${name}: on each other: ${one.words} | ${other.words}`);
  }));
  return found;
})
"""
"""A halo is the same words twice in one place, so that equal words may lie on each other."""
WAYS: Final = tuple((wide, medium, scheme) for wide, medium in ((390, "screen"), (1280, "screen"), (720, "print"))
                    for scheme in ("light", "dark"))  # fmt: skip


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser on a machine where no font is installed but the one that ships."""
    folder = tmp_path_factory.mktemp("fonts")
    settings = folder / "fonts.conf"
    settings.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
        f"<fontconfig><dir>{FONTS}</dir><cachedir>{folder / 'cache'}</cachedir></fontconfig>"
    )
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("FONTCONFIG_FILE", str(settings))
        opened = launched(playwright)
        yield opened
        opened.close()


def faults(browser: Browser, pictures: Mapping[str, str], ways: tuple[tuple[int, str, str], ...]) -> list[str]:
    """The texts that leave their frames or lie on others, by way of reading."""
    drawn = "".join(f"<figure id='{name}'>{picture}</figure>" for name, picture in pictures.items())
    style = "figure{margin:0 0 2rem}figure svg{display:block;width:100%;max-width:36rem;height:auto}"
    found = []
    with browser.new_page() as page:
        page.set_content(f"<!doctype html><style>{face_rules()}{style}{DARK_RULES}</style>{drawn}")
        for wide, medium, scheme in ways:
            page.set_viewport_size({"width": wide, "height": 900})
            emulated: dict[str, Any] = {"media": medium, "color_scheme": scheme}
            page.emulate_media(**emulated)
            states = page.evaluate("() => document.fonts.ready.then(faces => [...faces].map(face => face.status))")
            assert "loaded" in states
            assert "error" not in states
            found += [f"{wide} px, {medium}, {scheme}: {fault}" for fault in page.evaluate(FAULTS)]
    return found


def test_no_text_of_a_report_leaves_its_frame_or_lies_on_another(bare: Browser, pictures: dict[str, str]) -> None:
    assert faults(bare, pictures, WAYS[:1]) == []


def test_a_text_outside_its_frame_and_one_on_another_are_found(bare: Browser) -> None:
    picture = (
        '<svg viewBox="0 0 100 50" width="100" height="50" font-size="12" font-family="' + FAMILY + '">'
        '<text x="60" y="20">a long label</text><text x="5" y="20">one</text><text x="8" y="22">other</text></svg>'
    )
    told = faults(bare, {"wrong": picture}, WAYS[:1])
    assert [fault.split(": ")[2] for fault in told] == ["outside", "on each other"]


@pytest.mark.slow
@pytest.mark.parametrize("case", list_cases())
def test_no_text_of_a_bundled_case_leaves_its_frame_or_lies_on_another(bare: Browser, case: str) -> None:
    pictures = {figure.name: svg(figure.chart) for figure in document(dt.run(case)).figures}
    assert len(pictures) >= 4
    assert faults(bare, pictures, WAYS) == []


def test_the_measure_is_the_width_in_the_browser(bare: Browser) -> None:
    words = "Change in real income, −0.25 % (USD bn)"
    with bare.new_page() as page:
        page.set_content(f"<style>{face_rules()}</style><span style=\"font:600 100px '{FAMILY}'\">{words}</span>")
        page.evaluate("() => document.fonts.load(\"600 100px 'Source Sans Pro'\")")
        shown = page.evaluate("() => document.querySelector('span').getClientRects().length && (() => {"
                              "const pen = document.createElement('canvas').getContext('2d');"
                              "pen.font = \"600 100px 'Source Sans Pro'\";"
                              f"return pen.measureText('{words}').width;" "})()")  # fmt: skip
    assert width(words, 100, 600) == pytest.approx(shown, rel=0.01)  # kerning is not counted


def test_lines_keep_the_room_they_are_given() -> None:
    assert all(width(line, 13) <= 160 for line in wrap("Textiles, clothing and leather goods of every kind", 160, 13))


def test_a_picture_on_its_own_brings_its_font_and_its_dark_colours(pictures: dict[str, str]) -> None:
    alone = standalone(pictures["steps"])
    assert alone.count("@font-face") == 2
    assert "prefers-color-scheme:dark" in alone
    assert "url(data:font/woff2" in alone
    assert "http" not in alone.replace("http://www.w3.org", "")
