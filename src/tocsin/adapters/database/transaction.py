"""Everything of the store, as of one SQL transaction."""

from __future__ import annotations

from tocsin.adapters.database.accounts import SqlAccounts
from tocsin.adapters.database.alerts import SqlAlertBook
from tocsin.adapters.database.audit import SqlAuditTrail
from tocsin.adapters.database.deliveries import SqlDeliveryLog
from tocsin.adapters.database.devices import SqlPushDevices
from tocsin.adapters.database.documents import SqlDocuments
from tocsin.adapters.database.duties import SqlDutyRecords
from tocsin.adapters.database.incidents import SqlIncidentLog
from tocsin.adapters.database.keep import SqlKeep
from tocsin.adapters.database.library import SqlLibrary
from tocsin.adapters.database.outbox import SqlOutbox
from tocsin.adapters.database.overrides import SqlOverrides
from tocsin.adapters.database.permissions import SqlStepPermissions
from tocsin.adapters.database.phone import SqlPhoneInbox
from tocsin.adapters.database.runners import SqlRunners
from tocsin.adapters.database.session import Session
from tocsin.adapters.database.silences import SqlPresentAlerts, SqlSilences
from tocsin.adapters.database.subscribers import SqlSubscribers
from tocsin.adapters.database.way_tests import SqlWayTests


class SqlTransaction:
    """Everything of the store, as of one transaction."""

    __slots__ = (
        "accounts",
        "alerts",
        "audit",
        "deliveries",
        "devices",
        "documents",
        "duties",
        "incidents",
        "keep",
        "library",
        "outbox",
        "overrides",
        "phone",
        "present",
        "runners",
        "silences",
        "steps",
        "subscribers",
        "way_tests",
    )

    def __init__(self, session: Session) -> None:
        self.incidents = SqlIncidentLog(session)
        self.outbox = SqlOutbox(session)
        self.deliveries = SqlDeliveryLog(session)
        self.alerts = SqlAlertBook(session)
        self.silences = SqlSilences(session)
        self.present = SqlPresentAlerts(session)
        self.library = SqlLibrary(session)
        self.accounts = SqlAccounts(session)
        self.audit = SqlAuditTrail(session)
        self.steps = SqlStepPermissions(session)
        self.overrides = SqlOverrides(session)
        self.runners = SqlRunners(session)
        self.documents = SqlDocuments(session)
        self.phone = SqlPhoneInbox(session)
        self.duties = SqlDutyRecords(session)
        self.devices = SqlPushDevices(session)
        self.way_tests = SqlWayTests(session)
        self.subscribers = SqlSubscribers(session)
        self.keep = SqlKeep(session)
