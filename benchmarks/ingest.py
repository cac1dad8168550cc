"""Main text of real web pages: ours beside the libraries, and our metadata.

    python benchmarks/block_training.py ../shared/pages --folds build/block-folds
    python benchmarks/ingest.py ../shared/pages --folds build/block-folds

F1 is the measure of the article-extraction benchmark: shingles of four words,
precision and recall averaged over pages. Each page is read by all in turn, so
that a busy machine slows all alike, and in an order drawn for each page, so that
nobody always comes after the one that leaves most behind; speeds are CPU time, their ratio is given
over all pages and as the range over the folds. For all of them Python looks for
cycles as seldom as it does in `builder ingest`. Each of our pages is read by a
model that has seen no page of its site. The oracle takes the blocks that the
truth has: what it misses is the price of cutting pages into blocks.
"""

from __future__ import annotations

import argparse
import logging
import platform
import random
import re
import statistics
import time
import warnings
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import partial
from html import unescape
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import justext
import trafilatura
from block_training import FOLDS, Sample, labels, read_samples
from lxml.html import fromstring
from newspaper import Article
from readability import Document
from resiliparse.extract.html2text import extract_plain_text

from builder.articles.assembly import whole
from builder.articles.readers.encoding import decoded_page
from builder.articles.webpages import main_text
from builder.articles.webpages.markup import pieces
from builder.articles.webpages.webpage import Webpage
from builder.engines.collector import seldom_collected

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from builder.articles.assembly import Piece
    from builder.articles.webpages.main_text import BlockModel

_WORD = re.compile(r"\w+")
_SHINGLE = 4
Counts = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Row:
    """What a contender came to: failures, CPU seconds by fold, counts by set."""

    failed: int
    seconds: tuple[float, ...]
    sets: dict[str, list[Counts]]


def by_ours(html: str) -> str:
    """Return the body as our reader keeps it."""
    return Webpage(whole(html, "utf-8"), "utf-8").text()


def by_trafilatura(html: str) -> str:
    """Return trafilatura's text in its default mode."""
    return trafilatura.extract(html, deduplicate=False) or ""


def by_resiliparse(html: str) -> str:
    """Return resiliparse's main content."""
    return extract_plain_text(html, main_content=True, alt_texts=False)


def by_readability(html: str) -> str:
    """Return the text of readability's summary."""
    summary = fromstring(Document(html).summary())
    return "\n".join(summary.itertext())


def by_justext(html: str) -> str:
    """Return jusText's good paragraphs, with English stop words, as most use it."""
    words = justext.get_stoplist("English")
    return "\n".join(p.text for p in justext.justext(html, words) if not p.is_boilerplate)


def by_newspaper(html: str) -> str:
    """Return newspaper4k's text."""
    article = Article("https://example.org/a", fetch_images=False)
    article.download(input_html=html)
    article.parse()
    return article.text


CONTENDERS: dict[str, Callable[[str], str]] = {
    "ours": by_ours,
    "trafilatura": by_trafilatura,
    "resiliparse": by_resiliparse,
    "readability-lxml": by_readability,
    "jusText": by_justext,
    "newspaper4k": by_newspaper,
}


def counts(truth: str, found: str) -> Counts:
    """Return shares of right, wrong and missing shingles, adding up to one."""
    wanted, got = _shingles(truth), _shingles(found)
    right = sum((wanted & got).values())
    wrong, missing = sum(got.values()) - right, sum(wanted.values()) - right
    total = right + wrong + missing
    return (right / total, wrong / total, missing / total) if total else (0.0, 0.0, 0.0)


def rates(pages: Sequence[Counts]) -> tuple[float, float, float]:
    """Return F1 of the mean precision and recall, and both."""
    precision = statistics.mean(r / (r + w) for r, w, _ in pages if r + w)
    recall = statistics.mean(r / (r + m) for r, _, m in pages if r + m)
    return 2 * precision * recall / (precision + recall), precision, recall


def interval(pages: Sequence[Counts], draws: int = 500) -> float:
    """Return half the width of the 95 % interval of F1, by resampling pages."""
    chance = random.Random(0)
    found = [rates(chance.choices(pages, k=len(pages)))[0] for _ in range(draws)]
    return 1.96 * statistics.stdev(found)


