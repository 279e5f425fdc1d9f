"""Output on its way to people: masked across chunk borders, disarmed, bounded."""

from __future__ import annotations

import base64
import json
import shlex
from urllib.parse import quote

import pytest

from tocsin.adapters.execution.output import HEAD, LONGEST_UNKNOWN, MOST_TURNS, NOT_TOLD_APART, TAIL, Printed
from tocsin.app.execution.output_masks import BREAKABLE, LEAST, output_masks
from tocsin.app.masking import MASK, Masker
from tocsin.incident.streams import Piece, Stream, joined, merged

LONG = "kX9vQ2mLr8TzB4nWc7Yd"
SECRET = "p@ss'wörd:9!x"
DSN = "postgres://shop:s3cr3t%2Fpass@db.example.org/shop"
FORMS = {
    "plain": SECRET,
    "url": quote(SECRET, safe=""),
    "json": json.dumps(SECRET)[1:-1],
    "quoted": shlex.quote(SECRET),
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "base64 of a line": base64.b64encode(SECRET.encode() + b"\n").decode(),
    "base64 within": base64.b64encode(b"user:" + SECRET.encode() + b":more").decode(),
    "base64 within, shifted": base64.b64encode(b"us:" + b"x" + SECRET.encode()).decode(),
    "hex": SECRET.encode().hex(),
}


def shown(pieces: list[bytes], *secrets: str) -> str:
    """What a page is shown of these pieces."""
    heard: list[str] = []
    printed = Printed(output_masks(Masker(secrets)), lambda one: heard.append(one.text))
    for piece in pieces:
        printed.add(piece)
    printed.close()
    assert "".join(heard) == printed.kept.text()[0]
    return "".join(heard)


def core(form: str) -> str:
    """The part of a form that would give the secret away; base64 may keep its first and last digits."""
    return form[2:-4]


@pytest.mark.parametrize("name", FORMS)
def test_a_secret_is_masked_in_every_form_wherever_it_is_cut(name: str) -> None:
    """F48, R19: plain, in an address, in JSON, quoted, in base64 and hex, split at every place."""
    text = f"before {FORMS[name]} after\nnext line\n".encode()
    for cut in range(len(text)):
        seen = shown([text[:cut], text[cut:]], SECRET)
        assert core(FORMS[name]) not in seen, cut
        assert MASK in seen
        assert "next line" in seen


LONG = "Zq8vK2pLmN0xYw7RtUaaBBccDDeeFF0011223344556677" * 4


def wrapped(text: str, columns: int) -> str:
    """As a program breaks it into lines."""
    return "".join(f"{text[at : at + columns]}\n" for at in range(0, len(text), columns))


