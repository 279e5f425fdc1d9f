"""The steps of an incident, as a chat shows and runs them.

What would run is shown literally first; the button runs exactly that, or nothing. Where a consent needs more than a
press (a typed name, a blank to fill in) it is given on the page.
"""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.app.access import Caller
from tocsin.app.chat.about import About
from tocsin.app.chat.ports import Button, Card, Line
from tocsin.app.execution.starting import Given
from tocsin.app.execution.steps import Steps
from tocsin.app.execution.views import StepView
from tocsin.app.incidents import Incidents
from tocsin.app.wording import one_line
from tocsin.errors import BadInput, NotFound, Refused
from tocsin.incident.consent import Shown
from tocsin.incident.step_facts import StepProposed


@dataclass(slots=True)
class ChatSteps:
    """Shows and runs steps for a caller. Raises what the use cases raise."""

    incidents: Incidents
    steps: Steps
    about: About

    def next(self, caller: Caller, of: str | None, _: str) -> Card:
        """The next step, or the ways of which one is to be chosen."""
        incident = self.about.id(caller, of)
        listed = self.steps.list(caller, incident)
        if listed.next is None:
            ways = "; ".join(one.way.label for one in listed.ways)
            where = self.about.address(incident)
            return Card(f"Which way? {ways}. Choose on the page: {where}" if ways else "There is no next step.")
        return self._step(caller, incident, listed.next, listed.steps.index(listed.next) + 1)

    def show(self, caller: Caller, of: str | None, number: str) -> Card:
        """The step of that number."""
        incident = self.about.id(caller, of)
        listed = self.steps.list(caller, incident)
        if not number:
            return self.next(caller, of, "")
        if not number.isdecimal() or not 0 < int(number) <= len(listed.steps):
            raise BadInput(f"which step? There are {len(listed.steps)}; `/incident next` shows the next one")
        return self._step(caller, incident, listed.steps[int(number) - 1], int(number))

    def _step(self, caller: Caller, incident: str, view: StepView, number: int) -> Card:
        """A step, what would run literally, and the button for it where the chat is enough to consent."""
        lines = [Line("Step", f"{number}. {one_line(view.step.title)} (runbook line {view.step.lines.first})")]
        page = Button("open", "Open the page", url=self.about.address(incident))
        command = view.step.command.text if view.step.command else ""
        if not view.runnable:
            lines.append(Line("By hand", view.why_not))
            return Card("Next", tuple(lines), command, (page,))
        if view.blanks:
            lines.append(Line("To be filled in", ", ".join(one.key for one in view.blanks) + ": on the page"))
            return Card("Next", tuple(lines), command, (page,))
        order = self.steps.preview(caller, incident, view.step.id, {})
        lines.append(Line("Where", f"{order.target.name} ({order.target.environment.value})"))
        if view.consent is not None:
            lines.append(Line("Consent", view.consent.why))
            if view.consent.typed_target:
                return Card("Next", tuple(lines), order.text, (page,))
        shown = f"{incident} {view.step.id} {_last_run(view)} {order.digest}"
        run = Button("run", "Run it", shown, "primary", "It runs once, now.")
        return Card("Next", tuple(lines), order.text, (run, page))

    def run(self, caller: Caller, _of: str | None, value: str) -> None:
        """Run what was shown, once: nothing else, and not again when it has been run since, by whomever."""
        shown = value.split(" ", 3)
        if len(shown) < 4:
            raise Refused("this was shown by another version of Tocsin; look at the step again", reason="changed")
        incident, step, ran, digest = shown
        self.steps.run(caller, incident, step, Given(confirmed=True, shown=Shown(digest, ran.removeprefix("-"))))

    def show_request(self, caller: Caller, of: str | None, _: str) -> Card:
        """What somebody asks for, with the buttons for it."""
        asked = self._request(caller, of)
        approve = Button("approve", "Approve", f"{asked.run} {asked.digest}", "primary", "It runs once, now.")
        lines = (Line("Step", one_line(asked.title)), Line("Where", asked.target))
        return Card("This would run", lines, asked.command, (approve, Button("decline", "Decline", asked.run)))

    def approve(self, caller: Caller, _of: str | None, value: str) -> None:
        """Approve what was shown: the digest is of that, and of nothing else."""
        run, _, digest = value.partition(" ")
        self.steps.approve(caller, run.partition("/")[0], run, digest)

    def deny(self, caller: Caller, of: str | None, why: str) -> None:
        """Say no to the only request."""
        asked = self._request(caller, of)
        self.steps.decline(caller, asked.run.partition("/")[0], asked.run, why)

    def decline(self, caller: Caller, _of: str | None, run: str) -> None:
        """Say no to one request."""
        self.steps.decline(caller, run.partition("/")[0], run)

    def _request(self, caller: Caller, of: str | None) -> StepProposed:
        incident = self.incidents.view(caller, self.about.id(caller, of)).incident
        asked = [one.request for one in incident.steps.values() if one.request is not None]
        if len(asked) != 1:
            raise NotFound(
                "nobody asks for anything" if not asked else "there are several requests; press one of theirs"
            )
        return asked[0]


def _last_run(view: StepView) -> str:
    """The name of the step's last run, or a dash."""
    return view.state.run if view.state is not None and view.state.run else "-"
