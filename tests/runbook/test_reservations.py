"""What keeps a command back without a plain "if": left to others, left out in a case, advised against, by whose leave.

Each sentence stands beside a command of an incident of its own, in one of the places in turn; all incidents of a
language are one document. Each line begins with its language.
"""

from __future__ import annotations

import pytest

from tests.runbook.circumstances_in_words import by_language
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import StepKind

# fmt: off
KEPT_BACK = by_language("""
en Reserved for the day the bakery is closed | Clear with the plant manager before touching this
en Hands off unless the kiln is cold | Please leave this to the night crew | Strictly a job for two
en This one is off limits until the audit is done | Not something to do on a Friday
en Skip this when the reservoir is low | Skip if the ferry is docked | Only the harbour master gets to do this
en Hold your fire while the crane is moving | Nothing of the sort in the live cluster
en No touching this outside the freeze window | Wait for a nod from accounting | If and when the buffer drains
en Assuming nobody is on the line | Given that both replicas agree | Requires the second key holder
en Two-person rule applies | Four eyes | With the harbour master's blessing | Once the tide has turned
en Don't even think about it on the primary | Best avoided during the sale | Avoid during month-end close
en To be used sparingly, and never on the leader | Break glass only | Emergency use only | For use in emergencies
en Under no circumstances during business hours | At no time while orders are coming in | By no means on node 1
en Subject to the duty officer's agreement | Contingent on a green build | Provided the standby has caught up
en Depending on what the lead says | Check with Marta before you pull this | Get Marta's okay
en Marta must be in the room | Marta signs this off | Not your call: ask the lead | Only with the customer watching
en Best done after dark | After sundown | In the quiet hours | East lock only
en Never mind the west lock, do this at the east one | Quay master only
en Ask yourself whether the barge is moored before you go on | Needs two signatures | Refrain during the regatta
en Steer clear of this on market days | Unless the quay master is present, no | Not a job for a lone watchman
en Hand this over to the harbour police | Moored barges only | Skip it during the regatta | Omit this for tankers
en Tankers: leave out | Only ever with the pumps off | Never with passengers aboard | No more than once per tide
en Written order required | On written orders | By order of the quay master
en At the request of the quay master | Hold until the pilot waves | When all else is lost | Not yet approved
en Requires written consent from the data owner | Do this only after legal has cleared it
en Not allowed on the billing cluster | Must not be run twice | Speak to the storage team before running this
en Leave this step to a DBA | Avoid on weekdays
en Avoid running this against the leader | This may only be done by the platform team
en Only with the vendor on the phone | Only once the write lock is gone | Under no circumstances on db1
en Never from a laptop | Do not use outside a change window | Skip on Windows hosts | Skip if replicas are in sync
en Forbidden while migrations are running | Ask in #ops before you go on | Get the release manager's go-ahead
en Needs the CTO's sign-off | With the consent of the customer only | Nobody but the DBA should touch this
en Only authorised staff may run this | For DBAs only | In an emergency only | As a very last resort
en Use at your own risk | Please check with Finance first | When CPU is above 90 % | If nothing else worked
en Assuming backups are recent | Provided nobody objects | Unless told otherwise | Whenever the cache is cold
es Mejor no hacerlo durante las rebajas | Déjelo para el turno de noche | No tocar sin el visto bueno de Marta
es Salta este paso si la presa está baja | Únicamente con el cliente delante | La decisión es del capitán del puerto
es No lo haga en días de mercado | Hace falta una orden por escrito | Sáltese para petroleros
es Jamás con pasajeros a bordo | Requiere el consentimiento del dueño de los datos
es Prohibido mientras corran migraciones | Solo puede hacerlo el equipo de plataforma | Nunca desde un portátil
es Evitar entre semana | Deje este paso a un DBA
pt Deixe isso para a equipe da noite | Melhor evitar durante o fechamento do mês
pt Só o mestre do porto pode mexer aqui | Pule se a balsa estiver atracada | Nem pensar em fazer isso no primário
pt Combine antes com a Marta | Depois do pôr do sol | A decisão é do mestre do porto | Somente na maré baixa
pt É preciso uma ordem por escrito | Pule para petroleiros
pt Jamais com passageiros a bordo | Exige consentimento do dono dos dados | Proibido enquanto as migrações rodam
pt Só o time de plataforma pode fazer isso | Nunca a partir de um notebook | Evitar em dias úteis
pt Deixe este passo para um DBA
fr À laisser à l'équipe de nuit | À éviter pendant les soldes | Uniquement si le client regarde
fr Sauter cette étape si le bac est à quai | Hors de question sur le primaire | Voir d'abord avec Marta
fr La décision revient au capitaine | À marée basse uniquement | S'abstenir les jours de marché
fr Il faut un ordre écrit | À confier à la police du port | Ne concerne que les pétroliers
fr Jamais avec des passagers à bord | Exige le consentement du propriétaire des données
fr Interdit pendant les migrations | Seule l'équipe plateforme peut le faire | Jamais depuis un portable
fr À éviter en semaine | Laissez cette étape à un DBA
de Bei Frost | Das überlassen wir der Nachtschicht | Finger weg, solange der Kran fährt | Nur für den Notfall
de Gilt für die Ostschleuse, nicht für die Westschleuse | Lieber nicht während des Monatsabschlusses
de Nicht ohne Martas Segen | Entfällt, wenn die Fähre am Kai liegt | Die Entscheidung liegt beim Hafenmeister
de Nur bei Ebbe | Bei dichtem Nebel | An Markttagen unterlassen | Schriftliche Anweisung erforderlich
de Für Tanker auslassen | Niemals mit Passagieren an Bord | Erfordert die Zustimmung des Dateneigners
de Verboten, solange Migrationen laufen | Das darf nur das Plattformteam | Niemals vom Laptop aus
de Werktags vermeiden | Diesen Schritt einem DBA überlassen | Bei über 90 % CPU | Bei umgeleitetem Verkehr
it Lasciare al turno di notte | Da evitare durante i saldi | Meglio non farlo sul primario
it Saltare se il traghetto è in porto | Solo il capitano del porto può farlo
it Vale per la chiusa est, non per quella ovest | La decisione spetta al capitano | Solo con la bassa marea
it Astenersi nei giorni di mercato | Serve un ordine scritto | Da affidare alla polizia portuale
it Non per le petroliere | Mai con passeggeri a bordo | Richiede il consenso del proprietario dei dati
it Vietato durante le migrazioni | Può farlo solo il team piattaforma | Mai da un portatile
it Da evitare nei giorni feriali | Lasciare questo passo a un DBA
ja 凍結時 | 夜勤に任せる | セール期間中は避ける | 渡し船が停泊中の場合はスキップ | 港長のみ可
ja マルタの許可なく触らないこと | 西側の水門には適用しない | 判断は港長に委ねる | 干潮時のみ | 濃霧の際
ja 市の日は控える | 書面による指示が必要 | タンカーの場合は省略 | データ所有者の同意が必要 | 移行中は禁止
ja 基盤チームのみ実施可 | ノートPCからは実行しない | 平日は避ける | この手順はDBAに任せる | CPUが90%を超えた場合
zh 结冰时 | 交给夜班处理 | 促销期间应避免 | 渡船靠岸时跳过此步 | 只有港长可以做 | 未经玛尔塔许可不得操作
zh 仅适用于东闸 | 仅限退潮时 | 赶集日请勿进行 | 需要书面指令 | 船上有乗客时不得执行 | 需要数据负责人同意
zh 迁移期间禁止 | 只有平台团队可以操作 | 切勿从笔记本执行 | 工作日应避免 | 此步骤交给 DBA | CPU 超过 90% 时
ru При морозе | Это оставьте ночной смене | Лучше не делать во время распродажи | Пропустить, если паром у причала
ru Только для начальника порта | Без разрешения Марты не трогать | Решение за капитаном порта | Только в отлив
ru Воздержаться в базарные дни | Нужен письменный приказ | Для танкеров пропустить | Никогда с пассажирами на борту
ru Требуется согласие владельца данных | Запрещено во время миграций | Это может делать только команда платформы
ru Никогда с ноутбука | Избегать в будни | Этот шаг оставьте администратору БД | При загрузке выше 90 %
""")
"""Of these a look is held back as well as what changes something."""

