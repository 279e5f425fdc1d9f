"""The words in which one scale of severities is written in nine languages: titles, labels, criteria, times."""

from __future__ import annotations

from dataclasses import dataclass, replace

TIMES: dict[str, tuple[int | None, str]] = {
    "now": (0, "immediate"),
    "15m": (900, "elapsed"),
    "15-30m": (1800, "elapsed"),
    "1h": (3600, "elapsed"),
    "4h": (14_400, "elapsed"),
    "8h": (28_800, "elapsed"),
    "4bh": (14_400, "business"),
    "nbd": (None, "business"),
    "3d": (259_200, "elapsed"),
    "5bd": (432_000, "business"),
    "every 15m": (900, "elapsed"),
    "every 30m": (1800, "elapsed"),
    "every 2h": (7200, "elapsed"),
    "daily": (86_400, "elapsed"),
}
"""What each time of the scale means: seconds, None where the words name no length, and how they are counted."""


@dataclass(frozen=True)
class Tongue:
    """A language as a team writes its scale in it; ``times`` words those of ``TIMES``, in their order."""

    chapter: str
    targets: str  # the chapter of the times alone
    level: str
    criteria: str
    response: str
    resolution: str
    updates: str
    labels: tuple[str, ...]  # of the five levels, most severe first
    clauses: tuple[tuple[str, ...], ...]
    times: tuple[str, ...]
    promise: str  # a sentence with {response} and {resolution} in it
    comma: str = ", "
    colon: str = ": "

    def time(self, key: str) -> str:
        """A time as this language words it."""
        return self.times[list(TIMES).index(key)]

    def titled(self, **titles: str) -> Tongue:
        """The same with other titles."""
        return replace(self, **titles)


ENGLISH = Tongue(
    "Severity levels",
    "Response targets",
    "Severity",
    "Definition",
    "Response time",
    "Resolution time",
    "Update frequency",
    ("Critical", "High", "Medium", "Low", "Minor"),
    (
        ("Nobody can book a crossing", "payments are lost", "the harbour display is dark"),
        ("Booking works for half of the passengers", "tickets arrive late"),
        ("One pier shows stale departures",),
        ("A typo on the timetable",),
        ("A colour is off",),
    ),
    (
        "Immediate",
        "15 minutes",
        "15-30 minutes",
        "1 hour",
        "4 hours",
        "8 hours",
        "4 business hours",
        "Next business day",
        "3 days",
        "5 business days",
        "Every 15 minutes",
        "Every 30 minutes",
        "Every 2 hours",
        "Daily",
    ),
    "We respond within {response} and resolve it within {resolution}.",
)

SPANISH = Tongue(
    "Niveles de severidad",
    "Tiempos de respuesta",
    "Severidad",
    "Descripción",
    "Tiempo de respuesta",
    "Tiempo de resolución",
    "Frecuencia de actualización",
    ("Crítico", "Alto", "Medio", "Bajo", "Menor"),
    (
        ("Nadie puede reservar", "se pierden pagos", "la pantalla del puerto está apagada"),
        ("Solo reserva la mitad de los pasajeros", "los billetes llegan tarde"),
        ("Un muelle muestra salidas viejas",),
        ("Una errata en el horario",),
        ("Un color equivocado",),
    ),
    (
        "Inmediato",
        "15 minutos",
        "15-30 minutos",
        "1 hora",
        "4 horas",
        "8 horas",
        "4 horas hábiles",
        "Siguiente día hábil",
        "3 días",
        "5 días hábiles",
        "Cada 15 minutos",
        "Cada 30 minutos",
        "Cada 2 horas",
        "Diario",
    ),
    "Respondemos en {response} y lo resolvemos en {resolution}.",
)

PORTUGUESE = Tongue(
    "Níveis de severidade",
    "Tempos de resposta",
    "Severidade",
    "Descrição",
    "Tempo de resposta",
    "Tempo de resolução",
    "Frequência de atualização",
    ("Crítico", "Alto", "Médio", "Baixo", "Menor"),
    (
        ("Ninguém consegue reservar", "pagamentos se perdem", "o painel do cais está apagado"),
        ("Só metade dos passageiros reserva", "os bilhetes chegam tarde"),
        ("Um cais mostra partidas antigas",),
        ("Um erro de digitação na tabela",),
        ("Uma cor errada",),
    ),
    (
        "Imediato",
        "15 minutos",
        "15-30 minutos",
        "1 hora",
        "4 horas",
        "8 horas",
        "4 horas úteis",
        "Próximo dia útil",
        "3 dias",
        "5 dias úteis",
        "A cada 15 minutos",
        "A cada 30 minutos",
        "A cada 2 horas",
        "Diariamente",
    ),
    "Respondemos em até {response} e resolvemos em até {resolution}.",
)

