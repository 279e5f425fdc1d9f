"""Reasons to call that a label announces and its list gives, and those of sentences beside a path."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook, Trigger

_SEVERITIES = """# Mill

## Severity

| Level | Meaning | Response |
|---|---|---|
| P1 | every mill stands | 15 minutes |
| P2 | one mill stands | 1 hour |

"""
_PATH = """## Escalation path

1. Duty miller
2. Head miller (after 15 minutes)
3. Owner (after 30 minutes)

"""


def _read(said: str, *, path: bool = True) -> Playbook:
    return compile_runbook(f"{_SEVERITIES}{_PATH if path else ''}{said}\n")


def _reasons(said: str, *, path: bool = True) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.text, one.targets) for one in _read(said, path=path).escalation_rules]


@pytest.mark.parametrize(
    ("label", "who"),
    [
        ("Page Marta (chat) immediately if:", ("Marta",)),
        ("Wake up the owner if:", ("owner",)),
        ("Escalate to the head miller if you:", ("head miller",)),
        ("Call the head miller when any of the following holds:", ("head miller",)),
        ("Notify the security team for any of these:", ("security team",)),
        ("Escalate to L2 if any of these:", ()),
        ("Escalate immediately if:", ()),
        ("Llama al jefe de turno si ocurre alguno de estos casos:", ("jefe de turno",)),
        ("Appelez le responsable d'astreinte dans les cas suivants :", ("responsable d'astreinte",)),
        ("Rufe den Teamleiter sofort an, wenn einer dieser Punkte zutrifft:", ("Teamleiter",)),
        ("Chiamare il responsabile in uno di questi casi:", ("responsabile",)),
        ("出现以下任一情况时，立即通知技术总监：", ("技术总监",)),
        ("次のいずれかの場合は部長に連絡:", ("部長",)),
        ("Ligue para o gerente em qualquer um destes casos:", ("gerente",)),
        ("Bel de teamleider in de volgende gevallen:", ("teamleider",)),
        ("Zadzwoń do kierownika w następujących przypadkach:", ("kierownika",)),
        ("Позвоните руководителю в следующих случаях:", ("руководителю",)),
    ],
)
def test_a_list_below_a_label_gives_a_reason_for_each_item(label: str, who: tuple[str, ...]) -> None:
    """Whoever the label names is called in each case; a rank of a ladder names nobody."""
    said = f"## Escalation\n\n{label}\n- two mills stand\n- flour is lost"
    assert _reasons(said) == [("two mills stand", who), ("flour is lost", who)]
    assert [one.targets for one in _read(said).escalation_levels] == [("Duty miller",), ("Head miller",), ("Owner",)]


@pytest.mark.parametrize(
    "said",
    [
        "## When to page Marta\n\nDo **not** page Marta for:\n- one alarm that clears by itself",
        "## Escalation\n\nDo not escalate for a single cold mill.",
        "## Escalation\n\nNotify customers if:\n- flour is lost",
    ],
)
def test_what_nobody_is_called_for_is_no_reason(said: str) -> None:
    """A label that forbids the call, and one that tells somebody else, open no list of reasons."""
    assert _reasons(said) == []


@pytest.mark.parametrize("path", [True, False])
@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("Escalate to the security lead for any theft.", ("security lead",)),
        ("If the payment provider is down, call Ben.", ("Ben",)),
        ("Escalate immediately if the error rate is above 1 %.", ()),
        ("**Page the head miller if:** the belt burns, or flour is lost", ("head miller",)),
        ("- latency > 2 s: wake the head miller", ("head miller",)),
    ],
)
def test_a_sentence_beside_a_path_gives_a_reason_and_no_step(said: str, reason: tuple[str, ...], path: bool) -> None:
    """Somebody who is called in one case only is no step of everybody's path, whether there is one or not."""
    playbook = _read(f"## Escalation\n\n{said}", path=path)
    assert [(one.trigger, one.targets) for one in playbook.escalation_rules] == [(Trigger.CONDITION, reason)]
    assert len(playbook.escalation_levels) == (3 if path else 0)


