"""Makes the answer of quick: five answers in, what to save, write and wait for out. Pure, but for reading its rows.

The case that goes on from here holds only what was said; what is assumed (the demand) is told as such.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from monitor.complaints.facts.demands import propose_demands
from monitor.complaints.letters.kinds import forbidden_words
from monitor.complaints.quick.amounts import show_yuan
from monitor.complaints.quick.book import Book, Payment, Problem, load_book
from monitor.complaints.quick.clocks import answer_by, set_clocks
from monitor.complaints.quick.model import QuickAnswer, SaveItem
from monitor.complaints.quick.moments import Moment
from monitor.complaints.quick.texts import write_to_payment, write_to_seller
from monitor.complaints.quick.understand import QuickAnswers, Understood, understand
from monitor.complaints.routing.conduct_words import Conduct, find_misconduct, improper_words
from monitor.config.complaints import ComplaintSettings
from monitor.times import show_time
from scrapers.domains import readable_host, registrable_domain
from storage.case import Answer, Demand, DemandKind, Facts, Order, PaymentForm, ProblemKind, Purpose

UNKNOWN = "未知"
_SENTENCE = re.compile(r"[^。！!？?；;\n]+[。！!？?；;]*")
_CLAUSE = re.compile(r"[^，,；;。！!？?]+[，,；;。！!？?]*")
_SHORT_STORY = 28
_LONG_STORY = 120
_NO_FAULT = (ProblemKind.UNKNOWN, ProblemKind.REFUSED_AFTER_SALES)  # nothing is said to be wrong with the goods
NO_MERCHANT = (PaymentForm.PERSONAL_CODE, PaymentForm.TRANSFER, PaymentForm.USDT)


def make_quick(answers: QuickAnswers, at: datetime, settings: ComplaintSettings) -> QuickAnswer:
    """All that quick says of five answers at a moment (aware)."""
    book = load_book()
    said = understand(answers, at)
    problem = book.problem_of(said.problem)
    own = _own_words(said.what)
    if said.missing is not None and not said.partly:
        less = f"少{show_yuan(said.missing)}元"
        problem = replace(problem, short=f"{problem.short}，{less}", long=f"{problem.long}，{less}")
    if own and (said.problem in _NO_FAULT or said.partly or said.returned is not None or said.extra_paid):
        # his own words say it better than a phrase that he never used, or that holds for a part only
        problem = replace(problem, short=_cut(own, _SHORT_STORY), long=_cut(own, _LONG_STORY).rstrip("。！!.；;，,"))
    problem = replace(problem, want=_choose_want(said, problem))
    if said.problem is ProblemKind.EXTRA_FEE and said.withdrawal:  # the fee is asked for the balance, not for goods
        held = book.problem_of(ProblemKind.BALANCE_FROZEN)
        problem = replace(problem, want=held.want)
    if said.extra_paid:
        problem = replace(problem, want=f"退还另付的{said.extra_paid}，并{problem.want.removesuffix('，不另收费')}")
    payment = book.payments.get(said.payment)
    by = answer_by(at, settings)
    refused = bool(said.unlawful) or said.solved
    return QuickAnswer(
        answers=answers,
        at=at,
        understood=said,
        facts=_make_facts(said, problem, by),
        alerts=_list_alerts(said),
        heard=_say_heard(said, problem, payment),
        save=_list_saves(said, book),
        seller=None if refused else write_to_seller(said, problem, by),
        payment=None if refused else write_to_payment(said, problem, payment),
        clocks=set_clocks(said, payment, at, settings),
        older=_say_older(said, book),
        notes=_list_notes(said),
    )


def _choose_want(said: Understood, problem: Problem) -> str:
    """What is asked for: of goods that are bad in part only that part, and nothing that the buyer refused."""
    if said.regret:
        return "告知是否同意退款"
    if said.returned is not None:
        rest = said.amount - said.returned if said.amount is not None and len(said.orders) < 2 else None
        return f"退还其余{show_yuan(rest)}元" if rest is not None and rest > 0 else "退还没有退回的部分"
    if said.partly:
        part = "退还有问题部分的价款"
        return part if said.offer_refused else f"{part}，或就这一部分补足"
    if said.problem is ProblemKind.SHORT_VALUE and (said.missing is not None or said.redeemed):
        short = f"少给的{show_yuan(said.missing)}元" if said.missing is not None else "差额"
        if not said.redeemed:
            return f"补足{short}或全额退款"
        return f"退还{short}对应的价款" if said.offer_refused else f"补足{short}，或退还这一部分的价款"
    return problem.want.split("，或补发")[0] if said.offer_refused else problem.want


def _own_words(text: str) -> str:
    """The buyer's own sentences without threats, prices for silence, and the clauses that judge."""
    kept = []
    for sentence in _SENTENCE.findall(" ".join(text.split())):
        if any(one.kind in (Conduct.THREAT, Conduct.HUSH) for one in find_misconduct(sentence)):
            continue
        clauses = [one for one in _CLAUSE.findall(sentence) if one.strip("，,。！!？?；; ")]
        fine = [
            one for one in clauses if not improper_words(one) and not any(word in one for word in forbidden_words())
        ]
        kept.append("".join(fine).strip() if len(fine) == len(clauses) else "".join(fine).rstrip("，, "))
    return "".join(kept).strip("，,。 ")


