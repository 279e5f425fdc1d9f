"""What text a store takes: the same on every database, so that what a test kept in memory PostgreSQL keeps too."""

from __future__ import annotations

from collections.abc import Iterable

from tocsin.errors import BadInput


def require_storable(values: Iterable[object]) -> None:
    """Raise BadInput when one of the values is a string with a NUL or a lone surrogate; others pass.

    PostgreSQL cannot keep a NUL and neither database a surrogate (which JSON can carry). Replacing them is for
    those who read them from outside: they know what the text means.
    """
    for value in values:
        if type(value) is str:
            if "\0" in value:
                raise BadInput(f"text with a NUL character cannot be stored: {value[:80]!r}")
            if not value.isascii():
                _require_utf8(value)


def is_storable(value: object) -> bool:
    """Whether a value can be in a store at all: looking for one that cannot finds nothing."""
    try:
        require_storable((value,))
    except BadInput:
        return False
    return True


def _require_utf8(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadInput(f"text with a lone surrogate cannot be stored: {text[:80]!r}") from error
