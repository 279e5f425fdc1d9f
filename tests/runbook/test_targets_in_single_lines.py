"""Targets that stand alone below the heading of a level, or in a sentence for each level; lists of work to do."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Severity
from tocsin.runbook.stated import Duration


def _levels(text: str) -> dict[str, Severity]:
    return {one.name: one for one in compile_runbook(text).severities}


def _seconds(target: Duration | None) -> float | None:
    return target.seconds if target is not None else None


@pytest.mark.parametrize(
    ("title", "clock"),
    [
        ("Response times", "response_target"),
        ("Resolution times", "resolution_target"),
        ("Reaktionszeiten", "response_target"),
        ("Tiempos de resolución", "resolution_target"),
    ],
)
@pytest.mark.parametrize("said", ["15 min", "Within 15 min.", "15 min, day and night."])
def test_a_time_alone_below_a_level_is_the_target_of_the_chapter(title: str, clock: str, said: str) -> None:
    """The title above says of which clock, and the time describes nothing."""
    levels = _levels(f"# Mill\n## {title}\n### P1\n{said}\n### P2\n2 h\n")
    assert _seconds(getattr(levels["P1"], clock)) == 900
    assert _seconds(getattr(levels["P2"], clock)) == 7200
    assert levels["P2"].criteria == ()


def test_a_sentence_below_a_level_that_has_a_time_in_it_still_describes_it() -> None:
    """ "Orders wait for 15 min" says what the level is."""
    levels = _levels("# Mill\n## Severities\n### P1\nOrders wait for 15 min.\n### P2\nOne stone stands.\n")
    assert levels["P1"].criteria == ("Orders wait for 15 min.",)
    assert levels["P1"].response_target is None


_EACH = [
    "For SEV-1, acknowledge within 10 minutes and resolve within 1 hour. For SEV-2, acknowledge within 30 minutes.",
    "SEV-1 must be acknowledged within 10 minutes and fixed within 1 hour.\n\nSEV-2 must be acknowledged in 30 min.",
]


@pytest.mark.parametrize("said", _EACH)
@pytest.mark.parametrize("scale", ["", "## Severities\n- SEV-1: all stones stand\n- SEV-2: one stone stands\n"])
def test_each_level_has_its_targets_in_a_sentence_of_its_own(said: str, scale: str) -> None:
    """Be there a scale or not: the sentences name the levels, and each of their times its own clock."""
    levels = _levels(f"# Mill\n{scale}## Response\n{said}\n")
    assert [_seconds(levels[one].acknowledge_target) for one in ("SEV-1", "SEV-2")] == [600, 1800]
    assert _seconds(levels["SEV-1"].resolution_target) == 3600


@pytest.mark.parametrize(
    ("title", "first", "second"),
    [
        ("Tiempos de respuesta", "Para P1, responder en 15 minutos.", "Para P2, responder en 1 hora."),
        ("Reaktionszeiten", "Bei P1 innerhalb von 15 Minuten reagieren.", "Bei P2 innerhalb von 1 Stunde reagieren."),
        ("Délais", "Pour un P1, répondre en moins de 15 minutes.", "Pour un P2, répondre en moins d'une heure."),
    ],
)
def test_sentences_of_one_level_each_in_other_languages(title: str, first: str, second: str) -> None:
    """The words beside a promise are those of each language."""
    levels = _levels(f"# Mill\n## {title}\n{first} {second}\n")
    assert [_seconds(one.response_target) for one in levels.values()] == [900, 3600]


@pytest.mark.parametrize(
    "said",
    [
        "During the SEV-1 in May we responded within 3 hours.",
        "Restore SEV-1 data within 10 minutes of the last backup.",
        "For SEV-1, escalate if nobody acknowledges within 10 minutes.",
    ],
)
def test_what_a_sentence_tells_of_one_level_else_is_no_target(said: str) -> None:
    """A report, a piece of work and a reason to escalate promise nothing."""
    text = f"# Mill\n## Severities\n- SEV-1: all stones stand\n- SEV-2: one stone stands\n## Notes\n{said}\n"
    first = _levels(text)["SEV-1"]
    assert (first.response_target, first.acknowledge_target, first.resolution_target) == (None, None, None)


@pytest.mark.parametrize("title", ["TODO", "Technical debt", "Offene Punkte", "Mejoras futuras", "技術的負債", "待办"])
@pytest.mark.parametrize(
    "layout", ["- P1: write a script\n- P2: clean up\n", "### P1\n- [ ] write\n### P2\n- [ ] clean\n"]
)
def test_work_to_do_that_is_graded_is_no_scale(title: str, layout: str) -> None:
    """P1 of a list of things to do is how soon somebody does them, and pages nobody."""
    assert not _levels(f"# Mill\n## {title}\n{layout}")


def test_what_to_do_at_each_level_is_a_scale() -> None:
    """ "What to do" is no list of work."""
    assert list(_levels("# Mill\n## What to do\n- P1: call the owner\n- P2: open a ticket\n")) == ["P1", "P2"]
