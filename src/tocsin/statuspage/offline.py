"""The page as one file of data, from which it can be rendered anew, and what is published on it by hand.

``page.json`` lies beside the pages and says nothing that they do not say: whoever reads the site may read it. While
the server or its database is gone it is all that is needed to tell customers more. A post that was made so keeps
its mark (``PublicUpdate.offline``) until the server has taken it in, and afterwards, so that it is never taken twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from tocsin.incident.facts import Actor, ActorKind, CustomersNotified, Declared, PublicStatus, Recorded, Via
from tocsin.statuspage.incidents import OFFLINE, clean
from tocsin.statuspage.page import Impact, PublicIncident, PublicUpdate, Span, StatusPage

STATE = "page.json"
FORM = 1
"""The number of the file's form; a later one is refused by an older Tocsin."""


@dataclass(frozen=True, slots=True)
class Post:
    """What a person published without the server. ``incident`` is a public id: of one on the page, or a new one.

    ``title`` and ``impact`` are those of the incident. ``by`` is who did it and ``decided_by`` whose decision it was,
    which customers never see; empty where nobody knows. ``mail``: subscribers may be told once the server is back.
    """

    id: str
    incident: str
    title: str
    impact: Impact
    status: PublicStatus
    text: str
    at: datetime
    components: tuple[str, ...] = ()
    new: bool = False
    by: str = ""
    decided_by: str = ""
    mail: bool = False


@dataclass(frozen=True, slots=True)
class Author:
    """What the team keeps of a post beside the page, as the fields of ``Post``."""

    by: str = ""
    decided_by: str = ""
    mail: bool = False


@dataclass(frozen=True, slots=True)
class _Kept:
    form: int
    page: StatusPage


def state_file(page: StatusPage) -> bytes:
    """The page as data. Which services stand behind a component stays inside."""
    shown = replace(page, components=tuple(replace(one, services=()) for one in page.components))
    text = msgspec.json.format(msgspec.json.encode(_Kept(FORM, shown)), indent=1).decode()
    for sign in "<>&":  # harmless also where a program puts it into HTML unread
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text.encode() + b"\n"


def read_state(content: bytes) -> StatusPage:
    """The page that a file holds. Raises ValueError where it is none, or only a part of one."""
    kept = msgspec.json.decode(content, type=_Kept)  # its errors are ValueErrors
    if kept.form != FORM:
        raise ValueError(f"its form is {kept.form}, this Tocsin knows {FORM}")
    if any(not one.updates for one in kept.page.incidents):
        raise ValueError("an incident says nothing")
    return kept.page


def posts_on(page: StatusPage) -> tuple[Post, ...]:
    """What on a page was published without the server, the oldest first. Who did it is not on the page."""
    found = [
        Post(
            told.id,
            one.id,
            one.title,
            one.impact,
            told.status,
            told.text,
            told.at,
            told.components,
            one.updates[-1].offline,
        )
        for one in page.incidents
        for told in reversed(one.updates)
        if told.offline
    ]
    return tuple(sorted(found, key=lambda one: one.at))  # at one instant as they were told


def with_post(page: StatusPage, post: Post) -> StatusPage:
    """The page once a post was made; as it is when it shows it already. Raises KeyError for an unknown incident.

    A post at an instant that is before the incident's last update (a clock that is wrong) is told as of that update.
    """
    known = next((one for one in page.incidents if one.id == post.incident), None)
    if known is None and not post.new:
        raise KeyError(post.incident)
    if known is not None and any(one.id == post.id for one in known.updates):
        return page
    at = max(post.at, known.updated_at) if known else post.at
    named = post.components or (known.updates[0].components if known else ())
    update = PublicUpdate(post.id, post.status, clean(post.text), at, named, offline=True)
    told = _continued(known, update) if known else _begun(post, update)
    others = [one for one in page.incidents if one.id != post.incident]
    ordered = sorted([*others, told], key=lambda one: (one.created_at, one.id), reverse=True)
    return replace(page, incidents=tuple(ordered), as_of=max(page.as_of, at))


def _begun(post: Post, update: PublicUpdate) -> PublicIncident:
    over = post.status is PublicStatus.RESOLVED
    return PublicIncident(
        id=post.incident,
        title=clean(post.title, one_line=True),
        impact=post.impact,
        status=post.status,
        components=update.components,
        updates=(update,),
        started_at=update.at,
        resolved_at=update.at if over else None,
        spans=(Span(update.at, update.at if over else None),),
    )


def _continued(one: PublicIncident, update: PublicUpdate) -> PublicIncident:
    over, spans = update.status is PublicStatus.RESOLVED, list(one.spans)
    if spans and spans[-1].end is None and over:
        spans[-1] = Span(spans[-1].start, update.at)
    elif spans and spans[-1].end is not None and not over:
        spans.append(Span(update.at, None))
    return replace(
        one,
        status=update.status,
        updates=(update, *one.updates),
        components=tuple(dict.fromkeys((*one.components, *update.components))),
        resolved_at=spans[-1].end if spans else None,
        spans=tuple(spans),
    )


@dataclass(frozen=True, slots=True)
class Joined:
    """Timelines with the posts among their facts, and what the posts say of titles and impacts, by incident id."""

    facts: Mapping[str, Sequence[Recorded]]
    titles: Mapping[str, str]
    impacts: Mapping[str, Impact]


def with_posts(facts: Mapping[str, Sequence[Recorded]], posts: Iterable[Post], belongs: Mapping[str, str]) -> Joined:
    """The timelines as the page has to tell them: each post as if it had been approved when it was made.

    ``belongs`` says to which of our incidents the posts of a public id belong; the others are incidents of their own.
    """
    timelines, titles, impacts = {id: list(of_it) for id, of_it in facts.items()}, dict[str, str](), dict[str, Impact]()
    for post in sorted(posts, key=lambda one: one.at):
        id = belongs.get(post.incident, f"{OFFLINE}{post.incident}")
        by = Actor(ActorKind.PERSON, post.by or "unknown", Via.CLI)
        if id not in timelines:
            if id == belongs.get(post.incident):
                continue  # long ago: its timeline is not told any more
            declared = Declared(title=post.title, service="", plan="", playbook="", source="person")
            timelines[id] = [Recorded(id, 1, post.at, by, declared)]
        told_before = any(isinstance(one.fact, CustomersNotified) and one.at <= post.at for one in timelines[id])
        if not told_before:
            titles[id] = post.title
        impacts[id] = post.impact
        fact = CustomersNotified(
            update=f"{OFFLINE}{post.id}", status=post.status, text=post.text, components=post.components
        )
        timelines[id].append(Recorded(id, 0, post.at, by, fact))
    for of_it in timelines.values():
        # The declaration stays first: a post may be older than what it turned out to be.
        of_it[1:] = sorted(of_it[1:], key=lambda one: one.at)
    return Joined(timelines, titles, impacts)
