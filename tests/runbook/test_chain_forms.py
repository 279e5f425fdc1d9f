"""The forms in which teams say who is called next; each document here is our own."""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import EscalationLevel, Trigger


def said(levels: tuple[EscalationLevel, ...]) -> list[tuple[str, float | None]]:
    """(who, minutes) of a chain."""
    return [
        ("+".join(one.targets), one.after.seconds / 60 if one.after and one.after.seconds else None) for one in levels
    ]


CHAINS = {
    "a sentence each": (
        "## Escalation\n\n1. The alert goes to the baker on duty.\n2. The baker has 10 minutes to answer.\n3. If no answer after 10 minutes:\n   - page the pastry chef\n4. Not solved in 40 min → escalate to **owner (Level 3)**\n",
        [("baker on duty", None), ("pastry chef", 10), ("owner", 40)],
    ),
    "somebody is paged": (
        "## Escalation\n\n1. Page the baker on duty\n2. Write down what you see\n3. If there is no answer within 15 minutes, the owner is paged\n",
        [("baker on duty", None), ("owner", 15)],
    ),
    "sentences outside of an escalation chapter": (
        "# On duty\n\nPage the baker. If they do not ack in 15 minutes, page the owner.\n",
        [("baker", None), ("owner", 15)],
    ),
    "a list of steps that ends with a call": (
        "# Oven fire\n\n1. Turn the gas off.\n2. Contact the baker.\n3. If the baker is not reachable within 20 minutes, contact the owner.\n",
        [("baker", None), ("owner", 20)],
    ),
    "the first one owns it": (
        "## Severity\n- Sev1: out\n- Sev2: slow\n\n## Escalation matrix\n\n| Severity | Initial owner | Escalation (10m) | Escalation (30m) |\n|---|---|---|---|\n| Sev1 | Baker | Chef | Owner |\n| Sev2 | Apprentice | Baker | Chef |\n",
        [("Baker", None), ("Chef", 10), ("Owner", 30)],
    ),
    "a paragraph of arrows": ("## Escalation path\n\nBaker → Chef → Owner\n", [("Baker", None), ("Chef", None), ("Owner", None)]),
    "numbered stations": ("## Escalation path\n- L1: Baker → L2: Chef → L3: Owner\n", [("Baker", None), ("Chef", None), ("Owner", None)]),
    "times on marks below a severity": (
        "## Escalation matrix\n\n- **P1**: day and night\n  - T+0: Page the baker\n  - T+15: Escalate to the chef\n  - T+1h: Call the owner\n- **P2**: office hours\n  - T+60m: Escalate to the chef\n",
        [("baker", None), ("chef", 15), ("owner", 60)],
    ),
    "who and when in one cell": (
        "## Severity\n\n| Priority | Response time | Escalation |\n|---|---|---|\n| P1 | 15 min | Head baker at 1 hour |\n| P2 | 4 h | Immediate to the owner |\n",
        [("Head baker", 60)],
    ),
    "a table whose titles say nothing": (
        "## Eskalation\n\n| Stufe | Anlass | Name im Dienstplan |\n|---|---|---|\n| 1 | Ofen aus | Bäcker |\n| 2 | alle Öfen aus | Meister |\n",
        [("Bäcker", None), ("Meister", None)],
    ),
    "a grid of times and severities": (
        "## Escalation\n\n| Time | P1 | P2 |\n|---|---|---|\n| 0-15 min | Baker | Baker |\n| 15-30 min | Chef | Baker |\n| 1+ hours | Owner | Chef |\n",
        [("Baker", None), ("Chef", 15), ("Owner", 60)],
    ),
    "the same grid in a fence": (
        "## Escalation\n\n```\nTime        P1            P2\n────────────────────────────\n0-15 min    Baker         Baker\n15-30 min   Pastry chef   Baker\n1-2 hours   Owner         Pastry chef\n```\n",
        [("Baker", None), ("Pastry chef", 15), ("Owner", 60)],
    ),
    "a tree": (
        "## Escalation\n\n```\nOn-call engineer\n└── (15 min) Team lead\n    └── (45 min, no answer) CTO\n```\n",
        [("On-call engineer", None), ("Team lead", 15), ("CTO", 45)],
    ),
    "arrows downward": (
        "## Escalation\n\n```\nL1: On-call engineer\n      ↓ 15 minutes\nL2: Team lead\n      ↓ 1 hour\nL3: CTO\n```\n",
        [("On-call engineer", None), ("Team lead", 15), ("CTO", 60)],
    ),
    "mermaid": (
        "## Escalation\n\n```mermaid\ngraph TD\n  A[Alert] --> B[On-call engineer]\n  B --> C{Answer in 15 min?}\n  C -->|Yes| D[Fix it]\n  C -->|No| E[Team lead]\n  E -->|1 hour| F[CTO]\n```\n",
        [("On-call engineer", None), ("Team lead", 15), ("CTO", 60)],
    ),
    "YAML": (
        "## Who to call\n\n```yaml\nescalation:\n  - level: 1\n    contact: baker\n  - level: 2\n    contact: chef\n    timeout_minutes: 15\n  - level: 3\n    contact: owner\n    after: 1h\n```\n",
        [("baker", None), ("chef", 15), ("owner", 60)],
    ),
    "times before the names": (
        "## Escalation\n\n1. **Immediate**: Baker → Chef\n2. **15 minutes**: Head of ovens\n3. **30 minutes**: Owner\n",
        [("Baker", None), ("Chef", None), ("Head of ovens", 15), ("Owner", 30)],
    ),
    "a paragraph of levels": (
        "## Escalation roles\n\nLevel 1 – Baker\nLevel 2 – Chef (after 20 min)\nLevel 3 – Owner\n",
        [("Baker", None), ("Chef", 20), ("Owner", None)],
    ),
    "a table of primary and secondary": (
        "## On-call rotation\n\n| Tier | Role | Task | Escalation trigger |\n|---|---|---|---|\n| Primary | Baker | looks first | paged by the bell |\n| Secondary | Chef | helps | paged if the primary does not acknowledge within 10 minutes |\n",
        [("Baker", None), ("Chef", 10)],
    ),
    "a list of primary and secondary": (
        "## On-call rotation\n\n- **Primary on-call:** answers within 15 minutes\n- **Secondary on-call:** if the primary does not acknowledge within 15 minutes\n- **Escalation:** if no acknowledgment in 30 minutes, escalate to the owner\n",
        [("Primary on-call", None), ("Secondary on-call", 15), ("owner", 30)],
    ),
    "lines of support": (
        "## Escalation\n\n- **1st line**: Service desk\n- **2nd line**: Bakers (after 30 min)\n- **3rd line**: Owner (after 2 h)\n",
        [("Service desk", None), ("Bakers", 30), ("Owner", 120)],
    ),
    "CJK levels": (
        "## 升级策略\n1. **一级**: 值班工程师\n2. **二级**: 技术负责人 (15分钟)\n3. **三级**: 总监 (1小时)\n",
        [("值班工程师", None), ("技术负责人", 15), ("总监", 60)],
    ),
    "reasons below a level": (
        "## Escalation levels\n\n### Level 1: Baker\n- Looks first\n\n### Level 2: Chef\n- **When to escalate:**\n  - The baker is unresponsive after 10 minutes\n  - Two ovens are out\n",
        [("Baker", None), ("Chef", 10)],
    ),
    "a level above those it calls": (
        "## Escalation\n\nLevel 1:\n- Baker on duty\n- Oven lead\n\nLevel 2:\n- Owner\n",
        [("Baker on duty+Oven lead", None), ("Owner", None)],
    ),
    "levels in YAML": (
        "## Escalation\n\n```yaml\nLevel 1:\n  - Baker on duty\n  - Oven lead\nLevel 2 (after 20 minutes):\n  - Owner\n```\n",
        [("Baker on duty+Oven lead", None), ("Owner", 20)],
    ),
    "duties below a severity, beside levels without times": (
        ("## P1 - No bread\n\n### News\n\n1. **At once** tell everybody in the chat\n2. **After 10 minutes** escalate to the oven lead\n3. **After 30 minutes** notify the customers\n4. **After 1 hour** escalate to the owner\n\n"
        "## P2 - Little bread\n\n- A queue\n\n## Escalation levels\n\n| Level | Who |\n|---|---|\n| L1 | Baker |\n| L2 | Miller |\n"),
        [("oven lead", 10), ("owner", 60)],
    ),
    "the highest severity has times of its own": (
        ("## P1 - No bread\n\n### What to do\n\n- After 10 minutes escalate to the oven lead\n- After 1 hour escalate to the owner\n\n## P2 - Little bread\n\n- A queue\n\n"
        "## Escalation matrix\n\n| Level | Who | Escalate after |\n|---|---|---|\n| L1 | Baker | 30 min |\n| L2 | Miller | 2 hours |\n"),
        [("oven lead", 10), ("owner", 60)],
    ),
    "one call below a severity, beside a whole chain": (
        ("## P1 - No bread\n\n- After 10 minutes escalate to the oven lead\n\n## P2 - Little bread\n\n- A queue\n\n"
        "## Escalation\n\n- L1: Baker\n- L2: Miller (after 20 min)\n- L3: Owner (after 1 h)\n"),
        [("Baker", None), ("Miller", 20), ("Owner", 60)],
    ),
}  # fmt: skip

