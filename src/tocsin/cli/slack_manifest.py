"""What `tocsin integrations show slack` prints: the manifest of the app, and what to do with it.

The manifest is Slack's own format (https://docs.slack.dev/reference/app-manifest): it asks for what Tocsin uses and
for nothing more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

COMMANDS = ("/incident", "/tocsin")
SCOPES = (
    "channels:history",  # hear the talk of incident channels, find what was posted before a doubt
    "channels:join",  # go back into one
    "channels:manage",  # make channels, topics, invitations
    "channels:read",  # find one of a name that is taken
    "chat:write",
    "commands",
    "im:write",  # page somebody by a direct message
    "pins:write",
    "reactions:read",  # 📌
)
PRIVATE = ("groups:history", "groups:read", "groups:write")


def manifest(request_url: str = "", *, private: bool = False) -> Mapping[str, Any]:
    """The app's manifest: Socket Mode, or signed HTTP to an address of ours; ``private`` for private channels too."""
    commands = [
        {
            "command": one,
            "description": "Declare an incident, or act on the one of this channel",
            "usage_hint": "API is down | ack | next | update … | help",
            "should_escape": True,
            **({"url": request_url} if request_url else {}),
        }
        for one in COMMANDS
    ]
    url = {"request_url": request_url} if request_url else {}
    events = ["message.channels", *(["message.groups"] if private else []), "reaction_added"]
    return {
        "display_information": {"name": "Tocsin", "description": "Runs the incident response of your runbook"},
        "features": {"bot_user": {"display_name": "tocsin", "always_online": True}, "slash_commands": commands},
        "oauth_config": {"scopes": {"bot": sorted((*SCOPES, *(PRIVATE if private else ())))}},
        "settings": {
            "event_subscriptions": {**url, "bot_events": events},
            "interactivity": {"is_enabled": True, **url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not request_url,
            "token_rotation_enabled": False,
        },
    }


def set_up(request_url: str = "", *, private: bool = False) -> str:
    """The whole set-up, to be followed from top to bottom."""
    if request_url:
        heard = (
            "3. Basic Information, App Credentials: copy the Signing Secret.",
            "export SLACK_SIGNING_SECRET=…",
            'signing_secret = { env = "SLACK_SIGNING_SECRET" }',
        )
    else:
        heard = (
            "3. Basic Information, App-Level Tokens: generate one with the scope connections:write.",
            "export SLACK_APP_TOKEN=xapp-…",
            'app_token = { env = "SLACK_APP_TOKEN" }',
        )
    private_line = "\nprivate = true" if private else ""
    text = json.dumps(manifest(request_url, private=private), indent=2, ensure_ascii=False)
    return f"""{text}

1. At https://api.slack.com/apps: Create New App, From a manifest; paste the JSON above.
2. Install App: install it to the workspace, and copy the Bot User OAuth Token.
{heard[0]}
4. Where Tocsin runs:

export SLACK_BOT_TOKEN=xoxb-…
{heard[1]}

5. In tocsin.toml:

[slack]
token = {{ env = "SLACK_BOT_TOKEN" }}
{heard[2]}

[chat.slack]
kind = "slack"{private_line}

[service.YOURS]
chat = ["slack"]

[people.ana]
slack = "U012AB3CD"   # in Slack: the profile's menu, Copy member ID

6. tocsin doctor
"""
