"""Secrets are masked before they are appended: those the installation knows, and whatever looks like one."""

from __future__ import annotations

import base64
import html
import os
import re
import subprocess
from urllib.parse import quote, quote_plus

import pytest

from tests.app.shop import ANA, SECRET, Said, Shop, notification
from tocsin.app.masking import MASK, Masker
from tocsin.incident.codec import encode
from tocsin.incident.commands import AddNote, JoinAlerts, JoiningAlert

KNOWN = "p/a+s s:wörd"


@pytest.mark.parametrize(
    "form",
    [KNOWN, quote(KNOWN, safe=""), base64.b64encode(KNOWN.encode()).decode(), f"before{KNOWN}after"],
    ids=["plain", "url", "base64", "inside"],
)
def test_a_known_secret_is_masked_in_every_form(form: str) -> None:
    """R19, F48: plain, URL-encoded, base64, in the middle of a word."""
    masked = Masker([KNOWN]).text(f"it is {form}!")
    assert MASK in masked
    assert form not in masked


@pytest.mark.parametrize("secret", ["LOUD-Secret-Of-Ours", "ABCDEFGHIJKΣTHEREST", "straße-9182736455"])
def test_the_case_of_a_known_secret_hides_it_from_nobody(secret: str) -> None:
    """The one look for all that may begin a secret folds the case, letter by letter: none is lost by that."""
    masker = Masker([secret, KNOWN])
    assert masker.text(f"it is {secret}!") == f"it is {MASK}!"
    assert masker.text("a clean text stays") == "a clean text stays"


AWKWARD = "~Tr0ub&4d<r3/x y$z'q\"`\\k=~e;!*"


def by_bash(text: str) -> str:
    """What bash prints, on either stream, for a text with the secret in its surroundings."""
    done = subprocess.run(["bash", "-c", text], env={**os.environ, "S": AWKWARD}, capture_output=True, text=True)
    return done.stdout + done.stderr


def test_a_secret_is_masked_as_programs_quote_and_escape_it() -> None:
    """R19: each spelling is the program's own, not ours."""
    spellings = {
        "set -x": by_bash('set -x; : "$S"'),
        "printf %q": by_bash('printf "%q" "$S"'),
        "declare -p": by_bash("declare -p S"),
        "export -p": by_bash("export -p | grep Tr0ub"),
        "repr": repr({"s": AWKWARD}),
        "quote_plus": quote_plus(AWKWARD),
        "lower case": re.sub("%..", lambda found: found[0].lower(), quote(AWKWARD, safe="")),
        "page": html.escape(AWKWARD),
        "page, by numbers": html.escape(AWKWARD).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),
        "XML": html.escape(AWKWARD, quote=False),
    }
    for name, spelling in spellings.items():
        assert "Tr0ub" in spelling, name
        masked = Masker([AWKWARD]).text(spelling)
        assert "Tr0ub" not in masked, (name, spelling)
        assert "4d" not in masked, (name, spelling)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("password=hunter22", f"password={MASK}"),
        ('"api_key": "abcd1234"', f'"api_key": "{MASK}"'),
        ("Authorization: Bearer abc.def.ghi", f"Authorization: Bearer {MASK}"),
        ("postgres://shop:s3cr3t@db/shop", f"postgres://shop:{MASK}@db/shop"),
        ("key AKIAIOSFODNN7EXAMPLE used", f"key {MASK} used"),
        ("ghp_0123456789abcdefghijABCDEFGHIJ", MASK),
        ("xoxb-1234567890-abcdefghij", MASK),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", MASK),
        ("-----BEGIN PRIVATE KEY-----\ncut off in the mid", MASK),
    ],
)
def test_what_looks_like_a_secret_is_masked_and_its_name_kept(text: str, masked: str) -> None:
    """The shapes of common credentials; what it was for can still be read."""
    assert Masker().text(text) == masked


@pytest.mark.parametrize(
    "text", ["the password was wrong", "tokens: none", "http://shop.example.org:8080/a@b", "uptime"]
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    """Masking too much hides the incident."""
    assert Masker().text(text) == text


def test_every_one_of_thousands_of_secrets_is_found() -> None:
    """A team with hundreds of integrations: each key in every form, among words that no encoding can hold."""
    keys = [f"kéy-{number:04d}.(*|[" for number in range(500)]
    masker = Masker([*keys, "the very\nlast-\u2022-one"])
    for key in (*keys[::50], keys[-1]):
        for form in (key, quote(key, safe=""), key.encode().hex()):
            assert masker.text(f"\udcff says {form} • and {form}") == f"\udcff says {MASK} • and {MASK}"
    assert masker.text("the very\nlast-\u2022-one") == MASK
    assert masker.text("kéy-0000.( \udcff") == "kéy-0000.( \udcff"


def test_short_values_are_no_secrets() -> None:
    """A "secret" of five letters would black out every text that holds it."""
    assert Masker(["admin"]).text("the admin page") == "the admin page"


def test_every_text_of_a_command_is_masked() -> None:
    """Texts in tuples of values are reached too, and what held none is the very same object."""
    masker = Masker([KNOWN])
    command = JoinAlerts((JoiningAlert("f", f"says {KNOWN}"), JoiningAlert("g", "fine")), 2)
    masked = masker.value(command)
    assert masked.alerts[0].title == f"says {MASK}"
    assert masked.alerts[1] is command.alerts[1]
    plain = AddNote("nothing here")
    assert masker.value(plain) is plain


def test_nothing_that_is_appended_holds_a_secret() -> None:
    """ADR 8: whichever way it comes in (a note, an alert, a title), the facts never hold it."""
    shop = Shop()
    shop.incidents.declare(ANA, f"Login with {SECRET} fails", "shop", summary=f"we used {SECRET}")
    shop.incidents.act(ANA, "INC-1", AddNote(f"tried {SECRET}"))
    shop.hear(notification(Said(name=f"Leak {SECRET}")))
    with shop.store.read() as tx:
        for id in tx.incidents.all_ids():
            for recorded in tx.incidents.facts([id])[id]:
                assert SECRET.encode() not in encode(recorded.fact)[1]
        assert all(SECRET not in row.title for row in tx.incidents.summaries(list(tx.incidents.all_ids())).values())
