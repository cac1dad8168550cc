"""The people of a local server and how they log in: one file that only its owner can read."""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from builder.errors import DataError, Problem, UsageError, did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

FILE = "credentials.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who can log in. Password and token never show in a repr."""

    email: str
    password: str = field(repr=False)
    token: str = field(repr=False)


def new_user(name: str, users: dict[str, User]) -> User:
    """Return a login for a new name, with a random password and token.

    A name with an @ is an e-mail address; any other gets one that leads nowhere.
    Raises UsageError when the name is taken or cannot be one.

    >>> new_user("ann", {}).email
    'ann@builder.invalid'
    """
    if not (_EMAIL if "@" in name else _NAME).fullmatch(name):
        what = f"{name!r} cannot be a user's name"
        raise UsageError(what, hint="Use letters, digits, . _ + and -, or a whole e-mail address.")
    email = name if "@" in name else f"{name}@builder.invalid"
    if name in users or email.lower() in {user.email.lower() for user in users.values()}:
        raise UsageError(f"there is a user {name!r} already", hint="Take another name.")
    return User(email, secrets.token_urlsafe(12), secrets.token_hex(20))


def load_users(folder: Path) -> dict[str, User]:
    """Return everybody of a data folder by name; nobody when there is no file yet."""
    path = folder / FILE
    if not path.exists():
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, User])
    except msgspec.DecodeError as error:
        what = f"cannot be read ({error}); restore it, or move the folder away and start anew"
        raise DataError([Problem(str(path), what)]) from error


def load_user(folder: Path, name: str) -> User:
    """Return one user by name. Raises UsageError that names those who are there."""
    users = load_users(folder)
    if name not in users:
        hint = "`builder studio user add NAME` makes one."
        raise UsageError(f"there is no user {name!r}; {did_you_mean(name, users)}", hint=hint)
    return users[name]


def save_users(folder: Path, users: dict[str, User]) -> None:
    """Write everybody, whole and readable by the owner only from the first byte on."""
    path = folder / FILE
    temporary = path.with_name(f".{FILE}.{secrets.token_hex(4)}")
    content = msgspec.json.format(msgspec.json.encode(users), indent=2)
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as f:
            f.write(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
