"""Running a step from the pages: fill its blanks, read what will run, consent, ask, approve, end.

A step that changes something, or that has blanks, has a page of its own before it runs, because what a person reads
there must not move under their thumb.
"""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response

from tocsin.app.access import Permission
from tocsin.app.execution.starting import Given
from tocsin.app.execution.views import StepView
from tocsin.errors import BadInput, NotFound, TocsinError
from tocsin.incident.consent import Shown
from tocsin.runbook.command.blanks import date_form
from tocsin.web.asking import Ask
from tocsin.web.guard import identify
from tocsin.web.pages.respond import base_of, incident_of
from tocsin.web.pages.situation import names

ANSWER = "p:"
"""What the fields of blanks begin with, so that none can be taken for another field."""


def show(ask: Ask) -> Response:
    """The page before a run: the blanks as controls, then the command as it will run, and what it needs."""
    application, incident_id = ask.application, incident_of(ask)
    view = _view(ask, incident_id)
    by_link = "token" in ask.request.path_params
    if by_link and not view.only_looks and identify(ask.request, ask.desk, link=False).may(Permission.CHANGE_STEP):
        # They came by the link of a page, and are signed in besides: nobody signs in twice at night.
        query = ask.request.url.query
        return ask.go(f"/i/{incident_id}/step/{view.step.id}/run" + (f"?{query}" if query else ""))
    answers = _answers(ask)
    complete = not view.blanks or bool(answers)
    order, why = None, view.why_not
    if complete and view.runnable:
        try:
            order = application.steps.preview(ask.by, incident_id, view.step.id, answers)
        except TocsinError as trouble:
            why = trouble.message
    return ask.page(
        "run.html",
        v=view,
        order=order,
        why="" if ask.trouble else why,
        answers=answers,
        choices=application.steps.choices(ask.by, incident_id, view),
        incident=incident_id,
        base=base_of(ask),
        by_link=by_link,
        may_run=ask.may(Permission.RUN_STEP if view.only_looks else Permission.CHANGE_STEP),
        typed=ask.text("typed"),
        reason=ask.text("break_glass"),
        name=names(application.team()),
        date_form=date_form,
    )


def run(ask: Ask) -> Response:
    """Run the step, or ask a second person for it."""
    given = Given(
        answers=_answers(ask),
        confirmed=ask.text("confirmed") == "1",
        typed=ask.text("typed"),
        break_glass=ask.text("break_glass") if ask.text("how") == "break" else "",
        shown=Shown(ask.text("shown"), ask.text("ran")) if ask.text("confirmed") else None,
    )
    ask.application.steps.run(ask.by, incident_of(ask), ask.part("step"), given)
    return ask.go(f"{base_of(ask)}#next")


def choose(ask: Ask) -> Response:
    """Take the way that the step lies on."""
    ask.application.courses.choose(ask.by, incident_of(ask), ask.part("step"))
    return ask.go(f"{base_of(ask)}#next")


def judge(ask: Ask) -> Response:
    """Say whether the condition of the step holds."""
    said = ask.text("holds")
    if said not in ("0", "1"):
        raise BadInput("a condition holds (1) or does not (0)")
    ask.application.courses.judge(ask.by, incident_of(ask), ask.part("step"), holds=said == "1")
    return ask.go(f"{base_of(ask)}#next")


def wait(ask: Ask) -> Response:
    """Begin to wait as long as the step says."""
    ask.application.courses.wait(ask.by, incident_of(ask), ask.part("step"))
    return ask.go(f"{base_of(ask)}#next")


def approve(ask: Ask) -> Response:
    """Approve what somebody else asked for."""
    ask.application.steps.approve(ask.by, incident_of(ask), ask.text("run"), ask.text("digest"))
    return ask.go(f"{base_of(ask)}#requests")


def decline(ask: Ask) -> Response:
    """Say no, or take one's own request back."""
    ask.application.steps.decline(ask.by, incident_of(ask), ask.text("run"), ask.text("reason"))
    return ask.go(f"{base_of(ask)}#next")


def cancel(ask: Ask) -> Response:
    """End a running command."""
    ask.application.steps.cancel(ask.by, incident_of(ask), ask.text("run"), ask.text("reason"))
    return ask.go(f"{base_of(ask)}#next")


def output(ask: Ask) -> Response:
    """All that was kept of a run's output, one chunk to a page."""
    run = ask.application.runs.one(ask.by, incident_of(ask), ask.part("run"))
    asked = ask.query("chunk", "1")
    number = min(int(asked), len(run.chunks)) if asked.isdecimal() and len(asked) < 7 else 1
    return ask.page(
        "output.html",
        run=run,
        number=max(number, 1),
        incident=incident_of(ask),
        base=base_of(ask),
        runbook=f"{base_of(ask)}/runbook",
        live=ask.application.outputs.pieces(run.id),
        name=names(ask.application.team()),
    )


def download(ask: Ask) -> Response:
    """The same as a file of plain text, which no browser takes for anything else."""
    run = ask.application.runs.one(ask.by, incident_of(ask), ask.part("run"))
    name = f"{incident_of(ask)}-{run.name}.txt"
    return PlainTextResponse(run.text, headers={"content-disposition": f'attachment; filename="{name}"'})


def halt(ask: Ask) -> Response:
    """Stop all execution."""
    ask.application.halting.halt(ask.by, ask.text("reason"))
    return ask.go("/r")


def resume(ask: Ask) -> Response:
    """Let execution go on."""
    ask.application.halting.resume(ask.by)
    return ask.go("/r")


def _view(ask: Ask, incident_id: str) -> StepView:
    wanted = ask.part("step")
    found = next((v for v in ask.application.steps.list(ask.by, incident_id).steps if v.step.id == wanted), None)
    if found is None:
        raise NotFound(f"{incident_id} has no step {wanted!r} open")
    return found


def _answers(ask: Ask) -> dict[str, str]:
    """What the blanks were filled with: in the form, or in the address of the page."""
    given = {name: values[0] for name, values in ask.form.items() if values}
    given = given or dict(ask.request.query_params)
    return {name.removeprefix(ANSWER): value.strip() for name, value in given.items() if name.startswith(ANSWER)}


def look(ask: Ask) -> Response:
    """Look whether the enabled steps would find what they need."""
    ask.application.preflights.begin(ask.by)
    return ask.go("/r#preflight")
