"""Acknowledged or resolved here: PagerDuty, where it began, is told so once, and nothing comes back in a circle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from tests.waking.house import ADA, MINUTE, SECOND, Mill, mill
from tocsin.app.courier import LEASES
from tocsin.app.rows.records import IncidentQuery, NewDelivery
from tocsin.clock import Clock, earlier
from tocsin.errors import Refused
from tocsin.fakes.pagerduty import FakePagerDuty, PagerDutyIncident
from tocsin.fakes.standin import Fault
from tocsin.incident import commands as c
from tocsin.incident.effects import EffectKind
from tocsin.incident.facts import Acknowledged, NoteAdded

HOUR = 60 * MINUTE
WAYS = '[[people.ana.ways]]\nkind = "phone"\n'
MAIL = '[[people.ana.ways]]\nkind = "email"\naddress = "{}"\n[mail]\nhost = "127.0.0.1"\nfrom = "tocsin@example.org"\n'
ANSWERS = """
[integration.pd]
source = "pagerduty-webhook"
service = "mill"
auth = {{ kind = "pagerduty", secret = {{ env = "SECRET" }} }}

[integration.pd.answer]
token = {{ env = "TOKEN" }}
from = "tocsin@example.org"
api = "{api}"
"""


@pytest.fixture
def pagerduty() -> Iterator[FakePagerDuty]:
    """PagerDuty, with a menu of faults."""
    with FakePagerDuty() as fake:
        yield fake


def house_with(folder: Path, pagerduty: FakePagerDuty, ways: str = WAYS, token: str = ""):  # type: ignore[no-untyped-def]
    """An installation that hears PagerDuty and answers it."""
    environ = {"SECRET": pagerduty.secret, "TOKEN": token or pagerduty.token}
    return mill(folder, ways, ANSWERS.format(api=pagerduty.url), environ)


@pytest.fixture
def house(tmp_path: Path, pagerduty: FakePagerDuty) -> Iterator[Mill]:
    """The installation."""
    with house_with(tmp_path, pagerduty) as one:
        pagerduty.clock = one.clock
        yield one


@dataclass(frozen=True)
class Apart:
    """The engine's clock while it is ahead of the wall clock."""

    clock: Clock
    ahead: timedelta

    def now(self) -> datetime:
        """The engine's time."""
        return self.clock.now()

    def wall(self) -> datetime:
        """What the wall clock says."""
        return self.clock.now() - self.ahead


class Wall(Apart):
    """The same clock as others have it."""

    def now(self) -> datetime:
        """What the wall clock says."""
        return self.wall()


def hear(house: Mill, pagerduty: FakePagerDuty) -> None:
    """What PagerDuty has told since the last time is heard, and all that follows from it is done."""
    application = house.installation.application
    told, pagerduty.webhooks[:] = list(pagerduty.webhooks), []
    for body in told:
        at = earlier(application.hearing.clock)
        application.intake.submit(NewDelivery("pd", f"once:{uuid4()}", at, "", body)).result(60)
    application.hearing.digest()
    house.work()


def begun(house: Mill, pagerduty: FakePagerDuty, title: str = "API not responding") -> PagerDutyIncident:
    """An incident that began there, and is one here."""
    one = pagerduty.trigger(title)
    hear(house, pagerduty)
    return one


def puts(pagerduty: FakePagerDuty) -> list[tuple[str, str]]:
    """The changes that were asked for there: the path, and in whose name."""
    return [(one.path, one.headers["from"]) for one in pagerduty.requests if one.method == "PUT"]


def echo(house: Mill, pagerduty: FakePagerDuty) -> None:
    """The webhooks about our own requests come back."""
    assert pagerduty.webhooks or not puts(pagerduty)
    hear(house, pagerduty)


def acknowledgements(house: Mill) -> list[tuple[str, str | None]]:
    """Who took it from whom."""
    return [(fact.person, fact.took_over_from) for fact in house.facts() if isinstance(fact, Acknowledged)]


def notes(house: Mill) -> list[str]:
    """What was written down about the incident."""
    return [fact.text for fact in house.facts() if isinstance(fact, NoteAdded)]


def settled(pagerduty: FakePagerDuty, count: int) -> None:
    """The webhooks of requests are made in the stand-in's own time."""
    from tests.waking.house import soon

    assert soon(lambda: len(pagerduty.webhooks) >= count)


def test_acknowledged_here_is_acknowledged_there_once_and_its_echo_is_no_second_fact(
    house: Mill, pagerduty: FakePagerDuty
) -> None:
    """One PUT for one acknowledgement; PagerDuty's webhook about it changes nothing, however often it comes."""
    one = begun(house, pagerduty)
    house.acknowledge("ana")
    house.work()
    settled(pagerduty, 1)
    assert (one.status, one.takers) == ("acknowledged", ["Tocsin"])
    again = list(pagerduty.webhooks)
    echo(house, pagerduty)
    pagerduty.webhooks += again
    hear(house, pagerduty)
    house.pass_time(2 * SECOND)
    assert puts(pagerduty) == [(f"/incidents/{one.id}", "tocsin@example.org")]
    assert acknowledgements(house) == [("ana", None)]
    shown = house.installation.application.integrations.show(ADA, "pd").standing
    assert shown.told_at is not None
    assert shown.trouble is None


