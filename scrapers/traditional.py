"""Traditional characters of shop vocabulary as simplified ones, one for one, so that places in a text stay.

For recognising labels, headings and stock words only; what is kept and quoted is always the text as it stood.
"""

from __future__ import annotations

import re

_TRADITIONAL = (
    "庫價單個張購買數發貨動遞質證書實際標題號碼會員級別優銷費額聯絡繫電話郵傳條規則協議說須訂總計據補換賠償責達時間內"
    "無現場倉儲滿開關閉鎖儘盡餘廠種類紹詳細圖產項壹貳參與於為從來後處對應該當這裡邊還請確認識誤變舊啟過遲將損壞賬帳戶"
    "頭賣讓權屬營業執備監轄爭訴訟團組隊線網頁鏈連結繼續廣簡體幣錢點擊選擇輸狀態憑擔負釋們隨樣轉帶離進運週遊戲聲響極壓"
    "縮雲圍區預約擋稱舉報歸遠資訊綁臨驗審閱讀寫維護雙獨繳納稅領導覽瀏競終萬億兩鐘誌讚濾鏡專贈禮鑰設檔機軟錄見視觀記憶"
    "錯誠僅歷曆齊異聞較載鑑賺虛擬靈騙貴賤貝寶撥銀滾評論積戰隱匯歡陸"
)
_SIMPLIFIED = (
    "库价单个张购买数发货动递质证书实际标题号码会员级别优销费额联络系电话邮传条规则协议说须订总计据补换赔偿责达时间内"
    "无现场仓储满开关闭锁尽尽余厂种类绍详细图产项一二参与于为从来后处对应该当这里边还请确认识误变旧启过迟将损坏账账户"
    "头卖让权属营业执备监辖争诉讼团组队线网页链连结继续广简体币钱点击选择输状态凭担负释们随样转带离进运周游戏声响极压"
    "缩云围区预约挡称举报归远资讯绑临验审阅读写维护双独缴纳税领导览浏竞终万亿两钟志赞滤镜专赠礼钥设档机软录见视观记忆"
    "错诚仅历历齐异闻较载鉴赚虚拟灵骗贵贱贝宝拨银滚评论积战隐汇欢陆"
)
_ANY = re.compile(f"[{_TRADITIONAL}]")
_FOLD = str.maketrans(_TRADITIONAL, _SIMPLIFIED)


def fold_traditional(text: str) -> str:
    """The text with the traditional characters of shop vocabulary made simplified; its length stays the same."""
    return text.translate(_FOLD) if not text.isascii() and _ANY.search(text) else text
