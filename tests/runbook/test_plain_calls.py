"""Sentences of a chapter about escalating that call somebody without a time, and what a comma leads to in them."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook, Trigger


def _chapter(said: str, title: str = "Escalation") -> Playbook:
    return compile_runbook(f"# Mill\n\n## {title}\n\n{said}\n")


def _chain(playbook: Playbook) -> list[tuple[str, int | None]]:
    levels = playbook.escalation_levels
    return [(" + ".join(one.targets), one.after.seconds if one.after else None) for one in levels]


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("Escalate to the shift lead.", "shift lead"),
        ("If the restart does not help, page the shift lead.", "shift lead"),
        ("- Escalate to the shift lead and the CTO if the rollback fails.", "shift lead + CTO"),
        ("- Escalate to the on-call if the sieve is not restored.", "on-call"),
        ("Wenn der Neustart nicht hilft, die Schichtleitung anrufen.", "Schichtleitung"),
        ("Si le redémarrage échoue, appeler le chef d'équipe.", "chef d'équipe"),
        ("Si el reinicio no funciona, llamar al jefe de turno.", "jefe de turno"),
        ("Эскалировать дежурному и CTO, если перезапуск не помог.", "дежурному + CTO"),
        ("Ескалювати на тимліда.", "тимліда"),
        ("対応で復旧しない場合は、運用管理者へ連絡。", "運用管理者"),
    ],
)
def test_a_sentence_without_a_time_calls_whoever_is_next(said: str, who: str) -> None:
    """F1: the one sentence of an escalation calls somebody, by itself or when nothing has helped."""
    assert _chain(_chapter(said)) == [(who, None)]


def test_a_matter_of_its_own_is_a_reason_and_no_step() -> None:
    """F1: "if flour is lost, page the owner" is no turn; that the fix fails is one."""
    playbook = _chapter(
        "- If the fix does not help, page the shift lead.\n- If the scale is wrong, page the head miller."
    )
    assert _chain(playbook) == [("shift lead", None)]
    (rule,) = [one for one in playbook.escalation_rules if one.targets]
    assert (rule.targets, rule.trigger) == (("head miller",), Trigger.CONDITION)


@pytest.mark.parametrize(
    "said",
    [
        "Do not page anybody at night. Tickets only.",
        "Escalate with the following details:\n\n- logs\n- time",
        "See the handbook of the duty desk. Ask in #mill.",
    ],
)
def test_a_sentence_that_forbids_or_describes_calls_nobody(said: str) -> None:
    """F1: neither what is not done nor what is to be said is somebody."""
    assert not _chapter(said).escalation_levels


def test_chapters_of_several_faults_make_no_chain_of_one() -> None:
    """F1: whom each of several chapters "Escalation" calls is for its own fault."""
    fault = "## {0}\n\nLook at it.\n\n### Escalation\n\nEscalate to the {1}.\n\n"
    text = "# Mill\n\n" + fault.format("Sieve", "shift lead") + fault.format("Scale", "head miller")
    assert not compile_runbook(text).escalation_levels


def test_cases_below_a_label_are_reasons_to_call_whom_it_names() -> None:
    """F5: below "Escalate to the site manager if:" each item is a reason, and the manager is called for it."""
    playbook = _chapter("Escalate to the site manager if:\n\n- two sieves stand\n- you have no key")
    assert [(one.text, one.targets) for one in playbook.escalation_rules] == [
        ("two sieves stand", ("site manager",)),
        ("you have no key", ("site manager",)),
    ]


@pytest.mark.parametrize(
    "said",
    [
        "- Page the lead, if not resolved after 30 min.\n- Page the CTO, if not resolved after an hour.",
        "- Lead anrufen, wenn nach 30 Minuten nicht gelöst.\n- CTO anrufen, falls nach einer Stunde nicht gelöst.",
        "- Эскалировать на lead, если не решено за 30 минут.\n- Эскалировать на CTO, если не решено за час.",
        "- Eskaluj do lead, jeśli nie rozwiązano w 30 minut.\n- Eskaluj do CTO, jeśli nie rozwiązano w 60 minut.",
    ],
)
def test_a_wait_behind_a_comma_is_that_of_the_call_before_it(said: str) -> None:
    """F2: ", if not resolved after 30 min" names nobody, and its time is that of whoever stands before the comma."""
    found = [(who.casefold(), after) for who, after in _chain(_chapter(said))]
    assert found == [("lead", 1800), ("cto", 3600)]


def test_an_instead_behind_a_name_is_no_part_of_it() -> None:
    """F1: "page the shift lead otherwise" calls the shift lead."""
    assert _chain(_chapter("Call the mill support if a stone breaks. Page the shift lead otherwise.")) == [
        ("shift lead", None)
    ]
