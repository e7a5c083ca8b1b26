"""Contacts by the addresses that open them, and by the names under which scripts hold them.

Takes sheets of addresses (attributes), scripts and lines; gives Hits. Links say by themselves what they are; a value of
a script counts by its name (kefu_qq), and not where it is a user's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrapers.identifiers.handles import NO_WECHAT, NUMBER, is_example, looks_plain
from scrapers.identifiers.mail import mail_hits
from scrapers.identifiers.runs import Hit, Sheet

# Letters of addresses are ASCII: a Chinese word may touch them (去t.me/name).
_TELEGRAM_LINK = re.compile(
    r"(?:(?<![\w.-])(?:t\.me|telegram\.(?:me|dog))/(?:s/(?=\w))?(joinchat/[\w-]{6,40}|\+[\w-]{6,40"
    r"}|[A-Za-z][A-Za-z0-9_]{3,31})"
    r"|tg://resolve/?\?(?:[^\s\"'<>]{0,100}&)?domain=([A-Za-z][A-Za-z0-9_]{3,31})|tg://join/?\?(?:"
    r"[^\s\"'<>]{0,100}&)?invite=([\w-]{6,40}))"
    r"(?![A-Za-z0-9_])",
    re.I | re.A,
)
_QQ_LINK = re.compile(
    r"(?:wpa\.qq\.com/msgrd|tencent:/{0,2}(?:message|addcontact)|mqqwpa:/{0,2}im/chat|mqq(?:api)?:"
    r"/{0,2}[a-z/_]{2,40}|wpa1?\.qq\.com/[\w/.-]{1,60}"
    r"|(?:wpd|crm2|b)\.(?:b\.)?qq\.com/[\w/.-]{1,60}|qq\.com/im/[\w/.-]{0,40})[^\s\"'<>]{0,300}?[?"
    r"&;](?:uin|nameAccount|kfuin)=([1-9][0-9]{4,10})(?![0-9])([^\s\"'<>]{0,120})",
    re.I | re.A,
)
_QQ_PICTURE = re.compile(r"wpa\.qq\.com/pa\?p=[0-9]{1,2}:([1-9][0-9]{4,10})(?![0-9])", re.I | re.A)
_QZONE = re.compile(r"user\.qzone\.qq\.com/([1-9][0-9]{4,10})(?![0-9])", re.I | re.A)
_GROUP_KEYS = (
    re.compile(r"(idkey)=([0-9a-f]{20,80})(?![0-9a-z])", re.I | re.A),
    re.compile(
        r"(?:jq\.qq\.com|qm\.qq\.com/cgi-bin/qm/qr|qun\.qq\.com/[\w/.-]{0,60}|qm\.qq\.com/cgi-bin/"
        r"[\w/]{1,20})/?\?(?:[^\s\"'<>]{0,200}?[&;])?(k)=([\w-]{6,64})(?![\w-])",
        re.I | re.A,
    ),
    re.compile(r"qm\.qq\.com/(q)/([A-Za-z0-9_-]{6,20})(?![\w-])", re.I | re.A),
)
_WECHAT_LINK = re.compile(r"weixin://contacts/profile/([A-Za-z][-_A-Za-z0-9]{5,19})(?![-\w])", re.I | re.A)
_TEL_LINK = re.compile(r"\b(?:tel|sms|callto|mobile):\s?(?://)?(\+?[0-9][0-9 ()-]{6,20})", re.I)
_MAIL_LINK = re.compile(r"mailto:([A-Za-z0-9._%+-]{1,64}(?:@|%40)[A-Za-z0-9.-]{3,100})", re.I)
_KEYED = re.compile(r"\b([A-Za-z_][A-Za-z0-9_]{1,40}+)[\"']?+\s{0,4}+[:=]\s{0,4}+[\"']([^\"'\n]{4,120})[\"']")
_CONTACT_KEY = re.compile(r"qq|wechat|weixin|wx|telegram|tg|mail|mobile|phone|tel|qun|group|hotline")
_OF_A_USER = re.compile(
    r"(?:user|member|buyer|account|profile|author)\w{0,12}[\"']?\s{0,3}[:=]\s{0,3}\{[^{}]{0,280}\Z", re.I
)
_NO_KEY = re.compile(
    r"app|login|open|union|secret|client|map|token|state|redirect|callback|pay|type|status|switch|enab"
    r"le|icon|"

                     r"img|image|avatar|qr|class|style|color|width|label|placeholder|title|msg|tex"
                     r"t|rule|pattern|regex|reg|"
                     r"user_?(?:qq|mobile|phone|email|mail|tel|wechat)|buyer|member|author|vendor|"
                     r"test|demo|example", re.I)  # fmt: skip


def find_contact_links(sheet: Sheet) -> Iterator[Hit]:
    """Contacts by addresses that open them: in attributes, scripts and lines alike."""
    if sheet.has("uin=", "nameaccount="):
        for match in _QQ_LINK.finditer(sheet.text):
            group = "card_type=group" in match.group().lower()
            yield Hit("qq_group" if group else "qq", match.group(1), match.start(), match.end(1))
    if sheet.has("qq.com/pa?p="):
        yield from (Hit("qq", match.group(1), match.start(), match.end()) for match in _QQ_PICTURE.finditer(sheet.text))
    if sheet.has("qzone.qq.com"):
        yield from (Hit("qq", match.group(1), match.start(), match.end()) for match in _QZONE.finditer(sheet.text))
    if sheet.has("idkey=", "qm.qq.com", "jq.qq.com", "qun.qq.com"):
        for pattern in _GROUP_KEYS:
            for match in pattern.finditer(sheet.text):
                name = "idkey" if match.group(1).lower() == "idkey" else "k"
                yield Hit("qq_group", f"{name}:{match.group(2)}", match.start(), match.end())
    if sheet.has("weixin://"):
        yield from (
            Hit("wechat", match.group(1), match.start(), match.end()) for match in _WECHAT_LINK.finditer(sheet.text)
        )
    if sheet.has("t.me/", "telegram.me", "telegram.dog", "tg://"):
        for match in _TELEGRAM_LINK.finditer(sheet.text):
            invite = match.group(3)
            name = f"+{invite}" if invite else match.group(1) or match.group(2)
            if name.lower() not in _NO_TELEGRAM and not is_example(sheet, match.start()):
                yield Hit("telegram", name, match.start(), match.end())
    if sheet.has("mailto:"):
        for match in _MAIL_LINK.finditer(sheet.text):
            yield from mail_hits(match.group(1).replace("%40", "@"), match.start(), match.end())
    if sheet.has("tel:", "sms:", "callto:", "mobile:"):
        for match in _TEL_LINK.finditer(sheet.text):
            digits = "".join(filter(str.isdigit, match.group(1)))
            digits = digits[2:] if digits.startswith("86") and len(digits) == 13 else digits
            if len(digits) == 11 and digits[0] == "1" and digits[1] in "3456789":
                yield Hit("mobile", digits, match.start(), match.end())
            elif len(digits) == 10 and digits.startswith("400"):
                yield Hit("tel400", digits, match.start(), match.end())


def find_keyed_contacts(scripts: Sheet) -> Iterator[Hit]:
    """Contacts that a script or JSON answer holds under a name of its own: {"kefu_qq": "..."}."""
    if not scripts.has("qq", "wechat", "weixin", "wx", "telegram", "mail", "mobile", "phone", "tel"):
        return
    for match in _KEYED.finditer(scripts.text):
        name, value = match.group(1).lower(), match.group(2).strip()
        if not _CONTACT_KEY.search(name) or _NO_KEY.search(name):
            continue
        if _OF_A_USER.search(scripts.text[max(0, match.start() - 300) : match.start()]):
            continue
        start, end = match.start(), match.end()
        if "qun" in name or "group" in name:
            if (
                ("qq" in name + scripts.before(start, 0) and re.fullmatch(r"[1-9][0-9]{5,10}", value))
                or name in ("qun", "qqqun")
            ) and re.fullmatch(r"[1-9][0-9]{5,10}", value):
                yield Hit("qq_group", value, start, end)
        elif "qq" in name:
            if re.fullmatch(NUMBER, value):
                yield Hit("qq", value, start, end)
        elif (
            "wechat" in name
            or "weixin" in name
            or re.fullmatch(r"wx|kefu_?wx|wx_?(?:kefu|hao|id|number)|contact_?wx", name)
        ):
            if re.fullmatch(r"[A-Za-z][-_A-Za-z0-9]{5,19}", value) and not looks_plain(value) \
                    and value.lower() not in NO_WECHAT and not re.fullmatch(r"wx[0-9a-f]{16}", value):  # fmt: skip
                yield Hit("wechat", value, start, end)
        elif "telegram" in name or re.fullmatch(r"(?:kefu_?|contact_?)?tg(?:_?(?:kefu|name|id|username))?", name):
            if re.fullmatch(r"@?[A-Za-z][A-Za-z0-9_]{4,31}", value):
                yield Hit("telegram", value, start, end)
        elif "mail" in name:
            if "@" in value:
                yield from mail_hits(value, start, end)
        elif re.fullmatch(r"1[3-9][0-9]{9}", value) and re.search(
            r"kefu|service|contact|site|shop|company|hotline|^(?:tel|mobile|phone)$", name
        ):
            yield Hit("mobile", value, start, end)
        elif re.fullmatch(r"400-?[0-9]{3}-?[0-9]{4}", value):
            yield Hit("tel400", value, start, end)


_NO_TELEGRAM = frozenset(
    {
        "share",
        "iv",
        "joinchat",
        "proxy",
        "socks",
        "addstickers",
        "addemoji",
        "addtheme",
        "addlist",
        "login",
        "setlanguage",
        "invoice",
        "confirmphone",
        "boost",
        "giftcode",
        "http",
        "https",
    }
)
