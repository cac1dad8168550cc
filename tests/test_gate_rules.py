"""What `[gates]` in builder.toml may say."""

import pytest

from builder.config import load_project
from builder.errors import UsageError


def test_a_gate_holds_its_limits_its_reason_and_its_line(tmp_path):
    (tmp_path / "builder.toml").write_text(
        '[gates.conflicts]\nmax = 2\nwhy = "They are being discussed."\n'
        '[gates.events]\nMeeting = 20\nwhy = "Fewer say nothing."\n'
    )
    gates = load_project(tmp_path).gates
    assert gates["conflicts"].limits == {"max": 2}
    assert gates["events"].limits == {"Meeting": 20}
    assert gates["events"].why == "Fewer say nothing."
    assert gates["events"].where == "builder.toml:4"


def test_every_misfit_of_a_gate_is_named_with_its_line(tmp_path):
    (tmp_path / "builder.toml").write_text(
        '[gates.conflict]\nmax = 2\nwhy = "x"\n[gates.leak]\ncontainment = true\n'
        '[gates.iaa]\nlevel = "trigger"\nmin = 0.6\nwhy = " "\n'
        '[gates.card]\nrequired = [1]\nwhy = "y"\n'
    )
    with pytest.raises(UsageError) as error:
        load_project(tmp_path)
    assert str(error.value).splitlines() == [
        "builder.toml:1: unknown gate 'conflict'; did you mean 'conflicts'?",
        "builder.toml:4: containment of gate 'leak' is True; it should be a number",
        "builder.toml:4: gate 'leak' does not say why; add why = \"...\"",
        "builder.toml:6: gate 'iaa' does not say why; add why = \"...\"",
        "builder.toml:6: gate 'iaa' has no 'level'; allowed: min, layer, granularity",
        "builder.toml:10: required of gate 'card' is [1]; it should be a list of texts",
    ]


def test_a_way_to_split_that_does_not_exist_is_refused(tmp_path):
    (tmp_path / "builder.toml").write_text('[splits]\nby = "dates"\n')
    with pytest.raises(UsageError, match=r"did you mean .date."):
        load_project(tmp_path)
