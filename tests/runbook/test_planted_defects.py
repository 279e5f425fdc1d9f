"""Defects that are planted into a document are found: wrong files, secrets, slips, undos that cannot run, switches left off."""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

from datetime import date

import pytest

from tests.runbook.test_rules import step
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.fixes import safe_fixes
from tocsin.runbook.playbook import Finding

TODAY = date(2026, 11, 30)


def _found(text: str, code: str) -> list[Finding]:
    return [one for one in compile_runbook(text, today=TODAY).findings if one.code == code]


@pytest.mark.parametrize(
    ("command", "fix"),
    [
        ("mysql bakery < loaves.sql.gz", "unpack it first: gunzip -c FILE | mysql"),
        ("sqlite3 bakery.db < loaves.sql.xz", "unpack it first: xz -dc FILE | sqlite3"),
        ("psql bakery -f loaves.sql.zst", "unpack it first: zstd -dc FILE | psql -v ON_ERROR_STOP=1"),
        ("cat loaves.sql.gz | psql bakery", "unpack it first: gunzip -c FILE | psql -v ON_ERROR_STOP=1"),
        (
            "kubectl exec -i db-0 -- psql bakery < loaves.sql.gz",
            "unpack it first: gunzip -c FILE | psql -v ON_ERROR_STOP=1",
        ),
        ("docker exec -i db pg_restore -d bakery < loaves.sql", "use: psql -v ON_ERROR_STOP=1 -f with this file"),
        ("tar -xzf loaves.zip", "use: unzip with this file"),
        ("tar xjf loaves.tar.gz", "use: tar -xf, which finds out by itself"),
        ("unzip loaves.tar.gz", "use: tar -xf with this file"),
        ("gunzip loaves.sql.bz2", "use: bunzip2 -c with this file"),
        ("zcat loaves.sql.zst", "use: zstd -dc with this file"),
        ("mongorestore --db bakery loaves.json", "use: mongoimport with this file"),
        ("mongoimport --db bakery loaves.bson", "use: mongorestore with this file"),
        ("mysqlimport bakery loaves.sql", "use: mysql DATABASE < FILE"),
        ("tar -xzf loaves.tar.gz", None),
        ("tar -xf loaves.tar.bz2", None),
        ("tar -czf loaves.tar.gz /srv/oven.json", None),
        ("gunzip -c loaves.sql.gz | psql -v ON_ERROR_STOP=1 bakery", None),
        ("gzip loaves.sql", None),
        ("unzip loaves.zip", None),
        ("mongoimport --db bakery loaves.json", None),
        ("pg_restore -d bakery loaves.dump", None),
        ("mysql -e \"SELECT 'a.zip' FROM loaves WHERE n < 3\"", None),
    ],
)
def test_a_file_is_for_the_program_that_reads_it(command: str, fix: str | None) -> None:
    """TOC206 goes by the ending: what the program refuses is told with the one that reads it."""
    assert [one.fix for one in _found(step(command), "TOC206")] == ([fix] if fix is not None else [])


@pytest.mark.parametrize(
    ("command", "secret"),
    [
        ("mysql -u baker -pFlour9922 -e 'show processlist'", True),
        ("curl -f -u baker:Flour-9922 https://oven.bakery.io/admin", True),
        ("redis-cli -a Flour9922 ping", True),
        ("sshpass -p Flour9922 ssh oven-1 uptime", True),
        ("docker login -u baker -p Flour9922 registry.bakery.io", True),
        ("kubectl exec db-0 -- mysql -pFlour9922 bakery", True),
        ("export OVEN_KEY=AKIAZ5QRT7W2XKPLM3NV", True),
        ("git clone https://ghp_" + "a1B2" * 9 + "@github.com/bakery/oven", True),
        ("curl -f -H 'Authorization: Bearer xoxb-1234567890-abcdefGHIJ' https://slack.com/api/x", True),
        ("export STRIPE=sk_" + "live_" + "4e" * 12, True),
        ("mysql -u baker -p$OVEN_PW -e 'show processlist'", False),
        ("mysql -u baker -p bakery", False),
        ("mysql -u baker -p<password> bakery", False),
        ("curl -f -u admin:password https://oven.bakery.io/admin", False),
        ("curl -f -u $OVEN_USER:$OVEN_PW https://oven.bakery.io/admin", False),
        ("redis-cli -a YOUR_PASSWORD ping", False),
        ("docker run -p 8080:8080 bakery/oven", False),
        ("export OVEN_KEY=AKIAIOSFODNN7EXAMPLE", False),
        ("redis-cli -a **** ping", False),
    ],
)
def test_a_secret_is_known_by_its_form_or_its_option(command: str, *, secret: bool) -> None:
    """TOC222 finds what is typed behind an option for passwords, and tokens of services; no blanks and no examples."""
    assert bool(_found(step(command), "TOC222")) is secret


