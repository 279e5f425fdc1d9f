"""A severity that calls somebody itself, in a document whose escalation path holds for all: both are called."""

from __future__ import annotations

import pytest

from tocsin.incident.planning import plan_response
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import EscalationLevel, Playbook, Trigger

Called = list[tuple[tuple[str, ...], int | None]]


def called(text: str, severity: str | None = None) -> Called:
    """Whom a document calls at a severity, the first one without a name, each with the minutes until then."""
    playbook = compile_runbook(text.encode(), path="mill.md")
    return [(level.targets, _minutes(level)) for level in _chain(playbook, severity)]


def _chain(playbook: Playbook, severity: str | None) -> tuple[EscalationLevel, ...]:
    return playbook.escalation_by_severity.get(severity or "", playbook.escalation_levels)


def _minutes(level: EscalationLevel) -> int | None:
    return int((level.after.seconds or 0) // 60) if level.after is not None else None


PATH = """
## Escalation path
1. On-call miller
2. Shift lead (20 minutes)
3. Mill owner (60 minutes)
"""

LEVELS = """# Mill
## Severity levels
### SEV1 - all stones stand
**Response time**: 5 minutes
{first}
### SEV2 - one stone stands
**Response time**: 30 minutes
{second}
"""


def mill(first: str = "", second: str = "", path: str = PATH) -> str:
    """A document with what its two severities say of escalating."""
    return LEVELS.format(first=first, second=second) + path


def test_the_words_that_call_somebody_at_once_are_kept() -> None:
    """A page cites what the document says of it, and not the name of whom it calls a second time."""
    _first, owner, *_others = compile_runbook(mill("**Escalation**: Immediate to mill owner")).escalation_levels
    assert owner.after is not None
    assert (owner.targets, owner.after.text) == (("Mill owner",), "Immediate to mill owner")


@pytest.mark.parametrize(
    "said",
    [
        "**Escalation**: Notify the mill owner immediately",
        "**Escalation**: Immediate to mill owner",
        "**Escalation**: mill owner at once",
        "**Notify**: mill owner immediately",
        "- Escalation: mill owner informed",
        "**Notification:**\n- Pager to the on-call miller\n- SMS to the mill owner",
        "Page the mill owner immediately.",
    ],
)
def test_who_is_told_at_once_is_called_with_the_first_and_the_path_goes_on(said: str) -> None:
    """Whoever a severity tells at once is not waited for, and those of the path keep their times."""
    text = mill(said)
    assert called(text) == [(("On-call miller",), None), (("Mill owner",), 0), (("Shift lead",), 20)]
    assert called(text, "SEV2") == [(("On-call miller",), None), (("Shift lead",), 20), (("Mill owner",), 60)]


@pytest.mark.parametrize(
    ("said", "path", "chain"),
    [
        (
            "- Eskalation: Müller sofort informieren",
            "## Eskalationspfad\n1. Bereitschaft\n2. Schichtleiter (20 Minuten)\n",
            [(("Bereitschaft",), None), (("Müller",), 0), (("Schichtleiter",), 20)],
        ),
        (
            "- Эскалация: немедленно уведомить технического директора",
            "## Порядок эскалации\n1. Дежурный\n2. Технический директор (через 1 час)\n",
            [(("Дежурный",), None), (("Технический директор",), 0)],
        ),
        (
            "- エスカレーション：部長に即時連絡",
            "## エスカレーション経路\n1. 当番\n2. 班長（15分）\n3. 部長（60分）\n",
            [(("当番",), None), (("部長",), 0), (("班長",), 15)],
        ),
    ],
)
def test_other_languages(said: str, path: str, chain: Called) -> None:
    """The same in other languages; a name in another case is that of the path."""
    assert called(mill(said, path=path)) == chain


def test_a_time_of_the_severity_goes_before_that_of_the_path() -> None:
    """Of two times for one person the severity's own holds, and the order is that of the times."""
    chain = [(("On-call miller",), None), (("Mill owner",), 60), (("Shift lead",), 90)]
    assert called(mill("**Escalation**: shift lead after 90 minutes")) == chain


def test_a_wait_without_a_name_is_that_of_the_next_one() -> None:
    """ "If not resolved in 1 hour" below a severity lets the next one of a path without times come then."""
    path = "## Escalation path\n1. On-call miller\n2. Shift lead\n3. Mill owner\n"
    text = mill("**Escalation**: If not resolved in 1 hour", "**Escalation**: after 2 hours without a fix", path)
    assert called(text)[1] == (("Shift lead",), 60)
    assert called(text, "SEV2")[1] == (("Shift lead",), 120)


def test_nobody_where_the_severity_says_so() -> None:
    """ "Escalation: not needed" holds for its severity, whatever path there is for the others."""
    playbook = compile_runbook(mill(second="**Escalation**: Not needed").encode(), path="mill.md")
    assert all(level.severities == ("SEV1",) for level in playbook.escalation_levels)
    assert "SEV2" not in playbook.escalation_by_severity


@pytest.mark.parametrize(
    "said",
    [
        "**Escalation**: Standard support channels",
        "**Escalation**: During business hours",
        "**Notification:**\n- Email to the mill owner\n- Slack #mill channel",
        "- Page the mill owner if needed",
        "**Escalation**: Mill owner",
        "**Notify**: mill owner",
    ],
)
def test_who_is_not_called_at_once_keeps_the_place_in_the_path(said: str) -> None:
    """A channel, a mail, somebody in some case only, and a name without a time change nothing."""
    assert called(mill(said)) == [(("On-call miller",), None), (("Shift lead",), 20), (("Mill owner",), 60)]


def test_a_column_of_a_table() -> None:
    """Whom a row calls at once is called with the first; a name alone changes nothing, and a room is nobody."""
    table = (
        "# Mill\n## Severity\n| Severity | Means | Response time | Escalation |\n|--|--|--|--|\n"
        "| P1 | all stand | 15 min | Mill owner at once |\n| P2 | one stands | 1 h | Shift lead after 30 min |\n"
        "| P3 | dust | 1 d | Mill owner |\n"
    )
    assert called(table + PATH) == [(("On-call miller",), None), (("Mill owner",), 0), (("Shift lead",), 20)]
    for severity, minutes in (("P2", 30), ("P3", 20)):
        chain = [(("On-call miller",), None), (("Shift lead",), minutes), (("Mill owner",), 60)]
        assert called(table + PATH, severity) == chain


@pytest.mark.parametrize(
    "said",
    [
        "If a SEV1 reaches 30 minutes, page the mill owner.",
        "Page the mill owner if a SEV1 reaches 30 minutes.",
        "Call the mill owner as soon as a SEV1 has lasted 30 minutes.",
    ],
)
def test_a_sentence_of_another_chapter(said: str) -> None:
    """Whom it calls at a severity and a time is called beside the path; at the others nothing changes."""
    text = mill() + f"## Communication\n- {said}\n- Page the mill owner at once if flour is lost in a SEV1.\n"
    assert called(text) == [(("On-call miller",), None), (("Shift lead",), 20), (("Mill owner",), 30)]
    assert called(text, "SEV2") == [(("On-call miller",), None), (("Shift lead",), 20), (("Mill owner",), 60)]


def test_who_is_called_at_once_is_paged_with_the_first_and_the_rule_holds_for_the_next() -> None:
    """A wait stated for the whole severity is that of the first one who waits at all."""
    path = (
        "## Escalation path\nOn-call miller → Shift lead → Mill owner\n\n"
        "**Escalation triggers:**\n- SEV1 not resolved in 25 minutes\n- Flour is lost\n"
    )
    playbook = compile_runbook(mill("**Escalation**: Notify the mill owner immediately", path=path).encode())
    assert playbook.escalation_levels[1].trigger is Trigger.SEVERITY
    ladder = plan_response(playbook, "mill").severities[0].levels
    assert [(one.targets, one.after.total_seconds() / 60) for one in ladder[:3]] == [
        (("On-call miller",), 0),
        (("Mill owner",), 0),
        (("Shift lead",), 25),
    ]


@pytest.mark.parametrize(
    "said",
    [
        "For SEV1, the mill owner is **always** notified immediately (in parallel with on-call) as a courtesy page.",
        "SEV1 incidents also page the mill owner immediately.",
        "In a SEV1 the mill owner is called straight away.",
        "For all SEV1s, page the mill owner at once.",
        "- **SEV1**: mill owner notified immediately",
        "**SEV1:** the mill owner is paged immediately.",
        "Bei SEV1 wird der Mill-owner sofort angerufen.",
        "> SEV1: page the mill owner immediately.",
    ],
)
def test_a_sentence_below_the_path_calls_somebody_at_once_at_its_severity(said: str) -> None:
    """It stands in the same chapter, behind the path: whom it names is called with the first one at that severity."""
    text = mill(path=f"{PATH}\n{said}\n")
    own = {who.casefold(): minutes for targets, minutes in called(text) for who in targets}
    assert (own["mill owner"], own["shift lead"]) == (0, 20)
    assert called(text, "SEV2") == [(("On-call miller",), None), (("Shift lead",), 20), (("Mill owner",), 60)]


@pytest.mark.parametrize(
    "said",
    [
        "The mill owner is informed of every SEV1 by the next morning.",
        "Customers are notified immediately for SEV1 incidents.",
        "Do not page the mill owner immediately for SEV1 incidents.",
        "If flour is lost in a SEV1, page the mill owner immediately.",
    ],
)
def test_a_sentence_below_the_path_that_pages_nobody_at_once(said: str) -> None:
    """News of the next morning, customers and a case of its own leave the path as it is."""
    assert called(mill(path=f"{PATH}\n{said}\n")) == [
        (("On-call miller",), None),
        (("Shift lead",), 20),
        (("Mill owner",), 60),
    ]
