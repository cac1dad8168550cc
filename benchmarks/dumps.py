"""Body and headline of page dumps: the line model beside rules and kept libraries.

The model is trained anew for every fold on the sites outside it (the shipped
weights have seen every page). Peers read the same lines, each as a paragraph
of an otherwise empty page, as there is no markup. For every method: mean
precision and recall of 4-word shingles and the F1 of both, how many body
lines were dropped and furniture lines kept, and how often the page's title was
found where it stands in a line. `memory` is the model with the other pages of
the site, on pages whose site has another.

Example: `python benchmarks/dumps.py --folds 5`
"""

from __future__ import annotations

import argparse
import html
import random
import statistics
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import justext
import trafilatura
from line_pages import Page, counts, rates, read_pages, several
from line_rules import rule_body
from line_training import train

from builder.articles.role import line_roles
from builder.articles.site_memory import SiteMemory

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from builder.articles.line_model import LineModel

Answer = tuple[list[bool], "int | None"]
RESAMPLES = 1000
HELD = 15  # of twenty parts of the sites; what is chosen by looking is chosen on those before


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
        chance = random.Random(0)
        drawn = sorted(
            rates(chance.choices(self.shingles, k=len(self.shingles)))[2] for _ in range(RESAMPLES)
        )
        low, high = drawn[RESAMPLES // 40], drawn[-RESAMPLES // 40]
        lost, stray = sum(self.lost) / sum(self.body), sum(self.stray) / sum(self.furniture)
        per_page = statistics.mean(2 * r / max(f + w, 1) for r, f, w in self.shingles)
        found = f"{sum(self.titles)}/{len(self.titles)}"
        return (
            f"{len(self.shingles):>5} {precision:.3f} {recall:.3f} {f1:.3f} [{low:.3f}, {high:.3f}]"
            f" {per_page:>8.3f} {lost:>8.3f} {stray:>8.3f} {found:>9}"
            f" {len(self.shingles) / max(self.seconds, 1e-9):>9.0f}"
        )


def main() -> None:
    """Print one row per method."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folds", type=int, default=5, help="parts that the sites are split into")
    parser.add_argument("--held", action="store_true", help="one split: the sites kept to the end")
    args = parser.parse_args()
    pages = read_pages()
    tallies: dict[str, Tally] = {}
    for fold in range(1 if args.held else args.folds):
        held = {
            p.key for p in pages if (p.part >= HELD if args.held else p.part % args.folds == fold)
        }
        model = train([page for page in pages if page.key not in held])
        _measure([page for page in pages if page.key in held], model, tallies)
    split = "held sites" if args.held else f"{args.folds} folds by site"
    print(f"pages n={len(pages)}, sites n={len({page.site for page in pages})}, {split}")
    head = f"{'n':>5} {'P':>5} {'R':>5} {'F1':>5} {'95 % of F1':<14} {'per page':>8}"
    print(f"{'method':<16} {head} {'lost':>8} {'stray':>8} {'titles':>9} {'pages/s':>9}")
    for name, tally in tallies.items():
        print(f"{name:<16} {tally.row()}")


def _held(page: Page, folds: int | None, fold: int) -> bool:
    return page.part % folds == fold if folds else page.part >= HELD


def _measure(pages: Sequence[Page], model: LineModel, tallies: dict[str, Tally]) -> None:
    """Let all methods take turns on every page, so that a busy machine slows all alike."""
    memory, multi = SiteMemory(), several(pages)
    for page in multi:
        memory.add(page.site, page.lines)
    for page in pages:
        methods = {"line model": lambda p: ours(p, model), **PEERS}
        if page in multi:
            methods["of several"] = methods["line model"]
            methods["with memory"] = lambda p: ours(p, model, memory)
        for name, method in methods.items():
            tally = tallies.setdefault(name, Tally())
            started = time.process_time()
            kept, headline = method(page)
            tally.seconds += time.process_time() - started
            tally.add(page, kept, headline)


def ours(page: Page, model: LineModel, memory: SiteMemory | None = None) -> Answer:
    """Return the line model's answer, with what other pages of the site show if given."""
    seen = memory.seen(page.site, page.lines)[0] if memory else ()
    roles = line_roles(page.lines, seen, model)
    kept = [role == "body" for role in roles]
    return kept, roles.index("headline") if "headline" in roles else None


def _trafilatura(page: Page) -> Answer:
    text = trafilatura.extract(_markup(page), include_comments=False, favor_recall=True) or ""
    return _found(page, text.splitlines())


def _justext(page: Page) -> Answer:
    paragraphs = justext.justext(_markup(page), justext.get_stoplist("English"))
    return _found(page, [p.text for p in paragraphs if not p.is_boilerplate])


def _long_lines(page: Page) -> Answer:
    return [len(line.split()) >= 12 for line in page.lines], None  # noqa: PLR2004 - the baseline


def _truth(page: Page) -> Answer:
    return [bool(label) for label in page.labels], None


def _markup(page: Page) -> str:
    lines = "".join(f"<p>{html.escape(line)}</p>\n" for line in page.lines)
    return f"<html><body><article>{lines}</article></body></html>"


def _found(page: Page, texts: Sequence[str]) -> Answer:
    """Tell which lines a library kept, by their text without spaces."""
    kept = {"".join(text.removeprefix("- ").split()) for text in texts}
    return ["".join(line.removeprefix("- ").split()) in kept for line in page.lines], None


PEERS: dict[str, Callable[[Page], Answer]] = {
    "rules before": lambda page: rule_body(page.lines),
    "trafilatura": _trafilatura,
    "jusText": _justext,
    "12 words or more": _long_lines,
    "labels (oracle)": _truth,
}


if __name__ == "__main__":
    main()
