"""Titles with several subjects, grids whose cells act, tables of alerts in a phase, numbers with digits left out."""

from __future__ import annotations

import pytest

from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook, Trigger


def _read(*lines: str) -> Playbook:
    return compile_runbook("\n".join(lines))


def _chain(playbook: Playbook) -> list[tuple[str, float | None]]:
    return [
        ("+".join(one.targets), one.after.seconds / 60 if one.after is not None and one.after.seconds else None)
        for one in playbook.escalation_levels
    ]


@pytest.mark.parametrize(
    "title",
    [
        "Severity and definitions",
        "Severidad y definiciones",
        "Introdução e severidade",
        "Définitions et gravité",
        "Gravità e glossario",
        "Schweregrade und Begriffe",
    ],
)
def test_a_title_with_a_glossary_beside_it_is_about_the_other_subject(title: str) -> None:
    """Bare labels below "Severity and definitions" are levels as below "Severity"."""
    playbook = _read("# Mill", f"## {title}", "- **Critical**: no flour at all", "- **Low**: a sieve squeaks")
    assert [one.name for one in playbook.severities] == ["Critical", "Low"]


@pytest.mark.parametrize("title", ["Runbook: Incident response", "Runbook", "Procedimento: resposta a incidentes"])
def test_a_document_called_a_runbook_may_define_a_scale(title: str) -> None:
    """A title that says "runbook" makes a document no procedure of which severities are only told."""
    table = ("| Grade | What it means |", "|---|---|", "| SEV1 | no flour |", "| SEV2 | little flour |")
    assert [one.name for one in _read(f"# {title}", "## How bad", *table).severities] == ["SEV1", "SEV2"]


@pytest.mark.parametrize(
    ("high", "low"),
    [
        ("Alertas críticas (Critical)", "Alertas bajas"),
        ("Alertas CRÍTICOS (Critical)", "Alertas baixos"),
        ("Alertes critiques (Critical)", "Alertes mineures"),
        ("Allarmi critici (Critical)", "Allarmi bassi"),
    ],
)
def test_levels_are_named_in_the_plural_as_well(high: str, low: str) -> None:
    """ "Alertas críticos" below a chapter on severity is the level, and the bracket is its label."""
    playbook = _read(
        "# Mill",
        "## Procedures by severity",
        f"### {high}",
        "**SLA**: Response < 5 min | Resolution < 15 min",
        f"### {low}",
    )
    top, _other = playbook.severities
    assert top.name == high.split()[1]
    assert top.label == "Critical"
    targets = [top.response_target, top.resolution_target]
    assert [one.seconds for one in targets if one is not None] == [300, 900]


def test_a_label_in_code_below_a_level_names_an_alert_and_no_clock() -> None:
    """ "`GristHigh`: above 80 % for 5 min" is an example of the level, not something to do within 5 minutes."""
    playbook = _read(
        "# Mill",
        "## Severity",
        "### High",
        "- `GristHigh`: above 80% for 5min",
        "- Time to look: 5 min",
        "### Low",
        "- squeaks",
    )
    assert playbook.severities[0].criteria == ("GristHigh: above 80% for 5min",)


@pytest.mark.parametrize(
    ("title", "heads", "calls"),
    [
        ("Escalation & contacts", "Scenario | Action | Contact", ("Call the owner", "Call the miller")),
        ("Escalación y contactos", "Escenario | Acción | Contacto", ("Llamar al dueño", "Llamar CTO")),
        ("Escalonamento e contatos", "Cenário | Ação | Contato", ("Acionar o gerente", "Acionar CTO")),
        ("Escalade et contacts", "Scénario | Action | Contact", ("Appeler le directeur", "Appeler le meunier")),
        ("Escalation e contatti", "Scenario | Azione | Contatto", ("Chiamare il direttore", "Chiamare il mugnaio")),
    ],
)
def test_a_table_of_scenarios_names_whom_its_actions_call(title: str, heads: str, calls: tuple[str, str]) -> None:
    """The rows of a severity are its chain, and the contacts are whom the action calls, not the scenarios."""
    playbook = _read(
        "# Mill",
        "## Severity",
        "- **SEV1**: no flour",
        "- **SEV2**: little flour",
        f"## {title}",
        f"| {heads} |",
        "|---|---|---|",
        f"| SEV1 > 5 min | {calls[0]} | +49 30 555 0142 |",
        f"| SEV1 > 15 min | {calls[1]} | +49 30 555 0143 |",
        "| Fire | Open the sluice | Canal team |",
    )
    who = [call.split()[-1] for call in calls]
    assert _chain(playbook) == [(who[0], 5), (who[1], 15)]
    assert [one.name for one in playbook.contacts] == [*who, "Canal team"]


