"""What to have at hand for a call, pronouns that look like an "if", and deadlines and contacts in other languages."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook
from tocsin.runbook.wording import condition_in


def _read(*lines: str) -> Playbook:
    return compile_runbook("\n".join(lines))


@pytest.mark.parametrize(
    ("title", "when", "label"),
    [
        ("When to escalate", "Call the lead if:", "Information to pass on (always):"),
        ("When to escalate", "Call the lead if:", "**What to tell them:**"),
        ("When to escalate", "Call the lead if:", "Before you call, collect:"),
        ("Cuándo escalar", "Llamar al jefe si:", "**Información a pasarle (siempre):**"),
        ("Quando escalar", "Ligar para o líder se:", "**Informações a enviar:**"),
        ("Quand escalader", "Appeler le chef si :", "**Informations à transmettre :**"),
        ("Wann eskalieren", "Den Leiter anrufen, wenn:", "**Mitzuteilende Informationen:**"),
        ("Quando scalare", "Chiamare il capo se:", "**Informazioni da fornire:**"),
        ("Когда эскалировать", "Звонить тимлиду, если:", "**Что сообщить:**"),
        ("何时升级", "联系负责人，如果：", "**需要提供的信息：**"),
    ],
)
def test_what_to_say_is_no_reason_to_call(title: str, when: str, label: str) -> None:
    """Of two lists below "When to escalate" the one that says what to have at hand is none of reasons."""
    playbook = _read("# Mill", f"## {title}", when, "- 500 x", "- white y", "", label, "", "1. The URL", "2. A picture")
    assert [rule.text for rule in playbook.escalation_rules] == ["500 x", "white y"]


def test_what_to_say_calls_nobody() -> None:
    """In a script without blanks such a list was taken for names."""
    playbook = _read("# 製粉所", "## エスカレーション基準", "**連絡時に伝える情報：**", "1. 正確なURL", "2. 画面の写真")
    assert not playbook.escalation_levels


@pytest.mark.parametrize(
    "sentence",
    [
        *("El horno se apaga con el botón", "Se reinicia el servicio desde el panel", "Las colas se vacían solas"),
        "Il server si riavvia nel pannello",
    ],
)
def test_a_pronoun_is_no_condition(sentence: str) -> None:
    """ "se" is no condition in Spanish, and "si" none in Italian."""
    assert condition_in(sentence) is None


@pytest.mark.parametrize(
    ("sentence", "condition"),
    [
        ("Si el horno se apaga, reiniciar", "Si el horno se apaga"),
        ("Se o forno está frio, reinicie", "Se o forno está frio"),
        ("Se la coda è piena, svuotarla", "Se la coda è piena"),
        ("Si le four est froid, relancer", "Si le four est froid"),
    ],
)
def test_the_same_word_is_a_condition_where_it_is_one(sentence: str, condition: str) -> None:
    """In Portuguese and Italian "se" is, in Spanish and French "si"."""
    assert condition_in(sentence) == condition


@pytest.mark.parametrize(
    ("title", "item"),
    [("사후 (24~72시간 내)", "Postmortem 작성"), ("Danach (binnen 72 Stunden)", "Post-Mortem schreiben")],
)
def test_a_deadline_stands_in_a_title_of_what_comes_after(title: str, item: str) -> None:
    """A chapter that is only called "Afterwards" says by when the report is due."""
    playbook = _read("# Mill", f"## {title}", f"- {item}", "- Look")
    assert playbook.postmortem is not None
    assert playbook.postmortem.due is not None
    assert playbook.postmortem.due.seconds == 72 * 3600


@pytest.mark.parametrize(
    ("title", "vendor", "use"),
    [
        ("Escalation contacts", "Vendor", "Use"),
        ("Contactos de escalación", "Proveedor", "Uso"),
        ("Contatos de escalonamento", "Fornecedor", "Uso"),
    ],
)
def test_contacts_for_an_escalation_are_contacts_in_any_language(title: str, vendor: str, use: str) -> None:
    """Vendors below such a title are listed to be contacted, though no address is given."""
    playbook = _read(
        "# Mill",
        f"## {title}",
        f"| {vendor} | {use} |",
        "|---|---|",
        "| Mill Support | Wheels |",
        "| Flour Inc | Flour |",
    )
    assert [one.name for one in playbook.contacts] == ["Mill Support", "Flour Inc"]


@pytest.mark.parametrize(
    ("seen", "likely"),
    [("Lo que ves", "Lo más probable"), ("What you see", "Most likely"), ("Was man sieht", "Wahrscheinlich")],
)
def test_what_you_see_and_what_it_most_likely_is(seen: str, likely: str) -> None:
    """A table of what is seen with its likely cause lists incidents."""
    playbook = _read(
        "# Mill", "## Notes", f"| {seen} | {likely} |", "|---|---|", "| a b | A wheel |", "| c d | A belt |"
    )
    assert [one.title for one in playbook.procedures] == ["a b", "c d"]


@pytest.mark.parametrize(
    ("condition", "escalate", "rows"),
    [
        ("Condition", "Escalate to", (("P1 found", "Miller, at once"), ("P1 not solved within 1 h", "Owner"))),
        (
            "Condition",
            "Escalader vers",
            (("P1 détecté", "Meunier immédiatement"), ("P1 non résolu en 1 heure", "Directeur")),
        ),
        ("Bedingung", "Eskalieren an", (("P1 erkannt", "Müller sofort"), ("P1 nach einer Stunde ungelöst", "Leiter"))),
        ("Condizione", "Scalare a", (("P1 rilevato", "Mugnaio subito"), ("P1 non risolto entro 1 ora", "Direttore"))),
    ],
)
def test_a_table_of_conditions_says_whom_to_call_in_any_language(
    condition: str, escalate: str, rows: tuple[tuple[str, str], ...]
) -> None:
    """The second column names who is called, without the words that say it is at once."""
    said = [f"| {when} | {whom} |" for when, whom in rows]
    playbook = _read(
        *("# Mill", "## Severity", "- P1: all down", "- P2: slow", "## Escalation"),
        *(f"| {condition} | {escalate} |", "|---|---|", *said),
    )
    first, second = playbook.escalation_levels
    assert first.targets in (("Miller",), ("Meunier",), ("Müller",), ("Mugnaio",))
    assert second.targets == (rows[1][1],)
    assert second.after is not None
    assert second.after.seconds == 3600


def test_a_bracket_behind_whom_to_call_is_kept_whole() -> None:
    """Where the cell says nothing of when."""
    rows = ("| Fire | Owner (see x) |", "| Flood of the loft | Watch + lead (see `y`)|")
    playbook = _read("# Mill", "## Escalation", "| Situation | Escalate to |", "|---|---|", *rows)
    said = [rule.text for rule in playbook.escalation_rules]
    assert said == ["Fire → Owner (see x)", "Flood of the loft → Watch + lead (see y)"]
