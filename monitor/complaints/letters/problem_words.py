"""What went wrong in a few words: by its kind, of a part only where a part is good.

Takes the facts of a case, gives words, and what an exhibit has to show of them to mark them. Pure.
"""

from __future__ import annotations

import re

from monitor.complaints.letters.kinds import shown_words
from monitor.complaints.letters.own_words import name_side
from monitor.complaints.letters.support import Test, of_these_goods, words_in
from monitor.complaints.model import CaseFile
from storage.case import Answer, Facts, ProblemKind

_GONE = "打不开平台或没有人答复"
PROBLEM_ZH = {
    ProblemKind.DEAD_KEY: "收到的卡密无法兑换或激活",
    ProblemKind.USED_KEY: "收到的卡密兑换时提示已被使用",
    ProblemKind.EXPIRED_KEY: "收到的卡密兑换时有效期已过",
    ProblemKind.SHORT_VALUE: "到手的面值或数量少于约定",
    ProblemKind.NOT_DELIVERED: "付款后没有收到商品",
    ProblemKind.WRONG_GOODS: "收到的商品与约定不符",
    ProblemKind.ACCOUNT_LOST: "所购账号被找回或停用",
    ProblemKind.TOPUP_MISSING: "充值没有到账",
    ProblemKind.REFUSED_AFTER_SALES: "售后请求被拒绝",
    ProblemKind.BALANCE_FROZEN: "平台账户余额不能提现或使用",
    ProblemKind.EXTRA_FEE: "被要求在价款之外另行付款",
    ProblemKind.PLATFORM_GONE: f"发现问题时{_GONE}",
    ProblemKind.UNASKED_CHARGE: "没有经过同意被扣款",
    ProblemKind.UNKNOWN: "交易发生争议",
}
_IN_PART = {
    ProblemKind.DEAD_KEY: "收到的卡密有一部分无法兑换或激活",
    ProblemKind.USED_KEY: "收到的卡密有一部分兑换时提示已被使用",
    ProblemKind.EXPIRED_KEY: "收到的卡密有一部分已过有效期",
    ProblemKind.NOT_DELIVERED: "付款后只收到部分商品",
    ProblemKind.WRONG_GOODS: "收到的商品有一部分与约定不符",
    ProblemKind.TOPUP_MISSING: "充值只有部分到账",
}
FAILURES = ("failure", "recording", "use_trace")
CAME_NOT = (ProblemKind.NOT_DELIVERED, ProblemKind.TOPUP_MISSING)
_NOT_CAME = re.compile(r"没有?(?:到账|到帐|到|给|发|收到)|未(?:到账|到帐|到|给|发放|收到)|不到账|少给")
_REBATE = re.compile(r"返利|返现|返点|赠送|奖励|红包")
_CLAUSE = re.compile(r"[。；，,;！？!?\s]+")
_RENTED = re.compile(r"租号|租用|出租|租赁|代租|小时租|租\d|[号机]租")
_TAKEN = re.compile(
    r"找回|收回|号主|原主|原来?的?主人|申诉|被盗|盗号|换绑|改了?密码?|密码[^，。；]{0,5}(?:被?改|修改|换)|绑定[^，。；]{0,5}换|退掉|扣回"
)
_VOUCHER = re.compile(r"^(?!.*(?:卡密|点卡|充值卡|礼品卡|激活码|点券|Q币)).*(?:券|红包)", re.I)
_ACCOUNT = re.compile(r"账号|帐号|账户|小号|成品号|租号|号$")


def say_problem(facts: Facts) -> str:
    """What went wrong in a few words; where a part came or was used, of a part only."""
    if rebate := missing_rebate(facts):
        return f"{name_side(facts)}认为{rebate}没有到账"
    if Answer.PARTLY in (facts.delivered, facts.used) and facts.problem in _IN_PART:
        return _call_goods(_IN_PART[facts.problem], facts)
    if facts.problem is ProblemKind.ACCOUNT_LOST and any(_RENTED.search(one.product) for one in facts.orders):
        return "所租账号在租期内不能使用"
    if facts.problem is ProblemKind.ACCOUNT_LOST and not any(_ACCOUNT.search(one.product) for one in facts.orders):
        return "兑换到的商品后来被收回或停用"
    return _call_goods(PROBLEM_ZH[facts.problem], facts)


def _call_goods(told: str, facts: Facts) -> str:
    """The same of vouchers, where all that was bought are such: nobody calls 奶茶券 a 卡密."""
    of_vouchers = bool(facts.orders) and all(_VOUCHER.search(one.product) for one in facts.orders)
    return told.replace("卡密", "券") if of_vouchers else told


def name_problem(file: CaseFile) -> str:
    """For a letter: that goods are not as agreed is the buyer's view; what a page shows is quoted beside it."""
    facts = file.case.facts
    if facts.problem is not ProblemKind.WRONG_GOODS:
        return say_problem(facts)
    part = "有一部分" if Answer.PARTLY in (facts.delivered, facts.used) else ""
    return f"{name_side(facts)}认为收到的商品{part}与约定不符"


def is_taken_back(facts: Facts) -> bool:
    """Whether somebody took an account back, as the buyer tells it; one that its issuer sealed nobody took."""
    return _TAKEN.search(facts.what_happened) is not None


def missing_rebate(facts: Facts) -> str:
    """The rebate or gift that the buyer says did not come, where he says that of nothing else; "" of any other case."""
    if facts.problem is not ProblemKind.TOPUP_MISSING:
        return ""
    missed = [one for one in _CLAUSE.split(facts.what_happened) if _NOT_CAME.search(one)]
    named = [found[0] for one in missed if (found := _REBATE.search(one))]
    return named[0] if named and len(named) == len(missed) else ""


def shows_problem(facts: Facts) -> tuple[Test, ...]:
    """What an exhibit has to show of what went wrong to mark it."""
    words = shown_words(facts.problem.value)
    return (words_in(words), of_these_goods(facts.orders)) if words else (lambda _text: False,)
