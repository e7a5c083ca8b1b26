"""What the buyer's own picture of the result says against the claim: another fault, or a use after he had the key.

Whoever reads the paper opens the exhibit. Takes a case file and a channel at which something is claimed or reported,
gives what is missing with a way out for each. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime

from monitor.complaints.evidence.said_lines import SELLER, read_chat
from monitor.complaints.facts.fact_paths import show_moment
from monitor.complaints.filing.contrary_evidence import TALKS
from monitor.complaints.filing.grounds import ASKED, find_grounds
from monitor.complaints.letters.kinds import shown_words
from monitor.complaints.letters.support import of_these_goods, words_in
from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.filing_words import explained, pattern
from monitor.times import SHANGHAI
from storage.case import Answer, CaseItem, Facts, ProblemKind

_RESULTS = ("failure", "recording")
_FAULT_ZH = {
    ProblemKind.DEAD_KEY: "卡密无效、失效",
    ProblemKind.USED_KEY: "卡密已被使用",
    ProblemKind.EXPIRED_KEY: "卡密已过期",
}
_NARROW = (ProblemKind.USED_KEY, ProblemKind.EXPIRED_KEY)
"""Faults that say how the key is bad: 无法兑换 fits any picture of a failure."""
_UNUSED = (ProblemKind.USED_KEY, ProblemKind.DEAD_KEY, ProblemKind.EXPIRED_KEY)
_MOST_QUOTED = 60
_LINE = re.compile(r"[。；;\n]+")
_MOMENT = re.compile(
    r"(20\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\s*(?:(上午|下午|晚上|凌晨)\s*)?(\d{1,2})[:：时点](\d{2})"
)
_DONE = re.compile(r"(?<!未)(?<!不)成功|已(?:到账|使用|兑换|激活|充值|绑定|领取|核销)|(?:使用|兑换|激活|充值|绑定)时间")
_MASKED = re.compile(r"(?<!\d)(1\d{2,5})[*＊×xX.…·-]{2,8}(\d{2,4})(?!\d)|(?<!\d)(1\d{10})(?!\d)")


def find_result_blocks(file: CaseFile, channel: str) -> Iterator[Missing]:
    """A picture that shows another fault than the one claimed, and records that lead to the buyer's own account."""
    if found := _find_other_fault(file):
        item, shown, words = found
        problem = file.case.facts.problem
        yield Missing(
            "failure.kind",
            "与截图一致的问题",
            f"问题填的是“{_FAULT_ZH[problem]}”，而您的“{item.title}”中写的是“{_cut(words)}”（{_FAULT_ZH[shown]}）",
            f"按截图改（case set 案件 problem={shown.value}）；两次提示不同的，补上另一次的截图，并写明先后",
            find_grounds(file, channel, ASKED),
        )
    yield from _find_own_use(file, channel)


def _find_other_fault(file: CaseFile) -> tuple[CaseItem, ProblemKind, str] | None:
    """The picture of a failure of these goods that shows another kind of fault, where none shows the one claimed."""
    facts = file.case.facts
    if facts.problem not in _NARROW:
        return None
    own, goods = words_in(shown_words(facts.problem.value)), of_these_goods(facts.orders)
    items = [one for one in file.items if one.kind in _RESULTS and one.removed_at is None and one.text.strip()]
    items = [one for one in items if goods(one.text)]
    if any(own(one.text) for one in items):
        return None
    for item in items:
        for line in _LINE.split(item.text):
            for kind in _FAULT_ZH:
                if kind is not facts.problem and words_in(shown_words(kind.value))(line):
                    return item, kind, " ".join(line.split())
    return None


def _find_own_use(file: CaseFile, channel: str) -> Iterator[Missing]:
    """A use recorded between delivery and discovery, or under an account that fits the buyer's phone."""
    facts = file.case.facts
    if facts.problem not in _UNUSED or facts.used in (Answer.YES, Answer.PARTLY):
        return
    if pattern("story", "not_my_account").search(facts.what_happened):
        return
    way = (
        "是您自己的账号的，改正 used、used_at 和问题；不是的，在经过里写明（如“那个账号不是我的”），"
        "能查的向官方查是谁的"
    )
    for item in file.items:
        if item.removed_at is not None or item.kind != "use_trace":
            continue
        for line in _LINE.split(item.text):
            own, at = _fits_buyer(_plain(line), facts), _used_between(_plain(line), facts)
            if not _DONE.search(line):
                continue
            if own or at is not None:
                when = (
                    f"，时间在您收到（{show_moment(facts.received_at)}）之后、发现问题之前"
                    if at and facts.received_at
                    else ""
                )
                yield Missing(
                    "use_trace",
                    "与使用记录一致的说法",
                    f"“{item.title}”中有“{_cut(line)}”"
                    f"{'，账号与您的手机号相符' if own else when}：经过却说您没有用过，也没有写那是谁的账号",
                    way,
                    find_grounds(file, channel, ASKED),
                )
                return
    if said := _said_own(file):
        yield Missing(
            "use_trace",
            "与对方所说的账号相符的经过",
            f"对方说“{_cut(said)}”，其中的账号与您的手机号相符；经过里没有回应",
            way,
            find_grounds(file, channel, ASKED),
            said,
        )


def _said_own(file: CaseFile) -> str:
    """The sentence of the seller's that names the buyer's own number as the one the key was used with."""
    facts = file.case.facts
    lines = [
        line.words
        for item in file.items
        if item.removed_at is None and item.kind in TALKS
        for line in read_chat(item.text, facts)
        if line.who == SELLER
    ]
    for text in (facts.seller_reply, *lines):
        for sentence in re.split(r"[。！!；;\n]+", text):
            words = sentence.strip()
            if _fits_buyer(_plain(words), facts) and pattern("story", "names_use").search(words):
                return "" if words in explained(facts) else words
    return ""


def _fits_buyer(text: str, facts: Facts) -> bool:
    """Whether a number in it, masked or whole, may be a phone of the buyer or his guardian."""
    phones = [re.sub(r"\D", "", one)[-11:] for one in (facts.buyer.phone, facts.guardian.phone)]
    return any(
        (whole and whole == phone) or (head and phone.startswith(head) and phone.endswith(tail))
        for head, tail, whole in _MASKED.findall(text)
        for phone in phones
        if len(phone) == 11
    )


def _used_between(line: str, facts: Facts) -> datetime | None:
    """When the line says that it was used, where that lies between delivery and discovery."""
    found = _MOMENT.search(line)
    if found is None or facts.received_at is None or facts.noticed_at is None:
        return None
    year, month, day, half, hour, minute = found.groups()
    clock = int(hour) + (12 if half in ("下午", "晚上") and int(hour) < 12 else 0)
    try:
        at = datetime(int(year), int(month), int(day), clock, int(minute), tzinfo=SHANGHAI)
    except ValueError:
        return None
    return at if facts.received_at < at < facts.noticed_at else None


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MOST_QUOTED else f"{line[:_MOST_QUOTED]}…"


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
