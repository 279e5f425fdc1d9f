"""Marks that generators of sites leave in a document, output among commands, and commands that nobody marked."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.document.neighbours import Neighbour
from tocsin.runbook.instructions import Procedure, Step
from tocsin.runbook.playbook import Playbook


def only(text: str) -> Procedure:
    """The one procedure of a document."""
    (procedure,) = compile_runbook(text).procedures
    return procedure


def commands(playbook: Playbook) -> list[str]:
    """The commands of all procedures, in order."""
    return [step.command.text for one in playbook.procedures for step in one.steps if step.command is not None]


FRONT = """---
title: GrainSiloFull
weight: 20
---
"""

PARTS = """
## Meaning

No grain goes in any more.

## Diagnosis

```shell
$ kubectl -n mill get pods
NAME     READY
silo-0   1/1
```

## Mitigation

```shell
$ kubectl -n mill delete pod silo-0
```
"""


def test_the_title_of_the_front_matter_is_the_first_heading_where_there_is_none() -> None:
    """A site's generator sets the title above the text: the document is that alert's as with a heading."""
    alert = only(FRONT + PARTS)
    assert (alert.title, alert.kind) == ("GrainSiloFull", "alert")
    assert [step.section for step in alert.steps] == ["meaning", "investigation", "resolution"]


def test_a_heading_that_a_generator_fills_in_has_the_title_of_the_front_matter() -> None:
    """A template instead of a title names nothing."""
    playbook = compile_runbook(FRONT + "# <%= current_page.data.title %>\n" + PARTS)
    assert playbook.title == playbook.procedures[0].title == "GrainSiloFull"


def test_a_heading_of_its_own_goes_before_the_front_matter() -> None:
    """Where both name the document, the heading does, and nothing is put before it."""
    assert only(FRONT + "# GrainElevatorDown\n" + PARTS).title == "GrainElevatorDown"


LOOK = ["List the ovens:", "", "```bash", "kubectl -n oven get pods", "```"]
NOTES = {
    "directive": ["````{tip}", *LOOK, "````"],
    "colons": [":::{note}", *LOOK, ":::"],
    "admonition": ['!!! warning "At night only"', *(f"    {line}" for line in LOOK)],
    "quote": ["> [!IMPORTANT]", *(f"> {line}" for line in LOOK)],
    "shortcode": ["{{< hint warning >}}", *LOOK, "{{< /hint >}}"],
}


@pytest.mark.parametrize("kind", NOTES)
def test_a_command_in_a_note_is_one_and_the_mark_of_the_note_is_no_text(kind: str) -> None:
    """What a note holds is read as if it stood in the text; the mark around it is said nowhere."""
    note = "\n".join(NOTES[kind])
    playbook = compile_runbook(
        f"# Bakery\n\n## Incident: Oven cold\n\n**Symptoms**\n\n- Raw bread\n\n**Fix**\n\n{note}\n"
    )
    assert commands(playbook) == ["kubectl -n oven get pods"]
    said = [step.title for step in playbook.procedures[0].steps]
    assert not any(mark in title for title in said for mark in ("{", "!!!", ":::", "[!"))


def test_an_anchor_before_a_heading_is_no_step() -> None:
    """The line that other pages refer to is not for people."""
    text = "# Common problems\n\n(cold)=\n## Oven is cold\n\nLight it.\n\n(hot)=\n## Oven is too hot\n\nOpen it.\n"
    said = [step.title for one in compile_runbook(text).procedures for step in one.steps]
    assert said == ["Light it.", "Open it."]


def steps_of(shell: str) -> tuple[Step, ...]:
    """The steps of an incident whose fix is a block of shell."""
    return only(f"# Bakery\n\n## Incident: Oven cold\n\n**Fix**\n\n```shell\n{shell}\n```\n").steps


@pytest.mark.parametrize(
    "shell",
    [
        "sudo ls -la /srv/oven\ntotal 12K\ndrwxr-x--- 2 a a 4.0K May  2 04:10 .\n-rw-r--r-- 1 a a 1K May  2 04:10 heat",
        "sudo ls -la /srv/oven\n\nOptions:\n  --deep INT   How deep to look\n\nOutput includes:\n  - Names",
        "sudo ls -la /srv/oven\nls: cannot access '/srv/oven': No such file or directory",
        "sudo ls -la /srv/oven\n# ... shortened",
        "sudo ls -la /srv/oven\n\n# … and so on",
    ],
)
def test_what_a_command_prints_is_no_command(shell: str) -> None:
    """A listing, the help of a program, its complaints, and the dots for what was left out are not run."""
    found = steps_of(shell)
    assert [step.command.text for step in found if step.command] == ["sudo ls -la /srv/oven"]
    assert len(found) == 1


def test_a_list_among_the_settings_leaves_them_settings() -> None:
    """A file of variables is none to run when one of its values is a list."""
    assert not any(step.command for step in steps_of('HEAT=220\nOVENS=["north","south"]'))


@pytest.mark.parametrize(
    ("item", "title", "command"),
    [
        ("docker compose logs oven", "docker compose logs oven", "docker compose logs oven"),
        ("State of the oven: docker compose ps", "State of the oven", "docker compose ps"),
        ("KEY=$(cat /srv/oven/key)", "KEY=$(cat /srv/oven/key)", "KEY=$(cat /srv/oven/key)"),
    ],
)
def test_an_item_that_is_a_command_needs_no_mark(item: str, title: str, command: str) -> None:
    """Alone or behind a colon, what a known program would do is a command, with what stands before it as its title."""
    (step,) = only(f"# Bakery\n\n## Incident: Oven cold\n\n**Fix**\n\n- {item}\n").steps
    assert (step.title, step.command.text if step.command else None) == (title, command)


@pytest.mark.parametrize(
    "item",
    [
        "docker compose must be installed",
        "Tools: kubectl, helm",
        "git history shows the change",
        "find the burner by its number",
        "Access: kubectl access to the mill",
        "stern and loud",
    ],
)
def test_an_item_that_names_a_program_is_no_command(item: str) -> None:
    """A sentence about a program is one for people."""
    (step,) = only(f"# Bakery\n\n## Incident: Oven cold\n\n**Fix**\n\n- {item}\n").steps
    assert step.command is None


@pytest.mark.parametrize(
    "sentence",
    [
        "This brings back the state from before you ran `helm upgrade`.",
        "If you've put it there by hand via `kubectl apply -f oven.yaml` and it is wrong, go back.",
        "Si vous avez installé le four avec `helm upgrade`, revenez en arrière.",
        "Если вы уже запустили печь через `kubectl apply -f oven.yaml`, верните прежнюю.",
    ],
)
def test_what_was_run_already_is_no_command_to_run(sentence: str) -> None:
    """A sentence that says what somebody has done asks for nothing of it."""
    (step,) = only(f"# Bakery\n\n## Incident: Oven cold\n\n**Fix**\n\n{sentence}\n").steps
    assert step.command is None


def test_the_review_of_an_alert_is_no_review_of_an_incident() -> None:
    """What is to be done about an alert within some hours sets no deadline for a report."""
    table = (
        "| Alert | Condition | Action |\n|---|---|---|\n| `DoughLate` | 5 minutes | Review the dough within 4 hours |\n"
    )
    assert compile_runbook(f"# Bakery\n\n## Thresholds\n\n{table}").postmortem is None


def test_a_link_to_the_page_that_a_file_becomes_is_no_dead_one() -> None:
    """ "oven.html" and "./oven" lead to oven.md; where a site's root is, the document does not say."""
    files = {"oven.md": Neighbour.THERE}
    text = f"{FRONT}\n- [one](oven.html)\n- [two](./oven)\n- [three](/manual/mill.html)\n- [four](mill.html)\n"
    found = compile_runbook(text, look=lambda path: files.get(path.removeprefix("./"), Neighbour.MISSING)).findings
    assert [one.message for one in found if one.code == "TOC608"] == ["mill.html does not exist"]


