"""Ways of which one is taken, wherever a document names them, are alternatives and never a sequence."""

from __future__ import annotations

from functools import cache

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Procedure
from tocsin.runbook.procedure.course import course_of


def _fence(*lines: str) -> str:
    return "\n".join(("```bash", *lines, "```"))


IN_A_BLOCK = [
    ("# Option A: Restart", "make one", "", "# Option B: Roll back", "make two"),
    ("# Plan A", "make one", "# Plan B", "make two"),
    ("# Approach 1 - restart", "make one", "# Approach 2 - roll back", "make two"),
    ("# Either restart it", "make one", "# or roll back", "make two"),
    ("# Either", "make one", "# or", "make two"),
    ("make one", "", "# --- or ---", "", "make two"),
    ("# Restart", "make one", "# Alternative: roll back", "make two"),
    ("# Restart", "make one", "# Alternatively:", "# roll back", "make two"),
    ("make one   # either this", "make two   # or this"),
    ("make one  # option A", "make two  # option B"),
    ("make one   # Debian/Ubuntu", "make two   # RHEL/CentOS"),
    ("# Pick ONE of these", "make one", "make two"),
    ("# Docker:", "make one", "# Kubernetes:", "make two"),
    ("# On Linux", "make one", "# On macOS", "make two"),
    ("# Staging", "make one", "# Production", "make two"),
    ("# 测试环境", "make one", "# 生产环境", "make two"),
    ("# entweder", "make one", "# oder", "make two"),
    ("# Soit relancer", "make one", "# soit revenir", "make two"),
    ("# Вариант А: перезапуск", "make one", "# Вариант Б: откат", "make two"),
    ("# 方法一：重启", "make one", "# 方法二：回滚", "make two"),
    ("# 方法A: 再起動", "make one", "# 方法B: 戻す", "make two"),
    ("make one", "# または", "make two"),
]
ELSEWHERE = [
    f"Either restart it:\n\n{_fence('make one')}\n\nor roll back:\n\n{_fence('make two')}",
    f"{_fence('make one')}\n\n**OR**\n\n{_fence('make two')}",
    f"{_fence('make one')}\n\nAlternatively, roll back:\n\n{_fence('make two')}",
    f"Variante 1: Neustart\n\n{_fence('make one')}\n\nVariante 2: Rückfall\n\n{_fence('make two')}",
    f"**方案一：重启**\n\n{_fence('make one')}\n\n**方案二：回滚**\n\n{_fence('make two')}",
    f"Soit relancer :\n\n{_fence('make one')}\n\nsoit revenir :\n\n{_fence('make two')}",
    f"#### Linux\n\n{_fence('make one')}\n\n#### macOS\n\n{_fence('make two')}",
    "- Either restart it: `make one`\n- Or roll back: `make two`",
    "- Staging: `make one`\n- Production: `make two`",
    "- **Kubernetes**: `make one`\n- **Bare metal**: `make two`",
    "1. Either:\n   - `make one`\n   - `make two`",
    "1. Do one of the following:\n   - `make one`\n   - `make two`",
    f"Use whichever works first:\n\n{_fence('make one', 'make two')}",
    "二者选其一：\n\n- `make one`\n- `make two`",
    "1. Run `make one` or `make two`.",
    "1. `make one` (or `make two` on the old mill)",
    "1. Relancer : `make one`\n2. Ou bien revenir : `make two`",
    "Reiniciar con `make one` o bien con `make two`.",
    "1. Restart it\n   ```bash\n   make one\n   ```\n   or all\n   ```bash\n   make two\n   ```",
]
SEQUENCES = [
    "1. Order more flour: `make one`\n2. O banco está fora: `make two`",
    "1. Fix a broken sieve: `make one`\n2. Plan the restart: `make two`",
    "1. Run `make one` and `make two`.",
    "1. Staging: `make one`\n2. Production: `make two`",
    "1. Linux: `make one`\n2. Queue: `make two`",
    "1. Open it with `oven start` / `oven check`",
    _fence("# Restart", "make one", "# Order the flour", "make two"),
    _fence("make one  # or: make three", "make two"),
    _fence("REGION=east make one  # or west", "make two"),
]
_ALL = [*(_fence(*lines) for lines in IN_A_BLOCK), *ELSEWHERE, *SEQUENCES]


@cache
def _procedures() -> tuple[Procedure, ...]:
    told = (f"### Mill {n} stands still\n\nSymptoms: no flour\n\n{body}\n" for n, body in enumerate(_ALL))
    text = "# Mill\n\n## Common incidents\n\n" + "\n".join(told)
    return compile_runbook(text.encode(), path="mill.md").procedures


def _ways(body: str) -> list[list[list[str]]]:
    """The commands on each way of each fork below a body."""
    procedure = next(one for one in _procedures() if one.title == f"Mill {_ALL.index(body)} stands still")
    commands = {step.id: step.command.text for step in procedure.steps if step.command}
    forks = course_of(procedure.steps).forks
    return [[[commands[id] for id in way.steps if id in commands] for way in fork.ways] for fork in forks]


@pytest.mark.parametrize("lines", IN_A_BLOCK, ids=" ".join)
def test_one_of_several_ways_in_a_block_is_taken(lines: tuple[str, ...]) -> None:
    """Comments of a block that name ways make what is below each an alternative of the others."""
    assert _ways(_fence(*lines)) == [[["make one"], ["make two"]]]


@pytest.mark.parametrize("body", ELSEWHERE)
def test_one_of_several_ways_is_taken_wherever_they_are_named(body: str) -> None:
    """Headings, lines above blocks, items and sentences that name ways do the same."""
    assert _ways(body) == [[["make one"], ["make two"]]]


@pytest.mark.parametrize("body", SEQUENCES)
def test_what_only_looks_like_a_way_stays_a_sequence(body: str) -> None:
    """Words that begin like "or", a number that counts nothing, and one platform alone are no ways."""
    assert _ways(body) == []


def test_two_choices_below_each_other_are_two() -> None:
    """A line that has ways itself begins a choice of its own below another one."""
    text = (
        "# Mill\n\n## Mill stuck\n\nSymptoms: no flour\n\n1. Run `make a` or `make b`.\n2. Run `make c` or `make d`.\n"
    )
    (procedure,) = compile_runbook(text.encode(), path="mill.md").procedures
    forks = course_of(procedure.steps).forks
    assert [len(fork.ways) for fork in forks] == [2, 2]


def test_a_way_that_has_ways_itself_stays_whole() -> None:
    """Inside of an option an "or" holds its command back, and the options stay those that the document counts."""
    body = f"**Option A**\n\n{_fence('make a', '# or', 'make b')}\n\n**Option B**\n\n{_fence('make c')}\n"
    text = f"# Mill\n\n## Mill stuck\n\nSymptoms: no flour\n\n{body}"
    (procedure,) = compile_runbook(text.encode(), path="mill.md").procedures
    (fork,) = course_of(procedure.steps).forks
    assert [way.label for way in fork.ways] == ["Option A", "Option B"]
    held = {step.command.text: step.condition for step in procedure.steps if step.command}
    assert held == {"make a": None, "make b": "or make b", "make c": None}
