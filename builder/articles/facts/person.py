"""Names of people as pages print them: what is one, and which stand in an author field."""

from __future__ import annotations

import re

from builder.articles.facts.moment import MONTH

_WORD = r"[^\W\d_a-z][\w.'\u2019-]*"
_PARTICLE = (
    r"(?:al|av|ap|bin|bint|da|dal|de|del|della|den|der|di|do|dos|du|el|ibn|la|le|ter|van|von|y|zu)"
)
_NAME = re.compile(rf"{_WORD}(?: (?:{_WORD}|{_PARTICLE})){{1,4}}")
_NO_NAME = re.compile(
    rf"(?i)(?:{MONTH}(?!(?-i: [A-Z]\w))|\w+day|the|a|an|now|then|this|that|last)\b.*"
    r"|.*\b(?:about|contact|more|read|us|news|team|staff|posts?|all|view|profile|author|editor"
    r"|share|follow|updated|published|comments?|privacy|policy|home|blog|the|your|our|my|new|best"
    r"|guide|learn|how|why|what|founder|director|reporter|correspondent"
    r"|desk|bureau|magazine|inc|llc|ltd|university|institute|department|ministry|sobre|acerca"
    r"|\u00fcber|writer)\b.*"
)
_LONGEST = 60
_BY = re.compile(
    r"^(?:(?:written|posted|reported|published|words|story|article|text|reviewed) )?"
    r"(?:by|von|par|por|di|von der|od|av|af|door|oleh)(?::\s*|\s+)",
    re.IGNORECASE,
)
_DEGREE = (
    r"(?:Ph\.? ?D|M\.?D|D\.?O|R\.?N|R\.?D(?:N)?|M\.?P\.?H|M\.?S(?:c)?|B\.?S(?:c)?|M\.?B\.?A|MA|BA"
    r"|J\.?D|Ed\.?D|D\.?D\.?S|Pharm\.?D|Psy\.?D|L\.?D|LCSW|LMFT|CPT|CSCS|CFA|CPA|CFP|CDE|CNS|FACLM"
    r"|FACP|FAAP|FACS|FAHA|FRCP|MPhil|DVM|DPT|NP|PA-C|Esq|OBE|MBE|CBE)\.?"
)
_DEGREES = re.compile(rf"(?:[,\s]+{_DEGREE}(?![\w-]))+\W*$")
_JOINED = re.compile(r"\s*(?:,\s*and\s|[,;|/]|\band\b|&|\bund\b|\by\b|\bet\b)\s*")
_ADDRESS = re.compile(r"https?:|www\.|@|^/|\w/\w+/|^\W*$|\d{3}")
_ACCOUNT = re.compile(r"[a-z0-9._-]*[a-z][a-z0-9._-]*")
_JOB = re.compile(
    r"\b(?:writer|reporter|correspondent|editor|columnist|producer|contributor|journalist|analyst"
    r"|founder|director|specialist|expert|advance media|special to)\b|\.(?:com|org|net)\b",
    re.IGNORECASE,
)
"""What a part of an author field has that says of the name before it where and as what it works."""

_NOBODY = frozenset({"admin", "administrator", "staff", "editor", "editors", "author", "unknown",
                     "none", "null", "guest", "newsroom", "webmaster", "web desk"})  # fmt: skip


def person(text: str) -> str | None:
    """Return the name if the text is one, with or without a "By" before it.

    >>> person("By Jane Roe"), person("Jane van der Roe, M.D."), person("By the river")
    ('Jane Roe', 'Jane van der Roe', None)
    >>> person("About us"), person("Founder at Roe")
    (None, None)
    """
    name = without_degrees(_BY.sub("", text.strip(" \t*\u00b7\u2022|,"))).rstrip("*")
    good = len(name) <= _LONGEST and _NAME.fullmatch(name) and not _NO_NAME.fullmatch(name)
    return name if good and name.split()[-1][0].isupper() else None


def people(value: str) -> list[str]:
    """Return the names in an author field.

    >>> people("By Jane Roe and Ben Cruz"), people("https://example.org/jane"), people("admin")
    (['Jane Roe', 'Ben Cruz'], [], [])
    >>> people("Jane Roe, PhD, RD; Ben Cruz (photos)")
    ['Jane Roe', 'Ben Cruz']
    >>> people("Jane Roe / Ben Cruz"), people("/by/jane-roe")
    (['Jane Roe', 'Ben Cruz'], [])
    >>> people("Jane Roe, AP National Security Writer")
    ['Jane Roe']
    """
    if _ADDRESS.search(value):
        return []
    plain = re.sub(r"\s*\([^)]*\)", "", _BY.sub("", value.strip()))
    parts = (without_degrees(part) for part in re.split(r"\s*[;|&]\s*", plain))
    names = [name.strip() for part in parts for name in _JOINED.split(part)]
    names = [name for name in (without_degrees(name) for name in names) if name]
    good = [name for name in names if len(name) <= _LONGEST]
    good = [name for name in good if not _JOB.search(name)] or good
    return [n for n in good if n.casefold() not in _NOBODY and not _ACCOUNT.fullmatch(n)]


def without_degrees(name: str) -> str:
    """Return a name without the degrees and titles behind it; nothing of a degree alone.

    >>> without_degrees("Jane Roe, M.D. FACP*"), without_degrees("PhD")
    ('Jane Roe', '')
    """
    bare = _DEGREES.sub("", name)
    return "" if re.fullmatch(_DEGREE, bare.strip("* ")) else bare
