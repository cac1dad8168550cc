"""CHANGELOG.md of a release: what is different from the release before, written from the diff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.release.card.markdown import sections
from builder.release.versions.wording import lines

if TYPE_CHECKING:
    from builder.release.versions.succession import Succession

FILE = "CHANGELOG.md"
HEAD = "# Changelog"
SHOWN = 200
"""Lines per release; a larger change is told in numbers, and `builder diff` tells all."""


def changelog(found: Succession, version: str, date: str | None, rows: dict[str, int]) -> str:
    """Return the whole file: this release's chapter, then those of the releases before.

    `rows` is how many rows the release has by config, for a first release.
    """
    title = f"## {version}" + (f" - {date[:10]}" if date else "")
    body = _first(rows) if found.previous is None else _since(found)
    return sections(HEAD, title, *body, _older(found)) + "\n"


def _first(rows: dict[str, int]) -> list[str]:
    held = ", ".join(f"{number:,} {config}" for config, number in rows.items())
    return [f"First release: {held}."]


def _since(found: Succession) -> list[str]:
    shown = list(lines(found.difference))
    more = len(shown) - SHOWN
    rest = f"- and {more:,} more lines; `builder diff {found.previous} {found.next}` has them all"
    return [
        f"Since {found.previous}, a {found.level} release:",
        "\n".join(f"- {reason}" for reason in found.reasons) or "- nothing in the data",
        "\n".join(f"- schema: {change.what}" for change in found.shape),
        "### All changes" if shown else "",
        "\n".join([*(_item(line) for line in shown[:SHOWN]), *([rest] if more > 0 else [])]),
    ]


def _item(line: str) -> str:
    # The sign stays readable, and no text of an article can be taken for Markdown.
    sign, _, what = line.partition(" ")
    return f"- `{sign}` `{what.replace('`', chr(0x2019))}`"


def _older(found: Succession) -> str:
    if found.folder is None:
        return ""
    path = found.folder / FILE
    text = path.read_text("utf-8") if path.exists() else ""
    return text.removeprefix(HEAD).strip()
