"""Whose turn it is without a time, who is only called in one case, and who is paged a second time."""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tocsin.incident.choices import Choices
from tocsin.incident.planning import plan_response
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook, Trigger

SCALE = "# Mill\n\n## Severities\n\n- **P0**: all down. Response: 5 minutes\n- **P1**: slow. Response: 1 hour\n\n"


def read(said: str) -> Playbook:
    """A runbook whose escalation chapter says this."""
    return compile_runbook(f"{SCALE}## Escalation\n\n{said}\n")


def ladder(said: str) -> list[tuple[str, int | None]]:
    """Who is called, and how many minutes after the start; None where no time is stated."""
    levels = read(said).escalation_levels
    return [
        ("+".join(one.targets), one.after.seconds // 60 if one.after and one.after.seconds else None) for one in levels
    ]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Page the miller, then the team lead, then the CTO.", ["miller", "team lead", "CTO"]),
        ("First the duty engineer, then the team lead, finally the CTO.", ["duty engineer", "team lead", "CTO"]),
        ("Call order: on-call, team lead, CTO.", ["on-call", "team lead", "CTO"]),
        ("Zuerst die Bereitschaft, dann die Teamleitung, zuletzt die Werkleitung.", ["Bereitschaft", "Teamleitung"]),
        ("Primero la guardia, después el jefe de equipo, por último el director.", ["guardia", "jefe de equipo"]),
        ("D'abord l'astreinte, ensuite le responsable d'équipe, enfin le directeur.", ["astreinte"]),
        ("Prima il reperibile, poi il responsabile, infine il direttore.", ["reperibile", "responsabile", "direttore"]),
        ("Primeiro o plantonista, depois o gerente, por fim o diretor.", ["plantonista", "gerente", "diretor"]),
        ("Сначала дежурный, затем руководитель, потом директор.", ["дежурный", "руководитель", "директор"]),
        ("まずオンコール担当、次にチームリーダー、最後にCTO。", ["オンコール担当", "チームリーダー", "CTO"]),
        ("先联系值班工程师，再联系团队负责人，最后联系技术总监。", ["值班工程师", "团队负责人", "技术总监"]),
    ],
)
def test_who_is_named_as_the_next_one_is_called_without_a_time(said: str, expected: list[str]) -> None:
    """An order in one sentence is a chain: without a number all behind the first were lost."""
    assert [who for who, _after in ladder(said)][: len(expected)] == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("If the duty lead is unreachable, the next is the CTO.", ["duty lead", "CTO"]),
        ("If the on-call engineer doesn't answer, page the team lead.", ["on-call engineer", "team lead"]),
        ("Si el jefe de turno no está disponible, el siguiente es el director.", ["jefe de turno", "director"]),
        ("Si le chef de quart est injoignable, le suivant est le directeur.", ["chef de quart", "directeur"]),
        ("Reagiert niemand, wird die Leitung angerufen.", ["Leitung"]),
        ("Meldet sich die Bereitschaft nicht, wird die Teamleitung angerufen.", ["Teamleitung"]),
        ("Si nadie responde, se llama al jefe de equipo.", ["jefe de equipo"]),
        ("如果值班工程师联系不上，下一位是团队负责人。", ["团队负责人"]),
    ],
)
def test_whoever_is_silent_comes_before_whoever_is_next(said: str, expected: list[str]) -> None:
    """One sentence about an answer that does not come names the next one, and mostly the first as well."""
    playbook = read(said)
    assert ["+".join(one.targets) for one in playbook.escalation_levels] == expected
    assert playbook.escalation_levels[-1].trigger is Trigger.UNACKNOWLEDGED


def test_a_service_that_is_not_available_is_nobody_who_is_silent() -> None:
    """ "Not available" is said of a service that is down: its sentence is no wait for anybody's answer."""
    (level,) = read("If the shop is not available, page the on-call engineer. Wait an hour.").escalation_levels or (
        None,
    )
    assert level is None or level.trigger is Trigger.START


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Notify: on-call immediately, leadership within 1 hour", [("on-call", None), ("leadership", 60)]),
        (
            "**Page:** on-call at once; team lead after 15 min; CTO after 1 h",
            [("on-call", None), ("team lead", 15), ("CTO", 60)],
        ),
        (
            "On-call engineer immediately, team lead after 15 minutes.",
            [("On-call engineer", None), ("team lead", 15)],
        ),
        (
            "Benachrichtigen: Bereitschaft sofort, Leitung innerhalb von 1 Stunde",
            [("Bereitschaft", None), ("Leitung", 60)],
        ),
        ("Prévenir : astreinte immédiatement, direction sous 1 heure", [("astreinte", None), ("direction", 60)]),
        ("Notificar: guardia de inmediato, dirección en 1 hora", [("guardia", None), ("dirección", 60)]),
        ("通知：值班工程师立即，管理层1小时内", [("值班工程师", None), ("管理层", 60)]),
        (
            "| Severity | Notify |\n|---|---|\n| P0 | on-call at once, team lead within 15 min |\n| P1 | on-call |",
            [("on-call", None), ("team lead", 15)],
        ),
    ],
)
def test_names_with_their_times_in_one_line_are_a_chain(said: str, expected: list[tuple[str, int | None]]) -> None:
    """Each has the time beside the name; by when the first one is called is no wait."""
    assert ladder(said) == expected


