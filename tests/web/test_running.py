"""Running steps from the pages: fill in, read, consent, ask, approve, end, halt."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from tests.web.house import ADMIN, RUNBOOK, House, Visitor
from tests.web.house import house as open_house
from tests.web.test_respond import incident, plain
from tocsin.api import telling
from tocsin.app.access import Role
from tocsin.app.desk import Asked
from tocsin.incident.commands import FinishStep
from tocsin.incident.facts import TOCSIN
from tocsin.incident.step_facts import StepOutcome, Verdict
from tocsin.incident.step_phase import StepPhase
from tocsin.incident.target import SshHost, Target, TargetKind


def rollback(house: House) -> str:
    """The destructive step of the shop's procedure, enabled; its id."""
    house.declare()
    step = next(v for v in house.application.steps.list(ADMIN, "INC-1").steps if "rollout" in v.step.title).step.id
    house.application.steps.enable(ADMIN, "shop", step)
    return step


def ask(visitor: Visitor, step: str, **more: str) -> None:
    """Somebody asks for the rollback."""
    page = visitor.get(f"/i/INC-1/step/{step}/run").text
    form = {"confirmed": "1", "typed": "local", "how": "ask", **seen(page), **more}
    assert visitor.post(f"/i/INC-1/step/{step}/run", form).status == 303


def seen(page: str) -> dict[str, str]:
    """What the page before a run says that it shows."""
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("shown", "ran")}
    return {name: one[1] for name, one in found.items() if one}


def request_form(page: str) -> dict[str, str]:
    """The hidden fields of the request that a page shows."""
    found = {name: re.search(rf'name="{name}" value="([^"]+)"', page) for name in ("run", "digest")}
    return {name: one[1] for name, one in found.items() if one}


def test_the_page_before_a_run_shows_what_will_run_and_whose_consent_it_needs(house: House) -> None:
    """The literal command, the target, and no button that runs it without the second person."""
    step = rollback(house)
    text = house.visitor().get(f"/i/INC-1/step/{step}/run").text
    assert "This will run" in text
    assert "kubectl rollout undo deployment/sundial-api" in text
    assert "a second person approves it" in plain(text)
    assert "Ask a second person" in plain(text)
    assert "Run it now" not in plain(text)


def test_a_wrong_name_of_the_target_is_said_and_what_was_typed_stays(house: House) -> None:
    """The page comes back with the trouble; nothing was asked for."""
    step = rollback(house)
    visitor = house.visitor()
    page = visitor.get(f"/i/INC-1/step/{step}/run").text
    form = {"confirmed": "1", "typed": "prod", "how": "ask", **seen(page)}
    answer = visitor.post(f"/i/INC-1/step/{step}/run", form)
    assert answer.status == 409
    assert "the target is called" in plain(answer.text)
    assert 'value="prod"' in answer.text
    assert step not in incident(house).steps


def test_whoever_asked_sees_no_button_to_approve_and_somebody_else_does(house: House) -> None:
    """F44: the page offers what the rules allow, and a forged press is refused."""
    step = rollback(house)
    ana, max_ = house.visitor(), house.visitor(Role.MAINTAINER)
    ask(ana, step)
    own = ana.get("/i/INC-1").text
    assert "Approve: it runs at once" not in own
    assert "Take it back" in own
    theirs = max_.get("/i/INC-1").text
    assert "Approve: it runs at once" in theirs
    forged = ana.post("/i/INC-1/run/approve", request_form(theirs))
    assert forged.status == 409
    assert "somebody else has to approve it" in plain(forged.text)
    assert max_.post("/i/INC-1/run/approve", request_form(theirs)).status == 303
    state = incident(house).steps[step]
    assert (state.by, state.approved_by, state.running) == ("ana", "max", True)


def test_a_request_is_taken_back_or_declined(house: House) -> None:
    """A no is a fact with its reason."""
    step = rollback(house)
    ana, max_ = house.visitor(), house.visitor(Role.MAINTAINER)
    ask(ana, step)
    shown = request_form(max_.get("/i/INC-1").text)
    assert max_.post("/i/INC-1/run/decline", {"run": shown["run"], "reason": "wait for the backup"}).status == 303
    assert "wait for the backup" in plain(ana.get("/i/INC-1").text)
    assert incident(house).steps[step].request is None


def test_a_lone_responder_breaks_the_glass_and_the_post_mortem_lists_it(house: House) -> None:
    """The reason stands on the timeline at once, and in the draft of the post-mortem."""
    step = rollback(house)
    ana = house.visitor()
    ask(ana, step, how="break", break_glass="nobody answers, checkout is down")
    assert incident(house).steps[step].running
    assert "broke the glass" in plain(ana.get("/i/INC-1").text)
    draft = house.application.postmortems.open(ADMIN, "INC-1").text
    assert "broke the glass" in draft
    assert "nobody answers, checkout is down" in draft


