"""The parts of a team's report, however its skeleton is written; and what stands in the same places and is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import PostmortemPolicy

PARTS = {
    "Post-mortem template": ("Summary", "Timeline", "Oven log", "Impact", "Root cause", "Action items"),
    "Plantilla de postmortem": ("Resumen", "Cronología", "Estado del horno", "Impacto", "Causa raíz", "Acciones"),
    "Modèle de post-mortem": ("Résumé", "Chronologie", "État du four", "Impact", "Cause racine", "Actions"),
    "Postmortem-Vorlage": ("Zusammenfassung", "Zeitverlauf", "Ofenbuch", "Auswirkungen", "Ursache", "Maßnahmen"),
    "Modelo de relatório": ("Resumo", "Linha do tempo", "Estado do forno", "Impacto", "Causa raiz", "Ações"),
    "Modello di rapporto": ("Riepilogo", "Cronologia", "Stato del forno", "Impatto", "Causa radice", "Azioni"),
    "Шаблон отчёта": ("Резюме", "Хронология", "Журнал печи", "Влияние", "Первопричина", "Меры"),
    "ポストモーテムテンプレート": ("概要", "タイムライン", "窯の記録", "影響", "根本原因", "再発防止策"),
    "复盘报告模板": ("概述", "时间线", "烤箱日志", "影响范围", "根因", "改进措施"),
}
OWN_WORDS = frozenset(names[2] for names in PARTS.values())
"""Parts that no list of words holds: their siblings vouch for them."""


def _each(form: str) -> Callable[[Sequence[str]], str]:
    return lambda parts: "".join(form.format(part) for part in parts)


def _fenced(form: str, above: str = "", info: str = "") -> Callable[[Sequence[str]], str]:
    return lambda parts: f"```{info}\n{above}{_each(form)(parts)}```\n"


LAYOUTS: dict[str, Callable[[Sequence[str]], str]] = {
    "headings": _each("### {}\n\n"),
    "numbered headings": lambda parts: "".join(f"### {n}. {one}\n\n[…]\n\n" for n, one in enumerate(parts, 1)),
    "headings above lists of blanks": _each("### {}\n\n- **Loaves**: <number>\n- **Guests**: <number>\n\n"),
    "headings above questions": _each("### {}\n\n- What happened?\n- Since when?\n\n"),
    "headings below fields": lambda parts: (
        "**Date:** [date]\n**Baker:** [name]\n\n" + _each("### {}\n\n[…]\n\n")(parts)
    ),
    "lines in bold above lists": _each("**{}:**\n- What happened?\n- Since when?\n\n"),
    "lines in bold": _each("**{}**\n\n[describe it]\n\n"),
    "labels": _each("**{}:** [describe it]\n\n"),
    "plain labels": _each("{}: ____\n\n"),
    "labels on one block of lines": _each("**{}:** [describe it]\n"),
    "items in bold": _each("- **{}**\n  - who saw it\n  - since when\n"),
    "rows": lambda parts: "| Section | Content |\n|---|---|\n" + _each("| {} | what to write there |\n")(parts),
    "a quote": _each("> **{}:** [describe it]\n>\n"),
    "code with headings": _fenced("## {}\n[…]\n\n", "# Review of the night\n\n", "markdown"),
    "code with lower headings": _fenced("### {}\n[…]\n\n", "## Review: [title]\n\n", "markdown"),
    "code with labels": _fenced("{}:\n\n"),
    "code with bold labels": _fenced("**{}:**\n[…]\n\n", info="markdown"),
}


def _policy(text: str) -> PostmortemPolicy | None:
    return compile_runbook(f"# Bakery handbook\n\n{text}").postmortem


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("title", PARTS)
def test_the_parts_are_read_from_every_layout(title: str, layout: str) -> None:
    """Nothing of what is to be written below a part is a part, and no part is lost for being the team's own word."""
    policy = _policy(f"## {title}\n\n{LAYOUTS[layout](PARTS[title])}")
    assert policy is not None
    assert policy.sections == PARTS[title]


@pytest.mark.parametrize("title", ["Post-mortem", "Post-incident review", "Retrospectiva", "Postmortem"])
@pytest.mark.parametrize("layout", ["headings", "headings above questions", "labels", "lines in bold above lists"])
def test_a_chapter_that_announces_no_template_names_parts_where_most_are_known(title: str, layout: str) -> None:
    """A heading "Post-mortem" may be followed by rules; by "Summary", "Impact" and the like it is not."""
    parts = PARTS["Plantilla de postmortem" if title == "Retrospectiva" else "Post-mortem template"]
    policy = _policy(f"## {title}\n\n{LAYOUTS[layout](parts)}")
    assert policy is not None
    assert policy.sections == parts


@pytest.mark.parametrize(
    "sentence",
    [
        "Every report covers what happened, impact, root cause and action items.",
        "It is short. The report has: summary, timeline, root cause and action items.",
    ],
)
def test_one_sentence_may_name_them_all(sentence: str) -> None:
    """Teams that write prose list the parts in it."""
    policy = _policy(f"## Post-mortem\n\n{sentence}\n")
    assert policy is not None
    assert policy.sections[-2:] == ("root cause", "action items")
    assert len(policy.sections) == 4


@pytest.mark.parametrize(
    "text",
    [
        "## Post-mortem\n\n### When\n\nWithin two days.\n\n### Meeting\n\n- Invite the bakers\n- Bring the oven log\n",
        "## Post-incident review\n\n**When:** within two days\n**Owner:** the night baker\n**Format:** a walk\n",
        "## Incident report template\n\n```\nIncident: [name]\nStatus: [status]\nThe ovens are cold.\n```\n",
        "## Post-mortems\n\n| Severity | Due |\n|---|---|\n| SEV-1 | two days |\n| SEV-2 | a week |\n",
    ],
)
def test_rules_and_messages_are_no_parts(text: str) -> None:
    """When a report is written, who is asked to it, and what is sent meanwhile stand in the same layouts."""
    policy = _policy(text)
    assert policy is None or policy.sections == ()


def test_headings_in_the_open_are_a_template_to_fill_in() -> None:
    """The draft of a report is the team's own text, with its own headings at the second level, and no instruction."""
    policy = _policy(
        "## Handbook\n\n### Post-mortem template\n\nCopy this one.\n\n- **Date**: [date]\n\n"
        "#### Timeline\n\n| Time | Event |\n|---|---|\n| HH:MM | Bell |\n\n"
        "#### Impact\n\n##### Guests\n\n[how many]\n\n---\n\n"
        "## Review\n\nYearly.\n"
    )
    assert policy is not None
    assert policy.template == (
        "- **Date**: [date]\n\n"
        "## Timeline\n\n| Time | Event |\n|---|---|\n| HH:MM | Bell |\n\n## Impact\n\n### Guests\n\n[how many]"
    )
    assert policy.template_lines == (9, 21)
    assert policy.sections == ("Timeline", "Impact")
