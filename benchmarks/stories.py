"""Stories: how many of the pairs that are joined report the same, and how many that do are joined.

    python benchmarks/stories.py

Prints for the development and the held half of 300 bulletins, marked by hand (story_truth.py),
precision with its interval of 95 % (Wilson) and recall of pairs: alone, and among the texts of
../shared that are no reports of them; then the ratings that people gave to the pairs found in 50
other bulletins (similarities0-1.txt of the same source, 0 to 1). The texts come with gensim.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import json
import math
import platform
import sys
import time
from importlib.metadata import version
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import story_truth

from builder.articles.duplicates.index import Index
from builder.articles.duplicates.story import DAYS, Report, stories

if TYPE_CHECKING:
    from collections.abc import Iterable

    Pairs = set[tuple[int, int]]

SHARED = Path(__file__).parent.parent.parent / "shared"
LAST = dt.datetime(2001, 12, 31, tzinfo=dt.UTC)
A_DAY = 10  # texts
LIKE = 0.8  # a rating from which people call two bulletins much the same
SHORTEST = 400


def main() -> None:
    """Print what the module's docstring says."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    print(f"gensim {version('gensim')}, numpy {version('numpy')}, Python", end=" ")
    print(f"{platform.python_version()} on {platform.machine()} {platform.system()}")
    texts = dict(enumerate(_lines("lee_background.cor")))
    copies = _copies(texts)
    print(f"{len(texts)} bulletins, {len(copies)} of them copies of others and left out")
    others = list(_others())
    for name, half in (("development", range(150)), ("held", range(150, 300))):
        reports = {n: texts[n] for n in half if n not in copies}
        for more in ([], others):
            started = time.process_time()
            found = _pairs(_found(reports, more))
            seconds = time.process_time() - started
            size = f"{len(reports)} bulletins" + (f" among {len(more)} other texts" if more else "")
            print(f"{name}, {size}: {seconds:.1f} CPU s")
            _tell("one event or affair", found, _true(reports, affairs=True))
            _tell("one event", found, _true(reports, affairs=False))
    rated()


def rated() -> None:
    """Print the mean rating that people gave to each pair found in the 50 bulletins."""
    texts = dict(enumerate(_lines("lee.cor")))
    rows = [list(map(float, line.split())) for line in _lines("similarities0-1.txt")]
    rating = {(a, b): max(rows[a][b], rows[b][a]) for a, b in combinations(texts, 2)}
    found = sorted(rating[pair] for pair in _pairs(_found(texts, [])))
    like = sum(value >= LIKE for value in rating.values())
    right = sum(value >= LIKE for value in found)
    print(f"rated by people: {right} of {len(found)} pairs found have {LIKE} and more: {found}")
    print(f"  of all {len(rating)} pairs {like} have; the days are not known and taken as one")


def _found(reports: dict[int, str], others: Iterable[str]) -> list[list[int]]:
    """Return the stories of numbered reports; the others are spread over their days."""
    days = {str(n): n / A_DAY if len(reports) > len(_lines("lee.cor")) else 0.0 for n in reports}
    texts = {str(n): text for n, text in reports.items()}
    for number, text in enumerate(others):
        name = f"other {number}"
        texts[name], days[name] = text, (min(reports) + number % 150) / A_DAY
    known = {n: Report(n, LAST - dt.timedelta(days=days[n]), "en") for n in texts}
    found = stories(known, texts.items())
    return [[int(name) for name in names if name.isdigit()] for names in found]


def _pairs(groups: Iterable[Iterable[int]]) -> Pairs:
    return {pair for members in groups for pair in combinations(sorted(members), 2)}


def _true(reports: dict[int, str], *, affairs: bool) -> Pairs:
    marked = story_truth.EVENTS + (story_truth.AFFAIRS if affairs else ())
    near = {(a, b) for a, b in _pairs(marked) if b - a <= DAYS * A_DAY}
    return {(a, b) for a, b in near if a in reports and b in reports}


def _tell(name: str, found: Pairs, true: Pairs) -> None:
    right, n = len(found & true), len(found)
    low, high = wilson(right, n)
    precision = f"precision {right}/{n} = {right / max(n, 1):.3f} ({low:.2f} - {high:.2f})"
    print(f"  {name:<20} {precision}, recall {right}/{len(true)} = {right / len(true):.3f}")


def wilson(right: int, n: int) -> tuple[float, float]:
    """Return the score interval of Wilson (1927) for a share, at 95 %."""
    z, share = 1.96, right / max(n, 1)
    middle = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def _copies(texts: dict[int, str]) -> set[int]:
    index = Index()
    index.add((str(number), text) for number, text in texts.items())
    groups = index.components().tolist()
    return {number for number in texts if groups.index(groups[number]) != number}


def _lines(name: str) -> list[str]:
    folder = Path(find_spec("gensim").submodule_search_locations[0])
    text = (folder / "test" / "test_data" / name).read_text(encoding="utf-8", errors="replace")
    return text.strip().split("\n")


def _others() -> Iterable[str]:
    with (SHARED / "pages" / "pages.jsonl").open(encoding="utf-8") as rows:
        texts = [json.loads(row)["body"] or "" for row in rows]
    with gzip.open(SHARED / "dumps" / "dumps.jsonl.gz", "rt", encoding="utf-8") as rows:
        texts += [json.loads(row)["body"] or "" for row in rows]
    return [text for text in texts if len(text) > SHORTEST]


if __name__ == "__main__":
    sys.exit(main())
