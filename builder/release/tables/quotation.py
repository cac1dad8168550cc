"""The texts that rows store beside offsets, compared with the documents by whole columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from builder.document import Span
from builder.release.rights import CONTEXT, FORMS, FULL, PASSAGES, QUOTES, STANDOFF
from builder.release.tables.rows import mention_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

_WHOLE = "text_sha256"
_TOKENS = ("tokens", "token_starts", "token_ends")


@dataclass(frozen=True, slots=True)
class Quotation:
    """Stored texts with their offsets, and which document each is from.

    `parts` are the spans of those that have several, by place; their offsets
    here are from the first to the last.
    """

    stored: pa.StringArray
    starts: Numbers
    ends: Numbers
    owners: Numbers
    parts: Mapping[int, Sequence[Span]]


class Texts:
    """Some documents: their texts one after the other, and how much of each may be passed on."""

    def __init__(self, bodies: Mapping[str, str], forms: Mapping[str, str]) -> None:
        self.ids, self.bodies = list(bodies), list(bodies.values())
        self._places = {doc_id: at for at, doc_id in enumerate(self.ids)}
        self._lengths = np.array([len(body) for body in self.bodies], np.int64)
        self._begins = np.cumsum(self._lengths) - self._lengths
        self._units = _units("".join(self.bodies))
        self.forms = np.array([FORMS.index(forms[doc_id]) for doc_id in self.ids], np.int64)

    def owners(self, doc_ids: Sequence[str]) -> Numbers:
        """Return the place of each document."""
        return np.array([self._places[doc_id] for doc_id in doc_ids], np.int64)

    def form(self, owner: int) -> str:
        """Return how much of a document's text may be passed on."""
        return FORMS[self.forms[owner]]

    def withheld(self, array: pa.Array, owners: Numbers, *, passage: bool) -> list[int]:
        """Return the places of texts that may not be passed on."""
        least = FORMS.index(QUOTES if passage else STANDOFF)
        if not (self.forms[owners] >= least).any():
            return []
        stored = array.is_valid().to_numpy(zero_copy_only=False)
        return _places(stored & (self.forms[owners] >= least))

    def wrong(self, one: Quotation) -> list[int]:
        """Return the places of stored texts that are not the text at their span.

        A text that is not stored is wrong only where all may be.
        """
        stored = one.stored.is_valid().to_numpy(zero_copy_only=False)
        bad = ~stored & (self.forms[one.owners] == FORMS.index(FULL))
        plain = stored.copy()
        if one.parts:
            plain[list(one.parts)] = False
        bad[plain] = self._differs(one, np.flatnonzero(plain))
        for at, spans in one.parts.items():
            said = mention_text(spans, self.bodies[one.owners[at]])
            bad[at] |= bool(stored[at]) and one.stored[at].as_py() != said
        return _places(bad)

    def _differs(self, one: Quotation, at: Numbers) -> NDArray[np.bool_]:
        """Compare stored texts with those at their spans, code point by code point."""
        kept = one.stored if len(at) == len(one.stored) else one.stored.take(pa.array(at))
        starts, ends, owners = one.starts[at], one.ends[at], one.owners[at]
        lengths = pc.utf8_length(kept).to_numpy(zero_copy_only=False).astype(np.int64)
        wrong: NDArray[np.bool_] = (
            (starts < 0) | (ends > self._lengths[owners]) | (ends - starts != lengths)
        )
        said = _units("".join(kept.to_numpy(zero_copy_only=False).tolist()))
        first = np.cumsum(lengths) - lengths
        # Where in all the texts every stored character should be; a wrong span looks at the first.
        begins = np.where(wrong, 0, self._begins[owners] + starts)
        places = np.repeat(begins - first, lengths) + np.arange(len(said))
        places[places >= len(self._units)] = 0
        unequal = self._units[places] != said if len(said) else np.zeros(0, bool)
        if unequal.any():
            wrong[np.unique(np.repeat(np.arange(len(at)), lengths)[unequal])] = True
        return wrong


