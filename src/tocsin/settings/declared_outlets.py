"""The settings of whatever news and pages go out by: chats, webhooks, gateways, providers."""

from __future__ import annotations

from tocsin.settings import kinds as k
from tocsin.settings.setting import Setting

TOLD: tuple[Setting, ...] = (
    Setting(
        "chat.<name>.kind",
        k.choice("apprise", "slack", "mattermost"),
        "One channel that hears news (`apprise`), or a channel for each incident, in which people answer.",
        "apprise",
    ),
    Setting("chat.<name>.url", k.SECRET, "Of the kind `apprise`: the channel's address."),
    Setting("chat.<name>.private", k.FLAG, "Of `slack` and `mattermost`: whether the channels are private.", False),
    Setting("slack.token", k.SECRET, "The token of the app's bot, `xoxb-…`. Without it there is no Slack."),
    Setting("slack.app_token", k.SECRET, "The app-level token, `xapp-…`: by it Slack is heard in Socket Mode."),
    Setting("slack.signing_secret", k.SECRET, "The app's signing secret: Slack is heard by HTTP at `/callback/slack`."),
    Setting("slack.old_signing_secret", k.SECRET, "A signing secret that is valid too while you change it."),
    Setting(
        "slack.keeps",
        k.choice("all", "pinned"),
        "What of an incident's channel goes to its timeline: all that people of the team write, or what gets a 📌.",
        "all",
    ),
    Setting("mattermost.url", k.URL, "The address of your Mattermost, like https://chat.example.org."),
    Setting("mattermost.team", k.TEXT, "The team in which channels are made, by the name in its address.", ""),
    Setting("mattermost.token", k.SECRET, "The token of the bot account. Without it there is no Mattermost."),
    Setting("mattermost.command_token", k.SECRET, "The slash command's token; without it `/incident` is not heard."),
    Setting(
        "mattermost.buttons",
        k.FLAG,
        "Whether messages have buttons: Mattermost tells of presses at `server.url`, so it has to reach that.",
        True,
    ),
    Setting("slack.api", k.URL, "Where Slack's API is; a stand-in's address in drills.", "https://slack.com/api"),
    Setting(
        "webhook.<name>.kind",
        k.choice("webhook", "pagerduty", "opsgenie"),
        "Your own program, or a peer in which each incident becomes an alert.",
        "webhook",
    ),
    Setting("webhook.<name>.url", k.URL, "Where to send; a peer's own address if not given."),
    Setting(
        "webhook.<name>.secret",
        k.SECRET,
        "The secret of its signatures (`whsec_` and base64), or the peer's routing or API key.",
        required=True,
    ),
    Setting("pushover.token", k.SECRET, "The token of your application at Pushover."),
    Setting("pushover.api", k.URL, "Where Pushover's API is; a stand-in's in drills.", "https://api.pushover.net"),
    Setting("gateway.<name>.url", k.SECRET, "Where to POST; `{{address}}` and the like are filled in."),
    Setting("gateway.<name>.body", k.TEXT, "What to POST, with `{{headline}}`, `{{link}}` and the like in it."),
    Setting("gateway.<name>.content_type", k.TEXT, "The kind of body; it decides how values are escaped."),
    Setting("gateway.<name>.authorization", k.SECRET, "The header `Authorization`."),
    Setting("gateway.<name>.expects", k.TEXT, "Words without which an answer counts as no.", ""),
    Setting("gateway.<name>.command", k.WORDS, "A program and its arguments; values come by the environment.", ()),
    Setting("gateway.<name>.within", k.SPAN, "How long the command may take; 10 s if not given."),
    Setting("twilio.account", k.TEXT, "The account's SID, AC and 32 characters. Without it nobody is called."),
    Setting("twilio.token", k.SECRET, "The account's auth token; it signs Twilio's callbacks too."),
    Setting("twilio.old_token", k.SECRET, "A token whose signatures are valid too while you change it."),
    Setting("twilio.number", k.TEXT, "The number that sends and calls, like +15005550006."),
    Setting(
        "twilio.two_way",
        k.FLAG,
        "Whether Twilio can reach server.url, so that people answer by keys and receipts come back; "
        "true for an https address if not given.",
    ),
    Setting("twilio.api", k.URL, "Where Twilio's API is; a stand-in's address in drills.", "https://api.twilio.com"),
)
