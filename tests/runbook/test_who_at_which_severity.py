"""Who is called at which severity: a sooner reason beside a time, people beside severities, tables of roles."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import EscalationLevel, Playbook, Trigger

_SCALE = "# Mill\n\n## Severity\n\n- P1: no flour\n- P2: little flour\n- P3: coarse flour\n\n"


def _read(text: str) -> Playbook:
    return compile_runbook(_SCALE + text)


def _at(playbook: Playbook, severity: str) -> list[tuple[str, int | None]]:
    """Who is called at a severity, and after how many seconds."""
    own = playbook.escalation_by_severity.get(severity, ())
    levels = own or [one for one in playbook.escalation_levels if not one.severities or severity in one.severities]
    return [(" + ".join(one.targets), one.after.seconds if one.after else None) for one in levels]


def _triggers(levels: tuple[EscalationLevel, ...]) -> list[Trigger]:
    return [one.trigger for one in levels]


@pytest.mark.parametrize(
    "chain",
    [
        "1. Miller\n2. Foreman (P1 or unresolved after 20 min)\n",
        "1. Miller\n2. Foreman (after 20 minutes, or P1)\n",
        "1. **Miller** → looks first\n2. **Foreman** → if P1 or no resolution in 20 minutes\n",
        "1. Müller\n2. Foreman (bei P1 oder nach 20 Minuten ohne Lösung)\n",
        "1. Meunier\n2. Foreman (P1 ou non résolu après 20 minutes)\n",
        "1. 技師\n2. Foreman（P1または20分で未解決）\n",
        "```\nShift miller\n  ↓ (P1, or 20 min without progress)\nForeman\n```\n",
    ],
)
def test_a_severity_is_a_sooner_reason_beside_a_time_that_holds_for_all(chain: str) -> None:
    """F3: "P1 or after 20 minutes" calls at once at P1, and after the time at every other severity."""
    playbook = _read(f"## Escalation\n\n{chain}")
    assert _at(playbook, "P1")[1] == ("Foreman", 0)
    assert _at(playbook, "P2")[1] == _at(playbook, "P3")[1] == ("Foreman", 1200)


def test_silence_beside_a_severity_waits_at_the_others() -> None:
    """F3: "if no answer or P1" calls at once at P1, and elsewhere when the first one does not answer."""
    playbook = _read("## Escalation\n\n```\nShift miller (4 min ack)\n  ↓ (if no answer or P1)\nForeman\n```\n")
    assert _at(playbook, "P1") == [("Shift miller", None), ("Foreman", 0)]
    assert _at(playbook, "P2") == [("Shift miller", None), ("Foreman", 240)]


@pytest.mark.parametrize(
    ("promise", "silence"),
    [
        ("acknowledges within 4 min", "(if no acknowledgement)"),
        ("4 min ack", "no answer"),
        ("quittiert binnen 4 Min", "keine Reaktion"),
        ("acquitte en 4 min", "pas de réponse"),
        ("подтверждает за 4 мин", "нет ответа"),
    ],
)
def test_the_time_to_acknowledge_is_waited_for_when_nobody_answers(promise: str, silence: str) -> None:
    """F2: how long the first one has to acknowledge is when the next one comes, and its time leads on from there."""
    drawing = f"Shift miller ({promise})\n  ↓ {silence}\nForeman (6 min)\n  ↓ {silence}\nManager\n"
    playbook = _read(f"## Escalation\n\n```\n{drawing}```\n")
    assert _at(playbook, "P2") == [("Shift miller", None), ("Foreman", 240), ("Manager", 600)]
    assert _triggers(playbook.escalation_levels)[1:] == [Trigger.UNACKNOWLEDGED, Trigger.UNACKNOWLEDGED]


def test_what_an_arrow_says_is_what_is_waited_for_without_a_time() -> None:
    """F2: "if still unresolved" on an arrow is no order alone."""
    playbook = _read(
        "## Escalation\n\n```\nShift miller\n  ↓ (no answer)\nForeman\n  ↓ (still unresolved)\nManager\n```\n"
    )
    assert _triggers(playbook.escalation_levels) == [Trigger.START, Trigger.UNACKNOWLEDGED, Trigger.UNRESOLVED]


def test_a_table_gives_its_times_to_levels_that_wait_for_an_end() -> None:
    """F2: a level that comes when nothing is solved comes when the table of the severities says."""
    drawn = "```\nTier 1 — Duty miller\n  │ no solution in time ↓\nTier 2 — Team lead\n```\n"
    table = "| Severity | Escalate to tier 2 |\n|---|---|\n| P1 | 5 minutes |\n| P2 | 1 hour |\n"
    playbook = _read(f"## Escalation\n\n{drawn}\n### Times\n\n{table}")
    assert (_at(playbook, "P1")[1], _at(playbook, "P2")[1]) == (("Team lead", 300), ("Team lead", 3600))


@pytest.mark.parametrize(
    "chain",
    [
        "1. Duty miller\n2. CTO + Legal lead (P1) / Team lead (P2)\n",
        "1. Duty miller\n2. CTO + Legal lead (P1), Team lead (P2)\n",
        "1. Duty miller\n2. CTO + Legal lead (only P1) or Team lead (P2)\n",
        "```\nTier 1 — Duty miller\n  ↓\nTier 2 — CTO + Legal lead (P1) / Team lead (P2)\n```\n",
        "| Level | Who |\n|---|---|\n| 1 | Duty miller |\n| 2 | CTO + Legal lead (P1) / Team lead (P2) |\n",
        "| Level | Who |\n|---|---|\n| 1 | Duty miller |\n| 2 | P1: CTO + Legal lead; P2: Team lead |\n",
    ],
)
def test_a_step_that_names_people_beside_severities_calls_each_at_its_own(chain: str) -> None:
    """F1: of "owner (P1) / foreman (P2)" each is called at one severity, and nobody by this step at a third."""
    playbook = _read(f"## Escalation\n\n{chain}")
    assert [who for who, _after in _at(playbook, "P1")] == ["Duty miller", "CTO + Legal lead"]
    assert [who for who, _after in _at(playbook, "P2")] == ["Duty miller", "Team lead"]
    assert [who for who, _after in _at(playbook, "P3")] == ["Duty miller"]


@pytest.mark.parametrize(
    ("heads", "rows"),
    [
        ("Role | Contact | When", ("On-call miller | pager | First responder", "Team lead | chat | P1 or odd noises")),
        ("Contact | Reach | Use for", ("Duty miller | pager | every incident", "Team lead | phone | P1 only")),
        ("Rolle | Telefon | Wann", ("Bereitschaft | 12 | immer", "Teamleitung | 34 | nur P1")),
        ("Rôle | Contact | Quand", ("Astreinte | bip | en premier", "Chef d'équipe | tél | P1")),
        ("角色 | 联系方式 | 何时", ("值班工程师 | 电话 | 首先", "技术主管 | 电话 | 仅P1")),
        ("Rol | Contacto | Cuándo", ("Guardia | busca | siempre", "Jefe de equipo | tel | solo P1")),
    ],
)
def test_a_table_of_roles_says_at_which_severities_each_is_called(heads: str, rows: tuple[str, str]) -> None:
    """F1: a column of severities beside the contacts of an escalation is a chain in the order of its rows."""
    table = "\n".join(f"| {row} |" for row in (heads, "---|---|---", *rows))
    playbook = _read(f"## Escalation\n\n{table}\n")
    who = [row.partition(" |")[0] for row in rows]
    assert [name for name, _after in _at(playbook, "P1")] == who
    assert [name for name, _after in _at(playbook, "P2")] == who[:1]


def test_a_vendor_and_another_case_are_no_steps_of_such_a_table() -> None:
    """F1: whoever is for another case is a reason to call; a vendor is called by nobody's turn."""
    rows = "| On-call miller | always |\n| Owner | P1 |\n| Head of sales | wet flour |\n| Acme Support | grinder |\n"
    playbook = _read(f"## Escalation contacts\n\n| Role | When |\n|---|---|\n{rows}")
    assert [name for name, _after in _at(playbook, "P1")] == ["On-call miller", "Owner"]
    assert [rule.text for rule in playbook.escalation_rules] == ["wet flour → Head of sales"]


