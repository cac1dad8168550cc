"""Near-duplicates: ours beside rensa and datasketch in one run, on real texts and perturbed copies.

The texts are those of perturbation.py. The numbers of our rule and of both
peers were chosen on seed 1; seeds that nobody looked at are for reporting.

    python benchmarks/duplicates.py --seed 2 --documents 20000
    python benchmarks/duplicates.py --tune rensa       every setting of a peer, on seed 1

Prints pair precision, recall and F1 of each method with documents per CPU second as median (least
- most) of the repeats, which take turns; of ours by kind of copy, bytes per document, the cost of
1 % more, and whether other orders and batches give the same clusters.
"""

from __future__ import annotations

import argparse
import platform
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from functools import partial
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from minhash import LINKINGS, PEERS, SKETCHINGS, Linking, Sketching, groups
from perturbation import HOST, corpus

from builder.articles.duplicates.index import Index
from builder.articles.duplicates.link import Rule
from builder.articles.duplicates.state import load_index, save_index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

T = TypeVar("T")

TUNED = {
    "rensa": (Sketching(1, 256, 64), Linking(0.475, best_only=False)),
    "datasketch": (Sketching(1, 256, 64), Linking(0.475, best_only=False)),
}
"""The best of minhash.SKETCHINGS and LINKINGS for 20,000 documents of seed 1."""


