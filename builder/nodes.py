"""Read YAML so that every defect can be reported at once, with file and line.

A `Table` is one YAML mapping. Each `take_*` removes a key and returns its
value or a harmless stand-in after noting the problem; `close` reports the
keys that nobody took. Nothing raises until `Problems.raise_if_any`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from builder.errors import Problems, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Table:
    """A YAML mapping whose keys remember their lines."""

    def __init__(self, node: yaml.MappingNode, file: str, problems: Problems) -> None:
        self._file = file
        self._problems = problems
        self._line = node.start_mark.line + 1
        self._entries: dict[str, tuple[int, yaml.Node]] = {}
        self._known: list[str] = []
        for key, value in node.value:
            line = key.start_mark.line + 1
            name = str(key.value)
            if name in self._entries:
                self.complain(line, f"key {name!r} stands here twice; keep one")
            self._entries[name] = (line, value)

    def complain(self, line: int | None, what: str) -> None:
        """Note a problem at a line of this file, or at the mapping's first line."""
        self._problems.add(f"{self._file}:{line or self._line}", what)

    def line(self, key: str) -> int:
        """Return the line of a key, also after it was taken."""
        return self._lines.get(key, self._line)

    @property
    def _lines(self) -> dict[str, int]:
        return {key: line for key, (line, _) in self._entries.items()}

    def text(self, key: str, *, default: str | None = None) -> str:
        """Take a scalar as stripped text; required unless there is a default."""
        node = self._take(key, required=default is None)
        if node is None:
            return default or ""
        if not isinstance(node, yaml.ScalarNode):
            self.complain(self.line(key), f"{key!r} should be text, found {_kind(node)}")
            return default or ""
        if not node.value.strip() and default is None:
            self.complain(self.line(key), f"{key!r} is empty; write a text")
        return str(node.value).strip()

    def words(self, key: str, *, required: bool = True) -> list[str]:
        """Take a list of scalars, or one scalar, as texts."""
        node = self._take(key, required=required)
        if node is None:
            return []
        if isinstance(node, yaml.ScalarNode):
            return [str(node.value).strip()]
        if isinstance(node, yaml.SequenceNode) and all(
            isinstance(item, yaml.ScalarNode) for item in node.value
        ):
            return [str(item.value).strip() for item in node.value]
        self.complain(self.line(key), f"{key!r} should be a list of texts, found {_kind(node)}")
        return []

    def choice(self, key: str, allowed: list[str], *, default: str) -> str:
        """Take one of a closed list of texts."""
        value = self.text(key, default=default)
        if value not in allowed:
            self.complain(self.line(key), f"{key!r} is {value!r}; {did_you_mean(value, allowed)}")
            return default
        return value

    def table(self, key: str, *, required: bool = True) -> Table:
        """Take a mapping; an empty one when it is missing."""
        node = self._take(key, required=required)
        if node is not None and not isinstance(node, yaml.MappingNode):
            self.complain(self.line(key), f"{key!r} should be a mapping, found {_kind(node)}")
            node = None
        return Table(node or self._nothing(), self._file, self._problems)

    def tables(self, key: str) -> Iterator[Table]:
        """Take a list of mappings; none when it is missing."""
        node = self._take(key, required=False)
        if node is not None and not isinstance(node, yaml.SequenceNode):
            self.complain(self.line(key), f"{key!r} should be a list, found {_kind(node)}")
            return
        for item in node.value if node is not None else []:
            if isinstance(item, yaml.MappingNode):
                yield Table(item, self._file, self._problems)
            else:
                line = item.start_mark.line + 1
                self.complain(line, f"each of {key!r} should be a mapping, found {_kind(item)}")

    def names(self) -> list[str]:
        """Return the keys in the order they were written."""
        return list(self._entries)

    def close(self) -> None:
        """Report the keys that were never asked for."""
        for name, line in self._lines.items():
            if name not in self._known:
                self.complain(line, f"unknown key {name!r}; {did_you_mean(name, self._known)}")

    def _take(self, key: str, *, required: bool) -> yaml.Node | None:
        self._known.append(key)
        if key not in self._entries:
            if required:
                self.complain(None, f"key {key!r} is missing; add it")
            return None
        return self._entries[key][1]

    def _nothing(self) -> yaml.MappingNode:
        mark = yaml.Mark(self._file, 0, self._line - 1, 0, None, 0)
        return yaml.MappingNode("tag:yaml.org,2002:map", [], mark, mark)


def read_table(path: Path, name: str, problems: Problems) -> Table | None:
    """Read a YAML file that holds one mapping; None when it cannot be read at all.

    `name` is how the file is called in messages. Unreadable bytes, broken YAML
    and files that hold something else are noted in `problems`.
    """
    try:
        node = yaml.compose(path.read_text("utf-8"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        problems.add(name, f"byte {error.start} is not UTF-8; save the file as UTF-8")
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.add(f"{name}:{line}", f"not YAML: {error.problem}; check indentation and quotes")
    else:
        if isinstance(node, yaml.MappingNode):
            return Table(node, name, problems)
        problems.add(f"{name}:1", f"should hold a mapping, found {_kind(node)}")
    return None


def _kind(node: yaml.Node | None) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    return f"the text {node.value!r}" if isinstance(node, yaml.ScalarNode) else "nothing"
