"""Whose consent a step needs before it runs: one table, asked by the decider, shown by every face.

| effect | production | elsewhere |
|---|---|---|
| read-only | none: it runs once a maintainer has enabled it | the same |
| changes, or may | whoever runs it confirms it | the same |
| destructive | a second person, and the typed name of the target | the typed name, confirmed |

At a severity that wakes people the lone responder may break the glass: with a reason, announced at once. At any other
there is time to find a second person. Nobody approves what they asked for themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from tocsin.runbook.instructions import Effect

APPROVAL_HOLDS = timedelta(minutes=15)
"""After this a request is void: the world it was asked for is another one."""


class Environment(StrEnum):
    """What stands at a target; everything that is not said to be something else is production."""

    PRODUCTION = "production"
    STAGING = "staging"
    DEVELOPMENT = "development"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person had before their eyes when they confirmed: the digest of what would run, and the step's last run.

    ``last_run`` is empty when it had not been run. Neither may have changed when the run starts, so that one look is
    one run: a page that is sent twice, or was open while the settings moved, runs nothing else and nothing again.
    """

    digest: str
    last_run: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """What has to be given. ``why`` says it in words."""

    why: str
    confirmation: bool = False
    typed_target: bool = False
    second_person: bool = False
    break_glass: bool = False


def consent_for(effect: Effect, *, pages: bool, environment: Environment) -> Consent:
    """What a step of this effect needs, at a severity that ``pages`` or not, in this environment.

    >>> consent_for(Effect.MUTATING, pages=True, environment=Environment.PRODUCTION).confirmation
    True
    """
    match effect:
        case Effect.READ_ONLY:
            return Consent("it only looks")
        case Effect.MUTATING:
            return Consent("it changes something: whoever runs it confirms it", confirmation=True)
        case Effect.UNKNOWN:
            return Consent("it may change something: whoever runs it confirms it", confirmation=True)
        case Effect.DESTRUCTIVE if environment is not Environment.PRODUCTION:
            why = f"it is destructive, in {environment.value}: type the target's name"
            return Consent(why, confirmation=True, typed_target=True)
        case Effect.DESTRUCTIVE:
            return Consent(
                "it is destructive: type the target's name, and a second person approves it",
                confirmation=True,
                typed_target=True,
                second_person=True,
                break_glass=pages,
            )
