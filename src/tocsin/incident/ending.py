"""How an incident ends: mitigated, verified, resolved, perhaps reopened, and its post-mortem."""

from __future__ import annotations

from tocsin.incident import commands as c
from tocsin.incident import facts as f
from tocsin.incident.commands import Refusal
from tocsin.incident.deliberation import Deliberation
from tocsin.incident.facts import TargetClock

Ending = c.Mitigate | c.ConfirmCheck | c.Resolve | c.Reopen | c.DraftPostmortem | c.PublishPostmortem


def end(d: Deliberation, command: Ending) -> Refusal | None:
    """Decide on a command that leads towards the end of an incident."""
    incident = d.incident
    match command:
        case c.Mitigate(text=text):
            if not incident.is_open:
                return Refusal("resolved", f"{incident.id} is resolved already")
            if incident.mitigated_at is None:
                d.stop(TargetClock.RESPONSE, TargetClock.ACKNOWLEDGE)
                d.record(f.Mitigated(text=text))
        case c.ConfirmCheck(check=check):
            return _confirm(d, check)
        case c.Resolve():
            return _resolve(d, command)
        case c.Reopen(reason=reason):
            if incident.is_open:
                return Refusal("open", f"{incident.id} is open; there is nothing to reopen")
            if not reason.strip():
                return Refusal("reason_missing", "say why it is not over: the people who are paged will read it")
            d.record(f.Reopened(reason=reason))
        case c.DraftPostmortem(document=document, complete=complete):
            if document != incident.postmortem or complete != incident.postmortem_complete:
                d.record(f.PostmortemDrafted(document=document, complete=complete))
        case c.PublishPostmortem():
            return _publish(d, command)
    return None


def _confirm(d: Deliberation, check_id: str) -> Refusal | None:
    check = next((x for x in d.incident.plan.checks if x.id == check_id), None)
    if check is None:
        return Refusal("no_check", f"the runbook's verification list has no line {check_id!r}")
    if check_id not in d.incident.checks:
        d.record(f.CheckConfirmed(check=check.id, text=check.text, cite=check.cite))
    return None


def _resolve(d: Deliberation, command: c.Resolve) -> Refusal | None:
    incident = d.incident
    if not incident.is_open:
        return Refusal("resolved", f"{incident.id} is resolved already")
    known = {check.id for check in incident.plan.checks}
    unknown = [check for check in command.confirmed if check not in known]
    if unknown:
        return Refusal("no_check", f"the runbook's verification list has no line {unknown[0]!r}")
    left = [x for x in incident.plan.checks if x.id not in incident.checks and x.id not in command.confirmed]
    if left and not command.override.strip():
        texts = "; ".join(check.text for check in left[:5]) + (" …" if len(left) > 5 else "")
        return Refusal(
            "unverified", f"the runbook asks for {len(left)} more checks first: {texts}. Confirm them, or say why not"
        )
    if command.owed and not command.override.strip():
        texts = "; ".join(command.owed[:5]) + (" …" if len(command.owed) > 5 else "")
        return Refusal("owed", f"{texts}. Do it or skip it first, or say why not")
    running = incident.running_steps()
    if running:
        return Refusal("running", f"{running[0].title!r} is still running; wait for its end")
    for check in command.confirmed:
        _confirm(d, check)
    d.stop(TargetClock.RESPONSE, TargetClock.ACKNOWLEDGE, TargetClock.RESOLUTION)
    unconfirmed = tuple(check.text for check in left)
    d.record(
        f.Resolved(
            summary=command.summary,
            unconfirmed=unconfirmed,
            override=command.override,
            owed=(*command.owed, *command.unverified),
        )
    )
    return None


def _publish(d: Deliberation, command: c.PublishPostmortem) -> Refusal | None:
    if d.incident.is_open:
        return Refusal("open", f"{d.incident.id} is not resolved yet; its post-mortem can wait")
    if command.blanks:
        some = ", ".join(command.blanks[:5]) + (" …" if len(command.blanks) > 5 else "")
        return Refusal("unfilled", f"the post-mortem still has {len(command.blanks)} blanks: {some}")
    if d.incident.postmortem_published_at is None or d.incident.postmortem != command.document:
        d.stop(TargetClock.POSTMORTEM)
        d.record(f.PostmortemPublished(document=command.document))
    return None