BROKEN = {
    "base64": wrapped(base64.b64encode(LONG.encode()).decode(), 76),
    "openssl": wrapped(base64.b64encode(f"token={LONG}!".encode()).decode(), 64),
    "base64 -w 20": wrapped(base64.b64encode(LONG.encode()).decode(), 20),
    "behind a word": "data: " + wrapped(base64.b64encode(b"a: b\nc: d\n" * 4 + LONG.encode()).decode(), 76),
    "xxd -p": wrapped(LONG.encode().hex(), 60),
    "fold": wrapped(LONG, 30),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_secret_that_a_program_broke_into_lines_is_masked_wherever_it_is_cut(name: str) -> None:
    """R19: `base64` wraps at 76 columns; what comes before and after is shown, whatever pieces it comes in."""
    text = f"before\n{BROKEN[name]}after\n".encode()
    digits = BROKEN[name].replace("\n", "")
    middle = digits[len(digits) // 2 :]
    pieces = [[text[:cut], text[cut:]] for cut in range(0, len(text), 7)]
    for each in (*pieces, text.splitlines(keepends=True)):
        seen = shown(each, LONG)
        assert seen.startswith("before\n")
        assert seen.endswith("after\n")
        assert MASK in seen
        assert not [at for at in range(len(middle) - 12) if middle[at : at + 12] in seen.replace("\n", "")]


def test_a_line_that_only_looks_like_the_beginning_of_a_secret_is_shown_with_the_next() -> None:
    """What is held back is let go as soon as the next line tells that it was none, and at the end in any case."""
    digits = base64.b64encode(LONG.encode()).decode()
    heard: list[str] = []
    printed = Printed(output_masks(Masker([LONG])), lambda one: heard.append(one.text))
    printed.add(f"{digits[:40]}\n".encode())
    assert heard == []
    printed.add(b"and no more\n")
    assert "".join(heard) == f"{digits[:40]}\nand no more\n"
    printed.add(f"{digits[:40]}\n".encode())
    printed.close()
    assert "".join(heard).endswith(f"more\n{digits[:40]}\n")


@pytest.mark.parametrize("begun", [1, 3, 5])
@pytest.mark.parametrize(("columns", "lines"), [(80, 1), (76, 1), (50, 2)])
def test_few_characters_of_a_secret_at_the_end_of_a_full_line_are_not_shown(
    columns: int, lines: int, begun: int
) -> None:
    """R19: `fold` at 80 columns, or at the width that the line before has too, cuts wherever a secret happens to be."""
    text = ("the address of the database in use is " * columns)[: columns * lines - begun] + LONG[:90]
    each = [f"{text[at : at + columns]}\n".encode() for at in range(0, len(text), columns)]
    heard: list[str] = []
    printed = Printed(output_masks(Masker([LONG[:90]])), lambda one: heard.append(one.text))
    printed.add(b"".join(each[:lines]))
    assert LONG[:begun] not in "".join(heard)[-columns:]
    for piece in each[lines:]:
        printed.add(piece)
    printed.close()
    seen = "".join(heard)
    assert seen.replace("\n", "").endswith(MASK)
    assert seen.replace("\n", "").removesuffix(MASK) == text[: columns * lines - begun]


def test_a_secret_that_one_run_alone_knows_is_masked() -> None:
    """What only another host has joins the masks of its run, broken or not, and those of no other."""
    ours = output_masks(Masker([SECRET]))
    more = ours.also([LONG])
    assert more.text(f"{SECRET} {LONG} {wrapped(LONG, 40)}|") == f"{MASK} {MASK} {MASK}\n|"
    assert ours.text(LONG) == LONG


def test_nothing_is_shown_before_it_is_known_what_is_secret_where_it_runs() -> None:
    """R19: output that is here before the word of its host waits; it waits neither for ever nor for any amount."""
    heard: list[str] = []
    printed = Printed(output_masks(Masker()), lambda one: heard.append(one.text), awaits=True)
    printed.add(f"before {LONG}\n".encode())
    assert heard == []
    printed.learn([LONG])
    printed.add(f"after {LONG}\n".encode())
    printed.close()
    assert "".join(heard) == f"before {MASK}\nafter {MASK}\n"
    silent = Printed(output_masks(Masker()), lambda one: heard.append(one.text), awaits=True)
    silent.add(b"permission denied\n")
    silent.close()
    assert heard[-1] == "permission denied\n"
    endless = Printed(output_masks(Masker()), lambda one: heard.append(one.text), awaits=True)
    endless.add(b"x\n" * LONGEST_UNKNOWN)
    assert not endless.awaits


def test_a_secret_that_comes_byte_by_byte_is_masked() -> None:
    """F48: however slowly it is written."""
    text = f"{SECRET} {SECRET}\n".encode()
    assert shown([bytes([one]) for one in text], SECRET) == f"{MASK} {MASK}\n"


def test_the_password_inside_an_address_is_a_secret_of_its_own() -> None:
    """Programs print the password without the address around it, decoded or not."""
    seen = shown([b"user shop with s3cr3t/pass and s3cr3t%2Fpass\n"], DSN)
    assert "s3cr3t" not in seen


def test_a_secret_of_several_lines_is_masked_wherever_it_is_cut() -> None:
    """A key that the settings know, given by its variable; a line alone would not be known."""
    secret = "first part\nsecond part\nthird part"
    text = f"before\n{secret}\nafter\n".encode()
    for cut in range(len(text)):
        assert shown([text[:cut], text[cut:]], secret) == f"before\n{MASK}\nafter\n"


def test_a_line_is_shown_as_soon_as_it_ends_however_long_the_secrets_are() -> None:
    """A secret of one line cannot go on in the next: nobody waits for more output to see what came."""
    heard: list[str] = []
    masks = output_masks(Masker(["a-secret-of-many-characters" * 20]))
    Printed(masks, lambda one: heard.append(one.text)).add(b"one\n")
    assert heard == ["one\n"]


def test_a_private_key_that_nobody_named_is_masked_as_a_whole() -> None:
    """A key in several pieces; what follows it is shown."""
    key = b"-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabcdef\n-----END RSA PRIVATE KEY-----\n"
    for cut in range(1, len(key)):
        seen = shown([b"x\n" + key[:cut], key[cut:] + b"after\n"], SECRET)
        assert "MIIE" not in seen
        assert "abcdef" not in seen
        assert seen.startswith("x\n")
        assert seen.endswith("after\n")


def test_an_escape_sequence_is_disarmed_wherever_it_is_cut() -> None:
    """F81: title, clipboard, cursor, colours; split at every place."""
    text = b"\033]0;evil\007red\033[31mred\033[0m\033]52;c;ZXZpbA==\007\xe2\x80\xaeback\nend\n"
    for cut in range(len(text)):
        assert shown([text[:cut] + text[cut:]]) == "redred<U+202E>back\nend\n"


def test_output_is_shown_line_by_line() -> None:
    """The rest of an unfinished line could make a secret of it, so it waits for its end, or for a great length."""
    heard: list[str] = []
    printed = Printed(Masker(), lambda one: heard.append(one.text))
    printed.add(b"one\ntwo")
    assert heard == ["one\n"]
    printed.add(b"x" * 20_000)
    assert "".join(heard).startswith("one\ntwoxxx")
    printed.close()
    assert "".join(heard) == "one\ntwo" + "x" * 20_000


def test_the_first_and_the_last_of_a_long_output_are_kept() -> None:
    """F46: 256 KiB and 1 MiB, and how much is missing between them."""
    printed = Printed(Masker(), lambda _: None)
    printed.add(b"first\n")
    for _ in range(400):
        printed.add(b"x" * 9_999 + b"\n")
    printed.add(b"last\n")
    printed.close()
    text, truncated = printed.kept.text()
    assert truncated
    assert text.startswith("first\n")
    assert text.endswith("last\n")
    assert "characters left out" in text
    assert len(text) < HEAD + TAIL + 200


def test_the_streams_are_told_apart_line_by_line() -> None:
    """A line that is not finished is not torn by what comes on the other stream; each has masks of its own."""
    heard: list[Piece] = []
    printed = Printed(output_masks(Masker([SECRET])), heard.append)
    printed.add(b"four")
    printed.add(b"warning\n", Stream.STDERR)
    printed.add(f"teen {SECRET[:5]}".encode())
    printed.add(f"{SECRET[5:]}\nend".encode())
    printed.add(b"last words", Stream.STDERR)
    printed.close()
    pieces, truncated = printed.kept.pieces()
    assert merged(heard) == pieces
    assert joined(pieces) == f"warning\nfourteen {MASK}\nend\nlast words"
    assert [one.text for one in pieces if one.stream is Stream.STDERR] == ["warning\n", "last words"]
    assert not truncated


@pytest.mark.parametrize(
    "pieces",
    [
        ((f"x={LONG[:9]}", Stream.STDOUT), (f"{LONG[9:]}\n", Stream.STDERR)),
        ((f"x={LONG[:9]}\n", Stream.STDOUT), (f"{LONG[9:]}\n", Stream.STDERR)),
        ((LONG[:9], Stream.STDERR), (f"{LONG[9:]}\n", Stream.STDOUT), ("more\n", Stream.STDERR)),
        ((f"{LONG[:9]}\n", Stream.STDOUT), (LONG[9:], Stream.STDERR)),
        ((LONG[:9], Stream.STDOUT), (LONG[9:14], Stream.STDERR), (f"{LONG[14:]}\n", Stream.STDOUT)),
    ],
)
def test_a_secret_whose_halves_come_by_two_streams_is_never_shown(pieces: tuple[tuple[str, Stream], ...]) -> None:
    """R19: neither half is seen while it runs nor kept."""
    heard: list[Piece] = []
    printed = Printed(output_masks(Masker([LONG])), heard.append)
    for text, stream in pieces:
        printed.add(text.encode(), stream)
    printed.close()
    for said in (joined(heard), joined(printed.kept.pieces()[0])):
        assert LONG[:9] not in said
        assert LONG[9:] not in said
        assert LONG[9:14] not in said
        assert MASK in said


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((f"{SECRET[5:]}\n", Stream.STDERR), (f"x={SECRET[:5]}\n", Stream.STDOUT)),
        ((LONG[9:], Stream.STDERR), (LONG[:9], Stream.STDOUT)),
        ((f"{LONG[9:]}\n", Stream.STDOUT), (f"{LONG[:9]}\n", Stream.STDERR)),
    ],
)
def test_halves_that_come_at_once_are_masked_in_whichever_order_they_are_read(
    first: tuple[str, Stream], second: tuple[str, Stream]
) -> None:
    """R19: the kernel hands two pipes over at once, and the second half may be read first."""
    heard: list[Piece] = []
    printed = Printed(output_masks(Masker([LONG, SECRET])), heard.append)
    printed.add_all([(text.encode(), stream) for text, stream in (first, second)])
    printed.close()
    shown = joined(heard)
    assert first[0].strip("\n") not in shown
    assert MASK in shown


