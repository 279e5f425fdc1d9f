"""The promises of the product, as functions over what a witness saw and what the store holds.

Each gives a sentence for every breach. Those that take a commit or a call are asked at once, those that take a
transaction after every step, the others when the world has come to rest.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from tests.simulation.house import START, playbook
from tests.simulation.monitors import BUCKET
from tests.simulation.witness import SLACK, Call, Commit, Moment, Settled, Step, Witness
from tocsin.app.ports import Delivered, TryAgain
from tocsin.app.rows.records import OutboxState
from tocsin.app.store import Transaction
from tocsin.clock import RATE
from tocsin.incident import facts as f
from tocsin.incident import step_facts as s
from tocsin.incident.consent import APPROVAL_HOLDS
from tocsin.incident.decide import SETTLED_AFTER
from tocsin.incident.effects import EffectKind
from tocsin.incident.facts import ActorKind
from tocsin.incident.fold import fold
from tocsin.incident.incident import Incident
from tocsin.incident.indexing import summarise
from tocsin.incident.pending import Coming
from tocsin.runbook.instructions import Effect as RunbookEffect

# --- asked of every commit ----------------------------------------------------------------------------------


def facts_follow_each_other(witness: Witness, commit: Commit) -> Iterator[str]:
    """The timeline of an incident counts from 1 without gaps, and nothing is written twice."""
    for step in commit.steps:
        if step.recorded.seq != step.before + 1:
            yield f"{step.recorded.incident_id}: fact {step.recorded.seq} follows {step.before}"


def the_row_is_the_fold(witness: Witness, commit: Commit) -> Iterator[str]:
    """The index row, ``next_due_at`` above all, says what the facts say."""
    for appending in commit.appended:
        expected = summarise(witness.incidents[appending.summary.incident_id])
        if appending.summary != expected and appending is commit.appended[-1]:
            yield f"{expected.incident_id}: the row says {appending.summary}, the facts say {expected}"


def time_is_kept(witness: Witness, commit: Commit) -> Iterator[str]:
    """R5: what is due at t happens in [t, t + 2 s], and never before t."""
    seen: set[str] = set()
    for step in commit.steps:
        id, at = step.recorded.incident_id, commit.at
        first = id not in seen  # what a fact of this commit made overdue (a raised severity) is done within it
        seen.add(id)
        if first and step.coming and at > step.coming[0].at + SLACK and not witness.is_excused(step.coming[0].at, at):
            yield f"R5 {id}: {step.coming[0].what} was due at {step.coming[0].at}, nobody came before {at}"
        yield from _early(step, witness.incidents[id], at)


def _early(step: Step, incident: Incident, at: datetime) -> Iterator[str]:
    id, fact = step.recorded.incident_id, step.recorded.fact
    match fact:
        case f.TargetMissed(deadline=deadline) if at < deadline:
            yield f"R5 {id}: the {fact.clock} target is missed at {at}, before {deadline}"
        case f.AcknowledgementLapsed() if at < fact.idle_since + incident.plan.lapses_after:
            yield f"R5 {id}: the acknowledgement lapses at {at}, too early"
        case f.LevelPaged() | f.LevelSkipped() if step.before and step.recorded.by.kind is ActorKind.TOCSIN:
            due = [p for p in step.coming if p.kind in (Coming.LEVEL, Coming.REPEAT)]
            if not any(p.at <= at for p in due):
                yield f"R5 {id}: level {fact.level} is paged at {at}, before {[p.at for p in due]}"
        case f.EscalationExhausted() if step.recorded.by.kind is ActorKind.TOCSIN:
            due = [p for p in step.coming if p.kind is Coming.REPEAT]
            if not any(p.at <= at for p in due):
                yield f"R5 {id}: the catch-all is paged at {at}, before {[p.at for p in due]}"
        case _:
            pass


def an_empty_level_is_loud(witness: Witness, commit: Commit) -> Iterator[str]:
    """R11: a level with nobody to page is followed at once by another, or by the catch-all."""
    last: dict[str, f.Fact] = {}
    for step in commit.steps:
        if isinstance(step.recorded.fact, f.LevelPaged | f.LevelSkipped | f.EscalationExhausted):
            last[step.recorded.incident_id] = step.recorded.fact
    for id, fact in last.items():
        incident = witness.incidents[id]
        waits = incident.is_burning and incident.acknowledged_by is None and incident.severity_plan.pages
        if isinstance(fact, f.LevelSkipped) and waits:
            yield f"R11 {id}: level {fact.level} had nobody, and nobody else was paged"


def claims_are_fenced(witness: Witness, commit: Commit) -> Iterator[str]:
    """R12: only the newest claim of an entry finishes, puts back or gives up; a stale one records no page."""
    ended = {act.key for act in commit.outbox if isinstance(act, Settled) and act.ok}
    for act in commit.outbox:
        if isinstance(act, Settled) and act.ok and act.token != witness.tokens.get(act.key):
            yield f"R12 {act.key}: {act.verb} with the stale token {act.token}, {witness.tokens.get(act.key)} holds it"
    for step in commit.steps:
        fact = step.recorded.fact
        if isinstance(fact, f.PageSent | f.PageFailed) and f"page/{fact.page}" not in ended:
            yield f"R12 {fact.page}: {type(fact).__name__} was recorded without the claim"


def nothing_reopens_by_itself(witness: Witness, commit: Commit) -> Iterator[str]:
    """R3: only a person reopens what was resolved; what was mitigated long ago is reopened by what fires anew."""
    for step in commit.steps:
        if isinstance(step.recorded.fact, f.Reopened) and step.recorded.by.kind is not ActorKind.PERSON:
            before = witness.timelines[step.recorded.incident_id][: step.recorded.seq - 1]
            last = next(x for x in reversed(before) if isinstance(x.fact, f.Mitigated | f.Resolved | f.Reopened))
            if not isinstance(last.fact, f.Mitigated) or step.recorded.at - last.at < SETTLED_AFTER:
                yield f"R3 {step.recorded.incident_id}: reopened by {step.recorded.by.name}"


ON_COMMIT: Sequence[Callable[[Witness, Commit], Iterator[str]]] = (
    facts_follow_each_other,
    the_row_is_the_fold,
    time_is_kept,
    an_empty_level_is_loud,
    claims_are_fenced,
    nothing_reopens_by_itself,
)

# --- asked of every call of a pager --------------------------------------------------------------------------


def pages_stop(witness: Witness, call: Call) -> Iterator[str]:
    """R6: no call begins later than X after the commit that made its page unwanted."""
    since = witness.unwanted_since.get(call.key)
    if since is not None and call.begun > since + witness.patience:
        yield f"R6 {call.key}: a call began {call.begun - since:.2f} s after nobody wanted it any more"


# --- asked of every two moments, one after the other --------------------------------------------------------


def time_goes_on_evenly(witness: Witness, one: Moment, two: Moment) -> Iterator[str]:
    """F26: however a clock is set and whoever starts anew, between two moments passes the true time, give or take two
    percent; and as long as nobody has set one, the engines' time is the true one."""
    passed, said = two.true - one.true, (two.at - one.at) / timedelta(seconds=1)
    if not two.taken_over and abs(said - passed) > passed * RATE + witness.apart:
        yield f"F26 {two.node}: {said:.3f} s passed since {one.node}'s {one.at} by its time, {passed:.3f} s in truth"
    since = 0.0 if witness.set_at is None else two.true - witness.set_at
    off = (two.at - START) / timedelta(seconds=1) - two.true - witness.offset
    if abs(off) > since * RATE + witness.apart:
        yield f"F26 {two.node}: its time is {off:.3f} s off, {since:.1f} s after a clock was set"


