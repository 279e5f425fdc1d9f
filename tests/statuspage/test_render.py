"""The page as HTML files."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from posixpath import dirname, join, normpath
from xml.etree import ElementTree

import pytest

from tests.statuspage.samples import NOW, OLD, OPEN, PAST, sample, sample_page
from tocsin.incident.facts import PublicStatus
from tocsin.statuspage.incidents import clean
from tocsin.statuspage.page import Component, Impact, StatusPage
from tocsin.statuspage.render import render

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "javascript:alert(1)",
    "<a href=javascript:alert(1)>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<style>*{background:url(//evil.example)}</style>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<!--<img src=--><img src=x onerror=alert(1)//>",
    "]]><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "{{7*7}}${7*7}{0.__class__}{% raw %}<%= 7*7 %>",
    "![x](http://evil.example/x.png) [y](javascript:alert(1))",
    "<svg><script>alert&#40;1&#41;</script></svg>",
    "<math><mtext></mtext><script>alert(1)</script></math>",
    "\u202e<script>\u202c",
    "`onload=alert(1)`",
]
ELEMENTS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "link",
        "body",
        "code",
        "a",
        "header",
        "p",
        "span",
        "main",
        "section",
        "div",
        "h1",
    ),
    *("h2", "h3", "svg", "path", "rect", "time", "ol", "ul", "li", "strong", "article", "footer", "nav", "dl", "dt"),
    *("details", "summary"),
    *("dd", "code"),
}


class Reader(HTMLParser):
    """What a browser would make of a page: its elements, attributes, links and text."""

    def __init__(self, html: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.feed(html.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def links(self) -> list[str]:
        return [value for name, value in self.attributes if name in ("href", "src")]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def front(page: StatusPage) -> Reader:
    """The front page, read."""
    return Reader(render(page)["index.html"])


def pages(files: dict[str, bytes]) -> dict[str, Reader]:
    """All HTML pages, read."""
    return {name: Reader(body) for name, body in files.items() if name.endswith(".html")}


def test_a_page_without_a_name_of_its_own_is_not_called_status_twice() -> None:
    """Beside a name stands what the page is; where the name is that word already, it stands once."""
    named, plain = (render(sample_page(title=title))["index.html"].decode() for title in ("Saffron", "Status"))
    assert "<span>Status</span></h1>" in named
    assert "Saffron status</title>" in named
    assert "<span>Status</span>" not in plain
    assert "· Status</title>" in plain


def test_front_page_comes_last() -> None:
    """Whoever writes the files in order never links to a missing one."""
    assert list(render(sample_page(OPEN, PAST)))[-1] == "index.html"


def test_every_link_leads_to_a_file_that_was_rendered() -> None:
    """The page works from any directory or host, because its links are relative."""
    files = render(sample_page(OPEN, PAST, OLD))
    for name, page in pages(files).items():
        for link in page.links:
            target = name if link.startswith("#") else normpath(join(dirname(name), link.partition("?")[0]))
            assert target in files, (name, link)


def test_no_script_no_inline_style_and_nothing_from_elsewhere() -> None:
    """Every page works without JavaScript and is allowed none."""
    for page in pages(render(sample_page(OPEN, PAST))).values():
        assert "script" not in page.elements
        assert not [name for name, _ in page.attributes if name == "style" or name.startswith("on")]
        assert not [link for link in page.links if "//" in link]


def test_state_is_a_word_and_an_icon_beside_the_colour() -> None:
    """Who sees no colours reads the same."""
    html = render(sample_page(OPEN))["index.html"].decode()
    assert html.count("Partial outage</span>") >= 2
    assert len(set(re.findall(r'class="state (?:operational|partial_outage)"><svg[^>]*><path d="([^"]+)"', html))) == 2


def test_times_are_absolute_with_their_zone_and_readable_by_machines() -> None:
    """A reader anywhere knows which instant is meant."""
    html = render(sample_page(OPEN))["index.html"].decode()
    assert '<time datetime="2026-11-20T03:42:07.120Z">20 Nov 2026, 04:42 CET</time>' in html


def test_overall_sentence_leads() -> None:
    """The first thing on the page says how things are."""
    assert "All systems operational As of 20 Nov 2026, 04:42 CET" in front(sample_page(PAST)).text
    assert "Partial outage As of" in front(sample_page(OPEN)).text


def test_active_incident_is_told_in_full_and_old_ones_are_not() -> None:
    """Open incidents and those of the last two weeks stand on the front page; the rest is history."""
    files = render(sample_page(OPEN, PAST, OLD))
    text = Reader(files["index.html"]).text
    assert "We are looking into it." in text
    assert "Search is quick again." in text
    assert OLD.title not in text
    assert OLD.title in Reader(files["history.html"]).text


def test_what_goes_on_is_not_listed_among_what_has_ended() -> None:
    """The list of the last days is of what is over; an open incident would read as over there."""
    front = render(sample_page(OPEN, PAST))["index.html"].decode()
    ended = front[front.index('<section class="recent"') :]
    assert PAST.title in ended
    assert OPEN.title not in ended
    assert OPEN.title in front


def test_unchanged_incident_renders_to_the_same_bytes_later() -> None:
    """Publishing again rewrites only what has changed."""
    page = sample_page(OPEN, PAST)
    later = replace(page, as_of=NOW + timedelta(minutes=5))
    before, after = render(page), render(later)
    changed = {name for name in after if before[name] != after[name]}
    assert f"incidents/{PAST.id}.html" not in changed
    assert {"history.html", "feed.atom", "status.css"}.isdisjoint(changed)
    assert {"index.html", f"incidents/{OPEN.id}.html"} <= changed


def test_teams_own_words_for_the_states_are_used() -> None:
    """A team whose runbook says "Mitigating" says so to its customers."""
    text = front(sample_page(OPEN, words={PublicStatus.IDENTIFIED: "Mitigating"})).text
    assert "Mitigating" in text
    assert "Identified" not in text


def test_picture_of_the_last_days_says_its_content_in_words() -> None:
    """The picture is one image with a name; unknown days are said to be unknown."""
    labels = [value for name, value in front(sample_page(OPEN, PAST, OLD)).attributes if name == "aria-label"]
    web = next(one for one in labels if one.startswith("Website"))
    assert "2026-10-11: Major outage, 2 h" in web
    assert "No incident; nothing known before 2026-10-02" in next(one for one in labels if one.startswith("Webhooks"))


def test_front_page_is_small() -> None:
    """It loads on a bad network: twenty components and five open incidents stay under 60 KB with the stylesheet."""
    many = tuple(Component(f"c{n}", f"Component {n}") for n in range(20))
    opened = [sample(f"n{n}", f"Trouble {n}", ("investigating", "We are looking into it.", 1.0)) for n in range(5)]
    files = render(sample_page(*opened, PAST, components=many))
    assert len(files["index.html"]) + len(files["status.css"]) < 60_000


def test_page_without_components_and_incidents_renders() -> None:
    """A team may start with nothing but a name."""
    text = front(sample_page(components=())).text
    assert "All systems operational" in text
    assert "No incident has ended in the last 14 days." in text


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_stays_text_everywhere(payload: str) -> None:
    """F60, F73: markup, expressions and handlers in any text are shown as they are and do nothing."""
    evil = replace(sample("evil", payload, ("investigating", payload, 1.0), impact=Impact.MINOR), title=payload)
    component = Component("api", payload, group=payload, description=payload)
    page = sample_page(evil, title=payload, description=payload, components=(component,), words={evil.status: payload})
    files = render(page)
    for name, read in pages(files).items():
        assert set(read.elements) <= ELEMENTS, name
        assert not [attribute for attribute, _ in read.attributes if attribute.startswith("on")]
        assert not [link for link in read.links if re.match(r"\s*(?:javascript|data|https?|//)", link)]
        assert " ".join(payload.split()) in read.text
    for name in ("feed.atom", "history.rss"):
        assert clean(payload) in "".join(ElementTree.fromstring(files[name]).itertext())
