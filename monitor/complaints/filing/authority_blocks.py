"""What an authority does not say, as far as its text can be read: the matter, the power, the term, the signature.

Takes a case file and a channel that is a body (12315, 消协, court), gives what is missing with the article. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from monitor.complaints.filing.grounds import find_grounds
from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.exclusions import COURTS
from monitor.complaints.routing.filing_words import pattern

_DAY = re.compile(r"(20\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")


def find_authority_blocks(file: CaseFile, channel: str) -> Iterator[Missing]:
    """What an authority does not say, as far as its text can be read without a recogniser of pictures."""
    for item in file.items:
        if item.kind != "authorisation" or item.removed_at is not None or item.text_source == "ocr":
            continue
        text = item.text.strip()
        if not pattern("bills", "named_authority").search("".join(text.split())):
            continue  # a label or a fragment: nothing can be said of the paper
        wrong = (
            _other_matter(text)
            or (_no_suit(text) if channel in COURTS else "")
            or _over(text, file.today)
            or _lacks(text, signed=item.text_source != "pdf")
        )
        if wrong:
            yield Missing(
                "authorisation",
                "本案有效的授权委托书",
                f"所放入的“{item.title}”{wrong}",
                tell_authority(file),
                find_grounds(file, channel, ("tsjb-11",)),
            )
            return


def _other_matter(text: str) -> str:
    told = pattern("bills", "authority_matter").search(text)
    if told is None or pattern("bills", "of_disputes").search(text):
        return ""
    return f"委托的是“{told[1][:20]}”：不是为这件争议出具的"


def _no_suit(text: str) -> str:
    """That the matter is another than a suit: a court wants its own authority (民事诉讼法 art. 62)."""
    told = pattern("bills", "authority_matter").search(text)
    if told is None or pattern("bills", "of_suits").search(text):
        return ""
    return f"委托的是“{told[1][:20]}”：没有写诉讼，法院要另一份写明诉讼事项和权限的授权委托书，近亲属代理的另附关系证明"


def _over(text: str, today: date) -> str:
    """That the term is over: the last day that stands behind the word for it."""
    term = pattern("bills", "authority_term").search(text)
    if term is None or re.search(r"办结|办理完毕|终结|结束|处理完", text):
        return ""
    days = []
    for year, month, day in _DAY.findall(text[term.start() :].partition("签")[0]):
        try:
            days.append(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return f"的期限到{max(days)}为止，已经过了" if days and max(days) < today else ""


def _lacks(text: str, *, signed: bool) -> str:
    """The parts that an authority has to have and this one has not; a signature in a PDF may be a picture."""
    rows = {"委托的事项": "authority_any_matter", "权限": "authority_power", "期限": "authority_term"}
    lacking = [name for name, row in rows.items() if not pattern("bills", row).search(text)]
    lines = pattern("bills", "authority_signed").finditer(text)
    if signed and not any(one["name"] and not one["agent"] for one in lines):
        lacking.append("委托人的签名")
    return f"没有写明{'、'.join(lacking)}" if lacking else ""


def tell_authority(file: CaseFile) -> str:
    """How an authority comes about: written by which letter, signed by whom."""
    minor = file.case.facts.minor
    letter, who = ("guardian_authorisation", "监护人") if minor else ("authorisation", "买家本人")
    return (
        f"用 case letter {letter} 写出，由{who}签名（写明事项、权限、期限），原件和受托人的身份证明随投诉提交，"
        "扫描件放入案件（--kind authorisation）"
    )
