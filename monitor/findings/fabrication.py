"""Numbers of licences and filings that no office can have given out: checksums that fail, provinces that do not fit.

Takes the statements of a platform's sites, gives a finding each. A number may be a slip of the pen or of the reader of
pictures, so a person looks at it first; a finding says what does not fit, never that somebody forged it. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from monitor.findings.model import FindingKind, SiteFinding
from monitor.operators.divisions import find_division
from monitor.times import show_time
from scrapers.identifiers.checks import problem_of
from scrapers.identity import Place
from storage.identity import Statement
from storage.model import Severity

_KINDS = {
    "uscc": "统一社会信用代码",
    "icp": "ICP备案号",
    "icp_license": "电信业务许可证号",
    "police_icp": "公安备案号",
    "culture_license": "网络文化经营许可证号",
}
_ARTICLES = {
    "uscc": ("dsf-15", "wljy-12", "xbftl-9"),
    "icp": ("hlwxx-12", "xbftl-9"),
    "icp_license": ("hlwxx-12", "xbftl-9"),
    "police_icp": ("xbftl-9",),
    "culture_license": ("dsf-15", "xbftl-9"),
}
_SHOWN = (Place.VISIBLE, Place.ATTRIBUTE, Place.IMAGE_OCR)
_MOST = 20
_AROUND = 8
_LONGEST_NUMBER = 36
_MOST_SEARCHED = 500
_WORDS = (
    (r"^placeholder", "是谁也没有的占位号码"),
    (r"check character is (.) where (.) belongs", "校验位应为{1}，实为{0}"),
    (r"organisation code inside ends in (.) where (.) belongs", "其中组织机构代码的校验位应为{1}，实为{0}"),
    (r"the division (\d{6}) is not known", "其中的行政区划代码{0}不存在"),
    (r"^(.) is not a province", "“{0}”不是任何省份的简称"),
    (r"the province (.) is (\d\d), and the number begins with (\d\d)", "省份“{0}”的代码是{1}，号码却以{2}开头{place}"),
    (r"no province has the code (\d\d)", "没有以{0}开头的省份"),
    (r"has (\d+) characters, this has (\d+)|digits, this has (\d+)", "位数不对"),
    (r"begins with its year, not with (\d+)", "应以年份开头，实为{0}"),
    (r"the character (.) does not occur", "含有不会出现的字符“{0}”"),
)


def find_fabricated(
    statements: Iterable[Statement], platform: str, urls: Mapping[str, Sequence[str]]
) -> tuple[SiteFinding, ...]:
    """Findings over numbers that cannot be genuine; `urls` are the platform's pages by site."""
    found: dict[tuple[str, str], SiteFinding] = {}
    for one in sorted(statements, key=lambda one: (one.place == Place.IMAGE_OCR, one.first_seen)):
        if one.kind not in _KINDS or one.place not in _SHOWN or one.claimed or (one.kind, one.value) in found:
            continue
        problem = one.problem or problem_of(one.kind, one.value)
        if not problem:
            continue
        read = "（由图片识别所得，可能认错）" if one.place == Place.IMAGE_OCR else ""
        doubt = "" if problem.startswith("placeholder") else "，也可能是抄写有误"
        shown = _cut_around(one.shown, one.value)
        found[one.kind, one.value] = SiteFinding(
            FindingKind.NUMBER_NOT_GENUINE,
            _severity(one, problem),
            platform,
            tuple(urls.get(one.site, (f"https://{one.site}/",)))[:5],
            one.last_seen,
            f"{one.site}写的{_KINDS[one.kind]}“{shown}”{read}不可能是真的：{explain_problem(problem)}。"
            f"{show_time(one.first_seen)[:10]}至{show_time(one.last_seen)[:10]}的抓取中可见{doubt}，可能涉及虚构资质，须人工核对",
            tuple(dict.fromkeys(name for name in (one.first_capture, one.last_capture) if name)),
            quote=shown,
            articles=_ARTICLES[one.kind],
            needs_human=True,
        )
    return tuple(list(found.values())[:_MOST])


def _cut_around(shown: str, value: str) -> str:
    """The number as the page writes it, with a few words around: of a whole footer the rest says nothing of it."""
    text = " ".join(shown.split())[:_MOST_SEARCHED]
    if len(text) <= _LONGEST_NUMBER:
        return text or value[:_LONGEST_NUMBER]
    loose = r"[^0-9A-Za-z\u4e00-\u9fff]{0,2}".join(map(re.escape, value[:_LONGEST_NUMBER]))  # written with gaps
    match = re.search(loose, text, re.I)
    if match is None:
        return value[:_LONGEST_NUMBER]
    start, end = max(0, match.start() - _AROUND), min(len(text), match.end() + _AROUND)
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


def explain_problem(problem: str) -> str:
    """What fails, in Chinese, of a problem as `scrapers.identifiers.checks` words it."""
    for pattern, words in _WORDS:
        match = re.search(pattern, problem[:200])
        if match is not None:
            parts = [part or "" for part in match.groups()]
            place = ""
            if "{place}" in words:
                where = find_division(f"{parts[2]}0000").division
                place = f"（{where.name}）" if where else ""
            return words.format(*parts, place=place)
    return "格式不对"


def _severity(statement: Statement, problem: str) -> Severity:
    if problem.startswith("placeholder"):
        return Severity.LOW
    if statement.place == Place.IMAGE_OCR:
        return Severity.LOW
    return Severity.HIGH if statement.kind in ("uscc", "police_icp") else Severity.MEDIUM
