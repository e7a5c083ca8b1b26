"""One spelling for what an office gives: USCC, ICP and police filings, licences; and for names of companies.

Takes cleaned text; gives the value as docs/identifiers.md spells it, or the text as it was. It never judges.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from scrapers.identifiers.checksums import PROVINCE_OF_CODE
from scrapers.identifiers.clean_spelling import clean_text, close

_ICP = re.compile(r"(\w)ICP备(?:字|第){0,2}([0-9Xx]{1,14})号?(?:-?([0-9]{1,4}))?", re.I)
_ICP_LICENCE = re.compile(r"(\w?)ICP证(?:字|第){0,2}([A-Z]?[0-9]{5,8})号?", re.I)
_TELECOM = re.compile(r"(\w?)((?:[AB][12][.、/])*[AB][12])-?([0-9]{8})(?:号|-|\Z)", re.I)
_POLICE = re.compile(r"(\w?)公网安备(?:字|第){0,2}([0-9Xx]{1,16})号?")
_POLICE_CODE = re.compile(r"(?:recordcode|code)=([0-9]{11,14})(?![0-9])", re.I)


def split_icp(value: str) -> tuple[str, str, str | None]:
    """Split an ICP number into province, digits and the site suffix (None where there is none).

    What is no such number gives ("", "", None).
    """
    match = _ICP.fullmatch(close(clean_text(value[:200])))
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


def _uscc(text: str) -> str:
    return re.sub(r"[\s-]", "", text).upper()


def _icp(text: str) -> str:
    province, digits, suffix = split_icp(text)
    return spell_icp(province, digits, suffix) if digits else close(text)


def _icp_license(text: str) -> str:
    text = re.sub(r"ICP证(?:字|第){0,2}(?=[AB][12])", "", close(text), flags=re.I)
    if match := _TELECOM.search(text):
        return f"{_province(match.group(1))}{re.sub('[、/]', '.', match.group(2).upper())}-{match.group(3)}"
    if match := _ICP_LICENCE.search(text):
        return f"{_province(match.group(1))}ICP证{match.group(2).upper()}号"
    return text


def _province(text: str) -> str:
    return text if "\u3400" <= text <= "\u9fff" and text not in "证号为" else ""


def _police_icp(text: str) -> str:
    text = close(text)
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


LEGAL_SPELLINGS: dict[str, Callable[[str], str]] = {
    "uscc": _uscc,
    "company": spell_company,
    "icp": _icp,
    "icp_license": _icp_license,
    "police_icp": _police_icp,
    "payee": spell_company,
}