def _make_facts(said: Understood, problem: Problem, by: datetime) -> Facts:
    several = len(said.orders) > 1
    paid_at = said.paid_at.at if said.paid_at else None
    orders = tuple(
        Order(number, amount=None if several else said.amount, ordered_at=paid_at, paid_at=paid_at)
        for number in (said.orders or ("",))
    )
    known = bool(said.orders or said.amount is not None or paid_at)
    facts = Facts(
        platform=said.platform or (readable_host(registrable_domain(said.url)) if said.url else ""),
        url=said.url,
        orders=orders if known else (),
        payment=said.payment,
        problem=said.problem,
        what_happened=said.what,
        noticed_at=said.noticed_at.at if said.noticed_at else None,
        delivered=Answer(problem.delivered),
        used=said.used,
        face_value=said.face,
        got_value=said.got,
        extra_asked=said.extra,
        extra_name=said.extra_name,
        balance=said.balance,
        contacted_at=said.contacted_at.at if said.contacted_at else None,
        seller_reply=said.reply,
        purpose=Purpose.RESALE if said.resale else Purpose.UNKNOWN,
        unlawful=tuple(one.purpose for one in said.unlawful),
        answer_by=by,
    )
    if said.returned is not None:
        return replace(facts, demands=_ask_rest(facts, said.returned))
    return replace(facts, demands=propose_demands(facts).demands)


def _ask_rest(facts: Facts, returned: Decimal) -> tuple[Demand, ...]:
    """What is still asked for after a part came back; nothing where all of it did."""
    paid = facts.paid
    if paid is not None and returned >= paid:
        return ()
    told = (
        f"实付{show_yuan(paid)}元减去已退{show_yuan(returned)}元"
        if paid is not None
        else "退还没有退回的部分，金额待填"
    )
    return (Demand(DemandKind.REFUND, paid - returned if paid is not None else None, told),)


def _cut(text: str, most: int) -> str:
    """The first sentences of a text within a length, else its beginning."""
    if len(text) <= most:
        return text.rstrip("。！!.；;，,")
    end = max(text.rfind(mark, 0, most) for mark in "。！；，,")
    return text[:end] if end >= most // 3 else text[: most - 1] + "…"


def _list_alerts(said: Understood) -> tuple[str, ...]:
    """What must be read before all else."""
    alerts: list[str] = []
    if said.unlawful:
        names = "、".join(one.name for one in said.unlawful)
        alerts.append(
            f"注意：文中提到“{names}”。这类交易本身可能违法，不属于消费者权益保护的范围；提交材料可能暴露自己的违法行为"
            "（自证其罪）。本工具不为此生成投诉文字，也不生成投诉包。请先咨询律师；如果只是误会，可在案件里更正。"
        )
    if said.fraud:
        names = "；".join(one.sentence for one in said.fraud)
        alerts.append(
            f"先报警：{names}。①马上停止付款，不再转一分钱；②立即拨打110（反诈咨询96110）或到"
            "就近派出所报案，带上转账单号、对方收款账户和聊天原件；③同时联系付款的银行或支付机构说明情况。能否止付、追回"
            "由公安和支付机构决定，越快越好。给卖家的文字等报案后再决定发不发。"
        )
    if said.solved:
        alerts.append(
            "按您写的，问题已经解决，也没有要求退什么：没有可以主张的内容，不生成投诉文字。对服务态度不满意的，"
            "可以在评价或客服处照实反映；如果又出了问题，请写明问题再来一次。"
        )
    elif said.regret:
        alerts.append(
            "您没有说商品有什么问题：卡密类数字化商品一般不适用七日无理由退货，要看卖家愿不愿意。"
            "下面只有一段商量的话，不生成支付投诉的文字；如果商品其实有问题，请写明问题再来一次。"
        )
    if said.payment in NO_MERCHANT and not said.solved:
        alerts.append("付款方式没有“商户交易投诉”可用，下面写了还能做什么。")
    return tuple(alerts)


