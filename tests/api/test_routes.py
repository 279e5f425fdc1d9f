"""What the API does: the life of an incident, and everything around it, as programs see it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.api.asgi import call
from tests.api.house import PASSWORD, RUNBOOK, START, House, house
from tocsin.api.testclock import PATH, TestClock
from tocsin.app.access import Role
from tocsin.clock import MovableClock
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.json import playbook_json


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    """A fresh installation."""
    with house(tmp_path) as running:
        yield running


def test_what_a_person_does_not_say_is_suggested_by_the_runbooks_words(shop: House) -> None:
    """Half asleep one types what is wrong: severity and procedure follow, with their reason; what is said holds."""
    shop.ask("POST", "/incidents", {"title": "Complete outage, nobody can sign in: 502 errors"})
    facts = {one["type"]: one["text"] for one in shop.ask("GET", "/incidents/INC-1/timeline").json()}
    assert facts["SeverityAssessed"].startswith("Severity suggested: P0 (")
    assert "Procedure opened: API Not Responding" in facts["ProcedureMatched"]
    said = {
        "title": "Complete outage, nobody can sign in: 502 errors",
        "severity": "P1",
        "procedure": "resolution-confirmation",
    }
    id = shop.ask("POST", "/incidents", said).json()["incident"]["id"]
    whole = shop.ask("GET", f"/incidents/{id}").json()
    assert (whole["severity"], whole["procedure"]) == ("P1", "resolution-confirmation")
    id = shop.ask("POST", "/incidents", {"title": "Something is odd"}).json()["incident"]["id"]
    whole = shop.ask("GET", f"/incidents/{id}").json()
    assert (whole["severity"], whole["procedure"]) == (None, None), "nothing is invented"


def test_an_incident_lives_from_its_declaration_to_its_published_review(shop: House) -> None:
    """Declare, acknowledge, work, tell, mitigate, resolve, review: each command answers with its facts."""
    id = shop.declare(summary="502 everywhere")
    assert id == "INC-1"
    whole = shop.ask("GET", f"/incidents/{id}").json()
    assert whole["procedure"] == "api-not-responding", "what its words suggest"
    assert (whole["state"], whole["severity"], whole["service"]) == ("triggered", "P0", "shop")
    assert whole["url"] == "https://tocsin.example.com/i/INC-1"
    assert any(one["kind"] == "target" and one["line"] for one in whole["coming"])

    taken = shop.ask("POST", f"/incidents/{id}/acknowledge")
    assert taken.status_code == 200
    assert taken.json()["incident"]["acknowledged_by"] == "ana"
    assert "Acknowledged" in [fact["type"] for fact in taken.json()["facts"]]
    assert shop.ask("POST", f"/incidents/{id}/acknowledge").json()["facts"] == [], "twice is no error"

    for path, body in (
        ("note", {"text": "looks like the disk"}),
        ("severity", {"severity": "High", "reason": "checkout works, slowly"}),
        ("procedure", {"procedure": "resolution-confirmation"}),
        ("procedure", {"procedure": "api-not-responding"}),
        ("role", {"role": "Incident Commander"}),
        ("page", {"target": "CTO", "reason": "needs a decision"}),
        ("update", {"text": "restarting", "status": "identified"}),
        ("customers", {"status": "investigating", "text": "We look into it.", "components": ["api"]}),
        ("mitigate", {"text": "restarted"}),
    ):
        answer = shop.ask("POST", f"/incidents/{id}/{path}", body)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        assert answer.json()["facts"], path
    row = shop.ask("GET", "/incidents?state=mitigated&service=shop&q=checkout").json()[0]
    assert (row["severity"], row["commander"], row["procedure"]) == ("P1", "ana", "api-not-responding")

    refused = shop.ask("POST", f"/incidents/{id}/resolve", {"summary": "restarted"})
    checks = shop.ask("GET", f"/incidents/{id}").json()["checks"]
    if checks:
        assert refused.status_code == 409
        assert refused.json()["reason"]
        for check in checks:
            shop.ask("POST", f"/incidents/{id}/confirm", {"check": check["id"]})
        assert shop.ask("POST", f"/incidents/{id}/resolve", {"summary": "restarted"}).status_code == 200

    draft = shop.ask("GET", f"/incidents/{id}/postmortem").json()
    assert draft["version"] == 0
    text = "# Review\n\nThe disk was full.\n\n## Action Items\n\n- [ ] Watch the disk (owner: Ana)\n"
    saved = shop.ask("PUT", f"/incidents/{id}/postmortem", {"text": text, "version": 0})
    assert saved.json()["version"] == 1
    assert shop.ask("PUT", f"/incidents/{id}/postmortem", {"text": text, "version": 0}).status_code == 409
    published = shop.ask("POST", f"/incidents/{id}/postmortem/publish", token=shop.as_role(Role.MAINTAINER))
    assert published.status_code == 200, published.text
    assert [one["title"] for one in shop.ask("GET", "/actions").json()] == ["Watch the disk"]

    timeline = shop.ask("GET", f"/incidents/{id}/timeline").json()
    assert [one["seq"] for one in timeline] == list(range(1, len(timeline) + 1))
    assert {"ana"} == {one["by"] for one in timeline if one["type"] in {"Acknowledged", "NoteAdded"}}
    assert shop.ask("GET", f"/incidents/{id}/timeline?after={len(timeline) - 1}").json() == timeline[-1:]

    overall = shop.ask("GET", "/report?days=1").json()[0]
    assert (overall["incidents"], overall["resolved"]) == (1, 1)
    again = shop.ask("POST", f"/incidents/{id}/reopen", {"reason": "it is back"})
    assert again.json()["incident"]["state"] == "triggered"


def test_one_idempotency_key_declares_once(shop: House) -> None:
    """A client that retries after a lost answer gets the same incident; another person's key is another."""
    body = {"title": "Checkout is down"}
    first = shop.ask("POST", "/incidents", body, idempotency_key="k1")
    second = shop.ask("POST", "/incidents", body, idempotency_key="k1")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["incident"]["id"] == second.json()["incident"]["id"]
    assert first.headers["location"] == "/api/v1/incidents/INC-1"
    others = shop.ask("POST", "/incidents", body, token=shop.as_role(Role.ADMIN), idempotency_key="k1")
    assert others.json()["incident"]["id"] == "INC-2"


