"""What people did in a chat, in no chat's own words, and the threads that have it done.

What people write is taken in order, what they press beside it, and what comes twice once. The doors of the chats read
and believe; nothing here asks where an act came from.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from tocsin.app.chat.chatting import Chatting
from tocsin.app.chat.ports import Asker
from tocsin.errors import Unavailable

log = logging.getLogger(__name__)

REMEMBERED = 1000
"""So many presses, commands and forms are known again when a chat tells of them once more."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A slash command."""

    asker: Asker
    text: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button, and what it carries."""

    asker: Asker
    action: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Written:
    """A form that was filled in, and what its button carries."""

    asker: Asker
    action: str
    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A message in a channel."""

    member: str
    channel: str
    message: str
    text: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A pushpin that was put to a message."""

    member: str
    channel: str
    message: str


Act = Typed | Pressed | Written | Heard | Marked


@dataclass(slots=True)
class Acting:
    """Has acts of one chat done; ``name`` is the chat's, for threads and the log."""

    chatting: Chatting
    name: str
    _taken: deque[str] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    _acts: ThreadPoolExecutor = field(init=False)
    _talk: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        """Threads are begun by the first act."""
        self._acts = ThreadPoolExecutor(4, f"tocsin-{self.name}")
        self._talk = ThreadPoolExecutor(1, f"tocsin-{self.name}-talk")

    def take(self, act: Act) -> Future[None]:
        """Have it done. What could not be kept raises Unavailable there; nothing else does."""
        if isinstance(act, Typed | Pressed | Written) and act.asker.trigger:
            if act.asker.trigger in self._taken:
                return self._acts.submit(lambda: None)
            self._taken.append(act.asker.trigger)
        pool = self._talk if isinstance(act, Heard | Marked) else self._acts
        return pool.submit(self._do, act)

    async def kept(self, act: Act, within: float) -> bool:
        """Whether it is done, or under way for longer than so many seconds; False when it is to be sent again."""
        done = asyncio.wrap_future(self.take(act))
        try:
            await asyncio.wait_for(asyncio.shield(done), within)
        except TimeoutError:
            done.add_done_callback(lambda ended: ended.exception())
        except Unavailable:
            return False
        return True

    def _do(self, act: Act) -> None:
        chatting = self.chatting
        try:
            match act:
                case Typed(asker, text):
                    chatting.typed(asker, text)
                case Pressed(asker, action, value, label):
                    chatting.pressed(asker, action, value, label)
                case Written(asker, action, value, text):
                    chatting.written(asker, action, value, text)
                case Heard(member, channel, message, text):
                    chatting.heard(member, channel, message, text)
                case Marked(member, channel, message):
                    chatting.marked(member, channel, message)
        except Unavailable:
            raise
        except Exception:
            log.exception("what somebody did in %s failed", self.name)

    def close(self) -> None:
        """Begin nothing more."""
        for pool in (self._acts, self._talk):
            pool.shutdown(wait=False, cancel_futures=True)
