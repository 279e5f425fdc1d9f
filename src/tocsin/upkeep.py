"""What the command line does with an installation on its own machine: beside the server, or without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from tocsin.adapters.compiling import RememberingCompiler
from tocsin.adapters.database.checking import check
from tocsin.adapters.database.opening import open_store, upgrade
from tocsin.adapters.database.upkeep import backup, restore
from tocsin.adapters.status_files import StatusFiles
from tocsin.adapters.status_server import serve_status
from tocsin.app.accounts.accounts import Accounts
from tocsin.app.accounts.links import Links
from tocsin.app.application import Application
from tocsin.app.customers.offline import waiting_in
from tocsin.app.customers.publishing import refresh
from tocsin.app.customers.subscribing import Subscribing
from tocsin.app.deciding import decided, decision_of
from tocsin.app.desk import Desk
from tocsin.app.engine_time import begin, compared
from tocsin.app.health import machine_off
from tocsin.app.holding import Held, held, release
from tocsin.app.indexed import strayed
from tocsin.app.masking import Masker
from tocsin.app.paging.canary import Flight, last_flight
from tocsin.app.paging.devices import deaf
from tocsin.app.paging.testing_ways import standing
from tocsin.app.playbooks import shelve
from tocsin.app.ports import Delivered
from tocsin.app.reloading import InForce
from tocsin.bootstrap import build, make_private
from tocsin.clock import SystemClock, this_machine
from tocsin.errors import BadInput, NotFound, Unavailable
from tocsin.settings.loading import Settings
from tocsin.statuspage.offline import Author
from tocsin.statuspage.page import StatusPage
from tocsin.statuspage.render import render


@contextmanager
def opened(settings: Settings) -> Iterator[Application]:
    """An installation's use cases without its loops, for verbs that work beside a running server."""
    installation = build(settings, serves=False)
    try:
        yield installation.application
    finally:
        installation.close()


@contextmanager
def accounts_of(settings: Settings) -> Iterator[Accounts]:
    """The accounts alone: who may open the database needs no password."""
    make_private(settings.data)
    store = open_store(settings.database)
    try:
        yield Accounts(store, SystemClock())
    finally:
        store.close()


@contextmanager
def subscribers_of(settings: Settings) -> Iterator[Subscribing]:
    """The subscribers alone: who may open the database needs no password. Nothing is sent from here."""
    make_private(settings.data)
    store, clock = open_store(settings.database), SystemClock()
    try:
        yield Subscribing(store, clock, InForce(settings.team), Links(b"", clock, settings.team.public_url), None)
    finally:
        store.close()


def upgrade_database(settings: Settings) -> None:
    """Bring the schema up to date."""
    make_private(settings.data)
    upgrade(settings.database)


def backup_database(settings: Settings, to: Path) -> None:
    """Copy the database, in use or not, to a new file."""
    backup(settings.database, to, SystemClock().now())


def restore_database(settings: Settings, source: Path, *, force: bool) -> datetime:
    """Put a backup in place of the database; the instant of the backup."""
    make_private(settings.data)
    return restore(source, settings.database, SystemClock().now(), force=force)


def release_database(settings: Settings) -> tuple[str, ...]:
    """Let the incidents go on that a restore holds back; their ids. A running server takes them up within a second."""
    store = open_store(settings.database)
    desk = Desk(InForce(settings.team), Masker([]))
    try:
        now = begin(store, this_machine(), "", serves=False).now()
        with store.transact() as tx:
            return release(tx, desk.load, now)
    finally:
        store.close()


def held_back(settings: Settings) -> Held | None:
    """What a restore of the database holds back."""
    store = open_store(settings.database, migrate=False)
    try:
        with store.read() as tx:
            return held(tx)
    finally:
        store.close()


def posts_that_wait(settings: Settings) -> list[str]:
    """The titles of what was published by hand, and nobody has ended or adopted."""
    store = open_store(settings.database, migrate=False)
    try:
        with store.read() as tx:
            return [one.posts[-1].title for one in waiting_in(tx)]
    finally:
        store.close()


def clocks_off(settings: Settings) -> str:
    """What is wrong with the clocks of this machine and of the database; empty when they agree with Tocsin's time."""
    store = open_store(settings.database, migrate=False)
    try:
        return " ".join(part for part in (machine_off(store), compared(store, this_machine())) if part)
    finally:
        store.close()