FIX = "```bash\nsystemctl restart oven\n```"


@pytest.mark.parametrize("title", ["Oven fails to heat", "Mixer does not turn", "Silo is empty", "Ofen heizt nicht"])
def test_a_document_called_by_what_is_wrong_is_that_incident(title: str) -> None:
    """A document about one failure is one, whatever its chapters are called."""
    assert only(f"# {title}\n\nIt is the fuse.\n\n## `blown fuse`\n\n{FIX}\n").title == title


@pytest.mark.parametrize("title", ["High availability of ovens", "Slow baking guide", "Oven drill: mixer is broken"])
def test_a_document_called_otherwise_is_none(title: str) -> None:
    """A title that only begins like a failure, or that of a drill, is no incident."""
    assert not [one for one in compile_runbook(f"# {title}\n\n## Nightly\n\n{FIX}\n").procedures if one.kind == "alert"]


def test_chapters_that_each_trouble_shoot_something_are_incidents() -> None:
    """ "Troubleshooting the oven" beside "Troubleshooting the mixer": each is one where it has commands or steps."""
    text = f"# Bakery\n\n## Troubleshooting the oven\n\n{FIX}\n\n## Troubleshooting the mixer\n\n1. Pull the plug\n"
    found = compile_runbook(text).procedures
    assert [(one.title, one.kind) for one in found] == [
        ("Troubleshooting the oven", "incident"),
        ("Troubleshooting the mixer", "incident"),
    ]


