"""What to annotate: one per cluster, spread over strata, a share at random, the same by seed."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.articles.assembly import document, lines, whole
from builder.articles.selection import Candidate, candidate, select
from builder.document import Article

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


@given(st.integers(0, 99), st.integers(1, 40), st.randoms(use_true_random=False))
def test_the_choice_depends_on_the_seed_and_not_on_the_order(seed, number, rng):
    candidates = [*many(20), *many(10, "Q", ("Meeting",))]
    wanted = select(candidates, number, seed=seed)
    rng.shuffle(candidates)
    assert select(candidates, number, seed=seed) == wanted
    assert len({each.doc_id for each in wanted}) == len(wanted) == min(number, 30)
