"""What `tocsin integrations show mattermost` prints: the bot, the slash command, and what goes into the settings."""

from __future__ import annotations


def set_up(address: str = "", *, private: bool = False) -> str:
    """The whole set-up, to be followed from top to bottom; ``address`` is where Mattermost reaches us."""
    url = f"{(address or 'https://YOUR-TOCSIN').rstrip('/')}/callback/mattermost"
    private_line = "\nprivate = true" if private else ""
    return f"""1. System Console, Integrations: enable bot accounts, custom slash commands.
   Integrations, Bot Accounts, Add: username tocsin, role Member. Copy its token.
2. Invite the bot to your team, like a person: mmctl team users add YOUR-TEAM tocsin
3. Integrations, Slash Commands, Add: trigger word incident, request method POST, request URL
   {url}
   Copy its token.
4. Is Tocsin at a private address? System Console, Environment, Developer: put its host into
   "Allow untrusted internal connections to"; Mattermost tells it of presses at the address of step 3.
5. Where Tocsin runs:

export MATTERMOST_TOKEN=…
export MATTERMOST_COMMAND=…

6. In tocsin.toml (server.url has to be the address of step 3):

[mattermost]
url = "https://chat.example.org"
team = "YOUR-TEAM"   # as in the address: https://chat.example.org/YOUR-TEAM
token = {{ env = "MATTERMOST_TOKEN" }}
command_token = {{ env = "MATTERMOST_COMMAND" }}

[chat.mattermost]
kind = "mattermost"{private_line}

[service.YOURS]
chat = ["mattermost"]

[people.ana]
mattermost = "c1jb4dt4wpdqz8e6pxy9a4jpoh"   # press a button of Tocsin's there: it tells you yours

7. tocsin doctor
"""
