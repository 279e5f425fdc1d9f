"""The verbs that need no server: check, show, diff, rehearse, init, config, and the entry itself."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.api.house import RUNBOOK
from tocsin.cli.beginning import added_to, settings_text
from tocsin.cli.checking import RENDERED
from tocsin.cli.contexts import Context, context, save
from tocsin.cli.main import main
from tocsin.cli.output import line_of, plain
from tocsin.cli.questions import ask_all, open_questions, told
from tocsin.cli.reading import FORMATS
from tocsin.cli.reference import reference, verb
from tocsin.cli.verbs import GROUPS, MODULES
from tocsin.errors import BadSettings
from tocsin.incident.planning import plan_response
from tocsin.runbook.answers.forms import HEADING
from tocsin.runbook.compile import compile_runbook
from tocsin.settings.loading import load, settings_of

ROOT = Path(__file__).resolve().parents[2]
UNTIMED = """# Till runbook

## Severity levels
- **SEV1**: nobody can pay
- **SEV2**: some cards are refused

## Escalation
1. On-Call Engineer
2. Head of Tills
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a runbook, where nothing else is configured."""
    (tmp_path / "RUNBOOK.md").write_text(RUNBOOK, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name in [name for name in os.environ if name.startswith("TOCSIN_")]:
        monkeypatch.delenv(name)
    return tmp_path


def out(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> str:
    """What a verb prints on stdout."""
    assert main(words) == status
    return capsys.readouterr().out


# --- the entry ----------------------------------------------------------------------------------------------


def test_help_lists_every_verb_with_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """`tocsin --help` shows what there is without loading any of it."""
    text = out(capsys, "--help")
    for name in MODULES:
        assert f"\n  {name} " in text
    assert out(capsys, "help", "ack").startswith("usage: tocsin ack")


def test_a_folder_that_cannot_be_made_is_named_in_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the file system refuses is said with the file's name, without a traceback."""
    assert main(["init", "RUNBOOK.md", "--no-input", "--service", "shop"]) == 0
    (folder / "taken").write_text("a file", encoding="utf-8")
    capsys.readouterr()
    assert main(["serve", "--data", "taken/data", "--port", "0"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("tocsin serve: ")
    assert said.endswith("Not a directory\n")


@pytest.mark.parametrize("name", MODULES)
def test_every_verb_says_what_it_takes(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each verb's module can be loaded and knows the verb."""
    assert out(capsys, name, "--help").startswith(f"usage: tocsin {name}")
    assert callable(verb(name).act)


def test_the_reference_is_that_of_the_code() -> None:
    """docs/command-line.md is what the declarations generate."""
    written = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    assert written == reference(), "run `python -m tocsin.cli.reference > docs/command-line.md`"
    assert sum(map(len, GROUPS.values())) == len(MODULES)


def test_a_misspelt_verb_is_told_its_neighbour(capsys: pytest.CaptureFixture[str]) -> None:
    """Usage errors are exit 2, on stderr."""
    assert main(["resolv"]) == 2
    captured = capsys.readouterr()
    assert "did you mean resolve?" in captured.err
    assert captured.out == ""
    assert main([]) == 2
    assert main(["--version"]) == 0


def loaded_by(program: str, **environ: str) -> set[str]:
    """The modules that are loaded after a program, in an interpreter of its own."""
    program = f"import sys; from tocsin.cli.main import main; {program}; print('LOADED', *sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={**os.environ, **environ}
    )
    return set(done.stdout.rpartition("LOADED ")[2].split())


def test_no_help_waits_for_a_compiler_or_a_framework() -> None:
    """What a verb may be told is declared apart from what it does: help of every verb loads the least."""
    slow = {"typer", "rich", "fastapi", "sqlalchemy", "msgspec", "pyromark", "tocsin.bootstrap", "asyncio"}
    slow |= {"tocsin.runbook.compile", "tocsin.settings.loading", "tocsin.app.team"}
    assert not slow & loaded_by("[main([verb, '--help']) for verb in __import__('tocsin.cli.verbs').cli.verbs.MODULES]")


def test_acknowledging_loads_the_least() -> None:
    """Somebody who was woken waits for no TLS that is not spoken, no reader of mail and no compression."""
    slow = {"http.client", "email", "ssl", "dataclasses", "inspect", "shutil", "bz2", "secrets", "hashlib", "tomllib"}
    found = loaded_by("main(['ack', 'INC-1'])", TOCSIN_URL="http://127.0.0.1:9", TOCSIN_TOKEN="t")
    assert "tocsin.cli.exchange" in found
    assert not slow & found


def test_checking_a_file_loads_neither_settings_nor_incidents() -> None:
    """Before a commit and in an editor, only what reads a runbook is waited for."""
    slow = {"tocsin.settings.loading", "tocsin.app.team", "tocsin.incident.facts", "msgspec"}
    found = loaded_by(f"main(['check', {str(ROOT / 'examples' / 'runbooks' / 'harbour-booking.md')!r}])")
    assert "tocsin.runbook.compile" in found
    assert not slow & found


def test_the_formats_of_check_can_all_be_rendered(capsys: pytest.CaptureFixture[str]) -> None:
    """What its help offers is what it knows; and the help of `init` names the section as it will be written."""
    assert tuple(RENDERED) == FORMATS
    assert HEADING in " ".join(out(capsys, "init", "--help").split())


def test_what_comes_from_outside_cannot_steer_the_terminal() -> None:
    """Escape sequences in an alert's title are taken out before it is printed."""
    assert plain("a\x1b[2Jb\x07\x9bc\r\nd") == "a[2Jbc\nd"
    assert plain("pay \u202eana\u2066") == "pay ana"


def test_data_for_programs_cannot_steer_the_terminal_either() -> None:
    """F81: JSON leaves C1 controls and directions as they are; they are escaped, and the value stays the same."""
    said = {"title": "a\x1b]52;c;x\x07\x9b2J\u202eb é"}
    shown = line_of(said)
    assert shown.isprintable()
    assert json.loads(shown) == said


# --- check, show, diff --------------------------------------------------------------------------------------


def test_check_prints_findings_like_a_compiler(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """path:line:column: code severity message; exit 1 for errors, 0 for less, and with --strict 1 for warnings."""
    clean = out(capsys, "check", "RUNBOOK.md")
    assert "blocks understood" in clean
    (folder / "bad.md").write_text(RUNBOOK.replace("df -h /", "tail -f /var/log/shop.log"), encoding="utf-8")
    text = out(capsys, "check", "bad.md", "--strict", status=1)
    assert any(line.startswith("bad.md:") and " TOC" in line for line in text.splitlines())


@pytest.mark.parametrize("form", ["json", "sarif", "github"])
def test_check_speaks_to_programs(form: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON and SARIF can be parsed, also for several runbooks at once; GitHub gets its commands."""
    (folder / "bad.md").write_text(RUNBOOK.replace("df -h /", "tail -f /var/log/shop.log"), encoding="utf-8")
    text = out(capsys, "check", "RUNBOOK.md", "bad.md", "--format", form)
    match form:
        case "json":
            assert [one["path"] for one in json.loads(text)] == ["RUNBOOK.md", "bad.md"]
            assert json.loads(out(capsys, "check", "bad.md", "--json"))["findings"]
        case "sarif":
            (run,) = json.loads(text)["runs"]
            assert run["results"]
        case _:
            assert "::warning file=bad.md" in text or "::error file=bad.md" in text


def test_check_without_a_name_takes_the_runbooks_of_the_configuration(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a repository with a tocsin.toml the bare verb is enough; without one it says what to do."""
    assert main(["check"]) == 2
    assert "tocsin init" in capsys.readouterr().err
    (folder / "tocsin.toml").write_text('version = 1\n[service.shop]\nrunbook = "RUNBOOK.md"\n')
    assert "RUNBOOK.md: " in out(capsys, "check")


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\x00\x00", None])
def test_what_is_no_runbook_is_refused(content: bytes | None, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A picture and a missing file are usage errors that name the file."""
    if content is not None:
        (folder / "x.md").write_bytes(content)
    assert main(["check", "x.md"]) == 2
    assert "x.md" in capsys.readouterr().err


def test_show_prints_the_playbook(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For people with severities, ladder and what is left open; for programs with the documented keys."""
    text = out(capsys, "show", "RUNBOOK.md")
    assert "response: within 15 min" in text
    assert "CTO" in text
    assert "API Not Responding" in text
    playbook = json.loads(out(capsys, "show", "--json", "RUNBOOK.md"))
    assert playbook["schema"] == "tocsin.playbook/1"
    assert [one["name"] for one in playbook["severities"]] == ["P0", "P1"]


def test_show_prints_everything_that_was_read_with_its_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Criteria, people, phases, updates, templates, channels, post-mortem, duties, links and review; nothing empty."""
    text = out(capsys, "show", str(ROOT / "examples" / "runbooks" / "harbour-booking.md"))
    for said in (
        "  when: Nobody can book\n  when: berths are booked twice",
        "Contacts\n  Duty engineer: phone +44 20 7946 0321, slack @duty  [24/7]  (line 24)",
        "  Acknowledge: 3 steps, first 5 minutes  (line 31)",
        "  status update: every 15 minutes, for SEV1  (line 9)",
        "Templates\n  First notice  [internal]  (line 89)",
        "  one for each incident: #inc-YYYYMMDD-<topic>  (line 34)",
        "  due within 3 business days of the incident being resolved, for SEV1, SEV2  (line 95)",
        "  Test the paging chain every month: monthly  (line 107)",
        "Review\n  last on 2026-03-02, next on 2026-09-01, by Platform team  (line 111)",
    ):
        assert said in text, said
    assert "Roles" not in text


def test_show_names_the_severity_of_a_duty_that_its_words_do_not(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A cell of a matrix does not say whose column it stands in."""
    scale = "# Mill\n\n## Severity levels\n\n- SEV1: down\n- SEV2: slow\n\n"
    scale += "## Communication\n\n- Tell customers for SEV1\n\n"
    table = "| Audience | SEV1 | SEV2 |\n|---|---|---|\n| Leadership | phone | mail |\n"
    (folder / "RUNBOOK.md").write_text(scale + table)
    text = out(capsys, "show", "RUNBOOK.md")
    assert "Tell customers for SEV1  [customers]  " in text
    assert "Leadership: phone  [executives, SEV1]  " in text
    assert "Leadership: mail  [executives, SEV2]  " in text


def test_show_tells_what_the_team_has_answered_apart_from_what_is_open(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same question stands under one heading before the answer, and under the other after it."""
    still, answered = "what holds meanwhile:", "what the team has answered:"
    for setting in ("", '[service.shop.assume]\npage_again_after = "9 min"\n'):
        (folder / "tocsin.toml").write_text(
            f'version = 1\ncatch_all = ["ana"]\n[service.shop]\nrunbook = "RUNBOOK.md"\n{setting}[people.ana]\n'
            '[[people.ana.ways]]\nkind = "phone"\n'
        )
        text = out(capsys, "show", "RUNBOOK.md")
        assert still in text
        assert (answered in text) is bool(setting)
        assert (" 9 min" in text.partition(answered)[2]) is bool(setting), text


def test_diff_shows_changes_of_the_response_and_no_moved_lines(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A longer target is a difference, an inserted paragraph is none."""
    (folder / "moved.md").write_text(RUNBOOK.replace("## Severity Levels", "Hello there.\n\n## Severity Levels"))
    assert "same way" in out(capsys, "diff", "RUNBOOK.md", "moved.md", "--exit-code")
    (folder / "late.md").write_text(RUNBOOK.replace("< 15 minutes", "< 45 minutes"))
    text = out(capsys, "diff", "RUNBOOK.md", "late.md", "--exit-code", status=1)
    assert re.search(r"^severity P1\n  response 15 min → 45 min, line \d+$", text, re.MULTILINE)
    changes = json.loads(out(capsys, "diff", "RUNBOOK.md", "late.md", "--json"))
    assert {one["what"] for one in changes} == {"severity P1"}
    (change,) = changes[0]["changes"]
    assert (change["aspect"], change["before"], change["after"]) == ("response", "15 min", "45 min")
    assert "45" in (folder / "late.md").read_text().splitlines()[change["line"] - 1]


def test_diff_tells_a_new_title_and_what_holds_for_all_severities_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A procedure that is only called otherwise is no new one, and a command of several lines stands in one."""
    levels = "## Severity levels\n\n- **P0**: fire\n- **P1**: cold\n\n"
    levels += "## Escalation\n\n1. Baker\n2. Miller (after 9 minutes)\n"
    old = f"# R\n\n{levels}\n## Common incidents\n\n### Oven cold\n\n```bash\noven heat \\\n  --to 200\n```\n"
    (folder / "a.md").write_text(old)
    (folder / "b.md").write_text(old.replace("Oven cold", "No heat").replace("9 minutes", "7 minutes"))
    text = out(capsys, "diff", "a.md", "b.md")
    assert "procedure No heat\n  title Oven cold → No heat, line 15\n" in text
    assert "severities P0, P1\n  level 2 Miller after 9 min" in text
    assert "step:" not in text
    (folder / "c.md").write_text(old.replace("heat \\", "cool \\"))
    assert "  - step: oven heat --to 200 (" in out(capsys, "diff", "a.md", "c.md")


def test_diff_shows_steps_that_changed_or_became_dangerous(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A new step, one that is gone, another effect, another contact: each with its line."""
    old = "# R\n\n## Common incidents\n\n### Down\n\n- `kubectl get pods`\n- Tell Ana\n\n"
    old += "## Contacts\n- **Ana**: +1 650 253 0000 (24/7)\n\n"
    old += "## Roles\n- **Incident Commander**: Coordinates all of it\n\n## When to escalate\n- Customers complain\n\n"
    old += "## Communication\n- Update the status page\n"
    new = old.replace("get pods", "delete pods").replace("- Tell Ana\n", "").replace("0000", "0001")
    for words, others in (
        ("(24/7)", "(Business hours)"),
        ("all of it", "some of it"),
        ("Customers complain", "Many customers complain"),
        ("Update the status page", "Update the status page within 15 minutes"),
    ):
        new = new.replace(words, others)
    (folder / "a.md").write_text(old)
    (folder / "b.md").write_text(new)
    text = out(capsys, "diff", "a.md", "b.md")
    assert "  - step: kubectl get pods, line 7 before\n" in text
    assert "  + step: kubectl delete pods (destructive), line 7\n" in text
    assert "  - step: Tell Ana, line 8 before\n" in text
    assert "  Ana phone +1 650 253 0000 (24/7) → phone +1 650 253 0001 (Business hours), line 10\n" in text
    assert "  Incident Commander Coordinates all of it → Coordinates some of it, line 13\n" in text
    assert "  + when: Many customers complain, line 16\n" in text
    assert "  + customers: Update the status page within 15 minutes, line 19\n" in text


def test_diff_tells_what_holds_a_step_back_though_its_command_stays(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A condition that goes would run what was held back; two contacts of one name are compared each with its own."""
    old = "# R\n\n## Common incidents\n\n### Oven cold\n\n**Resolution:**\n\nIf the door is open:\n"
    old += "```bash\noven heat --to 200\n```\n\n## Contacts\n\n- **Ana**: +1 650 253 0000\n- **Ana**: +1 650 253 0001\n"
    (folder / "a.md").write_text(old)
    (folder / "b.md").write_text(old.replace("If the door is open:\n", "\n").replace("0000", "0002"))
    text = out(capsys, "diff", "a.md", "b.md", "--exit-code", status=1)
    assert "  - condition of oven heat --to 200: If the door is open, line 11 before\n" in text
    assert "  Ana phone +1 650 253 0000 → phone +1 650 253 0002, line 16\n" in text
    assert "0001" not in text
    assert "step:" not in text
    back = out(capsys, "diff", "b.md", "a.md")
    assert "  + condition of oven heat --to 200: If the door is open, line 11\n" in back
    (folder / "c.md").write_text(old.replace("oven heat", "oven cool"))
    assert "  - step: oven heat --to 200 (If the door is open, " in out(capsys, "diff", "a.md", "c.md")


def test_diff_takes_a_playbook_that_was_kept_before(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What an upgrade changes is seen so; what is no playbook is refused with what to do."""
    (folder / "before.json").write_text(out(capsys, "show", "--json", "RUNBOOK.md"))
    assert "same way" in out(capsys, "diff", "before.json", "RUNBOOK.md", "--exit-code")
    kept = json.loads((folder / "before.json").read_text())
    kept["procedures"] = kept["procedures"][1:]
    (folder / "before.json").write_text(json.dumps(kept))
    assert "procedure API Not Responding" in out(capsys, "diff", "before.json", "RUNBOOK.md", "--exit-code", status=1)
    for text, said in (("[]", "tocsin show --json"), ("{", "is no JSON"), ("{}", "schema"), (None, "cannot be read")):
        (folder / "before.json").unlink(missing_ok=True)
        if text is not None:
            (folder / "before.json").write_text(text)
        assert main(["diff", "before.json", "RUNBOOK.md"]) == 2
        shown = capsys.readouterr().err
        assert "before.json" in shown
        assert said in shown


def test_show_lists_steps_with_what_the_side_file_corrects(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The ids that corrections go by; a correction is seen where the step is."""
    lines = out(capsys, "show", "RUNBOOK.md", "--steps").splitlines()
    assert lines[0].split()[:3] == ["ID", "LINE", "WHERE"]
    key = lines[1].split()[0]
    (folder / "RUNBOOK.overrides.toml").write_text(f'[step.{key}]\ntitle = "Other"\n')
    assert "(corrected: title)" in out(capsys, "show", "RUNBOOK.md", "--steps").splitlines()[1]
    (folder / "RUNBOOK.overrides.toml").write_text("[step.\n")
    assert main(["show", "RUNBOOK.md"]) == 2
    assert "RUNBOOK.overrides.toml is no TOML" in capsys.readouterr().err


# --- rehearse -----------------------------------------------------------------------------------------------


def test_a_rehearsal_shows_the_night_minute_by_minute(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a configuration everybody can be reached; the level after thirty minutes is paged then."""
    text = out(capsys, "rehearse", "RUNBOOK.md", "--severity", "P0", "--at", "2026-01-10 03:00")
    assert "Rehearsal at Sat 2026-01-10 03:00 UTC" in text
    assert any(line.startswith("+30 min") and "CTO" in line for line in text.splitlines())
    moments = json.loads(
        out(capsys, "rehearse", "RUNBOOK.md", "--severity", "P0", "--at", "2026-01-10 03:00", "--json")
    )["moments"]
    assert any(one["after_seconds"] == 1800 and "CTO" in one["text"] for one in moments)


def test_a_rehearsal_reaches_the_people_of_the_configuration(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a tocsin.toml that names the runbook, its people and answers are played."""
    (folder / "tocsin.toml").write_text(
        'version = 1\ncatch_all = ["ana"]\n[service.shop]\nrunbook = "RUNBOOK.md"\n[people.ana]\n'
        '[[people.ana.ways]]\nkind = "phone"\n[roles]\n"On-Call Engineer" = "ana"\nCTO = "ana"\n'
        '[server]\nzone = "Europe/Berlin"\n'
    )
    text = out(capsys, "rehearse", "--severity", "P0", "--at", "2026-01-10 03:00")
    assert text == out(capsys, "rehearse", "RUNBOOK.md", "--severity", "P0", "--at", "2026-01-10 03:00")
    assert "03:00 CET" in text
    assert "paged: ana" in text
    assert "Response target missed: it was due at 2026-01-10 03:" in text
    assert " UTC" not in text


@pytest.mark.parametrize("verb", ["show", "rehearse"])
def test_without_a_name_it_is_the_runbook_of_the_configuration(
    verb: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The bare verb is enough where there is one runbook; of several it names them, and of none it says what to do."""
    assert main([verb]) == 2
    assert "tocsin init" in capsys.readouterr().err
    settings = folder / "tocsin.toml"
    settings.write_text('version = 1\n[service.shop]\nrunbook = "RUNBOOK.md"\n[service.till]\nrunbook = "RUNBOOK.md"\n')
    assert out(capsys, verb)
    (folder / "till.md").write_text((folder / "RUNBOOK.md").read_text())
    settings.write_text(
        settings.read_text().replace('[service.till]\nrunbook = "RUNBOOK', '[service.till]\nrunbook = "till')
    )
    assert main([verb]) == 2
    assert "RUNBOOK.md, till.md" in capsys.readouterr().err


def test_a_rehearsal_shows_who_is_told_and_whom_the_runbook_asks_people_to_tell(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rooms and mailboxes hear of news by themselves; updates and notices are for people, with their line."""
    (folder / "RUNBOOK.md").write_text(
        f"{RUNBOOK}\n## Communication\n\n- Post a status update every 20 minutes for P0\n"
        "- Notify customers of every P0 incident within 15 minutes\n- Channel: #inc-YYYYMMDD\n"
    )
    (folder / "tocsin.toml").write_text(
        'version = 1\ncatch_all = ["ana"]\n[server]\n[service.shop]\nrunbook = "RUNBOOK.md"\nchat = ["war-room"]\n'
        'stakeholders = ["boss@example.org"]\n[chat.war-room]\nurl = { env = "ROOM" }\n[people.ana]\n'
        '[[people.ana.ways]]\nkind = "phone"\n[roles]\n"On-Call Engineer" = "ana"\nCTO = "ana"\n'
    )
    asked = ("rehearse", "RUNBOOK.md", "--severity", "P0", "--at", "2026-01-10 03:00", "--hours", "1")
    lines = out(capsys, *asked).splitlines()
    declared, told = next(pair for pair in pairwise(lines) if "declared by" in pair[0])
    assert declared.startswith("+0 s")
    assert told.strip() == "told: war-room (chat), boss@example.org (mail)"
    missed = next(n for n, line in enumerate(lines) if line.startswith("+20 min") and "status update missed" in line)
    assert lines[missed + 1].strip() == "told: war-room (chat)"  # a missed clock is no news for the boss
    (reminded,) = [n for n, line in enumerate(lines) if "Status update due at" in line]
    assert lines[reminded].startswith("+15 min")
    assert "and 2 more times" in lines[reminded]
    assert lines[reminded + 1].strip() == "told: war-room (chat)"
    asks = lines[lines.index("The runbook asks people to tell:") :]
    last = len((folder / "RUNBOOK.md").read_text().splitlines())
    assert any("the team, every 20 min: a status update" in line and f"(line {last - 2})" in line for line in asks)
    assert any(line.strip().startswith("customers") and f"(line {last - 1})" in line for line in asks)
    data = json.loads(out(capsys, *asked, "--json"))
    assert data["moments"][0]["told"] == ["war-room (chat)", "boss@example.org (mail)"]
    assert any(one["line"] == last - 1 for one in data["tellings"])


def test_a_golden_rehearsal_tells_when_an_edit_changes_the_night(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Kept, compared at its own instant, and different after an edit: exit 1 with the lines."""
    assert main(["rehearse", "RUNBOOK.md", "--severity", "P0", "--at", "Sat 03:00", "--golden", "p0.txt"]) == 0
    capsys.readouterr()
    assert "as in p0.txt" in out(capsys, "rehearse", "RUNBOOK.md", "--severity", "P0", "--check", "p0.txt")
    (folder / "RUNBOOK.md").write_text(RUNBOOK.replace("After 30 minutes", "After 10 minutes"))
    text = out(capsys, "rehearse", "RUNBOOK.md", "--severity", "P0", "--check", "p0.txt", status=1)
    assert any(line.startswith("-+30 min") for line in text.splitlines())
    assert any(line.startswith("++10 min") for line in text.splitlines())


def test_a_golden_rehearsal_is_compared_over_its_own_hours(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was kept of some hours is no other night because nobody said the hours again."""
    assert main(["rehearse", "RUNBOOK.md", "--severity", "P0", "--hours", "3", "--golden", "p0.txt"]) == 0
    capsys.readouterr()
    assert "as in p0.txt" in out(capsys, "rehearse", "RUNBOOK.md", "--severity", "P0", "--check", "p0.txt")
    assert "nobody answers for 3 h" in (folder / "p0.txt").read_text()
    out(capsys, "rehearse", "RUNBOOK.md", "--severity", "P0", "--hours", "5", "--check", "p0.txt", status=1)


def test_a_rehearsal_tells_once_what_happens_again_and_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first page of a level stands alone, its repeats together; questions about other severities are left out."""
    (folder / "RUNBOOK.md").write_text(
        "# Shop\n\n## Severities\n\n- **P0 - Critical**: Shop down. Response within 15 minutes.\n"
        "- **P1 - High**: Shop slow. Response within 1 hour.\n\n## Escalation\n\n1. On-call engineer\n"
        "2. CTO: after 12 minutes\n"
    )
    lines = out(capsys, "rehearse", "RUNBOOK.md", "--severity", "P0", "--hours", "1").splitlines()
    first, again = [line for line in lines if "Level 1 (On-call engineer) paged" in line]
    assert "(declared P0)  (line" in first
    assert "paged again" in again
    assert "and once more" in again
    assert any("assume.page_again_after.P0" in line for line in lines)
    assert not any(".P1 = " in line for line in lines)


@pytest.mark.parametrize("at", ["someday", "Foo 03:00", "2026-13-01 03:00", "Sat 25:00", "Sat"])
def test_a_time_that_is_none_is_refused(at: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody rehearses another night than the one that was meant."""
    assert main(["rehearse", "RUNBOOK.md", "--at", at]) == 2
    assert "is no time" in capsys.readouterr().err


# --- init, config -------------------------------------------------------------------------------------------


def test_init_writes_a_configuration_that_is_valid_and_complete(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Open questions stand in it as comments with their lines; the check finds nothing that is not bound."""
    assert main(["init", "RUNBOOK.md", "--no-input"]) == 0
    settings = load(folder / "tocsin.toml", environ={})
    (service,) = settings.team.services.values()
    assert service.runbook == folder / "RUNBOOK.md"
    assert service.choices.lapses_after is None
    assert "# acknowledgement_lapses_after = " in (folder / "tocsin.toml").read_text()
    assert main(["config", "check"]) == 0
    capsys.readouterr()
    (folder / "OTHER.md").write_text(RUNBOOK)
    assert main(["init", "OTHER.md", "--no-input"]) == 5
    assert "--force" in capsys.readouterr().err


def test_a_second_init_asks_only_what_is_still_open(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Answers are added to the file as it is; what was answered is never asked again, and nothing else changes."""
    assert main(["init", "RUNBOOK.md", "--no-input"]) == 0
    path = folder / "tocsin.toml"
    before = path.read_text()
    capsys.readouterr()
    assert main(["init", "RUNBOOK.md", "--no-input"]) == 0
    shown = capsys.readouterr().err
    assert "still open" in shown
    assert "acknowledgement_lapses_after" in shown
    assert path.read_text() == before
    (key,) = load(path, environ={}).team.services
    path.write_text(added_to(before, key, {"acknowledgement_lapses_after": '"7 min"'}))
    assert load(path, environ={}).team.services[key].choices.lapses_after == timedelta(minutes=7)
    assert main(["init", "RUNBOOK.md", "--no-input"]) == 0
    assert "acknowledgement_lapses_after" not in capsys.readouterr().err


def test_a_second_init_writes_the_answers_it_was_given(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal each open question comes once; the third run has none left to ask."""
    assert main(["init", "RUNBOOK.md", "--no-input"]) == 0

    class Terminal:
        """Somebody who presses Enter, and at most so often."""

        asked = 0

        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            Terminal.asked += 1
            return "6 min\n" if Terminal.asked == 1 else "\n"

    monkeypatch.setattr("sys.stdin", Terminal())
    assert main(["init", "RUNBOOK.md"]) == 0
    first = Terminal.asked
    assert first > 0
    assert '"6 min"' in (folder / "tocsin.toml").read_text()
    assert main(["init", "RUNBOOK.md"]) == 0
    assert Terminal.asked == first


def test_answers_are_added_to_a_file_that_somebody_wrote() -> None:
    """Comments, order and line ends stay; the commented question gives way to its answer."""
    text = '[service.a]\r\nname = "A"  # ours\r\n\r\n[service.a.assume]\r\n# why\r\n# x = "1 min"\r\n\r\n[people.b]\r\n'
    assert added_to(text, "a", {"x": '"2 min"'}) == text.replace('# why\r\n# x = "1 min"', 'x = "2 min"\r\n# why')
    assert added_to("[service.a]\n", "a", {"x": "1"}) == "[service.a]\n\n[service.a.assume]\nx = 1\n"
    assert added_to(text, "a", {}) == text


def test_init_asks_each_open_question_once_and_takes_what_holds_for_enter() -> None:
    """One question for a setting, also when several severities ask; wrong answers are asked again."""
    plan = plan_response(compile_runbook(RUNBOOK), "shop")
    asked: list[str] = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return "soon" if len(asked) == 1 else "7 min" if len(asked) == 2 else ""

    questions = open_questions(plan)
    ask_all(questions, ask)
    text = settings_text(plan, "shop", "Shop", "RUNBOOK.md", "ana", questions)
    settings = {one.key.split(".")[1] for one in plan.assumptions}
    assert len(asked) == len(settings) + 1
    chosen = tomllib.loads(text)["service"]["shop"]["assume"]
    assert "7 min" in chosen.values()
    answered = settings_of(tomllib.loads(text), Path("tocsin.toml"), environ={}, flags={})
    again = plan_response(compile_runbook(RUNBOOK), "shop", answered.team.services["shop"].choices)
    assert {one.key.split(".")[1] for one in again.assumptions if one.accepted} == set(chosen)


def test_what_several_severities_leave_open_is_one_line() -> None:
    """Questions that differ in nothing but the severity are told once, with all its severities."""
    plan = plan_response(compile_runbook(UNTIMED), "shop")
    (window,) = [one for one in open_questions(plan) if one.setting == "escalate_after"]
    assert len(window.asked) == 2
    (line,) = told(window)
    assert "SEV1, SEV2" in line
    assert line.endswith("Meanwhile: 5 min.")


def test_init_never_turns_a_runbooks_words_into_settings(folder: Path) -> None:
    """Quotes, brackets and line ends in a runbook's titles stay text."""
    evil = RUNBOOK.replace("Level 2 | CTO", 'Level 2 | CTO"]\n[server]\nport = 1 #').replace("Shop", 'S"]hop')
    plan = plan_response(compile_runbook(evil), "shop")
    text = settings_text(plan, "shop", 'S"]\nhop', "RUNBOOK.md", "ana", open_questions(plan))
    document: dict[str, Any] = tomllib.loads(text)
    assert "server" not in document
    assert document["service"]["shop"]["name"] == 'S"]\nhop'


def test_config_shows_origins_and_no_secret(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where each value came from; what came by reference is masked."""
    monkeypatch.setenv("MAIL_SECRET", "hunter22-secret")
    monkeypatch.setenv("TOCSIN_SERVER_PORT", "9000")
    (folder / "tocsin.toml").write_text(
        'version = 1\n[service.shop]\nrunbook = "RUNBOOK.md"\n[mail]\npassword = { env = "MAIL_SECRET" }\n'
    )
    text = out(capsys, "config", "show", "--origin")
    assert "TOCSIN_SERVER_PORT" in text
    assert "env MAIL_SECRET" in text
    assert "hunter22" not in text + out(capsys, "config", "show", "--json") + out(capsys, "config", "show")
    monkeypatch.delenv("MAIL_SECRET")
    assert main(["config", "check"]) == 2
    assert "MAIL_SECRET is not set" in capsys.readouterr().err
    assert main(["config", "check", "--without-secrets"]) == 1, "nobody is bound to the runbook's words"


# --- contexts -----------------------------------------------------------------------------------------------


def test_a_token_never_goes_to_another_server_than_its_own(tmp_path: Path) -> None:
    """TOCSIN_URL alone does not send the kept token elsewhere; both variables together win."""
    home = {"XDG_CONFIG_HOME": str(tmp_path)}
    save(home, "work", Context("http://work.example.com", "toc_work"))
    save(home, "home", Context("http://home.example.com", "toc_home"))
    assert context(home).url == "http://home.example.com"
    assert context(home, "work").token == "toc_work"
    assert context({**home, "TOCSIN_URL": "http://evil.example.com"}).token == ""
    assert context({**home, "TOCSIN_URL": "http://home.example.com/"}).token == "toc_home"
    assert context({**home, "TOCSIN_URL": "http://x", "TOCSIN_TOKEN": "toc_x"}).token == "toc_x"
    with pytest.raises(BadSettings, match="there are: work, home"):
        context(home, "none")


def test_contexts_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    """A broken file is named, with what to do."""
    home = {"XDG_CONFIG_HOME": str(tmp_path)}
    path = save(home, "work", Context("http://x", "toc"))
    for broken in ("not toml", "context = 1", "[context.a]\n"):
        path.write_text(broken)
        with pytest.raises(BadSettings, match="sign in again"):
            context(home)
