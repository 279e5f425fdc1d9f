"""Ways of saying in which circumstances a command is run, by way and by language, and remarks that say none.

Nine languages, each way in the words of each: prepositions, conjunctions, verbs before their noun, endings. What is
expected of ``WAYS``: a condition wherever it stands beside what changes something. ``REMARKS_BESIDE`` are explanations,
causes, outputs and places; a look that they stand beside is run unasked. Each line begins with its language.
"""

from __future__ import annotations


def by_language(text: str) -> dict[str, list[str]]:
    """The sentences of some lines, by the language that each line begins with."""
    found: dict[str, list[str]] = {}
    for language, _blank, said in (line.partition(" ") for line in text.strip().split("\n")):
        found.setdefault(language, []).extend(said.split(" | "))
    return found


_WAYS = """
# until
en Until the hopper is empty | Till nobody is on the quay
es Hasta que la tolva esté vacía
pt Até que o silo esteja vazio
fr Jusqu'à ce que la trémie soit vide
de Bis der Trichter leer ist | Bis niemand mehr am Kai steht
it Fino a quando la tramoggia non è vuota
ja ホッパーが空になるまで
ru До тех пор, пока бункер не опустеет
# the nth time
en Only the second time round | On the third attempt | After the second failure
es Solo la segunda vez | Al tercer intento
pt Só na segunda vez | A partir da terceira falha
fr Seulement la deuxième fois | Dès la troisième alerte
de Erst beim zweiten Mal | Ab dem dritten Alarm
it Solo la seconda volta | Al terzo tentativo
zh 第二次告警时
# of a severity
en For P1 incidents | P1 and P2 incidents | For SEV1 and SEV2
es Para incidentes P1 | Solo P1
pt Para incidentes P1 | Somente P0
fr Pour les incidents P1 | Uniquement P0
de Für P1-Vorfälle | Nur SEV1
it Per gli incidenti P1 | Solo P1
ja P1 インシデントのみ | P1 だけ
zh 仅 P1
ru Для инцидентов P1 | Только P1
# with somebody's word
en Run it past the harbour office | Get it in writing | Clear it with the owner
es Consultarlo con la capitanía
pt Combinar com a capitania
fr Faire valider par la capitainerie
de Mit der Hafenmeisterei absprechen | Schriftlich geben lassen
it Concordarlo con la capitaneria
ja 港長に相談してから
zh 先问港务局
ru Согласовать с капитанией
# not while
en Not while the import runs | Do not do it while the queue is full
es No mientras corra la importación | No lo haga mientras la cola esté llena
pt Não enquanto a importação estiver rodando | Não faça isso enquanto a fila estiver cheia
fr Pas tant que l'import tourne | Ne le faites pas pendant que l'import tourne
de Nicht solange der Import läuft | Nicht, während der Import läuft
it Non mentre gira l'importazione | Non farlo finché la coda è piena
ja インポート中は実行しない | キューが満杯の間は実施しないこと
zh 导入期间不要执行 | 队列未清空时请勿操作
ru Не во время импорта | Не пока идёт импорт
# only when
en Only when the standby is healthy | Just when the standby is healthy
es Solo cuando la réplica esté sana | Únicamente cuando la réplica esté sana
pt Apenas quando a réplica estiver saudável | Só quando a réplica estiver saudável
fr Seulement quand la réplique est saine | Uniquement lorsque la réplique est saine
de Nur dann, wenn der Standby gesund ist | Lediglich bei gesundem Standby
it Solo quando la replica è sana | Soltanto quando la replica è sana
ja レプリカが正常なときだけ | レプリカが正常な場合に限り実行
zh 只有在副本正常时才执行 | 仅在副本正常的情况下执行
ru Только когда реплика исправна | Лишь когда реплика исправна
# as soon as
en As soon as the queue is drained | The moment the queue is drained
es En cuanto la cola esté vacía | Tan pronto como la cola esté vacía
pt Assim que a fila estiver vazia | Logo que a fila estiver vazia
fr Dès que la file est vide | Aussitôt que la file est vide
de Sobald die Warteschlange leer ist
it Non appena la coda è vuota | Appena la coda è vuota
ja キューが空になり次第 | キューが空になったら
zh 一旦队列清空 | 队列清空后立即
ru Как только очередь опустеет | Сразу как очередь опустеет
# unless
en Unless the import is still running | Except when the import is still running
es A menos que la importación siga en marcha | Salvo que la importación siga en marcha
pt A menos que a importação ainda rode | Exceto se a importação ainda rodar
fr Sauf si l'import tourne encore | À moins que l'import ne tourne encore
de Außer der Import läuft noch | Es sei denn, der Import läuft noch
it A meno che l'importazione sia in corso | Salvo che l'importazione sia in corso
ja インポート中を除く | インポートが動いていない限り
zh 除非导入仍在进行 | 导入进行中除外
ru Если только импорт уже не идёт | За исключением времени импорта
# once somebody has agreed
en Once the shift lead has agreed | When finance has given its blessing
es Una vez que el jefe de turno haya aceptado | Cuando el jefe de turno dé el visto bueno
pt Depois que o chefe de turno concordar | Quando o chefe de turno autorizar
fr Une fois que le chef d'équipe a donné son accord | Quand le chef d'équipe a validé
de Sobald die Schichtleitung zugestimmt hat | Wenn die Schichtleitung ihr Okay gegeben hat
it Una volta che il capoturno ha dato l'ok | Quando il capoturno è d'accordo
ja 当直責任者の了承を得たら | 当直責任者が承認したら
zh 值班主管同意后 | 待值班主管批准后
ru Как только начальник смены согласится | Когда начальник смены даст добро
# during
en During a jam | During the nightly freeze only
es Durante un atasco | Durante la ventana de mantenimiento
pt Durante um entupimento | Durante a janela de manutenção
fr Pendant un blocage | Pendant la fenêtre de maintenance
de Während eines Staus | Während des Wartungsfensters
it Durante un blocco | Durante la finestra di manutenzione
ja メンテナンス時間中に実行 | 詰まりの発生中
zh 在维护窗口内执行 | 堵塞期间
ru Во время затора | В окно обслуживания
# with something in a state
en With the queue empty | With the pump switched off
es Con la cola vacía | Con la bomba apagada
pt Com a fila vazia | Com a bomba desligada
fr Avec la file vide
de Bei leerer Warteschlange | Mit abgeschalteter Pumpe
it Con la coda vuota | A pompa spenta
ja キューが空の状態で | ポンプ停止状態で実行
zh 在队列为空的状态下 | 水泵关闭状态下
ru При пустой очереди | При выключенном насосе
# somebody must approve
en Management must approve it | The shift lead has to say yes | The DBA must give the go-ahead
es La dirección debe aprobarlo | El jefe de turno tiene que decir que sí
pt A direção deve aprovar | O chefe de turno precisa dizer sim
fr La direction doit l'approuver | Le chef d'équipe doit dire oui
de Die Leitung muss es freigeben | Die Schichtleitung muss zustimmen
it La direzione deve approvarlo | Il capoturno deve dire di sì
ja 管理職の承認が必要 | 当直責任者が承認すること
zh 必须经管理层批准 | 须由值班主管点头
ru Руководство должно одобрить | Начальник смены должен дать согласие
# somebody is called first
en Phone the shift lead first | Ring up the customer beforehand
es Llame primero al jefe de turno | Antes, llamar al cliente
pt Ligue primeiro para o chefe de turno | Antes, telefone ao cliente
fr Appelez d'abord le chef d'équipe | Téléphoner au client avant
de Rufen Sie zuerst die Schichtleitung an | Vorher beim Kunden anrufen
it Chiamare prima il capoturno | Telefonare prima al cliente
ja 先に当直責任者に電話する | 事前に顧客へ電話すること
zh 先打电话给值班主管 | 事先致电客户
ru Сначала позвоните начальнику смены | Перед этим позвонить клиенту
# something is held ready
en Keep the old image at hand | Have the previous release ready
es Tenga a mano la imagen anterior | Tener lista la versión anterior
pt Tenha a imagem antiga à mão | Ter pronta a versão anterior
fr Gardez l'ancienne image sous la main | Avoir la version précédente prête
de Altes Image bereithalten | Halten Sie die Vorgängerversion bereit
it Tenere a portata di mano la vecchia immagine | Avere pronta la versione precedente
ja 旧イメージを手元に用意しておく | 前のバージョンを準備しておくこと
zh 准备好旧镜像 | 事先备好上一个版本
ru Держите под рукой старый образ | Иметь наготове прошлую версию
# not if
en If the fan is off, do not run this | Do not run this if the fan is off
es Si el ventilador está apagado, no lo ejecute | No ejecutar si el ventilador está apagado
pt Se o ventilador estiver desligado, não execute | Não executar se o ventilador estiver desligado
fr Si le ventilateur est arrêté, ne pas exécuter | Ne pas exécuter si le ventilateur est arrêté
de Wenn der Lüfter aus ist, nicht ausführen | Nicht ausführen, wenn der Lüfter aus ist
it Se la ventola è spenta, non eseguire | Non eseguire se la ventola è spenta
ja ファンが止まっている場合は実行しない | ファン停止中は実行禁止
zh 如果风扇已停，请勿执行 | 风扇停转时禁止执行
ru Если вентилятор выключен, не запускать | Не запускать при выключенном вентиляторе
# kind of environment
en Only on the test system | Staging only | Not on the primary
es Solo en el entorno de pruebas | No en el nodo primario
pt Somente no ambiente de testes | Não no nó primário
fr Uniquement sur l'environnement de test | Pas sur le nœud primaire
de Nur im Testsystem | Nicht auf dem Primärknoten
it Solo nell'ambiente di prova | Non sul nodo primario
ja 検証環境のみ | プライマリでは実行しない
zh 仅限测试环境 | 不可在主节点执行
ru Только в тестовой среде | Не на основном узле
# severity
en Only for P0 | P0 only | From P1 upwards | In a SEV-1 only
es Solo para P0 | A partir de P1 | Solo en incidentes P0
pt Somente para P0 | A partir de P1 | Apenas em incidentes P0
fr Uniquement pour P0 | À partir de P1 | Seulement en cas de P0
de Nur bei P0 | Ab P1 | Ausschließlich für P0
it Solo per P0 | A partire da P1 | Solo in caso di P0
ja P0のみ | P1以上の場合 | P0の場合に限る
zh 仅限 P0 | P1 及以上 | 仅在 P0 时
ru Только для P0 | Начиная с P1 | Только при P0
# inverted
en Should the queue be full | Were the queue to fill up | Had the import failed
es De estar llena la cola | Estando la cola llena
pt Estando a fila cheia | Caso a fila esteja cheia
fr Si jamais la file est pleine
de Ist die Warteschlange voll | Läuft die Warteschlange über | Sollte die Warteschlange voll sein
it Qualora la coda sia piena | Essendo la coda piena
ja キューが満杯であれば | 万一キューが満杯なら
zh 若队列已满 | 倘若队列已满 | 要是队列满了
ru Если же очередь полна | В том случае, если очередь полна | Коли очередь полна
# until
en Not until the import has run | Wait for the import to finish
es No hasta que termine la importación | Esperar a que termine la importación
pt Não até que a importação termine | Aguardar o fim da importação
fr Pas avant la fin de l'import | Attendre que l'import soit fini
de Nicht bevor der Import fertig ist | Auf das Ende des Imports warten
it Non prima che l'importazione sia finita | Attendere la fine dell'importazione
ja インポートが終わるまで実行しない | インポートの完了を待つ
zh 导入结束前不要执行 | 等待导入完成
ru Не раньше окончания импорта | Дождаться конца импорта
# after
en After the import has finished | Following the end of the import
es Después de que termine la importación | Tras finalizar la importación
pt Depois que a importação terminar | Após o fim da importação
fr Après la fin de l'import | Une fois l'import terminé
de Nach dem Ende des Imports | Nachdem der Import fertig ist
it Dopo la fine dell'importazione | A importazione terminata
ja インポートの完了後 | インポートが終わってから
zh 导入结束之后 | 待导入完成
ru После окончания импорта | По завершении импорта
# at hours
en Only at night | Only between 2 and 4 a.m. | On Sundays only
es Solo de madrugada | Solo entre las 2 y las 4
pt Só de madrugada | Somente entre 2h e 4h
fr Seulement la nuit | Seulement entre 2 h et 4 h
de Nur nachts | Nur zwischen 2 und 4 Uhr | Nur sonntags
it Soltanto di notte | Solo tra le 2 e le 4
ja 深夜のみ実行可 | 2時から4時の間のみ
zh 只能在凌晨执行 | 仅在2点到4点之间
ru Исключительно ночью | Только с 2 до 4 часов
# with somebody
en Together with a second person | In pairs only | Under the eyes of the DBA
es Junto con una segunda persona | Nunca a solas
pt Junto com uma segunda pessoa | Nunca sozinho
fr À deux | Jamais seul | Avec une deuxième personne
de Zu zweit | Nie alleine | Gemeinsam mit einer zweiten Person
it In due | Mai da soli | Insieme a una seconda persona
ja 必ず二人で実施 | 単独で実施しないこと
zh 须双人操作 | 不得单独执行
ru Только вдвоём | Не в одиночку | Вместе со вторым человеком
# how often
en Never twice in a row | Once per hour at most
es Como máximo una vez | Nunca dos veces seguidas
pt No máximo uma vez | Nunca duas vezes seguidas
fr Une seule fois au maximum | Jamais deux fois de suite
de Höchstens einmal | Nie zweimal hintereinander
it Al massimo una volta | Mai due volte di seguito
ja 一回限り | 二回以上実行しないこと
zh 最多执行一次 | 不要连续执行两次
ru Не более одного раза | Никогда дважды подряд
# except
en Except on Fridays | Everywhere but on the primary
es Excepto los viernes | Salvo en producción
pt Exceto às sextas | Salvo em produção
fr Sauf le vendredi | Hors production
de Außer freitags | Überall, nur nicht in Produktion
it Tranne il venerdì | Salvo in produzione
ja 金曜日を除く | 本番以外で実行
zh 周五除外 | 生产环境除外
ru Кроме пятницы | Кроме боевой среды
# assuming
en Provided the standby is healthy | Assuming the standby is healthy | So long as the standby is healthy
en On condition that the standby is healthy
es Siempre y cuando la réplica esté sana | Suponiendo que la réplica esté sana
pt Contanto que a réplica esteja saudável | Supondo que a réplica esteja saudável
fr Pourvu que la réplique soit saine | En supposant que la réplique soit saine
de Vorausgesetzt, der Standby ist gesund | Unter der Bedingung, dass der Standby gesund ist
it A condizione che la replica sia sana | Ammesso che la replica sia sana
ja レプリカが正常であることを条件に | レプリカが正常である限り
zh 前提是副本正常 | 只要副本正常
ru При условии, что реплика исправна | При исправной реплике
# last resort
en As a last resort | Only when all else fails | If nothing else helps
es Como último recurso | Si nada más ayuda
pt Em último caso | Se nada mais ajudar
fr En dernier recours | Si rien d'autre n'aide
de Als letztes Mittel | Wenn nichts anderes hilft
it Come ultima risorsa | Se nient'altro aiuta
ja 最終手段として | 他に手がない場合
zh 作为最后手段 | 万不得已时
ru В крайнем случае | Если ничего другого не помогло
# reserved
en For administrators only | Reserved for the database team | Only the DBA may do this
es Solo para administradores | Solo puede hacerlo el DBA
pt Somente para administradores | Reservado ao time de banco de dados
fr Pour les administrateurs uniquement | Seul le DBA peut le faire
de Nur für Administratoren | Das macht nur der DBA
it Solo per amministratori | Riservato al team database
ja 管理者専用 | DBAのみ実行可
zh 仅限管理员 | 只允许 DBA 执行
ru Только для администраторов | Это делает только администратор БД
# if needed
en If needed | Where necessary | If there is no other way
es Si hace falta | En caso necesario
pt Se necessário | Caso preciso
fr Si besoin | Au besoin
de Bei Bedarf | Falls nötig
it Se serve | All'occorrenza
ja 必要な場合 | 必要であれば
zh 如有必要 | 视需要
ru При необходимости | Если нужно
# from a measure on
en Above 90 % disk | From 1000 jobs on | With more than 3 failed pods
es Con más del 90 % de disco | A partir de 1000 trabajos
pt Acima de 90 % de disco | A partir de 1000 jobs
fr Au-delà de 90 % de disque | À partir de 1000 tâches
de Ab 90 % Plattenbelegung | Bei mehr als 3 defekten Pods
it Oltre il 90 % di disco | A partire da 1000 job
ja ディスク使用率が90%以上なら | 1000件を超えたら
zh 磁盘超过 90% 时 | 任务多于 1000 个时
ru Свыше 90 % диска | При более чем 3 сбойных подах
# in case of
en In the case of a jam | Upon a jam
es En caso de atasco | Ante un atasco
pt Em caso de entupimento | Diante de um entupimento
fr En cas de blocage | Face à un blocage
de Bei Stau | Im Fall eines Staus
it In caso di blocco | Di fronte a un blocco
ja 詰まり発生時 | 詰まった際
zh 发生堵塞时 | 出现堵塞的话
ru При заторе | На случай затора
# requires
en Requires two people | This needs a change ticket | A change ticket is required | Needs the lead's OK
es Requiere dos personas | Hace falta un ticket de cambio
pt Requer duas pessoas | É necessário um ticket de mudança
fr Nécessite deux personnes | Un ticket de changement est requis
de Erfordert zwei Personen | Ein Change-Ticket ist nötig
it Richiede due persone | Serve un ticket di modifica
ja 二名必要 | 変更チケットが必要
zh 需要两人在场 | 必须有变更单
ru Требуются двое | Нужна заявка на изменение
# careful
en Careful: this deletes the orders | Irreversible | Data will be lost
es Cuidado: borra los pedidos | Irreversible | Se perderán datos
pt Cuidado: apaga os pedidos | Irreversível | Dados serão perdidos
fr Attention : efface les commandes | Irréversible | Des données seront perdues
de Vorsicht: löscht die Bestellungen | Unumkehrbar | Daten gehen verloren
it Attenzione: cancella gli ordini | Irreversibile | Si perderanno dati
ja 注意：注文が消えます | 取り消し不可 | データが失われます
zh 注意：会删除订单 | 不可逆 | 数据会丢失
ru Осторожно: удаляет заказы | Необратимо | Данные будут потеряны
"""

