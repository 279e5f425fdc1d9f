"""Who may use which route, and what errors look like (reliability B6, F62, F63, F67, F75)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute

from tests.api.asgi import call
from tests.api.house import House, house
from tocsin.api.address import PREFIX
from tocsin.api.guard import ANYBODY, MAX_BODY, NEEDS, SIGNED, Buckets, router
from tocsin.api.routes import make_api_site
from tocsin.app.access import ALLOWED, Permission, Role


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One installation for all of these tests: they look at refusals."""
    with house(tmp_path_factory.mktemp("guard")) as running:
        yield running


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Every (method, path, permission) of an OpenAPI document."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation[NEEDS]


# Each route with the permission it needs. A route that is not listed here fails the test: somebody has to think.
TABLE = {
    "GET /incidents": "read",
    "POST /incidents": "respond",
    "GET /incidents/{incident_id}": "read",
    "GET /incidents/{incident_id}/timeline": "read",
    "POST /incidents/{incident_id}/acknowledge": "respond",
    "POST /incidents/{incident_id}/escalate": "respond",
    "POST /incidents/{incident_id}/page": "respond",
    "POST /incidents/{incident_id}/severity": "respond",
    "POST /incidents/{incident_id}/procedure": "respond",
    "POST /incidents/{incident_id}/role": "respond",
    "POST /incidents/{incident_id}/note": "respond",
    "POST /incidents/{incident_id}/tell": "respond",
    "POST /incidents/{incident_id}/update": "respond",
    "GET /incidents/{incident_id}/audiences/{audience}": "read",
    "POST /incidents/{incident_id}/audiences/{audience}": "respond",
    "GET /incidents/{incident_id}/customers": "read",
    "POST /incidents/{incident_id}/customers": "publish",
    "POST /incidents/{incident_id}/mitigate": "respond",
    "POST /incidents/{incident_id}/confirm": "respond",
    "POST /incidents/{incident_id}/resolve": "respond",
    "POST /incidents/{incident_id}/reopen": "respond",
    "GET /incidents/{incident_id}/changes": "read",
    "GET /incidents/{incident_id}/steps": "read",
    "POST /incidents/{incident_id}/steps/{step_id}/tick": "respond",
    "POST /incidents/{incident_id}/steps/{step_id}/choose": "respond",
    "POST /incidents/{incident_id}/steps/{step_id}/judge": "respond",
    "POST /incidents/{incident_id}/steps/{step_id}/wait": "respond",
    "GET /incidents/{incident_id}/questions": "read",
    "POST /incidents/{incident_id}/questions/{step_id}/answer": "respond",
    "POST /incidents/{incident_id}/steps/{step_id}/run": "step:run",
    "POST /incidents/{incident_id}/steps/{step_id}/preview": "read",
    "POST /incidents/{incident_id}/runs/approve": "step:approve",
    "POST /incidents/{incident_id}/runs/decline": "step:run",
    "POST /incidents/{incident_id}/runs/cancel": "step:run",
    "GET /incidents/{incident_id}/runs/{run}/output": "read",
    "GET /execution": "read",
    "POST /execution/halt": "maintain",
    "GET /execution/preflight": "read",
    "POST /execution/preflight": "maintain",
    "POST /execution/resume": "maintain",
    "GET /incidents/{incident_id}/postmortem": "read",
    "PUT /incidents/{incident_id}/postmortem": "respond",
    "POST /incidents/{incident_id}/postmortem/publish": "maintain",
    "GET /services": "read",
    "GET /services/{service}/playbook": "read",
    "POST /services/{service}/steps/{step_id}/enable": "maintain",
    "POST /services/{service}/steps/{step_id}/disable": "maintain",
    "GET /oncall": "read",
    "GET /oncall/feeds": "read",
    "GET /oncall/overrides": "read",
    "POST /oncall/overrides": "respond",
    "POST /oncall/overrides/{override_id}/end": "respond",
    "POST /oncall/swaps": "respond",
    "GET /silences": "read",
    "POST /silences": "respond",
    "GET /silences/{silence_id}": "read",
    "POST /silences/{silence_id}/prolong": "respond",
    "POST /silences/{silence_id}/end": "respond",
    "GET /offline-posts": "read",
    "POST /offline-posts/{public_id}/tell": "publish",
    "POST /offline-posts/{public_id}/adopt": "publish",
    "GET /maintenances": "read",
    "POST /maintenances": "publish",
    "GET /maintenances/{maintenance_id}": "read",
    "POST /maintenances/{maintenance_id}/tell": "publish",
    "POST /maintenances/{maintenance_id}/move": "publish",
    "POST /maintenances/{maintenance_id}/end": "publish",
    "POST /maintenances/{maintenance_id}/cancel": "publish",
    "GET /probes": "read",
    "GET /probes/offer": "read",
    "POST /probes": "maintain",
    "POST /probes/{name}/remove": "maintain",
    "GET /services/{service}/changes": "read",
    "POST /services/{service}/changes": "alert:write",
    "GET /phone": "read",
    "GET /alerts": "read",
    "GET /alerts/held": "read",
    "GET /integrations": "read",
    "GET /integrations/{name}": "maintain",
    "POST /integrations/{name}/test": "maintain",
    "POST /integrations/{name}/sample": "maintain",
    "GET /report": "read",
    "GET /actions": "read",
    "GET /duties": "read",
    "GET /services/{service}/duties/{duty}": "read",
    "POST /services/{service}/duties/{duty}": "respond",
    "GET /health": "read",
    "POST /login": ANYBODY,
    "GET /me": "read",
    "GET /users": "admin",
    "POST /users": "admin",
    "PATCH /users/{handle}": "admin",
    "POST /users/{handle}/link": "admin",
    "GET /tokens": "read",
    "POST /tokens": "read",
    "DELETE /tokens/{token_id}": "read",
    "GET /audit": "admin",
    "GET /runners": "read",
    "POST /runners": "admin",
    "DELETE /runners/{name}": "admin",
    "POST /runner/enrol": ANYBODY,
    "POST /runner/work": SIGNED,
    "POST /runner/attempts/{attempt}/start": SIGNED,
    "POST /runner/attempts/{attempt}/output": SIGNED,
    "POST /runner/attempts/{attempt}/end": SIGNED,
}
NO_TOKEN = (ANYBODY, SIGNED)


