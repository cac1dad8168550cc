"""`builder publish`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from builder.commands.console import JsonOption, ProjectOption, page, progress, show_json, talk

if TYPE_CHECKING:
    from collections.abc import Callable

    from huggingface_hub import HfApi

    from builder.release.publishing.publish import Parcel, Plan


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(publish)


def publish(
    place: Annotated[
        str, typer.Argument(help="OWNER/NAME on the Hub, or a URL as in s3://bucket/folder.")
    ],
    *,
    project: ProjectOption = Path(),
    release: Annotated[
        Path | None,
        typer.Option(file_okay=False, exists=True, help="Which release.  [default: the newest]"),
    ] = None,
    public: Annotated[
        bool, typer.Option("--public", help="Let all the world read it.  [default: private]")
    ] = False,
    pass_on_text: Annotated[
        bool,
        typer.Option("--pass-on-text", help="I may hand on the texts that go beyond a licence."),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run/--no-dry-run", help="Say what would be done; do nothing."),
    ] = True,
    as_json: JsonOption = False,
) -> None:
    """Send a release to the Hub, or to any URL of fsspec.

    On the Hub it gets a tag for its version.

    A dry run unless told otherwise, and private on the Hub unless told
    otherwise. After an interruption the same command goes on. The Hub's token
    comes from HF_TOKEN or from `hf auth login`.

    Example: `builder publish me/events --no-dry-run`
    """
    from dataclasses import asdict

    from builder.config import load_project
    from builder.release.publishing.publish import check_rights, parcel

    folder = release or _newest(load_project(project).root / "releases")
    if not pass_on_text:
        check_rights(folder)
    ready = parcel(folder)
    plan, send = _prepared(ready, place, public=public, dry_run=dry_run)
    if not dry_run and not plan.done:
        with progress() as bar:
            line = bar.add_task(f"bytes to {plan.place}", total=plan.size)
            send(lambda sent: bar.advance(line, sent))
    if as_json:
        show_json({**asdict(plan), "done": plan.done, "dry_run": dry_run})
        return
    _say(plan, dry_run=dry_run)


def _newest(folder: Path) -> Path:
    from builder.errors import DataError, Problem
    from builder.release.versions.succession import releases

    known = list(releases(folder).values())
    if not known:
        raise DataError([Problem(str(folder), "has no release; run `builder release` first")])
    return known[-1]


def _prepared(
    ready: Parcel, place: str, *, public: bool, dry_run: bool
) -> tuple[Plan, Callable[[Callable[[int], None]], None]]:
    """Return what has to be done, and the function that does it."""
    if "://" in place:
        from builder.release.publishing.store import plan_store, send_to_store

        plan = plan_store(ready, place)
        return plan, lambda tell: send_to_store(ready, place, plan, tell)
    from builder.release.publishing.hub import plan_hub, send_to_hub

    api = _api(needed=not dry_run)
    plan = plan_hub(ready, place, api, private=not public)
    return plan, lambda tell: send_to_hub(ready, place, api, plan, tell)


def _api(*, needed: bool) -> HfApi:
    import os

    from huggingface_hub import HfApi, get_token

    from builder.errors import AuthError

    token = get_token()
    if needed and not token:
        raise AuthError("the Hub wants a token; set HF_TOKEN, or run `hf auth login` once")
    return HfApi(endpoint=os.environ.get("HF_ENDPOINT"), token=token)


def _say(plan: Plan, *, dry_run: bool) -> None:
    would = "would be " if dry_run else ""
    who = "private" if plan.private else "as public as its place"
    if plan.done:
        page().print(f"{plan.version} is at {plan.place} already, complete", soft_wrap=True)
        return
    if plan.makes:
        talk().print(f"{would}made: {plan.place} ({who})", soft_wrap=True)
    for name in plan.send:
        talk().print(f"{would}sent: {name}", markup=False, soft_wrap=True)
    for name in plan.delete:
        talk().print(f"{would}deleted: {name} (not in this release)", markup=False, soft_wrap=True)
    sent = f"{len(plan.send)} files, {plan.size:,} bytes, {would}sent; {plan.there} are there"
    page().print(sent, soft_wrap=True)
    page().print(f"{would}version {plan.version} of {plan.place}", soft_wrap=True)
    if dry_run:
        page().print("nothing was done; add --no-dry-run to do it")
