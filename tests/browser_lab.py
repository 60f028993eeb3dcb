"""A real browser, watched: no error on its console, no request to any other host."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 90_000
"""Milliseconds: a busy machine computes and draws slowly."""
expect.set_options(timeout=PATIENCE)


def launched(playwright: Playwright) -> Browser:
    """The browser that is on PATH; without one the test is skipped, and fails in CI."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        reason = "no chromium on PATH: `make test` installs it, or type: apt-get install chromium"
        pytest.fail(reason) if IN_CI else pytest.skip(reason)
    return playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])  # which root needs in a container


@dataclass
class Watch:
    """What a page did that it should not, and how much it fetched."""

    url: str
    told: list[str] = field(default_factory=list)
    bytes: dict[str, int] = field(default_factory=dict)

    def over(self, context: BrowserContext) -> None:
        context.on("console", lambda message: self._console(message.type, message.text))
        context.on("weberror", lambda error: self.told.append(f"error: {error.error}"))
        context.on("request", lambda request: self._request(request.url))

    def _console(self, kind: str, text: str) -> None:
        # a browser itself reports every answer that is an error, which a form with faults is on purpose
        if kind in ("error", "warning") and "422" not in text:
            self.told.append(f"{kind}: {text}")

    def _request(self, url: str) -> None:
        if urlsplit(url).netloc != urlsplit(self.url).netloc and not url.startswith(("data:", "blob:")):
            self.told.append(f"asks {url}")


@contextmanager
def profile(browser: Browser, url: str, **options: Any) -> Iterator[Page]:
    """A page in a fresh profile; at its end it has been quiet."""
    with browser.new_context(base_url=url, accept_downloads=True, **options) as context:
        context.set_default_timeout(PATIENCE)
        watch = Watch(url)
        watch.over(context)
        yield context.new_page()
        assert watch.told == []


def serious(page: Page) -> list[str]:
    """What axe calls serious or critical on the page."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']} ({each['impact']}): {json.dumps(each['nodes'][0]['target'])} {each['nodes'][0]['html'][:160]}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]


def fits(page: Page) -> bool:
    """Whether nothing makes the page wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def answered(page: Page) -> Page:
    """The page once the whole answer is there."""
    page.wait_for_selector("#parts")
    return page
