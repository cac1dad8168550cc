from importlib.util import find_spec

import pytest

from builder.document import Span
from builder.errors import UsageError
from builder.event import Annotation, Event
from builder.iaa import gamma
from builder.iaa.bootstrap import Bootstrap
from builder.iaa.gamma import FAILED, ONE_SIDED, TOO_SLOW, Gamma, gamma_measures, gammas
from builder.iaa.measure import Setting

installed = pytest.mark.skipif(
    not find_spec("pygamma_agreement"), reason="pygamma-agreement is in the extra `gamma`"
)


def answer(name, *units):
    events = (Event(f"{name}{start}", kind, Span(start, end)) for start, end, kind in units)
    return Annotation(name, "d", name, "events" if units else "empty", tuple(events))


@installed
@pytest.mark.slow
def test_each_document_has_its_gamma_or_the_reason_why_it_has_none():
    units = [(0, 5, "Meeting"), (20, 25, "Agreement"), (40, 44, "Statement")]
    moved = [(0, 5, "Meeting"), (22, 27, "Agreement"), (60, 64, "Statement")]
    many = [(10 * n, 10 * n + 5, "Meeting") for n in range(3000)]
    documents = [
        ("same", [answer("a", *units), answer("b", *units)]),
        ("moved", [answer("a", *units), answer("b", *moved)]),
        ("one-sided", [answer("a", *units), answer("b")]),
        ("endless", [answer("a", *many), answer("b", *many)]),
        ("same again", [answer("a", *units), answer("b", *units)]),
    ]
    found = {g.doc_id: g for g in gammas(documents, limit=5, seed=1)}
    assert found["same"].value == found["same again"].value == 1.0
    assert 0 < found["moved"].value < 1
    assert found["one-sided"].reason == ONE_SIDED
    assert found["endless"].reason.startswith((TOO_SLOW, FAILED))
    assert found["endless"].value is None


def test_without_the_extra_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(gamma, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"pip install 'event-dataset-builder\[gamma\]'"):
        list(gammas([]))


@installed
def test_the_mean_is_of_the_documents_that_have_one_and_its_signature_counts_the_others():
    found = [
        Gamma("d1", "trigger", 1.0, 4),
        Gamma("d2", "trigger", 0.5, 4),
        Gamma("d3", "trigger", None, 600, TOO_SLOW),
    ]
    triggers, arguments = gamma_measures(found, Setting(Bootstrap(3, 100), {}), 8, 1)
    assert (triggers.value, triggers.n, triggers.documents) == (0.75, 8, 2)
    assert "|without:1|limit:8s|seed:1|pygamma:" in triggers.signature
    assert arguments.value is None
