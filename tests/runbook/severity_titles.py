"""What teams call the columns and labels of a severity scale, in nine languages."""

from __future__ import annotations

TITLES: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "level": (
            "Severity", "Level", "Sev", "Priority", "Severity level", "Incident level", "Class", "Tier",
            "Classification", "Urgency", "SEV", "Impact level",
        ),
        "criteria": (
            "Definition", "Description", "Criteria", "Impact", "Examples", "Example", "Meaning", "What it means",
            "Scope", "Customer impact", "Business impact", "User impact", "When to use", "Typical symptoms",
            "Situation", "Scenario", "Characteristics", "Condition", "What", "Conditions", "Example incidents",
            "Details", "Symptoms",
        ),
        "response": (
            "Response", "Response Time", "Response time target", "SLA", "First response", "Target response",
            "Initial response", "Response SLA", "Time to respond", "Reaction time", "Respond within",
            "Initial response time", "Response target", "Target response time", "Max response time",
            "Time to first response", "Response (SLA)", "Expected response", "Expected response time",
            "Pickup time", "On-call response", "Engage within", "Start work within",
        ),
        "acknowledge": (
            "Ack", "Acknowledge", "Time to acknowledge", "MTTA", "Ack SLA", "Ack time", "Acknowledgement",
            "Acknowledgment", "TTA", "Acknowledge within", "Ack target", "Acknowledgement SLA", "Time to ack",
            "Ack within", "MTTA target",
        ),
        "resolution": (
            "Resolution", "Target resolution", "Fix", "MTTR", "Resolution time", "Time to resolve",
            "Resolve within", "Resolution target", "Resolution SLA", "Resolve", "TTR", "Fix time",
            "Target resolution time", "Time to resolution", "Fix within", "Target fix time", "Max resolution time",
            "Resolution goal", "MTTR target", "Expected resolution", "Time to fix",
        ),
        "updates": (
            "Updates", "Update frequency", "Update cadence", "Update every", "Communication frequency", "Comms",
            "Status updates", "Comms cadence", "Status update frequency", "Update interval",
            "Communication cadence", "Stakeholder updates", "Status page updates", "Communication", "Update SLA",
            "Updates every", "Status cadence",
        ),
        "other": (
            "Mitigate", "Time to mitigate", "Mitigation", "RTO", "RPO", "Recovery time", "Mitigation target",
            "Workaround", "Time to mitigation", "Escalate after", "Detection", "Time to detect", "MTTD",
            "Escalation time", "Workaround within", "War room within", "Status page within", "Containment",
            "Time to contain", "Postmortem due", "Notify customers within", "Post-mortem",
        ),
    },
    "es": {
        "level": (
            "Severidad", "Nivel", "Prioridad", "Gravedad", "Clasificación", "Nivel de severidad", "Criticidad",
            "Urgencia",
        ),
        "criteria": (
            "Descripción", "Definición", "Criterios", "Impacto", "Ejemplos", "Significado", "Criterio",
            "Qué significa", "Alcance", "Situación", "Ejemplo", "Impacto en el negocio",
        ),
        "response": (
            "Tiempo de respuesta", "Respuesta", "Primera respuesta", "Respuesta inicial", "SLA de respuesta",
            "SLA", "Tiempo de reacción", "Objetivo de respuesta", "Tiempo máximo de respuesta",
            "Tiempo de atención", "Responder en", "Plazo de respuesta",
        ),
        "acknowledge": (
            "Acuse", "Tiempo de acuse", "Reconocimiento", "Acuse de recibo", "Confirmación", "MTTA",
        ),
        "resolution": (
            "Tiempo de resolución", "Resolución", "Objetivo de resolución", "SLA de resolución", "Solución",
            "Tiempo de solución", "Resolver en", "Plazo de resolución", "MTTR", "Tiempo objetivo de resolución",
        ),
        "updates": (
            "Actualizaciones", "Frecuencia de actualización", "Actualización", "Comunicación",
            "Frecuencia de comunicación", "Actualizaciones cada",
        ),
        "other": (
            "Mitigación", "Tiempo de mitigación", "Recuperación", "RTO", "RPO", "Escalar después de", "Escalado",
            "Detección", "Contención", "Tiempo de detección",
        ),
    },
    "pt": {
        "level": (
            "Severidade", "Nível", "Prioridade", "Gravidade", "Classificação", "Nível de severidade",
            "Criticidade", "Urgência",
        ),
        "criteria": (
            "Descrição", "Definição", "Critérios", "Impacto", "Exemplos", "Significado", "Critério",
            "O que significa", "Escopo", "Situação", "Exemplo", "Impacto no negócio",
        ),
        "response": (
            "Tempo de resposta", "Resposta", "Primeira resposta", "Resposta inicial", "SLA de resposta", "SLA",
            "Tempo de reação", "Meta de resposta", "Tempo máximo de resposta", "Tempo de atendimento",
            "Responder em", "Prazo de resposta",
        ),
        "acknowledge": (
            "Reconhecimento", "Tempo de reconhecimento", "Confirmação", "ACK", "MTTA",
        ),
        "resolution": (
            "Tempo de resolução", "Resolução", "Meta de resolução", "SLA de resolução", "Solução",
            "Tempo de solução", "Resolver em", "Prazo de resolução", "MTTR", "Correção",
        ),
        "updates": (
            "Atualizações", "Frequência de atualização", "Atualização", "Comunicação", "Frequência de comunicação",
            "Atualizações a cada",
        ),
        "other": (
            "Mitigação", "Tempo de mitigação", "Recuperação", "RTO", "RPO", "Escalar após", "Escalonamento",
            "Detecção", "Contenção", "Tempo de detecção",
        ),
    },
    "fr": {
        "level": (
            "Sévérité", "Niveau", "Priorité", "Gravité", "Criticité", "Niveau de gravité", "Classification",
            "Urgence",
        ),
        "criteria": (
            "Description", "Définition", "Critères", "Impact", "Exemples", "Signification", "Critère", "Périmètre",
            "Situation", "Exemple", "Impact métier",
        ),
        "response": (
            "Délai de réponse", "Temps de réponse", "Réponse", "Première réponse", "Réponse initiale", "SLA",
            "Délai de prise en charge", "Prise en charge", "Temps de réaction", "Objectif de réponse", "GTI",
            "Délai d'intervention", "Réaction",
        ),
        "acknowledge": (
            "Acquittement", "Délai d'acquittement", "Accusé de réception", "MTTA", "Temps d'acquittement",
        ),
        "resolution": (
            "Délai de résolution", "Temps de résolution", "Résolution", "Objectif de résolution", "Correction",
            "GTR", "Délai de correction", "MTTR", "Résolution cible", "SLA de résolution",
            "Délai de rétablissement",
        ),
        "updates": (
            "Mises à jour", "Fréquence des mises à jour", "Communication", "Fréquence de communication",
            "Points de situation", "Fréquence de mise à jour",
        ),
        "other": (
            "Atténuation", "Contournement", "Délai de contournement", "RTO", "RPO", "Escalade après", "Escalade",
            "Détection", "Confinement",
        ),
    },
    "de": {
        "level": (
            "Schweregrad", "Stufe", "Priorität", "Level", "Kritikalität", "Einstufung", "Prio", "Dringlichkeit",
        ),
        "criteria": (
            "Beschreibung", "Definition", "Kriterien", "Auswirkung", "Beispiele", "Bedeutung", "Auswirkungen",
            "Kriterium", "Umfang", "Beispiel", "Merkmale",
        ),
        "response": (
            "Reaktionszeit", "Antwortzeit", "Reaktion", "Erste Reaktion", "Erstreaktion", "SLA", "Antwort",
            "Reaktionsziel", "Reaktion innerhalb", "Max. Reaktionszeit", "Ziel-Reaktionszeit", "Reaktionsfrist",
        ),
        "acknowledge": (
            "Bestätigung", "Quittierung", "Quittieren", "Bestätigung innerhalb", "MTTA", "Quittierungszeit",
        ),
        "resolution": (
            "Lösungszeit", "Behebung", "Behebungszeit", "Lösung", "Zielzeit Lösung", "MTTR", "Ziel-Lösungszeit",
            "Lösung innerhalb", "Entstörzeit", "Entstörung", "Behebungsziel", "Wiederherstellung",
        ),
        "updates": (
            "Updates", "Statusupdates", "Update-Intervall", "Statusmeldungen", "Kommunikation", "Update-Frequenz",
            "Information", "Kommunikationsintervall",
        ),
        "other": (
            "Workaround", "Mitigation", "Eindämmung", "RTO", "RPO", "Eskalation nach", "Eskalation", "Erkennung",
            "Umgehungslösung",
        ),
    },
    "it": {
        "level": (
            "Gravità", "Livello", "Priorità", "Severità", "Criticità", "Classificazione", "Livello di gravità",
            "Urgenza",
        ),
        "criteria": (
            "Descrizione", "Definizione", "Criteri", "Impatto", "Esempi", "Significato", "Criterio", "Ambito",
            "Situazione", "Esempio", "Impatto sul business",
        ),
        "response": (
            "Tempo di risposta", "Risposta", "Prima risposta", "Risposta iniziale", "SLA", "Tempo di reazione",
            "Obiettivo di risposta", "Rispondere entro", "SLA di risposta", "Tempo massimo di risposta",
        ),
        "acknowledge": (
            "Conferma", "Riconoscimento", "Tempo di conferma", "MTTA", "ACK", "Presa in carico",
        ),
        "resolution": (
            "Tempo di risoluzione", "Risoluzione", "Obiettivo di risoluzione", "SLA di risoluzione", "Soluzione",
            "Risolvere entro", "MTTR", "Correzione", "Tempo massimo di risoluzione", "Tempo di ripristino",
        ),
        "updates": (
            "Aggiornamenti", "Frequenza aggiornamenti", "Comunicazione", "Aggiornamento",
            "Frequenza di aggiornamento", "Frequenza comunicazioni",
        ),
        "other": (
            "Mitigazione", "Tempo di mitigazione", "RTO", "RPO", "Escalation dopo", "Escalation", "Rilevamento",
            "Contenimento",
        ),
    },
    "ja": {
        "level": (
            "重要度", "レベル", "優先度", "深刻度", "緊急度", "重大度", "障害レベル", "区分",
        ),
        "criteria": (
            "説明", "定義", "基準", "影響", "例", "内容", "影響範囲", "判断基準", "状況", "概要", "事象例",
        ),
        "response": (
            "応答時間", "対応時間", "初動", "初動時間", "初動対応", "対応開始", "SLA", "初回応答", "目標応答時間",
            "対応開始時間", "一次対応", "対応開始目標",
            "レスポンスタイム",
        ),
        "acknowledge": (
            "確認", "確認時間", "ACK", "受付確認", "MTTA",
        ),
        "resolution": (
            "解決時間", "解決目標", "目標解決時間", "復旧目標", "解決", "復旧時間", "復旧目標時間", "MTTR",
            "完全復旧", "解決期限",
        ),
        "updates": (
            "更新頻度", "報告頻度", "状況報告", "連絡頻度", "進捗報告", "報告間隔",
        ),
        "other": (
            "暫定対応", "RTO", "RPO", "緩和", "エスカレーション", "検知", "暫定復旧", "エスカレーション時間",
            "検知時間",
        ),
    },
    "zh": {
        "level": (
            "级别", "等级", "严重级别", "优先级", "严重程度", "故障等级", "事件级别", "严重性",
        ),
        "criteria": (
            "描述", "定义", "标准", "影响", "示例", "说明", "影响范围", "判定标准", "典型场景", "含义", "例子",
        ),
        "response": (
            "响应时间", "响应", "首次响应", "SLA", "响应时限", "响应要求", "初始响应", "响应目标", "目标响应时间",
            "处理响应", "响应SLA",
        ),
        "acknowledge": (
            "确认", "确认时间", "确认时限", "MTTA", "认领时间",
        ),
        "resolution": (
            "解决时间", "解决时限", "修复时间", "恢复时间", "解决目标", "目标解决时间", "处理时限", "MTTR",
            "修复时限", "解决",
        ),
        "updates": (
            "更新频率", "通报频率", "进展同步", "同步频率", "更新", "通报",
        ),
        "other": (
            "缓解时间", "止损时间", "RTO", "RPO", "升级时间", "升级", "检测时间", "发现时间", "临时方案",
        ),
    },
    "ru": {
        "level": (
            "Критичность", "Уровень", "Приоритет", "Серьёзность", "Степень", "Уровень критичности", "Класс",
            "Срочность",
        ),
        "criteria": (
            "Описание", "Определение", "Критерии", "Влияние", "Примеры", "Значение", "Критерий", "Признаки",
            "Ситуация", "Пример", "Что это",
        ),
        "response": (
            "Время реакции", "Реакция", "Время ответа", "Первый ответ", "SLA", "Время реагирования",
            "Срок реакции", "Ответ", "Отклик", "Целевое время реакции", "Первая реакция",
        ),
        "acknowledge": (
            "Подтверждение", "Время подтверждения", "MTTA", "ACK",
        ),
        "resolution": (
            "Время решения", "Решение", "Время устранения", "Срок устранения", "Устранение", "Исправление", "MTTR",
            "Целевое время решения", "Срок решения", "Время восстановления",
        ),
        "updates": (
            "Обновления", "Частота обновлений", "Обновления статуса", "Коммуникация", "Информирование",
            "Периодичность обновлений",
        ),
        "other": (
            "Смягчение", "Обходное решение", "RTO", "RPO", "Эскалация через", "Эскалация", "Обнаружение",
            "Локализация",
        ),
    },
}  # fmt: skip
"""By language and by what stands below: "other" are clocks that a scale of severities has no target for."""
