"""The dataset card: README.md of a release. It says what was measured or stated, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.release.card.assurance import assurance
from builder.release.card.concord import concord
from builder.release.card.header import header
from builder.release.card.labels import labels
from builder.release.card.markdown import code, sections, table
from builder.release.card.ontology import ontology
from builder.release.card.picture import FILE as PICTURE
from builder.release.contents import LEFT_OUT
from builder.release.gates.rules import UNKNOWN
from builder.release.rights import FORMS
from builder.release.splits.ledger import SPLITS
from builder.release.tables.croissant import FILE as CROISSANT
from builder.release.tables.features import ANNOTATIONS, DOCUMENTS, SENTENCES
from builder.release.tables.flat import FOLDER as FLAT
from builder.release.tables.rows import GAP

if TYPE_CHECKING:
    from builder.release.card.facts import Facts


def card(facts: Facts) -> str:
    """Return the whole README.md."""
    body = sections(
        f"# {facts.name} {facts.version}",
        facts.project.text("project.description"),
        _holdings(facts),
        _loading(facts),
        labels(facts),
        concord(facts.agreement),
        _columns(),
        ontology(facts.schema, facts.contents),
        _sources(facts),
        _limits(facts),
        assurance(facts.gates),
        _citation(facts),
        _provenance(facts),
    )
    return f"---\n{header(facts)}---\n\n{body}\n"


def _holdings(facts: Facts) -> str:
    rows = [
        [code(config), *(counts[split] for split in SPLITS), sum(counts.values())]
        for config, counts in facts.counts.items()
    ]
    empty = facts.contents.states["empty"]
    left_out = [[r, LEFT_OUT[r], n] for r, n in facts.contents.reasons().items()]
    return sections(
        "## What it holds",
        table(["config", *(f"# {split}" for split in SPLITS), "# all"], rows),
        f"`{DOCUMENTS}` counts articles, `{ANNOTATIONS}` the annotators' answers on them, "
        f"`{SENTENCES}` sentences, and the other configs count events. "
        f"Articles that were read and hold no event (`state` is `empty`): {empty:,}.",
        f"![Events by type, arguments by role, events per document]({PICTURE})",
        "Documents of one `duplicate_cluster` or story are in one split, and no document moves "
        "from one release to the next; `splits.parquet` remembers where each one is.",
        "Documents of the project that are in no split:" if left_out else "",
        table(["reason", "meaning", "# documents"], left_out) if left_out else "",
    )


def _loading(facts: Facts) -> str:
    types = [event_type.plural for event_type in facts.schema.event_types.values()]
    example = next((config for config in types if config in facts.filled), DOCUMENTS)
    split, part = next(iter(facts.filled[example].items()))
    return sections(
        "## How to load it",
        "```python\n"
        "from datasets import load_dataset\n\n"
        'path = "path/to/this/folder"\n'
        "documents = load_dataset(path)\n"
        f'{example} = load_dataset(path, "{example}", split="{split}")\n'
        "```",
        "Every file is plain Parquet: "
        f'`pandas.read_parquet("{part.shards[0].path}")` reads it too. `{CROISSANT}` describes '
        f"all rows for other tools; `{FLAT}/` has what lies two lists deep in them once more, a "
        "row for each item.",
    )


def _columns() -> str:
    return sections(
        "## Columns",
        "Offsets are half-open ranges of Unicode code points of the document's `text`, so in "
        "Python `text[start:end]` is the text that is stored beside them.",
        "In the configs of the event types:",
        table(["column", "holds"], [[code(name), what] for name, what in EVENT_COLUMNS.items()]),
        f"In `{DOCUMENTS}`, beside what the source says about the article (null if it does not):",
        table(["column", "holds"], [[code(name), what] for name, what in DOCUMENT_COLUMNS.items()]),
        f"In `{ANNOTATIONS}`, one row for every annotator's own answer, beside what the "
        "annotator's events are:",
        table(["column", "holds"], [[code(name), what] for name, what in ANSWER_COLUMNS.items()]),
        f"In `{SENTENCES}`:",
        table(["column", "holds"], [[code(name), what] for name, what in SENTENCE_COLUMNS.items()]),
        "Closed lists are words in the files and class labels in `datasets`: "
        '`features["stage"].int2str` gives the word back.',
    )


EVENT_COLUMNS = {
    "event_id": "the event, unique in this dataset",
    "doc_id": "its document, a hash of the text",
    "trigger": "`start`, `end`, `text` of the word that says the event",
    "context": "`start`, `end`, `text` of the paragraph around the trigger; "
    "arguments may lie outside",
    "<role>": "a list of mentions, also where the schema allows one only: `text`, and `parts` with "
    f"`start` and `end`; the texts of several parts are joined by `{GAP.strip()}` with a blank "
    "on either side",
    "<attribute>": "the value; the schema's default where nobody chose one; "
    "null while the annotators' votes are tied",
    "<link>": "`event_id`s of the events of the same document that it leads to",
    "cluster": "the same for all mentions of one real-world event; "
    "an event that stands alone has its own id here",
    "support_votes": "how many annotators marked the event",
    "support_voters": "how many could have",
    "support_rule": "what decided that it is here",
}
DOCUMENT_COLUMNS = {
    "title": "the headline, which is also the beginning of `text`",
    "text_form": "how much of the text is in the row, see Sources and licences",
    "text_sha256": "of the whole text's UTF-8 bytes, with `characters` as its length",
    "source_file": "the raw file in the project, with `source_row` as its line where a file holds "
    "many articles",
    "duplicate_cluster": "the same for near-duplicates; decides the split",
    "zones": "parts of the text with a function in the article: `kind`, `start`, `end`",
    "state": "`events`, or `empty` when it was read and holds none",
    "annotators": "pseudonyms of those whose answer counted",
    "open_conflicts": "ties between annotators that nobody has decided",
    "events": "all events, each with `trigger`, `arguments`, `attributes`, `links`, `cluster`, and "
    "on each element `support`: `votes` of `voters` annotators, and the `rule` that decided; "
    "`default` with no votes is an attribute that nobody chose",
}


ANSWER_COLUMNS = {
    "annotator": "a pseudonym, the same in every release",
    "state": "`events`; `empty` when there is none; `unfinished`; `skipped`",
    "counted": "whether the answer had a say in the merged labels",
    "note": "what the annotator wrote about the document",
    "lead_time": "seconds, as the labelling tool counted them",
    "shown_prediction": "the model whose suggestions were shown; null for work from scratch",
    "events": "the annotator's events; `chosen` tells an attribute that was set from a default, "
    "`implied` an argument that nobody drew an arrow to",
}
SENTENCE_COLUMNS = {
    "start": "with `end`, the sentence's place in the document",
    "tokens": "words and single signs, with `token_starts` and `token_ends` in the document",
    "trigger_tags": "BIO tags of event types, `argument_tags` of roles; where spans overlap the "
    "longest is tagged",
    "untagged": "how many spans of the sentence the tags could not show",
    "triggers": "all triggers in the sentence: offsets, `token_start` and `token_end`, and "
    "`whole`, which is false for one that reaches into another sentence",
    "arguments": "all parts of arguments in the sentence, each with its `event_id`, also of events "
    "whose trigger is in another sentence; `argument` and `part` number them within the event",
}


def _sources(facts: Facts) -> str:
    counts = facts.contents.sources
    unknown = sum(n for (_, licence), n in counts.items() if licence == UNKNOWN)
    return sections(
        "## Sources and licences",
        f"The labels: `{facts.project.text('project.license')}`. "
        "The texts have the licence of their source, row by row in `license`:",
        table(
            ["publisher", "licence", "# documents"], [[*k, n] for k, n in sorted(counts.items())]
        ),
        f"Documents without a stated licence: {unknown:,}. Whether their text may be passed on "
        "has to be found out before it is."
        if unknown
        else "",
        _rights(facts),
    )


TEXT_FORMS = dict(
    zip(
        FORMS,
        (
            "the whole text",
            "the words that annotators marked, with offsets; no headline and no passage",
            "offsets and hashes; `builder hydrate` puts the text back from your own copies",
        ),
        strict=True,
    )
)


def _rights(facts: Facts) -> str:
    forms = facts.contents.forms
    rows = [
        [code(form), TEXT_FORMS[form], why, n]
        for (form, why), n in sorted(
            forms.items(), key=lambda item: (FORMS.index(item[0][0]), item)
        )
    ]
    return sections(
        "How much of each text is here, row by row in `text_form`:",
        table(["form", "holds", "because", "# documents"], rows),
    )


def _limits(facts: Facts) -> str:
    held = facts.contents
    holes = {
        config: [split for split, rows in counts.items() if not rows]
        for config, counts in facts.counts.items()
    }
    measured = {
        "Documents labelled by one annotator only": held.together[1],
        "Documents that state no language": held.languages[""],
        "Documents that state neither when they were published nor when updated": held.undated,
    }
    points = [f"{what}: {n:,} of {held.size:,}." for what, n in measured.items() if n]
    if not facts.agreement:
        points.append("Agreement between annotators (IAA) was not measured for this release.")
    points += [
        f"`{config}` has no row in {', '.join(splits)}: the files are there and have their "
        "columns, but `load_dataset` cannot load an empty split, so the header does not name it."
        for config, splits in holes.items()
        if splits
    ]
    return sections(
        "## Known limits",
        facts.project.text("project.limits"),
        "\n".join(f"- {point}" for point in points),
    )


def _citation(facts: Facts) -> str:
    return sections("## Citation", f"```bibtex\n{facts.citation}\n```")


def _provenance(facts: Facts) -> str:
    made = facts.provenance
    inputs = [made.documents, made.gold, *made.snapshots, *made.decisions]
    rows = [[code(x.path), f"SHA-256 `{x.sha256}`"] for x in inputs]
    rows += [["schema", f"SHA-256 `{made.schema_digest}`; a copy is in `schema/`"]]
    rows += [[name, getattr(made, name)] for name in ("builder", "pyarrow", "sentencex")]
    rows += [["date", made.date]] if made.date else []
    hint = "`manifest.json` has the SHA-256 of every file of this release."
    return sections("## Provenance", table(["made from", "which"], rows), hint)
