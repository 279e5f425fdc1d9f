"""Hostile text: whatever somebody writes into an alert, a title, a runbook or a name stays text on every page."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

from tests.web.house import ADMIN, RUNBOOK, House
from tests.web.house import house as open_house
from tocsin.app.access import Role
from tocsin.app.rows.records import IncidentQuery, NewDelivery
from tocsin.incident import commands as c
from tocsin.incident.facts import PublicStatus
from tocsin.web.markdown import rendered
from tocsin.web.marking import marked

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    '" autofocus onfocus=alert(1) x="',
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</option></select><script>alert(1)</script>",
    "<!--<script>alert(1)//-->",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<a href=javascript:alert(1)>x</a>",
    "<hx-partial hx-target='body'>x</hx-partial>",
    "<div hx-get='/x' hx-trigger='load'>",
    "<style>@import '//evil.example'</style>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href='//evil.example/'>",
    "<form action='//evil.example'><button>",
    "javascript:alert(1)",
    "{{7331*7919}}",
    "${7331*7919}",
    "{% for x in y %}",
    "{0.__class__}",
    "#{7331*7919}",
    "\u202egnp.exe",
)
PAGES = (
    *("/", "/incidents", "/i/INC-1", "/i/INC-1/resolve", "/i/INC-1/tell", "/i/INC-1/postmortem", "/i/INC-1/runbook"),
    *("/r", "/r/shop", "/phone?of=ana", "/declare", "/account", "/admin/users", "/admin/audit"),
)


class Seen(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.trouble: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "script" and not given.get("src", "").startswith("/static/"):
            self.trouble.append(f"a script: {given}")
        if tag in {"iframe", "base", "object", "embed", "style", "img", "hx-partial"}:
            self.trouble.append(f"<{tag}>")
        self.trouble += [f"{tag} {name}" for name in given if name.startswith("on") or name == "style"]
        for name in ("href", "src", "action", "hx-get", "hx-post"):
            value = given.get(name, "")
            if value and not value.startswith(("/", "#")) and not value.startswith(("https://", "http://", "mailto:")):
                self.trouble.append(f"{tag} {name}={value}")
            if value.startswith("//") or (name in ("src", "action") and "evil" in value):
                self.trouble.append(f"{tag} {name}={value}")
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            seconds, _, address = given.get("content", "").partition(";")
            ours = not address or re.fullmatch(r"\s*url=/(?!/)[\w/?=.-]*", address)
            if not (seconds.isdecimal() and ours):
                self.trouble.append("a refresh that leads away")


def troubles(html: str) -> list[str]:
    """What a browser would act on that is not ours."""
    seen = Seen()
    seen.feed(html)
    return seen.trouble


def alert(payload: str) -> bytes:
    """An alert that holds a payload wherever it can."""
    labels = {"alertname": payload, "severity": "critical", payload[:60] or "x": payload}
    one = {
        "status": "firing",
        "labels": labels,
        "annotations": {"summary": payload, "description": payload},
        "startsAt": "2026-11-21T03:00:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": payload if payload.startswith("javascript") else f"https://prom.example/{payload}",
        "fingerprint": payload[:40],
    }
    body = {"version": "4", "groupKey": payload, "status": "firing", "receiver": "x", "alerts": [one]}
    return json.dumps(body).encode()


def spread(house: House, payload: str) -> None:
    """Put a payload wherever somebody may write: an incident, its timeline, customers' texts, a name, an alert."""
    application, caller = house.application, house.caller()
    id = application.incidents.declare(caller, payload, "shop", severity="P0", summary=payload).incident.id
    said = (c.AddNote(payload), c.PostUpdate(payload, payload), c.TakeRole(payload, "ana"), c.Mitigate(payload))
    for command in said:
        application.incidents.act(caller, id, command)
    application.publishing.notify(caller, id, PublicStatus.INVESTIGATING, f"We look into it. {payload}")
    application.accounts.add_user(ADMIN, f"mallory-{id}", payload, Role.RESPONDER)
    delivery = NewDelivery("prometheus", id, house.clock.now(), "application/json", alert(payload))
    application.intake.submit(delivery).result(10)


