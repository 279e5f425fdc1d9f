"""The team's page of subscribers: counted, found, asked, forgotten; and what the doctor says where nobody can be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.test_subscribing import OPEN, link, mails, somebody, subscribers, wish
from tests.app.test_subscribing_programs import SLACK, URL
from tests.web.house import SETTINGS, House, house
from tocsin.adapters.fakes import FakeMailer
from tocsin.app.access import Role
from tocsin.cli.main import main

RUNBOOK = Path(__file__).parents[1] / "web" / "shop.md"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[House]:
    """An installation that takes subscribers, with a mail server that keeps what it gets."""
    with house(tmp_path, SETTINGS + OPEN) as opened:
        opened.application.subscribing.mailer = FakeMailer(opened.clock)
        yield opened


def test_nobody_yet_and_then_each_with_its_state_and_without_its_secrets(at: House) -> None:
    """Counted by way; of a program only the host is shown; one that was ended says why."""
    max = at.visitor(Role.MAINTAINER)
    assert "Nobody has subscribed yet" in max.get("/subscribers").text
    wish(at, "ana@example.org", component=["api"])
    wish(at, "bo@example.org", way="slack", url=SLACK)
    wish(at, "cy@example.org", way="webhook", url=URL)
    for mail in mails(at):
        at.visitor(None).post(link(mail, "subscribe"), {})
    wish(at, "dee@example.org")
    with at.application.store.transact() as tx:
        ended = tx.subscribers.of_address("cy@example.org")[0]
        tx.subscribers.end(ended.id, at.clock.now(), "it answered 410", None)
        tx.subscribers.missed(tx.subscribers.of_address("bo@example.org")[0].id, at.clock.now())
    page = max.get("/subscribers").text
    for said in ("1</strong> by mail", "1 asked", "0</strong> by webhook", "1 ended", "it answered 410"):
        assert said in page
    assert "hooks.slack.com" in page
    assert "missed 1" in page
    assert "x3Yz" not in page
    found = max.get("/subscribers?text=BO%40").text
    assert "bo@example.org" in found
    assert "ana@example.org" not in found
    assert "None of these" in max.get("/subscribers?text=nobody").text
    max.post(f"/subscribers/{ended.id}/end", {})
    assert [one.address for one in subscribers(at)] == ["ana@example.org", "bo@example.org", "dee@example.org"]
    assert max.post(f"/subscribers/{ended.id}/end", {}).status == 404


def test_who_is_added_by_hand_is_asked_and_nobody_is_subscribed_by_others(at: House) -> None:
    """Double opt-in holds for the team too, and so does what may be asked within an hour."""
    max = at.visitor(Role.MAINTAINER)
    max.get("/subscribers")
    done = max.post("/subscribers", {"way": "mail", "address": "eve@example.org"})
    assert done.location == "/subscribers?asked=yes"
    again = max.post("/subscribers", {"way": "mail", "address": "eve@example.org"})
    assert again.location == "/subscribers?asked=before"
    (mail,) = mails(at)
    assert mail.to == "eve@example.org"
    (one,) = subscribers(at)
    assert (one.state, one.origin) == ("asked", "team")
    assert "https://" in max.post("/subscribers", {"way": "webhook", "address": "e@example.org", "url": "x"}).text


def test_a_long_list_comes_in_pieces(at: House) -> None:
    """Fifty at a time, by address."""
    with at.application.store.transact() as tx:
        for n in range(60):
            tx.subscribers.ask(somebody(n))
    max = at.visitor(Role.MAINTAINER)
    first = max.get("/subscribers").text
    assert first.count("data-row") == 50
    more = first.partition('href="/subscribers?text')[2].partition('"')[0].replace("&amp;", "&")
    assert max.get(f"/subscribers?text{more}").text.count("data-row") == 10


MAIL = '[mail]\nhost = "127.0.0.1"\n'


@pytest.mark.parametrize(
    ("url", "mail", "said"),
    [
        ("https://tocsin.example.com", "", "nobody can subscribe: no mail server"),
        ("http://127.0.0.1:8000", MAIL, "its forms lead to http://127.0.0.1:8000, which nobody outside reaches"),
        ("http://tocsin.example.com", MAIL, "in one click only by https"),
        ("https://tocsin.example.com", MAIL, ""),
    ],
)
def test_the_doctor_says_why_nobody_can_subscribe(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], url: str, mail: str, said: str
) -> None:
    """It is on, and lacks the mail server that asks, or an address that customers reach."""
    config = tmp_path / "tocsin.toml"
    text = SETTINGS.replace("http://127.0.0.1:8000", url) + mail + "[status_page]\nsubscribe = true\n"
    config.write_text(text)
    (tmp_path / "shop.md").write_bytes(RUNBOOK.read_bytes())
    main(["doctor", "--config", str(config)])
    found = [line for line in capsys.readouterr().out.splitlines() if "status_page.subscribe is on" in line]
    assert len(found) == bool(said)
    assert said in "".join(found)
