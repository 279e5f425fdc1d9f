"""From bytes to JSON, with bounds on everything that could hurt."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.alerts.payload import MAX_DEPTH, MAX_KEYS, parse
from tocsin.errors import BadPayload


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('{"title": "x"}'.encode("utf-16"), "UTF-16"),
        ('{"title": "x"}'.encode("utf-16-le"), "UTF-16"),
        ('{"title": "x"}'.encode("utf-16-be"), "UTF-16"),
        ('{"title": "x"}'.encode("utf-32"), "UTF-16"),
        ('{"title": "é"}'.encode("latin-1"), "not UTF-8"),
        (b'{"title": "\xff"}', "not UTF-8"),
        (b"", "empty"),
        (b" \n", "empty"),
        (b"title=x&status=y", "not JSON"),
        (b'{"a": 1', "not JSON"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": ' + b"9" * 5000 + b"}", "5000 digits"),
        (b"[" * 100_000 + b"]" * 100_000, "levels deep"),
        (b'{"a":' * 500 + b"1" + b"}" * 500, "levels deep"),
    ],
)
def test_what_cannot_be_read_says_why(body: bytes, reason: str) -> None:
    """Other encodings, no JSON, and numbers or nesting without bounds are refused with a reason (F11)."""
    with pytest.raises(BadPayload, match=reason):
        parse(body)


@pytest.mark.parametrize("depth", [MAX_DEPTH, MAX_DEPTH + 1])
def test_the_depth_is_bounded_exactly(depth: int) -> None:
    """The last allowed level is read, the next one is not."""
    body = b"[" * depth + b"]" * depth
    if depth <= MAX_DEPTH:
        parse(body)
    else:
        with pytest.raises(BadPayload, match="levels deep"):
            parse(body)


@pytest.mark.parametrize("keys", [MAX_KEYS, MAX_KEYS + 1])
def test_the_number_of_keys_is_bounded_exactly(keys: int) -> None:
    """Keys are counted over all objects of the body."""
    half = keys // 2
    body = json.dumps([{str(n): n for n in range(half)}, {str(n): n for n in range(keys - half)}]).encode()
    if keys <= MAX_KEYS:
        parse(body)
    else:
        with pytest.raises(BadPayload, match="keys"):
            parse(body)


def test_the_last_of_a_doubled_key_counts_and_is_noted() -> None:
    """Two parsers must not see two values: ours is the last, and it says that there was another."""
    parsed = parse(b'{"a": 1, "a": 2}')
    assert parsed.value == {"a": 2}
    assert "twice" in parsed.notes[0]


def test_what_no_database_takes_is_replaced() -> None:
    """NUL and lone surrogates become U+FFFD, in keys too; whole pairs stay."""
    parsed = parse(rb'{"a\u0000": "x\ud800y", "b": ["\ud83d\ude00"]}')
    assert parsed.value == {"a�": "x�y", "b": ["😀"]}
    assert "replaced" in parsed.notes[0]


def test_a_byte_order_mark_is_skipped() -> None:
    """Some senders begin with one."""
    assert parse(b'\xef\xbb\xbf{"a": 1}').value == {"a": 1}


def test_hostile_text_is_kept_as_it_is() -> None:
    """Markup, controls and reversed text are the renderer's affair, not ours."""
    text = "<script>\u202e\x1b[31m<!channel> =1+1 {{7*7}}"
    assert parse(json.dumps({"a": text}).encode()).value == {"a": text}


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """Nothing but BadPayload ever comes out."""
    with suppress(BadPayload):
        json.dumps(parse(body).value, allow_nan=False).encode()