LANGUAGES = {
    "es": (
        "## Escalamiento\n\n1. Avisar al panadero\n2. Sin respuesta en 15 minutos, llamar al dueño\n",
        ["panadero", "dueño"],
    ),
    "pt": (
        "## Escalonamento\n\n1. Acionar o padeiro\n2. Sem resposta em 15 minutos, ligar para o dono\n",
        ["padeiro", "dono"],
    ),
    "fr": (
        "## Escalade\n\n1. Prévenir le boulanger\n2. Sans réponse sous 15 minutes, appeler le patron\n",
        ["boulanger", "patron"],
    ),
    "it": (
        "## Escalation\n\n1. Avvisare il fornaio\n2. Senza risposta entro 15 minuti, chiamare il titolare\n",
        ["fornaio", "titolare"],
    ),
    "de": (
        "## Eskalation\n\n1. Informieren Sie den Bäcker\n2. Keine Antwort nach 15 Minuten: eskalieren an Inhaber\n",
        ["Bäcker", "Inhaber"],
    ),
    "ru": (
        "## Эскалация\n\n1. Уведомить пекаря\n2. Нет ответа через 15 минут, позвонить хозяину\n",
        ["пекаря", "хозяину"],
    ),
    "zh": ("## 升级流程\n\n1. 通知值班师傅\n2. 15分钟未响应，升级至店主\n", ["值班师傅", "店主"]),
    "zh-Hant": ("## 升級流程\n\n1. 通知值班師傅\n2. 15 分鐘無回應，升級至店主\n", ["值班師傅", "店主"]),
}