def test_acknowledged_there_is_a_fact_here_and_not_sent_back(house: Mill, pagerduty: FakePagerDuty) -> None:
    """Whoever took it in PagerDuty has it here, by their name; PagerDuty is not told what it said itself."""
    one = begun(house, pagerduty)
    pagerduty.acknowledge(one)
    hear(house, pagerduty)
    house.pass_time(2 * SECOND)
    assert acknowledgements(house) == [("Ana Silva in PagerDuty", None)]
    assert puts(pagerduty) == []


def test_of_two_incidents_there_the_one_that_nobody_took_is_acknowledged_too(
    house: Mill, pagerduty: FakePagerDuty
) -> None:
    """Both are one incident here: somebody has it, so neither goes on paging; the first is not told again."""
    one, other = pagerduty.trigger("API not responding"), pagerduty.trigger("API not responding")
    hear(house, pagerduty)
    pagerduty.acknowledge(one)
    hear(house, pagerduty)
    assert [path for path, _ in puts(pagerduty)] == [f"/incidents/{other.id}"]
    assert other.status == "acknowledged"


def test_taken_at_both_ends_at_once_ends_in_one_state_and_no_ping_pong(house: Mill, pagerduty: FakePagerDuty) -> None:
    """Ana takes it here while somebody takes it there: one fact, one PUT, and silence after the echoes."""
    one = begun(house, pagerduty)
    house.acknowledge("ana")
    pagerduty.acknowledge(one, "Bo Berg")
    hear(house, pagerduty)
    settled(pagerduty, 1)
    echo(house, pagerduty)
    house.pass_time(5 * SECOND)
    assert acknowledgements(house) == [("ana", None)]
    assert len(puts(pagerduty)) == 1
    assert pagerduty.webhooks == []


def test_resolved_here_is_resolved_there(house: Mill, pagerduty: FakePagerDuty) -> None:
    """The end of the incident ends it where it began; the echo opens and closes nothing."""
    one = begun(house, pagerduty)
    application, caller = house.installation.application, house.caller("ana")
    house.acknowledge("ana")
    house.work()
    try:
        application.incidents.act(caller, "INC-1", c.Resolve("over"))
    except Refused:
        application.incidents.act(caller, "INC-1", c.Resolve("over", override="a test"))
    house.work()
    settled(pagerduty, 2)
    echo(house, pagerduty)
    assert one.status == "resolved"
    assert len(application.incidents.search(ADA, IncidentQuery())) == 1


def test_what_ended_there_meanwhile_needs_nothing(house: Mill, pagerduty: FakePagerDuty) -> None:
    """PagerDuty refuses to acknowledge what is over; that is no trouble."""
    one = begun(house, pagerduty)
    one.status = "resolved"
    house.acknowledge("ana")
    house.work()
    assert notes(house) == []


def test_a_person_whom_pagerduty_knows_acknowledges_there_in_their_own_name(
    tmp_path: Path, pagerduty: FakePagerDuty
) -> None:
    """The address of their way is tried; one that is no user of PagerDuty gives place to `from`."""
    for n, (mail, names) in enumerate((("ana@example.org", ["Ana Silva"]), ("ana@example.net", ["Tocsin"]))):
        (folder := tmp_path / str(n)).mkdir()
        with house_with(folder, pagerduty, WAYS + MAIL.format(mail)) as house:
            one = begun(house, pagerduty)
            house.acknowledge("ana")
            house.installation.application.courier.carry()
            assert one.takers == names


@pytest.mark.parametrize("fault", [Fault(status=503), Fault(status=429, retry_after=2), Fault(drops=True)])
def test_what_fails_three_times_is_told_at_the_fourth(house: Mill, pagerduty: FakePagerDuty, fault: Fault) -> None:
    """Nothing is lost, and nobody is bothered by a hiccup; the page of the source has shown the trouble."""
    one = begun(house, pagerduty)
    pagerduty.plan(fault, fault, fault)
    house.acknowledge("ana")
    house.work()
    shown = house.installation.application.integrations.show(ADA, "pd").standing
    assert shown.trouble is not None
    assert "PagerDuty was not told" in shown.trouble.what
    house.pass_time(MINUTE, until=lambda: len(puts(pagerduty)) >= 4)
    house.work()
    assert one.status == "acknowledged"
    assert notes(house) == []
    assert len(puts(pagerduty)) == 4


def test_what_is_not_told_for_a_while_stands_on_the_incident_and_so_does_its_end(
    house: Mill, pagerduty: FakePagerDuty
) -> None:
    """After a quarter of a minute the timeline says to acknowledge there too, once; then that PagerDuty is told."""
    begun(house, pagerduty)
    pagerduty.always(Fault(status=500))
    house.acknowledge("ana")
    house.pass_time(2 * MINUTE)
    (said,) = notes(house)
    assert said.startswith("PagerDuty was not told yet: ")
    assert said.endswith("until then acknowledge there too.")
    pagerduty.always(Fault())
    house.pass_time(2 * MINUTE, until=lambda: len(notes(house)) > 1)
    assert notes(house)[1:] == ["PagerDuty is told now."]


