"""The card's chapter on the gates: what was checked, and what was let through with which reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.release.card.markdown import code, sections, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder.release.gates.rules import Gate


def assurance(gates: Iterable[Gate]) -> str:
    """Return the chapter; what was let through has its reason."""
    rows = [[code(gate.name), gate.measured, gate.why, _verdict(gate)] for gate in gates]
    return sections(
        "## Checks",
        "This release was put in place after these gates. A limit that is not the strictest has "
        "its reason.",
        table(["gate", "measured", "reason for its limit", "verdict"], rows),
    )


def _verdict(gate: Gate) -> str:
    if gate.allowed:
        return f"refused ({gate.found:,} findings), let through: {gate.allowed}"
    return "passed"
