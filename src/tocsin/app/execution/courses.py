"""Which way through a procedure, as people say it: choose a way, judge a condition, begin a wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tocsin.app.access import Caller, Permission
from tocsin.app.execution.steps import Steps
from tocsin.app.execution.views import StepList, StepView
from tocsin.app.incidents import Acted, Incidents
from tocsin.errors import NotFound, Refused
from tocsin.incident.choices import cite
from tocsin.incident.commands import ChooseWay, JudgeCondition, StartWait

LONGEST_WAIT = timedelta(days=2)
"""A longer span is a matter for a calendar, not for the clock of an incident."""


@dataclass(slots=True)
class Courses:
    """The use cases around the course of a procedure; what may be said is what the runbook offers."""

    steps: Steps
    incidents: Incidents

    def choose(self, caller: Caller, incident_id: str, step_id: str) -> Acted:
        """Take the way that a step lies on. Raises Refused when the runbook offers no ways there."""
        view, listed = self._find(caller, incident_id, step_id)
        fork = listed.standing.course.fork_of(step_id)
        way = fork.way(step_id) if fork else None
        if fork is None or way is None:
            raise Refused(f"{view.step.title!r} is on no way of several; do it, or tick it off", reason="no_way")
        first = next(one.step for one in listed.steps if one.step.id == way.key)
        command = ChooseWay(fork.key, way.key, way.label, cite(first.lines, way.label))
        return self.incidents.carry_out(incident_id, lambda _incident: command, caller)

    def judge(self, caller: Caller, incident_id: str, step_id: str, *, holds: bool) -> Acted:
        """Say whether the condition of a step holds. Raises Refused when it stands under none."""
        view, listed = self._find(caller, incident_id, step_id)
        branch = listed.standing.course.branch_of(step_id)
        if branch is None:
            raise Refused(f"{view.step.title!r} stands under no condition of its own", reason="no_condition")
        command = JudgeCondition(branch.key, branch.condition, holds, cite(view.step.lines, branch.condition))
        return self.incidents.carry_out(incident_id, lambda _incident: command, caller)

    def wait(self, caller: Caller, incident_id: str, step_id: str) -> Acted:
        """Begin to wait as long as a step says. Raises Refused when it names no span."""
        view, _ = self._find(caller, incident_id, step_id)
        wait = view.step.wait
        if wait is None or not wait.seconds:
            raise Refused(f"{view.step.title!r} names no time to wait", reason="no_wait")
        span = timedelta(seconds=wait.seconds)
        if span > LONGEST_WAIT:
            raise Refused(f"{wait.text} is longer than an incident's clock runs; put it into a calendar", reason="long")
        command = StartWait(step_id, view.step.title, span, cite(view.step.lines, view.step.title))
        return self.incidents.carry_out(incident_id, lambda _incident: command, caller)

    def _find(self, caller: Caller, incident_id: str, step_id: str) -> tuple[StepView, StepList]:
        caller.require(Permission.RESPOND, incident_id)
        listed = self.steps.list(caller, incident_id)
        view = next((one for one in listed.steps if one.step.id == step_id), None)
        if view is None:
            raise NotFound(f"{incident_id} has no step {step_id!r} open")
        return view, listed
