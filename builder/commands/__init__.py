"""The verbs, one file each: its docstring is its help, heavy imports stay inside it."""

from __future__ import annotations

import sys
from importlib import import_module

import typer

from builder import __version__
from builder.commands.console import show_error
from builder.errors import BuilderError

VERBS = (
    "demo",
    "init",
    "ingest",
    "tasks",
    "studio",
    "push",
    "pull",
    "check",
    "status",
    "iaa",
    "merge",
    "adjudicate",
    "release",
    "diff",
    "explain",
    "publish",
    "verify",
    "hydrate",
    "schema",
    "config",
)
INTERRUPTED = 130

app = typer.Typer(
    name="builder",
    help="Turn news articles into event annotation tasks, and the labels of several "
    "annotators into versioned datasets.",
    no_args_is_help=True,
    # Panels and markup import a renderer that takes half the time of --help.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"builder {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version."
    ),
) -> None:
    pass


for _verb in VERBS:
    import_module(f"builder.commands.{_verb}").register(app)


def main() -> None:
    """Run the command line; a BuilderError becomes its message and exit code."""
    try:
        app()
    except BuilderError as error:
        show_error(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; the same command goes on from here\n")
        sys.exit(INTERRUPTED)
