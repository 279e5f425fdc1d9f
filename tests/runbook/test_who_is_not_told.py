"""Who is not to be told, and who is all the same: nobody, nothing, no need to, what is switched off, in nine languages.

Publishing fails closed: what would tell somebody who is not to be told is no duty. Each line begins with its language.
"""

from __future__ import annotations

import pytest

from tests.runbook.circumstances_in_words import by_language
from tocsin.runbook.compile import compile_runbook

# fmt: off
NOT_TOLD = by_language("""
en Tell customers nothing | Inform no one | Nobody tells the press | Disable alerts that notify customers
en Say nothing to customers yet | No notification to customers | Customers are not informed
en Do not tell anyone outside the team | No one informs the press | Nothing is sent to customers
en Customers need not be told | There is no need to inform customers | Stop notifying customers
en Mute the channel that informs customers | Keep messages short, 2 minutes to read
en Neither customers nor press are informed | The press hears nothing from us | Never announce a cause
en Nobody outside the crew is told | Do not post on social media | No tweets | Don't email the bakers | Say nothing
en No status page entry
de Kunden nichts mitteilen | Niemanden informieren | Niemand informiert die Presse | Kunden werden nicht informiert
de Keine Nachricht an Kunden | Keine Benachrichtigung der Kunden | Kunden müssen nicht informiert werden
de Nach außen wird nichts gesagt | Die Presse erfährt nichts | Nichts veröffentlichen
fr Ne rien dire aux clients | N'informer personne | Personne n'informe la presse | Les clients ne sont pas informés
fr Aucune notification aux clients | Inutile d'informer les clients | Aucun message à la presse | Rien n'est publié
es No decir nada a los clientes | No informar a nadie | Nadie informa a la prensa | Los clientes no son informados
es Ninguna notificación a los clientes | No hace falta informar a los clientes | La prensa no recibe nada
es No publicar nada | No se avisa a los clientes
pt Não dizer nada aos clientes | Não informar ninguém | Ninguém informa a imprensa | Os clientes não são informados
pt Nenhuma notificação aos clientes | Não é preciso informar os clientes | Nada é publicado
pt Não se avisa a imprensa
it Non dire nulla ai clienti | Non informare nessuno | Nessuno informa la stampa | I clienti non vengono informati
it Nessuna notifica ai clienti | Non serve informare i clienti | Non si avvisano i clienti | Nulla viene pubblicato
ja 顧客には連絡しない | 通知不要 | 誰にも連絡しない | 顧客への通知は不要 | 報道機関には通知しないこと
ja 社外には一切知らせない | 公表しない
zh 无需通知 | 不要通知客户 | 不必通知客户 | 任何人都不通知 | 客户无须告知 | 不对外通知 | 不得对外公布 | 无需告知客户
ru Клиентам ничего не сообщать | Никого не уведомлять | Никто не сообщает прессе | Клиентов не уведомляем
ru Уведомлять клиентов не нужно | Без уведомления клиентов | Прессе ничего не говорим | Не публиковать причину
""")
TOLD = by_language("""
en Tell customers everything we know | Inform nobody but the board | Tell the press nothing but the facts
en Notify customers within the hour | Do not forget to inform customers | Inform customers without delay
en Tell no one but the press officer | Not only customers, inform the press as well | Post a note on the status page
en Inform the board without naming causes | Announce it in the channel | Notify the bakers unless it is night
en Nobody is told before the board: inform the board first
de Kunden alles mitteilen, was wir wissen | Kunden innerhalb einer Stunde informieren
de Kunden unverzüglich informieren | Nicht vergessen: Kunden informieren | Zuerst die Bäcker informieren
de Statusseite aktualisieren | Presse innerhalb von zwei Stunden informieren
fr Informer les clients dans l'heure | Informer les clients sans délai | Prévenir la presse
fr Informer d'abord les clients
es Informar a los clientes en una hora | Informar a los clientes sin demora | Avisar a la prensa
es Avisar primero a los clientes
pt Informar os clientes em uma hora | Informar os clientes sem demora | Avisar a imprensa
pt Avisar primeiro os clientes
it Informare i clienti entro un'ora | Informare i clienti senza indugio | Avvisare la stampa
it Avvisare prima i clienti
ja 顧客に連絡する | 1時間以内に顧客へ通知
zh 通知客户 | 一小时内通知客户 | 先告知客户
ru Уведомить клиентов в течение часа | Без промедления уведомить клиентов | Сообщить прессе
ru Сначала уведомить клиентов
""")
# fmt: on

CHAPTER = "# Mill\n\n## Incident response\n\n### Communication\n\n"
STEPS = "# Mill\n\n## Incident: Mill stands still\n\n**Symptoms:** no flour\n\n**Fix:**\n\n- Look at the mill\n"


def duties(above: str, sentences: list[str]) -> set[str]:
    """The duties to tell somebody of a document with these items."""
    text = above + "".join(f"- {said}\n" for said in sentences)
    return {rule.text for rule in compile_runbook(text).communication}


@pytest.mark.parametrize("above", [CHAPTER, STEPS], ids=["chapter", "steps"])
@pytest.mark.parametrize("language", NOT_TOLD)
def test_nobody_is_told_who_is_not_to_be_told(language: str, above: str) -> None:
    """ "Tell customers nothing", "Nobody tells the press", "Stop notifying customers": no duty to tell them."""
    assert duties(above, NOT_TOLD[language]) == set()


@pytest.mark.parametrize("above", [CHAPTER, STEPS], ids=["chapter", "steps"])
@pytest.mark.parametrize("language", TOLD)
def test_whoever_is_to_be_told_is_told(language: str, above: str) -> None:
    """ "Inform nobody but the board", "Do not forget to inform customers": those are told."""
    assert set(TOLD[language]) - duties(above, TOLD[language]) == set()


def test_what_is_done_once_and_what_only_tells_a_figure_is_no_recurring_duty() -> None:
    """ "Migrate it (once)" and "Annual revenue is 2 million" come back never; "Weekly check: 20 minutes" does."""
    items = (
        *("Migrate the database (once)", "One-time: move the archive", "Einmalig: Archiv umziehen"),
        *("Migrar la base (una sola vez)", "Migrer la base (une seule fois)", "Migrare il database (una tantum)"),
        *("Мигрировать базу (однократно)", "移行する（一度だけ）", "一次性迁移数据库"),
        *("Annual revenue is 2 million", "Monthly active users: 3000", "Daily traffic is about 300 requests"),
    )
    kept = ("Check the backups weekly", "Weekly check: 20 minutes", "Rotate the keys once a year")
    text = "# Mill\n\n## Maintenance\n\n" + "".join(f"- {item}\n" for item in (*items, *kept))
    assert {duty.title for duty in compile_runbook(text).duties} == set(kept)
