"""Many deliveries, one commit: what makes "durable before the 202" cost little.

One thread commits whatever has come in while its last commit ran. It does not wait for more: on an idle machine a
delivery is alone in its transaction, and under load the batches grow by themselves. Only while the hearing is behind it
waits a little: what is taken sooner would be acted on no sooner, and the hearing needs the processor.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial

from tocsin.app.rows.records import NewDelivery
from tocsin.app.store import Store
from tocsin.errors import BadInput, Conflict, TocsinError, Unavailable

MAX_BATCH = 256
MAX_WAITING = 8192
MAX_WAITING_BYTES = 64 * 1024 * 1024
CLOSE_SECONDS = 30.0
BEHIND = 1.0
"""Seconds that the hearing may be behind before a commit waits for company."""
LONGEST_LINGER = 0.25
"""Seconds that it waits at most; a fifth of what the hearing is behind beyond that."""

_log = logging.getLogger(__name__)
Outcome = int | TocsinError
"""The id of a delivery that is durable, or why it is not known to be: Unavailable, or BadInput if it cannot be kept."""
Told = Callable[[Outcome], None]
"""Hears the outcome once, in the committing thread, which it must neither hold up nor fail."""
_Waiting = tuple[NewDelivery, Told]


class GroupCommit:
    """Commits deliveries for many threads and tasks at once.

    ``behind`` is how many seconds the hearing is behind. ``on_commit`` is called after each commit, in the committing
    thread. At most ``max_waiting`` deliveries of ``max_waiting_bytes`` together wait.
    """

    def __init__(
        self,
        store: Store,
        max_batch: int = MAX_BATCH,
        *,
        behind: Callable[[], float] = lambda: 0.0,
        on_commit: Callable[[], None] | None = None,
        max_waiting: int = MAX_WAITING,
        max_waiting_bytes: int = MAX_WAITING_BYTES,
    ) -> None:
        self._store = store
        self._max_batch = max_batch
        self._behind = behind
        self._on_commit = on_commit
        self._max_waiting = max_waiting
        self._max_waiting_bytes = max_waiting_bytes
        self._waiting: deque[_Waiting] = deque()
        self._bytes = 0
        self._closed = False
        self._changed = threading.Condition(threading.Lock())
        self._thread = threading.Thread(target=self._run, name="tocsin-intake", daemon=True)
        self._thread.start()

    def submit(self, delivery: NewDelivery) -> Future[int]:
        """Hand in a delivery; the future gives its id once it is durable, or Unavailable when it is not known to be.

        Raises Unavailable at once when too much waits already or after ``close``. The future cannot be cancelled:
        a sender who hangs up early has sent an alert all the same.
        """
        future: Future[int] = Future()
        future.set_running_or_notify_cancel()
        self.hand_in(delivery, partial(_settle, future))
        return future

    def hand_in(self, delivery: NewDelivery, told: Told) -> None:
        """The same without a future, which costs as much as all the rest: ``told`` hears the outcome."""
        with self._changed:
            if self._closed:
                raise Unavailable("the server is stopping; send it again")
            full = self._bytes + len(delivery.body) > self._max_waiting_bytes
            if len(self._waiting) >= self._max_waiting or (full and self._waiting):
                raise Unavailable("more alerts arrive than can be stored now; send it again in a moment")
            self._waiting.append((delivery, told))
            self._bytes += len(delivery.body)
            if len(self._waiting) in (1, self._max_batch):  # it waits for nothing in between
                self._changed.notify()

    def accept(self, delivery: NewDelivery) -> int:
        """Hand in a delivery and wait until it is durable; its id."""
        return self.submit(delivery).result()

    def waiting(self) -> int:
        """How many deliveries have been handed in and not been taken up by a commit."""
        return len(self._waiting)

    def close(self) -> None:
        """Take nothing more and commit what waits."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(CLOSE_SECONDS)

    def _run(self) -> None:
        while batch := self._next():
            try:
                committed = self._commit(batch)
            except Exception:  # noqa: BLE001 - the thread outlives whatever goes wrong: without it nothing is heard
                _log.exception("a batch of %d deliveries could not be stored", len(batch))
                _refuse(batch, Unavailable())
                continue
            if committed and self._on_commit is not None:
                try:
                    self._on_commit()
                except Exception:  # noqa: BLE001 - same
                    _log.exception("whoever is told of new deliveries failed; they are stored all the same")

    def _next(self) -> list[_Waiting]:
        """What waits, up to the size of a batch; empty when all is done for good."""
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            if linger := lingering(self._behind()):
                deadline = time.monotonic() + linger
                while len(self._waiting) < self._max_batch and not self._closed:
                    if not self._changed.wait(deadline - time.monotonic()):
                        break
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._max_batch))]
            self._bytes -= sum(len(delivery.body) for delivery, _ in batch)
            return batch

    def _commit(self, batch: Sequence[_Waiting]) -> bool:
        """Whether any of the batch was committed; everybody in it is told."""
        try:
            ids = self._store_all(self._store.pack([delivery for delivery, _ in batch]))
        except BadInput as error:
            if len(batch) == 1:
                _refuse(batch, error)
                return False
            # One sender's unstorable text must not cost the others theirs: each on its own.
            return max(self._commit([one]) for one in batch)
        except Unavailable as error:
            _refuse(batch, error)
            return False
        except TocsinError as error:
            _refuse(batch, Unavailable(f"it could not be stored: {error.message}"))
            return False
        for (_, told), id in zip(batch, ids, strict=True):
            told(id)
        return True

    def _store_all(self, deliveries: Sequence[NewDelivery]) -> Sequence[int]:
        try:
            return self._store_once(deliveries)
        except Conflict:
            return self._store_once(deliveries)  # another node was faster with the same delivery: then it is a copy

    def _store_once(self, deliveries: Sequence[NewDelivery]) -> Sequence[int]:
        with self._store.transact() as tx:
            return tx.deliveries.accept(deliveries)


def lingering(behind: float) -> float:
    """Seconds that a commit waits for company while the hearing is ``behind`` by so many.

    >>> lingering(0.9), lingering(2.0), lingering(60.0)
    (0.0, 0.2, 0.25)
    """
    return min(max(behind - BEHIND, 0.0) / 5, LONGEST_LINGER)


def _refuse(batch: Sequence[_Waiting], error: TocsinError) -> None:
    for _, told in batch:
        told(error)


def _settle(future: Future[int], outcome: Outcome) -> None:
    if isinstance(outcome, int):
        future.set_result(outcome)
    elif not future.done():
        future.set_exception(outcome)
