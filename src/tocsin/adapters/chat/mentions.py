"""Words that wake a whole room in Slack, Discord, Mattermost or Teams, whatever is escaped besides."""

from __future__ import annotations

import re

_MENTION = re.compile(r"(?:(?<=[@!])|(?<=<[@!#]))(?=(?:channel|here|everyone|all|team|subteam)\b)", re.IGNORECASE)
_BREAK = "\u200b"


def unmentioned(text: str) -> str:
    """The text with words such as ``@channel`` and ``<!here>`` broken by an invisible space, so that they call nobody.

    >>> unmentioned("disk full <!channel> @here") == "disk full <!\u200bchannel> @\u200bhere"
    True
    """
    return _MENTION.sub(_BREAK, text)
