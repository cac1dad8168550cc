"""Publishing to the Hub: one commit for a version, and a tag with its number."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.errors import (
    AuthError,
    BuilderError,
    ChangedError,
    Problem,
    ServerError,
    UsageError,
)
from builder.release.publishing.publish import Parcel, Plan, check_same
from builder.release.versions.number import is_version, version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from huggingface_hub import HfApi

KIND = "dataset"
OWN = (".gitattributes",)
"""Files that the Hub makes itself."""
_NO_PLACE = "{!r} is no place; give OWNER/NAME on the Hub, or a URL"
_REPO = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_BATCH = 50
_REFUSED, _MISSING, _CHANGED = (401, 403), 404, (409, 412)
_GO_ON = "What was sent stays; run the same command again to go on."


@dataclass(frozen=True, slots=True)
class Remote:
    """What is on the Hub: whether it is there, private, its newest commit, its tags by commit."""

    exists: bool
    private: bool = True
    head: str | None = None
    tags: tuple[str, ...] = ()


def plan_hub(parcel: Parcel, repo: str, api: HfApi, *, private: bool) -> Plan:
    """Return what is left to do so that the Hub has this version; nothing is changed.

    Raises UsageError for what cannot be meant (a public place, a version older
    than one that is there), ChangedError when the version is there with other
    content, AuthError and ServerError when the Hub says no.
    """
    if not _REPO.fullmatch(repo):
        raise UsageError(_NO_PLACE.format(repo))
    with _answering(api, repo):
        remote = _remote(repo, api)
        _check(parcel, repo, remote, private=private)
        tagged = parcel.version in remote.tags
        held = _held(parcel, repo, api, parcel.version if tagged else None, remote)
    if tagged:
        check_same(parcel, f"{repo}@{parcel.version}", held)
    send = () if tagged else tuple(name for name in parcel.sizes if not held.get(name))
    gone = () if tagged else tuple(sorted(held.keys() - parcel.sizes.keys() - set(OWN)))
    return Plan(
        place=f"{api.endpoint}/datasets/{repo}",
        version=parcel.version,
        send=send,
        delete=gone,
        there=len(parcel.sizes) - len(send),
        size=sum(parcel.sizes[name] for name in send),
        private=remote.private if remote.exists else private,
        makes=not remote.exists,
        tagged=tagged,
    )


def send_to_hub(
    parcel: Parcel, repo: str, api: HfApi, plan: Plan, tell: Callable[[int], None]
) -> None:
    """Do what the plan says: make the repository, send files, commit once, tag, and look again.

    Files are named by their content, so those that an interrupted run has sent
    are not sent again. `tell` hears of the bytes that are there.
    """
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete  # noqa: PLC0415 - slow

    with _answering(api, repo):
        if plan.makes:
            api.create_repo(repo, repo_type=KIND, private=plan.private, exist_ok=True)
        head = _remote(repo, api).head
        additions = [
            CommitOperationAdd(path_in_repo=name, path_or_fileobj=parcel.folder / name)
            for name in plan.send
        ]
        for start in range(0, len(additions), _BATCH):
            batch = additions[start : start + _BATCH]
            api.preupload_lfs_files(repo, batch, repo_type=KIND, free_memory=False)
            tell(sum(parcel.sizes[one.path_in_repo] for one in batch))
        if plan.send or plan.delete:
            title = f"{parcel.name} {parcel.version}"
            lost = [CommitOperationDelete(path_in_repo=name) for name in plan.delete]
            made = api.create_commit(
                repo, [*additions, *lost], commit_message=title, repo_type=KIND, parent_commit=head
            )
            head = made.oid
        if not plan.tagged:
            api.create_tag(repo, tag=parcel.version, revision=head, repo_type=KIND, exist_ok=True)
        held = _held(parcel, repo, api, parcel.version, _remote(repo, api))
    wrong = [name for name in parcel.sizes if not held.get(name)]
    if wrong:
        raise ServerError(
            f"{repo}@{parcel.version} does not hold what was sent: {', '.join(wrong)}"
        )


def _check(parcel: Parcel, repo: str, remote: Remote, *, private: bool) -> None:
    if remote.exists and private and not remote.private:
        raise UsageError(f"{repo} is public; say --public if all the world may read this release")
    newer = [
        tag for tag in remote.tags if is_version(tag) and version(tag) > version(parcel.version)
    ]
    if newer and parcel.version not in remote.tags:
        newest = max(map(version, newer))
        raise UsageError(f"{repo} has {newest} already; {parcel.version} would take its place")


def _remote(repo: str, api: HfApi) -> Remote:
    from huggingface_hub.errors import RepositoryNotFoundError  # noqa: PLC0415 - slow

    try:
        found = api.repo_info(repo, repo_type=KIND)
    except RepositoryNotFoundError as error:
        # The Hub says so, too, of a private one that this token may not see.
        if error.response is not None and error.response.status_code in _REFUSED and not api.token:
            return Remote(exists=False)
        if error.response is None or error.response.status_code == _MISSING:
            return Remote(exists=False)
        raise
    refs = api.list_repo_refs(repo, repo_type=KIND)
    tags = tuple(tag.name for tag in refs.tags)
    return Remote(exists=True, private=bool(found.private), head=found.sha, tags=tags)


def _held(
    parcel: Parcel, repo: str, api: HfApi, revision: str | None, remote: Remote
) -> dict[str, bool]:
    """Return every file there, and whether it is that of the release."""
    from huggingface_hub.hf_api import RepoFolder  # noqa: PLC0415 - slow

    if not remote.exists:
        return {}
    held = {}
    for entry in api.list_repo_tree(repo, repo_type=KIND, recursive=True, revision=revision):
        if isinstance(entry, RepoFolder):
            continue
        name, large = entry.path, entry.lfs
        ours = parcel.sha256.get(name) if large else parcel.blobs.get(name)
        held[name] = ours == (large.sha256 if large else entry.blob_id)
    return held


@contextlib.contextmanager
def _answering(api: HfApi, repo: str) -> Iterator[None]:
    """Turn what the Hub, and the way to it, may answer into errors that say what to do."""
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError  # noqa: PLC0415 - slow

    where = f"{api.endpoint}/datasets/{repo}"
    try:
        yield
    except BuilderError:
        raise
    except HFValidationError as error:
        raise UsageError(_NO_PLACE.format(repo), hint=str(error)) from error
    except HfHubHTTPError as error:
        raise _said(error, where) from error
    except Exception as error:
        if isinstance(error.__cause__, HfHubHTTPError):
            raise _said(error.__cause__, where) from error
        if not _on_the_way(error):
            raise
        because = f" ({error.__cause__})" if error.__cause__ else ""
        raise ServerError(f"{where}: {error}{because}", hint=_GO_ON) from error


def _on_the_way(error: Exception) -> bool:
    """Tell whether this is the network's or the upload's failure.

    The client's HTTP library changes its name with its versions, and wraps
    what befell a large file, so neither can be named by its class.
    """
    names = {kind.__name__ for kind in type(error).__mro__}
    uploading = isinstance(error, RuntimeError) and "uploading" in str(error)
    return uploading or isinstance(error, OSError) or "TransportError" in names


def _said(error: Exception, where: str) -> BuilderError:
    response = getattr(error, "response", None)
    status = response.status_code if response is not None else None
    problem = [Problem(where, str(error).strip().splitlines()[0])]
    if status in _REFUSED:
        return AuthError(problem, hint="HF_TOKEN should hold a token that may write there.")
    if status in _CHANGED:
        return ChangedError(problem, hint="Somebody else changed it; run the same command again.")
    return ServerError(problem, hint=_GO_ON)
