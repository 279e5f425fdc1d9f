"""What counts as a procedure, in whatever form teams write it; each document here is our own."""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.trouble import is_alert_name

FIX = "Ring the depot.\n\n```sh\ndf -h\n```\n\n"
PARTS = "#### Symptoms\n- doors stay shut\n\n#### Fix\n```sh\ndf -h\n```\n\n"
BARE = "#### Immediate Actions\n```sh\nfree -m\n```\n\n"

DOCUMENTS: dict[str, tuple[str, list[tuple[str, int, int]]]] = {
    "a prefix": (f"# R\n\n## Playbook: Doors stay shut\n\n{FIX}## Failure mode 3: Late trams\n\n{FIX}", [("Doors stay shut", 0, 1), ("Late trams", 0, 1)]),
    "a number of the team's own": (f"# R\n\n## INC-001: Doors stay shut\n\n{FIX}## OPS-12 — Depot on fire\n\n{FIX}", [("Doors stay shut", 0, 1), ("Depot on fire", 0, 1)]),
    "the name of an alert": (f"# Alerts of the depot\n\n## DepotDoorStuck\n\n{FIX}## TramQueueTooLong\n\n{FIX}", [("DepotDoorStuck", 0, 1), ("TramQueueTooLong", 0, 1)]),
    "a heading in a list": ("## Door alerts\n\n- #### DepotDoorStuck\n  - ring the depot\n- #### DepotDoorUnreachable\n  - ring the tower\n", [("DepotDoorStuck", 0, 0), ("DepotDoorUnreachable", 0, 0)]),
    "the symptom as a heading": (f"# Troubleshooting Guide – Depot\n\n## Doors stay shut\n\n{FIX}## Trams are late\n\nWait.\n", [("Doors stay shut", 0, 1), ("Trams are late", 0, 0)]),
    "a symptom before a colon": (f"# R\n\n## Symptom: doors stay shut\n\n{FIX}", [("doors stay shut", 0, 1)]),
    "rows of a table": ("# R\n\n## What is wrong?\n\n| Symptom | Likely cause | Fix |\n|---|---|---|\n| Doors shut | Fuse | `systemctl restart doors` |\n| No light | Bulb | Ring |\n", [("Doors shut", 1, 1), ("No light", 1, 0)]),
    "sorts of incidents": (f"# R\n\n## Common incidents\n\n### Doors\n\n#### Problem: stay shut\n\n{FIX}#### Problem: stay open\n\n{FIX}### Trams\n\n#### Problem: late\n\n{FIX}", [("stay shut", 0, 1), ("stay open", 0, 1), ("late", 0, 1)]),
    "one among its like": (f"# R\n\n## Doors\n\n### Stay shut\n\n{PARTS}## Trams\n\n### Late\n\n{BARE}", [("Stay shut", 1, 1), ("Late", 0, 1)]),
    "inside of the process": ("# R\n\n## Incident response procedure\n\n### What goes wrong\n\n#### Stay shut\n\n**Symptoms**:\n- shut\n\n**Fix**:\n```sh\ndf -h\n```\n", [("Stay shut", 1, 1)]),
    "disaster scenarios": (f"# R\n\n## Disaster Recovery Scenarios\n\n### DR-001: Depot floods\n\n{PARTS}### DR-002: Power fails\n\n{PARTS}", [("Depot floods", 1, 1), ("Power fails", 1, 1)]),
    "one alert, one document": ("# DepotDoorStuck\n\n## What it means\n\nA door is stuck.\n\n## Severity\nCritical.\n\n## Likely causes\n1. Ice\n\n## Investigation\n```\ndf -h\n```\n\n## Remediation\n```\nsystemctl restart doors\n```\n", [("DepotDoorStuck", 0, 2)]),
    "scenarios of one fix": ("# Runbook: Doors stay shut\n\n## Symptoms\n- shut\n\n## Diagnosis\n```\ndf -h\n```\n\n## Resolution\n\n### Scenario A: Ice\n\n```\nfree -m\n```\n\n### Scenario B: Fuse\n\n```\nuptime\n```\n", [("Doors stay shut", 1, 3)]),
    "labels that are items": ("# R\n\n## Known issues\n\n### Doors stay shut\n- **Symptoms**: beeping, no light\n- **Check**: `df -h`\n- **Fix**: `systemctl restart doors`\n", [("Doors stay shut", 2, 2)]),
    "labels that are lines": ("Doors stay shut\n===============\n\nSymptoms\n- beeping\n- no light\n\nDiagnosis\n- look at the fuse\n\nMitigation\n- change it\n", [("Doors stay shut", 2, 0)]),
    "problem and solution": ("# R\n\n## Common issues\n\n### Ports\n\n**Problem**: Port 80, 8080 or 3306 is taken\n\n**Solution**: `kill <pid>`\n", [("Ports", 1, 1)]),
    "told in a block": ("# R\n\n## Common incidents\n\n### Doors stay shut\n\n```\n🚨 SYMPTOMS:\n├── beeping\n└── no light\n\nDIAGNOSIS:\n1. Look at the fuse\n\nRESOLUTION:\n1. Change it\n```\n", [("Doors stay shut", 2, 0)]),
    "a number that is no ordinal": (f"# R\n\n## Common incidents\n\n### 502 on every door\n\n{FIX}", [("502 on every door", 0, 1)]),
    "emoji ordinals": (f"# R\n\n## Common incidents\n\n### 1️⃣ Doors stay shut\n\n{FIX}", [("Doors stay shut", 0, 1)]),
    "a dash after the number": (f"# R\n\n## Scenarios\n\n### Scenario 1 — Doors stay shut\n\n{FIX}", [("Doors stay shut", 0, 1)]),
    "one line each": ("# R\n\n## Failure playbooks\n\n- Doors shut: run `systemctl restart doors`\n- 429 from the depot: wait, then try again\n", [("Doors shut", 0, 1), ("429 from the depot", 0, 0)]),
    "arrows": ("# R\n\n## Common incidents\n\n- Doors shut → restart the panel\n- Trams late → call the tower\n", [("Doors shut", 0, 0), ("Trams late", 0, 0)]),
    "problems one after the other": ("# R\n\n## Troubleshooting\n\n**Problem:** doors shut\n\n```sh\ndf -h\n```\n\n**Solution:** wait\n\n**Problem:** trams late\n\n```sh\nuptime\n```\n", [("doors shut", 0, 1), ("trams late", 0, 1)]),
    "how to detect it, after what it looks like": ("# R\n\n## Scenario: Doors shut\n\n**Symptoms**:\n- beeping\n\n**Detection**:\n```sh\ndf -h\n```\n1. `uptime -p`\n\n**Mitigation**:\n- wait\n", [("Doors shut", 1, 2)]),
    "impact and steps": ("Depot-doors-stuck\n=================\n\nSeverity: Medium\n----------------\n\nImpact\n------\n\n- nobody gets in\n\nSteps\n-----\n\n- look at the fuse\n", [("Depot-doors-stuck", 0, 0)]),
    "commands below the item that names them": ("# R\n\n## Common incidents\n\n### Doors shut\n\n- look at the service:\n  systemctl status doors\n- look at its log:\n  journalctl -u doors\n", [("Doors shut", 0, 2)]),
    "told in another script among commands": ("# 運用\n\n## よくある障害\n\n### ドア\n\n```bash\nsudo systemctl start doors\n\n# Windows\nパネルを起動\n```\n", [("ドア", 0, 1)]),
    "PowerShell": ("# R\n\n## Common incidents\n\n### Doors shut\n\n```powershell\nRestart-Service doors\nGet-Service doors\n```\n", [("Doors shut", 0, 2)]),
    "titles that say what fails": (f"# R\n\n## Server down\n\n{FIX}## Certificate expired\n\n{FIX}## Error budget\n\nNone.\n", [("Server down", 0, 1), ("Certificate expired", 0, 1)]),
    "titles that say what fails, in Spanish": (f"# R\n\n## La API no responde\n\n{FIX}## Disco lleno\n\n{FIX}", [("La API no responde", 0, 1), ("Disco lleno", 0, 1)]),
    "marks without a space": ("#Runbook: Doors stay shut\n\n##Symptoms\n-beeping\n\n##Fix\n-look at the service:\nsystemctl status doors\n", [("Doors stay shut", 1, 1)]),
    "what is typed into a client": ("# R\n\n## Scenario: Doors shut\n\n```bash\nredis-cli -u $REDIS_URL\nLLEN doors\nDEL doors\n\nuptime\n```\n", [("Doors shut", 0, 2)]),
    "German": (f"# R\n\n## Häufige Störungen\n\n### Fehler: Tür klemmt\n\n{FIX}", [("Tür klemmt", 0, 1)]),
    "Russian": (f"# Руководство\n\n## Частые проблемы и решения\n\n### Двери\n\n#### Проблема: двери закрыты\n\n{FIX}", [("двери закрыты", 0, 1)]),
    "Italian": (f"# R\n\n## Sintomo: porte chiuse\n\n{FIX}", [("porte chiuse", 0, 1)]),
    "Japanese": (f"# 運用\n\n## よくあるエラーと対処法\n\n### エラー1: ドアが開かない\n\n{FIX}", [("ドアが開かない", 0, 1)]),
    "Chinese": (f"# 电车 排错\n\n## 车门打不开\n\n{FIX}", [("车门打不开", 0, 1)]),
}  # fmt: skip


