"""Tells by its signs alone whether a word may be a secret, or is plainly something else: a date, a price, a hash.

Takes words (no spaces), gives yes or no. A word is judged more freely where a label calls it a key.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from itertools import pairwise

_DATE = re.compile(r"(?:19|20)\d\d[-/._]?(?:0?[1-9]|1[0-2])(?:[-/._]?(?:0?[1-9]|[12]\d|3[01]))?")
_STAMP = re.compile(
    r"(?:19|20)\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])[T_-]?\d{2,6}Z?|(?:19|20)\d\d-\d\d-\d\dT[\d.:+Z-]+"
)
_SECONDS = re.compile(r"1[4-9]\d{8}(?:\d{3})?")
_DATED = re.compile(r"[A-Za-z_-]{0,8}20[12]\d[-_]?(?:0[1-9]|1[0-2])[-_]?(?:0[1-9]|[12]\d|3[01])[-_]?\d*[A-Za-z0-9_-]*")
_PRICE = re.compile(r"[¥$]?\d{1,7}\.\d{1,3}")
_VERSION = re.compile(
    r"v?\d{1,4}(?:\.\d{1,8}){1,4}(?:[-.+]?(?:alpha|beta|rc|build|dev|pre|post|release)?[-.]?\d{0,8})?", re.I
)
_HASH = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})", re.I)
_HEX = re.compile(r"0x[0-9a-f]{1,64}", re.I)
_SERVICE = re.compile(
    r"(?:400|800)-?\d{3}-?\d{4}|1010\d{4}|951\d{5}|106\d{7,11}|400-?\d-?\d{3}-?\d{3}|9[56]\d{3}|1(?:23|00)\d\d|1[12]\d|0\d{2,3}-"
    r"(?:1[02]\d{3}|9[56]\d{3})"
)
_STANDARD = re.compile(r"\d{3,6}(?:\.\d{1,2})?-(?:19|20)\d\d")
_DOMAIN = re.compile(r"(?:[0-9a-z-]{1,63}\.)+[a-z]{2,10}")
_OURS = re.compile(r"[a-z]-\d{8}T\d{6}-[0-9a-z]{6,8}")
_USCC = re.compile(r"(?:[1-9AaNnYy][1-9])\d{6}[0-9A-HJ-NPQRTUWXY]{10}", re.I)
_SERIAL = re.compile(r"[A-Za-z]{1,6}[-_]?\d{1,24}[A-Za-z]?")
_MODEL = re.compile(
    r"(?:[A-Za-z]{1,6}[-_]){1,3}[0-9A-Za-z]{1,6}(?:[-_][0-9A-Za-z]{1,5}){0,3}"
    r"|[A-Za-z]{2,5}\d{2,4}[A-Za-z]{0,3}(?:[-_/][0-9A-Za-z]{1,4}){0,3}"
)
_FILE = re.compile(
    r"(?:IMG|VID|DSC|Screenshot|mmexport|wx_camera|PXL|DCIM|MVIMG|signal|photo|image|video)[-_]?\d.*", re.I
)
_NAME = re.compile(
    r"(?:win(?:dows)?|office|steam|adobe|netflix|xbox|psn|ps|iphone|ipad|apple|itunes|google|play|switch|nintendo"
    r"|battlenet|origin|uplay|epic"
    r"|microsoft|project|visio|vip|svip|cdk|cdkey|key|kami|pubg|gta|chatgpt|gpt|plus|pro|premium|max|mini|home|oem"
    r"|retail|vol|mak|id|qq|wx|app|http|https|www"
    r"|login|password|username|account|email|null|none|undefined|true|false|string|token|value|demo|test|code|pin|gb"
    r"|mb|usd|cny|rmb|hkd|usdt"
    r"|telegram|discord|spotify|disney|hbo|youtube|facebook|twitter|instagram|tiktok|gmail|outlook|hotmail|yahoo"
    r"|icloud|admin|user|click|copy|here|and|the|for|with|from"
    r"|to|is|not|yes|no|ok|please|invalid|error|success|failed|used|expired|redeem|activation|number|card|order|pay"
    r"|wechat|alipay)"
    r"\d{0,4}(?:[.]\d{1,2})?", re.I
)  # fmt: skip
_UNIT = re.compile(r"[元块张个天年月日次位折件份套点种条级分秒时号%℃人岁款期楼万千百倍周秒字页]|小时|分钟|元")
_CARRIER = re.compile(
    r"(?:SF|YT|JT|ZTO|STO|YTO|YD|EMS|JD[A-Z]{0,3}|DPK|HTKY|CN|EA|LP)[0-9]{9,15}(?:CN)?|(?:NO|DD|OD|ORD"
    r"|ORDER|TS|GD|TK|WO|TXN|PAY)-?[0-9]{6,24}"
)
_WORDS = re.compile(
    r"(?:[A-Z]?[a-z]{3,}|[A-Z]{2,10})?(?:[0-9]{1,4})?(?:(?:[A-Z][a-z]{2,})|Pro|Max|XT|Ti|SE){1,4}"
    r"(?:[0-9]{0,4}|[0-9]{2}H[12])|[A-Za-z]{3,12}(?:-[A-Za-z]{3,12}){1,4}[0-9]{0,4}"
)
_MADE = re.compile(
    r"[A-Za-z]{1,5}[-_][0-9]{2,5}[A-Za-z]{0,3}[0-9]?|[A-Za-z]{1,4}[0-9]{2,5}[A-Za-z]{0,3}(?:[-_](?:PLUS"
    r"|PRO|MAX|ULTRA|MINI|SUPER|LITE|TI|XT|OEM|AORUS|ELITE|WIFI[0-9]?|GAMING"
    r"|GLOBAL|DIGITAL|[A-Z]{0,2}[0-9]{1,4}|[A-Z]))+",
    re.I,
)
_FAULT = re.compile(r"[0-9]{4}-[0-9]{4}|[A-Z]{2}-[0-9]{4,6}-[0-9]")
_DOTTED = re.compile(r"[0-9]{3,8}(?:\.[0-9]{3,8}){2,6}")
_SPAN_OF_DAYS = re.compile(
    r"(?:19|20)[0-9]{2}[./][0-9]{1,2}[./][0-9]{1,2}[-~](?:19|20)?[0-9]{2}[./][0-9]{1,2}(?:[./][0-9]{1,2})?|[0-9]{1,2}(?:[.-][0-9]{1,2}){3,6}"
)
_DATED_NAME = re.compile(r"[A-Za-z]{1,6}[-_]?20[12][0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[-_]?[0-9]{0,14}")
_LANDLINE = re.compile(r"0[1-9][0-9]{1,2}-[2-8][0-9]{6,7}")  # has rules of its own
_CODE_WORD = re.compile(r"[A-Z]{2,}(?:_[A-Z]{2,}){0,4}(?:_[A-Z]{2,}|_[0-9]{1,5})")
_AMOUNT = re.compile(
    r"[0-9]{1,6}(?:\.[0-9]{1,3})?(?:GB?|MB?|TB?|KB?|W|ms|s|Hz|px|kg|g|USD|TL|HKD|JPY|EUR|CNY|RMB|NT|TRY|GBP|PC|UC|VP|R|x|h|d|dpi|fps|mAh|mm|cm|ml"
    r"|yr|y|mo|day|days|P|p|V|A)\+?|[xX*×][0-9]{1,4}|[0-9]{3,5}[*xX×][0-9]{3,5}.{0,8}|0x[0-9A-Fa-f]{4,16}|(?:ERR|E|ERROR)[_-][A-Z].{2,40}|[Ee][0-9]{3,4}|[0-9]{3,6}円|[0-9]{4,5}\.[0-9]{1,5}|(?:USD|TRY|HKD|JPY|EUR|CNY|RMB|NTD|GBP|TL|US|HK|NT)\$?[0-9]{1,6}|[0-9]{1,3}C[0-9]{1,3}G|[0-9]{1,4}(?:\.[0-9]{1,3})?%",
)
_PAID = re.compile(  # transactions of WeChat and Alipay: 28 digits with their day
    r"42000\d{23}|20[12]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])2200\d{16}"
)
_MACHINE = re.compile(r"(?:DESKTOP|LAPTOP)-[0-9A-Z]{7,8}|i-[0-9a-z]{8,22}|[A-Z]{2,4}\.[0-9]{4,6}")  # or its fault
_LISTING = re.compile(
    r"[A-Za-z_-]{1,16}20[12]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[0-9_-]{0,8}\.[a-z]{3,4}"
)  # a file
_PARTNER = re.compile(r"2088[0-9]{12}")  # a merchant of Alipay
_HOST = re.compile(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}")
_SHORT_DATED = re.compile(r"2[0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])-[0-9]{12,18}")
_PLACEHOLDER = re.compile(r"([Xx#?*-])(?:\1|[-_ ])*")
_DIGIT = re.compile(r"[0-9]")
_PLAIN_WORD = re.compile(r"[A-Za-z]?[a-z]+")
_LEAST_DIGEST = 56  # of 32 and 40 signs there are keys too
_LONGEST_SERIAL, _MOST_SERIAL = 14, 5
_LEAST = {"key": 4, "weak_key": 6, "password": 3, "account": 4}


def is_kept_shape(word: str) -> bool:
    """A date, a moment, a price, a version, a hash, a USCC, an id of this tool, a file's or a model's name."""
    if word.isdigit() and len(word) in (12, 14, 17) and _is_moment(word):
        return True
    if _SERVICE.fullmatch(word) or _CARRIER.fullmatch(word):
        return True
    if word.isdigit():
        return (
            _SECONDS.fullmatch(word) is not None
            or _PARTNER.fullmatch(word) is not None
            or _PAID.fullmatch(word) is not None
            or _is_day(word)
            or (len(word) > 14 and _is_moment(word[:8]) and _dated(word))
        )
    if word.isalnum():
        firm = len(word) == 18 and word[0] in "59" and _USCC.fullmatch(word)
        serial = _SERIAL.fullmatch(word) and not _is_long_serial(word)
        return bool(firm or serial or any(one.fullmatch(word) for one in (_HASH, _HEX, _DATED, _FILE)))
    return (
        any(
            pattern.fullmatch(word)
            for pattern in (
                _DATE,
                _STAMP,
                _SHORT_DATED,
                _PRICE,
                _OURS,
                _STANDARD,
                _DOMAIN,
                _DATED,
                _FILE,
                _SERIAL,
                _MODEL,
                _MACHINE,
                _LISTING,
            )
        )
        and not _is_grouped_key(word)
    ) or _is_version(word)


def is_plainly_other(word: str) -> bool:
    """What nobody takes for a secret: a measure, an amount with its unit, a fault, a hotline, a parcel, a pattern."""
    return (
        is_measure(word)
        or (word.isalnum() and len(word) == 18 and _USCC.fullmatch(word) is not None)
        or (len(word) >= _LEAST_DIGEST and is_hash(word))
        or any(
            one.fullmatch(word)
            for one in (
                _SERVICE,
                _CARRIER,
                _PARTNER,
                _PAID,
                _MACHINE,
                _LISTING,
                _HEX,
                _FAULT,
                _CODE_WORD,
                _AMOUNT,
                _PLACEHOLDER,
                _HOST,
                _DOMAIN,
                _OURS,
                _FILE,
                _SPAN_OF_DAYS,
                _LANDLINE,
            )
        )
        or "***" in word
        or len(set(word)) == 1
    )


def is_serial(word: str) -> bool:
    """A short name of a model or a part: letters and a few digits, as RTX4080-16G or i7-13700K."""
    digits = sum(sign.isdigit() for sign in word)
    return (
        len(word) <= _LONGEST_SERIAL
        and word[0].isalpha()
        and digits <= _MOST_SERIAL
        and any(one.fullmatch(word) for one in (_SERIAL, _MODEL, _MADE))
    )


def is_measure(word: str) -> bool:
    """A date, a moment, a price or a version: never a secret, whatever stands around it."""
    return any(pattern.fullmatch(word) for pattern in (_DATE, _STAMP, _PRICE)) or _is_version(word)


def is_dated(word: str) -> bool:
    """Whether digits begin with a day: a moment, or the number of an order."""
    return word.isdigit() and (_is_day(word) or (len(word) >= 12 and _dated(word) and _is_moment(word[:8])))


def is_dated_name(word: str) -> bool:
    """Letters and a day, perhaps more digits: the number of an order, or a file's name."""
    return _DATED_NAME.fullmatch(word) is not None


