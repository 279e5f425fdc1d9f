"""The services that the docs name for one-way chats and pages, each by its own form of address, against a listener.

Teams, Mattermost and Signal are told by their address where they are; of Discord and Telegram the library knows one
host, so that host alone is put in its place here. What is sent, and what becomes of the answer, is the library's.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import apprise
import pytest
from apprise.plugins.discord import NotifyDiscord
from apprise.plugins.telegram import NotifyTelegram
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.conftest import ROOT
from tests.stage.sns import certificate, key
from tests.stage.webhook import Answer, Request, Webhook, webhook
from tocsin.adapters.waking.apprise_fanout import AppriseChat, ApprisePager
from tocsin.app.ports import Delivered, GiveUp, PageMessage, TryAgain

pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")

NOW = datetime(2026, 3, 7, 3, 0, tzinfo=UTC)
HOSTILE = "disk full @everyone <!channel>"
SERVICES = ("discord", "telegram", "teams", "mattermost", "signal")


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A certificate that nobody else has signed."""
    private, folder = key(), tmp_path_factory.mktemp("tls")
    (folder / "key.pem").write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "cert.pem").write_bytes(certificate(private, "localhost"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


class Service:
    """One of them: the address that a team would write, and the end at which it arrives."""

    def __init__(self, name: str, sink: Webhook) -> None:
        self.name = name
        self.sink = sink
        at = f"127.0.0.1:{sink.port}"
        self.address = {
            "discord": "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
            "telegram": "tgram://123456789:AAF_hush-T0KEN-abcdefghijklmnopqrst/-1001234567890/",
            "teams": f"workflow://{at}/643e69f83c8944/hush-T0KEN/?verify=no",
            "mattermost": f"mmost://{at}/3ccdd113474722377935511fc85d3dd4",
            "signal": f"signal://{at}/+491511234567/+491517654321",
        }[name]

    def said(self, request: Request) -> str:
        """The words of a request, title and text, as that service shows them."""
        body: dict[str, Any] = request.json()
        match self.name:
            case "discord":
                return " ".join([body.get("content", ""), *(str(one) for one in body.get("embeds", ()))])
            case "teams":
                blocks = body["attachments"][0]["content"]["body"]
                return " ".join(one.get("text", "") for one in blocks)
            case "signal":
                return str(body["message"])
            case _:
                return str(body["text"])

    def place(self, request: Request) -> str:
        """Where it went: the path, and what of it stands in the query or the body."""
        parts = urlsplit(request.path)
        if self.name == "teams":
            return f"{parts.path} sig={parse_qs(parts.query)['sig'][0]}"
        if self.name == "telegram":
            return f"{parts.path} to {request.json()['chat_id']}"
        if self.name == "signal":
            return f"{parts.path} to {request.json()['recipients']}"
        return parts.path


PLACES = {
    "discord": "/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    "telegram": "/bot123456789:AAF_hush-T0KEN-abcdefghijklmnopqrst/sendMessage to -1001234567890",
    "teams": "/workflows/643e69f83c8944/triggers/manual/paths/invoke sig=hush-T0KEN",
    "mattermost": "/hooks/3ccdd113474722377935511fc85d3dd4",
    "signal": "/v2/send to ['+491517654321']",
}


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """Each of them in turn."""
    with webhook(tls if request.param == "teams" else None) as sink:
        monkeypatch.setattr(NotifyDiscord, "notify_url", sink.url)
        monkeypatch.setattr(NotifyTelegram, "notify_url", f"{sink.url}/bot")
        monkeypatch.setattr(apprise.NotifyBase, "request_rate_per_sec", 0)
        sink.always(Answer(200, b'{"ok": true, "result": {}}'))
        yield Service(request.param, sink)


def page(address: str) -> PageMessage:
    """A page to an address."""
    return PageMessage("p", "INC-1", "ana", address, "P0 INC-1 shop", HOSTILE, "https://t.example/p/x", NOW)


def test_news_arrives_in_one_request_where_the_address_says(service: Service) -> None:
    """The headline and the sentence are in it; the yes of the service is no proof that anybody read it."""
    outcome = AppriseChat(service.address).say("k", "INC-1 shop", "acknowledged by Ana")
    assert isinstance(outcome, Delivered), outcome
    assert not outcome.proof
    (request,) = service.sink.requests
    assert service.place(request) == PLACES[service.name]
    said = service.said(request)
    assert "INC-1 shop" in said
    assert "acknowledged by Ana" in said


def test_a_page_brings_its_link_and_calls_nobody_else(service: Service) -> None:
    """The person's link is whole; a monitor's text that names everybody there names nobody."""
    assert isinstance(ApprisePager().page(page(service.address)), Delivered)
    said = service.said(service.sink.requests[0])
    assert "P0 INC-1 shop" in said
    assert re.search(r"https://t\\?\.example/p/x", said), said
    assert "@everyone" not in said
    assert "<!channel" not in said


@pytest.mark.parametrize(("status", "becomes"), [(401, GiveUp), (404, GiveUp), (500, TryAgain)])
def test_a_refusal_gives_place_and_trouble_is_tried_again(service: Service, status: int, becomes: type) -> None:
    """A token that was revoked ends the way at once, so that the next one follows; its address is told nowhere."""
    service.sink.always(Answer(status, b'{"ok": false, "description": "no"}'))
    outcome = ApprisePager().page(page(service.address))
    assert isinstance(outcome, becomes), outcome
    assert "hush-T0KEN" not in str(outcome)


def test_every_address_in_the_docs_is_understood() -> None:
    """What the docs tell people to write is a service of the library that we ship; one may leave it, as msteams did."""
    texts = [(ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("waking.md", "chat.md")]
    table = re.findall(r"^\| [\w ]+ \| `(\w+)://", texts[0], re.MULTILINE)
    mentioned = re.findall(r"\b(\w+)://…", " ".join(texts))
    assert {"tgram", "discord", "workflow", "mmosts", "signals", "matrixs"} <= set(table)
    assert mentioned
    known = {one for plugin in apprise.Apprise().details()["schemas"] for one in _schemas(plugin)}
    assert {*table, *mentioned} <= known


def _schemas(plugin: dict[str, Any]) -> list[str]:
    return [*(plugin["protocols"] or ()), *(plugin["secure_protocols"] or ())]
