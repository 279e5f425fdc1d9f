"""Words that wake a whole room in Slack, Discord, Mattermost or Teams, whatever is escaped besides."""

from __future__ import annotations

import re

_MENTION = re.compile(r"(?:(?<=[@!])|(?<=<[@!#]))(?=(?:channel|here|everyone|all|team|subteam)\b)", re.IGNORECASE)
_NAMED = re.compile(r"(?<![^\W_])@(?=[\w*&!])|<(?=users/|at\b)")
_MASKED = re.compile(r"\](?=\()|<(?=https?://)", re.IGNORECASE)
_BREAK = "\u200b"


def unmentioned(text: str) -> str:
    """The text with words such as ``@channel`` and ``<!here>`` broken by an invisible space, so that they call nobody.

    >>> unmentioned("disk full <!channel> @here") == "disk full <!\u200bchannel> @\u200bhere"
    True
    """
    return _MENTION.sub(_BREAK, text)


def disarmed(text: str) -> str:
    """The text for a chat of which we know no more than that it may read markup: it calls no room and no person
    (Discord's ``<@1>`` and ``<@&1>``, ``@ana`` of Telegram and Rocket.Chat, Zulip's ``@**ana**``, Google's
    ``<users/1>``, Lark's ``<at id=all>``), and no link hides where it leads. Addresses of mail stay as they are.

    >>> disarmed("<@17> ana@x.example [ok](http://y.example)") == "<@\u200b17> ana@x.example [ok]\u200b(http://y.example)"
    True
    """
    return _MASKED.sub(_broken, _NAMED.sub(_broken, unmentioned(text)))


def _broken(found: re.Match[str]) -> str:
    return found[0] + _BREAK