@pytest.mark.parametrize("form", sorted(DOCUMENTS))
def test_a_procedure_in_this_form(form: str) -> None:
    """Titles, symptoms and commands of the incidents and alerts, as a reader would count them."""
    text, expected = DOCUMENTS[form]
    playbook = compile_runbook(text)
    found = [p for p in playbook.procedures if p.kind in ("incident", "alert")]
    assert [(p.title, len(p.symptoms), len(p.commands)) for p in found] == expected


NONE = {
    "operations": "# Runbook\n\n## Prerequisites\n\n- a key\n\n## Deployment\n\n```sh\nmake deploy\n```\n\n## Verification\n\n```sh\ndf -h\n```\n",
    "a table of contents": "# R\n\n## Common incidents\n\n### Contents\n\n1. [Doors](#doors)\n2. [Trams](#trams)\n",
    "the process itself": "# R\n\n## How we work\n\n### Detection\n\n**Trigger:**\n- a page\n\n**Actions:**\n1. look\n\n### Diagnosis\n\nLook.\n\n### Mitigation\n\nMend.\n\n### Post-Mortem\n\nWrite.\n",
    "messages": "# Incident Communication Templates\n\n## Update\n\n```\nUPDATE: [what]\n```\n",
}


@pytest.mark.parametrize("form", sorted(NONE))
def test_what_is_no_procedure(form: str) -> None:
    """Running a service, telling people and looking back are no incidents."""
    playbook = compile_runbook(NONE[form])
    assert [p.title for p in playbook.procedures if p.kind in ("incident", "alert")] == []


