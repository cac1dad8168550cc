"""A picture of what a release holds, as SVG: the same release gives the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from builder.release.contents import MANY
from builder.release.splits.ledger import SPLITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from builder.release.card.facts import Facts

FILE = "distributions.svg"
# Okabe and Ito's colours, which people with any colour vision tell apart.
COLOURS = dict(zip(SPLITS, ("#0072B2", "#E69F00", "#009E73"), strict=True))
WIDTH, LABELS, BAR, ROW, HEAD = 760, 190, 470, 18, 34


@dataclass(frozen=True, slots=True)
class Panel:
    """A chart: its title and, for each bar, counts by split."""

    title: str
    bars: dict[str, dict[str, int]]

    @property
    def height(self) -> int:
        """How much room it takes."""
        return HEAD + ROW * len(self.bars)

    @property
    def largest(self) -> int:
        """The longest bar."""
        return max((sum(counts.values()) for counts in self.bars.values()), default=0)


def picture(facts: Facts) -> str:
    """Return the SVG: events by type, arguments by role, events per document, each by split."""
    panels = [panel for panel in _panels(facts) if panel.bars]
    height = ROW * 2 + sum(panel.height for panel in panels)
    title = f"{facts.name} {facts.version}: distributions"
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img"',
        '  font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        *_legend(),
    ]
    top = ROW * 2
    for panel in panels:
        lines += _drawn(panel, top)
        top += panel.height
    return "\n".join([*lines, "</svg>"]) + "\n"


def _panels(facts: Facts) -> Iterator[Panel]:
    held = facts.contents
    types = {name: _zero() for name in facts.schema.event_types}
    roles = {role: _zero() for role in facts.schema.roles()}
    for (name, split), number in held.events.items():
        types[name][split] += number
    for (_, role, split), number in held.roles.items():
        roles[role][split] += number
    yield Panel("events by type", types)
    yield Panel("arguments by role", roles)
    top = max((n for _, n in held.sizes), default=-1)
    yield Panel(
        "documents by number of events",
        {
            f"{n}" if n < MANY else f"{n} or more": {s: held.sizes[s, n] for s in SPLITS}
            for n in range(top + 1)
        },
    )


def _zero() -> dict[str, int]:
    return dict.fromkeys(SPLITS, 0)


def _legend() -> Iterator[str]:
    for number, (split, colour) in enumerate(COLOURS.items()):
        left = LABELS + number * 110
        yield f'<rect x="{left}" y="10" width="12" height="12" fill="{colour}"/>'
        yield f'<text x="{left + 17}" y="20" fill="#222222">{split}</text>'


def _drawn(panel: Panel, top: int) -> Iterator[str]:
    yield (
        f'<text x="{LABELS}" y="{top + HEAD - 10}" font-weight="bold" fill="#222222">'
        f"{escape(panel.title)}</text>"
    )
    for number, (label, counts) in enumerate(panel.bars.items()):
        yield from _bar(label, counts, panel.largest, top + HEAD + number * ROW)


def _bar(label: str, counts: Mapping[str, int], largest: int, top: int) -> Iterator[str]:
    yield (
        f'<text x="{LABELS - 8}" y="{top + 11}" text-anchor="end" fill="#222222">'
        f"{escape(label)}</text>"
    )
    for left, width, split in _stacked([counts[s] for s in SPLITS], largest):
        yield f'<rect x="{left}" y="{top}" width="{width}" height="14" fill="{COLOURS[split]}"/>'
    total = sum(counts.values())
    end = LABELS + _scaled(total, largest)
    yield f'<text x="{end + 6}" y="{top + 11}" fill="#222222">{total:,}</text>'


def _stacked(counts: Sequence[int], largest: int) -> Iterator[tuple[int, int, str]]:
    done = 0
    for split, count in zip(SPLITS, counts, strict=True):
        start, end = _scaled(done, largest), _scaled(done + count, largest)
        done += count
        if end > start:
            yield LABELS + start, end - start, split


def _scaled(count: int, largest: int) -> int:
    # Whole pixels, by whole numbers: no rounding differs from machine to machine.
    return count * BAR // largest if largest else 0
