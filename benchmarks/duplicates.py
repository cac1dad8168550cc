"""Near-duplicates: ours beside rensa and datasketch, on real texts perturbed by a fixed generator.

Real texts from ../shared are cut into about 3,000 disjoint base texts of 300 words and more. Most
become a group: the text and copies of it, each perturbed in one of eight ways or in two of
different kinds; furniture is that of one of 40 sites, inserted paragraphs come from texts outside
the corpus. The others stay alone and quote a paragraph of another base text. Two documents are a
true pair when they come from one base text. The rule's numbers and the generator were settled on
seed 1; other seeds are for reporting.

Example: `python benchmarks/duplicates.py --seed 2 --documents 20000`
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from builder.articles.duplicates.index import Index, Rule
from builder.articles.duplicates.shingle import shingles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

SHARED = Path(__file__).parent.parent.parent / "shared"
SITES = 40
BLOCK = 25
COMBINED = 1 / 3
HOST_SHARE = 0.15
SHORTEST, FEWEST = 300, 6
SHORTEST_PARAGRAPH = 8
LONGEST_PARAGRAPH = 450


def main() -> None:
    """Print pair precision, recall and F1, rate and size of each method."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--only", nargs="*", help="methods to run", default=list(METHODS))
    parser.add_argument("--sweep", action="store_true", help="try other rules of ours")
    args = parser.parse_args()
    texts, truth, kinds = corpus(args.seed, args.documents)
    words = np.mean([len(t.split()) for t in texts])
    print(f"seed {args.seed}: {len(texts)} documents, {words:.0f} words on average")
    print(f"{len(set(truth))} groups; {Counter(kinds).most_common()}")
    for name in args.only:
        found, seconds, note = METHODS[name](texts)
        p, r, f = pair_scores(truth, found)
        rate = len(texts) / seconds
        print(f"{name:<22} P {p:.4f} R {r:.4f} F1 {f:.4f} {rate:>8.0f} documents/CPU s {note}")
    if "ours" in args.only:
        losses(kinds, truth, METHODS["ours"](texts)[0])
        growth(texts)
    for change in SWEEP if args.sweep else ():
        found, _, _ = ours(texts, replace(Rule(), **change))
        print(change, "P {:.4f} R {:.4f} F1 {:.4f}".format(*pair_scores(truth, found)))


SWEEP = [
    *({"least": x} for x in (0.35, 0.4, 0.45, 0.55, 0.6)),
    *({"gap": x} for x in (12, 16, 32)),
    *({"cap": x} for x in (12, 16, 24, 32, 48)),
    *({"matches": x} for x in (3, 4, 6)),
]


def ours(texts: Sequence[str], rule: Rule | None = None) -> tuple[list[int], float, str]:
    """Run our index."""
    started = time.process_time()
    index = Index(rule)
    index.add([f"{n:08d}" for n in range(len(texts))], [shingles(text) for text in texts])
    found = index.components().tolist()
    seconds = time.process_time() - started
    size = sum(column.nbytes for column in index.columns().values())
    return found, seconds, f"{size / len(texts):.0f} bytes/document"


def rensa_lsh(
    texts: Sequence[str], width: int, least: float, bands: int
) -> tuple[list[int], float, str]:
    """Run rensa's MinHash with LSH, candidates verified by its estimate of Jaccard."""
    from rensa import RMinHash, RMinHashLSH  # noqa: PLC0415 - only when it is asked for

    started = time.process_time()
    lsh = RMinHashLSH(threshold=least, num_perm=128, num_bands=bands)
    sketches = []
    for number, text in enumerate(texts):
        sketch = RMinHash(num_perm=128, seed=1)
        sketch.update(_word_shingles(text, width))
        lsh.insert(number, sketch)
        sketches.append(sketch)
    near = (
        (number, other)
        for number, sketch in enumerate(sketches)
        for other in lsh.query(sketch)
        if other < number and sketch.jaccard(sketches[other]) >= least
    )
    return _joined(len(texts), near), time.process_time() - started, ""


def datasketch_lsh(texts: Sequence[str], width: int, least: float) -> tuple[list[int], float, str]:
    """Run datasketch's MinHash with LSH, candidates verified by its estimate of Jaccard."""
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415 - only when it is asked for

    started = time.process_time()
    lsh = MinHashLSH(threshold=least, num_perm=128)
    near = []
    sketches = []
    for number, text in enumerate(texts):
        sketch = MinHash(num_perm=128, seed=1)
        sketch.update_batch([s.encode() for s in _word_shingles(text, width)])
        near += [(number, o) for o in lsh.query(sketch) if sketch.jaccard(sketches[o]) >= least]
        lsh.insert(number, sketch)
        sketches.append(sketch)
    return _joined(len(texts), near), time.process_time() - started, ""


