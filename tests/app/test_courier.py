"""How pages are carried: tried again, by the next way, given up, and never by somebody whose claim is gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.app.shop import ANA, BO, MINUTE, SECOND, SECRET, SETTINGS, Shop, types
from tocsin.adapters.fakes import Down, Drops, Fails, Hangs, Lies, Rejects, Throttles, Works
from tocsin.app.courier import LEASES, Carrier
from tocsin.app.desk import Asked
from tocsin.app.ports import Delivered, Execution, Outcome, PageMessage
from tocsin.app.rows.outbox import LOST
from tocsin.app.rows.records import OutboxEntry, OutboxState
from tocsin.errors import Unavailable
from tocsin.incident.commands import Acknowledge, NotifyCustomers, PagePerson, RecordPage, Resolve
from tocsin.incident.effects import EffectKind
from tocsin.incident.facts import TOCSIN, PageFailed, PageSent, PublicStatus
from tocsin.incident.step_facts import StepOutcome
from tocsin.oncall.roster import Roster

FIRST = "INC-1/c1/l1/ana/webhook"


def keys(shop: Shop) -> list[str]:
    """The pages that reached the webhook or the mail server, in order."""
    calls = sorted([*shop.webhook.arrived, *shop.email.arrived], key=lambda call: call.at)
    return [call.key for call in calls]


def test_a_page_is_sent_once_and_says_so() -> None:
    """R7: without a fault one order is one call, recorded as sent and not as delivered."""
    shop = Shop()
    shop.declare()
    shop.work()
    assert keys(shop) == [FIRST]
    assert types(shop.facts())[-1] == "PageSent"
    assert [e.state for e in shop.entries(EffectKind.PAGE)] == [OutboxState.DONE]


def test_a_page_says_why_and_carries_the_persons_own_link() -> None:
    """What wakes somebody: severity, service, reason, deadline, the first step, and a link for this person only."""
    shop = Shop()
    shop.incidents.declare(ANA, "Checkout is down", "shop", severity="P0", procedure="checkout-down")
    shop.work()
    message = shop.webhook.arrived[0].payload
    assert isinstance(message, PageMessage)
    assert message.headline == "P0 INC-1 shop: Checkout is down"
    assert "Response target: by 03:15 UTC" in message.text
    assert "First step: uptime" in message.text
    caller = shop.links.caller(message.link.rpartition("/")[2])
    assert (caller.actor.name, caller.only_incident) == ("ana", "INC-1")


def test_a_page_that_fails_is_tried_again_with_growing_patience() -> None:
    """R7: server errors are tried again after 1 and 2 seconds, never in the same second."""
    shop = Shop()
    shop.webhook.plan(Fails(), Fails(), Works())
    shop.declare()
    shop.work()
    shop.pass_time(timedelta(seconds=10))
    assert len(shop.webhook.calls) == 3
    gaps = [b.at - a.at for a, b in zip(shop.webhook.calls, shop.webhook.calls[1:], strict=False)]
    assert gaps == [SECOND, 2 * SECOND]
    assert keys(shop) == [FIRST]


def test_after_three_failures_the_next_way_is_tried() -> None:
    """F20: five minutes of 500: the person's phone rings within twenty seconds, and nothing storms."""
    shop = Shop()
    shop.webhook.always(Fails())
    shop.declare()
    shop.pass_time(timedelta(seconds=20))
    with shop.store.read() as tx:
        rung = [message.id for message in tx.phone.messages("ana", 10)]
    assert rung == ["INC-1/c1/l1/ana/phone"]
    assert len(shop.webhook.calls) == 3
    assert [x.page for x in shop.facts() if isinstance(x, PageFailed)] == [FIRST]


def test_a_provider_that_asks_to_wait_an_hour_is_left_at_once() -> None:
    """F21: 429 with Retry-After of an hour: the next way is tried now."""
    shop = Shop()
    shop.webhook.always(Throttles(timedelta(hours=1)))
    shop.declare()
    shop.pass_time(SECOND)
    assert len(shop.webhook.calls) == 1
    assert "INC-1/c1/l1/ana/phone" in shop.incident().pages


def test_a_provider_that_drops_the_answer_is_asked_once_more() -> None:
    """F22, R7: it may have arrived, so it is sent again: at most one copy for the fault."""
    shop = Shop()
    shop.webhook.plan(Drops())
    shop.declare()
    shop.work()
    shop.pass_time(timedelta(seconds=30))
    assert keys(shop).count(FIRST) == 2


