"""A drill with a stand-in: what to paste into ``tocsin.toml``, what each typed line does, and what was shown.

A line is what the person with the phone does, or what goes wrong from then on.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from collections.abc import Callable, Iterable, Sequence

from tocsin.cli.output import chat, plain, say
from tocsin.clock import monotonic
from tocsin.errors import BadInput
from tocsin.fakes.mattermost import FakeMattermost
from tocsin.fakes.pagerduty import FakePagerDuty
from tocsin.fakes.push import FakeNtfy, FakePushover
from tocsin.fakes.slack import Channel, FakeSlack
from tocsin.fakes.standin import MENU, Standin
from tocsin.fakes.twilio import FakeTwilio

KINDS: dict[str, Callable[[int], Standin]] = {
    "twilio": lambda port: FakeTwilio(port=port),
    "ntfy": lambda port: FakeNtfy(port=port),
    "pushover": lambda port: FakePushover(port=port),
    "slack": lambda port: FakeSlack(port=port),
    "mattermost": lambda port: FakeMattermost(port=port),
    "pagerduty": lambda port: FakePagerDuty(port=port),
}
HELP = """fault NAME      meet every request so from now on: {faults}
doubles         deliver every callback twice from now on
shown           what has arrived so far
pick up         twilio: answer the last call; press KEY presses a key in it
decline         twilio: do not take the last call
reply TEXT      twilio: answer the last SMS, from the number that it went to
tap LABEL       ntfy: tap a button of the last notification
acknowledge     pushover: acknowledge the last emergency in its app
press LABEL     slack, mattermost: Ana presses a button of the newest message that has it
press LABEL TEXT    and fills in its form
command TEXT    slack, mattermost: Ana types /incident TEXT in the newest channel
choose LABEL    slack, mattermost: and takes that of the list that has opened; no LABEL: what stands there
trigger TITLE   pagerduty: an incident begins there
acknowledge, resolve    pagerduty: Ana does it there, with the newest incident
say TEXT        slack: Ana writes a message there"""


def drill(arguments: argparse.Namespace) -> int:
    """Run the stand-in until it is interrupted; the exit status."""
    with KINDS[arguments.kind](arguments.port) as one:
        one.always(MENU[arguments.fault])
        say(settings_for(one, arguments.server))
        chat("what can be typed here:\n" + HELP.format(faults=", ".join(sorted(MENU))))
        try:
            for answer in obeyed(one, sys.stdin):
                say(plain(answer))
        except KeyboardInterrupt:
            pass
    return 0


def settings_for(one: Standin, server: str) -> str:
    """What to paste into a drill's ``tocsin.toml``; secrets go into the environment."""
    internal = '# [server]\n# internal = ["127.0.0.0/8"]'
    match one:
        case FakeTwilio():
            one.incoming = f"{server.rstrip('/')}/callback/twilio/sms"
            return (
                f"# export TWILIO_TOKEN={one.token}\n{internal}\n[twilio]\n"
                f'account = "{one.account}"\ntoken = {{ env = "TWILIO_TOKEN" }}\nnumber = "{one.number}"\n'
                f'two_way = true\napi = "{one.url}"'
            )
        case FakeNtfy():
            way = 'kind = "ntfy", address = { env = "NTFY_ANA" }'
            return f"# export NTFY_ANA={one.url}/drill\n{internal}\n# a way: {way}"
        case FakePushover():
            return (
                f"# export PUSHOVER_APP={one.token} PUSHOVER_ANA={one.user}\n{internal}\n[pushover]\n"
                f'token = {{ env = "PUSHOVER_APP" }}\napi = "{one.url}"'
            )
        case FakeSlack():
            one.deliver_to = f"{server.rstrip('/')}/callback/slack"
            return (
                f"# export SLACK_BOT_TOKEN={one.token} SLACK_APP_TOKEN={one.app_token}\n{internal}\n[slack]\n"
                'token = { env = "SLACK_BOT_TOKEN" }\napp_token = { env = "SLACK_APP_TOKEN" }\n'
                f'# or by HTTP: signing_secret = {{ env = "SLACK_SIGNING_SECRET" }}, which is {one.secret}\n'
                f'api = "{one.url}/api"\n[chat.slack]\nkind = "slack"\n'
                '# in your service: chat = ["slack"]; in [people.YOU]: slack = "U0ANA"'
            )
        case FakeMattermost():
            one.deliver_to = f"{server.rstrip('/')}/callback/mattermost"
            return (
                f"# export MATTERMOST_TOKEN={one.token} MATTERMOST_COMMAND={one.command_token}\n{internal}\n"
                f'[mattermost]\nurl = "{one.url}"\nteam = "{one.TEAM}"\ntoken = {{ env = "MATTERMOST_TOKEN" }}\n'
                'command_token = { env = "MATTERMOST_COMMAND" }\n[chat.mattermost]\nkind = "mattermost"\n'
                f'# in your service: chat = ["mattermost"]; in [people.YOU]: mattermost = "{next(iter(one.people))}"'
            )
        case FakePagerDuty():
            one.deliver_to = f"{server.rstrip('/')}/in/a-key-for-the-drill/pagerduty-webhook"
            return (
                f"# export PAGERDUTY_TOKEN={one.token} PAGERDUTY_SECRET={one.secret}\n{internal}\n"
                '[integration.pagerduty]\nsource = "pagerduty-webhook"\nservice = "the key of a service"\n'
                '# export PAGERDUTY_KEY=a-key-for-the-drill\nkey = { env = "PAGERDUTY_KEY" }\n'
                'auth = { kind = "pagerduty", secret = { env = "PAGERDUTY_SECRET" } }\n[integration.pagerduty.answer]\n'
                f'token = {{ env = "PAGERDUTY_TOKEN" }}\nfrom = "tocsin@example.org"\napi = "{one.url}"'
            )
        case _:
            raise BadInput("there is no such stand-in")


