"""What words of the document mean to whoever plans and runs a response: who comes first, who is one of ours.

The compiler decides it once (``settled``) and the playbook keeps it, so that a server that plans by a stored playbook
loads no vocabulary. Of a playbook from before something was kept, the words are read whenever it is asked.
"""

from __future__ import annotations

from dataclasses import replace

from tocsin.runbook.durations import target
from tocsin.runbook.escalation.people.ours import OURS, is_first_responder, is_outside
from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.playbook import Contact, ContactKind, EscalationLevel, Playbook, Trigger
from tocsin.runbook.words import vocabulary

_ROLE = 4
"""Words that a role has at most; what is longer tells of a person's work."""


@pattern
def _when() -> str:
    return any_of("if", "for")


@pattern
def _if() -> str:
    return any_of("if")


def settled(playbook: Playbook) -> Playbook:
    """The playbook with all that is kept of the meaning of its words."""
    return replace(
        playbook,
        escalation_levels=_levels(playbook.escalation_levels),
        escalation_by_severity={name: _levels(chain) for name, chain in playbook.escalation_by_severity.items()},
        contacts=tuple(_contact(one) for one in playbook.contacts),
    )


def _levels(chain: tuple[EscalationLevel, ...]) -> tuple[EscalationLevel, ...]:
    return tuple(
        replace(one, comes_first=level_comes_first(one), public_decision=public_decision(one)) for one in chain
    )


def _contact(one: Contact) -> Contact:
    return replace(
        one,
        comes_first=contact_comes_first(one),
        ours=contact_is_ours(one),
        business_time=keeps_business_time(one),
    )


def level_comes_first(level: EscalationLevel) -> bool:
    """Whether the document itself puts this level first: by its name, "On-call", or as "page the desk at once" does.

    One with a condition is called in later.
    """
    if level.comes_first is not None:
        return level.comes_first
    if _follows(level):
        return False
    return _starts(level) or any(is_first_responder(target) for target in level.targets)


def _follows(level: EscalationLevel) -> bool:
    """Whether a level comes when somebody before it did not answer for a stated time, "no answer in 15 minutes: the
    second on-call": at a severity for which nobody is named before it, that one is not the first all the same."""
    return level.trigger is Trigger.UNACKNOWLEDGED and level.after is not None and bool(level.after.seconds)


def _starts(level: EscalationLevel) -> bool:
    if level.trigger is not Trigger.START:
        return False
    said = level.condition
    unless = _if() if level.severities else _when()  # "Page the desk at once for P0": a severity, and no condition
    return not said or ((vocabulary().says("immediate", said) or _begins(said)) and not unless.search(said))


def _begins(said: str) -> bool:
    """Whether a sentence stands at the beginning of a timeline: "T+0: page the desk"."""
    when = target(said)
    return when is not None and when.seconds == 0


def contact_comes_first(contact: Contact) -> bool:
    """Whether the name, or the role beside it, is that of whoever is paged first: "Primary on-call"."""
    if contact.comes_first is not None:
        return contact.comes_first
    role = contact.purpose if contact.purpose and len(contact.purpose.split()) <= _ROLE else ""
    return any(is_first_responder(said) for said in (contact.name, role))


def contact_is_ours(contact: Contact) -> bool:
    """Whether a contact is one of ours who responds: no vendor, no authority, no bot, and none who is only told,
    "Legal", "HR"; nor "Consoles: see the wiki", which has neither an address nor a word for a person."""
    return _is_ours(contact) if contact.ours is None else contact.ours


def _is_ours(contact: Contact) -> bool:
    if contact.kind is ContactKind.VENDOR or is_outside(contact.name) or _is_help_desk(contact):
        return False
    says = vocabulary().says
    if says("no_responder", contact.name) and not says("rotation", contact.name):
        return False
    known = {channel.type for channel in contact.channels}
    if known == {"url"}:
        return False
    if says("machine", contact.name) and not any(says(name, contact.name) for name in OURS):
        return False
    if known - {"url", "other"} or contact.unfilled or _is_a_full_name(contact.name):
        return True
    return any(says(name, contact.name) for name in OURS)


def _is_help_desk(contact: Contact) -> bool:
    """Whether somebody without a name or a role of ours is reached by the address of a desk only: "support@…"."""
    mail = [one.value for one in contact.channels if one.type == "email"]
    if not mail or any(one.type not in ("email", "url") for one in contact.channels):
        return False
    desk = all(vocabulary().says("vendor", one.partition("@")[0]) for one in mail)
    return desk and not any(vocabulary().says(name, contact.name) for name in OURS)


def _is_a_full_name(name: str) -> bool:
    """Whether somebody is called by two or three names, "Mira Holt": better a page too many than a person left out."""
    words = name.split()
    return len(words) in (2, 3) and all(word[0].isupper() and word.isalpha() for word in words)


def keeps_business_time(contact: Contact) -> bool:
    """Whether somebody is listed with business hours, whichever these are."""
    if contact.business_time is not None:
        return contact.business_time
    return bool(contact.availability) and vocabulary().says("business_time", contact.availability or "")


def public_decision(level: EscalationLevel) -> str:
    """The responsibility that leaves to this level what the public is told; empty without one."""
    if level.public_decision is not None:
        return level.public_decision
    return next(filter(is_public_decision, level.responsibilities), "")


def is_public_decision(duty: str) -> bool:
    """Whether a level's line leaves to it what the public is told, in any language that runbooks are read in.

    >>> is_public_decision("External communication decisions"), is_public_decision("Kommunikation mit Kunden")
    (True, True)
    >>> is_public_decision("Database operations"), is_public_decision("Internal communication")
    (False, False)
    """
    words = vocabulary()
    return words.says("public_decision", duty) or (words.says("outside", duty) and words.says("public_words", duty))
