"""What every test may ask for, and how tests share a machine."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import socket
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from xdist.remote import Producer
from xdist.scheduler import Scheduling

from tests.stage import alertmanager as alertmanager_stage
from tests.stage import memory, shares
from tests.stage.browser import chromium
from tests.stage.mailbox import Mailbox, mailbox
from tests.stage.migrated import COMPILED
from tests.stage.nginx import Nginx, nginx
from tests.stage.postgresql import Database, PostgreSQL, postgresql
from tests.stage.presence import require
from tests.stage.redis import Redis, redis
from tests.stage.sshd import SSHServer, sshd
from tests.stage.webhook import Webhook, webhook

ROOT = Path(__file__).resolve().parent.parent
TURN = "TOCSIN_TESTS_TURN"  # the file whose lock says whose turn it is


def shared() -> Path | None:
    """The folder of public documents beside the checkout, where it exists."""
    named = os.environ.get("TOCSIN_SHARED")
    for place in (Path(named) if named else None, ROOT.parent / "shared"):
        if place is not None and (place / "runbooks").is_dir():
            return place
    return None


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder with the five real runbooks; a test that needs it is skipped where it is absent."""
    place = shared()
    if place is None:
        pytest.skip("the shared documents are not beside this checkout (set TOCSIN_SHARED)")
    return place


@pytest.fixture(scope="session")
def runbooks_dir(shared_dir: Path) -> Path:
    """The five real runbooks."""
    return shared_dir / "runbooks"


# --- the real components ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQL]:
    """One PostgreSQL for the session; take ``postgresql_database``, or start your own to break it."""
    with postgresql() as server:
        yield server


@pytest.fixture
def postgresql_database(postgresql_server: PostgreSQL) -> Iterator[Database]:
    """A fresh, empty PostgreSQL database: ``.dsn`` for psycopg, ``.url`` for SQLAlchemy."""
    with postgresql_server.database() as database:
        yield database


@pytest.fixture
def migrated_postgresql(postgresql_server: PostgreSQL) -> Iterator[Database]:
    """The same with Tocsin's schema in it, copied from one that was migrated once."""
    with postgresql_server.database(migrated=True) as database:
        yield database


@pytest.fixture
def webhook_sink() -> Iterator[Webhook]:
    """An HTTP endpoint that records requests and fails on demand."""
    with webhook() as sink:
        yield sink


@pytest.fixture
def smtp_sink() -> Iterator[Mailbox]:
    """A mail server that keeps what it is sent, or refuses it on demand."""
    with mailbox() as box:
        yield box


@pytest.fixture
def alertmanager(tmp_path: Path, webhook_sink: Webhook) -> Iterator[alertmanager_stage.Alertmanager]:
    """An Alertmanager that sends to ``webhook_sink``; for another receiver use ``tests.stage.alertmanager``."""
    with alertmanager_stage.alertmanager(tmp_path, f"{webhook_sink.url}/alerts") as running:
        yield running


@pytest.fixture
def nginx_proxy(tmp_path: Path, webhook_sink: Webhook) -> Iterator[Nginx]:
    """An nginx before ``webhook_sink``; for another upstream use ``tests.stage.nginx``."""
    with nginx(tmp_path, upstream=webhook_sink.url) as running:
        yield running


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[Redis]:
    """A Redis of one's own."""
    with redis(tmp_path) as running:
        yield running


@pytest.fixture
def ssh_server(tmp_path: Path) -> Iterator[SSHServer]:
    """An sshd that lets the user of the tests in."""
    with sshd(tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium. For one module only: while it is open, its thread counts as running an event loop."""
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a browser of its own: no cookies, nothing cached."""
    context = browser.new_context()
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


# --- how tests share a machine ------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """Make what the workers of a parallel run share by its name: the lock by which tests take turns, for one."""
    if TURN in os.environ:
        return
    memory.use()
    descriptor, name = tempfile.mkstemp(prefix="tocsin-tests-", suffix=".lock")
    os.close(descriptor)
    os.environ[TURN] = name
    os.environ[COMPILED] = tempfile.mkdtemp(prefix="tocsin-tests-compiled-")
    os.environ[shares.SHARES] = f"{name}.shares"

    def forget() -> None:
        del os.environ[TURN]
        for written in (name, os.environ.pop(shares.SHARES)):
            Path(written).unlink(missing_ok=True)
        shutil.rmtree(os.environ.pop(COMPILED))

    config.add_cleanup(forget)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Let a worker that asks the run how often a test was tried already have its answer at once.

    pytest-rerunfailures says one thing and asks another before each test. The kernel holds the second back until the
    first is confirmed, and the other side takes 40 ms to confirm what it need not answer: minutes, for all tests.
    """
    asked = getattr(getattr(session.config, "failures_db", None), "sock", None)
    if asked is not None:
        asked.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[object]:
    """Collect without looking for cycles: hardly anything goes, and each look at ten thousand tests takes a while."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the serial tests last, so that the others need not wait for them; a worker tells what is handed out whole."""
    if hasattr(config, "workerinput"):
        shares.order(items)
        shares.tell(items)
    else:
        items.sort(key=lambda item: item.get_closest_marker("serial") is not None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """Hand out tests as tests/stage/shares.py has it, unless another way is asked for."""
    return shares.Shares(config, log) if config.getvalue("dist") == "load" else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Let a serial test run alone: it holds a lock for itself that all others share.

    One run of pytest then has both kinds and one summary. Waiting happens outside of the test's own time-out.
    """
    kind = fcntl.LOCK_EX if item.get_closest_marker("serial") else fcntl.LOCK_SH
    with Path(os.environ[TURN]).open("a") as turn:
        fcntl.flock(turn, kind)
        return (yield)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, or fail with CI=true, a test whose component is missing."""
    for marker in item.iter_markers("component"):
        for name in marker.args:
            require(name)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name and count what was not tested."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason.removeprefix("Skipped: ")] += 1
    if reasons:
        terminalreporter.section(f"not tested: {reasons.total()} tests skipped")
        for reason, number in reasons.most_common():
            terminalreporter.write_line(f"{number:5}  {reason}")
