"""The card's chapter on agreement between annotators: every number with how it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builder.release.card.markdown import code, sections, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def concord(measures: Sequence[Mapping[str, Any]]) -> str:
    """Return the chapter; nothing when nothing was measured.

    `measures` are facts of `builder iaa` over all documents.
    """
    stated = [measure for measure in measures if measure["value"] is not None]
    if not stated:
        return ""
    layers = list(dict.fromkeys(measure["layer"] for measure in stated))
    names = list(dict.fromkeys(measure["granularity"] for measure in stated))
    cells = {(measure["layer"], measure["granularity"]): measure for measure in stated}
    rows = [
        [
            code(layer),
            *(_value(cells.get((layer, name))) for name in names),
            _number([cells[layer, name]["n"] for name in names if (layer, name) in cells]),
        ]
        for layer in layers
    ]
    made = dict.fromkeys(code(_pattern(measure)) for measure in stated)
    return sections(
        "## Agreement between annotators",
        "F1 of every pair of annotators over all documents that both finished, micro-averaged, on "
        "the events that their triggers align; in brackets the 95 % interval. The columns tell how "
        "exactly spans have to match. `n` counts the units of both annotators together.",
        table(["layer", *names, "# n"], rows),
        "How each number was made; in `<...>` stands what the table says:",
        "\n".join(f"{line}  " for line in made),
    )


def _value(measure: Mapping[str, Any] | None) -> str:
    return f"{measure['value']:.3f} ({_interval(measure['interval'])})" if measure else ""


def _number(units: Sequence[int]) -> object:
    return units[0] if len(set(units)) == 1 else ", ".join(map(str, units))


def _pattern(measure: Mapping[str, Any]) -> str:
    """Return a measure's signature without what differs from cell to cell."""
    pattern = str(measure["signature"])
    for name, value in (
        ("layer", measure["layer"]),
        ("match", measure["granularity"]),
        ("n", measure["n"]),
    ):
        pattern = pattern.replace(f"|{name}:{value}|", f"|{name}:<{name}>|")
    return pattern


def _interval(ends: Sequence[float] | None) -> str:
    return f"{ends[0]:.3f} to {ends[1]:.3f}" if ends else "not measured"