def test_every_route_needs_what_the_table_says(shop: House) -> None:
    """No route appears, disappears or changes what it needs without this table."""
    document = shop.send("GET", "/openapi.json").json()
    found = {f"{method} {path.removeprefix(PREFIX)}": needs for method, path, needs in operations(document)}
    assert found == TABLE


@pytest.mark.parametrize("role", list(Role))
def test_every_route_lets_in_the_roles_that_have_its_permission_and_nobody_else(role: Role, shop: House) -> None:
    """Walks all routes: 403 exactly where the role lacks the permission, before the body is looked at."""
    token = shop.as_role(role)
    for operation, needs in TABLE.items():
        if needs in NO_TOKEN:
            continue
        method, path = operation.split(" ")
        for name in ("incident_id", "step_id", "service", "name", "handle", "token_id"):
            path = path.replace(f"{{{name}}}", "none")
        answer = shop.ask(method, path, {"unknown": True} if method != "GET" else None, token=token)
        allowed = Permission(needs) in ALLOWED[role]
        assert (answer.status_code == 403) is not allowed, f"{role.value}: {operation}: {answer.text}"
        assert answer.status_code != 500, f"{operation}: {answer.text}"


def test_what_runners_ask_is_refused_without_their_signature(shop: House) -> None:
    """R16: an administrator's token is none; neither is a signature of nobody's."""
    token = shop.as_role(Role.ADMIN)
    headers = {"tocsin_runner": "web-1", "tocsin_at": "1", "tocsin_once": "x" * 20, "tocsin_signature": "AAAA"}
    for operation in (one for one, needs in TABLE.items() if needs == SIGNED):
        method, path = operation.replace("{attempt}", "none").split(" ")
        unsigned = shop.ask(method, path, {}, token=token)
        assert (unsigned.status_code, unsigned.json()["code"]) == (401, "not_signed_in"), operation
        unknown = shop.ask(method, path, {}, token=token, **headers)
        assert (unknown.status_code, unknown.json()["code"]) == (401, "not_enrolled"), operation


@pytest.mark.parametrize("scope", list(Permission))
def test_a_narrow_token_opens_only_the_routes_of_its_scope(scope: Permission, shop: House) -> None:
    """An administrator's token with one scope is that scope and nothing more (F75)."""
    token = shop.token(f"only {scope.value}", scope.value)
    for operation, needs in TABLE.items():
        if needs in (*NO_TOKEN, scope.value):
            continue
        method, path = operation.split(" ")
        assert shop.ask(method, path, {} if method != "GET" else None, token=token).status_code == 403, operation


