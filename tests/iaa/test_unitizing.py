"""The worked example of unitizing in Krippendorff, Content Analysis (2nd edition, 2004).

The printed values are the check; page numbers could not be looked up and are not given.
"""

import pytest

from builder.document import Span
from builder.iaa.unitizing import Continuum, Unitizing, unitizing_alpha

# A continuum from 150 to 450, two observers, categories c and k.
SHARED = ((180, 60), (300, 50))
OBSERVERS = (
    {"c": ((225, 70), (370, 30)), "k": SHARED},
    {"c": ((220, 80), (355, 20), (400, 20)), "k": SHARED},
)


def continuum(observers, start=150, length=300):
    own = (
        {name: [Span(b - start, b - start + n) for b, n in spans] for name, spans in one.items()}
        for one in observers
    )
    return Continuum(length, tuple(own))


def category_disagreements(continua):
    study = Unitizing(2)
    for one in continua:
        study.add(one)
    return study.disagreements()


def test_the_example_comes_out_to_the_printed_digits():
    found = category_disagreements([continuum(OBSERVERS)])
    assert [round(found["c"].observed, 4), round(found["c"].expected, 4)] == [0.0144, 0.0532]
    assert [round(found["k"].observed, 4), round(found["k"].expected, 4)] == [0.0, 0.0490]
    assert round(found["c"].alpha, 4) == 0.7286
    assert found["k"].alpha == 1
    # The printed .8591 is the ratio of the printed, rounded disagreements.
    assert round(1 - 0.0144 / (0.0532 + 0.0490), 4) == 0.8591
    assert unitizing_alpha(found.values()) == pytest.approx(0.8591, abs=0.0005)


def test_the_observed_disagreement_is_the_one_summed_by_hand():
    # Displaced units disagree by both squared distances, a unit in a gap by its square.
    by_hand = 2 * (5**2 + 5**2 + 15**2 + 25**2 + 20**2) / (2 * 1 * 300**2)
    found = category_disagreements([continuum(OBSERVERS)])
    assert found["c"].observed == pytest.approx(by_hand)


def test_identical_units_agree_perfectly_and_nothing_marked_has_no_alpha():
    same = continuum((OBSERVERS[0], OBSERVERS[0]))
    assert unitizing_alpha(category_disagreements([same]).values()) == 1
    assert unitizing_alpha(category_disagreements([continuum(({}, {}))]).values()) is None


def test_the_order_of_documents_changes_nothing():
    parts = [continuum(OBSERVERS), continuum(OBSERVERS[::-1], start=100, length=500)]
    forward, backward = category_disagreements(parts), category_disagreements(parts[::-1])
    assert forward["c"].alpha == pytest.approx(backward["c"].alpha)


def test_a_unit_never_lies_in_the_gap_of_another_document():
    own, other = {"c": ((0, 10),)}, {}
    apart = [continuum((own, other), 0, 10), continuum((other, other), 0, 90)]
    # The first observer's unit fills its document: the second left a gap of just its size.
    found = category_disagreements(apart)["c"]
    assert found.observed == pytest.approx(10**2 / 100**2)
