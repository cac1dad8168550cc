"""Which lines a site prints on other pages too: menus, prompts, notices - its furniture.

Only hashes are kept, of lines, pages and sites; no text can be read back. What
a page learns from never depends on the order of files: first every page of a
batch is added, then each is asked about. A page that was there in an earlier
run is judged by what was known in that run, so its text, and with it the name
of its document, stays the same when the site's memory grows.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.files import read_records, write_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

PAGES = 64
"""How many pages of a site are remembered; more do not change what furniture is."""

_LONG = 60  # characters from which a line is unlikely to be the same by chance
_COPY = 0.5  # share of a body's long lines that another page must have to be its copy
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class RememberedPage:
    """The hashes of a page's lines; `run` counts the batches that its site has seen."""

    site: int
    page: int
    run: int
    lines: tuple[int, ...]


class SiteMemory:
    """The pages that are remembered, and those of the batch that is being read."""

    def __init__(self, pages: Iterable[RememberedPage] = ()) -> None:
        self._known: dict[int, dict[int, RememberedPage]] = {}
        for page in pages:
            self._known.setdefault(page.site, {})[page.page] = page
        self._run = 1 + max((page.run for page in self.pages()), default=0)
        self._full = {site for site, known in self._known.items() if len(known) >= PAGES}

    def add(self, site: str, lines: Sequence[str]) -> None:
        """Remember a page of the batch; one that is known already changes nothing.

        Of a site with more pages than are remembered the smallest hashes stay,
        whichever came first; a site that was full before this batch stays as it was.
        """
        page = _remembered(site, lines, self._run)
        known = self._known.setdefault(page.site, {})
        if page.site in self._full or page.page in known:
            return
        known[page.page] = page
        new = [number for number, kept in known.items() if kept.run == self._run]
        if len(known) > PAGES:
            del known[max(new)]

    def seen(self, site: str, lines: Sequence[str], body: Sequence[bool]) -> tuple[list[int], int]:
        """Return on how many other pages of the site each line stands, and how many there are.

        A page that has most of the long lines that read like this page's
        `body` is a copy of it, not a witness: an article that was fetched
        twice is not furniture. Long lines outside the body do not count, or
        two short articles among long notices would be copies.
        """
        own = _remembered(site, lines, self._run)
        known = self._known.get(own.site, {})
        run = known[own.page].run if own.page in known else self._run
        marked = zip(own.lines, lines, body, strict=True)
        long = {number for number, line, kept in marked if kept and len(line) >= _LONG}
        others = [
            set(page.lines) for page in known.values() if page.page != own.page and page.run <= run
        ]
        # Without a body a page is no copy of anything.
        witnesses = [page for page in others if len(page & long) <= _COPY * len(long)]
        counts = Counter(number for page in witnesses for number in page)
        return [counts[number] for number in own.lines], len(witnesses)

    @property
    def size(self) -> int:
        """How many pages are remembered."""
        return sum(len(known) for known in self._known.values())

    def pages(self) -> list[RememberedPage]:
        """Return everything that is remembered, sorted."""
        found = (page for known in self._known.values() for page in known.values())
        return sorted(found, key=lambda p: (p.site, p.page))


def read_memory(path: Path) -> SiteMemory:
    """Read the state file; without one the memory is empty."""
    if not path.exists():
        return SiteMemory()
    return SiteMemory(read_records(path, RememberedPage, made_by="builder ingest"))


def write_memory(path: Path, memory: SiteMemory) -> None:
    """Write the state file whole; the same memory gives the same bytes."""
    write_records(path, RememberedPage, memory.pages())


def line_hash(line: str) -> int:
    """Return 64 bits for a line; case, spaces and numbers do not count.

    >>> line_hash("Updated 3 hours ago") == line_hash("updated  12 hours ago")
    True
    """
    return _hash(_DIGITS.sub("0", " ".join(line.casefold().split())))


def _hash(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _remembered(site: str, lines: Sequence[str], run: int) -> RememberedPage:
    numbers = tuple(line_hash(line) for line in lines)
    page = _hash(" ".join(map(str, numbers)))
    return RememberedPage(_hash(site), page, run, numbers)