@pytest.mark.parametrize("secret", [SECRET, LONG])
def test_of_a_secret_that_two_streams_cut_in_pieces_a_few_characters_are_seen_at_most(secret: str) -> None:
    """R19: a beginning that was too short to be held back is all that is seen while it runs; nothing of it is kept."""
    for cut in range(1, len(secret)):
        for before, between in (("", "\n"), ("x=", "\n"), ("x=", "")):
            heard: list[Piece] = []
            printed = Printed(output_masks(Masker([secret])), heard.append)
            printed.add(f"{before}{secret[:cut]}{between}".encode())
            printed.add(f"{secret[cut:]}\nmore\n".encode(), Stream.STDERR)
            printed.close()
            shown = joined(heard)
            assert f"{secret[cut:]}\n" not in shown, (cut, before, between)
            assert shown.endswith(f"{MASK}\nmore\n")
            if len(secret) >= BREAKABLE and cut >= LEAST:
                assert secret[:cut] not in shown


def test_streams_that_take_turns_without_end_are_told_apart_only_so_often() -> None:
    """What is kept beside a text is bounded; from where it ends, a line says so."""
    printed = Printed(Masker(), lambda _piece: None)
    for _ in range(MOST_TURNS):
        printed.add(b"out\n")
        printed.add(b"err\n", Stream.STDERR)
    printed.close()
    pieces, _ = printed.kept.pieces()
    assert len(pieces) <= MOST_TURNS + 2
    assert pieces[-1].stream is Stream.NEITHER
    assert pieces[-1].text.startswith(NOT_TOLD_APART)
    assert joined(pieces).count("out\n") == MOST_TURNS
