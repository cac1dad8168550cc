"""The card's chapter on agreement between annotators: every number with how it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builder.release.markdown import code, sections, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def concord(measures: Sequence[Mapping[str, Any]]) -> str:
    """Return the chapter; nothing when nothing was measured.

    `measures` are facts of `builder iaa` over all documents.
    """
    stated = [measure for measure in measures if measure["value"] is not None]
    if not stated:
        return ""
    rows = [
        [
            code(measure["layer"]),
            measure["granularity"],
            f"{measure['value']:.3f}",
            _interval(measure["interval"]),
            measure["n"],
        ]
        for measure in stated
    ]
    signatures = "\n".join(code(measure["signature"]) + "  " for measure in stated)
    return sections(
        "## Agreement between annotators",
        "F1 of every pair of annotators over all documents that both finished, micro-averaged, on "
        "the events that their triggers align. `n` counts the units of both annotators together.",
        table(["layer", "granularity", "F1", "95 % interval", "# n"], rows),
        "How each number was made:",
        signatures,
    )


def _interval(ends: Sequence[float] | None) -> str:
    return f"{ends[0]:.3f} to {ends[1]:.3f}" if ends else "not measured"
