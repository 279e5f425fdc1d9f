"""Words that begin a name, a date or a state in one place, and say something else in another."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.durations import spans
from tocsin.runbook.playbook import Playbook


def _commands(playbook: Playbook) -> dict[str, str | None]:
    """Each command of an incident, and the condition on which it is run."""
    steps = (step for one in playbook.procedures for step in one.steps)
    return {step.command.text: step.condition for step in steps if step.command is not None}


def _of(*lines: str) -> Playbook:
    return compile_runbook("# Bakery\n\n## Incident: Oven cold\n\n### Resolution\n\n" + "\n".join(lines) + "\n")


def test_information_security_is_somebody_and_contact_information_is_nobody() -> None:
    """A word for particulars hides nobody whose name begins with it; "Contact details of the miller" calls nobody."""
    playbook = compile_runbook(
        "# Mill\n\n## Escalation\n\n"
        "- If it is about data, escalate to Information Security.\n"
        "- After 30 minutes call the Information Security Officer.\n"
        "- Contact details of the miller on duty hang in the office.\n"
    )
    assert [one.targets for one in playbook.escalation_levels] == [
        ("Information Security",),
        ("Information Security Officer",),
    ]


def test_a_year_of_the_calendar_is_no_number_of_hours() -> None:
    """The Russian year is spelled like Ukrainian hours, and four digits before it are a date."""
    assert [one.duration.seconds for one in spans("4 год")] == [4 * 3600]
    assert [one.duration.seconds for one in spans("Отчёт за 2026 год")] == []
    playbook = compile_runbook("# План\n\n## Постмортем\n\nОтчёт за 2026 год есть. Постмортем в течение 5 дней.\n")
    assert playbook.postmortem is not None
    assert playbook.postmortem.due is not None
    assert playbook.postmortem.due.seconds == 5 * 86400


@pytest.mark.parametrize(
    ("incident", "situation", "cause", "answer"),
    [
        ("Incident: oven cold", "Situation", "Cause", "Resolution"),
        ("Panne : four froid", "Situation", "Cause", "Résolution"),
        ("障害: オーブン停止", "状況", "原因", "対応"),
        ("故障：烤箱停机", "情况", "原因", "处理"),
    ],
)
def test_the_situation_of_one_incident_is_no_chapter_of_incidents(
    incident: str, situation: str, cause: str, answer: str
) -> None:
    """A title for how things stand keeps the incident together of which it is the first part."""
    playbook = compile_runbook(
        f"# {incident}\n\n## {situation}\n\ncold\n\n## {cause}\n\nfuse\n\n## {answer}\n\n- `systemctl restart oven`\n"
    )
    assert len(playbook.procedures) == 1
    assert [one.section for one in playbook.procedures[0].steps if one.command is None][-1] == "causes"
    assert not playbook.phases


@pytest.mark.parametrize(
    "said",
    [
        "안전한 재시작",
        "필요한 서비스 재시작",
        "그 후 재시작",
        "War Room",
        "Have a look around",
        "除此之外",
        "在此之后",
        "できれば",
    ],
)
def test_what_only_looks_like_a_circumstance_is_none(said: str) -> None:
    """The ending of an adjective, "after that", a room of war, and a look around ask for nothing."""
    assert _commands(_of(f"- {said}: `systemctl restart oven`")) == {"systemctl restart oven": None}


def test_levels_of_logs_that_run_upward_are_turned_round() -> None:
    """ "Error" has no place of its own among the severities, and the scale is read by the words that have one."""
    rows = "\n".join(f"| {name} | {what} |" for name, what in (("Info", "a"), ("Error", "b"), ("Critical", "c")))
    playbook = compile_runbook(f"# Mill\n\n## Severity levels\n\n| Severity | Meaning |\n|---|---|\n{rows}\n")
    assert [one.name for one in playbook.severities] == ["Critical", "Error", "Info"]


def test_how_soon_a_level_answers_is_not_when_it_is_called() -> None:
    """ "Response level 1" is the time to answer; "Response level 2" makes nobody wait to be called."""
    playbook = compile_runbook(
        "# Mill\n\n## Severity levels\n\n| Severity | Meaning | Response level 1 | Response level 2 |\n"
        "|---|---|---|---|\n| P1 | Oven cold | 15 min | 30 min |\n| P2 | Belt slow | 1 h | 4 h |\n\n"
        "## Escalation\n\n1. On-call baker\n2. Head baker\n"
    )
    assert [one.response_target.seconds for one in playbook.severities if one.response_target] == [900, 3600]
    assert [one.after for one in playbook.escalation_levels] == [None, None]


def test_words_with_a_dash_are_no_cmdlets() -> None:
    """ "Start-Up script" in code is the name of something and runs nothing; "Restart-Computer now" is a command."""
    playbook = _of("- See `Start-Up script` and the `Add-On store`", "- Use `Restart-Mill oven`")
    assert list(_commands(playbook)) == ["Restart-Mill oven"]


def test_a_sentence_with_a_command_below_a_long_symptom_is_a_step() -> None:
    """A symptom that fills its line and ends there does not swallow the command of the next sentence."""
    playbook = compile_runbook(
        "# Mill\n\n## Incident: Belt\n\n"
        "**Symptom:** the mill is slow and the queue behind the mill grows for hours and hours.\n"
        "Restart the mill with `systemctl restart mill`.\n\n**Cause:** the belt\n"
    )
    assert [one.text for one in playbook.procedures[0].symptoms] == [
        "the mill is slow and the queue behind the mill grows for hours and hours."
    ]
    assert list(_commands(playbook)) == ["systemctl restart mill"]


def test_an_alert_that_ends_in_a_postmortem_is_how_any_incident_goes() -> None:
    """ "Alert", "Investigation", "Resolution", "Postmortem" are phases and no alert of a service."""
    playbook = compile_runbook(
        "# Response\n\n## Alert\n\nThe monitor pages the baker.\n\n## Investigation\n\nLook at it.\n\n"
        "## Resolution\n\nMend it.\n\n## Postmortem\n\nWrite it within 5 days.\n"
    )
    assert [one.title for one in playbook.phases] == ["Investigation", "Resolution", "Postmortem"]
    assert not playbook.procedures


def test_whoever_is_told_in_a_chapter_on_communication_is_somebody() -> None:
    """ "Tell the shop" is a duty there; elsewhere what can be told to a machine has to name people or news."""
    told = compile_runbook("# Mill\n\n## Communication\n\nTell the shop.\n").communication
    assert [one.text for one in told] == ["Tell the shop."]
    assert not _of("- Tell Prometheus to reload.").communication
