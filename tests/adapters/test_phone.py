"""The built-in phone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from tocsin.adapters.memory.store import MemoryStore
from tocsin.adapters.waking.phone import PhonePager
from tocsin.app.ports import Delivered, PageMessage, TryAgain
from tocsin.app.store import Store, Transaction
from tocsin.errors import Unavailable

NOW = datetime(2026, 3, 7, 3, 0, tzinfo=UTC)
PAGE = PageMessage("page-1", "INC-1", "ana", "", "P0 shop", "the shop is down", "http://t/p/x", NOW)


class Broken:
    """A store whose commit fails."""

    @contextmanager
    def transact(self) -> Iterator[Transaction]:
        """Fail as a full disk does."""
        raise Unavailable("the disk is full")
        yield


def test_a_page_rings_on_the_persons_phone() -> None:
    """The message holds the headline, the text and the person's own link."""
    store: Store = MemoryStore()
    PhonePager(store).page(PAGE)
    with store.read() as tx:
        (message,) = tx.phone.messages("ana", 10)
        assert tx.phone.messages("bo", 10) == []
    assert message.text == "P0 shop\nthe shop is down"
    assert (message.link, message.incident_id, message.at, message.seen_at) == ("http://t/p/x", "INC-1", NOW, None)


def test_a_repeated_page_rings_once() -> None:
    """The same key again changes nothing: a retry after a crash is no second message."""
    store: Store = MemoryStore()
    pager = PhonePager(store)
    pager.page(PAGE)
    assert pager.page(PAGE) == Delivered("phone of ana")
    with store.read() as tx:
        assert len(tx.phone.messages(None, 10)) == 1


def test_a_kept_message_is_no_proof() -> None:
    """Sent is not delivered (R8): only the screen that shows it proves that it arrived."""
    outcome = PhonePager(MemoryStore()).page(PAGE)
    assert isinstance(outcome, Delivered)
    assert not outcome.proof


def test_a_store_that_fails_is_tried_again() -> None:
    """A commit that failed may hold all the same (F91); the page is sent again, under the same key."""
    outcome = PhonePager(Broken()).page(PAGE)  # type: ignore[arg-type]
    assert outcome == TryAgain("the disk is full", ambiguous=True)