# --- asked after every step ----------------------------------------------------------------------------------


def somebody_will_be_woken(witness: Witness, tx: Transaction, now: datetime) -> Iterator[str]:
    """R4: whoever has to be woken has a deadline at hand; the store's own query says the same as the facts."""
    found = set(tx.incidents.unattended(now, SLACK))
    expected = set()
    for id, incident in witness.incidents.items():
        if not (incident.is_burning and incident.severity_plan.pages and incident.acknowledged_by is None):
            continue
        coming = witness.coming(id)
        due = coming[0].at if coming else None
        if due is not None and due >= now - SLACK:
            continue
        entries = tx.outbox.entries(id)
        open_pages = [
            e
            for e in entries
            if e.effect.kind is EffectKind.PAGE and e.state in (OutboxState.QUEUED, OutboxState.CLAIMED)
        ]
        if not open_pages:
            expected.add(id)
        if due is None:
            yield f"R4 {id}: nobody will ever be woken"
        elif not witness.is_excused(due, now):
            yield f"R4 {id}: {coming[0].what} was due at {due}, and it is {now}"
    if found != expected:
        yield f"R4: the store says {sorted(found)} are unattended, the facts say {sorted(expected)}"


def nobody_waits_in_silence(witness: Witness, _tx: Transaction, now: datetime) -> Iterator[str]:
    """R8: an unanswered incident pages again within its repeat, whatever the providers said to the last page.

    This one does not ask ``pending``: it counts from the last page that was ordered.
    """
    for id, incident in witness.incidents.items():
        if not (incident.is_burning and incident.severity_plan.pages and incident.acknowledged_by is None):
            continue
        since = incident.round.last_page_at or incident.round.started_at
        until = max(since, incident.severity_at or since) + incident.severity_plan.repeats_every + SLACK
        if now > until and not witness.is_excused(since, now):
            yield f"R8 {id}: nobody was paged since {since}, and it is {now}"