def test_no_payload_acts_on_any_page(house: House) -> None:
    """F60, F73: labels, annotations, addresses, titles, notes, names and customers' texts never become markup."""
    for payload in PAYLOADS:
        spread(house, payload)
    application = house.application
    while application.hearing.digest():
        application.timekeeper.wake()
    application.courier.carry()
    visitor = house.visitor(Role.ADMIN)
    ids = [one.incident_id for one in application.incidents.search(ADMIN, IncidentQuery(limit=200))]
    assert len(ids) > len(PAYLOADS)
    for page in (*PAGES, *(f"/i/{id}" for id in ids), *(f"/i/{id}/tell" for id in ids[:30])):
        answer = visitor.get(page)
        assert answer.status == 200, page
        assert not troubles(answer.text), page
        assert str(7331 * 7919) not in answer.text, page


def test_a_hostile_runbook_is_shown_and_does_nothing(tmp_path: Path) -> None:
    """F60: a runbook may hold anything anywhere; HTML in it is text, and only web and mail addresses are links."""
    text = ""
    for n, payload in enumerate(PAYLOADS):
        text += f"\n\n### Incident {n} {payload}\n\n**Symptoms**:\n- {payload}\n\n[click]({payload})\n\n"
        text += f"![picture](https://evil.example/x.png)\n\n```bash\n# {payload}\necho {payload}\n```\n"
    before, heading, after = RUNBOOK.read_text(encoding="utf-8").partition("## Validation Checklist")
    with open_house(tmp_path, runbook=f"{before}{text}\n\n{heading}{after}") as house:
        visitor = house.visitor(Role.ADMIN)
        keys = [one.key for one in house.application.playbooks.of("shop").playbook.procedures]
        assert len(keys) > len(PAYLOADS)
        incidents = [house.declare(procedure=key) for key in keys]
        for page in ("/r", "/r/shop", "/declare", *(f"/i/{id}" for id in incidents), "/i/INC-1/runbook"):
            answer = visitor.get(page)
            assert answer.status == 200, page
            assert not troubles(answer.text), page


def test_links_of_a_document_are_plain_web_links() -> None:
    """Only http, https and mailto lead anywhere, and nothing of ours is told to where they lead."""
    html = rendered("[a](https://example.org) [b](javascript:alert(1)) [c](data:text/html,x) [d](vbscript:x)")
    assert 'href="https://example.org" rel="noopener noreferrer nofollow"' in html
    assert html.count("href") == 1


def test_html_in_a_document_is_text() -> None:
    """A tag in a runbook is something somebody wrote, not something we do."""
    assert rendered("a <b>bold</b> claim\n\n<p>block</p>") == (
        '<p id="L1">a &lt;b&gt;bold&lt;/b&gt; claim</p>\n<p id="L3">&lt;p&gt;block&lt;/p&gt;</p>\n'
    )


def test_each_block_of_a_document_has_its_line() -> None:
    """Headings, paragraphs, list items, rows and code are anchored at the line where they begin."""
    html = rendered("# One\n\ntext\n\n- a\n- b\n\n```\ncode\n```\n\n| x |\n|---|\n| y |\n")
    for line in (1, 3, 5, 6, 9, 12, 14):
        assert f'id="L{line}"' in html, line
    assert html.count('id="L5"') == 1


def test_blanks_are_marked_and_nothing_else() -> None:
    """The preview escapes the text and marks its blanks."""
    html = marked("<b>Impact</b>: [Impact & more] at [x](https://example.org)")
    assert html == "&lt;b&gt;Impact&lt;/b&gt;: <mark>[Impact &amp; more]</mark> at [x](https://example.org)"
