"""A face that is made while the server listens already."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from tocsin.web.answers import Receive, Scope, Send
from tocsin.web.later import Later


async def face(scope: Scope, receive: Receive, send: Send) -> None:
    """Says that it was asked."""
    await send({"type": "asked"})


async def receive() -> dict[str, object]:
    """Nothing is sent."""
    return {}


def test_who_asks_before_it_is_there_waits_and_it_is_made_once() -> None:
    """An early request is neither refused nor the reason to make it twice."""
    said: list[str] = []
    made: list[int] = []
    ready = threading.Event()

    def make() -> object:
        made.append(1)
        assert ready.wait(10)
        return face

    later = Later(make, "the face")  # type: ignore[arg-type]

    async def send(message: dict[str, str]) -> None:
        said.append(message["type"])

    async def early() -> None:
        asked = [asyncio.create_task(later({}, receive, send)) for _ in range(3)]
        await asyncio.sleep(0)
        later.begin()
        assert said == []
        ready.set()
        await asyncio.gather(*asked)
        await later({}, receive, send)

    asyncio.run(early())
    assert (said, made) == (["asked"] * 4, [1])


def test_what_is_made_in_a_thread_that_has_time_for_it_is_made_once_too() -> None:
    """Whoever makes one face after the other passes over those that somebody has asked for meanwhile."""
    made: list[threading.Thread] = []

    def make() -> object:
        made.append(threading.current_thread())
        return face

    later = Later(make, "the face")  # type: ignore[arg-type]
    later.make()
    later.make()
    later.begin()
    assert made == [threading.current_thread()]


def test_what_only_pages_and_people_need_is_not_loaded_before_the_server_listens() -> None:
    """A third of a start was the pages with their templates, the API and the client for outbound HTTP."""
    code = (
        "import sys, tocsin.bootstrap, tocsin.serving;"
        "late = {'aiohttp', 'fastapi', 'tocsin.web.site', 'tocsin.api.routes', 'alembic', 'sqlalchemy', 'apprise'};"
        "sys.exit(', '.join(sorted(late & set(sys.modules))) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_cannot_be_made_is_logged_and_raised_for_whoever_asks(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody waits for ever for what will not come."""

    def make() -> object:
        raise ImportError("no such library")

    later = Later(make, "the face")  # type: ignore[arg-type]
    for _ in range(2):
        with pytest.raises(ImportError):
            asyncio.run(later({}, receive, receive))  # type: ignore[arg-type]
    assert "the face could not be made" in caplog.text
