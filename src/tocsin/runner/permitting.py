"""What a runner allows, whoever asks: it is asked last, on its own host, and knows no exception.

It reads the words of a job itself, with the classifier of the product: a server that lies, or that somebody has broken
into, cannot call a deletion a look.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from tocsin.app.execution.envelopes import Errand
from tocsin.app.execution.runners import SHELL
from tocsin.app.ports import Job
from tocsin.runbook.command.effects import judge
from tocsin.runbook.command.needs import is_probe
from tocsin.runbook.command.shelled import SHELL as BASH
from tocsin.runbook.instructions import Effect

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
        if errand.job.shell is not None and _given_to_our_shell(errand.job) is None:
            return f"the server asks for a shell, but the words are not those of a runbook's: `{' '.join(BASH)} TEXT`"
        if errand.effect not in self.effects:
            word = _word(errand.effect)
            return f"this runner allows no {word} steps: start it with `--allow {word}`"
        own = effect_of(errand.job).value
        if own not in self.effects:
            word = _word(own)
            return (
                f"the server calls it {_word(errand.effect)}, this runner reads {word} in it and allows no such steps: "
                f"start it with `--allow {word}` if it is to run it"
            )
        if self.programs:
            called = [stage[0] if stage else "" for stage in errand.job.pipeline]
            for word in called:
                if word not in self.programs:
                    return f"this runner does not allow {word}: start it with `--program {word}`"
        for name in errand.job.variables:
            if name not in self.variables and _uses(errand, name):
                return f"this runner lends {name} to no step: start it with `--variable {name}`"
        return ""


def effect_of(job: Job) -> Effect:
    """What the words of a job do by this runner's own reading, whatever the server says of them.

    What a shell is given is a change at least; a probe of the daily look is a look.
    """
    if all(is_probe(tuple(stage)) for stage in job.pipeline):
        return Effect.READ_ONLY
    if job.shell is not None and (text := _given_to_our_shell(job)) is not None:
        found = judge(text).effect
        return Effect.MUTATING if found is Effect.READ_ONLY else found
    return judge(" | ".join(shlex.join(stage) for stage in job.pipeline)).effect


def _given_to_our_shell(job: Job) -> str | None:
    """The text that our shell is given; None when anything else would be started."""
    match [tuple(stage) for stage in job.pipeline]:
        case [(*words, text)] if tuple(words) == BASH:
            return text
    return None


def _word(effect: str) -> str:
    """What `--allow` calls it."""
    return next((word for word, effects in ALLOWING.items() if effect in effects), effect)


def _uses(errand: Errand, name: str) -> bool:
    if errand.job.shell is not None:
        return name in errand.job.shell.needs
    words = [word for stage in errand.job.pipeline for word in stage]
    return any(f"${name}" == word or f"${{{name}}}" in word for word in words)
