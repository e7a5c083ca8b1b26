"""What the story, the times and the demands say against the complaint itself: another body has it, it was refunded, it
was bought to be sold on, it was noticed before it was bought, it asks for what this channel cannot give.

Takes a case file and a channel that is a body, gives what is missing with the article. A word alone is no verdict: the
buyer mends his words or records what happened. Pure.
"""

from __future__ import annotations

from datetime import date, datetime

from monitor.complaints.evidence.contradictions import find_contradictions, is_same_party, read_payees
from monitor.complaints.filing.grounds import ASKED, REFUSED, find_grounds
from monitor.complaints.filing.refund_blocks import find_part_back
from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.exclusions import BODIES, COMPLAINTS, CONSUMER, COURTS
from monitor.complaints.routing.filing_words import find_clause, find_elsewhere, kinds, pattern, quote_clause
from monitor.complaints.routing.fraud_signs import PURPOSE_ZH, find_signs, hint_purposes
from monitor.complaints.routing.limits_of_claims import unsupported_demands
from monitor.complaints.routing.named_respondent import find_respondent
from monitor.complaints.routing.payment_routes import PAYMENT_CHANNELS
from monitor.times import SHANGHAI
from storage.case import Answer, DemandKind, ProblemKind, Purpose

_NOT_LIVING = ("tsjb-3", *REFUSED, "tsjb-17")
_KEYS = (ProblemKind.DEAD_KEY, ProblemKind.USED_KEY, ProblemKind.EXPIRED_KEY, ProblemKind.SHORT_VALUE)
_YEARS_AGO = {
    "去年": 1, "前年": 2, "大前年": 3,
    "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
}  # fmt: skip


def find_story_blocks(file: CaseFile, channel: str) -> list[Missing]:
    """Everything in the case's own words, times, proofs and demands that this body would refuse; [] for no body."""
    if channel not in BODIES:
        return []
    return [
        *_of_elsewhere(file, channel),
        *_of_request(file, channel),
        *_of_refund(file, channel),
        *_of_resale(file, channel),
        *_of_times(file, channel),
        *_of_knowledge(file, channel),
        *_of_delivery(file),
        *_of_proofs(file, channel),
    ]


def find_police_first(file: CaseFile, channel: str) -> list[Missing]:
    """A consumer's complaint waits where the case may be one for the police, or the story tells an unlawful purpose."""
    if channel not in CONSUMER:
        return []
    found = []
    hinted = hint_purposes(file.case.facts)
    if hinted:
        names = "、".join(PURPOSE_ZH[one] for one in hinted)
        found.append(
            Missing(
                "unlawful",
                "交易目的的说明",
                f"描述中有像“{names}”的内容：属实的不受消费者权益保护，提交等于自述参与",
                "属实的不要提交，先咨询律师；交易不是为此目的的，"
                "把引起误会的话改写清楚（case set 案件 what_happened=…）",
                find_grounds(file, channel, REFUSED),
            )
        )
    asked = any(step.channel == "police" or step.channel in PAYMENT_CHANNELS for step in file.steps)
    named = find_respondent(file)
    reachable = named is not None and named.complete  # a firm with an address can be called to a mediation
    signs = [one for one in find_signs(file, reachable=reachable) if one.critical]
    if signs and not asked:
        found.append(
            Missing(
                "steps.police",
                "先报案、先向支付机构投诉的记录",
                f"{signs[0].sentence}；消费投诉只能调解，等它会错过止付的时间",
                "先向公安机关报案、向支付机构投诉，用 case file 记录（--proof 回执）以后再提",
            )
        )
    return found


def _of_elsewhere(file: CaseFile, channel: str) -> list[Missing]:
    """Another body that the buyer only tells of in his story (总局令121 art. 16(2))."""
    if channel in COURTS:
        return []
    recorded = {step.channel for step in file.steps}
    if recorded & set(COURTS):
        recorded |= set(COURTS)
    if recorded & set(COMPLAINTS):
        recorded |= set(COMPLAINTS)
    for clause, row in find_elsewhere(file.case.facts):
        if row.channel not in recorded:
            where = row.channel or "渠道"
            return [
                Missing(
                    f"story.{row.channel or 'elsewhere'}",
                    f"同一争议没有由“{row.name}”受理或者处理过",
                    f"经过中写有“{quote_clause(clause)}”：法院、仲裁机构、行政机关、消费者协会受理或者处理过的，不予受理",
                    f"属实的等那边的结果，用 case file 案件 {where} 和 case answer 记录；没有受理的记为 rejected",
                    find_grounds(file, channel, REFUSED),
                    clause,
                )
            ]
    return []


