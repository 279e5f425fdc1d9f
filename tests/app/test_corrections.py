"""A side file beside a service's runbook is honoured by the server, not only by the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.shop import RUNBOOK
from tocsin.app.playbooks import shelve
from tocsin.app.team import ServiceSettings
from tocsin.errors import BadDocument
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Effect


def test_a_service_is_served_with_its_corrections(tmp_path: Path) -> None:
    """The playbook in force is the corrected one, under an id of its own."""
    runbook = tmp_path / "RUNBOOK.md"
    runbook.write_bytes(RUNBOOK)
    service = ServiceSettings("shop", "Shop", runbook)
    plain = shelve(service, None, compile_runbook).playbook
    step = next(one for one in plain.steps().values() if one.command)
    side = tmp_path / "RUNBOOK.overrides.toml"
    side.write_text(f'[step.{step.id}]\neffect = "destructive"\n')
    corrected = shelve(service, None, compile_runbook).playbook
    command = corrected.steps()[step.id].command
    assert command is not None
    assert command.effect is Effect.DESTRUCTIVE
    assert corrected.id != plain.id
    side.write_text("[step")
    with pytest.raises(BadDocument, match=r"RUNBOOK\.overrides\.toml"):
        shelve(service, None, compile_runbook)