@pytest.mark.parametrize(
    ("first", "second", "third"),
    [
        ("On-call investigates", "Escalate to the lead miller", "On-call continues"),
        ("On-call investiga", "Escalado Lead Miller", "On-call continúa"),
        ("On-call enquête", "Escalade Lead Miller", "On-call continue"),
        ("On-call verifica", "Escalation Lead Miller", "On-call prosegue"),
        ("On-call investiga", "Escalonamento Lead Miller", "On-call continua"),
    ],
)
def test_the_cells_of_a_grid_name_whoever_acts_in_them(first: str, second: str, third: str) -> None:
    """ "Escalade Lead Dev" calls the lead dev, "On-call continue" nobody new, and a war room answers no page."""
    playbook = _read(
        "# Mill",
        "## Severity",
        "- **P1**: no flour",
        "- **P2**: little flour",
        "## Escalation",
        "| Time | P1 | P2 |",
        "|---|---|---|",
        f"| 0-15 min | {first} | {first} |",
        f"| 15-30 min | {second} | {third} |",
        f"| 1h+ | War room | {second} |",
    )
    assert [(who.casefold(), after) for who, after in _chain(playbook)] == [("on-call", None), ("lead miller", 15)]
    low = playbook.escalation_by_severity["P2"]
    assert [one.targets[0].casefold() for one in low] == ["on-call", "lead miller"]


@pytest.mark.parametrize(
    "heads",
    [
        "Alert | Metric | Limit | First action",
        "Alerta | Métrica | Limite | Ação primária",
        "Alerta | Métrica | Límite | Acción primaria",
        "Alerte | Mesure | Seuil | Action immédiate",
    ],
)
def test_a_table_of_alerts_in_a_phase_is_a_procedure_a_row(heads: str) -> None:
    """The document has the prefix of one procedure and a chapter on detection, and still names two alerts."""
    playbook = _read(
        "# Runbook: Critical alerts",
        "## Monitored alerts",
        f"| {heads} |",
        "|---|---|---|---|",
        "| `GristErrorRate` | bad sacks of all sacks | > 1 % | Stop the sieve and call the miller |",
        "| `SluiceDrop` | water at the wheel | < 2 m | Open the upper sluice by hand |",
        "## General procedure",
        "1. Look at the wheel.",
    )
    assert [one.title for one in playbook.procedures] == ["GristErrorRate", "SluiceDrop"]


@pytest.mark.parametrize(
    "again",
    [
        "Three times in 24 h: tell the owner",
        "Ocorrência repetida em 24h: envolver o gerente",
        "Repetido en 24 horas: avisar al gerente",
        "Répété en 24 h : prévenir le directeur",
        "Ripetuto in 24 ore: avvisare il direttore",
        "Wiederholt in 24 Stunden: Leitung anrufen",
    ],
)
def test_how_often_something_happens_is_no_time_that_is_waited(again: str) -> None:
    """What recurs within a day pages nobody a day into the first time."""
    playbook = _read(
        "# Mill", "## Escalation", "- No flour for more than 30 minutes: page the head miller", f"- {again}"
    )
    assert _chain(playbook) == [("head miller", 30)]


