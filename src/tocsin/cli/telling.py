"""`tocsin status post`, `update`, `resolve`: tell customers on the written files, while the server is gone.

They need no server, no database and no settings, only the page's ``page.json``; what customers will read is shown
before it is published. `offline` and `adopt` are for afterwards, when the server has taken it in.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tocsin.cli.client import TIMEOUT_SECONDS, Client, client_of
from tocsin.cli.contexts import context
from tocsin.cli.output import BOLD, chat, coloured, dump, local, plain, say, table
from tocsin.errors import BadInput, NotFound, Refused, ServerUnreachable, TocsinError

if TYPE_CHECKING:
    from tocsin.settings.loading import Settings
    from tocsin.statuspage.page import PublicIncident, StatusPage

BY_HAND = ("post", "update", "resolve", "offline", "adopt")
BY_HAND_EXAMPLES = """\
examples, while the server or its database is gone:
  tocsin status post "We are looking into it." --title "Orders fail" --impact major --component checkout
  tocsin status update "We know why." --state identified
  tocsin status resolve "Orders are taken again."
  tocsin status post --files ./copy …                           on a copy of the files; put it back afterwards

and when it is back:
  tocsin status offline                                         what was published so
  tocsin status adopt INC-7                                     it is this incident

They need the folder of the page alone: --files, or the one that the settings name. Every page, feed, badge and JSON is
written anew. Nobody is mailed before the server is back: then subscribers are told once what
it says last, of an incident of the server's by itself, of another when you adopt it (--no-mail:
not at all). Whose decision it is, is read from tocsin.toml and the runbooks where those are here
(--decided-by WHO, --undecided WHY); where they are not, that is said. What customers will
read is shown first, and published when you say yes (or --yes)."""
STATES = ("investigating", "identified", "monitoring")
LIVELY_SECONDS = 3.0
GIVEN_AGAIN = timedelta(minutes=10)
"""The same command sooner than this was broken off, or given twice; later its words are news: nothing has changed."""


def by_hand_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of telling customers by hand."""
    parser.add_argument("words", nargs="*", metavar="WORD", help="post, update, resolve: what customers should know")
    parser.add_argument("--files", metavar="DIR", help="post, update, resolve: the folder of the written page")
    parser.add_argument("--title", default="", help="post: what the incident is called")
    parser.add_argument(
        "--impact", choices=("none", "minor", "major", "critical"), default="minor", help="post: what is felt; minor"
    )
    parser.add_argument("--component", action="append", default=[], metavar="NAME", help="what it touches; repeatable")
    parser.add_argument("--state", choices=STATES, help="post, update: how it stands; as before, or investigating")
    parser.add_argument("--incident", default="", metavar="ID", help="which one on the page; the only open one")
    parser.add_argument(
        "--by", default="", metavar="NAME", help="who you are, for your team; your name on this machine"
    )
    parser.add_argument("--yes", action="store_true", help="publish without asking")
    parser.add_argument("--anyway", action="store_true", help="write the files though a server answers")
    parser.add_argument(
        "--decided-by",
        default="",
        metavar="WHO",
        help="who decided it (needed where a runbook leaves it to a level)",
    )
    parser.add_argument(
        "--undecided", default="", metavar="WHY", help="post, update, resolve: publish without that decision; recorded"
    )
    parser.add_argument("--no-mail", action="store_true", help="do not tell subscribers")
    parser.add_argument("--context", metavar="NAME", help="the server to talk to, by the name given to `tocsin login`")


def by_hand(arguments: argparse.Namespace, settings: Callable[[], Settings]) -> int:
    """Tell customers; ``settings`` name the folder where none is given, and whose decision it is."""
    if arguments.what == "offline":
        return _list(arguments, client_of(arguments).get("/offline-posts"))
    if arguments.what == "adopt":
        return _adopt(arguments)
    from tocsin.app.customers.offline import words_for_customers

    text = words_for_customers(" ".join(arguments.words))
    if not arguments.anyway and (client := _alive(arguments)):
        return _with_the_server(arguments, client, text)
    directory = Path(arguments.files) if arguments.files else settings().status_dir
    return _on_files(arguments, directory, text, settings)