def test_hours_of_somebody_at_a_severity_are_no_escalation() -> None:
    """F1: "24/7 for P1" below "Availability" says when somebody is there, beside a chain that is drawn."""
    rows = "| On-call miller | 24/7 for P1 |\n| Foreman | 9 to 5 for P2 |\n"
    table = f"| Role | Availability |\n|---|---|\n{rows}"
    playbook = _read(f"## Escalation\n\n{table}\n```\nMiller on call\n  ↓ 10 min\nManager\n```\n")
    assert _at(playbook, "P3") == [("Miller on call", None), ("Manager", 600)]


@pytest.mark.parametrize(
    "said", ["at least P2", "ab P2", "à partir de P2", "a partir de P2", "начиная с P2", "vanaf P2", "P2 or worse"]
)
def test_words_before_a_severity_mean_the_more_severe_ones_too(said: str) -> None:
    """C4: "ab P2" is P2 and P1, as "P2 or worse" is; the end of a range ends it."""
    playbook = _read(f"## Escalation\n\n1. Miller\n2. Foreman ({said})\n")
    assert playbook.escalation_levels[1].severities == ("P1", "P2")


def test_a_range_after_such_a_word_has_two_ends() -> None:
    """C4: "ab P2 bis P3" leaves P1 out."""
    playbook = _read("## Escalation\n\n1. Müller\n2. Meister (ab P2 bis P3)\n")
    assert _at(playbook, "P2") == [("Müller", None), ("Meister", None)]
    assert _at(playbook, "P1") == [("Müller", None)]
