"""The API answers as its OpenAPI document says, whatever it is asked (issue 5: schemathesis over the OpenAPI)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.house import ADMIN, House, house
from tocsin.api.address import PREFIX
from tocsin.app.access import Permission

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 3
"""Requests for each operation, well-formed and malformed each."""
THERE = {"service": "shop", "name": "am", "handle": "vic"}
"""What exists; besides, an incident and one of its steps. Every other request names it, or all would be 404."""


def test_whatever_is_asked_the_answer_is_one_that_the_openapi_document_has(tmp_path: Path) -> None:
    """No 5xx, and no status, type or body that is not described, for requests of an administrator of any form."""
    with house(tmp_path) as shop:
        incident = shop.declare(procedure="api-not-responding")
        (step, *_) = shop.ask("GET", f"/incidents/{incident}/steps").json()["steps"]
        there = {**THERE, "incident_id": incident, "step_id": step["id"]}
        document = schemathesis.openapi.from_asgi(f"{PREFIX}/openapi.json", shop.site)
        troubles: list[str] = []
        succeeded: Counter[str] = Counter()
        for found in document.get_all_operations():
            operation = found.ok()
            for mode in GenerationMode:
                _ask(shop, operation, mode, there, troubles, succeeded)
    assert troubles == []
    assert len(succeeded) > 45, "most requests never reached what they ask for: this shows little"


def _ask(
    shop: House,
    operation: APIOperation,
    mode: GenerationMode,
    there: Mapping[str, str],
    troubles: list[str],
    succeeded: Counter[str],
) -> None:
    # A token of its own for each: no token may ask so fast.
    all_of_it = [one.value for one in Permission if ADMIN.may(one)]
    token = shop.token(f"{operation.label} {mode.value}"[:60], *all_of_it)
    asked = 0

    @seed(1)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def ask(case: Case) -> None:
        nonlocal asked
        asked += 1
        if asked % 2 and case.path_parameters:
            case.path_parameters.update({name: there[name] for name in case.path_parameters if name in there})
        case.headers = {name: value for name, value in (case.headers or {}).items() if name.lower() != "authorization"}
        case.headers["authorization"] = f"Bearer {token}"  # who asks is not what is malformed here
        response = case.call()
        if response.status_code < 300:
            succeeded[operation.label] += 1
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            troubles.extend(f"{operation.label}: {response.status_code}: {one}"[:600] for one in group.exceptions)

    with suppress(Unsatisfiable):  # nothing can be wrong with a request that says nothing
        ask()