def _of_request(file: CaseFile, channel: str) -> list[Missing]:
    """Demands that this body cannot bring about are no request (arts. 10(1)(3), 16(5))."""
    demands = file.case.facts.demands
    if not demands:
        return []  # asked for as a field
    able = kinds("requests", "judged" if channel in COURTS else "mediated")
    unsupported = unsupported_demands(file)
    for one in demands:
        if one.kind.value in able:
            return []
        if one.kind is DemandKind.FRAUD and one.kind not in unsupported and file.case.facts.fraud_evidence:
            return []
    only = {one.kind for one in demands}
    why = "所列的请求，这个渠道都办不了："
    if DemandKind.INVALID_CLAUSE in only:
        why += "行政机关、消协不认定条款在民事上是否有效；"
    if DemandKind.FRAUD in only:
        why += "三倍或五百元的赔偿没有证明欺诈的证据；"
    if DemandKind.COSTS in only:
        why += "费用要附在退款、补发等请求之后；"
    return [
        Missing(
            "demand",
            "这个渠道能办的具体请求",
            why.rstrip("；：") + "，等于没有投诉请求",
            "写明要退款、换同面值、补发还是退还余额（case set 案件 demands.1.kind=退款 demands.1.amount=金额）",
            find_grounds(file, channel, (*ASKED, *REFUSED)),
        )
    ]


def _of_refund(file: CaseFile, channel: str) -> list[Missing]:
    said = find_clause(file.case.facts, "refunded", "refunded_unless", other="other_trade")
    if not said or find_part_back(file.case.facts):
        return []
    return [
        Missing(
            "story.refunded",
            "还没有解决的争议",
            f"经过中写有“{quote_clause(said)}”：已经全额退款的，没有可以调解的争议",
            "已解决的用 case close 结案；只退了一部分的，写明退了多少、还差多少，并把请求改为差额；另有损失的列出凭证",
            find_grounds(file, channel, REFUSED),
            said,
        )
    ]


def _of_resale(file: CaseFile, channel: str) -> list[Missing]:
    facts = file.case.facts
    if channel not in CONSUMER or facts.purpose is not Purpose.LIVING:
        return []
    said = find_clause(facts, "resale", "resale_unless")
    if not said:
        return []
    return [
        Missing(
            "purpose",
            "与经过一致的购买用途",
            f"用途填的是自用，经过中却写有“{quote_clause(said)}”：{_why_not_living(said)}",
            "属实的改正用途（case set 案件 purpose=转卖、单位用 或 帮别人买），按合同协商、起诉",
            find_grounds(file, channel, _NOT_LIVING, ("xbf-2",)),
            said,
        )
    ]


def _why_not_living(said: str) -> str:
    if pattern("story", "for_claims").search(said):
        return "不以生活消费为目的、专为索赔而买的，不予受理"
    if pattern("story", "for_firm").search(said):
        return "为单位、店铺而买的，不是为生活消费，不予受理"
    if pattern("story", "for_others").search(said):
        return "替别人买、拼单的，不是为自己和家人的生活消费，不予受理"
    return "为转卖、代充而买的，不是为生活消费，不予受理"


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def _of_times(file: CaseFile, channel: str) -> list[Missing]:
    facts = file.case.facts
    ordered = facts.ordered_at
    moments = (facts.noticed_at, facts.received_at)
    if ordered is None and not any(moments):
        return [
            Missing(
                "ordered_at",
                "下单、付款或发现问题的时间",
                "一个时间都没有：看不出争议何时发生、是否超过三年",
                "按账单填写（case set 案件 orders.1.paid_at=时间 noticed_at=时间）",
                find_grounds(file, channel, (*ASKED, *REFUSED)),
            )
        ]
    wrong = [
        f"订单{place}付款"
        for place, one in enumerate(facts.orders, 1)
        if one.ordered_at is not None and one.paid_at is not None and _day(one.paid_at) < _day(one.ordered_at)
    ]
    if not wrong:
        return []
    return [
        Missing(
            "times",
            "前后对得上的时间",
            f"{'、'.join(wrong)}的时间早于下单的时间：陈述自相矛盾，会被要求说明或退回",
            "对照账单和订单页逐个改正（case set 案件 …）",
            find_grounds(file, channel, ASKED),
        )
    ]


