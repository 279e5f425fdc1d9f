"""Secrets are masked before anything is appended: a timeline cannot be edited afterwards.

Two sources: values the installation knows to be secret (from the environment and `tocsin.toml`), in their plain,
URL-encoded, quoted and base64 forms, and the shapes of common credentials. What a program breaks into lines is found by
`output_masks.py`. The shapes are best effort and say so in the
documentation.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus, unquote, urlsplit

import re2

MASK = "•••"
SHORTEST = 6
LONGEST_KEPT = 512
"""Characters: what is longer is masked anew each time it comes."""
BEGINNING = 12
"""Characters of a known secret that are looked for first, in one pass for all of them."""
FINDER_MEMORY = 32 << 20
"""Bytes that the search for known secrets may grow to; when they do not suffice it is slower, and finds the same."""

_SHAPES = re.compile(
    r"(?P<keep>\b(?:password|passwd|pwd|secret|token|api[_-]?key|authorization)\b[\"']?\s*[=:]\s*(?:bearer\s+)?[\"']?)"
    r"[^\s\"',;&]{4,}"
    r"|(?P<scheme>\b[a-z][a-z0-9+.-]*://[^\s/:@]+:)[^\s/@]+(?=@)"
    r"|\bAKIA[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{20,}\b"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10,}\b"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.IGNORECASE | re.DOTALL,
)

_WORDS = (
    *("passw", "pwd", "secret", "token", "api_key", "api-key", "apikey", "authorization"),
    *("akia", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "xox", "eyj", "-----begin"),
)
"""Without one of these, whatever its case, or an address with a user in it, no shape is there."""

_PERCENT = re.compile(r"%[0-9A-F]{2}")

_T = TypeVar("_T")


class Masker:
    """Masks the secrets it knows, and whatever looks like one."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        forms = {form for value in known for form in _forms(value) if len(form) >= SHORTEST}
        self.forms = tuple(forms)
        self._finder = finder({*(form[:BEGINNING].casefold() for form in forms), *_WORDS})
        # In a storm the same titles, reasons and links come again and again.
        self._seen = lru_cache(maxsize=2048)(self._masked)

    @cached_property
    def _known(self) -> re.Pattern[str]:
        """Where known secrets stand; made when there may be one, for with thousands of forms that takes a while."""
        longest_first = sorted(self.forms, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest_first)))

    @property
    def longest(self) -> int:
        """Characters of the longest known secret in any of its forms."""
        return max(map(len, self.forms), default=0)

    @property
    def spanning(self) -> int:
        """Characters of the longest known form that holds a line's end within."""
        return max((len(form) for form in self.forms if "\n" in form), default=0)

    def first_across(self, text: str, at: int) -> int:
        """Where a known secret begins that lies across the place ``at`` of a text; ``at`` itself when none does."""
        near = max(0, at - self.longest)
        for found in self._known.finditer(text, near, at + self.longest) if self.forms else ():
            if found.start() < at < found.end():
                return found.start()
        return at

    def text(self, text: str) -> str:
        """The text with every secret replaced."""
        return self._seen(text) if len(text) <= LONGEST_KEPT else self._masked(text)

    def _masked(self, text: str) -> str:
        # Nearly every text of a storm is clean: one look for all that may begin a secret, for a tenth of the patterns.
        if self._finder.search(text.casefold().encode(errors="surrogatepass")):
            text = self._known.sub(MASK, text) if self.forms else text
        elif "@" not in text or "://" not in text:
            return text
        return _SHAPES.sub(_keep_the_name, text)

    def pairs(self, pairs: Mapping[str, str]) -> dict[str, str]:
        """Named texts (an alert's labels) with every secret replaced; the name counts: `password=hunter2`."""
        return {name: self.text(f"{name}={text}")[len(name) + 1 :] for name, text in pairs.items()}

    def value(self, value: _T) -> _T:
        """The same value with every text inside it masked; the very same object when there was nothing to mask."""
        masked: _T = self._walk(value)
        return masked

    def _walk(self, value: Any) -> Any:
        if type(value) is str:
            masked = self.text(value)
            return value if masked == value else masked
        if isinstance(value, tuple):
            walked = tuple(self._walk(one) for one in value)
            return value if all(a is b for a, b in zip(walked, value, strict=True)) else walked
        if is_dataclass(value) and not isinstance(value, type):
            changed = {
                field.name: new
                for field in fields(value)
                if (new := self._walk(old := getattr(value, field.name))) is not old
            }
            return replace(value, **changed) if changed else value
        return value


