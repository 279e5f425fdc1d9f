"""What a good document says is not found wrong: prose, names of commands, lists of prevention, cells that were read."""

from __future__ import annotations

from datetime import date

import pytest

from tests.runbook.asked import codes
from tocsin.runbook.compile import compile_runbook

TIMES = "## Escalation\n\n| Time | {} |\n|---|---|---|\n| 0 min | {} |\n| 15 min | {} |\n"
LEVELS = "## Severity levels\n\n| Level | Meaning | {} |\n|---|---|---|\n| S1 | {} |\n| S2 | {} |\n"
TWO_CLOCKS = (
    "## Severity levels\n\n| Level | Meaning | {} | {} |\n|---|---|---|---|\n"
    "| S1 | No flour | 5 min | 1 hour |\n| S2 | Late | 1 hour | 4 hours |\n"
)


def _codes(text: str) -> set[str]:
    return codes(compile_runbook("# Handbook\n\n" + text))


@pytest.mark.parametrize(
    ("code", "quiet", "loud"),
    [
        (
            "TOC109",
            "## Kitchen\n\nThe tea is in the left cupboard, and the cups are above it.\n",
            "## Kitchen\n\nThe kettle must never boil dry.\n",
        ),
        (
            "TOC109",
            '## Shape of an order\n\n```json\n{"order": 1}\n```\n',
            "## Shape of an order\n\nAn order waits for 20 minutes.\n",
        ),
        (
            "TOC109",
            "## Kitchen\n\n- `KETTLE_KEY`: opens the kettle\n- `TEA_URL`\n",
            "## Kitchen\n\n- `KETTLE_KEY`: opens the kettle\n- `TEA_URL`: ask the head baker\n",
        ),
        (
            "TOC109",
            "## Kitchen\n\n| What | Where |\n|---|---|\n| Tea | left cupboard |\n",
            "## Kitchen\n\n| What | Where |\n|---|---|\n| Tea | left cupboard |\n| Bread | within 20 minutes |\n",
        ),
        (
            "TOC109",
            "## Kitchen\n\n- cups\n- plates\n",
            "## Kitchen\n\n- [ ] cups\n- [ ] plates\n",
        ),
        (
            "TOC203",
            "## Mill stopped\n\n### Symptoms\n- no flour\n\n### Fix\n1. Go back if need be (`git revert`)\n",
            "## Mill stopped\n\n### Symptoms\n- no flour\n\n### Fix\n```bash\ngit revert\n```\n",
        ),
        (
            "TOC203",
            "## Mill stopped\n\n### Symptoms\n- no flour\n\n### Fix\n1. Go back (`kubectl rollout undo`)\n",
            "## Mill stopped\n\n### Symptoms\n- no flour\n\n### Fix\n1. Go back with `kubectl rollout undo`\n",
        ),
        *(
            (
                "TOC602",
                f"# R\n\n{said}\n\n## Mill stopped\n\n1. `pm2 restart mill`\n",
                f"# R\n\n{loud}\n\n## Mill\n\nFlour.\n",
            )
            for said, loud in (
                ("**Last reviewed:** March 2026", "**Last reviewed:** some time in 2026"),
                ("Last updated: 2026-03", "**Owner:** the miller since March 2026"),
                ("**Zuletzt geprüft:** März 2026", "Opened in March 2026"),
                ("**Next review**: 09/2026", "**Next review**: 2026"),
            )
        ),
        (
            "TOC605",
            "## Prevention\n\n- Grease the axle\n- Sharpen the stones\n",
            "## Prevention\n\n- Grease the axle weekly\n- Sharpen the stones\n",
        ),
        (
            "TOC115",
            TIMES.replace("|---|---|---|", "|---|---|").format("What happens", "On-call is paged", "Backup is paged"),
            TIMES.format("Who | Tide", "On-call | ebb", "Backup | flood"),
        ),
        (
            "TOC115",
            LEVELS.format("Response", "Flour is lost. No way back. | 5 min", "Flour is late. It can wait. | 1 hour"),
            LEVELS.format("Tide", "Flour is lost | ebb", "Flour is late | flood"),
        ),
        (
            "TOC402",
            TWO_CLOCKS.format("Answer (by day)", "Answer (by night)"),
            TWO_CLOCKS.format("Answer", "Reply"),
        ),
        (
            "TOC111",
            "## Severity\n\n- SEV1: a severity 1 incident stops the mill\n- SEV2: a severity 2 incident slows it\n",
            "## Severity\n\n- SEV1: a severity 1 incident stops the mill\n- SEV2: what is no severity 4 and slows it\n",
        ),
        (
            "TOC110",
            "## Severity\n\n- SEV1: a severity 1 incident stops the mill\n- SEV2: a severity 2 incident slows it\n",
            "## Severity\n\n- SEV1: a P1 incident stops the mill\n- SEV2: a P2 incident slows it\n",
        ),
    ],
)
def test_a_finding_is_kept_for_what_is_wrong(code: str, quiet: str, loud: str) -> None:
    """Each of them falls silent where nothing is missed, and still speaks where something is."""
    assert code not in _codes(quiet)
    assert code in _codes(loud)


def test_boxes_to_tick_are_no_commands() -> None:
    """A list of things to renew in a code block without a language is a list."""
    text = "## Renewing keys\n\n```\n[ ] Printer key\n[ ] Oven key (both of them)\n```\n"
    playbook = compile_runbook("# Handbook\n\n" + text)
    assert playbook.stats.commands == 0
    assert "TOC216" not in {one.code for one in playbook.findings}


@pytest.mark.parametrize(
    "said",
    [
        "Last updated: 12 March 2026",
        "Last updated: Mar 12th, 2026",
        "Last updated: Sept 12, 2026",
        "Stand: 12. März 2026",
        "Dernière mise à jour : 12 mars 2026",
        "Última actualización: 12 de marzo de 2026",
        "Última atualização: 12 de março de 2026",
        "Ultimo aggiornamento: 12 marzo 2026",
        "Последнее обновление: 12 марта 2026",
    ],
)
def test_a_date_whose_month_is_a_word(said: str) -> None:
    """The months of each language are known by their names."""
    playbook = compile_runbook(f"# Mill\n\n{said}\n")
    assert playbook.review.last == date(2026, 9 if "Sept" in said else 3, 12)
    assert "TOC602" not in {one.code for one in playbook.findings}


def test_a_request_of_an_api_is_no_command() -> None:
    """A method with a path is what a page of an API says; the program beside it is one."""
    text = (
        "## Mill locked\n\n### Symptoms\n- no key fits\n\n### Fix\n```bash\n# lock the miller out\n"
        'PUT /api/millers/7\n{ "active": false }\n\n# look\ngrep miller /var/log/mill.log\nDELETE https://mill.internal/keys/7\n```\n'
    )
    playbook = compile_runbook("# Handbook\n\n" + text)
    assert [one.command.text for one in playbook.steps().values() if one.command] == ["grep miller /var/log/mill.log"]
    assert "TOC216" not in {one.code for one in playbook.findings}