def test_a_token_in_prose_is_a_secret_as_well() -> None:
    """TOC222 looks at every line: a key in a table is as public as one in a command."""
    (one,) = _found("# Bakery\n\n| What | Value |\n|---|---|\n| Key | AKIAZ5QRT7W2XKPLM3NV |\n", "TOC222")
    assert (one.line, one.message) == (5, "a key of AWS stands in the document")


@pytest.mark.parametrize(
    ("command", "fix"),
    [
        ("kubectl stop deployment/oven", "use: kubectl scale --replicas=0"),
        ("kubectl rollout revert deployment/oven", "use: kubectl rollout undo"),
        ("kubectl -n bakery pause deployment/oven", "use: kubectl rollout pause"),
        ("docker reboot oven", "use: docker restart"),
        ("docker compose reload", "use: docker compose up -d, or restart"),
        ("service restart oven", "the name comes first: service NAME restart"),
        ("terraform rollback", "apply the configuration of before: terraform apply"),
        ("sudo systemctl restat oven", "use: systemctl restart"),
        ("docker contaner ls", "use: docker container"),
        ("git chekout main", "use: git checkout"),
        ("git -C /srv/oven stauts", "use: git status"),
        ("kubectl -n bakery descrbe pod/oven-0", "use: kubectl describe"),
        ("kubeclt get pods", "use: kubectl"),
        ("sudo journactl -u oven", "use: journalctl"),
        ("kubectl neat get pods", None),
        ("kubectl argo rollouts list", None),
        ("git co main", None),
        ("git lfs pull", None),
        ("helm secrets view oven.yaml", None),
        ("helm diff upgrade oven ./oven", None),
        ("service oven restart", None),
        ("systemctl --user restart oven", None),
        ("docker buildx ls", None),
        ("docker --context prod ps", None),
        ("dockerd --version", None),
    ],
)
def test_a_slip_of_the_pen_is_told_with_what_was_meant(command: str, fix: str | None) -> None:
    """TOC215: a word near one of the program's own commands is a slip; plug-ins and aliases are left alone."""
    assert [one.fix for one in _found(step(command), "TOC215")] == ([fix] if fix is not None else [])


