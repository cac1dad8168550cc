"""Times and authors of real web pages against their ground truth, ours beside the libraries.

    python benchmarks/block_training.py ../shared/pages --folds build/block-folds
    python benchmarks/metadata.py ../shared/pages --folds build/block-folds --half both

Sites are split in two by a hash: misses were read on the half `work` only. A
page's body comes from a model that has not seen its site. Peers read the
same bytes; htmldate is asked for the first day, as it is and with
`extensive_search=False`.

- right day: the day told is that of the publication found. `or of the update`
  also counts the day found for the last update, as one date is told and which
  of the two it is is not.
- in the file: the day, or the name, stands somewhere in the page's HTML.
- invented: a date of publication where none is told; `unstated` are those
  that the page's JSON-LD and meta tags do not state either.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import logging
import platform
import sys
from collections import Counter
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from block_training import FOLDS, read_samples
from htmldate import find_date
from metadata_truth import HALVES, Truth, plain
from trafilatura.metadata import extract_metadata

from builder.articles.facts.person import people, without_degrees
from builder.articles.readers.html import read_page
from builder.articles.reading import Refusal
from builder.articles.webpages import main_text
from builder.config import ArticleFacts
from builder.document import Article, Document

if TYPE_CHECKING:
    from collections.abc import Callable

    from block_training import Sample

Totals = dict[str, dict[str, Counter[str]]]  # by set of pages, by contender
SETS = {"fundus-fixture": "fundus", "wcxb-dev": "WCXB"}
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What a contender says of a page; `stated` when the page's data give the publication."""

    published: str = ""
    updated: str = ""
    authors: frozenset[str] = frozenset()
    stated: bool = False
    sourced: bool = True
    refused: bool = False


def ours(sample: Sample) -> Answer:
    """Return what `builder ingest` records; nothing for a page that it refuses."""
    article = Article(sample.name, "", "", url=sample.url or None)
    try:
        outcomes = list(read_page(sample.raw, article, ArticleFacts("*")))
    except Refusal:
        return Answer(refused=True)
    found = next(o for o in outcomes if isinstance(o, Document)).article
    sources = {fact.name: fact.source for fact in found.facts}
    given = {"published_at": found.published_at, "updated_at": found.updated_at,
             "authors": found.authors}  # fmt: skip
    return Answer(
        found.published_at or "",
        found.updated_at or "",
        frozenset(found.authors or ([found.agency] if found.agency else ())),
        sources.get("published_at", "").startswith(("json-ld", "meta")),
        all(name in sources for name, value in given.items() if value),
    )


def by_trafilatura(sample: Sample) -> Answer:
    """Return what trafilatura's own metadata say; it joins names with semicolons."""
    found = extract_metadata(sample.raw, default_url=sample.url or None)
    names = frozenset(people(found.author or ""))
    return Answer(found.date or "", authors=names)


def by_htmldate(sample: Sample, *, extensive: bool) -> Answer:
    """Return htmldate's first day."""
    html = sample.raw.decode("utf-8", "replace")
    with contextlib.suppress(ValueError):  # an empty tree
        found = find_date(
            html, url=sample.url or None, original_date=True, extensive_search=extensive
        )
        return Answer(found or "")
    return Answer()


PEERS: dict[str, Callable[[Sample], Answer]] = {
    "ours": ours,
    "trafilatura": by_trafilatura,
    "htmldate": partial(by_htmldate, extensive=True),
    "htmldate, strict": partial(by_htmldate, extensive=False),
}
ROWS = (
    ("right instant", "instants right", "instants"),
    ("right day", "days right", "days"),
    ("  or of the update", "days right or updated", "days"),
    ("  or of the update, of those in the file", "days right or updated", "days shown"),
    ("days in the file", "days shown", "days"),
    ("invented dates", "invented", "undated"),
    ("  unstated by the page", "invented unstated", "undated"),
    ("authors, precision", "authors right", "authors given"),
    ("authors, recall", "authors right", "authors true"),
    ("names in the file", "authors shown", "authors true"),
    ("values with a source", "sourced", "pages"),
    ("refused, and counted as not found", "refused", "pages"),
)


def judge(truth: Truth, found: Answer) -> Counter[str]:
    """Count what is right and wrong about one page."""
    counts = Counter(pages=1, sourced=found.sourced, refused=found.refused)
    if truth.time:
        counts += _times(truth, truth.time, found)
    else:
        counts["undated"] = 1
        counts["invented"] = bool(found.published)
        counts["invented unstated"] = bool(found.published) and not found.stated
    given = {plain(without_degrees(name)) for name in found.authors}
    counts["authors right"] = len(truth.authors.keys() & given)
    counts["authors given"] = len(given)
    counts["authors true"] = len(truth.authors)
    counts["authors shown"] = truth.shown_authors()
    return counts


def _times(truth: Truth, time: dt.datetime, found: Answer) -> Counter[str]:
    days = {time.date().isoformat()}
    counts: Counter[str] = Counter(days=1)
    if time.tzinfo:
        exact = dt.datetime.fromisoformat(found.published) if "T" in found.published else None
        near = bool(exact and abs((exact - time).total_seconds()) < _MINUTE)
        counts["instants"] = 1
        counts["instants right"] = near
        days |= {found.published[:10]} if near else set()
    right = bool({found.published[:10], found.updated[:10]} & days)
    counts["days right"] = found.published[:10] in days
    counts["days right or updated"] = right
    counts["days shown"] = right or truth.shows_day()
    return counts


def main() -> None:
    """Print a table for each half."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", type=Path)
    parser.add_argument("--folds", type=Path, required=True)
    parser.add_argument("--half", choices=(*HALVES, "both"), default="work")
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)
    models = [main_text.read_model(args.folds / f"{fold}.npz") for fold in range(FOLDS)]
    samples = [sample for sample in read_samples(args.pages) if sample.kind in SETS]
    named = ", ".join(f"{name} {version(name)}" for name in ("trafilatura", "htmldate"))
    print(f"Python {platform.python_version()}, {platform.machine()}; {named}")
    joined: Totals = {}
    for half in HALVES if args.half == "both" else (args.half,):
        totals = _measured([truth for truth in map(Truth, samples) if truth.half == half], models)
        _show(f"{half} half", totals)
        for kind, by_name in totals.items():
            for name, counts in by_name.items():
                joined.setdefault(kind, {}).setdefault(name, Counter()).update(counts)
    if args.half == "both":
        _show("both halves", joined)


def _measured(truths: list[Truth], models: list[main_text.BlockModel]) -> Totals:
    totals: Totals = {}
    for truth in truths:
        main_text.shipped_model = partial(models.__getitem__, truth.sample.fold)
        for name, peer in PEERS.items():
            counts = judge(truth, peer(truth.sample))
            for kind in (SETS[truth.sample.kind], "both sets"):
                totals.setdefault(kind, {}).setdefault(name, Counter()).update(counts)
    return totals


def _show(half: str, totals: Totals) -> None:
    for kind, by_name in totals.items():
        print(f"\n{half}, {kind}: {by_name['ours']['pages']} pages")
        print(f"{'':<42}" + "".join(f"{name:>18}" for name in by_name))
        for title, right, of in ROWS:
            cells = [_share(total[right], total[of]) for total in by_name.values()]
            print(f"{title:<42}" + "".join(f"{cell:>18}" for cell in cells))


def _share(right: int, of: int) -> str:
    return f"{right / of:.3f} {right:>4}/{of}" if of else "-"


if __name__ == "__main__":
    sys.exit(main())