CASES = by_language("""
en Applies to the east lock, not the west one | Let the crane finish first | On overflow | With ice on the river
en During a thaw | Above 40 degrees | Quay must be clear | The barge has to be moored | At low tide | Barge moored?
en Dry run first | This takes the port offline | Should none of this help | During failover
en While replication is paused | Once traffic is drained | After the last batch has finished | On timeout
en On failure | On repeated crashes | On high load | With traffic drained | With autoscaling disabled
en With one node left | Above 80 % disk | In the event of a leak | In case of emergency
en Until the queue is empty | Where replication is broken | Cache must be warm | The pool has to be drained
en Traffic needs to be off | Should the leader be lost
es Con helada | Con hielo en el río | Con niebla | Al superar el 90 % de CPU | Con el tráfico drenado
pt Com geada | Com neblina | Ao passar de 90 % de CPU | Com o tráfego drenado
fr Par temps de gel | Par temps de brouillard | Au-delà de 90 % de CPU | Avec le trafic vidangé
it Prima ne parli con Marta | In caso di nebbia | Oltre il 90 % di CPU | Con il traffico deviato
ru Относится к восточному шлюзу, не к западному
ja 乗客がいる間は不可 | トラフィックを止めた状態で
zh 流量切走之后
""")
"""Cases and states: a look is run all the same."""

