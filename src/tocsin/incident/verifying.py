"""What a check says of the change that it verifies, and what is to be done when it does not look well. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tocsin.incident.incident import Incident
from tocsin.incident.step_facts import StepOutcome, Verdict
from tocsin.runbook.command.runnable import run_effect
from tocsin.runbook.command.wrappers import unwrapped
from tocsin.runbook.instructions import Command, Effect, Step, Termination
from tocsin.runbook.playbook import Playbook
from tocsin.runbook.procedure.course import Course, course_of

_TELLS = re.compile(
    r"(?:wget\b|test\b|\[ |nc -\w*z|ping\b|pg_isready\b|mysqladmin ping\b|nginx -t\b|apachectl configtest"
    r"|systemctl (?:is-active|status)\b|service \S+ status\b|kubectl (?:rollout status|wait)\b|aws \S+ wait\b"
    r"|npm (?:test|run)\b|\S*\.sh\b)"
)
"""Programs that fail when what they look at is not well; `pm2 status`, `df` and a query only print."""
_CURL_VALUES, _MAKE_VALUES = "AbcCdDeEFHKmoPQrtTuUwxXyYz", "CEfIjloW"
"""Letters that take a value, which may stand in the same word: `curl -ufred:pw`."""
_CUT_OFF = 128 + 13


def check_of(steps: tuple[Step, ...], step_id: str) -> Step | None:
    """The check that looks at a change and nothing else, right after it, and only looks; None without one.

    One that needs a shell is never started by itself.
    """
    course = course_of(steps)
    if step_id not in course.at_once:
        return None
    check = next((one for one in steps if one.id == course.checks[step_id]), None)
    looks = check is not None and check.command is not None and run_effect(check.command) is Effect.READ_ONLY
    return check if looks else None


def verdict_of(command: Command, outcome: StepOutcome, exit_codes: Sequence[int] = ()) -> Verdict:
    """What a check has found. A program that only prints has found nothing by ending well: a person reads it (F54).

    A search that found nothing has ended well as a look, and verifies nothing. A stage that was cut off because the
    next one had read enough (SIGPIPE) has told nothing.
    """
    earlier, last = exit_codes[:-1], exit_codes[-1:]
    if outcome is not StepOutcome.SUCCEEDED or any(last) or any(code not in (0, _CUT_OFF) for code in earlier):
        return Verdict.NOT_VERIFIED
    cut_off = _CUT_OFF in exit_codes[:1]
    tells = command.termination is Termination.BOUNDED and not cut_off and _tells(command)
    return Verdict.VERIFIED if tells else Verdict.LOOKED


def _tells(command: Command) -> bool:
    """Whether the first program of a pipeline, the one that looks, ends badly when what it looks at is not well."""
    _, words = unwrapped(command.pipeline[0] if command.pipeline else ())
    match words[:3]:
        case ("curl", *_):
            return "f" in _letters(words, _CURL_VALUES) or "--fail" in words or "--fail-with-body" in words
        case ("make", *_):
            only_says = {"--dry-run", "--just-print", "--recon"} & set(words)
            return not only_says and "n" not in _letters(words, _MAKE_VALUES)
        case ("kubectl", "rollout", "status") if {"--watch=false", "-w=false"} & set(words):
            return False
    return bool(_TELLS.match(" ".join(words)))


def _letters(words: Sequence[str], with_values: str) -> str:
    """The one-letter options of a command, without what stands behind those that take a value."""
    short = (word[1:] for word in words[1:] if re.match(r"-[^-]", word))
    return "".join(re.sub(rf"([{with_values}]).*", r"\1", letters) for letters in short)


def changed_before(incident: Incident, steps: tuple[Step, ...], check_id: str) -> Step | None:
    """The change that a check verifies now: the last one that went well, which nobody has looked at since."""
    course = course_of(steps)
    done = [
        (state.ended_at, step)
        for step in steps
        if course.checks.get(step.id) == check_id
        and (state := incident.steps.get(step.id)) is not None
        and state.outcome in (StepOutcome.SUCCEEDED, StepOutcome.DONE)
        and state.ended_at is not None
    ]
    return max(done, key=lambda one: one[0], default=(None, None))[1] if done else None


def steps_around(playbook: Playbook, step_id: str) -> tuple[Step, ...]:
    """The steps of the procedure or phase that holds a step; empty for one that the playbook does not have."""
    return next((steps for steps in playbook.courses() if any(step.id == step_id for step in steps)), ())


def advice(incident: Incident, steps: tuple[Step, ...], changed: Step) -> str:
    """What the runbook offers when a change has not helped: the next way, the fallback, the way back, or nothing.

    It is asked before the check's end is told, of the incident as it stood while the check ran.
    """
    course = course_of(steps)
    offers = ["Look again in a minute: it may have needed longer", *_next_ways(incident, steps, course, changed)]
    undo = next((one for one in steps if one.id == course.undos.get(changed.id, "")), None)
    if undo is not None:
        offers.append(f"the way back: {_named(undo)}")
    if len(offers) == 1:
        offers.append("the runbook names no other way: escalate")
    return "; ".join(offers)


def _next_ways(incident: Incident, steps: tuple[Step, ...], course: Course, changed: Step) -> list[str]:
    fork = course.fork_of(changed.id)
    if fork is not None:
        own = fork.way(changed.id)
        left = [way.label for way in fork.ways if way != own and not _in_vain(incident, way.steps)]
        if left:
            return [f"the other ways: {', '.join(left)}"]
    fallback = next((one for one in course.fallbacks if changed.id in one.after), None)
    if fallback is not None:
        first = next(one for one in steps if one.id == fallback.steps[0])
        return [f"{fallback.condition}: {_named(first)}"]
    return []


def _in_vain(incident: Incident, ids: tuple[str, ...]) -> bool:
    states = [incident.steps.get(id) for id in ids]
    return any(state is not None and state.looked_bad for state in states)


def _named(step: Step) -> str:
    words = f"`{step.command.text.splitlines()[0]}`" if step.command else step.title
    return f"{words} (line {step.lines.first})"
