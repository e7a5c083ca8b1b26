"""What must not be promised in a case, said plainly: which demand its evidence does not carry, and why.

Takes a case file, gives sentences for the buyer. It takes the other side's best objection first, so that nobody learns
of it from a rejection. Says nothing of who is right. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.complaints.deadlines.calendar import add_years_unmoved, day_of
from monitor.complaints.evidence.said_lines import SELLER, read_chat
from monitor.complaints.facts.age import is_small_child
from monitor.complaints.facts.guardian_consent import tells_consent, tells_password, withheld_consent
from monitor.complaints.facts.purposes import is_not_living, say_purpose
from monitor.complaints.model import CaseFile
from monitor.complaints.routing.channels import in_force
from monitor.complaints.routing.filing_words import kinds, pattern
from monitor.times import show_time
from scrapers.model import FactKind
from storage.case import Answer, CaseItem, DemandKind, Facts, ProblemKind

_PROMISES = (FactKind.SPEC, FactKind.AFTER_SALES, FactKind.WARRANTY, FactKind.VALIDITY, FactKind.FACE_VALUE)
_TALKS = ("chat", "demand_chat", "reply", "refusal")
_PROMISE_ITEMS = ("product_page", "spec", "after_sales_promise", "validity", "advert")
_NAMED_FAULTS = (
    ProblemKind.DEAD_KEY,
    ProblemKind.USED_KEY,
    ProblemKind.EXPIRED_KEY,
    ProblemKind.SHORT_VALUE,
    ProblemKind.NOT_DELIVERED,
    ProblemKind.TOPUP_MISSING,
    ProblemKind.ACCOUNT_LOST,
    ProblemKind.BALANCE_FROZEN,
    ProblemKind.EXTRA_FEE,
    ProblemKind.PLATFORM_GONE,
    ProblemKind.UNASKED_CHARGE,
)
_WEAK = ("name", "zip")  # times that anybody can alter support nothing
_NOTHING_CAME = (
    ProblemKind.NOT_DELIVERED,
    ProblemKind.BALANCE_FROZEN,
    ProblemKind.EXTRA_FEE,
    ProblemKind.PLATFORM_GONE,
    ProblemKind.TOPUP_MISSING,
    ProblemKind.UNASKED_CHARGE,
)
_CAME_NOT = (ProblemKind.NOT_DELIVERED, ProblemKind.TOPUP_MISSING)
_KEYS = (ProblemKind.DEAD_KEY, ProblemKind.USED_KEY, ProblemKind.EXPIRED_KEY, ProblemKind.SHORT_VALUE)


@dataclass(frozen=True)
class LimitOfClaim:
    """One thing that cannot be promised. `demands` are those that it takes the ground from; () where it only warns."""

    id: str
    sentence: str
    articles: tuple[str, ...] = ()
    demands: tuple[DemandKind, ...] = ()


def find_limits(file: CaseFile) -> tuple[LimitOfClaim, ...]:
    """Everything that must be said of a case before anything is demanded, gravest first."""
    found = [*_of_fraud(file), *_of_promise(file), *_of_use(file), *_of_goods(file), *_of_person(file)]
    return tuple(LimitOfClaim(one.id, one.sentence, in_force(one.articles, file.today), one.demands) for one in found)


def unsupported_demands(file: CaseFile) -> frozenset[DemandKind]:
    """The kinds of demand that the evidence of this case does not carry."""
    return frozenset(kind for one in find_limits(file) for kind in one.demands)


def seen_at(file: CaseFile, wanted: str) -> datetime | None:
    """When a capture or an evidence item of the case was seen or made; None where that is not known."""
    for page in file.pages:
        for seen in (page.before, page.after, page.newest):
            if seen is not None and seen.capture == wanted:
                return seen.seen_at
    item = find_item(file, wanted)
    if item is None:
        return None
    stated = [time.at for time in item.times if time.source not in _WEAK]
    return min(stated) if stated else item.said_at


def find_item(file: CaseFile, wanted: str) -> CaseItem | None:
    """The item of a case by its id or that of its evidence, unless it was removed."""
    return next((one for one in file.items if wanted in (one.id, one.evidence) and one.removed_at is None), None)


def _of_fraud(file: CaseFile) -> list[LimitOfClaim]:
    facts = file.case.facts
    asked = any(demand.kind is DemandKind.FRAUD for demand in facts.demands)
    found = []
    if facts.advert_relied_on:
        found += _of_advert(file)
    kept = [one for name in facts.fraud_evidence if (one := find_item(file, name)) is not None]
    if (
        asked
        and not found
        and not facts.advert_relied_on
        and len(kept) == len(facts.fraud_evidence) > 0
        and all(one.kind in kinds("requests", "no_deceit") for one in kept)
    ):
        told = (
            "所列的证据只能证明付过款、有过交易，不能证明故意告知虚假情况或隐瞒真实情况："
            "三倍或五百元的赔偿以欺诈为前提，换成能说明欺诈的证据，或去掉这一项"
        )
        found.append(LimitOfClaim("fraud_not_shown", told, ("xbf-55", "xbftl-49"), (DemandKind.FRAUD,)))
    if asked and not facts.fraud_evidence and not found:
        found.append(
            LimitOfClaim(
                "fraud_without_evidence",
                "三倍或五百元的赔偿以欺诈为前提，案件中没有列出证明欺诈的证据：质量问题、发货迟延本身不等于欺诈",
                ("xbf-55", "xbftl-49"),
                (DemandKind.FRAUD,),
            )
        )
    return found


def _of_advert(file: CaseFile) -> list[LimitOfClaim]:
    """An advertisement proves what led to an order only if it was there before it."""
    facts = file.case.facts
    shown = seen_at(file, facts.advert_relied_on)
    orders = [moment for one in facts.orders if (moment := one.ordered_at or one.paid_at) is not None]
    articles = ("xbf-55", "msfjs-90")
    if shown is None:
        told = "所依据的宣传没有可核对的时间，不能证明下单时已有这项宣传"
        return [LimitOfClaim("advert_undated", told, articles, (DemandKind.FRAUD,))]
    if not orders:
        return [LimitOfClaim("advert_undated", "下单时间未填写，不能说宣传早于下单", articles, (DemandKind.FRAUD,))]
    earlier = [moment for moment in orders if moment < shown]
    if not earlier:
        return []
    when, first, last = show_time(shown)[:16], show_time(min(orders))[:10], show_time(max(orders))[:10]
    if len(earlier) == len(orders):
        span = first if first == last else f"{first}至{last}"
        told = (
            f"所依据的宣传最早见于{when}，晚于全部订单（{span}）：不能用它证明是受宣传误导才下单，"
            "以欺诈请求三倍赔偿没有依据"
        )
        return [LimitOfClaim("advert_later", told, articles, (DemandKind.FRAUD,))]
    told = (
        f"所依据的宣传最早见于{when}，有{len(earlier)}笔订单（共{len(orders)}笔）在它之前：对这些订单不能主张受其误导"
    )
    return [LimitOfClaim("advert_later_in_part", told, articles)]


def _of_promise(file: CaseFile) -> list[LimitOfClaim]:
    facts = file.case.facts
    if facts.problem in _NAMED_FAULTS or facts.minor:  # a guardian needs no broken promise
        return []
    if holds_promise(file) or facts.valid_until or facts.face_value:
        return []
    if facts.problem is ProblemKind.REFUSED_AFTER_SALES and not pattern("promises", "dislike").search(
        facts.what_happened
    ):
        return []  # that the seller will not see to it says nothing of what is wrong: no want of a promise either
    if _is_said_by_seller(file) or _breaks_its_name(facts):
        return []
    if pattern("promises", "told").search(facts.what_happened):
        told = (
            "卖家的承诺（规格、适用范围、售后）只见于您写的经过，案件里没有它的材料："
            "把商品页截图或聊天中的那句话用 case add 放进来"
        )
        return [LimitOfClaim("promise_only_told", told, ("mfd-582", "msfjs-90"))]
    told = (
        "没有材料显示卖家对此作过承诺（规格、适用范围、售后）：说不出违反了哪项约定的，不足以要求退款，"
        "先找到商品页或聊天中的承诺，或官方对该商品的说明"
    )
    return [LimitOfClaim("no_promise_broken", told, ("mfd-582", "msfjs-90"))]


def holds_promise(file: CaseFile) -> bool:
    """Whether a page of the case or an item shows what was promised of the goods; a refusal promises nothing."""
    shown = any(
        fact.kind in _PROMISES and not pattern("promises", "refusal").search(fact.shown or fact.value)
        for page in file.pages
        if page.nearest is not None
        for fact in page.nearest.reading.facts
    )
    return shown or any(item.kind in _PROMISE_ITEMS and item.removed_at is None for item in file.items)


def _is_said_by_seller(file: CaseFile) -> bool:
    """Whether a seller's line of a chat of the case, before the harm was seen or undated, says what the goods do."""
    facts = file.case.facts
    said = pattern("promises", "said")
    return any(
        line.who == SELLER
        and said.search(line.words) is not None
        and (line.at is None or facts.noticed_at is None or line.at < facts.noticed_at)
        for item in file.items
        if item.removed_at is None and item.kind in _TALKS
        for line in read_chat(item.text, facts)
    )