def test_a_token_that_is_not_valid_is_told_at_once(tmp_path: Path, pagerduty: FakePagerDuty) -> None:
    """401: the incident says what to do, the source has the words, the test of the integration finds it before."""
    with house_with(tmp_path, pagerduty, token="of-yesterday") as house:
        pagerduty.clock = house.clock
        integrations = house.installation.application.integrations
        begun(house, pagerduty)
        house.acknowledge("ana")
        house.pass_time(5 * SECOND)
        said = "PagerDuty was not told: PagerDuty answered 401: Unauthorized"
        assert notes(house) == [f"{said}; acknowledge there too."]
        assert len(puts(pagerduty)) == 1
        trouble = integrations.show(ADA, "pd").standing.trouble
        assert trouble is not None
        assert trouble.what == said
        assert integrations.test(ADA, "pd").endswith("PagerDuty answered 401: Unauthorized")


def test_the_test_of_an_integration_asks_pagerduty(house: Mill, pagerduty: FakePagerDuty) -> None:
    """All is well: no words. A `from` whom nobody there has: it says so, before the night."""
    integrations = house.installation.application.integrations
    assert integrations.test(ADA, "pd") == ""
    del pagerduty.users["tocsin@example.org"]
    assert "no user of PagerDuty has the mail address tocsin@example.org" in integrations.test(ADA, "pd")


def test_a_restart_in_the_middle_loses_nothing(house: Mill, pagerduty: FakePagerDuty) -> None:
    """Claimed, and the node is gone before it asked: the claim comes back, and PagerDuty is told."""
    one = begun(house, pagerduty)
    house.acknowledge("ana")
    application = house.installation.application
    with application.store.transact() as tx:
        taken = tx.outbox.claim([EffectKind.ANSWER], house.clock.now(), LEASES[EffectKind.ANSWER], "gone", 9)
    assert len(taken) == 1
    house.work()
    assert puts(pagerduty) == []
    with application.store.transact() as tx:
        tx.outbox.release("gone")
    house.work()
    assert one.status == "acknowledged"


def test_an_acknowledgement_that_lapsed_is_not_told_any_more(house: Mill, pagerduty: FakePagerDuty) -> None:
    """PagerDuty was down meanwhile; to tell it now would silence it although nobody has the incident."""
    one = begun(house, pagerduty)
    pagerduty.always(Fault(status=503))
    house.acknowledge("ana")
    house.pass_time(150 * MINUTE, until=lambda: house.incident().acknowledged_by is None)
    assert house.incident().acknowledged_by is None
    pagerduty.always(Fault())
    house.pass_time(3 * MINUTE)
    assert one.status == "triggered"


def test_an_echo_from_before_the_lapse_acknowledges_nothing(house: Mill, pagerduty: FakePagerDuty) -> None:
    """A webhook that comes an hour late is of an earlier round: those who are paged now are paged on."""
    begun(house, pagerduty)
    house.acknowledge("ana")
    house.work()
    settled(pagerduty, 1)
    house.pass_time(150 * MINUTE, until=lambda: house.incident().acknowledged_by is None)
    echo(house, pagerduty)
    assert house.incident().acknowledged_by is None


@pytest.mark.parametrize("ahead", [HOUR, -HOUR])
def test_acknowledged_there_again_holds_though_a_clock_was_set(
    house: Mill, pagerduty: FakePagerDuty, ahead: timedelta
) -> None:
    """PagerDuty dates it by the right time. By an engine that is ahead of that it lay before this round of paging."""
    one = begun(house, pagerduty)
    house.acknowledge("ana")
    house.pass_time(150 * MINUTE, until=lambda: house.incident().acknowledged_by is None)
    pagerduty.webhooks.clear()
    house.installation.application.hearing.clock = Apart(house.clock, ahead)
    pagerduty.clock = Wall(house.clock, ahead)
    house.pass_time(MINUTE)
    pagerduty.acknowledge(one)
    settled(pagerduty, 1)
    hear(house, pagerduty)
    assert house.incident().acknowledged_by is not None


def test_an_echo_from_before_the_lapse_acknowledges_nothing_while_the_engine_is_ahead(
    house: Mill, pagerduty: FakePagerDuty
) -> None:
    """It is dated by the wall clock, and lies before this round by the engine's too."""
    pagerduty.clock = Wall(house.clock, HOUR)
    begun(house, pagerduty)
    house.acknowledge("ana")
    house.work()
    settled(pagerduty, 1)
    house.pass_time(150 * MINUTE, until=lambda: house.incident().acknowledged_by is None)
    house.installation.application.hearing.clock = Apart(house.clock, HOUR)
    echo(house, pagerduty)
    assert house.incident().acknowledged_by is None