ON_STEP: Sequence[Callable[[Witness, Transaction, datetime], Iterator[str]]] = (
    somebody_will_be_woken,
    nobody_waits_in_silence,
)


def delivery_needs_proof(witness: Witness, _tx: Transaction) -> Iterator[str]:
    """R8: sent is not delivered; only a provider's proof, or the person's own eyes, are."""
    proven = {call.key for call in witness.calls if isinstance(call.outcome, Delivered) and call.outcome.proof}
    for id, timeline in witness.timelines.items():
        for one in timeline:
            if isinstance(one.fact, f.PageDelivered) and one.fact.page not in proven | witness.seen:
                yield f"R8 {id}: {one.fact.page} is said to be delivered, and nobody has proved it"


# --- asked when the world has come to rest -------------------------------------------------------------------


def accepted_is_durable(witness: Witness, tx: Transaction) -> Iterator[str]:
    """R1: whatever a client saw accepted is stored exactly once, and was read."""
    stored: dict[tuple[str, str], int] = Counter()
    for integration in {name for name, _ in witness.accepted}:
        for delivery in tx.deliveries.latest(integration, 1_000_000):
            stored[integration, delivery.key] += 1
            if delivery.state.value == "new":
                yield f"R1: delivery {delivery.id} was never read"
    for (integration, key), times in Counter(witness.accepted).items():
        if stored[integration, key] != 1:
            held = stored[integration, key]
            yield f"R1: {integration} {key[:12]} was accepted {times} times and is stored {held} times"


