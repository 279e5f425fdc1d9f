"""The page with all of a run's output: linked from the timeline, in parts, to download, and never as markup."""

from __future__ import annotations

import re

import pytest

from tests.web.house import ADMIN, House
from tests.web.test_respond import plain
from tocsin.api import telling
from tocsin.app.desk import Asked
from tocsin.app.execution.kept_outputs import output_kind
from tocsin.app.rows.records import Document
from tocsin.cli import stepping
from tocsin.incident.commands import FinishStep
from tocsin.incident.facts import TOCSIN
from tocsin.incident.step_facts import StepOutcome
from tocsin.incident.streams import Piece, Stream, joined, marks

LONG = "<script>alert(1)</script>\n" + "a line of the log\n" * 4000


def run_of(house: House) -> str:
    """The name of a run that has ended, with a long output."""
    house.declare()
    steps = house.application.steps
    step = next(v for v in steps.list(ADMIN, "INC-1").steps if v.step.title == "Look whether the disk is full").step.id
    steps.enable(ADMIN, "shop", step)
    run = steps.run(ADMIN, "INC-1", step).incident.steps[step].run
    assert run is not None
    application, now = house.application, house.clock.now()
    with application.store.transact() as tx:
        tx.documents.save(Document("INC-1", output_kind(run), 1, LONG, "one", now))
        ended = FinishStep(run, StepOutcome.SUCCEEDED, (0,), LONG[:100], truncated=True)
        application.desk.decide_all(tx, [Asked("INC-1", ended, TOCSIN)], now)
    return run.rpartition("/")[2]


def test_the_timeline_leads_to_the_whole_output_part_by_part(house: House) -> None:
    """The first part, a link to the next, and the last has none; what a command printed is text, never markup."""
    name = run_of(house)
    visitor = house.visitor()
    assert f'href="/i/INC-1/run/{name}"' in visitor.get("/i/INC-1").text
    first = visitor.get(f"/i/INC-1/run/{name}").text
    assert "Part 1 of 3" in plain(first)
    assert "&lt;script&gt;alert(1)" in first
    assert "<script>alert" not in first
    last = visitor.get(f"/i/INC-1/run/{name}?chunk=3").text
    assert "Part 3 of 3" in plain(last)
    assert "?chunk=4" not in last
    assert "Part 3 of 3" in plain(visitor.get(f"/i/INC-1/run/{name}?chunk=999").text)


def test_the_output_is_downloaded_as_plain_text(house: House) -> None:
    """All of it, as a file that no browser opens as a page."""
    name = run_of(house)
    answer = house.visitor().get(f"/i/INC-1/run/{name}/output.txt")
    assert answer.text == LONG
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["content-disposition"] == f'attachment; filename="INC-1-{name}.txt"'


def test_a_pages_link_reads_the_output_of_its_own_incident_only(house: House) -> None:
    """F62: the name of a run opens nothing in another incident."""
    name = run_of(house)
    house.declare("Another one")
    application = house.application
    mine, other = (application.links.token("ana", id) for id in ("INC-1", "INC-2"))
    stranger = house.visitor(None)
    assert "Part 1 of 3" in plain(stranger.get(f"/p/{mine}/run/{name}").text)
    assert stranger.get(f"/p/{other}/run/{name}").status == 404
    assert stranger.get(f"/p/{other}/run/{name}/output.txt").status == 404


def test_standard_error_is_marked_on_every_face(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """On the page beside the step and with the whole output, over the API, and at the terminal on its own stream."""
    house.declare()
    steps = house.application.steps
    step = next(v for v in steps.list(ADMIN, "INC-1").steps if v.step.title == "Look whether the disk is full").step.id
    steps.enable(ADMIN, "shop", step)
    run = steps.run(ADMIN, "INC-1", step).incident.steps[step].run
    assert run is not None
    printed = (Piece("91 %\n", Stream.STDOUT), Piece("<df>: /mnt: stale\n", Stream.STDERR))
    ended = FinishStep(run, StepOutcome.FAILED, (1,), joined(printed), streams=marks(printed))
    with house.application.store.transact() as tx:
        house.application.desk.decide_all(tx, [Asked("INC-1", ended, TOCSIN)], house.clock.now())
    marked = re.compile(
        r'91 %\n<span class="err" [^>]*aria-label="Standard error"[^>]*>&lt;df&gt;: /mnt: stale\n</span>'
    )
    name = run.rpartition("/")[2]
    page, whole = (house.visitor().get(at).text for at in ("/i/INC-1", f"/i/INC-1/run/{name}"))
    assert len(marked.findall(page)) >= 2  # beside the step, and on the timeline
    assert marked.search(whole)
    told = telling.run_output(house.application.runs.one(ADMIN, "INC-1", name), 1)
    assert [(one.characters, one.stream.value) for one in told.streams] == [(5, "stdout"), (18, "stderr")]
    listed = telling.steps("INC-1", steps.list(ADMIN, "INC-1")).model_dump(mode="json")
    stepping._print(next(one for one in listed["steps"] if one["id"] == step))
    said = capsys.readouterr()
    assert (said.out, said.err) == ("91 %\n", "<df>: /mnt: stale\n")