REMARKS = by_language("""
en No connection to the crane | Just in case | After the restart three pods are listed | Never shows the password
en Over 2 nodes, in turn | Option 3, where a program has its own log | Not pretty, but quick
en Usually comes back empty | With colours | From the east lock | Only takes a second | Can be repeated any time
en The night crew runs this every evening | Marta wrote this | Approved jobs show up in green
en Waits for nothing and nobody | Works on every node | Also works while the crane is moving | Safe at all times
en No approval needed | Nobody has to be asked | Skip the header line | Two columns: name and age
en Above the table stands the total | Under load the numbers jump | Before and after should match
en Open doors are listed first | Lists the moored barges | Barges are sorted by length | Best seen in a wide window
en Leave the window open | Left column: the berth | Skips empty lines | Skip the first two lines
en With one line per barge | With headers | On the quay server | On success nothing is printed
en Without output all is well | Works without a password | No password needed | Nobody is logged out
en Never mind the warnings | Never takes long | Only shows the last ten | Only the first column counts
en In case you wonder: the second column is the draught | When done, close the window | After a while the list grows
en Before the list stands a header | For the harbour master's report | The harbour master reads this daily
en Hand the output to the pilots | Decides nothing, only looks | Order of columns: name, berth | Avoids the cache
en Okay means moored | Shows who has given consent | Shows the last failover | Prints one line per tenant
en Works for all tenants | For each node | For a quick overview | For more detail, add -v | With timestamps
en With a header line | With the replica's lag | On the bastion host | On every node | On any replica
en In the admin namespace | In another terminal | From the jump host | After that, look at the graph
en Before you dig deeper, look here | Where the logs live | While at it, count the pods | Not sorted
en Not much to see | Only reads | Only the newest | No output is fine | No sudo needed | No need for a password
en Skip to the last page | Leave a note in the ticket | Left pane | Avoids paging | Must print 200
en Should print three lines | Pods must be running | The number has to be even | Signature of the last build
en Okay is 0
es No se conecta | No arranca | Se ve quién está de turno | Sin salida todo está bien | Con colores | No se cierra
es Lista los barcos | Mejor con -h | Sin contraseña | Muestra quién aprobó | No responde | No se ve nada
es Al final sale el total | A la derecha está el total
pt Não se conecta | Mostra quem está de plantão à noite | Sem aprovação pendente | Só leva um segundo
pt Pode ser repetido a qualquer momento | Não se fecha | Lista os barcos | Sem senha | Pule uma linha
pt Mostra quem aprovou | Não responde | Ao lado está o total | Não há saída
fr Ne démarre pas | Avec les couleurs | Sans risque | Peut être relancé à tout moment | Aucun accord nécessaire
fr Ne se ferme pas | Liste les bateaux | Sans mot de passe | Laisser la fenêtre ouverte | Ne montre que dix lignes
fr Montre qui a approuvé | Ne répond pas | À droite se trouve le total
de Startet nicht | Mit Farben | Jederzeit gefahrlos | Zeigt, wer nachts Dienst hat | Dauert nur eine Sekunde
de Schließt sich nicht | Listet die Schiffe | Ohne Kennwort | Überspringt leere Zeilen | Zeigt nur zehn Zeilen
de Antwortet nicht | Zu sehen ist die Summe
it Non si avvia | Non si connette | Con i colori | Si può ripetere sempre | Non si chiude | Elenca le barche
it Senza password | Lasciare aperta la finestra | Mostra chi ha approvato | Non risponde | A destra c'è il totale
ja 起動しない | いつでも実行可 | 結果は緑で表示 | 船の一覧を表示 | パスワード不要 | 空行は省略される | 承認者の一覧
ja 応答なし
zh 无法连接 | 随时可以运行 | 列出船只 | 无需密码 | 结果交给 jq 处理 | 显示审批人 | 没有响应
ru Не запускается | Можно повторять в любое время | С цветами | Показывает список судов | Без пароля
ru Пропускает пустые строки | Показывает, кто согласовал | Не отвечает
""")
"""What a command does, shows and needs: nothing that it has to wait for."""
# fmt: on

