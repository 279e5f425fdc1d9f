"""Runbooks that we wrote ourselves in many layouts and languages, against what a person reads in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import ProcedureKind
from tocsin.runbook.playbook import Playbook
from tocsin.runbook.stated import Duration
from tocsin.runbook.words import normal

OWN = Path(__file__).parent / "own"
FLOOR = 0.989
"""Of the facts of all documents together. It is only ever raised."""
FLOOR_OF_ONE = 0.93
"""Of the facts of any document."""


@pytest.mark.parametrize("name", sorted(path.stem for path in OWN.glob("labels/*.json")))
def test_a_document_is_read_as_a_person_reads_it(name: str) -> None:
    """Nearly every fact of the label, and nothing that the document does not say."""
    facts = list(_facts(name))
    wrong = [said for right, said in facts if not right]
    assert len(wrong) <= len(facts) * (1 - FLOOR_OF_ONE), "\n".join(wrong)


def test_the_documents_together_are_read_as_people_read_them() -> None:
    """The floor under all documents: a rule that helps one and harms others does not pass."""
    facts = [(right, f"{path.stem}: {said}") for path in OWN.glob("labels/*.json") for right, said in _facts(path.stem)]
    wrong = [said for right, said in facts if not right]
    assert len(wrong) <= len(facts) * (1 - FLOOR), "\n".join(wrong)


def _facts(name: str) -> Iterator[tuple[bool, str]]:
    """Each fact of the label with whether it is read so, and each thing read that the label does not have."""
    label = json.loads((OWN / "labels" / f"{name}.json").read_text("utf-8"))
    playbook = compile_runbook((OWN / f"{name}.md").read_bytes(), path=f"{name}.md")
    accept = label.get("accept", {})
    yield from _severities(playbook, label)
    yield from _escalation(playbook, label, accept)
    yield from _procedures(playbook, label, accept)
    yield from _counts(playbook, label, accept)
    yield from _named("role", [one.name for one in playbook.roles], label["roles"])
    if label["phases"]:
        phases = {one.title: _minutes(one.target) for one in playbook.phases}
        for one in label["phases"]:
            found = next((title for title in phases if _alike(title, one["title"])), None)
            yield found is not None, f"phase {one['title']!r}"
            yield found is not None and phases[found] == one["minutes"], f"time box of {one['title']!r}"


def _severities(playbook: Playbook, label: dict[str, Any]) -> Iterator[tuple[bool, str]]:
    yield from _named("severity", [one.name for one in playbook.severities], [s["name"] for s in label["severities"]])
    for want in label["severities"]:
        got = playbook.severity(want["name"])
        if got is None:
            continue
        name = want["name"]
        yield want["label"] is None or _alike(want["label"], got.label or ""), f"{name}: label {got.label!r}"
        first = _minutes(got.response_target)
        allowed = [want["response_minutes"], *want.get("response_accept", [])]
        yield (
            first in allowed or (first is None and _minutes(got.acknowledge_target) in allowed),
            f"{name}: response {first}",
        )
        acknowledge = _minutes(got.acknowledge_target)
        yield acknowledge == want["acknowledge_minutes"], f"{name}: acknowledge {acknowledge}"
        resolution = _minutes(got.resolution_target)
        yield resolution == want["resolution_minutes"], f"{name}: resolution {resolution}"
        low, high = want.get("criteria_accept", [want["criteria_count"]] * 2)
        yield low <= len(got.criteria) <= high, f"{name}: criteria {got.criteria}"


def _escalation(playbook: Playbook, label: dict[str, Any], accept: dict[str, Any]) -> Iterator[tuple[bool, str]]:
    wanted = label["escalation_levels"]
    if not playbook.escalation_levels and accept.get("escalation_levels") == "empty_ok":
        return
    yield len(playbook.escalation_levels) == len(wanted), f"{len(playbook.escalation_levels)} levels of {len(wanted)}"
    for got, want in zip(playbook.escalation_levels, wanted, strict=False):
        who = " ".join(got.targets)
        yield _alike(want["who"], who), f"level {got.level}: {who!r} for {want['who']!r}"
        after = _minutes(got.after) or 0
        yield after in [want["after_minutes"] or 0, *want.get("after_accept", [])], f"{want['who']}: after {after}"


def _procedures(playbook: Playbook, label: dict[str, Any], accept: dict[str, Any]) -> Iterator[tuple[bool, str]]:
    found = [one for one in playbook.procedures if one.kind in (ProcedureKind.INCIDENT, ProcedureKind.ALERT)]
    for want in label["procedures"]:
        got = next((one for one in found if _alike(want["title"], one.title)), None)
        yield got is not None, f"procedure {want['title']!r}"
        if got is None:
            continue
        found.remove(got)
        low, high = accept.get("symptoms", [want["symptoms"]] * 2)
        said = [one.text for one in got.symptoms]
        yield want["symptoms"] == len(said) or low <= len(said) <= high, f"{got.title}: symptoms {said}"
        counts = range(want["commands"] - want.get("sql", 0), want["commands"] + 1)
        yield len(got.commands) in counts, f"{got.title}: {len(got.commands)} commands of {want['commands']}"
    for one in found if accept.get("procedures") != "extra_ok" else ():
        yield False, f"procedure {one.title!r} is none"


def _counts(playbook: Playbook, label: dict[str, Any], accept: dict[str, Any]) -> Iterator[tuple[bool, str]]:
    for what, number in (
        ("templates", len(playbook.templates)),
        ("contacts", len(playbook.contacts)),
        ("commands_total", playbook.stats.commands),
        ("duties", len(playbook.duties)),
    ):
        yield number == label[what], f"{what}: {number} of {label[what]}"
    due = _minutes(playbook.postmortem.due) if playbook.postmortem else None
    hours = None if due is None else due / 60
    allowed = [label["postmortem_deadline_hours"], *accept.get("postmortem_deadline_hours", [])]
    yield hours in allowed, f"post-mortem: {hours} h"
    every = {_minutes(one.every) for one in playbook.cadences}
    wanted = set((label["update_cadence_minutes"] or {}).values())
    yield every == wanted, f"updates: {every} for {wanted}"


def _named(what: str, got: list[str], want: list[str]) -> Iterator[tuple[bool, str]]:
    for one in want:
        yield any(_alike(one, other) for other in got), f"{what} {one!r}"
    for other in got:
        yield any(_alike(one, other) for one in want), f"{what} {other!r} is none"


def _alike(one: str, other: str) -> bool:
    """Whether two names are the same but for words around them."""
    first, second = (frozenset(normal(text).split()) for text in (one, other))
    return bool(first and second) and len(first & second) >= 0.6 * min(len(first), len(second))


def _minutes(span: Duration | None) -> float | None:
    return None if span is None or span.seconds is None else span.seconds / 60
