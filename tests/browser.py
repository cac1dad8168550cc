"""An annotator at the labelling page: only mouse and keyboard, in a real Chromium."""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

# Where the n-th occurrence of some words is on the screen, one box per line.
FIND = """([words, n]) => {
  const box = document.querySelector('.ev-text');
  const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  let text = '', nodes = [];
  while (walker.nextNode()) {
    nodes.push([text.length, walker.currentNode]);
    text += walker.currentNode.data;
  }
  let at = -1;
  for (let i = 0; i <= n; i++) at = text.indexOf(words, at + 1);
  if (at < 0) return null;
  const place = offset => {
    const [start, node] = nodes.findLast(([start]) => start <= offset);
    return [node, offset - start];
  };
  const range = document.createRange();
  range.setStart(...place(at));
  const [node, offset] = place(at + words.length - 1);
  range.setEnd(node, offset + 1);
  range.startContainer.parentElement.scrollIntoView({block: 'center'});
  const seen = [...range.getClientRects()].filter(r => r.width > 1);
  return seen.map(r => [r.x, r.y, r.width, r.height]);
}"""


# The regions that the page itself holds, whoever made them.
MARKS = """() => Htx.annotationStore.selected.regionStore.regions
  .filter(region => region.text).map(region => region.text)"""


class Annotator:
    """Somebody with a mouse and a keyboard; `actions` counts what they did."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions = 0

    def log_in(self, url: str, email: str, password: str) -> None:
        self.page.goto(f"{url}/user/login/")
        self.page.fill("input[name=email]", email)
        self.page.fill("input[name=password]", password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda address: "login" not in address)

    def open_stream(self, url: str, project: int) -> None:
        """Start labelling where the server says, and close the guidelines."""
        self.page.goto(f"{url}/projects/{project}/data?labeling=1")
        self.page.wait_for_selector(".ev-text", timeout=60_000)
        self.page.wait_for_timeout(1500)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.page.wait_for_timeout(250)
        self.actions += 1

    def drag(self, words: str, occurrence: int = 0) -> None:
        """Select words by pressing the button before them and releasing it behind them."""
        boxes = self._boxes(words, occurrence)
        (x, y, _, height), (last_x, last_y, width, last_height) = boxes[0], boxes[-1]
        mouse = self.page.mouse
        mouse.move(x + 1, y + height / 2)
        mouse.down()
        mouse.move((x + last_x + width) / 2, (y + last_y + height) / 2, steps=3)
        mouse.move(last_x + width - 1, last_y + last_height / 2, steps=3)
        mouse.up()
        self.page.wait_for_timeout(300)
        self.actions += 1

    def click(self, words: str, occurrence: int = 0) -> None:
        x, y, width, height = self._boxes(words, occurrence)[0]
        self.page.mouse.click(x + width / 2, y + height / 2)
        self.page.wait_for_timeout(300)
        self.actions += 1

    def label(self, key: str, words: str, occurrence: int = 0) -> None:
        """Choose a label by its key and drag over the words."""
        self.press(key)
        self.drag(words, occurrence)

    def arrow(self, source: tuple[str, int], target: tuple[str, int]) -> None:
        """Draw an arrow from one labelled span to another."""
        self.click(*source)
        self.press("Alt+r")
        self.click(*target)
        self.press("Escape")

    def submit(self) -> None:
        with self.page.expect_response(
            lambda r: "/annotations" in r.url and r.request.method == "POST"
        ) as answer:
            self.press("Control+Enter")
        assert answer.value.ok, answer.value.text()

    def skip(self) -> None:
        with self.page.expect_response(
            lambda r: "/annotations" in r.url and r.request.method == "POST"
        ) as answer:
            self.press("Control+Space")
        assert answer.value.ok, answer.value.text()
        self.page.wait_for_timeout(1500)

    def next_article(self, words: str) -> None:
        """Wait until the label stream shows the article with these words."""
        self.page.wait_for_function(
            "words => (document.querySelector('.ev-text')?.innerText ?? '').includes(words)",
            arg=words,
            timeout=60_000,
        )
        self.page.wait_for_timeout(1000)

    def leave_a_draft(self) -> None:
        """Stop working without a submit, once the page has saved what is there."""
        self.page.wait_for_timeout(12_000)

    def marks(self) -> list[str]:
        """Return the words of everything that is labelled on the page, by region."""
        return self.page.evaluate(MARKS)

    def screenshot(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path)

    def _boxes(self, words: str, occurrence: int) -> list[list[float]]:
        boxes = self.page.evaluate(FIND, [words, occurrence])
        assert boxes, f"{words!r} is not on the page"
        return boxes


@contextlib.contextmanager
def annotator() -> Iterator[Annotator]:
    """Open a browser for one person."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        assert not os.environ.get("CI"), "CI installs Chromium before the tests"
        pytest.skip("no Chromium on this machine; install it to run the browser test")
    arguments = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        try:
            yield Annotator(page)
        finally:
            browser.close()