def test_the_word_by_which_a_chapter_counts_is_no_part_of_a_title() -> None:
    """ "Pattern 1: Late dough" below "Failure patterns" is about the dough."""
    text = "# Bakery\n\n## Common failure patterns\n\n### Pattern 1: Late dough\n\n**Symptoms**\n\n- Flat bread\n"
    assert only(text).title == "Late dough"


def test_the_commands_of_a_test_by_hand_are_no_duties() -> None:
    """A list with a command in it is carried out once, not every week."""
    text = "# Bakery\n\n## Manual testing\n\n- Stand at the oven\n- kubectl -n oven get pods\n"
    assert not compile_runbook(text).duties


@pytest.mark.parametrize(
    ("sentence", "title"),
    [
        ("The default is ten loaves. Try fewer with `kubectl scale deploy oven --replicas=2`", "Try fewer with"),
        ("**If it smokes**: open the flue → `systemctl restart fan`", "If it smokes: open the flue"),
    ],
)
def test_a_command_is_called_by_the_last_sentence_before_it(sentence: str, title: str) -> None:
    """What was said before that is about something else; an arrow is no word."""
    (step,) = only(f"# Bakery\n\n## Incident: Oven cold\n\n**Fix**\n\n{sentence}\n").steps
    assert step.title == title


def test_the_condition_of_an_earlier_sentence_holds_for_a_command() -> None:
    """The title is the last sentence; when the command is for is said before it."""
    text = "If the fan is burnt, the flue stays open. For now the plan is `systemctl stop fan`"
    (step,) = only(f"# Bakery\n\n## Incident: Oven cold\n\n**Fix**\n\n{text}\n").steps
    assert (step.title, step.condition) == ("For now the plan is", "If the fan is burnt")


def test_a_doubled_key_of_the_front_matter_takes_none_of_the_others_away() -> None:
    """Which of two is meant, nobody knows; the title that stands there once is the title."""
    playbook = compile_runbook("---\nlayout: ops\nlayout: docs\ntitle: Oven fails to heat\n---\n\n## Fuse\n\n" + FIX)
    assert playbook.title == "Oven fails to heat"
    assert "TOC114" in {one.code for one in playbook.findings}


def test_the_prompt_of_root_is_no_comment() -> None:
    """Where each line of a block is "# " and a command, somebody copied them from root's shell."""
    assert [step.command and step.command.text for step in steps_of("# df -h /srv\n# tail -n 3 /var/log/oven")] == [
        "df -h /srv",
        "tail -n 3 /var/log/oven",
    ]