@pytest.mark.parametrize("verb", ["Attach", "Allega", "Adjuntar", "Anexar", "Joindre", "Beifügen"])
def test_what_to_send_along_is_nobody_to_page(verb: str) -> None:
    """ "2. **Attach:**" over a list of files is no second level, and an address behind a name is a contact."""
    playbook = _read(
        "# Mill",
        "## Escalation",
        "If the wheel still stands after 1 hour:",
        "1. **Contact the mill support team:** wheel@mill.test",
        f"2. **{verb}:**",
        "   - the log of the day",
    )
    assert [level.targets for level in playbook.escalation_levels] == [("mill support team",)]
    (contact,) = playbook.contacts
    assert (contact.name, contact.channels[0].value) == ("mill support team", "wheel@mill.test")


@pytest.mark.parametrize(
    "line",
    ["Head of finance; administrator.", "Responsable financiero; administrador.", "Gerente de vendas, coordenador"],
)
def test_a_line_of_names_below_escalation_is_a_chain(line: str) -> None:
    """Two people between signs, and nothing else, are called in that order; a sentence about two is none."""
    playbook = _read("# Mill", "## Escalation", line)
    assert len(playbook.escalation_levels) == 2
    assert playbook.escalation_levels[1].trigger is Trigger.UNSTATED
    assert not _read("# Mill", "## Escalation", "The lead looks at it, the manager decides.").escalation_levels


@pytest.mark.parametrize(
    ("number", "left_out"),
    [
        ("+33 6 XX XX XX XX", True),
        ("+55 (11) 9XXXX-XXXX", True),
        ("555-XXXX", True),
        ("+33 6 55 50 01 42", False),
        ("5xx", False),
        ("4xx-5xx", False),
    ],
)
def test_a_number_without_some_of_its_digits_is_a_blank(number: str, left_out: bool) -> None:
    """Nobody answers at "+33 6 XX XX XX XX"; what a server answers is no number of a telephone."""
    assert is_gap(number) is left_out
    if left_out:
        playbook = _read(
            "# Mill", "## Contacts", "| Role | Phone |", "|---|---|", f"| Miller | {number} |", "| Owner | |"
        )
        assert all(one.unfilled for one in playbook.contacts)


@pytest.mark.parametrize(
    ("answers", "gives_up"),
    [
        ("Response: < 5 minutes after the escalation", "Escalate to L2 if not resolved in 15 min"),
        ("Resposta: < 5 minutos após escalação", "Escala para L2 se: não resolver em 15min"),
        ("Respuesta: < 5 minutos tras el escalado", "Escala a L2 si no se resuelve en 15 min"),
        ("Réponse : < 5 minutes après escalade", "Escalade au N2 si non résolu en 15 min"),
    ],
)
def test_how_soon_a_level_answers_is_not_when_it_gives_up(answers: str, gives_up: str) -> None:
    """The next level comes when this one gives up, not as soon as this one has promised to answer."""
    playbook = _read(
        "# Mill",
        "## Escalation",
        "**Level 1 - On-call**",
        f"- {answers}",
        f"- {gives_up}",
        "",
        "**Level 2 - Head miller**",
        f"- {answers}",
        "",
        "**Level 3 - Owner**",
        "- decides",
    )
    assert _chain(playbook) == [("On-call", None), ("Head miller", 15), ("Owner", None)]


@pytest.mark.parametrize(
    ("second", "third"),
    [
        ("When to escalate to L2 (lead)", "When to escalate to L3 (owner)"),
        ("Quando escalar para L2 (gerente)", "Quando escalar para L3 (dono)"),
        ("Cuándo escalar a L2 (jefe)", "Cuándo escalar a L3 (dueño)"),
        ("Quand escalader au N2 (chef)", "Quand escalader au N3 (directeur)"),
    ],
)
def test_reasons_below_the_name_of_a_level_say_when_it_comes(second: str, third: str) -> None:
    """The one time among the reasons to escalate to a level is when that level is called."""
    playbook = _read(
        "# Mill",
        "## Escalation",
        "**Level 1 - On-call**",
        "- looks at it",
        "",
        "**Level 2 - Head miller**",
        "- mends it",
        "",
        "**Level 3 - Owner**",
        "- decides",
        f"## {second}",
        "- 15 min",
        "- another wheel stands",
        f"## {third}",
        "- it lasts (>1h)",
    )
    assert _chain(playbook) == [("On-call", None), ("Head miller", 15), ("Owner", 60)]


