"""Incidents that are questions, paragraphs, cases, or rows among commands: each with what to run, and no others."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import ProcedureKind

_FAULTS = (
    ("Sluice does not open", "`sluicectl status`", "Turn the crank"),
    ("Beacon is out", "`beaconctl relight`", "Tell the pilot"),
)
_IN_ENGLISH = {
    "letters": ("FAQ", "### Q: {t}?\n\nA: Run {c}. {f}.\n"),
    "bold": ("FAQ", "**Q: {t}, what now?**\n\nA: Run {c}. {f}.\n"),
    "asked": ("Frequently asked questions", "### {t}. What should I do?\n\nRun {c}, then {f}.\n"),
    "label lines": ("Troubleshooting Q&A", "**Q:** {t}\n**A:** Run {c}. {f}.\n"),
    "chapter": ("If something breaks", "### {t}\n\n1. Run {c}\n2. {f}\n"),
    "plain chapter": ("When things go wrong", "### {t}\n\nRun {c}. {f}.\n"),
    "run in": ("Troubleshooting", "**{t}.** {f}; see {c}.\n"),
    "run in, command below": ("Known problems", "**{t}.** {f}:\n\n- {c}\n"),
    "labels": ("Troubleshooting", "**Problem:** {t}\n**Symptom:** no boat moves\n**Fix:** {f}: {c}\n"),
    "labels in a list": ("Troubleshooting", "- Issue: {t}\n- Symptom: no boat moves\n- Solution: {f}, {c}\n"),
}


def _found(text: str) -> dict[str, list[str]]:
    return {
        one.title.casefold(): [step.command.text for step in one.steps if step.command is not None]
        for one in compile_runbook(text).procedures
        if one.kind in (ProcedureKind.INCIDENT, ProcedureKind.ALERT)
    }


@pytest.mark.parametrize("layout", _IN_ENGLISH)
def test_a_fault_is_found_however_its_chapter_tells_of_it(layout: str) -> None:
    """One incident for each question, paragraph or group of labels, called after what fails."""
    chapter, form = _IN_ENGLISH[layout]
    body = "\n".join(form.format(t=t, c=c, f=f) for t, c, f in _FAULTS)
    wanted = {t.casefold(): [c.strip("`")] for t, c, _f in _FAULTS}
    assert _found(f"# Canal runbook\n\n## {chapter}\n\n{body}") == wanted


_CASES = {
    "en": ("Troubleshooting", "If the sluice does not open, run {a}.", "If the beacon is out, run {b}."),
    "de": ("Häufige Fragen", "### Was tun, wenn das Tor nicht aufgeht?\n\n{a}", "### Wenn das Feuer ausfällt?\n\n{b}"),
    "fr": ("En cas de problème", "Si la vanne ne s'ouvre pas, lancez {a}.", "Si le phare est en panne, lancez {b}."),
    "es": ("Si algo falla", "- Si la compuerta no abre, ejecute {a}.", "- Si el faro está caído, ejecute {b}."),
    "it": ("Se qualcosa va storto", "- **La chiusa non si apre**: avviare {a}", "- **Il faro è guasto**: avviare {b}"),
    "ja": ("困ったときは", "- 水門が開かない場合、{a} を実行する。", "- 灯台が故障した場合、{b} を実行する。"),
    "zh": ("出问题时", "- 如果水闸打不开，执行 {a}。", "- 如果灯塔故障，执行 {b}。"),
    "ru": ("Если что-то сломалось", "Если шлюз не открывается, выполните {a}.", "Если маяк не горит, выполните {b}."),
}


@pytest.mark.parametrize("language", _CASES)
def test_a_case_with_what_to_do_is_an_incident(language: str) -> None:
    """In a chapter on what goes wrong each case is one, as a question, a sentence or an item, in any language."""
    chapter, *told = _CASES[language]
    body = "\n\n".join(told).format(a="`sluicectl status`", b="`beaconctl relight`")
    assert list(_found(f"# Canal\n\n## {chapter}\n\n{body}\n").values()) == [
        ["sluicectl status"],
        ["beaconctl relight"],
    ]


def test_rows_among_commands_that_say_what_is_wrong_are_incidents() -> None:
    """A table "Issue | Command" in a quick reference holds incidents; "Command | Use" beside it holds commands."""
    rows = (
        "| Issue | Command |\n|---|---|\n| Sluice stuck | `sluicectl free` |\n| Beacon down | `beaconctl relight` |\n"
    )
    wanted = {"sluice stuck": ["sluicectl free"], "beacon down": ["beaconctl relight"]}
    assert _found(f"# Canal runbook\n\n## Quick reference\n\n{rows}") == wanted
    uses = "| Command | Use |\n|---|---|\n| `sluicectl free` | free the sluice |\n| `beaconctl relight` | light it |\n"
    assert _found(f"# Canal runbook\n\n## Quick reference\n\n{uses}") == {}


@pytest.mark.parametrize(
    "text",
    [
        "## FAQ\n\n### Where are the keys?\n\nIn the hut: `ls /keys`.\n\n### How do I get in?\n\nAsk the warden.\n",
        "## Troubleshooting\n\n**Keep calm.** Look first.\n\n**Read the log.** It is here: `journalctl -u sluice`.\n",
        "## Troubleshooting\n\nIf you need help, ask for it.\n\nIf a barge is in the lock, wait.\n",
        "## Troubleshooting\n\nIf you do not know the lock, ask.\n\nIf the on-call does not answer, ring the lead.\n",
    ],
)
def test_what_tells_of_nothing_wrong_is_no_incident(text: str) -> None:
    """Questions about where things are, advice in bold, and cases of people are none."""
    assert _found(f"# Canal runbook\n\n{text}") == {}


def test_chapters_of_the_first_level_beside_procedures_are_procedures() -> None:
    """ "# Beacon stays dark" between "# Sluice is stuck" and "# Lock fails" is called so, and not "Steps"."""
    titles = ("Sluice is stuck", "Beacon stays dark", "Lock fails")
    text = "".join(
        f"# {one}\n\nSeen from the bridge.\n\n## Steps\n\n1. `lockctl status`\n2. Wait\n\n" for one in titles
    )
    assert list(_found(text)) == [one.casefold() for one in titles]


def test_the_description_of_an_alert_is_no_incident() -> None:
    """ "Alert description" with a trigger describes the document's own alert, beside the incidents that it lists."""
    described = "## Alert description\n\n**Name**: LockErrors\n\n**Trigger**: errors above 5 %\n\n"
    listed = "## Common errors\n\n### Sluice stuck\n\n`sluicectl free`\n\n### Beacon down\n\n`beaconctl relight`\n"
    assert list(_found(f"# High error rate runbook\n\n{described}{listed}")) == ["sluice stuck", "beacon down"]


def test_a_review_below_recovery_is_no_procedure() -> None:
    """What is written after the incident is a phase, wherever its chapter stands."""
    restore = "### Restore the ledger\n\n1. `ledgerctl restore`\n\n"
    text = f"# Lock plan\n\n## Recovery procedures\n\n{restore}### Post-mortem\n\nWrite it within 2 days.\n"
    assert [one.title for one in compile_runbook(text).procedures] == ["Restore the ledger"]


def test_a_title_in_corner_brackets_keeps_both() -> None:
    """The bracket that opens a title in Chinese or Japanese is no ornament behind its number."""
    (one,) = compile_runbook("# 水闸\n\n## 故障\n\n### 10. 「优雅」降级失败\n\n1. `sluicectl status`\n").procedures
    assert one.title == "「优雅」降级失败"
