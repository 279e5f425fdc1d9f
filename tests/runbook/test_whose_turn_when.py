"""Whose turn it is and when, as sentences put it: times that somebody has, severities, limits, several names."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import EscalationLevel

SCALE = "# Kiln\n\n## Severity\n\n- P1: kiln cold\n- P2: kiln slow\n\n## Escalation\n\n"
WORDED = SCALE.replace("P1", "Critical").replace("P2", "Minor")
Chain = list[tuple[str, int]]


def _said(levels: tuple[EscalationLevel, ...]) -> Chain:
    return [("+".join(one.targets), (one.after.seconds or 0) // 60 if one.after else 0) for one in levels]


def _chain(text: str) -> Chain:
    return _said(compile_runbook(f"# Kiln\n\n## Escalation\n\n{text}\n").escalation_levels)


def _chains(text: str, scale: str = SCALE) -> tuple[Chain, Chain]:
    """The chains of the two severities."""
    playbook = compile_runbook(scale + text + "\n")
    (lower,) = playbook.escalation_by_severity.values()
    return _said(playbook.escalation_levels), _said(lower)


@pytest.mark.parametrize(
    "text",
    [
        "The primary has 15 minutes to acknowledge, then the secondary is paged.",
        "The primary gets 15 minutes to respond. If not, the secondary is paged.",
        "Alerts page the primary, who has 15 minutes to answer. Otherwise the secondary is paged.",
        "The primary has 15 minutes to acknowledge before the secondary is paged.",
        "The primary must acknowledge within 15 minutes, otherwise the secondary is paged.",
        "Page the primary. The primary has 15 minutes; after that page the secondary.",
        "- The primary has 15 minutes to acknowledge the page.\n- After that the secondary is called.",
    ],
)
def test_who_has_time_to_answer_is_called_and_the_next_one_when_it_is_over(text: str) -> None:
    """A time that somebody has is no wait for that one, and the next one is not called before it is over."""
    assert _chain(text) == [("primary", 0), ("secondary", 15)]


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        (
            "Der Bereitschaftsdienst hat 15 Minuten, um zu quittieren, bevor der Teamleiter angerufen wird.",
            "Bereitschaftsdienst",
            "Teamleiter",
        ),
        ("El jefe de turno tiene 15 minutos para confirmar; después se llama al gerente.", "jefe de turno", "gerente"),
        (
            "Le chef d'équipe a 15 minutes pour acquitter avant que le directeur ne soit appelé.",
            "chef d'équipe",
            "directeur",
        ),
        ("O plantonista tem 15 minutos para responder, depois o gerente é acionado.", "plantonista", "gerente"),
        ("Il reperibile ha 15 minuti per rispondere, poi viene chiamato il direttore.", "reperibile", "direttore"),
        ("值班工程师有15分钟确认，否则通知团队负责人。", "值班工程师", "团队负责人"),
    ],
)
def test_a_time_to_answer_in_other_languages(text: str, first: str, second: str) -> None:
    """What "has 15 minutes" says in English is said so in each language."""
    assert _chain(text) == [(first, 0), (second, 15)]


def test_several_times_to_answer_add_up() -> None:
    """The third one is called when the times of the first and of the second are over, however long the second is."""
    text = "The {} has {} to acknowledge before the {} is paged."
    said = [("on-call", "10 minutes", "team lead"), ("team lead", "half an hour", "owner")]
    expected = [("on-call", 0), ("team lead", 10), ("owner", 40)]
    assert _chain(" ".join(text.format(*one) for one in said)) == expected
    asked = "Page the on-call. If the on-call does not answer in 10 minutes, page the team lead. {} page the owner."
    assert _chain(asked.format("If the team lead does not answer within 30 minutes,")) == expected
    assert _chain(asked.format("If nobody answers within 40 minutes,")) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Page the on-call. No ack after 5 minutes: the backup. Still no ack after 20 minutes: the owner.",
        "Page the on-call. No ack after 5 minutes → the backup. No ack after 20 minutes → the owner.",
        "Page the on-call, the backup after 5 minutes, and the owner after 20.",
        "Page the on-call.\n\nAfter 5 minutes, page the backup.\n\nAfter 20, page the owner.",
        "Page the on-call. No answer after 5 minutes? Call the backup. Unanswered after 20 minutes? Call the owner.",
        "1. Page the on-call\n2. Wait 5 minutes and page again\n3. Wait another 15 minutes and page the owner",
    ],
)
def test_a_wait_without_a_verb_and_a_number_without_a_unit(text: str) -> None:
    """A colon, an arrow or a question may stand behind the wait, and "20" has the unit of the time before it."""
    chain = _chain(text)
    assert [one for one in chain if one[0] != "backup"] == [("on-call", 0), ("owner", 20)]
    assert ("backup", 5) in chain or "again" in text


@pytest.mark.parametrize(
    "text",
    [
        "P1: page the lead, then the owner after 10 minutes. P2: page the baker, then the lead after 30 minutes.",
        "P1 – page the lead, owner after 10 min; P2 – page the baker, lead after 30.",
        "For P1 page the lead, and the owner after 10 minutes. For P2 page the baker, and the lead after half an hour.",
        "On a P1, call the lead at once and the owner after 10 min. On a P2, call the baker; after 30 min the lead.",
        "**P1** – page the lead, then the owner after 10 minutes.\n\n**P2** – page the baker, then the lead after 30.",
        "- P1 incidents: page lead. After 10 min page owner.\n- P2 incidents: page baker. After 30 min page lead.",
        "P1：立即呼叫lead，10分钟后呼叫owner。P2：呼叫baker，30分钟后呼叫lead。",
    ],
)
def test_sentences_of_two_severities_are_two_chains(text: str) -> None:
    """Who is called for one severity is not called for the other because both stand in one paragraph."""
    assert _chains(text) == ([("lead", 0), ("owner", 10)], [("baker", 0), ("lead", 30)])


def test_severities_by_their_label_and_what_holds_for_both() -> None:
    """A label begins a severity as a number does; a last sentence for none of them holds for all."""
    both = "For critical incidents page the lead. For minor incidents page the baker. If nobody answers in 9 minutes, "
    assert _chains(both + "page the owner.", WORDED) == (
        [("lead", 0), ("owner", 9)],
        [("baker", 0), ("owner", 9)],
    )
    assert _chains("- Critical – page the lead, then after 15 min the owner\n- Minor – page the baker", WORDED) == (
        [("lead", 0), ("owner", 15)],
        [("baker", 0)],
    )
    first = (
        "The baker is always paged first. For P1, the lead follows after 10 minutes. For P2, the lead follows after "
    )
    assert _chains(first + "1 hour.") == ([("baker", 0), ("lead", 10)], [("baker", 0), ("lead", 60)])


@pytest.mark.parametrize(
    "text",
    [
        "Within 5 minutes page the lead. After 20 minutes page the owner.",
        "Page the lead within 5 minutes. After 20 minutes page the owner.",
        "Innerhalb von 5 Minuten den lead anrufen. Nach 20 Minuten den owner anrufen.",
    ],
)
def test_by_when_the_first_one_is_called_is_no_wait(text: str) -> None:
    """A limit is kept by calling at once; whoever comes later comes when it says."""
    assert _chain(text) == [("lead", 0), ("owner", 20)]


def test_call_again_and_first_are_nobodys_names() -> None:
    """ "Call again" calls whoever was called, and "call the lead first" the lead."""
    assert _chain("Call the lead first. No answer in 5 minutes: call again. After 10 minutes call the owner.") == [
        ("lead", 0),
        ("owner", 10),
    ]
    assert _chain("Llamar primero al jefe de turno. Después de 10 minutos llamar al director.") == [
        ("jefe de turno", 0),
        ("director", 10),
    ]


def test_two_names_beside_each_other_are_both_called() -> None:
    """ "Ada and Bo" are two, in a sentence and in a list; the words of one title stay together."""
    assert _chain("Page the on-call. Page Ada and Bo after 10 minutes.")[1] == ("Ada+Bo", 10)
    assert _chain("1. Ada and Bo\n2. R&D lead (after 10 min)\n3. Research & Development lead (after 20 min)") == [
        ("Ada+Bo", 0),
        ("R&D lead", 10),
        ("Research & Development lead", 20),
    ]
    assert _chain(
        "1. Trust & Safety lead\n2. Team lead & owner (after 10 min)\n3. Sales and marketing lead (30 min)"
    ) == [
        ("Trust & Safety lead", 0),
        ("Team lead+owner", 10),
        ("Sales and marketing lead", 30),
    ]


@pytest.mark.parametrize(
    ("head", "first", "second"),
    [
        ("Who to notify", "Page on-call + IC, tell leadership", "Tell leadership"),
        ("Actions", "Page on-call + IC; tell leadership", "Tell leadership"),
        ("Notify", "on-call, IC, leadership", "leadership"),
    ],
)
def test_whom_a_row_of_a_severity_tells_is_called_where_nothing_else_is_said(
    head: str, first: str, second: str
) -> None:
    """A cell that tells several people tells them at once, and calls nobody of the name "tell leadership"."""
    table = f"| Level | Meaning | {head} |\n|---|---|---|\n| P1 | cold | {first} |\n| P2 | slow | {second} |\n"
    playbook = compile_runbook(f"# Kiln\n\n## Severity levels\n\n{table}")
    assert _said(playbook.escalation_levels) == [("on-call+IC+leadership", 0)]
    assert _said(playbook.escalation_by_severity["P2"]) == [("leadership", 0)]


@pytest.mark.parametrize(
    ("heads", "rows"),
    [
        (("Condition", "Who", "When"), ("Alert fires", "No ack", "Not resolved")),
        (("If", "Page", "Wait"), ("Any alert", "No acknowledgement", "Not fixed")),
        (("Bedingung", "Wer", "Wann"), ("Alarm geht ein", "Keine Antwort", "Nicht behoben")),
    ],
)
def test_conditions_with_a_column_of_times_are_a_chain(heads: tuple[str, ...], rows: tuple[str, ...]) -> None:
    """The time stands beside the condition as well as in it."""
    cells = zip(rows, ("Lead", "Owner", "Director"), ("0 min", "10 min", "30 min"), strict=True)
    table = "\n".join(f"| {' | '.join(row)} |" for row in (heads, ("---",) * 3, *cells))
    assert _chain(table) == [("Lead", 0), ("Owner", 10), ("Director", 30)]


def test_a_column_of_times_and_a_status_page_call_nobody() -> None:
    """When a report is due is nobody, in whatever column; "the status page is" is no passive of "page"."""
    table = "| 级别 | 说明 | 报告时间 |\n|---|---|---|\n| P0 | 停机 | 24小时内 |\n| P1 | 缓慢 | 48小时内 |\n"
    playbook = compile_runbook(f"# Kiln\n\n## 严重级别\n\n{table}")
    assert (playbook.escalation_levels, playbook.escalation_by_severity) == ((), {})
    said = "Changing the status page is enough to tell bakers. After 30 minutes page the owner."
    assert _chain(said) in ([], [("owner", 30)])


@pytest.mark.parametrize(
    "text",
    [
        "**0-5 minutes:** Detection and triage\n\n**After 15 minutes:** Mitigation\n\n**After 1 hour:** Recovery",
        "### Within 15 minutes\n- Open a ticket\n- Post in #kiln\n\n### Within 1 hour\n- Update the status page",
        "| Stage | Time |\n|---|---|\n| Detection | 5 min |\n| Triage | 15 min |\n| Recovery | 1 hour |",
        "| Service | Timeout |\n|---|---|\n| Checkout | after 5 min |\n| Payments | after 15 min |",
        "- PagerDuty: immediately\n- Slack: after 5 minutes\n- Email: after 15 minutes",
        "The team has 30 minutes to restore service, then customers are notified. The lead has two hours of rest.",
    ],
)
def test_phases_services_channels_and_chores_beside_times_are_nobody(text: str) -> None:
    """What a time stands beside is called by no page unless it is somebody."""
    assert _chain(text) == []


def test_a_cell_with_a_sentence_calls_whom_it_calls() -> None:
    """Of "Page the on-call immediately and open a bridge" only the on-call is somebody."""
    rows = ("Page the on-call immediately and open a bridge", "Page the on-call during business hours", "Ticket")
    table = "\n".join(f"| P{n} | x | {row} |" for n, row in enumerate(rows, 1))
    playbook = compile_runbook(
        f"# Kiln\n\n## Severity levels\n\n| Level | Meaning | Action |\n|---|---|---|\n{table}\n"
    )
    assert _said(playbook.escalation_levels) == [("on-call", 0)]
    assert {name: _said(levels) for name, levels in playbook.escalation_by_severity.items()} == {"P2": [("on-call", 0)]}


def test_you_are_nobodys_name() -> None:
    """Whoever reads "You have 15 minutes to acknowledge" is no person of that name to page."""
    said = "You have 15 minutes to acknowledge before the alert escalates to the secondary."
    assert _chain(said) == [("secondary", 15)]


@pytest.mark.parametrize(
    "said",
    ["For P1 page the owner after 30 minutes.", "If P1 is declared, page the owner after 30 minutes."],
)
def test_who_is_called_at_one_severity_only_is_not_called_at_the_others(said: str) -> None:
    """The one severity that sentences name stays with whom its sentence calls; nobody wakes the owner for a P2."""
    levels = compile_runbook(f"{SCALE}Page the baker. After 15 minutes page the lead. {said}\n").escalation_levels
    assert [(one.targets, one.severities) for one in levels] == [
        (("baker",), ()),
        (("lead",), ()),
        (("owner",), ("P1",)),
    ]


@pytest.mark.parametrize("said", ["Restart", "Escalate", "Telephone", "restore the backup", "Open a bridge"])
def test_what_is_to_be_done_when_nobody_answers_is_nobody(said: str) -> None:
    """The capital letter of the first word behind a colon makes no name of it."""
    chain = _chain(f"Page the baker. After 30 minutes page the owner. No answer after 15 minutes: {said}.")
    assert chain == [("baker", 0), ("owner", 30)]


def test_a_name_alone_may_follow_a_wait() -> None:
    """ "Bo" is no word for something else."""
    assert _chain("Page the baker. No answer after 15 minutes: Bo.") == [("baker", 0), ("Bo", 15)]


@pytest.mark.parametrize(
    ("cell", "called"),
    [
        ("Tell the owner after the repair, page the on-call", "on-call"),
        ("Page the on-call, inform the owner in the next report", "on-call"),
        ("Page the on-call by telephone, tell the owner if flour is lost", "on-call"),
        ("Page the on-call, call a meeting with the owner", "on-call"),
        ("Page the lead on duty and the owner in charge", "lead on duty+owner"),
    ],
)
def test_who_is_told_later_is_not_called_at_once(cell: str, called: str) -> None:
    """The words behind a name in a cell of what to do say when, how or in which case."""
    table = f"| Severity | Response |\n|---|---|\n| P1 | {cell} |\n| P2 | Page the on-call |\n"
    levels = compile_runbook(f"# Kiln\n\n## Severities\n\n{table}").escalation_levels
    assert ["+".join(one.targets) for one in levels] == [called]
