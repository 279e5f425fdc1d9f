"""Times in chapters on the report and on telling people that are of something else: no deadline, and no rhythm."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook

_OTHER_WORK = [
    "Close the ticket within 24 hours.",
    "Send the insurance claim within 5 days.",
    "Customers get credits within 30 days.",
    "Rotate all keys within 24 hours of a leak.",
    "Archive the channel after 7 days.",
    "Das Ticket innerhalb von 24 Stunden schließen.",
    "Fermer le ticket sous 24 heures.",
    "Cerrar el ticket en 24 horas.",
    "Chiudere il ticket entro 24 ore.",
    "Закрыть тикет в течение 24 часов.",
    "24時間以内にチケットを閉じる。",
    "24小时内关闭工单。",
    "Fechar o chamado em até 24 horas.",
    "Sluit het ticket binnen 24 uur.",
    "Zamknąć zgłoszenie w ciągu 24 godzin.",
    "24시간 이내에 티켓을 닫는다.",
]


def test_the_deadline_of_other_work_is_not_that_of_the_report() -> None:
    """The chapter states no deadline of its report then; its own, named or not, is read beside it."""
    for said in _OTHER_WORK:
        for form in ("{}", "- {}", "- [ ] {}"):
            chapter = f"# Mill\n\n## Post-mortem\n\nHold a post-mortem for SEV1.\n\n{form.format(said)}\n"
            policy = compile_runbook(chapter).postmortem
            assert policy is not None, said
            assert policy.due is None, said
            policy = compile_runbook(f"{chapter}\nWithin 48 hours.\n").postmortem
            assert policy is not None, said
            assert policy.due is not None, said
            assert policy.due.seconds == 48 * 3600, said


@pytest.mark.parametrize(
    "said",
    [
        "Check the dashboard every 15 minutes.",
        "Take a snapshot every hour.",
        "Retry the job every 10 minutes until it works.",
        "The queue is flushed every 2 minutes.",
        "Prüfe das Dashboard alle 15 Minuten.",
        "Revisar el panel cada 15 minutos.",
    ],
)
def test_how_often_something_else_is_done_is_no_rhythm_of_updates(said: str) -> None:
    """Not even in the chapter on communication, where a bare rhythm is one."""
    assert compile_runbook(f"# Mill\n\n## Communication\n\n- {said}\n").cadences == ()
    (told,) = compile_runbook(f"# Mill\n\n## Communication\n\n- {said}\n- Every 45 minutes until it is over\n").cadences
    assert told.every.seconds == 45 * 60