FRENCH = Tongue(
    "Niveaux de sévérité",
    "Délais de réponse",
    "Sévérité",
    "Description",
    "Délai de réponse",
    "Délai de résolution",
    "Fréquence des mises à jour",
    ("Critique", "Élevé", "Moyen", "Faible", "Mineur"),
    (
        ("Personne ne peut réserver", "des paiements sont perdus", "l'écran du port est noir"),
        ("La moitié des passagers seulement réserve", "les billets arrivent tard"),
        ("Un quai affiche de vieux départs",),
        ("Une coquille dans l'horaire",),
        ("Une couleur fausse",),
    ),
    (
        "Immédiat",
        "15 minutes",
        "15-30 minutes",
        "1 heure",
        "4 heures",
        "8 heures",
        "4 heures ouvrées",
        "Jour ouvré suivant",
        "3 jours",
        "5 jours ouvrés",
        "Toutes les 15 minutes",
        "Toutes les 30 minutes",
        "Toutes les 2 heures",
        "Quotidien",
    ),
    "Nous répondons sous {response} et résolvons sous {resolution}.",
    colon=" : ",
)

GERMAN = Tongue(
    "Schweregrade",
    "Reaktionszeiten",
    "Schweregrad",
    "Beschreibung",
    "Reaktionszeit",
    "Lösungszeit",
    "Statusmeldungen",
    ("Kritisch", "Hoch", "Mittel", "Niedrig", "Gering"),
    (
        ("Niemand kann buchen", "Zahlungen gehen verloren", "die Hafenanzeige ist dunkel"),
        ("Nur die Hälfte der Fahrgäste kann buchen", "Fahrscheine kommen spät"),
        ("Ein Steg zeigt alte Abfahrten",),
        ("Ein Tippfehler im Fahrplan",),
        ("Eine Farbe ist falsch",),
    ),
    (
        "Sofort",
        "15 Minuten",
        "15-30 Minuten",
        "1 Stunde",
        "4 Stunden",
        "8 Stunden",
        "4 Arbeitsstunden",
        "Nächster Werktag",
        "3 Tage",
        "5 Werktage",
        "Alle 15 Minuten",
        "Alle 30 Minuten",
        "Alle 2 Stunden",
        "Täglich",
    ),
    "Wir reagieren innerhalb von {response} und beheben den Fehler innerhalb von {resolution}.",
)

ITALIAN = Tongue(
    "Livelli di gravità",
    "Tempi di risposta",
    "Gravità",
    "Descrizione",
    "Tempo di risposta",
    "Tempo di risoluzione",
    "Frequenza degli aggiornamenti",
    ("Critico", "Alto", "Medio", "Basso", "Minore"),
    (
        ("Nessuno può prenotare", "si perdono pagamenti", "il tabellone del porto è spento"),
        ("Prenota solo metà dei passeggeri", "i biglietti arrivano tardi"),
        ("Un molo mostra partenze vecchie",),
        ("Un refuso nell'orario",),
        ("Un colore sbagliato",),
    ),
    (
        "Immediato",
        "15 minuti",
        "15-30 minuti",
        "1 ora",
        "4 ore",
        "8 ore",
        "4 ore lavorative",
        "Giorno lavorativo successivo",
        "3 giorni",
        "5 giorni lavorativi",
        "Ogni 15 minuti",
        "Ogni 30 minuti",
        "Ogni 2 ore",
        "Giornaliero",
    ),
    "Rispondiamo entro {response} e risolviamo entro {resolution}.",
)

