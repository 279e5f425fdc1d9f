"""Everything that can be asked of Tocsin: what a face gets in its hand. Put together by ``bootstrap.py``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.app.accounts import Accounts
from tocsin.app.added_probes import AddedProbes
from tocsin.app.answering import Answering
from tocsin.app.assessment import Assessment
from tocsin.app.attempts import Attempts
from tocsin.app.changes import Changes
from tocsin.app.chatting import Chatting
from tocsin.app.courier import Courier
from tocsin.app.courses import Courses
from tocsin.app.desk import Desk
from tocsin.app.devices import Devices
from tocsin.app.feeds import Feeds
from tocsin.app.group_commit import GroupCommit
from tocsin.app.halting import Halting
from tocsin.app.health import Health
from tocsin.app.hearing import Hearing
from tocsin.app.incidents import Incidents
from tocsin.app.integrations import Integrations
from tocsin.app.links import Links
from tocsin.app.maintenances import Maintenances
from tocsin.app.offline import Offline
from tocsin.app.outputs import Outputs
from tocsin.app.phone import Phone
from tocsin.app.playbooks import Playbooks
from tocsin.app.ports import Notary
from tocsin.app.postmortems import Postmortems
from tocsin.app.preflight import Preflights
from tocsin.app.probes import Probes
from tocsin.app.publishing import Publishing
from tocsin.app.rota import Rota
from tocsin.app.runners import Runners
from tocsin.app.runs import Runs
from tocsin.app.silences import Silences
from tocsin.app.steps import Steps
from tocsin.app.store import Store
from tocsin.app.subscribing import Subscribing
from tocsin.app.team import TeamInForce
from tocsin.app.testing_ways import WayTesting
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
    publishing: Publishing
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
