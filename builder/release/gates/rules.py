"""What must hold before a release is put in place; each gate says what it measured and why.

Gates are strict unless builder.toml loosens them, with a reason. All of them
are evaluated before one refuses; one that refuses can be let through by name
and with a reason, which the card then tells.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from builder.config import GATE_KEYS, SETTINGS
from builder.errors import (
    DataError,
    NotReadyError,
    Problem,
    Problems,
    UsageError,
    did_you_mean,
)
from builder.release.splits.ledger import SPLITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from builder.config import Project
    from builder.release.contents import Contents

UNKNOWN = "unknown"
"""The licence of a document that states none, where licences are counted."""
TOLD = ("project.authors", "project.description", "project.labels_made_by", "project.limits")
"""What a card has to tell that only people know."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate: what was measured, what stands against the release, and what people said to it.

    `why` is the reason for its limit, from builder.toml; `allowed` the reason
    for which it was let through although it refuses. `number` counts the
    problems where only the first are named.
    """

    name: str
    measured: str
    problems: tuple[Problem, ...] = ()
    why: str = ""
    allowed: str = ""
    number: int = 0

    @property
    def found(self) -> int:
        """How many problems there are, named or not."""
        return self.number or len(self.problems)

    @property
    def refuses(self) -> bool:
        """Whether this gate stops the release."""
        return bool(self.problems) and not self.allowed


def settle(gates: Iterable[Gate], allow: Mapping[str, str]) -> list[Gate]:
    """Return the gates, those that refuse and are let through with their reason.

    Raises UsageError for a name that is no gate, and a reason that is none.
    """
    problems = Problems()
    for name, reason in allow.items():
        if name not in GATE_KEYS:
            problems.add("--allow", f"unknown gate {name!r}; {did_you_mean(name, GATE_KEYS)}")
        elif not reason.strip():
            problems.add("--allow", f'say why gate {name!r} may be passed: {name}="reason"')
    problems.raise_if_any(UsageError)
    return [replace(g, allowed=allow.get(g.name, "") if g.problems else "") for g in gates]


def refuse(gates: Sequence[Gate]) -> None:
    """Raise everything that stands against a release; do nothing when every gate is passed.

    NotReadyError when people only have to decide or label more, else DataError.
    """
    stopping = [gate for gate in gates if gate.refuses]
    if not stopping:
        return
    names = ", ".join(gate.name for gate in stopping)
    hint = (
        f"refused by gate {names}: mend this, state another limit and why in builder.toml "
        f'[gates.{stopping[0].name}], or record a reason with --allow {stopping[0].name}="..."'
    )
    waiting = {gate.name for gate in stopping} <= {"conflicts", "documents", "events"}
    kind = NotReadyError if waiting else DataError
    found = [problem for gate in stopping for problem in gate.problems]
    found += [
        Problem(f"gate {gate.name}", f"{more:,} more like those that are named")
        for gate in stopping
        if (more := gate.found - len(gate.problems))
    ]
    raise kind(found, hint=hint)


def limit(project: Project, gate: str, key: str, default: Any) -> Any:  # noqa: ANN401 - as in TOML
    """Return a gate's limit from builder.toml, or the default."""
    rule = project.gates.get(gate)
    return rule.limits.get(key, default) if rule else default


def why(project: Project, gate: str) -> str:
    """Return the reason that builder.toml gives for a gate's limits."""
    rule = project.gates.get(gate)
    return rule.why if rule else ""


def gate(project: Project, name: str, measured: str, problems: Problems) -> Gate:
    """Return a gate with its reason from builder.toml."""
    return Gate(name, measured, tuple(problems.found), why(project, name))


def check_documents(contents: Contents, project: Project) -> Gate:
    """Refuse a release with fewer documents than it should have; one at least."""
    counts = {name: contents.documents[name] for name in SPLITS}
    found = contents.size
    if not found:
        reasons = ", ".join(f"{n} {reason}" for reason, n in contents.reasons().items())
        raise NotReadyError(
            f"no document is ready for a release ({reasons or 'there are none at all'}); "
            "finish the annotation of one, then run `builder pull` and `builder merge`"
        )
    problems, least = Problems(), limit(project, "documents", "min", 1)
    if found < least:
        problems.add("documents", f"{found} are ready, at least {least} are wanted")
    return gate(project, "documents", ", ".join(f"{n} {s}" for s, n in counts.items()), problems)


