"""Writes the reference pages from the code: `python -m tools.reference`; `--check` only says what is stale.

docs/configuration.md, command-line.md, api.md, facts.md and sources.md are written whole. In docs/security.md and
docs/operations.md only what stands between `<!-- generated: NAME -->` and `<!-- end -->` is.
"""

from __future__ import annotations

import ast
import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tocsin import errors
from tocsin.alerts.source import Place, Source
from tocsin.alerts.sources.registry import SOURCES
from tocsin.api.address import PREFIX
from tocsin.api.routes import make_api_site
from tocsin.app.access import ALLOWED, Permission, Role, link_holder
from tocsin.bootstrap import build
from tocsin.cli.reference import reference as command_line
from tocsin.incident import facts, step_facts
from tocsin.incident.codec import TYPES, decode
from tocsin.incident.facts import TOCSIN, Recorded
from tocsin.incident.timeline import sentence
from tocsin.settings.loading import settings_of
from tocsin.settings.reference import reference as configuration
from tocsin.web.guard import Door
from tocsin.web.routes import EVERYTHING
from tools.markdown import MADE, spliced, table

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
GOLDEN = ROOT / "tests" / "incident" / "facts"
METRICS = ROOT / "src" / "tocsin" / "web" / "metrics.py"
_KINDS = {"Counter": "counter", "Gauge": "gauge", "GaugeMetricFamily": "gauge", "Histogram": "histogram"}

MEANING: Mapping[Permission, str] = {
    Permission.READ: "look at incidents, runbooks, who is on call",
    Permission.RESPOND: "declare, acknowledge, note, tick, update the team, escalate, mitigate, resolve",
    Permission.RUN_STEP: "run a read-only step that a maintainer has enabled; end a running one",
    Permission.CHANGE_STEP: "run, or ask a second person for, an enabled step that changes something",
    Permission.APPROVE_STEP: "approve what somebody else asks for; a person only, never a program",
    Permission.PUBLISH: "tell customers",
    Permission.MAINTAIN: "enable steps, publish post-mortems, see and test sources of alerts",
    Permission.ADMINISTER: "accounts, everybody's tokens, the audit trail, everybody's phone",
    Permission.SEND_ALERTS: "tell of a change, from a deploy script; sources of alerts prove themselves by their key",
}


# --- API ------------------------------------------------------------------------------------------------------

_API = f"""\
The API is below `{PREFIX}`; `{PREFIX}/openapi.json` of a running server is its whole description, with the form of each
body. This page is the list. A token comes from `tocsin token create NAME --scope read`, or from the account page.
"""