def obeyed(one: Standin, lines: Iterable[str]) -> Iterable[str]:
    """Do what each line asks; what came of it. A line that cannot be done says why and changes nothing."""
    for line in lines:
        words = shlex.split(line) if line.count('"') % 2 == 0 and "'" not in line else line.split()
        if not words:
            continue
        try:
            yield _obey(one, words)
        except (IndexError, StopIteration):
            yield "nothing has arrived yet that this could be done with"
        except AssertionError as wrong:
            yield str(wrong)


def _obey(one: Standin, words: list[str]) -> str:
    rest = " ".join(words[1:])
    match one, words[0]:
        case _, "fault" if rest in MENU:
            one.always(MENU[rest])
            return f"every request is met so from now on: {rest}"
        case _, "doubles":
            one.doubles = True
            return "every callback is delivered twice from now on"
        case _, "shown":
            return "\n".join(shown(one)) or "nothing yet"
        case FakeTwilio(), "pick":
            return one.pick_up(one.calls[-1])[-1]
        case FakeTwilio(), "press":
            return one.press(one.calls[-1], rest[:1])
        case FakeTwilio(), "decline":
            one.decline(one.calls[-1])
            return "declined"
        case FakeTwilio(), "reply":
            return "\n".join(one.reply(one.messages[-1].to, rest)) or "no answer"
        case FakeSlack(), "press" | "command" | "say" | "choose":
            return _in_slack(one, words[0], rest)
        case FakeMattermost(), "press" | "command" | "choose":
            return _in_mattermost(one, words[0], rest)
        case FakeNtfy(), "tap":
            return one.tap(one.notifications[-1], rest or "Acknowledge")
        case FakePagerDuty(), "trigger":
            return f"{one.trigger(rest or 'A drill').id} began"
        case FakePagerDuty(), "acknowledge":
            one.acknowledge(list(one.incidents.values())[-1])
            return "acknowledged there"
        case FakePagerDuty(), "resolve":
            one.resolve(list(one.incidents.values())[-1])
            return "resolved there"
        case FakePushover(), "acknowledge":
            one.emergencies[-1].acknowledged = True
            return "acknowledged in the app; Tocsin asks within seconds"
        case _:
            return "this cannot be done here:\n" + HELP.format(faults=", ".join(sorted(MENU)))


