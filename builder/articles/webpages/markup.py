"""HTML to blocks of text whose every character knows its place in the raw page.

One pass over the raw text, without a tree: libraries that build one forget
where its characters stood. Unclosed and crossed tags are taken as they come.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING

from builder.articles.assembly import Cutter, Piece, moved
from builder.document import Segment, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_INLINE = frozenset(  # as words in a line; one word a line would be a page
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark nobr q rp rt"  # noqa: SIM905 - a list of 46 strings is harder to read
    " ruby s samp small span strike strong sub sup time tt u var wbr img".split()
)
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())  # noqa: SIM905 - as above
_CLOSES = {
    "li": ("ul", "ol", "menu"), "dd": ("dl",), "dt": ("dl",), "tr": ("table",),
    "td": ("tr", "table"), "th": ("tr", "table"),
}  # fmt: skip
_SILENT = "script|style|svg|template|textarea|title|noscript|iframe|select|button"
_TAG = r"""<(?:
    !--(?:[^-]++|-(?!-\s*>))*+(?:--\s*>)?
    |(?=[bins-t])(?P<silent>SILENT)(?P<inside>(?=[\s/>])ATTRIBUTES)>
     (?P<content>(?:[^<]++|<(?!/(?P=silent)\s*>))*+)(?:</(?P=silent)\s*>|\Z)
    |(?P<name>/?[a-z][a-z0-9:-]*)(?P<attributes>ATTRIBUTES)>
    |[!?/][^>]*+>
    |(?P<broken>[a-z](?=[^>]*+>))
)"""


def _tag_pattern(attributes: str) -> re.Pattern[str]:
    text = _TAG.replace("SILENT", _SILENT).replace("ATTRIBUTES", attributes)
    return re.compile(text, re.IGNORECASE | re.DOTALL | re.VERBOSE)


_STRICT = _tag_pattern(r"(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+")
_LOOSE = _tag_pattern(r"[^>]*+")
_MOST_BROKEN = 20  # unclosed quotes after which none is believed: each costs a look at the rest
_ATTRIBUTE = re.compile(
    r"(?P<name>[^\s=\"'<>/]+)(?:\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'"
    r"|(?P<bare>[^\s\"'>]+)))?"
)
_SPACES = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\u2028\u2029"
_UNIT = re.compile(
    rf"(?P<space>[{_SPACES}]+)"
    r"|(?P<entity>&(?:\#[0-9]{1,8}|\#[xX][0-9a-fA-F]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});?)"
    r"|(?P<nothing>\0+)"
    rf"|[^{_SPACES}&\0]+(?: [^{_SPACES}&\0]+)*|."
)
_DEEPEST = 400  # elements; deeper ones belong to the last, as in browsers


@dataclass(slots=True)
class Element:
    """A block element with what its tag says; `parent` is the one it stands in.

    `first` is the number of the block that comes first in it.
    """

    tag: str
    attributes: str
    parent: Element | None
    first: int = 0

    def path(self) -> Iterator[Element]:
        """Yield the element and what it stands in, innermost first."""
        at: Element | None = self
        while at:
            yield at
            at = at.parent


@dataclass(slots=True)
class Block:
    """Text that stands together: the raw stretches between tags, in order.

    `linked` counts the raw characters inside links.
    """

    element: Element
    runs: list[Span] = field(default_factory=list)
    linked: int = 0

    @property
    def source(self) -> Span:
        """The raw code points from the first to the last character."""
        return Span(self.runs[0].start, self.runs[-1].end)

    def words(self, raw: str) -> str:
        """Return the text with its entities decoded and white space collapsed."""
        text = "".join([run.of(raw) for run in self.runs])
        return " ".join((unescape(text) if "&" in text else text).replace("\0", "").split())


@dataclass(slots=True)
class Silent:
    """An element whose content is no text of the page: script, title and the like."""

    tag: str
    attributes: str
    content: Span


@dataclass(slots=True)
class Mark:
    """An inline tag that may say what its text is: a time, an author's name.

    `attributes` is the raw place of what the tag says, `block` the number of
    the block it stands in, `end` where the tag ends.
    """

    tag: str
    attributes: Span
    block: int
    end: int


@dataclass(slots=True)
class Page:
    """What a raw page holds: blocks of text, silent elements, meta tags."""

    raw: str
    blocks: list[Block] = field(default_factory=list)
    silent: list[Silent] = field(default_factory=list)
    metas: list[Span] = field(default_factory=list)
    links: list[Span] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    html: str = ""


def page(raw: str) -> Page:
    """Read a page into blocks; never fails, whatever the text is.

    >>> raw = "<p>Talks &amp; <b>tea</b><p>End"
    >>> [block.words(raw) for block in page(raw).blocks]
    ['Talks & tea', 'End']
    """
    reader = _Reader(Page(raw))
    at = 0
    for match in _tags(raw):
        start, end = match.span()
        if start > at:
            reader.text(at, start)
        at = end
        name = match["name"]
        if name:
            reader.tag(name.lower(), match)
        elif match["silent"]:
            content = Span(*match.span("content"))
            reader.page.silent.append(Silent(match["silent"].lower(), match["inside"], content))
    if at < len(raw):
        reader.text(at, len(raw))
    reader.flush()
    return reader.page


def attributes(tag: str, start: int = 0) -> dict[str, tuple[str, Span]]:
    """Return an opening tag's attributes by name: decoded value and raw place of the value.

    >>> attributes(' class="lead" id=x')["class"]
    ('lead', Span(start=8, end=12))
    """
    found: dict[str, tuple[str, Span]] = {}
    for match in _ATTRIBUTE.finditer(tag):
        group = next((g for g in ("double", "single", "bare") if match[g] is not None), "name")
        value = unescape(match[group]) if group != "name" else ""
        place = Span(start + match.start(group), start + match.end(group))
        found.setdefault(match["name"].lower(), (value, place))
    return found


def _tags(raw: str) -> Iterator[re.Match[str]]:
    """Yield comments and tags; where a quote is not closed, the tag ends at the next bracket."""
    at = broken = 0
    pattern = _STRICT
    closable = _without_openings(raw)
    while True:
        for match in pattern.finditer(closable, at):
            if match["broken"]:
                broken += 1
                pattern = _LOOSE if broken > _MOST_BROKEN else _STRICT
                loose = _LOOSE.match(closable, match.start()) or match
                yield loose
                at = loose.end()
                break
            yield match
        else:
            return


def _without_openings(raw: str) -> str:
    """Return the page with "<" blanked where no ">" can end a tag any more, outside of comments.

    Each of them would be looked at to the end of the page: minutes, for a page
    of a few hundred thousand.

    >>> _without_openings("<p>a <b <!-- < ")
    '<p>a  b <!-- < '
    """
    last = raw.rfind(">") + 1
    comment = raw.find("<!--", last)
    end = len(raw) if comment < 0 else comment
    return (
        f"{raw[:last]}{raw[last:end].replace('<', ' ')}{raw[end:]}" if "<" in raw[last:end] else raw
    )


class _Reader:
    """The state of one pass: the open elements and the block that grows."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._raw = page.raw
        self._open: list[Element] = [Element("", "", None)]
        self._names: Counter[str] = Counter()
        self._block: Block | None = None
        self._in_link = False

    def text(self, start: int, end: int) -> None:
        """Add a stretch between two tags to the block, or open one with it."""
        if self._block is None:
            if self._raw[start:end].isspace():
                return
            self._block = Block(self._open[-1], [Span(start, end)])
        else:
            self._block.runs.append(Span(start, end))
        if self._in_link:
            self._block.linked += end - start

    def tag(self, name: str, match: re.Match[str]) -> None:
        """Take an opening tag, or a closing one with a slash before its name."""
        if name[0] == "/":
            self._close(name[1:])
        elif name in _INLINE:
            if name == "a":
                self._in_link = True
            if name == "time" or "author" in match["attributes"].lower():
                self._mark(name, match)
        elif name in _VOID:
            self._void(name, match)
        else:
            self._enter(name, match["attributes"])

    def flush(self) -> None:
        """Close the block; white space at its end is not part of it."""
        block, self._block = self._block, None
        if block:
            while block.runs[-1].of(self._raw).isspace():
                block.runs.pop()
            self.page.blocks.append(block)

    def _mark(self, name: str, match: re.Match[str]) -> None:
        place = Span(*match.span("attributes"))
        self.page.marks.append(Mark(name, place, len(self.page.blocks), match.end()))

    def _void(self, name: str, match: re.Match[str]) -> None:
        if name == "meta":
            self.page.metas.append(Span(*match.span("attributes")))
        elif name == "link":
            self.page.links.append(Span(*match.span("attributes")))
        elif name != "source":
            self.flush()

    def _enter(self, name: str, attributes: str) -> None:
        self.flush()
        if name == "html":
            self.page.html = attributes
        if self._open[-1].tag == "p":
            self._leave("p")
        if name in _CLOSES and self._names[name]:
            self._end_sibling(name)
        if len(self._open) < _DEEPEST:
            element = Element(name, attributes, self._open[-1], len(self.page.blocks))
            self._open.append(element)
            self._names[name] += 1

    def _end_sibling(self, name: str) -> None:
        for element in reversed(self._open):
            if element.tag in _CLOSES[name]:
                return
            if element.tag == name:
                self._leave(name)
                return

    def _close(self, name: str) -> None:
        if name in _INLINE:
            if name == "a":
                self._in_link = False
            return
        self.flush()
        if self._names[name]:
            self._leave(name)

    def _leave(self, name: str) -> None:
        while len(self._open) > 1:
            element = self._open.pop()
            self._names[element.tag] -= 1
            if element.tag == name:
                return


