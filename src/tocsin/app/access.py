"""Who may do what: roles, permissions, scopes. Deny by default, decided here for every face alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin.errors import NotAllowed
from tocsin.incident.facts import Actor, ActorKind, Via


class Role(StrEnum):
    """What a signed-in person is; each role may do all that the one before it may."""

    VIEWER = "viewer"
    RESPONDER = "responder"
    MAINTAINER = "maintainer"
    ADMIN = "admin"


class Permission(StrEnum):
    """What can be allowed. The same words are the scopes of API tokens."""

    READ = "read"
    RESPOND = "respond"  # declare, acknowledge, note, tick, update, escalate, mitigate, resolve
    RUN_STEP = "step:run"  # run an enabled read-only step, end a running one
    CHANGE_STEP = "step:change"  # run, or ask for, an enabled step that changes something
    APPROVE_STEP = "step:approve"  # approve what somebody else asks for
    PUBLISH = "publish"  # tell customers
    MAINTAIN = "maintain"  # enable steps, reload runbooks, publish post-mortems
    ADMINISTER = "admin"  # users, tokens, audit
    SEND_ALERTS = "alert:write"


ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({Permission.READ}),
    Role.RESPONDER: frozenset(
        {
            *(Permission.READ, Permission.RESPOND, Permission.PUBLISH, Permission.SEND_ALERTS),
            *(Permission.RUN_STEP, Permission.CHANGE_STEP, Permission.APPROVE_STEP),
        }
    ),
    Role.MAINTAINER: frozenset(set(Permission) - {Permission.ADMINISTER}),
    Role.ADMIN: frozenset(Permission),
}


LINKED: frozenset[Permission] = frozenset({Permission.READ, Permission.RESPOND, Permission.RUN_STEP})
"""What needs no more trust than that a page reached its person."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever asks, with what they may do. ``only_incident`` binds a page's link to its one incident.

    ``ends_at`` is when the token that they came with ends: nothing that it makes lives longer (B5).
    """

    actor: Actor
    permissions: frozenset[Permission]
    only_incident: str | None = None
    ends_at: datetime | None = None

    def require(self, permission: Permission, incident_id: str | None = None) -> None:
        """Raise NotAllowed unless this caller has the permission, for this incident."""
        if permission not in self.permissions:
            raise NotAllowed(
                f"{self.actor.name} may not do this: it needs the permission {permission.value!r}; "
                "ask an administrator for a role or a token that has it"
            )
        if self.only_incident is not None and incident_id != self.only_incident:
            raise NotAllowed(f"this link is for {self.only_incident} only; sign in to see anything else")

    def may(self, permission: Permission) -> bool:
        """Whether the caller has the permission at all (to show or hide a button)."""
        return permission in self.permissions


def person(handle: str, role: Role, via: Via) -> Caller:
    """The caller that a signed-in person is."""
    return Caller(Actor(ActorKind.PERSON, handle, via), ALLOWED[role])


def link_holder(handle: str, incident_id: str) -> Caller:
    """The caller who holds a page's signed link: this person, this incident, and nothing that needs more trust."""
    return Caller(Actor(ActorKind.PERSON, handle, Via.LINK), LINKED, incident_id)