def test_a_block_of_settings_that_begins_like_a_program_is_none() -> None:
    """ "ruby {" opens a filter of a file of settings, whatever programs there are of that name."""
    text = "# Bakery\n\n## Incident: Oven cold\n\n**Fix**\n\n```\nruby {\n  code => 'event.heat'\n}\n```\n"
    assert not commands(compile_runbook(text))


def test_a_chapter_that_says_when_its_steps_are_needed_is_an_incident() -> None:
    """ "If the mill stands still:" above numbered steps: they are for that case, and are lost in none."""
    text = "# Bakery\n\n## Power cut response\n\nThe mill has no battery. {0}\n\n1. Open the flue\n2. Call the mill\n"
    case = text.format("\n\nIf the mill stands still:")
    assert [(one.title, len(one.steps)) for one in compile_runbook(case).procedures if one.kind == "incident"] == [
        ("Power cut response", 3)
    ]
    assert not compile_runbook(text.format("\n\nOn Mondays:")).procedures


@pytest.mark.parametrize(
    ("title", "case"),
    [
        ("Cross-team escalation", "When two mills are involved:"),
        ("Alertas automáticas", "Se disparan en dos canales:"),
        ("First response", "If somebody calls:"),
    ],
)
def test_a_chapter_on_any_incident_is_none(title: str, case: str) -> None:
    """Whom to call, or what is done first, is the same in each; a Spanish sentence is no Italian condition."""
    text = f"# Bakery\n\n## {title}\n\n{case}\n\n1. Call the mill\n2. Open the flue\n"
    assert not [one for one in compile_runbook(text).procedures if one.kind == "incident"]


@pytest.mark.parametrize(
    ("title", "case"),
    [
        ("Reviewing this page", "When you change it:"),
        ("Coffee machine", "When you are the first in the morning:"),
        ("New millers", "When onboarding somebody:"),
        ("Neue Müller", "Wenn jemand neu anfängt:"),
        ("Máquina de café", "Si llegas el primero:"),
        ("Machine à café", "Si vous arrivez en premier:"),
        ("Kaffeemaschine", "Wenn du sie nicht brauchst:"),
        ("Error budget", "When you change it:"),
        ("新人", "如果有人入职："),
    ],
)
def test_a_habit_with_its_occasion_is_no_incident(title: str, case: str) -> None:
    """Steps for an occasion on which nothing is wrong are no procedure, unless there are commands to run."""
    text = f"# Bakery\n\n## {title}\n\n{case}\n\n1. Fill in the sheet\n2. Tell the baker\n"
    assert not [one for one in compile_runbook(text).procedures if one.kind == "incident"]
    run = text + "\n   ```bash\n   systemctl restart mill\n   ```\n"
    assert [one.title for one in compile_runbook(run).procedures if one.kind == "incident"] == [title]


@pytest.mark.parametrize(
    ("title", "case"),
    [
        ("Mill", "If the stone is stuck:"),
        ("Mill", "When the wheel does not start in the morning:"),
        ("Mill failure", "When you are alone:"),
        ("Mühle", "Wenn die Mühle stillsteht:"),
        ("Molino", "Si el molino no responde:"),
        ("Moulin", "Si le moulin est en panne:"),
        ("Mulino", "Quando il mulino si ferma:"),
        ("Мельница", "Если мельница остановилась:"),
        ("水车", "如果水车停止工作："),
    ],
)
def test_a_chapter_for_when_something_is_wrong_is_an_incident(title: str, case: str) -> None:
    """The condition says it, or the title above it, in any language."""
    text = f"# Bakery\n\n## {title}\n\n{case}\n\n1. Open the flue\n2. Call the smith\n"
    assert [one.title for one in compile_runbook(text).procedures if one.kind == "incident"] == [title]


