"""What can happen in the life of an incident: immutable facts, in the past tense.

An incident is the fold over its facts (``incident.py``). The class name of a fact is its stored type and never
changes; fields are only ever added, with a default, so that every fact ever written can still be read
(``codec.py`` and one golden file per fact hold this). ``cite`` is the line of the team's runbook that called
for it. All instants are aware UTC. What happens to the steps of a procedure is in ``step_facts.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Citation:
    """The words of the runbook that call for something, and the lines (1-based, both included) where they stand."""

    first: int
    last: int
    text: str = ""


class Via(StrEnum):
    """The way by which an actor spoke."""

    WEB = "web"
    LINK = "link"  # the signed link of a page
    CLI = "cli"
    API = "api"
    CHAT = "chat"
    PHONE = "phone"
    SMS = "sms"
    CALL = "call"
    PUSH = "push"  # a button of a notification
    MONITOR = "monitor"
    ENGINE = "engine"
    OTHER = "other"  # one that only a newer version knows

    @classmethod
    def _missing_(cls, value: object) -> Via:
        return cls.OTHER


class ActorKind(StrEnum):
    """Who can act."""

    PERSON = "person"
    MONITOR = "monitor"
    TOKEN = "token"  # noqa: S105 -- a kind of actor, no secret
    TOCSIN = "tocsin"
    OTHER = "other"  # somebody whom only a newer version knows

    @classmethod
    def _missing_(cls, value: object) -> ActorKind:
        return cls.OTHER


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, and by which way."""

    kind: ActorKind
    name: str
    via: Via


TOCSIN = Actor(ActorKind.TOCSIN, "tocsin", Via.ENGINE)


class TargetClock(StrEnum):
    """The clocks that a runbook may set."""

    RESPONSE = "response"
    ACKNOWLEDGE = "acknowledge"
    RESOLUTION = "resolution"
    UPDATE = "update"
    POSTMORTEM = "postmortem"


