"""Publishing to any place that fsspec reaches: an object store, a server, a folder."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Self

from builder.errors import BuilderError, ServerError, UsageError
from builder.release.manifest import MANIFEST
from builder.release.publishing.publish import CHUNK, Parcel, Plan, check_same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def plan_store(parcel: Parcel, url: str) -> Plan:
    """Return what is left to copy to `url`/version; a file counts when all its bytes are right."""
    with _Store(url, parcel.version) as store:
        there = {name: store.holds(name, parcel) for name in store.names()}
        complete = MANIFEST in there
        if complete:
            check_same(parcel, store.place, there)
        send = tuple(name for name in parcel.sizes if not there.get(name))
        return Plan(
            place=store.place,
            version=parcel.version,
            send=send,
            delete=(),
            there=len(parcel.sizes) - len(send),
            size=sum(parcel.sizes[name] for name in send),
            private=False,
            makes=not there,
            tagged=complete,
        )


def send_to_store(parcel: Parcel, url: str, plan: Plan, tell: Callable[[int], None]) -> None:
    """Copy what the plan says, the manifest last: a version with a manifest is complete.

    `tell` hears of the bytes that were sent.
    """
    with _Store(url, parcel.version) as store:
        for name in sorted(plan.send, key=lambda name: (name == MANIFEST, name)):
            store.put(name, parcel)
            tell(parcel.sizes[name])
        wrong = [name for name in plan.send if not store.holds(name, parcel)]
        if wrong:
            what = f"{store.place} does not hold what was sent: {', '.join(wrong)}"
            raise ServerError(what, hint="Run the same command again; it sends only these.")


class _Store:
    """A version's folder in a file system; its failures become errors that name the place."""

    def __init__(self, url: str, version: str) -> None:
        from fsspec.core import url_to_fs  # noqa: PLC0415 - only who publishes needs it

        self.place = f"{url.rstrip('/')}/{version}"
        try:
            self._files, self._root = url_to_fs(self.place)
        except (ValueError, ImportError) as error:
            raise UsageError(f"{url}: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        if isinstance(error, (OSError, RuntimeError)) and not isinstance(error, BuilderError):
            hint = "What was sent stays; run the same command again to go on."
            raise ServerError(f"{self.place}: {error}", hint=hint) from error

    def names(self) -> Iterator[str]:
        """Give the files that are there, relative to the version's folder."""
        if self._files.exists(self._root):
            for path in sorted(self._files.find(self._root)):
                yield path[len(self._root.rstrip("/")) + 1 :]

    def holds(self, name: str, parcel: Parcel) -> bool:
        """Tell whether a file is there with the right bytes."""
        path = self._path(name)
        if name not in parcel.sizes or not self._files.exists(path):
            return False
        if self._files.size(path) != parcel.sizes[name]:
            return False
        digest = hashlib.sha256()
        with self._files.open(path, "rb") as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
        return digest.hexdigest() == parcel.sha256[name]

    def put(self, name: str, parcel: Parcel) -> None:
        """Copy one file."""
        path = self._path(name)
        self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
        self._files.put_file(str(parcel.folder / name), path)

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"