JAPANESE = Tongue(
    "重要度レベル",
    "対応時間",
    "重要度",
    "説明",
    "応答時間",
    "解決目標時間",
    "更新頻度",
    ("致命的", "高", "中", "低", "軽微"),
    (
        ("誰も予約できない", "支払いが失われている", "港の掲示板が消えている"),
        ("乗客の半数しか予約できない", "切符が遅れて届く"),
        ("一つの桟橋が古い出発時刻を表示",),
        ("時刻表の誤字",),
        ("色が違う",),
    ),
    (
        "即時",
        "15分以内",
        "15〜30分",
        "1時間以内",
        "4時間以内",
        "8時間以内",
        "4営業時間",
        "翌営業日",
        "3日以内",
        "5営業日",
        "15分ごと",
        "30分ごと",
        "2時間ごと",
        "毎日",
    ),
    "{response}に応答し、{resolution}に解決する。",
    comma="、",
    colon="：",
)

CHINESE = Tongue(
    "故障等级",
    "响应时间",
    "级别",
    "描述",
    "响应时间",
    "解决时间",
    "更新频率",
    ("严重", "高", "中", "低", "轻微"),
    (
        ("无人能够订票", "付款丢失", "码头显示屏黑屏"),
        ("只有一半乘客能订票", "船票迟到"),
        ("一个码头显示旧的班次",),
        ("时刻表上的错字",),
        ("颜色不对",),
    ),
    (
        "立即",
        "15分钟内",
        "15-30分钟",
        "1小时内",
        "4小时内",
        "8小时内",
        "4个工作小时",
        "下一工作日",
        "3天内",
        "5个工作日",
        "每15分钟",
        "每30分钟",
        "每2小时",
        "每天",
    ),
    "{response}响应，{resolution}解决。",
    comma="、",
    colon="：",
)

RUSSIAN = Tongue(
    "Уровни критичности",
    "Время реакции",
    "Критичность",
    "Описание",
    "Время реакции",
    "Время решения",
    "Частота обновлений",
    ("Критический", "Высокий", "Средний", "Низкий", "Незначительный"),
    (
        ("Никто не может купить билет", "пропадают платежи", "табло порта погасло"),
        ("Билет может купить половина пассажиров", "билеты приходят поздно"),
        ("Один причал показывает старые рейсы",),
        ("Опечатка в расписании",),
        ("Не тот цвет",),
    ),
    (
        "Немедленно",
        "15 минут",
        "15-30 минут",
        "1 час",
        "4 часа",
        "8 часов",
        "4 рабочих часа",
        "Следующий рабочий день",
        "3 дня",
        "5 рабочих дней",
        "Каждые 15 минут",
        "Каждые 30 минут",
        "Каждые 2 часа",
        "Ежедневно",
    ),
    "Реагируем в течение {response}, решаем в течение {resolution}.",
)

TONGUES = {
    "en": ENGLISH,
    "es": SPANISH,
    "pt": PORTUGUESE,
    "fr": FRENCH,
    "de": GERMAN,
    "it": ITALIAN,
    "ja": JAPANESE,
    "zh": CHINESE,
    "ru": RUSSIAN,
}

BEGUN: dict[str, tuple[str, ...]] = {
    "en": (
        "Someone must be on it within {t}",
        "Somebody has to be working on it within {t}",
        "We start on it within {t}",
        "Work begins within {t}",
        "An engineer engages within {t}",
        "Hands on keyboard within {t}",
    ),
    "es": ("Alguien debe estar en ello en {t}", "Alguien tiene que atenderlo en {t}", "Se empieza a trabajar en {t}"),
    "pt": ("Alguém precisa olhar em até {t}", "O trabalho começa em {t}", "Alguém assume em {t}"),
    "fr": ("Quelqu'un doit être dessus sous {t}", "Quelqu'un s'en occupe en {t}", "Le travail commence sous {t}"),
    "de": (
        "Jemand muss binnen {t} dran sein",
        "Innerhalb von {t} kümmert sich jemand darum",
        "Die Arbeit beginnt innerhalb von {t}",
    ),
    "it": ("Qualcuno deve occuparsene entro {t}", "Si inizia a lavorarci entro {t}"),
    "ja": ("{t}以内に調査を開始する",),
    "zh": ("{t}内必须有人处理", "{t}内开始处理"),
    "ru": ("Кто-то должен заняться этим в течение {t}", "Работа начинается в течение {t}"),
}
"""Sentences that promise by when somebody is at work, without a word for a response; ``{t}`` is the time."""
