"""The library, the documents and the small values of a store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.contracts.samples import MINUTE, NOW
from tocsin.app.rows.records import Document
from tocsin.app.store import Store
from tocsin.errors import Conflict

DRAFT = Document("i1", "postmortem", 1, "# What happened\n", "ana", NOW)


def test_texts_are_kept_by_kind_and_hash(store: Store) -> None:
    """A text is found by kind and hash; putting it again changes nothing."""
    with store.transact() as tx:
        tx.library.put("plan", "sha256:1", b"{}\x00")
        tx.library.put("plan", "sha256:1", b"other")
        tx.library.put("playbook", "sha256:1", b"[]")
    with store.read() as tx:
        assert tx.library.get("plan", "sha256:1") == b"{}\x00"
        assert tx.library.get("playbook", "sha256:1") == b"[]"
        assert tx.library.get("plan", "sha256:2") is None


def test_each_service_has_a_present_playbook_and_plan(store: Store) -> None:
    """The present pair of a service is replaced by the next one."""
    with store.transact() as tx:
        assert tx.library.current() == {}
        tx.library.set_current("Shop", "b1", "p1", NOW)
        tx.library.set_current("Maps", "b1", "p2", NOW)
        tx.library.set_current("Shop", "b2", "p3", NOW + MINUTE)
    with store.read() as tx:
        assert tx.library.current() == {"Shop": ("b2", "p3"), "Maps": ("b1", "p2")}


def test_a_present_playbook_keeps_what_it_took_over_from(store: Store) -> None:
    """Saying the same playbook again, as each start does, forgets neither the one before it nor since when."""
    with store.transact() as tx:
        tx.library.set_current("Shop", "b1", "p1", NOW)
        assert tx.library.replaced("Shop") is None
        tx.library.set_current("Shop", "b2", "p1", NOW + MINUTE, instead_of="b1")
        tx.library.set_current("Shop", "b2", "p1", NOW + 2 * MINUTE)
        tx.library.set_current("Maps", "b1", "p2", NOW, instead_of="b0")
    with store.read() as tx:
        assert tx.library.replaced("Shop") == ("b1", NOW + MINUTE)
        assert tx.library.replaced("Maps") == ("b0", NOW)
        assert tx.library.replaced("Docks") is None
        assert tx.library.current()["Shop"] == ("b2", "p1")


def test_every_version_of_a_document_is_kept_and_the_newest_found(store: Store) -> None:
    """The newest version by number comes back, by incident and kind."""
    with store.transact() as tx:
        tx.documents.save(replace(DRAFT, version=2, body="second"))
        tx.documents.save(DRAFT)
        tx.documents.save(replace(DRAFT, incident_id="i2", version=9))
        tx.documents.save(replace(DRAFT, kind="notes", version=8))
    with store.read() as tx:
        assert tx.documents.newest("i1", "postmortem") == replace(DRAFT, version=2, body="second")
        assert tx.documents.newest("i3", "postmortem") is None


def test_two_people_who_write_the_same_version_do_not_overwrite_each_other(store: Store) -> None:
    """A version that exists is a Conflict and stays as it was."""
    with store.transact() as tx:
        tx.documents.save(DRAFT)
    with pytest.raises(Conflict), store.transact() as tx:
        tx.documents.save(replace(DRAFT, author="bo", body="mine"))
    with store.read() as tx:
        assert tx.documents.newest("i1", "postmortem") == DRAFT


def test_small_values_are_kept_by_name(store: Store) -> None:
    """A value is replaced by put and protected by put_if_absent, which says what holds."""
    with store.transact() as tx:
        assert tx.keep.get("secret") is None
        assert tx.keep.put_if_absent("secret", "one") == "one"
        assert tx.keep.put_if_absent("secret", "two") == "one"
        tx.keep.put("secret", "three")
        tx.keep.put("empty", "")
        assert tx.keep.put_if_absent("empty", "x") == ""
    with store.read() as tx:
        assert tx.keep.get("secret") == "three"