def _say_heard(said: Understood, problem: Problem, payment: Payment | None) -> tuple[tuple[str, str], ...]:
    """How the answers were read, so that a wrong reading is seen at once."""
    wallet = {"wechat": "微信（付给商家还是个人未知）", "alipay": "支付宝（付给商家还是个人未知）"}.get(
        said.wallet, UNKNOWN
    )
    kind = problem.name if said.problem is not ProblemKind.UNKNOWN else UNKNOWN
    return (
        ("平台", said.platform or UNKNOWN),
        ("网址", said.url or UNKNOWN),
        ("订单号", "、".join(said.orders) or UNKNOWN),
        ("金额", _show_amount(said)),
        ("付款方式", payment.name if payment is not None else wallet),
        ("问题", kind),
        ("付款时间", _show(said.paid_at)),
        ("发现问题", _show(said.noticed_at)),
        ("联系卖家", "说联系过，时间未知" if said.contacted and not said.contacted_at else _show(said.contacted_at)),
    )


def _show_amount(said: Understood) -> str:
    if said.amount is None:
        return UNKNOWN
    return f"{show_yuan(said.amount)}元" + ("（没有写是合计还是单笔）" if len(said.orders) > 1 else "")


def _show(moment: Moment | None) -> str:
    if moment is None:
        return UNKNOWN
    return show_time(moment.at)[:10] + "（钟点未知）" if moment.day_only else show_time(moment.at)[:16]


def _list_saves(said: Understood, book: Book) -> tuple[SaveItem, ...]:
    rows = [
        row
        for row in book.save
        if (not row.problems or said.problem.value in row.problems)
        and (not row.payments or said.payment.value in row.payments)
    ]
    return tuple(SaveItem(row.id, row.text, row.why) for row in sorted(rows, key=lambda row: row.order))


def _say_older(said: Understood, book: Book) -> tuple[str, ...]:
    commands = [one.replace("{url}", said.url or "〔网址〕") for one in book.older_commands]
    return (book.older, *commands, book.older_note)


def _list_notes(said: Understood) -> tuple[str, ...]:
    notes = list(said.notes)
    for choice in said.choices:
        several = "、".join(name for _, name in choice.options)
        what = "付款方式" if choice.about == "payment" else "问题"
        notes.append(f"{what}没有确定（可能是：{several}），先记为未知；确定后请在案件里改")
    if said.payment is PaymentForm.UNKNOWN and not said.choices and not said.wallet:
        notes.append("付款方式未知：它决定有没有支付投诉可走，请先看账单")
    if said.minor:
        notes.append("文中提到孩子或未成年人：付款人未满18周岁的，请在案件里填写监护人，另有规则")
    if said.resale:
        notes.append("文中像是为转卖而买：不是消费者，12315和消费者权益保护法用不上，按民法典合同规则主张")
    if len(said.orders) > 1:
        notes.append(f"写了{len(said.orders)}个订单号：请在案件里逐笔填写金额")
    if said.partly:
        notes.append("文中说只有一部分有问题：文字只就这一部分提出，请写明是哪几笔、各多少钱")
    if said.extra_paid:
        notes.append(f"文中说另外又付了{said.extra_paid}：这一笔也要有账单，请在案件里另加一笔订单或写进经过")
    if said.problem is ProblemKind.PLATFORM_GONE:
        notes.append(
            "给卖家的文字只发给还联系得到的客服、店主或收款方；谁也联系不上的不用等，直接向支付机构提出，被骗的先报警"
        )
    if said.returned is not None:
        notes.append(
            f"文中说已经退回{show_yuan(said.returned)}元：请求只写其余部分；"
            "到账的账单也要留下，在案件里用 case answer 记录退回多少"
        )
    if said.offer:
        notes.append(f"卖家提出过“{said.offer}”：已写进文字，不要隐去；接受往往最快")
    if not said.unlawful and not said.solved:
        notes.append("诉求先按默认填写，可在案件里改；以上都不保证能退款，结果以对方和受理机构为准")
    return tuple(notes)