class PublicStatus(StrEnum):
    """The words of a public update, in the order of an incident."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


class Audience(StrEnum):
    """Who inside the company is told with words of their own, besides the team."""

    STAKEHOLDERS = "stakeholders"
    EXECUTIVES = "executives"
    SUPPORT = "support"


class WantedUntil(StrEnum):
    """What ends the need for a page."""

    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"  # sent although somebody has acknowledged: only the end of the incident stops it
    UPDATED = "updated"  # a reminder: the update ends it, or its deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened."""

    cite: Citation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared(Fact):
    """The incident began for us. ``plan`` and ``playbook`` are content hashes, pinned for its whole life.

    ``started_at`` is when the trouble began, if anybody said so; ``drill`` incidents never reach customers.
    ``recorded`` is the setting that says that nobody is woken for it; empty: its severity says who is.
    """

    title: str
    service: str
    plan: str
    playbook: str
    source: str  # alert, person
    summary: str = ""
    started_at: datetime | None = None
    group_key: str = ""
    group_reason: str = ""
    drill: bool = False
    recorded: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertJoined(Fact):
    """One of the first alerts of the incident; later ones are only counted."""

    fingerprint: str
    title: str
    reason: str = ""
    link: str | None = None
    severity_hint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsTallied(Fact):
    """The number of distinct alerts passed another power of ten."""

    distinct: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsCleared(Fact):
    """Every alert of the incident is resolved at its source."""

    distinct: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsFlapping(Fact):
    """All alerts were resolved ``cleared`` times since an instant; no change is told; ``again``: it goes on."""

    cleared: int
    since: datetime
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsCalm(Fact):
    """The alerts do not come and go any more: nothing of it was told for a while. Changes are told again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityAssessed(Fact):
    """The severity was set or changed. ``suggested`` when the runbook's criteria did it, not a person.

    ``escalate_by`` keeps an escalation from moving later when the severity is raised.
    """

    severity: str
    previous: str | None
    reason: str
    suggested: bool = False
    raised: bool = False
    escalate_by: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureMatched(Fact):
    """A procedure of the runbook fits: ``words`` are the ones that matched."""

    procedure: str
    title: str
    reason: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelPaged(Fact):
    """An escalation level's turn came. ``cycle`` counts the rounds; a lapsed acknowledgement starts another.

    ``repeat`` counts how often the same level was paged again in the round because nobody answered.
    """

    level: int
    cycle: int
    targets: tuple[str, ...]
    people: tuple[str, ...]
    reason: str
    repeat: int = 0
    assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelSkipped(Fact):
    """A level had nobody to page, or nobody there could be reached; the next level follows at once."""

    level: int
    cycle: int
    targets: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paged(Fact):
    """A page was ordered. ``page`` is its idempotency key: (incident, cycle, level, person, way, repeat).

    ``others`` are the ways of that person that have not been tried, in their order. ``others_at``, where the person
    has rules of their own: when each of them follows although this one arrived, as long as nobody acknowledges.
    """

    page: str
    person: str
    way: str
    level: int
    cycle: int
    reason: str
    others: tuple[str, ...] = ()
    wanted_until: WantedUntil = WantedUntil.ACKNOWLEDGED
    others_at: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded(Paged):
    """A page that only reminds of a status update; a type of its own, which an older node keeps unread."""

    wanted_until: WantedUntil = WantedUntil.UPDATED


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSent(Fact):
    """A provider took the page. That is no delivery."""

    page: str
    receipt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDelivered(Fact):
    """There is proof that the page reached the person's device."""

    page: str
    receipt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFailed(Fact):
    """The page could not be sent and will not be tried again by this way."""

    page: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWithdrawn(Fact):
    """What stood on the person's device asks for nothing any more: it says who has the incident, or that it is over."""

    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLeftStanding(Fact):
    """The page is not wanted any more and could not be taken back; that is no failure of the page."""

    page: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged(Fact):
    """Somebody has it. ``took_over_from`` when somebody else had it before.

    ``alert`` is the fingerprint of the alert that was acknowledged at its source; empty when it was done here.
    """

    person: str
    took_over_from: str | None = None
    alert: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgementLapsed(Fact):
    """Nobody followed up on an acknowledgement; paging starts again."""

    person: str
    idle_since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationExhausted(Fact):
    """The ladder ended without an acknowledgement; the catch-all is paged and paged again."""

    cycle: int
    round: int
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetMet(Fact):
    """A clock of the runbook was stopped in time."""

    clock: TargetClock
    deadline: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetMissed(Fact):
    """A clock of the runbook ran out."""

    clock: TargetClock
    deadline: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseOverran(Fact):
    """The time that the runbook gives a phase of the response is over, and the incident still burns.

    ``phase`` is its title. ``done``: how many of its ``steps`` had ended by then; 0 of 0 where it names none.
    """

    phase: str
    deadline: datetime
    done: int = 0
    steps: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateReminded(Fact):
    """The next status update is due soon. ``person`` is asked for it, and ``role`` says why this one.

    No person: nobody has the incident yet, so only the channels hear it. No role: this one has acknowledged.
    """

    deadline: datetime
    person: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTaken(Fact):
    """A person holds a role of the response; one person may hold several."""

    role: str
    person: str
    previous: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAdded(Fact):
    """Somebody wrote something down. ``mark`` names the chat message that it was, so that it is noted once.

    ``vendor`` is who outside was asked for help, ``case`` the number that they gave it.
    """

    text: str
    mark: str = ""
    vendor: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusUpdated(Fact):
    """The responders told the team where things stand."""

    text: str
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceTold(Fact):
    """An update was approved for a group of people inside the company. ``update`` is its id."""

    update: str
    audience: Audience
    text: str
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomersNotified(Fact):
    """An update was approved for the public. ``update`` is its id.

    ``decided_by`` is who decided it: one of the level to which the runbook leaves that, or whoever was named.
    """

    update: str
    status: PublicStatus
    text: str
    components: tuple[str, ...] = ()
    decided_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mitigated(Fact):
    """The impact is over; the cause may not be."""

    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckConfirmed(Fact):
    """One line of the runbook's verification list was confirmed."""

    check: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved(Fact):
    """The incident is over. ``unconfirmed`` checks were overridden, with ``override`` as the reason.

    ``owed`` are sentences on what was left: not put back, or changed and not verified.
    """

    summary: str = ""
    unconfirmed: tuple[str, ...] = ()
    override: str = ""
    owed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened(Fact):
    """It was not over."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostmortemDrafted(Fact):
    """The post-mortem was written down, by us or by a person. ``document`` is the hash of its text."""

    document: str
    complete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PostmortemPublished(Fact):
    """The post-mortem was published to the team."""

    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable(Fact):
    """A fact that this version does not know, written by a newer one; kept, and skipped by the fold."""

    type: str
    body: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact with its place in the incident's timeline: ``seq`` counts from 1 without gaps."""

    incident_id: str
    seq: int
    at: datetime
    by: Actor
    fact: Fact
