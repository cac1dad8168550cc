"""The card's chapter on how the labels were made: by whom, and what decided between them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from builder.release.markdown import code, sections, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder.event import Support
    from builder.release.facts import Facts

RULES = {
    "unanimous": "all who voted on it agree",
    "majority": "more than half of those who voted on it agree",
    "weighted_majority": "more than half, each vote weighed by the annotator's reliability",
    "single": "only one annotator could vote on it",
    "adjudicated": "a person decided between the answers",
}


def labels(facts: Facts) -> str:
    """Return the chapter; every number in it is over all splits."""
    annotators = Counter(a for x in facts.contents.labelled() for a in x.gold.annotators)
    per_document = Counter(len(x.gold.annotators) for x in facts.contents.labelled())
    conflicts = Counter(c.kind for x in facts.contents.labelled() for c in x.gold.conflicts)
    return sections(
        "## How the labels were made",
        facts.project.text("project.labels_made_by") or "How they came to be is not stated.",
        f"Annotators, by pseudonym: {len(annotators):,}. The number of documents whose labels "
        "each of them had a say in:",
        table(["annotator", "# documents"], sorted(annotators.items())),
        table(["annotators of a document", "# documents"], _numbers(per_document)),
        "Answers on a document were merged element by element. On an event all who finished the "
        "document voted, on the rest of it those who marked it. What decided, and how often:",
        _support(facts),
        _votes(facts),
        _rejected(facts),
        f"Open conflicts: {facts.open_conflicts:,}. A tied attribute is null; other tied elements "
        "are not in the data."
        if conflicts
        else "No conflict is open.",
        table(["open conflict", "# n"], sorted(conflicts.items())) if conflicts else "",
    )


def _support(facts: Facts) -> str:
    events = list(facts.contents.events())
    columns = [
        _rules(event.support for event in events),
        _rules(event.trigger_support for event in events),
        _rules(event.type_support for event in events),
        _rules(argument.support for event in events for argument in event.arguments),
        _rules(
            attribute.support
            for event in events
            for attribute in event.attributes
            if attribute.value is not None
        ),
        _rules(link.support for event in events for link in event.links),
    ]
    heads = ["events", "trigger spans", "types", "arguments", "attributes", "links"]
    rules = sorted({rule for column in columns for rule in column})
    rows = [[code(r), RULES.get(r, ""), *(column[r] for column in columns)] for r in rules]
    return table(["rule", "meaning", *(f"# {head}" for head in heads)], rows) if rules else ""


def _rules(supports: Iterable[Support]) -> Counter[str]:
    return Counter(support.rule for support in supports)


def _votes(facts: Facts) -> str:
    votes = Counter((e.support.votes, e.support.voters) for e in facts.contents.events())
    rows = [[f"{v} of {of}", n] for (v, of), n in sorted(votes.items(), key=lambda item: item[0])]
    return table(["annotators who marked an event", "# events"], rows) if rows else ""


def _rejected(facts: Facts) -> str:
    rejections = (r for labelled in facts.contents.labelled() for r in labelled.gold.rejected)
    counts = Counter((rejection.kind, rejection.support.rule) for rejection in rejections)
    rows = [[kind, code(rule), n] for (kind, rule), n in sorted(counts.items())]
    return (
        sections(
            "Said by an annotator and left out by the merge:",
            table(["what", "rule", "# n"], rows),
        )
        if rows
        else ""
    )


def _numbers(counts: Counter[int]) -> list[tuple[str, int]]:
    return [(str(number), n) for number, n in sorted(counts.items())]
