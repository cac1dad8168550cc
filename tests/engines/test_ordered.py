from __future__ import annotations

import os
import time

import pytest

from builder.engines.ordered import in_order
from builder.errors import BuilderError, DataError


def slow_if_even(number: int) -> tuple[int, int]:
    time.sleep(0.02 * (number % 2 == 0))
    return number, os.getpid()


def refuse(number: int) -> int:
    if number == 3:
        raise DataError("three")
    return number


def die(number: int) -> int:
    os._exit(number)


def test_results_come_in_order_from_several_processes():
    found = list(in_order(slow_if_even, range(12), worth=4, processes=2))
    assert [number for number, _ in found] == list(range(12))
    assert os.getpid() not in {process for _, process in found}


@pytest.mark.parametrize(("worth", "processes"), [(13, 2), (1, 1)])
def test_few_things_and_one_core_stay_in_this_process(worth, processes):
    found = list(in_order(slow_if_even, range(12), worth=worth, processes=processes))
    assert found == [(number, os.getpid()) for number in range(12)]


def test_things_are_taken_no_faster_than_results_are():
    taken = []
    things = (taken.append(n) or n for n in range(40))
    results = in_order(slow_if_even, things, worth=2, processes=2)
    next(results)
    assert len(taken) <= 6
    assert len(list(results)) == 39


def test_an_error_of_a_worker_is_that_of_the_step():
    with pytest.raises(DataError, match="three"):
        list(in_order(refuse, range(9), worth=2, processes=2))


def test_a_worker_that_dies_is_said():
    with pytest.raises(BuilderError, match="a worker process died"):
        list(in_order(die, range(9), worth=2, processes=2))