def test_a_rejected_page_is_given_up_at_once() -> None:
    """A provider that will never take it is not asked again; the reason stands in the timeline."""
    shop = Shop()
    shop.webhook.plan(Rejects("no such address"))
    shop.declare()
    shop.work()
    (failed,) = [x for x in shop.facts() if isinstance(x, PageFailed)]
    assert failed.reason == "no such address"
    assert len(shop.webhook.calls) == 1


def test_a_page_of_which_the_provider_has_said_that_it_failed_is_not_tried_again() -> None:
    """A report of a failure may come while the page waits for its next try: by then the next way has its turn."""
    shop = Shop()
    shop.webhook.plan(Fails())
    shop.declare()
    shop.work()
    with shop.store.transact() as tx:
        failed = Asked("INC-1", RecordPage(FIRST, "failed", "no such number"), TOCSIN)
        shop.desk.decide_all(tx, [failed], shop.clock.now())
    shop.pass_time(5 * SECOND)
    assert len(shop.webhook.calls) == 1
    assert "INC-1/c1/l1/ana/phone" in shop.incident().pages


def test_a_lying_provider_does_not_stop_the_escalation() -> None:
    """F23, R8: 200 to everything, nothing delivered: the next way after a minute, the next level after ten."""
    shop = Shop()
    shop.webhook.always(Lies())
    shop.declare()
    shop.pass_time(11 * MINUTE)
    pages = shop.incident().pages
    assert pages["INC-1/c1/l1/ana/phone"].at - pages[FIRST].at == MINUTE
    assert any(page.level == 2 for page in pages.values())


def test_the_last_way_is_tried_longer_than_the_others() -> None:
    """Nobody else takes over from the last way of a person, so it gets eight tries instead of three."""
    shop = Shop()
    shop.email.always(Fails())
    shop.declare(severity=None)
    shop.incidents.act(ANA, "INC-1", PagePerson("bo", "you wrote it"))
    shop.pass_time(timedelta(minutes=5))
    tries = [call for call in shop.email.calls if call.key == "INC-1/c1/l0/bo/email"]
    assert len(tries) == 8


def test_all_ways_down_is_said_aloud_and_goes_on() -> None:
    """F25: every provider fails; the ladder ends at the catch-all, and that is paged again."""
    shop = Shop()
    for pager in (shop.webhook, shop.email):
        pager.always(Hangs())
    shop.change_team(roster=Roster(shop.team.roster.people[1:], (), shop.team.roster.bindings[1:], ("bo",)))
    shop.declare()
    shop.pass_time(30 * MINUTE)
    assert types(shop.facts()).count("EscalationExhausted") >= 2


def test_a_page_is_not_sent_after_the_acknowledgement() -> None:
    """R6: the last look before the call sees that somebody has it; the entry is finished without a call."""
    shop = Shop()
    shop.declare()
    shop.incidents.act(ANA, "INC-1", Acknowledge("ana"))
    shop.work()
    assert shop.webhook.calls == []
    assert [e.state for e in shop.entries(EffectKind.PAGE)] == [OutboxState.DONE]


def test_a_retry_is_not_sent_after_the_acknowledgement() -> None:
    """R6: acknowledged between two tries: the second is not made."""
    shop = Shop()
    shop.webhook.always(Fails())
    shop.declare()
    shop.work()
    shop.incidents.act(ANA, "INC-1", Acknowledge("ana"))
    shop.pass_time(MINUTE)
    assert len(shop.webhook.calls) == 1


def test_a_person_who_left_is_not_paged_by_a_way_that_is_gone() -> None:
    """F33: the configuration changed while the page lay in the outbox: it fails with the reason, loudly."""
    shop = Shop()
    shop.declare()
    shop.change_team(roster=Roster(shop.team.roster.people[1:], (), shop.team.roster.bindings, ("bo",)))
    shop.work()
    (failed, *_) = [x for x in shop.facts() if isinstance(x, PageFailed)]
    assert failed.reason == "ana has no way 'webhook' any more"


class Interrupted:
    """A pager during whose call something happens."""

    def __init__(self, inside: Callable[[], None]) -> None:
        self.inside = inside
        self.calls = 0

    def page(self, message: PageMessage) -> Outcome:
        """Let it happen once, then take the page."""
        self.calls += 1
        if self.calls == 1:
            self.inside()
        return Delivered(receipt="taken")


