"""Finds natural persons in a reading: names behind labels, accounts and mail addresses, homes with a door number.

Takes the reading and its labelled places, gives spans. Names of firms, shops, offices and their addresses are none; a
name that stands nowhere beside a label is found only where it is known (`known`) or carries 先生, 女士.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from monitor.complaints.masking.homes import find_homes, read_address
from monitor.complaints.masking.labels import Labelled
from monitor.complaints.masking.person_names import is_name, read_name
from monitor.complaints.masking.shown import show_account, show_mail, show_number, show_person
from monitor.complaints.masking.spans import Span

_MAIL = re.compile(
    r"(?<![0-9A-Za-z._%+*])[0-9A-Za-z_](?:[0-9A-Za-z._%+]|-(?!-)){0,63}(?:@|[ \t]?[\[(（](?:at"
    r"|AT)[\])）][ \t]?)(?:[0-9A-Za-z]|-(?!-)){1,63}(?:\.(?:[0-9A-Za-z]|-(?![-.])){1,63}){1,5}(?![0-9A-Za-z])"
)
_ROLE_BOX = re.compile(
    r"(?:service|services|support|kefu|admin|info|help|no-?reply|do-?not-?reply|contact|sales|webmaster|postmaster"
    r"|abuse|legal|tousu|jubao|customer|feedback|hr|business|bd|security|privacy|billing|notice|notification"
    r"|notifications|mail|office|public|report)[0-9._-]{0,4}",
    re.I,
)
_MESSAGE = re.compile(r"(?:message-id|in-reply-to|references):[^\n:]{0,60}<\Z", re.I)
_FREE_HOSTS = re.compile(
    r"(?:qq|foxmail|163|126|yeah|sina|sohu|gmail|outlook|hotmail|live|yahoo|icloud|139|189|aliyun|21cn|wo|tom|proton"
    r"|protonmail|mail)\.(?:com|cn|net|me|ru)(?:\.cn)?$",
    re.I,
)
_QQ = re.compile(r"[1-9](?:[ \-.·]?[0-9OolI]){4,11}(?![0-9A-Za-z])")
_HANDLE = re.compile(
    r"[0-9A-Za-z][0-9A-Za-z-]{0,20}_[0-9A-Za-z_-]{1,20}[ \t][0-9]{2,6}(?=[ \t]*(?:\n|$))"
    r"|[0-9A-Za-z][0-9A-Za-z_\-]{4,39}"
)
_LOOSE = re.compile(r"[0-9A-Za-z_+@.\-]{5,64}")
_WXID = re.compile(r"(?<![0-9A-Za-z_])wxid_[0-9a-z]{8,24}")
_ALIPAY_ID = re.compile(r"(?<![0-9])2088[0-9]{12}(?![0-9])")
_TITLED = re.compile(r"([\u4e00-\u9fff]{2,3})(?=先生|女士|小姐|太太)")
_SPEAKER = re.compile(
    r"(?:(?<=\n)|^)[ \t\"'\[(>*-]{0,4}([\u4e00-\u9fff]{2,4})(?=[ \t]{0,4}(?:[\[(][^\n()\[\]]{0,20}[\])])?[ \t]{0,4}(?"
    r":(?:19|20)\d\d[-/年.]|\d{1,2}[-/月]\d{1,2}|(?:昨天|今天|上午|下午|星期)?[ \t]?\d{1,2}:\d\d))"
)
_BARED = re.compile(r"(?<=[*＊][\u4e00-\u9fff])[ \t]?[(（][ \t]?()([\u4e00-\u9fff]{2,4})(?=[ \t]?[)）])")
_TAIL_NAME = re.compile(
    r"([\u4e00-\u9fff·]{2,4})[ \t]{0,2}(?=[(（]\s?\*{1,3}[\u4e00-\u9fff]|[(（](?:收款人|付款人|本人|户名|实名|个人))"
)
_SOLE = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=[市县区镇省乡]))([\u4e00-\u9fff]{2,3})(?=(?:的)?(?:个人)?(?:小店"
    r"|工作室|商行|百货店|经营部|便利店|网店|数码店|个体工商户))"
)


def find_people(text: str, labelled: Sequence[Labelled], *, public: bool) -> Iterator[Span]:
    """Spans of names, accounts, mail addresses and homes; with `public` also what is else taken for a firm's."""
    for match in _MAIL.finditer(text):
        box, _, host = match[0].partition("@")
        shared = _ROLE_BOX.fullmatch(box) and not _FREE_HOSTS.fullmatch(host)
        if _MESSAGE.search(text, max(0, match.start() - 80), match.start()):
            continue  # the number of a mail, no box
        if (public or not shared) and not host[-1].isdigit():  # user:word@1.2.3.4 is no mail
            yield Span(match.start(), match.end(), "email", show_mail(match[0]))
    for match in _WXID.finditer(text):
        yield Span(match.start(), match.end(), "wechat", show_account(match[0]))
    for match in _ALIPAY_ID.finditer(text):
        yield Span(match.start(), match.end(), "alipay", show_number(match[0], 4, 2))
    for one in labelled:
        yield from _behind(text, one, public=public)
    yield from _names(text, public=public)
    yield from find_homes(text, public=public)


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
    elif one.says in ("address", "firm_address"):
        yield from read_address(text, one)


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
    for match in _BARED.finditer(text):
        if match[2][-1] != match.string[match.start() - 1] and not is_name(match[2]):
            continue  # **军(个人收款): what stands in the brackets is no name
        yield Span(*match.span(2), "person", show_person(match[2]))
    if public:
        for match in _SOLE.finditer(text):
            for length in (3, 2):
                name = match[1][-length:]
                if len(name) == length and is_name(name):
                    yield Span(match.end(1) - length, match.end(1), "person", show_person(name))
                    break