WAYS = {name: by_language(lines) for name, _newline, lines in (way.partition("\n") for way in _WAYS.split("# ")[1:])}

REMARKS_BESIDE = by_language("""
en Errors only | Last 100 lines only | Only the last 20 lines | Failures only
en When did it start | When was the last dump
es Solo las últimas líneas
ja エラーのみ | 最後の100行のみ
en The queue is full because the consumer is dead | This happens during the nightly import
en It needs a snapshot of about 3 GB | With this you see the state of the queue
en During the night the figures are lower | The shift lead looks at it every morning
en Without options it prints everything | Never mind the warnings at the top | Only the first line matters
en Prints the last ten line | From here on the log is long | Once a day a job clears the list
en The import must have written this line | Waiting jobs | Not much to see here | Jobs that wait for approval
en On the pump host | In the shop's namespace | With the read-only user | For each pump one line
en After that look at the graph | Between the two lines is the pump's name | A healthy pump shows 3
en Drained queues | Over the last hour | Since the last deploy
es La cola está llena porque el consumidor ha muerto | Esto ocurre durante la importación nocturna
es Ocupa unos 3 GB | Con esto se ve el estado de la cola | De noche las cifras son menores
es El jefe de turno lo mira cada mañana | Sin opciones lo imprime todo | Solo importa la primera línea
es Una vez al día un trabajo limpia la lista | Trabajos en espera de aprobación | En el servidor de bombas
es Con el usuario de lectura | Una línea por bomba | Después mirar el gráfico
es Entre las dos líneas está el nombre | Desde el último despliegue | De la última hora
pt A fila está cheia porque o consumidor morreu | Isto acontece durante a importação noturna | Ocupa uns 3 GB
pt Com isto se vê o estado da fila | À noite os números são menores | O chefe de turno olha isto toda manhã
pt Sem opções imprime tudo | Só a primeira linha importa | Uma vez por dia um job limpa a lista
pt Jobs à espera de aprovação | No servidor das bombas | Com o usuário de leitura | Uma linha por bomba
pt Depois olhar o gráfico | Entre as duas linhas está o nome | Desde o último deploy | Da última hora
pt Para ver o estado
fr La file est pleine car le consommateur est mort | Cela arrive pendant l'import de nuit | Occupe environ 3 Go
fr Avec cela on voit l'état de la file | La nuit les chiffres sont plus bas
fr Le chef d'équipe le regarde chaque matin | Sans option tout est affiché | Seule la première ligne compte
fr Une fois par jour une tâche vide la liste | Tâches en attente d'approbation | Sur le serveur des pompes
fr Avec l'utilisateur de lecture | Une ligne par pompe | Ensuite regarder le graphique
fr Entre les deux lignes se trouve le nom | Depuis le dernier déploiement | De la dernière heure
fr Pour voir l'état
de Die Warteschlange ist voll, weil der Verbraucher tot ist | Das passiert beim nächtlichen Import
de Belegt etwa 3 GB | Damit sieht man den Stand der Warteschlange | Nachts sind die Zahlen kleiner
de Die Schichtleitung schaut jeden Morgen darauf | Ohne Optionen kommt alles | Nur die erste Zeile zählt
de Einmal am Tag leert ein Job die Liste | Jobs, die auf Freigabe warten | Auf dem Pumpenserver
de Mit dem Lesebenutzer | Je Pumpe eine Zeile | Danach den Graphen ansehen
de Zwischen den beiden Zeilen steht der Name | Seit dem letzten Deployment | Der letzten Stunde
de Um den Stand zu sehen | Wie weit der Import ist
it La coda è piena perché il consumatore è morto | Succede durante l'importazione notturna | Occupa circa 3 GB
it Con questo si vede lo stato della coda | Di notte i numeri sono più bassi
it Il capoturno lo guarda ogni mattina | Senza opzioni stampa tutto | Conta solo la prima riga
it Una volta al giorno un job pulisce la lista | Job in attesa di approvazione | Sul server delle pompe
it Con l'utente di lettura | Una riga per pompa | Poi guardare il grafico | Tra le due righe c'è il nome
it Dall'ultimo deploy | Dell'ultima ora | Per vedere lo stato
ja コンシューマが落ちたためキューが満杯 | 夜間のインポートで起きる | 約3GB使う | これでキューの状態が分かる
ja 夜は数字が小さい | 当直責任者が毎朝見る | オプションなしですべて表示
ja 最初の行だけ見ればよい | 一日一回ジョブがリストを掃除する | 承認待ちのジョブ | ポンプのサーバー上で
ja 読み取りユーザーで | ポンプごとに一行 | その後グラフを見る | 最後のデプロイから
ja 直近一時間の分 | 状態を見るため | 処理中の件数
zh 队列已满是因为消费者挂了 | 夜间导入会出现这种情况 | 大约占用3GB | 这样可以看到队列状态 | 夜里数字较小
zh 值班主管每天早上看 | 不带参数则全部输出 | 每天有任务清理一次列表 | 等待审批的任务
zh 在水泵服务器上 | 使用只读用户 | 每台水泵一行 | 然后看图表 | 最近一次部署以来 | 最近一小时 | 用来查看状态
zh 正在处理的数量
ru Очередь полна, потому что потребитель упал | Так бывает во время ночного импорта | Занимает около 3 ГБ
ru Так видно состояние очереди | Ночью цифры меньше | Начальник смены смотрит это каждое утро
ru Без параметров выводит всё | Важна только первая строка | Раз в день задание чистит список
ru Задания в ожидании согласования | На сервере насосов | Под пользователем для чтения | По строке на насос
ru Затем посмотреть график | Между двумя строками стоит имя | С последнего деплоя | За последний час
ru Чтобы видеть состояние
en In winter the list is shorter than in summer | The gardener has had it restarted twice
en Frost kills the seedlings within an hour | With an open vent the figure drops
en Only shows houses of this site | Shut vents are shown in red
en Nobody is paged by this | Not all houses have a sensor | Needs about ten seconds | Must print three lines
en A healthy house prints OK | Waits for the sensor and prints it | Until 2024 this was another command
es En invierno la lista es más corta | El jardinero lo usa a diario | Tarda unos diez segundos
es Debe mostrar tres líneas
pt No inverno a lista é menor | Deve mostrar três linhas | Em azul, as casas fechadas
fr En hiver la liste est plus courte | Doit afficher trois lignes | Ne montre jamais le mot de passe
de Im Winter ist die Liste kürzer | Muss drei Zeilen zeigen | Zeigt nie das Kennwort
de Wird täglich vom Gärtner benutzt
it In inverno la lista è più corta | Deve mostrare tre righe
ja 冬は一覧が短い | 三行表示されるはず | パスワードは表示しない
zh 冬天列表较短 | 应显示三行 | 从不显示密码
ru Зимой список короче | Должно быть три строки | Пароль никогда не показывает
""")

