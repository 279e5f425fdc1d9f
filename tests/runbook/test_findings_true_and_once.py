"""What a team that runs nothing but `tocsin check` reads: each finding true, once, and with what to do next."""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tests.runbook.asked import codes
from tests.runbook.test_rules import SCALE, step
from tocsin.runbook.command.placeholders import is_gap, parameters
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.fixes import safe_fixes
from tocsin.runbook.playbook import Finding
from tocsin.runbook.report import render_text

ALERT = "# StoneTooHot\n\n## Meaning\n\nThe stone is hot.\n\n## Mitigation\n\n1. `pm2 restart fan`\n2. `pm2 show fan`\n"
ISSUES = "## Common issues\n\n### Stone stuck\n\n1. `pm2 restart mill`\n\n### Belt torn\n\n1. `pm2 stop belt`\n"


def _found(text: str, code: str) -> list[Finding]:
    return [one for one in compile_runbook(text).findings if one.code == code]


@pytest.mark.parametrize("text", [ALERT, f"# Mill\n\n{ISSUES}"], ids=["one alert", "problems of a service"])
def test_a_runbook_of_a_service_is_not_asked_for_a_process(text: str) -> None:
    """Who is called, how severe it is and who is told is not missed in it; one finding says that it comes from elsewhere."""
    found = codes(compile_runbook(text))
    assert "TOC119" in found
    assert not found & {"TOC107", "TOC304", "TOC401", "TOC501", "TOC502"}


@pytest.mark.parametrize(
    "title", ["Incident response", "Gestion des incidents", "Respuesta a incidentes", "障害管理とインシデント対応"]
)
def test_a_process_is_known_by_its_title(title: str) -> None:
    """A document about how a team responds is told what it lacks, also where it has no scale and no escalation yet."""
    assert {"TOC107", "TOC304"} <= codes(compile_runbook(f"# {title}\n\n{ISSUES}"))


def test_a_process_is_known_by_its_parts() -> None:
    """Roles, rhythms, an escalation or a post-mortem make a process of any title."""
    for part in ("## Escalation\n\n- Belt torn → belt fitter\n", "## Post-mortem\n\nWithin 48 hours.\n"):
        assert "TOC107" in codes(compile_runbook(f"# Mill\n\n{ISSUES}\n{part}")), part


def test_the_levels_of_one_alert_need_no_times() -> None:
    """How bad one alert is decides what to do; when to answer is said by the process."""
    levels = "\n## Severity levels\n\n- **SEV1**: above 200 °C\n- **SEV2**: above 150 °C\n"
    assert "TOC401" not in codes(compile_runbook(ALERT + levels))
    assert "TOC401" in codes(compile_runbook("# Incident response\n" + levels))


@pytest.mark.parametrize(
    ("sentence", "severities"),
    [
        ("Keep the id that `docker run` has returned", []),
        ("Load it with `pg_restore` from the newest dump", []),
        ("Lade es mit `pg_restore` aus der neuesten Sicherung", []),
        ("Go back (`kubectl rollout undo`)", []),
        ("Go back with `kubectl rollout undo`", ["info"]),
        ("Run `helm upgrade`.", ["info"]),
        ("Geh zurück mit **`kubectl rollout undo`**.", ["info"]),
        ("執行 `helm upgrade`", ["info"]),
        ("Go back: `kubectl rollout undo`", ["error"]),
        ("`kubectl rollout undo`", ["error"]),
        ("Load it: `pg_restore mill.dump` and look", ["error"]),
        ("Load it with `pg_restore mill.dump`", ["error"]),
    ],
)
def test_a_program_that_a_sentence_names_is_no_whole_command(sentence: str, severities: list[str]) -> None:
    """TOC203: a bare name that a sentence ends with is noted; with arguments, or standing alone, it is to be run."""
    found = _found(f"# Mill\n\n{ISSUES}\n### Flour lost\n\n1. {sentence}\n", "TOC203")
    assert [one.severity.value for one in found] == severities


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("curl https://mill.test/status", True),
        ("curl -v telnet://mill.test:443", False),
        ("curl 'http://prometheus.test/api/v1/query?query=up'", False),
        ("curl 'https://mill.test/health?full=1'", True),
        ("curl $MILL_URL/health", True),
    ],
)
def test_only_a_check_over_http_can_be_one_that_cannot_fail(command: str, found: bool) -> None:
    """TOC205: -f means nothing to another scheme, and what asks for data is read by whoever asked."""
    assert bool(_found(step(command), "TOC205")) is found


