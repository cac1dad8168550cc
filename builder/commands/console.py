"""What people see: data on stdout, talk and progress on stderr."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from rich.console import Console
    from rich.progress import Progress, Task

    from builder.errors import BuilderError

ProjectOption = Annotated[
    Path,
    typer.Option("--project", "-C", help="The project folder.", file_okay=False, show_default=True),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be done; do nothing.")
]


def talk() -> Console:
    """Return the console for messages: stderr, no colour when NO_COLOR is set."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def page() -> Console:
    """Return the console for results: stdout, wide enough for a pipe."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else 120)


def progress(*, sizes: bool = False) -> Progress:
    """Return a progress bar on stderr with counts, rate and time left.

    With `sizes` what is done is told in bytes, and the articles that came of it
    so far are in the task's field `articles`.
    """
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        """How many are done in a second."""

        def render(self, task: Task) -> Text:
            return Text("" if task.speed is None else f"{task.speed:.1f}/s")

    class Articles(ProgressColumn):
        """How many articles were read, and how many in a second of this run."""

        def render(self, task: Task) -> Text:
            number = task.fields.get("articles", 0)
            seconds = task.finished_time or task.elapsed
            rate = f", {number / seconds:.0f}/s" if seconds else ""
            return Text(f"{number:,} articles{rate}" if number else "")

    class Size(DownloadColumn):
        """How many bytes of all; nothing where all is not known."""

        def render(self, task: Task) -> Text:
            return super().render(task) if task.total is not None else Text("")

    counts = (Size(), Articles()) if sizes else (MofNCompleteColumn(), Rate())
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24 if sizes else 40),
        *counts,
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=talk(),
        transient=True,
    )


def show_json(value: Any) -> None:  # noqa: ANN401 - whatever JSON can say
    """Print a value as JSON on stdout."""
    for chunk in json.JSONEncoder(ensure_ascii=False, indent=2).iterencode(value):
        sys.stdout.write(chunk)
    sys.stdout.write("\n")


class Each(list[Any]):
    """A list for `show_json` whose values are made while they are printed, one at a time."""

    def __init__(self, values: Collection[Any], make: Callable[[Any], Any]) -> None:
        super().__init__()
        self._values, self._make = values, make

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[Any]:
        return map(self._make, self._values)


def show_error(error: BuilderError) -> None:
    """Print every problem on stderr; as JSON on stdout too when --json was given."""
    sys.stderr.write(f"{error}\n")
    if "--json" in sys.argv:
        problems = [{"where": p.where, "what": p.what} for p in error.problems]
        show_json({"error": type(error).__name__, "problems": problems, "hint": error.hint})
