"""Levels of which one thing is said, "SEV-3/4", and levels of which a time is all that is said."""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.scale import levels_together

TOGETHER = ("P3/P4", "P3/4", "P3 & P4", "P3 – P4", "P3, P4", "P3 and P4")
TONGUES = {
    "en": ("Severities", "Severity", "Response time", "Respond within {}", ("5 minutes", "30 minutes", "1 day")),
    "de": ("Schweregrade", "Grad", "Reaktionszeit", "Reaktion innerhalb von {}", ("5 Minuten", "30 Minuten", "1 Tag")),
    "fr": (
        "Niveaux de gravité",
        "Niveau",
        "Temps de réponse",
        "Réponse sous {}",
        ("5 minutes", "30 minutes", "1 jour"),
    ),
    "es": ("Gravedad", "Nivel", "Tiempo de respuesta", "Respuesta en {}", ("5 minutos", "30 minutos", "1 día")),
    "ja": ("重大度", "重大度", "応答時間", "{}以内に対応", ("5分", "30分", "1日")),
    "ru": ("Уровни критичности", "Уровень", "Время реакции", "Реакция в течение {}", ("5 минут", "30 минут", "1 дня")),
}
LAYOUTS = {
    "bold items": ("- **{n}**: mill. {p}.\n", ""),
    "items": ("- {n} – mill. {p}.\n", ""),
    "headings": ("### {n}\n\nmill. {p}.\n\n", ""),
    "rows": ("| {n} | mill | {t} |\n", "| {s} | What | {r} |\n|---|---|---|\n"),
}


def _responses(text: str) -> dict[str, int | None]:
    found = compile_runbook(text).severities
    return {one.name: one.response_target.seconds if one.response_target else None for one in found}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("tongue", TONGUES)
def test_what_is_said_of_two_levels_is_said_of_each(tongue: str, layout: str) -> None:
    """ "SEV-3/4", "P3 and P4", "P3–P4" name two levels wherever a level stands, and none is a stranger."""
    chapter, severity, response, promise, times = TONGUES[tongue]
    form, head = LAYOUTS[layout]
    pair = TOGETHER[(list(TONGUES).index(tongue) + 2 * list(LAYOUTS).index(layout)) % len(TOGETHER)]
    rows = (
        form.format(n=name, t=time, p=promise.format(time))
        for name, time in zip(("P1", "P2", pair), times, strict=True)
    )
    text = f"# Mill\n\n## {chapter}\n\n{head.format(s=severity, r=response)}{''.join(rows)}"
    assert _responses(text) == {"P1": 300, "P2": 1800, "P3": 86_400, "P4": 86_400}, pair
    assert "TOC111" not in [one.code for one in compile_runbook(text).findings]


def test_codes_before_a_verb_are_no_levels_of_an_item() -> None:
    """A sentence about two levels defines none, a range has the levels between, and a time is no level."""
    assert levels_together("P1/P2 are decided by the lead") == (("P1", "P2"), " are decided by the lead")
    assert levels_together("SEV-2–5: rest") == (("SEV-2", "SEV-3", "SEV-4", "SEV-5"), ": rest")
    assert levels_together("P1 – 5 minutes") == ((), "P1 – 5 minutes")
    assert levels_together("P1, 2 hours") == ((), "P1, 2 hours")
    assert levels_together("P1/3:30") == ((), "P1/3:30")
    text = "# Mill\n\n## Severities\n\n- P1: stands\n- P2: slow\n- P3/P4 are set by the lead\n"
    assert _responses(text) == {"P1": None, "P2": None}


@pytest.mark.parametrize("form", ["{n} – {t}", "{n}: {t}", "**{n}**: {t}", "**{n} ({t})**", "{n} ({t})", "{n} - < {t}"])
def test_a_time_that_is_all_that_is_said_is_the_response(form: str) -> None:
    """ "P1 – 5 minutes" in a chapter on severities: no label, no criterion, and what is measured is none."""
    items = "".join(f"- {form.format(n=n, t=t)}\n" for n, t in (("P1", "5 minutes"), ("P2", "2 hours")))
    found = compile_runbook(f"# Mill\n\n## Severities\n\n{items}").severities
    told = [(one.response_target.seconds if one.response_target else None, one.label, one.criteria) for one in found]
    assert told == [(300, None, ()), (7200, None, ())]


def test_a_sentence_behind_a_dash_is_no_label() -> None:
    """ "P1 – down. Fix in 4 hours." has a short word before the point: what is behind it is no part of a label."""
    text = "# Mill\n\n## Severities\n\n- P1 – xx. Respond within 5 min.\n- P2 – yy. Respond within 1 h.\n"
    found = compile_runbook(text).severities
    assert [(one.label, one.criteria) for one in found] == [(None, ("xx",)), (None, ("yy",))]
    assert _responses(text) == {"P1": 300, "P2": 3600}


BELOW = {
    "a dash between the clock and its time": "- **P1**: no bread\n  - response – 10 minutes\n  - resolution – 2 hours\n- **P2**: one shop\n  - response – 1 hour\n  - resolution – 1 day\n",
    "the same in Russian": "- **P1**: нет хлеба\n  - реакция — 10 минут\n  - решение — 2 часа\n- **P2**: один магазин\n  - реакция — 1 час\n  - решение — 1 день\n",
    "a list below a plain line": "■ P1 (no bread)\n- Response: 10 minutes\n- Resolution: 2 hours\n\n■ P2 (one shop)\n- Response: 1 hour\n- Resolution: 1 day\n",
}


@pytest.mark.parametrize("form", BELOW)
def test_what_stands_below_a_level_is_its_own(form: str) -> None:
    """A clock and its time with a dash between, and a list below a line that is not in bold."""
    found = compile_runbook(f"# Bakery\n\n## Severities\n\n{BELOW[form]}").severities
    told = [(one.response_target, one.resolution_target) for one in found]
    assert [tuple(one and one.seconds for one in pair) for pair in told] == [(600, 7200), (3600, 86_400)]


@pytest.mark.parametrize("chapter", ["Severities", "Severity & SLA"])
def test_a_time_alone_below_a_level_is_the_response(chapter: str) -> None:
    """ "P1", and below it "5 min" among what it is."""
    text = f"# Bakery\n\n## {chapter}\n\n* P1\n    * 5 min\n    * no bread\n* P2\n    * 30 min\n    * one shop\n"
    assert _responses(text) == {"P1": 300, "P2": 1800}
