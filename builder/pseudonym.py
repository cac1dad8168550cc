"""Annotators' names outside the project folder."""

from __future__ import annotations

import hashlib
import hmac
import os

KEY = "BUILDER_PSEUDONYM_KEY"


def pseudonym(person: str, project: str) -> str:
    """Name a person by a keyed hash: the same person has the same name in every release.

    `person` is an e-mail. The key is the environment variable
    BUILDER_PSEUDONYM_KEY; without it the project's name, which keeps e-mails
    out of sight but does not resist somebody who guesses them.

    >>> pseudonym("a@example.org", "demo") == pseudonym("A@example.org", "demo")
    True
    """
    key = os.environ.get(KEY) or project
    digest = hmac.new(key.encode(), person.strip().lower().encode(), hashlib.sha256)
    return "A" + digest.hexdigest()[:6]
