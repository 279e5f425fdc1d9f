"""The browsers that take notifications, in a store."""

from __future__ import annotations

from dataclasses import replace

from tests.contracts.samples import MINUTE, NOW, SECOND
from tocsin.app.rows.handsets import PushDevice
from tocsin.app.store import Store

DEVICE = PushDevice("d1", "zoë", "Phone", "https://push.example/1", "BKEY", "AUTH", NOW)


def test_devices_come_back_by_person_and_oldest_first(store: Store) -> None:
    """Rows come back equal, a person's own or everybody's; the same id again replaces it."""
    later = replace(DEVICE, id="d0", made_at=NOW + SECOND, shown_at=NOW, taken_at=NOW, failed_at=NOW, error="gone")
    with store.transact() as tx:
        tx.devices.save(later)
        tx.devices.save(DEVICE)
        tx.devices.save(replace(DEVICE, id="d2", person="bo", made_at=NOW + MINUTE))
        tx.devices.save(replace(DEVICE, id="d2", person="max", made_at=NOW + MINUTE))
    with store.read() as tx:
        assert list(tx.devices.of("zoë")) == [DEVICE, later]
        assert list(tx.devices.of("bo")) == []
        assert [one.id for one in tx.devices.all()] == ["d1", "d0", "d2"]


def test_what_went_wrong_is_over_once_a_notification_was_taken(store: Store) -> None:
    """Each device has its last success, its last sign of life and its last error; unknown ones are passed over."""
    with store.transact() as tx:
        tx.devices.save(DEVICE)
        tx.devices.failed("d1", NOW + SECOND, "the other end answered 500")
        tx.devices.failed("d9", NOW, "no such device")
    with store.read() as tx:
        assert list(tx.devices.all()) == [replace(DEVICE, failed_at=NOW + SECOND, error="the other end answered 500")]
    with store.transact() as tx:
        tx.devices.taken("d1", NOW + MINUTE)
        tx.devices.shown("d1", NOW + MINUTE + SECOND)
        tx.devices.taken("d9", NOW)
        tx.devices.shown("d9", NOW)
    with store.read() as tx:
        assert list(tx.devices.all()) == [replace(DEVICE, taken_at=NOW + MINUTE, shown_at=NOW + MINUTE + SECOND)]


def test_a_device_is_forgotten_once(store: Store) -> None:
    """Removing says whether there was one."""
    with store.transact() as tx:
        tx.devices.save(DEVICE)
        assert tx.devices.remove("d1") is True
        assert tx.devices.remove("d1") is False
    with store.read() as tx:
        assert list(tx.devices.all()) == []