@pytest.mark.parametrize(
    "said",
    [
        "1. On-call\n2. Lead (15 min)\n3. CTO ({case})",
        "1. On-call\n2. Lead (15 min)\n3. CTO – {case}",
        "- On-call – at once\n- Lead – after 15 minutes\n- CTO – {case}",
        "| Who | When |\n|---|---|\n| On-call | at once |\n| Lead | after 15 min |\n| CTO | {case} |",
        "On-call → Lead (15 min) → CTO ({case})",
        "Page the on-call. After 15 minutes page the lead. Page the CTO {case}.",
    ],
)
@pytest.mark.parametrize("case", ["immediately if data is lost", "immediately on data breach", "at once for data loss"])
def test_a_case_is_kept_and_pages_nobody_in_every_incident(said: str, case: str) -> None:
    """Whoever is called at once in one case is no level of the ladder, and the case names whom it calls."""
    playbook = read(said.replace("{case}", case))
    assert [one.targets[0].casefold() for one in playbook.escalation_levels] == ["on-call", "lead"]
    (rule,) = [one for one in playbook.escalation_rules if one.targets]
    assert (rule.targets, rule.trigger) == (("CTO",), Trigger.CONDITION)
    assert case in rule.text


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("1. Guardia\n2. Jefe (15 min)\n3. CTO (de inmediato si hay pérdida de datos)", "CTO"),
        ("1. Bereitschaft\n2. Leitung (15 Min.)\n3. CTO (sofort bei Datenverlust)", "CTO"),
        ("1. Astreinte\n2. Chef (15 min)\n3. CTO (immédiatement en cas de fuite de données)", "CTO"),
        ("1. 值班工程师\n2. 负责人（15分钟）\n3. CTO（数据丢失时立即）", "CTO"),
        ("1. オンコール担当\n2. リーダー（15分後）\n3. CTO（データ損失の場合は直ちに）", "CTO"),
        ("1. Дежурный\n2. Тимлид (15 мин)\n3. CTO (немедленно при утечке данных)", "CTO"),
    ],
)
def test_a_case_is_one_in_any_language(said: str, who: str) -> None:
    """The words for at once and for a case are those of the vocabulary."""
    playbook = read(said)
    assert len(playbook.escalation_levels) == 2
    assert [one.targets for one in playbook.escalation_rules] == [(who,)]


def test_a_case_beside_a_time_is_a_reason_more() -> None:
    """The level keeps its time, and its case is a reason to call at once."""
    playbook = read("1. On-call\n2. Lead (15 min)\n3. CTO (after 1 hour, immediately if data is lost)")
    assert playbook.escalation_levels[2].after is not None
    assert [one.targets for one in playbook.escalation_rules] == [("CTO",)]


def test_at_once_if_nobody_answers_is_a_turn_of_the_ladder() -> None:
    """An answer that does not come is no case: a clock tells it."""
    playbook = read("1. On-call\n2. Lead (immediately if the on-call does not answer)")
    assert [one.targets for one in playbook.escalation_levels] == [("On-call",), ("Lead",)]
    assert playbook.escalation_levels[1].trigger is Trigger.UNACKNOWLEDGED


def test_a_severity_at_which_one_is_called_at_once_has_its_own_time() -> None:
    """ "Immediately for P0, otherwise after 15 minutes" waits at P1 only."""
    plan = plan_response(read("1. On-call\n2. Lead (immediately for P0, otherwise after 15 min)\n3. CTO (1 hour)"), "m")
    assert [int(plan.severity(name).levels[1].after.total_seconds()) for name in ("P0", "P1")] == [0, 900]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "said",
    [
        "- 0 min: page on-call\n- 5 min: page on-call again\n- 10 min: page team lead",
        "1. Page on-call.\n2. After 5 minutes page on-call once more.\n3. After 10 minutes page the team lead.",
        "T+0: page on-call  \nT+5: re-page on-call  \nT+10: page team lead",
    ],
)
def test_whoever_is_paged_again_is_no_level_of_that_name(said: str) -> None:
    """A page repeats by itself: nobody is called "on-call again"."""
    assert [who for who, _after in ladder(said)] == ["on-call", "team lead"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "- 0 Min.: Bereitschaft anrufen\n- 5 Min.: Bereitschaft erneut anrufen\n- 10 Min.: Leitung anrufen",
            "Leitung",
        ),
        ("- 0 min: avisar a la guardia\n- 5 min: avisar de nuevo a la guardia\n- 10 min: avisar al jefe", "jefe"),
        ("- 0 min : appeler l'astreinte\n- 5 min : rappeler l'astreinte\n- 10 min : appeler le chef", "chef"),
        ("- 0分：担当者に電話\n- 5分：担当者に再度電話\n- 15分：リーダーに電話", "リーダー"),
        ("- 0 分钟：呼叫值班工程师\n- 5 分钟：再次呼叫值班工程师\n- 15 分钟：呼叫负责人", "负责人"),
    ],
)
def test_again_is_no_part_of_a_name_in_any_language(said: str, expected: str) -> None:
    """The second call of the same people is left to the repeats of their page."""
    found = ladder(said)
    assert (len(found), found[1][0]) == (2, expected)


