"""Hazards of the five real runbooks that no chapter of their own holds: Z1, Z9, Z16, Z18, Z22, Z23, Z25, Z26."""

from __future__ import annotations

from collections import Counter

from tocsin.runbook.instructions import Effect
from tocsin.runbook.playbook import Playbook


def effects(playbook: Playbook) -> dict[str, Effect]:
    """What each command does, by its first line."""
    return {
        step.command.text.split("\n", 1)[0]: step.command.effect
        for step in playbook.steps().values()
        if step.command is not None
    }


def codes(playbook: Playbook, line: int) -> set[str]:
    """The codes of the findings at a line."""
    return {one.code for one in playbook.findings if one.line == line}


def test_timings_are_found_wherever_they_stand(seeds: list[Playbook]) -> None:
    """Z1: a list, the heading, a bold sub-bullet, two in one line, or nowhere at all: each target cites its line."""
    stated = [sum(one.response_target is not None for one in seed.severities) for seed in seeds]
    assert stated == [4, 0, 4, 4, 4]
    for seed in seeds:
        for one in seed.severities:
            for target in (one.response_target, one.acknowledge_target, one.resolution_target):
                assert target is None or target.lines is not None


def test_what_destroys_is_known_for_it(dinner: Playbook, cookcam: Playbook, mgmt: Playbook) -> None:
    """Z9: data that is gone, processes that stop, history that is pushed."""
    for playbook, words in (
        (dinner, ("redis-cli FLUSHALL", "aws rds reboot-db-instance")),
        (cookcam, ("pg_restore --clean", "pm2 delete", "git push")),
        (mgmt, ("docker-compose down", "pg_restore")),
    ):
        for word in words:
            found = [effect for text, effect in effects(playbook).items() if text.startswith(word)]
            assert found, word
            assert set(found) == {Effect.DESTRUCTIVE}, word
    for playbook in (dinner, cookcam):
        killers = [effect for text, effect in effects(playbook).items() if "pg_terminate_backend" in text]
        assert killers
        assert set(killers) == {Effect.DESTRUCTIVE}


def test_symptoms_stand_as_bullets_as_one_line_or_nowhere(seeds: list[Playbook]) -> None:
    """Z16: S0, S1 and S3 list them, S2 has a comma line, S4 has none and none are made up."""
    has = [any(one.symptoms for one in seed.procedures) for seed in seeds]
    assert has == [True, True, True, True, False]


def test_response_and_resolution_are_told_apart_by_where_they_stand(cookcam: Playbook, dashboarduz: Playbook) -> None:
    """Z18: "Response" is a time in a heading of S2 and a phase in another one; "Resolution" is a target, a phase, a
    part of a procedure and a template of S3."""
    assert all(one.response_target is not None for one in cookcam.severities)
    assert any("response" in phase.title.casefold() for phase in cookcam.phases)
    assert all(one.resolution_target is not None for one in dashboarduz.severities)
    assert any(phase.key == "resolution" for phase in dashboarduz.phases)
    assert any("resol" in one.name.casefold() for one in dashboarduz.templates)


def test_commands_that_cannot_work_are_errors(dinner: Playbook, mgmt: Playbook) -> None:
    """Z22, Z23: get-log-events without its stream; pg_restore of a plain SQL file."""
    assert "TOC203" in codes(dinner, 231)
    assert "TOC206" in codes(mgmt, 158)


def test_procedures_without_a_check_are_told(seeds: list[Playbook]) -> None:
    """Z25: most procedures change something and never look; a procedure of words only is no error."""
    unverified = [sum(one.code == "TOC217" for one in seed.findings) for seed in seeds]
    assert unverified[0] > 0
    assert unverified[4] > 0
    assert any(not one.commands for seed in seeds for one in seed.procedures)


def test_one_command_in_several_procedures_is_one_step_in_each(cookcam: Playbook) -> None:
    """Z26: the health check of S2 stands four times; each has its own id and the same reading."""
    text = "curl https://api.cookcam.app/health"
    uses = [one for one in cookcam.steps().values() if one.command is not None and one.command.text == text]
    assert len(uses) >= 3
    assert Counter(one.command.effect for one in uses if one.command) == {Effect.READ_ONLY: len(uses)}
    assert len({one.id for one in uses}) == len(uses)
