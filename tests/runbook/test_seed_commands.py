"""Section Q and P of the capabilities: every command of the five real runbooks, what it does, and whether it ends."""

from __future__ import annotations

import pytest

from tocsin.runbook.instructions import Command, Step
from tocsin.runbook.playbook import Playbook

READ, MUTATING, DESTRUCTIVE = "read_only", "mutating", "destructive"

# line of the command -> its class; "follows" and "interactive" are ways of not ending, whatever the command does
INVENTORY = [
    {
        READ: [79, 82, 85, 88, 92, 93, 212, 214, 215, 230, 231, 232],
        "follows": [91, 96, 99, 213],
        MUTATING: [117, 126, 218, 219, 253],
        DESTRUCTIVE: [108, 111, 120, 129, 220, 235, 236, 237, 255],
    },
    {
        READ: [45, 46, 47, 49, 50, 51, 72, 98, 130, 149, 158],
        MUTATING: [61, 62, 63, 67, 103, 119, 135, 152, 155, 161],
        DESTRUCTIVE: [65, 164],
    },
    {
        READ: [
            54,
            60,
            65,
            66,
            92,
            93,
            100,
            150,
            153,
            156,
            181,
            184,
            213,
            221,
            288,
            291,
            300,
            322,
            323,
            392,
            395,
            401,
            404,
            407,
            410,
        ],
        "interactive": [63, 78, 298],
        "follows": [64, 72, 83, 84, 169, 256, 398],
        MUTATING: [95, 96, 97, 108, 112, 113, 119, 123, 162, 166, 198, 241, 262, 268, 272, 301, 413, 416],
        DESTRUCTIVE: [94, 106, 109, 122, 130, 133, 136, 165, 195, 233, 271],
    },
    {READ: [58, 59, 62, 139, 144, 169, 173, 207], "follows": [149], MUTATING: [210]},
    {
        READ: [60, 63, 72, 73, 80, 86, 87, 90, 93, 149],
        "follows": [66, 76, 79],
        MUTATING: [145, 146],
        DESTRUCTIVE: [141, 144, 158, 161],
    },
]


def steps_with_commands(playbook: Playbook) -> dict[int, Step]:
    """Every step that carries a shell statement, by the line of the statement."""
    return {step.lines.first: step for step in playbook.steps().values() if step.command is not None}


def command_at(playbook: Playbook, line: int) -> Command:
    """The command of that line."""
    command = steps_with_commands(playbook)[line].command
    assert command is not None
    return command


def kind(command: Command) -> str:
    """The class of a command, as the inventory names it."""
    return command.effect.value if command.termination == "bounded" else command.termination.value


@pytest.mark.parametrize("seed", range(5))
def test_every_command_is_found_with_its_class(seeds: list[Playbook], seed: int) -> None:
    """Q: nothing missing, nothing extra, and each one in the class that an operator would give it."""
    found: dict[str, list[int]] = {}
    for line, step in sorted(steps_with_commands(seeds[seed]).items()):
        assert step.command is not None
        found.setdefault(kind(step.command), []).append(line)
    assert found == INVENTORY[seed]


@pytest.mark.parametrize(("seed", "number"), [(0, 30), (1, 23), (2, 64), (3, 10), (4, 19)])
def test_statements_are_counted_once(seeds: list[Playbook], seed: int, number: int) -> None:
    """Z10, D23: a continued or quoted statement over several lines is one."""
    assert seeds[seed].stats.commands == number
    assert len(seeds[seed].steps()) == sum(len(g.steps) for g in (*seeds[seed].phases, *seeds[seed].procedures))


def test_commands_follow_only_reads(seeds: list[Playbook]) -> None:
    """Z7: what never ends in these five only reads."""
    for seed, inventory in zip(seeds, INVENTORY, strict=True):
        for line in inventory.get("follows", []):
            assert command_at(seed, line).effect == "read_only"


def test_a_command_that_never_ends_has_a_form_that_does(seeds: list[Playbook]) -> None:
    """Z7: each gets a rewrite, shown and never applied silently."""
    dinner, _, cookcam, dashboarduz, mgmt = seeds
    assert command_at(dinner, 96).suggestion == "kubectl logs --tail=200 deployment/whats-for-dinner-app"
    assert command_at(cookcam, 72).suggestion == "pm2 logs cookcam-api --lines 100 --nostream"
    assert command_at(cookcam, 256).suggestion == "pm2 list"
    assert command_at(dashboarduz, 149).suggestion == "aws logs tail /ecs/dashboarduz-api --since 10m"
    assert command_at(mgmt, 79).suggestion == "docker stats --no-stream"
    assert command_at(mgmt, 66).suggestion == "tail -n 200 /var/log/postgres/postgres.log | grep -i error"