@pytest.mark.parametrize("form", sorted(CHAINS))
def test_an_escalation_in_this_form(form: str) -> None:
    """F1 to F6: who is called in which order, and when, whatever carries it."""
    text, expected = CHAINS[form]
    assert said(compile_runbook("# R\n\n" + text).escalation_levels) == expected


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_an_escalation_in_the_sentences_of_this_language(language: str) -> None:
    """F4, F6: a verb of calling names who is called; the window of the second one is fifteen minutes."""
    text, names = LANGUAGES[language]
    assert said(compile_runbook(text).escalation_levels) == [(names[0], None), (names[1], 15)]


def test_waiting_for_an_answer_is_told_from_waiting_for_the_end() -> None:
    """F6: a fenced tree that says "no answer" waits for an acknowledgement, a plain time for the end."""
    text = CHAINS["a tree"][0]
    triggers = [one.trigger for one in compile_runbook(text).escalation_levels]
    assert triggers == [Trigger.START, Trigger.UNRESOLVED, Trigger.UNACKNOWLEDGED]


@pytest.mark.parametrize(
    "text",
    [
        "## Escalation\n\n```\n[Alert] --> [Dashboard]\n   |\n   v\n[Logs] --> [Metrics]\n```\n",
        "## Escalation\n\n```mermaid\ngraph LR\n  A[Queue] --> B[Worker]\n  B --> C[Database]\n```\n",
        "## Setup\n\n```yaml\nretries:\n  - name: one\n    timeout: 5\n  - name: two\n    timeout: 10\n```\n",
        "## Escalation\n\n1. Open a ticket\n2. Write a report\n",
    ],
    ids=["diagram", "mermaid of machines", "YAML of something else", "a list of chores"],
)
def test_what_calls_nobody_is_no_escalation(text: str) -> None:
    """A drawing of machines or a list of settings names nobody to call."""
    playbook = compile_runbook("# R\n\n" + text)
    assert not any(one.after for one in playbook.escalation_levels)
    assert "one" not in [name for one in playbook.escalation_levels for name in one.targets]


def test_each_severity_heading_has_a_chain_of_its_own() -> None:
    """F1: a list below "P1" is the chain of P1, the one below "P2" that of P2."""
    text = "## Escalation\n\n### P1 - Critical\n1. Call the baker\n2. If no answer in 5 minutes, call the owner\n\n### P2 - High\n1. Notify the baker\n2. Escalate to the chef if unresolved in 2 hours\n"
    playbook = compile_runbook(text)
    assert said(playbook.escalation_levels) == [("baker", None), ("owner", 5)]
    assert said(playbook.escalation_by_severity["P2"]) == [("baker", None), ("chef", 120)]


def test_the_named_levels_below_each_severity_heading_are_its_chain() -> None:
    """F1: numbered people below "P2 path" are the chain of P2, also when P1 has such a list of its own."""
    text = "## Escalation paths\n\n### P1 - Critical\n1. **Baker** (0-15 min)\n2. **Chef** (15-30 min)\n3. **Owner** (30+ min)\n\n### P2 - High\n1. **Baker** (0-1 hour)\n2. **Chef** (1-2 hours)\n"
    playbook = compile_runbook(text)
    assert said(playbook.escalation_levels) == [("Baker", None), ("Chef", 15), ("Owner", 30)]
    assert said(playbook.escalation_by_severity["P2"]) == [("Baker", None), ("Chef", 60)]


