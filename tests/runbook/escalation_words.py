"""The words of a language that an escalation is written with."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Tongue:
    """What the layouts write with; ``{n}`` is a number of minutes, ``{t}`` a length of time, ``{who}`` somebody.

    A ``telling`` is how prose puts it: the sentence of the first one, then that of each other one. In it ``{t}``
    counts from the start, ``{w}`` from the call of ``{before}``.
    """

    title: str
    people: tuple[str, str, str, str]
    minutes: str
    hour: str
    at_once: str
    after: str
    silence: str
    head_who: str
    head_when: str
    head_level: str
    head_minutes: str
    level: str
    severity: str
    head_severity: str
    tellings: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]  # titles of a column of a scale that say whom each severity calls
    beside: tuple[str, ...]  # between those who are called together
    turns: tuple[str, ...]  # between those who are called one after the other
    ranks: tuple[str, str, str, str]  # the first, the second, the third and the last one to be called
    asks: tuple[str, str]  # for a name, for a time
    further: str  # a time {t} that begins when the one before is over
    instead: str  # before whoever comes otherwise, with {who} and {when}
    hands: tuple[str, str, str]  # the titles of a table: from whom, to whom, when
    calls: tuple[str, ...]  # lines above those who are called together

    def span(self, minutes: int) -> str:
        """A length of time in words."""
        return self.hour if minutes == 60 else self.minutes.format(n=minutes)

    def when(self, minutes: int) -> str:
        """When somebody is called: at once, or after a time."""
        return self.after.format(t=self.span(minutes)) if minutes else self.at_once

    def unanswered(self, minutes: int) -> str:
        """The same by nobody's answer."""
        return self.silence.format(t=self.span(minutes)) if minutes else self.at_once


