"""Where a step stands, in one word: the life of its run as every screen shows it."""

from __future__ import annotations

from enum import StrEnum


class StepPhase(StrEnum):
    """The life of a step. What ends it is a ``StepOutcome`` of the same name."""

    PENDING = "pending"
    WAITING = "waiting"  # the time that the runbook asks for runs
    AWAITING_PARAMETERS = "awaiting_parameters"  # pending, with blanks that only a person can fill
    AWAITING_APPROVAL = "awaiting_approval"
    DISPATCHED = "dispatched"  # ordered, and not begun: it waits for a place, or for a runner
    RUNNING = "running"
    CANCELLING = "cancelling"  # asked to end; it has not said yet that it did
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    DONE = "done"  # by hand
    DID_NOT_HELP = "did_not_help"
    UNKNOWN = "unknown"

    @property
    def says(self) -> str:
        """It in words, the same on every screen.

        >>> StepPhase.DONE.says, StepPhase.AWAITING_APPROVAL.says, StepPhase.UNKNOWN.says
        ('done by hand', 'awaiting approval', 'outcome unknown')
        """
        return _IN_WORDS.get(self, self.value.replace("_", " "))


_IN_WORDS = {
    StepPhase.WAITING: "watching",
    StepPhase.CANCELLING: "being cancelled",
    StepPhase.DONE: "done by hand",
    StepPhase.UNKNOWN: "outcome unknown",
}
