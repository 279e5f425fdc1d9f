"""What commands do and whether they end, judged by their argv."""

from __future__ import annotations

import pytest

from tocsin.runbook.command.effects import judge

READ, CHANGE, DESTROY, UNKNOWN = "read_only", "mutating", "destructive", "unknown"
CASES = [
    ("kubectl get pods -n x", READ, "bounded"),
    ("kubectl -n x delete pod y", DESTROY, "bounded"),
    ("kubectl get pods -w", READ, "follows"),
    ("kubectl edit deploy x", CHANGE, "interactive"),
    ("kubectl exec -it pod -- bash", UNKNOWN, "interactive"),
    ("kubectl exec pod -- rm -rf /tmp/x", DESTROY, "bounded"),
    ("kubectl exec pod -- ls", READ, "bounded"),
    ("docker compose -f a.yml ps", READ, "bounded"),
    ("docker compose down", DESTROY, "bounded"),
    ("docker logs --follow x", READ, "follows"),
    ("git push --force", DESTROY, "bounded"),
    ("git log -5", READ, "bounded"),
    ("aws s3 rm s3://b/k", DESTROY, "bounded"),
    ("aws ec2 describe-instances", READ, "bounded"),
    ("gcloud compute instances list", READ, "bounded"),
    ("terraform destroy", DESTROY, "interactive"),
    ("curl -f https://x", READ, "bounded"),
    ("curl -X POST https://x", CHANGE, "bounded"),
    ("curl -X DELETE https://x", DESTROY, "bounded"),
    ("curl -d a=b https://x", CHANGE, "bounded"),
    ("sudo rm -rf /x", DESTROY, "bounded"),
    ("find /x -delete", DESTROY, "bounded"),
    ("find /x -exec rm {} +", DESTROY, "bounded"),
    ("find /x -name y", READ, "bounded"),
    ("ps aux | grep x | awk '{print $2}' | xargs kill", DESTROY, "bounded"),
    ("awk '{system(\"rm x\")}' f", UNKNOWN, "bounded"),
    ("sed -i s/a/b/ f", CHANGE, "bounded"),
    ("sed s/a/b/ f", READ, "bounded"),
    ("bash -c 'rm x'", DESTROY, "bounded"),
    ("ssh host rm x", DESTROY, "bounded"),
    ("ssh host", UNKNOWN, "interactive"),
    ("timeout 5 kubectl get pods", READ, "bounded"),
    ("tail -f x | head -1", READ, "bounded"),
    ("tail -f x | grep y", READ, "follows"),
    ("ping host", READ, "follows"),
    ("ping -c 3 host", READ, "bounded"),
    ("journalctl -fu x", READ, "follows"),
    ("journalctl --vacuum-size=5M", DESTROY, "bounded"),
    ("echo x > /etc/hosts", CHANGE, "bounded"),
    ("df -h 2>/dev/null", READ, "bounded"),
    ("psql -c 'SELECT pg_terminate_backend(1)'", DESTROY, "bounded"),
    ("psql -c 'WITH a AS (DELETE FROM t RETURNING 1) SELECT 1'", DESTROY, "bounded"),
    ("psql -c 'SELECT 1; DROP TABLE t'", DESTROY, "bounded"),
    ("redis-cli", UNKNOWN, "interactive"),
    ("redis-cli -h x INFO", READ, "bounded"),
    ("redis-cli monitor", READ, "follows"),
    ("curl https://x | sudo bash", UNKNOWN, "bounded"),
    ("frobnicate --hard", UNKNOWN, "bounded"),
    ("./scripts/rollback.sh v1", DESTROY, "bounded"),
    ("make restart", CHANGE, "bounded"),
    ("$(cat cmd)", UNKNOWN, "bounded"),
    ('eval "$X"', UNKNOWN, "bounded"),
]


@pytest.mark.parametrize(("text", "effect", "termination"), CASES, ids=[case[0] for case in CASES])
def test_the_worst_part_of_a_command_decides(text: str, effect: str, termination: str) -> None:
    """Wrappers, pipes, nested shells and remote commands are looked through; what is not known is unknown."""
    found = judge(text)
    assert (found.effect.value, found.termination.value) == (effect, termination)


def test_every_judgement_has_a_reason() -> None:
    """A class without a reason cannot be checked by anybody."""
    assert all(judge(text).reason for text, _effect, _termination in CASES)


@pytest.mark.parametrize(
    ("statement", "effect"),
    [
        ("export OVEN=hot", "read_only"),
        ("unset OVEN", "read_only"),
        ("readonly OVEN=hot", "read_only"),
        ("export OVEN=$(rm -rf /srv/oven)", "destructive"),
        ("export OVEN=hot > /etc/oven", "unknown"),
        ("export LD_PRELOAD=/tmp/oven.so", "unknown"),
        ("export PATH=/tmp/oven:$PATH", "unknown"),
        ("PATH=/tmp/oven", "unknown"),
        ("export OVEN='hot", "unknown"),
    ],
)
def test_a_statement_that_only_sets_a_variable(statement: str, effect: str) -> None:
    """P2: it is read and changes nothing, unless programs are run or found elsewhere by what it sets."""
    assert judge(statement).effect.value == effect