@pytest.mark.parametrize(
    ("title", "hourly", "daily"),
    [
        ("How often we tell", "every hour", "daily"),
        ("Frequência de atualização", "a cada hora", "diário"),
        ("Frecuencia de actualización", "cada hora", "diario"),
        ("Fréquence des mises à jour", "toutes les heures", "quotidien"),
        ("Frequenza degli aggiornamenti", "ogni ora", "quotidiano"),
    ],
)
def test_rhythms_belong_to_the_level_that_a_line_begins_with(title: str, hourly: str, daily: str) -> None:
    """Levels that are called by a word have each their own rhythm of updates, "Minor: daily" as well."""
    playbook = _read(
        "# Mill",
        "## Severity",
        "- **Critical**: no flour",
        "- **Minor**: a squeak",
        "## Communication",
        f"### {title}",
        f"- Critical: {hourly}",
        f"- Minor: {daily}",
    )
    assert {one.severities: one.every.seconds for one in playbook.cadences} == {("Critical",): 3600, ("Minor",): 86_400}


@pytest.mark.parametrize(
    "title", ["Escalation template", "Template for escalation", "Template de escalação", "Plantilla de escalamiento"]
)
def test_a_template_of_an_escalation_is_a_message_whatever_parts_it_has(title: str) -> None:
    """ "Symptoms:" and "Impact:" in the code block of a message are its lines, and no parts of a procedure."""
    playbook = _read(
        "# Mill",
        "## Escalation",
        f"### {title}",
        "```",
        "TO THE OWNER",
        "",
        "Since: [HH:MM]",
        "",
        "Symptoms:",
        "- [what happens]",
        "",
        "Impact:",
        "- [how many sacks]",
        "```",
    )
    (message,) = playbook.templates
    assert "Impact:" in message.body
    assert not playbook.escalation_levels


@pytest.mark.parametrize(
    "sentence",
    [
        "Antwortet nach 10 Minuten niemand, ruft der Wachmüller den Mühlenleiter an.",
        "Nach 10 Minuten ruft die Leitstelle den Mühlenleiter an.",
        "Der Wachmüller ruft nach 10 Minuten den Mühlenleiter an.",
    ],
)
def test_a_german_sentence_pages_whom_it_calls_and_not_the_caller(sentence: str) -> None:
    """Of two names behind the verb the first one calls: "ruft der Wachmüller den Mühlenleiter an"."""
    assert _chain(_read("# Mühle", "## Eskalation", sentence)) == [("Mühlenleiter", 10)]


@pytest.mark.parametrize("where", ["Post in Slack #mill:", "En Slack #mill (a mano):", "Aggiornare Slack ogni 5 min:"])
def test_what_is_posted_in_a_channel_is_a_message(where: str) -> None:
    """A code block below a line that names a room is sent there, filled in or not; settings below it are not."""
    playbook = _read(
        "# Mill",
        "## Phase 1: Declare",
        where,
        "```",
        "🚨 WHEEL STANDS",
        "Since: 14:30",
        "```",
        "#mill:",
        "```",
        "a = 1",
        "```",
    )
    assert [one.body.split("\n")[0] for one in playbook.templates] == ["🚨 WHEEL STANDS"]


@pytest.mark.parametrize("third", ["If half of the ovens are cold", "Si la mitad está fría", "Se metade está fria"])
def test_a_condition_with_commands_beside_two_incidents_is_one_as_well(third: str) -> None:
    """ "If … (SEV2)" over a block of shell stands in the line of the incidents that are named by what is down."""
    titles = ("If the backend is down", "If the database is down", third)
    shell = ("```bash", "systemctl restart oven", "```")
    playbook = _read("# Mill", "## Phase 3: Mitigation", *(line for one in titles for line in (f"### {one}", *shell)))
    assert [one.title for one in playbook.procedures] == list(titles)