METHODS: dict[str, Callable[[Sequence[str]], tuple[list[int], float, str]]] = {
    "ours": ours,
    "rensa 3w J>=.3": lambda texts: rensa_lsh(texts, 3, 0.3, 32),
    "rensa 5w J>=.8": lambda texts: rensa_lsh(texts, 5, 0.8, 16),
    "datasketch 3w J>=.3": lambda texts: datasketch_lsh(texts, 3, 0.3),
}


def pair_scores(truth: Sequence[int], found: Sequence[int]) -> tuple[float, float, float]:
    """Return precision, recall and F1 over pairs in the same group."""
    both = _pairs(Counter(zip(truth, found, strict=True)))
    said, true = _pairs(Counter(found)), _pairs(Counter(truth))
    return both / max(said, 1), both / true, 2 * both / (said + true)


def _pairs(groups: Counter) -> int:
    return sum(n * (n - 1) // 2 for n in groups.values())


def losses(kinds: Sequence[str], truth: Sequence[int], found: Sequence[int]) -> None:
    """Print which kinds of copies are outside their group's main cluster, and what joins groups."""
    by_group: dict[int, Counter] = {}
    for group, cluster in zip(truth, found, strict=True):
        by_group.setdefault(group, Counter())[cluster] += 1
    best = {group: clusters.most_common(1)[0][0] for group, clusters in by_group.items()}
    lost = Counter(
        kind
        for kind, group, cluster in zip(kinds, truth, found, strict=True)
        if best[group] != cluster
    )
    total = Counter(kinds)
    print("outside their group:", {k: f"{n}/{total[k]}" for k, n in lost.most_common(12)})


def growth(texts: Sequence[str]) -> None:
    """Print what adding the last 1 % costs, as a share of a full run, shingling included."""
    ids = [f"{n:08d}" for n in range(len(texts))]
    cut = len(texts) - len(texts) // 100
    started = time.process_time()
    index = Index()
    index.add(ids[:cut], [shingles(text) for text in texts[:cut]])
    full = time.process_time() - started
    started = time.process_time()
    index.add(ids[cut:], [shingles(text) for text in texts[cut:]])
    grouped = index.components()
    more = time.process_time() - started
    whole = Index()
    whole.add(ids[::-1], [shingles(text) for text in texts[::-1]])
    same = _partition(grouped) == _partition(whole.components()[::-1])
    print(f"adding 1 % takes {more / full:.3f} of a full run; same as reversed at once: {same}")


def _partition(groups: np.ndarray) -> list[int]:
    first: dict[int, int] = {}
    return [first.setdefault(int(group), n) for n, group in enumerate(groups)]


def corpus(seed: int, size: int) -> tuple[list[str], list[int], list[str]]:
    """Return documents, the number of the base text of each, and how each was made."""
    rng = random.Random(seed)
    bases = list(base_texts())
    rng.shuffle(bases)
    furniture = [_words(" ".join(map("\n".join, bases[n * 3 : n * 3 + 3]))) for n in range(SITES)]
    unseen = [paragraph for base in bases[SITES * 3 : SITES * 10] for paragraph in base]
    bases = bases[SITES * 10 :]
    vocabulary = sorted({word for base in bases for p in base for word in p.split()})
    maker = _Maker(rng, furniture, vocabulary, (bases, unseen))
    per_group = max(2, round(size / len(bases)))
    rows: list[tuple[str, int, str]] = []
    for group, base in enumerate(bases):
        if len(rows) >= size:
            break
        if rng.random() < HOST_SHARE:
            rows.append((maker.host(base), group, "host"))
            continue
        rows.append((maker.text(base), group, "original"))
        for _ in range(rng.randint(1, 2 * per_group)):
            text, kind = maker.copy(base)
            rows.append((text, group, kind))
    rng.shuffle(rows)
    texts, truth, kinds = zip(*rows[:size], strict=True)
    return list(texts), list(truth), list(kinds)


class _Maker:
    def __init__(
        self,
        rng: random.Random,
        furniture: list[list[str]],
        vocabulary: list[str],
        texts: tuple[list[list[str]], list[str]],
    ) -> None:
        self.rng, self.furniture, self.vocabulary = rng, furniture, vocabulary
        self.bases, self.unseen = texts
        self.ways = {
            "cut 30%, furniture": lambda ps: self.cut(ps, 0.3),
            "cut 50-70%": lambda ps: self.cut(ps, self.rng.uniform(0.5, 0.7)),
            "8% replaced": lambda ps: self.replaced(ps, 0.08),
            "20% replaced": lambda ps: self.replaced(ps, 0.2),
            "shuffled": lambda ps: self.rng.sample(ps, len(ps)),
            "headline": self.headline,
            "inserted": self.inserted,
            "furniture": list,
        }
        self.kinds = {
            name: {kind for kind in ("cut", "replaced", "furniture") if kind in name} or {name}
            for name in self.ways
        }

    def text(self, paragraphs: list[str]) -> str:
        return "\n\n".join([self.title(), *paragraphs])

    def copy(self, base: list[str]) -> tuple[str, str]:
        """Perturb in one way, or in two of different kinds: cuts first, furniture last."""
        names = [self.rng.choice(sorted(self.ways))]
        if self.rng.random() < COMBINED:
            others = [n for n in sorted(self.ways) if not self.kinds[n] & self.kinds[names[0]]]
            names.append(self.rng.choice(others))
        made = base
        for name in sorted(names, key=list(self.ways).index):
            made = self.ways[name](made)
        if any("furniture" in self.kinds[name] for name in names):
            made = self.furnished(made, 0.4 * _size(base))
        return self.text(made), " + ".join(sorted(names))

    def title(self) -> str:
        return " ".join(self.rng.choices(self.vocabulary, k=9))

    def headline(self, paragraphs: list[str]) -> list[str]:
        place = " ".join(self.rng.choices(self.vocabulary, k=2)).upper()
        return [
            f"{place}, June {self.rng.randint(1, 30)} (AGENCY) - {paragraphs[0]}",
            *paragraphs[1:],
        ]

    def cut(self, paragraphs: list[str], share: float) -> list[str]:
        left = max(20, round(share * _size(paragraphs)))
        kept = []
        for paragraph in paragraphs:
            words = paragraph.split()[:left]
            left -= len(words)
            if words:
                kept.append(" ".join(words))
        return kept

    def furnished(self, paragraphs: list[str], words: float) -> list[str]:
        """Add as many words of a site's furniture; a page lacks one in six of its blocks."""
        site = self.rng.choice(self.furniture)
        blocks = [site[at : at + BLOCK] for at in range(0, len(site), BLOCK)]
        shown = [word for block in blocks if self.rng.random() > 1 / 6 for word in block]
        return [*paragraphs, " ".join(shown[: int(words)])]

    def replaced(self, paragraphs: list[str], share: float) -> list[str]:
        return [
            " ".join(
                self.rng.choice(self.vocabulary) if self.rng.random() < share else word
                for word in paragraph.split()
            )
            for paragraph in paragraphs
        ]

    def inserted(self, paragraphs: list[str]) -> list[str]:
        more = list(paragraphs)
        for _ in range(self.rng.randint(1, 2)):
            more.insert(self.rng.randrange(len(more) + 1), self.rng.choice(self.unseen))
        return more

    def host(self, base: list[str]) -> str:
        return self.text([*base[:1], f"\u201c{self.paragraph()}\u201d", *base[1:]])

    def paragraph(self) -> str:
        return self.rng.choice(self.rng.choice(self.bases))


def base_texts() -> Iterator[list[str]]:
    """Yield disjoint runs of paragraphs of real texts, as lists of paragraphs."""
    seen: set[str] = set()
    for text in _real_texts():
        run: list[str] = []
        for paragraph in filter(None, map(str.strip, text.split("\n"))):
            words = paragraph.split()
            key = " ".join(words[:6]).lower()
            if len(words) < SHORTEST_PARAGRAPH or key in seen or len(words) > LONGEST_PARAGRAPH:
                continue
            seen.add(key)
            run.append(paragraph)
            if _size(run) >= SHORTEST and len(run) >= FEWEST:
                yield run
                run = []


def _real_texts() -> Iterator[str]:
    with (SHARED / "articles" / "articles.jsonl").open(encoding="utf-8") as rows:
        yield from (json.loads(row)["text"] for row in rows)
    with (SHARED / "pages" / "pages.jsonl").open(encoding="utf-8") as rows:
        yield from (json.loads(row)["body"] or "" for row in rows)
    with gzip.open(SHARED / "dumps" / "dumps.jsonl.gz", "rt", encoding="utf-8") as rows:
        yield from (json.loads(row)["body"] or "" for row in rows)


def _size(paragraphs: list[str]) -> int:
    return sum(len(paragraph.split()) for paragraph in paragraphs)


def _words(text: str) -> list[str]:
    return text.split()


def _word_shingles(text: str, width: int) -> list[str]:
    words = re.findall(r"\w+", text.lower())
    return [" ".join(words[n : n + width]) for n in range(max(1, len(words) - width + 1))]


def _joined(size: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    root = list(range(size))

    def find(n: int) -> int:
        while root[n] != n:
            root[n] = root[root[n]]
            n = root[n]
        return n

    for one, other in pairs:
        root[find(one)] = find(other)
    return [find(n) for n in range(size)]


if __name__ == "__main__":
    sys.exit(main())
