"""``tocsin doctor``: looks at everything that would keep a page from reaching anybody; one line and one fix each."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tocsin.cli.client import Client
from tocsin.cli.contexts import context
from tocsin.cli.output import GREEN, RED, YELLOW, coloured, dump, local, many, plain, say
from tocsin.cli.running import settings_of, with_config
from tocsin.cli.verbs import Verb
from tocsin.clock import monotonic
from tocsin.errors import TocsinError

if TYPE_CHECKING:
    from tocsin.app.paging.canary import Flight
    from tocsin.settings.loading import Settings

OK, WARNING, WRONG = "ok", "warning", "wrong"
LOOK_SECONDS = 180.0
TALK = "talk to them; they can try again with Send me a test page on their account page"
CLOCKS = 'see "When a clock is set" in docs/operations.md'
_SIGNS = {OK: ("✓", GREEN), WARNING: ("!", YELLOW), WRONG: ("✗", RED)}


@dataclass(frozen=True, slots=True)
class Result:
    """One thing that was looked at."""

    state: str
    what: str
    fix: str = ""


def _arguments(parser: argparse.ArgumentParser) -> None:
    with_config(parser)
    parser.add_argument("--context", metavar="NAME", help="the server to talk to, by the name given to `tocsin login`")
    parser.add_argument("--look", action="store_true", help="look now whether the enabled steps would work")
    parser.add_argument("--json", action="store_true", help="print data for programs")


def _doctor(arguments: argparse.Namespace) -> int:
    results = [*_local(arguments), *_server(arguments.context, arguments.look, _labels(arguments))]
    if arguments.json:
        dump([asdict(one) for one in results])
    for one in results if not arguments.json else ():
        sign, colour = _SIGNS[one.state]
        say(f"{coloured(sign, colour)} {plain(one.what)}")
        if one.fix:
            say(f"    {plain(one.fix)}")
    return 1 if any(one.state == WRONG for one in results) else 0


def _local(arguments: argparse.Namespace) -> Iterator[Result]:
    """What can be seen on this machine."""
    from tocsin.upkeep import (
        check_database,
        clocks_off,
        held_back,
        last_canary,
        posts_that_wait,
        unheard,
        without_browser,
    )

    try:
        settings = settings_of(arguments)
    except TocsinError as error:
        yield Result(WRONG, error.message, "mend it; `tocsin config check` says the same")
        return
    yield Result(OK, f"{settings.path} is sound")
    yield from _runbooks(settings)
    if not settings.mail.host:
        yield Result(WARNING, "no mail server: nobody is mailed", "set [mail] in tocsin.toml")
    yield from _subscribers(settings)
    yield from _inbox(settings)
    yield from _recorded(settings)
    yield from _ways(settings)
    yield from _calls(settings)
    yield from _chat(settings)
    yield from _mattermost(settings)
    yield from _heartbeat(settings)
    yield from _tests(settings)
    problems = check_database(settings)
    yield from (Result(WRONG, one, "see `tocsin db`") for one in problems)
    if not problems:
        yield Result(OK, "the database is sound")
        if found := held_back(settings):
            yield Result(WARNING, str(found), "resolve what is over, then run `tocsin db release`")
        off = clocks_off(settings)
        yield Result(WARNING, off, CLOCKS) if off else Result(OK, "deadlines are kept by a clock that nobody has set")
        yield from waiting_posts(posts_that_wait(settings))
        yield from _canary(settings, last_canary(settings))
        yield from (Result(WRONG, f"test page not confirmed: {one}", TALK) for one in unheard(settings))
        if deaf := without_browser(settings):
            fix = f'let them open {settings.team.public_url.rstrip("/")}/account on the phone and tap "Wake me here"'
            yield Result(WARNING, f"push is a way of {', '.join(deaf)}, and no browser of theirs takes it", fix)


def waiting_posts(titles: Iterable[str]) -> Iterator[Result]:
    """What customers still read of the time without the server, by title."""
    fix = "`tocsin status adopt INC-7` says which incident it is, `tocsin status resolve` ends it"
    for title in titles:
        yield Result(WARNING, f"customers still read what was published by hand: {title}", fix)


def _runbooks(settings: Settings) -> Iterator[Result]:
    from tocsin.cli.compiling import compiled
    from tocsin.incident.planning import plan_response
    from tocsin.runbook.playbook import FindingSeverity

    targets: list[str] = []
    for one in settings.team.services.values():
        try:
            playbook = compiled(one.runbook)
        except TocsinError as error:
            yield Result(WRONG, f"{one.key}: {error.message}", "correct service.*.runbook in tocsin.toml")
            continue
        errors = sum(found.severity is FindingSeverity.ERROR for found in playbook.findings)
        plan = plan_response(playbook, one.key, one.choices)
        targets += [
            t for s in (*plan.severities, plan.unassessed) if s.pages for level in s.levels for t in level.targets
        ]
        state, fix = (WARNING, f"tocsin check {one.runbook}") if errors else (OK, "")
        stats = playbook.stats
        yield Result(
            state, f"{one.key}: {stats.understood} of {stats.blocks} blocks understood, {many(errors, 'error')}", fix
        )
        if quiet := [s.name for s in plan.severities if not s.pages and plan.is_top(s.name)]:
            said = f"{one.key}: nobody is woken for {', '.join(quiet)}, the top severity: no_page names it"
            yield Result(
                WARNING, said, f"take it out of [service.{one.key}.assume] no_page, or of the runbook's answers"
            )
        left = sum(not asked.accepted for asked in plan.assumptions)
        if left:
            yield Result(WARNING, f"{one.key}: {left} questions are open", f"answer them in [service.{one.key}.assume]")
    troubles = settings.team.roster.problems(targets)
    yield from (Result(WRONG, one, "bind it in [roles] of tocsin.toml") for one in troubles)
    if not troubles:
        yield Result(OK, "every word of the runbooks that is paged reaches somebody")


def _inbox(settings: Settings) -> Iterator[Result]:
    """Whether mail that is waited for can come, and what reports of people are worth."""
    mailed = [one.name for one in settings.team.integrations.values() if one.source == "mail"]
    if mailed and settings.inbox.port is None:
        fix = "give inbox.port in tocsin.toml, see docs/mail.md; by HTTP it works all the same"
        yield Result(WARNING, f"{', '.join(mailed)} waits for mail, and none is taken", fix)
    forms = [one for one in settings.team.integrations.values() if one.form is not None]
    if undecided := [one.name for one in forms if not settings.origins[f"integration.{one.name}.severity"].value]:
        fix = "give it a severity in tocsin.toml; until then each calls people by the most severe ladder"
        yield Result(WARNING, f"nobody has said how severe reports by {', '.join(undecided)} are", fix)


def _subscribers(settings: Settings) -> Iterator[Result]:
    """Whether people outside can subscribe on the status page, where they are meant to."""
    if not settings.subscribe:
        return
    on = "status_page.subscribe is on"
    if not settings.mail.host:
        fix = "set [mail]: a mail asks everybody to confirm; or switch status_page.subscribe off"
        yield Result(WARNING, f"{on}, and nobody can subscribe: no mail server", fix)
    url = settings.team.public_url
    host = urlsplit(url).hostname or ""
    if _is_inside(host):
        fix = "set server.url to the https address at which customers reach /subscribe and /unsubscribe"
        yield Result(WARNING, f"{on}, and its forms lead to {url}, which nobody outside reaches", fix)
    elif not url.startswith("https://"):
        fix = "give server.url an https address"
        yield Result(WARNING, f"{on}, and mail programs end it in one click only by https, not by {url}", fix)


def _is_inside(host: str) -> bool:
    """Whether a host is of this machine or of a private network, as far as its name tells."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal"))