def _of_knowledge(file: CaseFile, channel: str) -> list[Missing]:
    """A story that tells another year than the case for when the harm was seen (总局令121 art. 16(4): three years)."""
    facts = file.case.facts
    noticed = facts.noticed_at or facts.ordered_at
    said = find_clause(facts, "known_since", "known_unless")
    hit = pattern("story", "known_since").search(said) if said else None
    if hit is None or noticed is None or channel in COURTS:
        return []  # in court the term is the other side's defence: the day may be explained there
    ago = hit["last"] or hit["ago"] or "0"
    year = int(hit["year"]) if hit["year"] else file.today.year - (int(ago) if ago.isdigit() else _YEARS_AGO[ago])
    if year >= _day(noticed).year:
        return []
    old = year < file.today.year - 3
    return [
        Missing(
            "story.noticed",
            "与经过一致的发现时间",
            f"经过中写有“{quote_clause(said)}”，所填的发现时间却是{_day(noticed).isoformat()}"
            + ("：从知道权益受损之日起超过三年的，不予受理" if old else "：三年从知道之日起算，会被要求说明"),
            "按实际改正（case set 案件 noticed_at=时间）；期间向对方提出过请求的，写明何时并找出记录",
            find_grounds(file, channel, REFUSED if old else ASKED),
            said,
        )
    ]


def _of_delivery(file: CaseFile) -> list[Missing]:
    facts = file.case.facts
    if facts.delivered is not Answer.NO or facts.problem not in _KEYS:
        return []
    return [
        Missing(
            "delivered",
            "一致的说法：收到了没有",
            "既说没有收到，又说收到的卡密不能用，两种说法只能有一个成立",
            "收到了但不能用的，填 delivered=收到了；没有收到的，填 problem=没发货",
        )
    ]


def _of_proofs(file: CaseFile, channel: str) -> list[Missing]:
    """A proof of another trade proves none with the respondent (art. 16(1)); a wrong payee or day of ours is mended."""
    grave = [one for one in find_contradictions(file) if one.grave]
    if not grave:
        return []
    fields = {one.field for one in grave}
    why = "；".join(one.sentence for one in grave[:3])
    if fields == {"paid_at"}:
        return [
            Missing(
                "times",
                "与账单一致的付款时间",
                f"{why}：相差超过一天，会被当作另一笔交易",
                "按账单改正（case set 案件 orders.1.paid_at=时间 orders.1.ordered_at=时间）；"
                "账单是另一笔的，移除它并放入这一笔的",
                find_grounds(file, channel, REFUSED, ("msf-67",)),
            )
        ]
    if fields == {"payee"} and any(
        is_same_party(one, file.case.facts.respondent.name) for one in read_payees(file)
    ):  # fmt: skip
        return [
            Missing(
                "payee",
                "与账单一致的收款方",
                why,
                f"按账单改正（case set 案件 payee={grave[0].read}）",
                find_grounds(file, channel, ASKED),
            )
        ]
    return [
        Missing(
            "purchase_proof",
            "付款成功的凭证" if "unpaid" in fields else "与本案相符的付款凭证",
            f"{why}：不能证明与被投诉人有这笔交易",
            "对照原件：凭证放错了的，移除它（case remove 案件 "
            f"{grave[0].item}）并放入这一笔的账单（case add --kind wallet_bill）；案件写错了的，用 case set 改正",
            find_grounds(file, channel, REFUSED, ("msf-67",)),
        )
    ]
