"""Finds secrets of sessions in a reading: tokens, cookies, codes sent by SMS, secret parts of web addresses.

Takes the reading and its labelled places, gives spans of the secret alone: the address around it stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from monitor.complaints.masking.labels import Labelled
from monitor.complaints.masking.spans import MARK, Span

_PARAMETER = re.compile(
    r"(?<=[?&#;])(?:[A-Za-z0-9_]{0,20}(?:token|ticket|secret|session|passw(?:or)?d|pwd|signature|apikey|api_key"
    r"|authkey|cdkey|kami)|sign|sig|sid|auth|key|pass|code"
    r"|openid|unionid|jwt|access_key|sessdata|skey|uuid_key|invite|k|t|sessionid|redeem"
    r"|licen[sc]e|card|card_?no|card_?num(?:ber)?|card_?id|serial|pin|cdk|km)=([^\s&#\"'<>;]{4,600})",
    re.I,
)
_LOGIN = re.compile(r"(?<=://)([^\s/:@\"'<>]{1,80}:[^\s/@\"'<>]{1,120})(?=@)")
_JWT = re.compile(r"(?<![0-9A-Za-z_-])eyJ[0-9A-Za-z_-]{8,2000}(?:\.[0-9A-Za-z_-]{4,2000}){1,2}")
_HEADER = re.compile(
    r"(?<![A-Za-z])(?:authorization|x-[a-z-]{0,20}token|x-api-key)[\"']?[ \t]{0,3}[:=][ \t\"']{0,3}(?:bearer|basic"
    r"|token)?[ \t]{0,2}([0-9A-Za-z._~+/=-]{6,2000})",
    re.I,
)
_BEARER = re.compile(r"(?<![A-Za-z])bearer[ \t]{1,3}([0-9A-Za-z._~+/=-]{12,2000})", re.I)
_COOKIE = re.compile(r"(?<![A-Za-z])(?:set-)?cookie[\"']?[ \t]{0,3}[:=][ \t\"']{0,3}([^\n\"'<>]{6,4000})", re.I)
_PAIR = re.compile(r"([0-9A-Za-z_.\-]{1,60})=([^;\s\"']{4,2000})")
_NAMED = re.compile(
    r"(?<![0-9A-Za-z])(?:PHPSESSID|JSESSIONID|ASP\.NET_SessionId|connect\.sid|sessionid|SESSDATA|laravel_session"
    r"|XSRF-TOKEN|pass_?ticket|wxuin|p_skey|skey)[\"']?[ \t]{0,2}[:=][ \t\"']{0,2}([^\s;\"'<>&]{6,600})",
    re.I,
)
_GIFT = re.compile(
    r"(?:discord\.gift/|discord(?:app)?\.com/gifts/|t\.me/giftcode/|s\.team/[a-z]/|store\.steampowered\.com/gift/"
    r"|redeem\.[a-z.]{4,30}/|(?:/|=)(?:redeem|claim|gift|kami|cdk|getkey|subscribe|share/link"
    r"|join/invite|coupon|unsub)/)((?:[0-9A-Za-z]{4} ){2,8}[0-9A-Za-z]{1,4}(?![0-9A-Za-z])|[0-9A-Za-z_\-]{6,200})",
    re.I,
)
_SHORT_LINK = re.compile(
    r"(?<=[a-z]/c/)((?=[A-Za-z]{0,30}[0-9])(?=[0-9a-z]{0,30}[A-Z])[0-9A-Za-z]{8,32})(?![0-9A-Za-z_-])"
)
_SECOND_FACTOR = re.compile(  # in Base32, in groups of four
    r"(?<![0-9A-Za-z] )(?<![0-9A-Za-z])((?=[a-z ]{0,38}[2-7])[a-z2-7]{4}(?: [a-z2-7]{4}){7})(?! ?[0-9A-Za-z])"
)
_NODE = re.compile(r"(?<![a-z])(?:vmess|vless|trojan|ssr?|hysteria2?)://([^\s\"'<>@\u3000-\u9fff]{8,4000})", re.I)
_BOT = re.compile(r"(?<![0-9A-Za-z])([0-9]{8,10}:AA[0-9A-Za-z_-]{30,36})(?![0-9A-Za-z_-])")
_DOTTED = re.compile(
    r"(?<![0-9A-Za-z_.-])((?=[0-9A-Za-z_-]{0,20}[A-Z])[0-9A-Za-z_-]{23,28}\.[0-9A-Za-z_-]{6,7}\.[0-9A-Za-z_-]{27,40})(?![0-9A-Za-z_.-])"
)
_FOLDER = re.compile(
    r"(?<=[a-z0-9]/)(?:link|sub|subscribe|node|clash|client)/"
    r"((?=[0-9A-Za-z]{0,30}[0-9])[0-9A-Za-z]{16,64})(?=[?&#\s\"'<>\u3000-\u9fff]|$)"
)
_SEGMENT = re.compile(
    r"(?<=[0-9a-z]/)((?=[0-9A-Za-z_-]{0,62}[0-9])(?=[0-9A-Za-z_-]{0,62}[a-z])(?=[0-9A-Za-z_-]{0,62}[A-Z])[0-9A-Za-z_-]{18,64})"
    r"(?=[/?&#\s\"'<>\u3000-\u9fff]|$)"
)
_PUBLIC = re.compile(r"://(?:pan|docs|drive|www\.youtube|cdn|img|static)[0-9A-Za-z.-]{0,60}/[^\s]{0,40}\Z")
_REFRESH = re.compile(r"(?<![0-9A-Za-z])(M\.[CR][0-9]{1,4}_[0-9A-Z]{2,5}\.[0-9A-Za-z!*$._-]{20,2000})")
_ATTRIBUTES = frozenset({"path", "domain", "expires", "max-age", "samesite", "version"})
_PLAIN_NUMBERS = frozenset({"uid", "id", "aid", "gid", "cid", "page", "lang"})
_LEAST = 6
_REACH = 120
_VALUE = re.compile(r"[0-9A-Za-z._~+/=-]{4,2000}")
_WIDE = re.compile(r"[0-9A-Za-z._~+/=:%|-]{4,2000}")
_SMS = re.compile(r"[0-9A-Za-z]{4,8}(?![0-9A-Za-z]|[-/.:年][0-9])")
_SMS_BEFORE = re.compile(
    r"(?<![0-9A-Za-z.])([0-9]{4,8})(?=[ \t]{0,3}(?:\(|[，,])?(?:是|为)?(?:您|你)?的?"
    r"[^\n。，,0-9]{0,10}(?:验证码|校验码|动态码))"
)


def find_tokens(text: str, labelled: Sequence[Labelled]) -> Iterator[Span]:
    """Spans of tokens, cookies and codes."""
    for pattern in (
        _PARAMETER,
        _LOGIN,
        _HEADER,
        _BEARER,
        _NAMED,
        _GIFT,
        _NODE,
        _REFRESH,
        _BOT,
        _DOTTED,
        _FOLDER,
        _SHORT_LINK,
        _SMS_BEFORE,
    ):
        for match in pattern.finditer(text):
            if MARK not in match[1] and any(sign.isalnum() for sign in match[1]):
                yield Span(*match.span(1), "token", MARK)
    for match in _SECOND_FACTOR.finditer(text):
        yield Span(*match.span(1), "token", MARK, 0)  # before what a label makes of its first groups
    for match in _SEGMENT.finditer(text):
        before = text[max(0, match.start() - _REACH) : match.start()]
        if "://" in before and not _PUBLIC.search(before):
            yield Span(*match.span(1), "token", MARK)
    for match in _JWT.finditer(text):
        yield Span(match.start(), match.end(), "token", MARK)
    for match in _COOKIE.finditer(text):
        for pair in _PAIR.finditer(match[1]):
            plain = pair[1].lower() in _ATTRIBUTES or (pair[2].isdigit() and pair[1].lower() in _PLAIN_NUMBERS)
            if not plain and MARK not in pair[2]:
                yield Span(match.start(1) + pair.start(2), match.start(1) + pair.end(2), "token", MARK)
    for one in labelled:
        if one.says != "token":
            continue
        code = re.search(r"码|otp|verification", one.label, re.I) is not None
        wide = text[one.begin - 1 : one.begin] == "="
        value = (_SMS if code else _WIDE if wide else _VALUE).match(text, one.begin, min(len(text), one.begin + 2000))
        if (
            value
            and (code or one.said)
            and any(sign.isdigit() for sign in value[0])
            and (code or len(value[0]) >= _LEAST)
        ):
            yield Span(value.start(), value.end(), "token", MARK)