def intake_is_idempotent(witness: Witness, tx: Transaction) -> Iterator[str]:
    """R2: however often the same bytes come, from however many twins, they are stored once within their span."""
    kept: Counter[tuple[str, bytes, int]] = Counter()
    for integration in {name for name, _ in witness.accepted}:
        for delivery in tx.deliveries.latest(integration, 1_000_000):
            kept[integration, delivery.body, int(delivery.received_at.timestamp()) // BUCKET] += 1
    for (integration, body, _), times in kept.items():
        if times > 1:
            yield f"R2: {integration} sent {body[:60]!r}… again, and it is stored {times} times"


def acknowledged_is_kept(witness: Witness, _tx: Transaction) -> Iterator[str]:
    """F91: whatever acknowledgement a person saw confirmed is in the timeline."""
    for incident_id, person in witness.acknowledged:
        timeline = witness.timelines[incident_id]
        if not any(isinstance(one.fact, f.Acknowledged) for one in timeline):
            yield f"F91 {incident_id}: {person} saw it acknowledged, the timeline does not know"


def facts_are_only_added(witness: Witness, tx: Transaction) -> Iterator[str]:
    """What was committed is what is stored, fact for fact; the stored row is the fold of the stored facts."""
    ids = list(tx.incidents.all_ids())
    stored = tx.incidents.facts(ids)
    if set(ids) != set(witness.timelines):
        yield f"the store has the incidents {ids}, {sorted(witness.timelines)} were appended"
    rows = tx.incidents.summaries(ids)
    for id, facts in stored.items():
        if list(facts) != witness.timelines[id]:
            yield f"{id}: the stored facts are not those that were appended"
        first = facts[0].fact
        assert isinstance(first, f.Declared)
        incident = fold(witness.plans[first.plan], facts)
        if incident != witness.incidents[id]:
            yield f"{id}: two folds over the same facts differ"
        if rows[id] != summarise(incident):
            yield f"{id}: the stored row says {rows[id]}, the facts say {summarise(incident)}"


def the_outbox_is_the_facts(witness: Witness, tx: Transaction) -> Iterator[str]:
    """The outbox holds exactly the effects of the facts, and nothing is left lying in it."""
    for id in witness.timelines:
        entries = {e.effect.key: e for e in tx.outbox.entries(id)}
        expected = {key for key, effect in witness.effects.items() if effect.incident_id == id}
        pages = {f"page/{o.fact.page}" for o in witness.timelines[id] if isinstance(o.fact, f.Paged)}
        runs = {f"step/{o.fact.run}" for o in witness.timelines[id] if isinstance(o.fact, s.StepStarted)}
        if set(entries) != expected or not pages | runs <= expected:
            yield f"{id}: the outbox has {sorted(set(entries) ^ expected)} too many or too few"


def pages_are_sent(witness: Witness, _tx: Transaction) -> Iterator[str]:
    """R7: each page is sent unless nobody wants it any more; once without a fault, at most once more for each."""
    calls = witness.calls_by_key()
    for recorded, order in witness.orders():
        made = calls.get(order.page, ())
        incident = witness.incidents[recorded.incident_id]
        failed = incident.pages[order.page].failed_at is not None
        if not made and not failed and order.page not in witness.unwanted_since:
            yield f"R7 {order.page}: ordered at {recorded.at}, still wanted, never sent"
        arrived = [call for call in made if call.arrived]
        excused = [call for call in arrived if _is_ambiguous(witness, call)]
        if len(arrived) > 1 + len(excused):
            yield f"R7 {order.page}: arrived {len(arrived)} times, with {len(excused)} reasons to repeat it"
        if witness.calm and len(made) > 1:
            yield f"R7 {order.page}: nothing went wrong, and it was sent {len(made)} times"
    unknown = set(calls) - {order.page for _, order in witness.orders()}
    if unknown:
        yield f"R7: {sorted(unknown)} were sent and never ordered"


def _is_ambiguous(witness: Witness, call: Call) -> bool:
    """Whether the sender could not know, or could not write down, that this call arrived."""
    if call.ended is None or (isinstance(call.outcome, TryAgain) and call.outcome.ambiguous):
        return True
    return witness.was_hit(call.node, call.begun, call.ended + 1.0)


def the_next_way_is_tried(witness: Witness, _tx: Transaction) -> Iterator[str]:
    """R8: a page without proof of delivery is followed by the person's next way, whatever the provider said."""
    for id, timeline in witness.timelines.items():
        incident = witness.incidents[id]
        confirm = incident.plan.confirm_within
        for recorded in timeline:
            order = recorded.fact
            if not isinstance(order, f.Paged) or not order.others:
                continue
            by = recorded.at + confirm + SLACK
            if by > witness.ended:
                continue
            page = incident.pages[order.page]
            if page.delivered_at is not None and page.delivered_at <= by:
                continue
            if witness.is_excused(recorded.at, by) or _was_left(timeline, order, recorded.at, by):
                continue
            tried = any(
                isinstance(o.fact, f.Paged)
                and (o.fact.person, o.fact.way, o.fact.level) == (order.person, order.others[0], order.level)
                and recorded.at <= o.at <= by
                for o in timeline
            )
            if not tried:
                yield f"R8 {order.page}: no proof of delivery, and {order.others[0]} was not tried before {by}"


def _was_left(timeline: Sequence[f.Recorded], order: f.Paged, since: datetime, until: datetime) -> bool:
    """Whether the page stopped being wanted, or the story ended, before its next way was due."""
    if timeline[-1].at < since:
        return True
    stops = (f.Resolved, f.Mitigated, f.Reopened, f.AcknowledgementLapsed)
    for one in timeline:
        if since <= one.at <= until and isinstance(one.fact, stops):
            return True
        if (
            one.at <= until
            and isinstance(one.fact, f.Acknowledged)
            and order.wanted_until is f.WantedUntil.ACKNOWLEDGED
            and since <= one.at
        ):
            return True
    return False


def steps_run_once(witness: Witness, _tx: Transaction) -> Iterator[str]:
    """R14, R15: a run's command starts at most once, whatever befalls its process."""
    for run, times in Counter(run.run for run in witness.runs).items():
        if times > 1:
            yield f"R14 {run}: its command was started {times} times"


def steps_run_as_ordered(witness: Witness, _tx: Transaction) -> Iterator[str]:
    """R14: a command starts after its order was committed, and is the one that the runbook has for its step."""
    ordered = {o.fact.run: o for t in witness.timelines.values() for o in t if isinstance(o.fact, s.StepStarted)}
    for run in witness.runs:
        order = ordered.get(run.run)
        if order is None or run.begun < witness.committed_at[order.incident_id, order.seq]:
            yield f"R14 {run.run}: its command was started without a committed order"
            continue
        assert isinstance(order.fact, s.StepStarted)
        command = playbook().steps()[order.fact.step].command
        if command is None or run.words != command.pipeline or order.fact.command != command.text:
            yield f"R14 {run.run}: {run.words} was started, and {order.fact.command!r} was consented to"


def changes_have_consent(witness: Witness, _tx: Transaction) -> Iterator[str]:
    """R14: what destroys was approved by another person, in time, once, as it was asked for; or the glass was broken.

    What changes something was started by a person. The effect is the runbook's own, not what the fact says.
    """
    for timeline in witness.timelines.values():
        asked: dict[str, f.Recorded] = {}
        allowed: set[str] = set()
        for one in timeline:
            match one.fact:
                case s.StepProposed(run=run, expires_at=until):
                    asked[run] = one
                    if until > one.at + APPROVAL_HOLDS:
                        yield f"R14 {run}: may be approved until {until}, which is too long"
                case s.StepDeclined(run=run) | s.StepApprovalExpired(run=run):
                    asked.pop(run, None)
                case s.GlassBroken(run=run):
                    allowed.add(run)
                case s.StepApproved(run=run):
                    yield from _approved_wrongly(one, asked.pop(run, None))
                    allowed.add(run)
                case s.StepStarted(run=run, step=step):
                    command = playbook().steps()[step].command
                    assert command is not None
                    if command.effect is RunbookEffect.DESTRUCTIVE and run not in allowed:
                        yield f"R14 {run}: {command.text!r} was started without a second person"
                    elif command.effect is not RunbookEffect.READ_ONLY and one.by.kind is not ActorKind.PERSON:
                        yield f"R14 {run}: {command.text!r} was started by {one.by.name}"
                    allowed.discard(run)
                case _:
                    pass


def _approved_wrongly(approval: f.Recorded, request: f.Recorded | None) -> Iterator[str]:
    assert isinstance(approval.fact, s.StepApproved)
    run = approval.fact.run
    if request is None:
        yield f"R14 {run}: was approved and not asked for, not any more, or approved before"
        return
    assert isinstance(request.fact, s.StepProposed)
    if approval.by.kind is not ActorKind.PERSON or approval.by.name == request.by.name:
        yield f"R14 {run}: {approval.by.name} approved what {request.by.name} asked for"
    if approval.at >= request.at + APPROVAL_HOLDS:
        yield f"R14 {run}: was asked for at {request.at} and approved at {approval.at}, too late"
    if approval.fact.digest != request.fact.digest:
        yield f"R14 {run}: something else was approved than what was asked for"


def lost_steps_become_unknown(witness: Witness, _tx: Transaction) -> Iterator[str]:
    """R15: a run whose process died becomes unknown, once, and no run is said to go on for ever."""
    for id, incident in witness.incidents.items():
        for step in incident.running_steps():
            yield f"R15 {id}: {step.title} is still said to run"
        told: Counter[tuple[str, str]] = Counter()
        for one in witness.timelines[id]:
            if isinstance(one.fact, s.StepFinished | s.StepOutcomeUnknown):
                told[one.fact.run, type(one.fact).__name__] += 1
        for (run, what), times in told.items():
            if times > 1:
                yield f"R15 {id}: {what} was recorded {times} times for {run}"
    lost = {run.run for run in witness.runs if run.ended is None}
    said = {o.fact.run for t in witness.timelines.values() for o in t if isinstance(o.fact, s.StepOutcomeUnknown)}
    for run in lost - said:
        yield f"R15 {run}: its process died while it ran, and it never became unknown"


def customers_are_told_once(witness: Witness, _tx: Transaction) -> Iterator[str]:
    """R21: what is meant for customers is never sent again on a doubt."""
    by_key: dict[str, list[Call]] = {}
    for call in witness.mails:
        by_key.setdefault(call.key, []).append(call)
    for key, calls in by_key.items():
        times = sum(call.arrived for call in calls)
        if times > 1:
            yield f"R21 {key}: reached a customer {times} times"


def alerts_follow_their_newest_event(witness: Witness, tx: Transaction) -> Iterator[str]:
    """R2, R3: what an alert says is what its newest event said, however often and in whatever order events came."""
    newest: dict[str, tuple[str, bool, str, int]] = {}
    for integration in {name for name, _ in witness.accepted}:
        for delivery in tx.deliveries.latest(integration, 1_000_000):
            for alert in json.loads(delivery.body)["alerts"]:
                over = alert["status"] == "resolved"
                place = (alert["startsAt"], over, alert["endsAt"] if over else "", delivery.id)
                name = f"{integration}:{alert['fingerprint']}"
                newest[name] = max(newest.get(name, place), place)
    for held in tx.alerts.latest(1_000_000):
        expected = newest.pop(held.fingerprint, None)
        if expected is None or held.firing is expected[1]:
            yield f"R3 {held.fingerprint}: it is said to {'fire' if held.firing else 'be over'}, its events {expected}"
    if newest:
        yield f"R1: {sorted(newest)} were heard and are not known"


def alerts_are_where_they_are(witness: Witness, tx: Transaction) -> Iterator[str]:
    """R3: an alert that fires has an incident; one that is over leaves none behind that says otherwise."""
    for alert in tx.alerts.latest(1_000_000):
        if alert.firing and alert.incident_id not in witness.incidents:
            yield f"R3 {alert.fingerprint}: fires and has no incident"
    for id, count in tx.alerts.counts(list(witness.incidents)).items():
        incident = witness.incidents[id]
        if not incident.is_open:
            continue
        if count.firing and incident.cleared_at is not None:
            yield f"R3 {id}: {count.firing} alerts fire, and it is said to be cleared"
        if not count.firing and incident.cleared_at is None and not incident.reopened:
            yield f"R3 {id}: none of its {count.distinct} alerts fires, and nobody said so"


AT_REST: Sequence[Callable[[Witness, Transaction], Iterator[str]]] = (
    accepted_is_durable,
    intake_is_idempotent,
    acknowledged_is_kept,
    facts_are_only_added,
    the_outbox_is_the_facts,
    pages_are_sent,
    the_next_way_is_tried,
    delivery_needs_proof,
    steps_run_once,
    steps_run_as_ordered,
    changes_have_consent,
    lost_steps_become_unknown,
    customers_are_told_once,
    alerts_follow_their_newest_event,
    alerts_are_where_they_are,
)
