"""Recent changes from where they are told to where they are read: beside the incident, and in its post-mortem."""

from __future__ import annotations

import hashlib
import hmac
import json
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.web.house import SETTINGS, START, House
from tests.web.house import house as open_house
from tests.web.knocking import Knocker, team
from tocsin.adapters.execution.git_commits import GitLog
from tocsin.alerts.authenticate import AuthKind, IntegrationAuth
from tocsin.alerts.change import Change
from tocsin.app.access import Role
from tocsin.app.intake.changes import MOST_SHOWN
from tocsin.app.rows.records import IncidentQuery, NewDelivery
from tocsin.app.team import Integration
from tocsin.errors import BadInput, NotAllowed, NotFound
from tocsin.incident.commands import Resolve

HUB = """
[integration.scripts]
source = "change"
service = "shop"
"""
MINUTE = timedelta(minutes=1)


def hear(at: House, body: object, name: str = "scripts") -> None:
    """A delivery comes and is read."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    key = hashlib.sha256(raw).hexdigest()
    at.application.intake.submit(NewDelivery(name, key, at.clock.now(), "application/json", raw)).result(timeout=10)
    while at.application.hearing.digest():
        pass


def test_a_change_stands_beside_the_incident_that_follows_and_wakes_nobody(tmp_path: Path) -> None:
    """Newest first, with how long before; on the page, in the API's use case, and in the draft of the post-mortem."""
    with open_house(tmp_path, SETTINGS + HUB) as at:
        hear(at, {"what": "v40 deployed", "by": "bo", "kind": "deploy"})
        at.clock.move_by(30 * MINUTE)
        hear(at, {"what": "<b>v41</b> deployed", "by": "ana", "kind": "deploy", "link": "https://ci.example.com/41"})
        at.clock.move_by(12 * MINUTE)
        assert at.application.incidents.search(at.caller(), IncidentQuery()) == []
        incident = at.declare()
        page = at.visitor(Role.VIEWER).get(f"/i/{incident}").text
        card = " ".join(page.split('id="changes"')[1].split("</section>")[0].split())
        assert card.index("v41") < card.index("v40 deployed")
        assert "&lt;b&gt;v41&lt;/b&gt; deployed</a>" in card
        assert "<strong>12 min before it was declared</strong>" in card
        assert "<strong>42 min before it was declared</strong>" in card
        draft = at.application.postmortems.open(at.caller(), incident).text
        assert "12 min before it was declared: " in draft
        assert draft.index("v40 deployed") < draft.index("12 min before it was declared")


def test_without_changes_nothing_is_said_of_them(tmp_path: Path) -> None:
    """An empty card would only be in the way."""
    with open_house(tmp_path) as at:
        assert 'id="changes"' not in at.visitor(Role.VIEWER).get(f"/i/{at.declare()}").text


def test_a_change_that_cannot_be_read_wakes_nobody_and_stands_on_the_page_of_its_source(tmp_path: Path) -> None:
    """A deploy script with a typing error is mended in the morning."""
    with open_house(tmp_path, SETTINGS + HUB) as at:
        hear(at, {"nothing": 1})
        assert at.application.incidents.search(at.caller(), IncidentQuery()) == []
        page = at.visitor(Role.MAINTAINER).get("/sources/scripts").text
        assert "a change without `what`" in page
        assert "It is no alert and wakes nobody." in page
        assert at.visitor(Role.MAINTAINER).post("/sources/scripts/test").location == "/sources/scripts?sent=1"
        while at.application.hearing.digest():
            pass
        assert at.application.incidents.search(at.caller(), IncidentQuery()) == []
        assert [one.what for one in at.application.changes.latest(at.caller(), "shop")] == ["Test: nothing was changed"]


def test_a_person_or_a_script_with_a_token_tells_of_a_change(tmp_path: Path) -> None:
    """Of a service that is there; nothing is not a change, and who may only read tells none."""
    with open_house(tmp_path) as at:
        changes = at.application.changes
        changes.record(at.caller(), "shop", "password=hunter2secret rotated", kind="config", at=START - MINUTE)
        (one,) = changes.latest(at.caller(), "shop")
        assert (one.kind, one.by, one.at) == ("config", "ana", START - MINUTE)
        assert "hunter2secret" not in one.what
        with pytest.raises(NotFound, match="there are: shop"):
            changes.record(at.caller(), "till", "x")
        with pytest.raises(BadInput):
            changes.record(at.caller(), "shop", " ")
        with pytest.raises(NotAllowed):
            changes.record(at.caller(Role.VIEWER), "shop", "x")


def test_the_commits_of_the_runbooks_repository_are_changes(tmp_path: Path) -> None:
    """Newest first, with their authors; a folder without a repository has none."""
    assert GitLog().recent(str(tmp_path)) == ()
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1"}
    for n, said in enumerate(("First\tone", "Raise the limit")):
        stamp = f"2026-11-2{n}T10:00:00Z"
        given = environment | {"GIT_COMMITTER_DATE": stamp, "GIT_AUTHOR_DATE": stamp}
        name = ["-c", "user.name=Ana Ruiz", "-c", "user.email=ana@example.com"]
        for command in (["init", "-q"], [*name, "commit", "-q", "--allow-empty", "-m", said]):
            subprocess.run(["git", "-C", tmp_path, *command], check=True, env=given)
    newest, first = GitLog().recent(str(tmp_path))
    assert newest.what.startswith("Raise the limit (")
    assert (newest.kind, newest.by, newest.at.isoformat()) == ("commit", "Ana Ruiz", "2026-11-21T10:00:00+00:00")
    assert first.what.startswith("First\tone (")


