"""The three messages about an incident in every layout and language."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tocsin.runbook.compile import compile_runbook


@dataclass(frozen=True, slots=True)
class Language:
    """A chapter of messages: what it and they are called, their words, and the titles of a table of them."""

    chapter: str
    names: tuple[str, str, str]
    bodies: tuple[str, str, str]
    columns: tuple[str, str]


LANGUAGES = {
    "en": Language(
        "Communication templates",
        ("Initial notice", "Update", "Resolved"),
        (
            "We are looking into slow grinding in [mill]. Next news at [time].",
            "The cause is known: [cause]. Next news at [time].",
            "Grinding is back to normal since [time].",
        ),
        ("Stage", "Message"),
    ),
    "de": Language(
        "Kommunikationsvorlagen",
        ("Erstmeldung", "Update", "Entwarnung"),
        (
            "Wir untersuchen langsames Mahlen in [Mühle]. Nächste Nachricht um [Uhrzeit].",
            "Die Ursache ist bekannt: [Ursache]. Nächste Nachricht um [Uhrzeit].",
            "Seit [Uhrzeit] mahlt alles wieder normal.",
        ),
        ("Phase", "Nachricht"),
    ),
    "es": Language(
        "Plantillas de comunicación",
        ("Aviso inicial", "Actualización", "Resolución"),
        (
            "Investigamos una molienda lenta en [molino]. Próximas noticias a las [hora].",
            "La causa es conocida: [causa]. Próximas noticias a las [hora].",
            "La molienda es normal desde las [hora].",
        ),
        ("Etapa", "Mensaje"),
    ),
    "fr": Language(
        "Modèles de communication",
        ("Message initial", "Mise à jour", "Résolution"),
        (
            "Nous étudions une mouture lente à [moulin]. Prochaines nouvelles à [heure].",
            "La cause est connue : [cause]. Prochaines nouvelles à [heure].",
            "La mouture est normale depuis [heure].",
        ),
        ("Étape", "Message"),
    ),
    "pt": Language(
        "Modelos de comunicação",
        ("Aviso inicial", "Atualização", "Resolução"),
        (
            "Estamos investigando moagem lenta em [moinho]. Próximas notícias às [hora].",
            "A causa é conhecida: [causa]. Próximas notícias às [hora].",
            "A moagem está normal desde [hora].",
        ),
        ("Etapa", "Mensagem"),
    ),
    "it": Language(
        "Modelli di comunicazione",
        ("Avviso iniziale", "Aggiornamento", "Risoluzione"),
        (
            "Stiamo indagando su una macinatura lenta a [mulino]. Prossime notizie alle [ora].",
            "La causa è nota: [causa]. Prossime notizie alle [ora].",
            "La macinatura è normale dalle [ora].",
        ),
        ("Fase", "Messaggio"),
    ),
    "ru": Language(
        "Шаблоны сообщений",
        ("Первое сообщение", "Обновление", "Решено"),
        (
            "Мы изучаем медленный помол на [мельница]. Следующее сообщение в [время].",
            "Причина известна: [причина]. Следующее сообщение в [время].",
            "Помол в норме с [время].",
        ),
        ("Этап", "Сообщение"),
    ),
    "ja": Language(
        "連絡テンプレート",
        ("初報", "続報", "復旧報告"),
        (
            "[水車]で製粉が遅くなっており、調査しています。次回のお知らせは[時刻]です。",
            "原因は[原因]と判明しました。次回のお知らせは[時刻]です。",
            "[時刻]より通常どおり製粉しています。",
        ),
        ("段階", "文面"),
    ),
    "zh": Language(
        "沟通模板",
        ("首次通知", "进展更新", "恢复通知"),
        (
            "我们正在调查[磨坊]研磨缓慢的问题。下次更新时间：[时间]。",
            "原因已查明：[原因]。下次更新时间：[时间]。",
            "自[时间]起研磨已恢复正常。",
        ),
        ("阶段", "消息内容"),
    ),
}

LAYOUTS = {
    "heading, code": "### {name}\n\n```\n{body}\n```\n\n",
    "heading, text": "### {name}\n\n```text\n{body}\n```\n\n",
    "heading, Markdown": "### {name}\n\n```markdown\n**{name}**\n\n{body}\n```\n\n",
    "heading, quote": "### {name}\n\n> {body}\n\n",
    "heading, quoted": '### {name}\n\n"{body}"\n\n',
    "heading, paragraph": "### {name}\n\n{body}\n\n",
    "heading with a number": "### {n}. {name}\n\n```\n{body}\n```\n\n",
    "heading with the word": "### Template {n}: {name}\n\n```\n{body}\n```\n\n",
    "bold, code": "**{name}**\n\n```\n{body}\n```\n\n",
    "bold above code": "**{name}:**\n```\n{body}\n```\n\n",
    "bold, quote": "**{name}**\n\n> {body}\n\n",
    "bold above a quote": "**{name}:**\n> {body}\n\n",
    "bold, paragraph": "**{name}**: {body}\n\n",
    "bold, quoted": '**{name}**: "{body}"\n\n',
    "label, code": "{name}:\n\n```\n{body}\n```\n\n",
    "label, quote": "{name}:\n\n> {body}\n\n",
    "list": "- **{name}**: {body}\n",
    "list, quoted": '- **{name}:** "{body}"\n',
    "list, italic": "- **{name}** — *{body}*\n",
    "list, code": "- **{name}**: `{body}`\n",
    "list above quotes": "- **{name}**\n\n  > {body}\n\n",
    "list above code": "- **{name}**\n\n  ```\n  {body}\n  ```\n\n",
    "numbered": '{n}. **{name}**: "{body}"\n',
    "numbered above quotes": "{n}. {name}:\n   > {body}\n\n",
    "details": "<details>\n<summary>{name}</summary>\n\n```\n{body}\n```\n\n</details>\n\n",
    "quote with its name": "> **{name}**\n>\n> {body}\n\n",
    "quote with a label": "> **{name}:** {body}\n\n",
    "subject": "### {name}\n\nSubject: {name}\n\n{body}\n\n",
    "HTML": "<h3>{name}</h3>\n<blockquote>{body}</blockquote>\n\n",
}
"""What stands for each of them."""

TABLES = {"table": "| {name} | {body} |\n", "table, quoted": '| **{name}** | "{body}" |\n'}
"""A row for each."""


def document(language: Language, layout: str) -> str:
    """A runbook with the chapter."""
    form = (LAYOUTS | TABLES)[layout]
    told = zip(language.names, language.bodies, strict=True)
    each = "".join(form.format(name=name, body=body, n=n) for n, (name, body) in enumerate(told, 1))
    head = f"| {' | '.join(language.columns)} |\n|---|---|\n" if layout in TABLES else ""
    return f"# Mill\n\n## {language.chapter}\n\n{head}{each}\n"


@pytest.mark.parametrize("layout", [*LAYOUTS, *TABLES])
@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_are_found_in_every_layout(language: str, layout: str) -> None:
    """Three templates in their order: the first notice, news and the end, each with its words and without its name."""
    told = LANGUAGES[language]
    found = compile_runbook(document(told, layout).encode(), path="runbook.md").templates
    assert [one.key.removeprefix("customer_") for one in found] == ["initial", "update", "resolved"]
    assert [body in one.body for body, one in zip(told.bodies, found, strict=True)] == [True] * 3


@pytest.mark.parametrize(
    "table",
    [
        "| Stage | Who writes |\n|---|---|\n| First | The miller on duty writes it within ten minutes |\n",
        "| Stage | Channel |\n|---|---|\n| First | #mill |\n| Update | #mill |\n",
    ],
)
def test_a_table_about_messages_holds_none(table: str) -> None:
    """Who writes them and where they go is no message: nothing in it is to be filled in, and nothing is quoted."""
    text = f"# Mill\n\n## Communication templates\n\n{table}\n"
    assert compile_runbook(text.encode(), path="runbook.md").templates == ()
