"""What the buyer declares in a complaint: whose trade it is, what for, that it stands, that nobody else has it.

All that he answered is printed: he signs the very sentence beside his story. Only in his own words and only where
nothing of the case says otherwise (总局令第121号 art. 16). Pure.
"""

from __future__ import annotations

from monitor.complaints.facts.step_outcomes import was_taken_up
from monitor.complaints.filing.beside_declared import tell_beside
from monitor.complaints.letters.demands import returned
from monitor.complaints.letters.material import Material
from monitor.complaints.letters.sentences import form
from monitor.complaints.letters.unasked import is_unasked
from monitor.complaints.model import Sentence
from monitor.complaints.routing.exclusions import awaits_decision, said_of_elsewhere
from monitor.complaints.routing.filing_words import find_elsewhere
from storage.case import Answer, Facts

_EXCLUDING = ("p12315", "market_complaint", "consumer_assoc", "pre_mediation", "small_claims", "court")


def tell_declared(material: Material) -> tuple[Sentence, ...]:
    """What art. 16(2) and (3) of 总局令第121号 turn on, as far as the buyer may say it: see `_elsewhere`."""
    what = "所涉服务" if is_unasked(material.facts) else "所购商品"
    living = f"{what}用于生活消费" if material.consumer else ""  # not where his own story tells of a resale
    told = "；".join(one for one in (_own(material.facts), living, _open(material), _elsewhere(material)) if one)
    if told:
        material.note(f"声明中写有“{told}”，请核对属实再签名")
        for one in tell_beside(material.facts):
            material.note(one)
    return (form(told),) if told else ()


def _own(facts: Facts) -> str:
    """That it was his own trade, or his ward's, as he answered."""
    if facts.own_trade is not Answer.YES:
        return ""
    who = "购买人" if facts.minor else "本人"
    return f"上述款项从{who}的账户扣付" if is_unasked(facts) else f"上述交易由{who}进行并付款"


def _open(material: Material) -> str:
    """That no money came back and nothing was made good, each as he answered; nothing of what came back in part."""
    facts, told = material.facts, list[str]()
    if facts.money_back is Answer.NO and not returned(material.file.steps):
        told.append("至今没有收到卖家、支付机构等的任何退款、赔付")
    if facts.still_open is Answer.YES:
        told.append("争议没有解决" if is_unasked(facts) else "对方没有换好、补好，双方没有和解")
    return "，".join(told)


def _elsewhere(material: Material) -> str:
    """The declaration in the words of 总局令第121号 art. 16(2); "" where a step says otherwise or none declared it."""
    told = "同一争议未被法院、仲裁机构、市场监督管理部门、其他行政机关或者消费者协会受理或者处理过"
    taken = any(
        step.channel in _EXCLUDING and (was_taken_up(step) or awaits_decision(step, material.today))
        for step in material.file.steps
    )
    if taken or find_elsewhere(material.facts):
        material.note(
            "案件记录或经过描述中有12315、消协、仲裁、法院或调解的处理：同一争议已在其他机构处理的，本渠道不予受理，请先核对"
        )
        return ""
    if said_of_elsewhere(material.file) is not Answer.NO:
        material.note(
            "没有写“同一争议未被其他机构受理或者处理过”：要由您本人声明（case set 案件 elsewhere=没有），渠道会要求写"
        )
        return ""
    if any(step.channel == "police" and step.accepted_at is not None for step in material.file.steps):
        told = told.replace("其他行政机关或者", "或者").replace("、或者", "或者")
        material.note("已向公安机关报案并被受理：声明中没有写“未被其他行政机关处理”")
    return told