def pieces(blocks: Sequence[Block], base: Piece, encoding: str) -> list[Piece]:
    r"""Return the text of blocks in page order, each character with its source in `base`.

    A run of HTML white space is one space, an entity the characters it stands
    for; both map to the whole run they came from. NUL drops out.

    >>> from builder.articles.assembly import whole
    >>> raw = "<p>Talks\n &amp;tea"
    >>> (piece,) = pieces(page(raw).blocks, whole(raw, "utf-8"), "utf-8")
    >>> piece.text, [(s.text.start, s.source.start, s.source.end) for s in piece.segments]
    ('Talks &tea', [(0, 3, 8), (5, 8, 10), (6, 10, 15), (7, 15, 18)])
    """
    cutter = Cutter(base, encoding)
    return [_piece(block, base.text, cutter) for block in blocks]


def _piece(block: Block, raw: str, cutter: Cutter) -> Piece:
    text: list[str] = []
    segments: list[Segment] = []
    at = 0
    for unit, kept in units(block, raw):
        source = cutter.cut(unit).segments
        if kept == unit.of(raw):
            segments += [moved(segment, at) for segment in source]
        else:
            chars = Span(source[0].source.start, source[-1].source.end)
            data = Span(source[0].data.start, source[-1].data.end)
            segments.append(Segment(Span(at, at + len(kept)), chars, data))
        text.append(kept)
        at += len(kept)
    return Piece("".join(text), tuple(segments))


def units(block: Block, raw: str) -> Iterator[tuple[Span, str]]:
    """Yield the raw stretches of a block that have text and what each becomes."""
    space: Span | None = None
    first = True
    for run in block.runs:
        for match in _UNIT.finditer(raw, run.start, run.end):
            unit = Span(*match.span())
            kept = unescape(match[0]) if match["entity"] else match[0]
            if match["space"] or not kept.strip(_SPACES):
                space = space or (None if first else unit)
            elif not match["nothing"]:
                if space:
                    yield space, " "
                yield unit, kept
                space, first = None, False