TIMELINE = '## Severity levels\n\n- P1: No bread\n- P2: Little bread\n\n## Escalation\n\n### P1 path\n\n1. **0-5 min:** The baker on duty acknowledges and begins to look\n2. **5 min:** Post in #ovens: "P1 - [what] - looking"\n3. **20 min:** Notify the chef if help is needed\n4. **40 min:** If not resolved, escalate to the director\n5. **Every 30 min:** Post an update in #ovens\n\n### P2 path\n\n1. **0-15 min:** The baker on duty acknowledges\n2. **2 hours:** Page the chef if not resolved\n3. **Every hour:** Post an update\n'


def test_an_entry_of_a_timeline_that_calls_nobody_is_no_level() -> None:
    """F1: a post in a channel, a rhythm, a time: none is somebody to page; who acknowledges by themselves is the first."""
    playbook = compile_runbook(TIMELINE)
    assert said(playbook.escalation_levels) == [("baker on duty", None), ("chef", 20), ("director", 40)]
    assert said(playbook.escalation_by_severity["P2"]) == [("baker on duty", None), ("chef", 120)]


def test_when_somebody_is_called_is_no_promise_to_resolve() -> None:
    """A9: "40 min: If not resolved, escalate" states no resolution target; "0-5 min: … acknowledges" states that one."""
    one, other = compile_runbook(TIMELINE).severities
    assert (one.resolution_target, other.resolution_target) == (None, None)
    assert [level.acknowledge_target.seconds for level in (one, other) if level.acknowledge_target] == [300, 900]


def test_what_an_alert_does_is_nobody_to_page() -> None:
    """F1: "The alert triggers a message" names no person; "The on-call engineer responds" is the first level."""
    text = "## Escalation flow\n1. Alert triggers a message (pager)\n2. On-call engineer responds within 15m\n3. If unresolved in 30m, escalate to the chef\n4. If still unresolved, escalate to the owner\n"
    assert said(compile_runbook(text).escalation_levels) == [("On-call engineer", None), ("chef", 30), ("owner", None)]


def test_a_single_call_below_a_severity_is_its_chain() -> None:
    """F1: what stands below P2 on a timeline is said of P2, if it is one call."""
    text = "## Escalation matrix (P1–P2)\n\n- **P1**: day and night\n  - T+0: Page the baker\n  - T+15m: Escalate to the chef\n  - T+60m: Owner is briefed; hourly updates\n- **P2**: office hours\n  - T+60m: Escalate to the chef\n"
    playbook = compile_runbook(text)
    assert said(playbook.escalation_by_severity["P2"]) == [("chef", 60)]
    assert [(one.every.seconds, one.severities) for one in playbook.cadences] == [(3600, ("P1",))]


def test_a_range_of_levels_speaks_of_each() -> None:
    """B7: "P1–P3" is P2 as well; "P1/P3" is not."""
    scale = "## Severity levels\n\n- P1: a\n- P2: b\n- P3: c\n\n## Updates\n\n"
    said_of = [
        compile_runbook(f"{scale}Status updates for {names} every 20 minutes.\n").cadences[0].severities
        for names in ("P1–P3", "P1 to P3", "P1/P3")
    ]
    assert said_of == [("P1", "P2", "P3"), ("P1", "P2", "P3"), ("P1", "P3")]


MINUTES = {
    "Spanish": ("Escalamiento", "Minuto | A quién", "Guardia principal", "Jefa de hornos"),
    "German": ("Eskalation", "Minute | Wer", "Bereitschaft", "Backstubenleitung"),
    "French": ("Escalade", "Délai (min) | Qui appeler", "Astreinte", "Responsable des fours"),
    "Japanese": ("エスカレーション", "経過（分） | 連絡先", "当番", "責任者"),
    "English": ("Escalation", "Minutes since the alert | Who", "Baker on duty", "Head baker"),
}


@pytest.mark.parametrize("language", sorted(MINUTES))
def test_numbers_below_a_title_with_a_unit_are_times(language: str) -> None:
    """F1: "Minute | Who" over 0 and 15 says who is called after how long, in any language."""
    chapter, heads, first, second = MINUTES[language]
    playbook = compile_runbook(f"# R\n\n## {chapter}\n\n| {heads} |\n|---|---|\n| 0 | {first} |\n| 15 | {second} |\n")
    assert said(playbook.escalation_levels) == [(first, None), (second, 15)]