AROUND = by_language("""
en We no longer run {x}. | No {x} in production. | {x} is no longer used. | With the queue full, {x}.
en Once finance has agreed, run {x}. | Run {x} only while the pump is off. | Not while the import runs: {x}
en {x}, but not while the import runs. | Run {x}, provided the standby is healthy.
en Nobody but the DBA runs {x}. | Unless the import is still running, run {x}. | Run {x} (not on the primary).
en Additionally for P0: {x} | **Chute full:** {x} | {x} must not be started while the import runs.
en {x} is for the harbour master alone. | If it's not the weekend, {x}
en Only after the barge has left should you run {x}. | Run {x} no earlier than ten minutes after the alarm.
en Barring a flood, {x}. | {x} – subject to the harbour master's say-so
es Ya no ejecutamos {x}. | Nada de {x} en producción. | {x} ya no se usa. | Con la cola llena, {x}.
es En cuanto finanzas lo apruebe, ejecutar {x}. | Ejecutar {x} solo mientras la bomba esté apagada.
es {x}, pero no durante la importación. | Nadie salvo el DBA ejecuta {x}. | Ejecutar {x}, salvo los viernes.
es Además, para P0: {x} | Cerrada la compuerta, {x} | {x} (previo aviso al capitán)
es Mientras no haya barcos, {x}.
pt Já não executamos {x}. | Nada de {x} em produção. | {x} não é mais usado. | Com a fila cheia, {x}.
pt Assim que o financeiro aprovar, executar {x}. | Executar {x} só enquanto a bomba estiver desligada.
pt {x}, mas não durante a importação. | Ninguém além do DBA executa {x}. | Executar {x}, exceto às sextas.
pt Adicionalmente para P0: {x} | Não execute {x} com barcos na eclusa. | Fechada a comporta, {x}
pt {x}, mediante aviso ao capitão | Enquanto não houver barcos, {x}.
fr Nous n'exécutons plus {x}. | Pas de {x} en production. | {x} n'est plus utilisé. | File pleine : {x}
fr Dès que la direction a validé, lancer {x}. | Lancer {x} seulement tant que la pompe est arrêtée.
fr {x}, mais pas pendant l'import. | Personne d'autre que le DBA ne lance {x}. | Lancer {x}, sauf le vendredi.
fr En plus pour P0 : {x} | Vanne fermée → {x} | {x}, à moins qu'un bateau ne soit dans l'écluse
fr Ne lancer {x} qu'avec le capitaine. | Tant qu'aucun bateau n'est là, {x}.
de {x} benutzen wir nicht mehr. | Kein {x} in Produktion. | Nicht {x} verwenden.
de Ist die Warteschlange voll, {x} ausführen. | Sobald die Leitung zugestimmt hat, {x} ausführen.
de {x} nur ausführen, solange die Pumpe aus ist. | {x}, aber nicht während des Imports.
de Niemand außer dem DBA führt {x} aus. | {x} ausführen, außer freitags. | Zusätzlich bei P0: {x}
de Ist kein Schiff in der Schleuse: {x} | {x} (nur der Hafenmeister)
de Solange Schiffe in der Schleuse sind, {x} unterlassen. | {x} erst, wenn das Tor zu ist.
de Ohne Freigabe der Hafenmeisterei kein {x}.
it Non eseguiamo più {x}. | Niente {x} in produzione. | {x} non si usa più. | Con la coda piena, {x}.
it Appena la direzione approva, eseguire {x}. | Eseguire {x} solo finché la pompa è spenta.
it {x}, ma non durante l'importazione. | Nessuno tranne il DBA esegue {x}. | Eseguire {x}, tranne il venerdì.
it In più per P0: {x} | Chiusa la paratoia, {x} | {x}, previo avviso al capitano
it Finché ci sono barche, non lanciare {x}.
ja {x}はもう使いません。 | 本番で{x}は使わない。 | キューが満杯なら{x}。 | 承認されたら{x}を実行する。
ja ポンプ停止中のみ{x}を実行する。 | {x}を実行する(インポート中は除く)。 | DBA以外は{x}を実行しない。
ja P0の場合は追加で{x} | 船がいないことを確認してから {x} | {x} は満潮時には使わないこと。
ja 水門が閉まっていれば {x}
zh 我们不再使用 {x}。 | 生产环境不用 {x}。 | 队列满了就执行 {x}。 | 主管批准之后执行 {x}。
zh 只在水泵关闭时执行 {x}。 | 执行 {x}(导入期间除外)。 | 除 DBA 外任何人不得执行 {x}。 | P0 时另外执行 {x}
zh 禁止在生产环境执行 {x}。 | 没有船只时才可以执行 {x} | 涨潮期间禁止执行 {x}。
ru Мы больше не запускаем {x}. | Никаких {x} в продакшене. | {x} больше не используется.
ru При полной очереди {x}. | Как только финансы согласятся, запустить {x}.
ru Запускать {x} только пока насос выключен. | {x}, но не во время импорта.
ru Никто, кроме администратора, не запускает {x}. | Запустить {x}, кроме пятницы. | Дополнительно при P0: {x}
ru {x} — не при судах в шлюзе. | Пока в шлюзе нет судов, {x}. | С разрешения капитана: {x}
en {x} (gardener present, vents shut) | Given a frost warning, {x}.
en In the absence of the gardener do not touch {x}. | {x} may be run by gardeners only. | Try {x} at your peril.
en Having checked that the vents are shut, {x}. | Only if the gardener says so: {x}
en Use {x} sparingly, never more than once a night.
es Si el jardinero no está, no toque {x}. | {x}: exclusivo del jardinero jefe. | Habiendo helada, {x}.
es Queda terminantemente prohibido lanzar {x} de día. | Comprobado que no hay nadie dentro, {x}.
pt Com geada prevista, {x}. | {x}: exclusivo do jardineiro-chefe. | Verificado que não há ninguém dentro, {x}.
pt Fica vedado o uso de {x} durante o dia.
fr En cas de gel annoncé, {x}. | {x} : réservé au jardinier en chef.
fr Après s'être assuré que personne n'est dedans, {x}. | L'usage de {x} est proscrit en journée.
fr À défaut du jardinier, ne touchez pas à {x}.
de Bei Frostwarnung {x}. | {x} ist dem Obergärtner vorbehalten.
de Nachdem geprüft wurde, dass niemand drin ist, {x}. | Tagsüber ist {x} tabu.
de Fehlt der Gärtner, bleibt {x} ungenutzt.
it Con gelo previsto, {x}. | {x}: riservato al capo giardiniere.
it Verificato che non ci sia nessuno dentro, {x}. | È severamente vietato lanciare {x} di giorno.
ja 霜注意報が出たら{x}。 | {x}は園長のみ実行できます。 | 園長が不在なら{x}に触らないこと。
zh 发布霜冻预警后执行 {x}。 | {x} 仅园长可执行。 | 白天严禁运行 {x}。
ru При угрозе заморозков {x}. | {x} — только для главного садовника. | Убедившись, что внутри никого нет, {x}.
ru Днём {x} под запретом.
en Resist the urge to run {x}. | {x} has been known to flood the hall; leave it alone.
en Do NOT, under any circumstances, touch {x}. | {x} is a no-go during floods. | ~~{x}~~ (replaced by the panel)
en You may be tempted to run {x}; don't.
es Ni se le ocurra ejecutar {x}. | {x} no se toca durante crecidas.
pt Nem pense em executar {x}. | {x} não se toca durante cheias.
fr Gardez-vous de lancer {x}. | On ne touche pas à {x} pendant une crue.
de Hüten Sie sich davor, {x} auszuführen. | {x} bleibt bei Hochwasser tabu.
it Guai a lanciare {x}. | {x} non si tocca durante le piene.
ja 洪水時に{x}を実行することは固く禁じる。
zh 洪水时绝不可以运行 {x}。
ru Даже не думайте запускать {x}. | {x} при паводке не трогаем.
""")
"""A command stands within the sentence: it is limited by it, or forbidden."""

