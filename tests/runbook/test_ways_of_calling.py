"""By what somebody is called, before the name: "Phone call to the head miller", "Email support@mill.example"."""

from __future__ import annotations

import itertools

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook

HEADINGS = {
    "en": "Escalation path",
    "it": "Percorso di escalation",
    "es": "Ruta de escalamiento",
    "pt": "Fluxo de escalonamento",
    "fr": "Chaîne d'escalade",
    "de": "Eskalationspfad",
    "nl": "Escalatiepad",
    "ja": "エスカレーションフロー",
    "zh": "升级流程",
}

STEPS = [
    (
        "en",
        "Email support@dee.example",
        "Phone call to the duty manager",
        "no answer after 15 min",
        "Escalate to the CEO",
    ),
    (
        "it",
        "Email a support@dee.example",
        "Telefonata al responsabile",
        "nessuna risposta entro 15 min",
        "Escalation al CEO",
    ),
    ("es", "Correo a support@dee.example", "Llamada al responsable", "sin respuesta en 15 min", "Escalamiento al CEO"),
    (
        "pt",
        "E-mail para support@dee.example",
        "Ligação para o gerente",
        "sem resposta em 15 min",
        "Escalonamento para o CEO",
    ),
    ("fr", "Mail support@dee.example", "Appel au responsable", "sans réponse sous 15 min", "Escalade vers le CEO"),
    (
        "de",
        "E-Mail an support@dee.example",
        "Anruf beim Schichtleiter",
        "keine Antwort nach 15 Min",
        "Eskalation an den CEO",
    ),
    (
        "nl",
        "E-mail naar support@dee.example",
        "Telefoontje naar de manager",
        "geen antwoord na 15 min",
        "Escalatie naar de CEO",
    ),
    ("ja", "support@dee.example にメール", "当番マネージャーに電話", "15分応答なし", "CEOへエスカレーション"),
    ("zh", "发邮件至 support@dee.example", "致电值班经理", "15分钟无响应", "升级至CEO"),
]
NAMES = ["duty manager", "responsabile", "responsable", "gerente", "responsable"]
NAMES += ["Schichtleiter", "manager", "当番マネージャー", "值班经理"]

PLACES = {
    "numbers and arrows": "```\n1. {0}\n      ↓ ({2})\n2. {1}\n      ↓ ({2})\n3. {3}\n```",
    "arrows": "```\n{0}\n   ↓ {2}\n{1}\n   ↓ {2}\n{3}\n```",
    "list": "1. {0}\n2. {2}: {1}\n3. {2}: {3}",
    "line": "{0} → ({2}) → {1} → ({2}) → {3}",
}


def _read(text: str) -> Playbook:
    return compile_runbook(f"# Incident response\n\n{text}\n")


@pytest.mark.parametrize("place", PLACES)
def test_the_words_for_a_call_are_no_part_of_the_name_in_any_language(place: str) -> None:
    """Whoever is behind a mail address, a call or an escalation is called, and a second wait begins with the first."""
    for (language, *step), name in zip(STEPS, NAMES, strict=True):
        found = _read(f"## {HEADINGS[language]}\n\n{PLACES[place].format(*step)}").escalation_levels
        said = [(level.targets, level.after and level.after.seconds) for level in found]
        assert said == [(("support@dee.example",), None), ((name,), 900), (("CEO",), 1800)], (place, language)


def test_a_name_that_begins_with_such_a_word_is_whole() -> None:
    """ "Call center" and "Alert manager" are names, and a person keeps the own name beside an address."""
    found = _read("## Escalation path\n\nCall center → (10 min) → Ada Stone ada@mill.example → (20 min) → CTO")
    assert [level.targets for level in found.escalation_levels] == [("Call center",), ("Ada Stone",), ("CTO",)]


@pytest.mark.parametrize(
    "limit", ["(no answer for 30 min — only P1)", "(no answer for 30 min, P1 only)", "(30 min, P1 only)"]
)
def test_a_wait_of_one_severity_holds_for_no_other(limit: str) -> None:
    """What limits a wait to one level may stand behind it, and a wait with a time for each level spares nobody."""
    scale = (
        "| Level | Definition | Response |\n|---|---|---|\n| P1 | Mill stands | 15 min |\n| P2 | Dust | 1 hour |\n\n"
    )
    drawn = f"```\nDuty desk\n   ↓ (no answer in 15 min for P1, 30 min for P2)\nHead miller\n   ↓ {limit}\nOwner\n```"
    found = _read(f"## Severity levels\n\n{scale}## Escalation path\n\n{drawn}")
    first, second = found.escalation_levels, found.escalation_by_severity["P2"]
    assert [(one.targets[0], one.after and one.after.seconds) for one in first] == [
        ("Duty desk", None),
        ("Head miller", 900),
        ("Owner", 1800),
    ]
    assert [(one.targets[0], one.after and one.after.seconds) for one in second] == [
        ("Duty desk", None),
        ("Head miller", 1800),
    ]


