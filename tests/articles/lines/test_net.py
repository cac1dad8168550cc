import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.articles.lines.net import LIMIT, REACH, Nets, known_words, net_arrays, read_nets

TRAITS, WORD, WIDTH, SEEDS = 3, 2, 4, 2
KNOWN = np.array([7, 70, 700], np.uint32)


def drawn(*shape):
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float16).astype(float)


NETS = Nets(
    known=KNOWN,
    mean=np.zeros(TRAITS),
    scale=np.ones(TRAITS),
    words=drawn(SEEDS, len(KNOWN), WORD),
    enter=drawn(SEEDS, TRAITS + WORD, WIDTH),
    enter_bias=drawn(SEEDS, 1, WIDTH),
    norms=drawn(SEEDS, len(REACH), 1, WIDTH),
    norms_bias=drawn(SEEDS, len(REACH), 1, WIDTH) / 2,
    turns=drawn(SEEDS, len(REACH), 3, WIDTH, WIDTH),
    turns_bias=drawn(SEEDS, len(REACH), 1, WIDTH),
    page=drawn(SEEDS, 2 * WIDTH, WIDTH),
    page_bias=drawn(SEEDS, 1, WIDTH),
    last_norm=drawn(SEEDS, 1, WIDTH),
    last_norm_bias=drawn(SEEDS, 1, WIDTH),
    inner=drawn(SEEDS, WIDTH, WIDTH),
    inner_bias=drawn(SEEDS, 1, WIDTH),
    leave=drawn(SEEDS, WIDTH, 1),
    leave_bias=drawn(SEEDS, 1, 1),
)
LINES = st.lists(
    st.tuples(
        st.tuples(*[st.floats(-9, 9, width=32)] * TRAITS),
        st.sets(st.sampled_from([7, 8, 70, 700, 2**32 - 1])),
    ),
    min_size=1,
    max_size=40,
)


def bent(values):
    return 0.5 * values * (1 + np.tanh((2 / np.pi) ** 0.5 * (values + 0.044715 * values**3)))


def normal(line, weight, bias):
    return (line - line.mean()) / np.sqrt(line.var() + 1e-5) * weight + bias


def by_hand(seed, page):
    """Follow one net line by line."""
    lines = []
    for traits, said in page:
        words = [NETS.words[seed, at] for at, number in enumerate(KNOWN) if number in said]
        spoken = np.sum(words, axis=0) / np.sqrt(len(words)) if words else np.zeros(WORD)
        shown = np.concatenate([np.clip(traits, -LIMIT, LIMIT), spoken])
        lines.append(shown @ NETS.enter[seed] + NETS.enter_bias[seed, 0])
    for at, reach in enumerate(REACH):
        weight, bias = NETS.norms[seed, at, 0], NETS.norms_bias[seed, at, 0]
        seen = [bent(normal(line, weight, bias)) for line in lines]
        turned = []
        for n, line in enumerate(lines):
            around = [(side, n + by) for side, by in enumerate((-reach, 0, reach))]
            parts = [
                seen[m] @ NETS.turns[seed, at, side] for side, m in around if 0 <= m < len(seen)
            ]
            turned.append(line + np.sum(parts, axis=0) + NETS.turns_bias[seed, at, 0])
        lines = turned
        if at == len(REACH) // 2:
            whole = np.concatenate([np.mean(lines, axis=0), np.max(lines, axis=0)])
            lines = [line + whole @ NETS.page[seed] + NETS.page_bias[seed, 0] for line in lines]
    last = [
        bent(normal(line, NETS.last_norm[seed, 0], NETS.last_norm_bias[seed, 0])) for line in lines
    ]
    inner = [bent(line @ NETS.inner[seed] + NETS.inner_bias[seed, 0]) for line in last]
    return np.array([(line @ NETS.leave[seed] + NETS.leave_bias[seed])[0, 0] for line in inner])


@given(LINES)
def test_the_odds_are_the_mean_of_following_each_net_line_by_line(page):
    traits = np.array([traits for traits, _ in page], np.float32)
    found = NETS.odds(traits, [sorted(said) for _, said in page])
    assert found == pytest.approx(np.mean([by_hand(seed, page) for seed in range(SEEDS)], axis=0))


def test_only_hashes_that_are_known_are_found():
    at, line = known_words(KNOWN, [[], [7, 8], [2**32 - 1], [70, 700]])
    assert (at.tolist(), line.tolist()) == ([0, 1, 2], [1, 3, 3])


def test_what_is_spelled_is_read_back():
    again = read_nets(net_arrays(NETS))
    assert all((getattr(again, name) == getattr(NETS, name)).all() for name in Nets.__slots__)
