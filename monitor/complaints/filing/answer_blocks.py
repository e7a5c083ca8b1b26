"""What the buyer himself tells against what he fills in: the problem, the part, the way of payment, his own slip.

Takes a case file and a channel at which something is claimed, gives what is missing with a way out for each. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from monitor.complaints.evidence.said_lines import BUYER, SELLER, read_chat
from monitor.complaints.facts.demands import asks_whole
from monitor.complaints.filing.contrary_evidence import TALKS
from monitor.complaints.filing.grounds import ASKED, REFUSED, find_grounds
from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.filing_words import clauses_of, explained, find_clause, own_words, pattern, quote_clause
from storage.case import Answer, Facts, PaymentForm, ProblemKind

_FAILS = (ProblemKind.DEAD_KEY, ProblemKind.EXPIRED_KEY)
_NOT_COME = (ProblemKind.NOT_DELIVERED, ProblemKind.TOPUP_MISSING)


def find_answer_blocks(file: CaseFile, channel: str) -> Iterator[Missing]:
    """What the buyer himself tells against what he fills in."""
    facts = file.case.facts
    several = len(facts.orders) > 1 or any((one.quantity or 1) > 1 for one in facts.orders)
    in_part = several or Answer.PARTLY in (facts.used, facts.delivered)
    whole = asks_whole(facts)
    in_doubt = facts.problem in _FAILS or (
        facts.problem is ProblemKind.REFUSED_AFTER_SALES and not _tells_defect(facts.what_happened)
    )
    if in_doubt and not in_part and (said := find_clause(facts, "worked", "worked_unless")):
        problem = "卡密不能用" if facts.problem in _FAILS else "售后被拒绝，没有写商品有什么毛病"
        yield Missing(
            "worked",
            "一致的说法：卡密能不能用",
            f"问题填的是{problem}，经过中却写有“{quote_clause(said)}”",
            "能用而只是不想要的，没有可以投诉的质量问题，只能与卖家商量；"
            "后来才出问题的，写明何时、什么提示，并改 problem",
            find_grounds(file, channel, ASKED),
            said,
        )
    elif (said := find_clause(facts, "solved", "solved_unless")) and not _fails_later(facts, said):
        yield Missing(
            "story.refunded",
            "还没有解决的争议",
            f"经过中写有“{quote_clause(said)}”：问题已经没有了，就没有可以处理的争议",
            "解决了的用 case close 结案；还有没解决的，写明是哪一笔、差什么",
            find_grounds(file, channel, REFUSED),
            said,
        )
    if several and whole and (said := find_clause(facts, "good_part", "good_part_unless")):
        yield Missing(
            "story.part",
            "只就有问题的部分提出请求",
            f"经过中写有“{quote_clause(said)}”，请求却是退回全部",
            "把好的那一笔从 orders 中去掉（case set 案件 orders.N=），或填 used=部分、face_value、got_value，"
            "请求改为有问题部分的金额",
            find_grounds(file, channel, ASKED),
            said,
        )
    if facts.problem in _NOT_COME and whole and (said := find_clause(facts, "own_slip", "own_slip_unless")):
        yield Missing(
            "story.own_slip",
            "与经过相符的请求",
            f"经过中写有“{quote_clause(said)}”：号码是本人填错的，不能说卖家没有到账而要求全额退款",
            "请求改为协助核查、更正到账，不写金额（case set 案件 demands.1.kind=补发 demands.1.amount=）",
            find_grounds(file, channel, ASKED),
            said,
        )
    unread = (*_NOT_COME, ProblemKind.UNASKED_CHARGE)  # small print that nobody notices is the very point there
    if facts.problem not in unread and (said := _misread(file)):
        yield Missing(
            "story.own_slip",
            "与经过相符的请求",
            f"您写过“{quote_clause(said)}”：是自己没有看清页面，就不能写成商品与页面所示、与约定不符",
            "请求改为协商更换或退回（说明商品没有用过），不写对方违约；与页面不符的是别的地方的，写明是哪一处、页面怎么写",
            find_grounds(file, channel, ASKED),
            said,
        )
    if facts.delivered is Answer.NO and (said := _came_in_part(file)):
        yield Missing(
            "delivered",
            "一致的说法：收到了没有",
            f"填的是没有收到，材料里却写有“{quote_clause(said)}”：到过一部分的，不能写成没有收到、要求退回全部",
            "到了一部分的填 delivered=部分，并填 face_value（应得）、got_value（实得），请求改为没有得到的部分",
            find_grounds(file, channel, ASKED),
            said,
        )
    if (
        not facts.minor
        and not facts.helper.name.strip()
        and (said := find_clause(facts, "bought_by", "bought_by_unless"))
    ):
        yield Missing(
            "own_trade",
            "是谁下的单、谁付的款",
            f"经过中写有“{quote_clause(said)}”，案件却按您本人下单购买写：一份材料里有两个买的人",
            "别人买的由他本人提出（您代办的填 helper.name 并附委托书，经过用他的口吻写）；"
            "是您下单付款、给他用的，改写这一句",
            find_grounds(file, channel, (*ASKED, *REFUSED)),
            said,
        )
    if whole and (said := _asks_less(file)):
        yield Missing(
            "demand",
            "与您自己说的一致的请求",
            f"您写过“{quote_clause(said)}”，请求却是退回全部实付款",
            "按您要的写：只退一部分的，把请求改为那一部分的金额（case set 案件 demands.1.amount=金额）",
            find_grounds(file, channel, ASKED),
            said,
        )
    if said := _payment_said(facts):
        yield Missing(
            "payment",
            "与经过一致的付款方式",
            f"付款方式填的是另一种，经过中却写有“{quote_clause(said)}”",
            "按账单核对：改付款方式（case set 案件 payment=…）",
            find_grounds(file, channel, ASKED),
            said,
        )
    if facts.problem is ProblemKind.REFUSED_AFTER_SALES and not _tells_defect(facts.what_happened) and (
        facts.contacted_at is None and not facts.seller_reply.strip()
    ):  # fmt: skip
        yield Missing(
            "what_happened",
            "商品有什么问题、什么时候向卖家提过",
            "只说售后被拒绝，没有写商品有什么问题，也没有联系过卖家：看不出争议是什么",
            "写明商品的问题（what_happened），以及何时联系、对方怎么说（contacted_at、seller_reply）",
            find_grounds(file, channel, ASKED),
        )


def _fails_later(facts: Facts, said: str) -> bool:
    """Whether the story goes on to tell what is bad: what stands last is how it is."""
    rest = facts.what_happened.partition(said)[2]
    return _tells_defect(rest)


def _tells_defect(text: str) -> bool:
    """Whether a clause tells what is bad, be it in the words of the page."""
    return any(pattern("story", "defect").search(one) for one in clauses_of(text))


def _misread(file: CaseFile) -> str:
    """The buyer's words, in story or chat, that he did not read what the page wrote."""
    facts = file.case.facts
    said = find_clause(facts, "misread", "misread_unless")
    return said or _said_in_chat(file, BUYER, "misread", "misread_unless")


