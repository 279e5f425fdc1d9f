"""One process in every layout: three phases, each with its stretch of time and with what is to be done in it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Phase

MINUTES = (5, 20, 60)
"""The end of each phase, since the beginning."""


@dataclass(frozen=True, slots=True)
class Language:
    """How a process is told in one language."""

    process: str
    names: tuple[str, str, str]
    minute: str
    columns: tuple[str, str, str]
    acts: tuple[str, str, str]


LANGUAGES = {
    "en": Language(
        "Incident process",
        ("Detection", "Investigation", "Mitigation"),
        "min",
        ("Phase", "Time", "What to do"),
        ("Confirm the alarm", "Look at the sieve", "Close the gate"),
    ),
    "de": Language(
        "Ablauf",
        ("Erkennung", "Analyse", "Eindämmung"),
        "Minuten",
        ("Phase", "Zeit", "Maßnahmen"),
        ("Alarm bestätigen", "Sieb ansehen", "Schieber schließen"),
    ),
    "es": Language(
        "Proceso de respuesta",
        ("Detección", "Investigación", "Mitigación"),
        "min",
        ("Fase", "Tiempo", "Acciones"),
        ("Confirmar la alarma", "Mirar la criba", "Cerrar la compuerta"),
    ),
    "fr": Language(
        "Processus de réponse",
        ("Détection", "Investigation", "Confinement"),
        "min",
        ("Phase", "Durée", "Actions"),
        ("Confirmer l'alarme", "Regarder le tamis", "Fermer la vanne"),
    ),
    "pt": Language(
        "Processo de resposta",
        ("Detecção", "Investigação", "Mitigação"),
        "min",
        ("Fase", "Tempo", "Ações"),
        ("Confirmar o alarme", "Olhar a peneira", "Fechar a comporta"),
    ),
    "it": Language(
        "Processo di risposta",
        ("Rilevamento", "Indagine", "Mitigazione"),
        "min",
        ("Fase", "Tempo", "Azioni"),
        ("Confermare l'allarme", "Guardare il setaccio", "Chiudere la paratoia"),
    ),
    "ru": Language(
        "Процесс реагирования",
        ("Обнаружение", "Расследование", "Сдерживание"),
        "минут",
        ("Этап", "Время", "Действия"),
        ("Подтвердить тревогу", "Осмотреть сито", "Закрыть заслонку"),
    ),
    "ja": Language(
        "対応フロー",
        ("検知", "調査", "緩和"),
        "分",
        ("フェーズ", "時間", "対応内容"),
        ("警報を確認する", "ふるいを見る", "水門を閉じる"),
    ),
    "zh": Language(
        "应急响应流程",
        ("发现", "调查", "缓解"),
        "分钟",
        ("阶段", "时间", "处理措施"),
        ("确认警报", "查看筛子", "关闭闸门"),
    ),
}

TITLES = {
    "bracket": "{name} ({box})",
    "dash": "{name} – {box}",
    "hyphen": "{name} - {box}",
    "colon": "{name}: {box}",
    "bar": "{name} | {box}",
    "comma": "{name}, {box}",
    "square": "{name} [{box}]",
    "blank": "{name} {box}",
    "before": "{box}: {name}",
    "dash before": "{box} — {name}",
    "counted": "{n}. {name} – {box}",
    "phase": "Phase {n}: {name} – {box}",
    "roman": "Phase {roman}: {name} ({box})",
}

ROWS = {
    "items": "{n}. **{name}** ({box}): {act}\n",
    "items, box in bold": "{n}. **{name} ({box})**: {act}\n",
    "items, below": "{n}. **{name} ({box})**\n   - {act}\n",
    "items, time first": "{n}. **{box}: {name}** – {act}\n",
    "bullets": "- **{name} ({box})** – {act}\n",
}

TABLES = {
    "table": ("| {0} | {1} | {2} |\n|---|---|---|\n", "| {name} | {box} | {act} |\n"),
    "table, time last": ("| {0} | {2} | {1} |\n|---|---|---|\n", "| **{name}** | {act} | {box} |\n"),
    "table, time first": ("| {1} | {0} | {2} |\n|---|---|---|\n", "| {box} | {name} | {act} |\n"),
    "table, box in the name": ("| {0} | {2} |\n|---|---|\n", "| {name} ({box}) | {act} |\n"),
    "table, counted": ("| # | {0} | {2} | {1} |\n|---|---|---|---|\n", "| {n} | {name} | {act} | {box} |\n"),
}

EVERY = [*(f"title, {one}" for one in TITLES), *ROWS, *TABLES]


def document(language: Language, layout: str) -> str:
    """A runbook with the process told in that way."""
    told = [
        {
            "n": n + 1,
            "roman": "I" * (n + 1),
            "name": language.names[n],
            "box": f"{([0, *MINUTES])[n]}–{MINUTES[n]} {language.minute}",
            "act": language.acts[n],
        }
        for n in range(3)
    ]
    if layout in TABLES:
        head, row = TABLES[layout]
        body = head.format(*language.columns) + "".join(row.format(**one) for one in told)
    elif layout in ROWS:
        body = "".join(ROWS[layout].format(**one) for one in told)
    else:
        title = TITLES[layout.removeprefix("title, ")]
        body = "\n".join(f"### {title.format(**one)}\n\n- {one['act']}\n" for one in told)
    return f"# Windmill\n\n## {language.process}\n\n{body}\n"


def phases(text: str) -> list[Phase]:
    """Those that are read."""
    return list(compile_runbook(text.encode(), path="runbook.md").phases)


@pytest.mark.parametrize("layout", EVERY)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_process_is_the_same_in_every_layout(language: str, layout: str) -> None:
    """Three phases by their names, each with the end of its stretch of time and with the one thing to do."""
    told = LANGUAGES[language]
    found = phases(document(told, layout))
    assert [one.title for one in found] == list(told.names)
    assert [one.target.seconds if one.target else None for one in found] == [60 * end for end in MINUTES]
    assert [[step.title for step in one.steps] for one in found] == [[act] for act in told.acts]


def test_a_heading_that_is_only_a_stretch_of_time_is_a_phase() -> None:
    """ "0-5 minutes", "Minute 5-20": what stands below each is to be done by then."""
    told = "### 0-5 minutes\n\n- Ring\n\n### Minutes 5-20\n\n- Look\n\n### Hour 1\n\n- Close\n"
    text = f"# Windmill\n\n## Response timeline\n\n{told}"
    found = phases(text)
    assert [(one.target.seconds if one.target else None, [step.title for step in one.steps]) for one in found] == [
        (300, ["Ring"]),
        (1200, ["Look"]),
        (3600, ["Close"]),
    ]


def test_levels_beside_the_name_of_a_phase_are_those_that_it_is_for() -> None:
    """ "Containment — P1/P2" and "Triage, P1 only" are for these severities."""
    scale = "## Severity\n\n| Level | Meaning |\n|---|---|\n| P1 | all stands |\n| P2 | one stands |\n| P3 | slow |\n\n"
    found = phases(f"# Windmill\n\n{scale}## Containment — P1/P2\n\n- Close\n\n## Triage, P1 only\n\n- Look\n")
    assert [(one.title, one.severities) for one in found] == [("Containment", ("P1", "P2")), ("Triage", ("P1",))]


@pytest.mark.parametrize(
    "title", ["5xx errors rise", "2FA is down", "3PL feed stands still", "Mitigation of P1", "Recovery of oven 2"]
)
def test_a_number_that_is_no_time_stays_in_its_title(title: str) -> None:
    """What begins with a digit is not counted by it, and what holds one is not timed."""
    text = f"# Windmill\n\n## Common incidents\n\n### {title}\n\n**Symptoms**: none grinds\n\n```sh\nuptime\n```\n"
    playbook = compile_runbook(text.encode(), path="runbook.md")
    assert [one.title for one in (*playbook.procedures, *playbook.phases)] == [title]


@pytest.mark.parametrize(
    ("bracket", "minutes"),
    [
        ("last 15 minutes of logs", None),
        ("data of the last 24 hours", None),
        ("15 min of metrics", None),
        ("letzte 15 Minuten der Logs", None),
        ("dernières 15 minutes", None),
        ("últimos 15 minutos de logs", None),
        ("ultimi 15 minuti", None),
        ("laatste 15 minuten", None),
        ("ostatnie 15 minut", None),
        ("последние 15 минут логов", None),
        ("son 15 dakika", None),
        ("最近15分钟日志", None),
        ("直近15分のログ", None),
        ("최근 15분 로그", None),
        ("first 15 minutes", 15),
        ("within 15 minutes", 15),
        ("in den ersten 15 Minuten", 15),
        ("前15分钟", 15),
    ],
)
def test_a_time_that_is_looked_back_on_is_no_time_box(bracket: str, minutes: int | None) -> None:
    """The last quarter of an hour is read; nothing has to be done within it."""
    (found,) = phases(f"# Windmill\n\n## Incident response\n\n### Triage ({bracket})\n\n1. Look\n")
    assert (found.target.seconds if found.target else None) == (60 * minutes if minutes else None)
