"""The leak gate: which planted copies it finds across splits, how fast, and in how much memory.

    python benchmarks/leaks.py 10000 50000

The texts are those of perturbation.py, whole groups of copies in one split (80, 10, 10 %); 100 more
are planted as copies of training texts in the test split, cut to 60 % and with 8 % of their words
replaced. Each size runs in a process of its own. Prints seconds of CPU, documents per CPU second,
the peak of anonymous memory above the texts (shingles lie in mapped files), planted copies that
were found, and pairs beyond them: how many are texts of different groups that the corpus gave one
quoted or inserted paragraph, which is more than half of what is not furniture in one of them, and
so are no false alarms.
"""

from __future__ import annotations

import argparse
import platform
import random
import re
import subprocess
import sys
import time
from difflib import SequenceMatcher
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from perturbation import corpus
from release import Memory

from builder.release.splits.leak import leaks

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 2
PLANTED = 100
REPLACED, LEFT = 0.08, 0.6
PASSAGE = 30
"""Words in a row: more than a block of furniture has."""

SPLITS = ["train"] * 8 + ["validation", "test"]


def main() -> None:
    """Print one line for each size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", type=int, nargs="*", default=[10_000, 50_000])
    parser.add_argument("--here", action="store_true", help="run one size in this process")
    args = parser.parse_args()
    if args.here:
        measure(args.sizes[0])
        return
    print(f"numpy {version('numpy')}, Python {platform.python_version()}", end=" ")
    print(f"on {platform.machine()} {platform.system()}; seed {SEED}, {PLANTED} planted")
    for size in args.sizes:
        command = [sys.executable, __file__, str(size), "--here"]
        subprocess.run(command, check=True)


def measure(size: int) -> None:
    """Print how the gate does on so many texts."""
    texts, groups, _ = corpus(SEED, size)
    rows = list(_placed(texts, groups))
    leaks(rows[:10])  # tables that are made once
    before = _kilobytes("RssAnon")
    memory = Memory()
    memory.start()
    started = time.process_time()
    found = leaks(rows)
    seconds = time.process_time() - started
    memory.done.set()
    peak = (memory.peak - before) / 1024
    planted = {one.doc_id for one in found} | {one.other for one in found}
    caught = sum(name.startswith("planted") for name in planted)
    texts_of = {name: text.split() for name, text, _ in rows}
    others = [one for one in found if "planted" not in one.doc_id + one.other]
    quoting = sum(_share_passage(texts_of[one.doc_id], texts_of[one.other]) for one in others)
    rate = f"{seconds:6.1f} CPU s, {len(rows) / seconds:.0f} documents/CPU s"
    each = f"anonymous peak {peak:.0f} MB ({peak * 1024 * 1024 / len(rows):.0f} bytes each)"
    print(f"{len(rows):>7} documents: {rate}, {each}, {caught}/{PLANTED} found")
    print(
        f"        {len(others)} other pairs, {quoting} of them share a passage of {PASSAGE} words"
    )


def _placed(texts: list[str], groups: list[int]) -> Iterator[tuple[str, str, str]]:
    rng = random.Random(SEED)
    splits = {group: rng.choice(SPLITS) for group in sorted(set(groups))}
    for number, (text, group) in enumerate(zip(texts, groups, strict=True)):
        yield f"{number:08d}", text, splits[group]
    training = [text for text, group in zip(texts, groups, strict=True) if splits[group] == "train"]
    for number, text in enumerate(rng.sample(training, PLANTED)):
        words = text.split()
        kept = [word if rng.random() > REPLACED else f"new{number}" for word in words]
        yield f"planted {number}", " ".join(kept[: round(LEFT * len(words))]), "test"


def _share_passage(one: list[str], other: list[str]) -> bool:
    """Tell whether two texts of different groups have a quoted or inserted paragraph in common."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.find_longest_match().size >= PASSAGE


def _kilobytes(field: str) -> int:
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"{field}:\s+(\d+)", status)[1])


if __name__ == "__main__":
    sys.exit(main())