# --- on the files -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be published, as it was typed and with the page that it is for."""

    arguments: argparse.Namespace
    text: str
    by: str

    def on(self, page: StatusPage) -> StatusPage:
        """The page with it. What it shows already is not told again."""
        from tocsin.clock import SystemClock
        from tocsin.incident.facts import PublicStatus
        from tocsin.statuspage.offline import Post, with_post
        from tocsin.statuspage.page import Impact, public_id

        given, now = self.arguments, SystemClock().now()
        components = _components(page, given.component)
        if given.what == "post":
            status = PublicStatus(given.state or "investigating")
            title = " ".join(given.title.split())
            if any((one.title, one.updates[0].text, one.status) == (title, self.text, status) for one in page.active):
                return page
            id = public_id("offline", title, now.isoformat())
            post = Post(
                public_id("update", id, now.isoformat()),
                id,
                title,
                Impact(given.impact),
                status,
                self.text,
                now,
                components,
                new=True,
                by=self.by,
            )
            return with_post(page, post)
        one = _meant(page, given.incident, given.what)
        before = one.status if one.is_active else PublicStatus.INVESTIGATING
        status = PublicStatus.RESOLVED if given.what == "resolve" else PublicStatus(given.state or before)
        same = (one.updates[0].text, one.status) == (self.text, status)
        if same and (status is PublicStatus.RESOLVED or now - one.updates[0].at < GIVEN_AGAIN):
            return page
        update = public_id("update", one.id, now.isoformat())
        return with_post(
            page, Post(update, one.id, one.title, one.impact, status, self.text, now, components, by=self.by)
        )


def _on_files(arguments: argparse.Namespace, directory: Path, text: str, settings: Callable[[], Settings]) -> int:
    from tocsin.review.blanks import message_blanks
    from tocsin.statuspage.offline import Author
    from tocsin.upkeep import page_on_files, publish_on_files

    if arguments.what == "post":
        if not arguments.title.strip():
            raise BadInput('give it a title, as customers would say it: --title "Orders fail"')
        if blanks := message_blanks(arguments.title):
            raise Refused(f"fill in or remove {', '.join(blanks)} first; nothing was published", reason="unfilled")
    asked = _Asked(arguments, text, arguments.by or _own_name())
    before = page_on_files(directory)
    after = asked.on(before)
    if after is before:
        publish_on_files(directory, lambda page: page, Author())
        chat("customers have read that already: the files were written again, nothing was told twice")
        return 0
    told = max((one for one in after.incidents if one not in before.incidents), key=lambda one: one.updated_at)
    decider = _decider(arguments, told.updates[0].components, asked.by, settings)
    mail = not arguments.no_mail and not told.updates[-1].offline
    _show(after, told, directory, mail=mail, decider=decider)
    if not arguments.yes and not _agreed():
        chat("nothing was published")
        return 1
    published = publish_on_files(directory, asked.on, Author(asked.by, decider, mail))
    one = next(one for one in published.incidents if one.updates[0].text == told.updates[0].text)
    if arguments.json:
        dump(
            {
                "id": one.id,
                "title": one.title,
                "status": one.status.value,
                "url": f"{published.url}/incidents/{one.id}.html",
            }
        )
    chat(f"published in {directory}: {one.id}. When the server is back it takes this in: see `tocsin status offline`")
    return 0


def _decider(
    arguments: argparse.Namespace, components: Sequence[str], asks: str, settings: Callable[[], Settings]
) -> str:
    """Whose decision it is. Raises Refused where the runbook leaves it to a level of which nobody is named."""
    from tocsin.settings.loading import find
    from tocsin.upkeep import decided_on_files

    if arguments.undecided.strip():
        return f"nobody ({' '.join(arguments.undecided.split())})"
    by = arguments.decided_by
    if not (arguments.config or find(os.environ)):
        chat("NOT CHECKED whose decision this is: there is no tocsin.toml here")
        return str(by)
    try:
        return decided_on_files(settings(), components, asks, by)
    except Refused as refused:
        where = "--decided-by WHO, or --undecided WHY where nobody of them can be asked"
        raise Refused(f"{refused.message} ({where})", reason=refused.reason) from refused
    except (OSError, TocsinError) as trouble:
        if by:
            return str(by)
        raise Refused(
            f"whose decision this is cannot be read ({trouble}): say --decided-by WHO, or --undecided WHY; "
            "nothing was published",
            reason="decision",
        ) from trouble


def _show(page: StatusPage, one: PublicIncident, directory: Path, *, mail: bool, decider: str) -> None:
    """What customers will read, word for word."""
    from tocsin.statuspage.language import language
    from tocsin.statuspage.words import in_words, sentence, status_word

    t = language(page.languages[0])
    here = in_words(page, t)
    names = [found.name for key in one.updates[0].components if (found := page.component(key))]
    chat(f"Customers will read this on {page.title}{f' ({page.url})' if page.url else ''}, written to {directory}:\n")
    chat(f"  {coloured(plain(sentence(here, t)), BOLD)}")
    chat(
        f"  {coloured(plain(one.title), BOLD)}  (impact {one.impact.value}; {', '.join(names) or 'no component named'})"
    )
    chat(f"  {status_word(page, t, one.status)}")
    for line in one.updates[0].text.splitlines():
        chat(f"    {plain(line)}")
    chat(f"\nDecided by {plain(decider)}." if decider else "")
    chat(
        "Subscribers are mailed it once, when the server is back (--no-mail: not at all)."
        if mail
        else "Nobody is mailed by this."
    )


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise Refused(
            "nobody is there to be asked: say --yes when this is what customers should read", reason="unasked"
        )
    return input("Publish it? [y/N] ").strip().lower() in ("y", "yes")


