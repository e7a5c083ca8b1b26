"""Ways to reach who runs a site, by their labels in lines: QQ numbers and groups, WeChat, telephones, Telegram.

Takes sheets of lines; gives Hits. A number counts by its label, never by its look: numbers of orders, prices, dates and
scripts look the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrapers.identifiers.handles import NO_WECHAT, NUMBER, is_example, looks_plain
from scrapers.identifiers.mail import find_mails
from scrapers.identifiers.not_ours import is_accused, is_for_sale
from scrapers.identifiers.runs import Hit, Sheet

# Between a label and its value: 微信（夜间）：
_ASIDE = r"(?:\s?[(\[【]\s?[\u3400-\u9fff][\u3400-\u9fff0-9:,，、/~ -]{0,12}[)\]】])?"
_MORE = re.compile(
    r"\s{0,2}(?:[/、,，|;；&]|或者?|和|以?及|\s)\s{0,2}(?:(?:QQ|客服)?[1-9一二三四五六七八九]?\s?["
    r":：])?\s{0,2}([1-9][0-9]{4,10})(?![0-9A-Za-z.%元件个张次条天号年月])",
    re.I,
)
_QQ = re.compile(
    r"(?<![A-Za-z_])(?:Q\s?Q|Q号|扣扣|企鹅号?|球球|秋秋|蔻蔻|叩叩|口口|扣(?=\s?[:：]))"
    r"(?!\s?(?:群|裙|邮箱|空间|音乐|会员|币|飞车|炫舞|幻想|黄钻|绿钻|蓝钻|钻|登录|登陆|浏览|游戏|"
    r"堂|红包|钱包|支付|农场|宠物|靓号|交流群))"
    r"(?:\s?[/、或&+和]\s?(?:微信|VX|WX|V信?|薇信?))?"
    r"\s?(?:同号|号码|账号|帐号|号|联系方式|联系|咨询|在线客服|客服|售后|在线|合作|投诉|举报|代理|商务|站长|仅此一个|只有一个|唯一)?\s?"
    rf"(?:[1-9一二三四五六七八九甲乙丙]\s?(?=[:：]|(?<=[0-9]) [1-9][0-9]{{4,10}}(?![0-9])))?"
    rf"{_ASIDE}(?:是|为)?[\s:：()\[\]【】=_~\-—→>]{{0,4}}"
    rf"({NUMBER})(?![0-9A-Za-z%]|\.[0-9]|\s?(?:元|件|个|张|次|条|天|Q币|点券|名|位用户))(?!@)",
    re.I,
)
_LONE_Q = re.compile(
    rf"(?<![A-Za-z0-9])(?:客服|站长|联系|售后|加|➕|\+)\s?[Qq]\s?[:：]?\s?({NUMBER})(?![0-9A-Za-z]"
    rf")|(?<![A-Za-z0-9])[Qq]我?\s?[:：]\s?({NUMBER})(?![0-9A-Za-z])"
)
_BRACKETED_Q = re.compile(r"(?<![0-9A-Za-z.])([1-9][0-9]{4,10})\s?[(\[]\s?QQ号?\s?[)\]]", re.I)
_GROUP = re.compile(
    r"(?:(?:Q\s?Q?|扣扣?|企鹅|交流|售后|官方|客户|用户|通知|公告|粉丝|福利|会员|代理|分销|商户|玩"
    r"家|客服|防失联|防丢失?|福利|VIP|总|加|进|入)\s?[1-9一二三四五六七八九]?\s?[群裙]|(?<![0-9])["
    r"1-9一二三四五六七八九]\s?[号]?[群裙](?=\s?[:：])|群聊|[群裙]号|^[群裙](?=\s?[1-9一二三]?\s?["
    r":：]))"
    rf"(?:号码|号|聊|组)?\s?(?:[1-9一二三四五六七八九]\s?[群]?\s?(?=[:：]))?{_ASIDE}(?:是|为)?[\s:：()\[\]【】=~\-—→>]{{0,4}}"
    r"([1-9][0-9]{5,10})(?![0-9A-Za-z%]|\.[0-9]|\s?(?:人|元|个|名))",
    re.I | re.M,
)
_OTHER_GROUP = re.compile(r"(?:微信|VX|WX|TG|电报|飞机|Telegram|薇|V信)\s?(?:\S{0,2})$", re.I)
_WECHAT = re.compile(
    r"(?:(?<![A-Za-z_])(?:微信|薇信|威信|徽信|维信|微\s?信|V信|卫星|绿泡泡|wechat|weixin|(?<![A-Za-z0-9_])(?:VX|WX))"
    r"(?:公众号|订阅号|搜索|搜一搜|搜|客服|号码|账号|帐号|号|ID|咨询|联系|添加|同号)?(?:\s?[/、&+和或]\s?(?:Q\s?Q"
    r"|电话|手机号?|TEL))?(?:同号|号)?)"
    rf"{_ASIDE}"
    r"\s?(?:是|为)?\s?(?:[1-9一二三]\s?(?=[:：]))?(?:[:：()\[\]【】「『“\"《]\s?|\s|(?<=号)|(?<=信)(?=[1A-Z"
    r"a-z])|(?<=[vw]x)(?!id)(?=[1-9a-z]))"
    r"([A-Za-z][-_A-Za-z0-9]{5,19}|1[3-9][0-9]{9}|[1-9][0-9]{5,10})(?![-_A-Za-z0-9@]|\.[A-Za-z]|\s?(?:元|人|个|次))",
    re.I,
)
_SHORT_WECHAT = re.compile(
    r"(?:(?:加|➕|\+|薇|❤|♥|联系)\s?(?:[Vv]|薇|❤|♥|➕)\s?[:：]?|(?<![A-Za-z0-9])[Vv]\s?(?:❤|♥|➕)?"
    r"\s?[:：]|薇\s?[❤♥]?\s?[:：])\s?[❤♥]?\s?"
    r"([A-Za-z][-_A-Za-z0-9]{5,19}|1[3-9][0-9]{9})(?![-_A-Za-z0-9@]|\.[A-Za-z])"
)
_NAMES_QQ = re.compile(r"QQ|扣扣|企鹅", re.I)
_GLUED_LABEL = re.compile(r"(?:QQ|VX|WX|TG|TEL|E-?mail|Telegram)\Z", re.I)
_MOBILE = re.compile(
    r"(?<![0-9A-Za-z.+-])(?:\+?86[- ]?)?(1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4})(?![0-9A-Za-z]|[.-][0-9])"
)
# In other groups than people write, broken so that no machine finds it: its label stands right before it.
_BROKEN_MOBILE = re.compile(
    r"(?:电话|手机|热线|联系方式|Tel|Phone|Mobile|☎|📞|📱)(?:号码?)?[^0-9A-Za-z\n+(]{0,6}(?:\(?\+?86\)?[-. ]?)?"
    r"(\(?1[-. ]?[3-9](?:[-. )]{0,2}[0-9]){9})(?![0-9A-Za-z]|[-. ][0-9])",
    re.I,
)
_PHONE_LABEL = re.compile(
    r"电话|手机(?!号)|热线|联系|致电|拨打|来电|短信|微信同号|Tel\b|Phone|Mobile|Call\b|客服|"
    r"售后|咨询|投诉|商务|业务|☎|📞|📱",
    re.I,
)
# The number of one who buys: what a form asks for, what an order holds.
_OF_A_BUYER = re.compile(
    r"(?:充值|下单|收货|收件|注册|绑定|预留|登[录陆]|查询|买家|会员|用户|付款人|购买人|请输入|请填写|接收|验证)"
    r"(?![^0-9]{0,4}(?:客服|投诉|售后|热线|服务|咨询))"
)
_TEL400 = re.compile(
    r"(?<![0-9A-Za-z.+-])(\(?4 ?0 ?0\)?(?:\s?-\s?|\s)?"
    r"(?:[0-9]{3}(?:\s?-\s?|\s)?[0-9]{4}|[0-9]{4}(?:\s?-\s?|\s)?[0-9]{3}|[0-9]-[0-9]{3}-[0-9]{3}))"
    r"(?![0-9A-Za-z]|[.-][0-9])"
)
_BROKEN_QQ = re.compile(
    r"(?:(?<![A-Za-z_])QQ|扣扣|企鹅)(?:号码?|客服|售后|在线)?\s?[:：]\s?"
    r"([1-9][0-9]{1,3}(?:[ -][0-9]{2,4}){1,3})(?![0-9A-Za-z%.]|[ -][0-9])",
    re.I,
)
_TELEGRAM = re.compile(
    r"(?<![A-Za-z])(?:TG|Telegram|电报|電報|纸?飞机|紙?飛機|小飞机)\s?(?:客服|频道|頻道|搜一?搜|搜索|群组|群|机器人|账号|号|ID|联"
    rf"系|交流群)?{_ASIDE}\s?(?:是|为)?\s?"
    r"(?:[:：]\s?@?|[@(]\s?@?|\s@|(?<=号)\s?)([A-Za-z][A-Za-z0-9_]{3,31})(?![A-Za-z0-9_./@:])",
    re.I,
)
_TELEGRAM_AFTER = re.compile(
    r"(?<![A-Za-z0-9_.])@([A-Za-z][A-Za-z0-9_]{3,31})\s?[(\[【]\s?(?:TG|Telegram|电报|電報|纸?飞机)\s?[)\]】]", re.I
)
# The account for which something was bought: its owner is the one who reads this.
_READERS_OWN = re.compile(r"\s?[(\[]?\s?[您你](?:填写|输入|提供|绑定|的)")
_GOODS = re.compile(
    r"靓号|老号|小号出售|出售Q|Q号出售|太阳|等级号|位号|月亮号|订单号|流水号|单号|编号|工号|验证码"
    r"|身份证|银行卡|卡号|快递|运单"
)

# In lower case; a line without one of them cannot match the pattern of the same name.
_QQ_WORDS = ("q", "扣", "企鹅", "球球", "秋秋", "蔻", "叩", "口口")
_WECHAT_WORDS = ("微", "薇信", "威信", "徽信", "维信", "v信", "卫星", "绿泡泡", "wechat", "weixin", "vx", "wx")
_SHORT_WECHAT_WORDS = ("v", "薇", "❤", "♥", "➕")
_CALLING_WORDS = ("电话", "手机", "热线", "联系方式", "tel", "phone", "mobile", "☎", "📞", "📱")


def find_contacts(lines: Sheet) -> Iterator[Hit]:
    """Contacts by their labels in lines of text; none that are said to be a swindler's, none that are for sale."""
    for hit in _labelled(lines):
        if not (is_accused(lines, hit.start, hit.end) or is_for_sale(lines, hit.start, hit.end)):
            yield hit