@pytest.mark.parametrize(
    "said",
    [
        "For P1 skip straight to the owner.",
        "For P1, go directly to the owner.",
        "In a P1 skip the head miller and call the owner.",
    ],
)
def test_a_severity_that_skips_the_path_calls_its_last_one_at_once(said: str) -> None:
    """At P1 the owner comes with the first one, at P2 in turn."""
    playbook = _read(f"## Escalation\n\n{said}")
    first, second = playbook.escalation_levels[:2]
    assert (first.targets, second.targets) == (("Duty miller",), ("Owner",))
    assert second.after is not None
    assert second.after.seconds == 0
    assert [one.targets for one in playbook.escalation_by_severity["P2"]][1:] == [("Head miller",), ("Owner",)]


def test_a_verb_in_the_passive_is_nobody() -> None:
    """ "Unacknowledged P1 alerts are escalated" names nobody called "are escalated"."""
    playbook = _read("## Escalation\n\nUnacknowledged P1 alerts are escalated to the owner.", path=False)
    assert [one.targets for one in playbook.escalation_levels] == [("owner",)]


@pytest.mark.parametrize("window", ["in a single 60 s window", "within a 5-minute window"])
def test_the_window_of_a_measure_is_no_wait(window: str) -> None:
    """Ten errors within a minute are a reason to call, and nobody waits a minute for it."""
    playbook = _read(f"## When to page\n\nPage the owner if:\n- more than 10 errors {window}")
    assert [one.trigger for one in playbook.escalation_rules] == [Trigger.CONDITION]


def test_a_rotation_is_the_path_below_whom_each_severity_calls() -> None:
    """The cell of a severity takes the place of nobody in a rotation that says after how long its ranks come."""
    levels = "| SEV1 | every mill stands | All-hands; freeze deliveries |\n| SEV2 | one mill stands | Owner |\n"
    scale = f"## Severity\n\n| Severity | Definition | Escalation |\n|---|---|---|\n{levels}"
    ranks = "- Primary: paged first\n- Secondary: paged if primary has not acked in 5 minutes\n"
    playbook = compile_runbook(f"# Mill\n\n{scale}\n## On-call\n\n{ranks}")
    first = [(one.targets, one.after.seconds if one.after else None) for one in playbook.escalation_levels]
    assert first == [(("Primary",), None), (("Secondary",), 300), (("All-hands",), None)]
    second = playbook.escalation_by_severity["SEV2"]
    assert [one.targets for one in second] == [("Primary",), ("Secondary",), ("Owner",)]


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("Escalate unresolved incidents to the head miller after 15 minutes.", "head miller"),
        ("Escalate P1/P2 directly to the owner after 15 minutes.", "owner"),
        ("Escalate P1 and P2 to the owner after 15 minutes.", "owner"),
        ("Escalar los incidentes P1 al jefe de turno después de 15 minutos.", "jefe de turno"),
        ("Escalader l'incident au responsable d'astreinte après 15 minutes.", "responsable d'astreinte"),
    ],
)
def test_what_is_escalated_may_stand_before_whom_it_goes_to(said: str, who: str) -> None:
    """The one behind "to" is called after that time, and not what stands between."""
    levels = _read(f"## Escalation\n\nThe duty miller answers. {said}", path=False).escalation_levels
    assert [(one.targets, one.after.seconds) for one in levels if one.after] == [((who,), 900)]


def test_a_matter_that_is_escalated_is_a_reason_beside_a_path() -> None:
    """ "Escalate any data loss to the owner" calls the owner about that, and "the severity to P1" nobody."""
    assert _reasons("## Escalation\n\nEscalate any data loss to the owner.") == [("any data loss → owner", ("owner",))]
    assert _reasons("## Escalation\n\nEscalate the severity to P1.") == []
