"""Each rule has a document that it speaks of, and a better one that it leaves alone."""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

from datetime import date

import pytest

from tocsin.runbook.compile import compile_runbook

SCALE = "## Severity levels\n- **P0 - Critical**: a\n- **P1 - High**: b\n\n### Response times\n- P0: 5 minutes\n- P1: 1 hour\n\n"
INCIDENT = "## Common incidents\n\n### Down\n\n**Symptoms:**\n- x\n\n**Resolution:**\n\n```bash\n{}\n```\n\n**Verification:**\n- look\n"

LADDER = """## Severity levels

### P0 - Critical
- everything
- **Response Time**: 5 minutes
- **Resolution Target**: 30 minutes

### P1 - High
- something
- **Response Time**: 1 hour

## Escalation path

1. **A**
2. **B** (If unresolved in {} minutes)
"""


def step(command: str) -> str:
    """A document whose only procedure runs that command."""
    return "# R\n\n" + INCIDENT.format(command)


# code -> (a document that has the finding, the same without it)
CASES = {
    "TOC107": ("# R\n\ntext\n", SCALE),
    "TOC119": (
        "# Mill\n\n## Common issues\n\n### Stone stuck\n\n1. `pm2 restart mill`\n",
        "# Incident response of the mill\n\n## Common issues\n\n### Stone stuck\n\n1. `pm2 restart mill`\n",
    ),
    "TOC108": (SCALE, SCALE + INCIDENT.format("df -h")),
    "TOC113": ("<script>x</script>\n", "# R\n\n<details>x</details>\n\n<!-- note -->\n"),
    "TOC103": ("# R\n\nIt is brÃ¶ken\n", "# R\n\nIt is bröken\n"),
    "TOC106": ("# R\n\n```bash\ndf -h\n", "# R\n\n```bash\ndf -h\n```\n"),
    "TOC111": (SCALE + "## Escalation\n\n- P0: A → B\n- P7: A → B\n", SCALE + "## Escalation\n\n- P0: A → B\n- P1: A → B\n"),
    "TOC112": (step("df -h") + "\n### Down\n\n1. Look\n", step("df -h") + "\n### Slow\n\n1. Look\n"),
    "TOC115 column": (
        "## Severity levels\n\n| Level | What | Response time | Phase of the moon |\n|---|---|---|---|\n| P0 | all | 5 min | waxing |\n| P1 | some | 1 hour | waning |\n",
        "## Severity levels\n\n| Level | What | Response time |\n|---|---|---|\n| P0 | all | 5 min |\n| P1 | some | 1 hour |\n",
    ),
    "TOC115 row": (
        "## Escalation\n\n| Level | Who | After |\n|---|---|---|\n| 1 | Anna | |\n| 2 | Bert | 5 min |\n| Feiertags | die Leitstelle | sofort |\n".replace("| Feiertags | die Leitstelle | sofort |", "| | | nach Absprache |"),
        "## Escalation\n\n| Level | Who | After |\n|---|---|---|\n| 1 | Anna | |\n| 2 | Bert | 5 min |\n",
    ),
    "TOC115 when": (
        "## Escalation\n\n| Level | Who | When | Mood |\n|---|---|---|---|\n| 1 | Anna | at once | calm and kind |\n| 2 | Bert | not acknowledged within 5 minutes | stern and loud |\n",
        "## Escalation\n\n| Level | Who | When |\n|---|---|---|\n| 1 | Anna | at once |\n| 2 | Bert | not acknowledged within 5 minutes |\n",
    ),
    "TOC115 whole": (
        "## Escalation\n\n| Moon | Tide |\n|---|---|\n| full | high |\n| new | low |\n",
        "## Background\n\n| Moon | Tide |\n|---|---|\n| full | high |\n| new | low |\n",
    ),
    "TOC118": (SCALE.replace("1 hour\n", "1 hour\n- The tide decides the rest.\n"), SCALE.replace("1 hour\n", "1 hour\n- —\n")),
    "TOC118 criteria": (SCALE.replace("P1 - High**: b\n", "P1 - High**: b\n- Mind the tide.\n"), SCALE),
    "TOC118 people": (
        "## Contacts\n\n- **Anna**: +1 650 253 0000\n- Nachts schläft das ganze Dorf.\n",
        "## Contacts\n\n- **Anna**: +1 650 253 0000\n  - Nachts schläft das ganze Dorf.\n",
    ),
    "TOC118 whole": (
        "## Contacts\n\n- **Anna**: +1 650 253 0000\n- Mind the tide.\n  - And the moon.\n",
        "## Background\n\n- Mind the tide.\n  - And the moon.\n",
    ),
    "TOC223": ("# R\n\n" + INCIDENT.replace("```bash", "```sql").format("SELECT 1;"), step("psql -c 'SELECT 1;'")),
    "TOC224": (step("sudo nano nginx.conf\n# Change: limit_req zone=api:10m rate=20r/s;"), step("sudo nano nginx.conf\n# Change: limit_req_zone $a zone=api:10m rate=20r/s;\n# Then: limit_req zone=api burst=5;")),
    "TOC225": (step("curl -f http://localhost:5000/health"), step("kubectl exec web -- curl -f http://localhost:5000/health")),
    "TOC225 forwarded": (step("curl -f http://127.0.0.1/x"), step("kubectl port-forward svc/x 8080:80\ncurl -f http://127.0.0.1:8080/x")),
    "TOC302": (SCALE + "## Escalation\n\n- P0: Anna → Bert\n", SCALE + "## Escalation\n\n- P0: Anna → Bert\n\n## Contacts\n- **Anna**: +1 650 253 0000\n- **Bert**: +1 650 253 0001\n"),
    "TOC308": ("## Contacts\n- **CTO**: +1-555-0123\n", "## Contacts\n- **CTO**: +1 650 253 0000\n"),
    "TOC402": (SCALE + "## Escalation\n\n| Severity | Response time | Escalation |\n|---|---|---|\n| P0 | 9 minutes | A → B |\n| P1 | 1 hour | A → B |\n", SCALE + "## Escalation\n\n| Severity | Response time | Escalation |\n|---|---|---|\n| P0 | 5 minutes | A → B |\n| P1 | 1 hour | A → B |\n"),
    "TOC402 calendar": (
        SCALE + "## Escalation Matrix\n\n| Severity | Escalation | Actions |\n|---|---|---|\n| P0 | A → B | Urgent response |\n| P1 | A → B | Standard response, next business day |\n",
        SCALE + "## Escalation Matrix\n\n| Severity | Escalation | Actions |\n|---|---|---|\n| P0 | A → B | Urgent response |\n| P1 | A → B | Standard response, written report next business day |\n".replace("Standard response, written", "A written"),
    ),
    "TOC404": (LADDER.format(20) + "\n## When to escalate\n- P0 incidents not resolved in 10 minutes\n", LADDER.format(20) + "\n## When to escalate\n- P0 incidents not resolved in 20 minutes\n"),
    "TOC405": (SCALE.replace("1 hour", "-5 minutes"), SCALE),
    "TOC407": (SCALE + "## Escalation\n\n- P0: A → B\n- P1: A → B\n\n## Triage\n- P1 incidents: add to the backlog\n", SCALE + "## Escalation\n\n- P0: A → B\n\n## Triage\n- P1 incidents: add to the backlog\n"),
    "TOC219 old": (step("sudo docker-compose ps"), step("sudo docker compose ps")),
    "TOC219 option": (step("kubectl drain a --delete-local-data"), step("kubectl drain a --delete-emptydir-data")),
    "TOC229": (
        step("aws logs filter-log-events --log-group-name g --start-time $(($(date +%s) - 600)) --filter-pattern E"),
        step("aws logs filter-log-events --log-group-name g --start-time $(date -d '9 minutes ago' +%s)000 --filter-pattern E"),
    ),
    "TOC229 end": (
        step('aws logs get-log-events --log-group-name g --log-stream-name s --end-time "$(date +%s)"'),
        step('aws logs get-log-events --log-group-name g --log-stream-name s --end-time "$(( $(date +%s) * 1000 ))"'),
    ),
    "TOC230 node": (step("kubectl drain a"), step("kubectl drain a\nkubectl uncordon a")),
    "TOC230 replicas": (step("kubectl -n b scale deploy/a --replicas=0"), step("kubectl scale deploy/a --replicas=0\nkubectl scale deploy/a --replicas=3")),
    "TOC230 trigger": (step('psql -c "ALTER TABLE a DISABLE TRIGGER b"'), step('psql -c "ALTER TABLE a DISABLE TRIGGER b"\npsql -c "ALTER TABLE a ENABLE TRIGGER b"')),
    "TOC230 read-only": (
        step('psql -c "ALTER DATABASE a SET default_transaction_read_only = on"'),
        step('psql -c "ALTER DATABASE a SET default_transaction_read_only = on"\nPGOPTIONS="-c default_transaction_read_only=off" psql -c "ALTER DATABASE a SET default_transaction_read_only = off"'),
    ),
    "TOC210 push": (step("git checkout v1.2.0\ngit push origin main --force"), step("git checkout package.json\ngit push origin main")),
    "TOC210 branch": (step("git checkout <stable>\ngit push --force origin main"), step("git checkout main\ngit push origin main")),
    "TOC210 reverted": (step("git checkout good\ngit push origin main"), step("git checkout good\ngit revert HEAD\ngit push origin main")),
    "TOC209 inside": (step("docker exec -i db psql -U a b < c.sql"), step("docker exec -i db psql -v ON_ERROR_STOP=1 -U a b < c.sql")),
    "TOC206 inside": (step("kubectl exec -i db-0 -- pg_restore -d a c.sql"), step("kubectl exec -i db-0 -- pg_restore -d a c.dump")),
    "TOC226": (step("kubectl logs -l app=a | grep ERROR"), step("kubectl logs --tail=-1 -l app=a | grep ERROR")),
    "TOC226 since": (step("oc logs --selector app=a --since=5m"), step("oc logs deployment/a --since=5m")),
    "TOC226 error": (step("docker logs --tail 9 a | grep ERROR"), step("docker logs --tail 9 a 2>&1 | grep ERROR")),
    "TOC227": (step("kubectl exec -it a -n b -- pg_dump c > c.sql"), step("kubectl exec a -n b -- pg_dump c > c.sql")),
    "TOC227 docker": (step("docker exec -t a pg_dump c > c.sql"), step("docker exec -it a pg_dump -f c.sql c")),
    "TOC228": (
        step('psql -c "SELECT pid FROM pg_stat_activity WHERE duration > interval \'1 minute\'"'),
        step('psql -c "SELECT pid, now() - query_start AS duration FROM pg_stat_activity WHERE state = \'active\' ORDER BY duration"'),
    ),
    "TOC204 pid": (step("df -h") + "\n1. End it: `SELECT pg_cancel_backend(pid);`\n", step("df -h") + "\n1. End them: `SELECT pg_cancel_backend(pid) FROM pg_stat_activity;`\n"),
    "TOC212 pod": (step("kubectl delete pod mill-7d4b9c8f5-x2x4k"), step("kubectl delete pod mill-0 deployment-strategy-rolls")),
    "TOC213 namespace": (
        step("kubectl get pods -n mill\nkubectl top pods -n mill\nkubectl get svc --namespace=mill\nkubectl get hpa -n mill\nkubectl get nodes\nkubectl scale deploy/a --replicas=3"),
        step("kubectl get pods -n mill\nkubectl get svc --namespace=mill\nkubectl logs -n ingress a\nkubectl scale deploy/a --replicas=3"),
    ),
    "TOC611": ("# R\n\n- Board: TODO: link to it\n", "# R\n\n- Board: on the wall\n"),
    "TOC610": ("# R\n\n[how](file:///D:/docs/how.md)\n", "# R\n\n[how](https://a.test/how.md)\n"),
    "TOC308 area": (SCALE + "## Contacts\n- **Anna**: (555) 234-5678\n", SCALE + "## Contacts\n- **Anna**: (650) 234-5678\n"),
    "TOC308 company": (SCALE + "## Contacts\n- **Anna**: anna@yourcompany.com\n", SCALE + "## Contacts\n- **Anna**: anna@mill-company.com\n"),
    "TOC301 masked": (SCALE + "## Contacts\n- **Anna**: +1-XXX-XXX-XXXX\n", SCALE + "## Contacts\n- **Anna**: +1-650-253-0000 x22\n"),
    "TOC201": (step("kubectl logs -f x"), step("kubectl logs --tail=5 x")),
    "TOC202": (step("sudo vim /etc/hosts"), step("sudo sed -i s/a/b/ /etc/hosts")),
    "TOC203": (step("aws logs get-log-events --log-group-name g"), step("aws logs get-log-events --log-group-name g --log-stream-name s")),
    "TOC204": (step("kubectl logs <pod>"), step("kubectl logs pod-1")),
    "TOC205": (step("curl https://a.test/health"), step("curl -fsS https://a.test/health")),
    "TOC206 packed": (step("psql -v ON_ERROR_STOP=1 -f a.sql.gz"), step("psql -v ON_ERROR_STOP=1 -f a.sql")),
    "TOC205 forgiven": (step("grep -q ready x || true"), step("grep -q ready x || echo not ready")),
    "TOC207 deleted": (step("pm2 delete a\npm2 restart a"), step("pm2 delete a\npm2 start a.js --name a\npm2 restart a")),
    "TOC207 other": (step("kubectl delete deployment a\nkubectl rollout undo deployment/a"), step("kubectl delete deployment a\nkubectl rollout undo deployment/b")),
    "TOC207 typed": (
        step('psql $URL -c "ALTER DATABASE a SET default_transaction_read_only = on"\npsql $URL\nALTER DATABASE a SET default_transaction_read_only = off;'),
        step("psql $URL\nSELECT 1;\npsql $URL\nUPDATE a SET b = 1;"),
    ),
    "TOC208 boot": (step("sudo systemctl enable a"), step("sudo systemctl enable a\nsudo systemctl start a")),
    "TOC208 cache": (step("aws elasticache modify-replication-group --replication-group-id a"), step("aws elasticache modify-replication-group --replication-group-id a --apply-immediately")),
    "TOC209 less": (step("psql $URL < a.sql"), step('psql $URL -c "SELECT 1 WHERE a < b"')),
    "TOC209 piped": (step("cat a.sql | psql $URL"), step('psql $URL -c "SELECT 1" | head')),
    "TOC213 psql": (step('psql $DATABASE_URL -c "SELECT 1"\npsql -c "SELECT 2"'), step('psql $DATABASE_URL -c "SELECT 1"\npsql -d $DATABASE_URL -c "SELECT 2"')),
    "TOC608": ("# R\n\nSee [it](#what-to-do).\n\n## Do\n", "# R\n\nSee [it](#-what-to-do).\n\n## 🚨 What to do?\n"),
    "TOC206": (step("pg_restore -d shop a.sql"), step("pg_restore -d shop a.dump")),
    "TOC207": (
        step('psql -c "ALTER DATABASE a SET default_transaction_read_only = on"\npg_restore -d a x.dump'),
        step('pg_restore -d a x.dump\npsql -c "ALTER DATABASE a SET default_transaction_read_only = on"'),
    ),
    "TOC208": (
        step("aws rds modify-db-instance --db-instance-identifier a --db-instance-class b"),
        step("aws rds modify-db-instance --db-instance-identifier a --db-instance-class b --apply-immediately"),
    ),
    "TOC209": (step("psql -f a.sql"), step("psql -v ON_ERROR_STOP=1 -f a.sql")),
    "TOC210": (step('git commit -m "x"'), step('git add .\ngit commit -m "x"')),
    "TOC211": (step("kubectl rollout undo deploy/a"), step("kubectl rollout undo deploy/a\nkubectl rollout status deploy/a")),
    "TOC212": (step("curl -f https://yourdomain.com"), step("curl -f https://shop.test")),
    "TOC213": (step("redis-cli -h $H ping\nredis-cli FLUSHDB"), step("redis-cli -h $H ping\nredis-cli -h $H FLUSHDB")),
    "TOC214": (step("ssh host1\ndf -h"), step("ssh host1 df -h")),
    "TOC215": (step("supabase db rollback"), step("supabase db push")),
    "TOC216": (step('echo "open'), step('echo "closed"')),
    "TOC217": (
        "# R\n\n## Common incidents\n\n### Down\n\n**Resolution:**\n\n1. `pm2 restart a`\n",
        "# R\n\n## Common incidents\n\n### Down\n\n**Resolution:**\n\n1. `pm2 restart a`\n2. Look: `pm2 status`\n",
    ),
    "TOC218": (step("pm2 start ecosystem.config.production.js"), step("pm2 start production.config.js")),
    "TOC219": (step("aws logs tail /x"), step("aws logs filter-log-events --log-group-name /x")),
    "TOC220": (step("pm2 scale a +2"), step("pm2 scale a 4")),
    "TOC221": (step("curl -fsS https://a.test/i.sh | bash"), step("curl -fsS -o i.sh https://a.test/i.sh")),
    "TOC222": (step("psql postgres://admin:hunter2@db/prod -c 'SELECT 1'"), step("psql $DATABASE_URL -c 'SELECT 1'")),
    "TOC301": ("## Contacts\n- **CTO**: [Phone]\n", "## Contacts\n- **CTO**: +1 650 253 0000\n"),
    "TOC303": (
        SCALE + "## Escalation\n\n- P0: A → B\n",
        SCALE + "## Escalation\n\n- P0: A → B\n- P1: A → B\n",
    ),
    "TOC304": (SCALE, SCALE + "## Escalation\n\n- P0: A → B\n"),
    "TOC305": (SCALE + "## Escalation\n\n- P0: A → B\n", SCALE + "## Escalation\n\n- P0: A → B (10 min)\n"),
    "TOC309": (
        SCALE + "## Escalation\n\n| Level | Who | After |\n|---|---|---|\n| 1 | A | |\n| 2 | [name] | 5 min |\n| 3 | C | 9 min |\n",
        SCALE + "## Escalation\n\n| Level | Who | After |\n|---|---|---|\n| 1 | A | |\n| 2 | B | 5 min |\n",
    ),
    "TOC401": ("## Severity levels\n- **P0**: a\n- **P1**: b\n", SCALE),
    "TOC406": (SCALE.replace("1 hour", "next business day"), SCALE),
    "TOC109": (
        "# R\n\n## Kitchen\n\nThe kettle must never boil dry, and the tea is in the left cupboard.\n",
        "# R\n\n## Kitchen\n\nThe tea is in the left cupboard, and the cups are above it.\n",
    ),
    "TOC409": (LADDER.format(40), LADDER.format(20)),
    "TOC408": (SCALE.replace("1 hour", "1 minute"), SCALE),
    "TOC501": (SCALE, SCALE + "## Message templates\n\n### Initial\n```\n[what]\n```\n"),
    "TOC502": (SCALE, SCALE + "## Communication\n- Post updates every 30 minutes\n"),
    "TOC503": (
        SCALE + "## Communication\n- Update status page\n",
        SCALE + "## Communication\n- Update status page at https://status.shop.test\n",
    ),
    "TOC504": (
        SCALE + "## Message templates\n\n### Initial\n```\nIt broke at 3\n```\n",
        SCALE + "## Message templates\n\n### Initial\n```\nIt broke at [time]\n```\n",
    ),
    "TOC601": ("# R\n\n**Next Review**: 2026-01-01\n", "# R\n\n**Next Review**: 2027-01-01\n"),
    "TOC602": ("# R\n\ntext\n", "# R\n\n**Last updated**: 2026-01-01\n"),
    "TOC603": ("# R\n\n**Last Updated**: [Date]\n", "# R\n\n**Last Updated**: 2026-01-01\n"),
    "TOC604": ("## Links\n- **Grafana**: [Grafana URL]\n", "## Links\n- **Grafana**: https://g.test\n"),
    "TOC605": ("## Regular maintenance\n- Backups\n", "## Regular maintenance\n- Backups weekly\n"),
    "TOC606": ("## Post-mortem\n\nWrite it.\n", "## Post-mortem\n\nWrite it within 48 hours.\n"),
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(CASES))
def test_a_rule_speaks_of_what_is_wrong_and_not_of_what_is_right(code: str) -> None:
    """Every rule can fail and can be satisfied."""
    wrong, right = (
        {one.code for one in compile_runbook(text, today=date(2026, 6, 1)).findings} for text in CASES[code]
    )
    assert code[:6] in wrong
    assert code[:6] not in right


