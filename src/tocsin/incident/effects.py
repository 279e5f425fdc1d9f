"""What a fact causes outside: rows for the outbox, committed with the fact that caused them.

An effect carries ids only; what it says is written from the incident as it stands when it is delivered. ``key``
is unique for ever: the same fact never causes the same effect twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from tocsin.incident.facts import (
    Acknowledged,
    AcknowledgementLapsed,
    Audience,
    AudienceTold,
    CustomersNotified,
    Declared,
    EscalationExhausted,
    Fact,
    LevelPaged,
    LevelSkipped,
    Mitigated,
    NoteAdded,
    Paged,
    PhaseOverran,
    PostmortemPublished,
    ProcedureMatched,
    Recorded,
    Reopened,
    Resolved,
    RoleTaken,
    SeverityAssessed,
    StatusUpdated,
    TargetMissed,
    UpdateReminded,
)
from tocsin.incident.incident import CLICKED_TWICE, Incident, Told
from tocsin.incident.step_facts import (
    ChangeVerified,
    EvidenceGathered,
    GlassBroken,
    StepDeclined,
    StepFinished,
    StepOutcomeUnknown,
    StepProposed,
    StepStarted,
    StepTicked,
    WaitEnded,
    WayChosen,
)


class EffectKind(StrEnum):
    """The outward acts, one port each."""

    PAGE = "page"
    WITHDRAW = "withdraw"  # a page that nobody needs any more is taken back
    CHAT = "chat"
    ROOM = "room"  # the incident's own channel is brought up to date
    MAIL = "mail"
    WEBHOOK = "webhook"
    ANSWER = "answer"  # what is done here to an incident that began at a peer is done there
    STEP = "step"
    EVIDENCE = "evidence"
    PUBLISH = "publish"
    SUBSCRIBERS = "subscribers"  # a public update is made into a mail or a message for each of them
    HOOK = "hook"  # a message to a program that somebody outside named


TeamUpdate = StatusUpdated | AudienceTold
"""What stakeholders may be told in words of the team's."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One outward act. ``ref`` says what of the incident it is about: a page, a run, a fact's seq, an outlet."""

    key: str
    incident_id: str
    kind: EffectKind
    ref: str
    outlet: str = ""


@dataclass(frozen=True, slots=True)
class Outlets:
    """Where news of a service goes besides the people who are paged: names from `tocsin.toml`.

    ``chat`` are channels that hear news; in each of ``rooms`` every incident has a channel of its own.
    ``answered`` are the sources that are told what is done here to incidents that began there. ``stakeholders``,
    ``executives`` and ``support`` are the audiences inside the company: mail addresses, and names of chat channels.
    """

    chat: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    webhooks: tuple[str, ...] = ()
    stakeholders: tuple[str, ...] = ()
    executives: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    subscribers: tuple[str, ...] = ()
    status_page: bool = True
    answered: tuple[str, ...] = ()

    def audience(self, audience: Audience) -> tuple[str, ...]:
        """Where an audience inside the company is told."""
        match audience:
            case Audience.STAKEHOLDERS:
                return self.stakeholders
            case Audience.EXECUTIVES:
                return self.executives
            case Audience.SUPPORT:
                return self.support


NEWS: tuple[type[Fact], ...] = (
    Declared,
    SeverityAssessed,
    Acknowledged,
    AcknowledgementLapsed,
    EscalationExhausted,
    EvidenceGathered,
    ChangeVerified,
    StepProposed,
    GlassBroken,
    WaitEnded,
    StatusUpdated,
    AudienceTold,
    CustomersNotified,
    UpdateReminded,
    TargetMissed,
    PhaseOverran,
    Mitigated,
    Resolved,
    Reopened,
    PostmortemPublished,
)
"""The facts that chat channels and webhooks hear about."""

ROOM_NEWS: tuple[type[Fact], ...] = (
    *NEWS,
    ProcedureMatched,
    LevelPaged,
    LevelSkipped,
    RoleTaken,
    NoteAdded,
    WayChosen,
    StepStarted,
    StepFinished,
    StepTicked,
    StepDeclined,
    StepOutcomeUnknown,
)
"""The facts after which the incident's own channel says or shows something else."""

STAKEHOLDER_NEWS: tuple[type[Fact], ...] = (Declared, StatusUpdated, Mitigated, Resolved, Reopened)
"""The facts that stakeholders inside the team's company hear, besides what is written for them."""


