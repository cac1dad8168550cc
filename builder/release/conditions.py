"""Under what conditions a release is made, beside what the project itself says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builder.release.gates.rules import Gate


def _silent(_told: object) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the caller knows.

    `history` is the folder of the earlier releases, by default that of the new
    one. `allow` lets gates be passed, by name, with a reason. `agreement` holds
    the facts of `builder iaa`. `tell` hears of all gates before one refuses, `say`
    of what else happened, in a line.
    """

    history: Path | None = None
    allow: Mapping[str, str] = field(default_factory=dict)
    agreement: Sequence[Mapping[str, Any]] = ()
    tell: Callable[[Sequence[Gate]], None] = _silent
    say: Callable[[str], None] = _silent
