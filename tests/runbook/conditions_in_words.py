"""What limits a command, by kind and by language, and what stands there and limits nothing.

What is expected of each kind, wherever it stands beside a command that changes something:

- ``ASKED``: somebody is to be asked or told before. It is a condition everywhere.
- ``SAFEGUARDS``: a way back is to be there. It is a condition of what changes something; a look needs none.
- ``GATES``: a label with a free value. It is a condition, but below a block, where it is about what follows.
- ``STATES``: in which state something is run. It is a condition everywhere.
- ``LIMITS``: only, never, not before. It is a condition everywhere.
- ``REMARKS_IN`` are none of a look, although they share their words with the others: "First look at the log" has a
  "first", and "Make sure that all mills run" a "make sure"; what one needs to work is no condition either.
"""

from __future__ import annotations

ASKED = {
    "en": (
        "Confirm with the miller first",
        "Talk to the miller before",
        "Get sign-off from the miller",
        "Notify the miller first",
        "Ask the miller before you start",
        "Clear it with the miller beforehand",
        "First agree with the miller",
        "Coordinate with the millers first",
    ),
    "de": (
        "Vorher mit dem Müller absprechen",
        "Zuerst den Müller fragen",
        "Vorab die Freigabe des Müllers einholen",
        "Zuvor den Müller informieren",
        "Erst mit dem Müller abstimmen",
    ),
    "fr": (
        "Prévenir d'abord le meunier",
        "Demander l'accord du meunier au préalable",
        "Valider avec le meunier avant",
        "Parlez-en d'abord au meunier",
    ),
    "es": (
        "Avisar antes al molinero",
        "Confirmar primero con el molinero",
        "Pedir permiso al molinero antes",
        "Consulte previamente con el molinero",
    ),
    "pt": (
        "Avisar antes o moleiro",
        "Confirmar primeiro com o moleiro",
        "Peça autorização ao moleiro antes",
        "Alinhe previamente com o moleiro",
    ),
    "it": (
        "Avvisare prima il mugnaio",
        "Confermare prima con il mugnaio",
        "Chiedere prima il permesso al mugnaio",
        "Concordare in anticipo con il mugnaio",
    ),
    "nl": (
        "Vooraf afstemmen met de molenaar",
        "Eerst de molenaar vragen",
        "Overleg eerst met de molenaar",
        "Vraag vooraf toestemming aan de molenaar",
    ),
    "pl": (
        "Najpierw uzgodnij z młynarzem",
        "Wcześniej powiadom młynarza",
        "Uzyskaj najpierw zgodę młynarza",
        "Przedtem zapytaj młynarza",
    ),
    "ru": (
        "Сначала согласуйте с мельником",
        "Предварительно согласовать с мельником",
        "Заранее предупредите мельника",
        "Сперва получить разрешение мельника",
    ),
    "tr": (
        "Önce değirmenciye danışın",
        "Önceden değirmencinin onayını alın",
        "Önce değirmenciye haber verin",
    ),
    "ja": (
        "事前に責任者の承認を得ること",
        "先に責任者に連絡する",
        "事前に責任者へ確認してください",
    ),
    "ko": (
        "사전에 책임자와 협의",
        "먼저 책임자에게 알릴 것",
        "사전에 책임자 승인을 받을 것",
    ),
    "zh": (
        "事先与负责人确认",
        "先通知负责人",
        "提前征得负责人同意",
        "先征求负责人的意见",
    ),
}

SAFEGUARDS = {
    "en": (
        "Make sure a backup exists",
        "Have a backup ready",
        "Take a backup first",
        "Ensure that a recent snapshot exists",
        "Check that nobody is in the mill",
        "Back up the ledger first",
    ),
    "de": (
        "Sicherstellen, dass ein Backup existiert",
        "Vorher ein Backup anlegen",
        "Zuerst eine Sicherung erstellen",
        "Sicherung bereithalten",
    ),
    "fr": (
        "S'assurer qu'une sauvegarde existe",
        "Faire d'abord une sauvegarde",
        "Vérifier qu'une sauvegarde est disponible",
    ),
    "es": (
        "Asegúrese de que exista una copia de seguridad",
        "Hacer antes una copia de seguridad",
        "Tener un respaldo a mano",
    ),
    "pt": (
        "Garanta que existe um backup",
        "Faça um backup antes",
        "Ter um backup pronto",
    ),
    "it": (
        "Assicurarsi che esista un backup",
        "Fare prima un backup",
        "Tenere pronto un backup",
    ),
    "nl": (
        "Zorg dat er een back-up is",
        "Maak eerst een back-up",
        "Controleer of er een recente back-up is",
    ),
    "pl": (
        "Upewnij się, że istnieje kopia zapasowa",
        "Najpierw wykonaj kopię zapasową",
        "Miej przygotowaną kopię zapasową",
    ),
    "ru": (
        "Убедитесь, что есть резервная копия",
        "Сначала сделайте резервную копию",
        "Держать наготове бэкап",
    ),
    "tr": (
        "Yedek olduğundan emin olun",
        "Önce yedek alın",
    ),
    "ja": (
        "バックアップがあることを確認する",
        "事前にバックアップを取得すること",
    ),
    "ko": (
        "백업이 있는지 확인",
        "먼저 백업할 것",
    ),
    "zh": (
        "确保有备份",
        "先做备份",
        "执行前先备份",
    ),
}

