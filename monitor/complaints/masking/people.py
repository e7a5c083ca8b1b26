"""Finds natural persons in a reading: names behind labels, accounts and mail addresses, homes with a door number.

Takes the reading and its labelled places, gives spans. Names of firms, shops, offices and their addresses are none; a
name that stands nowhere beside a label is found only where it is known (`known`) or carries 先生, 女士.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from monitor.complaints.masking.labels import Labelled
from monitor.complaints.masking.person_names import is_name, read_name
from monitor.complaints.masking.shown import show_account, show_address, show_mail, show_number, show_person
from monitor.complaints.masking.spans import Span

_MAIL = re.compile(
    r"(?<![0-9A-Za-z._%+*])[0-9A-Za-z_](?:[0-9A-Za-z._%+]|-(?!-)){0,63}(?:@|[ \t]?[\[(（](?:at|AT)[\])）][ \t]?)(?:[0-9A-Za-z]|-(?!-)){1,63}(?:\.(?:[0-9A-Za-z]|-(?![-.])){1,63}){1,5}(?![0-9A-Za-z])"
)
_ROLE_BOX = re.compile(
    r"(?:service|services|support|kefu|admin|info|help|no-?reply|do-?not-?reply|contact|sales|webmaster|postmaster|abuse|legal|tousu|jubao|customer|feedback|hr|business|bd|security|privacy|billing|notice|notification|notifications|mail|office|public|report)[0-9._-]{0,4}",
    re.I,
)
_FREE_HOSTS = re.compile(
    r"(?:qq|foxmail|163|126|yeah|sina|sohu|gmail|outlook|hotmail|live|yahoo|icloud|139|189|aliyun|21cn|wo|tom|proton|protonmail|mail)\.(?:com|cn|net|me|ru)(?:\.cn)?$",
    re.I,
)
_QQ = re.compile(r"[1-9](?:[ \-.·]?[0-9OolI]){4,11}(?![0-9A-Za-z])")
_HANDLE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_\-]{4,39}")
_LOOSE = re.compile(r"[0-9A-Za-z_+@.\-]{5,64}")
_WXID = re.compile(r"(?<![0-9A-Za-z_])wxid_[0-9a-z]{8,24}")
_ALIPAY_ID = re.compile(r"(?<![0-9])2088[0-9]{12}(?![0-9])")
_TITLED = re.compile(r"([\u4e00-\u9fff]{2,3})(?=先生|女士|小姐|太太)")
_SPEAKER = re.compile(
    r"(?:(?<=\n)|^)[ \t\"'\[(>*-]{0,4}([\u4e00-\u9fff]{2,4})(?=[ \t]{0,4}(?:[\[(][^\n()\[\]]{0,20}[\])])?[ \t]{0,4}(?:(?:19|20)\d\d[-/年.]|\d{1,2}[-/月]\d{1,2}|(?:昨天|今天|上午|下午|星期)?[ \t]?\d{1,2}:\d\d))"
)
_TAIL_NAME = re.compile(
    r"([\u4e00-\u9fff·]{2,4})[ \t]{0,2}(?=[(（]\s?\*{1,3}[\u4e00-\u9fff]|[(（](?:收款人|付款人|本人|户名|实名|个人))"
)
_AREA = (
    r"(?:(?:北京|上海|天津|重庆)市?|(?:河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾)省?"
    r"|(?:内蒙古|广西|西藏|宁夏|新疆)(?:[\u4e00-\u9fff]{0,3}自治区)?|(?:香港|澳门)(?:特别行政区)?)"
)
_PLACE = r"[ ,]{0,2}[\u4e00-\u9fff0-9A-Za-z]{1,12}?(?:市|州|盟|地区|区|县|旗|镇|乡|街道|村|社区|开发区|新区|大道|大街|路|街|巷|弄|胡同|里|道|小区|花园|公寓|苑|大厦|广场|家园|城|庄|园|府|湾|座)"
_DOOR = r"[ ,\-]{0,2}(?:[\u4e00-\u9fff]{0,6}?[A-Za-z]?[0-9一二三四五六七八九十百]{1,5}(?:[-–][0-9A-Za-z]{1,5}){0,3}[ ]?(?:号楼|号院|号|幢|栋|单元|楼|室|弄|组|户|层|座|房|门|区|期|#)?)"
_HOME = re.compile(
    rf"(?:{_AREA}{_PLACE}|{_PLACE}(?<=[市区县]))(?:{_PLACE}){{0,6}}(?:{_DOOR}){{1,5}}(?:[\u4e00-\u9fff]{{0,2}})??"
)
_STREET = re.compile(rf"[\u4e00-\u9fff]{{2,8}}?(?:路|街|大道|巷|弄|胡同|小区|花园|公寓|苑|家园|村)(?:{_DOOR}){{2,5}}")
_NUMBERED = re.compile(r"[0-9一二三四五六七八九十]{1,5}(?:号楼|号院|号|幢|栋|单元|室|弄|户|层|房|#|-\d)")
_ROOM = re.compile(r"室|单元|幢|栋|号楼|户|住|家|寄|收|[0-9]-[0-9]")
_FIRM = re.compile(
    r"公司|有限|企业|注册|办公|经营(?!者)|营业|法院|检察|市场监督|监管局|管理局|公安局|派出所|消费者协会|消协|委员会|总部|门店|营业厅|银行(?!卡|账)|网点|商家地址|大厅|律师事务所|工商"
)
_LABELLED_ADDRESS = re.compile(r"[^\n\t;；。|\"'<>{}]{4,80}")
_LEAD = re.compile(r"[ ,]*(?:我?们?家?现?(?:居?住在?|住|在|寄到|送到|寄|位于|址))?")
_SOLE = re.compile(
    r"([\u4e00-\u9fff]{2,3})(?=(?:的)?(?:个人)?(?:小店|工作室|商行|百货店|经营部|便利店|网店|数码店|个体工商户))"
)


def find_people(text: str, labelled: Sequence[Labelled], *, public: bool) -> Iterator[Span]:
    """Spans of names, accounts, mail addresses and homes; with `public` also what is else taken for a firm's."""
    for match in _MAIL.finditer(text):
        box, _, host = match[0].partition("@")
        if public or not _ROLE_BOX.fullmatch(box) or _FREE_HOSTS.fullmatch(host):
            yield Span(match.start(), match.end(), "email", show_mail(match[0]))
    for match in _WXID.finditer(text):
        yield Span(match.start(), match.end(), "wechat", show_account(match[0]))
    for match in _ALIPAY_ID.finditer(text):
        yield Span(match.start(), match.end(), "alipay", show_number(match[0], 4, 2))
    for one in labelled:
        yield from _behind(text, one, public=public)
    yield from _names(text, public=public)
    yield from _homes(text, public=public)