@pytest.mark.parametrize(
    ("said", "times"),
    [
        ("- Alert: primary\n- No ack after 5 minutes: the backup\n- No ack after 15 minutes: manager", [None, 5, 15]),
        ("- Incident opened: primary on-call\n- Unanswered for 5 min: secondary on-call", [None, 5]),
        ("- Alarm: erste Bereitschaft\n- Keine Bestätigung nach 5 Minuten: die Vertretung", [None, 5]),
        ("- Alerta: guardia primaria\n- Sin confirmación a los 5 minutos: guardia secundaria", [None, 5]),
        ("- アラート：一次担当\n- 5分応答なし：二次担当", [None, 5]),
        ("On-call → if no ack: Lead (10 min) → CTO (30 min)", [None, 10, 30]),
        ("```\nOn-call\n  → if no ack: Team lead (5 min)\n  → if unresolved: CTO (30 min)\n```", [None, 5, 30]),
        ("1. On-call\n2. If no response: Team lead (10 min)\n3. If unresolved: CTO (1 hour)", [None, 10, 60]),
    ],
)
def test_what_begins_a_ladder_and_what_leads_to_the_next_one_are_nobody(said: str, times: list[int | None]) -> None:
    """An alert before the first name, and "if no ack:" before the next, say when and not who."""
    found = ladder(said)
    assert [after for _who, after in found] == times
    assert not any(":" in who or "if" in who.casefold().split() or "：" in who for who, _after in found)


def test_an_arrow_to_at_once_when_nobody_answers_waits_for_that() -> None:
    """ "If no ack: Lead (immediate)" is as soon as nobody answers, and not together with the first."""
    plan = plan_response(read("On-call → if no ack: Lead (immediate) → CTO (30 min)"), "mill", Choices())
    first, second, _third = plan.severities[0].levels
    assert (first.targets, second.targets) == (("On-call",), ("Lead",))
    assert second.after > first.after


@pytest.mark.parametrize(
    "said",
    [
        (
            "| Step | Who | Condition |\n|---|---|---|\n| 1 | On-call | new alert |\n| 2 | Lead | no answer within 15 min |\n"
            "| 3 | CTO | not resolved in 60 min |"
        ),
        (
            "| Eskalationsstufe | Verantwortlich | Auslöser |\n|---|---|---|\n| 1 | Bereitschaft | Alarm |\n"
            "| 2 | Leitung | 15 Min. ohne Quittierung |\n| 3 | Vorstand | 1 Std. ohne Lösung |"
        ),
        (
            "| 段階 | 連絡先 | 条件 |\n|---|---|---|\n| 1 | 当番 | アラート受信時 |\n"
            "| 2 | リーダー | 15分以内に応答がない場合 |\n| 3 | 部長 | 60分以内に復旧しない場合 |"
        ),
        "```\nOn-call --15m--> Lead --60m--> CTO\n```",
        "On-call → 15 min → Lead → 60 min → CTO",
        "0分钟→值班人员→15分钟→组长→60分钟→总监",
        "Level 1 (at once): On-call · Level 2 (after 15 min): Lead · Level 3 (after 60 min): CTO",
        "1. On-call\n   - wait 15 minutes\n2. Lead\n   - wait 60 minutes\n3. CTO",
        "1st call: On-call\n2nd call (after 15 min): Lead\n3rd call (after 60 min): CTO",
        "1er appel : astreinte\n2e appel (après 15 min) : chef de service\n3e appel (après 60 min) : directeur technique",
        (
            "### First responder\n\nOn-call (see the roster).\n\n### Second responder\n\nLead, no answer after 15 minutes.\n\n"
            "### Third responder\n\nCTO, if it is not resolved after 60 minutes."
        ),
        (
            "O plantonista recebe o alerta; se não reconhecer em 15 minutos, o alerta vai para o líder técnico e, "
            "45 minutos depois, para o gerente."
        ),
        (
            "Il reperibile viene chiamato subito; trascorsi 15 minuti senza risposta tocca al responsabile, dopo un'ora al "
            "direttore."
        ),
        "Первым будят дежурного. Если за 15 минут он не ответил, звонят руководителю, через час – директору.",
        "- Plantonista: imediato\n- Líder técnico: após 15 minutos sem resposta\n- Gerente: após 1 hora sem solução",
        "P0: On-call at once, Lead after 15 min, CTO after 60 min\nP1: On-call, then Lead at 30 min",
    ],
)
def test_a_ladder_of_a_quarter_and_an_hour_is_one_in_any_words(said: str) -> None:
    """The same three people at the same times, in tables of conditions, drawings, lists, headings and sentences."""
    found = ladder(said)
    assert [after for _who, after in found] == [None, 15, 60], found
    assert all(len(who.split()) <= 3 for who, _after in found), found


