"""The card's chapter on how the labels were made: by whom, and what decided between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.release.card.markdown import code, sections, table

if TYPE_CHECKING:
    from collections import Counter

    from builder.release.card.facts import Facts
    from builder.release.contents import Contents

RULES = {
    "unanimous": "all who voted on it agree",
    "majority": "more than half of those who voted on it agree",
    "weighted_majority": "more than half, each vote weighed by the annotator's reliability",
    "single": "only one annotator could vote on it",
    "adjudicated": "a person decided between the answers",
    "minimum_support": "fewer annotators marked it than the project asks for",
    "duplicate": "the same event has the same argument already",
    "other_event_not_in_gold": "the event at its other end was left out",
}


def labels(facts: Facts) -> str:
    """Return the chapter; every number in it is over all splits."""
    held = facts.contents
    annotators, conflicts = held.annotators, held.conflicts
    return sections(
        "## How the labels were made",
        facts.project.text("project.labels_made_by") or "How they came to be is not stated.",
        f"Annotators, by pseudonym: {len(annotators):,}. The number of documents whose labels "
        "each of them had a say in:",
        table(["annotator", "# documents"], sorted(annotators.items())),
        table(["annotators of a document", "# documents"], _numbers(held.together)),
        "Answers on a document were merged element by element. On an event all who finished the "
        "document and took it for an article voted, on the rest of it those who marked it. What "
        "decided, and how often:",
        _support(held),
        _votes(held),
        _rejected(held),
        f"Open conflicts: {facts.open_conflicts:,}. A tied attribute is null; other tied elements "
        "are not in the data."
        if conflicts
        else "No conflict is open.",
        table(["open conflict", "# n"], sorted(conflicts.items())) if conflicts else "",
    )


def _support(held: Contents) -> str:
    heads = ["events", "trigger spans", "types", "arguments", "attributes", "links"]
    rules = sorted({rule for _, rule in held.rules})
    rows = [[code(r), RULES.get(r, ""), *(held.rules[h, r] for h in heads)] for r in rules]
    return table(["rule", "meaning", *(f"# {head}" for head in heads)], rows) if rules else ""


def _votes(held: Contents) -> str:
    rows = [[f"{votes} of {of}", n] for (votes, of), n in sorted(held.votes.items())]
    return table(["annotators who marked an event", "# events"], rows) if rows else ""


def _rejected(held: Contents) -> str:
    rows = [
        [kind, code(rule), RULES.get(rule, ""), n]
        for (kind, rule), n in sorted(held.rejected.items())
    ]
    return (
        sections(
            "Said by an annotator and left out by the merge:",
            table(["what", "rule", "meaning", "# n"], rows),
        )
        if rows
        else ""
    )


def _numbers(counts: Counter[int]) -> list[tuple[str, int]]:
    return [(str(number), n) for number, n in sorted(counts.items())]
