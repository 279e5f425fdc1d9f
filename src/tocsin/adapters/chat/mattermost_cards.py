"""Cards in Mattermost's form: Markdown, message attachments with buttons, and dialogs.

Text comes from monitors, commands and people: it is escaped, never read as markup, and calls nobody (F80). What is
pressed comes back without a signature (https://developers.mattermost.com/integrate/plugins/interactive-messages), so a
button carries a keyed token over what it does: Mattermost keeps it from its clients, and nobody else can make one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tocsin.adapters.chat.consent import without_blind_consent
from tocsin.adapters.chat.mentions import unmentioned
from tocsin.app.chat.ports import Button, Card

LITERAL, HEADLINE, LINE = 8000, 3000, 2000
"""Characters that are shown: a message of Mattermost holds 16,383."""
TITLE = 24
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+!|<>~])")
_EMOJI = re.compile(r":(?=[\w+-]+:)")
_LINK = re.compile(r"https?://[^\s<>()\[\]`\"'|*]+")
_FENCE = re.compile(r"`{3,}")
_NAMED = re.compile(r"@(?=[a-zA-Z0-9])")


def escaped(text: str) -> str:
    r"""Text that stands in Markdown as itself; addresses stay as they are, and are links to where they say.

    >>> escaped("*disk* [full](http://x.example/a_b)")
    '\\*disk\\* \\[full\\]\\(http://x.example/a_b\\)'
    """
    text, made, at = _EMOJI.sub(":\u200b", _NAMED.sub("@\u200b", unmentioned(text))), [], 0
    for link in _LINK.finditer(text):
        made += [_MARKUP.sub(r"\\\1", text[at : link.start()]), link[0]]
        at = link.end()
    return "".join([*made, _MARKUP.sub(r"\\\1", text[at:])])


def fenced(text: str) -> str:
    """Text as it was printed; a fence in it ends nothing."""
    longest = max((len(found) for found in _FENCE.findall(text)), default=2)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What proves that a button or a form is ours: an HMAC over its purpose, what it does, and to what."""

    key: bytes = field(repr=False)

    def of(self, *said: str) -> str:
        """The token for these words, in this order."""
        return hmac.new(self.key, json.dumps(said).encode(), hashlib.sha256).hexdigest()

    def holds(self, token: object, *said: str) -> bool:
        """Whether it is the token for these words."""
        return isinstance(token, str) and hmac.compare_digest(token.encode(), self.of(*said).encode())


@dataclass(frozen=True, slots=True)
class Cards:
    """Makes posts of cards. ``address`` is where Mattermost tells of presses."""

    tokens: Tokens
    address: str

    def post(self, card: Card, names: Sequence[str] = ()) -> dict[str, Any]:
        """The message and its props. With lines it is a board, without them a plain message; ``names`` are called."""
        whole = len(card.literal) <= LITERAL and len(card.headline) <= HEADLINE
        card = without_blind_consent(card, whole=whole, headline=HEADLINE // 2)
        headline = escaped(_cut(card.headline, HEADLINE))
        called = "".join(f"@{one} " for one in names)
        parts = [f"#### {headline}" if card.lines else called + headline]
        parts += [_line(one.label, one.text) for one in card.lines]
        if card.literal:
            parts.append(fenced(card.literal[-LITERAL:]))
        links = [f"[{escaped(one.label)}]({one.url})" for one in card.buttons if one.url]
        if links:
            parts.append(" · ".join(links))
        actions = [self._action(one, n) for n, one in enumerate(card.buttons) if not one.url]
        attachments = [{"fallback": headline, "actions": actions}] if actions else []
        return {"message": "\n".join(parts) or " ", "props": {"attachments": attachments}}

    def _action(self, button: Button, number: int) -> Mapping[str, Any]:
        context = {"action": button.action, "value": button.value, "label": button.label, "confirm": button.confirm}
        token = self.tokens.of("press", button.action, button.value, button.label, button.confirm)
        return {
            "id": f"b{number}{re.sub('[^a-z0-9]', '', button.action.lower())}",  # letters and digits only
            "name": unmentioned(_cut(button.label, 75)),
            "type": "button",
            "style": button.style or "default",
            "integration": {"url": self.address, "context": {**context, "token": token}},
        }

    def form(self, button: Button, member: str) -> Mapping[str, Any]:
        """The dialog of a button, for one person: with what it asks, or only whether it is meant."""
        asks = bool(button.asks)
        kind, nonce = "form" if asks else "sure", secrets.token_hex(8)
        said = (kind, button.action, button.value, member, nonce)
        state = {"kind": kind, "value": button.value, "nonce": nonce, "token": self.tokens.of(*said)}
        field: dict[str, Any] = {"display_name": _cut(button.asks, TITLE), "name": "text"}
        if button.choices:
            options = [{"text": unmentioned(label), "value": value} for value, label in button.choices]
            field |= {"type": "select", "options": options, "default": button.chosen}
        else:
            field |= {"type": "textarea", "max_length": 3000}
        return {
            "callback_id": button.action,
            "title": _cut(button.label, TITLE),
            "introduction_text": escaped(button.asks or button.confirm),
            "elements": [field] if asks else [],
            "submit_label": "Send" if asks else "Yes",
            "state": json.dumps(state),
        }


def _line(label: str, text: str) -> str:
    shown = escaped(_cut(text, LINE)).replace("\n", "  \n")
    return f"**{escaped(label)}:** {shown}" if label else shown


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