def test_sql_after_a_bare_client_is_its_input(cookcam: Playbook) -> None:
    """D21, Z8: the lines below `psql $DATABASE_URL` are typed into it; they are no shell statements."""
    command = command_at(cookcam, 78)
    assert command.stdin == (
        "SELECT COUNT(*) FROM pg_stat_activity;\nSELECT * FROM pg_stat_activity WHERE state = 'active';"
    )
    assert (command.effect, command.termination, command.requires) == ("read_only", "interactive", ("tty", "stdin"))
    assert tuple(steps_with_commands(cookcam)[78].lines) == (78, 80)


def test_statements_over_several_lines_are_byte_exact(cookcam: Playbook, dashboarduz: Playbook, runbooks_dir) -> None:  # type: ignore[no-untyped-def]
    """D23: quoted SQL and continued lines are kept as they stand in the document."""
    for playbook, name, lines in (
        (cookcam, "cookcam.md", (184, 213, 221, 233)),
        (dashboarduz, "dashboarduz.md", (62, 139, 210)),
    ):
        text = (runbooks_dir / name).read_text("utf-8")
        for line in lines:
            step = steps_with_commands(playbook)[line]
            assert step.command is not None
            wanted = "\n".join(text.split("\n")[step.lines.first - 1 : step.lines.last])
            assert step.command.text == wanted


def test_continued_lines_are_one_argv(dashboarduz: Playbook) -> None:
    """Z10: the options below a backslash belong to the command."""
    assert command_at(dashboarduz, 210).pipeline == (
        (
            "aws", "ecs", "update-service", "--cluster", "dashboarduz-production",
            "--service", "dashboarduz-worker", "--desired-count", "4",
        ),
    )  # fmt: skip


def test_pipelines_are_argv_stage_by_stage(cookcam: Playbook) -> None:
    """P7, I7: no shell is needed to pipe; sudo is told."""
    command = command_at(cookcam, 291)
    assert command.pipeline == (
        ("sudo", "awk", "/limiting requests/ {print $NF}", "/var/log/nginx/error.log"),
        ("sort",),
        ("uniq", "-c"),
        ("sort", "-rn"),
        ("head", "-10"),
    )
    assert (command.needs_shell, command.requires, command.parameters) == (False, ("sudo",), ())


def test_no_command_of_the_five_needs_a_shell(seeds: list[Playbook]) -> None:
    """Running argv is enough for every command that was found, once SQL input is set apart."""
    shells = [
        step.command.text
        for seed in seeds
        for step in seed.steps().values()
        if step.command and step.command.needs_shell
    ]
    assert shells == []


def test_angle_brackets_are_parameters(cuisine: Playbook, cookcam: Playbook) -> None:
    """P1, D20: the raw text stays in its word, typed by its name."""
    command = command_at(cuisine, 62)
    assert [(p.name, p.type, p.raw) for p in command.parameters] == [
        ("service_name", "string", "<service-name>"),
        ("number", "integer", "<number>"),
    ]
    assert command.pipeline == (("make", "scale", "service=<service-name>", "count=<number>"),)
    assert command_at(cookcam, 94).parameters[0].type == "commit"
    assert command_at(cuisine, 164).parameters[0].type == "version"


def test_a_choice_in_angle_brackets_lists_its_values(cuisine: Playbook) -> None:
    """P2: `<api|web|db>` is a choice, not a pipe; scaling leaves the database out."""
    assert command_at(cuisine, 149).parameters[0].allowed == ("api", "web", "db")
    assert command_at(cuisine, 155).parameters[0].allowed == ("api", "web")
    choice = command_at(cuisine, 161).parameters[0]
    assert (choice.type, choice.allowed) == ("enum", ("enable", "disable"))
    assert command_at(cuisine, 149).parameters[0].name == "service"


def test_environment_variables_are_parameters(dinner: Playbook) -> None:
    """P3: the address of the database is a secret; the name of a host is not."""
    secret, host = command_at(dinner, 82).parameters[0], command_at(dinner, 85).parameters[0]
    assert (secret.name, secret.type, secret.origin) == ("DATABASE_URL", "secret", "env")
    assert (host.name, host.type) == ("REDIS_HOST", "string")