def is_epoch(word: str) -> bool:
    """Whether digits may be the seconds or milliseconds since 1970, of the years 2014 to 2033."""
    return _SECONDS.fullmatch(word) is not None


def is_hash(word: str) -> bool:
    """Whether a word has the signs and the length of a hash."""
    return _HASH.fullmatch(word) is not None


def is_named(word: str) -> bool:
    """Whether a word reads as the name of a product, such as Office2021ProPlus or B760M-PLUS."""
    return any(pattern.fullmatch(word) for pattern in (_WORDS, _MADE, _NAME))


def is_secret(word: str, says: str, *, said: bool, listed: bool, digits: bool = False, after: str = "") -> bool:
    """Whether a word behind a label of secrets is one.

    `said`: a colon stands between; `listed`: it follows another; `digits`: that one is of digits alone.
    """
    signs = re.sub(r"[^0-9A-Za-z]", "", word)
    if "***" in word or _PLACEHOLDER.fullmatch(word) or not signs:
        return False
    if len(word) < _LEAST[says] or len(signs) < 3:
        return False
    if (_NAME.fullmatch(word) and not (says == "password" and word[-1].isdigit())) or (
        word.isdigit() and len(word) <= 6 and after and _UNIT.match(after)
    ):
        return False
    if _PRICE.fullmatch(word) or re.fullmatch(r"\d{1,2}:\d\d", word) or (word[0] in "¥$" and word[1:].isdigit()):
        return False
    if re.fullmatch(r"(?:19|20)\d\d([-/.])\d{1,2}\1\d{1,2}", word):
        return False
    has_digit = _DIGIT.search(word) is not None  # in one step: a word may be thousands of signs long
    if listed and (_SERVICE.fullmatch(word) or word[-1] == "%" or ("/" in word and signs.isalpha())):
        return False
    if listed:
        number = word.isdigit() and (digits or says in ("key", "weak_key")) and not _is_day(word)
        if is_kept_shape(word) and not number and not _SERIAL.fullmatch(word):
            return False
        return len(signs) >= (3 if says == "password" else 4) and (
            has_digit or signs.isupper() or (said and says == "password" and len(signs) >= 5)
        )
    if says != "password" and _DOMAIN.match(word) and "/" in word:
        return False
    if not said and says == "weak_key":
        return False
    if not said:
        if _DATED.fullmatch(word) or (_is_version(word) and "." in word):
            return False
        strong = has_digit and len(signs) >= 6
        if says == "account":
            return strong and len(signs) >= 6
        return (
            strong and not (signs.isalnum() and len(signs) < 8 and _PLAIN_WORD.match(word) and says != "password")
        ) or (signs.isupper() and len(signs) >= 10)
    if says == "weak_key":
        if _FAULT.fullmatch(word):
            return False
        return (has_digit and len(signs) >= 6 and not is_kept_shape(word)) or (signs.isupper() and len(signs) >= 10)
    if says == "key" and not has_digit:
        return (signs.isupper() and len(signs) >= 4) or (len(signs) >= 7 and not _is_sentence(after))
    if says == "account" and not has_digit and (len(signs) < 5 or _is_sentence(after)):
        return False
    return not (_is_version(word) and word.count(".") >= 2 and says != "password")


