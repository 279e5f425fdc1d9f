"""Incidents of a shop, and what teams of nine languages call the parts of one."""

from __future__ import annotations

from tests.runbook.layouts import CHANGE, DESTROY, Deed, Facts, Words

LOGS = "kubectl logs deploy/till --tail=50"
RESTART = "kubectl rollout restart deploy/till -n shop"
FLUSH = "redis-cli -h cache-1 FLUSHDB"
HEALTH = "curl -fsS https://till.example/health"
UNDO = "kubectl rollout undo deploy/till -n shop"


def till(title: str, symptoms: tuple[str, ...], said: tuple[str, str, str, str, str, str], only: str) -> Facts:
    """The incident of the till in one language; ``said`` are the titles of what is run."""
    pods, logs, restart, flush, health, undo = said
    return Facts(
        title,
        "HighErrorRate",
        symptoms,
        checks=(Deed(pods, "kubectl get pods -n shop"), Deed(logs, LOGS)),
        fixes=(Deed(restart, RESTART, CHANGE), Deed(flush, FLUSH, DESTROY, only)),
        proofs=(Deed(health, HEALTH),),
        undos=(Deed(undo, UNDO, DESTROY),),
    )


TILL = {
    "en": till(
        "Checkout answers 502",
        ("Customers see error 502 at the till", "The basket stays empty", "Payments time out"),
        (
            "Look at the pods",
            "Read the last lines",
            "Restart the till",
            "Empty the cache",
            "The till answers",
            "Take the release back",
        ),
        "Only if the queue is empty",
    ),
    "es": till(
        "La caja no responde",
        ("Los clientes ven el error 502", "La cesta queda vacía"),
        (
            "Mirar los pods",
            "Leer las últimas líneas",
            "Reiniciar la caja",
            "Vaciar la caché",
            "La caja responde",
            "Volver a la versión anterior",
        ),
        "Solo si la cola está vacía",
    ),
    "pt": till(
        "O caixa não responde",
        ("Os clientes veem o erro 502", "O carrinho fica vazio"),
        (
            "Ver os pods",
            "Ler as últimas linhas",
            "Reiniciar o caixa",
            "Limpar o cache",
            "O caixa responde",
            "Voltar à versão anterior",
        ),
        "Somente se a fila estiver vazia",
    ),
    "fr": till(
        "La caisse ne répond pas",
        ("Les clients voient l'erreur 502", "Le panier reste vide"),
        (
            "Regarder les pods",
            "Lire les dernières lignes",
            "Redémarrer la caisse",
            "Vider le cache",
            "La caisse répond",
            "Revenir à la version précédente",
        ),
        "Seulement si la file est vide",
    ),
    "de": till(
        "Kasse antwortet nicht",
        ("Kunden sehen Fehler 502", "Der Warenkorb bleibt leer"),
        (
            "Pods ansehen",
            "Letzte Zeilen lesen",
            "Kasse neu starten",
            "Cache leeren",
            "Kasse antwortet",
            "Alte Version zurückholen",
        ),
        "Nur wenn die Warteschlange leer ist",
    ),
    "it": till(
        "La cassa non risponde",
        ("I clienti vedono l'errore 502", "Il carrello resta vuoto"),
        (
            "Guardare i pod",
            "Leggere le ultime righe",
            "Riavviare la cassa",
            "Svuotare la cache",
            "La cassa risponde",
            "Tornare alla versione precedente",
        ),
        "Solo se la coda è vuota",
    ),
    "ja": till(
        "決済が応答しない",
        ("顧客に502エラーが表示される", "カートが空のままになる"),
        (
            "ポッドを見る",
            "最後の行を読む",
            "決済を再起動する",
            "キャッシュを空にする",
            "決済が応答する",
            "前の版に戻す",
        ),
        "キューが空の場合のみ",
    ),
    "zh": till(
        "收银台无响应",
        ("客户看到502错误", "购物车一直为空"),
        ("查看容器组", "查看最后几行日志", "重启收银台", "清空缓存", "收银台有响应", "回到上一版本"),
        "仅当队列为空时",
    ),
    "ru": till(
        "Касса не отвечает",
        ("Клиенты видят ошибку 502", "Корзина остаётся пустой"),
        (
            "Посмотреть поды",
            "Прочитать последние строки",
            "Перезапустить кассу",
            "Очистить кэш",
            "Касса отвечает",
            "Вернуть прежнюю версию",
        ),
        "Только если очередь пуста",
    ),
}

ORDERS = Facts(
    "Orders are stuck",
    "OrderQueueBacklog",
    ("Orders wait for minutes", "The queue grows"),
    checks=(
        Deed("Count what waits", "psql -h db-1 -c \"SELECT count(*) FROM orders WHERE state = 'stuck'\""),
        Deed("Look at the workers", "systemctl status order-worker"),
    ),
    fixes=(
        Deed("Restart the workers", "systemctl restart order-worker", CHANGE),
        Deed(
            "Put the orders back",
            "psql -h db-1 -c \"UPDATE orders SET state = 'new' WHERE state = 'stuck'\"",
            DESTROY,
            "Only with approval of the shop lead",
        ),
    ),
    proofs=(Deed("The queue drains", "curl -fsS https://orders.example/queue"),),
    undos=(Deed("Stop the workers again", "systemctl stop order-worker", DESTROY),),
)