def test_date_patterns_are_parameters(cookcam: Playbook) -> None:
    """P4: YYYYMMDD in a branch and in a file name."""
    assert [p.raw for p in command_at(cookcam, 106).parameters] == ["YYYYMMDD"]
    assert ("YYYYMMDD", "date", "date_pattern") in {
        (p.raw, p.type, p.origin) for p in command_at(cookcam, 133).parameters
    }


def test_example_values_are_told_apart(cookcam: Playbook, dashboarduz: Playbook, mgmt: Playbook) -> None:
    """P5: paths and hosts of a tutorial."""
    found = [
        next(p.raw for p in command_at(playbook, line).parameters if p.origin == "example")
        for playbook, line in ((cookcam, 92), (dashboarduz, 58), (mgmt, 93), (mgmt, 158))
    ]
    assert found == ["/path/to/cookcam", "api.yourdomain.com", "your-domain.com", "backup_file.sql"]


def test_where_a_command_runs(cookcam: Playbook) -> None:
    """P6: after `ssh production-server` the next commands run there; after `cd` in that directory."""
    assert [command_at(cookcam, line).host for line in (63, 64, 65, 66, 72)] == [None, *["production-server"] * 3, None]
    assert {command_at(cookcam, line).directory for line in range(93, 98)} == {"/path/to/cookcam"}


def test_the_edit_belongs_to_the_editor(cookcam: Playbook) -> None:
    """Z11: "# Change: limit_req …" says what to do inside nano."""
    step = steps_with_commands(cookcam)[298]
    assert step.details == ("Change: limit_req zone=api_limit:10m rate=20r/s;",)
    assert step.condition == "If legitimate traffic spike"


def test_comments_by_hand_have_their_lines(cookcam: Playbook) -> None:
    """Z11, D22: what only comments say is a step to do by hand; switched-off SQL is never one to run."""
    manual = {step.lines.first: step for step in cookcam.steps().values() if step.command is None}
    assert {49, 56, 74, 107, 200, 243, 258, 274, 303, 310, 325, 328} <= set(manual)
    assert manual[200].details == ("ALTER SYSTEM SET max_connections = 200;",)
    assert manual[274].alternative == "Long-term"


def test_conditions_of_list_items(dinner: Playbook, cuisine: Playbook) -> None:
    """J21: "if needed", "if recent deployment", "if unresponsive"."""
    assert [steps_with_commands(dinner)[line].condition for line in (218, 219, 220)] == [
        None,
        "if needed",
        "if recent deployment",
    ]
    assert steps_with_commands(cuisine)[103].condition == "if unresponsive"


# The findings that these commands must have (code, line), by document.
BROKEN = {
    0: {("TOC215", 111), ("TOC208", 120), ("TOC203", 231), ("TOC208", 236), ("TOC213", 255)},
    2: {
        ("TOC202", 63),
        ("TOC214", 64),
        ("TOC210", 108),
        ("TOC220", 119),
        ("TOC207", 133),
        ("TOC207", 136),
        ("TOC218", 97),
    },
    3: {("TOC203", 62), ("TOC219", 149), ("TOC404", 234), ("TOC212", 58)},
    4: {("TOC206", 158), ("TOC209", 161), ("TOC403", 15), ("TOC403", 18)},
}


@pytest.mark.parametrize("seed", sorted(BROKEN))
def test_what_cannot_work_as_written_is_found(seeds: list[Playbook], seed: int) -> None:
    """Z4, Z5, Z21 to Z24, D30: commands and clocks that are broken in the real documents."""
    assert BROKEN[seed] <= {(one.code, one.line) for one in seeds[seed].findings}


def test_checks_that_cannot_fail(seeds: list[Playbook]) -> None:
    """Five addresses of the five documents are checked by a curl that exits 0 whatever the server answers."""
    asked = {
        next(word for word in step.command.pipeline[0] if "://" in word)
        for seed in seeds
        for step in seed.steps().values()
        if step.command
        and step.command.text.startswith("curl")
        and any(one.code == "TOC205" and one.line == step.lines.first for one in seed.findings)
    }
    assert len(asked) == 5


def test_backlog_against_matrix(dinner: Playbook) -> None:
    """Z3: P2 and P3 go to a backlog at line 52, and to somebody at lines 325 and 326."""
    found = {(one.line, one.related) for one in dinner.findings if one.code == "TOC407"}
    assert found == {(52, (325,)), (52, (326,))}
