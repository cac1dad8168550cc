"""Read YAML so that every defect can be reported at once, with file and line.

A `Table` is one YAML mapping. Its readers (`text`, `words`, `table`, ...) return
a key's value, or a harmless stand-in after noting the problem; `close` reports
the keys that nobody asked for. Nothing raises until `Problems.raise_if_any`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from builder.errors import Problems, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NULL = "tag:yaml.org,2002:null"


class Table:
    """A YAML mapping whose keys remember their lines.

    `line` is where complaints about the whole mapping point, its first line
    unless given. A node of None is the stand-in for a mapping that should be there and is
    not: it is empty and does not complain about that a second time.
    """

    def __init__(
        self, node: yaml.MappingNode | None, file: str, problems: Problems, *, line: int = 0
    ) -> None:
        self.file = file
        self._problems = problems
        self._node = node
        self._line = line or (_line(node) if node is not None else 1)
        self._entries: dict[str, tuple[int, yaml.Node]] = {}
        self._known: list[str] = []
        for key, value in node.value if node is not None else ():
            self._add(key, value)

    def complain(self, what: str, *path: str | int) -> None:
        """Note a problem at the line of a nested entry, or at the mapping's first line."""
        self._problems.add(f"{self.file}:{self.line(*path)}", what)

    def line(self, *path: str | int) -> int:
        r"""Return the line of a nested key or list entry, or of the nearest one above it.

        >>> node = yaml.compose("links:\n  Outcome:\n    targets:\n    - Agreement\n")
        >>> table = Table(node, "meeting.yaml", Problems())
        >>> table.line("links", "Outcome", "targets", 0), table.line("links", "Occasion")
        (4, 1)
        """
        line = self._line
        node: yaml.Node | None = self._node
        for step in path:
            below = _below(node, step)
            if below is None:
                break
            line, node = below
        return line

    def text(self, key: str, *, default: str | None = None) -> str:
        """Read a scalar as stripped text; required unless there is a default."""
        node = self._find(key, required=default is None)
        if node is None:
            return default or ""
        if not isinstance(node, yaml.ScalarNode):
            self.complain(f"{key!r} should be text, found {_kind(node)}", key)
            return default or ""
        value = _scalar(node)
        if not value and default is None:
            self.complain(f"{key!r} is empty; write a text", key)
        return value

    def words(self, key: str, *, required: bool = True) -> list[str]:
        """Read a list of scalars, or one scalar, as texts."""
        node = self._find(key, required=required)
        if node is None:
            return []
        if isinstance(node, yaml.MappingNode):
            self.complain(f"{key!r} should be a list of texts, found a mapping", key)
            return []
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return [self._word(item, key, index) for index, item in enumerate(items)]

    def choice(self, key: str, allowed: list[str], *, default: str) -> str:
        """Read one of a closed list of texts."""
        value = self.text(key, default=default)
        if value not in allowed:
            self.complain(f"{key!r} is {value!r}; {did_you_mean(value, allowed)}", key)
            return default
        return value

    def table(self, key: str, *, required: bool = True) -> Table:
        """Read a mapping; a stand-in when it is missing."""
        node = self._find(key, required=required)
        if node is not None and not isinstance(node, yaml.MappingNode):
            self.complain(f"{key!r} should be a mapping, found {_kind(node)}", key)
            node = None
        return Table(node, self.file, self._problems, line=self.line(key))

    def tables(self, key: str) -> Iterator[Table]:
        """Read a list of mappings; none when it is missing."""
        node = self._find(key, required=False)
        if node is not None and not isinstance(node, yaml.SequenceNode):
            self.complain(f"{key!r} should be a list, found {_kind(node)}", key)
            return
        for index, item in enumerate(node.value if node is not None else ()):
            if isinstance(item, yaml.MappingNode):
                yield Table(item, self.file, self._problems)
            else:
                what = f"each of {key!r} should be a mapping, found {_kind(item)}"
                self.complain(what, key, index)

    def names(self) -> list[str]:
        """Return the keys in the order they were written."""
        return list(self._entries)

    def close(self) -> None:
        """Report the keys that were never asked for."""
        for name in self._entries:
            if name not in self._known:
                self.complain(f"unknown key {name!r}; {did_you_mean(name, self._known)}", name)

    def _add(self, key: yaml.Node, value: yaml.Node) -> None:
        where = f"{self.file}:{_line(key)}"
        if not isinstance(key, yaml.ScalarNode):
            self._problems.add(where, f"a key should be text, found {_kind(key)}")
            return
        name = str(key.value)
        if name in self._entries:
            first = self._entries[name][0]
            self._problems.add(where, f"key {name!r} is on line {first} already; keep one")
        self._entries.setdefault(name, (_line(key), value))

    def _word(self, node: yaml.Node, key: str, index: int) -> str:
        word = _scalar(node) if isinstance(node, yaml.ScalarNode) else ""
        if not word:
            self.complain(f"each of {key!r} should be text, found {_kind(node)}", key, index)
        return word

    def _find(self, key: str, *, required: bool) -> yaml.Node | None:
        self._known.append(key)
        if key not in self._entries:
            if required and self._node is not None:
                self.complain(f"key {key!r} is missing; add it")
            return None
        return self._entries[key][1]


def read_table(path: Path, name: str, problems: Problems) -> Table | None:
    """Read a YAML file that holds one mapping; None when it cannot be read at all.

    `name` is how the file is called in messages. Unreadable bytes, broken YAML
    and files that hold something else are noted in `problems`.
    """
    try:
        data = path.read_bytes()
        node = yaml.compose(data.decode(), Loader=yaml.SafeLoader)
    except OSError as error:
        problems.add(name, f"cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        line, byte = data.count(b"\n", 0, error.start) + 1, data[error.start]
        what = f"byte {error.start} (0x{byte:02x}) is not UTF-8; save the file as UTF-8"
        problems.add(f"{name}:{line}", what)
    except yaml.reader.ReaderError as error:
        line = data.decode()[: error.position].count("\n") + 1
        problems.add(f"{name}:{line}", f"not YAML: character U+{error.character:04X}; delete it")
    except yaml.MarkedYAMLError as error:
        what = f"not YAML: {error.problem}; check indentation and quotes"
        problems.add(f"{name}:{_error_line(error)}", what)
    else:
        if isinstance(node, yaml.MappingNode):
            return Table(node, name, problems)
        problems.add(f"{name}:1", f"should hold a mapping, found {_kind(node)}")
    return None


def _below(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        found = ((_line(key), value) for key, value in node.value if key.value == step)
        return next(found, None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return _line(node.value[step]), node.value[step]
    return None


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _error_line(error: yaml.MarkedYAMLError) -> int:
    # What is never closed is noticed at the end of the file and mended where it starts.
    unclosed = "end of stream" in (error.problem or "") or "<stream end>" in (error.problem or "")
    mark = error.context_mark if unclosed and error.context_mark else error.problem_mark
    return mark.line + 1 if mark else 1


def _scalar(node: yaml.ScalarNode) -> str:
    return "" if node.tag == _NULL else str(node.value).strip()


def _kind(node: yaml.Node | None) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    if isinstance(node, yaml.ScalarNode) and _scalar(node):
        return f"the text {_scalar(node)!r}"
    return "nothing"
