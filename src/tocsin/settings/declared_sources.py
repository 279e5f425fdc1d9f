"""The settings of whatever alerts come from: integrations, the inbox of mail, probes."""

from __future__ import annotations

from datetime import timedelta

from tocsin.alerts.authenticate import AuthKind
from tocsin.alerts.probe import ProbeKind
from tocsin.alerts.sources.registry import SOURCES
from tocsin.settings import kinds as k
from tocsin.settings.setting import Setting

_PROBES = k.choice(*(kind.value for kind in ProbeKind))
_AUTH = k.choice(*(kind.value for kind in AuthKind))

HEARD: tuple[Setting, ...] = (
    Setting("integration.<name>.source", k.TEXT, f"What sends: {', '.join(SOURCES)}.", required=True),
    Setting("integration.<name>.service", k.TEXT, "The service that its alerts are about, by key.", required=True),
    Setting(
        "integration.<name>.service_label",
        k.TEXT,
        "The label of an alert that says which service it is about, by key or name, where one sender watches several; "
        "an alert without it, or with a word that is no service, is one of `service`.",
        "",
    ),
    Setting(
        "integration.<name>.threshold",
        k.COUNT,
        "How often a trouble has to be said before it begins an incident. See docs/noise.md.",
        1,
    ),
    Setting("integration.<name>.threshold_within", k.SPAN, "Within what time it has to be.", timedelta(minutes=10)),
    Setting(
        "integration.<name>.record",
        k.FLAG,
        "Whether its alerts are recorded in one incident and wake nobody, but for the top severity. See docs/noise.md.",
        False,
    ),
    Setting(
        "integration.<name>.record_matching",
        k.WORDS,
        'Only alerts that meet all of these are recorded so, written as for silences: `team=~"web.*"`.',
        (),
    ),
    Setting("integration.<name>.record_top", k.FLAG, "Whether the top severity is recorded so too.", False),
    Setting("integration.<name>.key", k.SECRET, "The secret part of its address; made by the server if not given."),
    Setting("integration.<name>.old_key", k.SECRET, "A key that is valid too while you change the senders."),
    Setting("integration.<name>.every", k.SPAN, "Of a heartbeat: how often it comes."),
    Setting(
        "integration.<name>.grace",
        k.SPAN,
        "Of a heartbeat: how late it may be; a tenth of `every`, and at least a minute, if not given.",
    ),
    Setting(
        "integration.<name>.severity",
        k.TEXT,
        "Of a heartbeat: how severe its silence is; of a form: how severe reports are. In the word of the runbook.",
        "",
    ),
    Setting(
        "integration.<name>.branches",
        k.WORDS,
        "Of github-actions and gitlab-ci: the branches that count, as RE2 patterns; the default branch if not given.",
        (),
    ),
    Setting("integration.<name>.answer.token", k.SECRET, "A token of PagerDuty's REST API that may write."),
    Setting(
        "integration.<name>.answer.from",
        k.TEXT,
        "The mail address of a user of PagerDuty in whose name it is told, unless the responder is a user there.",
    ),
    Setting(
        "integration.<name>.answer.api",
        k.URL,
        "Where its REST API is: `https://api.eu.pagerduty.com` in Europe; a stand-in's address in drills.",
        "https://api.pagerduty.com",
    ),
    Setting(
        "integration.<name>.auth.kind",
        _AUTH,
        "How it proves itself; in the first way of its source if not given.",
    ),
    Setting("integration.<name>.auth.secret", k.SECRET, "The secret that the source knows."),
    Setting("integration.<name>.auth.old_secret", k.SECRET, "A secret that is valid too while you change it."),
    Setting("integration.<name>.auth.user", k.TEXT, "The user name of basic authentication.", ""),
    Setting(
        "integration.<name>.auth.signature_header",
        k.TEXT,
        "The header that holds the signature of hmac.",
        "x-grafana-alerting-signature",
    ),
    Setting("integration.<name>.auth.topics", k.WORDS, "The ARNs of the topics that SNS may send for.", ()),
    Setting("integration.<name>.auth.sha256_only", k.FLAG, "Refuse the older signatures of SNS, of SHA-1.", False),
    Setting("integration.<name>.auth.header", k.TEXT, "The header that holds the secret of header; by its kind."),
    Setting("integration.<name>.auth.timestamp_header", k.TEXT, "The header that holds the time of hmac.", ""),
    Setting(
        "integration.<name>.form.title",
        k.TEXT,
        "The heading of the public page; there is a page where this table has anything.",
    ),
    Setting("integration.<name>.form.says", k.TEXT, "A sentence below it.", ""),
    Setting("integration.<name>.form.open", k.FLAG, "Whether its address has the name instead of the key.", False),
    Setting("integration.<name>.map.title", k.FIELD, "What is wrong; the only one that a map needs."),
    Setting("integration.<name>.map.alerts", k.TEXT, "The list of alerts in the body; without it the body is one."),
    Setting("integration.<name>.map.key", k.FIELD, "What joins the events of one alert; the title if not given."),
    Setting("integration.<name>.map.state", k.FIELD, "The word for whether it fires; without it, it always does."),
    Setting("integration.<name>.map.firing", k.WORDS, "Patterns (RE2) of the state that fires.", ()),
    Setting("integration.<name>.map.resolved", k.WORDS, "Patterns (RE2) of the state that is over.", ()),
    Setting("integration.<name>.map.ignored", k.WORDS, "Patterns (RE2) of the state that is no alert at all.", ()),
    Setting("integration.<name>.map.severity", k.FIELD, "The sender's word for how severe it is."),
    Setting("integration.<name>.map.service", k.FIELD, "The service that it is about, where one sender has several."),
    Setting("integration.<name>.map.description", k.FIELD, "More about it."),
    Setting("integration.<name>.map.link", k.FIELD, "Where to look."),
    Setting("integration.<name>.map.group", k.FIELD, "What alerts of one incident share."),
    Setting("integration.<name>.map.starts_at", k.FIELD, "When it began: RFC 3339, or seconds since 1970."),
    Setting("integration.<name>.map.ends_at", k.FIELD, "When it ended."),
    Setting("integration.<name>.map.labels_from", k.TEXT, "An object, or a list of `name:value`, that are labels."),
    Setting("integration.<name>.map.labels.<label>", k.FIELD, "Where the value of this label stands."),
    Setting("integration.<name>.map.severities.<word>", k.TEXT, "The runbook's severity for this word of the sender."),
    Setting("integration.<name>.map.services.<word>", k.TEXT, "The key of the service for this word of the sender."),
    Setting("inbox.port", k.PORT, "The port to listen on. Without it no mail is taken."),
    Setting("inbox.host", k.TEXT, "The address to listen on.", "127.0.0.1"),
    Setting("inbox.domains", k.WORDS, "The domains of the addresses, the first one is shown; any if not given.", ()),
    Setting("inbox.megabytes", k.WHOLE, "How large a mail may be; the first megabyte of it is kept.", 10),
    Setting("inbox.certificate", k.PATH, "The file of a certificate: with it STARTTLS is offered."),
    Setting("inbox.certificate_key", k.PATH, "The file of its private key."),
    Setting("inbox.require_tls", k.FLAG, "Whether mail is taken by TLS only.", False),
    Setting("probe.<name>.service", k.TEXT, "The service that it is about, by key.", required=True),
    Setting("probe.<name>.kind", _PROBES, "What it speaks.", "http"),
    Setting(
        "probe.<name>.address",
        k.ADDRESS,
        "What it looks at: a URL, `host:port` for tcp, a name for dns; by reference when it holds a password.",
    ),
    Setting("probe.<name>.every", k.SPAN, "How often it looks, from 5 s on.", timedelta(minutes=1)),
    Setting("probe.<name>.timeout", k.SPAN, "How long a look may take, a minute at most; 10 s if not given."),
    Setting("probe.<name>.failures", k.WHOLE, "So many bad looks, within `within`, are an alert.", 3),
    Setting("probe.<name>.within", k.SPAN, "The span for `failures`; what they need and a minute, if not given."),
    Setting("probe.<name>.recovers", k.WHOLE, "So many good looks in a row end the alert.", 2),
    Setting("probe.<name>.severity", k.TEXT, "How severe its failure is, in the word of the runbook.", ""),
    Setting("probe.<name>.status", k.WORDS, "Of http: the status that is good, by code or class.", ("2xx",)),
    Setting("probe.<name>.body", k.TEXT, "Of http: a pattern (RE2) that something in the body must fit.", ""),
    Setting("probe.<name>.certificate", k.SPAN, 'Of https: how long the certificate must still hold, like "14 d".'),
    Setting("probe.<name>.record", k.TEXT, "Of dns: the type of record.", "A"),
    Setting("probe.<name>.server", k.TEXT, "Of dns: who is asked; the machine's own resolver if not given.", ""),
    Setting("probe.<name>.expects", k.WORDS, "Of dns: values that the answer must hold; any if not given.", ()),
    Setting("probe.<name>.command", k.WORDS, "Of command: a program and its arguments; 0 is good.", ()),
)