def test_lists_are_read_page_by_page(shop: House) -> None:
    """`before` continues where a page ended."""
    ids = [shop.declare() for _ in range(3)]
    page = shop.ask("GET", "/incidents?limit=2").json()
    rest = shop.ask("GET", f"/incidents?limit=2&before={page[-1]['id']}").json()
    assert [one["id"] for one in (*page, *rest)] == ids[::-1]


def test_the_tool_says_what_was_done_by_the_command_line(shop: House) -> None:
    """The way in which somebody spoke stands on the timeline."""
    id = shop.declare()
    shop.ask("POST", f"/incidents/{id}/note", {"text": "x"}, tocsin_client="cli")
    shop.ask("POST", f"/incidents/{id}/note", {"text": "y"})
    timeline = shop.ask("GET", f"/incidents/{id}/timeline").json()
    assert [one["via"] for one in timeline if one["type"] == "NoteAdded"] == ["cli", "api"]


def test_a_step_is_run_only_when_a_maintainer_enabled_it(shop: House) -> None:
    """Refused with the reason; enabled, it is queued; ticked off by hand at any time."""
    id = shop.declare(procedure="api-not-responding")
    steps = shop.ask("GET", f"/incidents/{id}/steps").json()
    disk = next(one for one in steps["steps"] if one["command"] and "df" in one["command"])
    restart = next(one for one in steps["steps"] if one["command"] and "restart" in one["command"])
    assert steps["title"] == "API Not Responding"
    assert [one["next"] for one in steps["steps"]].count(True) == 1
    refused = shop.ask("POST", f"/incidents/{id}/steps/{disk['id']}/run")
    assert (refused.status_code, refused.json()["reason"]) == (409, "not_runnable")
    max = shop.as_role(Role.MAINTAINER)
    assert shop.ask("POST", f"/services/shop/steps/{disk['id']}/enable").status_code == 403
    assert shop.ask("POST", f"/services/shop/steps/{disk['id']}/enable", token=max).status_code == 200
    assert shop.ask("GET", "/services").json()[0]["enabled_steps"] == {disk["id"]: True}
    refused = shop.ask("POST", f"/incidents/{id}/steps/{restart['id']}/run")
    assert (refused.status_code, refused.json()["reason"]) == (409, "not_runnable")
    assert shop.ask("POST", f"/incidents/{id}/steps/{disk['id']}/run").status_code == 202
    ticked = shop.ask("POST", f"/incidents/{id}/steps/{restart['id']}/tick", {"outcome": "did_not_help"})
    assert ticked.status_code == 200
    assert shop.ask("POST", f"/services/shop/steps/{disk['id']}/disable", token=max).json() == {"done": True}


