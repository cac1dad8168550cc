"""Worked examples of Krippendorff, and the package that computes the same."""

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.iaa.alpha import Coincidences, alpha, alphas, row, total

# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), the data of each section.
SECTION_A = ["0100000010", "1110010000"]  # binary, two observers: Meg and Owen
SECTION_B = ["aabbdcccedda", "babbbccceddd"]  # nominal, two observers: Ben and Gerry
SECTION_C = ["123321412...", "1233224125.3", ".33323422" + "51.", "12332441251."]


def of(observers):
    found = Coincidences()
    for values in zip(*observers, strict=True):
        found.add([value for value in values if value != "."])
    return found


@pytest.mark.parametrize(
    ("observers", "printed"),
    [(SECTION_A, 0.095), (SECTION_B, 0.692), (SECTION_C, 0.743)],
    ids=["section A", "section B", "section C, missing data"],
)
def test_the_examples_of_krippendorff_2011_come_out_to_the_printed_digits(observers, printed):
    assert round(alpha(of(observers)), 3) == printed


def test_the_coincidences_of_section_c_are_those_counted_by_hand():
    found = of(SECTION_C)
    # 40 values have a partner; 7 + 10 + 8 + 4 + 3 of the coincidences lie on the diagonal.
    assert dict(found.values) == {"1": 9, "2": 13, "3": 10, "4": 5, "5": 3}
    assert found.agreed == pytest.approx(32)
    by_hand = 1 - (1 - 32 / 40) / (1 - (9 * 8 + 13 * 12 + 10 * 9 + 5 * 4 + 3 * 2) / (40 * 39))
    assert alpha(found) == pytest.approx(by_hand)


values = st.lists(st.lists(st.sampled_from("abc."), min_size=3, max_size=3), min_size=1)


@settings(deadline=None)
@given(values)
def test_it_is_what_the_package_krippendorff_computes(units):
    found = of(list(zip(*units, strict=True)))
    mine = alpha(found)
    if mine is None:
        assert len(found.values) < 2
        return
    data = [
        [np.nan if v == "." else "abc".index(v) for v in own] for own in zip(*units, strict=True)
    ]
    assert mine == pytest.approx(krippendorff.alpha(data, level_of_measurement="nominal"))


def test_one_value_alone_and_one_value_everywhere_have_no_alpha():
    assert alpha(of(["a.", ".b"])) is None
    assert alpha(of(["aa", "aa"])) is None


def test_the_same_unit_many_times_is_counted_at_once():
    once, many = Coincidences(), Coincidences()
    for _ in range(7):
        once.add(["a", "b", "a"])
    many.add(["a", "b", "a"], times=7)
    assert (once.values, once.units) == (many.values, many.units)
    assert once.agreed == pytest.approx(many.agreed)


def test_documents_add_up_to_the_whole():
    parts = [of(SECTION_B), of(SECTION_B[::-1])]
    rows = np.array([row(part, list("abcde")) for part in parts])
    assert alphas(rows.sum(axis=0, keepdims=True))[0] == pytest.approx(alpha(total(parts)))