def _recorded(settings: Settings) -> Iterator[Result]:
    """Whether a source wakes nobody even for the worst."""
    for one in settings.team.integrations.values():
        if one.record is not None and one.record.top:
            said = f"{one.name} wakes nobody, even for the top severity: record_top says so"
            yield Result(WARNING, said, f"take integration.{one.name}.record_top out, unless that is meant")


def _ways(settings: Settings) -> Iterator[Result]:
    for person in settings.team.roster.people:
        kinds = {way.kind.value for way in person.ways}
        if "email" in kinds and not settings.mail.host:
            yield Result(WRONG, f"{person.handle} wants mail and there is no mail server", "set [mail] in tocsin.toml")
        if kinds == {"phone"}:
            fix = "give a second way that rings: call, sms, ntfy, pushover, push or email"
            yield Result(WARNING, f"{person.handle} is reached by the built-in phone only", fix)


def _heartbeat(settings: Settings) -> Iterator[Result]:
    """Whether anybody outside would notice."""
    if settings.heartbeat:
        yield Result(OK, "a watcher outside hears the heartbeat")
    else:
        fix = "set server.heartbeat to an address of healthchecks.io or the like; see docs/operations.md"
        yield Result(WARNING, "nobody outside would notice if this server fell silent", fix)


def _tests(settings: Settings) -> Iterator[Result]:
    """Whether people hear from Tocsin before the night."""
    if settings.team.test_pages is not None:
        yield Result(OK, f"test pages go to everybody by each way: {settings.team.test_pages}")
    elif not settings.tests_decided:
        fix = 'set server.test_pages = "Tue 10:00", a time that suits your team, or "off"'
        yield Result(WARNING, "nobody has decided when people get a test page by each of their ways", fix)


