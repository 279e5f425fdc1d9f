"""The runbook's questions on the Respond page, in the API and on the command line."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path

import pytest

from tests.api.house import house as api_house
from tests.web.house import ADMIN, house
from tests.web.test_respond import plain
from tests.web.test_steering import RUNBOOK
from tocsin.adapters.http_server import HttpServer, address_of, listener_on
from tocsin.app.access import Role
from tocsin.cli.main import main

ASKED = "## Initial Assessment\n\n- Who is affected?\n- Since when?\n\n"
ASKING = RUNBOOK.replace("## Common Incidents", f"{ASKED}## Common Incidents")
HOSTILE = "Drivers of the <b>night</b> shift"


def test_a_question_is_answered_on_the_page(tmp_path: Path) -> None:
    """D9: one field for each, hostile words escaped, an empty answer says what to write."""
    with house(tmp_path, runbook=ASKING) as opened:
        opened.declare()
        visitor = opened.visitor()
        first, second = opened.application.assessment.list(ADMIN, "INC-1")
        page = plain(visitor.get("/i/INC-1").text)
        assert "Assessment 2 open" in page
        assert "Who is affected?" in page
        answer = visitor.post(f"/i/INC-1/question/{first.step}", {"answer": HOSTILE})
        assert answer.location == "/i/INC-1#questions"
        html = visitor.get("/i/INC-1").text
        assert "Assessment 1 open" in plain(html)
        assert "Drivers of the &lt;b&gt;night&lt;/b&gt; shift" in html
        assert HOSTILE not in html
        refused = visitor.post(f"/i/INC-1/question/{second.step}", {"answer": " "})
        assert refused.status == 422
        assert "an answer needs words" in plain(refused.text)


def test_a_question_is_answered_in_the_terminal_and_read_by_a_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """D9: `tocsin answer` lists them with their numbers, takes an answer, and says how when it is missing."""
    with api_house(tmp_path, runbook=ASKING) as opened:
        incident = opened.declare()
        listener, listening = listener_on("127.0.0.1", 0), threading.Event()
        server = HttpServer(opened.site, listening.set, lambda: None)
        thread = threading.Thread(target=server.run, args=([listener],), name="api", daemon=True)
        thread.start()
        try:
            assert listening.wait(15)
            monkeypatch.setenv("TOCSIN_URL", address_of(listener))
            monkeypatch.setenv("TOCSIN_TOKEN", opened.as_role(Role.RESPONDER))
            monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
            assert main(["answer"]) == 0
            assert "  1  Who is affected?" in capsys.readouterr().out
            assert main(["answer", "2", "Since", "the", "deploy"]) == 0
            assert main(["answer", "2"]) == 2
            assert "tocsin answer 2" in capsys.readouterr().err
            assert main(["answer", "7", "x"]) == 2
            capsys.readouterr()
            assert main(["answer", "--json"]) == 0
            listed = json.loads(capsys.readouterr().out)
        finally:
            server.handle_exit(signal.SIGTERM, None)
            thread.join(15)
            listener.close()
        rows = opened.ask("GET", f"/incidents/{incident}/questions").json()["questions"]
        assert [(one["question"], one["answer"], one["by"]) for one in rows] == [
            ("Who is affected?", "", None),
            ("Since when?", "Since the deploy", rows[1]["by"]),
        ]
        assert listed["questions"] == rows
        said = opened.ask("POST", f"/incidents/{incident}/questions/{rows[0]['step']}/answer", {"answer": ""})
        assert said.status_code == 422
