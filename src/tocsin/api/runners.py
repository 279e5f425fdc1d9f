"""Runners over the API: people invite and remove them; they ask for work, and report what came of it.

What a runner asks carries no token: each of its requests is signed with its own key (``app/execution/envelopes.py``).
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool

from tocsin.api import given_runners, sent
from tocsin.api.guard import ANYBODY, SIGNED, Asking, needs
from tocsin.app.access import Permission
from tocsin.app.application import Application
from tocsin.app.execution import envelopes
from tocsin.app.execution.envelopes import Ended, Signed
from tocsin.app.execution.runners import NEAR, Beat
from tocsin.app.rows.runners import RunnerRow
from tocsin.clock import monotonic
from tocsin.errors import NotSignedIn

READ, ADMINISTER = needs(Permission.READ), needs(Permission.ADMINISTER)
LOOK_EVERY = 0.05
"""Seconds between two looks whether this process has offered something: a number is compared."""
ASK_EVERY = 1.0
"""Seconds between two looks into the database: another node may have offered something."""


async def signed_request(request: Request) -> Signed:
    """The request of a runner, as it came. Raises NotSignedIn when it is not signed at all."""
    names = (envelopes.NAME, envelopes.AT, envelopes.ONCE, envelopes.SIGNATURE)
    name, at, once, signature = (request.headers.get(one, "") for one in names)
    if not (name and at and once and signature):
        raise NotSignedIn("only runners come here, and they sign what they ask: start `tocsin runner`")
    path = request.scope.get("raw_path") or request.url.path.encode()
    return Signed(request.method, path.decode("ascii", "replace"), await request.body(), name, at, once, signature)


SignedBy = Annotated[Signed, Depends(signed_request)]


def add_runners(router: APIRouter, application: Application) -> None:
    """The routes for those who look after runners."""
    runners = application.runners

    @router.get("/runners", openapi_extra=READ, tags=["runners"])
    def list_runners(caller: Asking) -> list[given_runners.RunnerOf]:
        """All runners, and when each was seen last."""
        return [_told(one, application.clock.now()) for one in runners.all(caller)]

    @router.post("/runners", openapi_extra=ADMINISTER, tags=["runners"], status_code=201)
    def invite(caller: Asking, body: sent.InviteRunner) -> given_runners.RunnerInvited:
        """Invite a runner: the token enrols it once, within half an hour. A known one gets a new key by it."""
        row, token = runners.invite(caller, body.name, body.labels)
        return given_runners.RunnerInvited(**_told(row, application.clock.now()).model_dump(), token=token)

    @router.delete("/runners/{name}", openapi_extra=ADMINISTER, tags=["runners"])
    def remove(caller: Asking, name: str) -> given_runners.RunnerOf:
        """Refuse a runner from now on. What it runs becomes unknown when it is not heard of any more."""
        return _told(runners.remove(caller, name), application.clock.now())


def add_work(router: APIRouter, application: Application) -> None:
    """The routes for runners themselves."""
    runners, attempts = application.runners, application.attempts
    signed_by_its_key = needs(SIGNED)
    newest: dict[str, str] = {}

    @router.post("/runner/enrol", openapi_extra=needs(ANYBODY), tags=["runners"], status_code=201)
    def enrol(request: Request, body: sent.EnrolRunner) -> given_runners.RunnerEnrolled:
        """A runner shows its one-time token and its public key, once. Wrong tokens are slowed down (429)."""
        client = request.client.host if request.client else "unknown"
        row = runners.enrol(body.token, body.key, client=client)
        return given_runners.RunnerEnrolled(name=row.name, labels=list(row.labels), server_key=runners.server_key)

    @router.post("/runner/work", openapi_extra=signed_by_its_key, tags=["runners"])
    async def work(request: Request, signed: SignedBy, body: sent.AskForWork) -> given_runners.Work:
        """The next run for this runner; waits for one up to ``wait`` seconds. A newer request ends an older one."""
        said = Beat(body.version, tuple(body.effects), tuple(body.programs))
        row = await run_in_threadpool(runners.admit, signed)
        newest[row.name] = signed.once
        deadline = monotonic() + body.wait
        while True:
            offered, asked = attempts.offered, monotonic()
            envelope = await run_in_threadpool(attempts.take, signed, said, row)
            if envelope is not None:
                return given_runners.Work(job=given_runners.JobFor(text=envelope.text, signature=envelope.signature))
            while attempts.offered == offered and monotonic() - asked < ASK_EVERY:
                # Nothing is given to whoever has gone away: a run that is taken and not begun has failed.
                gone = newest[row.name] != signed.once or await request.is_disconnected()
                if gone or monotonic() >= deadline or attempts.stopping:
                    return given_runners.Work(job=None)
                await asyncio.sleep(LOOK_EVERY)

    @router.post("/runner/attempts/{attempt}/start", openapi_extra=signed_by_its_key, tags=["runners"])
    def start(signed: SignedBy, attempt: str) -> given_runners.Begin:
        """Whether the runner may begin now; it begins nothing without this yes."""
        told = attempts.start(signed, attempt)
        return given_runners.Begin(go=told.go, why=told.why)

    @router.post("/runner/attempts/{attempt}/output", openapi_extra=signed_by_its_key, tags=["runners"])
    def output(signed: SignedBy, attempt: str, body: sent.RunHeard) -> given_runners.HeardOf:
        """A sign of life of a run, and the next chunk of its output."""
        heard = attempts.hear(signed, attempt, body.chunk, body.text)
        return given_runners.HeardOf(heard=heard.heard, end=heard.end, lost=heard.lost)

    @router.post("/runner/attempts/{attempt}/end", openapi_extra=signed_by_its_key, tags=["runners"])
    def end(signed: SignedBy, attempt: str, body: sent.RunEnded) -> given_runners.Noted:
        """A part of what a run printed, and with the last one how it ended; may be sent again."""
        ended = None
        if body.ended is not None:
            said = body.ended.model_dump()
            ended = Ended(**{**said, "exit_codes": tuple(said["exit_codes"])})
        attempts.end(signed, attempt, body.part, body.text, ended)
        return given_runners.Noted()


def _told(row: RunnerRow, now: datetime) -> given_runners.RunnerOf:
    enrolled = row.stands
    return given_runners.RunnerOf(
        name=row.name,
        labels=list(row.labels),
        enrolled_at=row.enrolled_at,
        invited_until=None if enrolled or row.removed_at else row.invited_until,
        seen_at=row.seen_at,
        connected=enrolled and row.seen_at is not None and now - row.seen_at <= NEAR,
        version=row.version,
        effects=list(row.effects),
        programs=list(row.programs),
    )