GATES = {
    "en": (
        "Prerequisite: the miller has agreed",
        "Condition: the chute is empty",
        "Requires: a second miller",
        "Requirement: empty chute",
        "Prerequisites: two millers on site",
        "Needed: the OK of the miller",
    ),
    "de": (
        "Voraussetzung: Der Müller ist einverstanden",
        "Bedingung: leere Rutsche",
        "Erfordert: zwei Müller",
        "Nötig: Zustimmung des Müllers",
    ),
    "fr": (
        "Prérequis : le meunier est d'accord",
        "Condition : trémie vide",
        "Condition préalable : deux meuniers sur place",
    ),
    "es": (
        "Requisito: el molinero está de acuerdo",
        "Condición: tolva vacía",
        "Requisito previo: dos molineros en el lugar",
    ),
    "pt": (
        "Pré-requisito: o moleiro concordou",
        "Condição: moega vazia",
        "Requisito: dois moleiros no local",
    ),
    "it": (
        "Prerequisito: il mugnaio è d'accordo",
        "Condizione: tramoggia vuota",
        "Requisito: due mugnai sul posto",
    ),
    "nl": (
        "Vereiste: de molenaar is akkoord",
        "Voorwaarde: lege trechter",
        "Randvoorwaarde: twee molenaars ter plaatse",
    ),
    "pl": (
        "Warunek wstępny: młynarz wyraził zgodę",
        "Warunek: pusty lej",
        "Wymaganie: dwóch młynarzy na miejscu",
    ),
    "ru": (
        "Условие: бункер пуст",
        "Предварительное условие: мельник согласен",
        "Требуется: два мельника на месте",
    ),
    "tr": (
        "Ön koşul: değirmenci kabul etti",
        "Koşul: hazne boş",
        "Şart: iki değirmenci yerinde",
    ),
    "ja": (
        "前提：責任者が同意していること",
        "条件：ホッパーが空",
        "前提条件: 二人が現場にいる",
    ),
    "ko": (
        "조건: 호퍼가 비어 있음",
        "전제 조건: 책임자가 동의함",
        "선행 조건: 두 명이 현장에 있음",
    ),
    "zh": (
        "前提：负责人已同意",
        "条件：料斗为空",
        "前置条件：两人在场",
    ),
}

STATES = {
    "en": (
        "While the chute is full",
        "Where the chute is full",
        "Whenever the chute is full",
    ),
    "de": (
        "Während die Rutsche voll ist",
        "Solange die Rutsche voll ist",
        "Bei voller Rutsche",
        "Im Falle einer vollen Rutsche",
    ),
    "fr": (
        "Tant que la trémie est pleine",
        "Pendant que la trémie est pleine",
        "En cas de trémie pleine",
        "Lorsque la trémie est pleine",
    ),
    "es": (
        "Mientras la tolva esté llena",
        "En caso de tolva llena",
        "Si la tolva está llena",
    ),
    "pt": (
        "Enquanto a moega estiver cheia",
        "Em caso de moega cheia",
        "Se a moega estiver cheia",
    ),
    "it": (
        "Finché la tramoggia è piena",
        "Mentre la tramoggia è piena",
        "In caso di tramoggia piena",
    ),
    "nl": (
        "Zolang de trechter vol is",
        "Terwijl de trechter vol is",
        "Bij een volle trechter",
    ),
    "pl": (
        "Dopóki lej jest pełny",
        "Podczas gdy lej jest pełny",
        "W przypadku pełnego leja",
        "Gdy lej jest pełny",
    ),
    "ru": (
        "Пока бункер полон",
        "В случае полного бункера",
        "При полном бункере",
        "Если бункер полон",
    ),
    "tr": (
        "Hazne doluyken",
        "Hazne dolu olduğunda",
        "Hazne doluysa",
    ),
    "ja": (
        "ホッパーが満杯の場合",
        "ホッパーが満杯のとき",
        "ホッパーが満杯時",
        "ホッパーが満杯の間",
    ),
    "ko": (
        "호퍼가 가득 찬 경우",
        "호퍼가 가득 찼을 때",
        "호퍼가 가득 차면",
    ),
    "zh": (
        "当料斗已满时",
        "料斗已满时",
        "在料斗已满的情况下",
        "料斗已满的情况下",
    ),
}

