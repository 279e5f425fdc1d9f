"""What a monitor measures is no wait, a severity with but a ticket pages nobody, and reasons name people."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.reasons import only_names


@pytest.mark.parametrize(
    "text",
    [
        "grain lag > 1 min",
        "p95 above 5 s",
        "checkout latency over 3 s",
        "latencia por encima de 3 s",
        "queue age exceeds 10 minutes",
        "Response time ≥ 3 s",
        "Latenz der Mühle über 4 s",
        "latencia superior a 5 s",
        "retard > 10 min",
        "latenza > 3 s",
        "atraso acima de 10 minutos",
        "vertraging > 5 min",
        "opóźnienie > 5 min",
        "задержка больше 5 минут",
        "gecikme > 5 dakika",
        "延迟超过5秒",
        "レイテンシが5秒を超えた",
        "지연 > 5분",
    ],
)
def test_the_limit_of_what_is_measured_is_no_time_to_wait(text: str) -> None:
    """Nobody is called five seconds into an incident because of a limit of five seconds."""
    assert target(text) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("latency is too high for more than 10 minutes", 600),
        ("latency above 2 s for 15 minutes", 900),
        ("Latenz seit 10 Minuten zu hoch", 600),
        ("no answer for > 10 min", 600),
        ("outage > 30 min", 1800),
        ("Response time: > 30 min", 1800),
        ("P95 < 15 min", 900),
    ],
)
def test_a_time_for_which_something_lasts_is_one(text: str, seconds: int) -> None:
    """Beside a measure or not: somebody waits so long."""
    found = target(text)
    assert found is not None
    assert found.seconds == seconds


@pytest.mark.parametrize(
    "body",
    [
        "- Grain lag > 1 min → page on-call\n- Grain lag > 5 min → page team lead\n",
        "| Metric | Threshold | Who |\n|---|---|---|\n| Lag | > 1 min | On-call |\n| Lag | > 5 min | Team lead |\n",
        "Page the on-call when the grain lag exceeds 1 minute. Page the team lead when the lag is above 5 minutes.\n",
    ],
)
def test_limits_make_reasons_with_their_people_and_no_ladder(body: str) -> None:
    """In a list, in a table and in sentences."""
    playbook = compile_runbook(f"# Mill\n\n## Escalation\n\n{body}")
    assert not playbook.escalation_levels
    assert [tuple(name.lower() for name in one.targets) for one in playbook.escalation_rules] == [
        ("on-call",),
        ("team lead",),
    ]
    assert all(one.after is None for one in playbook.escalation_rules)


def test_a_limit_is_no_station_of_a_way() -> None:
    """What begins a way of arrows is nobody where it is too high."""
    playbook = compile_runbook("# Mill\n\n## Escalation\n\nGrain lag > 10 s → on-call → team lead\n")
    assert [one.targets for one in playbook.escalation_levels] == [("on-call",), ("team lead",)]


_PATH = "\n## Escalation\n\n1. On-call miller\n2. Head miller after 30 minutes\n"


@pytest.mark.parametrize(
    "levels",
    [
        "- **P1**: mill stands. Page at once.\n- **P2**: slow. Page in working hours.\n- **P3**: dusty. Ticket only.\n",
        (
            "| Level | Meaning | Response |\n|---|---|---|\n| P1 | out | Page on-call |\n| P2 | slow | Page on-call |\n"
            "| P3 | dusty | Ticket |\n"
        ),
        "| Level | What | Paging |\n|---|---|---|\n| P1 | off | Yes |\n| P2 | slow | Yes |\n| P3 | dust | No (log) |\n",
        (
            "| Stufe | Bedeutung | Alarmierung |\n|---|---|---|\n| P1 | steht | sofort |\n| P2 | langsam | werktags |\n"
            "| P3 | staubig | nur Ticket |\n"
        ),
        (
            "| Nivel | Significado | Respuesta |\n|---|---|---|\n| P1 | parado | Llamar a la guardia |\n"
            "| P2 | lento | Llamar a la guardia |\n| P3 | polvo | Solo ticket |\n"
        ),
        (
            "| レベル | 内容 | 対応 |\n|---|---|---|\n| P1 | 停止 | オンコールを呼び出す |\n"
            "| P2 | 遅い | オンコールを呼び出す |\n"
            "| P3 | 軽微 | チケットのみ |\n"
        ),
    ],
)
def test_a_severity_with_a_ticket_only_pages_nobody(levels: str) -> None:
    """The path holds for the others."""
    playbook = compile_runbook(f"# Mill\n\n## Severity levels\n\n{levels}{_PATH}")
    chains = (playbook.escalation_levels, *playbook.escalation_by_severity.values())
    assert playbook.escalation_levels
    assert all(one.severities and "P3" not in one.severities for chain in chains for one in chain)


@pytest.mark.parametrize(
    "last",
    ["dusty. No page at night.", "dusty. Handled in working hours.", "dusty. Page the on-call; a ticket as well."],
)
def test_a_severity_that_is_quiet_at_some_hours_still_pages(last: str) -> None:
    """What is not said of every hour leaves the path as it is."""
    text = f"# Mill\n\n## Severity levels\n\n- **P1**: stands. Page at once.\n- **P2**: {last}\n{_PATH}"
    playbook = compile_runbook(text)
    assert all(not one.severities or "P2" in one.severities for one in playbook.escalation_levels)


@pytest.mark.parametrize(
    ("body", "who"),
    [
        ("- Flour data lost → Ada\n- Break-in → owner\n", [("Ada",), ("owner",)]),
        ("| If | Call |\n|---|---|\n| Data loss | Ada |\n| Break-in | Owner |\n", [("Ada",), ("Owner",)]),
        (
            "| Area | Primary | Backup |\n|---|---|---|\n| Kiln | Ada | Ben |\n| Mill | Cem | Eve |\n",
            [("Ada", "Ben"), ("Cem", "Eve")],
        ),
        (
            "On-call → lead (15 min)\n\n### Special cases\n\n- Privacy question: legal lead\n- Press: PR lead\n",
            [("legal lead",), ("PR lead",)],
        ),
        (
            "1. On-call\n2. Lead after 15 min\n\nPrivacy question → legal lead\nData loss → call Ada Stone\n",
            [("legal lead",), ("Ada Stone",)],
        ),
        (
            "- Datenverlust → Ada\n- Datenschutzfrage → Rechtsabteilung\n- Öfen stehen still: Schichtleitung anrufen\n",
            [("Ada",), ("Rechtsabteilung",)],
        ),
        (
            "- Pérdida de datos → Ada\n- Fuga de datos → responsable de seguridad\n",
            [("Ada",), ("responsable de seguridad",)],
        ),
    ],
)
def test_a_reason_names_whom_it_calls(body: str, who: list[tuple[str, ...]]) -> None:
    """Whoever is called for a matter is called, and not whoever comes next."""
    rules = compile_runbook(f"# Mill\n\n## Escalation\n\n{body}").escalation_rules
    assert [one.targets for one in rules] == who


def test_what_is_no_name_is_no_target_of_a_reason() -> None:
    """A rank, a silence, an address and a sentence name nobody who could be paged for it."""
    said = ["L2", "On-call does not answer", "Forum: https://mill.example", "Owner (see wheel.md)", "7"]
    assert only_names(said) == ("Owner",)
