"""Articles inside something else - a feed, a news message, a table row - to documents."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from builder.articles.assembly import Piece, document, lines
from builder.articles.facts.language import language
from builder.articles.facts.moment import moment
from builder.articles.facts.origin import known
from builder.articles.readers.encoding import unusable_character
from builder.articles.reading import Note, Outcome, Refusal
from builder.articles.webpages.markup import page, pieces
from builder.document import Article, Dropped, Fact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.config import ArticleFacts

_PICTURES = frozenset({"figure", "figcaption", "media", "media-caption"})
"""Elements of HTML and NITF that hold a picture and what is said of it."""


def paragraphs(content: Piece, encoding: str, *, marked_up: bool) -> list[Piece]:
    """Return the paragraphs of an article's content: blocks of HTML, or lines of text.

    What stands under a picture is none of them; `captions` tells of it.
    """
    if not marked_up:
        return [piece for _, piece in lines(content, encoding)]
    return [piece for piece, caption in _blocks(content, encoding) if not caption]


def captions(content: Piece, encoding: str) -> list[Dropped]:
    """Return what stands under the pictures of an article's content in HTML."""
    found = [piece for piece, caption in _blocks(content, encoding) if caption]
    return [Dropped(piece.source, "caption") for piece in found]


def _blocks(content: Piece, encoding: str) -> Iterator[tuple[Piece, bool]]:
    """Yield each block with text, and whether it is a caption."""
    blocks = page(content.text).blocks
    for block, piece in zip(blocks, pieces(blocks, content, encoding), strict=True):
        if piece.text:
            yield piece, any(element.tag in _PICTURES for element in block.element.path())


def outcomes(
    headline: Sequence[Piece],
    body: Sequence[Piece],
    article: Article,
    said: Sequence[Fact],
    given: ArticleFacts,
    *,
    left_out: Sequence[Dropped] = (),
) -> Iterator[Outcome]:
    """Yield the document and notes about its metadata; raises Refusal when a part is missing.

    Paragraphs that are the headline once more are dropped from the top.
    """
    if not headline:
        raise Refusal("no_headline", "has no headline; articles need one")
    repeats = 0
    while repeats < len(body) and body[repeats].text == headline[0].text:
        repeats += 1
    kept = [*headline[1:], *body[repeats:]]
    if not kept:
        raise Refusal("no_body", "has nothing but a headline; is the text behind a link?")
    for piece in (headline[0], *kept):
        found = unusable_character(piece.text)
        if found:
            what = f"holds {found[1]}, which no labelling server stores; remove it"
            raise Refusal("unusable_character", what)
    told = language("\n".join(piece.text for piece in kept))
    guess = [Fact("language", told[0], "text", round(told[1], 3))] if told else []
    record = known(article, [*said, *guess], given)
    again = [Dropped(piece.source, "repeated_headline") for piece in body[:repeats]]
    dropped = sorted([*again, *left_out], key=lambda each: each.source)
    where = f"{article.file}:{article.row}" if article.row else article.file
    yield from (Note(where, note) for note in (*record.notes, *_undated(said)))
    yield document(headline[0], kept, dropped, replace(record.article))


def _undated(said: Sequence[Fact]) -> Iterator[str]:
    for fact in said:
        if fact.name in {"published_at", "updated_at"} and moment(fact.value) is None:
            what = f"date {fact.value!r} is no date that is read here"
            yield f"{what}; write it as 2004-11-16 or November 16, 2004"
