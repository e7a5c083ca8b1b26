"""Whether a claim fits 小额诉讼: a formula over the province's average wage, no fixed sum (民事诉讼法 arts. 165, 166).

Takes the facts and the wages that the user set, gives the answer with its figures; without a wage it says which figure
is needed and where it is published. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from monitor.complaints.model import Missing
from monitor.complaints.routing.channels import in_force
from monitor.config.complaints import ComplaintSettings
from monitor.operators.addresses import find_division_in
from monitor.operators.divisions import find_division
from storage.case import DemandKind, Facts

_ARTICLES = ("msf-165", "msfjs-272")
OF_MONEY = (DemandKind.REFUND, DemandKind.RELEASE, DemandKind.DAMAGES, DemandKind.FRAUD)
"""The demands that are for a sum of money."""
_NO_MONEY = {
    DemandKind.INVALID_CLAUSE: "确认条款无效",
    DemandKind.REPLACE: "换货",
    DemandKind.DELIVER: "交付",
}


class Fit(StrEnum):
    """Whether small claims fits by amount and kind."""

    YES = "yes"
    BY_AGREEMENT = "by_agreement"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class SmallClaims:
    """The answer. `limit` is half the wage, `upper` twice the wage, in yuan; None while the wage is not known."""

    fit: Fit
    sentence: str
    claimed: Decimal | None = None
    limit: Decimal | None = None
    upper: Decimal | None = None
    basis: str = ""
    missing: tuple[Missing, ...] = ()


def judge_small_claims(facts: Facts, settings: ComplaintSettings, today: date) -> SmallClaims:
    """Judge a claim by the formula: up to half the wage, by agreement up to twice the wage."""
    claimed = sum_claimed(facts)
    odd = tell_no_money(facts)
    if odd and not any(demand.kind in OF_MONEY for demand in facts.demands):
        told = f"请求只有“{odd}”，不是单纯的金钱给付，不适用小额诉讼；走普通或简易程序"
        return SmallClaims(Fit.NO, told, claimed)
    code, name = find_province(facts)
    if not code:
        missing = Missing(
            "home",
            "您所在的省份",
            "小额诉讼的限额按受诉法院所在省份的工资计算",
            "填写省市区（case set 案件 home=省市区）",
            in_force(_ARTICLES, today),
        )
        return SmallClaims(Fit.UNKNOWN, "不知道您在哪个省，算不出小额诉讼的限额", claimed, missing=(missing,))
    wage = settings.wages.get(code)
    if wage is None:
        missing = Missing(
            f"wages.{code}",
            f"{name}上年度就业人员年平均工资（{today.year - 1}年；尚未公布的，用已公布的最近年度）",
            "小额诉讼限额是该数字的百分之五十，不是固定金额；本工具不代填没有来源的数字",
            f'查{name}统计局公布的数字，写入配置 [complaints.wages."{code}"]：year、yuan、source',
            in_force(_ARTICLES, today),
        )
        told = f"没有填写{name}的年平均工资，算不出小额诉讼的限额"
        return SmallClaims(Fit.UNKNOWN, told, claimed, missing=(missing,))
    limit, upper = wage.yuan / 2, wage.yuan * 2
    told = f"{name}{wage.year}年就业人员年平均工资{wage.yuan}元（{wage.source}）"
    basis = f"{told}，百分之五十为{limit:.2f}元，二倍为{upper}元"
    if wage.year < today.year - 1:
        basis += f"；{today.year - 1}年的数字若已公布，应改用新的"
    if claimed is None:
        return SmallClaims(Fit.UNKNOWN, "请求的金额还没有算出", None, limit, upper, basis)
    if claimed <= limit:
        return SmallClaims(Fit.YES, f"标的{claimed}元，在小额诉讼限额以下", claimed, limit, upper, basis)
    if claimed <= upper:
        told = f"标的{claimed}元，超过限额但在年平均工资二倍以下，双方都同意才适用小额诉讼"
        return SmallClaims(Fit.BY_AGREEMENT, told, claimed, limit, upper, basis)
    return SmallClaims(Fit.NO, f"标的{claimed}元，超过年平均工资的二倍，不适用小额诉讼", claimed, limit, upper, basis)


def sum_claimed(facts: Facts) -> Decimal | None:
    """What is claimed in money: the sum of the demands for money, costs apart; else what was paid; None: not known."""
    amounts = [one.amount for one in facts.demands if one.kind in OF_MONEY and one.amount is not None]
    if amounts:
        return sum(amounts, Decimal(0))
    return facts.paid


def tell_no_money(facts: Facts) -> str:
    """The demands that are not for money, in Chinese; "" where there are none."""
    return "、".join(dict.fromkeys(_NO_MONEY[one.kind] for one in facts.demands if one.kind in _NO_MONEY))


def find_province(facts: Facts) -> tuple[str, str]:
    """Division code and name of the buyer's province, by `home` or his address; ("", "") where neither names one."""
    for text in (facts.home, facts.buyer.address):
        division = find_division_in(text).division if text.strip() else None
        if division is not None and division.code[:2] != "00":
            code = division.code[:2] + "0000"
            province = find_division(code).division
            return code, province.name if province else division.province
    return "", ""