def finder(forms: Iterable[str]) -> Any:
    """A search of bytes for how any of these texts begins: a team of 240 integrations has thousands of forms.

    RE2 reads a text once however many there are, where the standard library tries them one after the other.
    """
    options = re2.Options()
    options.encoding, options.max_mem, options.log_errors = re2.Options.Encoding.LATIN1, FINDER_MEMORY, False
    # In order, so that it takes beginnings that are alike for one.
    beginnings = sorted({form[:BEGINNING].encode(errors="surrogatepass") for form in forms})
    return re2.compile(b"|".join(map(re2.escape, beginnings)), options)


def _keep_the_name(found: re.Match[str]) -> str:
    return (found["keep"] or found["scheme"] or "") + MASK


def _forms(value: str) -> Iterator[str]:
    """The value, and the ways in which programs write it down: in addresses, JSON, pages, quoted, in base64 and hex."""
    for one in (value, *_passwords(value)):
        raw = one.encode()
        yield one
        for escaped in (quote(one, safe=""), quote(one), quote_plus(one)):
            yield escaped
            yield _PERCENT.sub(lambda found: found[0].lower(), escaped)
        yield json.dumps(one)[1:-1]
        yield repr(one)[1:-1]
        yield from _quoted(one)
        yield from _in_pages(one)
        yield raw.hex()
        yield raw.hex().upper()
        if len(one) >= SHORTEST:
            yield from _in_base64(raw)


def _quoted(value: str) -> Iterator[str]:
    """How shells write it: within single quotes (two ways, `set -x`), in double ones (`declare -p`), in none (`%q`)."""
    yield value.replace("'", "'\"'\"'")
    yield value.replace("'", "'\\''")
    yield re.sub(r'([$`"\\])', r"\\\1", value)
    bare = re.sub(r"([ !\"$&'()*,;<>?\[\\\]^`{|}])", r"\\\1", value)
    yield bare
    yield re.sub(r"^([~#])|(?<=[=:])(~)", r"\\\1\2", bare)


def _in_pages(value: str) -> Iterator[str]:
    """How HTML and XML write it, with the quotes by name, by either number, and as they are."""
    yield html.escape(value, quote=False)
    named = html.escape(value)
    yield named
    yield named.replace("&#x27;", "&#39;")
    yield named.replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
    yield named.replace("&#x27;", "&apos;")


def _in_base64(raw: bytes) -> Iterator[str]:
    """How it looks in base64, alone and within a longer text: three ways, by where in a group of three it begins."""
    for before in range(3):
        skipped = (0, 2, 3)[before]  # digits that also depend on what stands before it
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            digits = encode(b"\0" * before + raw).decode().rstrip("=")
            # The last digit, where the bytes do not fill their groups, depends on what follows.
            yield digits[skipped : None if (before + len(raw)) % 3 == 0 else -1]


def _passwords(value: str) -> Iterator[str]:
    """The passwords inside an address or a connection string: they are printed without it, too."""
    if "://" in value:
        with suppress(ValueError):
            password = urlsplit(value).password
            if password:
                yield password
                yield unquote(password)
    elif found := re.search(r"\bpassword\s*=\s*('(?:[^'\\]|\\.)*'|\S+)", value):
        yield found[1].strip("'")