def test_nobody_gets_in_without_a_token(shop: House) -> None:
    """Every route but signing in asks for a token, whatever cookies come along."""
    for operation, needs in TABLE.items():
        if needs in NO_TOKEN:
            continue
        method, path = operation.split(" ")
        answer = shop.send(method, path, headers=[("cookie", "tocsin=x; __Host-tocsin=x")])
        assert answer.status_code == 401, operation
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer ", "Basic cm9vdDp4", "Bearer x y", "Bearer toc_a_b_c", "toc_a", "Bearer é"]
)
def test_what_is_no_bearer_token_is_refused(authorization: str, shop: House) -> None:
    """Anything but one good bearer token is nobody's."""
    answer = shop.send("GET", "/me", headers=[("authorization", authorization)])
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


def test_two_authorization_headers_are_nobodys(shop: House) -> None:
    """A proxy and we must not read different ones."""
    good = f"Bearer {shop.as_role(Role.ADMIN)}"
    answer = shop.send("GET", "/me", headers=[("authorization", good), ("authorization", good)])
    assert answer.status_code == 401


def test_a_session_is_no_token(shop: House) -> None:
    """A browser's cookie does not work as a bearer token."""
    once = shop.installation.application.accounts.one_time_token("ana")
    session = shop.installation.application.accounts.sign_in_once(once).token
    assert shop.ask("GET", "/me", token=session).status_code == 401


def test_a_refusal_is_audited(shop: House) -> None:
    """Who tried what they may not do stands in the audit trail (F75)."""
    token, admin = shop.token("monitor", "alert:write"), shop.as_role(Role.ADMIN)  # both are audited when they are made
    assert shop.ask("POST", "/incidents/INC-1/acknowledge", {}, token=token).status_code == 403
    newest = shop.ask("GET", "/audit?limit=1", token=admin).json()[0]
    assert (newest["allowed"], newest["verb"], newest["object"]) == (
        False,
        "POST",
        f"{PREFIX}/incidents/INC-1/acknowledge",
    )


def test_a_route_that_does_not_say_what_it_needs_cannot_be_made(shop: House) -> None:
    """Deny by default: forgetting the permission is an error at start, not an open door."""
    api = router(shop.installation.application.accounts)
    with pytest.raises(TypeError, match="does not say what it needs"):
        api.add_api_route("/open", dict)
    with pytest.raises(ValueError, match="everything"):
        api.add_api_route("/odd", dict, openapi_extra={NEEDS: "everything"})


def test_a_body_over_the_limit_is_refused_and_one_at_the_limit_is_read(shop: House) -> None:
    """One MiB, whatever the length header says."""
    token = f"Bearer {shop.as_role(Role.RESPONDER)}"
    headers = [("authorization", token), ("content-type", "application/json")]

    def post(size: int) -> int:
        body = json.dumps({"title": ""}).encode()
        chunks = [body, b" " * (size - len(body))]
        return call(shop.site, "POST", f"{PREFIX}/incidents", headers=headers, chunks=chunks).status_code

    assert post(MAX_BODY) == 422
    assert post(MAX_BODY + 1) == 413


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[]", b"null", b'"x"', b"[" * 5000, b'{"title": 1}'])
def test_a_body_that_is_not_what_is_asked_for_is_bad_input(body: bytes, shop: House) -> None:
    """Broken JSON, another encoding, another type: 422, never a 500."""
    token = f"Bearer {shop.as_role(Role.RESPONDER)}"
    headers = [("authorization", token), ("content-type", "application/json")]
    answer = call(shop.site, "POST", f"{PREFIX}/incidents", headers=headers, chunks=[body])
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_input"), answer.text


def test_unknown_fields_are_refused(shop: House) -> None:
    """Nothing can be slipped in beside what is asked for (F63)."""
    body = {"handle": "eve", "role": "viewer", "team_id": 7}
    answer = shop.ask("POST", "/users", body, token=shop.as_role(Role.ADMIN))
    assert answer.status_code == 422
    assert "team_id" in answer.json()["detail"]


def test_what_is_wrong_is_said_in_our_own_words(shop: House) -> None:
    """A note without words, and trouble that begins next century: what to do, without the library's name for it."""
    token = shop.as_role(Role.RESPONDER)
    declared = {"title": "Till down", "service": "shop"}
    incident = shop.ask("POST", "/incidents", declared, token=token).json()["incident"]["id"]
    empty = shop.ask("POST", f"/incidents/{incident}/note", {"text": ""}, token=token)
    assert (empty.status_code, empty.json()["detail"]) == (422, "a note needs words, or a vendor")
    ahead = shop.ask("POST", "/incidents", {**declared, "started_at": "2100-01-01T00:00:00Z"}, token=token)
    assert ahead.status_code == 422
    assert "cannot begin later than now" in ahead.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("PUT", "/incidents", 405, "method_not_allowed"),
        ("GET", "/incidents/INC-999", 404, "not_found"),
        ("GET", "/incidents/%00", 404, "not_found"),
        ("GET", "/incidents?limit=0", 422, "bad_input"),
        ("GET", "/incidents?limit=201", 422, "bad_input"),
        ("GET", "/incidents?before=zwölf", 422, "bad_input"),
        ("GET", "/oncall?at=2026-03-01T09:00:00", 422, "bad_input"),
        ("POST", "/incidents", 422, "bad_input"),
    ],
)
def test_errors_are_problems_with_a_stable_code(method: str, path: str, status: int, code: str, shop: House) -> None:
    """RFC 9457, with nothing from inside (F67)."""
    answer = shop.ask(method, path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["code"], problem["type"]) == (status, code, f"urn:tocsin:problem:{code}")
    assert "Traceback" not in answer.text


