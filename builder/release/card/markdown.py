"""Markdown that survives whatever people write into a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; columns whose head starts with `#` hold numbers and stand to the right.

    >>> print(table(["role", "# n"], [["Party", 1200]]))
    | role | n |
    |---|--:|
    | Party | 1,200 |
    """
    lines = [
        _line([head.removeprefix("# ") for head in heads]),
        "|" + "|".join("--:" if head.startswith("#") else "---" for head in heads) + "|",
    ]
    return "\n".join([*lines, *(_line(row) for row in rows)])


def code(word: object) -> str:
    """Return a word as code."""
    return f"`{word}`"


def sections(*parts: str) -> str:
    """Join the parts that are not empty, with a blank line between them."""
    return "\n\n".join(part.strip("\n") for part in parts if part.strip())


def _line(cells: Iterable[object]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return " ".join(str(value).split()).replace("|", r"\|")
