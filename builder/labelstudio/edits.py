"""What became of a suggestion: its regions keep their ids when a person changes them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import msgspec

from builder.event import Edit
from builder.labelstudio.items import LABELS, RELATION

if TYPE_CHECKING:
    from collections.abc import Iterable

Item = dict[str, Any]
_SUGGESTED = {"prediction", "prediction-changed"}


def shown_prediction(task: dict[str, Any], raw: dict[str, Any]) -> dict[str, Any] | None:
    """Return the prediction that an annotation started from, None for work from scratch.

    The server forgets it when the work was resumed from a draft; then the
    origin of the regions tells that there was one, and their ids which.
    """
    prediction = raw.get("prediction")
    if isinstance(prediction, dict) and prediction.get("result") is not None:
        return prediction
    items = [item for item in raw.get("result") or [] if isinstance(item, dict)]
    ids = {item.get("id") for item in items if item.get("origin") in _SUGGESTED}
    known = [each for each in task.get("predictions") or [] if isinstance(each, dict)]
    ranked = [(len(ids & _regions(each["result"]).keys()), n) for n, each in enumerate(known)]
    best = max(ranked, default=(0, 0))
    return known[best[1]] if best[0] else None


def edits(suggested: Iterable[Item], given: Iterable[Item]) -> tuple[Edit, ...]:
    """Say of every suggested span whether it was kept, changed or deleted, and which were added.

    A span is changed when its place, its labels or one of its values differ.

    >>> spot = {"id": "t1", "type": "labels", "value": {"start": 0, "end": 2, "labels": ["X"]}}
    >>> [edit.outcome for edit in edits([spot], [spot | {"id": "t2"}])]
    ['deleted', 'added']
    """
    before, after = _regions(suggested), _regions(given)
    found = [
        Edit(name, "kept" if after[name] == said else "changed")
        if name in after
        else Edit(name, "deleted")
        for name, said in before.items()
    ]
    return tuple(found + [Edit(name, "added") for name in after if name not in before])


def _regions(items: Iterable[Item]) -> dict[str, set[bytes]]:
    """Return what was said of each span, in a form that compares."""
    listed = [i for i in items if isinstance(i, dict) and isinstance(i.get("value"), dict)]
    spans = dict.fromkeys(str(i.get("id")) for i in listed if i.get("type") == LABELS)
    said: dict[str, set[bytes]] = defaultdict(set, {name: set() for name in spans})
    for item in listed:
        if item.get("type") != RELATION and str(item.get("id")) in spans:
            said[str(item["id"])].add(_canonical(item))
    return dict(said)


def _canonical(item: Item) -> bytes:
    # The server writes `text` its own way, and leaves the place out of some values.
    value = {k: v for k, v in item["value"].items() if k != "text" or isinstance(v, list)}
    if item.get("type") != LABELS:
        value = {k: v for k, v in value.items() if k not in {"start", "end"}}
    return msgspec.json.encode([item.get("from_name"), value], order="sorted")