def _meant(page: StatusPage, id: str, what: str) -> PublicIncident:
    """The incident that is meant: the named one, or the only open one."""
    found = [one for one in page.incidents if one.id.startswith(id)] if id else list(page.active)
    if len(found) == 1:
        return found[0]
    listed = "".join(f"\n  {one.id}  {plain(one.title)}" for one in (found or page.active))
    if found:
        raise BadInput(f"say which with --incident:{listed}")
    if id:
        raise NotFound(f"the page has no incident {id!r}; open are:{listed or ' none'}")
    raise NotFound(f"no incident is open on the page: begin one with `tocsin status post`, or name one for `{what}`")


def _components(page: StatusPage, named: list[str]) -> tuple[str, ...]:
    """The keys of components by key or by name. Raises BadInput for one that the page does not have."""
    known = {one.name.casefold(): one.key for one in page.components} | {
        one.key.casefold(): one.key for one in page.components
    }
    for name in named:
        if name.casefold() not in known:
            there = ", ".join(one.name for one in page.components) or "none"
            raise BadInput(f"the page has no component {name!r}; there are: {there}")
    return tuple(dict.fromkeys(known[name.casefold()] for name in named))


def _own_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


# --- with the server ----------------------------------------------------------------------------------------


def _alive(arguments: argparse.Namespace) -> Client | None:
    """The server, when it answers and can write."""
    client = Client(context(os.environ, arguments.context))
    try:
        status, _ = client.exchange("GET", "/readyz", timeout=min(LIVELY_SECONDS, TIMEOUT_SECONDS))
    except ServerUnreachable:
        return None
    return client if status == 200 else None


def _with_the_server(arguments: argparse.Namespace, client: Client, text: str) -> int:
    """The server can do it: what was published by hand goes on through it, for all else there is another verb."""
    usual = "tocsin say --customers investigating …"
    if arguments.what == "post" or arguments.files:
        raise Refused(
            f"the server answers at {client.context.url}: tell customers through it, so that subscribers hear it too "
            f"(`tocsin declare …`, `{usual}`), or say --anyway when it is not the server of these files",
            reason="alive",
        )
    one = _waiting(client_of(arguments), arguments.incident, f"tell customers of the server's own with `{usual}`")
    state = "resolved" if arguments.what == "resolve" else arguments.state or one["status"]
    told = client_of(arguments).post(
        f"/offline-posts/{quote(one['id'])}/tell", {"status": state, "text": text, **_how(arguments)}
    )
    return _done(arguments, told)


def _adopt(arguments: argparse.Namespace) -> int:
    if len(arguments.words) != 1:
        raise BadInput("write: tocsin status adopt INC-7, and --incident ID where several wait")
    client = client_of(arguments)
    ours = client.incident(arguments.words[0])
    one = _waiting(client, arguments.incident, "nothing is to be adopted")
    return _done(
        arguments, client.post(f"/offline-posts/{quote(one['id'])}/adopt", {"incident": ours, **_how(arguments)})
    )


def _how(arguments: argparse.Namespace) -> dict[str, object]:
    """Who decided it, and whether subscribers are told; only what differs, so that an older server takes it too."""
    decided = {"decided_by": arguments.decided_by} if arguments.decided_by else {}
    return {**decided, "subscribers": False} if arguments.no_mail else decided


def _waiting(client: Client, id: str, otherwise: str) -> Mapping[str, Any]:
    rows: list[Mapping[str, Any]] = client.get("/offline-posts")
    found = [one for one in rows if (one["id"].startswith(id) if id else one["waits"])]
    if not found:
        raise NotFound(f"nothing that was published by hand waits here; {otherwise}")
    if len(found) > 1:
        raise BadInput(
            "say which with --incident:" + "".join(f"\n  {one['id']}  {plain(one['title'])}" for one in found)
        )
    return found[0]


def _done(arguments: argparse.Namespace, one: Mapping[str, Any]) -> int:
    if arguments.json:
        dump(one)
    else:
        belongs = f", belongs to {one['incident']}" if one["incident"] else ""
        say(plain(f"{one['title']}: {one['status']}{belongs} ({one['id']})"))
    return 0


def _list(arguments: argparse.Namespace, rows: list[Mapping[str, Any]]) -> int:
    if arguments.json:
        dump(rows)
        return 0
    if not rows:
        say("nothing was published by hand")
        return 0
    table(
        ("id", "status", "told", "by", "belongs to", "title"),
        [
            (
                one["id"],
                one["status"],
                local(one["posts"][-1]["at"]),
                one["posts"][-1]["by"] or "unknown",
                one["incident"] or ("nobody has said" if one["waits"] else "-"),
                one["title"],
            )
            for one in rows
        ],
    )
    return 0
