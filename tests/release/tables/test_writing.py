"""Rows made by several workers, few documents at a time, are those that one process makes."""

from __future__ import annotations

from builder.engines import ordered
from builder.release.build import build_release
from builder.release.tables import stream, writing


def data(release):
    files = sorted((release.path / "data").rglob("*.parquet"))
    return {file.relative_to(release.path): file.read_bytes() for file in files}


def test_workers_and_small_parcels_change_no_byte_and_no_count(make, monkeypatch):
    alone = build_release(make(), "0.1.0")
    monkeypatch.setattr(stream, "BATCH", 1)
    monkeypatch.setattr(writing, "WORTH", 1)
    monkeypatch.setattr(ordered.os, "cpu_count", lambda: 2)
    many = build_release(make(name="many"), "0.1.0")
    assert data(many) == data(alone)
    assert (many.counts, many.left_out) == (alone.counts, alone.left_out)
    told = [(gate.name, gate.measured) for gate in many.gates]
    assert told == [(gate.name, gate.measured) for gate in alone.gates]
