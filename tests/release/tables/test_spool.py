from __future__ import annotations

from dataclasses import dataclass

import pytest

from builder.release.tables import spool
from builder.release.tables.spool import Spool


@dataclass(frozen=True)
class Thing:
    name: str
    values: tuple[dict, ...]


@pytest.mark.parametrize("memory", [1, 1 << 20])
def test_values_come_back_in_memory_and_on_disk(monkeypatch, memory):
    monkeypatch.setattr(spool, "MEMORY", memory)
    things = [Thing(f"ä{n}", ({"n": n, "x": None},) * (n % 3)) for n in range(50)]
    held = Spool(Thing)
    assert (list(held), len(held), bool(held)) == ([], 0, False)
    for thing in things:
        held.add(thing)
    assert list(held) == list(held) == things
    assert held.at(7) == things[7]
    assert len(held) == 50
