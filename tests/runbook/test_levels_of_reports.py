"""The severities whose incidents ask for a report, wherever the chapter on reports says so."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook

SCALE = (
    "# Ovens\n\n## Severity\n\n| Level | Meaning |\n|---|---|\n| SEV-1 | all |\n| SEV-2 | some |\n| SEV-3 | one |\n\n"
)


@pytest.mark.parametrize(
    "chapter",
    [
        "## Post-mortem template\n\nAfter resolving a SEV-1 or SEV-2 incident:\n\n- Summary\n- Timeline\n",
        "## Post-mortem template (SEV-1/2)\n\n### Summary\n\n### Timeline\n",
        "## Post-mortem\n\nFor SEV-1 and SEV-2 incidents:\n\n1. Write it\n2. Share it\n",
        "## Post-mortem\n\nMandatory for SEV-1/SEV-2, optional for SEV-3.\n",
        "## Plantilla de postmortem (SEV-1/2)\n\n### Resumen\n\n### Cronología\n",
        "## Postmortem-Vorlage (SEV-1/2)\n\n### Ursache\n\n### Maßnahmen\n",
        "## 复盘报告模板（SEV-1/2）\n\n### 概述\n\n### 根因\n",
    ],
)
def test_a_title_or_the_line_above_the_parts_names_the_levels(chapter: str) -> None:
    """Nobody was reminded of a report that the heading of its template asks for."""
    policy = compile_runbook(SCALE + chapter).postmortem
    assert policy is not None
    assert policy.required_for == ("SEV-1", "SEV-2")


def test_a_chapter_that_names_no_level_asks_for_none() -> None:
    """A level in what is to be filled in, or one that needs no report, is not asked for."""
    text = "## Post-mortem template\n\n### Summary\n\n- **Severity**: SEV-1/2/3\n\n### Impact\n"
    policy = compile_runbook(SCALE + text).postmortem
    assert policy is not None
    assert policy.required_for == ()
