"""Which cluster, which Docker, which account a command reaches: held by the team, not by whoever was here last."""

from __future__ import annotations

import shlex

import pytest

from tocsin.runbook.command.pinning import Pins, pinned

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
        ("kubectl exec web -it -- ls -n x", "kubectl --context=prod --namespace=shop exec web -it -- ls -n x"),
        ("docker-compose --proj web ps", "docker-compose --context=prod-docker --proj web ps"),
        ("docker --tlscacert ca ps -c", "docker --context=prod-docker --tlscacert ca ps -c"),
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
        ("helm upgrade -in staging web .", "it names the namespace 'staging'"),
        ("helm ls -dn staging", "it names the namespace 'staging'"),
        ("helm ls -rn staging", "it names the namespace 'staging'"),
        ("aws --p other s3 ls", "it names the profile 'other'"),
        ("aws --r us-east-1 s3 ls", "it names the region 'us-east-1'"),
        ("aws --endpoint-url https://other s3 ls", "it says --endpoint-url, and aws is held to"),
        ("aws --endp=https://other s3 ls", "it says --endp"),
        ("docker --tlscacert ca --context other ps", "it names the context 'other'"),
        ("docker --tlscert c --tlskey k -H tcp://other ps", "it says -H"),
        ("docker -Dl debug -c other ps", "it names the context 'other'"),
        ("docker -Dl -- -c other ps", "it names the context 'other'"),
        ("docker -l= -c other ps", "it names the context 'other'"),
        ("docker-compose --tlscacert ca -H tcp://other ps", "it says -H"),
        ("docker-compose --profile web --context other ps", "it names the context 'other'"),
        ("docker-compose --project-directory /srv --context other ps", "it names the context 'other'"),
        ("docker-compose --proj web --context other ps", "it names the context 'other'"),
        ("docker-compose --ansi never --parallel 2 --context other ps", "it names the context 'other'"),
        ("docker-compose --c other ps", "it names the context 'other'"),
        ("kubectl get pods -l -- --context=test", "it names the context 'test'"),
        ("timeout 60 kubectl --context test get pods", "it names the context 'test'"),
        ("kubectl get pods -o name | xargs kubectl delete -n other", "it names the namespace 'other'"),
    ],
)
def test_a_command_that_names_another_one_is_refused(command: str, why: str) -> None:
    """P3, F53: in any form that the program itself would understand; nothing is put in the place of what was meant."""
    assert held(command).startswith("! ")
    assert why in held(command)


@pytest.mark.parametrize(
    ("command", "becomes"),
    [
        ("timeout 60 kubectl get pods", "timeout 60 kubectl ^ get pods"),
        ("sudo timeout -k 5 60 kubectl get pods", "sudo timeout -k 5 60 kubectl ^ get pods"),
        ("env K=V kubectl get pods", "env K=V kubectl ^ get pods"),
        ("sudo K=V kubectl get pods", "sudo K=V kubectl ^ get pods"),
        ("nice nohup kubectl get pods", "nice nohup kubectl ^ get pods"),
        ("time /usr/bin/kubectl get pods", "time /usr/bin/kubectl ^ get pods"),
        ("command kubectl get pods", "command kubectl ^ get pods"),
        ("cat pods | xargs -n 1 kubectl delete pod", "cat pods | xargs -n 1 kubectl ^ delete pod --"),
        ("cat pods | sudo xargs -r timeout 5 kubectl top", "cat pods | sudo xargs -r timeout 5 kubectl ^ top --"),
        ("cat pods | xargs -I x kubectl delete pod x", "cat pods | xargs -I x kubectl ^ delete pod -- x"),
        ("cat pods | xargs -I x kubectl get pod/x -o wide", "cat pods | xargs -I x kubectl ^ get pod/x -o wide"),
        ("cat pods | xargs kubectl exec web -- ls", "cat pods | xargs kubectl ^ exec web -- ls"),
        ("find . -name y -exec kubectl apply -f {} +", "find . -name y -exec kubectl ^ apply -f {} +"),
    ],
)
def test_a_program_is_held_behind_what_only_says_how_it_runs(command: str, becomes: str) -> None:
    """P3: a limit of time, a variable, xargs and find lead to the same cluster as the command alone."""
    assert held(command).replace("'{}'", "{}") == becomes.replace("^", "--context=prod --namespace=shop")


