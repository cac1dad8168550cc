"""Body and headline of page dumps: the line model beside rules and kept libraries.

    python benchmarks/line_training.py --folds build/line-folds
    python benchmarks/dumps.py --folds build/line-folds

Every page is read by a model that was trained without its site (the shipped
weights have seen every page). Peers read the same lines, each as a paragraph
of an otherwise empty page, as there is no markup. For every method: mean
precision and recall of 4-word shingles and the F1 of both with its 95 %
interval over pages, how many body lines were dropped and furniture lines kept,
how often the page's title was found where it stands in a line, and lines per
CPU second.

Two sets: the flattened pages, whose sites have to be guessed from lines that
pages share (they carry no address), and news pages cut into lines, whose sites
are their hosts. "With memory" is the line model with what other pages of the
site show, where there are any; the memory has seen neither the page nor any
label. Pages whose site has another are then measured apart. Two oracles show
what there is to win: every line that the memory knows decided by its label,
and every line decided by its label. `--fold` measures the pages of some folds
only, for work in pieces.
"""

from __future__ import annotations

import argparse
import html
import platform
import random
import statistics
import time
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import justext
import trafilatura
from line_pages import FOLDS, Page, counts, rates, read_news, read_pages, several
from line_rules import rule_body

from builder.articles.lines.model import read_model
from builder.articles.lines.role import line_roles
from builder.articles.lines.site_memory import SiteMemory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from builder.articles.lines.model import LineModel

Answer = tuple[list[bool], "int | None"]
RESAMPLES = 1000


@dataclass(slots=True)
class Tally:
    """What a method did on the pages it was given; every field has one entry a page."""

    shingles: list[tuple[int, int, int]] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    body: list[int] = field(default_factory=list)
    stray: list[int] = field(default_factory=list)
    furniture: list[int] = field(default_factory=list)
    titles: list[bool] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, page: Page, kept: Sequence[bool], headline: int | None) -> None:
        """Rate one answer; the headline is kept apart from the body."""
        pairs = list(zip(page.labels, kept, strict=True))
        self.shingles.append(counts(page.text(kept), page.body))
        self.lost.append(sum(label and not keep for label, keep in pairs))
        self.stray.append(sum(keep and not label for label, keep in pairs))
        self.body.append(sum(page.labels))
        self.furniture.append(len(pairs) - sum(page.labels))
        title = page.title.strip().casefold()
        if any(line.casefold() == title for line in page.lines):
            self.titles.append(headline is not None and page.lines[headline].casefold() == title)

    def row(self) -> str:
        """Return the numbers as a row of the table."""
        precision, recall, f1 = rates(self.shingles)
        low, high = _spread(lambda drawn: rates(drawn)[2], self.shingles)
        lost, stray = sum(self.lost) / sum(self.body), sum(self.stray) / sum(self.furniture)
        per_page = statistics.mean(map(_f1, self.shingles))
        found = f"{sum(self.titles)}/{len(self.titles)}"
        speed = (sum(self.body) + sum(self.furniture)) / max(self.seconds, 1e-9)
        return (
            f"{len(self.shingles):>5} {precision:.3f} {recall:.3f} {f1:.3f} [{low:.3f}, {high:.3f}]"
            f" {per_page:>8.3f} {lost:>8.3f} {stray:>8.3f} {found:>9} {speed:>9.0f}"
        )


