"""Contacts, rhythms, phases, incidents and parts of a report: what looks like one, and what is one in other layouts."""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import ProcedureKind
from tocsin.runbook.playbook import Playbook

CASES: dict[str, list[tuple[str, list[str] | list[int]]]] = {
    "contacts": [
        (
            "# Mill\n\n## Contacts\n\n| Name | Phone |\n|---|---|\n| Ada Miller | +49 30 555 |\n| Do not call | the press |\n",
            ["Ada Miller"],
        ),
        ("# Mill\n\n## Contacts\n\n- Ada Miller: +49 30 5551\n- Do not call: Bob\n", ["Ada Miller"]),
        ("# Mill\n\n## Contacts\n\nVersion 2.3.1\n\n- Ada Miller: +49 30 5551\n", ["Ada Miller"]),
        ("# Mill\n\n## Contacts\n\n- Ada Miller: +49 30 5551\n- Version: 2.3.1\n", ["Ada Miller"]),
        ("# Mill\n\n## Contacts\n\n- Ada Miller: +49 30 5551\n- Last updated: 2.3.2025\n", ["Ada Miller"]),
        (
            "# Mühle\n\n## Kontakte\n\n> Müllermeister – Ada – 030 55512\n> Leitung – Ben – 030 55513\n",
            ["Müllermeister", "Leitung"],
        ),
        (
            "# Mill\n\n## Contacts\n\n> Head miller – Ada – 030 55512\n>\n> Owner – Ben – 030 55513\n",
            ["Head miller", "Owner"],
        ),
        (
            "# Mill\n\n## Contacts\n\n| System | Who to contact |\n|---|---|\n| Oven | Ada Miller |\n| Till | Ben Baker |\n",
            ["Ada Miller", "Ben Baker"],
        ),
        (
            "# Mühle\n\n## Kontakte\n\n| System | Ansprechpartner |\n|---|---|\n| Ofen | Ada Müller |\n| Kasse | Ben Bäcker |\n",
            ["Ada Müller", "Ben Bäcker"],
        ),
        (
            "# Moulin\n\n## Contacts\n\n| Système | Qui contacter | Téléphone |\n|---|---|---|\n| Four | Ada Meunier | 01 55 51 |\n| Caisse | Ben Boulanger | 01 55 52 |\n",
            ["Ada Meunier", "Ben Boulanger"],
        ),
        ("# Molino\n\n## Contactos\n\n- No llamar a: Bob\n- Ada Molinero: 91 555 12 12\n", ["Ada Molinero"]),
    ],
    "rhythms": [
        (
            "# Mill\n\n## Severities\n\n- P1: stands. Respond in 5 minutes.\n- P2: slow. Respond in 1 hour.\n\n## Communication\n\n- Slack has a 15-minute message retention.\n- Post an update every 30 minutes.\n",
            [1800],
        ),
        (
            "# Mill\n\n## Severities\n\n- P1: stands. Respond in 5 minutes.\n- P2: slow. Respond in 1 hour.\n\n## Communication\n\nUpdate customers every 30 minutes; leave no gap of 10 minutes.\n",
            [1800],
        ),
        (
            "# Mill\n\n## Severities\n\n- P1: stands. Respond in 5 minutes.\n- P2: slow. Respond in 1 hour.\n\n## Communication\n\n- There must be no gap of 10 minutes between messages.\n",
            [600],
        ),
        (
            "# Mill\n\n## Severities\n\n- P1: stands. Respond in 5 minutes.\n- P2: slow. Respond in 1 hour.\n\n## Communication\n\n- Messages are kept for 7 days.\n- Updates: hourly\n",
            [3600],
        ),
        (
            "# Mill\n\n## Severities\n\n- P1: stands. Respond in 5 minutes.\n- P2: slow. Respond in 1 hour.\n\n## Communication\n\n- Nachrichten werden alle 90 Tage gelöscht.\n- Update alle 30 Minuten.\n",
            [1800],
        ),
        (
            "# Mill\n\n## Severities\n\n- P1: stands. Respond in 5 minutes.\n- P2: slow. Respond in 1 hour.\n\n## Communication\n\n- Logs rotate every 10 minutes.\n- Status page every 20 minutes.\n",
            [1200],
        ),
        (
            "# Mill\n\n## Severities\n\n- P1: stands. Respond in 5 minutes.\n- P2: slow. Respond in 1 hour.\n\n## Communication\n\n- Keep messages short, 2 minutes to read.\n",
            [],
        ),
    ],
    "phases": [
        (
            "# Mill incident response\n\n## Response process\n\n### 1. Triage (15 minutes)\n\n- Look\n\n### 2. Mitigate (1 hour)\n\n- Mend\n\n## Recovery objectives\n\n### Recovery time (4 hours)\n\n- Ovens back\n\n### Data loss (15 minutes)\n\n- Orders of that time\n",
            ["Triage", "Mitigate"],
        ),
        (
            "# Mill disaster recovery\n\n## Objectives\n\n- **Recovery time (4 hours)**: ovens back\n- **Data loss (15 minutes)**: orders\n",
            [],
        ),
        (
            "# Mühle Notfallplan\n\n## Ziele\n\n- **Wiederanlaufzeit (4 Stunden)**: Öfen laufen\n- **Datenverlust (15 Minuten)**: Bestellungen\n- **Ausfalldauer (8 Stunden)**: höchstens\n",
            [],
        ),
        (
            "# Mill recovery\n\n## Objectives\n\n| Objective | Target | What |\n|---|---|---|\n| Recovery time | 4 hours | ovens back |\n| Data loss | 15 minutes | orders |\n",
            [],
        ),
    ],
    "incidents": [
        (
            "# Mill\n\n## DaoDeGenJar\n\n```bash\nsystemctl restart oven\n```\n\n## OvenDown\n\n```bash\nsystemctl restart oven\n```\n",
            ["OvenDown"],
        ),
        ("# Mill\n\n## GitLabRunnerConfig\n\n```bash\nsystemctl status runner\n```\n", []),
        ("# Mill\n\n## MillTooManyErrors\n\n```bash\nsystemctl restart oven\n```\n", ["MillTooManyErrors"]),
        (
            "# Mill\n\n## KubeDeploymentReplicasMismatch\n\n```bash\nsystemctl restart oven\n```\n",
            ["KubeDeploymentReplicasMismatch"],
        ),
        (
            "# Incident runbook\n\n## Backups\n\nThe database is saved every night.\n\n```bash\npg_dump mill > mill.sql\n```\n\n## Oven is down\n\n1. `systemctl restart oven`\n",
            ["Oven is down"],
        ),
        (
            "# Incident runbook\n\n## Supabase backups\n\n1. Open the dashboard\n2. Look at the backups\n\n## Site is down\n\n1. `systemctl restart shop`\n",
            ["Site is down"],
        ),
        (
            "# Runbook de incidentes\n\n## Backups Supabase\n\n- Abrir el panel\n\n## Sitio caído\n\n1. `systemctl restart shop`\n",
            ["Sitio caído"],
        ),
        (
            "# Incident runbook\n\n## Environment variables\n\n- `MILL_URL`\n\n## Monitoring\n\n- Grafana\n\n## Queue is stuck\n\n1. `systemctl restart mill`\n",
            ["Queue is stuck"],
        ),
    ],
    "parts": [
        (
            "# Mill\n\n## Post-mortem\n\nA post-mortem is required when:\n\n- customers lost orders\n- it took longer than two hours\n\n### Template\n\n- Summary\n- Timeline\n- Root cause\n",
            ["Summary", "Timeline", "Root cause"],
        ),
        ("# Mill\n\n## Post-mortem criteria\n\n- Customers lost orders\n- Longer than two hours\n- Data lost\n", []),
        (
            "# Mühle\n\n## Post-mortem\n\nEin Post-mortem schreiben wir bei:\n\n- Datenverlust\n- Ausfall über zwei Stunden\n",
            [],
        ),
        (
            '# Mill\n\n## Root cause analysis\n\nFind what changed:\n\n```bash\ngit log --oneline -10\njournalctl -u oven --since "1 hour ago"\n```\n\n- Look at the deploys\n- Look at the graphs\n',
            [],
        ),
    ],
}


def _read(playbook: Playbook, kind: str) -> list[str] | list[int | None]:
    match kind:
        case "contacts":
            return [one.name for one in playbook.contacts]
        case "rhythms":
            return [one.every.seconds for one in playbook.cadences]
        case "phases":
            return [one.title for one in playbook.phases]
        case "incidents":
            working = (ProcedureKind.INCIDENT, ProcedureKind.ALERT)
            return [one.title for one in playbook.procedures if one.kind in working]
        case _:
            return list(playbook.postmortem.sections) if playbook.postmortem is not None else []


@pytest.mark.parametrize("kind", CASES)
def test_only_what_is_one_is_taken_for_it(kind: str) -> None:
    """Each document has these and no others."""
    read = [(text, _read(compile_runbook(text), kind)) for text, _wanted in CASES[kind]]
    assert read == CASES[kind]
