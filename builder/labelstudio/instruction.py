"""What is left of the guidelines' HTML after the server has cleaned it."""

from __future__ import annotations

from html.parser import HTMLParser


def same_instruction(ours: str, theirs: str) -> bool:
    """Tell whether the server's instruction is ours, whatever its cleaning did to the form.

    The server strips inline styles and comments, adds <tbody> and writes
    entities its own way, so what it returns never equals what was sent.

    >>> same_instruction('<p style="color:red">a&#32;b<br/></p>', "<p>a b<br></p>")
    True
    >>> same_instruction("<p>a</p>", "<p>b</p>")
    False
    """
    return _outline(ours) == _outline(theirs)


def _outline(html: str) -> list[object]:
    reader = _Outline()
    reader.feed(html)
    reader.close()
    return reader.parts


class _Outline(HTMLParser):
    """Collects start tags with what the server keeps of them, and words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "tbody":
            kept = sorted((name, value or "") for name, value in attrs if name != "style")
            self.parts.append((tag, *kept))

    def handle_data(self, data: str) -> None:
        self.parts.extend(data.split())