def test_a_running_step_can_be_ended_from_the_page(house: House) -> None:
    """The wish is told at once; the end follows."""
    step = rollback(house)
    ana = house.visitor()
    ask(ana, step, how="break", break_glass="alone")
    page = ana.get("/i/INC-1").text
    assert "End it" in page
    run = incident(house).steps[step].run
    assert ana.post("/i/INC-1/run/cancel", {"run": run}).status == 303
    assert incident(house).steps[step].cancelled_by == "ana"
    assert "End it" not in ana.get("/i/INC-1").text


def test_the_page_says_what_a_run_waits_for_that_has_not_begun(house: House) -> None:
    """Nothing here carries commands, so it is ordered and no more; it can be ended all the same."""
    house.declare()
    visitor = house.visitor()
    steps = house.application.steps
    step = next(v for v in steps.list(ADMIN, "INC-1").steps if v.step.title == "Look whether the disk is full").step.id
    steps.enable(ADMIN, "shop", step)
    steps.run(ADMIN, "INC-1", step)
    page = plain(visitor.get("/i/INC-1").text)
    assert "Not begun: all places for commands are taken" in page
    assert "Dispatched, ordered" in page
    assert "Running," not in page
    assert "End it" in page


def test_the_list_says_in_words_where_each_step_stands(house: House) -> None:
    """One word for each state of a run, the same on the page, over the API and at the terminal."""
    step = rollback(house)
    ask(house.visitor(), step)
    page = plain(house.visitor().get("/i/INC-1").text)
    assert "Awaiting approval, asked for by Ana" in page
    listed = telling.steps("INC-1", house.application.steps.list(ADMIN, "INC-1")).steps
    row = next(one for one in listed if one.id == step)
    assert (row.phase, row.phase_says) == (StepPhase.AWAITING_APPROVAL, "awaiting approval")
    assert {one.phase_says for one in listed if one.id != step} <= {"pending", "awaiting parameters"}


def test_a_link_offers_to_sign_in_where_it_may_not_act(house: House) -> None:
    """A page's link looks at the run and at the request, and changes neither."""
    step = rollback(house)
    ask(house.visitor(), step)
    link = house.application.links.address("max", "INC-1", house.clock.now()).removeprefix("http://127.0.0.1:8000")
    holder = house.visitor(None)
    page = holder.get(link).text
    assert "This link cannot approve" in page
    assert "This link cannot change anything" in holder.get(f"{link}/step/{step}/run").text
    assert holder.post(f"{link}/step/{step}/run", {"confirmed": "1", "typed": "local", "how": "ask"}).status == 403


def test_a_link_leads_whoever_is_signed_in_besides_to_where_they_may_act(house: House) -> None:
    """Who opens their page on a phone that is signed in is not asked to sign in; a viewer has nothing to gain by it."""
    step = rollback(house)
    link = house.application.links.address("max", "INC-1", house.clock.now()).removeprefix("http://127.0.0.1:8000")
    there = house.visitor().get(f"{link}/step/{step}/run?p:x=1")
    assert (there.status, there.headers["location"]) == (303, f"/i/INC-1/step/{step}/run?p:x=1")
    assert "This link cannot change anything" in house.visitor(Role.VIEWER).get(f"{link}/step/{step}/run").text


def test_a_halt_is_seen_where_steps_are_run_and_lifted_again(house: House) -> None:
    """Whoever maintains stops all of it from the page; a responder reads why nothing runs."""
    rollback(house)
    max_ = house.visitor(Role.MAINTAINER)
    assert "Halt all execution" in max_.get("/r").text
    assert "Halt all execution" not in house.visitor().get("/r").text
    assert max_.post("/r/halt", {"reason": "the wrong cluster"}).status == 303
    assert "the wrong cluster" in plain(house.visitor().get("/i/INC-1").text)
    max_.get("/r")
    assert max_.post("/r/resume").status == 303
    assert "the wrong cluster" not in plain(house.visitor().get("/r").text)


def test_what_would_not_work_stands_on_the_page_of_the_runbooks(house: House) -> None:
    """Whoever maintains has it looked at; everybody reads what is missing, by step and line (I17)."""
    rollback(house)
    max_ = house.visitor(Role.MAINTAINER)
    assert "Nobody has looked yet" in max_.get("/r").text
    assert "Would the enabled steps work" not in house.visitor().get("/r").text
    assert max_.post("/r/look").status == 303
    assert "Looking now" in max_.get("/r").text
    preflights = house.application.preflights
    preflights.looking = False
    target = Target("gone", TargetKind.SSH, ssh=SshHost("127.0.0.1", port=1, host_keys=("ssh-ed25519 AAAA",)))
    team = replace(preflights.team(), targets={"local": target})
    replace(preflights, team=lambda: team).look()
    page = plain(house.visitor().get("/r").text)
    assert "1 of 1 enabled steps would not work" in page
    assert "nothing was run: gone" in page
    assert "on gone" in page