def test_what_is_missing_in_several_places_is_said_once() -> None:
    """One finding each: levels without a time, without a next one to call, people who cannot be reached, kept text."""
    text = "# Incident response\n\n## Severity levels\n- **P0**: a\n- **P1**: b\n\n## Escalation\n\n1. Anna\n2. Bert\n3. Cleo (after 30 minutes)\n"
    assert [one.message for one in _found(text, "TOC401")] == ["P0, P1 have no response time"]
    assert [one.message for one in _found(text, "TOC302")] == [
        "the document has no way to reach Anna, Bert (line 10), Cleo (line 11)"
    ]
    kept = SCALE + "## Kitchen\n\nIt must never boil dry.\n\n## Yard\n\nIt must be locked within 20 minutes.\n"
    assert len(_found(kept, "TOC109")) == 1
    sql = "# R\n\n## Incident: Slow\n\n```sql\nSELECT 1;\nSELECT 2;\n```\n"
    assert [one.message for one in _found(sql, "TOC223")] == [
        "SQL without a client is shown and never run (lines 6, 7)"
    ]


def test_an_empty_contact_is_told_once() -> None:
    """TOC301 stands where the number is missing: TOC302 does not say the same of the level that calls it."""
    text = (
        SCALE
        + "## Escalation\n\n1. Head miller\n2. Bert (after 10 minutes)\n\n## Contacts\n\n- **Head miller**: [Phone]\n"
    )
    assert [one.message for one in _found(text, "TOC301")] == ["nobody knows how to reach Head miller"]
    assert [one.message for one in _found(text, "TOC302")] == ["the document has no way to reach Bert"]


def test_a_level_for_a_severity_still_needs_its_time() -> None:
    """TOC305: "CTO (for P0)" in a chain of times says for what, and not when."""
    chain = "## Escalation\n\n1. **Anna**\n2. **Bert** (if unresolved in 10 minutes)\n3. **CTO** (for P0 incidents)\n"
    assert [one.message for one in _found(SCALE + chain, "TOC305")] == [
        "CTO is called next, but it is not stated after how long"
    ]


def test_a_promise_in_a_message_is_no_rule() -> None:
    """TOC502 quotes the message that promises updates, and says that nothing reminds anybody of it."""
    text = (
        SCALE
        + "## Message templates\n\n### Initial\n```\n[what] is down. We will post updates every 30 minutes.\n```\n"
    )
    (one,) = _found(text, "TOC502")
    assert "every 30 minutes" in one.message
    assert "## Message" not in one.fix


def test_immediate_with_its_bound_contradicts_no_immediate() -> None:
    """TOC402: "Immediate" in the heading and "Immediate (< 5 minutes)" below it are one time."""
    text = "## Severity levels\n\n### P0 - Critical ({})\n\n- **Response time**: {}\n- all down\n\n### P1 - High\n\n- **Response time**: 1 hour\n"
    assert not _found(text.format("Immediate response", "Immediate (< 5 minutes)"), "TOC402")
    assert _found(text.format("Response: 30 minutes", "Immediate (< 5 minutes)"), "TOC402")


def test_tips_for_a_shift_are_no_duties_without_a_rhythm() -> None:
    """TOC605 is about duties that have to come again: most of the list does, or the title says so, or the duty itself."""
    tips = "## During your shift\n\n- [ ] Keep the phone charged\n- [ ] Answer pages at once\n- [ ] Look at the dashboards daily\n"
    assert not _found(SCALE + tips, "TOC605")
    (one,) = _found(
        "## Regular maintenance\n\n- Grease the axle\n- Sharpen the stones\n- Update the list after each fire\n",
        "TOC605",
    )
    assert one.message == "'Grease the axle', 'Sharpen the stones' have no rhythm"


def test_what_waits_is_written_out() -> None:
    """TOC211 names the step to add with the names of the command, and TOC217 does not ask for the same again."""
    for command, fix in (
        ("kubectl rollout undo deployment/mill -n grain", "add: kubectl rollout status deployment/mill -n grain"),
        (
            "aws rds reboot-db-instance --db-instance-identifier mill",
            "add: aws rds wait db-instance-available --db-instance-identifier mill",
        ),
        (
            "aws ecs update-service --cluster a --service b --force-new-deployment",
            "add: aws ecs wait services-stable --cluster a --services b",
        ),
    ):
        text = f"# R\n\n## Common incidents\n\n### Down\n\n**Resolution:**\n\n```bash\n{command}\n```\n"
        assert [one.fix for one in _found(text, "TOC211")] == [fix]
        assert not _found(text, "TOC217")


def test_commands_for_another_host_are_told_with_that_host() -> None:
    """TOC214 says how the first one that ends is sent there."""
    (one,) = _found(step("ssh mill-1\nhtop\ndf -h"), "TOC214")
    assert one.fix == "use: ssh mill-1 'df -h'"


@pytest.mark.parametrize(
    ("commands", "fix"),
    [
        ("ssh mill-1\ndf -h", "use: ssh mill-1 'df -h'"),
        ("ssh mill-1\nhtop\nuptime", "use: ssh mill-1 'uptime'"),
        ("ssh mill-1\nhtop", "Write the change as a command, or keep it as a step to do by hand."),
        ("df -h\nssh mill-1", "Write the change as a command, or keep it as a step to do by hand."),
    ],
)
def test_a_bare_ssh_is_told_with_what_to_write(commands: str, fix: str) -> None:
    """TOC202 at a way to another host says the same as TOC214 at what is done there."""
    text = f"# Mill\n\n## Common incidents\n\n### Stone stuck\n```bash\n{commands}\n```\n"
    (one,) = _found(text, "TOC202")
    assert one.fix == fix


