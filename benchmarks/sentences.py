"""Sentence splitting: ours beside sentencex, nupunkt and pysbd, on traps and on real paragraphs.

Measures in one run:
- `first`: F1 of exact spans on ../shared/conformance/sentences.json; our rules were made on them;
- `open`, `held`: the same on sentence_traps.json, half real news marked by reading, half made up,
  all written before any splitter was run on them; rules were mended on `open` only, and `held`
  was measured twice, before and after;
- `edges`: joined pairs of real paragraphs; recall of the one boundary that is certain;
- `inner`: how many boundaries each sets per 1,000 words inside real paragraphs, and where ours
  differs from sentencex (`--show` prints them, to be judged by reading).

`--wrong PART` prints what ours gets wrong there. Intervals are 95 % over texts drawn again.

Example: `python benchmarks/sentences.py --show`
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import nupunkt
import pysbd
import sentencex

from builder.articles.sentence import sentence_spans
from builder.document import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHARED = Path(__file__).parent.parent.parent / "shared"
FEWEST_WORDS = 8
DRAWS = 1000
LIBRARIES = ("sentencex", "nupunkt", "pysbd")


def main() -> None:
    """Print one row per splitter."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--show", action="store_true", help="print where ours differs inside")
    parser.add_argument("--wrong", choices=["first", "open", "held"], help="print our errors")
    args = parser.parse_args()
    traps = all_traps()
    if args.wrong:
        wrong(traps[args.wrong])
        return
    paragraphs = list(real_paragraphs())
    pairs = list(zip(paragraphs[::2], paragraphs[1::2], strict=False))
    words = sum(len(p.split()) for p in paragraphs)
    counts = ", ".join(
        f"{name} n={len(texts)} ({sum(map(len, texts))} sentences)" for name, texts in traps.items()
    )
    print(f"python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores")
    print(", ".join(f"{name} {version(name)}" for name in LIBRARIES))
    print(f"{counts}; pairs n={len(pairs)}; paragraphs n={len(paragraphs)}")
    heads = "".join(f"{name:>22}" for name in traps)
    print(f"{'splitter':<10}{heads} {'edges':>7} {'inner/1000':>10} {'MB/s':>6} {'ratio':>6}")
    rates: dict[str, float] = {}
    for name, split in SPLITTERS.items():
        edges = sum(edge_found(split, *pair) for pair in pairs) / len(pairs)
        started = time.process_time()
        inner = sum(len(split(p)) - 1 for p in paragraphs)
        rates[name] = sum(len(p.encode()) for p in paragraphs) / 1e6
        rates[name] /= time.process_time() - started
        scores = "".join(f"{scored(split, texts):>22}" for texts in traps.values())
        speed = f"{rates[name]:>6.1f} {rates[name] / rates['ours']:>6.2f}"
        print(f"{name:<10}{scores} {edges:>7.4f} {1000 * inner / words:>10.2f} {speed}")
    differences(paragraphs, show=args.show)


def all_traps() -> dict[str, list[list[str]]]:
    """Return the traps by part, each text as its sentences."""
    own = json.loads((Path(__file__).parent / "sentence_traps.json").read_text("utf-8"))
    parts = {p: [t["sentences"] for t in own if t["part"] == p] for p in ("open", "held")}
    return {
        "first": json.loads((SHARED / "conformance" / "sentences.json").read_text("utf-8"))
    } | parts


def scored(split: Callable[[str], list[Span]], texts: list[list[str]]) -> str:
    """Return F1 with its 95 % interval over texts drawn again."""
    counted = [counts_of(split, sentences) for sentences in texts]
    drawn = random.Random(0)
    again = sorted(f1(drawn.choices(counted, k=len(counted))) for _ in range(DRAWS))
    low, high = again[DRAWS // 40], again[-DRAWS // 40 - 1]
    return f"{f1(counted):.3f} [{low:.3f}, {high:.3f}]"


def counts_of(split: Callable[[str], list[Span]], sentences: list[str]) -> tuple[int, int, int]:
    """Return how many spans of a text are right, found and wanted."""
    gold = gold_spans(sentences)
    spans = set(split(" ".join(sentences)))
    return len(spans & gold), len(spans), len(gold)


def f1(counted: list[tuple[int, int, int]]) -> float:
    """Return the F1 of counts over all texts."""
    right, found, wanted = (sum(column) for column in zip(*counted, strict=True))
    return 2 * right / (found + wanted)


def gold_spans(sentences: list[str]) -> set[Span]:
    """Return where sentences stand in the text that they make, joined by spaces."""
    gold: set[Span] = set()
    at = 0
    for sentence in sentences:
        gold.add(Span(at, at + len(sentence)))
        at += len(sentence) + 1
    return gold


def wrong(texts: list[list[str]]) -> None:
    """Print the texts that ours splits otherwise than is marked."""
    for sentences in texts:
        text = " ".join(sentences)
        found = [span.of(text) for span in sentence_spans(text)]
        if found != sentences:
            print(f"marked {' || '.join(sentences)}\n  ours {' || '.join(found)}")


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


def of_pysbd(text: str) -> list[Span]:
    """Split with pysbd alone."""
    return _found(text, _PYSBD.segment(text))


_PYSBD = pysbd.Segmenter(language="en", clean=False)


def _found(text: str, pieces: list[str]) -> list[Span]:
    spans = []
    at = 0
    for piece in filter(None, map(str.strip, pieces)):
        start = text.index(piece, at)
        at = start + len(piece)
        spans.append(Span(start, at))
    return spans


SPLITTERS = {
    "ours": sentence_spans,
    "sentencex": of_sentencex,
    "nupunkt": of_nupunkt,
    "pysbd": of_pysbd,
}

if __name__ == "__main__":
    main()
