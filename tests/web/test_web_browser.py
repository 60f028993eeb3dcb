"""The page in a real browser, as a person uses it: by mouse, by keyboard, on a phone, without JavaScript."""

from __future__ import annotations

import csv
import io
import json
import re
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from web_lab import Served, small

from browser_lab import answered, fits, launched, profile, serious
from detente import run
from detente.analyses.run.headlines import headline
from detente.analyses.run.result import Findings
from detente.dispute.schema import Dispute
from detente.errors import BadTable
from detente.policy.lists import read_list

PHONE = {"viewport": {"width": 390, "height": 844}}
DESK = {"viewport": {"width": 1280, "height": 900}}
PARTS = ("who-loses", "sectors", "prices", "third-countries", "method")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = launched(playwright)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, server: Served) -> Iterator[Page]:
    with profile(browser, server.url, **DESK) as opened:
        yield opened


def fill(page: Page) -> None:
    """The threat of May 2018, in an empty form."""
    page.goto("/new")
    page.get_by_label("Economy that imposes the duty").select_option(label="United States")
    page.get_by_label("Economy whose goods are taxed").select_option(label="China")
    page.get_by_label("Goods worth an amount").check()
    page.get_by_label("Value per year").fill("50bn")
    page.get_by_label("Added duty").fill("25%")
    page.get_by_label("Not before").fill("2018-05-23")
    page.get_by_label("The other side answers").select_option("value")
    page.get_by_text("The day, the world, and how it is computed").click()
    page.get_by_label("Day of the dispute").fill("2018-05-04")


@pytest.fixture(scope="module")
def answer(browser: Browser, server: Served) -> str:
    """The address of the answer to that threat, run from the form."""
    with profile(browser, server.url, **DESK) as page:
        fill(page)
        page.get_by_role("button", name="Run it").click()
        return re.sub(r"\?.*", "", answered(page).url)


def downloaded(page: Page, link: str) -> bytes:
    with page.expect_download() as waiting:
        page.locator(f'a[download][href$="{link}"]').first.click()
    return Path(waiting.value.path()).read_bytes()


def test_the_threat_of_may_2018_from_an_empty_form_has_the_numbers_of_the_command_line(page: Page, answer: str) -> None:
    page.goto(answer)
    page.locator("#downloads > summary").click()
    page.locator("#share > summary").click()
    dispute = Dispute.parse(downloaded(page, "/dispute.yaml"))
    assert str(dispute.measures[0].goods) == "USD 50bn"
    findings = run(dispute)
    assert downloaded(page, "/result.json") == findings.to_json().encode()
    expect(page.locator(".headline")).to_have_text(headline(findings))
    incomes = findings["threat-answered"].tables["economies"].set_index("economy")["real_income"]
    shown = page.locator(".figures li").filter(has_text="United States").locator(".change").inner_text()
    assert float(shown.replace("−", "-").rstrip("\u00a0%")) == pytest.approx(float(incomes["USA"]) * 100, rel=0.05)


def test_every_part_can_be_read_and_the_address_follows(page: Page, answer: str) -> None:
    page.goto(answer)
    for part in PARTS:
        page.locator(f"#tab-{part}").click()
        expect(page.locator(f"#tab-{part}")).to_have_attribute("aria-current", "page")
        expect(page.locator("#panel h3").first).to_be_visible()
        expect(page).to_have_url(re.compile(f"tab={part}"))
    page.go_back()
    expect(page.locator("#tab-third-countries")).to_have_attribute("aria-current", "page")


def test_another_state_can_be_looked_at(page: Page, answer: str) -> None:
    page.goto(answer)
    page.get_by_label("State of the dispute").select_option("threat")
    expect(page.locator("#panel p").first).not_to_contain_text("answered")
    expect(page).to_have_url(re.compile("state=threat"))


def test_a_link_in_a_fresh_profile_gives_the_same_numbers(browser: Browser, server: Served, answer: str) -> None:
    seen = []
    for options in (DESK, PHONE):
        with profile(browser, server.url, **options) as page:
            page.goto(answer)
            page.locator("#share > summary").click()
            assert page.locator("#link").input_value() == answer
            seen.append((page.locator(".figures").inner_text(), page.locator("#share code").last.text_content()))
    assert seen[0] == seen[1]


def test_a_list_with_a_bad_code_is_told_beside_its_field_in_the_words_of_the_command_line(
    page: Page, tmp_path: Path
) -> None:
    path = tmp_path / "goods.csv"
    path.write_text("hs6,value,rate\n854231,1.2bn,25%\n87032,1bn,25%\n", "utf-8")
    with pytest.raises(BadTable) as caught:
        read_list(path)
    fill(page)
    page.get_by_label("A list of product codes").check()
    page.locator("#list").set_input_files(path)
    page.get_by_role("button", name="Run it").click()
    field = page.locator("#list")
    expect(field).to_have_attribute("aria-invalid", "true")
    beside = page.locator(f"#{(field.get_attribute('aria-describedby') or '').split()[-1]}")
    assert " ".join(beside.inner_text().split()) == " ".join(str(caught.value).split())
    assert page.get_by_label("Added duty").input_value() == "25%"  # what was typed is still there
    assert serious(page) == []


