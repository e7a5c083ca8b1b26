"""Check characters and division codes: what tells a number that an office gave from one that somebody made up.

Takes numbers, gives answers; no text of pages here. Sources: GB 32100-2015 (统一社会信用代码), GB 11714-1997 (code
of an organisation), GB/T 2260 (divisions, by the table of python-stdnum, retired ones with it), EIP-55 and base58check.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUES = {character: value for value, character in enumerate(USCC_ALPHABET)}
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_VALUES = {character: value for value, character in enumerate(_BASE58)}
_TRON_PREFIX = 0x41
_CHECK_BYTES = 4
# Zones that register companies under a code of their own, outside the published table: by the first four digits.
_ZONES = frozenset({"5009"})
_FIRST_COUNTIES = ("00", "01", "02", "03", "04", "21", "22", "23", "24", "25", "26", "27", "28", "29", "81")


def uscc_check_character(body: str) -> str:
    """The 18th character that belongs to the first 17 (GB 32100)."""
    total = sum(_USCC_VALUES[character] * weight for character, weight in zip(body, _USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[(31 - total % 31) % 31]


def organisation_check_character(body: str) -> str:
    """The check character of an organisation code, from its first 8 characters (GB 11714)."""
    total = sum(int(character, 36) * weight for character, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X"[(11 - total % 11) % 11]


@lru_cache(maxsize=16_384)
def is_known_division(code: str) -> bool:
    """Whether six digits name a division, present or retired, an office of a city (440301), or one of a province.

    Development zones register under codes that no table holds (320594, 310141), so a known prefecture is enough.
    """
    if len(code) != 6 or not (code.isascii() and code.isdigit()):
        return False
    if code[:4] == "1000":  # the national register
        return True
    if code[:2] not in PROVINCE_OF_CODE:
        return False
    return code[2:4] == "00" or code[:4] in _ZONES or _is_prefecture(code[:4])


@lru_cache(maxsize=4096)
def _is_prefecture(code: str) -> bool:
    """Whether the table names any division under four digits: the city itself, its offices, its first counties."""
    from stdnum import numdb

    table = numdb.get("cn/loc")
    return any("county" in properties for county in _FIRST_COUNTIES for _, properties in table.info(f"{code}{county}"))


def is_base58check(text: str) -> bool:
    """Whether a text is a Tron address: base58 of 0x41, 20 bytes and a check of 4 bytes."""
    if len(text) != 34:
        return False
    number = 0
    for character in text:
        value = _BASE58_VALUES.get(character)
        if value is None:
            return False
        number = number * 58 + value
    try:
        data = number.to_bytes(21 + _CHECK_BYTES, "big")
    except OverflowError:
        return False
    body, check = data[:-_CHECK_BYTES], data[-_CHECK_BYTES:]
    return body[0] == _TRON_PREFIX and sha256(sha256(body).digest()).digest()[:_CHECK_BYTES] == check


def checksummed_address(text: str) -> str:
    """An Ethereum address (0x and 40 hex digits) with the case of letters that EIP-55 gives it."""
    from Crypto.Hash import keccak

    lowered = text[2:].lower()
    digest = keccak.new(digest_bits=256, data=lowered.encode()).hexdigest()
    return "0x" + "".join(
        letter.upper() if int(nibble, 16) >= 8 else letter for letter, nibble in zip(lowered, digest, strict=False)
    )


PROVINCE_CODES = {
    "京": "11", "津": "12", "冀": "13", "晋": "14", "蒙": "15", "辽": "21", "吉": "22", "黑": "23", "沪": "31",
    "苏": "32", "浙": "33", "皖": "34", "闽": "35", "赣": "36", "鲁": "37", "豫": "41", "鄂": "42", "湘": "43",
    "粤": "44", "桂": "45", "琼": "46", "渝": "50", "川": "51", "贵": "52", "云": "53", "藏": "54", "陕": "61",
    "甘": "62", "青": "63", "宁": "64", "新": "65",
}  # fmt: skip
"""The one-character names of provinces as registration numbers bear them, and the first digits of their codes."""

OTHER_NAMES = {"滇": "云", "黔": "贵", "蜀": "川", "陇": "甘", "秦": "陕"}
"""Second one-character names, which 公安备案 numbers sometimes bear; ICP numbers of these provinces may as well."""

PROVINCE_OF_CODE = {code: name for name, code in PROVINCE_CODES.items()}