@pytest.mark.parametrize(
    ("command", "fix"),
    [
        ('watch -n 2 "kubectl get pods"', "use: kubectl get pods"),
        ("watch -n5 -d kubectl get pods", "use: kubectl get pods"),
        ("top -o %MEM", "use: top -b -n1 -o %MEM"),
        ("sudo slabtop", "use: sudo slabtop -o"),
        ("kubectl logs -f mill-0 --tail=50", "use: kubectl logs mill-0 --tail=50"),
        ("journalctl -fu mill", "use: journalctl -n 200 --no-pager -u mill"),
        ("tail -100f /var/log/mill.log", "use: tail -100 /var/log/mill.log"),
        ("kubectl get pods -n grain -w", "use: kubectl get pods -n grain"),
        (
            "kubectl port-forward svc/mill 80:80",
            "Keep it open in a second terminal, and stop it after the last step that needs it.",
        ),
    ],
)
def test_what_ends_does_the_same_as_what_does_not(command: str, fix: str) -> None:
    """TOC201: the better form has no quotes left over, no option twice, and no end where one is not wanted."""
    assert [one.fix for one in _found(step(command), "TOC201")] == [fix]


def test_a_watch_is_not_ended_by_a_fix() -> None:
    """--fix leaves alone what somebody watches on purpose, and a way that later steps go through."""
    text = step("kubectl get pods -w\nkubectl port-forward svc/mill 80:80\nkubectl logs -f mill-0")
    fixes = safe_fixes(compile_runbook(text), tuple(text.splitlines()))
    assert [one.after for one in fixes] == ["kubectl logs --tail=200 mill-0"]


def test_blanks_of_one_word_and_of_digits_are_blanks() -> None:
    """ "[name]" as a whole argument and "<40-character-sha>" are to be filled in; a glob and a class of letters are none."""
    assert [one.raw for one in parameters("kubectl rollout undo deployment/[name] -n [space]")] == ["[name]", "[space]"]
    assert [one.raw for one in parameters("A=<40-character-sha> ./x --replicas=[N+2]")] == [
        "<40-character-sha>",
        "[N+2]",
    ]
    assert parameters("grep [m]ill a[bc]d file[abc] [ab]*") == ()


@pytest.mark.parametrize("number", ["+1-XXX-XXX-XXXX", "(xxx) xxx-xxxx", "138-XXXX-XXXX", "+49 XXX XXXXXXX"])
def test_a_masked_number_was_never_written(number: str) -> None:
    """A telephone number of crosses is a gap; one with an extension is a number."""
    assert is_gap(number)
    assert not is_gap("+1 650 253 0000 x22")


def test_a_pipe_into_jq_can_fail_as_well() -> None:
    """TOC205: jq reads nothing and exits 0 where curl -f has failed, unless it is asked for an answer."""
    for command, better in (
        ("curl -s https://mill.test/health | jq .", "curl -f -s https://mill.test/health | jq -e ."),
        ("curl https://mill.test/health | jq -e .up", "curl -f https://mill.test/health | jq -e .up"),
    ):
        text = step(command)
        assert [one.fix for one in _found(text, "TOC205")] == [f"use: {better}"]
        assert [one.after for one in safe_fixes(compile_runbook(text), tuple(text.splitlines()))] == [better]


def test_many_lost_items_of_a_list_are_told_together() -> None:
    """TOC118 names two of them and counts the rest."""
    people = "".join(f"- **{name}**: +1 650 253 000{n}\n" for n, name in enumerate(("Anna", "Bert", "Cleo", "Dora")))
    lost = "- Mind the tide.\n- Mind the moon.\n- Mind the wind.\n"
    (one,) = _found(f"## Contacts\n\n{people}{lost}", "TOC118")
    assert one.line == 7
    assert one.message == "3 items of this list are in no value: 'Mind the tide.', 'Mind the moon.' and 1 more"


def test_the_worst_of_a_document_comes_first() -> None:
    """In text, what cannot work stands above what surprises, and that above what is worth knowing; each by line."""
    book = compile_runbook(step("kubectl logs <pod>\ntail -f a.log\nkubectl restart mill\nhtop"))
    told = [line.split()[2] for line in render_text([book]).splitlines() if " TOC" in line]
    assert told == sorted(told, key=["error", "warning", "info"].index)
    assert set(told) == {"error", "warning", "info"}
    lines = [int(line.split(":")[1]) for line in render_text([book]).splitlines() if " warning " in line]
    assert lines == sorted(lines)
