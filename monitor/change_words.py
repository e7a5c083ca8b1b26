"""The Chinese words for a change's class and severity: one table for redlines, alerts and the demo.

Pure names, shown to consumers as they stand here; docs/glossary.md lists the same words.
"""

from __future__ import annotations

from storage.model import ChangeClass, Severity

SEVERITY_WORDS = {
    Severity.CRITICAL: "特别严重",
    Severity.HIGH: "严重",
    Severity.MEDIUM: "一般",
    Severity.LOW: "轻微",
    Severity.NONE: "提示",
}
CLASS_WORDS = {
    ChangeClass.NEW: "新增",
    ChangeClass.RULE: "规则",
    ChangeClass.PRICE: "价格",
    ChangeClass.STOCK: "库存",
    ChangeClass.WORDING: "措辞",
    ChangeClass.MOVED: "移动",
    ChangeClass.TECHNICAL: "读取方式",
    ChangeClass.NOISE: "噪声",
    ChangeClass.OUTCOME: "抓取结果",
}