def test_a_stale_claim_records_nothing() -> None:
    """R12: the process stood still while it sent; another claimed, sent and recorded; the first is not heard."""
    shop = Shop()
    second = shop.courier_of("two")

    def stand_still() -> None:
        shop.clock.move_by(LEASES[EffectKind.PAGE])
        second.carry()

    pager = Interrupted(stand_still)
    carrier = shop.courier.carriers[EffectKind.PAGE]
    carrier.pagers = {"webhook": pager}  # type: ignore[attr-defined]
    shop.declare()
    shop.courier.carry()
    assert types(shop.facts()).count("PageSent") == 1
    (entry,) = shop.entries(EffectKind.PAGE)
    assert (entry.state, entry.token, entry.claimed_by) == (OutboxState.DONE, 2, "two")


def test_an_outcome_that_comes_after_the_claim_was_lost_is_not_recorded() -> None:
    """R12: another process holds the entry and is about to send: only what that one records counts."""
    shop = Shop()

    def lose_the_claim() -> None:
        shop.clock.move_by(LEASES[EffectKind.PAGE])
        with shop.store.transact() as tx:
            tx.outbox.claim([EffectKind.PAGE], shop.clock.now(), LEASES[EffectKind.PAGE], "two", 1)

    shop.courier.carriers[EffectKind.PAGE].pagers = {"webhook": Interrupted(lose_the_claim)}  # type: ignore[attr-defined]
    shop.declare()
    shop.courier.carry()
    assert "PageSent" not in types(shop.facts())
    (entry,) = shop.entries(EffectKind.PAGE)
    assert (entry.state, entry.claimed_by) == (OutboxState.CLAIMED, "two")


def test_a_claim_that_was_lost_before_the_call_is_not_carried() -> None:
    """R12: claimed, stood still, claimed by another: the first does not even call."""
    shop = Shop()
    shop.declare()
    carrier = shop.courier.carriers[EffectKind.PAGE]

    def claimed() -> OutboxEntry:
        with shop.store.transact() as tx:
            (entry,) = tx.outbox.claim([EffectKind.PAGE], shop.clock.now(), LEASES[EffectKind.PAGE], "one", 1)
        return entry

    stale = claimed()
    shop.clock.move_by(LEASES[EffectKind.PAGE])
    claimed()
    carrier.carry(stale)
    assert shop.webhook.calls == []


def test_a_commit_that_fails_after_the_call_sends_once_more() -> None:
    """F91, R7: sent, not written down: one more call, no more."""
    shop = Shop()
    shop.declare()

    class Breaking(type(shop.webhook)):  # type: ignore[misc]
        def page(self, message: PageMessage) -> Outcome:
            if not self.calls:
                shop.store.fail_next_commit(after=False)
            return super().page(message)  # type: ignore[no-any-return]

    breaking = Breaking(shop.clock)
    shop.courier.carriers[EffectKind.PAGE].pagers = {"webhook": breaking}  # type: ignore[attr-defined]
    shop.work()
    shop.pass_time(timedelta(seconds=20))
    assert len(breaking.calls) == 2
    assert types(shop.facts()).count("PageSent") == 1


def test_a_chat_room_hears_the_news_once() -> None:
    """The declaration and the acknowledgement are told, in words, each once."""
    shop = Shop()
    shop.declare()
    shop.incidents.act(ANA, "INC-1", Acknowledge("ana"))
    shop.pass_time(SECOND)
    titles = [call.payload for call in shop.chat.arrived]
    assert len(titles) == 3  # declared, severity, acknowledged
    assert len({call.key for call in shop.chat.arrived}) == 3


def test_a_drill_pages_people_and_tells_nobody_else() -> None:
    """A drill wakes who asked to be woken; chat, mail and the public hear nothing."""
    shop = Shop()
    shop.declare(drill=True)
    shop.pass_time(SECOND)
    assert len(shop.webhook.arrived) == 1
    assert shop.chat.calls == []


@pytest.mark.parametrize("fault", [Drops(), Fails(), Hangs()])
def test_customers_are_never_mailed_twice_on_a_doubt(fault: Drops | Fails | Hangs) -> None:
    """R21: it may have been sent: given up, with the reason, and never sent again."""
    shop = Shop()
    shop.declare()
    shop.mailer.plan(fault)
    shop.incidents.act(BO, "INC-1", NotifyCustomers("u1", PublicStatus.IDENTIFIED, "we know"))
    shop.pass_time(10 * MINUTE)
    assert len(shop.mailer.calls) == 1
    (entry,) = shop.entries(EffectKind.MAIL)
    assert entry.state is OutboxState.GIVEN_UP
    assert entry.last_error.startswith("it may have been sent")


