"""Posting lists in two segments: the same as those of a plain dictionary, however texts came."""

from collections import defaultdict

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.articles.duplicates.posting import Postings
from builder.articles.duplicates.shingle import Shingles

TEXTS = st.lists(st.lists(st.integers(0, 30), unique=True, max_size=12), max_size=9)


def shingles(texts: list[list[int]]) -> Shingles:
    sizes = np.array([len(text) for text in texts], np.int64)
    hashes = np.array([key for text in texts for key in text], np.uint32)
    places = np.array([at for text in texts for at in range(len(text))], np.uint16)
    return Shingles(sizes, sizes, hashes, places)


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_lists_are_those_of_a_dictionary(batches):
    postings = Postings()
    plain: dict[int, list[int]] = defaultdict(list)
    texts: list[list[int]] = []
    for batch in batches:
        found = postings.add(shingles(batch))
        for text in batch:
            for key in text:
                plain[key].append(len(texts))
            texts.append(text)
        assert len(found) == len({key for text in batch for key in text})
    rows = postings.rows(np.arange(len(texts)))
    flat = [key for text in texts for key in text]
    names = dict(zip(flat, rows.keys.tolist(), strict=True))
    assert [names[key] for key in flat] == rows.keys.tolist()
    assert np.diff(rows.bounds).tolist() == [len(text) for text in texts]
    keys = np.array([names[key] for key in plain], np.int64)
    assert postings.lengths(keys).tolist() == [len(held) for held in plain.values()]
    holders, which = postings.posts(keys)
    for at, held in enumerate(plain.values()):
        assert sorted(holders[which == at].tolist()) == held
    groups = np.arange(len(texts)) % 3
    counted = postings.count_groups(keys, groups).tolist()
    assert counted == [len({text % 3 for text in held}) for held in plain.values()]
    for segment, lists in postings.lists(keys, rows=True):
        assert (segment.keys[lists.data] == np.repeat(keys, np.diff(lists.indptr))).all()