def looks_drawn(word: str, *, near: bool = False) -> bool:
    """Whether letters and digits stand so mixed that a machine drew them. `near` a word for keys less is enough."""
    signs = re.sub(r"[^0-9A-Za-z]", "", word)
    digits = sum(sign.isdigit() for sign in signs)
    letters = len(signs) - digits
    upper = sum(sign.isupper() for sign in signs)
    if not digits or not letters or _HASH.fullmatch(signs):
        return False
    changes = sum(one.isdigit() != other.isdigit() for one, other in pairwise(signs))
    if near:
        if len(signs) < 8:
            return False
        if _SERIAL.fullmatch(word):
            return _is_long_serial(word)
        return changes >= 2 or (upper == letters and len(signs) >= 10)
    if "_" in word or "-" in word:
        return False
    if upper == letters:
        return len(signs) >= 12 and changes >= 3 and digits >= 2
    if upper and upper < letters:
        return len(signs) >= 16 and changes >= 4 and digits >= 2 and len(signs) <= 64
    return len(signs) >= 12 and changes >= 5 and digits >= 3 and len(signs) <= 40


def _is_sentence(after: str) -> bool:
    """Whether what follows a word shows that it is one of a text."""
    return bool(re.match(r" [A-Za-z]|[\u4e00-\u9fff]", after))


