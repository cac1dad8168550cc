"""The flattened pages that line roles are trained and measured on, and the measure.

The pages name no host. Those that stand in ../shared/pages too take it from
there; all others are put together by lines they share, so that no site is on
both sides of a split. Too much is put together rather than too little.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from builder.articles.webpages.markup import page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHARED = Path(__file__).parent.parent.parent / "shared"
DUMPS = SHARED / "dumps" / "dumps.jsonl.gz"
_TELLING = 25  # characters from which a shared line tells of a shared site
_COMMON = 12  # pages from which a line is everybody's
_SHARED = 3  # such lines that make two pages one site
_GRAM = 4
_MOST = 0.6
_TWENTIETHS = 20

FOLDS = 5
"""A page is held out in the fold that its part leaves when divided by these."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as lines, each labelled body or not, with the true body and title."""

    key: str
    lines: tuple[str, ...]
    labels: tuple[int, ...]
    body: str
    title: str
    site: str

    @property
    def part(self) -> int:
        """The twentieth of all sites that this page's site falls into."""
        return int(hashlib.sha256(self.site.encode()).hexdigest(), 16) % _TWENTIETHS

    def text(self, kept: Iterable[bool]) -> str:
        """Return the kept lines."""
        return "\n".join(line for line, keep in zip(self.lines, kept, strict=True) if keep)


def read_pages() -> list[Page]:
    """Return all pages with the site of each."""
    with gzip.open(DUMPS, "rt", encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    sites = _sites(rows)
    pages = []
    for row, site in zip(rows, sites, strict=True):
        pairs = [
            (line.strip(), label) for line, label in zip(row["lines"], row["lab"], strict=True)
        ]
        lines, labels = zip(*((line, label) for line, label in pairs if line), strict=True)
        pages.append(Page(row["k"], lines, labels, row["body"], row["title"], site))
    return pages


def several(pages: Sequence[Page]) -> list[Page]:
    """Return the pages whose site has another."""
    counts = Counter(page.site for page in pages)
    return [page for page in pages if counts[page.site] > 1]


def counts(found: str, body: str) -> tuple[int, int, int]:
    """Return how many 4-word shingles are right, found and wanted.

    The measure of the article-extraction-benchmark: shingles with their
    multiplicity, rates per page, their means over pages.
    """
    ours, theirs = _shingles(found), _shingles(body)
    return (ours & theirs).total(), ours.total(), theirs.total()


def rates(rows: Sequence[tuple[int, int, int]]) -> tuple[float, float, float]:
    """Return mean precision, mean recall and the F1 of the two means."""
    precision = sum(right / max(found, 1) for right, found, _ in rows) / len(rows)
    recall = sum(right / max(wanted, 1) for right, _, wanted in rows) / len(rows)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    if len(words) < _GRAM:
        return Counter([tuple(words)] if words else [])
    return Counter(tuple(words[at : at + _GRAM]) for at in range(len(words) - _GRAM + 1))


def _sites(rows: Sequence[dict[str, object]]) -> list[str]:
    """Name each row's site: a host of its group, else its first page; the order never matters."""
    hosts = _hosts()
    parent = list(range(len(rows)))

    def first(index: int) -> int:
        while parent[index] != index:
            index = parent[index]
        return index

    for pair in _same_site(rows, hosts):
        low, high = sorted(first(index) for index in pair)
        parent[high] = low
    named: dict[int, str] = {}
    for index, row in enumerate(rows):
        host = hosts.get(row["k"])
        if host:
            named[first(index)] = min(host, named.get(first(index), host))
    return [named.get(first(index), str(rows[first(index)]["k"])) for index in range(len(rows))]


def _same_site(
    rows: Sequence[dict[str, object]], hosts: dict[object, str]
) -> list[tuple[int, int]]:
    by_host, by_line = defaultdict(list), defaultdict(list)
    for index, row in enumerate(rows):
        if row["k"] in hosts:
            by_host[hosts[row["k"]]].append(index)
        for line in {line for line in row["lines"] if len(line) >= _TELLING}:
            by_line[line].append(index)
    shared: Counter[tuple[int, int]] = Counter()
    for found in by_line.values():
        if len(found) <= _COMMON:
            shared.update(combinations(found, 2))
    same = [pair for pair, lines in shared.items() if lines >= _SHARED]
    return same + [pair for found in by_host.values() for pair in combinations(found, 2)]


def _hosts() -> dict[object, str]:
    rows = _told()
    found = {f"dev/{row['id'][2:]}": row for row in rows if row["set"] == "wcxb-dev"}
    hosts = {key: _host(row) for key, row in found.items()}
    return {key: host for key, host in hosts.items() if host}


def read_news() -> list[Page]:
    """Return the web pages of ../shared/pages that are no dumps, cut into lines; a site is a host.

    A line is a block of the page, as in the dumps. It is labelled body when
    most of its 3-word shingles stand in the true body.
    """
    pages = []
    for row in _told():
        if row["set"] != "wcxb-dev" and _host(row):
            path = SHARED / "pages" / "html" / f"{row['id']}.html.gz"
            raw = gzip.decompress(path.read_bytes()).decode()
            found = page(raw)
            lines = tuple(words for block in found.blocks if (words := block.words(raw)))
            labels = tuple(_labels(lines, row["body"]))
            title = row.get("title") or ""
            pages.append(Page(row["id"], lines, labels, row["body"], title, _host(row)))
    return [page for page in pages if any(page.labels)]


def _told() -> list[dict[str, str]]:
    with (SHARED / "pages" / "pages.jsonl").open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def _host(row: dict[str, str]) -> str:
    return (urlsplit(row["url"] or "").hostname or "").removeprefix("www.")


def _labels(lines: Sequence[str], body: str) -> list[int]:
    known, whole = set(_threes(body)), {line.strip() for line in body.splitlines()}
    found = []
    for line in lines:
        threes = _threes(line)
        share = sum(gram in known for gram in threes) / len(threes) if threes else 0.0
        found.append(int(share >= _MOST or line in whole))
    return found


def _threes(text: str) -> list[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return [tuple(words[at : at + 3]) for at in range(len(words) - 2)]