ABOVE_IT = by_language("""
en #### Flush the header tank, with the sluice closed | Hold back until the tide is out. Then:
en # harbour master must be on the phone | > Restricted: two keyholders.
es #### Vaciar el depósito (compuerta cerrada) | Bajo ninguna circunstancia durante la marea alta:
es # solo con el visto bueno del capitán | > Requiere la presencia del capitán.
pt #### Esvaziar o tanque – comporta fechada | > Só o capitão pode.
fr #### Vider le bassin (vanne fermée) | À n'utiliser qu'en cas de crue : | > Le capitaine doit être prévenu.
de #### Becken leeren, Schütz geschlossen | Erst bei Ebbe: | > Der Hafenmeister muss dabei sein.
it #### Svuotare la vasca (paratoia chiusa) | Da usare solo in caso di piena:
it > Deve essere presente il capitano.
ja #### 水槽を空にする(水門が閉じているとき) | > 港長の立ち会いが必須。
zh #### 排空水池(闸门关闭时) | > 港长必须在场。
ru #### Слить бассейн (затвор закрыт) | Только в отлив: | > Капитан порта должен присутствовать.
en > Vents open? Then stay away from this. | Use this only in winter. | <b>Not for the seedling house:</b>
en # DANGER ZONE - kills seedlings
es > Solo con las ventanas cerradas.
pt > Atenção: só com as janelas fechadas.
fr > Fenêtres ouvertes : ne rien lancer.
de > Fenster offen? Dann Finger weg.
it > Attenzione: solo a finestre chiuse.
ja > 窓が開いている間は実行しないでください。
zh > 窗户打开时切勿执行。
ru > Окна открыты? Тогда не запускать.
en #### Things we do not do here | # NEVER! | Old procedure, kept for reference only:
es #### No tocar | Procedimiento antiguo, no usar:
pt #### Não mexer | Procedimento antigo, não usar:
fr #### Ne pas toucher | Ancienne procédure, ne plus utiliser :
de #### Nicht anfassen | Veraltet, nicht mehr benutzen:
it #### Non toccare | Vecchia procedura, non usare più:
ja #### 触らないこと | 旧手順（使用しないこと）：
zh #### 不要动 | 旧流程，不再使用：
ru #### Не трогать | Старый порядок, больше не использовать:
""")
"""A heading, a note, a comment or a line that stands above a command."""
