from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from builder.release.tables.quotation import Texts, passages, quotations

TEXT = "Ä🤝 met Bö in Rome."
PARTS = [("start", pa.int64()), ("end", pa.int64())]
MENTION = pa.struct([("text", pa.string()), ("parts", pa.list_(pa.struct(PARTS)))])
SCHEMA = pa.schema([("doc_id", pa.string()), ("Party", pa.list_(MENTION))])


def mention(text, *parts):
    return {"text": text, "parts": [{"start": start, "end": end} for start, end in parts]}


def wrong(*mentions, form="full"):
    """Return the stored texts that are refused, of a second document after a long one."""
    texts = Texts({"a": "x" * 50, "b": TEXT}, {"a": "full", "b": form})
    table = pa.Table.from_pylist([{"doc_id": "b", "Party": list(mentions)}], schema=SCHEMA)
    found = list(quotations(table, texts.owners(["b"])))
    return [one.stored[at].as_py() for one in found for at in texts.wrong(one)]


def test_offsets_are_code_points_and_parts_are_joined():
    right = [
        mention("Ä🤝", (0, 2)),
        mention("Bö", (7, 9)),
        mention("🤝 ... Rome", (1, 2), (13, 17)),
    ]
    assert wrong(*right) == []
    assert wrong(*right[:2], mention("🤝 ... Rome", (1, 2), (13, 18))) == ["🤝 ... Rome"]


@pytest.mark.parametrize("place", [(7, 10), (6, 8), (-2, 0), (40, 42), (9, 7)])
def test_a_span_that_is_elsewhere_or_outside_is_found(place):
    assert wrong(mention("Bö", place)) == ["Bö"]


def test_a_text_that_is_not_there_is_wrong_only_where_it_may_be():
    assert wrong(mention(None, (0, 2))) == [None]
    assert wrong(mention(None, (0, 2)), form="standoff") == []


def test_passages_are_withheld_from_quotes_and_quotes_from_standoff():
    for form, kept in (("full", [[], []]), ("quotes", [[0], []]), ("standoff", [[0], [0]])):
        texts = Texts({"b": TEXT}, {"b": form})
        table = pa.table({"title": ["Ä"], "start": [0], "end": [1], "text": ["Ä"]})
        owners = np.zeros(1, np.int64)
        titles = [texts.withheld(a, own, passage=True) for a, own in passages(table, owners)]
        quoted = [
            texts.withheld(q.stored, q.owners, passage=False) for q in quotations(table, owners)
        ]
        assert [titles[0], quoted[0]] == kept