def test_a_step_that_only_a_shell_can_run_needs_the_further_word_of_a_maintainer(tmp_path: Path) -> None:
    """Refused with the reason without it. With it a person may run the step, a program may not (ADR 0022)."""
    looped = RUNBOOK.replace("df -h /", "for disk in / /tmp; do df -h $disk; done")
    assert looped != RUNBOOK
    with house(tmp_path, runbook=looped) as shop:
        id = shop.declare(procedure="api-not-responding")
        max = shop.as_role(Role.MAINTAINER)
        (step,) = shop.ask("GET", "/services").json()[0]["shell_steps"]
        (listed,) = [one for one in shop.ask("GET", f"/incidents/{id}/steps").json()["steps"] if one["id"] == step]
        assert listed["in_shell"]
        enable = f"/services/shop/steps/{step}/enable"
        for body in (None, {}, {"shell": False}):
            refused = shop.ask("POST", enable, body, token=max)
            assert (refused.status_code, refused.json()["reason"]) == (409, "needs_shell")
        run = f"/incidents/{id}/steps/{step}/run"
        assert shop.ask("POST", run).json()["reason"] == "not_runnable"
        assert shop.ask("POST", enable, {"shell": True}, token=max).status_code == 200
        assert shop.ask("POST", f"/incidents/{id}/steps/{step}/preview").json()["in_shell"]
        assert shop.ask("POST", run).json()["reason"] == "no_person"
        assert shop.ask("POST", run, tocsin_client="cli").json()["reason"] == "no_person", "a program may say so too"


def test_a_blank_keeps_a_text_from_customers(shop: House) -> None:
    """The words for customers are prepared and sent by hand; blanks are refused."""
    id = shop.declare()
    assert shop.ask("GET", f"/incidents/{id}/customers?status=identified").status_code == 200
    refused = shop.ask("POST", f"/incidents/{id}/customers", {"status": "identified", "text": "ETA: [time]"})
    assert (refused.status_code, refused.json()["reason"]) == (409, "unfilled")


def test_one_approval_tells_all_or_nobody(shop: House) -> None:
    """An audience that is nowhere keeps the others from being told; without it they are, in one commit."""
    path = f"/incidents/{shop.declare()}/tell"
    said = {"to": ["customers", "internal", "executives"], "text": "We know why.", "status": "identified"}
    refused = shop.ask("POST", path, said)
    assert (refused.status_code, refused.json()["reason"]) == (409, "nowhere")
    told = shop.ask("POST", path, said | {"to": ["customers", "internal"]}).json()
    assert [one["type"] for one in told["facts"]] == ["CustomersNotified", "StatusUpdated"]
    assert shop.ask("POST", path, said | {"to": []}).status_code == 422
    assert shop.ask("POST", path, said | {"to": ["everybody"]}).status_code == 422


def test_who_is_on_call_is_told_with_the_reason(shop: House) -> None:
    """The runbook's words, the people they mean now, and the shifts to come."""
    oncall = shop.ask("GET", "/oncall").json()
    by_word = {one["target"]: one["people"] for one in oncall["roles"]}
    assert by_word["On-Call Engineer"] == ["ana"]
    assert by_word["CTO"] == ["max"]
    assert oncall["schedules"]["primary"][0]["people"] == ["ana"]
    early = shop.ask("GET", "/oncall?at=2025-01-01T00:00:00Z").json()
    assert {one["target"]: one["people"] for one in early["roles"]}["On-Call Engineer"] == []
    assert shop.ask("GET", "/me").json()["on_call"] == ["On-Call Engineer", "primary"]


@pytest.mark.parametrize("name", ["am", "pd", "own"])
def test_a_test_alert_of_every_source_becomes_an_incident(name: str, shop: House) -> None:
    """What `tocsin integrations test` sends is read like the source's own alerts."""
    max = shop.as_role(Role.MAINTAINER)
    assert shop.ask("POST", f"/integrations/{name}/test", token=max).status_code == 202
    shop.installation.application.hearing.digest()
    (incident,) = shop.ask("GET", "/incidents").json()
    assert "Test alert" in incident["title"] or "TocsinTest" in incident["title"]
    (alert,) = shop.ask("GET", "/alerts").json()
    assert (alert["integration"], alert["incident"]) == (name, incident["id"])
    listed = {one["name"]: one for one in shop.ask("GET", "/integrations").json()}
    assert listed[name]["last_at"]
    set_up = shop.ask("GET", f"/integrations/{name}", token=max).json()
    key = shop.installation.application.team().integrations[name].key
    assert key in set_up["url"]
    assert key not in json.dumps(listed), "the address is a secret"