def effects_of(
    recorded: Iterable[Recorded], outlets: Outlets, *, drill: bool, told: Iterable[Told[TeamUpdate]] = ()
) -> list[Effect]:
    """The outward acts that these facts cause. A drill pages people and reaches nobody else.

    ``told`` is what stakeholders were told last, as the team or by words of their own: they get no words twice within
    a moment, whichever of both they come as.
    """
    effects: list[Effect] = []
    recorded = tuple(recorded)
    # One approval for the team and for stakeholders is one message for stakeholders, who hear the team's updates too.
    own = any(isinstance(one.fact, AudienceTold) and one.fact.audience is Audience.STAKEHOLDERS for one in recorded)
    before = [one for one in told if all(one.fact is not other.fact for other in recorded)]
    for one in recorded:
        effects.extend(_acts(one))
        if drill:
            continue
        again = (own and isinstance(one.fact, StatusUpdated)) or _is_heard(one, before)
        effects.extend(_news(one, replace(outlets, stakeholders=()) if again else outlets))
    return effects


def _is_heard(one: Recorded, before: Sequence[Told[TeamUpdate]]) -> bool:
    """Whether stakeholders were told these words a moment before."""
    match one.fact:
        case StatusUpdated(text=text) | AudienceTold(audience=Audience.STAKEHOLDERS, text=text):
            return any(last.fact.text == text and one.at - last.at < CLICKED_TWICE for last in before)
        case _:
            return False


def _acts(one: Recorded) -> list[Effect]:
    match one.fact:
        case Paged(page=page):
            return [Effect(f"page/{page}", one.incident_id, EffectKind.PAGE, page)]
        case StepStarted(run=run):
            return [Effect(f"step/{run}", one.incident_id, EffectKind.STEP, run)]
        case ProcedureMatched(procedure=procedure):
            # The key is of the incident and the procedure: opening it again looks at nothing again.
            key = f"evidence/{one.incident_id}/{procedure}"
            return [Effect(key, one.incident_id, EffectKind.EVIDENCE, procedure)]
        case _:
            return []


def _news(one: Recorded, outlets: Outlets) -> list[Effect]:
    at = f"{one.incident_id}/{one.seq}"
    ref = str(one.seq)
    found: list[Effect] = []
    told: tuple[str, ...] = outlets.stakeholders if isinstance(one.fact, STAKEHOLDER_NEWS) else ()
    if isinstance(one.fact, AudienceTold):
        told = outlets.audience(one.fact.audience)
    said = [name for name in told if not is_address(name)]
    mailed = [name for name in told if is_address(name)]
    if isinstance(one.fact, CustomersNotified):
        mailed += outlets.subscribers
    if isinstance(one.fact, NEWS):
        said += outlets.chat
        found += [Effect(f"webhook/{at}/{n}", one.incident_id, EffectKind.WEBHOOK, ref, n) for n in outlets.webhooks]
    found += [Effect(f"chat/{at}/{n}", one.incident_id, EffectKind.CHAT, ref, n) for n in dict.fromkeys(said)]
    if isinstance(one.fact, (Acknowledged, Resolved)):
        found += [Effect(f"answer/{at}/{n}", one.incident_id, EffectKind.ANSWER, ref, n) for n in outlets.answered]
    if isinstance(one.fact, ROOM_NEWS):
        found += [Effect(f"room/{at}/{n}", one.incident_id, EffectKind.ROOM, ref, n) for n in outlets.rooms]
    found += [Effect(f"mail/{at}/{n}", one.incident_id, EffectKind.MAIL, ref, n) for n in dict.fromkeys(mailed)]
    if outlets.status_page and isinstance(one.fact, (CustomersNotified, Resolved, Reopened)):
        found.append(Effect(f"publish/{at}", one.incident_id, EffectKind.PUBLISH, ref))
    if outlets.status_page and isinstance(one.fact, CustomersNotified):
        found.append(Effect(f"subscribers/{at}", one.incident_id, EffectKind.SUBSCRIBERS, ref))
    return found


def told_to_stakeholders(incident: Incident) -> tuple[Told[TeamUpdate], ...]:
    """What stakeholders were told last: by the team's update, which they hear too, and by words of their own."""
    return tuple(one for one in (incident.said, incident.told.get(Audience.STAKEHOLDERS)) if one is not None)


def is_address(name: str) -> bool:
    """Whether this is a mail address, and no name of a chat channel."""
    return "@" in name