PLACES = (
    "{said}:\n\n```bash\n{run}\n```\n",
    "- {said}: `{run}`\n",
    "#### {said}\n\n```bash\n{run}\n```\n",
    "```bash\n# {said}\n{run}\n```\n",
    "- {title}: `{run}` ({small})\n",
    "| Command | Note |\n|---|---|\n| `{run}` | {said} |\n",
    "{said}.\n\n```bash\n{run}\n```\n",
    "> {said}.\n\n```bash\n{run}\n```\n",
    "```bash\n{run}\n```\n\n{said}.\n",
)
BEFORE = PLACES[1:4]
"""Where a state that is asked for stands: below a command it may be what it leads to."""


def conditions(sentences: list[str], title: str, run: str, places: tuple[str, ...]) -> dict[str, str | None]:
    """For each sentence the condition of the command beside it; "not run" where the command is none to run."""
    text = "# Mill handbook\n"
    for n, said in enumerate(sentences):
        small = said[:1].lower() + said[1:]
        beside = places[n % len(places)].format(said=said, small=small, title=title, run=f"{run}{n:03}")
        text += f"\n## Incident: Mill {n:03} stands still\n\n**Symptoms:** no flour\n\n**Fix:**\n\n{beside}"
    steps = [step for one in compile_runbook(text).procedures for step in one.steps if step.command is not None]
    found = {step.command.text: step.condition for step in steps if step.command is not None}
    return {said: found.get(f"{run}{n:03}", "not run") for n, said in enumerate(sentences)}