PAIR = """### Read Only

**Symptoms**:
- Writes have to stop

**Resolution**:

```bash
make readonly enable
```

```bash
make readonly disable
```

### Database Is Full
"""


def test_a_shell_is_allowed_on_the_page_of_the_runbook_by_a_box_of_its_own(tmp_path: Path) -> None:
    """R18: said what it is, refused without the box; whoever runs it reads that a shell does, and confirms."""
    text = RUNBOOK.read_text(encoding="utf-8").replace("### Database Is Full\n", LOOP)
    with open_house(tmp_path, runbook=text) as house:
        house.declare(procedure="all-replicas")
        step = next(v for v in house.application.steps.list(ADMIN, "INC-1").steps if v.in_shell).step.id
        maintainer = house.visitor(Role.MAINTAINER)
        assert "Only a shell can run it, which does all that its text says" in plain(maintainer.get("/r/shop").text)
        refused = maintainer.post(f"/r/shop/step/{step}/enable")
        assert refused.status == 409
        assert "allow the shell as well" in plain(refused.text)
        assert maintainer.post(f"/r/shop/step/{step}/enable", {"shell": "1"}).status == 303
        page = unescape(plain(house.visitor().get(f"/i/INC-1/step/{step}/run?p:region=eu").text))
        assert 'BLANK_REGION=eu for r in 1 2; do make api-status REGION="${BLANK_REGION}"; done' in page
        assert "bash -eu -o pipefail gets these words as they stand" in page
        assert "shell" in page


LOOP = """### All Replicas

**Resolution:**
```bash
for r in 1 2; do make api-status REGION=<region>; done
```

### Database Is Full
"""


def test_the_page_that_ends_an_incident_warns_of_what_is_not_put_back(tmp_path: Path) -> None:
    """J9: the command that is owed, its line, a way to it; ended only with a reason, which the timeline keeps."""
    text = RUNBOOK.read_text(encoding="utf-8").replace("### Database Is Full\n", PAIR)
    with open_house(tmp_path, runbook=text) as house:
        house.declare(procedure="read-only")
        ana = house.visitor()
        on = next(v for v in house.application.steps.list(ADMIN, "INC-1").steps if "enable" in v.step.title).step.id
        ana.get("/i/INC-1")
        assert ana.post(f"/i/INC-1/step/{on}", {"outcome": "done"}).status == 303
        page = ana.get("/i/INC-1/resolve").text
        assert "Still to be put back: `make readonly disable` (line" in plain(page)
        assert "If it is left as it is: why" in plain(page)
        checks = [check.id for check in incident(house).plan.checks]
        refused = ana.post("/i/INC-1/resolve", {"summary": "over", "check": checks})
        assert refused.status == 409
        assert "Do it or skip it first, or say why not" in plain(refused.text)
        assert ana.post("/i/INC-1/resolve", {"check": checks, "override": "the replica stays so"}).status == 303
        assert "left: still to be put back: `make readonly disable`" in plain(ana.get("/i/INC-1").text)


@pytest.mark.parametrize(
    ("outcome", "codes", "words", "in_the_list"),
    [
        (StepOutcome.FAILED, (2,), "failed (exit 2)", "Failed (exit 2)"),
        (StepOutcome.SUCCEEDED, (0, 1), "not verified (exit 0, 1)", "Succeeded, but it did not find what it looks for"),
    ],
)
def test_the_page_says_that_a_change_was_not_verified(
    tmp_path: Path, outcome: StepOutcome, codes: tuple[int, ...], words: str, in_the_list: str
) -> None:
    """J33, F54: what was run last is the check, and it names the change that it looked at; a search that found nothing
    is no tick: the page that ends the incident names the change as well."""
    pair = PAIR.replace("make readonly disable", "make api-status")
    text = RUNBOOK.read_text(encoding="utf-8").replace("### Database Is Full\n", pair)
    with open_house(tmp_path, runbook=text) as house:
        house.declare(procedure="read-only")
        ana = house.visitor()
        views = house.application.steps.list(ADMIN, "INC-1").steps
        on, check = (next(v.step.id for v in views if words in v.step.title) for words in ("enable", "api-status"))
        house.application.steps.enable(ADMIN, "shop", check)
        ana.get("/i/INC-1")
        assert ana.post(f"/i/INC-1/step/{on}", {"outcome": "done"}).status == 303
        run = incident(house).steps[check].run
        assert run is not None
        ended = FinishStep(run, outcome, codes, "api: down", verdict=Verdict.NOT_VERIFIED)
        desk = house.application.desk
        with house.application.store.transact() as tx:
            desk.decide_all(tx, [Asked("INC-1", ended, TOCSIN)], house.clock.now())
        page = plain(ana.get("/i/INC-1").text)
        assert "Not verified: make readonly enable. It may need a moment" in page
        assert f"make api-status · {words}" in page
        assert in_the_list in page
        assert "make api-status` (line 116) did not look well after" in plain(ana.get("/i/INC-1/resolve").text)