@pytest.mark.parametrize(
    "title",
    [
        "Runbook 20-B — Sieve torn",
        "Runbook 3.2 - Sieve torn",
        "Runbook de incidentes: Sieve torn",
        "Runbook d'incident : Sieve torn",
        "Incident runbook: Sieve torn",
    ],
)
def test_a_numbered_runbook_is_about_what_its_title_says(title: str) -> None:
    """The number may have a letter, and the prefix may say that the runbook is one of incidents."""
    (procedure,) = _read(f"# {title}", "## Look", "Look through the sieve.", "## Then", "Sew it.").procedures
    assert procedure.title == "Sieve torn"


@pytest.mark.parametrize("label", ["Action", "Acción", "Ação", "Azione"])
def test_an_incident_with_an_action_alone_stands_beside_those_with_symptoms(label: str) -> None:
    """ "- Action: …" below a title makes an incident of it where the others have "- Symptom: …" as well."""
    named = ("The mill does not answer", "The sieve is not turning", "The gate does not open")
    lines = [line for one in named for line in (f"## {one}", "- Symptom: silence", f"- {label}: turn the key.")]
    playbook = _read("# Runbook", *lines, "## Key lost by somebody", f"- {label}: change the lock.")
    assert [one.title for one in playbook.procedures] == [*named, "Key lost by somebody"]


@pytest.mark.parametrize(
    ("title", "heads", "grave"),
    [
        ("Alerts", "Alert | Condition | Severity | Response", "high"),
        ("Alarme", "Alarm | Bedingung | Schwere | Reaktion", "hoch"),
        ("Alertas", "Alerta | Condición | Severidad | Acción", "alta"),
    ],
)
def test_an_alert_in_a_table_and_in_a_chapter_is_one_procedure(title: str, heads: str, grave: str) -> None:
    """The row gives what it looks like and whom to call, the chapter "Runbook `…`" the steps; "high" is no step."""
    playbook = _read(
        "# Mill alerts of the gate",
        f"## {title}",
        f"| {heads} |",
        "|---|---|---|---|",
        f"| `sieve_torn` | more than 2 sacks a minute | {grave} | call the miller on duty now |",
        f"| `gate_slow` | less than 1 m of water | {grave} | look at it on the next day |",
        "## Runbook `sieve_torn`",
        "1. Stop the sieve.",
        "2. Sew it.",
    )
    found = {one.title: one for one in playbook.procedures}
    assert len(playbook.procedures) == len(found) == 2
    assert [step.title for step in found["sieve_torn"].steps] == [
        "call the miller on duty now",
        "Stop the sieve.",
        "Sew it.",
    ]
    assert [one.text for one in found["sieve_torn"].symptoms] == ["more than 2 sacks a minute"]


@pytest.mark.parametrize(
    "lines",
    [
        (
            "1. On-call",
            "2. If on-call does not answer in 10 minutes: lead",
            "3. If lead does not answer in 10 minutes: owner",
        ),
        (
            "1. Page the on-call.",
            "2. No answer in 10 minutes: page the lead.",
            "3. No answer in 10 minutes: page the owner.",
        ),
        ("On-call → no answer for 10 min → lead → no answer for 10 min → owner",),
        ("On-call → (10 min) → lead → (10 min) → owner",),
    ],
)
def test_a_wait_that_is_said_twice_is_waited_for_twice(lines: tuple[str, ...]) -> None:
    """The third one is called ten minutes after the second, not in the same minute; a wait is nobody's name."""
    found = [(who.casefold(), after) for who, after in _chain(_read("# Mill", "## Escalation", *lines))]
    assert found == [("on-call", None), ("lead", 10), ("owner", 20)]