def test_a_rollback_in_case_of_something_is_no_incident() -> None:
    """What is undone in some case stands in the chapter on undoing."""
    text = "# Bakery\n\n## Rollback\n\n### Bad dough\n\nIf the dough is bad:\n\n1. Stop the mixer\n2. Start anew\n"
    assert [one.kind for one in compile_runbook(text).procedures] == ["rollback"]


def test_items_that_name_what_is_wrong_above_commands_are_incidents() -> None:
    """A list below "Troubleshooting" of short names with a colon, each above what to do."""
    text = "# Bakery\n\n## Troubleshooting\n\n- {0}:\n  - `kubectl get pods`\n- Dough flat:\n  - `kubectl get nodes`\n"
    named = [one.title for one in compile_runbook(text.format("Port taken")).procedures if one.kind == "incident"]
    assert named == ["Port taken", "Dough flat"]
    asked = [one.title for one in compile_runbook(text.format("Check the port")).procedures if one.kind == "incident"]
    assert not asked


def test_a_chapter_of_commands_among_problems_is_no_problem() -> None:
    """ "More mill commands" below "Troubleshooting" is a collection."""
    text = f"# Troubleshooting the bakery\n\n## Flat dough\n\n{FIX}\n\n## More mill commands\n\n{FIX}\n"
    assert [(one.title, one.kind) for one in compile_runbook(text).procedures] == [
        ("Flat dough", "incident"),
        ("More mill commands", "library"),
    ]


def test_code_in_a_line_of_text_opens_no_fence() -> None:
    """ "```df -h``` shows it" is a sentence, and the marks of a note below it are marks."""
    note = ":::warning Never at night\n\n1. Wait\n\n:::\n"
    text = f"# Bakery\n\n## Incident: Oven cold\n\n**Fix**\n\n```df -h``` shows it.\n\n{note}"
    assert ":::" not in "".join(step.title for step in only(text).steps)


@pytest.mark.parametrize(
    "printed",
    [
        "NAME     READY   STATUS\noven-0   1/1     Running",
        "CONTAINER ID   IMAGE   CREATED\n1a2b3c   oven    2 days ago",
        '{"status":"cold"}',
        '{\n  "status": "cold",\n  "ovens": [1, 2]\n}',
        "● oven.service - The oven\n   Loaded: loaded\n   Active: active (running)",
        "const ovens = await fetch('/ovens');\nconsole.log(ovens);",
        'db.ovens.find({ cold: true })\nprint("done")',
    ],
)
def test_tables_data_and_other_languages_are_no_commands(printed: str) -> None:
    """Below a command without a prompt stands what it prints: none of it is run, and what follows is."""
    found = steps_of(f"kubectl -n oven get all\n{printed}\nkubectl get nodes")
    assert [step.command.text for step in found if step.command] == ["kubectl -n oven get all", "kubectl get nodes"]


def test_a_block_of_another_language_is_kept_as_it_is() -> None:
    """A block marked as shell that holds none of it is shown in whole, and nothing of it is run."""
    (step,) = steps_of("const ovens = await fetch('/ovens');\nconsole.log(ovens);")
    assert (step.command, step.details) == (None, ("const ovens = await fetch('/ovens');", "console.log(ovens);"))


def test_an_alert_as_it_is_sent_is_one_symptom() -> None:
    """Its first line says what is wrong; its labels are the sender's."""
    sent = "[FIRING:1] OvenDown (critical)\nLabels:\n - alertname = OvenDown\n - instance = oven-1"
    text = f"# Bakery\n\n## Alert: OvenDown\n\n**Symptoms**\n\n```\n{sent}\n```\n\n**Fix**\n\n{FIX}\n"
    assert [one.text for one in only(text).symptoms] == ["[FIRING:1] OvenDown (critical)"]


def test_notes_among_alerts_are_no_alert() -> None:
    """A chapter of remarks stands beside a few alerts and is none."""
    text = f"# Bakery\n\n## Alerts\n\n### Alert: OvenDown\n\n{FIX}\n\n### Notes\n\n- It is old.\n"
    assert [one.title for one in compile_runbook(text).procedures if one.kind != "library"] == ["OvenDown"]
