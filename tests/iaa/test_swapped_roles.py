"""Two roles swapped: what this package says, and what a span agreement tool says of the same."""

import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec

import pytest
from iaa_case import AGREED, answer, argument, document, f1

from builder.document import Span
from builder.event import Argument, Event

SWAPPED = replace(
    AGREED,
    arguments=(
        argument("Mediator", "South Korea"),
        argument("Party", "NATO"),
        argument("Party", "Qatar"),
    ),
)


def test_swapping_party_and_mediator_lowers_role_and_whole_event_and_nothing_else(measured):
    found = measured(document(answer("A", AGREED), answer("B", SWAPPED)))
    for granularity in ("exact", "edge", "overlap"):
        assert f1(found, "trigger", granularity) == f1(found, "type", granularity) == 1.0
        assert f1(found, "argument", granularity) == 1.0
        assert f1(found, "role", granularity) == pytest.approx(1 / 3)
        assert f1(found, "event", granularity) == 0.0
    assert [d.kind for d in found.study.disagreements] == ["role", "role"]
    assert found.overall("alpha", "role").value < 0
    assert found.overall("alpha", "argument tokens").value < 1


@pytest.mark.skipif(not find_spec("bratiaa"), reason="bratiaa is in the extra `test`")
def test_a_span_agreement_tool_reports_one_for_attacker_and_target_swapped(tmp_path):
    text = "Rebels attacked soldiers near Kidal."
    spans = {"Attack": "attacked", "PER": "Rebels", "ORG": "soldiers"}
    lines = [
        f"T{n}\t{label} {text.index(word)} {text.index(word) + len(word)}\t{word}"
        for n, (label, word) in enumerate(spans.items(), start=1)
    ]
    roles = {"ann1": "Attacker:T2 Target:T3", "ann2": "Attacker:T3 Target:T2"}
    for annotator, arguments in roles.items():
        (tmp_path / annotator).mkdir()
        (tmp_path / annotator / "news.txt").write_text(text)
        marked = "\n".join([*lines, f"E1\tAttack:T1 {arguments}"])
        (tmp_path / annotator / "news.ann").write_text(f"{marked}\n")
    (tmp_path / "annotation.conf").write_text(
        "[entities]\nPER\nORG\nAttack\n[relations]\n[events]\nAttack\tAttacker:PER|ORG, "
        "Target:PER|ORG\n[attributes]\n"
    )
    shown = subprocess.run(
        [sys.executable, "-c", "from bratiaa.agree_cli import main; main()", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "## Overall Agreement\n\n* Mean F1: 1.000" in shown
    assert ours(text) == {"trigger": 1.0, "argument": 1.0, "role": 0.0, "event": 0.0}


def ours(text):
    """Return the same two answers as this package measures them."""
    from builder.iaa.report import report  # noqa: PLC0415 - beside what it is compared to
    from builder.iaa.study import compare  # noqa: PLC0415 - beside what it is compared to

    def mention(role, word):
        return Argument(role, (Span(text.index(word), text.index(word) + len(word)),))

    trigger = Span(text.index("attacked"), text.index("attacked") + len("attacked"))
    first = (mention("Attacker", "Rebels"), mention("Target", "soldiers"))
    second = (mention("Target", "Rebels"), mention("Attacker", "soldiers"))
    given = [
        answer(name, Event("e", "Attack", trigger, own))
        for name, own in (("A", first), ("B", second))
    ]
    found = report(compare([document(*given, text=text)], None), {})
    return {layer: f1(found, layer) for layer in ("trigger", "argument", "role", "event")}