def main() -> None:
    """Print one row per method."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folds", type=Path, required=True, help="models of line_training.py")
    parser.add_argument("--fold", type=int, nargs="*", choices=range(FOLDS), help="only these")
    args = parser.parse_args()
    chosen = args.fold or [*range(FOLDS)]
    models = {fold: read_model(args.folds / f"{fold}.npz") for fold in chosen}
    named = ", ".join(f"{name} {version(name)}" for name in ("trafilatura", "justext"))
    print(f"Python {platform.python_version()}, {platform.machine()}; {named}; folds {chosen}")
    for name, pages in {"flattened pages": read_pages(), "news pages": read_news()}.items():
        memory = SiteMemory()
        for page in several(pages):
            memory.add(page.site, page.lines)
        held = [page for page in pages if page.part % FOLDS in models]
        remembered = partial(ours, memory=memory)
        print(f"\n{name}: {len(held)} of {len({page.site for page in held})} sites")
        methods = {"line model": ours, "with memory": remembered, **PEERS}
        _table(_measured(held, models, methods))
        multi = [page for page in several(pages) if page.part % FOLDS in models]
        print(f"\n{name} whose site has another: {len(multi)}")
        known = partial(_known_by_label, memory=memory)
        methods = {"line model": ours, "with memory": remembered, "known by label": known}
        tallies = _measured(multi, models, {**methods, "all by label": PEERS["labels (oracle)"]})
        _table(tallies)
        pairs = [tallies[method].shingles for method in ("line model", "with memory")]
        gains = list(zip(*pairs, strict=True))
        low, high = _spread(_gain, gains)
        print(f"memory adds {_gain(gains):+.3f} [{low:+.3f}, {high:+.3f}] to F1 on the same pages")


def _measured(
    pages: Sequence[Page],
    models: Mapping[int, LineModel],
    methods: dict[str, Callable[[Page, LineModel], Answer]],
) -> dict[str, Tally]:
    """Let all methods take turns on every page, so that a busy machine slows all alike."""
    tallies = {name: Tally() for name in methods}
    for page in pages:
        for name, method in methods.items():
            started = time.process_time()
            kept, headline = method(page, models[page.part % FOLDS])
            tallies[name].seconds += time.process_time() - started
            tallies[name].add(page, kept, headline)
    return tallies


def _table(tallies: dict[str, Tally]) -> None:
    head = f"{'n':>5} {'P':>5} {'R':>5} {'F1':>5} {'95 % of F1':<14} {'per page':>8}"
    print(f"{'method':<16} {head} {'lost':>8} {'stray':>8} {'titles':>9} {'lines/s':>9}")
    for name, tally in tallies.items():
        print(f"{name:<16} {tally.row()}")


def _spread(measure: Callable[[list[Any]], float], rows: list[Any]) -> tuple[float, float]:
    chance = random.Random(0)
    drawn = sorted(measure(chance.choices(rows, k=len(rows))) for _ in range(RESAMPLES))
    return drawn[RESAMPLES // 40], drawn[-RESAMPLES // 40]


def _gain(pairs: list[tuple[tuple[int, int, int], tuple[int, int, int]]]) -> float:
    before, after = zip(*pairs, strict=True)
    return rates(after)[2] - rates(before)[2]


def _f1(row: tuple[int, int, int]) -> float:
    right, found, wanted = row
    return 2 * right / max(found + wanted, 1)


def ours(page: Page, model: LineModel, memory: SiteMemory | None = None) -> Answer:
    """Return the line model's answer, with what other pages of the site show if given."""
    seen = (lambda body: memory.seen(page.site, page.lines, body)[0]) if memory else None
    roles = line_roles(page.lines, seen, model)
    kept = [role == "body" for role in roles]
    return kept, roles.index("headline") if "headline" in roles else None


def _known_by_label(page: Page, model: LineModel, memory: SiteMemory) -> Answer:
    """Return the best that can be made of knowing which lines stand on other pages."""
    alone, headline = ours(page, model)
    seen = memory.seen(page.site, page.lines, alone)[0]
    decided = zip(alone, page.labels, seen, strict=True)
    return [bool(label) if times else keep for keep, label, times in decided], headline


def _trafilatura(page: Page, _: LineModel) -> Answer:
    text = trafilatura.extract(_markup(page), include_comments=False, favor_recall=True) or ""
    return _found(page, text.splitlines())


def _justext(page: Page, _: LineModel) -> Answer:
    paragraphs = justext.justext(_markup(page), justext.get_stoplist("English"))
    return _found(page, [p.text for p in paragraphs if not p.is_boilerplate])


def _long_lines(page: Page, _: LineModel) -> Answer:
    return [len(line.split()) >= 12 for line in page.lines], None  # noqa: PLR2004 - the baseline


def _markup(page: Page) -> str:
    lines = "".join(f"<p>{html.escape(line)}</p>\n" for line in page.lines)
    return f"<html><body><article>{lines}</article></body></html>"


def _found(page: Page, texts: Sequence[str]) -> Answer:
    """Tell which lines a library kept, by their text without spaces."""
    kept = {"".join(text.removeprefix("- ").split()) for text in texts}
    return ["".join(line.removeprefix("- ").split()) in kept for line in page.lines], None


PEERS: dict[str, Callable[[Page, LineModel], Answer]] = {
    "rules before": lambda page, _: rule_body(page.lines),
    "trafilatura": _trafilatura,
    "jusText": _justext,
    "12 words or more": _long_lines,
    "labels (oracle)": lambda page, _: ([bool(label) for label in page.labels], None),
}


if __name__ == "__main__":
    main()