REPORTS = Facts(
    "Report database is full",
    "ReportDiskFull",
    ("Reports come without numbers", "The database refuses writes"),
    checks=(
        Deed("Look at the disk", "df -h /srv/reports"),
        Deed("See who reads", "psql -h db-2 <<'SQL'\nSELECT pid, state\nFROM pg_stat_activity;\nSQL"),
    ),
    fixes=(
        Deed("Start more readers", "aws ecs update-service \\\n  --service reports \\\n  --desired-count 4", CHANGE),
        Deed(
            "Throw old rows away",
            'psql -h db-2 -c "DELETE FROM drafts\n  WHERE age > 90"',
            DESTROY,
            "Only after a backup",
        ),
    ),
    proofs=(Deed("There is room", "df -h /srv/reports | tail -1"),),
    undos=(Deed("Bring the rows back", "pg_restore --data-only -d reports /srv/backup/drafts.dump", DESTROY),),
)
"""Commands of several lines: a here-document, a continued line, a text in quotes."""

WORDS = {
    "en": (
        Words("Symptoms", "Diagnosis", "Fix", "Verify", "Rollback"),
        Words("Signs", "Investigation", "Resolution", "Verification", "Rollback"),
        Words("How you notice", "Checks", "Mitigation", "Validation", "Roll back"),
        Words("Detection", "Triage", "Remediation", "Confirm", "Undo"),
    ),
    "es": (
        Words("Síntomas", "Diagnóstico", "Solución", "Verificación", "Reversión"),
        Words("Señales", "Investigación", "Resolución", "Comprobación", "Rollback"),
        Words("Síntomas", "Comprobaciones", "Mitigación", "Validación", "Vuelta atrás"),
    ),
    "pt": (
        Words("Sintomas", "Diagnóstico", "Solução", "Verificação", "Reversão"),
        Words("Sinais", "Investigação", "Resolução", "Validação", "Rollback"),
        Words("Sintomas", "Verificações", "Mitigação", "Confirmação", "Desfazer"),
    ),
    "fr": (
        Words("Symptômes", "Diagnostic", "Solution", "Vérification", "Retour arrière"),
        Words("Signes", "Investigation", "Résolution", "Validation", "Rollback"),
        Words("Symptômes", "Contrôles", "Remédiation", "Vérifier", "Annulation"),
    ),
    "de": (
        Words("Symptome", "Diagnose", "Behebung", "Überprüfung", "Rollback"),
        Words("Anzeichen", "Untersuchung", "Lösung", "Prüfung", "Rückgängig machen"),
        Words("Symptome", "Analyse", "Maßnahmen", "Erfolgskontrolle", "Zurückrollen"),
    ),
    "it": (
        Words("Sintomi", "Diagnosi", "Soluzione", "Verifica", "Rollback"),
        Words("Segnali", "Indagine", "Risoluzione", "Convalida", "Ripristino"),
        Words("Sintomi", "Controlli", "Mitigazione", "Conferma", "Annullamento"),
    ),
    "ja": (
        Words("症状", "診断", "対処", "確認", "ロールバック"),
        Words("兆候", "調査", "解決", "検証", "切り戻し"),
        Words("現象", "切り分け", "復旧手順", "動作確認", "元に戻す"),
    ),
    "zh": (
        Words("症状", "诊断", "修复", "验证", "回滚"),
        Words("现象", "排查", "解决方案", "确认", "回退"),
        Words("表现", "检查", "处理步骤", "校验", "撤销"),
    ),
    "ru": (
        Words("Симптомы", "Диагностика", "Исправление", "Проверка", "Откат"),
        Words("Признаки", "Расследование", "Решение", "Верификация", "Возврат"),
        Words("Симптомы", "Анализ", "Устранение", "Подтверждение", "Отмена"),
    ),
}

CHAPTERS_IN = {
    "es": ("Incidentes comunes", "Problemas frecuentes", "Procedimientos", "Escenarios de fallo"),
    "pt": ("Incidentes comuns", "Problemas conhecidos", "Procedimentos", "Cenários de falha"),
    "fr": ("Incidents courants", "Problèmes connus", "Procédures", "Dépannage", "Scénarios de panne"),
    "de": ("Häufige Störungen", "Bekannte Probleme", "Fehlerbehebung", "Störungsszenarien"),
    "it": ("Incidenti comuni", "Problemi noti", "Procedure", "Risoluzione dei problemi", "Scenari di guasto"),
    "ja": ("よくある障害", "既知の問題", "手順", "トラブルシューティング", "障害シナリオ"),
    "zh": ("常见故障", "已知问题", "处理流程", "故障排查", "故障场景"),
    "ru": ("Типовые инциденты", "Известные проблемы", "Процедуры", "Устранение неполадок", "Сценарии отказов"),
}
"""What a chapter of incidents is called."""

PREFIXES_IN = {
    "es": ("Incidente: ", "Escenario 1: ", "Problema: ", "Procedimiento 1: ", "Alerta: "),
    "pt": ("Incidente: ", "Cenário 1: ", "Problema: ", "Procedimento 1: ", "Alerta: "),
    "fr": ("Incident : ", "Scénario 1 : ", "Problème : ", "Procédure 1 : ", "Alerte : "),
    "de": ("Störung: ", "Szenario 1: ", "Problem: ", "Vorfall 1: ", "Prozedur 1: ", "Alarm: "),
    "it": ("Incidente: ", "Scenario 1: ", "Problema: ", "Procedura 1: ", "Allarme: "),
    "ja": ("インシデント: ", "シナリオ1: ", "障害：", "手順1: ", "アラート: "),
    "zh": ("事件：", "场景1：", "故障：", "告警："),
    "ru": ("Инцидент: ", "Сценарий 1: ", "Проблема: ", "Процедура 1: ", "Алерт: "),
}
"""What stands before the title of an incident."""
