"""Where an installation reaches out: its chats and webhooks, and a pager for each kind of way."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from tocsin.adapters.chat.mattermost import MattermostRooms
from tocsin.adapters.chat.mattermost_api import MattermostApi
from tocsin.adapters.chat.mattermost_api import troubles as troubles_of_mattermost
from tocsin.adapters.chat.mattermost_cards import Cards, Tokens
from tocsin.adapters.chat.mattermost_replies import MattermostPager
from tocsin.adapters.chat.slack import SlackRooms
from tocsin.adapters.chat.slack_api import SlackApi, troubles
from tocsin.adapters.chat.slack_pager import SlackPager
from tocsin.adapters.egress.egress import Egress
from tocsin.adapters.smtp import MailPager, SmtpMailer
from tocsin.adapters.waking.apprise_fanout import AppriseChat, ApprisePager
from tocsin.adapters.waking.gateway import CommandGateway, HttpGateway
from tocsin.adapters.waking.peers import OPSGENIE, PAGERDUTY, OpsgeniePeer, PagerDutyPeer
from tocsin.adapters.waking.phone import PhonePager
from tocsin.adapters.waking.push import NtfyPager, PushoverPager
from tocsin.adapters.waking.twilio import TwilioAccount, TwilioCall, TwilioSms
from tocsin.adapters.webhooks import SignedWebhook, WebhookPager, secret_of
from tocsin.app.chat.ports import ChatRooms
from tocsin.app.chat.rooms import Room
from tocsin.app.ports import Chat, Pager, WebhookSender
from tocsin.app.store import Store
from tocsin.clock import Clock
from tocsin.oncall.people import WayKind
from tocsin.settings.assembling import WebhookOutlet
from tocsin.settings.chatting import MATTERMOST, SLACK, RoomSettings
from tocsin.settings.loading import Settings
from tocsin.settings.waking import GatewaySettings


@dataclass(slots=True)
class Outlets:
    """The chat channels and webhooks of the settings in force; replaced in place, because carriers hold them."""

    egress: Egress
    cards: Cards
    chats: dict[str, Chat] = field(default_factory=dict)
    webhooks: dict[str, WebhookSender] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    keeps_all: bool = True
    _slack: SlackApi | None = None
    _mattermost: MattermostApi | None = None

    def slack(self) -> SlackApi:
        """The Slack app in force."""
        assert self._slack is not None, "the settings were never adopted"
        return self._slack

    def mattermost(self) -> MattermostApi:
        """The bot of Mattermost in force."""
        assert self._mattermost is not None, "the settings were never adopted"
        return self._mattermost

    def of(self, kind: str) -> tuple[str, ...]:
        """The names that a chat has in the settings."""
        return tuple(name for name, one in self.kinds.items() if one == kind)

    def adopt(self, settings: Settings) -> None:
        """Take over the outlets of new settings. Raises BadSettings before anything is changed."""
        chats: dict[str, Chat] = {name: AppriseChat(url) for name, url in settings.chats.items()}
        webhooks: dict[str, WebhookSender] = {
            name: _webhook(self.egress, one) for name, one in settings.webhooks.items()
        }
        said, people = settings.mattermost, {person.handle: person for person in settings.team.roster.people}
        self._slack, self._mattermost = slack_api(self.egress, settings), mattermost_api(self.egress, settings)
        self.kinds = {one.name: one.kind for one in settings.rooms}
        self.keeps_all = settings.slack.keeps == "all"
        kinds: dict[str, tuple[ChatRooms, bool]] = {
            SLACK: (SlackRooms(self._slack), settings.slack.hears),
            MATTERMOST: (MattermostRooms(self._mattermost, self.cards, said.team), said.hears),
        }

        def room(one: RoomSettings) -> Room:
            chat, hears = kinds[one.kind]
            return Room(chat, lambda who: people[who].member_of(one.kind) if who in people else "", one.private, hears)

        rooms = {one.name: room(one) for one in settings.rooms}
        for kept, fresh in ((self.chats, chats), (self.webhooks, webhooks), (self.rooms, rooms)):
            kept.clear()
            kept.update(fresh)  # type: ignore[arg-type]  # each with its own kind


def _webhook(egress: Egress, outlet: WebhookOutlet) -> WebhookSender:
    match outlet.kind:
        case "pagerduty":
            return PagerDutyPeer(egress, outlet.secret, outlet.url or PAGERDUTY)
        case "opsgenie":
            return OpsgeniePeer(egress, outlet.secret, outlet.url or OPSGENIE)
        case _:
            return SignedWebhook(egress, outlet.url, [outlet.secret])


def _gateway(egress: Egress, said: GatewaySettings) -> Pager:
    if said.command:
        return CommandGateway(said.command, said.seconds)
    return HttpGateway(egress, said.url, said.body, said.content_type, said.authorization, said.expects)


def pagers_of(
    settings: Settings, store: Store, mailer: SmtpMailer | None, egress: Egress, secret: bytes, clock: Clock
) -> dict[str, Pager]:
    """A pager for each kind of way; mail, SMS and calls only where there is an account for them."""
    key = secret_of(hashlib.sha256(b"pages:" + secret).digest())
    pagers: dict[str, Pager] = {
        WayKind.PHONE.value: PhonePager(store),
        WayKind.WEBHOOK.value: WebhookPager(egress, [key], clock),
        WayKind.APPRISE.value: ApprisePager(),
        WayKind.NTFY.value: NtfyPager(egress),
    }
    pagers |= {f"{WayKind.GATEWAY.value}:{one.name}": _gateway(egress, one) for one in settings.gateways}
    if settings.pushover.token:
        pagers[WayKind.PUSHOVER.value] = PushoverPager(egress, settings.pushover.token, settings.pushover.api)
    if settings.slack.token:
        pagers[WayKind.SLACK.value] = SlackPager(slack_api(egress, settings), settings.slack.hears)
    if (said_there := settings.mattermost).token:
        bot = mattermost_api(egress, settings)
        pagers[WayKind.MATTERMOST.value] = MattermostPager(bot, cards_of(settings, secret), said_there.hears)
    if mailer is not None:
        pagers[WayKind.EMAIL.value] = MailPager(mailer)
    if settings.twilio.account:
        said = settings.twilio
        account = TwilioAccount(said.account, said.token, said.number, said.callbacks, said.api)
        pagers[WayKind.SMS.value] = TwilioSms(egress, account)
        pagers[WayKind.CALL.value] = TwilioCall(egress, account)
    return pagers


def mattermost_api(egress: Egress, settings: Settings) -> MattermostApi:
    """The bot of Mattermost that the settings name."""
    return MattermostApi(egress, settings.mattermost.url, settings.mattermost.token)


def cards_of(settings: Settings, secret: bytes) -> Cards:
    """What writes messages for Mattermost, with buttons that only we can have made."""
    tokens = Tokens(hashlib.sha256(b"mattermost:" + secret).digest())
    return Cards(tokens, f"{settings.team.public_url.rstrip('/')}/callback/mattermost")


def slack_api(egress: Egress, settings: Settings) -> SlackApi:
    """The app of Slack that the settings name."""
    return SlackApi(egress, settings.slack.token, settings.slack.api)


def slack_troubles(settings: Settings) -> list[tuple[str, str]]:
    """What Slack itself says against the app, each with what to do; it is asked now."""
    egress = Egress(settings.internal)
    try:
        return [(trouble, "see `tocsin integrations show slack`") for trouble in troubles(slack_api(egress, settings))]
    finally:
        egress.close()


def mattermost_troubles(settings: Settings) -> list[tuple[str, str]]:
    """What Mattermost itself says against the bot, each with what to do; it is asked now."""
    egress = Egress(settings.internal)
    try:
        found = troubles_of_mattermost(mattermost_api(egress, settings), settings.mattermost.team)
        return [(trouble, "see `tocsin integrations show mattermost`") for trouble in found]
    finally:
        egress.close()
