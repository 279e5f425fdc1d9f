"""Which cluster, which Docker, which account a command reaches: held by the team, not by whoever was here last."""

from __future__ import annotations

import shlex

import pytest

from tocsin.runbook.pinning import Pins, pinned

PINS = Pins("prod", ("shop", "ingress"), "prod-docker", "shop-prod", "eu-west-1")


def held(command: str, pins: Pins = PINS) -> str:
    """The command with what is pinned, or the refusal behind a "!"."""
    found = pinned(tuple(tuple(shlex.split(stage)) for stage in command.split(" | ")), pins)
    return f"! {found}" if isinstance(found, str) else " | ".join(shlex.join(stage) for stage in found)


@pytest.mark.parametrize(
    ("command", "becomes"),
    [
        ("kubectl get pods", "kubectl --context=prod --namespace=shop get pods"),
        ("sudo -u ops kubectl get pods", "sudo -u ops kubectl --context=prod --namespace=shop get pods"),
        ("kubectl logs -n ingress web", "kubectl --context=prod logs -n ingress web"),
        ("kubectl --context prod -nshop get pods", "kubectl --context prod -nshop get pods"),
        ("helm rollback web 3", "helm --kube-context=prod --namespace=shop rollback web 3"),
        ("docker ps -c", "docker --context=prod-docker ps -c"),
        ("docker exec web curl -H a", "docker --context=prod-docker exec web curl -H a"),
        ("kubectl exec web -- curl -s x -n y", "kubectl --context=prod --namespace=shop exec web -- curl -s x -n y"),
        ("aws ecs list-tasks", "aws --profile=shop-prod --region=eu-west-1 ecs list-tasks"),
        ("aws s3 ls --region eu-west-1", "aws --profile=shop-prod s3 ls --region eu-west-1"),
        ("kubectl get pods | grep kubectl", "kubectl --context=prod --namespace=shop get pods | grep kubectl"),
        ("df -h", "df -h"),
    ],
)
def test_what_is_pinned_stands_in_the_words_of_the_command(command: str, becomes: str) -> None:
    """P3: read before it runs, and part of what consent is given to."""
    assert held(command) == becomes


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("kubectl --context=staging get pods", "it names the context 'staging', and kubectl is held to 'prod'"),
        ("kubectl get pods --context staging", "it names the context 'staging'"),
        ("kubectl get pods -n kube-system", "'kube-system', and kubectl is held to 'shop' or 'ingress'"),
        ("kubectl logs -fn other web", "it names the namespace 'other'"),
        ("kubectl get pods -nother", "it names the namespace 'other'"),
        ("kubectl get pods -A", "it says -A, and kubectl is held to"),
        ("kubectl --kubeconfig=/etc/x get pods", "it says --kubeconfig"),
        ("kubectl -s https://other get pods", "it says -s"),
        ("kubectl delete pod x --context prod --context test", "it names the context 'test'"),
        ("docker -H tcp://other ps", "it says -H"),
        ("docker --config x -c other ps", "it names the context 'other'"),
        ("docker-compose --cont other up -d", "it names the context 'other'"),
        ("aws --prof other s3 ls", "it names the profile 'other'"),
        ("aws s3 ls --region=us-east-1", "it names the region 'us-east-1'"),
        ("kubectl get pods --namespace $NAMESPACE", "it names the namespace '$NAMESPACE'"),
        ("df -h | sudo kubectl --context test get pods", "it names the context 'test'"),
    ],
)
def test_a_command_that_names_another_one_is_refused(command: str, why: str) -> None:
    """P3, F53: in any form that the program itself would understand; nothing is put in the place of what was meant."""
    assert held(command).startswith("! ")
    assert why in held(command)


def test_any_namespace_may_be_named_where_the_team_says_so() -> None:
    """And what is not pinned is left as it is."""
    assert held("kubectl get pods -A", Pins(kubectl_namespaces=("shop", "*"))) == "kubectl get pods -A"
    assert held("kubectl get pods", Pins(kubectl_namespaces=("shop", "*"))) == "kubectl --namespace=shop get pods"
    assert held("kubectl get pods -n x", Pins(kubectl_namespaces=("*",))) == "kubectl get pods -n x"
    assert held("kubectl --context a get pods | aws s3 ls", Pins()) == "kubectl --context a get pods | aws s3 ls"