class Committed:
    """A repository that holds one commit."""

    def recent(self, directory: str) -> list[Change]:
        """It, a minute before the house opened."""
        return [Change(START - MINUTE, "Set password=hunter2secret", "commit", "ana")]


def test_no_secret_stands_in_a_change_whoever_wrote_it(tmp_path: Path) -> None:
    """Not in the author that a script named, and not in the message of a commit of the runbook's repository."""
    with open_house(tmp_path, SETTINGS + HUB) as at:
        at.application.changes.log = Committed()
        hear(at, {"what": "v41 deployed", "by": "token=hunter2secret"})
        incident = at.declare()
        found = [one.sentence for one in at.application.changes.of_incident(at.caller(), incident)]
        assert len(found) == 2
        assert "hunter2secret" not in "".join(found)
        assert "hunter2secret" not in at.visitor(Role.VIEWER).get(f"/i/{incident}").text


def test_beside_an_incident_stand_the_newest_from_its_first_alert_to_its_end(tmp_path: Path) -> None:
    """Counted from when the trouble began, maybe before we heard of it; what came after its end is left out."""
    with open_house(tmp_path) as at:
        changes, incidents = at.application.changes, at.application.incidents
        name = at.declare()
        incident = incidents.view(at.caller(), name).incident
        many = [Change(at.clock.now() - MINUTE, f"c{n}") for n in range(MOST_SHOWN + 1)]
        assert [one.change.what for one in changes.among(incident, many)] == [f"c{n}" for n in range(MOST_SHOWN)]
        earlier = replace(incident, started_at=incident.declared_at - 10 * MINUTE)
        (one,) = changes.among(earlier, [Change(incident.declared_at - 15 * MINUTE, "v41 deployed")])
        assert one.when == "5 min before it was declared"
        at.clock.move_by(MINUTE)
        incidents.act(at.caller(), name, Resolve(override="rolled back"))
        at.clock.move_by(MINUTE)
        changes.record(at.caller(), "shop", "v42 deployed")
        assert changes.of_incident(at.caller(), name) == []


SECRET = "the-secret-of-the-repository"


@pytest.fixture
def knocker(tmp_path: Path) -> Knocker:
    ours = (
        Integration("hub", "github", "shop", "key-of-github-0123456789", IntegrationAuth(AuthKind.GITHUB, (SECRET,))),
        Integration(
            "lab",
            "gitlab",
            "shop",
            "key-of-gitlab-0123456789",
            IntegrationAuth(AuthKind.HEADER, (SECRET,), header="x-gitlab-token"),
        ),
        Integration(
            "pd",
            "pagerduty",
            "shop",
            "key-of-pagerduty-0123456789",
            IntegrationAuth(AuthKind.KEY, ("key-of-pagerduty-0123456789",)),
        ),
    )
    return Knocker(tmp_path, team=replace(team(), integrations={one.name: one for one in ours}))


def test_github_proves_itself_by_its_signature_and_is_heard_once(knocker: Knocker) -> None:
    """A redelivery has the same number; a wrong signature is 401 and nothing is kept."""
    body = b'{"ref": "refs/heads/main", "after": "a"}'
    signature = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = [("x-hub-signature-256", signature), ("x-github-event", "push"), ("x-github-delivery", "72d3162e")]
    for _ in range(2):
        assert knocker.knock("/in/key-of-github-0123456789/github", body, headers).status == 202
    assert {one.key for one in knocker.shelf.kept} == {"id:72d3162e"}
    wrong = [("x-hub-signature-256", signature[:-1] + ("0" if signature[-1] != "0" else "1"))]
    assert knocker.knock("/in/key-of-github-0123456789/github", body, wrong).status == 401


def test_gitlab_proves_itself_by_its_token(knocker: Knocker) -> None:
    """In the header that GitLab sends it in."""
    where = "/in/key-of-gitlab-0123456789/gitlab"
    assert knocker.knock(where, b'{"object_kind": "push"}', [("x-gitlab-token", SECRET)]).status == 202
    assert knocker.knock(where, b'{"object_kind": "push"}', [("x-gitlab-token", "another")]).status == 401
    assert len(knocker.shelf.kept) == 1


def test_pagerdutys_clients_send_change_events_to_the_same_path_with_the_same_key(knocker: Knocker) -> None:
    """202 in the vendor's words, and kept; invalid ones are refused and not kept, an unknown key is nobody's."""
    event = {"routing_key": "key-of-pagerduty-0123456789", "payload": {"summary": "Build Success"}}
    answered = knocker.knock("/v2/change/enqueue", json.dumps(event).encode())
    assert (answered.status, json.loads(answered.body)["message"]) == (202, "Change event processed")
    refused = knocker.knock("/v2/change/enqueue", json.dumps({**event, "payload": {}}).encode())
    assert (refused.status, json.loads(refused.body)["status"]) == (400, "invalid event")
    stranger = knocker.knock("/v2/change/enqueue", json.dumps({**event, "routing_key": "nobody"}).encode())
    assert stranger.status == 401
    assert knocker.knock("/v2/change/enqueue", method="GET").status == 405
    assert [one.integration for one in knocker.shelf.kept] == ["pd"]
