"""How near the merged gold comes to a known truth: `python benchmarks/gold.py --seed 7`.

Compares, on the same simulated answers, each annotator alone, plain majority
by token, our merge with equal votes and with votes weighed by reliability, on
AC+ (TextEE: role, argument span, event type and trigger span all right) and on
triggers with their type. Intervals are 95 % of paired bootstraps over documents.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from simulation import PANELS, Simulated, simulate

from builder.align import align_events
from builder.document import Span
from builder.event import Argument, Event
from builder.merge.consensus import merge_document
from builder.merge.policy import Policy
from builder.merge.reliability import Reliability, Votes, count_votes, estimate
from builder.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from builder.event import Annotation, GoldEvent

SCHEMA = load_schema(Path(__file__).parents[1] / "schemas")
RESAMPLES = 1000
Counts = tuple[int, int, int]
"""Right, proposed, true."""


def token_majority(scene: Simulated) -> list[Event]:
    """Merge as most do: a token is what more than half of the annotators call it.

    Runs of tokens with one label are a trigger; an argument's tokens are
    counted by role among the events at that trigger.
    """
    half = len(scene.answers) / 2
    voters: dict[str, Counter[int]] = defaultdict(Counter)
    for answer in scene.answers:
        for kind in SCHEMA.event_types:
            spans = [e.trigger for e in answer.events if e.type == kind]
            voters[kind].update({c for span in spans for c in range(span.start, span.end)})
    found = []
    for kind, votes in voters.items():
        for trigger in _runs((c for c, n in votes.items() if n > half), scene.document.text):
            arguments = _token_arguments(scene.answers, kind, trigger, scene.document.text)
            found.append(Event("", kind, trigger, arguments))
    return found


def _token_arguments(
    answers: Sequence[Annotation], kind: str, trigger: Span, text: str
) -> tuple[Argument, ...]:
    votes: dict[str, Counter[int]] = defaultdict(Counter)
    for answer in answers:
        own = [e for e in answer.events if e.type == kind and e.trigger.overlaps(trigger)]
        seen = {
            (a.role, c) for e in own for a in e.arguments for p in a.parts for c in range(*_ends(p))
        }
        for role, char in seen:
            votes[role][char] += 1
    return tuple(
        Argument(role, (run,))
        for role, chars in sorted(votes.items())
        for run in _runs((c for c, n in chars.items() if n > len(answers) / 2), text)
    )


def _ends(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _runs(chars: Iterable[int], text: str) -> list[Span]:
    runs: list[Span] = []
    for char in sorted(chars):
        if runs and runs[-1].end == char:
            runs[-1] = Span(runs[-1].start, char + 1)
        else:
            runs.append(Span(char, char + 1))
    return [run for run in runs if run.of(text).strip()]


def reliability(scenes: Sequence[Simulated]) -> Reliability:
    """Estimate the panel's reliability from its answers alone."""
    votes = Votes.none()
    for scene in scenes:
        aligned = align_events({a.annotation_id: a.events for a in scene.answers})
        count_votes(votes, scene.answers, aligned)
    return estimate(votes)


def arguments(events: Iterable[Event | GoldEvent]) -> set[tuple[object, ...]]:
    """Return what AC+ compares."""
    return {(e.type, e.trigger, a.role, a.parts) for e in events for a in e.arguments}


def triggers(events: Iterable[Event | GoldEvent]) -> set[tuple[object, ...]]:
    """Return what trigger classification compares."""
    return {(e.type, e.trigger) for e in events}


def systems(scenes: Sequence[Simulated]) -> dict[str, list[Iterable[Event | GoldEvent]]]:
    """Return every system's events by document; annotators by place in the panel."""
    panel = range(len(scenes[0].answers))
    known = reliability(scenes)
    weighted = Policy(weights="reliability")
    return {
        **{f"annotator {n}": [s.answers[n].events for s in scenes] for n in panel},
        "token majority": [token_majority(s) for s in scenes],
        "merge, equal": [merge_document(s.document, s.answers, SCHEMA).events for s in scenes],
        "merge, reliability": [
            merge_document(s.document, s.answers, SCHEMA, weighted, reliability=known).events
            for s in scenes
        ],
    }


def f1(counts: Sequence[Counts]) -> float:
    """Return micro F1 over documents."""
    right, proposed, true = map(sum, zip(*counts, strict=True))
    return 2 * right / (proposed + true) if proposed + true else 1.0


def counted(
    layer: object, found: Sequence[Iterable[Event | GoldEvent]], scenes: Sequence[Simulated]
) -> list[Counts]:
    """Return right, proposed and true of one system by document."""
    rows = []
    for events, scene in zip(found, scenes, strict=True):
        ours, truth = layer(events), layer(scene.truth)  # type: ignore[operator]
        rows.append((len(ours & truth), len(ours), len(truth)))
    return rows


def margin(ours: Sequence[Counts], theirs: Sequence[Counts], seed: int) -> tuple[float, ...]:
    """Return how far we lead, and the 95 % interval of a paired bootstrap over documents."""
    chance = random.Random(seed)
    places = range(len(ours))
    leads = sorted(
        f1([ours[p] for p in drawn]) - f1([theirs[p] for p in drawn])
        for drawn in (chance.choices(places, k=len(ours)) for _ in range(RESAMPLES))
    )
    return f1(ours) - f1(theirs), leads[RESAMPLES // 40], leads[-RESAMPLES // 40 - 1]


def measure(people: int, documents: int, seed: int) -> dict[str, dict[str, float]]:
    """Print one panel's table; return the scores and the margins of the weighted merge."""
    scenes = simulate(SCHEMA, PANELS[people], documents=documents, seed=seed)
    found = systems(scenes)
    ac = {name: counted(arguments, events, scenes) for name, events in found.items()}
    tc = {name: counted(triggers, events, scenes) for name, events in found.items()}
    print(f"\n{people} annotators, n = {documents} documents, seed {seed}")
    print(f"{'':22}{'TC':>8}{'AC+':>8}")
    for name in found:
        print(f"{name:22}{f1(tc[name]):8.4f}{f1(ac[name]):8.4f}")
    best = max((n for n in ac if n.startswith("annotator")), key=lambda n: f1(ac[n]))
    result = {name: {"TC": f1(tc[name]), "AC+": f1(ac[name])} for name in found}
    for ours in ("merge, equal", "merge, reliability"):
        for other in (best, "token majority", "merge, equal"):
            if ours != other:
                lead, low, high = margin(ac[ours], ac[other], seed)
                result[f"{ours} - {other}"] = {"lead": lead, "low": low, "high": high}
                print(f"AC+ {ours} - {other}: {lead:+.4f} [{low:+.4f}, {high:+.4f}]")
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1, help="1-9 are for tuning, 1001 is held out")
    options = parser.parse_args()
    for size in PANELS:
        measure(size, options.documents, options.seed)