def test_customers_are_mailed_again_when_nothing_can_have_arrived() -> None:
    """A provider that asks to wait has sent nothing: it is tried again."""
    shop = Shop()
    shop.declare()
    shop.mailer.plan(Throttles())
    shop.incidents.act(BO, "INC-1", NotifyCustomers("u1", PublicStatus.IDENTIFIED, "we know"))
    shop.pass_time(MINUTE)
    assert len(shop.mailer.arrived) == 1


def carry_for(shop: Shop, minutes: int) -> None:
    """Let only the courier work, so that hours cost little."""
    for _ in range(minutes):
        shop.clock.move_by(MINUTE)
        shop.courier.carry()


def test_customers_are_mailed_when_the_mail_server_was_away_for_hours() -> None:
    """An outage of the mail server costs no customer their mail, and its tries become few."""
    shop = Shop()
    shop.declare()
    shop.mailer.plan(*[Down()] * 60)
    shop.incidents.act(BO, "INC-1", NotifyCustomers("u1", PublicStatus.IDENTIFIED, "we know"))
    carry_for(shop, 240)
    assert len(shop.mailer.calls) < 60
    assert shop.mailer.arrived == []
    carry_for(shop, 60)
    assert len(shop.mailer.arrived) == 1


def test_a_mail_server_that_is_away_is_asked_once_in_a_while_and_not_for_each_subscriber() -> None:
    """While nobody is there the other mails stay untried where they are; then all go out, each once."""
    shop = Shop()
    many = tuple(f"c{number}@example.org" for number in range(200))
    told = replace(SETTINGS, outlets=replace(SETTINGS.outlets, subscribers=many))
    shop.team = replace(shop.team, services={"shop": told})
    shop.declare()
    shop.mailer.always(Down())
    shop.incidents.act(BO, "INC-1", NotifyCustomers("u1", PublicStatus.IDENTIFIED, "we know"))
    for _ in range(120):
        shop.clock.move_by(SECOND)
        shop.courier.carry(2)
    assert len(shop.mailer.calls) <= 40
    shop.mailer.always(Works())
    for _ in range(300):
        shop.clock.move_by(SECOND)
        shop.courier.carry(2)
    assert shop.courier.carriers[EffectKind.MAIL].away_until is None  # type: ignore[attr-defined]
    assert sorted(call.payload.to for call in shop.mailer.arrived) == sorted(many)  # type: ignore[attr-defined]


def test_a_mail_that_could_never_be_handed_in_is_given_up_after_half_a_day() -> None:
    """What was news yesterday is none: the entry says why, and customers do not hear it tomorrow."""
    shop = Shop()
    shop.declare()
    shop.mailer.plan(*[Down()] * 1000)
    shop.incidents.act(BO, "INC-1", NotifyCustomers("u1", PublicStatus.IDENTIFIED, "we know"))
    carry_for(shop, 13 * 60)
    (entry,) = shop.entries(EffectKind.MAIL)
    assert entry.state is OutboxState.GIVEN_UP
    assert shop.mailer.arrived == []


@pytest.mark.parametrize("commits", [1, 2])
def test_customers_are_not_mailed_again_when_the_outcome_could_not_be_written(commits: int) -> None:
    """R21: sent, and the note of it is lost; not even the note that the claim was lost must lead to a second mail."""
    shop = Shop()
    shop.declare()
    shop.work()
    shop.incidents.act(BO, "INC-1", NotifyCustomers("u1", PublicStatus.IDENTIFIED, "we know"))
    carrier: Carrier = shop.courier.carriers[EffectKind.MAIL]
    for _ in range(commits):
        with shop.store.transact() as tx:
            (entry,) = tx.outbox.claim([EffectKind.MAIL], shop.clock.now(), MINUTE, "one", 1)
        shop.store.fail_next_commit(after=False)
        carrier.carry(entry)
        shop.clock.move_by(MINUTE)
    shop.pass_time(10 * MINUTE)
    assert len(shop.mailer.calls) == 1
    (entry,) = shop.entries(EffectKind.MAIL)
    assert LOST in entry.last_error


# --- steps ---------------------------------------------------------------------------------------------------


