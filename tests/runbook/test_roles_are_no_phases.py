"""A heading for somebody who communicates is that of a role, and no phase of the response."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook


@pytest.mark.parametrize(
    "role",
    ["Communications lead", "Communication coordinator", "Responsable communication", "Responsable de comunicación"],
)
def test_who_communicates_is_no_phase(role: str) -> None:
    """Whatever stands below it is what that one does; the chapter on communicating beside it stays a phase."""
    text = (
        f"# Mill runbook\n\n## Roles\n\n### {role}\n\n- Drafts the notices\n- Answers the co-operative\n\n"
        "## Communication\n\n- Update the status page\n"
    )
    playbook = compile_runbook(text.encode())
    assert [one.title for one in playbook.phases] == ["Communication"]
    assert [one.text for one in playbook.communication] == ["Update the status page"]
