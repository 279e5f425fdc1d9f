"""Severities in quotes, in one sentence, behind what is the matter, in tables without titles: each with its time."""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook

_LEVELS = (
    ("P1", "every berth is shut", "15 minutes"),
    ("P2", "one berth is shut", "2 hours"),
    ("P3", "all is dim", "2 days"),
)
_TITLES = "# Berth runbook\n\n## Severity\n\n"
_EACH = {
    "a quote for each": "> **{n}**: {what}. Respond within {time}.\n\n",
    "a callout for each": "> [!WARNING]\n> **{n}** {what}. Respond within {time}.\n\n",
    "the promise in a bracket": "- Level {i}: {what} (respond within {time})\n",
    "the clock in a bracket": "{i}. **{n}**: {what} (response: {time})\n",
    "a paragraph below a heading": "### {n}\n\n{what}. Response time: {time}.\n\n",
    "arrows": "- {what} → {n} → {time}\n",
    "cases": "- If {what}, it is a {n}: respond within {time}.\n",
}


def _read(text: str) -> list[tuple[tuple[str, ...], int | None]]:
    """What each level is and by when somebody answers, in seconds."""
    found = compile_runbook(text).severities
    return [(one.criteria, one.response_target.seconds if one.response_target else None) for one in found]


_SECONDS = [900, 7200, 172_800]


@pytest.mark.parametrize("layout", _EACH)
def test_each_level_has_what_it_is_and_its_time(layout: str) -> None:
    """The response target is the stated one, and the criteria are what is the matter and nothing of the promise."""
    body = "".join(_EACH[layout].format(i=i, n=n, what=what, time=time) for i, (n, what, time) in enumerate(_LEVELS, 1))
    found = _read(_TITLES + body)
    assert [seconds for _criteria, seconds in found] == _SECONDS
    said = [" ".join(criteria).strip(". ") for criteria, _seconds in found]
    assert said == [what for _n, what, _time in _LEVELS]


_TABLES = {
    "the first level where titles should be": "| P1 | every berth is shut | 15 minutes |\n|---|---|---|\n"
    "| P2 | one berth is shut | 2 hours |\n| P3 | all is dim | 2 days |\n",
    "a column for each level and no titles": "| P1 | P2 | P3 |\n|---|---|---|\n"
    "| every berth is shut | one berth is shut | all is dim |\n| 15 minutes | 2 hours | 2 days |\n",
    "columns of text": "```\nP1  every berth is shut  15 minutes\nP2  one berth is shut    2 hours\n"
    "P3  all is dim           2 days\n```\n",
    "one sentence": "There are P1 (every berth is shut, answer within 15 minutes), P2 (one berth is shut, answer within"
    " 2 hours) and P3 (all is dim, answer within 2 days).\n",
}


@pytest.mark.parametrize("layout", _TABLES)
def test_a_scale_without_titles_has_all_its_levels(layout: str) -> None:
    """The first row is a level as the others are, and a bracket behind a name says what that level is."""
    assert _read(_TITLES + _TABLES[layout]) == [
        ((what,), seconds) for (_n, what, _time), seconds in zip(_LEVELS, _SECONDS, strict=True)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "# Kai\n\n## Schweregrade\n\n- Alles steht → P1 → 15 Minuten\n- Ein Tor ist zu → P2 → 2 Stunden\n",
        "# Quai\n\n## Gravité\n\n- Si tout est fermé, c'est un P1 : réponse sous 15 minutes.\n- Si c'est lent, c'est un P2 : 2 h\n",
        "# Muelle\n\n## Severidad\n\n| P1 | todo parado | 15 minutos |\n|---|---|---|\n| P2 | lento | 2 h |\n| P3 | nada | 3 h |\n",
        "# Molo\n\n## Gravità\n\n> **P1**: tutto fermo. Risposta entro 15 minuti.\n\n> **P2**: lento. Risposta entro 2 ore.\n",
        "# 埠頭\n\n## 重大度\n\n- P1：全停止（15分以内に対応）\n- P2：一部停止（2時間以内に対応）\n",
    ],
)
def test_the_same_in_other_languages(text: str) -> None:
    """The first two levels have a criterion and are answered after 15 minutes and 2 hours."""
    (first, one), (second, other), *_ = _read(text)
    assert (one, other, bool(first), bool(second)) == (900, 7200, True, True)


def test_a_quote_about_several_levels_defines_none() -> None:
    """ "P1–P2: at once" below a matrix leaves the four levels of the matrix as they are."""
    matrix = "| | High | Low |\n|---|---|---|\n| Wide | P1 | P2 |\n| Narrow | P3 | P4 |\n\n> **P1–P2** = at once\n"
    names = [one.name for one in compile_runbook(_TITLES + matrix).severities]
    assert names == ["P1", "P2", "P3", "P4"]