def test_a_step_runs_once_and_its_output_is_masked() -> None:
    """R14, R19: one order, one start; what it prints is bounded and holds no secret."""
    shop = Shop()
    shop.declare()
    step = shop.enable("uptime")
    shop.runner.plan(Execution((0,), f"up, password={SECRET}\n" + "x" * 100_000, False, False, 0.1))
    shop.steps.run(ANA, "INC-1", step)
    shop.pass_time(5 * SECOND)
    assert len(shop.runner.runs) == 1
    state = shop.incident().steps[step]
    assert state.outcome is StepOutcome.SUCCEEDED
    assert SECRET not in state.output
    assert len(state.output) <= 64 * 1024


def test_a_step_whose_process_died_becomes_unknown_and_is_never_run_again() -> None:
    """R15: killed in the middle: unknown after the lease, and no second start by itself."""
    shop = Shop()
    shop.declare()
    step = shop.enable("uptime")
    shop.runner.plan(KeyboardInterrupt())
    shop.steps.run(ANA, "INC-1", step)
    with pytest.raises(KeyboardInterrupt):
        shop.work()
    survivor = shop.courier_of("two")
    for _ in range(70):
        shop.clock.move_by(SECOND)
        survivor.carry()
        survivor.carriers[EffectKind.STEP].sweep()
    assert len(shop.runner.runs) == 1
    assert shop.incident().steps[step].outcome is StepOutcome.UNKNOWN


def test_a_step_that_comes_a_second_time_is_not_run() -> None:
    """R15: execution fails closed: should a store ever hand out a step again, it is unknown, not started."""
    shop = Shop()
    shop.declare()
    step = shop.enable("uptime")
    shop.steps.run(ANA, "INC-1", step)
    with shop.store.transact() as tx:
        (entry,) = tx.outbox.claim([EffectKind.STEP], shop.clock.now(), LEASES[EffectKind.STEP], "one", 1)
    shop.courier.carriers[EffectKind.STEP].carry(replace(entry, attempts=2))
    assert shop.runner.runs == []
    assert shop.incident().steps[step].outcome is StepOutcome.UNKNOWN


def test_a_step_whose_carrying_broke_is_not_queued_again() -> None:
    """R15: an error of ours in the middle says nothing of what has run: its lease ends, and it is unknown."""
    shop = Shop()
    shop.declare()
    step = shop.enable("uptime")
    shop.runner.plan(RuntimeError("broke"))
    shop.steps.run(ANA, "INC-1", step)
    shop.pass_time(5 * SECOND)
    (entry,) = shop.entries(EffectKind.STEP)
    assert (entry.state, entry.attempts, len(shop.runner.runs)) == (OutboxState.CLAIMED, 1, 1)


def test_a_restarted_process_gives_up_its_own_steps_at_once() -> None:
    """R15: the same node after a restart need not wait for the lease."""
    shop = Shop()
    shop.declare()
    step = shop.enable("uptime")
    shop.runner.plan(KeyboardInterrupt())
    shop.steps.run(ANA, "INC-1", step)
    with pytest.raises(KeyboardInterrupt):
        shop.work()
    shop.courier_of("one").carriers[EffectKind.STEP].sweep()
    assert shop.incident().steps[step].outcome is StepOutcome.UNKNOWN


def test_a_page_that_is_resolved_away_is_finished_without_a_call() -> None:
    """A resolved incident wakes nobody, whatever lay in the outbox."""
    shop = Shop()
    shop.declare()
    shop.incidents.act(ANA, "INC-1", Resolve("fixed", override="seen"))
    shop.pass_time(MINUTE)
    assert [x for x in shop.facts() if isinstance(x, PageSent)] == []
    assert shop.webhook.calls == []


def test_a_store_that_cannot_be_written_keeps_the_claim_until_its_lease_ends() -> None:
    """When not even the retry can be written, the entry is claimed anew after its lease."""
    shop = Shop()
    shop.declare()
    shop.webhook.plan(Fails())
    with shop.store.transact() as tx:
        (entry,) = tx.outbox.claim([EffectKind.PAGE], shop.clock.now(), LEASES[EffectKind.PAGE], "one", 1)
    shop.store.fail_next_commit(after=False)
    with pytest.raises(Unavailable):
        shop.courier.carriers[EffectKind.PAGE].carry(entry)
    shop.pass_time(timedelta(seconds=29))
    assert len(shop.webhook.calls) == 1
    shop.pass_time(2 * SECOND)
    assert keys(shop) == [FIRST]