def openapi() -> Any:
    """The OpenAPI document of an installation that exists for this moment."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "RUNBOOK.md").write_text("# Runbook\n\n## Severity levels\n\n### SEV1\n- Down\n", "utf-8")
        settings = {"version": 1, "catch_all": ["ana"], "people": {"ana": {}}, "server": {"data": folder}}
        settings["service"] = {"shop": {"runbook": "RUNBOOK.md"}}
        installation = build(settings_of(settings, Path(folder) / "tocsin.toml", environ={}, flags={}))
        try:
            return make_api_site(installation.application).openapi()
        finally:
            installation.close()


def api() -> str:
    """docs/api.md."""
    document = openapi()
    parts = [
        "# HTTP",
        MADE,
        f"{_API}\n{document['info']['description'].strip()}\n",
    ]
    by_tag: dict[str, list[tuple[str, str, str]]] = {}
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            row = (f"`{method.upper()} {path.removeprefix(PREFIX)}`", f"`{one['x-needs']}`", _first(one["description"]))
            by_tag.setdefault(one["tags"][0], []).append(row)
    for tag, rows in by_tag.items():
        parts += [f"## {tag[0].upper()}{tag[1:]}\n", table(("route", "needs", "what it does"), rows)]
    parts += ["## Errors\n", "Bodies are `application/problem+json` with one of these codes.\n"]
    parts.append(table(("code", "status", "what it means"), _problems()))
    parts += ["## Pages\n", _PAGES, table(("page", "needs"), _pages())]
    parts += ["## What needs no account\n", table(("address", "what it is"), _OPEN)]
    return "\n".join(parts)


_PAGES = """\
For people with a browser, a session and a form token: programs use the API. `/p/{token}` is the signed link of a page:
it shows on GET and acts on POST only.
"""

_OPEN = (
    (
        "`POST /in/{key}/{source}`",
        "alerts; the key, or the proof that the integration asks for, see [webhooks](webhooks.md)",
    ),
    (
        "`/api/v2/alerts`, `/alerts/groups`, `/silences`, `/silence/{id}`, `/status`, `/receivers`",
        "Alertmanager's API for integrations of `prometheus`, also below `/in/{key}/prometheus`; the key as bearer",
    ),
    ("`POST /v2/enqueue`", "PagerDuty's Events API v2; the routing key stands in the body"),
    ("`POST /v2/change/enqueue`", "PagerDuty's change events: they stand beside incidents and page nobody"),
    ("`POST /generic/2010-04-15/create_event.json`", "PagerDuty's Events API v1; the service key stands in the body"),
    (
        "`/v2/alerts…`, `/jsm/ops/integration/v2/alerts…`",
        "Opsgenie's Alert API, and its heartbeats below `/heartbeats`; the key as `Authorization: GenieKey`",
    ),
    ("`/report/{place}`", "the public form of an integration that has one, see [reports](reports.md)"),
    ("SMTP at `inbox.port`", "mail to the address of an integration, see [mail](mail.md)"),
    ("`GET /status/…`", "the public status page, also `/status/api/v2/summary.json`, and on a host of its own"),
    ("`GET /healthz`", "200 while the process lives"),
    ("`GET /readyz`", "200 when alerts sent now would be stored and acted on, else 503; the checks as JSON"),
    ("`GET /metrics`", "metrics for Prometheus, see [operations](operations.md#metrics)"),
)


def _first(text: str) -> str:
    """The first paragraph, on one line."""
    return " ".join(text.split("\n\n")[0].split())


def _problems() -> list[tuple[str, str, str]]:
    found = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.TocsinError)]
    found = [one for one in found if one is not errors.ServerUnreachable]  # the command line's own
    return [(f"`{one.code}`", str(one.http_status), _first(one.__doc__ or "")) for one in found if one.code != "error"]


def _pages() -> list[tuple[str, str]]:
    def needed(needs: Permission | Door) -> str:
        return f"`{needs.value}`"

    return [(f"`{method} {path}`", needed(needs)) for (method, path), needs in EVERYTHING.items()]


# --- facts ----------------------------------------------------------------------------------------------------

_FACTS = """\
An incident is the list of what happened to it. These are all the things that can happen, in the words of the timeline.
Names never change and fields are only ever added ([0005](adr/0005-facts-are-only-added-to.md)), so programs may rely
on them: a name is the `type` of an entry in `GET /incidents/{incident_id}/timeline`, and `incident.<type>` in
[webhooks](webhooks.md). Each fact also carries its place in the timeline (`seq`), its instant, who did it and by which
way, and as `cite` the lines of the runbook that called for it, if any.
"""


def fact_page() -> str:
    """docs/facts.md."""
    parts = [
        "# Facts",
        MADE,
        _FACTS,
    ]
    for name, kind in TYPES.items():
        parts += [f"## {name}\n", f"{_said(kind)[0]}\n", f"> {_example(name)}\n"]
        parts += [f"{one}\n" for one in _said(kind)[1:]]
        rows = [
            (f"`{one.name}`", f"`{one.type}`".replace("f.", ""), "" if one.default is MISSING else f"`{one.default!r}`")
            for one in fields(kind)
            if one.name != "cite"
        ]
        parts.append(table(("field", "type", "default"), rows))
    parts += ["## Words\n", table(("type", "values"), _words())]
    return "\n".join(parts)


def _said(kind: type) -> list[str]:
    """The paragraphs of a docstring as Markdown."""
    return [" ".join(one.split()).replace("``", "`") for one in (kind.__doc__ or "").split("\n\n")]


def _example(name: str) -> str:
    stored = json.loads((GOLDEN / f"{name}.1.json").read_text("utf-8"))
    fact = decode(stored["type"], json.dumps(stored["body"]))
    return sentence(Recorded("INC-1", 1, datetime(2026, 11, 21, 3, 10, tzinfo=UTC), TOCSIN, fact))


def _words() -> list[tuple[str, str]]:
    kinds = (
        facts.Via,
        facts.ActorKind,
        facts.TargetClock,
        step_facts.StepOutcome,
        facts.PublicStatus,
        facts.WantedUntil,
    )
    return [(f"`{kind.__name__}`", ", ".join(f"`{one.value}`" for one in kind)) for kind in kinds]


# --- sources --------------------------------------------------------------------------------------------------

_SOURCES = """\
What can send alerts to Tocsin. Each integration of `tocsin.toml` has an address of its own, `/in/<key>/<source>`:

```toml
[integration.shop-alerts]
source = "alertmanager"
service = "shop"
```

The page `/sources` and `tocsin integrations show shop-alerts` show what to paste into the sender, with the real key;
what was heard last; and what went wrong last, a wrong signature included. `tocsin integrations test shop-alerts` sends
a test alert in the form of the sender. What every source may rely on (answers, limits): [webhooks](webhooks.md).

One sender may watch several services: `service_label = "app"` names the label that says which one an alert is about,
by the key or the name of a service. Each alert is then matched with the runbook of its own service, and those on call
for it are woken. An alert without the label, or with a word that is no service (it is noted on the page of the source),
is one of `service`. What ends or is acknowledged without its label is found where it fires.
"""


def source_page() -> str:
    """docs/sources.md."""
    rows = [(f"[{one.title}](#{_anchor(one.title)})", f"`{one.name}`", one.sends) for one in SOURCES.values()]
    parts = ["# Sources", MADE, _SOURCES, table(("sender", "source", "what it sends"), rows)]
    for one in SOURCES.values():
        parts += [f"## {one.title}\n", _source(one)]
    return "\n".join(parts)


def _anchor(title: str) -> str:
    return "".join(letter for letter in title.lower().replace(" ", "-") if letter.isalnum() or letter == "-")


def _source(one: Source) -> str:
    place = Place("https://tocsin.example.com", "KEY", one.name, one.proofs[0], one.header)
    proofs = ", ".join(f"`{proof.value}`" for proof in one.proofs)
    return (
        f"{one.sends}\n\n- One alert: {one.joins}\n- It ends with: {one.ends}\n- Sent again: {one.retries}\n"
        f"- Proves itself by: {proofs}\n- [Its manual]({one.documentation})\n\n```text\n{one.set_up(place)}```\n"
    )


# --- parts of pages -------------------------------------------------------------------------------------------


def permissions() -> str:
    """Who may do what."""
    holder = link_holder("ana", "INC-1").permissions
    head = ("permission, scope of a token", *(role.value for role in Role), "holder of a page's link", "what it allows")
    return table(
        head,
        [
            (f"`{one.value}`", *("✓" * (one in ALLOWED[role]) for role in Role), "✓" * (one in holder), MEANING[one])
            for one in Permission
        ],
    )


def metrics() -> str:
    """Every metric with its kind, its labels and its meaning."""
    rows = []
    for node in ast.walk(ast.parse(METRICS.read_text("utf-8"))):
        kind = _KINDS.get(node.func.id, "") if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        if isinstance(node, ast.Call) and kind:
            name, says = (ast.literal_eval(one) for one in node.args[:2])
            given = list(node.args[2:3]) + [one.value for one in node.keywords if one.arg == "labels"]
            labels = ", ".join(f"`{one}`" for one in (ast.literal_eval(given[0]) if given else ()))
            rows.append((f"`{name}`", kind, labels, str(says)))
    return table(("metric", "kind", "labels", "what it is"), sorted(rows))


PARTS = {"security.md": {"permissions": permissions}, "operations.md": {"metrics": metrics}}
WHOLE = {
    "configuration.md": configuration,
    "command-line.md": command_line,
    "api.md": api,
    "facts.md": fact_page,
    "sources.md": source_page,
}


def pages() -> dict[Path, str]:
    """Every page with generated text, as it should be."""
    made = {DOCS / name: make() for name, make in WHOLE.items()}
    for name, parts in PARTS.items():
        text = (DOCS / name).read_text("utf-8")
        for part, make in parts.items():
            text = spliced(text, part, make())
        made[DOCS / name] = text
    return made


def stale() -> list[str]:
    """The names of pages that are not what the code says."""
    return [path.name for path, text in pages().items() if not path.exists() or path.read_text("utf-8") != text]


def main() -> int:
    """Write the pages, or with --check name the stale ones."""
    if "--check" in sys.argv:
        found = stale()
        print("\n".join(found) or "all is as the code says")
        return 1 if found else 0
    for path, text in pages().items():
        path.write_text(text, "utf-8")
        print(path.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
