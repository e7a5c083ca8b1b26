"""One spelling for each identifier, so that equal things are equal texts, whoever wrote them down.

`canonical_value` takes any text of any length, from a page or a file, and gives the value as docs/identifiers.md
spells it; what it cannot make sense of comes back trimmed, never lost. It never judges: see `checks`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import unquote

from scrapers.identifiers.checksums import checksummed_address
from scrapers.identifiers.clean_spelling import MAX_VALUE, clean_text, close
from scrapers.identifiers.host_spelling import HOST_SPELLINGS, bare_host
from scrapers.identifiers.legal_spelling import LEGAL_SPELLINGS

_ICP_END = re.compile(r"号?-([0-9]{1,4})\Z")
_ALIPAY = re.compile(r"\b((?:fkx|stx|tsx|bax)[0-9a-z]{6,40})", re.I)
_WECHAT_CODE = re.compile(r"wxp://(f2f[0-9A-Za-z_-]{1,80})", re.I)
_DIGITS = re.compile(r"[0-9]+")
_QQ = re.compile(r"(?:uin=|^)([1-9][0-9]{4,10})(?:@qq\.com)?(?:$|(?=[&\"'\s]))", re.I)
_GROUP_KEY = re.compile(r"(?:\bidkey[=:]([0-9a-f]{8,80}))|(?:(?:[?&]k=|^k[:=]|qm\.qq\.com/q/)([\w-]{6,64}))", re.I)
_TELEGRAM = re.compile(r"(?:(?:https?://)?(?:www\.)?(?:t\.me|telegram\.(?:me|dog))/|tg://(?:resolve|join)\?)(.*)", re.I)
_ETHER = re.compile(r"0x[0-9a-f]{40}", re.I)
_HASH32 = re.compile(r"[0-9a-f]{32}", re.I)
_MEASUREMENT = re.compile(r"UA-[0-9A-Z]{4,10}(?=-|\Z)|(?:G|AW|GTM)-[0-9A-Z]{4,14}|(?:CA-)?PUB-[0-9X]{6,20}", re.I)


@lru_cache(maxsize=65_536)
def _canonical(kind: str, value: str) -> str:
    text = clean_text(value)
    spell = _SPELLINGS.get(kind)
    return (spell(text) if spell else text)[:MAX_VALUE]


def canonical_value(kind: str, value: str) -> str:
    """The value of an identifier in its one spelling; a value of an unknown kind is only trimmed."""
    return _canonical(kind, value[:4000])


def _alipay_static(text: str) -> str:
    match = _ALIPAY.search(text)
    return match.group(1).lower() if match else text.lower()


def _wechat_static(text: str) -> str:
    match = _WECHAT_CODE.search(text)
    if match:
        return f"wxp://{match.group(1)[:3].lower()}{match.group(1)[3:]}"
    return text


def _merchant_id(text: str) -> str:
    if re.fullmatch(r"2088[0-9]{12}", text):
        return f"alipay:{text}"
    if re.fullmatch(r"1[0-9]{9}", text):
        return f"wechat:{text}"
    vendor, colon, number = text.partition(":")
    return f"{vendor.strip().lower()}:{number.strip()}" if colon else text


def _epay_pid(text: str) -> str:
    gateway, hash_mark, number = text.rpartition("#")
    if not hash_mark:
        return text.lower()
    return f"{bare_host(gateway).removeprefix('www.')}#{number.strip().lstrip('0') or number.strip()}"


def _crypto(text: str) -> str:
    if _ETHER.fullmatch(text):
        letters = text[2:]
        plain = letters in (letters.lower(), letters.upper())
        return text.lower() if plain or checksummed_address(text)[2:] == letters else f"0x{letters}"
    return text.lower() if text.startswith("BC1") else text


def _qq(text: str) -> str:
    match = _QQ.search(text)
    return match.group(1) if match else text.removesuffix("@qq.com").strip()


def _qq_group(text: str) -> str:
    if text.isdigit():
        return text
    match = _GROUP_KEY.search(text)
    if match is None:
        return text
    return f"idkey:{match.group(1).lower()}" if match.group(1) else f"k:{match.group(2)}"


def _mobile(text: str) -> str:
    digits = "".join(_DIGITS.findall(text))
    for prefix in ("0086", "86"):
        if digits.startswith(prefix) and len(digits) == 11 + len(prefix):
            return digits[len(prefix) :]
    return digits if digits else text


def _tel400(text: str) -> str:
    return "".join(_DIGITS.findall(text)) or text


def _telegram(text: str) -> str:
    match = _TELEGRAM.match(text)
    path = (match.group(1) if match else text).strip()
    path = re.sub(r"^(?:s/|domain=|invite=(?=.)|@)", lambda found: "+" if "invite" in found.group() else "", path)
    path = re.sub(r"^joinchat/", "+", path)
    name = re.split(r"[/?&#\s]", path, maxsplit=1)[0]
    return name if name.startswith("+") else name.lower()


def _email(text: str) -> str:
    text = re.split(r"[?]", re.sub(r"^mailto:", "", text, flags=re.I), maxsplit=1)[0]
    return unquote(text).strip().strip(".,;<>").lower()


def _baidu(text: str) -> str:
    match = _HASH32.search(text)
    return (match.group() if match else text).lower()


def _measurement(text: str) -> str:
    match = _MEASUREMENT.search(text)
    if match is None:
        return text.upper()
    found = match.group().upper()
    return f"ca-{found.removeprefix('CA-').lower()}" if "PUB-" in found else found


def _verification_meta(text: str) -> str:
    name, equals, token = text.partition("=")
    return f"{name.strip().lower()}={token.strip()}" if equals else text


def _tenant(text: str) -> str:
    vendor, colon, number = text.partition(":")
    return f"{vendor.strip().lower()}:{number.strip()}" if colon else text


def _closed_upper(text: str) -> str:
    return close(text).upper()


def _lower(text: str) -> str:
    return text.lower()


def _favicon(text: str) -> str:
    return close(text).lower()


_SPELLINGS: dict[str, Callable[[str], str]] = {
    **LEGAL_SPELLINGS,
    **HOST_SPELLINGS,
    "alipay_static": _alipay_static,
    "wechat_static": _wechat_static,
    "merchant_id": _merchant_id,
    "epay_pid": _epay_pid,
    "crypto": _crypto,
    "qq": _qq,
    "qq_group": _qq_group,
    "wechat": _lower,
    "mobile": _mobile,
    "tel400": _tel400,
    "telegram": _telegram,
    "email": _email,
    "baidu_tongji": _baidu,
    "ga": _measurement,
    "gtm": _measurement,
    "verification_meta": _verification_meta,
    "cs_tenant": _tenant,
    "captcha_key": _tenant,
    "favicon": _favicon,
    "design": _lower,
    "tls_spki": _lower,
    "name": _lower,
    "culture_license": _closed_upper,
    "address": close,
}
