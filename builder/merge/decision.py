"""What people decided about conflicts: JSON lines in annotations/decisions, written to be read."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from builder.document import Span
from builder.errors import Problems, did_you_mean
from builder.files import write_text
from builder.merge.dispute import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from builder.event import Conflict
    from builder.merge.dispute import Text
    from builder.merge.vote import Outcome

REASONS = {
    "guideline_gap": "the guidelines do not say; they should",
    "slip": "somebody overlooked or mistook something that the guidelines settle",
    "two_readings": "the text can be read both ways",
}
"""Why annotators differed: what the guidelines owe, what training owes, what the text owes."""
NONE = "none"
"""The choice that no version is right and the element does not belong into the gold."""
FILE = "decisions.jsonl"
_CAN_BE_NONE = ("type", "trigger", "role", "boundary")
_HAS_SPANS = ("trigger", "boundary")


@dataclass(frozen=True, slots=True)
class Decision:
    """One person's decision on one conflict.

    `choice` is one of the `versions` in words, `none`, or the person's own
    answer; an extent of their own is in `spans`. It holds while the conflict
    has exactly these versions: the conflict's id is made of them and of the
    document's text.
    """

    conflict: str
    doc_id: str
    kind: str
    what: str
    versions: tuple[str, ...]
    choice: str
    reason: str
    adjudicator: str
    decided_at: str
    spans: tuple[Span, ...] = ()
    note: str | None = None

    def value(self, outcome: Outcome[Any], document: Text) -> Any:  # noqa: ANN401 - of the matter's kind
        """Return the value that was chosen for a vote; None when no version is right."""
        for value in outcome.sides:
            if in_words(value, document) == self.choice:
                return value
        if self.choice == NONE and self.kind in _CAN_BE_NONE:
            return None
        if self.kind == "trigger":
            return self.spans[0]
        return self.spans if self.kind == "boundary" else self.choice


def decision(
    conflict: Conflict,
    doc_id: str,
    choice: str,
    *,
    spans: tuple[Span, ...] = (),
    reason: str,
    adjudicator: str,
    decided_at: str,
    note: str | None = None,
) -> Decision:
    """Return the decision of a conflict."""
    return Decision(
        conflict=conflict.conflict_id,
        doc_id=doc_id,
        kind=conflict.kind,
        what=conflict.what,
        versions=tuple(sorted(version.answer for version in conflict.versions)),
        choice=choice,
        reason=reason,
        adjudicator=adjudicator,
        decided_at=decided_at,
        spans=spans,
        note=note,
    )


def read_decisions(folder: Path) -> dict[str, dict[str, Decision]]:
    """Return all decisions by document and conflict; of one conflict the latest counts.

    Raises DataError with every line that cannot be read or cannot be meant.
    """
    problems = Problems()
    found: dict[str, dict[str, Decision]] = defaultdict(dict)
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            if not line.strip():
                continue
            each = _decoded(line, f"annotations/decisions/{path.name}:{number}", problems)
            if each is not None:
                known = found[each.doc_id].get(each.conflict)
                if known is None or known.decided_at <= each.decided_at:
                    found[each.doc_id][each.conflict] = each
    problems.raise_if_any()
    return dict(found)


def add_decisions(folder: Path, made: Sequence[Decision]) -> int:
    """Append decisions that the folder does not have yet; return how many were new.

    Lines that are there are never changed: a revised decision is a later line.
    """
    known = {e for by_conflict in read_decisions(folder).values() for e in by_conflict.values()}
    new = [each for each in made if each not in known]
    if new:
        path = folder / FILE
        before = path.read_text("utf-8") if path.exists() else ""
        before += "\n" if before and not before.endswith("\n") else ""
        write_text(path, before + "".join(map(_line, new)))
    return len(new)


def stale(decisions: Mapping[str, Decision], used: Iterable[str]) -> list[Decision]:
    """Return the decisions that nothing asked for: their versions have changed since."""
    return [decisions[name] for name in sorted(decisions.keys() - set(used))]


def _line(each: Decision) -> str:
    return msgspec.json.encode(each).decode() + "\n"


def _decoded(line: bytes, where: str, problems: Problems) -> Decision | None:
    try:
        each = msgspec.json.decode(line, type=Decision)
    except msgspec.DecodeError as error:
        problems.add(where, f"is no decision: {error}; write it as `builder adjudicate pull` does")
        return None
    before = len(problems.found)
    if each.reason not in REASONS:
        problems.add(where, f"unknown reason {each.reason!r}; {did_you_mean(each.reason, REASONS)}")
    if not re.fullmatch(r"[0-9a-f]{12}", each.conflict):
        problems.add(where, f"{each.conflict!r} is no conflict; `builder merge --json` lists them")
    own = each.choice not in each.versions and each.choice != NONE
    if own and each.kind in _HAS_SPANS and not each.spans:
        problems.add(where, f"choice {each.choice!r} is no version and has no spans; add them")
    if own and each.kind in ("article", "event", "argument", "link", "coreference"):
        problems.add(where, f"choice {each.choice!r}; {did_you_mean(each.choice, each.versions)}")
    if each.choice == NONE and each.kind not in _CAN_BE_NONE and NONE not in each.versions:
        problems.add(where, f"{each.kind} cannot be {NONE!r}; allowed: {', '.join(each.versions)}")
    return each if len(problems.found) == before else None
