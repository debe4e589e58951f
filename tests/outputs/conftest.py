"""A real browser for the tests of the page; they skip, saying so, where there is none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Headless Chromium: the machine's own, or the one that Playwright keeps; it runs until the last test.

    Playwright keeps an event loop in this thread meanwhile, so a test that wants one of its own needs its own thread.
    """
    sync_api = pytest.importorskip("playwright.sync_api", reason="no Playwright: pip install 'funnelsim[test]'")
    with sync_api.sync_playwright() as playwright:
        kept = playwright.chromium.executable_path
        found = shutil.which("chromium") or shutil.which("google-chrome") or (kept if os.path.exists(kept) else None)
        if found is None:
            pytest.skip("no Chromium on this machine")
        started = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def visit(browser, tmp_path) -> Iterator[Any]:
    """Open bytes as a page; at the end nothing but the file itself was asked for, and nothing was complained about."""
    contexts, asked, said = [], [], []

    def open_page(blob: bytes, *, width: int = 1280, height: int = 844, **settings: Any) -> Any:
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **settings))
        page = contexts[-1].new_page()
        path = tmp_path / f"page{len(contexts)}.html"
        path.write_bytes(blob)
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(path.as_uri())
        return page

    yield open_page
    wanted = [(tmp_path / f"page{k + 1}.html").as_uri() for k in range(len(contexts))]
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith("data:,")] == wanted
    assert said == []
