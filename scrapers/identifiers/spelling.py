"""One spelling for each identifier, so that equal things are equal texts, whoever wrote them down.

`canonical_value` takes any text of any length, from a page or a file, and gives the value as docs/identifiers.md
spells it; what it cannot make sense of comes back trimmed, never lost. It never judges: see `checks`.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import unquote

from scrapers.domains import ascii_host, site_of_host
from scrapers.identifiers.checksums import PROVINCE_OF_CODE, checksummed_address

MAX_VALUE = 500
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e"
                        "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]")  # fmt: skip
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d\ufe63\u2500\u30fc", "-"))
_SPACE = re.compile(r"\s+")
_ICP = re.compile(r"(\w)ICP备(?:字|第){0,2}([0-9Xx]{1,14})号?(?:-?([0-9]{1,4}))?", re.I)
_ICP_END = re.compile(r"号?-([0-9]{1,4})\Z")
_ICP_LICENCE = re.compile(r"(\w?)ICP证(?:字|第){0,2}([A-Z]?[0-9]{5,8})号?", re.I)
_TELECOM = re.compile(r"(\w?)((?:[AB][12][.、/])*[AB][12])-?([0-9]{8})(?:号|-|\Z)", re.I)
_POLICE = re.compile(r"(\w?)公网安备(?:字|第){0,2}([0-9Xx]{1,16})号?")
_POLICE_CODE = re.compile(r"(?:recordcode|code)=([0-9]{11,14})(?![0-9])", re.I)
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


def clean_text(text: str) -> str:
    """NFKC, without characters that show nothing, every dash a hyphen, spaces as one."""
    if text.isascii():
        return _SPACE.sub(" ", _INVISIBLE.sub("", text)).strip() if not text.isalnum() else text
    return _SPACE.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate(_DASHES)).strip()


def split_icp(value: str) -> tuple[str, str, str | None]:
    """Split an ICP number into province, digits and the site suffix (None where there is none).

    What is no such number gives ("", "", None).
    """
    match = _ICP.fullmatch(_close(clean_text(value[:200])))
    if match is None:
        return "", "", None
    suffix = match.group(3)
    return match.group(1), match.group(2).upper(), (suffix.lstrip("0") or "0") if suffix else None


def spell_icp(province: str, digits: str, suffix: str | None) -> str:
    """粤ICP备12345678号-3."""
    return f"{province}ICP备{digits}号" + (f"-{suffix}" if suffix is not None else "")


def spell_company(text: str) -> str:
    """A name of a company or payee: no spaces between Chinese characters, brackets （）, no quotes around it."""
    text = clean_text(text).replace("(", "（").replace(")", "）").strip(" \"'“”‘’《》「」:：,，。;；|·-")
    return _CHINESE_GAP.sub("", text)


_CHINESE_GAP = re.compile(r"(?<=[\u3400-\u9fff（）*])\s+|\s+(?=[\u3400-\u9fff（）*])")


def _close(text: str) -> str:
    return _SPACE.sub("", text)


def _uscc(text: str) -> str:
    return re.sub(r"[\s-]", "", text).upper()


def _icp(text: str) -> str:
    province, digits, suffix = split_icp(text)
    return spell_icp(province, digits, suffix) if digits else _close(text)


def _icp_license(text: str) -> str:
    text = re.sub(r"ICP证(?:字|第){0,2}(?=[AB][12])", "", _close(text), flags=re.I)
    if match := _TELECOM.search(text):
        return f"{_province(match.group(1))}{re.sub('[、/]', '.', match.group(2).upper())}-{match.group(3)}"
    if match := _ICP_LICENCE.search(text):
        return f"{_province(match.group(1))}ICP证{match.group(2).upper()}号"
    return text


def _province(text: str) -> str:
    return text if "\u3400" <= text <= "\u9fff" and text not in "证号为" else ""


def _police_icp(text: str) -> str:
    text = _close(text)
    if match := _POLICE.search(text):
        province = match.group(1) if match.group(1) >= "\u3400" else ""
        digits = match.group(2).upper()
    elif match := _POLICE_CODE.search(text):
        province, digits = "", match.group(1)
    elif re.fullmatch(r"[0-9]{11,14}号?", text):
        province, digits = "", text.rstrip("号")
    else:
        return text
    province = province or PROVINCE_OF_CODE.get(digits[:2], "")
    return f"{province}公网安备{digits}号"


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
    return text


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


def _domain(text: str) -> str:
    host = ascii_host(bare_host(text).removeprefix("*."))
    return site_of_host(host) if "." in host else text.lower()


def _host(text: str) -> str:
    return re.sub(r"^[0-9]{1,5}\s+", "", text).lower().rstrip(".")


def _ip(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        return text.lower()


def _release_page(text: str) -> str:
    text = re.sub(r"^[a-z]+://", "", text, flags=re.I)
    text = re.split(r"[?#]", text, maxsplit=1)[0]
    host, slash, path = text.partition("/")
    return f"{host.lower()}{slash}{path}".rstrip("/")


def _closed_upper(text: str) -> str:
    return _close(text).upper()


def _lower(text: str) -> str:
    return text.lower()


def _favicon(text: str) -> str:
    return _close(text).lower()


def bare_host(text: str) -> str:
    """The host that a URL or a bare `host:port/path` names, lower case, without port, user and last dot."""
    text = re.sub(r"^(?:[a-z][a-z0-9+.-]{0,20}:)?//", "", text.strip(), flags=re.I)
    text = re.split(r"[/?#\\]", text, maxsplit=1)[0].rpartition("@")[2]
    return re.sub(r":[0-9]{0,5}\Z", "", text).strip(".").lower()


_SPELLINGS: dict[str, Callable[[str], str]] = {
    "uscc": _uscc,
    "company": spell_company,
    "icp": _icp,
    "icp_license": _icp_license,
    "police_icp": _police_icp,
    "alipay_static": _alipay_static,
    "wechat_static": _wechat_static,
    "merchant_id": _merchant_id,
    "epay_pid": _epay_pid,
    "payee": spell_company,
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
    "tls_san": _domain,
    "ip": _ip,
    "ns": _host,
    "mx": _host,
    "cname": _host,
    "name": _lower,
    "redirect": _domain,
    "notice_successor": _domain,
    "release_page": _release_page,
    "culture_license": _closed_upper,
    "address": _close,
}
