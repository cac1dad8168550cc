"""XML with the place of every element in the raw file.

Only what news formats need: elements, attributes, text and CDATA. There is no
document type to expand, so there is nothing to blow up; a file whose tags do
not match is refused with the line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING

from builder.articles.assembly import Cutter, Piece, moved
from builder.articles.reading import Refusal
from builder.articles.webpages.markup import attributes
from builder.document import Segment, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(
    r"<!--.*?-->|<!\[CDATA\[(?P<cdata>.*?)\]\]>|<\?.*?\?>|<!(?:[^\[>]|\[[^\]]*\])*>"
    r"|<(?P<end>/)?(?P<name>[^\W\d][\w.:-]*)(?P<attributes>(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+)>",
    re.DOTALL,
)
_UNIT = re.compile(r"&(?:#\d{1,8}|#x[\da-fA-F]{1,8}|[a-zA-Z]\w{1,31});|[^&]+|&")
_DEEPEST = 200


@dataclass(slots=True)
class Node:
    """An element: its local name, raw attributes, and what stands between its tags."""

    name: str
    attributes: str
    inside: Span
    children: list[Node] = field(default_factory=list)
    cdata: list[Span] = field(default_factory=list)

    def all(self, *names: str) -> Iterator[Node]:
        """Yield the elements below this one that have one of the names, in order."""
        for child in self.children:
            if child.name in names:
                yield child
            yield from child.all(*names)

    def first(self, *names: str) -> Node | None:
        """Return the first element below of the first name that there is."""
        return next((node for name in names for node in self.all(name)), None)

    def attribute(self, name: str) -> str:
        """Return an attribute's value, or the empty string."""
        return attributes(self.attributes).get(name.lower(), ("", None))[0].strip()

    def text(self, raw: str) -> str:
        """Return the text inside with white space collapsed and tags left out."""
        found = re.sub(r"<!\[CDATA\[|\]\]>", "", self.inside.of(raw)) if self.cdata else ""
        plain = found or re.sub(r"<[^>]*>", " ", self.inside.of(raw))
        return " ".join(unescape(plain).split())


def tree(raw: str) -> Node:
    """Return the root's parent; raises Refusal for tags that do not match.

    >>> raw = "<a><b x='1'>Talks &amp; tea</b></a>"
    >>> [(b.attribute("x"), b.text(raw)) for b in tree(raw).all("b")]
    [('1', 'Talks & tea')]
    """
    top = Node("", "", Span(0, len(raw)))
    stack = [top]
    for match in _TOKEN.finditer(raw):
        if match["cdata"] is not None:
            stack[-1].cdata.append(Span(*match.span("cdata")))
        elif match["end"]:
            _close(stack, match, raw)
        elif match["name"]:
            node = Node(_local(match["name"]), match["attributes"], Span(match.end(), match.end()))
            stack[-1].children.append(node)
            if not match["attributes"].endswith("/"):
                stack.append(node)
            if len(stack) > _DEEPEST:
                raise _broken(raw, match.start(), f"elements are nested more than {_DEEPEST} deep")
    if len(stack) > 1:
        raise _broken(raw, len(raw), f"<{stack[-1].name}> is not closed")
    return top


def content(node: Node, whole: Piece, encoding: str) -> Piece:
    """Return the HTML or text that an element holds, with its source.

    CDATA and escaped markup come out as the markup they stand for.
    """
    cutter = Cutter(whole, encoding)
    if node.cdata:
        return _joined([cutter.cut(span) for span in node.cdata])
    if node.children:
        return cutter.cut(node.inside)
    parts = []
    for match in _UNIT.finditer(whole.text, node.inside.start, node.inside.end):
        piece = cutter.cut(Span(*match.span()))
        kept = unescape(match[0])
        if kept != match[0] and kept:
            chars = piece.source
            data = Span(piece.segments[0].data.start, piece.segments[-1].data.end)
            piece = Piece(kept, (Segment(Span(0, len(kept)), chars, data),))
        parts.append(piece)
    return _joined(parts)


def _joined(parts: list[Piece]) -> Piece:
    segments: list[Segment] = []
    at = 0
    for part in parts:
        segments += [moved(segment, at) for segment in part.segments]
        at += len(part.text)
    return Piece("".join(part.text for part in parts), tuple(segments))


def _close(stack: list[Node], match: re.Match[str], raw: str) -> None:
    name = _local(match["name"])
    if len(stack) == 1 or stack[-1].name != name:
        found = f"<{stack[-1].name}> is open" if len(stack) > 1 else "nothing is open"
        raise _broken(raw, match.start(), f"</{match['name']}> closes where {found}")
    node = stack.pop()
    node.inside = Span(node.inside.start, match.start())


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _broken(raw: str, at: int, what: str) -> Refusal:
    return Refusal("broken_xml", f"not XML: {what}", raw.count("\n", 0, at) + 1)