@pytest.mark.parametrize(
    ("commands", "line"),
    [
        ("kubectl delete configmap oven\nkubectl edit configmap oven", 2),
        ("kubectl scale deploy/oven --replicas=0\nkubectl exec deploy/oven -- ls", 2),
        ("helm uninstall oven\nhelm rollback oven 3", 2),
        ("docker stop oven\ndocker exec oven ls", 2),
        ("docker compose down\ndocker compose exec db ls", 2),
        ("git branch -D warm\ngit checkout warm", 2),
        ("dropdb bakery\npsql -U baker -d bakery -c 'SELECT 1'", 2),
        ("rm loaves.sql\npsql -v ON_ERROR_STOP=1 -f loaves.sql", 2),
        (
            "aws rds delete-db-instance --skip-final-snapshot --db-instance-identifier oven\naws rds reboot-db-instance --db-instance-identifier oven",
            2,
        ),
        ("kubectl delete configmap oven\nkubectl apply -f oven.yaml\nkubectl edit configmap oven", None),
        ("kubectl delete pod oven-0\nkubectl logs oven-0", None),
        ("kubectl delete configmap oven\nkubectl edit configmap belt", None),
        (
            "kubectl scale deploy/oven --replicas=0\nkubectl scale deploy/oven --replicas=2\nkubectl exec deploy/oven -- ls",
            None,
        ),
        ("helm uninstall oven --keep-history\nhelm rollback oven 3", None),
        ("docker compose down\ndocker compose up -d\ndocker compose exec db ls", None),
        ("docker stop oven\ndocker start oven\ndocker exec oven ls", None),
        ("dropdb bakery\ncreatedb bakery\npsql -d bakery -c 'SELECT 1'", None),
        ("rm loaves.sql\naws s3 cp s3://bakery/loaves.sql .\npsql -v ON_ERROR_STOP=1 -f loaves.sql", None),
        ("git branch -D warm\ngit checkout -b warm", None),
    ],
)
def test_what_was_taken_away_cannot_be_used(commands: str, line: int | None) -> None:
    """TOC207 at the command that needs it, unless another one has brought it back in between."""
    found = _found(step(commands), "TOC207")
    first = step(commands).split("\n").index(commands.split("\n")[0]) + 1
    assert [one.line - first + 1 for one in found] == ([line] if line is not None else [])


@pytest.mark.parametrize(
    ("off", "on"),
    [
        ("kubectl rollout pause deployment/oven", "kubectl rollout resume deployment/oven"),
        ("php artisan down", "php artisan up"),
        ("heroku maintenance:on -a oven", "heroku maintenance:off -a oven"),
        ("aws events disable-rule --name bake", "aws events enable-rule --name bake"),
        (
            "aws autoscaling suspend-processes --auto-scaling-group-name oven",
            "aws autoscaling resume-processes --auto-scaling-group-name oven",
        ),
        ("flux suspend kustomization oven", "flux resume kustomization oven"),
        ("ceph osd set noout", "ceph osd unset noout"),
        ("sudo setenforce 0", "sudo setenforce 1"),
        ("sudo ufw disable", "sudo ufw enable"),
        ("mysql -e 'SET GLOBAL read_only = 1'", "mysql -e 'SET GLOBAL read_only = 0'"),
        ("rabbitmqctl stop_app", "rabbitmqctl start_app"),
        ("gcloud scheduler jobs pause bake", "gcloud scheduler jobs resume bake"),
        ("sudo swapoff -a", "sudo swapon -a"),
    ],
)
def test_a_switch_that_nothing_puts_back(off: str, on: str) -> None:
    """TOC230 says what stays off, with what puts it back; where that is in the document, nothing."""
    (one,) = _found(step(off), "TOC230")
    assert one.fix.startswith("add")
    assert not _found(step(f"{off}\n{on}"), "TOC230")


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("kubectl exec oven-0 -- curl -s localhost:8080/health", True),
        ("ssh oven-1 curl -s localhost:8080/health", True),
        ("docker exec oven curl -s localhost:8080/health", True),
        ("time curl -s https://oven.bakery.io/health", True),
        ("curl -f https://oven.bakery.io/health || /bin/true", True),
        ("curl -f https://oven.bakery.io/health || echo cold", True),
        ("curl -f https://oven.bakery.io/health && echo warm || echo cold", True),
        ("cat /run/oven.lock || echo none", False),
        ("ssh oven-1 curl -fs localhost:8080/health", False),
        ("kubectl exec oven-0 -- curl -fs localhost:8080/health", False),
    ],
)
def test_a_check_that_is_sent_elsewhere_cannot_fail_either(command: str, *, found: bool) -> None:
    """TOC205 looks behind ssh, exec and time, and at what is printed in place of a failure."""
    assert bool(_found(step(command), "TOC205")) is found