def _behind(text: str, one: Labelled, *, public: bool) -> Iterator[Span]:
    if one.says == "person":
        found = read_name(text, one.begin, one.limit, said=one.said, label=one.label)
        if found:
            yield Span(*found, "person", show_person(text[slice(*found)]))
    elif one.says == "qq":
        yield from _each(_QQ, text, one, "qq")
    elif one.says == "wechat":
        yield from _each(_HANDLE, text, one, "wechat")
    elif one.says == "alipay":
        yield from _each(_LOOSE, text, one, "alipay")
    elif one.says == "address" or (one.says == "firm_address" and public):
        match = _LABELLED_ADDRESS.match(text, one.begin, max(one.begin, min(len(text), one.begin + 90)))
        if (
            match
            and re.search(r"[\u4e00-\u9fff]", match[0])
            and _NUMBERED.search(match[0])
            and (public or not _FIRM.search(_line_of(text, one.begin)))
        ):
            end = match.start() + len(
                re.split(
                    r"[ ,，、](?=[^0-9\u4e00-\u9fff]*(?:电话|手机|邮编|收|联系|姓名|[\u4e00-\u9fff]{2,4}[ ,，]*1[3-9]))|(?:,|，)\s?(?=[\u4e00-\u9fff]{0,8}(?:人|电话|邮编|:))",
                    match[0],
                )[0].rstrip()
            )
            if text[match.start() : end].rstrip("*") and MARKED not in text[match.start() : end]:
                yield Span(match.start(), end, "address", show_address(text[match.start() : end]))


