"""One ladder in one phrase: "the lead has 20 minutes, the owner 40", wherever a team writes it, in nine languages."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import EscalationLevel

TITLES = {
    "en": ("Severity levels", "Escalation"),
    "de": ("Schweregrade", "Eskalation"),
    "fr": ("Niveaux de gravité", "Escalade"),
    "es": ("Niveles de severidad", "Escalamiento"),
    "it": ("Livelli di gravità", "Escalation"),
    "pt": ("Níveis de severidade", "Escalonamento"),
    "ja": ("重大度", "エスカレーション"),
    "zh": ("严重级别", "升级流程"),
    "nl": ("Ernstniveaus", "Escalatie"),
}
"""What a language calls the severities and the escalation."""

PEOPLE = {
    "en": ("on-call engineer", "team lead", "operations director"),
    "de": ("Bereitschaft", "Teamleitung", "Betriebsleiter"),
    "fr": ("ingénieur d'astreinte", "chef d'équipe", "directeur technique"),
    "es": ("ingeniero de guardia", "jefe de equipo", "director técnico"),
    "it": ("tecnico reperibile", "caposquadra", "direttore tecnico"),
    "pt": ("engenheiro de plantão", "líder da equipe", "diretor técnico"),
    "ja": ("当番", "班長", "部長"),
    "zh": ("值班工程师", "组长", "技术总监"),
    "nl": ("storingsdienst", "teamleider", "bedrijfsleider"),
}

LADDERS: dict[str, list[tuple[str, int]]] = {
    "beside": [("ab", 0), ("c", 60)],  # two at once, and the third one by a time
    "verb": [("ab", 0), ("c", 45)],  # the same with a verb, and a clause without one
    "wakes": [("a", 0), ("c", 45)],  # who wakes whom
    "has": [("a", 0), ("b", 20), ("c", 60)],  # how long each of them has
    "unfixed": [("a", 0), ("c", 45)],  # who comes when it is not mended
    "given": [("a", 0), ("c", 10)],  # a time in brackets that whoever is called has
}
"""Whom each phrase calls, by the letters of its people, and how many minutes after the start."""

PHRASES = {
    "en": {
        "beside": "{a} and {b} right away, {c} within the hour.",
        "verb": "page the {a} and the {b} immediately; after 45 minutes the {c}.",
        "wakes": "wakes the {a}, then the {c} after 45 minutes.",
        "has": "the {a} has 20 minutes, the {b} has 40, then the {c}.",
        "unfixed": "{a} first, {c} if it is not fixed in 45 min.",
        "given": "page the {a} (10 minutes to answer), then the {c}.",
    },
    "de": {
        "beside": "{a} und {b} sofort, {c} innerhalb einer Stunde.",
        "verb": "{a} und {b} sofort anrufen; nach 45 Minuten den {c}.",
        "wakes": "weckt die {a}, nach 45 Minuten dann den {c}.",
        "has": "die {a} hat 20 Minuten, die {b} 40, danach der {c}.",
        "unfixed": "zuerst die {a}, der {c}, wenn es nach 45 min nicht behoben ist.",
        "given": "die {a} anrufen (10 Minuten zum Antworten), dann den {c}.",
    },
    "fr": {
        "beside": "{a} et {b} immédiatement, {c} dans l'heure.",
        "verb": "appeler l'{a} et le {b} immédiatement ; après 45 minutes le {c}.",
        "wakes": "réveille l'{a}, puis le {c} après 45 minutes.",
        "has": "l'{a} a 20 minutes, le {b} 40, puis le {c}.",
        "unfixed": "d'abord l'{a}, le {c} si ce n'est pas résolu en 45 min.",
        "given": "appeler l'{a} (10 minutes pour répondre), puis le {c}.",
    },
    "es": {
        "beside": "{a} y {b} de inmediato, {c} en menos de una hora.",
        "verb": "llamar al {a} y al {b} de inmediato; a los 45 minutos al {c}.",
        "wakes": "despierta al {a}, luego al {c} a los 45 minutos.",
        "has": "el {a} tiene 20 minutos, el {b} 40, luego el {c}.",
        "unfixed": "primero el {a}, el {c} si no se resuelve en 45 min.",
        "given": "llamar al {a} (10 minutos para responder), luego al {c}.",
    },
    "it": {
        "beside": "{a} e {b} subito, {c} entro un'ora.",
        "verb": "chiamare subito il {a} e il {b}; dopo 45 minuti il {c}.",
        "wakes": "sveglia il {a}, poi il {c} dopo 45 minuti.",
        "has": "il {a} ha 20 minuti, il {b} 40, poi il {c}.",
        "unfixed": "prima il {a}, il {c} se non si risolve in 45 min.",
        "given": "chiamare il {a} (10 minuti per rispondere), poi il {c}.",
    },
    "pt": {
        "beside": "{a} e {b} imediatamente, {c} em até uma hora.",
        "verb": "ligar para o {a} e o {b} imediatamente; após 45 minutos para o {c}.",
        "wakes": "acorda o {a}, depois o {c} após 45 minutos.",
        "has": "o {a} tem 20 minutos, o {b} 40, depois o {c}.",
        "unfixed": "primeiro o {a}, o {c} se não for resolvido em 45 min.",
        "given": "ligar para o {a} (10 minutos para responder), depois o {c}.",
    },
    "ja": {
        "beside": "{a}と{b}に即時連絡、{c}は1時間以内。",
        "verb": "{a}と{b}を即座に呼び出す。45分後に{c}。",
        "wakes": "{a}を呼び出し、45分後に{c}を呼び出す。",
        "has": "{a}は20分、{b}は40分、その後{c}。",
        "unfixed": "まず{a}、45分で復旧しなければ{c}。",
        "given": "{a}を呼び出す（応答は10分以内）、その後{c}。",
    },
    "zh": {
        "beside": "立即通知{a}和{b}，一小时内通知{c}。",
        "verb": "立即呼叫{a}和{b}；45分钟后呼叫{c}。",
        "wakes": "叫醒{a}，45分钟后叫醒{c}。",
        "has": "{a}有20分钟，{b}有40分钟，然后是{c}。",
        "unfixed": "先找{a}，45分钟未解决则找{c}。",
        "given": "呼叫{a}（10分钟内响应），然后{c}。",
    },
    "nl": {
        "verb": "bel de {a} en de {b} direct; na 45 minuten de {c}.",
        "wakes": "wekt de {a}, dan de {c} na 45 minuten.",
        "has": "de {a} heeft 20 minuten, de {b} 40, daarna de {c}.",
        "unfixed": "eerst de {a}, de {c} als het na 45 min niet is opgelost.",
        "given": "bel de {a} (10 minuten om te reageren), dan de {c}.",
    },
}

Place = Callable[[str, str, str, str], str]


def _beside_a_scale(body: str) -> Place:
    """A chapter of its own for the escalation, or one for each severity."""
    return lambda severities, title, upper, lower: (
        f"## {severities}\n\n- **SEV1**: x\n- **SEV2**: y\n\n"
        + body.format(title=title, upper=upper, lower=lower, capital=_capital(upper))
    )


def _cell(severities: str, title: str, upper: str, lower: str) -> str:
    rows = f"| SEV1 | x | {_capital(upper)} |\n| SEV2 | y | {lower} |"
    return f"## {severities}\n\n| {severities.split()[0]} | # | {title} |\n|---|---|---|\n{rows}\n"


PLACES: dict[str, Place] = {
    "paragraphs": _beside_a_scale("## {title}\n\nSEV1: {capital}\n\nSEV2: {lower}\n"),
    "items": _beside_a_scale("## {title}\n\n- **SEV1** – {upper}\n- **SEV2** – {lower}\n"),
    "nested": _beside_a_scale("## {title}\n\n- SEV1\n  - {capital}\n- SEV2\n  - {lower}\n"),
    "headings": _beside_a_scale("## {title}\n\n### SEV1\n\n{capital}\n\n### SEV2\n\n{lower}\n"),
    "labels": _beside_a_scale("## SEV1\n\n- **{title}**: {upper}\n\n## SEV2\n\n- **{title}**: {lower}\n"),
    "cells": _cell,
}
"""Where a phrase of the first severity stands beside a name of the second one."""


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _called(levels: tuple[EscalationLevel, ...]) -> list[tuple[str, int]]:
    seconds = [one.after.seconds or 0 if one.after else 0 for one in levels]
    return [("+".join(one.targets).casefold(), after // 60) for one, after in zip(levels, seconds, strict=True)]


SAID = [(code, name) for code, phrases in PHRASES.items() for name in phrases]
TRIED = [(code, name, place) for (code, name), place in zip(SAID, itertools.cycle(PLACES), strict=False)]
"""Each phrase once, in one place after the other: the languages have it in places of their own."""


@pytest.mark.parametrize(("code", "name", "place"), TRIED)
def test_a_phrase_calls_each_of_its_people_at_their_time(code: str, name: str, place: str) -> None:
    """Nobody waits for a time that is another one's, and who is named for the second severity is called for it."""
    people, (severities, title) = PEOPLE[code], TITLES[code]
    named = dict(zip("abc", people, strict=True))
    text = PHRASES[code][name].format(**named)
    first = _capital(people[0]) + ("。" if code in ("ja", "zh") else ".")
    playbook = compile_runbook(f"# Kiln\n\n{PLACES[place](severities, title, text, first)}")
    expected = [("+".join(named[one] for one in who).casefold(), after) for who, after in LADDERS[name]]
    assert _called(playbook.escalation_levels) == expected, text
    assert _called(playbook.escalation_by_severity["SEV2"]) == [(people[0].casefold(), 0)]


def test_a_phrase_by_itself_is_the_chain_of_all() -> None:
    """One sentence below the heading is enough, in whichever language."""
    for (code, (severities, title)), name in zip(TITLES.items(), itertools.cycle(list(LADDERS)[1:]), strict=False):
        named = dict(zip("abc", PEOPLE[code], strict=True))
        text = _capital(PHRASES[code][name].format(**named))
        scale = f"## {severities}\n\n- **SEV1**: x\n- **SEV2**: y\n"
        playbook = compile_runbook(f"# Kiln\n\n{scale}\n## {title}\n\n{text}\n")
        expected = [("+".join(named[one] for one in who).casefold(), after) for who, after in LADDERS[name]]
        assert _called(playbook.escalation_levels) == expected, text
