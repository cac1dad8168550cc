"""Metadata of real web pages against their ground truth: times, authors, title.

    python benchmarks/metadata.py ../shared/pages --folds build/block-folds

A page's body comes from a forest that has not seen its site. The web set's
truth has one date and does not say whether it is the first or the last, so
both counts are given.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from block_training import FOLDS, Sample, read_samples

from builder.articles import main_text
from builder.articles.html import read_page
from builder.articles.reading import Refusal
from builder.config import ArticleFacts
from builder.document import Article, Document

if TYPE_CHECKING:
    from collections.abc import Iterable

_MINUTE = 60
_NO_WORD = re.compile(r"\W+")


def judge(sample: Sample, found: Document) -> Counter[str]:
    """Count what is right and wrong about one page."""
    told = sample.facts
    article = found.article
    counts: Counter[str] = Counter()
    stated = told.get("published_at") or told.get("date")
    if stated:
        counts += _times(dt.datetime.fromisoformat(stated), article)
    else:
        counts["undated"] = 1
        counts["undated given a date"] = bool(article.published_at)
    truth, given = _authors(told), {_plain(name) for name in _people(article)}
    counts["authors right"] = len(truth & given)
    counts["authors given"] = len(given)
    counts["authors true"] = len(truth)
    counts["titles"] = 1
    counts["titles right"] = _plain(found.title) == _plain(told["title"])
    return counts


def main() -> None:
    """Print the shares with their counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--folds", type=Path, required=True)
    given = parser.parse_args()
    forests = [main_text.read_trees(given.folds / f"{fold}.npz") for fold in range(FOLDS)]
    for kind in ("fundus-fixture", "wcxb-dev"):
        total: Counter[str] = Counter()
        for sample in read_samples(given.pages):
            if sample.kind == kind:
                main_text.shipped_forest = partial(forests.__getitem__, sample.fold)
                found = _document(sample)
                total += judge(sample, found) if found else Counter(refused=1)
        print(f"{kind}: {total['refused']} pages refused")
        _show(total)


def _show(total: Counter[str]) -> None:
    for name, right, of in (
        ("right instant", "instants right", "instants"),
        ("right day", "days right", "days"),
        ("right day, or that of the update", "days right or updated", "days"),
        ("a date where the truth has none", "undated given a date", "undated"),
        ("authors, precision", "authors right", "authors given"),
        ("authors, recall", "authors right", "authors true"),
        ("titles equal", "titles right", "titles"),
    ):
        if total[of]:
            print(f"  {name}: {total[right] / total[of]:.3f} ({total[right]} of {total[of]})")


def _document(sample: Sample) -> Document | None:
    article = Article(sample.name, "", "", url=sample.url or None)
    try:
        found = list(read_page(sample.raw, article, ArticleFacts("*")))
    except Refusal:
        return None
    return next(o for o in found if isinstance(o, Document))


def _times(truth: dt.datetime, article: Article) -> Counter[str]:
    days = {truth.date().isoformat()}
    counts: Counter[str] = Counter(days=1)
    given = article.published_at or ""
    if truth.tzinfo:
        exact = dt.datetime.fromisoformat(given) if "T" in given else None
        near = exact is not None and abs((exact - truth).total_seconds()) < _MINUTE
        counts["instants"] = 1
        counts["instants right"] = near
        days |= {given[:10]} if near else set()
    counts["days right"] = given[:10] in days
    counts["days right or updated"] = bool({given[:10], (article.updated_at or "")[:10]} & days)
    return counts


def _people(article: Article) -> Iterable[str]:
    return article.authors or ([article.agency] if article.agency else ())


def _authors(told: dict[str, object]) -> set[str]:
    if "authors" in told:
        return {_plain(str(name)) for name in told["authors"] or ()}
    names = re.split(r",\s*(?:and\s+)?|\s+and\s+|;|&", str(told.get("author") or ""))
    return {_plain(name) for name in names if name.strip()}


def _plain(text: str) -> str:
    return _NO_WORD.sub("", text.casefold())


if __name__ == "__main__":
    main()