def test_signing_in_from_a_terminal_gives_a_token(shop: House) -> None:
    """By password or by a one-time link; wrong ones are refused and slowed down."""
    made = shop.send("POST", "/login", {"handle": "ana", "password": PASSWORD, "name": "laptop"})
    assert made.status_code == 201
    assert shop.ask("GET", "/me", token=made.json()["token"]).json()["handle"] == "ana"
    link = shop.ask("POST", "/users/vic/link", token=shop.as_role(Role.ADMIN)).json()["url"]
    assert link.startswith("https://tocsin.example.com/login/once?token=")
    once = shop.send("POST", "/login", {"once": link.rpartition("=")[2]})
    assert once.json()["owner"] == "vic"
    assert shop.send("POST", "/login", {"once": link.rpartition("=")[2]}).status_code == 401
    tries = [shop.send("POST", "/login", {"handle": "ana", "password": "x"}) for _ in range(6)]
    assert [one.status_code for one in tries] == [401] * 5 + [429]
    assert int(tries[-1].headers["retry-after"]) > 0


def test_an_administrator_looks_after_accounts(shop: House) -> None:
    """Add, change, disable, list, and read the trail; hashes never appear."""
    root = shop.as_role(Role.ADMIN)
    added = shop.ask("POST", "/users", {"handle": "bo", "role": "viewer", "password": PASSWORD}, token=root)
    assert added.status_code == 201
    changed = shop.ask("PATCH", "/users/bo", {"role": "responder", "name": "Bo"}, token=root)
    assert (changed.json()["role"], changed.json()["name"]) == ("responder", "Bo")
    assert shop.ask("PATCH", "/users/bo", {"disabled": True}, token=root).json()["disabled"] is True
    listed = shop.ask("GET", "/users", token=root)
    assert "argon2" not in listed.text
    assert [one["verb"] for one in shop.ask("GET", "/audit?limit=3", token=root).json()] == [
        "change user",
        "change user",
        "add user",
    ]


def test_tokens_are_made_shown_once_and_ended(shop: House) -> None:
    """A token over the API is its maker's, not more than its maker's, and its text is not listed."""
    ends = (START + timedelta(days=7)).isoformat()
    made = shop.ask("POST", "/tokens", {"name": "ci", "scopes": ["read"], "expires_at": ends}).json()
    assert shop.ask("GET", "/me", token=made["token"]).json()["permissions"] == ["read"]
    assert made["token"] not in shop.ask("GET", "/tokens").text
    assert shop.ask("POST", "/tokens", {"name": "x", "scopes": ["admin"]}).status_code == 403
    assert shop.ask("DELETE", f"/tokens/{made['id']}").json()["revoked"] is True
    assert shop.ask("GET", "/me", token=made["token"]).status_code == 401


def test_the_playbook_in_force_is_what_show_prints(shop: House) -> None:
    """Programs read the compiled runbook from the server too."""
    playbook = shop.ask("GET", "/services/shop/playbook").json()
    compiled = compile_runbook(RUNBOOK, path="shop.md", today=START.date())
    assert playbook == json.loads(json.dumps(playbook_json(compiled)))
    assert playbook["schema"] == "tocsin.playbook/1"
    (service,) = shop.ask("GET", "/services").json()
    assert service["severities"] == ["P0", "P1"]
    assert shop.ask("GET", "/services/none/playbook").status_code == 404


def test_health_names_what_is_wrong_with_the_roster(shop: House) -> None:
    """Readiness and the troubles that would keep a page from reaching anybody."""
    health = shop.ask("GET", "/health").json()
    assert {check["name"] for check in health["checks"]} >= {"engine", "database"}
    assert health["roster_problems"] == []


def test_the_test_clock_is_moved_from_this_machine_only() -> None:
    """Acceptance tests move time forwards; a stranger, and time backwards, are refused."""
    clock, moved, passed = MovableClock(START), [], []

    async def site(scope: object, receive: object, send: object) -> None:
        passed.append(scope)
        await send({"type": "http.response.start", "status": 204, "headers": []})  # type: ignore[operator]

    app = TestClock(clock, lambda: moved.append(clock.now()), site)  # type: ignore[arg-type]

    def advance(body: str, client: str = "127.0.0.1") -> int:
        return call(app, "POST", PATH, chunks=[body.encode()], client=client).status_code

    assert advance('{"advance_seconds": 60}') == 200
    assert clock.now() == START + timedelta(minutes=1)
    assert moved == [clock.now()]
    assert advance('{"advance_seconds": 60}', client="10.0.0.1") == 403
    for bad in ('{"advance_seconds": -1}', "{}", "[]", "x", '{"advance_seconds": 1e99}', '{"advance_seconds": "1"}'):
        assert advance(bad) == 422
    assert advance('{"set_seconds": -3600}') == 200, "a wall clock may be set back"
    assert clock.now() == START - timedelta(minutes=59)
    assert call(app, "GET", PATH).json() == {"now": clock.now().isoformat()}
    assert call(app, "GET", "/elsewhere").status_code == 204
    assert len(moved) == 2
