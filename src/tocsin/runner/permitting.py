"""What a runner allows, whoever asks: it is asked last, on its own host, and knows no exception."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.app.envelopes import Errand
from tocsin.runbook.playbook import Effect

SHELL = "shell"
"""Allows steps that only a shell can run, beside the effects that they may have."""
ALLOWING: dict[str, tuple[str, ...]] = {
    Effect.READ_ONLY.value: (Effect.READ_ONLY.value,),
    Effect.MUTATING.value: (Effect.MUTATING.value, Effect.UNKNOWN.value),
    Effect.DESTRUCTIVE.value: (Effect.DESTRUCTIVE.value,),
    SHELL: (SHELL,),
}
"""What `--allow` may say, and what it means: an effect that nobody knows is treated as a change."""


@dataclass(frozen=True, slots=True)
class Permits:
    """Effects, programs (empty: any) and variables of this host's environment that a run may have."""

    effects: tuple[str, ...] = (Effect.READ_ONLY.value,)
    programs: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()

    def why_not(self, errand: Errand) -> str:
        """What stands in the way of a job here; empty when nothing does.

        A program is allowed by the word that the command calls it by: `psql` does not allow `./psql`. Who allows
        `sudo`, `sh` or the like allows everything. A step that only a shell can run needs ``shell`` among the effects,
        and where programs are listed, its ``bash`` among them.
        """
        if errand.job.shell is not None and SHELL not in self.effects:
            return f"this runner allows no step that needs a shell: start it with `--allow {SHELL}`"
        if errand.effect not in self.effects:
            word = next((word for word, effects in ALLOWING.items() if errand.effect in effects), errand.effect)
            return f"this runner allows no {word} steps: start it with `--allow {word}`"
        if self.programs:
            called = [stage[0] if stage else "" for stage in errand.job.pipeline]
            for word in called:
                if word not in self.programs:
                    return f"this runner does not allow {word}: start it with `--program {word}`"
        for name in errand.job.variables:
            if name not in self.variables and _uses(errand, name):
                return f"this runner lends {name} to no step: start it with `--variable {name}`"
        return ""


def _uses(errand: Errand, name: str) -> bool:
    if errand.job.shell is not None:
        return name in errand.job.shell.needs
    words = [word for stage in errand.job.pipeline for word in stage]
    return any(f"${name}" == word or f"${{{name}}}" in word for word in words)