def _came_in_part(file: CaseFile) -> str:
    """The words, in the story or the seller's in a chat, that so much came."""
    said = find_clause(file.case.facts, "came_part", "came_part_unless")
    return said or _said_in_chat(file, SELLER, "came_part", "came_part_unless")


def _said_in_chat(file: CaseFile, who: str, words: str, unless: str) -> str:
    """The first clause of one side in a chat of the case that fulfils a row and is not explained; or ""."""
    facts = file.case.facts
    wanted, apart, clear = pattern("story", words), pattern("story", unless), explained(facts)
    return next(
        (
            clause
            for item in file.items
            if item.removed_at is None and item.kind in TALKS
            for line in read_chat(item.text, facts)
            if line.who == who
            for clause in clauses_of(line.words.strip())
            if wanted.search(clause) and not apart.search(clause) and clause not in clear
        ),
        "",
    )


def _asks_less(file: CaseFile) -> str:
    """The buyer's words that ask for fewer pieces, or for less money, than all that was paid for."""
    facts = file.case.facts
    bought = sum(one.quantity or 1 for one in facts.orders)
    lines = [
        line.words.strip()
        for item in file.items
        if item.removed_at is None and item.kind in TALKS
        for line in read_chat(item.text, facts)
        if line.who == BUYER
    ]
    pieces, money, apart = (pattern("story", one) for one in ("asks_pieces", "asks_sum", "asks_part_unless"))
    for text in (own_words(facts.what_happened), *lines):
        for clause in clauses_of(text):
            if apart.search(clause) or clause in explained(facts):
                continue
            counted, summed = pieces.search(clause), money.search(clause)
            if counted and 0 < _count(counted["count"] or counted["bare"]) < bought:
                return clause
            if summed and facts.paid is not None and Decimal(0) < Decimal(summed["sum"]) < facts.paid:
                return clause
    return ""


def _count(text: str) -> int:
    return int(text) if text.isdigit() else "零一二三四五六七八九".find(text.replace("两", "二"))


def _payment_said(facts: Facts) -> str:
    """The clause that names another wallet, or a person, as the one that was paid."""
    rows = {
        "paid_alipay": (PaymentForm.WECHAT_MERCHANT,),
        "paid_wechat": (PaymentForm.ALIPAY_MERCHANT,),
        "paid_person": (PaymentForm.WECHAT_MERCHANT, PaymentForm.ALIPAY_MERCHANT),
    }
    for row, forms in rows.items():
        if facts.payment in forms and (said := find_clause(facts, row, "paid_unless")):
            return said
    return ""