def test_a_timeline_of_who_calls_whom_names_who_is_called() -> None:
    """F1: of "No ack → page the chef | Pager" the chef is called; raising the severity calls nobody; each severity has its own."""
    table = "| Time | Action | Who |\n|---|---|---|\n| 0 min | Page the baker | Pager |\n| {} min | No ack → page the chef | Pager |\n| 60 min | Not solved → escalate severity | Chef |\n"
    text = (
        "## Severity levels\n- SEV1: a\n- SEV2: b\n\n## Escalation\n\n### SEV1 timeline\n\n"
        + table.format(5)
        + "\n### SEV2 timeline\n\n"
        + table.format(20)
    )
    playbook = compile_runbook(text)
    assert said(playbook.escalation_levels) == [("baker", None), ("chef", 5)]
    assert said(playbook.escalation_by_severity["SEV2"]) == [("baker", None), ("chef", 20)]


@pytest.mark.parametrize(
    "form",
    [
        "- Primary: Ada Brot, +49 30 1234567\n- Secondary: Ben Korn, ben@example.com\n",
        "Primary: Ada Brot (+49 30 1234567), Secondary: Ben Korn (ben@example.com)\n",
    ],
)
def test_an_address_behind_a_name_is_no_part_of_it(form: str) -> None:
    """F1, E8: who is called is the name; the number belongs to the contact, also where all stand in one line."""
    playbook = compile_runbook("# R\n\n## On-call\n\n" + form)
    assert said(playbook.escalation_levels) == [("Ada Brot", None), ("Ben Korn", None)]
    assert [one.channels[0].type for one in playbook.contacts] == ["phone", "email"]


def test_people_in_a_code_block_are_contacts() -> None:
    """E8: a name with a blank or a number on each line lists people, fenced or not; the first two are an order."""
    text = "## Emergency contacts\n\n```\nPrimary on-call: <phone> <email>\nSecondary on-call: <phone> <email>\nMiller: +49 30 1234567\n```\n"
    playbook = compile_runbook(text)
    assert [(one.name, one.unfilled) for one in playbook.contacts] == [
        ("Primary on-call", True),
        ("Secondary on-call", True),
        ("Miller", False),
    ]
    assert [one.targets for one in playbook.escalation_levels] == [("Primary on-call",), ("Secondary on-call",)]


def test_what_is_said_of_a_way_to_write_is_no_contact() -> None:
    """E8: "Use for" and "Response time" below "Slack" tell of the channel; below "Mill support" they tell of one contact."""
    text = "## Contact methods\n\n### Slack\n- **Channel**: #ovens\n- **Response time**: at once\n- **Use for**: everything\n\n### Phone\n- **Number**: [number]\n- **Use for**: P1 only\n\n## External contacts\n\n### Mill support\n- **Level**: Gold\n- **Contact**: mill@example.com\n- **Use for**: flour\n"
    assert [(one.name, [way.value for way in one.channels]) for one in compile_runbook(text).contacts] == [
        ("Mill support", ["mill@example.com"])
    ]


def test_whom_news_goes_to_is_no_contact() -> None:
    """E8: "Communication" below the contacts says how audiences are told."""
    text = "## Emergency contacts\n\n- Baker: +49 30 1234567\n\n### Communication\n\n- **Customers**: a note on the door\n- **Staff**: by word of mouth\n"
    assert [one.name for one in compile_runbook(text).contacts] == ["Baker"]


def test_a_blank_is_no_duty_of_a_role() -> None:
    """E3: "Scribe: [name, phone]" names a role without duties and a contact to be filled in."""
    playbook = compile_runbook("## Response team\n\n- Oven lead: [name, phone]\n- Scribe: [name, phone]\n")
    assert [(one.name, one.responsibilities) for one in playbook.roles] == [("Oven lead", ()), ("Scribe", ())]
    assert [(one.name, one.unfilled) for one in playbook.contacts] == [("Oven lead", True), ("Scribe", True)]


def test_tiers_of_support_in_a_chapter_of_another_name() -> None:
    """F1: numbered levels that name people are the chain wherever they stand; numbered chores are none."""
    text = "## Organisation\n\n1. **Niveau 1 – Équipe du fournil**\n   - Horaires : 5h–13h\n2. **Niveau 2 – Astreinte**\n   - Horaires : 24/7\n"
    assert [one.targets for one in compile_runbook(text).escalation_levels] == [("Équipe du fournil",), ("Astreinte",)]
    chores = compile_runbook("## Cleaning\n\n- Level 1: sweep the floor\n- Level 2: scrub the oven\n")
    assert chores.escalation_levels == ()


def test_a_severity_before_an_arrow_is_no_station() -> None:
    """F1: "P1 → Baker → Owner" is the chain of P1; a sentence behind the arrow that calls nobody makes none."""
    text = "## Severity levels\n- P1: a\n- P2: b\n- P3: c\n\n## Escalation paths\n\n- P1 → Baker → Owner\n- P2 → Page the chef\n- P3 → Ticket with low priority, notify if unresolved after 4h\n- The third time this week → Escalate to Ada for a lasting fix\n"
    playbook = compile_runbook(text)
    assert said(playbook.escalation_levels) == [("Baker", None), ("Owner", None)]
    assert {name: said(levels) for name, levels in playbook.escalation_by_severity.items()} == {"P2": [("chef", None)]}
    assert [one.text for one in playbook.escalation_rules] == [
        "The third time this week → Escalate to Ada for a lasting fix"
    ]


