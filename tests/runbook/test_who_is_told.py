"""Which sentences oblige somebody to tell somebody something, and which only speak of sending, telling or style."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook

DUTIES = {
    "en": [
        ("Notify the affected customers", "customers"),
        ("Send an email to all stakeholders", "stakeholders"),
        ("Send the evening summary to the CEO", "executives"),
        ("Tell the support team what to say", "support"),
        ("Post an update in #mill-incidents", "internal"),
        ("Once the mill turns, send a status update", "internal"),
        ("Send it to the bakers", "internal"),
        ("The mill lead sends the report to stakeholders", "stakeholders"),
    ],
    "de": [
        ("Betroffene Kunden informieren", "customers"),
        ("Die Geschäftsführung benachrichtigen", "executives"),
    ],
    "es": [("Avisar a los clientes afectados", "customers"), ("Informar a la dirección", "executives")],
    "fr": [("Prévenir les clients concernés", "customers"), ("Informer la direction", "executives")],
    "it": [("Avvisare i clienti interessati", "customers"), ("Informare la direzione", "executives")],
    "pt": [("Avisar os clientes afetados", "customers"), ("Informar a diretoria", "executives")],
    "ja": [("影響のある顧客に連絡する", "customers"), ("経営層へ報告", "executives")],
    "zh": [("通知受影响的客户", "customers"), ("通知管理层", "executives")],
    "ru": [("Уведомить клиентов", "customers"), ("Сообщить руководству", "executives")],
}
NO_DUTIES = {
    "en": [
        "Send a test event from the mill's console",
        "Send /grind in the channel of the mill",
        "Keep sends disabled and watch the mill",
        "Set GRAIN_SENDS_OFF=true and restart",
        "The mill sends a heartbeat every second",
        "This tells the mill where the grain lies",
        "Do not notify customers before the lead agrees",
        "Never tell the press anything",
        "Avoid informing customers too early",
    ],
    "de": ["Kunden nicht informieren", "Niemals die Presse informieren"],
    "es": ["No informar a los clientes todavía", "Nunca informar a la prensa"],
    "fr": ["Ne pas informer les clients", "Ne jamais prévenir la presse"],
    "it": ["Non informare i clienti", "Mai informare la stampa"],
    "pt": ["Não informar os clientes ainda", "Nunca avisar a imprensa"],
    "ja": ["顧客に連絡しないこと", "マスコミには通知しない"],
    "zh": ["不要通知客户", "请勿告知媒体"],
    "ru": ["Не уведомлять клиентов", "Никогда не сообщать прессе"],
}
RESPONSE = "# Mill runbook\n\n## Response\n\n"


def told(text: str) -> list[tuple[str, str]]:
    """The text and the audience of each duty that a document holds."""
    return [(rule.text, rule.audience) for rule in compile_runbook(text.encode()).communication]


@pytest.mark.parametrize(("said", "audience"), [one for several in DUTIES.values() for one in several])
@pytest.mark.parametrize("title", ["Response", "Communication"])
@pytest.mark.parametrize("mark", ["- ", "1. ", ""])
def test_a_duty_to_tell_is_read_with_its_audience(said: str, audience: str, title: str, mark: str) -> None:
    """G3 to G5: in a list, numbered or not, and in prose, in a phase and in a chapter on communication."""
    assert told(f"# Mill runbook\n\n## {title}\n\n{mark}{said}\n") == [(said, audience)]


@pytest.mark.parametrize("said", [one for several in NO_DUTIES.values() for one in several])
@pytest.mark.parametrize("mark", ["- ", "1. ", ""])
def test_what_only_speaks_of_telling_is_no_duty(said: str, mark: str) -> None:
    """A machine that sends, a test message, and what is not to be told: publishing fails closed."""
    assert told(f"{RESPONSE}{mark}{said}\n") == []


@pytest.mark.parametrize(
    "said", [one for several in NO_DUTIES.values() for one in several if "notif" in one or len(several) < 3]
)
def test_what_is_not_to_be_told_is_no_duty_of_a_chapter_on_communication(said: str) -> None:
    """The same where every item tells somebody something."""
    assert told(f"# Mill runbook\n\n## Communication\n\n- {said}\n") == []


@pytest.mark.parametrize(
    "above",
    [
        "**Don't:**",
        "**DON'T**:",
        "### What not to do",
        "Avoid:",
        "**Vermeiden:**",
        "**No hacer:**",
        "**Ne pas faire :**",
    ],
)
def test_what_stands_below_do_not_is_no_duty(above: str) -> None:
    """A list of what is not to be done says the opposite of what its items say."""
    items = "- Tell customers about the cause early\n- Blame the millers\n"
    text = f"# Mill runbook\n\n## Communication\n\n{above}\n\n{items}"
    assert told(text) == []


def test_advice_on_style_is_no_duty() -> None:
    """How to write is not whom to tell; an audience alone below "External:" is."""
    text = """# Mill runbook

## Communication

**Style:**
- Be honest
- Explain the impact clearly
- Use plain words

**External:**
- Bakers
- Status page: one line
- Offer workarounds
"""
    duties = [("Bakers", "customers"), ("Status page: one line", "customers"), ("Offer workarounds", "customers")]
    assert told(text) == duties


@pytest.mark.parametrize(
    "said",
    [
        "Stop the mill, then notify the bakers' support team",
        "If the mill burns, tell the owner",
        "Write the report and send it to stakeholders",
        "Arrêter le moulin et prévenir les clients",
        "Si el molino arde, avisar a los clientes",
        "Mühle anhalten, Kunden informieren",
        "水車が止まった場合は、顧客へ連絡する",
        "停止磨坊，立即通知客户",
        "Остановить мельницу и уведомить клиентов",
    ],
)
def test_a_later_clause_that_tells_somebody_is_a_duty(said: str) -> None:
    """What has to be done first, or the condition, stands before it."""
    assert [text for text, _audience in told(f"{RESPONSE}- {said}\n")] == [said]


@pytest.mark.parametrize(
    "said",
    [
        "The mill grinds, weighs, communicates, and stops by itself",
        "Stay calm, follow the steps, communicate often!",
        "For each fault: look, stop, communicate, mend",
        "水車の起動に失敗すると、通知が飛ぶようにしておく",
    ],
)
def test_a_later_clause_that_names_nobody_is_no_duty(said: str) -> None:
    """A word for telling among others, with nobody and no news behind it."""
    assert told(f"{RESPONSE}- {said}\n") == []


def test_a_symptom_that_speaks_of_sending_is_no_duty() -> None:
    """What customers cannot do is what is wrong."""
    text = "# Mill runbook\n\n## Incident: post is stuck\n\n### Symptoms\n\n- Users cannot send messages to the team\n"
    assert told(text) == []
