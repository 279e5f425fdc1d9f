"""Procedures in the layouts of small teams: faults in lists and tables, parts to fold out, questions, trees of answers.

Each document has the incidents that its text names, with their commands in order, and no others.
"""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import ProcedureKind

INCIDENTS: dict[str, tuple[str, dict[str, list[str]]]] = {
    "bul en": (
        "# Mill ops\n\n## Known faults\n\n- **Queue is stuck**\n  1. Look at the queue: `millctl queue list`\n  2. Restart the worker: `systemctl restart mill-worker`\n- **Oven is cold**\n  1. Check the relay: `ovenctl status`\n  2. Turn it on again: `ovenctl restart`\n",
        {
            "Queue is stuck": ["millctl queue list", "systemctl restart mill-worker"],
            "Oven is cold": ["ovenctl status", "ovenctl restart"],
        },
    ),
    "bul de": (
        "# Mühlenbetrieb\n\n## Bekannte Störungen\n\n- **Warteschlange hängt**\n  - Prüfen: `redis-cli llen korn`\n  - Neu starten: `systemctl restart muehle`\n- **Ofen kalt**\n  - Prüfen: `systemctl status ofen`\n  - Neu starten: `systemctl restart ofen`\n",
        {
            "Warteschlange hängt": ["redis-cli llen korn", "systemctl restart muehle"],
            "Ofen kalt": ["systemctl status ofen", "systemctl restart ofen"],
        },
    ),
    "bul fence": (
        "# Mill ops\n\n## Common problems\n\n* Disk full\n\n  ```bash\n  df -h\n  journalctl --vacuum-time=2d\n  ```\n\n* Worker does not answer\n\n  ```bash\n  systemctl status mill-worker\n  systemctl restart mill-worker\n  ```\n",
        {
            "Disk full": ["df -h", "journalctl --vacuum-time=2d"],
            "Worker does not answer": ["systemctl status mill-worker", "systemctl restart mill-worker"],
        },
    ),
    "bul fr": (
        "# Moulin\n\n## Pannes fréquentes\n\n- **File bloquée**\n  1. Regarder la file : `redis-cli llen grain`\n  2. Relancer : `systemctl restart moulin`\n- **Disque plein**\n  1. Regarder : `df -h`\n  2. Nettoyer : `journalctl --vacuum-time=2d`\n",
        {
            "File bloquée": ["redis-cli llen grain", "systemctl restart moulin"],
            "Disque plein": ["df -h", "journalctl --vacuum-time=2d"],
        },
    ),
    "bul colon": (
        "# Mill ops\n\n## Troubleshooting\n\n- Queue is stuck:\n  - `redis-cli llen grain`\n  - `systemctl restart mill`\n- Login fails:\n  - `systemctl status auth`\n  - `systemctl restart auth`\n",
        {
            "Queue is stuck": ["redis-cli llen grain", "systemctl restart mill"],
            "Login fails": ["systemctl status auth", "systemctl restart auth"],
        },
    ),
    "tab scen": (
        "# Mill ops\n\n## Incident scenarios\n\n| Scenario | Severity | Pause target | Steps |\n|---|---|---|---|\n| Bad flour shipped | P1 | 10 min | `millctl pause shipping`, then call the baker |\n| Scale drifts | P2 | 1 h | `scalectl calibrate` |\n",
        {"Bad flour shipped": ["millctl pause shipping"], "Scale drifts": ["scalectl calibrate"]},
    ),
    "tab scen es": (
        "# Molino\n\n## Escenarios\n\n| Escenario | Gravedad | Plazo | Pasos |\n|---|---|---|---|\n| Harina mala enviada | P1 | 10 min | `systemctl stop envios` |\n| Báscula desviada | P2 | 1 h | `systemctl restart bascula` |\n",
        {"Harina mala enviada": ["systemctl stop envios"], "Báscula desviada": ["systemctl restart bascula"]},
    ),
    "tab sev first": (
        "# Mill ops\n\n## What can go wrong\n\n| Severity | Scenario | First steps | Target |\n|---|---|---|---|\n| P1 | Database down | `systemctl restart postgresql` | 15 min |\n| P2 | Queue grows | `systemctl restart mill-worker` | 1 h |\n",
        {"Database down": ["systemctl restart postgresql"], "Queue grows": ["systemctl restart mill-worker"]},
    ),
    "tab scf": (
        '# Mill ops\n\n## Troubleshooting\n\n| Symptom | Cause | Fix |\n|---|---|---|\n| 502 at the gate | Worker dead | `systemctl status mill`<br>`systemctl restart mill` |\n| Slow orders | Locks | `psql -c "select * from pg_locks"` then `systemctl restart orders` |\n',
        {
            "502 at the gate": ["systemctl status mill", "systemctl restart mill"],
            "Slow orders": ['psql -c "select * from pg_locks"', "systemctl restart orders"],
        },
    ),
    "tab scf it": (
        "# Mulino\n\n## Risoluzione dei problemi\n\n| Sintomo | Causa | Rimedio |\n|---|---|---|\n| 502 al cancello | Processo morto | `systemctl status mulino`<br>`systemctl restart mulino` |\n| Ordini lenti | Blocchi | `systemctl restart ordini` |\n",
        {
            "502 al cancello": ["systemctl status mulino", "systemctl restart mulino"],
            "Ordini lenti": ["systemctl restart ordini"],
        },
    ),
    "det": (
        "# Mill ops\n\n## Incidents\n\n<details>\n<summary>Queue is stuck</summary>\n\n```bash\nredis-cli llen grain\nsystemctl restart mill\n```\n\n</details>\n\n<details>\n<summary>Disk is full</summary>\n\n1. `df -h`\n2. `journalctl --vacuum-time=2d`\n\n</details>\n",
        {
            "Queue is stuck": ["redis-cli llen grain", "systemctl restart mill"],
            "Disk is full": ["df -h", "journalctl --vacuum-time=2d"],
        },
    ),
    "det bold": (
        "# Mill ops\n\n## Common incidents\n\n<details><summary><b>Login broken</b></summary>\n<p>\n\nCheck: `systemctl status auth`\n\nRestart: `systemctl restart auth`\n\n</p>\n</details>\n<details><summary><b>Mail does not go out</b></summary>\n<p>\n\nCheck: `postqueue -p`\n\nFlush: `postqueue -f`\n\n</p>\n</details>\n",
        {
            "Login broken": ["systemctl status auth", "systemctl restart auth"],
            "Mail does not go out": ["postqueue -p", "postqueue -f"],
        },
    ),
    "q head": (
        "# Mill ops\n\n## What do I do if the queue is stuck?\n\n```bash\nredis-cli llen grain\nsystemctl restart mill\n```\n\n## What do I do if the disk is full?\n\n```bash\ndf -h\njournalctl --vacuum-time=2d\n```\n",
        {
            "What do I do if the queue is stuck?": ["redis-cli llen grain", "systemctl restart mill"],
            "What do I do if the disk is full?": ["df -h", "journalctl --vacuum-time=2d"],
        },
    ),
    "q head de": (
        "# Mühle: Störungen\n\n## Was tun, wenn die Warteschlange hängt?\n\n1. `redis-cli llen korn`\n2. `systemctl restart muehle`\n\n## Was tun, wenn die Platte voll ist?\n\n1. `df -h`\n2. `journalctl --vacuum-time=2d`\n",
        {
            "Was tun, wenn die Warteschlange hängt?": ["redis-cli llen korn", "systemctl restart muehle"],
            "Was tun, wenn die Platte voll ist?": ["df -h", "journalctl --vacuum-time=2d"],
        },
    ),
    "q head2": (
        "# Mill ops\n\n## Emergencies\n\n### Why are orders failing?\n\n- `systemctl status orders`\n- `systemctl restart orders`\n\n### Is the shop slow?\n\n- `systemctl status shop`\n- `systemctl restart shop`\n",
        {
            "Why are orders failing?": ["systemctl status orders", "systemctl restart orders"],
            "Is the shop slow?": ["systemctl status shop", "systemctl restart shop"],
        },
    ),
    "td md": (
        "# Mill ops\n\n## Incidents\n\n<table>\n<tr><th>Problem</th><th>What to do</th></tr>\n<tr><td>Queue stuck</td><td>\n\n1. Look: `redis-cli llen grain`\n2. Restart: `systemctl restart mill`\n\n</td></tr>\n<tr><td>Disk full</td><td>\n\n```bash\ndf -h\njournalctl --vacuum-time=2d\n```\n\n</td></tr>\n</table>\n",
        {
            "Queue stuck": ["redis-cli llen grain", "systemctl restart mill"],
            "Disk full": ["df -h", "journalctl --vacuum-time=2d"],
        },
    ),
    "td code": (
        "# Mill ops\n\n## Incidents\n\n<table>\n<tr><th>Problem</th><th>What to do</th></tr>\n<tr><td>Queue stuck</td><td>Run <code>redis-cli llen grain</code>, then <code>systemctl restart mill</code></td></tr>\n<tr><td>Disk full</td><td><pre>df -h\njournalctl --vacuum-time=2d</pre></td></tr>\n</table>\n",
        {
            "Queue stuck": ["redis-cli llen grain", "systemctl restart mill"],
            "Disk full": ["df -h", "journalctl --vacuum-time=2d"],
        },
    ),
    "br num": (
        "# Mill ops\n\n## Incident: queue stuck\n\n1) Look: `redis-cli llen grain`<br>2) Restart: `systemctl restart mill`<br>3) Look again: `redis-cli llen grain`\n\n## Incident: disk full\n\n<p>1. <code>df -h</code><br>2. <code>journalctl --vacuum-time=2d</code></p>\n",
        {
            "queue stuck": ["redis-cli llen grain", "systemctl restart mill", "redis-cli llen grain"],
            "disk full": ["df -h", "journalctl --vacuum-time=2d"],
        },
    ),
    "runbook one": (
        "# Runbook: QueueStuck\n\n**Alert:** QueueStuck\n**Severity:** P1\n\nThe queue has not moved for ten minutes.\n\n## Check\n\n```bash\nredis-cli llen grain\n```\n\n## Fix\n\n```bash\nsystemctl restart mill\n```\n",
        {"QueueStuck": ["redis-cli llen grain", "systemctl restart mill"]},
    ),
    "runbook one2": (
        "# Runbook: disk almost full\n\nWhen this fires, a disk is above 90 %.\n\n1. See which one: `df -h`\n2. Free some: `journalctl --vacuum-time=2d`\n3. If that does not help, call the miller.\n",
        {"disk almost full": ["df -h", "journalctl --vacuum-time=2d"]},
    ),
    "runbook one fr": (
        "# Fiche réflexe : file bloquée\n\n## Vérifier\n\n- `redis-cli llen grain`\n\n## Réparer\n\n- `systemctl restart moulin`\n",
        {"file bloquée": ["redis-cli llen grain", "systemctl restart moulin"]},
    ),
    "tree": (
        "# Mill ops\n\n## Shop is down\n\nIs the database up?\n\n- Yes → `systemctl restart shop`\n- No → `systemctl restart postgresql`, then `systemctl restart shop`\n",
        {"Shop is down": ["systemctl restart shop", "systemctl restart postgresql", "systemctl restart shop"]},
    ),
    "tree nested": (
        "# Mill ops\n\n## Incident: orders fail\n\n1. Is the database up? `pg_isready -h db`\n   - **Yes**: is the queue empty? `redis-cli llen grain`\n     - **Yes**: `systemctl restart orders`\n     - **No**: `systemctl restart mill-worker`\n   - **No**: `systemctl restart postgresql`\n",
        {
            "orders fail": [
                "pg_isready -h db",
                "redis-cli llen grain",
                "systemctl restart orders",
                "systemctl restart mill-worker",
                "systemctl restart postgresql",
            ]
        },
    ),
    "tree pt": (
        "# Moinho\n\n## Incidente: loja fora do ar\n\nO banco está no ar? `pg_isready -h db`\n\n- Sim → `systemctl restart loja`\n- Não → `systemctl restart postgresql`\n",
        {"loja fora do ar": ["pg_isready -h db", "systemctl restart loja", "systemctl restart postgresql"]},
    ),
    "tree ja": (
        "# 製粉所\n\n## 障害:注文できない\n\nDBは動いていますか? `pg_isready -h db`\n\n- はい → `systemctl restart orders`\n- いいえ → `systemctl restart postgresql`\n",
        {"注文できない": ["pg_isready -h db", "systemctl restart orders", "systemctl restart postgresql"]},
    ),
    "bul ru": (
        "# Мельница\n\n## Типовые неисправности\n\n- **Очередь стоит**\n  1. Проверить: `redis-cli llen grain`\n  2. Перезапустить: `systemctl restart mill`\n- **Диск заполнен**\n  1. Проверить: `df -h`\n  2. Очистить: `journalctl --vacuum-time=2d`\n",
        {
            "Очередь стоит": ["redis-cli llen grain", "systemctl restart mill"],
            "Диск заполнен": ["df -h", "journalctl --vacuum-time=2d"],
        },
    ),
    "bul zh": (
        "# 磨坊\n\n## 常见故障\n\n- **队列卡住**\n  1. 查看:`redis-cli llen grain`\n  2. 重启:`systemctl restart mill`\n- **磁盘已满**\n  1. 查看:`df -h`\n  2. 清理:`journalctl --vacuum-time=2d`\n",
        {
            "队列卡住": ["redis-cli llen grain", "systemctl restart mill"],
            "磁盘已满": ["df -h", "journalctl --vacuum-time=2d"],
        },
    ),
    "neg lib": (
        "# Mill ops\n\n## Useful commands\n\n- **Queue**\n  - Length: `redis-cli llen grain`\n  - Restart: `systemctl restart mill`\n- **Disk**\n  - Free: `df -h`\n  - Vacuum: `journalctl --vacuum-time=2d`\n",
        {},
    ),
    "b1": (
        "# Mill ops\n\n## Things that break\n\n- **Till prints nothing**\n   1. Look at the spooler: `systemctl status cups`\n   2. Restart it: `systemctl restart cups`\n- **Orders pile up**\n   1. Count them: `redis-cli llen orders`\n   2. Restart the worker: `systemctl restart orders`\n",
        {
            "Till prints nothing": ["systemctl status cups", "systemctl restart cups"],
            "Orders pile up": ["redis-cli llen orders", "systemctl restart orders"],
        },
    ),
    "b3": (
        "# Mill ops\n\n## Playbook\n\n* **Till prints nothing**\n   - Look at the spooler: `systemctl status cups`\n   - Restart it: `systemctl restart cups`\n* **Orders pile up**\n   - Count them: `redis-cli llen orders`\n   - Restart the worker: `systemctl restart orders`\n",
        {
            "Till prints nothing": ["systemctl status cups", "systemctl restart cups"],
            "Orders pile up": ["redis-cli llen orders", "systemctl restart orders"],
        },
    ),
    "b4 fr": (
        "# Moulin\n\n## Que faire quand\n\n- **Caisse hors service**\n   1. Regarder: `systemctl status cups`\n   2. Relancer: `systemctl restart cups`\n- **Commandes bloquées**\n   1. Compter: `redis-cli llen orders`\n   2. Relancer: `systemctl restart orders`\n",
        {
            "Caisse hors service": ["systemctl status cups", "systemctl restart cups"],
            "Commandes bloquées": ["redis-cli llen orders", "systemctl restart orders"],
        },
    ),
    "b6 de": (
        "# Mühle\n\n## Was kaputtgehen kann\n\n- **Kasse ausgefallen**\n   1. Ansehen: `systemctl status cups`\n   2. Neu starten: `systemctl restart cups`\n- **Bestellungen hängen**\n   1. Zählen: `redis-cli llen orders`\n   2. Neu starten: `systemctl restart orders`\n",
        {
            "Kasse ausgefallen": ["systemctl status cups", "systemctl restart cups"],
            "Bestellungen hängen": ["redis-cli llen orders", "systemctl restart orders"],
        },
    ),
    "b7 ja": (
        "# 製粉所\n\n## よくある障害\n\n- **レジが止まった**\n   1. 確認: `systemctl status cups`\n   2. 再起動: `systemctl restart cups`\n- **注文が詰まった**\n   1. 件数: `redis-cli llen orders`\n   2. 再起動: `systemctl restart orders`\n",
        {
            "レジが止まった": ["systemctl status cups", "systemctl restart cups"],
            "注文が詰まった": ["redis-cli llen orders", "systemctl restart orders"],
        },
    ),
    "b8 pt": (
        "# Moinho\n\n## Problemas conhecidos\n\n- **Caixa parado**\n   1. Ver: `systemctl status cups`\n   2. Reiniciar: `systemctl restart cups`\n- **Pedidos travados**\n   1. Contar: `redis-cli llen orders`\n   2. Reiniciar: `systemctl restart orders`\n",
        {
            "Caixa parado": ["systemctl status cups", "systemctl restart cups"],
            "Pedidos travados": ["redis-cli llen orders", "systemctl restart orders"],
        },
    ),
    "b9 it": (
        "# Mulino\n\n## Guasti noti\n\n- **Cassa bloccata**\n   1. Guardare: `systemctl status cups`\n   2. Riavviare: `systemctl restart cups`\n- **Ordini fermi**\n   1. Contare: `redis-cli llen orders`\n   2. Riavviare: `systemctl restart orders`\n",
        {
            "Cassa bloccata": ["systemctl status cups", "systemctl restart cups"],
            "Ordini fermi": ["redis-cli llen orders", "systemctl restart orders"],
        },
    ),
    "b10 fence": (
        "# Mill ops\n\n## Troubleshooting\n\n1. Till prints nothing\n\n   ```bash\n   systemctl status cups\n   systemctl restart cups\n   ```\n\n2. Orders pile up\n\n   ```bash\n   redis-cli llen orders\n   systemctl restart orders\n   ```\n",
        {
            "Till prints nothing": ["systemctl status cups", "systemctl restart cups"],
            "Orders pile up": ["redis-cli llen orders", "systemctl restart orders"],
        },
    ),
    "t1": (
        "# Mill ops\n\n## Failure scenarios\n\n| Priority | Problem | Fix |\n|---|---|---|\n| P1 | Database down | `systemctl restart postgresql` |\n| P2 | Queue grows | `systemctl restart worker` |\n",
        {"Database down": ["systemctl restart postgresql"], "Queue grows": ["systemctl restart worker"]},
    ),
    "t2 de": (
        "# Mühle\n\n## Szenarien\n\n| Prio | Szenario | Maßnahmen |\n|---|---|---|\n| P1 | Datenbank ausgefallen | `systemctl restart postgresql` |\n| P2 | Warteschlange wächst | `systemctl restart worker` |\n",
        {
            "Datenbank ausgefallen": ["systemctl restart postgresql"],
            "Warteschlange wächst": ["systemctl restart worker"],
        },
    ),
    "t3 fr": (
        "# Moulin\n\n## Dépannage\n\n| Symptôme | Cause probable | Solution |\n|---|---|---|\n| Erreur 502 | Processus mort | `systemctl status moulin`<br>`systemctl restart moulin` |\n| Commandes lentes | Verrous | `systemctl restart commandes` |\n",
        {
            "Erreur 502": ["systemctl status moulin", "systemctl restart moulin"],
            "Commandes lentes": ["systemctl restart commandes"],
        },
    ),
    "t4 ru": (
        "# Мельница\n\n## Сценарии\n\n| Сценарий | Критичность | Действия |\n|---|---|---|\n| База недоступна | P1 | `systemctl restart postgresql` |\n| Очередь растёт | P2 | `systemctl restart worker` |\n",
        {"База недоступна": ["systemctl restart postgresql"], "Очередь растёт": ["systemctl restart worker"]},
    ),
    "t5 zh": (
        "# 磨坊\n\n## 故障场景\n\n| 场景 | 级别 | 处理步骤 |\n|---|---|---|\n| 数据库宕机 | P1 | `systemctl restart postgresql` |\n| 队列堆积 | P2 | `systemctl restart worker` |\n",
        {"数据库宕机": ["systemctl restart postgresql"], "队列堆积": ["systemctl restart worker"]},
    ),
    "t6 en owner": (
        "# Mill ops\n\n## What can go wrong\n\n| Scenario | Owner | Severity | Steps |\n|---|---|---|---|\n| Site down | Ops | P1 | 1. `systemctl status shop`<br>2. `systemctl restart shop` |\n| Mail stuck | Ops | P2 | `postqueue -f` |\n",
        {"Site down": ["systemctl status shop", "systemctl restart shop"], "Mail stuck": ["postqueue -f"]},
    ),
    "td1": (
        "# Mill ops\n\n## Troubleshooting\n\n<table>\n<thead><tr><th>Symptom</th><th>Fix</th></tr></thead>\n<tbody>\n<tr>\n<td>Till dead</td>\n<td>\n\n- Look: `systemctl status cups`\n- Restart: `systemctl restart cups`\n\n</td>\n</tr>\n<tr>\n<td>\n\nOrders pile up\n\n</td>\n<td>\n\n```sh\n# the worker\nsystemctl restart orders\n```\n\n</td>\n</tr>\n</tbody>\n</table>\n\n## Contacts\n\n- Ada: 555-0100\n",
        {
            "Till dead": ["systemctl status cups", "systemctl restart cups"],
            "Orders pile up": ["systemctl restart orders"],
        },
    ),
    "q1 fr": (
        "# Moulin : pannes\n\n## Que faire si la file est bloquée ?\n\n1. `redis-cli llen grain`\n2. `systemctl restart moulin`\n\n## Que faire si le disque est plein ?\n\n1. `df -h`\n2. `journalctl --vacuum-time=2d`\n",
        {
            "Que faire si la file est bloquée ?": ["redis-cli llen grain", "systemctl restart moulin"],
            "Que faire si le disque est plein ?": ["df -h", "journalctl --vacuum-time=2d"],
        },
    ),
    "q2 es": (
        "# Molino\n\n## ¿Qué hago si la cola está atascada?\n\n- `redis-cli llen grain`\n- `systemctl restart molino`\n\n## ¿Qué hago si el disco está lleno?\n\n- `df -h`\n- `journalctl --vacuum-time=2d`\n",
        {
            "Qué hago si la cola está atascada?": ["redis-cli llen grain", "systemctl restart molino"],
            "Qué hago si el disco está lleno?": ["df -h", "journalctl --vacuum-time=2d"],
        },
    ),
    "q3 zh": (
        "# 磨坊应急\n\n## 队列卡住怎么办?\n\n1. `redis-cli llen grain`\n2. `systemctl restart mill`\n\n## 磁盘满了怎么办?\n\n1. `df -h`\n2. `journalctl --vacuum-time=2d`\n",
        {
            "队列卡住怎么办?": ["redis-cli llen grain", "systemctl restart mill"],
            "磁盘满了怎么办?": ["df -h", "journalctl --vacuum-time=2d"],
        },
    ),
    "tree1": (
        "# Mill ops\n\n## Orders are failing\n\nDoes the database answer?\n\n* **No**: `systemctl restart postgresql`\n* **Yes**: `systemctl restart orders`\n",
        {"Orders are failing": ["systemctl restart postgresql", "systemctl restart orders"]},
    ),
    "tree2 de": (
        "# Mühle\n\n## Laden ist nicht erreichbar\n\nLäuft die Datenbank?\n\n- Ja → `systemctl restart laden`\n- Nein → `systemctl restart postgresql`\n",
        {"Laden ist nicht erreichbar": ["systemctl restart laden", "systemctl restart postgresql"]},
    ),
    "one1": (
        "# Runbook – HighOrderLatency\n\n**Severity:** P2 | **Owner:** orders team\n\n## What it means\n\nOrders take longer than two seconds.\n\n## What to do\n\n1. `kubectl top pods -n orders`\n2. `kubectl rollout restart deployment/orders`\n",
        {"HighOrderLatency": ["kubectl top pods -n orders", "kubectl rollout restart deployment/orders"]},
    ),
    "one2 es": (
        "# Runbook: cola atascada\n\n## Comprobar\n\n`redis-cli llen grain`\n\n## Arreglar\n\n`systemctl restart molino`\n",
        {"cola atascada": ["redis-cli llen grain", "systemctl restart molino"]},
    ),
    "det1 de": (
        "# Mühle\n\n## Störungen\n\n<details>\n<summary><strong>Kasse druckt nicht</strong></summary>\n\n- Ansehen: `systemctl status cups`\n- Neu starten: `systemctl restart cups`\n\n</details>\n<details>\n<summary><strong>Bestellungen hängen</strong></summary>\n\n- `systemctl restart orders`\n\n</details>\n",
        {
            "Kasse druckt nicht": ["systemctl status cups", "systemctl restart cups"],
            "Bestellungen hängen": ["systemctl restart orders"],
        },
    ),
    "n1": (
        "# Mill ops\n\n## Deploying\n\n1. Build\n   - `make build`\n2. Roll out\n   - `make roll`\n",
        {},
    ),
    "n2": (
        "# Mill ops\n\n## Daily checks\n\n- **Orders**\n  - Count: `redis-cli llen orders`\n- **Till**\n  - Look: `systemctl status cups`\n",
        {},
    ),
    "n3": (
        "# Mill ops\n\n## Service levels\n\n| Severity | Meaning | Response |\n|---|---|---|\n| P1 | Shop down | 15 min |\n| P2 | Shop slow | 1 h |\n",
        {},
    ),
    "n4": (
        "# Mill ops\n\n## Is the shop open?\n\n- Yes → serve\n- No → wait\n",
        {},
    ),
}


@pytest.mark.parametrize("layout", INCIDENTS)
def test_what_small_teams_write_is_found(layout: str) -> None:
    """Each fault with what is to be run, in the order of the text; a chapter of commands is none."""
    text, wanted = INCIDENTS[layout]
    found = {
        one.title.casefold(): [step.command.text for step in one.steps if step.command is not None]
        for one in compile_runbook(text).procedures
        if one.kind in (ProcedureKind.INCIDENT, ProcedureKind.ALERT)
    }
    assert found == {title.casefold(): commands for title, commands in wanted.items()}