@pytest.mark.parametrize("language", KEPT_BACK)
def test_a_look_waits_for_what_its_text_asks_for(language: str) -> None:
    """Nothing is run unasked that is left to others, forbidden in a case, or done by somebody's leave alone."""
    found = conditions(KEPT_BACK[language], "Look at it", "systemctl status mill", PLACES)
    assert [said for said, condition in found.items() if condition is None] == []


@pytest.mark.parametrize("language", CASES)
def test_what_changes_something_is_offered_with_its_case(language: str) -> None:
    """ "On overflow", "The queue must be empty": whoever runs it has read that; a look takes no harm without."""
    found = conditions(CASES[language], "Restart it", "systemctl restart mill", BEFORE)
    assert [said for said, condition in found.items() if condition is None] == []
    looks = conditions(CASES[language], "Look at it", "systemctl status mill", BEFORE)
    assert {said: condition for said, condition in looks.items() if condition is not None} == {}


@pytest.mark.parametrize("language", REMARKS)
def test_a_remark_holds_no_look_back(language: str) -> None:
    """ "No approval needed", "No se conecta", "Just in case": what is run anyway is run."""
    found = conditions(REMARKS[language], "Look at it", "systemctl status mill", PLACES)
    assert {said: condition for said, condition in found.items() if condition is not None} == {}


ABOVE = "# Mill handbook\n\n## Incident: Mill stands still\n\n**Symptoms:** no flour comes\n\n**Fix:**\n\n"


def commands(text: str) -> list[str | None]:
    """The condition of each command of an incident with this text."""
    (mill,) = compile_runbook(ABOVE + text).procedures
    return [step.condition for step in mill.steps if step.command is not None]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- Skip this if the ferry is docked: `systemctl restart mill`\n", "Skip this if the ferry is docked"),
        (
            "- Entfällt, wenn die Fähre am Kai liegt: `systemctl restart mill`\n",
            "Entfällt, wenn die Fähre am Kai liegt",
        ),
        ("- 渡し船が停泊中の場合はスキップ: `systemctl restart mill`\n", "渡し船が停泊中の場合はスキップ"),
        ("- Restart (WARNING: data loss if no backup): `systemctl restart mill`\n", "WARNING: data loss if no backup"),
    ],
)
def test_a_condition_is_not_turned_round(text: str, said: str) -> None:
    """The case in which something is left out, or goes wrong, is none in which it is done: its words are kept."""
    assert commands(text) == [said]


@pytest.mark.parametrize(
    "text",
    [
        "`systemctl restart mill` lassen wir sein.",
        "`systemctl restart mill` lassen wir heute lieber bleiben.",
        "Wir verzichten auf `systemctl restart mill`.",
        "Laissons tomber `systemctl restart mill`.",
        "`systemctl restart mill` можно забыть.",
    ],
)
def test_what_is_given_up_is_not_run(text: str) -> None:
    """A command of which the text says that it is let be is none to run."""
    assert commands(text + "\n") == []


def test_a_sentence_around_a_command_leaves_it_to_somebody() -> None:
    """ "Leave `x` to the night crew": the command keeps the whole sentence."""
    text = "Please leave `systemctl status mill` to the night crew.\n"
    assert commands(text) == ["Please leave systemctl status mill to the night crew"]


def test_a_step_that_hands_something_over_is_one() -> None:
    """ "Leave a note for the next shift" is to be done, and no condition of what stands beside it."""
    items = ("Leave a note for the next shift", "Hand over to the next shift", "Skip the meeting if all is well")
    text = ABOVE + "- Look: `systemctl status mill`\n" + "".join(f"- {item}\n" for item in items)
    (mill,) = compile_runbook(text).procedures
    assert [(step.title, step.kind) for step in mill.steps[1:]] == [(item, StepKind.MANUAL) for item in items]
    assert mill.steps[0].condition is None


def test_what_a_look_shows_afterwards_is_no_condition() -> None:
    """ "(after the restart three pods are listed)" tells of the output."""
    assert commands("- `systemctl status mill` (after the restart three pods are listed)\n") == [None]
