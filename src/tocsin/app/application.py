"""Everything that can be asked of Tocsin: what a face gets in its hand. Put together by ``bootstrap.py``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.app.accounts.accounts import Accounts
from tocsin.app.accounts.links import Links
from tocsin.app.assessment import Assessment
from tocsin.app.chat.chatting import Chatting
from tocsin.app.courier import Courier
from tocsin.app.customers.approving import Approvals
from tocsin.app.customers.audiences import Audiences
from tocsin.app.customers.maintenances import Maintenances
from tocsin.app.customers.offline import Offline
from tocsin.app.customers.publishing import Publishing
from tocsin.app.customers.subscribing import Subscribing
from tocsin.app.desk import Desk
from tocsin.app.duties import Duties
from tocsin.app.execution.attempts import Attempts
from tocsin.app.execution.courses import Courses
from tocsin.app.execution.halting import Halting
from tocsin.app.execution.outputs import Outputs
from tocsin.app.execution.preflight import Preflights
from tocsin.app.execution.runners import Runners
from tocsin.app.execution.runs import Runs
from tocsin.app.execution.steps import Steps
from tocsin.app.health import Health
from tocsin.app.incidents import Incidents
from tocsin.app.intake.added_probes import AddedProbes
from tocsin.app.intake.changes import Changes
from tocsin.app.intake.group_commit import GroupCommit
from tocsin.app.intake.hearing import Hearing
from tocsin.app.intake.integrations import Integrations
from tocsin.app.intake.probes import Probes
from tocsin.app.intake.silences import Silences
from tocsin.app.paging.answering import Answering
from tocsin.app.paging.devices import Devices
from tocsin.app.paging.feeds import Feeds
from tocsin.app.paging.phone import Phone
from tocsin.app.paging.testing_ways import WayTesting
from tocsin.app.playbooks import Playbooks
from tocsin.app.ports import Notary
from tocsin.app.postmortems import Postmortems
from tocsin.app.rota import Rota
from tocsin.app.store import Store
from tocsin.app.team import TeamInForce
from tocsin.app.timekeeper import Timekeeper
from tocsin.clock import Clock


@dataclass(frozen=True, slots=True)
class Application:
    """The use cases of one installation, and the loops that keep it going."""

    store: Store
    clock: Clock
    team: TeamInForce
    desk: Desk
    playbooks: Playbooks
    incidents: Incidents
    rota: Rota
    feeds: Feeds
    steps: Steps
    courses: Courses
    assessment: Assessment
    halting: Halting
    preflights: Preflights
    outputs: Outputs
    runs: Runs
    runners: Runners
    attempts: Attempts
    postmortems: Postmortems
    duties: Duties
    publishing: Publishing
    audiences: Audiences
    approvals: Approvals
    subscribing: Subscribing
    accounts: Accounts
    answering: Answering
    links: Links
    phone: Phone
    devices: Devices
    way_testing: WayTesting
    intake: GroupCommit
    chats: Mapping[str, Chatting]
    """By their words in the settings."""
    integrations: Integrations
    silences: Silences
    maintenances: Maintenances
    offline: Offline
    probes: Probes
    added_probes: AddedProbes
    changes: Changes
    notary: Notary
    hearing: Hearing
    timekeeper: Timekeeper
    courier: Courier
    health: Health
