"""Every setting, declared once: its place in ``tocsin.toml``, its kind, its default, and what it is for.

The reader, the environment, the messages for unknown keys and ``docs/configuration.md`` all come from this table.
``<name>`` stands for a key that the team chooses, ``[]`` for each table of a list.
"""

from __future__ import annotations

from tocsin.alerts.storm import AT_ONCE
from tocsin.incident.consent import Environment
from tocsin.incident.facts import PublicStatus
from tocsin.incident.target import TargetKind
from tocsin.oncall.people import WayKind
from tocsin.settings import kinds as k
from tocsin.settings.declared_outlets import TOLD
from tocsin.settings.declared_sources import HEARD
from tocsin.settings.setting import Setting
from tocsin.statuspage.language import languages

SECTIONS: dict[str, str] = {
    "": "The file itself.",
    "server": "How the server runs and how people reach it.",
    "service.<key>": "A service that can break, and its runbook.",
    "service.<key>.assume": "The team's answers to what its runbook leaves open; `tocsin init` asks for them.",
    "component.<key>": "A part of your services that customers know by name, for the status page.",
    "people.<handle>": "Somebody who can be called. The handle is also the name to sign in with.",
    "people.<handle>.ways[]": "One way to reach this person; ways are tried in the order in which they stand.",
    "people.<handle>.rules[]": "How this person wants to be paged, by severity; see docs/waking.md.",
    "people.<handle>.quiet": "The hours in which less than the top severity rings by some ways only.",
    "roles": "Who is meant by the runbook's words: people by handle, schedules as `schedule:name`.",
    "schedules.<name>": "Who is on call when.",
    "schedules.<name>.rotations[]": "People who take turns. The first rotation that covers an instant decides.",
    "calendars.<name>": "The hours at which somebody works, for rotations and for people who are not paged outside.",
    "schedules.<name>.rotations[].restrictions[]": "The part of the week that the rotation covers.",
    "schedules.<name>.overrides[]": "These people instead of whoever would be on call. The last one wins.",
    "integration.<name>": "A source of alerts: `tocsin integrations show NAME` prints what to paste into it.",
    "integration.<name>.answer": "Of pagerduty-webhook: PagerDuty is told what is done here; see docs/waking.md.",
    "integration.<name>.auth": "How the source proves itself; see [sources](sources.md).",
    "integration.<name>.form": "Of form: the page on which people report; see docs/reports.md.",
    "integration.<name>.map": "Of generic and mail: where things stand in the sender's own JSON; see docs/mapping.md.",
    "integration.<name>.map.labels": "Labels of the alert, by name: each with the place where its value stands.",
    "integration.<name>.map.severities": "What the sender's words for severity are in the words of the runbook.",
    "integration.<name>.map.services": "What the sender's words for a service are, by the keys of your services.",
    "inbox": "The SMTP listener by which alerts come in as mail; see docs/mail.md.",
    "probe.<name>": "Something that Tocsin looks at with its own eyes; see [probes](probes.md).",
    "chat.<name>": "A channel that hears the news of incidents, or a chat in which each has a channel of its own.",
    "mattermost": "The bot of your Mattermost: `tocsin integrations show mattermost` has the set-up. See docs/chat.md.",
    "slack": "The Slack app; `tocsin integrations show slack` prints its manifest. See docs/chat.md.",
    "webhook.<name>": "A program that hears the news of incidents, signed (Standard Webhooks).",
    "pushover": "The application of Pushover that rings people; see docs/waking.md.",
    "gateway.<name>": "A way of your own to wake people: an HTTP service (`url`) or a command (`command`).",
    "twilio": "The Twilio account that sends SMS and calls people; see docs/waking.md.",
    "target.<name>": "A place where steps run. The target `local` is there without being named.",
    "mail": "The mail server by which pages and news are mailed.",
    "status_page": "The public status page.",
    "status_page.words": "Your own words for how an incident stands, where your runbook has others than ours.",
}
"""The tables of the file, in the order of the reference, each with a sentence."""