def _is_long_serial(word: str) -> bool:
    """Letters and then so many digits, not of a date, that it may be a key beside a word for one."""
    digits = re.sub(r"\D", "", word)
    return len(digits) >= 12 and not re.match(r"20[12]\d(?:0[1-9]|1[0-2])", digits)


def _is_grouped_key(word: str) -> bool:
    parts = re.split(r"[-_.]", word)
    lengths = {len(part) for part in parts}
    mixed = sum(not part.isalpha() and not part.isdigit() for part in parts)
    if len(parts) >= 3 and min(lengths) >= 4 and max(lengths) <= 8 and mixed >= 2 and word.isupper():
        return True
    return (
        len(parts) >= 3
        and len(lengths) == 1
        and lengths <= {4, 5, 6, 7, 8}
        and not re.match(r"(?:19|20)\d\d[-_.](?:0[1-9]|1[0-2])\d\d", word)
    )


def _is_version(word: str) -> bool:
    """A version or an address of the net; rows of three digits and more with dots are none."""
    return _VERSION.fullmatch(word) is not None and (not _DOTTED.fullmatch(word) or _HOST.fullmatch(word) is not None)


def _dated(word: str) -> bool:
    return bool(re.match(r"20[12]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", word))


@lru_cache(maxsize=4096)
def _is_day(word: str) -> bool:
    if len(word) != 8 or word[:2] not in ("19", "20"):
        return False
    return _is_moment(word)


def _is_moment(word: str) -> bool:
    try:
        date(int(word[:4]), int(word[4:6]), int(word[6:8]))
    except ValueError:
        return False
    rest = word[8:]
    return 1990 <= int(word[:4]) <= 2040 and (not rest or int(rest[:2]) < 24) and (len(rest) < 4 or int(rest[2:4]) < 60)