def _in_slack(one: FakeSlack, what: str, rest: str) -> str:
    """What Ana does in the newest channel, and what she alone is told."""
    rooms, before = [room for room in one.channels if room.messages], len(one.whispers)
    opened = len(one.views)
    match what:
        case "command":
            one.command("U0ANA", rest, rooms[-1] if rooms else None)
            _within(lambda: len(one.whispers) > before or len(one.views) > opened, 2.0)
            if len(one.views) > opened:
                field = one.views[-1]["blocks"][0]
                return _listed(field["label"]["text"], [o["text"]["text"] for o in field["element"]["options"]])
        case "choose":
            one.submit("U0ANA", rest)
        case "say":
            one.say("U0ANA", rooms[-1], rest)
        case _ if one.whispers and rest in one.whispers[-1].buttons():
            one.press("U0ANA", rooms[-1] if rooms else Channel("C0", "", ""), one.whispers[-1], rest)
        case _:
            room = rooms[-1]
            messages = [m for m in reversed(room.messages) if any(rest.startswith(label) for label in m.buttons())]
            label = next(label for label in messages[0].buttons() if rest.startswith(label))
            one.press("U0ANA", room, messages[0], label)
            if _within(lambda: len(one.views) > opened, 1.0):
                one.submit("U0ANA", rest.removeprefix(label).strip() or "(nothing)")
    _within(lambda: len(one.whispers) > before, 2.0)
    return "\n".join(whisper.shown() for whisper in one.whispers[before:]) or "done; see `shown`"


def _in_mattermost(one: FakeMattermost, what: str, rest: str) -> str:
    """What Ana does in the newest channel, and what she alone is told."""
    ana, before, opened = next(iter(one.people)), len(one.whispers), len(one.dialogs)
    room = [room for room in one.channels if room.messages][-1]
    if what == "command":
        one.command(ana, rest, room)
        _within(lambda: len(one.whispers) > before or len(one.dialogs) > opened, 2.0)
        if len(one.dialogs) > opened:
            dialog = one.dialogs[-1]
            return _listed(dialog["introduction_text"], [o["text"] for o in dialog["elements"][0]["options"]])
    elif what == "choose":
        field = one.dialogs[-1]["elements"][0]
        known = {o["text"]: o["value"] for o in field["options"]}
        one.submit(ana, known[rest] if rest else field["default"], room)
    else:
        posts = [post for _, post in one.whispers[-1:]] + room.messages[::-1]
        found = [(post, label) for post in posts for label in post.buttons() if rest.startswith(label)]
        post, label = found[0]
        one.press(ana, room, post, label)
        if _within(lambda: len(one.dialogs) > opened, 1.0):
            one.submit(ana, rest.removeprefix(label).strip() or "(nothing)", room)
    _within(lambda: len(one.whispers) > before, 2.0)
    return "\n".join(post.shown() for _, post in one.whispers[before:]) or "done; see `shown`"


def _listed(asks: str, labels: Sequence[str]) -> str:
    """A form that has opened, as far as a line shows it."""
    return "\n".join((asks, *(f"  choose {label}" for label in labels)))


def _within(holds: Callable[[], bool], seconds: float) -> bool:
    """Whether something comes to hold: what somebody did is answered in its own time."""
    end = monotonic() + seconds
    while not holds() and monotonic() < end:
        time.sleep(0.05)
    return holds()


def shown(one: Standin) -> list[str]:
    """What the phone has shown, oldest first."""
    match one:
        case FakeTwilio():
            texts = [f"SMS to {sms.to}: {sms.body}" for sms in one.messages]
            return texts + [f"call to {call.to}{' (rings)' if call.ringing else ''}" for call in one.calls]
        case FakeNtfy():
            return [f"{shown['title']}" for shown in one.notifications]
        case FakePushover():
            return [f"{emergency.fields['title']}" for emergency in one.emergencies]
        case FakePagerDuty():
            return [f"{row.id} {row.title}: {row.status} {', '.join(row.takers)}" for row in one.incidents.values()]
        case FakeSlack() | FakeMattermost():
            return [
                line
                for room in one.channels
                for line in (f"#{room.name or room.id} ({room.topic})", *(f"  {m.shown()}" for m in room.messages))
            ]
        case _:
            return []
