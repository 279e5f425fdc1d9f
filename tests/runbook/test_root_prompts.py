"""Blocks of root's shell, "# systemctl restart mill": where "# " is the prompt, and where it begins a comment."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook


def run(block: str, info: str = "") -> list[str]:
    """The commands of an incident whose fix is this block."""
    text = f"# Bakery\n\n## Incident: Mill stuck\n\n### Fix\n\n```{info}\n{block}\n```\n"
    steps = [step for one in compile_runbook(text).procedures for step in one.steps]
    return [step.command.text for step in steps if step.command is not None]


@pytest.mark.parametrize(
    ("block", "commands"),
    [
        ("# systemctl restart mill", ["systemctl restart mill"]),
        ("# systemctl restart mill\n# systemctl status mill", ["systemctl restart mill", "systemctl status mill"]),
        (
            "# systemctl status mill\nmill.service - grinds the flour\n   Active: active (running)\n# reboot",
            ["systemctl status mill", "reboot"],
        ),
        ("# systemctl is-active mill\nactive", ["systemctl is-active mill"]),
        ("# millctl status\n# millctl drain chute-2", ["millctl status", "millctl drain chute-2"]),
        ("# flour-cli queue --all", ["flour-cli queue --all"]),
        ("# df -h /srv\nFilesystem      Size  Used\n/dev/sdb1        40G   39G", ["df -h /srv"]),
        ("# nginx -t\nnginx: the file is fine", ["nginx -t"]),
        ("# systemctl restart mill\nJob for mill.service failed.", ["systemctl restart mill"]),
        ("[root@mill-1 ~]# df -h /srv\nFilesystem  Size\n[root@mill-1 ~]# reboot", ["df -h /srv", "reboot"]),
        ("[baker@mill-1 /srv]$ df -h .\nFilesystem  Size", ["df -h ."]),
    ],
)
@pytest.mark.parametrize("info", ["", "console"])
def test_a_known_command_behind_it_and_output_below_it_make_a_prompt(
    block: str, commands: list[str], info: str
) -> None:
    """Every "# " of the block has a command behind it, and what else stands there was printed."""
    assert run(block, info) == commands


@pytest.mark.parametrize(
    ("block", "commands"),
    [
        ("# restart the mill\nsystemctl restart mill", ["systemctl restart mill"]),
        ("# systemctl restart mill\n# wait until it grinds", []),
        ("# docker restart\nsystemctl restart mill", ["systemctl restart mill"]),
        ("# docker build -t mill .\nFROM debian\nRUN apt-get install -y millstone", []),
        ("# kubectl apply -f mill.yaml\napiVersion: v1\nkind: Pod", []),
        ("# systemctl restart mill\n[Service]\nRestart=always", []),
        ("# nginx -s reload\nserver {\n  listen 80;\n}", []),
        ("# python3 mill.py\nimport stone", []),
        ("# docker restart\nmillctl grind", ["millctl grind"]),
        ("# docker compose restart\nourmill grind", []),
        ("# make sure that the flue is open\n# make a note", []),
    ],
)
def test_a_comment_is_none(block: str, commands: list[str]) -> None:
    """A title, a command that is to be run once settings are written, or one above commands of its own."""
    assert run(block) == commands


def test_in_a_block_of_bash_an_unknown_program_is_no_output() -> None:
    """A tag that says bash shows what to type; only where each line has the prompt is it one."""
    assert run("# docker compose restart\nFlour: none", "bash") == []
    assert run("# docker compose restart\nourmill grind", "bash") == ["ourmill grind"]
    assert run("# docker compose restart\n# docker compose ps", "bash") == [
        "docker compose restart",
        "docker compose ps",
    ]
