"""What to annotate: one per cluster, spread over strata, a share at random, the same by seed."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.articles.assembly import document, lines, whole
from builder.articles.selection import (
    Candidate,
    candidate,
    read_selection,
    select,
    write_selection,
)
from builder.document import Article
from builder.errors import DataError

TRIGGERS = {"Agreement": ("agree", "sign"), "Meeting": ("meet", "talks"), "Statement": ("say",)}


def many(number: int, publisher: str = "P", families: tuple[str, ...] = ()) -> list[Candidate]:
    names = [f"{publisher}{n}" for n in range(number)]
    return [Candidate(name, name, publisher, "2025-06", families) for name in names]


@pytest.mark.parametrize(
    ("text", "families"),
    [
        ("They signed it on Friday.", ("Agreement",)),
        ("The two men met and said so.", ("Meeting", "Statement")),
        ("The signal was weak.", ()),
        ("They are agreeing.", ("Agreement",)),
    ],
)
def test_expected_families_follow_from_the_opening(text, families):
    page = [piece for _, piece in lines(whole(f"Title\n{text}", "utf-8"), "utf-8")]
    made = document(page[0], page[1:], (), Article("a.txt", "0", "utf-8"))
    assert candidate(made, TRIGGERS).families == families
    assert candidate(made, TRIGGERS).stratum.startswith("unknown publisher | undated | ")


def test_a_cluster_is_chosen_once_by_the_document_it_is_named_after():
    copies = [Candidate(name, "m", "P", "2025-06", ()) for name in ("a", "m", "z")]
    assert [chosen.doc_id for chosen in select(copies, 10)] == ["m"]


def test_a_rare_stratum_is_seen():
    chosen = select([*many(500), *many(1, "Rare", ("Agreement",))], 10, blind=0)
    assert Counter(each.stratum.split(" |")[0] for each in chosen) == {"P": 9, "Rare": 1}


def test_the_blind_share_is_drawn_from_all():
    candidates = [*many(900, "Big"), *many(100, "Small")]
    blind = Counter()
    for seed in range(40):
        for each in select(candidates, 100, seed=seed, blind=0.2):
            blind[each.stratum.split(" |")[0]] += each.blind
    assert blind.total() == 40 * 20
    assert blind["Small"] / blind.total() == pytest.approx(0.1, abs=0.04)


@given(
    st.integers(0, 99), st.integers(1, 30), st.integers(0, 30), st.sampled_from([0, 0.1, 0.5, 1])
)
def test_a_larger_choice_holds_a_smaller_and_nothing_shown_becomes_blind(seed, few, more, share):
    candidates = [*many(40), *many(20, "Q", ("Meeting",))]
    small = select(candidates, few, seed=seed, blind=share)
    large = {
        each.doc_id: each.blind for each in select(candidates, few + more, seed=seed, blind=share)
    }
    assert len(small) == few
    assert all(each.doc_id in large for each in small)
    assert not any(large[each.doc_id] for each in small if not each.blind)


def test_blind_documents_are_spread_over_the_order():
    chosen = select(many(300), 100, blind=0.1)
    blind = [number for number, each in enumerate(chosen) if each.blind]
    assert len(blind) == 10
    assert all(later - sooner <= 11 for sooner, later in pairwise(blind))


def test_what_is_written_is_read_back_and_other_lines_are_named(tmp_path):
    path = tmp_path / "selection.jsonl"
    assert read_selection(path) is None
    chosen = select(many(9), 5)
    write_selection(path, chosen)
    assert list(read_selection(path).values()) == chosen
    path.write_text(path.read_text() + "{}\n\nx\n")
    with pytest.raises(DataError) as caught:
        read_selection(path)
    assert [each.where for each in caught.value.problems] == [
        f"selection.jsonl:{n}" for n in (6, 7, 8)
    ]


@given(st.integers(0, 99), st.integers(1, 40), st.randoms(use_true_random=False))
def test_the_choice_depends_on_the_seed_and_not_on_the_order(seed, number, rng):
    candidates = [*many(20), *many(10, "Q", ("Meeting",))]
    wanted = select(candidates, number, seed=seed)
    rng.shuffle(candidates)
    assert select(candidates, number, seed=seed) == wanted
    assert len({each.doc_id for each in wanted}) == len(wanted) == min(number, 30)