def test_only_what_is_found_is_fixed() -> None:
    """A check that `check` says nothing of is not touched by `--fix`: its refusals are told what to do."""
    text = "# R\n\n## Common incidents\n\n### Cold\n\n1. `curl -i https://oven.bakery.io/loaves`\n2. If 503: heat\n"
    playbook = compile_runbook(text)
    assert not _found(text, "TOC205")
    assert not safe_fixes(playbook, tuple(text.split("\n")))


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("kubectl get pods –n bakery", "a dash stands where the hyphen of an option is meant"),
        ("kubectl logs oven-0 −−tail=5", "a dash stands where the hyphen of an option is meant"),
        ("curl -f “https://oven.bakery.io/health”", 'a quotation mark of print stands where a plain " is meant'),
        ("rm\u00a0-rf /srv/crumbs", "a space that does not break stands where a plain space is meant"),
        ("git commit -am 'it’s warm – at last'", None),
        ('echo "“warm”"', None),
    ],
)
def test_signs_of_print_are_no_signs_of_the_shell(command: str, said: str | None) -> None:
    """TOC105 says which sign was put in by a word processor; within quotes each is only text."""
    assert [one.message.partition(":")[0] for one in _found(step(command), "TOC105")] == ([said] if said else [])


@pytest.mark.parametrize(
    ("command", "fix"),
    [
        ("git revert <commit>", "add --no-edit"),
        ("git commit -a", "add -m with the message"),
        ("sudo apt-get install oven", "add -y"),
        ("terraform apply", "add -auto-approve, or apply a plan that somebody has read"),
        ("git revert --no-edit <commit>", None),
        ("git commit -am 'warm'", None),
        ("sudo apt-get install -y oven", None),
        ("sudo apt-get update", None),
        ("git revert --abort", None),
    ],
)
def test_what_asks_is_told_the_answer_beforehand(command: str, fix: str | None) -> None:
    """TOC202 names the option with which a program asks nobody."""
    assert [one.fix for one in _found(step(command), "TOC202")] == ([fix] if fix is not None else [])


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        ("aws s3 cp loaves.tar", True),
        ("scp loaves.tar", True),
        ("gcloud sql instances restart", True),
        ("docker rename oven", True),
        ("aws s3 cp loaves.tar s3://bakery/", False),
        ("scp -P 22 loaves.tar oven-1:/srv", False),
        ("cp -t /srv loaves.tar", False),
        ("chmod +x heat.sh", False),
    ],
)
def test_a_copy_needs_where_to(command: str, *, missing: bool) -> None:
    """TOC203 asks for the second of two places, and for the thing that is to be restarted."""
    assert bool(_found(step(command), "TOC203")) is missing


@pytest.mark.parametrize(
    ("footer", "due"),
    [
        ("Last updated: 2026-02-01. Reviewed quarterly.", "2026-05-04"),
        ("Last reviewed: 2026-01-10; review every 6 months", "2026-07-12"),
        ("**Last Updated:** 2026-01-10\n**Review Cycle:** Quarterly", "2026-04-12"),
        ("Zuletzt geprüft: 10.01.2026\n\nPrüfintervall: 6 Monate", "2026-07-09"),
        ("Dernière révision : 2026-01-10\n\nFréquence de révision : tous les 6 mois", "2026-07-09"),
        ("下次复审：2026年5月1日", "2026-05-01"),
        ("次回レビュー: 2026-05-01", "2026-05-01"),
        ("Last updated: 2026-11-10. Reviewed quarterly.", None),
        ("Last updated: 2026-01-10. Status updates every 2 weeks in the channel.", None),
    ],
)
def test_a_review_is_due_when_its_rhythm_says(footer: str, due: str | None) -> None:
    """TOC601 counts from the last review where the document says how often it is looked at."""
    found = [one.message for one in _found(f"# Bakery\n\n## Severity levels\n\n- P0: no bread\n\n{footer}\n", "TOC601")]
    assert [one.partition(" (the last one was on ")[0] for one in found] == (
        [f"the review was due on {due}"] if due else []
    )
    assert all(one.endswith(")") for one in found if not footer.startswith(("下次", "次回")))


def test_the_head_of_a_document_may_say_how_often() -> None:
    """TOC601 reads `review_in` of a front matter, as the sites of documentation write it."""
    head = "---\ntitle: Oven\nlast_reviewed_on: 2026-01-10\nreview_in: {}\n---\n\n# Oven\n\nIt bakes.\n"
    assert _found(head.format("6 months"), "TOC601")
    assert not _found(head.format("12 months"), "TOC601")