def main() -> None:
    """Print what the module's docstring says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--orders", type=int, default=3)
    parser.add_argument("--tune", choices=PEERS, help="try the settings of a peer on seed 1")
    args = parser.parse_args()
    tools = ("event-dataset-builder", "numpy", *PEERS)
    print(", ".join(f"{tool} {version(tool)}" for tool in tools))
    print(f"Python {platform.python_version()} on {platform.machine()} {platform.system()}")
    texts, truth, kinds = corpus(1 if args.tune else args.seed, args.documents)
    words = np.mean([len(text.split()) for text in texts])
    of = f"{len(texts)} documents of {words:.0f} words, {len(set(truth))} texts of their own"
    print(f"seed {1 if args.tune else args.seed}: {of}")
    if args.tune:
        tune(args.tune, texts, truth)
        return
    found = compare(texts, truth, args.repeat)
    by_kind(truth, found, kinds)
    memory(texts)
    growth(texts, args.repeat)
    orders(texts, found, args.orders)


def ours(texts: Sequence[str]) -> list[int]:
    """Return the group of each text by our index."""
    return indexed(enumerate(texts)).components().tolist()


def indexed(rows: Iterable[tuple[int, str]]) -> Index:
    """Return an index of numbered texts."""
    index = Index()
    index.add((name(number), text) for number, text in rows)
    return index


def name(number: int) -> str:
    """Return an id for a number."""
    return f"{number:08d}"


def peer(method: str, texts: Sequence[str]) -> list[int]:
    """Return the group of each text by a peer with its best setting."""
    sketching, linking = TUNED[method]
    return groups(len(texts), PEERS[method](texts, sketching), linking)


METHODS: dict[str, Callable[[Sequence[str]], list[int]]] = {
    "ours": ours,
    **{method: partial(peer, method) for method in PEERS},
}


def compare(texts: Sequence[str], truth: Sequence[int], repeat: int) -> list[int]:
    """Print scores and rates of all methods, taking turns; return our groups."""
    seconds: dict[str, list[float]] = {method: [] for method in METHODS}
    found: dict[str, list[int]] = {}
    for method in [*METHODS] * repeat:
        started = time.process_time()
        found[method] = METHODS[method](texts)
        seconds[method].append(time.process_time() - started)
    for method, runs in seconds.items():
        p, r, f = pair_scores(truth, found[method])
        rates = sorted(len(texts) / run for run in runs)
        ratio = statistics.median(runs) / statistics.median(seconds["ours"])
        rate = f"{statistics.median(rates):6.0f} ({rates[0]:.0f} - {rates[-1]:.0f}) documents/CPU s"
        how = "; ".join([f"{ratio:.2f} of our time", *map(str, TUNED.get(method, ()))])
        print(f"{method:<11} P {p:.4f} R {r:.4f} F1 {f:.4f}  {rate}  {how}")
    return found["ours"]


def pair_scores(truth: Sequence[int], found: Sequence[int]) -> tuple[float, float, float]:
    """Return precision, recall and F1 over pairs in the same group."""
    return rates(*_counts(truth, found))


def rates(both: int, said: int, true: int) -> tuple[float, float, float]:
    """Return precision, recall and F1 of counted pairs."""
    return both / max(said, 1), both / max(true, 1), 2 * both / max(said + true, 1)


def _counts(truth: Sequence[int], found: Sequence[int]) -> tuple[int, int, int]:
    both = _pairs(Counter(zip(truth, found, strict=True)))
    return both, _pairs(Counter(found)), _pairs(Counter(truth))


def _pairs(groups: Counter) -> int:
    return sum(n * (n - 1) // 2 for n in groups.values())


def by_kind(truth: Sequence[int], found: Sequence[int], kinds: Sequence[str]) -> None:
    """Print scores over the pairs with a document of a kind; combined ones are in both kinds."""
    whole = _counts(truth, found)
    made = [{*kind.split(" + "), *(["combined"] if " + " in kind else [])} for kind in kinds]
    for kind in sorted(set().union(*made) - {HOST}):
        others = [n for n, made_by in enumerate(made) if kind not in made_by]
        without = _counts([truth[n] for n in others], [found[n] for n in others])
        counts = [a - b for a, b in zip(whole, without, strict=True)]
        p, r, f = rates(*counts)
        size = f"n {len(made) - len(others)}, {counts[2]} pairs"
        print(f"  {kind:<20} P {p:.4f} R {r:.4f} F1 {f:.4f}  {size}")
    sizes = Counter(found)
    hosts = [n for n, kind in enumerate(kinds) if kind == HOST]
    joined = sum(sizes[found[n]] > 1 for n in hosts)
    print(f"  hosts that quote a paragraph: {joined} of {len(hosts)} are joined to another text")


def memory(texts: Sequence[str]) -> None:
    """Print what the index holds, and how much more memory than before was in use at the peak."""
    Path("/proc/self/clear_refs").write_text("5")  # lets the peak begin anew
    before = _kilobytes("VmRSS")
    index = indexed(enumerate(texts))
    peak = (_kilobytes("VmHWM") - before) * 1024 / len(texts)
    held = sum(column.nbytes for column in index.columns().values()) / len(texts)
    print(f"memory: {held:.0f} bytes/document held, {peak:.0f} at the peak of building")


def _kilobytes(field: str) -> int:
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"{field}:\s+(\d+)", status)[1])


def growth(texts: Sequence[str], repeat: int) -> None:
    """Print what adding 1 % costs as a share of a full run, in memory and with files.

    With files the full run writes its index, too. The last line adds 1 % after
    another, each to the files of the one before, so that the rewriting of the
    large file that is due now and then is in its mean.
    """
    step = len(texts) // 100
    cut = len(texts) - step
    kept, stored, written = [], [], []
    stages: dict[str, list[float]] = {"reading": [], "adding": [], "writing": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index.arrays"
        for _ in range(repeat):
            index, full = _timed(partial(indexed, enumerate(texts[:cut])))
            written.append(full + _timed(partial(save_index, path, index))[1])
            kept.append(_timed(partial(_add, index, texts, cut, len(texts)))[1] / full)
            del index
            seconds = _addition(path, texts, cut, len(texts))
            stored.append(sum(seconds) / written[-1])
            for stage, some in zip(stages.values(), seconds, strict=True):
                stage.append(some)
        for how, shares in (("in memory", kept), ("with reading and writing it", stored)):
            print(f"adding 1 % to an index, {how}: {_spread(shares)} of a full run, n {repeat}")
        of = ", ".join(f"{stage} {statistics.median(s):.4f}" for stage, s in stages.items())
        print(f"  CPU s, medians: full run {statistics.median(written):.2f}, {of}")
        cuts = [*range(cut - 20 * step, cut + 1, step)]
        save_index(path, indexed(enumerate(texts[: cuts[0]])))
        full = statistics.median(written)
        shares = [sum(_addition(path, texts, *pair)) / full for pair in pairwise(cuts)]
        mean = statistics.mean(shares)
        print(f"  {len(shares)} additions, one after another: mean {mean:.2%}, {_spread(shares)}")


def _addition(path: Path, texts: Sequence[str], cut: int, end: int) -> tuple[float, float, float]:
    """Add texts to an index on disk; return the seconds of reading, adding and writing."""
    ids = [name(number) for number in range(end)]
    (index, _), reading = _timed(partial(load_index, path, Rule(), ids))
    _, adding = _timed(partial(_add, index, texts, cut, end))
    _, writing = _timed(partial(save_index, path, index))
    return reading, adding, writing


def _add(index: Index, texts: Sequence[str], cut: int, end: int) -> None:
    index.add((name(number), texts[number]) for number in range(cut, end))
    index.components()


def _timed(run: Callable[[], T]) -> tuple[T, float]:
    started = time.process_time()
    made = run()
    return made, time.process_time() - started


def _spread(shares: Sequence[float]) -> str:
    return f"{statistics.median(shares):.2%} ({min(shares):.2%} - {max(shares):.2%})"


def orders(texts: Sequence[str], found: Sequence[int], number: int) -> None:
    """Print for how many shuffled orders, at once and in batches, the clusters are the same."""
    wanted = _partition(range(len(texts)), found)
    same = Counter()
    for seed in range(number):
        rng = random.Random(seed)
        order = rng.sample(range(len(texts)), len(texts))
        cuts = sorted(rng.sample(range(len(texts)), 4))
        for how, batches in (("at once", [order]), ("in 5 batches", np.split(order, cuts))):
            index = Index()
            for batch in batches:
                index.add((name(n), texts[n]) for n in batch)
            same[how] += _partition(order, index.components().tolist()) == wanted
    for how, times in same.items():
        print(f"clusters identical {how}: for {times} of {number} shuffled orders")


def _partition(order: Iterable[int], groups: Sequence[int]) -> set[frozenset[int]]:
    members: dict[int, list[int]] = {}
    for number, group in zip(order, groups, strict=True):
        members.setdefault(group, []).append(number)
    return {frozenset(some) for some in members.values()}


def tune(method: str, texts: Sequence[str], truth: Sequence[int]) -> None:
    """Print the best three linkings of every sketching of a peer."""
    for sketching in SKETCHINGS:
        near = PEERS[method](texts, sketching)
        tried = []
        for linking in LINKINGS:
            p, r, f = pair_scores(truth, groups(len(texts), near, linking))
            tried.append((f, p, r, str(linking)))
        for f, p, r, linking in sorted(tried)[-3:]:
            print(f"{method} P {p:.4f} R {r:.4f} F1 {f:.4f}  {sketching}; {linking}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