def _canary(settings: Settings, flight: Flight | None) -> Iterator[Result]:
    """Whether an alert of our own came through lately."""
    every = settings.team.canary.every if settings.team.canary else None
    if every is None:
        fix = 'set server.canary = "5 min": an alert of Tocsin\'s own then travels the whole way, and wakes nobody'
        yield Result(WARNING, "nobody tries the way of an alert from the intake to a page", fix)
    elif flight is None:
        yield Result(WARNING, "no canary has flown yet", "start the server; the first one flies at once")
    elif flight.trouble:
        yield Result(WRONG, flight.says(), "pages may reach nobody: see the server's log, and test a page by hand")
    else:
        yield Result(OK, flight.says())


def _calls(settings: Settings) -> Iterator[Result]:
    """Whether calls and SMS can be answered."""
    if not settings.twilio.account:
        return
    if settings.twilio.callbacks:
        address = f"{settings.twilio.callbacks}/callback/twilio/sms"
        yield Result(OK, f"Twilio calls from {settings.twilio.number}; answers by SMS come in at {address}")
    else:
        fix = "give server.url an https address that Twilio can reach, or set twilio.two_way"
        yield Result(WARNING, "Twilio is used one way: nobody can answer a call, and no receipt comes back", fix)


def _chat(settings: Settings) -> Iterator[Result]:
    """Whether people can work on incidents in Slack."""
    from tocsin.outlets import slack_troubles

    slack = settings.slack
    if not slack.token:
        return
    if slack.app_token:
        yield Result(OK, "Slack is heard by Socket Mode")
    elif slack.signing_secrets:
        address = f"{settings.team.public_url.rstrip('/')}/callback/slack"
        yield Result(OK, f"Slack is heard by HTTP; it sends to {address}")
    else:
        fix = "set slack.app_token (no public address is needed) or slack.signing_secret"
        yield Result(WARNING, "Slack is used one way: nobody can press or type anything there", fix)
    unbound = [person.handle for person in settings.team.roster.people if not person.slack]
    if unbound:
        fix = 'set people.….slack = "U…": in Slack, the profile\'s menu, Copy member ID'
        yield Result(WARNING, f"nobody in Slack is {', '.join(unbound)}: they are not invited and cannot act", fix)
    used = {name for service in settings.team.services.values() for name in service.outlets.rooms}
    if not used:
        fix = 'add [chat.slack] with kind = "slack", and chat = ["slack"] to a service'
        yield Result(WARNING, "no service has channels in Slack", fix)
    yield from (Result(WRONG, trouble, fix) for trouble, fix in slack_troubles(settings))


