"""Whether what a buyer typed can stand as a name or an address at all: 不详, a web address, a city, a nickname cannot.

Takes a text, gives why it cannot in Chinese, "" where it can. Nothing is looked up. Pure.
"""

from __future__ import annotations

import re
import unicodedata

from monitor.complaints.routing.filing_words import pattern
from monitor.operators.addresses import find_division_in
from monitor.operators.divisions import Fineness
from monitor.operators.subject_names import SubjectKind, classify_name, is_person_name, is_third_party
from storage.case import Respondent

_HAN = re.compile(r"[\u4e00-\u9fff]")
_PHONE = re.compile(r"(?:\+?86)?1[3-9]\d{9}|0\d{9,11}|[48]00\d{7}|\+(?!86)\d{7,15}")
_APART = re.compile(r"[\s()（）-]+")
_NO_NUMBER = re.compile(r"(?:86)?(\d)\1+|\d*0{8}")  # 00000000000, 13800000000
_ONE_DIGIT = re.compile(r"\d*(\d)\1{7}")
_MOST_BARE = 2
_SHORTEST_NAME = 2


def judge_address(text: str) -> str:
    """Why a text is no address that an office can go by; "" for one that is, for none at all, and for one abroad."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain or is_abroad(plain):
        return ""
    if pattern("addresses", "nowhere").search(plain):
        return f"“{plain[:20]}”不是地址"
    if pattern("addresses", "link").search(plain):
        return "网址不是地址"
    answer = find_division_in(plain)
    if answer.division is not None and answer.division.is_local:
        return ""
    if answer.division is None and "有多处" in answer.problem:
        return f"{answer.problem}：写上省、市"
    if answer.division is not None and answer.division.fineness is Fineness.PROVINCE:
        if pattern("addresses", "own_order").search(plain):
            return ""  # a place that no table of counties has
        return f"“{plain[:30]}”只认出省份，没有认出市、区县：核对有没有写错"
    if not pattern("addresses", "detail").search(plain):
        return f"“{plain[:20]}”没有写到区县、街道和门牌" if answer.division or len(plain) < 6 else ""
    return ""


def is_coarse(text: str) -> bool:
    """Whether an address ends at its district: nobody finds a door by it."""
    plain = unicodedata.normalize("NFKC", text).strip()
    place = find_division_in(plain).division
    if not plain or place is None or not place.is_local or is_abroad(plain):
        return False
    behind = re.split("[区县市旗]", plain)[-1].strip()
    named = pattern("addresses", "detail").search(behind) or re.search(r"\d", behind)
    return len(behind) <= _MOST_BARE and not named


def is_abroad(text: str) -> bool:
    """Whether an address lies outside the mainland: no office there by our rules."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if re.search(r"路|街|道", plain) and find_division_in(plain).division is not None:
        division = find_division_in(plain).division
        if division is not None and division.code[:2] not in ("71", "81", "82"):
            return False  # 香港路 of Qingdao
    if pattern("addresses", "abroad").search(plain):
        return True
    return len(plain) >= 8 and not _HAN.search(plain) and bool(re.search(r"[a-z]{3,}", plain)) and not (
        pattern("addresses", "link").search(plain)
    )  # fmt: skip


def is_nickname(told: Respondent) -> bool:
    """Whether the respondent's name is what somebody is called in a chat or on a shop's sign, not in a register."""
    name = told.name.strip()
    if not name or told.uscc.strip():
        return False
    if classify_name(name) is SubjectKind.COMPANY and not name.startswith("某"):
        return False
    if pattern("names", "nickname").search(name):
        return True
    if name == told.shop.strip():
        return not is_person_name(name)
    return bool(pattern("names", "shop_sign").search(name)) and find_division_in(name).division is None


def is_intermediary(name: str) -> bool:
    """Whether a firm pays or collects for others, so that it is hardly the seller."""
    return bool(name.strip()) and (
        is_third_party(name.strip(), "") or bool(pattern("names", "pays_for_others").search(name))
    )


def judge_person_name(name: str) -> str:
    """Why a complainant's name will be sent back; "" where it will not."""
    plain = name.strip()
    if not plain:
        return ""
    if classify_name(plain) is SubjectKind.COMPANY:
        return f"“{plain[:30]}”是单位的名称：单位购买不是为生活消费"
    if pattern("names", "several").search(plain) or _are_two(plain):
        return f"“{plain[:30]}”写了不止一个人"
    if len(plain) < _SHORTEST_NAME:
        return f"“{plain}”不是完整的姓名"
    if pattern("names", "unreal").search(plain):
        return f"“{plain[:20]}”不是投诉人自己的真实姓名"
    if pattern("names", "anonymous").search(plain) and not is_person_name(plain):
        return f"“{plain[:20]}”不是真实姓名"
    return f"“{plain[:20]}”不是真实姓名" if re.fullmatch(r".{1,2}(?:先生|女士|小姐)", plain) else ""


def _are_two(name: str) -> bool:
    """Whether a word for and, or for on behalf of, stands between two names: 李和平 is one."""
    parts = pattern("names", "between").split(name, maxsplit=1)
    return len(parts) == 2 and all(len(one.strip(" ()（）")) >= _SHORTEST_NAME for one in parts)


def is_own_phone(text: str) -> bool:
    """Whether a whole number may be a person's: those of service lines are nobody's."""
    plain = _APART.sub("", unicodedata.normalize("NFKC", text).strip())
    return is_phone(text) and not re.match(r"[48]00\d{7}", plain)


def is_made_up(text: str) -> bool:
    """Whether a number of digits is nobody's: one digit throughout, or noughts where the number should stand."""
    return _NO_NUMBER.fullmatch(_APART.sub("", unicodedata.normalize("NFKC", text).strip())) is not None


def is_odd_phone(text: str) -> bool:
    """Whether a number ends in eight times one digit: somebody may have it, but most who write it do not."""
    return _ONE_DIGIT.fullmatch(_APART.sub("", unicodedata.normalize("NFKC", text).strip())) is not None


def is_phone(text: str) -> bool:
    """Whether a text is a whole telephone number: blanks, hyphens and the country's code do not matter."""
    plain = unicodedata.normalize("NFKC", text).strip()
    first = re.split(r"转|#|,|、|/", plain)[0]
    return _PHONE.fullmatch(_APART.sub("", first)) is not None