def check_events(contents: Contents, project: Project) -> Gate:
    """Refuse fewer events of a type than builder.toml wants."""
    counts = contents.types()
    problems = Problems()
    rule = project.gates.get("events")
    for name, least in sorted(rule.limits.items()) if rule else ():
        if counts[name] < least:
            problems.add(f"events of type {name}", f"{counts[name]}, at least {least} are wanted")
    measured = ", ".join(f"{n} {name}" for name, n in sorted(counts.items())) or "none"
    return gate(project, "events", measured, problems)


def check_card(project: Project) -> Gate:
    """Say what the card leaves out that only people know; refuse what builder.toml requires."""
    problems = Problems()
    for key in limit(project, "card", "required", ()):
        if key not in SETTINGS:
            what = f"gate 'card' requires {key!r}, no setting; {did_you_mean(key, SETTINGS)}"
            problems.add(project.gates["card"].where, what)
        elif not project.text(key).strip():
            section, _, name = key.partition(".")
            problems.add("builder.toml", f"[{section}] {name} is not stated: {_meaning(key)}")
    missing = [key for key in TOLD if not project.text(key)]
    measured = f"not stated: {', '.join(missing)}" if missing else "all is stated"
    return gate(project, "card", measured, problems)


def check_agreement(measures: Sequence[Mapping[str, Any]], project: Project) -> Gate:
    """Refuse agreement between annotators below the stated threshold, if there is one.

    `measures` are the facts of `builder iaa`; the threshold is for the F1 of
    one layer at one granularity, over everything.
    """
    rule = project.gates.get("iaa")
    if rule is None:
        return Gate("iaa", "no threshold is stated")
    problems = Problems()
    layer, granularity = rule.limits.get("layer"), rule.limits.get("granularity")
    whole = [m for m in measures if m["metric"] == "f1" and not m["group"]]
    found = [m for m in whole if (m["layer"], m["granularity"]) == (layer, granularity)]
    wanted = f"f1 of layer {layer!r} at granularity {granularity!r}"
    value = found[0]["value"] if found else None
    if value is None:
        known = ", ".join(dict.fromkeys(f"{m['layer']}/{m['granularity']}" for m in whole))
        problems.add(rule.where, f"{wanted} was not measured; measured: {known or 'nothing'}")
    elif value < rule.limits.get("min", 0.0):
        what = f"{wanted} is {value:.3f} (n={found[0]['n']}), below {rule.limits['min']}"
        problems.add(rule.where, what)
    measured = wanted + (f": {value:.3f}, {found[0]['signature']}" if value is not None else "")
    return gate(project, "iaa", measured, problems)


def check_drift(contents: Contents, old: Mapping[str, int] | None, project: Project) -> Gate:
    """Refuse event types that are distributed otherwise than in the release before.

    Measured is the total variation distance of the shares of the event types:
    0 when all shares are the same, 1 when no type is in both.
    """
    new = contents.types()
    if not old or not new:
        return gate(project, "drift", "nothing to compare with", Problems())
    found = drift(old, new)
    most = limit(project, "drift", "max", None)
    problems = Problems()
    if most is not None and found > most:
        shares = ", ".join(
            f"{name} {old.get(name, 0) / sum(old.values()):.2f} -> {n / sum(new.values()):.2f}"
            for name, n in sorted((Counter(dict.fromkeys(old, 0)) + new).items())
        )
        problems.add("event types", f"their shares moved by {found:.3f}, above {most}: {shares}")
    return gate(project, "drift", f"{found:.3f} since the release before", problems)


def drift(old: Mapping[str, int], new: Mapping[str, int]) -> float:
    """Return the total variation distance between two distributions given as counts.

    >>> drift({"a": 1, "b": 1}, {"a": 3, "b": 1})
    0.25
    """
    one, two = sum(old.values()), sum(new.values())
    names = old.keys() | new.keys()
    return sum(abs(old.get(n, 0) / one - new.get(n, 0) / two) for n in names) / 2


def _meaning(key: str) -> str:
    return SETTINGS[key].meaning
