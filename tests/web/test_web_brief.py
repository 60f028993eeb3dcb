"""The brief in a browser: two pages of A4 or letter, for every bundled case."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

import detente as dt
from browser_lab import launched


@pytest.mark.slow
@pytest.mark.parametrize("name", dt.list_cases())
def test_a_brief_is_two_printed_pages(name: str, tmp_path: Path) -> None:
    path = dt.brief(name, accept_defaults=True).write(tmp_path / "brief.html")
    with sync_playwright() as driver:
        browser = launched(driver)
        page = browser.new_page()
        page.goto(path.as_uri())
        for size in ("A4", "Letter"):
            paper = page.pdf(format=size, print_background=True)
            assert len(re.findall(rb"/Type\s*/Page\b", paper)) <= 2, size
        browser.close()