def main() -> None:
    """Run all contenders over all pages and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--folds", type=Path, required=True)
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    models = [main_text.read_model(given.folds / f"{fold}.npz") for fold in range(FOLDS)]
    samples = read_samples(given.pages)
    print(f"Python {platform.python_version()}, {platform.machine()}, {len(samples)} pages")
    show(run(samples, models), len(samples))
    show_ours(samples, models)


@seldom_collected()
def run(samples: Sequence[Sample], models: Sequence[BlockModel]) -> dict[str, Row]:
    """Return score by set and documents per CPU second of each contender."""
    found: dict[str, dict[str, list[Counts]]] = defaultdict(lambda: defaultdict(list))
    spent: Counter[tuple[str, int]] = Counter()
    failed: Counter[str] = Counter()
    first, _ = decoded_page(samples[0].raw)
    for extract in CONTENDERS.values():
        _timed(extract, first)  # imports and models count for nobody
    chance = random.Random(0)
    for sample in samples:
        main_text.shipped_model = partial(models.__getitem__, sample.fold)
        html, _ = decoded_page(sample.raw)
        for name in chance.sample(sorted(CONTENDERS), len(CONTENDERS)):
            text, seconds = _timed(CONTENDERS[name], html)
            spent[name, sample.fold] += seconds
            failed[name] += text is None
            found[name][sample.kind].append(counts(sample.body, text or ""))
    return {
        name: Row(failed[name], tuple(spent[name, fold] for fold in range(FOLDS)), dict(sets))
        for name, sets in ((name, found[name]) for name in CONTENDERS)
    }


def _timed(extract: Callable[[str], str], html: str) -> tuple[str | None, float]:
    start = time.process_time()
    try:
        text = extract(html)
    except Exception:  # noqa: BLE001 - a library's failure is a result
        text = None
    return text, time.process_time() - start


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    starts = range(max(1, len(words) - _SHINGLE + 1)) if words else ()
    return Counter(tuple(words[at : at + _SHINGLE]) for at in starts)


def show(result: dict[str, Row], pages: int) -> None:
    """Print the table."""
    base = result["trafilatura"].seconds
    for name, row in result.items():
        package = name if name != "ours" else "event-dataset-builder"
        ratios = [a / b for a, b in zip(base, row.seconds, strict=True)]
        speed = f"{pages / sum(row.seconds):.1f} documents per CPU second"
        ratio = f"{sum(base) / sum(row.seconds):.2f} of trafilatura"
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
        print(f"{name} {version(package)}: {speed}, {ratio} ({spread}), {row.failed} failed")
        _show_sets(row.sets)


def show_ours(samples: Sequence[Sample], models: Sequence[BlockModel]) -> None:
    """Print what choosing blocks can reach at best, and whether all that we keep is anchored."""
    best: dict[str, list[Counts]] = defaultdict(list)
    kept = true = 0
    for sample in samples:
        main_text.shipped_model = partial(models.__getitem__, sample.fold)
        html, _ = decoded_page(sample.raw)
        found = Webpage(whole(html, "utf-8"), "utf-8")
        right = labels(found.words, sample.body)
        text = "\n".join(w for w, keep in zip(found.words, right, strict=True) if keep)
        best[sample.kind].append(counts(sample.body, text))
        anchored = [_anchored(piece, sample.raw) for piece in _body(found, html)]
        kept, true = kept + len(anchored), true + sum(anchored)
    print("oracle of our blocks")
    _show_sets(best)
    print(f"ours: {true} of {kept} body paragraphs stand in the raw bytes, character by character")


def _body(found: Webpage, html: str) -> list[Piece]:
    blocks = zip(found.page.blocks, found.roles, strict=True)
    return pieces([b for b, role in blocks if role == "body"], whole(html, "utf-8"), "utf-8")


def _anchored(piece: Piece, raw: bytes) -> bool:
    """Tell whether each segment's bytes, read as HTML, are its text."""
    for segment in piece.segments:
        stands = raw[segment.data.start : segment.data.end].decode()
        text = segment.text.of(piece.text)
        if text not in {stands, unescape(stands)} and (text != " " or stands.strip()):
            return False
    return True


def _show_sets(sets: dict[str, list[Counts]]) -> None:
    for kind, pages in sorted(sets.items()):
        f1, precision, recall = rates(pages)
        score = f"F1 {f1:.4f} +- {interval(pages):.4f}  P {precision:.4f}  R {recall:.4f}"
        print(f"  {kind:<16} n={len(pages):<4} {score}")


if __name__ == "__main__":
    main()
