"""What was read of a runbook beside severities and procedures, in words: one line for each thing, with its line."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.cli.output import many
from tocsin.runbook.instructions import Phase
from tocsin.runbook.playbook import Cadence, CommunicationRule, Contact, Link, Playbook, PostmortemPolicy
from tocsin.runbook.stated import Lines

Section = tuple[str, tuple[tuple[str, Lines | None], ...]]
"""A heading, and what stands below it: a text and the lines that it comes from."""


def understood(playbook: Playbook) -> Iterator[Section]:
    """The sections that hold anything, in the order in which an incident needs them."""
    for heading, said in (
        ("Reasons to escalate", ((one.text, one.lines) for one in playbook.escalation_rules)),
        ("Roles", ((one.name, one.lines) for one in playbook.roles)),
        ("Contacts", ((_contact(one), one.lines) for one in playbook.contacts)),
        ("Phases", ((_phase(one), one.lines) for one in playbook.phases)),
        ("Updates are due", ((_cadence(one), one.lines) for one in playbook.cadences)),
        ("Who is told", ((_told(one), one.lines) for one in playbook.communication)),
        ("Templates", ((f"{one.name}  [{one.audience}]", one.lines) for one in playbook.templates)),
        ("Channels", _channels(playbook)),
        ("Post-mortem", _postmortem(playbook.postmortem)),
        ("Duties", ((f"{one.title}{_every(one.every)}", one.lines) for one in playbook.duties)),
        ("Links", ((_link(one), one.lines) for one in playbook.links)),
        ("Review", _review(playbook)),
        ("Answers", ((f"{one.key}: {one.text}", one.lines) for one in playbook.answers if not one.problem)),
    ):
        if lines := tuple(said):
            yield heading, lines


def _told(one: CommunicationRule) -> str:
    """The duty with its audience, and the severities that its own words do not name, of a column or a heading."""
    unsaid = [name for name in one.severities if name not in one.text]
    return f"{one.text}  [{', '.join((one.audience, *unsaid))}]"


def _contact(one: Contact) -> str:
    ways = ", ".join(f"{channel.type} {channel.value}" for channel in one.channels)
    said = f"{one.name}: {ways}" if ways else one.name
    return f"{said}  [{'not filled in' if one.unfilled else one.availability or one.kind.value}]"


def _phase(one: Phase) -> str:
    target = f", {one.target.text[:1].lower()}{one.target.text[1:]}" if one.target else ""
    return f"{one.title}: {many(len(one.steps), 'step')}{target}"


def _cadence(one: Cadence) -> str:
    of = f", for {', '.join(one.severities)}" if one.severities else ""
    every = f"every {one.every.text}" if one.every.text[:1].isdigit() else one.every.text
    return f"{one.what.replace('_', ' ')}: {every}{of}"


def _channels(playbook: Playbook) -> Iterator[tuple[str, Lines | None]]:
    if playbook.channel_pattern:
        yield f"one for each incident: {playbook.channel_pattern}", playbook.channel_pattern_lines
    for one in playbook.channels:
        yield f"{one.name}  [{'not filled in' if one.unfilled else one.type}]", one.lines


def _postmortem(one: PostmortemPolicy | None) -> Iterator[tuple[str, Lines | None]]:
    if one is None:
        return
    due = f"due within {one.due.text} of the incident being {one.due_from}" if one.due else "no date is stated"
    wanted = f", for {', '.join(one.required_for)}" if one.required_for else ""
    yield f"{due}{wanted}", one.lines
    if one.sections:
        yield f"its sections: {', '.join(one.sections)}", one.template_lines


def _every(every: str | None) -> str:
    return f": {every}" if every else ""


def _link(one: Link) -> str:
    return f"{one.title}: {'not filled in' if one.unfilled else one.url or 'no address is given'}"


def _review(playbook: Playbook) -> Iterator[tuple[str, Lines | None]]:
    review = playbook.review
    dates = (("last", review.last), ("next", review.next))
    said = [f"{name} on {date.isoformat()}" for name, date in dates if date is not None]
    if review.owner:
        said.append(f"by {review.owner}")
    if review.unfilled:
        said.append("not filled in")
    if said:
        yield ", ".join(said), review.lines