def test_what_breaks_inside_tells_nothing_of_the_inside(tmp_path: Path) -> None:
    """A bug is a plain 500: no path, no query, no name of a class (F67)."""
    with house(tmp_path) as shop:
        token = shop.as_role(Role.RESPONDER)
        site = make_api_site(shop.installation.application)
        api = router(shop.installation.application.accounts)

        def broken() -> None:
            raise RuntimeError("SELECT secret FROM /var/lib")

        api.add_api_route("/broken", broken, openapi_extra={NEEDS: "read"})
        site.include_router(api)
        answer = call(site, "GET", f"{PREFIX}/broken", headers=[("authorization", f"Bearer {token}")])
    assert answer.status_code == 500
    assert answer.json()["code"] == "error"
    assert "SELECT" not in answer.text
    assert "RuntimeError" not in answer.text


def test_too_many_requests_of_one_token_have_to_wait(shop: House) -> None:
    """A program that loops is slowed down before it slows down others."""
    site = make_api_site(shop.installation.application, Buckets(rate=0.001, burst=3))
    header = ("authorization", f"Bearer {shop.as_role(Role.VIEWER)}")
    answers = [call(site, "GET", f"{PREFIX}/me", headers=[header]) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert answers[-1].headers["retry-after"] == "1"
    other = ("authorization", f"Bearer {shop.as_role(Role.ADMIN)}")
    assert call(site, "GET", f"{PREFIX}/me", headers=[other]).status_code == 200


def test_a_token_that_asks_too_often_keeps_no_other_token_of_its_owner_waiting(shop: House) -> None:
    """R26: a dashboard with my token must not keep me from acknowledging."""
    site = make_api_site(shop.installation.application, Buckets(rate=0.001, burst=3))
    busy, mine = shop.token("dashboard", "read"), shop.token("terminal", "read", "respond")

    def ask(token: str) -> int:
        return call(site, "GET", f"{PREFIX}/me", headers=[("authorization", f"Bearer {token}")]).status_code

    assert [ask(busy) for _ in range(4)] == [200, 200, 200, 429]
    assert ask(mine) == 200


def test_the_openapi_document_holds_every_schema_that_it_names(shop: House) -> None:
    """A client that is made from it finds what each answer holds, errors too: an answer like ours fits its schema."""
    document = shop.send("GET", "/openapi.json").json()
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert named == set(document["components"]["schemas"])
    problem = document["components"]["schemas"]["Problem"]
    said = shop.send("GET", "/nothing").json()
    assert set(problem["required"]) <= set(said) <= set(problem["properties"])


def test_the_openapi_document_describes_every_operation(shop: House) -> None:
    """Each operation has a sentence, says what it needs, and that it wants a token."""
    document = shop.send("GET", "/openapi.json").json()
    assert document["security"] == [{"token": []}]
    for method, path, needs in operations(document):
        operation = document["paths"][path][method.lower()]
        assert operation["description"], path
        assert needs in {*NO_TOKEN, *Permission}
        assert (operation.get("security") == []) is (needs in NO_TOKEN)
        errors = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
        assert {"401", "403", "422", "503"} <= set(errors)
        assert {kind for answer in errors.values() for kind in answer["content"]} == {"application/problem+json"}


def test_the_first_request_finds_every_route_made(tmp_path: Path) -> None:
    """After a start the first answer does not wait for routes: those of a router that was included are made then."""
    with house(tmp_path) as shop:
        site = make_api_site(shop.installation.application)
        made = {route.path for route in site.router.routes if isinstance(route, APIRoute)}
        assert made == {path for _, path, _ in operations(site.openapi())}
