"""When somebody is called: stretches of time, times "into" an incident, and a time for each severity on one arrow."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.escalation.times.stretches import stretches

Called = list[tuple[str, int | None]]

_MINUTES = """```
MINUTE 0-15
├── Page the on-call baker
├── Open a bridge
MINUTE 15-45
├── Page the shift lead
MINUTE 45+
├── Page the owner
```
"""
_ARROWS = """```
Baker on call
   ↓ (10 min for P0, 40 min for P1)
Shift lead
   ↓ (30 min for P0, 2 h for P1)
Owner
```
"""
_BARS = """```
Baker on call
    |
    | P0: 10 min / P1: 40 min
    v
Shift lead
    |
    | P0: 30 min / P1: 2 h
    v
Owner
```
"""
SCALE = "# Bakery\n## Severity\n- P0: all ovens out\n- P1: one oven out\n\n"


def called(text: str, severity: str = "") -> Called:
    """Whom a document calls at a severity, the first one without a name, each with the minutes until then."""
    playbook = compile_runbook(text.encode(), path="bakery.md")
    chain = playbook.escalation_by_severity.get(severity, playbook.escalation_levels)
    return [(" + ".join(one.targets), int((one.after.seconds or 0) // 60) if one.after else None) for one in chain]


@pytest.mark.parametrize(
    ("escalation", "who"),
    [
        ("First 15 minutes: on-call baker. Next 30 minutes: shift lead. After that: owner.", None),
        ("- First 15 minutes: on-call baker\n- Following 30 minutes: shift lead\n- Beyond that: owner\n", None),
        (
            "|When|Who|\n|---|---|\n|First 15 min|on-call baker|\n|Next 30 min|shift lead|\n|Then|owner|\n",
            None,
        ),
        ("- Immediately: on-call baker\n- 15 minutes in: shift lead\n- 45 minutes in: owner\n", None),
        (
            (
                "- The on-call baker is paged at once.\n- 15 minutes into the incident: shift lead\n"
                "- If it lasts 45 minutes, call the owner.\n"
            ),
            None,
        ),
        (
            _MINUTES,
            None,
        ),
        ("```\nMIN 0    Page the on-call baker\nMIN 15   Page the shift lead\nMIN 45   Page the owner\n```\n", None),
        (
            "Erste 15 Minuten: Bereitschaft. Weitere 30 Minuten: Schichtleitung. Danach: Inhaber.",
            "Bereitschaft Schichtleitung Inhaber",
        ),
        (
            "- Bereitschaft sofort\n- 15 Minuten nach Beginn: Schichtleitung\n- 45 Minuten nach Beginn: Inhaber\n",
            "Bereitschaft Schichtleitung Inhaber",
        ),
        (
            "- Primeiros 15 minutos: plantonista\n- Próximos 30 minutos: líder\n- Depois: diretor\n",
            "plantonista líder diretor",
        ),
        ("- 最初の15分：当番\n- 次の30分：班長\n- その後：部長\n", "当番 班長 部長"),
        ("前15分钟：值班工程师。接下来30分钟：组长。之后：总监。", "值班工程师 组长 总监"),
    ],
)
def test_a_stretch_begins_where_the_one_before_it_ends(escalation: str, who: str | None) -> None:
    """Whoever has the first stretch is called at once, the others when their own begins."""
    people = who.split() if who else ["on-call baker", "shift lead", "owner"]
    found = called(f"# Bakery\n## Escalation\n{escalation}\n")
    assert [(name, minutes or None) for name, minutes in found] == list(zip(people, (None, 15, 45), strict=True))


def test_the_number_may_stand_before_the_word_for_the_first() -> None:
    """As French and Spanish put it."""
    assert called("# Fournil\n## Escalade\nLes 15 premières minutes : astreinte. Ensuite : chef d'équipe.\n") == [
        ("astreinte", None),
        ("chef d'équipe", 15),
    ]


def test_stretches_need_a_first_one_and_every_text() -> None:
    """A list of other things is none, nor is one that goes on after its last stretch."""
    assert stretches(["Next 30 minutes: lead", "After that: owner"]) == []
    assert stretches(["First 15 minutes: desk", "Call the owner"]) == []
    assert stretches(["First 15 minutes: desk", "After that: lead", "Next 10 minutes: owner"]) == []
    assert stretches(["First hour: desk", "Next hour: lead", "Then: owner"]) == [
        (0, ": desk"),
        (60, ": lead"),
        (120, ": owner"),
    ]
    assert stretches(["First aid: nurse", "After that: doctor"]) == []


@pytest.mark.parametrize(
    "escalation",
    [
        "Baker on call → (P0: 10 min, P1: 40 min) → shift lead → (P0: 30 min, P1: 2 h) → owner",
        "Baker on call → shift lead (10 min for P0, 40 min for P1) → owner (30 min for P0, 2 h for P1)",
        "1. Baker on call\n2. Shift lead (P0: 10 min, P1: 40 min)\n3. Owner (P0: 30 min, P1: 2 h)\n",
        _ARROWS,
        _BARS,
    ],
)
def test_a_time_for_each_severity_on_one_way(escalation: str) -> None:
    """Each severity has its own time, and nobody is called at that of another one."""
    text = f"{SCALE}## Escalation\n{escalation}\n"
    for severity, times in (("P0", (None, 10, 30)), ("P1", (None, 40, 120))):
        chain = [(who.casefold(), minutes) for who, minutes in called(text, severity)]
        assert chain == list(zip(("baker on call", "shift lead", "owner"), times, strict=True))


def test_people_for_each_severity_in_a_way_of_arrows() -> None:
    """ "lead (P0) / manager (P1)" is one of the two at each severity."""
    text = f"{SCALE}## Escalation\nBaker on call → Oven lead (P0) / Dough lead (P1) → Owner\n"
    assert [who for who, _minutes in called(text, "P0")] == ["Baker on call", "Oven lead", "Owner"]
    assert [who for who, _minutes in called(text, "P1")] == ["Baker on call", "Dough lead", "Owner"]


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Escalation", "P0: no ack in 5 min -> Ada\nP1: no ack in 15 min -> Ada"),
        ("升级", "P0: 5min 无响应 → Ada\nP1: 15min 无响应 → Ada"),
        ("升级", "P0：5分钟无响应 → Ada\nP1：15分钟无响应 → Ada"),
    ],
)
def test_a_wait_of_each_severity_in_a_block(title: str, lines: str) -> None:
    """Whoever stands behind the arrow is called at each severity after its own wait."""
    text = f"# Bakery\n## {title}\n```\n{lines}\n```\n"
    assert called(text) == [("Ada", 5)]
    assert called(text, "P1") == [("Ada", 15)]


def test_a_time_into_a_severity_calls_at_no_other() -> None:
    """ "30 minutes into a P0" is a time of P0 alone, in a list of times and in another chapter."""
    path = "## Escalation\n1. Baker on call\n2. Shift lead (15 min)\n"
    told = f"{SCALE}## Comms\nPage the owner 30 minutes into a P0.\n{path}"
    listed = (
        f"{SCALE}## Escalation\n- At once: baker on call\n- 15 minutes in: shift lead\n- 30 minutes into a P0: owner\n"
    )
    for text in (told, listed):
        playbook = compile_runbook(text.encode(), path="bakery.md")
        owners = [one for one in playbook.escalation_levels if one.targets == ("owner",)]
        assert [(one.severities, one.after.seconds if one.after else None) for one in owners] == [(("P0",), 1800)]
        assert (
            "owner" not in [who for who, _minutes in called(text, "P1")] or "P1" not in playbook.escalation_by_severity
        )
