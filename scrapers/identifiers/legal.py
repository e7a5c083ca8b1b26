"""Registrations and licences: USCC, ICP filing and licence, police filing, culture licence.

Takes sheets; gives Hits. What is shaped like a registration and cannot be genuine is given too, with the words that
stand beside it: a made-up number is a finding. Samples of what to type are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrapers.identifiers.checks import problem_of
from scrapers.identifiers.checksums import PROVINCE_OF_CODE
from scrapers.identifiers.runs import Hit, Sheet

_USCC = re.compile(r"(?<![0-9A-Za-z])([1-9ANY][1-9](?:[ -]?[0-9A-Z]){16})(?![0-9A-Za-z])")
_LABELLED_USCC = re.compile(
    r"(?:信用代码|税号|纳税人识别号|营业执照(?:注册)?(?:号码?|编号)|(?:工商)?注册号|执照编号|USCC)(?:证)?\s?(?:\((?:税号|注册号)\))?\s?(?:/\s?注册号)?"
    r"\s?(?:是|为)?\s{0,2}[:：]?\s{0,2}([0-9A-Z](?:[ -]?[0-9A-Za-z]){14,19})(?![0-9A-Za-z])",
    re.I,
)
_USCC_LABEL = re.compile(r"信用代码|税号|识别号|营业执照|注册号|执照|USCC|uscc|credit_?code|creditcode", re.I)
_NO_USCC = re.compile(r"身份证|订单|单号|流水|银行卡|卡号|卡密|激活码|序列号|key", re.I)
_ICP = re.compile(
    r"([\u3400-\u9fff])\s?ICP\s?备\s?(?:字|第|案)?\s?(?:第\s?)?([0-9]{1,14}|[XxＸ*]{5,12}|[0-9]{2,6}[Xx*]{2,8})\s?号?(?:\s?-\s?([0-9]{1,4}))?(?![0-9])",
    re.I,
)
_NO_PROVINCE = frozenset("的证号为是及和案站：")
_ICP_LICENCE = re.compile(r"ICP\s?证\s?[:：]?\s?(?:字|第)?\s?([0-9A-Z]?[0-9]{5,8})\s?号?(?![0-9-])", re.I)
_TELECOM = re.compile(r"[AB][12]\s?-\s?([0-9]{8})(?![0-9])")
_BEFORE_TELECOM = re.compile(
    r"([京津沪渝冀豫云滇辽黑湘皖鲁新苏浙赣鄂桂甘陇晋蒙陕秦吉闽贵黔粤川蜀青藏琼宁]?)\s?(?:ICP\s?证\s?)?(?<![A-Za-z0-9])"
    r"((?:[AB][12]\s?[.、/,]\s?){0,3})\Z"
)
_POLICE = re.compile(r"公\s?网\s?安\s?备\s?(?:字|第)?\s?[:：]?\s?([0-9]{8,16}|[0-9]{0,6}[Xx*]{4,14})\s?号?", re.I)
_POLICE_LINK = re.compile(
    r"beian\.(?:mps\.)?gov\.cn/[^\s\"'<>]{0,120}?(?:recordcode|code)=([0-9]{13,14})(?![0-9])", re.I
)
_CULTURE = re.compile(
    r"([京津沪渝冀豫云滇辽黑湘皖鲁新苏浙赣鄂桂甘陇晋蒙陕吉闽贵黔粤川蜀青藏琼宁])\s?网文\s?[\[(（〔【]?\s?([0-9]{4})\s?[\]）)〕】]?\s?"
    r"第?\s?([0-9]{4})\s?-\s?([0-9]{3,4})\s?号"
)
_SAMPLE = re.compile(r"(?:例如|比如|示例|样例|格式|如[:：]|形如|请输入|请填写|placeholder)\S{0,8}\s?$", re.I)


def find_registrations(sheet: Sheet, *, scripts: bool = False) -> Iterator[Hit]:
    """Registrations in lines, or in scripts (there a USCC needs a name beside it)."""
    yield from _uscc(sheet, scripts)
    if sheet.has("备"):
        for match in _ICP.finditer(sheet.text):
            province, digits, suffix = match.groups()
            if province in _NO_PROVINCE or _SAMPLE.search(sheet.before(match.start(), 16)):
                continue
            value = f"{province}ICP备{digits}号" + (f"-{suffix}" if suffix else "")
            yield Hit("icp", value, match.start(), match.end())
        for match in _POLICE.finditer(sheet.text):
            if not _SAMPLE.search(sheet.before(match.start(), 16)):
                province, start = _province_before(sheet, match.start())
                yield Hit("police_icp", f"{province}公网安备{match.group(1)}号", start, match.end())
    if sheet.has("icp"):
        for match in _ICP_LICENCE.finditer(sheet.text):
            province, start = _province_before(sheet, match.start())
            yield Hit("icp_license", f"{province}ICP证{match.group(1)}号", start, match.end())
    if "-" in sheet.text:
        for match in _TELECOM.finditer(sheet.text):
            yield from _telecom(sheet, match)
    if sheet.has("网文"):
        for match in _CULTURE.finditer(sheet.text):
            province, year, serial, number = match.groups()
            yield Hit("culture_license", f"{province}网文[{year}]{serial}-{number}号", match.start(), match.end())


def find_registration_links(sheet: Sheet) -> Iterator[Hit]:
    """Police filings by the address of their public record."""
    if sheet.has("beian."):
        for match in _POLICE_LINK.finditer(sheet.text):
            code = match.group(1)
            province = PROVINCE_OF_CODE.get(code[:2], "")
            yield Hit("police_icp", f"{province}公网安备{code}号", match.start(), match.end(), "link")


def _uscc(sheet: Sheet, scripts: bool) -> Iterator[Hit]:
    labelled: set[int] = set()
    if sheet.has("代码", "税号", "识别号", "营业执照", "注册号", "执照编号", "uscc"):
        for match in _LABELLED_USCC.finditer(sheet.text):
            code = _closed(match.group(1))
            if not 17 <= len(code) <= 20 or _SAMPLE.search(sheet.before(match.start(), 16)):
                continue
            labelled.add(match.start(1))
            yield Hit("uscc", code, match.start(), match.end())
    for match in _USCC.finditer(sheet.text):
        if match.start(1) in labelled:
            continue
        code, before = _closed(match.group(1)), sheet.before(match.start(), 24)
        if problem_of("uscc", code) or _NO_USCC.search(before[-12:]):
            continue
        named = bool(_USCC_LABEL.search(before))
        if not named and (scripts or code[0] != "9" or " " in match.group(1) or "-" in match.group(1)):
            continue
        yield Hit("uscc", code, match.start(), match.end(), confidence=1.0 if named else 0.9)


def _closed(code: str) -> str:
    return code.replace(" ", "").replace("-", "").upper()


def _province_before(sheet: Sheet, start: int) -> tuple[str, int]:
    """The one Chinese character before a number, and where it stands."""
    before = sheet.before(start, 2).rstrip()
    province = before[-1:] if "\u3400" <= before[-1:] <= "\u9fff" and before[-1:] not in _NO_PROVINCE else ""
    return province, start - 2 + sheet.before(start, 2).rfind(province) if province else start


def _telecom(sheet: Sheet, match: re.Match[str]) -> Iterator[Hit]:
    before = sheet.before(match.start(), 30)
    lead = _BEFORE_TELECOM.search(before)
    if lead is None:
        return
    services = re.sub(r"[、/,]", ".", (lead.group(2) + match.group()[:2]).replace(" ", ""))
    value = f"{lead.group(1)}{services}-{match.group(1)}"
    named = re.search(r"增值电信|经营许可|许可证|电信业务|EDI|ICP", before, re.I)
    if lead.group(1) or named or not problem_of("icp_license", value):
        yield Hit("icp_license", value, match.start() - len(before) + lead.start(), match.end())
