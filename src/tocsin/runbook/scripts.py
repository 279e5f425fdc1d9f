"""The two scripts of Chinese: one vocabulary is written in one of them, and documents in both."""

from __future__ import annotations

from collections.abc import Iterable

_TRADITIONAL = (
    "帳級響應時間聯繫絡緊劃機復處嚴階層組織話電郵線員師經總監務運維業統發診斷範圍標準說閾請證據調檢測風險價動資數庫網計項專責職稱單號義類別優順對陣誰轉團隊備註樣態狀況訊關鍵檔溝後續報長產環無現個營離還輕遲錯誤開啟擴輪導領給過達"
    "連結決減將權護設訪認質軟載鐘門閉雙題顯驗點體複製訓練學習編繼終與舊術補觸記錄評詢詳試論講負購賬輸適選遞鑰鎖鏈災難損洩竊擊駭潰當滿熱歸圖執尋戶擾攔會東條構殺獨籤簽紀紅紙細絕緩罰羅聲聽腦臨舉萬蓋衛裝見規視覽觀訂託許訴該誌課談"
    "變讓貨貼費賴趕跡軌較辦農遠醫釋針鈕銀錢閱陸隨際雜須預頁額顧飛馬驅黃綠藍淨濫濾燈爭獲甦異畫癱盡盤礙禦窮競節糾純納綱縮聞脈膽興艙蘇虛蝕襲詐譯讀貪贈車軸輯遺鄰錶鍋鐵閃閒隱霧靜頻餘駐騙驚鬆魚麥兩丟並佈併係倉側偵內冊刪則創匯區協參"
    "問啓場壓壞夠實審寫崗幹廠強彙徑從徵慣掛換擺敗於暫曆書樹歷沒滾為爲盜眾衆確碼積簡綫緑緻繞羣脩覈覆討証語説諾議踐蹟蹤迴週進遷釘鈅銷録鍼閤閲闆陞飆饋驟髮鬚麵麼"
)
_OF_THEM = (
    "账级响应时间联系络紧划机复处严阶层组织话电邮线员师经总监务运维业统发诊断范围标准说阈请证据调检测风险价动资数库网计项专责职称单号义类别优顺对阵谁转团队备注样态状况讯关键档沟后续报长产环无现个营离还轻迟错误开启扩轮导领给过达"
    "连结决减将权护设访认质软载钟门闭双题显验点体复制训练学习编继终与旧术补触记录评询详试论讲负购账输适选递钥锁链灾难损泄窃击骇溃当满热归图执寻户扰拦会东条构杀独签签纪红纸细绝缓罚罗声听脑临举万盖卫装见规视览观订托许诉该志课谈"
    "变让货贴费赖赶迹轨较办农远医释针钮银钱阅陆随际杂须预页额顾飞马驱黄绿蓝净滥滤灯争获苏异画瘫尽盘碍御穷竞节纠纯纳纲缩闻脉胆兴舱苏虚蚀袭诈译读贪赠车轴辑遗邻表锅铁闪闲隐雾静频余驻骗惊松鱼麦两丢并布并系仓侧侦内册删则创汇区协参"
    "问启场压坏够实审写岗干厂强汇径从征惯挂换摆败于暂历书树历没滚为为盗众众确码积简线绿致绕群修核复讨证语说诺议践迹踪回周进迁钉钥销录针合阅板升飙馈骤发须面么"
)
SIMPLIFIED = str.maketrans(_TRADITIONAL, _OF_THEM)
"""Traditional characters; kanji, of which some are among them, are folded on both sides alike."""


def in_both(phrases: Iterable[str]) -> list[str]:
    """Phrases in simplified characters, each with how it is written in traditional ones where that differs.

    >>> in_both(["否则", "升级", "系统", "如果"])
    ['否则', '否則', '升级', '陞級', '升級', '系统', '繫統', '系統', '如果']
    """
    found = []
    for phrase in phrases:
        found += [phrase, phrase.translate(_BACK), phrase.translate(_BACK_SURELY)]
    return list(dict.fromkeys(found))


_SHARED = frozenset("系后周干并回升面布合于厂")
"""Characters of traditional texts as well, for another word: 系統 keeps what 聯繫 writes otherwise."""

_BACK: dict[int, str] = {}
for _one, _other in zip(_OF_THEM, _TRADITIONAL, strict=True):
    _BACK.setdefault(ord(_one), _other)
_BACK_SURELY = {one: other for one, other in _BACK.items() if chr(one) not in _SHARED}
