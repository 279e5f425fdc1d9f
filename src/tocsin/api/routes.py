"""The HTTP API: everything that people do by hand, for programs and for the command line."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.exceptions import HTTPException

from tocsin import __version__
from tocsin.api.address import PREFIX
from tocsin.api.duties import add_duties
from tocsin.api.given import Problem
from tocsin.api.guard import PROBLEM, Buckets, guarded, unknown
from tocsin.api.incidents import add_commands, add_incidents, add_steps
from tocsin.api.maintenances import add_maintenances
from tocsin.api.offline import add_offline
from tocsin.api.oncall import add_oncall
from tocsin.api.people import add_signing_in, add_tokens, add_users
from tocsin.api.runners import add_runners, add_work
from tocsin.api.silences import add_silences
from tocsin.api.team import add_alerts, add_figures, add_services
from tocsin.api.watching import add_changes, add_probes
from tocsin.app.application import Application

# Without their model: FastAPI would make its validator anew for each of them at each route, a third of what the API
# takes to start. `_completed` says what they hold.
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    401: {"description": "Nobody is signed in, or the token is not valid (any more)."},
    403: {"description": "The token may not do this."},
    404: {"description": "There is no such thing."},
    409: {"description": "The incident does not allow it now, or somebody else was faster."},
    413: {"description": "The body is too large."},
    422: {"description": "What was sent cannot be understood."},
    429: {"description": "Too many requests; `Retry-After` says when to come again."},
    503: {"description": "The server cannot do this now; try again in a moment."},
}

_SCHEMA = "#/components/schemas/{model}"

_ABOUT = """\
Send a token with every request: `Authorization: Bearer toc_…` (`tocsin token create`). Cookies are not looked at.
Each operation names the permission that it needs in `x-needs`; a token has the permissions of its scopes that its
owner's role has too. Errors are problems (RFC 9457) with a stable `code`. Instants are RFC 3339 in UTC. Reading
changes nothing, and acknowledging twice is no error.
"""


def _add_everything(api: APIRouter, application: Application) -> None:
    for add in (
        add_incidents,
        add_commands,
        add_steps,
        add_services,
        add_oncall,
        add_alerts,
        add_silences,
        add_maintenances,
        add_offline,
        add_probes,
        add_changes,
        add_figures,
        add_duties,
        add_signing_in,
        add_users,
        add_tokens,
        add_runners,
        add_work,
    ):
        add(api, application)


def make_api_site(application: Application, buckets: Buckets | None = None) -> FastAPI:
    """The API as an application of its own, with its OpenAPI document and problems for whatever goes wrong."""
    site = FastAPI(
        title="Tocsin",
        version=__version__,
        description=_ABOUT,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        exception_handlers={HTTPException: unknown, 404: unknown, 405: unknown, Exception: unknown},
        separate_input_output_schemas=False,
        responses=_PROBLEMS,
    )
    # The site's own router is guarded. One that were included would be made anew by the first request, which waits.
    site.router.prefix = PREFIX
    site.router.route_class = guarded(application.accounts, buckets or Buckets())
    _add_everything(site.router, application)
    _completed(site)
    return site


def _completed(site: FastAPI) -> None:
    """Let the OpenAPI document say that tokens are needed and that errors are problems."""
    generate = site.openapi

    def openapi() -> dict[str, Any]:
        document = generate()
        schemas = document["components"]["schemas"]
        schemas[Problem.__name__] = Problem.model_json_schema(ref_template=_SCHEMA)
        document["components"]["schemas"] = dict(sorted(schemas.items()))
        document["components"].setdefault("securitySchemes", {})["token"] = {"type": "http", "scheme": "bearer"}
        document["security"] = [{"token": []}]
        for path in document["paths"].values():
            for operation in path.values():
                for status, answer in operation["responses"].items():
                    if status >= "400":
                        answer["content"] = {PROBLEM: {"schema": {"$ref": _SCHEMA.format(model=Problem.__name__)}}}
        return document

    site.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend the document
