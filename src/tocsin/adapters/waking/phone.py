"""The built-in phone: a page becomes a message that a browser shows and rings for."""

from __future__ import annotations

from tocsin.app.ports import Delivered, Outcome, PageMessage, TryAgain
from tocsin.app.rows.records import PhoneMessage
from tocsin.app.store import Store
from tocsin.errors import TocsinError


class PhonePager:
    """Pages by the built-in phone. Kept is not seen: only the screen that shows a message proves it arrived (R8)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def page(self, message: PageMessage) -> Outcome:
        """Keep the page for the person's screen; the same key again changes nothing. Not within a transaction."""
        kept = PhoneMessage(
            id=message.key,
            person=message.person,
            incident_id=message.incident_id,
            text="\n".join(part for part in (message.headline, message.text) if part),
            link=message.link,
            at=message.at,
        )
        try:
            with self._store.transact() as tx:
                tx.phone.ring(kept)
        except TocsinError as error:
            # Whether a commit that failed holds nobody knows (F91); ringing twice with one key rings once.
            return TryAgain(error.message, ambiguous=True)
        return Delivered(receipt=f"phone of {message.person}")