MEMBERS = "Handles, in the order of their turns; `ana+bo` for two together, `nobody` for a turn left free."

_WAYS = k.choice(*(kind.value for kind in WayKind))
_TARGETS = k.choice(*(kind.value for kind in TargetKind))
_ENVIRONMENTS = k.choice(*(one.value for one in Environment))

SETTINGS: tuple[Setting, ...] = (
    Setting("version", k.VERSION, "The version of this file's form.", required=True),
    Setting("catch_all", k.WORDS, "Who is called when nobody answers: handles, roles, or `schedule:name`.", ()),
    Setting("server.url", k.URL, "The address at which people reach the server: links in pages begin with it."),
    Setting("server.host", k.TEXT, "The address to listen on.", "127.0.0.1"),
    Setting("server.port", k.PORT, "The port to listen on.", 8080),
    Setting("server.data", k.PATH, "The folder for the database and all that belongs to it."),
    Setting("server.database", k.DATABASE, "The database; a SQLite file in the data folder when not given."),
    Setting("server.status_dir", k.PATH, "Where the public status page is written; a folder in the data folder."),
    Setting("server.zone", k.ZONE, "The time zone of the team.", "UTC"),
    Setting(
        "server.keep_deliveries",
        k.SPAN,
        "How long what sources sent is kept, at least a day: 90 days if not given. Never removed is what nobody has "
        "read, what could not be read, what a silence holds, what an alert of an open incident said last, and the "
        "newest 200 of each source.",
    ),
    Setting("server.admin", k.TEXT, "The handle of the first administrator; the first of the people if not given."),
    Setting("server.commands", k.FLAG, "Whether enabled steps may run commands; false stops all of it.", True),
    Setting(
        "server.second_process",
        k.choice("auto", "always", "never"),
        "Whether a second process takes deliveries: while very many come and there are two cores (`auto`), `always`, "
        "or `never`; see docs/operations.md.",
        "auto",
    ),
    Setting("server.heartbeat", k.SECRET, "The address of a watcher outside who calls when we fall silent."),
    Setting(
        "server.test_pages",
        k.WEEKLY,
        "When each person gets a test page by each of their ways, to confirm with one tap: a day and a time, with a "
        'zone if it is not the team\'s (`"Tue 10:00 Europe/Berlin"`); `"off"` for never. Not decided: none.',
    ),
    Setting(
        "server.canary",
        k.SPAN,
        "How often Tocsin sends an alert to its own intake and follows it to a page on a phone that nobody carries, a "
        "minute at least; it wakes nobody. Not given: never.",
    ),
    Setting(
        "server.canary_way",
        k.ADDRESS,
        "Where the canary's page goes: `phone`, the built-in one, or another kind of way and an address that you keep "
        'for tests, which should be a secret (`{ env = "CANARY_WAY" }` with `ntfy:https://ntfy.sh/a-long-random-word`).',
        "phone",
    ),
    Setting("server.internal", k.WORDS, "Private networks that webhooks may be sent to, like 10.1.0.0/16.", ()),
    Setting("server.probed", k.WORDS, "Private networks that probes may look at, like 10.1.0.0/16 or 127.0.0.1.", ()),
    Setting("service.<key>.name", k.TEXT, "The name of the service; the key if not given."),
    Setting("service.<key>.runbook", k.PATH, "The runbook, relative to this file.", required=True),
    Setting(
        "service.<key>.directory",
        k.PATH,
        "Where its steps run; if not given, the folder of this file, or that of a runbook which is not below it.",
    ),
    Setting(
        "service.<key>.variables",
        k.WORDS,
        "Names of the server's own environment variables that its steps may see ($DATABASE_URL).",
        (),
    ),
    Setting(
        "service.<key>.target", k.TEXT, "Where its steps run: the name of a target; `local` if not given.", "local"
    ),
    Setting(
        "service.<key>.storm_after",
        k.COUNT,
        "So many new troubles within a minute become incidents of their own; what begins beyond them joins the "
        "incident of a storm. 0: no storm is ever made of them.",
        AT_ONCE,
    ),
    Setting("service.<key>.dashboard", k.URL, "Where to look first: shown beside its incidents."),
    Setting("service.<key>.components", k.WORDS, "The components of the status page that it carries, by key.", ()),
    Setting("service.<key>.chat", k.WORDS, "The chat channels that hear its news, by name.", ()),
    Setting("service.<key>.webhooks", k.WORDS, "The webhooks that hear its news, by name.", ()),
    Setting(
        "service.<key>.stakeholders",
        k.WORDS,
        "Who inside the company hears its news and what is written for stakeholders: mail addresses, and names of "
        "`[chat.*]` channels.",
        (),
    ),
    Setting(
        "service.<key>.executives",
        k.WORDS,
        "Who hears what a responder approves for executives: mail addresses, and names of `[chat.*]` channels.",
        (),
    ),
    Setting(
        "service.<key>.support",
        k.WORDS,
        "Who hears what a responder approves for support: mail addresses, and names of `[chat.*]` channels.",
        (),
    ),
    Setting("service.<key>.subscribers", k.WORDS, "Mail addresses of customers that hear public updates.", ()),
    Setting("service.<key>.status_page", k.FLAG, "Whether public updates appear on the status page.", True),
    Setting("service.<key>.assume.escalate_after", k.SPAN, "From one level to the next where no window is written."),
    Setting("service.<key>.assume.immediate_means", k.SPAN, 'What "immediate" is in minutes.'),
    Setting(
        "service.<key>.assume.acknowledgement_lapses_after",
        k.SPAN,
        "After how long without a sign of life an acknowledgement lapses and paging begins again.",
    ),
    Setting("service.<key>.assume.page_again_after", k.SPAN, "After how long without an answer a page is repeated."),
    Setting("service.<key>.assume.confirm_within", k.SPAN, "How long a way may take before the next way is tried."),
    Setting("service.<key>.assume.strictest", k.FLAG, "Whether the shorter of two contradicting windows holds."),
    Setting("service.<key>.assume.no_page", k.WORDS, "Severities that are recorded and wake nobody."),
    Setting("service.<key>.assume.first_responder", k.TEXT, "Who is paged first where the runbook does not say."),
    Setting(
        "service.<key>.assume.business_hours",
        k.TEXT,
        'What the runbook\'s "business hours" are: a calendar by name, or "Mon-Fri 09:00 to 17:00 Europe/Berlin". '
        "Its targets count in them, and outside of them a contact that keeps them is passed over.",
    ),
    Setting("component.<key>.name", k.TEXT, "The name that customers know.", required=True),
    Setting("component.<key>.group", k.TEXT, "The group under which it is shown.", ""),
    Setting("component.<key>.description", k.TEXT, "A sentence below its name, on the page and in its JSON.", ""),
    Setting("people.<handle>.name", k.TEXT, "The person's name; the handle if not given."),
    Setting("people.<handle>.mattermost", k.TEXT, "The person's user ID in Mattermost, 26 letters and digits.", ""),
    Setting("people.<handle>.slack", k.TEXT, "The person's member ID in Slack, like U012AB3CD: who presses there.", ""),
    Setting("people.<handle>.ways[].kind", _WAYS, "The kind of way; `phone` is the built-in one.", required=True),
    Setting(
        "people.<handle>.ways[].address",
        k.ADDRESS,
        "The mail address, the number (+4915112345678) or, by reference, the URL; nothing for `phone` and `push`.",
        "",
    ),
    Setting("people.<handle>.ways[].gateway", k.TEXT, "Of the kind `gateway`: which, by name.", ""),
    Setting("people.<handle>.ways[].label", k.TEXT, "Its name on the timeline; its kind if not given.", ""),
    Setting("people.<handle>.rules[].severities", k.WORDS, "For these severities; for all others if not given.", ()),
    Setting(
        "people.<handle>.rules[].steps",
        k.WORDS,
        'Ways by name, the first at once, the others with a span: ["ntfy", "2 min sms", "5 min call"].',
        required=True,
    ),
    Setting("people.<handle>.quiet.since", k.TIME, "From this time of day."),
    Setting("people.<handle>.quiet.until", k.TIME, "To this time of day."),
    Setting("people.<handle>.quiet.ways", k.WORDS, "The ways that may ring then; at least one."),
    Setting("people.<handle>.quiet.zone", k.ZONE, "The person's time zone; that of the server if not given."),
    Setting("roles.<word>", k.WORDS, "Who is meant by this word of the runbook."),
    Setting("calendars.<name>.zone", k.ZONE, "Its time zone; that of the server if not given."),
    Setting("calendars.<name>.days", k.WEEKDAYS, "The days on which it is open; Monday to Friday."),
    Setting("calendars.<name>.since", k.TIME, "Open from this time of day; 09:00."),
    Setting("calendars.<name>.until", k.TIME, "Open until this time of day; 17:00."),
    Setting("calendars.<name>.holidays", k.DATES, "Days on which it is closed.", ()),
    Setting("schedules.<name>.zone", k.ZONE, "The time zone of its hand-overs; that of the server if not given."),
    Setting("schedules.<name>.rotations[].name", k.TEXT, "A name for the rotation.", ""),
    Setting("schedules.<name>.rotations[].members", k.WORDS, MEMBERS, required=True),
    Setting("schedules.<name>.rotations[].starts_on", k.DATE, "The day of the first turn.", required=True),
    Setting("schedules.<name>.rotations[].handoff", k.TIME, "The time of day at which turns change; 09:00."),
    Setting("schedules.<name>.rotations[].period", k.SPAN, "How long a turn is; a week if not given."),
    Setting(
        "schedules.<name>.rotations[].periods",
        k.SPANS,
        'Lengths of turns that follow each other, instead of `period`: ["4 d", "3 d"].',
    ),
    Setting("schedules.<name>.rotations[].calendar", k.TEXT, "The calendar whose hours the rotation covers, by name."),
    Setting(
        "schedules.<name>.rotations[].counts",
        k.choice("every", "covered"),
        "Whether every turn counts, or covered ones only: then a weekend takes nobody's turn.",
        "every",
    ),
    Setting("schedules.<name>.rotations[].zone", k.ZONE, "Its own time zone; that of the schedule if not given."),
    Setting("schedules.<name>.rotations[].since", k.INSTANT, "It covers nothing before this instant."),
    Setting("schedules.<name>.rotations[].until", k.INSTANT, "It covers nothing from this instant on."),
    Setting("schedules.<name>.rotations[].restrictions[].days", k.WEEKDAYS, "The days on which it begins; all."),
    Setting("schedules.<name>.rotations[].restrictions[].since", k.TIME, "From this time of day; midnight."),
    Setting("schedules.<name>.rotations[].restrictions[].until", k.TIME, "To this time, perhaps of the next day."),
    Setting("schedules.<name>.overrides[].people", k.WORDS, "Who takes over; `nobody` leaves it free.", required=True),
    Setting("schedules.<name>.overrides[].since", k.INSTANT, "From this instant.", required=True),
    Setting("schedules.<name>.overrides[].until", k.INSTANT, "To this instant.", required=True),
    Setting("schedules.<name>.overrides[].reason", k.TEXT, "Why.", ""),
    *HEARD,
    *TOLD,
    Setting(
        "target.<name>.kind",
        _TARGETS,
        "How it is reached: `local` is the server's own machine, `ssh` another one, `runner` where such a one is.",
        "local",
    ),
    Setting(
        "target.<name>.environment",
        _ENVIRONMENTS,
        "What stands there: destructive steps in production need a second person.",
        "production",
    ),
    Setting("target.<name>.hosts", k.WORDS, "The runbook's words for it: the host of a `ssh production-server`.", ()),
    Setting("target.<name>.directory", k.TEXT, "Where its steps run when the runbook names no folder."),
    Setting(
        "target.<name>.kubectl_context",
        k.TEXT,
        "The context that `kubectl` and `helm` are held to there. A command that names another one is refused.",
    ),
    Setting(
        "target.<name>.kubectl_namespaces",
        k.WORDS,
        'The namespaces that they may use; the first where a command names none. With "*" among them any may be named.',
        (),
    ),
    Setting("target.<name>.docker_context", k.TEXT, "The context that `docker` is held to there."),
    Setting("target.<name>.aws_profile", k.TEXT, "The profile that `aws` is held to there."),
    Setting("target.<name>.aws_region", k.TEXT, "The region that `aws` is held to there."),
    Setting("target.<name>.runner", k.TEXT, "For runner: the label of the runners that may run its steps."),
    Setting("target.<name>.address", k.TEXT, "For ssh: its name or address."),
    Setting("target.<name>.port", k.PORT, "For ssh: its port.", 22),
    Setting("target.<name>.user", k.TEXT, "For ssh: the account there; that of the server if not given."),
    Setting("target.<name>.identity", k.PATH, "For ssh: the file of the private key; the agent's keys if not given."),
    Setting(
        "target.<name>.host_keys",
        k.WORDS,
        'For ssh: its public host keys, `"ssh-ed25519 AAAA…"`, as `ssh-keyscan` prints them without the name. A host '
        "with another key is refused.",
        (),
    ),
    Setting("target.<name>.known_hosts", k.PATH, "For ssh: a file of known hosts, instead of `host_keys`."),
    Setting("mail.host", k.TEXT, "The mail server. Without it no mail is sent."),
    Setting("mail.port", k.PORT, "Its port.", 587),
    Setting("mail.security", k.choice("starttls", "tls", "none"), "How the connection is encrypted.", "starttls"),
    Setting("mail.user", k.TEXT, "The user to sign in with.", ""),
    Setting("mail.password", k.SECRET, "The password to sign in with."),
    Setting(
        "mail.from",
        k.TEXT,
        "The sender of all mail. Without a name (`Shop <news@example.org>`) customers read the status page's title.",
        "tocsin@localhost",
    ),
    Setting("status_page.title", k.TEXT, "The title of the page.", "Status"),
    Setting("status_page.url", k.URL, "The address at which customers reach it."),
    Setting("status_page.description", k.TEXT, "A sentence below the state of the whole, and for search engines.", ""),
    Setting(
        "status_page.languages",
        k.WORDS,
        f"The languages that it is written in: {', '.join(languages())}. The first one is at its address, each other "
        "in a folder of its code. What you write to customers is shown as you wrote it.",
        ("en",),
    ),
    *(
        Setting(f"status_page.words.{one.value}", k.TEXT, f"Your word for “{one.value}”, in the first language.", "")
        for one in PublicStatus
    ),
    Setting(
        "status_page.subscribe",
        k.FLAG,
        "Whether people outside may subscribe on it; needs `[mail]`, and `server.url` where they can reach it.",
        False,
    ),
    Setting(
        "status_page.subscribe_by",
        k.WORDS,
        "In which ways they may: mail, webhook (a program of theirs), slack (a channel of theirs). Who subscribed in "
        "another way before hears on.",
        ("mail", "webhook", "slack"),
    ),
    Setting(
        "status_page.internal",
        k.WORDS,
        "Private networks that webhooks of subscribers may be sent to, like 10.1.0.0/16. `server.internal` does not "
        "hold for them: strangers write these addresses.",
        (),
    ),
)