def _mattermost(settings: Settings) -> Iterator[Result]:
    """Whether people can work on incidents in Mattermost."""
    from tocsin.outlets import mattermost_troubles

    said, public = settings.mattermost, settings.team.public_url.rstrip("/")
    if not said.token:
        return
    if said.hears:
        yield Result(OK, f"Mattermost tells of presses at {public}/callback/mattermost; it has to reach that")
    else:
        fix = "set mattermost.buttons = true when your Mattermost can reach server.url"
        yield Result(WARNING, "Mattermost is used one way: nobody can press anything there", fix)
    if not said.command_token:
        fix = "add a slash command in Mattermost, and its token as mattermost.command_token"
        yield Result(WARNING, "/incident is not heard in Mattermost", fix)
    unbound = [person.handle for person in settings.team.roster.people if not person.mattermost]
    if unbound:
        fix = "set people.….mattermost: a button of Tocsin's there tells everybody theirs"
        yield Result(WARNING, f"nobody in Mattermost is {', '.join(unbound)}: they are not invited and cannot act", fix)
    if not any(one.kind == "mattermost" for one in settings.rooms):
        fix = 'add [chat.mattermost] with kind = "mattermost", and chat = ["mattermost"] to a service'
        yield Result(WARNING, "no service has channels in Mattermost", fix)
    yield from (Result(WRONG, trouble, fix) for trouble, fix in mattermost_troubles(settings))


def _labels(arguments: argparse.Namespace) -> tuple[str, ...]:
    """The labels of runners that the targets here need."""
    try:
        return settings_of(arguments).team.labels
    except TocsinError:
        return ()  # what is wrong with the file has been said


def _runners(listed: Any, labels: tuple[str, ...]) -> Iterator[Result]:
    """Whether the runners are there that the targets need."""
    for one in listed:
        if one["connected"]:
            words = [word for word in one["effects"] if word != "unknown"]
            yield Result(OK, f"runner {one['name']} is connected, for {', '.join(one['labels'])}: {', '.join(words)}")
        elif one["enrolled_at"] is None:
            until = local(one["invited_until"])
            yield Result(WARNING, f"runner {one['name']} is invited until {until}", "start `tocsin runner` on its host")
        else:
            seen = f"last seen {local(one['seen_at'])}" if one["seen_at"] else "never seen"
            fix = f"look at `tocsin runner` there, or `tocsin runners remove {one['name']}`"
            yield Result(WRONG, f"runner {one['name']} is away, {seen}", fix)
    known = {label for one in listed for label in one["labels"]}
    for label in labels:
        if label not in known:
            yield Result(WRONG, f"no runner has the label {label}", f"tocsin runners invite NAME --label {label}")


def _server(named: str | None, look: bool, labels: tuple[str, ...]) -> Iterator[Result]:
    """What the server says."""
    try:
        client = Client(context(os.environ, named))
        status, _ = client.exchange("GET", "/readyz")
    except TocsinError as error:
        yield Result(WARNING, error.message)
        return
    if status != 200:
        yield Result(WRONG, f"{client.context.url} is not ready", "its log and /readyz say why")
    else:
        yield Result(OK, f"{client.context.url} is ready")
    if not client.context.token:
        yield Result(WARNING, "nobody is signed in from here", f"tocsin login {client.context.url}")
        return
    try:
        me = client.get("/me")
    except TocsinError as error:
        yield Result(WRONG, error.message, "sign in again with `tocsin login`")
        return
    yield Result(OK, f"signed in as {me['handle']}")
    try:
        yield from _runners(client.get("/runners"), labels)
        yield from _steps(_looked(client) if look else client.get("/execution/preflight"))
    except TocsinError as error:
        yield Result(WARNING, f"the enabled steps were not looked at: {error.message}")


def _looked(client: Client) -> Any:
    """What a look now sees; what is known so far when it takes too long."""
    seen = client.post("/execution/preflight")
    deadline = monotonic() + LOOK_SECONDS
    while seen["looking"] and monotonic() < deadline:
        time.sleep(0.3)
        seen = client.get("/execution/preflight")
    return seen


def _steps(seen: Any) -> Iterator[Result]:
    """Whether the enabled steps would find what they need."""
    if seen["at"] is None:
        yield Result(WARNING, "nobody has looked whether the enabled steps would work", "tocsin doctor --look")
        return
    when = local(seen["at"])
    yield Result(WARNING if seen["found"] else OK, f"{seen['says']} (looked {when})")
    for one in seen["found"]:
        where = f"line {one['line']}" if one["line"] else "no line"
        on = f" on {one['target']}" if one["target"] else ""
        yield Result(WRONG, f"{one['service']}, {where}, {one['title']}: {one['says']}{on}", "mend it, or the runbook")


VERBS = {"doctor": Verb(_arguments, _doctor)}