def test_what_stands_below_a_lost_item_is_not_told_again() -> None:
    """TOC118 names an item once, with its line; what is nested in it is lost with it."""
    text = (
        "## Contacts\n\n- **Anna**: +1 650 253 0000\n- Mind the tide.\n  - And the moon.\n- **Bert**: +1 650 253 0001\n"
    )
    assert [one.line for one in compile_runbook(text).findings if one.code == "TOC118"] == [4]


def test_blanks_are_told_together() -> None:
    """TOC204 stands at the first command that has a blank and names every one of them once."""
    text = step("kubectl logs <pod> -c <part>\nkubectl delete pod <pod>\nkubectl get pod <pod> -o <form>")
    found = [one for one in compile_runbook(text).findings if one.code == "TOC204"]
    first = text.splitlines().index("kubectl logs <pod> -c <part>") + 1
    assert [one.line for one in found] == [first]
    assert found[0].message.endswith("can run: <pod>, <part>, <form>")


def test_without_a_day_no_review_is_overdue() -> None:
    """The compiler has no clock."""
    assert "TOC601" not in {one.code for one in compile_runbook("# R\n\n**Next Review**: 1999-01-01\n").findings}


def test_two_targets_of_one_clause_are_told_apart() -> None:
    """TOC403: an acknowledgement that comes after the response."""
    text = "## Severity levels\n- **P0**: a\n- **P1**: b\n\n### Response times\n- P0: 5-minute response, 1-hour acknowledgment\n- P1: 1-hour response\n"
    found = [one for one in compile_runbook(text).findings if one.code == "TOC403"]
    assert [one.line for one in found] == [6]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("最終更新日：2026年4月10日\n", "TOC405"),
        ("최종 수정일: 2026년 4월 10일\n", "TOC405"),
        (
            "## 重大度\n\n| 重大度 | 状態 | 初動 | 報告間隔 |\n|---|---|---|---|\n| S1 | 停止 | 10分 | 30分ごと |\n| S2 | 遅延 | 1時間 | 2時間ごと |\n",
            "TOC115",
        ),
        ("## Common incidents\n\n### Oven cold\n\n**Fix**\n```bash\nexport OVEN=hot\n./light.sh\n```\n", "TOC216"),
    ],
    ids=["a date in Japanese", "a date in Korean", "a rhythm without spaces", "a variable that is set"],
)
def test_what_was_read_is_not_found_wrong(text: str, code: str) -> None:
    """A date is no impossible time, "30分ごと" is kept as "30分", and a shell reads `export`."""
    assert code not in {one.code for one in compile_runbook("# R\n\n" + text).findings}


def test_a_column_that_was_not_read_is_still_told() -> None:
    """TOC115 in a language without spaces: no time of the table stands in the column."""
    text = "# R\n\n## 重大度\n\n| 重大度 | 状態 | 初動 | 色見本 |\n|---|---|---|---|\n| S1 | 停止 | 10分 | 朱 |\n| S2 | 遅延 | 1時間 | 藍 |\n"
    assert "TOC115" in {one.code for one in compile_runbook(text).findings}
