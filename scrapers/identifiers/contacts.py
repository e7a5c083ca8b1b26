"""Ways to reach who runs a site: QQ numbers and groups, WeChat, telephones, Telegram, mail.

Takes sheets of lines and of addresses (attributes, scripts); gives Hits. A number counts by its label or its link,
never by its look: numbers of orders, prices, dates and scripts look the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrapers.identifiers.runs import Hit, Sheet

_NUMBER = r"[1-9][0-9]{4,10}"
_MORE = re.compile(
    r"\s{0,2}(?:[/、,，|;；&]|或者?|和|以?及|\s)\s{0,2}(?:(?:QQ|客服)?[1-9一二三四五六七八九]?\s?["
    r":：])?\s{0,2}([1-9][0-9]{4,10})(?![0-9A-Za-z.%元件个张次条天号年月])",
    re.I,
)
_QQ = re.compile(
    r"(?<![A-Za-z])(?:Q\s?Q|Q号|扣扣|企鹅号?|球球|秋秋|蔻蔻|叩叩|口口|扣(?=\s?[:：]))"
    r"(?!\s?(?:群|裙|邮箱|空间|音乐|会员|币|飞车|炫舞|幻想|黄钻|绿钻|蓝钻|钻|登录|登陆|浏览|游戏|"
    r"堂|红包|钱包|支付|农场|宠物|靓号|交流群))"
    r"(?:\s?[/、或&+和]\s?(?:微信|VX|WX|V信?|薇信?))?"
    r"\s?(?:同号|号码|账号|帐号|号|联系方式|联系|咨询|在线客服|客服|售后|在线|合作|投诉|举报|代理|商务|站长|唯一)?\s?"
    r"(?:[1-9一二三四五六七八九甲乙丙]\s?(?=[:：]))?(?:是|为)?[\s:：()\[\]【】=_~\-—→>]{0,4}"
    rf"({_NUMBER})(?![0-9A-Za-z%]|\.[0-9]|\s?(?:元|件|个|张|次|条|天|Q币|点券|名|位用户))(?!@)",
    re.I,
)
_LONE_Q = re.compile(
    rf"(?<![A-Za-z0-9])(?:客服|站长|联系|售后|加|➕|\+)\s?[Qq]\s?[:：]?\s?({_NUMBER})(?![0-9A-Za-z]"
    rf")|(?<![A-Za-z0-9])[Qq]\s?[:：]\s?({_NUMBER})(?![0-9A-Za-z])"
)
_BRACKETED_Q = re.compile(r"(?<![0-9A-Za-z.])([1-9][0-9]{4,10})\s?[(\[]\s?QQ号?\s?[)\]]", re.I)
_GROUP = re.compile(
    r"(?:(?:Q\s?Q?|扣扣?|企鹅|交流|售后|官方|客户|用户|通知|公告|粉丝|福利|会员|代理|分销|商户|玩"
    r"家|客服|防失联|防丢失?|福利|VIP|总|加|进|入)\s?[1-9一二三四五六七八九]?\s?[群裙]|(?<![0-9])["
    r"1-9一二三四五六七八九]\s?[号]?[群裙](?=\s?[:：])|群聊|[群裙]号|^[群裙](?=\s?[1-9一二三]?\s?["
    r":：]))"
    r"(?:号码|号|聊|组)?\s?(?:[1-9一二三四五六七八九]\s?[群]?\s?(?=[:：]))?(?:是|为)?[\s:：()\[\]【】=~\-—→>]{0,4}"
    r"([1-9][0-9]{5,10})(?![0-9A-Za-z%]|\.[0-9]|\s?(?:人|元|个|名))",
    re.I | re.M,
)
_OTHER_GROUP = re.compile(r"(?:微信|VX|WX|TG|电报|飞机|Telegram|薇|V信)\s?(?:\S{0,2})$", re.I)
_WECHAT = re.compile(
    r"(?:(?<![A-Za-z])(?:微信|薇信|威信|徽信|维信|微\s?信|V信|卫星|绿泡泡|wechat|weixin|(?<![A-Za-z0-9])(?:VX|WX))"
    r"(?:公众号|订阅号|搜索|搜一搜|搜|客服|号码|账号|帐号|号|ID|咨询|联系|添加|同号)?(?:\s?[/、&+和或]\s?(?:Q\s?Q"
    r"|电话|手机号?|TEL))?(?:同号|号)?)"
    r"\s?(?:是|为)?\s?(?:[1-9一二三]\s?(?=[:：]))?(?:[:：()\[\]【】]\s?|\s|(?<=号)|(?<=信)(?=[1A-Z"
    r"a-z])|(?<=[vw]x)(?!id)(?=[1-9a-z]))"
    r"([A-Za-z][-_A-Za-z0-9]{5,19}|1[3-9][0-9]{9}|[1-9][0-9]{5,10})(?![-_A-Za-z0-9@]|\.[A-Za-z]|\s?(?:元|人|个|次))",
    re.I,
)
_SHORT_WECHAT = re.compile(
    r"(?:(?:加|➕|\+|薇|❤|♥|联系)\s?(?:[Vv]|薇|❤|♥|➕)\s?[:：]?|(?<![A-Za-z0-9])[Vv]\s?(?:❤|♥|➕)?"
    r"\s?[:：]|薇\s?[❤♥]?\s?[:：])\s?[❤♥]?\s?"
    r"([A-Za-z][-_A-Za-z0-9]{5,19}|1[3-9][0-9]{9})(?![-_A-Za-z0-9@]|\.[A-Za-z])"
)
_GLUED_LABEL = re.compile(r"(?:QQ|VX|WX|TG|TEL|E-?mail|Telegram)\Z", re.I)
_NO_WECHAT = frozenset(
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
_MOBILE = re.compile(
    r"(?<![0-9A-Za-z.+-])(?:\+?86[- ]?)?(1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4})(?![0-9A-Za-z]|[.-][0-9])"
)
_PHONE_LABEL = re.compile(
    r"电话|手机|热线|联系方式|联系人|致电|拨打|来电|短信|微信同号|Tel\b|Phone|Mobile|Call\b|客服|"
    r"售后|咨询|投诉|联系我们|☎|📞|📱",
    re.I,
)
_TEL400 = re.compile(
    r"(?<![0-9A-Za-z.+-])(400[- ]?[0-9]{3}[- ]?[0-9]{4}|400[- ]?[0-9]{4}[- ]?[0-9]{3})(?![0-9A-Za-z]|[.-][0-9])"
)
_TELEGRAM_LINK = re.compile(
    r"(?:(?<![\w.-])(?:t\.me|telegram\.(?:me|dog))/(?:s/(?=\w))?(joinchat/[\w-]{6,40}|\+[\w-]{6,40"
    r"}|[A-Za-z][A-Za-z0-9_]{3,31})"
    r"|tg://resolve/?\?(?:[^\s\"'<>]{0,100}&)?domain=([A-Za-z][A-Za-z0-9_]{3,31})|tg://join/?\?(?:"
    r"[^\s\"'<>]{0,100}&)?invite=([\w-]{6,40}))"
    r"(?![A-Za-z0-9_])",
    re.I,
)
_TELEGRAM = re.compile(
    r"(?<![A-Za-z])(?:TG|Telegram|电报|纸?飞机|小飞机)\s?(?:客服|频道|群组|群|机器人|账号|号|ID|联"
    r"系|交流群)?\s?(?:是|为)?\s?"
    r"(?:[:：]\s?@?|[@(]\s?@?|\s@)([A-Za-z][A-Za-z0-9_]{3,31})(?![A-Za-z0-9_./@:])",
    re.I,
)
_MAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])([A-Za-z0-9][A-Za-z0-9._%+-]{0,63})@((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61"
    r"}[A-Za-z0-9])?\.){1,5}[A-Za-z]{2,18})(?![A-Za-z0-9-])"
)
_VEILED_MAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])([A-Za-z0-9][A-Za-z0-9._%+-]{1,63})\s?(?:[\[(（【{]\s?(?:at|@|艾特)\s?["
    r"\])）】}]|\sat\s(?=[A-Za-z0-9-]{1,40}\sdot\s))\s?([A-Za-z0-9-]{1,40}\s?(?:[\[(（]\s?(?:dot|"
    r"\.|点)\s?[\])）]|\sdot\s|\.)\s?[A-Za-z]{2,10})",
    re.I,
)
_HASH_MAIL = re.compile(
    r"(?:邮箱|邮件|E-?mail)\S{0,4}?\s?[:：]\s?([A-Za-z0-9][\w.-]{1,40})#([A-Za-z0-9-]{1,40}\.(?:co"
    r"m|cn|net|com\.cn|org|top|cc|vip|xyz))(?![\w.])",
    re.I,
)
_FILE_ENDING = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|css|js|ico|bmp|map|min|vue|ts|woff2?)\Z", re.I)
_PUBLIC_MAIL = frozenset(
    {"12377.cn", "12321.cn", "12315.cn", "12318.cn", "cyberpolice.cn", "sentry.io", "sentry.wixpress.com"}
)
_EXAMPLE = re.compile(
    r"(?:例如|比如|譬如|示例|样例|格式|举例|如[:：]|如$|例[:：]|请输入|请填写|eg\.?|e\.g\.?|测试账"
    r"号|模板)[^,，。;；]{0,12}$",
    re.I,
)
_GOODS = re.compile(
    r"靓号|老号|小号出售|出售Q|Q号出售|太阳|等级号|位号|月亮号|订单号|流水号|单号|编号|工号|验证码"
    r"|身份证|银行卡|卡号|快递|运单"
)

_QQ_LINK = re.compile(
    r"(?:wpa\.qq\.com/msgrd|tencent:/{0,2}(?:message|addcontact)|mqqwpa:/{0,2}im/chat|mqq(?:api)?:"
    r"/{0,2}[a-z/_]{2,40}|wpa1?\.qq\.com/[\w/.-]{1,60}"
    r"|(?:wpd|crm2|b)\.(?:b\.)?qq\.com/[\w/.-]{1,60}|qq\.com/im/[\w/.-]{0,40})[^\s\"'<>]{0,300}?[?"
    r"&;](?:uin|nameAccount|kfuin)=([1-9][0-9]{4,10})(?![0-9])([^\s\"'<>]{0,120})",
    re.I,
)
_QZONE = re.compile(r"user\.qzone\.qq\.com/([1-9][0-9]{4,10})(?![0-9])", re.I)
_GROUP_KEYS = (
    re.compile(r"(idkey)=([0-9a-f]{20,80})(?![0-9a-z])", re.I),
    re.compile(
        r"(?:jq\.qq\.com|qm\.qq\.com/cgi-bin/qm/qr|qun\.qq\.com/[\w/.-]{0,60}|qm\.qq\.com/cgi-bin/"
        r"[\w/]{1,20})/?\?(?:[^\s\"'<>]{0,200}?[&;])?(k)=([\w-]{6,64})(?![\w-])",
        re.I,
    ),
    re.compile(r"qm\.qq\.com/(q)/([A-Za-z0-9_-]{6,20})(?![\w-])", re.I),
)
_WECHAT_LINK = re.compile(r"weixin://contacts/profile/([A-Za-z][-_A-Za-z0-9]{5,19})(?![-\w])", re.I)
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


def find_contacts(lines: Sheet) -> Iterator[Hit]:
    """Contacts by their labels in lines of text."""
    if lines.has("q", "扣", "企鹅", "球球", "秋秋", "蔻", "叩", "口口"):
        yield from _numbers(lines, "qq", _QQ)
        yield from _numbers(lines, "qq", _LONE_Q)
        yield from _numbers(lines, "qq", _BRACKETED_Q)
    if lines.has("群", "裙"):
        yield from _numbers(lines, "qq_group", _GROUP)
    for pattern in (_WECHAT, _SHORT_WECHAT):
        for match in pattern.finditer(lines.text):
            name = match.group(1)
            glued = _GLUED_LABEL.search(name)
            if glued and lines.after(match.end(), 2).lstrip()[:1] in (":", "号", "群"):
                name = name[: glued.start()]  # the next label touches it: yh_kefu99QQ:19384
                if len(name) < 6:
                    continue
            if name.lower() in _NO_WECHAT or _is_example(lines, match.start(1)) or _looks_plain(name):
                continue
            if name.isalpha() and not re.search(r"[:：号]", match.group()[: match.start(1) - match.start()]):
                continue  # 微信 and a word beside it, in a list of ways to pay
            yield Hit("wechat", name, match.start(), match.end(), "公众号" if "公众号" in match.group() else "")
    yield from _phones(lines)
    yield from _mails(lines)
    if lines.has("tg", "telegram", "电报", "飞机"):
        for match in _TELEGRAM.finditer(lines.text):
            if match.group(1).lower() not in ("http", "https", "telegram", "channel", "group"):
                yield Hit("telegram", match.group(1), match.start(), match.end())


def find_contact_links(sheet: Sheet) -> Iterator[Hit]:
    """Contacts by addresses that open them: in attributes, scripts and lines alike."""
    if sheet.has("uin=", "nameaccount="):
        for match in _QQ_LINK.finditer(sheet.text):
            group = "card_type=group" in match.group().lower()
            yield Hit("qq_group" if group else "qq", match.group(1), match.start(), match.end(1))
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
            if name.lower() not in _NO_TELEGRAM and not _is_example(sheet, match.start()):
                yield Hit("telegram", name, match.start(), match.end())
    if sheet.has("mailto:"):
        for match in _MAIL_LINK.finditer(sheet.text):
            yield from _mail_hits(match.group(1).replace("%40", "@"), match.start(), match.end())
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
            if re.fullmatch(_NUMBER, value):
                yield Hit("qq", value, start, end)
        elif (
            "wechat" in name
            or "weixin" in name
            or re.fullmatch(r"wx|kefu_?wx|wx_?(?:kefu|hao|id|number)|contact_?wx", name)
        ):
            if re.fullmatch(r"[A-Za-z][-_A-Za-z0-9]{5,19}", value) and not _looks_plain(value) \
                    and value.lower() not in _NO_WECHAT and not re.fullmatch(r"wx[0-9a-f]{16}", value):  # fmt: skip
                yield Hit("wechat", value, start, end)
        elif "telegram" in name or re.fullmatch(r"(?:kefu_?|contact_?)?tg(?:_?(?:kefu|name|id|username))?", name):
            if re.fullmatch(r"@?[A-Za-z][A-Za-z0-9_]{4,31}", value):
                yield Hit("telegram", value, start, end)
        elif "mail" in name:
            if "@" in value:
                yield from _mail_hits(value, start, end)
        elif re.fullmatch(r"1[3-9][0-9]{9}", value) and re.search(
            r"kefu|service|contact|site|shop|company|hotline|^(?:tel|mobile|phone)$", name
        ):
            yield Hit("mobile", value, start, end)
        elif re.fullmatch(r"400-?[0-9]{3}-?[0-9]{4}", value):
            yield Hit("tel400", value, start, end)


def decode_veiled_mail(code: str) -> str:
    """The mail address in a data-cfemail attribute: each byte is masked by the first."""
    try:
        data = bytes.fromhex(code[:400])
    except ValueError:
        return ""
    return bytes(byte ^ data[0] for byte in data[1:]).decode("utf-8", "replace") if len(data) > 4 else ""


def mail_hits(address: str, start: int, end: int) -> Iterator[Hit]:
    """A mail address, and the QQ that one at qq.com with a number for a name is."""
    yield from _mail_hits(address, start, end)


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


def _numbers(lines: Sheet, kind: str, pattern: re.Pattern[str]) -> Iterator[Hit]:
    for match in pattern.finditer(lines.text):
        number = match.group(1) or match.group(2) if match.re.groups > 1 else match.group(1)
        start, end = match.start(), match.end()
        line_before = lines.before(start, 24)
        if kind == "qq_group" and _OTHER_GROUP.search(line_before):
            continue
        if (
            _GOODS.search(line_before + match.group())
            or _is_example(lines, start)
            or _is_example(lines, end - len(number))
        ):
            continue
        role = "营销QQ" if kind == "qq" and len(number) == 10 and number.startswith(("800", "400", "938")) else ""
        yield Hit(kind, number, start, end, role)
        for _ in range(8):
            more = _MORE.match(lines.text, end)
            if (
                more is None
                or "\n" in more.group()
                or (lines.text[end : more.start(1)].isspace() and len(more.group(1)) < 6)
            ):
                break
            yield Hit(kind, more.group(1), more.start(1), more.end())
            end = more.end()


def _is_example(sheet: Sheet, position: int) -> bool:
    return bool(_EXAMPLE.search(sheet.before(position, 24)))


def _looks_plain(name: str) -> bool:
    """Whether a name of letters only is an English word in a sentence rather than a handle. Numbers never are."""
    return name.isalpha() and (name.istitle() or name.isupper())


def _phones(lines: Sheet) -> Iterator[Hit]:
    text = lines.text
    for match in _MOBILE.finditer(text):
        before, after = lines.before(match.start(), 30), lines.after(match.end(), 12)
        if not (_PHONE_LABEL.search(before) or re.search(r"微信同号|\(?(?:同微信|微信)\)?", after)):
            continue
        if _GOODS.search(before[-12:]) or _is_example(lines, match.start()):
            continue
        yield Hit("mobile", match.group(1), match.start(), match.end())
        if re.match(r"\s?[(（]?\s?(?:微信同号|同微信|微信同步)", after):
            yield Hit("wechat", re.sub(r"[- ]", "", match.group(1)), match.start(), match.end())
    if "400" in text:
        for match in _TEL400.finditer(text):
            if (
                "-" not in match.group(1)
                and " " not in match.group(1)
                and not _PHONE_LABEL.search(lines.before(match.start(), 20))
            ):
                continue
            yield Hit("tel400", match.group(1), match.start(), match.end())


def _mails(lines: Sheet) -> Iterator[Hit]:
    if "@" in lines.text:
        for match in _MAIL.finditer(lines.text):
            if not _is_example(lines, match.start()):
                yield from _mail_hits(f"{match.group(1)}@{match.group(2)}", match.start(), match.end())
    if lines.has("at", "艾特"):
        for match in _VEILED_MAIL.finditer(lines.text):
            host = re.sub(r"\s?(?:[\[(（]\s?(?:dot|\.|点)\s?[\])）]|\sdot\s)\s?", ".", match.group(2), flags=re.I)
            yield from _mail_hits(f"{match.group(1)}@{host}", match.start(), match.end())
    if "#" in lines.text:
        for match in _HASH_MAIL.finditer(lines.text):
            yield from _mail_hits(f"{match.group(1)}@{match.group(2)}", match.start(), match.end())


def _mail_hits(address: str, start: int, end: int) -> Iterator[Hit]:
    name, _, host = address.lower().rpartition("@")
    if (
        not name
        or _FILE_ENDING.search(host)
        or host in _PUBLIC_MAIL
        or (re.search(r"[0-9]+x\Z", name) and "." not in host)
    ):
        return
    yield Hit("email", f"{name}@{host}", start, end)
    if host == "qq.com" and re.fullmatch(_NUMBER, name):
        yield Hit("qq", name, start, end)