def test_whom_a_row_of_a_severity_notifies_is_its_chain() -> None:
    """F1: "Notify: Baker, Owner" in an escalation table calls both at once; a status page and a backlog are nobody."""
    text = "## Escalation matrix\n\n| Severity | Response | Notify |\n|---|---|---|\n| Critical (no bread) | 15 min | Page Baker, Owner |\n| High (little bread) | 1 hour | Baker |\n| Low (burnt bread) | 4 hours | Status page |\n"
    playbook = compile_runbook(text)
    assert said(playbook.escalation_levels) == [("Baker+Owner", None)]
    assert sorted(playbook.escalation_by_severity) == ["High"]
    assert [one.criteria for one in playbook.severities] == [("no bread",), ("little bread",), ("burnt bread",)]


def test_contacts_in_yaml() -> None:
    """E8: a mapping with an address is a contact, by its role or name; a placeholder leaves it unfilled."""
    text = '## Emergency contacts\n\n```yaml\ncontacts:\n  primary:\n    name: "Ada Brot"\n    role: "Head baker"\n    email: "ada@example.com"\n    phone: "+49 30 1234567"\n  second:\n    name: "[name]"\n    email: "[email]"\n```\n'
    ada, other = compile_runbook(text).contacts
    assert (ada.name, [one.type for one in ada.channels], ada.unfilled) == (
        "Head baker",
        ["name", "email", "phone"],
        False,
    )
    assert (other.name, other.unfilled) == ("second", True)


@pytest.mark.parametrize("hours", ["24/7", "9-5 CET", "9am to 6pm", "Mon-Fri", "07h–19h"])
def test_when_somebody_can_be_reached(hours: str) -> None:
    """B10, E8: hours in brackets behind a number are when it is answered; an area code is none."""
    text = f"## Contacts\n\n- Baker: +49 30 1234567 ({hours})\n- Owner: (030) 7654321\n"
    assert [one.availability for one in compile_runbook(text).contacts] == [hours, None]


def test_a_table_of_roles_alone_lists_people_to_call() -> None:
    """E9: names without any address are contacts that nobody filled in."""
    playbook = compile_runbook("## Emergency contacts\n\n| Role |\n|---|\n| Head baker |\n| Owner |\n")
    assert [(one.name, one.unfilled) for one in playbook.contacts] == [("Head baker", True), ("Owner", True)]


def test_addresses_below_a_level_belong_to_whoever_it_names() -> None:
    """E8: "L2 (Chef):" over phone and chat is one contact, the chef."""
    text = "## Escalation directory\n\nL1 (Baker):\n- Phone: +49 30 1234567\n- Slack: #ovens\n\nL2 (Chef):\n- Phone: +49 30 7654321\n"
    assert [one.name for one in compile_runbook(text).contacts] == ["Baker", "Chef"]


ROLES = {
    "checklists": "## Roles\n\n### Incident Commander checklist\n- [ ] decide\n\n### Scribe checklist\n- [ ] write\n",
    "bare names": "## Roles\n\n- Incident Commander\n- Scribe\n",
    "headings over fields": "## Roles\n\n### Team\n\n#### Incident Commander\n- **Role**: decides\n- **Hours**: weekdays\n\n#### Scribe\n- **Role**: writes\n- **Hours**: weekdays\n",
    "bold names over fenced duties": "## Roles\n\n**Incident Commander**\n```\n- decides\n- delegates\n```\n\n**Scribe**\n```\n- writes\n- reminds\n```\n",
}


@pytest.mark.parametrize("form", sorted(ROLES))
def test_roles_in_this_form(form: str) -> None:
    """E3, E12: the roles are the commander and the scribe, not the labels of what is said about them."""
    assert [one.name for one in compile_runbook("# R\n\n" + ROLES[form]).roles] == ["Incident Commander", "Scribe"]


OF_SEVERITIES = "| {} | {} | {} | {} |\n|---|---|---|---|\n| P0 | shop shut | 15 min | Oven lead |\n| P1 | till broken | 1 h | Till lead |\n"


@pytest.mark.parametrize(
    "heads",
    [
        ("Level", "Description", "Response time", "Responsible"),
        ("Priority", "Meaning", "Reaction", "Team"),
        ("Уровень", "Описание", "Время реагирования", "Кто"),
        ("Nivel", "Descripción", "Tiempo de respuesta", "Responsable"),
        ("レベル", "説明", "初動", "担当"),
        ("등급", "설명", "대응 시간", "담당자"),
    ],
    ids=["responsible", "team", "ru", "es", "ja", "ko"],
)
def test_who_answers_for_a_severity_is_not_called_for_another(heads: tuple[str, ...]) -> None:
    """F1: an escalation matrix of severities names one answering person each; it is no chain from row to row."""
    playbook = compile_runbook("# R\n\n## Escalation Matrix\n\n" + OF_SEVERITIES.format(*heads))
    assert said(playbook.escalation_levels) == [("Oven lead", None)]
    assert said(playbook.escalation_by_severity["P1"]) == [("Till lead", None)]
    assert [one.response_target and one.response_target.seconds for one in playbook.severities] == [900, 3600]