def test_a_list_is_run(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "goods.csv"
    path.write_text("hs6,value\n854231,1.2bn\n870323,1bn\n", "utf-8")
    fill(page)
    page.get_by_label("A list of product codes").check()
    page.locator("#list").set_input_files(path)
    page.get_by_role("button", name="Run it").click()
    expect(answered(page).locator("#parts")).to_contain_text("2 product codes")


def test_every_format_can_be_downloaded_and_opened(page: Page, answer: str) -> None:
    page.goto(answer)
    page.locator("#downloads > summary").click()
    findings = Findings.from_json(downloaded(page, "/result.json").decode())
    expected = findings.tables()["economies"]["real_income"]
    lines = csv.DictReader(downloaded(page, "/economies.csv").decode().splitlines())
    assert [float(line["real_income"]) for line in lines] == expected.tolist()
    parquet = pd.read_parquet(io.BytesIO(downloaded(page, "/economies.parquet")))
    sheet = pd.read_excel(io.BytesIO(downloaded(page, "/economies.xlsx")))
    assert parquet["real_income"].tolist() == expected.tolist()
    assert sheet["real_income"].tolist() == pytest.approx(expected.tolist(), rel=1e-14)  # a workbook keeps 16 digits
    assert "\\begin{tabular}" in downloaded(page, "/economies.tex").decode()
    assert json.loads(downloaded(page, "/economies.json"))["real_income"]["values"] == expected.tolist()
    assert (
        "economies" in openpyxl.load_workbook(io.BytesIO(downloaded(page, "/tables.xlsx")), read_only=True).sheetnames
    )
    assert downloaded(page, "/map.svg").startswith(b"<svg")
    assert downloaded(page, "/map.png").startswith(b"\x89PNG")
    assert downloaded(page, "/report.md").startswith(b"# ")


def test_one_thing_is_changed_and_both_stand_side_by_side(page: Page, answer: str) -> None:
    page.goto(answer)
    page.locator("#change > summary").click()
    page.get_by_label("Rate: USA on CHN").fill("fifty")
    page.get_by_role("button", name="Run it and compare").click()
    expect(page.locator("#problem")).to_contain_text("'fifty' is not a rate")
    page.get_by_label("Rate: USA on CHN").fill("50%")
    page.get_by_role("button", name="Run it and compare").click()
    page.wait_for_selector(".beside")
    expect(page.locator("main")).to_contain_text("measures.threat.add: 25% → 50%")
    sides = page.locator(".beside .figures")
    assert sides.nth(0).inner_text() != sides.nth(1).inner_text()
    assert serious(page) == []


def test_a_chart_can_be_explored_under_the_content_policy(page: Page, answer: str) -> None:
    page.goto(answer)
    figure = page.locator('figure[data-name="map"]')
    figure.get_by_role("button", name="Explore").click()
    expect(figure.locator(".live svg")).to_have_attribute("role", "img")
    figure.locator('.live svg path[aria-label*="Economy: China"]').first.hover()
    expect(page.locator("#vg-tooltip-element")).to_contain_text("Economy")


def test_a_fault_in_the_text_has_its_line(page: Page) -> None:
    page.goto("/text?case=us-china-2018")
    text = page.get_by_label("The dispute").input_value()
    page.get_by_label("The dispute").fill(text.replace("world: icio-2017", "world: icio-2071"))
    page.get_by_role("button", name="Run it").click()
    expect(page.locator("#problem")).to_contain_text("line 5 world")
    expect(page.locator("#problem")).to_be_focused()
    assert serious(page) == []


def test_a_bundled_case_has_the_json_of_the_command_line(page: Page) -> None:
    page.goto("/")
    page.locator("form[action='/cases/us-china-2018']").get_by_role("button").click()
    answered(page)
    page.locator("#downloads > summary").click()
    assert downloaded(page, "/result.json") == run(Dispute.read("us-china-2018")).to_json().encode()


def test_a_war_is_offered_and_can_be_stopped(page: Page, answer: str) -> None:
    page.goto(f"{answer}?tab=war")
    page.get_by_role("button", name="Compute it").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    assert serious(page) == []
    page.get_by_role("button", name="Stop it").click()
    expect(page.get_by_role("status")).to_have_text("Stopped.")


@pytest.mark.parametrize("options", [PHONE, pytest.param(DESK, marks=pytest.mark.slow)], ids=["phone", "desk"])
def test_no_page_is_wider_than_its_window_or_has_a_serious_fault(
    browser: Browser, server: Served, answer: str, options: dict[str, object]
) -> None:
    with profile(browser, server.url, **options) as page:
        for place in (
            "/",
            "/new",
            "/text",
            "/read",
            "/enter",
            answer,
            *(f"{answer}?tab={part}" for part in (*PARTS, "war", "markets", "bands")),
        ):
            page.goto(place)
            for details in page.locator("main details").all():
                details.evaluate("node => node.open = true")
            assert (place, fits(page), serious(page)) == (place, True, [])


def test_a_keyboard_is_enough(page: Page) -> None:
    page.goto("/new")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(40):
        focused = str(page.evaluate("document.activeElement.id"))
        if focused in ("value", "rate"):
            page.keyboard.type({"value": "1bn", "rate": "10%"}[focused])
        if page.evaluate("document.activeElement.textContent") == "Run it":
            page.keyboard.press("Enter")
            break
        page.keyboard.press("Tab")
    answered(page)
    page.locator("#tab-who-loses").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#tab-sectors")).to_have_attribute("aria-current", "page")
    expect(page.locator("#tab-sectors")).to_be_focused()


def test_without_javascript_everything_can_be_read(browser: Browser, server: Served) -> None:
    with profile(browser, server.url, java_script_enabled=False, **DESK) as page:
        page.goto("/text")
        page.get_by_label("The dispute").fill(Dispute.from_values(small(add="21%")).to_yaml())
        page.get_by_role("button", name="Run it").click()
        answered(page)
        page.get_by_role("link", name="Sectors").click()
        picture = page.locator("figure img").first
        picture.scroll_into_view_if_needed()
        assert re.match(r"Bars by sector in the United States\. .+%", picture.get_attribute("alt") or "")
        expect(picture).to_have_js_property("complete", True)
        expect(page.locator("#tab-sectors")).to_have_attribute("aria-current", "page")
        expect(page.get_by_role("button", name="Explore")).to_have_count(0)


def test_the_page_weighs_little_and_charts_are_loaded_when_they_are_seen(
    browser: Browser, server: Served, answer: str
) -> None:
    with profile(browser, server.url, **DESK) as page:
        sizes: dict[str, int] = {}
        page.on("requestfinished", lambda request: sizes.update({request.url: request.sizes()["responseBodySize"]}))
        page.goto(answer)
        page.wait_for_load_state("networkidle")
        without = {url: size for url, size in sizes.items() if "/charts/" not in url}
        print(f"page {sum(without.values()) / 1e3:.0f} kB, with the charts in sight {sum(sizes.values()) / 1e3:.0f} kB")
        assert sum(without.values()) < 70_000  # of which some 30 kB are the font
        assert not any("vega" in url for url in sizes)  # 900 kB that whoever reads does not need


def test_pictures_keep_their_room_while_they_load(page: Page, answer: str) -> None:
    page.goto(f"{answer}?tab=who-loses&whole=true")
    pictures = page.locator("figure img").all()
    assert pictures
    for picture in pictures:
        width, height = (int(picture.get_attribute(name) or 0) for name in ("width", "height"))
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", True)
        natural = picture.evaluate("image => image.naturalHeight / image.naturalWidth")
        assert height / width == pytest.approx(natural, rel=0.01)


def test_an_article_is_read_looked_at_answered_and_run(browser: Browser, server: Served) -> None:
    text = (
        "GENEVA, March 4, 2018 - The United States threatened on Monday to impose tariffs on Chinese steel worth "
        "$2 billion a year from April 1, 2018.\n\nChina wants the United States to withdraw the threat.\n"
    )
    for options in (PHONE, DESK):
        with profile(browser, server.url, **options) as page:
            page.goto("/")
            page.get_by_role("link", name="Read an article", exact=True).click()
            page.get_by_label("The text of the article").fill(text)
            page.get_by_role("button", name="Read it").click()
            expect(page.locator("mark.measure").first).to_be_visible()
            assert (fits(page), serious(page)) == (True, [])
            draft = page.get_by_label("The dispute (can be edited)")
            draft.fill(draft.input_value().replace("by: USA", "by: USB", 1))
            page.get_by_role("button", name="Run it").click()
            expect(page.locator("#problem")).to_contain_text("USB")
            draft = page.get_by_label("The dispute (can be edited)")
            draft.fill(draft.input_value().replace("by: USB", "by: USA", 1))
            page.get_by_role("button", name="Run it").click()
            expect(answered(page).locator(".figures")).to_contain_text("China")


@pytest.mark.slow
def test_a_warm_page_answers_in_a_second_and_a_half(browser: Browser, server: Served) -> None:
    """The central case with another rate each time, from the click to the headline, which stays as it is."""
    seconds = []
    central = Dispute.read("us-china-2018").to_yaml()
    with profile(browser, server.url, **DESK) as page:
        for rate in ("21.1%", "21.2%", "21.3%", "21.4%", "21.5%"):
            page.goto("/text")
            page.get_by_label("The dispute").fill(central.replace("add: 25%", f"add: {rate}"))
            start = time.perf_counter()
            page.get_by_role("button", name="Run it").click()
            page.wait_for_selector(".headline")
            seconds.append(time.perf_counter() - start)
            first = page.locator(".headline").inner_text()
            assert answered(page).locator(".headline").inner_text() == first
    print(f"from the click to the headline: {', '.join(f'{each:.2f}' for each in sorted(seconds))} s")
    assert statistics.median(seconds) < 1.5
