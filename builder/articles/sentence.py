"""Sentences of a document as spans: a kept splitter, then what news writing does to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import sentencex

from builder.document import TOP_ZONES, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from builder.document import Document

_ENGLISH = "en"
_MONTH = (
    r"(?:Jan(?:uary|\.)|Feb(?:ruary|\.)|March|April|May|June|July|Aug(?:ust|\.)|Sept(?:ember|\.)"
    r"|Oct(?:ober|\.)|Nov(?:ember|\.)|Dec(?:ember|\.)) \d"
)
_DAY_OR_ZONE = (
    r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\b|[A-Z]{2,4}T\b|GMT\b|UTC\b"
    r"|\w+ (?:Standard |Daylight |Summer )?[Tt]ime\b|" + _MONTH
)
_NEVER_LAST = (
    r"(?:Mrs?|Ms|Messrs|Mme|Dr|Prof|Rev|Hon|Gen|Lt|Col|Maj|Capt|Cmdr|Cdr|Sgt|Cpl|Adm|Brig|Pvt"
    r"|Sens?|Reps?|Gov|Pres|Amb|Supt|Insp|Det|Msgr|Mt|Ft|Asst|Secy|Dep|Regt|Bn"
    r"|vs|incl|approx|Rs|Arts?|Sec|Fig|cf|viz|e\.g|i\.e)\."
)
"""Abbreviations that always have something after them in the same sentence."""

_STATE = (
    r"(?:D\.C|N\.[YJHMCD]|S\.[CD]|W\.Va|R\.I|Calif|Conn|Fla|Ga|Ill|Ind|Kan|Ky|La|Mass|Md|Mich|Minn"
    r"|Mo|Mont|Neb|Nev|Okla|Ore|Pa|Tenn|Tex|Va|Vt|Wash|Wis|Wyo)\."
)
_STARTS = (
    r"(?:An?|The|This|That|These|Those|Both|Each|Every|Some|Many|Most|Several|Few|None|Nobody"
    r"|Nothing|He|She|It|They|We|You|I|His|Her|Its|Their|Our|My|There|Here|But|And|Or|So|Yet"
    r"|However|Meanwhile|Then|When|While|After|Before|Since|If|Although|Though|Because|As|In|On"
    r"|At|By|For|From|With|Under|What|Who|Why|How|Where|Neither)\s+[a-z\d\"\u201c(]"
)
"""Function words with a small letter after them: they begin a sentence and no name."""

_SAID = (
    r"(?:said|asked|shouted|replied|wrote|added|told|cried|yelled|demanded|answered|exclaimed)\b"
)
_NAME_IN_QUOTES = r"[\"\u201c\u2018](?:\S+ ){0,3}\S*\w[\"\u201d\u2019]\s"
_LOWER = r"[a-z](?![A-Z])"  # eBay and iPhone may begin a sentence

_JOINS = tuple(
    (re.compile(left), re.compile(right))
    for left, right in (
        (r"\b[ap]\.m\.$", _DAY_OR_ZONE),  # 9 a.m. Monday, 9 a.m. KST, 9 a.m. Nov. 5
        (r"\b(?:Mon|Tues?|Wed|Thu(?:rs)?|Fri|Sat|Sun)\.$", _MONTH),  # Wed. March 6
        (r"^\(?\d{1,2}\.$", r"\S"),  # a list's number belongs to its item
        (r"-[A-Z]\.$", r"[A-Z]\."),  # D-N.Y., cut in its middle
        (rf"(?:^|[\s(\"\u201c]){_NEVER_LAST}$", r"[\w$\u00a3\u20ac]"),
        # bzw. lebenslange, the 1st Regt. took part; other full stops end also careless sentences
        (r"\b(?:[A-Z]\w{0,5}|[^\W\d_aeiouAEIOU]{2,5}|\d{1,3})\.$", _LOWER),
        (
            r"(?:[!?\u2026]|\.\.|\.[\"\u201d\u2019')])[\"\u201d\u2019')]*$",
            _LOWER,
        ),  # "Yes!" she said
        (r"[.!?\u2026]$", r"[,;:]"),
        # "Never!" Gen. Lee shouted
        (r"[!?][\"\u201d\u2019]$", rf"(?:[A-Z][\w.'\u2019-]*\s){{1,4}}{_SAID}"),
    )
)
"""What stands before and after a boundary that is none."""

_END = 40  # characters of a sentence in which its last word is looked for

_SPLITS = (
    # A quotation opens after an abbreviation; after a title it is a nickname.
    re.compile(
        rf"(?!{_NEVER_LAST}\s)(?<!\S)\S*[A-Za-z]\.(?P<gap>\s+)(?!{_NAME_IN_QUOTES})[\"\u201c\u2018][A-Z]"
    ),
    # left the U.N. Nobody followed
    re.compile(rf"\b(?:[A-Z]\.){{2,}}(?P<gap>\s+)(?={_STARTS})"),
    # good for the E.U." Markets agreed
    re.compile(
        r"[^\s\"\u201c]\s(?:[A-Z]\.){2,}[\"\u201d](?P<gap>\s+)(?=[A-Z][\w\u2019'-]+\s[a-z])"
    ),
    # in Washington, D.C. Congress was told
    re.compile(
        rf",\s{_STATE}(?P<gap>\s+)(?=[A-Z]\w+\s"
        r"(?:was|were|is|are|has|have|had|will|would|did|does|said|says)\b)"
    ),
)
"""A gap between sentences that an abbreviation hides."""


def sentences(document: Document) -> tuple[Span, ...]:
    """Return the document's sentences in order; none reaches over a paragraph's edge.

    A span has no white space at its edges. Every other character of headline
    and paragraphs is in exactly one sentence.
    """
    language = document.article.language or _ENGLISH
    return tuple(
        Span(zone.span.start + span.start, zone.span.start + span.end)
        for zone in document.zones
        if zone.kind in TOP_ZONES
        for span in sentence_spans(zone.span.of(document.text), language)
    )


def sentence_spans(paragraph: str, language: str = _ENGLISH) -> list[Span]:
    """Return the sentences of one paragraph.

    The rules for news are English; other languages get the splitter as it is.

    >>> text = "It began at 9 a.m. Monday. Gen. Lee spoke."
    >>> [span.of(text) for span in sentence_spans(text)]
    ['It began at 9 a.m. Monday.', 'Gen. Lee spoke.']
    """
    code = language.partition("-")[0]
    found = _pieces(paragraph, code)
    if code == _ENGLISH:
        found = (part for span in _joined(paragraph, found) for part in _split(paragraph, span))
    return list(found)


def _pieces(paragraph: str, language: str) -> Iterator[Span]:
    for piece in sentencex.get_sentence_boundaries(language, paragraph):
        text = paragraph[piece["start_index"] : piece["end_index"]]
        start = piece["start_index"] + len(text) - len(text.lstrip())
        if text.strip():
            yield Span(start, start + len(text.strip()))


def _joined(paragraph: str, spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for span in spans:
        if found and _goes_on(found[-1].of(paragraph), span.of(paragraph)):
            found[-1] = Span(found[-1].start, span.end)
        else:
            found.append(span)
    return found


def _goes_on(before: str, after: str) -> bool:
    end = before[-_END:]
    return any(left.search(end) and right.match(after) for left, right in _JOINS)


def _split(paragraph: str, span: Span) -> Iterator[Span]:
    start = span.start
    text = span.of(paragraph)
    gaps = sorted(match.span("gap") for split in _SPLITS for match in split.finditer(text))
    for end, begin in dict.fromkeys(gaps):
        yield Span(start, span.start + end)
        start = span.start + begin
    yield Span(start, span.end)
