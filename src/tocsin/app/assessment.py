"""The assessment: what the runbook asks about an incident, answered by whoever knows, and anew when that changes."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.app.access import Caller, Permission
from tocsin.app.desk import Desk
from tocsin.app.execution.steps import Steps
from tocsin.app.incidents import Acted
from tocsin.app.playbooks import Playbooks
from tocsin.app.store import Store
from tocsin.errors import BadInput, NotFound
from tocsin.incident.assessment import Question, questions
from tocsin.incident.step_facts import StepOutcome


@dataclass(slots=True)
class Assessment:
    """The use cases around the questions of the runbook."""

    store: Store
    desk: Desk
    playbooks: Playbooks
    steps: Steps

    def list(self, caller: Caller, incident_id: str) -> tuple[Question, ...]:
        """The questions of the runbook that the incident pinned, with the answers so far."""
        caller.require(Permission.READ, incident_id)
        with self.store.read() as tx:
            incident = self.desk.one(tx, incident_id)
            playbook = self.playbooks.pinned(tx, incident.playbook)
        return questions(incident, playbook)

    def answer(self, caller: Caller, incident_id: str, step_id: str, text: str) -> Acted:
        """Answer a question, or answer it anew. Raises NotFound for what is no question, BadInput for no words."""
        caller.require(Permission.RESPOND, incident_id)
        asked = {one.step: one for one in self.list(caller, incident_id)}
        if step_id not in asked:
            raise NotFound(f"the runbook of {incident_id} asks no question {step_id!r}")
        if not text.strip():
            raise BadInput(f'"{asked[step_id].text}": an answer needs words; write `unknown` if nobody knows yet')
        return self.steps.tick(caller, incident_id, step_id, StepOutcome.DONE, text.strip())