def without_browser(settings: Settings) -> list[str]:
    """The people whose way is push and whom no browser wakes, by handle."""
    store = open_store(settings.database, migrate=False)
    try:
        return [one.handle for one in deaf(store, settings.team.roster)]
    finally:
        store.close()


def last_canary(settings: Settings) -> Flight | None:
    """How the last canary went; None when none has ever flown."""
    store = open_store(settings.database, migrate=False)
    try:
        with store.read() as tx:
            return last_flight(tx)
    finally:
        store.close()


def unheard(settings: Settings) -> list[str]:
    """By which ways people did not confirm their newest test page, one phrase each."""
    store, now = open_store(settings.database, migrate=False), SystemClock().now()
    try:
        found = standing(store, settings.team)
    finally:
        store.close()
    return [f"{one.person.handle} by {one.way.name}: {said}" for one in found if (said := one.says(now))]


def check_database(settings: Settings, *, facts: bool = False) -> list[str]:
    """What is wrong with the database, one sentence each; with ``facts`` all of them are folded again, which takes long
    where there are many."""
    desk = Desk(InForce(settings.team), Masker([]))
    more = [lambda tx: strayed(tx, desk.load)] if facts else []
    return check(settings.database, SystemClock().now(), more=more)


def render_status_page(settings: Settings) -> list[str]:
    """Write the public status page as of now; the names of its files."""
    with opened(settings) as application:
        now, files = application.clock.now(), StatusFiles(settings.status_dir)
        outcome = refresh(files, application.publishing, application.offline, now)
        if not isinstance(outcome, Delivered):
            raise Unavailable(f"the status page could not be written: {outcome.reason}")
        return sorted(application.publishing.render(now))


def serve_status_page(settings: Settings, host: str, port: int) -> None:
    """Serve the written status page alone: it needs no database and no running Tocsin."""
    serve_status(settings.status_dir, host, port)


def page_on_files(directory: Path) -> StatusPage:
    """The status page as its files hold it, without a database. Raises NotFound, BadInput."""
    with _by_hand(directory):
        return StatusFiles(directory).page()


def publish_on_files(directory: Path, change: Callable[[StatusPage], StatusPage], by: Author) -> StatusPage:
    """Publish by hand on the written files: all of them are rendered anew from the changed page.

    Raises NotFound where no page lies, BadInput where it is not whole, Unavailable when it cannot be written.
    """

    def changed(page: StatusPage) -> tuple[StatusPage, Mapping[str, bytes]]:
        after = replace(change(page), as_of=max(page.as_of, SystemClock().now()))
        return after, render(after)

    with _by_hand(directory):
        return StatusFiles(directory).change(changed, by)


def decided_on_files(settings: Settings, components: Sequence[str], asks: str, by: str) -> str:
    """Whose decision it is that customers hear of these components (none: of anything), by the files alone.

    ``by`` where no runbook leaves it to anybody. Who is on call is what the settings say: overrides are in the
    database. Raises Refused as ``decided`` does, OSError and TocsinError where a runbook cannot be read.
    """
    now, team = SystemClock().now(), settings.team
    for service in team.services.values():
        if components and not any(one.key in components for one in service.components):
            continue
        playbook = shelve(service, now.date(), RememberingCompiler(settings.data / "compiled")).playbook
        decision = decision_of(playbook, team.roster_of(service.key, team.roster), now)
        if decision is not None:
            return decided(decision, asks, by)
    return decided(None, asks, by)


@contextmanager
def _by_hand(directory: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound(
            f"there is no page in {directory}: its page.json is needed, which the server writes beside the pages; "
            "fetch it from where customers read the page, it is all that is needed"
        ) from error
    except BlockingIOError as error:
        raise Unavailable(f"somebody else is writing in {directory} right now: try again") from error
    except ValueError as error:
        raise BadInput(
            f"page.json in {directory} is not whole ({error}): fetch another copy; nothing was changed"
        ) from error
    except OSError as error:
        raise Unavailable(
            f"{directory} cannot be written ({error.strerror}); run the same command again once it can: "
            "nothing is told twice"
        ) from error