def _breaks_its_name(facts: Facts) -> bool:
    """Whether the story speaks of what the ordered goods are by their very name, which is promised by the order."""
    specs = pattern("promises", "specs")
    named = {word for one in facts.orders for word in specs.findall(one.product)}
    return facts.problem is ProblemKind.WRONG_GOODS and any(word in facts.what_happened for word in named)


def _of_use(file: CaseFile) -> list[LimitOfClaim]:
    facts = file.case.facts
    found = []
    if facts.problem in _KEYS and facts.used in (Answer.YES, Answer.PARTLY):
        told = "您说明自己已经使用（兑换）过：对方会说卡密有效；只能就没有得到的部分主张，并要有余额、兑换记录佐证"
        found.append(LimitOfClaim("used_by_buyer", told, ("msfjs-90",)))
    if facts.valid_until is not None and (moment := facts.used_at or facts.noticed_at) is not None:
        late = moment > facts.valid_until
        received = facts.received_at
        if late and (received is None or received < facts.valid_until):
            told = (
                f"使用（发现问题）的时间在所承诺的有效期（至{show_time(facts.valid_until)[:10]}）之后："
                "若是自己耽误，难以要求卖家负责"
            )
            found.append(LimitOfClaim("used_late", told, ("msfjs-90",)))
    asked = {demand.kind for demand in facts.demands}
    if DemandKind.DAMAGES in asked and not any(one.kind == "loss" and one.removed_at is None for one in file.items):
        told = "请求赔偿损失，但案件中没有损失的凭证：赔偿以实际发生、可以预见的损失为限"
        found.append(LimitOfClaim("loss_without_evidence", told, ("mfd-584",), (DemandKind.DAMAGES,)))
    return found


