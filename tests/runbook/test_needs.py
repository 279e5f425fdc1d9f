"""What a command needs, how that is looked for, and what its absence is called."""

from __future__ import annotations

import pytest

from tocsin.runbook.command.needs import Need, NeedKind, Seen, missing, needs, probe

P, T, D = NeedKind.PROGRAM, NeedKind.MAKE_TARGET, NeedKind.DEPLOYMENT


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("df -h", [Need(P, "df")]),
        ("sudo -n systemctl restart shop", [Need(P, "sudo"), Need(P, "systemctl"), Need(NeedKind.UNIT, "shop")]),
        ("make restart service=<service-name>", [Need(P, "make"), Need(T, "restart")]),
        ("make -C app restart", [Need(P, "make")]),
        ("curl -f https://shop.example/health", [Need(P, "curl"), Need(NeedKind.URL, "https://shop.example/health")]),
        ("curl -X POST https://shop.example/flush", [Need(P, "curl")]),
        ("curl -fsS https://${HOST}/health", [Need(P, "curl")]),
        ("pm2 restart shop-api", [Need(P, "pm2"), Need(NeedKind.PROCESS, "shop-api")]),
        ("pm2 restart all", [Need(P, "pm2")]),
        ("pm2 start ecosystem.config.js", [Need(P, "pm2")]),
        ("kubectl -n shop rollout undo deployment/api", [Need(P, "kubectl"), Need(D, "api", ("-n", "shop"))]),
        ("kubectl scale deployment api --replicas=5", [Need(P, "kubectl"), Need(D, "api")]),
        ("kubectl get pods", [Need(P, "kubectl")]),
    ],
)
def test_a_command_tells_what_has_to_be_there(words: str, wanted: list[Need]) -> None:
    """Only what can be looked for without changing anything, and nothing that a person still fills in."""
    assert list(needs([tuple(words.split())], ())) == wanted


def test_every_stage_and_every_variable_is_looked_for_once() -> None:
    """Both ends of a pipeline have to be installed."""
    found = needs([("psql", "$DSN"), ("grep", "x"), ("grep", "y")], ("DSN",))
    assert found == (Need(NeedKind.VARIABLE, "DSN"), Need(P, "psql"), Need(P, "grep"))


@pytest.mark.parametrize("kind", list(NeedKind))
def test_each_probe_only_looks(kind: NeedKind) -> None:
    """A probe is run every night on production, unasked: none has a word that changes anything."""
    words = probe(Need(kind, "name"))
    assert not {"restart", "delete", "apply", "scale", "-n", "-X", "rm"} & set(words)
    assert words[0] in ("sh", "kubectl", "pm2", "systemctl", "curl")


MAKEFILE = "VERSION := 1\n.PHONY: restart \\\n  logs\nrestart logs:\n\t@echo a: b\nscale: restart\n"


def seen(code: int, output: str) -> Seen:
    """What printed to standard output alone."""
    return Seen(code, output, output)


@pytest.mark.parametrize(
    ("need", "seen", "says"),
    [
        (Need(P, "jq"), seen(127, ""), "jq is not installed there"),
        (Need(P, "jq"), seen(0, ""), ""),
        (Need(T, "scale"), seen(0, MAKEFILE), ""),
        (Need(T, "logs"), seen(0, MAKEFILE), ""),
        (Need(T, "VERSION"), seen(0, MAKEFILE), "the Makefile has no target VERSION"),
        (Need(T, "a"), seen(0, MAKEFILE), "the Makefile has no target a"),
        (Need(T, "other"), seen(0, MAKEFILE + "include more.mk\n"), ""),
        (Need(T, "other"), seen(0, MAKEFILE + "%.o: %.c\n"), ""),
        (Need(T, "scale"), seen(3, ""), "there is no Makefile in its folder"),
        (Need(NeedKind.URL, "http://a/h"), seen(0, "200"), ""),
        (Need(NeedKind.URL, "http://a/h"), seen(0, "503"), "http://a/h answers 503"),
        (
            Need(NeedKind.URL, "http://a/h"),
            Seen(7, "curl: (7) no route\n000", "000"),
            "does not answer: curl: (7) no route",
        ),
        (Need(D, "api"), seen(1, 'Error: deployments "api" not found'), "the deployment api was not found: Error"),
        (Need(NeedKind.PROCESS, "api"), seen(0, "online"), ""),
    ],
)
def test_absence_is_told_in_a_sentence(need: Need, seen: Seen, says: str) -> None:
    """What cannot be told for certain, as behind an include, is not told at all."""
    found = missing(need, seen)
    assert says in found
    assert bool(says) == bool(found)
