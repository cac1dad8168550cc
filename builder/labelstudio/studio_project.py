"""The project on the server: found by its title, made when missing, kept as the settings say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from label_studio_sdk.core.api_error import ApiError

from builder.errors import ChangedError, DataError, Problem, UsageError
from builder.labelstudio.instruction import same_instruction

if TYPE_CHECKING:
    from builder.labelstudio.client import Client

_REFUSED = 400
# Decided once, when the project is made; a lead may choose otherwise later.
_AT_FIRST: dict[str, Any] = {
    "show_instruction": True,
    "sampling": "Sequential sampling",
    "show_skip_button": True,
    "enable_empty_annotation": True,
    "show_collab_predictions": True,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the project on the server should be: from builder.toml and the schemas."""

    title: str
    label_config: str
    expert_instruction: str
    maximum_annotations: int


@dataclass(frozen=True, slots=True)
class Found:
    """A project on the server. `created_at` tells it from another that got its number later."""

    project_id: int
    title: str
    created_at: str
    page: str
    label_config: str
    expert_instruction: str
    maximum_annotations: int
    annotations: int


def find_project(client: Client, title: str) -> Found | None:
    """Return the project with exactly this title, None when there is none.

    Raises UsageError that lists their numbers when several have it.
    """
    with client.answering():
        listed = client.sdk.projects.list(title=title, page_size=100)
        same = [project for project in listed if project.title == title]
        if len(same) == 1:
            return _found(client, client.sdk.projects.get(same[0].id))
    if same:
        ids = ", ".join(str(project.id) for project in sorted(same, key=lambda p: p.id))
        what = f"{client.url} has {len(same)} projects titled {title!r} (numbers {ids})"
        raise UsageError(what, hint="Rename all but one there, or set studio.title.")
    return None


def changes(found: Found, wanted: Wanted) -> dict[str, Any]:
    """Return the settings in which the server's project differs, with the wanted values."""
    differing: dict[str, Any] = {}
    if canonical(found.label_config) != canonical(wanted.label_config):
        differing["label_config"] = wanted.label_config
    if not same_instruction(wanted.expert_instruction, found.expert_instruction):
        differing["expert_instruction"] = wanted.expert_instruction
    if found.maximum_annotations != wanted.maximum_annotations:
        differing["maximum_annotations"] = wanted.maximum_annotations
    return differing


def check_change(client: Client, found: Found, wanted: Wanted) -> None:
    """Ask the server whether its annotations survive the wanted configuration.

    An update by itself would let labels vanish that annotations still use.
    Raises ChangedError that names them.
    """
    try:
        with client.answering():
            _validate(client, found.project_id, wanted.label_config)
    except _NotValidError as error:
        what = f"the new labelling configuration does not fit its annotations: {error}"
        hint = (
            "Keep these labels in the schemas, or set another studio.title to start a new "
            "project (the annotations stay in the old one and in its snapshots)."
        )
        kind = ChangedError if found.annotations else DataError
        raise kind([Problem(found.page, what)], hint=hint) from None


def create_project(client: Client, wanted: Wanted) -> Found:
    """Make the project on the server."""
    with client.answering():
        made = client.sdk.projects.create(
            title=wanted.title,
            label_config=wanted.label_config,
            expert_instruction=wanted.expert_instruction,
            maximum_annotations=wanted.maximum_annotations,
            **_AT_FIRST,
        )
        return _found(client, client.sdk.projects.get(made.id))


def update_project(client: Client, found: Found, differing: dict[str, Any]) -> Found:
    """Write the differing settings to the server's project; return it as it is then."""
    with client.answering():
        client.sdk.projects.update(found.project_id, **differing)
        return _found(client, client.sdk.projects.get(found.project_id))


def canonical(config: str) -> str:
    """Return a configuration without what does not matter: white space, order of attributes."""
    try:
        return ET.canonicalize(config, strip_text=True)
    except ET.ParseError:
        return config


class _NotValidError(Exception):
    """The server's own words on a configuration that it would not take."""


def _validate(client: Client, project_id: int, config: str) -> None:
    try:
        client.sdk.projects.validate_label_config(project_id, label_config=config)
    except ApiError as error:
        if error.status_code != _REFUSED:
            raise
        body = error.body if isinstance(error.body, dict) else {"detail": error.body}
        said = (body.get("validation_errors") or {}).get("non_field_errors") or [body.get("detail")]
        raise _NotValidError(" ".join(" ".join(map(str, said)).split())) from None


def _found(client: Client, project: Any) -> Found:  # noqa: ANN401 - one of several SDK types
    return Found(
        project.id,
        project.title,
        project.created_at.isoformat(),
        f"{client.url}/projects/{project.id}/data",
        project.label_config or "",
        project.expert_instruction or "",
        project.maximum_annotations or 1,
        project.total_annotations_number or 0,
    )