def test_commands_above_the_incidents_are_kept() -> None:
    """What stands before the first incident of a chapter is kept as a collection of commands."""
    playbook = compile_runbook(
        "# Troubleshooting guide\n\nLook first:\n\n* `df -h`\n* `free -m`\n\n## Doors\n\nRing.\n"
    )
    assert (playbook.stats.commands, [p.kind for p in playbook.procedures]) == (2, ["library", "incident"])


@pytest.mark.parametrize(
    ("title", "expected"),
    [("KubePodCrashLooping", True), ("RedisDown", True), ("etcdNoLeader", True), ("PostgreSQL", False), ("LoadBalancer", False), ("Kubernetes", False), ("Redis Down", False)],
)  # fmt: skip
def test_names_of_alerts_are_told_from_names_of_products(title: str, expected: bool) -> None:
    """Several words run together, and one of them says that something is wrong."""
    assert is_alert_name(title) is expected


def test_a_value_that_was_wrapped_is_one_value() -> None:
    """D2: what an editor broke at column 60 or within a sentence is read to its end, its marks with it."""
    text = (
        "# R\n\n## Common incidents\n\n### Cold oven\n\n"
        "Symptoms: the crust stays pale, the crumb\nis wet in the middle.\n\n**Fix:** open the valve, then **wait**\nfor an hour.\n\n"
        "### Silent till\n\nAnzeichen: die Kasse bleibt den ganzen Tag still, und niemand\nKann etwas bezahlen.\n\nFix: plug it in.\n"
    )
    oven, till = compile_runbook(text).procedures
    assert [one.text for one in oven.symptoms] == ["the crust stays pale, the crumb is wet in the middle."]
    assert oven.steps[-1].title == "open the valve, then wait for an hour."
    assert [one.text for one in till.symptoms] == [
        "die Kasse bleibt den ganzen Tag still, und niemand Kann etwas bezahlen."
    ]