TONGUES = {
    "en": Tongue(
        title="Escalation",
        people=("Duty engineer", "Team lead", "Operations manager", "CTO"),
        minutes="{n} minutes",
        hour="1 hour",
        at_once="immediately",
        after="after {t}",
        silence="no answer within {t}",
        head_who="Who",
        head_when="When",
        head_level="Level",
        head_minutes="Minutes",
        level="Level {n}",
        severity="Severity levels",
        head_severity="Severity",
        tellings=(
            ("Page the {who}.", "If there is no answer within {t}, page the {who}."),
            ("The {who} is paged at once.", "After {t} the {who} is paged."),
            ("Call the {who} first.", "If the {before} does not respond in {w}, call the {who}."),
            ("Alerts go to the {who}.", "The {before} has {w} to acknowledge before the {who} is paged."),
            ("Alerts page the {who}.", "The {before} has {w} to acknowledge, then the {who} is paged."),
            ("We page the {who}.", "No ack after {t}: the {who}."),
            ("First call the {who}.", "Still open after {t}? Call the {who}."),
            ("The {who} gets the page.", "If nobody has acknowledged after {t}, it goes to the {who}."),
        ),
        columns=(
            "Owner",
            "Responders",
            "Who responds",
            "Escalation",
            "Escalate to",
            "Notify",
            "Handled by",
            "On point",
            "Assigned to",
            "Team",
        ),
        beside=(
            ", ",
            " + ",
            "; ",
            " and ",
            " & ",
            "<br>",
        ),
        turns=(
            " → ",
            ", then ",
            "; after that the ",
        ),
        ranks=("First responder", "Second responder", "Third responder", "Last resort"),
        asks=("Who?", "When?"),
        further="another {t}",
        instead="otherwise {who} {when}",
        hands=("From", "To", "After"),
        calls=("Escalate to:", "Page all of these:", "Call at once:"),
    ),
    "es": Tongue(
        title="Escalamiento",
        people=("Ingeniero de guardia", "Jefe de equipo", "Gerente de operaciones", "Director técnico"),
        minutes="{n} minutos",
        hour="1 hora",
        at_once="inmediatamente",
        after="después de {t}",
        silence="sin respuesta en {t}",
        head_who="Quién",
        head_when="Cuándo",
        head_level="Nivel",
        head_minutes="Minutos",
        level="Nivel {n}",
        severity="Niveles de severidad",
        head_severity="Severidad",
        tellings=(
            ("Avisar al {who}.", "Si no hay respuesta en {t}, avisar al {who}."),
            ("Se llama al {who} de inmediato.", "Después de {t} se llama al {who}."),
            ("Llamar primero al {who}.", "Si el {before} no responde en {w}, llamar al {who}."),
            ("Las alertas llegan al {who}.", "El {before} tiene {w} para responder antes de que se llame al {who}."),
        ),
        columns=(
            "Responsable",
            "Quién responde",
            "Escalamiento",
            "Avisar a",
            "Atiende",
            "Asignado a",
            "Quién",
            "Contacto",
            "Equipo",
        ),
        beside=(
            ", ",
            " + ",
            "; ",
            " y ",
            "<br>",
        ),
        turns=(
            " → ",
            ", luego ",
        ),
        ranks=("Primer contacto", "Segundo contacto", "Tercer contacto", "Último recurso"),
        asks=("¿Quién?", "¿Cuándo?"),
        further="otros {t} después",
        instead="si no, {who} {when}",
        hands=("De", "A", "Después de"),
        calls=("Escalar a:", "Avisar a todos:", "Llamar de inmediato:"),
    ),
    "pt": Tongue(
        title="Escalonamento",
        people=("Engenheiro de plantão", "Líder de equipe", "Gerente de operações", "Diretor técnico"),
        minutes="{n} minutos",
        hour="1 hora",
        at_once="imediatamente",
        after="após {t}",
        silence="sem resposta em {t}",
        head_who="Quem",
        head_when="Quando",
        head_level="Nível",
        head_minutes="Minutos",
        level="Nível {n}",
        severity="Níveis de severidade",
        head_severity="Severidade",
        tellings=(
            ("Acionar o {who}.", "Se não houver resposta em {t}, acionar o {who}."),
            ("O {who} é acionado imediatamente.", "Após {t}, o {who} é acionado."),
            ("Ligar primeiro para o {who}.", "Se o {before} não responder em {w}, ligar para o {who}."),
            ("Os alertas vão para o {who}.", "O {before} tem {w} para responder, depois o {who} é acionado."),
        ),
        columns=(
            "Responsável",
            "Quem responde",
            "Escalonamento",
            "Avisar",
            "Atende",
            "Atribuído a",
            "Quem",
            "Contato",
            "Acionar",
        ),
        beside=(
            ", ",
            " + ",
            "; ",
            " e ",
            "<br>",
        ),
        turns=(
            " → ",
            ", depois ",
        ),
        ranks=("Primeiro contato", "Segundo contato", "Terceiro contato", "Último recurso"),
        asks=("Quem?", "Quando?"),
        further="mais {t} depois",
        instead="senão, {who} {when}",
        hands=("De", "Para", "Após"),
        calls=("Escalar para:", "Avisar todos:", "Ligar imediatamente:"),
    ),
    "fr": Tongue(
        title="Escalade",
        people=("Ingénieur d'astreinte", "Chef d'équipe", "Responsable d'exploitation", "Directeur technique"),
        minutes="{n} minutes",
        hour="1 heure",
        at_once="immédiatement",
        after="après {t}",
        silence="sans réponse sous {t}",
        head_who="Qui",
        head_when="Quand",
        head_level="Niveau",
        head_minutes="Minutes",
        level="Niveau {n}",
        severity="Niveaux de gravité",
        head_severity="Gravité",
        tellings=(
            ("Appeler l'{who}.", "Sans réponse sous {t}, appeler le {who}."),
            ("L'{who} est appelé immédiatement.", "Après {t}, le {who} est appelé."),
            ("Prévenir d'abord l'{who}.", "Si le {before} ne répond pas sous {w}, prévenir le {who}."),
            ("Les alertes arrivent à l'{who}.", "Le {before} a {w} pour répondre, puis le {who} est appelé."),
        ),
        columns=(
            "Responsable",
            "Qui répond",
            "Escalade",
            "Prévenir",
            "Intervenants",
            "Assigné à",
            "Qui",
            "Contact",
        ),
        beside=(
            ", ",
            " + ",
            " ; ",
            " et ",
            "<br>",
        ),
        turns=(
            " → ",
            ", puis ",
        ),
        ranks=("Premier intervenant", "Deuxième intervenant", "Troisième intervenant", "Dernier recours"),
        asks=("Qui ?", "Quand ?"),
        further="encore {t} plus tard",
        instead="sinon, {who} {when}",
        hands=("De", "À", "Après"),
        calls=("Escalader vers :", "Prévenir tout le monde :", "Appeler immédiatement :"),
    ),
    "de": Tongue(
        title="Eskalation",
        people=("Bereitschaftsdienst", "Teamleiter", "Betriebsleiter", "Geschäftsführer"),
        minutes="{n} Minuten",
        hour="1 Stunde",
        at_once="sofort",
        after="nach {t}",
        silence="keine Antwort innerhalb von {t}",
        head_who="Wer",
        head_when="Wann",
        head_level="Stufe",
        head_minutes="Minuten",
        level="Stufe {n}",
        severity="Schweregrade",
        head_severity="Schweregrad",
        tellings=(
            ("Den {who} anrufen.", "Keine Antwort innerhalb von {t}: den {who} anrufen."),
            ("Der {who} wird sofort alarmiert.", "Nach {t} wird der {who} alarmiert."),
            ("Zuerst den {who} anrufen.", "Wenn sich der {before} nicht innerhalb von {w} meldet, den {who} anrufen."),
            ("Alarme gehen an den {who}.", "Der {before} hat {w} Zeit zu antworten, dann wird der {who} alarmiert."),
        ),
        columns=(
            "Verantwortlich",
            "Wer reagiert",
            "Eskalation",
            "Benachrichtigen",
            "Zuständig",
            "Zugewiesen an",
            "Wer",
            "Kontakt",
            "Anrufen",
        ),
        beside=(
            ", ",
            " + ",
            "; ",
            " und ",
            "<br>",
        ),
        turns=(
            " → ",
            ", dann ",
        ),
        ranks=("Erster Ansprechpartner", "Zweiter Ansprechpartner", "Dritter Ansprechpartner", "Letzte Instanz"),
        asks=("Wer?", "Wann?"),
        further="weitere {t} später",
        instead="sonst {when} {who}",
        hands=("Von", "An", "Nach"),
        calls=("Eskalieren an:", "Alle alarmieren:", "Sofort anrufen:"),
    ),
    "it": Tongue(
        title="Escalation",
        people=("Tecnico reperibile", "Capo squadra", "Responsabile operativo", "Direttore tecnico"),
        minutes="{n} minuti",
        hour="1 ora",
        at_once="subito",
        after="dopo {t}",
        silence="nessuna risposta entro {t}",
        head_who="Chi",
        head_when="Quando",
        head_level="Livello",
        head_minutes="Minuti",
        level="Livello {n}",
        severity="Livelli di gravità",
        head_severity="Gravità",
        tellings=(
            ("Chiamare il {who}.", "Se non risponde entro {t}, chiamare il {who}."),
            ("Il {who} viene avvisato subito.", "Dopo {t} viene avvisato il {who}."),
            ("Chiamare prima il {who}.", "Se il {before} non risponde entro {w}, chiamare il {who}."),
            ("Gli allarmi arrivano al {who}.", "Il {before} ha {w} per rispondere, poi viene chiamato il {who}."),
        ),
        columns=(
            "Responsabile",
            "Chi risponde",
            "Escalation",
            "Avvisare",
            "Assegnato a",
            "Chi",
            "Contatto",
            "Responsabili",
        ),
        beside=(
            ", ",
            " + ",
            "; ",
            " e ",
            "<br>",
        ),
        turns=(
            " → ",
            ", poi ",
        ),
        ranks=("Primo contatto", "Secondo contatto", "Terzo contatto", "Ultima risorsa"),
        asks=("Chi?", "Quando?"),
        further="dopo altri {t}",
        instead="altrimenti {who} {when}",
        hands=("Da", "A", "Dopo"),
        calls=("Scalare a:", "Avvisare tutti:", "Chiamare subito:"),
    ),
    "zh": Tongue(
        title="升级流程",
        people=("值班工程师", "团队负责人", "运维经理", "技术总监"),
        minutes="{n}分钟",
        hour="1小时",
        at_once="立即",
        after="{t}后",
        silence="{t}内无响应",
        head_who="联系人",
        head_when="时间",
        head_level="级别",
        head_minutes="分钟",
        level="第{n}级",
        severity="严重级别",
        head_severity="严重级别",
        tellings=(
            ("首先通知{who}。", "如果{t}内无响应,通知{who}。"),
            ("立即呼叫{who}。", "{t}后呼叫{who}。"),
            ("先联系{who}。", "如{before}在{w}内未响应,则联系{who}。"),
            ("告警发给{who}。", "{before}有{w}确认,否则通知{who}。"),
        ),
        columns=(
            "负责人",
            "响应人",
            "升级",
            "通知",
            "联系人",
            "谁",
            "处理人",
        ),
        beside=(
            "、",
            " + ",
            "，",
            "和",
            "<br>",
        ),
        turns=(
            " → ",
            "，然后",
        ),
        ranks=("第一联系人", "第二联系人", "第三联系人", "最后手段"),
        asks=("谁？", "何时？"),
        further="再过{t}",
        instead="否则{when}通知{who}",
        hands=("从", "到", "时间"),
        calls=("升级至：", "全部通知：", "立即呼叫："),
    ),
    "ja": Tongue(
        title="エスカレーション",
        people=("当番エンジニア", "チームリーダー", "運用部長", "技術責任者"),
        minutes="{n}分",
        hour="1時間",
        at_once="即時",
        after="{t}後",
        silence="{t}以内に応答なし",
        head_who="担当者",
        head_when="タイミング",
        head_level="レベル",
        head_minutes="分",
        level="レベル{n}",
        severity="重大度",
        head_severity="重大度",
        tellings=(
            ("まず{who}に連絡する。", "{t}以内に応答がなければ{who}に連絡する。"),
            ("{who}を直ちに呼び出す。", "{t}後に{who}を呼び出す。"),
            ("最初に{who}へ電話する。", "{before}が{w}以内に応答しない場合は{who}へ電話する。"),
        ),
        columns=(
            "担当",
            "対応者",
            "エスカレーション",
            "通知先",
            "連絡先",
            "誰",
            "責任者",
        ),
        beside=(
            "、",
            " + ",
            "・",
            "と",
            "<br>",
        ),
        turns=(" → ",),
        ranks=("一次連絡先", "二次連絡先", "三次連絡先", "最終手段"),
        asks=("誰？", "いつ？"),
        further="さらに{t}後",
        instead="応答がなければ{when}に{who}",
        hands=("元", "先", "時間"),
        calls=("エスカレーション先：", "全員に連絡：", "直ちに電話："),
    ),
    "ru": Tongue(
        title="Эскалация",
        people=("Дежурный инженер", "Руководитель группы", "Начальник эксплуатации", "Технический директор"),
        minutes="{n} минут",
        hour="1 час",
        at_once="сразу",
        after="через {t}",
        silence="нет ответа {t}",
        head_who="Кто",
        head_when="Когда",
        head_level="Уровень",
        head_minutes="Минуты",
        level="Уровень {n}",
        severity="Уровни критичности",
        head_severity="Критичность",
        tellings=(
            ("Сначала вызывается {who}.", "Если нет ответа в течение {t}, вызывается {who}."),
            ("Сразу оповещается {who}.", "Через {t} оповещается {who}."),
            ("Первым вызывается {who}.", "Если {before} не отвечает {w}, вызывается {who}."),
        ),
        columns=(
            "Ответственный",
            "Кто реагирует",
            "Эскалация",
            "Уведомить",
            "Кого вызывать",
            "Кто",
            "Исполнитель",
        ),
        beside=(
            ", ",
            " + ",
            "; ",
            " и ",
            "<br>",
        ),
        turns=(
            " → ",
            ", затем ",
        ),
        ranks=("Первый контакт", "Второй контакт", "Третий контакт", "Крайний случай"),
        asks=("Кто?", "Когда?"),
        further="ещё через {t}",
        instead="иначе {when} {who}",
        hands=("От", "К", "Через"),
        calls=("Эскалировать на:", "Оповестить всех:", "Сразу звонить:"),
    ),
}
"""The languages in which documents are tried."""

_ENGLISH = TONGUES["en"]
CASTS = {
    "en, ranks": replace(_ENGLISH, people=("Primary on-call", "Secondary on-call", "Platform lead", "VP Engineering")),
    "en, tiers": replace(_ENGLISH, people=("L1 support", "L2 engineers", "L3 architects", "Head of platform")),
    "en, names": replace(
        _ENGLISH,
        people=("Ada Stone", "Bo Lind", "Cy Marsh", "Dee Falk"),
        tellings=tuple(
            (first.replace("the ", ""), later.replace("the ", "").replace("The ", ""))
            for first, later in _ENGLISH.tellings
        ),
    ),
}
"""Other people in the same words: ranks, numbered tiers, and names that no list of words knows."""