@pytest.mark.parametrize(
    ("line", "open_"),
    [
        ("- [Grafana]()", True),
        ("- [Grafana](#)", True),
        ("- [Grafana](TODO)", True),
        ("- Grafana: TBD", True),
        ("- Grafana: <url>", True),
        ("- Logs: (insert link)", True),
        ("- [Grafana](https://your-grafana-url)", True),
        ("- [Grafana](https://grafana.bakery.io)", False),
        ("- [Ovens](#links)", False),
        ("- `[Grafana]()`", False),
    ],
)
def test_a_link_that_was_never_written(line: str, *, open_: bool) -> None:
    """TOC604 in every way in which an address is left open."""
    assert bool(_found(f"# Bakery\n\n## Links\n\n{line}\n", "TOC604")) is open_


@pytest.mark.parametrize(
    ("lines", "fix"),
    [
        ("# Set OVEN_HEAT=5 in .env\ndocker compose restart oven", "use: docker compose up -d oven"),
        (
            "# Change /srv/oven/.env first\ncd /srv/oven && docker compose -f oven.yml restart",
            "use: cd /srv/oven && docker compose -f oven.yml up -d",
        ),
        ("# Set OVEN_HEAT=5 in .env\ndocker compose restart oven\ndocker compose up -d oven", None),
        ("# Set OVEN_HEAT=5 in .env\ndocker compose up -d oven", None),
        ("docker compose restart oven", None),
        ("# Look into oven.environment\ndocker compose restart oven", None),
    ],
)
def test_a_restart_reads_no_changed_settings(lines: str, fix: str | None) -> None:
    """TOC208: a container keeps the environment that it was made with, whatever its .env says by now."""
    assert [one.fix for one in _found(step(lines), "TOC208")] == ([fix] if fix is not None else [])


@pytest.mark.parametrize(
    ("command", "downloads"),
    [
        ("bash <(curl -s https://oven.bakery.io/heat)", True),
        ('sh -c "$(curl -fsSL https://oven.bakery.io/heat)"', True),
        ("curl -s https://oven.bakery.io/heat | python3", True),
        ("curl -s https://oven.bakery.io/loaves | python3 -m json.tool", False),
        ("curl -s https://oven.bakery.io/loaves | python3 -c 'import json'", False),
        ("curl -s https://oven.bakery.io/loaves | jq .", False),
    ],
)
def test_what_is_downloaded_runs_in_several_ways(command: str, *, downloads: bool) -> None:
    """TOC221 knows a shell that is fed by a substitution, and other interpreters behind a pipe."""
    assert bool(_found(step(command), "TOC221")) is downloads


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("000-000-0000", "TOC308"),
        ("555-1234", "TOC308"),
        ("+49 123 456789", "TOC308"),
        ("bo@acme.com", "TOC308"),
        ("???", "TOC301"),
        ("{{phone}}", "TOC301"),
        ("+49 30 1234567", None),
        ("bo@bakery.io", None),
    ],
)
def test_a_number_that_is_none(value: str, code: str | None) -> None:
    """TOC308 for numbers and addresses of nobody, TOC301 for a place that is still open."""
    found = {one.code for one in compile_runbook(f"# R\n\n## Contacts\n\n- Head baker: {value}\n").findings}
    assert found & {"TOC301", "TOC308"} == ({code} if code else set())


@pytest.mark.parametrize("way", ["fly ssh console -a oven", "vagrant ssh oven", "railway ssh"])
def test_ways_in_of_other_programs(way: str) -> None:
    """TOC214 holds for whatever opens a shell elsewhere."""
    assert _found(step(f"{way}\ndf -h"), "TOC214")


@pytest.mark.parametrize("command", ["nomad alloc logs -f 3fa1", "supervisorctl tail -f oven", "stripe listen"])
def test_more_that_never_ends(command: str) -> None:
    """TOC201 for streams of other programs."""
    assert _found(step(command), "TOC201")