def test_a_short_line_below_a_value_is_no_part_of_it() -> None:
    """D2: a new sentence on a line of its own says something else."""
    text = "# R\n\n## Common incidents\n\n### Cold oven\n\nSymptoms: pale crust\nCall the baker.\n\nFix: light it.\n\n### Till\n\nSymptoms: silence\n\nFix: plug it in.\n"
    assert [one.text for one in compile_runbook(text).procedures[0].symptoms] == ["pale crust"]


@pytest.mark.parametrize(
    "heading",
    ["常见告警类型及响应", "よくあるアラート", "Alertas comunes", "Alertes courantes", "Типовые алерты", "알림별 대응"],
)
def test_a_chapter_of_alerts_holds_incidents(heading: str) -> None:
    """D1: each alert below it is one, with commands or without."""
    text = f"# R\n\n## {heading}\n\n### 1. oven-cold\n\n1. `oven status --all`\n\n### 2. till-lost\n\n1. Look below the table\n"
    found = [one.title for one in compile_runbook(text).procedures if one.kind.value == "incident"]
    assert found == ["oven-cold", "till-lost"]


def test_an_address_ends_where_the_sentence_goes_on() -> None:
    """N1: no mark of a script without spaces is a part of an address."""
    text = "# R\n\n## 参考\n\n- 状態は https://oven.example/health、数値は https://oven.example/metrics。\n"
    assert [one.url for one in compile_runbook(text).links] == [
        "https://oven.example/health",
        "https://oven.example/metrics",
    ]


def test_a_severity_may_be_the_chapter_of_its_scenarios() -> None:
    """D1: "P0: Shop shut" holds two incidents and is none, and so is a failure above several with symptoms of their own."""
    one = "{}\n\n**Symptoms:**\n- a\n\n**Fix:**\n1. b\n\n"
    text = (
        "# R\n\n## P0: Shop down\n\n"
        + one.format("### Scenario 1: Oven dead")
        + one.format("### Scenario 2: Till dead")
    )
    text += "## P1: Shop slow\n\n" + one.format("### Scenario 3: Queue long")
    text += "## P2: Kitchen slow\n\n" + one.format("### Mixer loud") + one.format("### Sieve torn")
    found = [procedure.title for procedure in compile_runbook(text).procedures]
    assert found == ["Oven dead", "Till dead", "Queue long", "Mixer loud", "Sieve torn"]


@pytest.mark.parametrize(
    "text",
    [
        "## Incident matrix\n\n| Event | What to do |\n|---|---|\n| Oven stays cold | look at the valve |\n| Till is silent | plug it in |\n",
        "## Matriz de incidentes\n\n| Evento | Comportamiento | Acción operativa |\n|---|---|---|\n| Horno frío | para la cinta | mirar la válvula |\n| Caja muda | pita | enchufarla |\n",
        "## 故障矩阵\n\n| 故障 | 处理 |\n|---|---|\n| 烤箱不热 | 看阀门 |\n| 收银机无声 | 插上电源 |\n",
    ],
    ids=["en", "es", "zh"],
)
def test_a_matrix_of_incidents_holds_one_in_each_row(text: str) -> None:
    """D1: where incidents are listed, the first column may be called "Event" or "Incident"."""
    assert len([one for one in compile_runbook("# R\n\n" + text).procedures if one.kind.value == "incident"]) == 2


def test_events_of_another_chapter_are_no_incidents() -> None:
    """D1: a table of what is told when names no incident."""
    text = "# R\n\n## Who hears of what\n\n| Event | Action |\n|---|---|\n| New flour | tell the baker |\n| New till | tell the shop |\n"
    assert compile_runbook(text).procedures == ()


def test_a_question_is_an_incident_without_its_number() -> None:
    """D1: "Q1. Oven stays cold" among common troubles."""
    text = "# R\n\n## Troubleshooting\n\n### Q1. Oven stays cold\n- **Cause**: valve\n- **Fix**: open it\n\n### Q2: Till is silent\n- **Fix**: plug it in\n"
    assert [one.title for one in compile_runbook(text).procedures] == ["Oven stays cold", "Till is silent"]


def test_a_script_is_a_command_by_its_path() -> None:
    """D4: "scripts/restore.sh latest" in a sentence is run from the root of the repository; a file that is named is not."""
    text = "# R\n\n## Common incidents\n\n### Shelf empty\n\n1. Run `scripts/restore.sh latest`\n2. Compare `scripts/restore.sh` and `docs/shelf.md first`\n"
    (found,) = compile_runbook(text).procedures
    assert [one.command.text for one in found.commands if one.command] == ["scripts/restore.sh latest"]
