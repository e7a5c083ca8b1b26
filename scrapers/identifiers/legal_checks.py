"""What is wrong with numbers that an office gives: USCC, ICP, police filing, licences; and with names of companies.

Each check takes the canonical value; gives "" or the reason why no office gave it. Sources:
GB 32100, GB 11714, GB/T 2260.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from scrapers.identifiers.checksums import (
    OTHER_NAMES,
    PROVINCE_CODES,
    USCC_ALPHABET,
    is_known_division,
    organisation_check_character,
    uscc_check_character,
)
from scrapers.identifiers.legal_spelling import split_icp
from scrapers.identifiers.placeholders import NUMBER_FILLER, is_placeholder_number

_PROVINCES = frozenset(PROVINCE_CODES) | frozenset(OTHER_NAMES)
_USCC = re.compile(rf"[1-9ANY][1-9][0-9]{{6}}[{USCC_ALPHABET}]{{10}}")
_ICP_LENGTHS = (5, 8, 10)
_ICP_LICENCE = re.compile(r"(.?)ICP证([A-Z]?[0-9]{5,8})号")
_TELECOM = re.compile(r"(.?)([AB][12])(?:\.[AB][12])*-([0-9]{4})([0-9]{4})")
_POLICE = re.compile(r"(.?)公网安备([0-9X]+)号")
_CULTURE = re.compile(r"(.)网文[\[(]?([0-9]{4})[\])]?([0-9]{4})-([0-9]{3,4})号?")
_COMPANY_FILLER = re.compile(r"[xX×]{2,}|[某*＊〇○]{2,}|^(?:某|测试|你的|您的)|示例|公司名称|占位")


def _uscc(value: str) -> str:
    if "XXXX" in value.upper() or len(set(value[2:])) <= 1:
        return "placeholder: not a code of anybody"
    fault = _uscc_fault(value)  # X is a character of codes: two of them are a filler only where a check fails too
    return "placeholder: not a code of anybody" if fault and NUMBER_FILLER.search(value) else fault


def _uscc_fault(value: str) -> str:
    if len(value) != 18:
        return f"a USCC has 18 characters, this has {len(value)}"
    if not _USCC.fullmatch(value):
        odd = next((letter for letter in value[8:] if letter not in USCC_ALPHABET), "")
        return f"the character {odd} does not occur in a USCC" if odd else "not the shape of a USCC"
    if value[:17] in ("91110000123456789", "91440300123456789"):
        return "placeholder: an example's number"
    expected = uscc_check_character(value[:17])
    if value[17] != expected:
        return f"the check character is {value[17]} where {expected} belongs"
    expected = organisation_check_character(value[8:16])
    if value[16] != expected:
        return f"the organisation code inside ends in {value[16]} where {expected} belongs"
    if not is_known_division(value[2:8]):
        return f"the division {value[2:8]} is not known"
    return ""


def _icp(value: str) -> str:
    province, digits, _ = split_icp(value)
    if not digits:
        return "not the shape of an ICP number"
    if province not in _PROVINCES:
        return f"{province} is not a province"
    if _is_sample_icp(digits):
        return f"placeholder: {digits} is not a number of anybody"
    if len(digits) not in _ICP_LENGTHS:
        return f"an ICP number has 5, 8 or 10 digits, this has {len(digits)}"
    if len(digits) == 10 and not 1999 <= int(digits[:4]) <= 2035:
        return f"an ICP number of 10 digits begins with its year, not with {digits[:4]}"
    return ""


def _is_sample_icp(digits: str) -> bool:
    # 18888888 is one digit and seven alike, 2021123456 a year and a filler.
    if is_placeholder_number(digits) or len(set(digits[1:])) == 1:
        return True
    return len(digits) == 10 and is_placeholder_number(digits[4:])


def _icp_license(value: str) -> str:
    if match := _TELECOM.fullmatch(value):
        province, _, year, serial = match.groups()
        if province and province not in _PROVINCES:
            return f"{province} is not a province"
        if is_placeholder_number(year + serial) or serial == "0000":
            return f"placeholder: {year}{serial} is not a number of anybody"
        return "" if 1999 <= int(year) <= 2035 else f"a telecom licence begins with its year, not with {year}"
    if match := _ICP_LICENCE.fullmatch(value):
        province, digits = match.groups()
        if province and province not in _PROVINCES:
            return f"{province} is not a province"
        if is_placeholder_number(digits.lstrip("ABCDEFGH")):
            return f"placeholder: {digits} is not a number of anybody"
        return ""
    return "not the shape of a telecom licence number"


def _police_icp(value: str) -> str:
    match = _POLICE.fullmatch(value)
    if match is None:
        return "not the shape of a police filing number"
    province, digits = match.groups()
    if province and province not in _PROVINCES:
        return f"{province} is not a province"
    if is_placeholder_number(digits) or len(set(digits[2:])) == 1:
        return f"placeholder: {digits} is not a number of anybody"
    if len(digits) not in (13, 14):
        return f"a police filing number has 14 digits, this has {len(digits)}"
    expected = PROVINCE_CODES.get(OTHER_NAMES.get(province, province), "")
    if expected and digits[:2] != expected:
        return f"the province {province} is {expected}, and the number begins with {digits[:2]}"
    if digits[:2] not in PROVINCE_CODES.values():
        return f"no province has the code {digits[:2]}"
    return ""


def _culture_license(value: str) -> str:
    match = _CULTURE.fullmatch(value)
    if match is None:
        return "not the shape of a culture licence number"
    return "" if match.group(1) in _PROVINCES else f"{match.group(1)} is not a province"


def _company(value: str) -> str:
    if _COMPANY_FILLER.search(value):
        return "placeholder: not a name of anybody"
    return "" if len(value) >= 4 else "too short to be a company's name"


LEGAL_CHECKS: dict[str, Callable[[str], str]] = {
    "uscc": _uscc,
    "company": _company,
    "icp": _icp,
    "icp_license": _icp_license,
    "police_icp": _police_icp,
    "culture_license": _culture_license,
}
