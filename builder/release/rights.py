"""How much of a document's text a release passes on: decided by its licence, or told.

`full` has the text. `quotes` has the words that annotators marked - triggers
and arguments - and no headline, paragraph or sentence. `standoff` has offsets
and hashes only; `builder hydrate` puts text back from the user's own copy.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from builder.config import TEXT_FORMS

if TYPE_CHECKING:
    from builder.config import Project
    from builder.document import Document

FORMS = TEXT_FORMS
FULL, QUOTES, STANDOFF = FORMS
BY_LICENCE = "licence"
PASSAGES = ("title", "text", "tokens")
"""Columns that hold running text."""
CONTEXT = "context"
# Licences that let anybody pass the unchanged text on, also for money. Those
# with NC or ND do not let everybody who loads a data set do what one does
# with it, so people have to say that they want them.
_OPEN = re.compile(
    r"cc-?0(-.*)?|cc-by(-sa)?(-\d.*)?|public-domain|pddl(-.*)?|odc-by(-.*)?|odbl(-.*)?"
    r"|ogl(-.*)?|open-government-licence(-.*)?|us-pd|pdm(-.*)?|etalab-.*|dl-de-(by|zero)-.*"
    r"|mit|apache-2\.0|bsd-.*"
)


def is_open(licence: str | None) -> bool:
    """Tell whether a licence lets everybody pass the text on; one that is not known does not.

    >>> is_open("CC BY-SA 4.0"), is_open("cc-by-nc-4.0"), is_open("agency-copy"), is_open(None)
    (True, False, False, False)
    """
    return bool(_OPEN.fullmatch(re.sub(r"[\s_]+", "-", (licence or "").strip().lower())))


def text_form(document: Document, project: Project) -> str:
    """Return how much of a document's text the release has.

    What is told for its file counts first, then what is told for the release,
    then its licence.
    """
    told = project.facts(document.article.file).text
    if told:
        return told
    form = project.text("release.text")
    if form != BY_LICENCE:
        return form
    return FULL if is_open(document.article.license) else STANDOFF


def reason(document: Document, project: Project) -> str:
    """Say what decided a document's form, in words for the card."""
    facts = project.facts(document.article.file)
    if facts.text:
        return " ".join((facts.license_note or "told for its file").split())
    if project.text("release.text") != BY_LICENCE:
        return " ".join(project.text("release.text_why").split()) or "told for the release"
    if is_open(document.article.license):
        return "the licence is open"
    stated = document.article.license
    return "the licence is not open" if stated else "no licence is stated"


def redacted(row: dict[str, Any], form: str) -> dict[str, Any]:
    """Return a row of any config with no more text than `form` allows.

    >>> redacted({"title": "Talks", "trigger": {"start": 0, "end": 5, "text": "Talks"}}, QUOTES)
    {'title': None, 'trigger': {'start': 0, 'end': 5, 'text': 'Talks'}}
    """
    if form == FULL:
        return row
    kept = {name: None if name in PASSAGES else value for name, value in row.items()}
    if CONTEXT in kept:
        kept[CONTEXT] = _without_text(kept[CONTEXT])
    if "text_form" in kept:
        kept["text_form"] = form
    return kept if form == QUOTES else {name: _without_text(v) for name, v in kept.items()}


def _without_text(value: Any) -> Any:  # noqa: ANN401 - any value of a row
    if isinstance(value, dict):
        return {n: None if n == "text" else _without_text(v) for n, v in value.items()}
    return [_without_text(item) for item in value] if isinstance(value, list) else value
