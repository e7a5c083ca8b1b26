"""Check characters and division codes: what tells a number that an office gave from one that somebody made up.

Takes numbers, gives answers; no text of pages here. Sources: GB 32100-2015 (统一社会信用代码), GB 11714-1997 (code
of an organisation), GB/T 2260 (divisions, by the table of python-stdnum, retired ones with it), EIP-55, base58check,
bech32 (BIP 173 and 350).
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
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_STEPS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_ENDS = (1, 0x2BC830A3)  # of BIP 173 and of BIP 350
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


def base58check_prefix(text: str) -> int | None:
    """The first byte of an address in base58 (0x41 of Tron, 0 and 5 of Bitcoin), None where its check does not fit.

    Such an address is that byte, 20 others and a check of 4 bytes; zero bytes at its head are written as "1" each.
    """
    if not 26 <= len(text) <= 35:
        return None
    number = 0
    for character in text:
        value = _BASE58_VALUES.get(character)
        if value is None:
            return None
        number = number * 58 + value
    try:
        data = number.to_bytes(21 + _CHECK_BYTES, "big")
    except OverflowError:
        return None
    if len(data) - len(data.lstrip(b"\0")) != len(text) - len(text.lstrip("1")):
        return None
    body, check = data[:-_CHECK_BYTES], data[-_CHECK_BYTES:]
    return body[0] if sha256(sha256(body).digest()).digest()[:_CHECK_BYTES] == check else None


def is_bech32(text: str) -> bool:
    """Whether a Bitcoin address of the newer form (bc1..., small letters) fits its check."""
    name, one, data = text.partition("1")
    if not one or len(data) < 7 or any(letter not in _BECH32 for letter in data):
        return False
    values = [ord(letter) >> 5 for letter in name] + [0] + [ord(letter) & 31 for letter in name]
    check = 1
    for value in values + [_BECH32.index(letter) for letter in data]:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, step in enumerate(_BECH32_STEPS):
            if top >> bit & 1:
                check ^= step
    return check in _BECH32_ENDS


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
