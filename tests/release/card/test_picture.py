from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree as ET

from builder.release.build import build_release
from builder.release.card.picture import BAR, Panel, _stacked

SVG = "{http://www.w3.org/2000/svg}"


def drawn(release):
    return ET.parse(release / "distributions.svg").getroot()


def test_the_picture_is_well_formed_and_counts_what_the_release_holds(make):
    built = build_release(make(), "0.1.0")
    words = [text.text for text in drawn(built.path).iter(f"{SVG}text")]
    for title in ("events by type", "arguments by role", "documents by number of events"):
        assert title in words
    at = words.index("Meeting")
    assert words[at + 1] == str(sum(built.counts["meetings"].values()))
    assert f"({'distributions.svg'})" in (built.path / "README.md").read_text()


def test_the_same_release_gives_the_same_bytes(make, sample):
    one = build_release(make(), "0.1.0").path / "distributions.svg"
    mixed = build_release(make(gold=sample.gold[::-1], name="mixed"), "0.1.0")
    assert one.read_bytes() == (mixed.path / "distributions.svg").read_bytes()


def test_bars_of_the_splits_touch_and_fill_the_longest():
    counts = {"train": 7, "validation": 1, "test": 2}
    panel = Panel("x", {"a": counts, "b": {"train": 1, "validation": 0, "test": 0}})
    bars = list(_stacked(list(counts.values()), panel.largest))
    assert [split for *_, split in bars] == ["train", "validation", "test"]
    assert sum(width for _, width, _ in bars) == BAR
    assert all(a[0] + a[1] == b[0] for a, b in pairwise(bars))
