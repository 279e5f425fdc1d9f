"""The Respond page: one incident, one next step, one thumb. The same for a session and for a page's signed link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.responses import Response

from tocsin.app.access import Caller, Permission
from tocsin.app.execution.views import StepList
from tocsin.app.incidents import IncidentView
from tocsin.app.intake.changes import ChangeBeside
from tocsin.app.paging.contacts import listed_contacts
from tocsin.app.team import Team
from tocsin.errors import BadInput, NotAllowed, TocsinError
from tocsin.incident import commands as c
from tocsin.incident.assessment import Question
from tocsin.incident.step_facts import StepOutcome
from tocsin.web.asking import Ask
from tocsin.web.pages.situation import names, situation

if TYPE_CHECKING:
    from tocsin.app.application import Application

MOST_NAMED = 500
"""So many people are offered while a name is typed; all others can be typed. The list is sent with each change of the
page to each viewer."""
OUTCOMES = {
    "done": StepOutcome.DONE,
    "skipped": StepOutcome.SKIPPED,
    "did_not_help": StepOutcome.DID_NOT_HELP,
}


def incident_of(ask: Ask) -> str:
    """The incident that the path speaks of: by its id, or by the link whose token stands there."""
    if "token" in ask.request.path_params:
        assert ask.by.only_incident is not None  # links.caller gives no other callers
        return ask.by.only_incident
    return ask.part("incident")


def base_of(ask: Ask) -> str:
    """The address of this incident's page for whoever asks."""
    if "token" in ask.request.path_params:
        return f"/p/{ask.part('token')}"
    return f"/i/{ask.part('incident')}"


def show(ask: Ask) -> Response:
    """The page."""
    return ask.page("respond.html", **_values(ask))


@dataclass(frozen=True, slots=True)
class State:
    """All that is kept of an incident and shown: the same for whoever looks."""

    view: IncidentView
    steps: StepList
    questions: Sequence[Question]
    changes: Sequence[ChangeBeside]
    team: Team


def state_of(application: Application, by: Caller, incident_id: str) -> State:
    """Where an incident stands now."""
    return State(
        view=application.incidents.view(by, incident_id),
        steps=application.steps.list(by, incident_id),
        questions=application.assessment.list(by, incident_id),
        changes=application.changes.of_incident(by, incident_id),
        team=application.team(),
    )


def _values(ask: Ask) -> dict[str, object]:
    return values_of(ask, state_of(ask.application, ask.by, incident_of(ask)))


def values_of(ask: Ask, state: State) -> dict[str, object]:
    """What the page is rendered from. Of whoever asks it may depend on what makes a kind of viewer, and on no more:
    their permissions, whether they came by a link, ``?all=1``, and who they are if the incident knows them
    (``watching.py``).
    """
    view, team, application = state.view, state.team, ask.application
    everything = ask.query("all") == "1"
    shown = situation(view, team, ask.me, everything=everything)
    by_link = "token" in ask.request.path_params
    return {
        "s": shown,
        "i": view.incident,
        "view": view,
        "steps": state.steps,
        "questions": state.questions,
        "changes": state.changes,
        "base": base_of(ask),
        "live_output": application.outputs.pieces,
        "element_of": element_of,
        "by_link": by_link,
        "everything": everything,
        "runbook": f"{base_of(ask)}/runbook",
        "can_respond": ask.may(Permission.RESPOND),
        "can_run": ask.may(Permission.RUN_STEP),
        "can_change": ask.may(Permission.CHANGE_STEP),
        "can_approve": ask.may(Permission.APPROVE_STEP),
        "can_publish": ask.may(Permission.PUBLISH),
        "name": names(team),
        "people": team.roster.people[:MOST_NAMED],
        "listed": listed_contacts(view.playbook, view.incident),
        "seq": view.timeline[-1].seq,
    }


def element_of(run: str) -> str:
    """The id of the element that shows the output of a run."""
    return f"output-{run.rpartition('/')[2]}"


# --- what can be done --------------------------------------------------------------------------------------------


def acknowledge(ask: Ask) -> Response:
    """I have it, or I take it over."""
    take_over = ask.text("take_over") == "1"
    ask.application.incidents.act(ask.by, incident_of(ask), c.Acknowledge(ask.me, take_over))
    return ask.go(base_of(ask))


def note(ask: Ask) -> Response:
    """Write something down."""
    ask.application.incidents.act(
        ask.by, incident_of(ask), c.AddNote(ask.text("text"), vendor=ask.text("vendor"), case=ask.text("case"))
    )
    return ask.go(base_of(ask))