@pytest.mark.parametrize(
    "command",
    [
        "bash -c 'kubectl get pods'",
        "sudo su - ops -c 'cd /srv; docker ps'",
        "su ops '-ckubectl get pods'",
        "ssh web kubectl get pods",
        "nice -n 10 kubectl get pods",
        "ionice -c2 docker ps",
        "flock /run/lock /usr/bin/kubectl get pods",
        "cat pods | xargs -I x sh -c 'kubectl delete pod x'",
        "env -S 'K=V kubectl get pods' docker ps",
        "env -u kubectl docker ps",
        "find . -okdir kubectl apply -f x",
        "find . -exec echo x + -exec kubectl apply -f x +",
        "find . -exec docker ps + -exec kubectl apply -f x +",
        "find . -execdir kubectl apply -f x + -exec docker ps +",
        "find . -execdir nice /usr/bin/kubectl apply -f x + -exec docker ps +",
        "docker run -v /root:/root bitnami/kubectl:1.29 get pods",
        "make deploy KUBECTL=kubectl",
    ],
)
def test_a_program_that_cannot_be_held_where_it_stands_is_refused(command: str) -> None:
    """P3: what is not understood does not run, and the sentence says what to write instead."""
    assert "where what is pinned on its target cannot be put in: write `" in held(command)
    assert not held(command, Pins()).startswith("!")


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("cat words | xargs kubectl", "xargs may give kubectl an option"),
        ("cat words | xargs -I x kubectl delete pod x --now", "xargs may give kubectl an option"),
        ("cat words | xargs kubectl exec web", "xargs may give kubectl an option"),
        ("cat words | xargs docker -D", "xargs may give docker an option"),
        ("cat words | xargs docker-compose -f web.yml", "xargs may give docker-compose an option"),
        ("cat words | xargs aws s3 rm", "xargs may give aws an option"),
        ("cat words | xargs env", "xargs takes the program that it runs from what it reads"),
        ("cat words | xargs sudo -u ops", "xargs takes the program that it runs from what it reads"),
        ("cat words | xargs -I {} {} get pods", "xargs takes the program that it runs from what it reads"),
        ("cat words | xargs sh -c", "xargs gives what it reads to sh"),
        ("cat words | xargs -I{} bash -c 'ls {}'", "xargs gives what it reads to bash"),
        ("cat words | sudo sh", "sh may run what is piped into it"),
        ("cat words | bash -s", "bash may run what is piped into it"),
        ("""bash -c 'kube""ctl get pods'""", "where what is pinned on its target cannot be put in"),
        ("""bash -c "kube\\ctl get pods" """, "where what is pinned on its target cannot be put in"),
        ("""sudo su - ops -c 'do""cker ps'""", "where what is pinned on its target cannot be put in"),
        ("bash -c 'k=kube; ${k}ctl get pods'", "puts the name of a program together"),
        ("bash -c '$(cat tool) get pods'", "puts the name of a program together"),
        ("sh -c 'eval \"$X\"'", "`eval` runs what nobody can read"),
        ("sh -c 'cat f ; sh <<< x'", "sh may run what is piped into it"),
        ("bash -c 'bash -c \"k=kube; \\${k}ctl\"'", "puts the name of a program together"),
        ("find . -exec sh -c '$0 get pods' {} +", "puts the name of a program together"),
        ("bash -c 'if then'", "the text of the shell cannot be read"),
    ],
)
def test_what_becomes_a_command_only_while_it_runs_does_not_run_on_a_held_target(command: str, why: str) -> None:
    """P3: words read by xargs, piped into a shell, or put together in a text could name another cluster."""
    assert held(command).startswith("! ")
    assert why in held(command)
    assert not held(command, Pins()).startswith("!")


@pytest.mark.parametrize(
    "command",
    [
        "cat pods | xargs rm -f",
        "cat pods | xargs docker stop",
        "bash -c 'df -h && free -m'",
        "bash --noprofile --norc -eu -o pipefail -c 'for i in 1 2; do uptime; done'",
        "sh backup.sh",
        "find . -name x -exec rm {} +",
    ],
)
def test_what_can_be_read_runs_on_a_held_target(command: str) -> None:
    """A shell, xargs and find are no reason by themselves."""
    assert held(command) == shlex.join(shlex.split(command)).replace("'|'", "|").replace(
        "xargs docker stop", "xargs docker --context=prod-docker stop"
    )


@pytest.mark.parametrize(
    ("command", "variable"),
    [
        ("sudo KUBECONFIG=/x kubectl get pods", "KUBECONFIG"),
        ("env -i KUBECONFIG=/x kubectl get pods", "KUBECONFIG"),
        ("env DOCKER_HOST=tcp://other docker ps", "DOCKER_HOST"),
        ("env K=V AWS_PROFILE=other aws s3 ls", "AWS_PROFILE"),
        ("cat x | xargs env AWS_ENDPOINT_URL=https://other aws s3 rm", "AWS_ENDPOINT_URL"),
    ],
)
def test_a_variable_that_leads_elsewhere_is_refused(command: str, variable: str) -> None:
    """P3: the same context in another file of contexts is another cluster."""
    assert f"it sets {variable} for" in held(command)


@pytest.mark.parametrize(
    "command",
    [
        "sudo systemctl restart docker",
        "journalctl -u docker.service",
        "which kubectl",
        "du -sh /var/lib/docker",
        "find /var/lib/docker -size +1G -exec ls -lh {} +",
        "git -C deploy/helm/web pull",
        "make docker-compose.yml",
    ],
)
def test_a_program_whose_name_is_only_a_word_is_left_alone(command: str) -> None:
    """The service of that name, its files, a search for it: nothing is run that a context could hold."""
    assert held(command) == shlex.join(shlex.split(command))
    assert held("sudo -g docker docker ps") == "sudo -g docker docker --context=prod-docker ps"


def test_what_may_be_the_value_of_another_option_is_not_taken_for_the_pin() -> None:
    """P3: it is put in all the same; of two that are said, the program takes the later."""
    assert (
        held("kubectl get pods -l --context=prod -nshop") == "kubectl --context=prod get pods -l --context=prod -nshop"
    )
    assert held("kubectl logs -fn ingress web") == "kubectl --context=prod --namespace=shop logs -fn ingress web"


def test_any_namespace_may_be_named_where_the_team_says_so() -> None:
    """And what is not pinned is left as it is."""
    assert held("kubectl get pods -A", Pins(kubectl_namespaces=("shop", "*"))) == "kubectl get pods -A"
    assert held("kubectl get pods", Pins(kubectl_namespaces=("shop", "*"))) == "kubectl --namespace=shop get pods"
    assert held("kubectl get pods -n x", Pins(kubectl_namespaces=("*",))) == "kubectl get pods -n x"
    assert held("kubectl --context a get pods | aws s3 ls", Pins()) == "kubectl --context a get pods | aws s3 ls"
