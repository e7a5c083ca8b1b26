"""What only the buyer can say, and what an office goes by: whether money came back, who has the dispute, whether it
stands, and whose trade it is (总局令第121号 arts. 10(2), 16, 17).

No pattern reads that out of a story for sure, so it is asked for: a channel that would refuse the complaint for the
answer waits until the buyer has given one. What a recorded step says already is not asked again. Pure.
"""

from __future__ import annotations

from decimal import Decimal

from monitor.complaints.facts.demands import asks_whole
from monitor.complaints.facts.fact_paths import show_fact
from monitor.complaints.facts.fact_words import label_of
from monitor.complaints.filing.grounds import find_grounds
from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.exclusions import BODIES, COURTS, said_of_elsewhere
from monitor.complaints.routing.filing_words import find_elsewhere
from storage.case import Answer

_REFUSE = ("tsjb-10", "tsjb-16", "tsjb-17", "tsjb_old-15")
_FACTS = ("own_trade", "still_open", "money_back", "elsewhere")
_CLEAR = {
    "own_trade": Answer.YES,
    "still_open": Answer.YES,
    "money_back": Answer.NO,
    "elsewhere": Answer.NO,
}
"""The answers with which nothing stands in the way."""


def find_undeclared(file: CaseFile, channel: str) -> list[Missing]:
    """What the buyer has not declared yet, in one, and what he declared that stands in the way; [] for no body."""
    wanted = [name for name in _FACTS if name != "elsewhere" or channel not in COURTS] if channel in BODIES else []
    found: list[Missing] = []
    open_ones = [name for name in wanted if _said(file, name) is Answer.UNKNOWN]
    if open_ones:
        asked = "；".join(_ASKS[name] for name in open_ones)
        answers = " ".join(f"{name}={show_fact(name, _CLEAR[name])}" for name in open_ones)
        found.append(
            Missing(
                "declared",
                f"由您本人声明的{len(open_ones)}件事",
                f"受理与否看您怎么声明，别人不能替您认定：{asked}",
                f"照实回答（不是这样的，按实际写）：case set 案件 {answers}",
                find_grounds(file, channel, _REFUSE),
            )
        )
    for name in _FACTS if wanted else ():  # a court is not asked who mediates, but what was decided already counts
        if (said := _said(file, name)) not in (Answer.UNKNOWN, _CLEAR[name]):
            found += _of_answer(file, channel, name, said)
    return found


def _said(file: CaseFile, name: str) -> Answer:
    """The buyer's answer; where he gave none, what the recorded steps say for him."""
    said = getattr(file.case.facts, name)
    assert isinstance(said, Answer)
    if said is Answer.UNKNOWN and name == "money_back" and any(step.returned for step in file.steps):
        return Answer.PARTLY
    return said_of_elsewhere(file) if name == "elsewhere" else said


def _of_answer(file: CaseFile, channel: str, name: str, said: Answer) -> list[Missing]:
    told = f"您声明“{label_of(name)}：{show_fact(name, said)}”"
    if name == "own_trade":
        return [
            Missing(
                name,
                "与被投诉人之间的消费争议",
                f"{told}：不是您本人（或者您监护的孩子）向他买、为此付款的，不是您和他之间的争议",
                "由买的人自己提出；您代办的填 helper.name 并附委托书；弄错了的改正：case set 案件 own_trade=是",
                find_grounds(file, channel, _REFUSE),
            )
        ]
    if name == "elsewhere" and channel in COURTS and _only_mediated(file):
        return []
    if name == "elsewhere":
        return [
            Missing(
                name,
                "同一争议没有由别的机构受理或者处理过",
                f"{told}：没有写是哪一家；法院、仲裁已经处理过的不能再诉，"
                "法院、仲裁机构、行政机关、消费者协会受理或者处理过的，12315、消协不予受理",
                "记录是哪一家、什么结果：case file 案件 渠道，再 case answer；没有受理的记为 rejected",
                find_grounds(file, channel, _REFUSE),
            )
        ]
    if said is Answer.PARTLY and not _asks_whole(file):
        return []
    if name == "money_back":
        return [
            Missing(
                "refunded",
                "扣除已经退回的钱",
                f"{told}，请求却没有扣除",
                "全额退回了的用 case close 结案；退了一部分的，用 case answer 记录退回多少，"
                "或把请求改为差额（case set 案件 demands.1.amount=差额）",
                find_grounds(file, channel, _REFUSE),
            )
        ]
    return [
        Missing(
            "story.refunded",
            "还没有解决的争议",
            f"{told}：已经解决的没有可以处理的争议" if said is Answer.NO else f"{told}，请求却是全部",
            "解决了的用 case close 结案；解决了一部分的，请求只写没有解决的部分和它的金额",
            find_grounds(file, channel, _REFUSE),
        )
    ]


def _only_mediated(file: CaseFile) -> bool:
    """Whether the story names whom the dispute was with, and it is nobody who decides: no court, no arbitration."""
    named = {row.channel for _clause, row in find_elsewhere(file.case.facts)}
    return bool(named) and not named & {*COURTS, ""}


def _asks_whole(file: CaseFile) -> bool:
    """Whether the whole price is asked back, though some of it is said to be settled."""
    back = sum((step.returned for step in file.steps if step.returned is not None), Decimal(0))
    return not back and asks_whole(file.case.facts)


_ASKS = {
    "own_trade": "是您本人（或您监护的孩子）向这个卖家买、付的款吗",
    "still_open": "问题现在还在吗（没有换好、补好，也没有和解）",
    "money_back": "有没有收到过退款、赔付（卖家、支付平台、先行赔付、拒付都算）",
    "elsewhere": "有没有法院、仲裁、消协、12315、其他行政机关受理或者处理过同一件事",
}
