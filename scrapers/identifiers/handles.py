"""What is no handle of anybody: words in examples and in sentences that look like names of accounts.

Takes a sheet with a place, or a name; gives whether it is to be passed over.
"""

from __future__ import annotations

import re

from scrapers.identifiers.runs import Sheet

NUMBER = r"[1-9][0-9]{4,10}"
NO_WECHAT = frozenset(
    {
        "wechat",
        "weixin",
        "alipay",
        "paypal",
        "telegram",
        "qrcode",
        "qrcode1",
        "scan",
        "login",
        "payment",
        "support",
        "service",
        "http",
        "https",
        "whatsapp",
        "official",
        "account",
        "mobile",
        "iphone",
        "android",
        "windows",
        "chrome",
        "safari",
        "please",
        "contact",
        "number",
        "button",
        "result",
        "status",
        "success",
        "error",
        "string",
        "object",
        "undefined",
        "return",
        "function",
        "default",
    }
)
_EXAMPLE = re.compile(
    r"(?:例如|比如|譬如|示例|样例|格式|举例|如[:：]|如$|例[:：]|请输入|请填写|(?<![a-z])e\.?g(?![a-z])\.?|测试账"
    r"号|模板)[^,，。;；]{0,12}$",
    re.I,
)


def is_example(sheet: Sheet, position: int) -> bool:
    """Whether what stands at a place is given as an example: 例如, 请输入."""
    return bool(_EXAMPLE.search(sheet.before(position, 24)))


def looks_plain(name: str) -> bool:
    """Whether a name of letters only is an English word in a sentence rather than a handle. Numbers never are."""
    return name.isalpha() and (name.istitle() or name.isupper())