def update(ask: Ask) -> Response:
    """Tell the team where things stand."""
    ask.application.incidents.act(ask.by, incident_of(ask), c.PostUpdate(ask.text("text")))
    return ask.go(base_of(ask))


def escalate(ask: Ask) -> Response:
    """Page the next level, a level, or somebody by name, and say why."""
    target, reason = ask.text("target"), ask.text("reason")
    command: c.Command = c.Escalate(reason, ask.number("level"), ask.text("trigger"))
    if target:
        command = c.PagePerson(target, reason)
    ask.application.incidents.act(ask.by, incident_of(ask), command)
    return ask.go(base_of(ask))


def severity(ask: Ask) -> Response:
    """Set the severity."""
    ask.application.incidents.assess(ask.by, incident_of(ask), ask.text("severity"), ask.text("reason"))
    return ask.go(base_of(ask))


def procedure(ask: Ask) -> Response:
    """Open another procedure of the runbook."""
    ask.application.incidents.open_procedure(ask.by, incident_of(ask), ask.text("procedure"))
    return ask.go(base_of(ask))


def role(ask: Ask) -> Response:
    """Take a role, or give it to somebody."""
    person = ask.text("person") or ask.me
    ask.application.incidents.act(ask.by, incident_of(ask), c.TakeRole(ask.text("role"), person))
    return ask.go(base_of(ask))


def tick(ask: Ask) -> Response:
    """A step was done, skipped, or did not help."""
    outcome = OUTCOMES.get(ask.text("outcome"))
    if outcome is None:
        raise BadInput(f"a step ends as one of {', '.join(OUTCOMES)}")
    step, note, saw = ask.part("step"), ask.text("note"), ask.text("saw")
    ask.application.steps.tick(ask.by, incident_of(ask), step, outcome, note, saw)
    return ask.go(f"{base_of(ask)}#next")


def answer(ask: Ask) -> Response:
    """A question of the runbook is answered."""
    ask.application.assessment.answer(ask.by, incident_of(ask), ask.part("step"), ask.text("answer"))
    return ask.go(f"{base_of(ask)}#questions")


def check(ask: Ask) -> Response:
    """Confirm a line of the verification list."""
    ask.application.incidents.act(ask.by, incident_of(ask), c.ConfirmCheck(ask.text("check")))
    return ask.go(f"{base_of(ask)}#checks")


def mitigate(ask: Ask) -> Response:
    """The impact is over."""
    ask.application.incidents.act(ask.by, incident_of(ask), c.Mitigate(ask.text("text")))
    return ask.go(base_of(ask))


def reopen(ask: Ask) -> Response:
    """It was not over."""
    ask.application.incidents.act(ask.by, incident_of(ask), c.Reopen(ask.text("reason")))
    return ask.go(base_of(ask))


def show_resolve(ask: Ask) -> Response:
    """What stands between here and the end: checks, customers, a summary."""
    values = _values(ask)
    return ask.page("resolve.html", **values, summary=ask.text("summary"), override=ask.text("override"))


def resolve(ask: Ask) -> Response:
    """End the incident."""
    command = c.Resolve(ask.text("summary"), ask.texts("check"), ask.text("override"))
    ask.application.incidents.act(ask.by, incident_of(ask), command)
    return ask.go(base_of(ask))


def declare_form(ask: Ask) -> Response:
    """The form to declare an incident."""
    application = ask.application
    shelves = [application.playbooks.shelf[key] for key in sorted(application.playbooks.shelf)]
    chosen = ask.text("service") or ask.query("service") or (shelves[0].service.key if shelves else "")
    return ask.page("declare.html", shelves=shelves, chosen=chosen, form={k: v[0] for k, v in ask.form.items() if v})


def declare(ask: Ask) -> Response:
    """Declare an incident by hand."""
    acted = ask.application.incidents.declare(
        ask.by,
        ask.text("title"),
        ask.text("service"),
        severity=ask.text("severity") or None,
        summary=ask.text("summary"),
        procedure=ask.text("procedure") or None,
        started_at=_instant(ask.text("started_at")),
        drill=ask.text("drill") == "1",
    )
    return ask.go(f"/i/{acted.incident.id}")


def _instant(text: str) -> datetime | None:
    """An instant as a form gives it: UTC without a zone."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadInput("write the time as 2026-11-21T03:00 in UTC") from error


def acknowledge_many(ask: Ask) -> Response:
    """Acknowledge all that are listed in the form; those that were resolved meanwhile are passed over."""
    ask.by.require(Permission.RESPOND)
    for incident_id in ask.texts("incident")[:500]:
        try:
            ask.application.incidents.act(ask.by, incident_id, c.Acknowledge(ask.me))
        except NotAllowed:
            raise
        except TocsinError:
            continue
    return ask.back()