def _of_goods(file: CaseFile) -> list[LimitOfClaim]:
    facts = file.case.facts
    found = []
    if facts.by_network and facts.problem not in _NOTHING_CAME:
        told = (
            "卡密、激活码等通常被当作数字化商品，或在购买时确认过不宜退货：不能指望“七日无理由退货”；"
            "要以无效、不符、未交付等具体理由提出"
        )
        found.append(LimitOfClaim("no_seven_days", told, ("xbf-25", "7d-6", "7d-7")))
    if facts.delivered is Answer.YES and facts.problem in _CAME_NOT:
        told = (
            "填的是收到了，而问题是没有收到（没有到账），两处不一致：文书不写“已交付”；"
            "收到的是别的（卡密、成功提示）在经过里写明，没有收到的改 delivered"
        )
        found.append(LimitOfClaim("delivered_yet_missing", told))
    if facts.problem is ProblemKind.BALANCE_FROZEN:
        told = (
            "余额按预付款处理：可以请求退还没有消费的本金（赠送部分按比例计算）；"
            "若余额用于进货转卖，预付式消费的规则不适用"
        )
        found.append(LimitOfClaim("prepaid_balance", told, ("xbf-53", "xbftl-22", "yfk-1", "yfk-15", "yfk-18")))
    return found


def _of_person(file: CaseFile) -> list[LimitOfClaim]:
    facts = file.case.facts
    found = []
    if is_not_living(facts):
        told = f"{say_purpose(facts)}，不是生活消费：消费者权益保护法、12315投诉和三倍赔偿都不适用，按合同关系主张"
        found.append(LimitOfClaim("reseller", told, ("tsjb-3", "tsjb-16", "mfd-577"), (DemandKind.FRAUD,)))
    if is_small_child(facts, file.today):
        told = "不满八周岁的孩子自己的交易无效，由监护人要求返还。要能证明是孩子自己操作、监护人不知情"
        found.append(LimitOfClaim("small_child", told, ("mfd-20", "mfd-144")))
    elif facts.minor and (facts.guardian_agreed is Answer.YES or tells_consent(facts.what_happened)):
        said = "" if facts.guardian_agreed is Answer.YES else f"经过里写着“{tells_consent(facts.what_happened)}”，"
        told = f"{said}监护人同意过这笔交易：不能再以孩子未成年、未经同意为由要求退款，按商品本身的问题提出"
        found.append(LimitOfClaim("minor", told, ("mfd-19", "mfd-145")))
    elif facts.minor:
        told = "与年龄、智力相适应的小额消费可能有效；超出的，由监护人表示不追认。要能证明是孩子自己操作、监护人不知情"
        password = tells_password(facts.what_happened)
        if password:
            told += (
                f"；经过里写着“{password}”，会被看作允许了付款，文书没有写不予追认："
                "密码原是为别的事告诉的，写明是什么事"
            )
        elif not withheld_consent(facts):
            told += "；监护人没有同意、也不认可的，先声明（case set 案件 guardian_agreed=没有同意），文书才写不予追认"
        found.append(LimitOfClaim("minor", told, ("mfd-19", "mfd-145")))
    start = facts.noticed_at or facts.ordered_at
    if start is not None and add_years_unmoved(day_of(start), 3) < file.today:
        told = "距知道权益受损已超过三年：投诉不予受理，起诉时对方可以时效抗辩；除非期间提出过请求并有证据"
        found.append(LimitOfClaim("over_three_years", told, ("tsjb-16", "mfd-188")))
    elif (
        facts.noticed_at is not None
        and facts.ordered_at is not None
        and add_years_unmoved(day_of(facts.ordered_at), 3) < file.today
    ):
        told = (
            "下单已超过三年，而所填的发现时间是近期：三年从知道或者应当知道之日起算，"
            "会被问为什么没有更早发现；写明何时、如何才知道的，并附证据"
        )
        found.append(LimitOfClaim("should_have_known", told, ("tsjb-16", "mfd-188")))
    return found
