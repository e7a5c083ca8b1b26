"""What is wrong with accounts: payment codes, merchants, contacts, analytics, tokens.

Each check takes the canonical value; gives "" or the reason why it is nobody's: a wrong shape, a sample, a placeholder.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from scrapers.identifiers.checksums import base58check_prefix, checksummed_address, is_bech32
from scrapers.identifiers.placeholders import is_filler, is_placeholder_number

_TOKENS_OF_CONTRACTS = frozenset(
    {
        "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
        "TEkxiTehnzSmSe2XqrBj4w32RUN966rdz8",
        "0xdac17f958d2ee523a2206206994597c13d831ec7",
        "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48",
        "0x55d398326f99059ff775485246999027b3197955",
    }
)
_TRON = 0x41
_BITCOIN = (0, 5)
_SAMPLE_MERCHANTS = frozenset({"1230000109", "1900000109", "1900009191", "1900006511", "1234567890", "1000000000"})
_SAMPLE_MOBILES = frozenset({"13800138000", "13800138001", "13888888888", "18888888888", "13812345678", "15812345678",
                             "13912345678", "18812345678", "13012345678", "15012345678", "13512345678", "18012345678",
                             "13612345678", "13712345678", "17712345678", "13333333333", "13666666666"})  # fmt: skip
_SAMPLE_QQ = frozenset({"10000", "10001", "12345", "54321", "88888888", "66666666", "80000000", "800000000"})
_SAMPLE_HANDLES = frozenset({"username", "yourname", "your_name", "your_username", "user_name", "channel", "telegram",
                             "weixin", "wechat", "weixinhao", "wxid_xxxxxx", "admin", "abcdef", "abc123", "abc123456",
                             "example", "wx123456", "wx_123456", "xxxxxx"})  # fmt: skip
_TELEGRAM_WORDS = frozenset({"share", "iv", "joinchat", "proxy", "socks", "addstickers", "addemoji", "addtheme",
                             "login", "setlanguage", "bg", "invoice", "confirmphone", "boost", "giftcode", "addlist",
                             "msg", "s", "c", "a", "k", "faq", "apps", "privacy"})  # fmt: skip
_SAMPLE_MAIL_HOSTS = frozenset({"example.com", "example.org", "example.net", "email.com", "domain.com",
                                "yourdomain.com", "your-domain.com", "yoursite.com", "mysite.com", "xxx.com", "xx.com",
                                "test.com", "example.cn"})  # fmt: skip
_MAIL = re.compile(r"[a-z0-9][a-z0-9._%+-]{0,63}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,6}[a-z]{2,24}")
_PRIVATE_HOST = re.compile(
    r"localhost|127\.|10\.\d|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|0\.0\.0\.0|(?:.*\.)?example\.(?:com|org|net)\Z"
)


def _alipay_static(value: str) -> str:
    if value.startswith("bax"):
        return "a code made for one order, not a payee's own"
    if not re.fullmatch(r"(?:fkx|stx|tsx)[0-9a-z]{6,40}", value):
        return "not the shape of a payee's own Alipay code"
    return "placeholder: not a code of anybody" if is_filler(value[3:]) else ""


def _wechat_static(value: str) -> str:
    if "bizpayurl" in value:
        return "a code made for one order, not a payee's own"
    if not re.fullmatch(r"wxp://f2f[0-9A-Za-z_-]{8,80}", value):
        return "not the shape of a payee's own WeChat code"
    return "placeholder: not a code of anybody" if is_filler(value[9:]) else ""


def _merchant_id(value: str) -> str:
    vendor, _, number = value.partition(":")
    if vendor == "alipay" and not re.fullmatch(r"2088[0-9]{12}", number):
        return "an Alipay partner has 16 digits and begins with 2088"
    if vendor == "alipay_app" and not re.fullmatch(r"20[0-9]{14}", number):
        return "an Alipay application has 16 digits and begins with its year"
    if vendor == "wechat" and not re.fullmatch(r"1[0-9]{7,9}", number):
        return "a WeChat merchant has 8 or 10 digits and begins with 1"
    if number in _SAMPLE_MERCHANTS or is_placeholder_number(number) or is_placeholder_number(number[4:] or "0123456"):
        return "placeholder: an example's number"
    return ""


def _epay_pid(value: str) -> str:
    gateway, _, number = value.rpartition("#")
    if not gateway or not re.fullmatch(r"[0-9]{1,20}", number):
        return "not a gateway's host and a merchant's number"
    return "placeholder: not a gateway of anybody" if _PRIVATE_HOST.match(gateway) else ""


def _crypto(value: str) -> str:
    if value in _TOKENS_OF_CONTRACTS:
        return "the contract of a currency, not a payee"
    if value.lower().startswith("0x"):
        if not re.fullmatch(r"0x[0-9A-Fa-f]{40}", value):
            return "not the shape of an Ethereum address"
        if len(set(value[2:].lower())) <= 2:
            return "placeholder: not an address of anybody"
        letters = value[2:]
        if letters not in (letters.lower(), letters.upper()) and checksummed_address(value)[2:] != letters:
            return "the upper and lower case of the address do not fit its checksum (EIP-55)"
        return ""
    if value.startswith("T"):
        return "" if base58check_prefix(value) == _TRON else "the checksum of the Tron address does not fit"
    if value.startswith(("1", "3", "bc1")):
        genuine = is_bech32(value) if value.startswith("bc1") else base58check_prefix(value) in _BITCOIN
        return "" if genuine else "the checksum of the Bitcoin address does not fit"
    return ""


def _qq(value: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]{4,10}", value):
        return "a QQ number has 5 to 11 digits"
    if value in _SAMPLE_QQ or is_placeholder_number(value):
        return f"placeholder: {value} is not a number of anybody"
    return ""


def _qq_group(value: str) -> str:
    if value.isdigit():
        if not re.fullmatch(r"[1-9][0-9]{4,10}", value):
            return "a QQ group has 5 to 11 digits"
        return f"placeholder: {value} is not a group of anybody" if is_placeholder_number(value) else ""
    name, _, key = value.partition(":")
    if name not in ("idkey", "k") or not key:
        return "not a group's number or key"
    return "placeholder: not a key of anybody" if is_filler(key) else ""


def _mobile(value: str) -> str:
    if not re.fullmatch(r"1[3-9][0-9]{9}", value):
        return "not the shape of a mobile number"
    if value in _SAMPLE_MOBILES or is_placeholder_number(value) or len(set(value[1:])) == 1 or len(set(value[3:])) == 1:
        return f"placeholder: {value} is not a number of anybody"
    return "" if value[3:] not in ("12345678", "87654321") else f"placeholder: {value} is not a number of anybody"


def _tel400(value: str) -> str:
    if not re.fullmatch(r"[48]00[0-9]{7}", value):
        return "not the shape of a 400 number"
    rest = value[3:]
    return f"placeholder: {value} is not a number of anybody" if is_placeholder_number(rest) else ""


def _handle(value: str) -> str:
    return "placeholder: not a name of anybody" if value in _SAMPLE_HANDLES or is_filler(value) else ""


def _wechat(value: str) -> str:
    if re.fullmatch(r"1[3-9][0-9]{9}", value):
        return _mobile(value)
    if not re.fullmatch(r"[a-z][a-z0-9_-]{5,19}|[1-9][0-9]{4,10}", value):
        return "not the shape of a WeChat name"
    return _handle(value)


def _telegram(value: str) -> str:
    if value.startswith("+"):
        return "" if re.fullmatch(r"\+[\w-]{10,40}", value) else "not the shape of an invitation"
    if value in _TELEGRAM_WORDS:
        return "a word of the service, not a name"
    if not re.fullmatch(r"[a-z][a-z0-9_]{3,31}", value):
        return "not the shape of a Telegram name"
    return _handle(value)


def _email(value: str) -> str:
    if len(value) > 254 or not _MAIL.fullmatch(value):
        return "not the shape of a mail address"
    name, _, host = value.rpartition("@")
    if host in _SAMPLE_MAIL_HOSTS or is_filler(name) or (host == "qq.com" and name.isdigit() and _qq(name)):
        return "placeholder: not an address of anybody"
    return ""


def _digits_only(value: str) -> str:
    if not re.fullmatch(r"[0-9]{4,20}", value):
        return "the id is not a number"
    return f"placeholder: {value} is not an id of anybody" if is_placeholder_number(value) else ""


def _baidu_tongji(value: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{32}", value):
        return f"a Baidu id has 32 hex digits, this has {len(value)}"
    return "placeholder: not an id of anybody" if len(set(value)) <= 2 or value == "0123456789abcdef" * 2 else ""


def _la51(value: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z]{4,24}", value):
        return "not the shape of a 51.la id"
    return "placeholder: not an id of anybody" if is_placeholder_number(value) or is_filler(value) else ""


def _ga(value: str) -> str:
    if not re.fullmatch(r"UA-[0-9A-Z]{4,10}|G-[0-9A-Z]{6,14}|AW-[0-9A-Z]{6,12}|ca-pub-[0-9a-z]{6,20}", value):
        return "not the shape of a Google id"
    number = value.rpartition("-")[2]
    if is_placeholder_number(number) or is_filler(number):
        return "placeholder: not an id of anybody"
    if not value.startswith("G-") and not number.isdigit():
        return "the id is not a number"
    return "" if not value.startswith("ca-") or len(number) == 16 else "an AdSense id has 16 digits"


def _gtm(value: str) -> str:
    if not re.fullmatch(r"GTM-[0-9A-Z]{4,10}", value):
        return "not the shape of a Tag Manager id"
    return "placeholder: not an id of anybody" if is_filler(value[4:]) or is_placeholder_number(value[4:]) else ""


def _token(value: str) -> str:
    token = re.split("[=:]", value, maxsplit=1)[-1].strip()
    if len(token) < 4:
        return "too short to be a token"
    return "placeholder: not a token of anybody" if is_placeholder_number(token) or is_filler(token) else ""


def _tenant(value: str) -> str:
    vendor, _, number = value.partition(":")
    if not vendor or not number:
        return "not a vendor and a tenant"
    return "placeholder: not a tenant of anybody" if is_filler(number) or len(set(number)) == 1 else ""


def _favicon(value: str) -> str:
    return (
        ""
        if re.fullmatch(r"-?[0-9]{1,11}:[0-9a-f]{64}", value) and not value.startswith("0:")
        else "not a favicon's hash"
    )


ACCOUNT_CHECKS: dict[str, Callable[[str], str]] = {
    "alipay_static": _alipay_static,
    "wechat_static": _wechat_static,
    "merchant_id": _merchant_id,
    "epay_pid": _epay_pid,
    "crypto": _crypto,
    "qq": _qq,
    "qq_group": _qq_group,
    "wechat": _wechat,
    "mobile": _mobile,
    "tel400": _tel400,
    "telegram": _telegram,
    "email": _email,
    "baidu_tongji": _baidu_tongji,
    "cnzz": _digits_only,
    "la51": _la51,
    "ga": _ga,
    "gtm": _gtm,
    "verification_meta": _token,
    "cs_tenant": _tenant,
    "captcha_key": _tenant,
    "favicon": _favicon,
}
