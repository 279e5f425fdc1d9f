"""How `tocsin.toml` describes the hosts on which steps run."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.settings.test_settings import MINIMAL, problems, read
from tocsin.app.execution.ordering import directory_of
from tocsin.app.team import ServiceSettings
from tocsin.incident.target import LOCAL, SshHost, Target, TargetKind
from tocsin.runbook.command.pinning import Pins
from tocsin.runbook.instructions import Command, Effect, Termination
from tocsin.settings.loading import settings_of

HOME = {"HOME": "/home/you"}
KEY = "ssh-ed25519 " + "A" * 68
TARGET = """
[target.production]
kind = "ssh"
address = "web-1.example.com"
user = "deploy"
hosts = ["production-server"]
directory = "/srv/shop"
"""


def test_a_host_is_described_with_its_pinned_key(tmp_path: Path) -> None:
    """What the adapter needs, and nothing that could be taken for an option of ssh."""
    found = read(f'{MINIMAL}{TARGET}host_keys = ["{KEY}"]', tmp_path, HOME).team.targets["production"]
    assert found.kind is TargetKind.SSH
    assert (found.hosts, found.directory) == (("production-server",), "/srv/shop")
    assert found.ssh == SshHost("web-1.example.com", "deploy", 22, "", (KEY,))


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (TARGET, r"target\.production\.host_keys: is missing: `ssh-keyscan -p 22 web-1\.example\.com`"),
        (f'{TARGET}host_keys = ["nothing"]', "must be a type and a key"),
        (f'{TARGET}host_keys = ["{KEY}"]\nknown_hosts = "k"', "not both"),
        (f'[target.a]\nkind = "ssh"\nhost_keys = ["{KEY}"]', r"target\.a\.address: is missing"),
        (f'[target.a]\nkind = "ssh"\naddress = "-oProxyCommand=id"\nhost_keys = ["{KEY}"]', "without user and port"),
        (f'[target.a]\nkind = "ssh"\naddress = "a"\nuser = "-l"\nhost_keys = ["{KEY}"]', "name of an account"),
    ],
)
def test_a_host_that_is_not_sound_is_refused_with_its_setting(lines: str, told: str, tmp_path: Path) -> None:
    """No key that is trusted at first sight, and no word that ssh would read as an option."""
    assert re.search(told, problems(MINIMAL + lines, tmp_path, HOME))


def command(directory: str | None = None) -> Command:
    """A command that the runbook has in this folder."""
    return Command("df -h", Effect.READ_ONLY, Termination.BOUNDED, directory=directory)


def test_the_folder_of_a_step_belongs_to_its_target() -> None:
    """The runbook's `cd` first; a folder of the server's own machine means nothing on a host, and vice versa."""
    host = Target("production", TargetKind.SSH, directory="/srv/shop")
    here = ServiceSettings("shop", "Shop", Path("/runbooks/R.md"), directory=Path("/local/shop"))
    there = ServiceSettings("shop", "Shop", Path("/runbooks/R.md"), directory=Path("/opt/shop"), target="production")
    neither = ServiceSettings("shop", "Shop", Path("/runbooks/R.md"), root=Path("/runbooks"))
    assert directory_of(here, command("/var/www"), host) == "/var/www"
    assert directory_of(here, command("/path/to/shop"), host) == "/srv/shop"
    assert directory_of(here, command(), host) == "/srv/shop"
    assert directory_of(there, command(), host) == "/opt/shop"
    assert directory_of(here, command(), LOCAL) == "/local/shop"
    assert directory_of(neither, command(), LOCAL) == "/runbooks"
    assert directory_of(neither, command(), Target("bare", TargetKind.SSH)) is None


def test_the_cluster_and_the_account_of_a_target_are_pinned(tmp_path: Path) -> None:
    """What commands are held to is said once, by target; what a program would take for an option is refused."""
    lines = """
[target.eu]
environment = "staging"
kubectl_context = "staging-eu"
kubectl_namespaces = ["shop", "*"]
aws_profile = "shop-staging"
"""
    pins = read(MINIMAL + lines, tmp_path, HOME).team.targets["eu"].pins
    assert pins == Pins("staging-eu", ("shop", "*"), "", "shop-staging", "")
    assert pins.words == ("kubectl context staging-eu", "namespace shop or *", "AWS profile shop-staging")
    wrong = problems(f'{MINIMAL}[target.eu]\naws_profile = "-x"', tmp_path, HOME)
    assert "target.eu.aws_profile: must be a name without spaces" in wrong


@pytest.mark.parametrize(
    ("runbook", "folder"), [("docs/RUNBOOK.md", "shop"), ("RUNBOOK.md", "shop"), ("../till/docs/R.md", "till/docs")]
)
def test_steps_run_where_the_settings_are_when_the_runbook_is_below(runbook: str, folder: str, tmp_path: Path) -> None:
    """Commands of `docs/RUNBOOK.md` are written for the top of its repository, where `tocsin.toml` is."""
    (tmp_path / "shop").mkdir()
    text = f'version = 1\n[service.shop]\nrunbook = "{runbook}"\n'
    settings = settings_of(tomllib.loads(text), tmp_path / "shop" / "tocsin.toml", environ={}, flags={})
    assert directory_of(settings.team.services["shop"], command(), LOCAL) == str(tmp_path / folder)
