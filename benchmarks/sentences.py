"""Sentence splitting: ours beside sentencex and nupunkt, on traps and on real paragraphs.

Three measures in one run:
- `traps`: F1 of exact spans on ../shared/conformance/sentences.json;
- `edges`: joined pairs of real paragraphs; recall of the one boundary that is certain;
- `inner`: how many boundaries each sets per 1,000 words inside real paragraphs, and where ours
  differs from sentencex (`--show` prints them, to be judged by reading).

Example: `python benchmarks/sentences.py --show`
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import nupunkt
import sentencex

from builder.articles.sentence import sentence_spans
from builder.document import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHARED = Path(__file__).parent.parent.parent / "shared"
FEWEST_WORDS = 8


def main() -> None:
    """Print one row per splitter."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--show", action="store_true", help="print where ours differs inside")
    args = parser.parse_args()
    traps = json.loads((SHARED / "conformance" / "sentences.json").read_text("utf-8"))
    paragraphs = list(real_paragraphs())
    pairs = list(zip(paragraphs[::2], paragraphs[1::2], strict=False))
    words = sum(len(p.split()) for p in paragraphs)
    print(f"traps n={len(traps)}; pairs n={len(pairs)}; paragraphs n={len(paragraphs)}")
    print(f"{'splitter':<10} {'traps F1':>8} {'edges':>7} {'inner/1000 words':>17} {'MB/s':>6}")
    for name, split in SPLITTERS.items():
        edges = sum(edge_found(split, *pair) for pair in pairs) / len(pairs)
        started = time.process_time()
        inner = sum(len(split(p)) - 1 for p in paragraphs)
        rate = sum(len(p.encode()) for p in paragraphs) / 1e6 / (time.process_time() - started)
        rates = f"{1000 * inner / words:>17.2f} {rate:>6.1f}"
        print(f"{name:<10} {trap_f1(split, traps):>8.3f} {edges:>7.4f} {rates}")
    differences(paragraphs, show=args.show)


def trap_f1(split: Callable[[str], list[Span]], traps: list[list[str]]) -> float:
    """Return the F1 of exact spans over all texts."""
    right = found = wanted = 0
    for sentences in traps:
        text = " ".join(sentences)
        gold = set()
        for sentence in sentences:
            start = max((span.end + 1 for span in gold), default=0)
            gold.add(Span(start, start + len(sentence)))
        spans = set(split(text))
        right, found, wanted = right + len(spans & gold), found + len(spans), wanted + len(gold)
    return 2 * right / (found + wanted)


def edge_found(split: Callable[[str], list[Span]], first: str, second: str) -> bool:
    """Tell whether the boundary between two joined paragraphs is found."""
    return any(span.start == len(first) + 1 for span in split(f"{first} {second}"))


def real_paragraphs() -> Iterator[str]:
    """Yield the paragraphs of real articles that end like a sentence."""
    for line in (SHARED / "articles" / "articles.jsonl").open(encoding="utf-8"):
        yield from _whole(json.loads(line)["text"])
    for line in (SHARED / "pages" / "pages.jsonl").open(encoding="utf-8"):
        yield from _whole(json.loads(line)["body"] or "")


def _whole(text: str) -> Iterator[str]:
    for line in text.splitlines():
        stripped = line.strip()
        if len(stripped.split()) >= FEWEST_WORDS and stripped.endswith((".", '."', ".\u201d")):
            yield stripped


def differences(paragraphs: list[str], *, show: bool) -> None:
    """Count, and print if wanted, the inner boundaries that only one of two sets."""
    more = fewer = 0
    for paragraph in paragraphs:
        ours = {span.start for span in sentence_spans(paragraph)}
        theirs = {span.start for span in of_sentencex(paragraph)}
        more, fewer = more + len(ours - theirs), fewer + len(theirs - ours)
        for start in sorted(ours ^ theirs) if show else ():
            sign = "+" if start in ours else "-"
            print(f"{sign} {paragraph[max(0, start - 40) : start]}|{paragraph[start : start + 40]}")
    print(
        f"inside paragraphs ours sets {more} boundaries that sentencex does not, and omits {fewer}"
    )


def of_sentencex(text: str) -> list[Span]:
    """Split with sentencex alone."""
    return _found(text, sentencex.segment("en", text))


def of_nupunkt(text: str) -> list[Span]:
    """Split with nupunkt alone."""
    return _found(text, nupunkt.sent_tokenize(text))


def _found(text: str, pieces: list[str]) -> list[Span]:
    spans = []
    at = 0
    for piece in filter(None, map(str.strip, pieces)):
        start = text.index(piece, at)
        at = start + len(piece)
        spans.append(Span(start, at))
    return spans


SPLITTERS = {"ours": sentence_spans, "sentencex": of_sentencex, "nupunkt": of_nupunkt}

if __name__ == "__main__":
    main()