def _labelled(lines: Sheet) -> Iterator[Hit]:
    if lines.has(*_QQ_WORDS):
        yield from _numbers(lines, "qq", _QQ, *_QQ_WORDS)
        yield from _numbers(lines, "qq", _LONE_Q, "q")
        yield from _numbers(lines, "qq", _BRACKETED_Q, "qq")
        for match in lines.matches(_BROKEN_QQ, "qq", "扣扣", "企鹅"):
            number = re.sub(r"[ -]", "", match.group(1))
            if 5 <= len(number) <= 11 and not _GOODS.search(lines.before(match.start(), 24)):
                yield Hit("qq", number, match.start(), match.end())
    yield from _numbers(lines, "qq_group", _GROUP, "群", "裙")
    for pattern, words in ((_WECHAT, _WECHAT_WORDS), (_SHORT_WECHAT, _SHORT_WECHAT_WORDS)):
        for match in lines.matches(pattern, *words):
            name = match.group(1)
            glued = _GLUED_LABEL.search(name)
            if glued and lines.after(match.end(), 2).lstrip()[:1] in (":", "号", "群"):
                name = name[: glued.start()]  # the next label touches it: yh_kefu99QQ:19384
                if len(name) < 6:
                    continue
            if name.lower() in NO_WECHAT or is_example(lines, match.start(1)) or looks_plain(name):
                continue
            if name.isdigit() and _NAMES_QQ.search(
                match.group()[: match.start(1) - match.start()] + lines.before(match.start(), 8)
            ):
                continue  # QQ/微信同号: the number is the QQ's, by which WeChat only finds it
            if name.isalpha() and not re.search(r"[:：号]", match.group()[: match.start(1) - match.start()]):
                continue  # 微信 and a word beside it, in a list of ways to pay
            yield Hit("wechat", name, match.start(), match.end(), "公众号" if "公众号" in match.group() else "")
    yield from _phones(lines)
    yield from find_mails(lines)
    for match in lines.matches(_TELEGRAM, "tg", "telegram", "电报", "飞机", "電報", "飛機"):
        if match.group(1).lower() not in ("http", "https", "telegram", "channel", "group"):
            yield Hit("telegram", match.group(1), match.start(), match.end())
    for match in lines.matches(_TELEGRAM_AFTER, "@"):
        yield Hit("telegram", match.group(1), match.start(), match.end())