MARKED = "****"


def _each(pattern: re.Pattern[str], text: str, one: Labelled, kind: str) -> Iterator[Span]:
    """The account behind a label, and others with a comma or the like between."""
    at = one.begin
    for _number in range(8):
        match = pattern.match(text, at, min(len(text), max(one.limit, at) + 1 if one.cell else at + 80))
        if match is None:
            return
        value = match[0].rstrip("-_.")
        digits = sum(sign.isdigit() for sign in value)
        plain = value.isalpha() and (not one.said or len(value) < 6 or value.lower() in _PLAIN)
        if (
            plain
            or "***" in value
            or value.lower() in _PLAIN
            or (kind == "wechat" and value.isdigit() and len(value) > 12)
        ):
            return
        if not one.said and digits == 0 and "_" not in value:
            return
        if text[match.start() + len(value) : match.start() + len(value) + 2][:1] == "*" or (
            kind == "qq" and digits < 5
        ):
            return
        shown = show_mail(value) if "@" in value else show_account(value)
        yield Span(match.start(), match.start() + len(value), kind, shown)
        step = re.compile(r"[ \t]{0,3}(?:[,/、，;；|]|和|或|及)[ \t]{0,3}").match(text, match.start() + len(value))
        if step is None:
            return
        at = step.end()


_PLAIN = frozenset(
    {
        "alipay",
        "wechat",
        "weixin",
        "wxpay",
        "telegram",
        "whatsapp",
        "native",
        "jsapi",
        "micropay",
        "appid",
        "openid",
        "false",
        "true",
        "string",
        "number",
        "scan",
        "qrcode",
        "online",
        "balance",
    }
)


def _names(text: str, *, public: bool) -> Iterator[Span]:
    for pattern in (_TITLED, _SPEAKER, _TAIL_NAME):
        for match in pattern.finditer(text):
            for length in range(len(match[1]), 1, -1):
                name = match[1][-length:]
                if is_name(name) and ((pattern is _TITLED and length <= 3) or length == len(match[1])):
                    yield Span(match.end(1) - length, match.end(1), "person", show_person(name))
                    break
    if public:
        for match in _SOLE.finditer(text):
            for length in (3, 2):
                name = match[1][-length:]
                if len(name) == length and is_name(name):
                    yield Span(match.end(1) - length, match.end(1), "person", show_person(name))
                    break


def _homes(text: str, *, public: bool) -> Iterator[Span]:
    for pattern in (_HOME, _STREET):
        for match in pattern.finditer(text):
            if not _NUMBERED.search(match[0]):
                continue
            line = text[max(text.rfind("\n", 0, match.start()) + 1, match.start() - 40) : match.end()]
            if not public and (
                _FIRM.search(line) or (not _ROOM.search(match[0]) and not re.search(r"住|家|寄|收货|收件|地址", line))
            ):
                continue
            begin = match.start() + (lead.end() if (lead := _LEAD.match(match[0])) else 0)
            yield Span(begin, match.end(), "address", show_address(text[begin : match.end()]))


def _line_of(text: str, at: int) -> str:
    begin = max(text.rfind("\n", 0, at) + 1, at - 120)
    end = text.find("\n", at)
    return text[begin : min(len(text) if end < 0 else end, at + 120)]