def test_a_time_some_time_later_counts_from_the_one_before() -> None:
    """ "20 minutes later" is later than whoever was called before, and not than the start."""
    said = "Page the miller. If nobody answers in 10 minutes, page the team lead, and 20 minutes later the owner."
    assert ladder(said) == [("miller", None), ("team lead", 10), ("owner", 30)]


def test_whoever_takes_the_alert_is_the_first() -> None:
    """A sentence about who receives alerts calls that one first, whom no verb of calling names."""
    assert ladder("The night operator takes the alert. After 15 minutes page the team lead.")[0] == (
        "night operator",
        None,
    )


@pytest.mark.parametrize(
    "said",
    [
        "- On-call engineer\n- No response in 5 minutes → {deed}\n- Still down after 20 minutes → Team lead",
        "1. On-call engineer\n2. No response after 5 minutes: {deed}\n3. No response after 20 minutes: Team lead",
    ],
)
@pytest.mark.parametrize("deed", ["Reboot", "Failover", "Rollback", "Neustart", "Reinicio", "Redémarrage", "Откат"])
def test_what_is_done_when_nobody_answers_is_nobody(said: str, deed: str) -> None:
    """A capital letter alone makes no person: nobody is called "Reboot"."""
    assert ladder(said.replace("{deed}", deed)) == [("On-call engineer", None), ("Team lead", 20)]


def test_an_answer_within_the_target_waits_for_as_long_as_that_is() -> None:
    """ "Within the SLA" is the response target of each severity, and no window that is assumed."""
    plan = plan_response(
        read("1. On-call engineer\n2. Team lead if there is no answer within the SLA"), "mill", Choices()
    )
    for name, minutes in (("P0", 5), ("P1", 60)):
        severity = plan.severity(name)
        assert severity is not None
        second = severity.levels[1]
        assert (second.after.total_seconds() / 60, second.assumed) == (minutes, False)


@pytest.mark.parametrize(
    "said",
    [
        "On-call: DevOps. First contact on an alert.\n\nIf unreachable after 10 minutes: the team lead.",
        (
            "- **On-call:** DevOps engineer. First contact on an alert.\n"
            "- **Escalation:** team lead if there is no answer within 10 minutes."
        ),
    ],
)
def test_whoever_is_on_call_is_called_before_the_escalation(said: str) -> None:
    """A line about who is on call, and the next about who comes otherwise, are a ladder of two."""
    assert ladder(said) == [("On-call", None), ("team lead", 10)]


def test_weeks_on_duty_are_no_wait() -> None:
    """How long somebody is on duty is nobody's window, and no name."""
    said = "The on-call engineer is paged. After 2 weeks on duty. Then the team lead."
    assert ladder(said) == [("on-call engineer", None), ("team lead", None)]


@pytest.mark.parametrize(
    "case",
    [
        "immediately when paged",
        "immediately upon escalation",
        "immediately on any incident",
        "immediately for major outages",
        "immediately for critical incidents",
        "immediately if needed",
        "immediately if all services are down",
        "sofort bei Alarm",
        "de inmediato en caso de incidente crítico",
    ],
)
def test_a_case_that_most_incidents_are_takes_nobody_out_of_the_ladder(case: str) -> None:
    """Paging fails open: only what some incidents are, a loss of data or an attack, leaves the others without a page."""
    found = read(f"1. On-call\n2. Lead (15 min)\n3. CTO ({case})")
    assert [one.targets for one in found.escalation_levels] == [("On-call",), ("Lead",), ("CTO",)]


def test_a_case_takes_nobody_out_of_a_ladder_of_two() -> None:
    """Nobody else would come when the first one does not answer."""
    found = read("1. On-call\n2. CTO (immediately if data is lost)")
    assert [one.targets for one in found.escalation_levels] == [("On-call",), ("CTO",)]