LIMITS = {
    "nl": (
        "Alleen als de trechter leeg is",
        "Als de trechter leeg is",
        "Zodra de trechter leeg is",
        "Alleen 's nachts",
        "Pas na goedkeuring",
        "Niet in productie",
        "Na goedkeuring door de molenaar",
        "Goedkeuring vereist",
    ),
    "pl": (
        "Tylko jeśli lej jest pusty",
        "Jeśli lej jest pusty",
        "Gdy tylko lej będzie pusty",
        "Tylko w nocy",
        "Dopiero po zgodzie młynarza",
        "Nie na produkcji",
        "Wymagana zgoda młynarza",
        "Po zatwierdzeniu przez młynarza",
    ),
    "tr": (
        "Yalnızca hazne boşsa",
        "Hazne boşsa",
        "Sadece geceleri",
        "Üretimde değil",
        "Değirmencinin onayından sonra",
        "Onay gerekli",
        "Hazne boşaldığında",
    ),
    "ko": (
        "호퍼가 비어 있는 경우에만",
        "호퍼가 비어 있으면",
        "야간에만",
        "운영 환경에서는 금지",
        "책임자 승인 후",
        "승인 필요",
    ),
    "ja": (
        "夜間のみ",
        "本番環境では禁止",
        "承認が必要",
        "ホッパーが空の場合",
        "責任者の許可を得てから",
    ),
    "zh": (
        "仅限夜间",
        "需要审批",
        "料斗为空的情况下",
        "只能由负责人执行",
    ),
    "de": (
        "Freigabe erforderlich",
        "Nur mit zwei Müllern",
        "Nicht während des Tages",
        "Falls die Rutsche leer ist",
        "Erst wenn die Rutsche leer ist",
    ),
    "fr": (
        "Approbation requise",
        "Jamais sur le grand moulin",
        "Pas avant 22 heures",
        "Si la trémie est vide",
    ),
    "es": (
        "Aprobación requerida",
        "Nunca en el molino grande",
        "No antes de las 22",
        "Solo de noche",
    ),
    "pt": (
        "Aprovação necessária",
        "Nunca no moinho grande",
        "Somente à noite",
        "Não antes das 22h",
    ),
    "it": (
        "Approvazione richiesta",
        "Mai sul mulino grande",
        "Solo di notte",
        "Non prima delle 22",
    ),
    "ru": (
        "Требуется согласование",
        "Никогда на большой мельнице",
        "Только ночью",
        "Не раньше 22:00",
    ),
}

REMARKS_IN = {
    "en": (
        "Where to look",
        "Make sure that all mills run",
        "Check that the mill runs",
        "Confirm the number of sacks",
        "First look at the log",
        "Check the backup job",
        "While you wait, look at the log",
        "Requires curl 8",
        "Prerequisite: access to the cluster",
        "For all mills",
        "Where the logs are",
        "Confirm with the log",
        "Look first",
        "Backups of the night",
        "Shows who is on duty",
    ),
    "de": (
        "Zuerst die Protokolle ansehen",
        "Voraussetzung: Zugriff auf den Cluster",
        "Vorher und nachher vergleichen",
        "Sicherstellen, dass alles läuft",
        "Zeigt die Backups der Nacht",
    ),
    "fr": (
        "Regarder d'abord le journal",
        "Prérequis : accès au cluster",
        "S'assurer que tout tourne",
    ),
    "es": (
        "Mirar primero el registro",
        "Requisito: acceso al clúster",
        "Asegúrese de que todo corre",
    ),
    "pt": (
        "Olhar primeiro o log",
        "Pré-requisito: acesso ao cluster",
        "Garanta que tudo roda",
    ),
    "it": (
        "Guardare prima il registro",
        "Prerequisito: accesso al cluster",
        "Assicurarsi che tutto giri",
    ),
    "nl": (
        "Eerst de logs bekijken",
        "Vereiste: toegang tot het cluster",
        "Zorg dat alles draait",
        "Duurt een minuut",
    ),
    "pl": (
        "Najpierw obejrzyj logi",
        "Wymagany dostęp do klastra",
        "Upewnij się, że wszystko działa",
        "Trwa minutę",
    ),
    "ru": (
        "Сначала посмотрите логи",
        "Требуется доступ к кластеру",
        "Убедитесь, что все работает",
    ),
    "tr": (
        "Önce günlüklere bakın",
        "Değirmeni kontrol et",
        "Bir dakika sürer",
    ),
    "ja": (
        "先にログを見る",
        "すべて動いていることを確認する",
        "一分かかる",
    ),
    "ko": (
        "먼저 로그를 확인",
        "모두 동작하는지 확인",
        "1분 걸림",
    ),
    "zh": (
        "先看日志",
        "确保一切正常",
        "需要一分钟",
    ),
}