@pytest.mark.parametrize(
    ("heads", "critical", "high"),
    [
        ("| Condition | Escalate to | How |", "Critical, 15 min without an answer", "High, 1 hour without an answer"),
        ("| 条件 | 升级目标 | 方式 |", "Critical > 15 分钟未响应", "High > 1 小时未响应"),
    ],
    ids=["en", "zh"],
)
def test_a_table_of_conditions_calls_by_severity(heads: str, critical: str, high: str) -> None:
    """F1: the condition names the severity and the wait, another column whom to call; how to call is a third one."""
    text = (
        "# R\n\n## Severity levels\n\n- **Critical**: shut\n- **High**: slow\n\n## Escalation\n\n"
        f"{heads}\n|---|---|---|\n| {high} | Shift lead | phone |\n| {critical} | Owner | phone |\n"
    )
    playbook = compile_runbook(text)
    assert said(playbook.escalation_levels) == [("Owner", 15)]
    assert said(playbook.escalation_by_severity["High"]) == [("Shift lead", 60)]


@pytest.mark.parametrize("head", ["Escalate after", "Escalation time", "Erste Eskalation", "升级时间", "에스컬레이션"])
def test_a_severity_says_how_long_its_next_level_is_waited_for(head: str) -> None:
    """F1: the people stand in one chapter, the time for each severity in the table of the severities."""
    text = (
        f"# R\n\n## Severity\n\n| Severity | Response time | {head} |\n|---|---|---|\n| SEV1 | 5 min | 15 min |\n"
        "| SEV2 | 30 min | 1 h |\n| SEV3 | 1 day | - |\n\n## Escalation\n\n1. Baker on duty\n2. Shop lead\n3. Owner\n"
    )
    playbook = compile_runbook(text)
    assert said(playbook.escalation_levels) == [("Baker on duty", None), ("Shop lead", 15), ("Owner", None)]
    assert said(playbook.escalation_by_severity["SEV2"])[1] == ("Shop lead", 60)
    assert "SEV3" not in playbook.escalation_by_severity
    assert playbook.severities[2].actions == ()


def test_a_time_to_tell_somebody_moves_no_level() -> None:
    """F1: "Notify customers" in a table of severities has a time as well, which is not the time of the next level."""
    text = "# R\n\n## Severity\n\n| Severity | Response time | Notify customers |\n|---|---|---|\n| SEV1 | 5 min | 15 min |\n| SEV2 | 30 min | 1 h |\n\n## Escalation\n\n1. Baker on duty\n2. Shop lead\n"
    assert said(compile_runbook(text).escalation_levels) == [("Baker on duty", None), ("Shop lead", None)]


def test_numbered_steps_of_a_korean_chain() -> None:
    """F1: "1차" and "1단계" count the levels of a chain."""
    text = "# R\n\n## 에스컬레이션\n\n- 1차: 당직 엔지니어\n- 2차: 운영팀 팀장 (15분)\n- 3차: 본부장 (1시간)\n"
    chain = [("당직 엔지니어", None), ("운영팀 팀장", 15), ("본부장", 60)]
    assert said(compile_runbook(text).escalation_levels) == chain
    table = "# R\n\n## 에스컬레이션\n\n| 단계 | 담당자 | 시간 |\n|---|---|---|\n| 1단계 | 당직 엔지니어 | 즉시 |\n| 2단계 | 운영팀 팀장 | 15분 |\n| 3단계 | 본부장 | 1시간 |\n"
    assert said(compile_runbook(table).escalation_levels) == chain


def test_what_is_done_at_a_time_is_nobody_to_call() -> None:
    """F1: "30 min | 3 retries done" in a timetable names no people; a call or a person does."""
    text = "# R\n\n## Escalation\n\n| Time | Action |\n|---|---|\n| 0 min | Automatic alert (chat) |\n| 30 min | 3 retries done |\n| 1 h | Call Ana |\n| 2 h | Shop manager |\n| 4 h | Manual work needed |\n"
    assert said(compile_runbook(text).escalation_levels) == [("Ana", 60), ("Shop manager", 120)]


