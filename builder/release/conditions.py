"""Under what conditions a release is made, beside what the project itself says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builder.release.gates.rules import Gate
from builder.release.tables.stream import Bundle

Measured = Sequence[Mapping[str, Any]]


def _silent(_told: object) -> None:
    pass


def _unmeasured(_documents: Iterable[Bundle]) -> Measured:
    return ()


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the caller knows.

    `history` is the folder of the earlier releases, by default that of the new
    one. `allow` lets gates be passed, by name, with a reason. `agreement` gives
    the facts of `builder iaa`, from all documents and answers as they stream by.
    `tell` hears of all gates before one refuses, `say` of what else happened, in
    a line.
    """

    history: Path | None = None
    allow: Mapping[str, str] = field(default_factory=dict)
    agreement: Callable[[Iterable[Bundle]], Measured] = _unmeasured
    tell: Callable[[Sequence[Gate]], None] = _silent
    say: Callable[[str], None] = _silent
