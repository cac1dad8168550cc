"""Where the characters of a JSON string stand in the raw line."""

from __future__ import annotations

import json
import re

from builder.document import Segment, Span

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]*")
_UNIT = re.compile(
    r'[^\\"]+'  # characters that stand for themselves
    r"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # one character, two escapes
    r"|\\u[0-9a-fA-F]{4}"
    r"|\\."
)


def members(line: str) -> list[tuple[str, object, Span]]:
    """Return name, value and the span of the value's literal for each member of an object.

    Names that occur twice are returned twice. Raises ValueError, with the
    offset where a JSON error has one, when the line is not one JSON object.

    >>> members('{"a": "x", "b": [1]}')
    [('a', 'x', Span(start=6, end=9)), ('b', [1], Span(start=16, end=19))]
    """
    found: list[tuple[str, object, Span]] = []
    at = _after(line, _space(line, 0), "{")
    if line[at : at + 1] == "}":
        return _end(line, at + 1, found)
    while True:
        if line[at : at + 1] != '"':
            raise json.JSONDecodeError("Expecting property name in quotes", line, at)
        name, end = _DECODER.raw_decode(line, at)
        start = _after(line, _space(line, end), ":")
        value, end = _DECODER.raw_decode(line, start)
        found.append((name, value, Span(start, end)))
        at = _space(line, end)
        if line[at : at + 1] == "}":
            return _end(line, at + 1, found)
        at = _after(line, at, ",")


def elements(line: str, array: Span) -> list[tuple[object, Span]]:
    """Return value and span of each element of the array literal at `array`; none for no array.

    >>> elements('{"a": [1, "x"]}', Span(6, 14))
    [(1, Span(start=7, end=8)), ('x', Span(start=10, end=13))]
    """
    found: list[tuple[object, Span]] = []
    at = _space(line, array.start + 1)
    while line[array.start] == "[" and line[at] != "]":
        value, end = _DECODER.raw_decode(line, at)
        found.append((value, Span(at, end)))
        at = _space(line, end)
        at = _space(line, at + 1) if line[at] == "," else at
    return found


def segments(line: str, literal: Span, chars: int = 0, data: int = 0) -> tuple[Segment, ...]:
    r"""Map the value of the string literal at `literal` to the characters and bytes of `line`.

    `chars` and `data` are where the line starts in its UTF-8 file. A run of
    plain characters is one segment; an escape, or the two escapes of a
    surrogate pair, is one segment of one character.

    >>> [(s.text.end, s.source.end) for s in segments(r'"a\u00e9"', Span(0, 9))]
    [(1, 2), (2, 8)]
    """
    found = []
    at, inside = 0, Span(literal.start + 1, literal.end - 1)
    char = chars + inside.start
    byte = data + _bytes(line[: inside.start])
    for unit in _UNIT.finditer(line, inside.start, inside.end):
        run = unit[0]
        width = 1 if run[0] == "\\" else len(run)
        size = _bytes(run)
        found.append(
            Segment(Span(at, at + width), Span(char, char + len(run)), Span(byte, byte + size))
        )
        at, char, byte = at + width, char + len(run), byte + size
    return tuple(found)


def _bytes(text: str) -> int:
    # An undecodable byte elsewhere in the line was read as one lone surrogate.
    return len(text.encode("utf-8", "surrogateescape"))


def _space(line: str, at: int) -> int:
    match = _SPACE.match(line, at)
    return match.end() if match else at


def _after(line: str, at: int, sign: str) -> int:
    if line[at : at + 1] != sign:
        raise json.JSONDecodeError(f"Expecting {sign!r}", line, at)
    return _space(line, at + 1)


def _end(
    line: str, at: int, found: list[tuple[str, object, Span]]
) -> list[tuple[str, object, Span]]:
    end = _space(line, at)
    if end != len(line):
        raise json.JSONDecodeError("Extra data", line, end)
    return found