def passages(table: pa.Table, owners: Numbers) -> Iterator[tuple[pa.Array, Numbers]]:
    """Give the columns with running text."""
    for name in PASSAGES:
        if name in table.column_names:
            yield _one(table, name), owners
    if CONTEXT in table.column_names:
        yield pc.struct_field(_one(table, CONTEXT), "text"), owners


def quotations(table: pa.Table, owners: Numbers) -> Iterator[Quotation]:
    """Give every text in the rows that has offsets beside it."""
    names = set(table.column_names)
    if _WHOLE in names:
        zeros = np.zeros(len(table), np.int64)
        ends = table.column("characters").to_numpy()
        yield Quotation(_one(table, "text"), zeros, ends, owners, {})
    if names.issuperset(_TOKENS):
        tokens, starts, ends = (_one(table, name) for name in _TOKENS)
        yield _tokens(tokens, starts, ends, owners)
    if {"start", "end", "text"} <= names:
        fields = {name: _one(table, name) for name in ("start", "end", "text")}
        yield _quotation(fields, owners)
    for name in table.column_names:
        yield from _nested(_one(table, name), owners)


def _nested(array: pa.Array, owners: Numbers) -> Iterator[Quotation]:
    kind = array.type
    if pa.types.is_list(kind):
        if not pa.types.is_primitive(kind.value_type) and not pa.types.is_string(kind.value_type):
            yield from _nested(array.flatten(), np.repeat(owners, _lengths(array)))
    elif pa.types.is_struct(kind):
        fields = dict(zip((field.name for field in kind), array.flatten(), strict=True))
        if "text" in fields and ("parts" in fields or "start" in fields):
            yield _quotation(fields, owners)
        for name, child in fields.items():
            if name != "parts":
                yield from _nested(child, owners)


def _quotation(fields: Mapping[str, pa.Array], owners: Numbers) -> Quotation:
    if "parts" not in fields:
        starts, ends = (fields[name].to_numpy() for name in ("start", "end"))
        return Quotation(fields["text"], starts, ends, owners, {})
    listed = fields["parts"]
    lengths = _lengths(listed)
    last = np.cumsum(lengths)
    first = last - lengths
    starts, ends = (child.to_numpy() for child in listed.flatten().flatten())
    many = {
        at: [Span(int(starts[n]), int(ends[n])) for n in range(first[at], last[at])]
        for at in np.flatnonzero(lengths != 1).tolist()
    }
    return Quotation(
        fields["text"],
        starts[np.minimum(first, len(starts) - 1)],
        ends[np.maximum(last - 1, 0)],
        owners,
        many,
    )


def _tokens(tokens: pa.Array, starts: pa.Array, ends: pa.Array, owners: Numbers) -> Quotation:
    # Where the tokens are withheld their offsets are there all the same.
    there = tokens.is_valid()
    owners = owners[there.to_numpy(zero_copy_only=False)]
    kept = [array.filter(there) for array in (tokens, starts, ends)]
    if not all(np.array_equal(_lengths(kept[0]), _lengths(array)) for array in kept):
        raise ValueError("tokens and their offsets are not of one number")
    owners = np.repeat(owners, _lengths(kept[0]))
    words, begins, finishes = (array.flatten() for array in kept)
    return Quotation(words, begins.to_numpy(), finishes.to_numpy(), owners, {})


def _places(marks: NDArray[np.bool_]) -> list[int]:
    found: list[int] = np.flatnonzero(marks).tolist()
    return found


def _lengths(array: pa.Array) -> Numbers:
    return np.asarray(pc.fill_null(pc.list_value_length(array), 0), np.int64)


def _one(table: pa.Table, name: str) -> Any:  # noqa: ANN401 - Arrow has no types
    return pa.concat_arrays(table.column(name).chunks)


def _units(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
