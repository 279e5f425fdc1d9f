"""Every fact can be written, read back for ever, and said in one sentence."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from tocsin.incident.codec import TYPES, decode, decode_actor, encode, encode_actor
from tocsin.incident.facts import TOCSIN, Actor, ActorKind, AlertJoined, Citation, Fact, Recorded, Unreadable, Via
from tocsin.incident.step_facts import EvidenceGathered, StepFinished, StepOutcome
from tocsin.incident.timeline import line, sentence

GOLDEN = Path(__file__).parent / "facts"
AT = datetime(2026, 11, 21, 3, 10, tzinfo=UTC)


def golden_files() -> list[Path]:
    """One file per fact and version that was ever written."""
    return sorted(GOLDEN.glob("*.json"))


def test_every_fact_has_a_golden_file() -> None:
    """A new fact gets its file with the change that adds it."""
    assert {path.stem.split(".")[0] for path in golden_files()} == set(TYPES)


@pytest.mark.parametrize("path", golden_files(), ids=lambda p: p.name)
def test_a_fact_that_was_ever_written_can_be_read_and_is_written_the_same(path: Path) -> None:
    """Fields are only ever added, with a default: old bytes decode, and what they say survives."""
    stored = json.loads(path.read_text())
    fact = decode(stored["type"], json.dumps(stored["body"]))
    assert type(fact).__name__ == stored["type"]
    name, body = encode(fact)
    assert name == stored["type"]
    assert json.loads(body) == stored["body"]


@pytest.mark.parametrize("path", golden_files(), ids=lambda p: p.name)
def test_a_fact_is_one_sentence(path: Path) -> None:
    """No fact without words; one line, without an object's name in it."""
    stored = json.loads(path.read_text())
    recorded = Recorded("INC-7", 1, AT, TOCSIN, decode(stored["type"], json.dumps(stored["body"])))
    said = sentence(recorded)
    assert said == stored["sentence"]
    assert "\n" not in line(recorded)


def test_a_long_alert_is_cut_within_a_sentence() -> None:
    """A thousand characters of a monitor would bury the timeline, in the post-mortem too."""
    said = sentence(
        Recorded("INC-7", 1, AT, TOCSIN, AlertJoined(fingerprint="a", title="word " * 99, reason="same name"))
    )
    assert said.startswith("Alert joined: word word")
    assert said.endswith("word… (same name)")
    assert len(said) < 240


def test_a_steps_title_that_ends_like_a_sentence_is_quoted_within_one() -> None:
    """A question of the runbook would else read as the end of what is told."""
    asked, plain = "Does the shop say that all is well?", "Check the disk"
    gathered = EvidenceGathered(procedure="shop", title="The shop is slow", looked=3, troubled=(asked, plain))
    finished = StepFinished(run="r1", step="s1", title=asked, outcome=StepOutcome.FAILED, exit_codes=(22,))
    assert sentence(Recorded("INC-7", 1, AT, TOCSIN, gathered)).endswith(f'trouble with "{asked}", {plain}')
    assert sentence(Recorded("INC-7", 2, AT, TOCSIN, finished)) == f'"{asked}": failed (exit 22)'


def test_a_fact_of_a_newer_version_is_kept_as_it_is() -> None:
    """It cannot be read here, is skipped by the fold, and goes back unchanged."""
    fact = decode("MoonRose", b'{"phase":"full"}')
    assert isinstance(fact, Unreadable)
    assert encode(fact) == ("MoonRose", b'{"phase":"full"}')


@pytest.mark.parametrize(
    ("type_name", "body"),
    [("StepFinished", '{"step":"a","outcome":"half"}'), ("StatusUpdated", '{"text":5}')],
)
def test_a_value_that_only_a_newer_version_knows_is_kept_as_it_is(type_name: str, body: str) -> None:
    """Whoever shares the database with it goes on paging for the incident; what is no JSON is damage and is told."""
    fact = decode(type_name, body)
    assert isinstance(fact, Unreadable)
    assert encode(fact) == (type_name, body.encode())
    with pytest.raises(msgspec.DecodeError):
        decode("NoteAdded", '{"text":"hel')


def test_an_actor_of_a_newer_version_reads_as_another() -> None:
    """A way of speaking or a kind of actor that is not known here stops nothing; it counts as nobody's consent."""
    told = decode_actor('{"kind":"person","name":"ana","via":"telepathy"}')
    assert told == Actor(ActorKind.PERSON, "ana", Via.OTHER)
    assert decode_actor('{"kind":"robot","name":"r2","via":"web"}').kind is ActorKind.OTHER
    noted = decode("NoteAdded", '{"text":"hello"}')
    assert line(Recorded("INC-7", 1, AT, told, noted)).endswith("ana (some other way) noted: hello")


def test_an_unknown_field_of_a_newer_version_is_skipped() -> None:
    """A node that is one version behind still reads what it knows."""
    fact = decode("NoteAdded", b'{"text":"hello","mood":"calm"}')
    assert sentence(Recorded("INC-7", 1, AT, TOCSIN, fact)) == "tocsin noted: hello"


def test_actors_and_citations_survive_the_store() -> None:
    """Who did it, by which way, and the line of the runbook."""
    assert decode_actor(encode_actor(TOCSIN)) == TOCSIN
    fact = decode(*encode(TYPES["NoteAdded"](text="x", cite=Citation(3, 4, "words"))))  # type: ignore[call-arg]
    assert isinstance(fact, Fact)
    assert fact.cite == Citation(3, 4, "words")