def _numbers(lines: Sheet, kind: str, pattern: re.Pattern[str], *words: str) -> Iterator[Hit]:
    for match in lines.matches(pattern, *words):
        number = match.group(1) or match.group(2) if match.re.groups > 1 else match.group(1)
        start, end = match.start(), match.end()
        line_before = lines.before(start, 24)
        if kind == "qq_group" and _OTHER_GROUP.search(line_before):
            continue
        if (
            _GOODS.search(line_before + match.group())
            or is_example(lines, start)
            or is_example(lines, end - len(number))
            or _READERS_OWN.match(lines.after(end, 8))
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


def _phones(lines: Sheet) -> Iterator[Hit]:
    text = lines.text
    for match in _MOBILE.finditer(text):
        before, after = lines.before(match.start(), 30), lines.after(match.end(), 12)
        if not (_PHONE_LABEL.search(before) or re.search(r"微信同号|\(?(?:同微信|微信)\)?", after)):
            continue
        if not _is_a_contact(lines, match.start()):
            continue
        yield Hit("mobile", match.group(1), match.start(), match.end())
        if re.match(r"\s?[(（]?\s?(?:微信同号|同微信|微信同步)", after):
            yield Hit("wechat", re.sub(r"[- ]", "", match.group(1)), match.start(), match.end())
    for match in lines.matches(_BROKEN_MOBILE, *_CALLING_WORDS):
        start = match.start(1)
        if _MOBILE.match(text, start) is not None:
            continue  # written as people write it: read above
        if _PHONE_LABEL.search(lines.before(start, 20)) and _is_a_contact(lines, start):
            yield Hit("mobile", re.sub(r"[^0-9]", "", match.group(1)), start, match.end())
    if lines.has("400", "4 0 0"):
        for match in _TEL400.finditer(text):
            grouped = re.search(r"[- ]", match.group(1).removeprefix("4 0 0")) is not None
            if not grouped and not _PHONE_LABEL.search(lines.before(match.start(), 20)):
                continue
            yield Hit("tel400", match.group(1), match.start(), match.end())


def _is_a_contact(lines: Sheet, start: int) -> bool:
    """Whether a telephone number is somebody's to call: not of goods, of an order, of a form to fill in."""
    near = lines.before(start, 12)
    return not (_GOODS.search(near) or _OF_A_BUYER.search(near) or is_example(lines, start))