CONTACTS = [
    ("en", "Contacts to fill in", ["Role", "Team"], ["Contact", "Channel", "Availability"], "TBD"),
    ("fr", "Contacts à compléter", ["Rôle", "Qui"], ["Coordonnées", "Canal", "Comment le joindre"], "à compléter"),
    ("es", "Contactos por completar", ["Rol", "Quién"], ["Canal", "Cómo contactar"], "por definir"),
    ("pt", "Contatos a preencher", ["Papel", "Quem"], ["Canal", "Como contatar"], "a definir"),
    ("de", "Kontakte noch zu ergänzen", ["Rolle", "Wer"], ["Erreichbar", "Kontaktdaten", "Kanal"], "noch offen"),
    ("it", "Contatti da completare", ["Ruolo", "Chi"], ["Recapiti", "Come contattare"], "da definire"),
    ("ja", "連絡先（要記入）", ["役割", "誰"], ["連絡先", "チャンネル"], "未定"),
    ("zh", "联系人（待补充）", ["角色", "谁"], ["联系", "渠道"], "待定"),
    ("nl", "Contactpersonen in te vullen", ["Rol", "Wie"], ["Kanaal", "Bereikbaarheid"], "in te vullen"),
    ("pl", "Kontakty do uzupełnienia", ["Rola", "Kto"], ["Sposób kontaktu", "Kanał"], "do uzupełnienia"),
    ("tr", "İletişim bilgileri", ["Rol", "Kim"], ["Nasıl ulaşılır", "Kanal"], "doldurulacak"),
]


@pytest.mark.parametrize(
    ("heading", "roles", "ways", "blank"), [row[1:] for row in CONTACTS], ids=[row[0] for row in CONTACTS]
)
def test_roles_with_a_way_to_be_filled_in_are_contacts(
    heading: str, roles: list[str], ways: list[str], blank: str
) -> None:
    """A chapter of contacts may say of itself that it is still to fill in, as each of its rows does."""
    for role, way in itertools.product(roles, ways):
        rows = f"| {role} | {way} |\n|---|---|\n| CTO | {blank} |\n| Helpdesk | {blank} |\n"
        found = _read(f"Mill\n\n## {heading}\n\n{rows}").contacts
        assert [(one.name, one.unfilled) for one in found] == [("CTO", True), ("Helpdesk", True)], (role, way)


def test_a_column_of_teams_says_whom_and_the_next_one_where() -> None:
    """ "Team" is no chat: the row is of the team, and what stands behind it is the way to reach it."""
    found = _read(
        "## Contacts\n\n| Team | Contact |\n|---|---|\n| Mill team | #mill |\n| Help desk | help@mill.example |\n"
    )
    assert [(one.name, [way.value for way in one.channels]) for one in found.contacts] == [
        ("Mill team", ["#mill"]),
        ("Help desk", ["help@mill.example"]),
    ]


CHAT = "```\n🔺 ESCALATION\n*Incident:* INC-0001\n*Status:* [status]\n```"


@pytest.mark.parametrize(
    "title",
    [
        "Escalation notice template",
        "升级通知模板",
        "故障通告模板",
        "エスカレーション通知テンプレート",
        "에스컬레이션 알림 템플릿",
        "Eskalationsvorlagen",
        "Modèles d'escalade",
        "Sjabloon voor escalatie",
        "Szablon powiadomienia o eskalacji",
    ],
)
def test_a_template_of_an_escalation_is_a_message_in_any_language(title: str) -> None:
    """The noun of such a title may be joined to what the message is of, or stand behind a word for a notice."""
    assert [one.name for one in _read(f"## {title}\n\n### Chat\n\n{CHAT}").templates] == ["Chat"]


def test_a_template_may_stand_in_an_item_that_leads_to_it() -> None:
    """ "Use the template:" in a list of steps; a template of a ticket or of a report there is no message."""
    block = CHAT.replace("\n", "\n   ")
    leads = ["Use the template:", "使用模板:", "Vorlage:", "Usar a plantilla:", "Utiliser le modèle :", "テンプレート:"]
    for lead in leads:
        found = _read(f"## How to escalate\n\n### Step 2: Tell the others\n\n1. Ring the bell\n2. {lead}\n   {block}")
        assert [one.name for one in found.templates] == ["Tell the others"], lead
    for lead in ("Open a ticket by the template:", "Post-mortem template:"):
        found = _read(f"## How to escalate\n\n### Step 2: Tell the others\n\n1. Ring the bell\n2. {lead}\n   {block}")
        assert found.templates == (), lead