def test_a_table_of_support_levels_is_a_chain() -> None:
    """F1: tiers of support in a chapter of another name; a table of what levels may do is none."""
    text = "# R\n\n## {}\n\n| Level | Responsible | Hours |\n|---|---|---|\n| L1 | Oven robot | 24/7 |\n| L2 | Baker | 24/7 |\n| L3 | Owner | if needed |\n"
    playbook = compile_runbook(text.format("Support levels"))
    assert said(playbook.escalation_levels) == [("Oven robot", None), ("Baker", None), ("Owner", None)]
    assert compile_runbook(text.format("Access levels")).escalation_levels == ()


def test_what_to_do_about_something_is_nobody_to_call() -> None:
    """F1: "Flour missing → look at the store" below "Escalation" names no people; "Chef → Owner" does."""
    text = "# R\n\n## Escalation\n\n1. Flour missing → look at the store and the book\n2. Wrong bread → correct the recipe in the book\n3. No resolution in 30 min → open an issue with the logs\n"
    playbook = compile_runbook(text)
    assert playbook.escalation_levels == ()
    assert [one.code for one in playbook.findings if one.code == "TOC304"] == ["TOC304"]
    people = "# R\n\n## Escalation\n\n1. Oven stays cold → call the chef on duty\n2. Still cold in 30 min → call the owner of the shop\n"
    assert said(compile_runbook(people).escalation_levels) == [("chef on duty", None), ("owner of the shop", 30)]


@pytest.mark.parametrize(
    ("words", "nothing"),
    [
        ("Escalation", "Not required"),
        ("Escalado", "No requerida"),
        ("Eskalation", "nicht nötig"),
        ("Escalade", "sans objet"),
    ],
)
def test_a_severity_for_which_nobody_is_called(words: str, nothing: str) -> None:
    """A cell that says so names nobody to page, and nothing is missing there."""
    rows = f"| High | no bread | 5 min | Oven lead |\n| Low | a dry cake | 1 h | {nothing} |\n"
    playbook = compile_runbook(
        f"## Severity\n\n| Level | Meaning | Response time | {words} |\n|---|---|---|---|\n{rows}"
    )
    assert "Low" not in playbook.escalation_by_severity
    assert said(playbook.escalation_levels) == [("Oven lead", None)]
    assert "TOC303" not in {one.code for one in playbook.findings}


def test_a_level_that_only_says_what_to_do_names_nobody() -> None:
    """No empty name is paged; the finding says what is missing."""
    playbook = compile_runbook(
        "## Escalation\n\n### Level 1\n\n- Look at the oven\n\n### Level 2\n\n- Turn the gas off\n"
    )
    assert playbook.escalation_levels == ()
    assert [one.line for one in playbook.findings if one.code == "TOC309"] == [3, 7]


def test_those_who_use_the_service_are_not_paged() -> None:
    """To tell them below a severity is a duty, and calls nobody."""
    steps = "1. **Через 10 минут** эскалировать к старшему пекарю\n2. **Через 30 минут** уведомить клиентов\n"
    playbook = compile_runbook(f"## P1 - Нет хлеба\n\n### Действия\n\n{steps}\n## P2 - Мало хлеба\n\n- Очередь\n")
    assert said(playbook.escalation_levels) == [("старшему пекарю", 10)]


def test_people_of_a_team_with_a_column_for_how_to_reach_them_are_contacts() -> None:
    """Also where nobody has filled it in yet; without that column they are roles."""
    table = "## Response team\n\n### Roles\n\n| Role | Duty | {} |\n|---|---|---|\n| **Oven lead** | leads | [TBD] |\n| **Scribe** | writes | [TBD] |\n"
    assert [one.name for one in compile_runbook(table.format("Contact")).contacts] == ["Oven lead", "Scribe"]
    assert compile_runbook(table.format("Tools")).contacts == ()


@pytest.mark.parametrize(
    "title", ["How to report an incident", "Cómo reportar un incidente", "Störung melden", "Signaler un incident"]
)
def test_how_to_report_is_no_incident(title: str) -> None:
    """What leads to a report is part of the process, whatever is looked for."""
    text = (
        f"## {title}\n\n### 1. Detection\n\n**Symptoms**\n\n- No bread\n- Smoke\n\n### 2. Report\n\n- Ring the bakery\n"
    )
    assert [one for one in compile_runbook("# Oven\n\n" + text).procedures if one.kind == "incident"] == []


def test_a_time_behind_a_name_of_a_chain_needs_no_bracket() -> None:
    """ "Lead after 15 min" is called then, and is not called so."""
    chain = "- **SEV1**: baker → team lead after 15 min → CTO after 1 h without an answer\n"
    playbook = compile_runbook(f"# Bakery\n\n## Escalation\n\n{chain}- **SEV2**: baker → team lead (1 h)\n")
    assert [(one.targets, one.after and one.after.seconds) for one in playbook.escalation_levels] == [
        (("baker",), None),
        (("team lead",), 900),
        (("CTO",), 3600),
    ]
