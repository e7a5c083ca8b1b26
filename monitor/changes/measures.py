"""Compares what can be measured in two wordings of a clause, and says which way the buyer is moved.

A duration is a window for the buyer, a warranty, a validity, or a time the seller gives himself: longer is better for the
first three and worse for the last. Money, shares, counts, service hours and contacts likewise. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from monitor.changes.entities import ENDLESS, Entity, EntityKind
from monitor.changes.signals import find_signals
from monitor.changes.units import Unit
from storage.model import Effect, Severity

UnitPair = tuple[Unit | None, Unit | None]


@dataclass(frozen=True)
class Finding:
    """One thing that changed for the buyer. `words` are the decisive words, before and after, for the reason."""

    kinds: tuple[str, ...]
    effect: Effect
    severity: Severity
    topic: str
    before: str = ""
    after: str = ""
    verb: str = ""


@dataclass(frozen=True)
class Topic:
    """What a measure is about. `up` is the effect for the buyer when it grows."""

    name: str
    zh: str
    up: Effect
    worse: tuple[str, ...]
    better: tuple[str, ...]


WARRANTY = Topic("warranty", "质保期", Effect.BETTER, ("warranty_cut",), ("warranty_extended",))
VALIDITY = Topic("validity", "有效期", Effect.BETTER, ("validity_cut",), ("validity_extended",))
WINDOW = Topic("window", "售后期限", Effect.BETTER, ("window_shortened",), ("window_extended",))
DUTY = Topic("duty", "处理或到账时间", Effect.WORSE, ("delivery_slower",), ("delivery_faster",))
WAIT = Topic("wait", "等待时间", Effect.WORSE, ("delivery_slower",), ("delivery_faster",))
NOTICE = Topic("notice", "提前通知的时间", Effect.BETTER, ("unilateral_power_added",), ("unilateral_power_removed",))
PENALTY = Topic("penalty", "冻结或封禁的时间", Effect.WORSE, ("unilateral_power_added",), ("unilateral_power_removed",))
SERVICE_TIME = Topic("spec time", "使用时长", Effect.BETTER, ("spec_reduced",), ("spec_improved",))
PRICE = Topic("price", "价格", Effect.WORSE, ("price_raised",), ("price_lowered",))
FEE = Topic("fee", "费用", Effect.WORSE, ("fee_added",), ("fee_removed",))
THRESHOLD = Topic("threshold", "门槛", Effect.WORSE, ("burden_added", "quota_cut"), ("quota_raised",))
CAP = Topic("cap", "上限", Effect.BETTER, ("quota_cut",), ("quota_raised",))
REPLACEMENTS = Topic("replacements", "换货次数", Effect.BETTER, ("replacement_cut",), ("replacement_improved",))
REFUND_SHARE = Topic("refund share", "退赔的金额或比例", Effect.BETTER, ("refund_narrowed",), ("refund_widened",))
SPEC = Topic("spec", "规格", Effect.BETTER, ("spec_reduced",), ("spec_improved",))
SHARERS = Topic("sharers", "共用人数", Effect.WORSE, ("spec_reduced",), ("spec_improved",))
TIER = Topic("tier", "批发起订量", Effect.WORSE, ("price_raised",), ("price_lowered",))
PENALTY_SUM = Topic("penalty sum", "买家要付的违约金或赔偿", Effect.WORSE, ("liability_shifted",), ("liability_assumed",))
OPEN_HOURS = Topic("open hours", "客服时间", Effect.BETTER, ("channel_removed", "contact_changed"), ("channel_added",))

_SETTLEMENT = re.compile(r"结算|货款到账|商户提现|供货商提现")
_AFTER_ACT = re.compile(r"(?:核实|确认|审核|受理|通过|申请|反馈|提交|联系|投诉|登记|报障|报修|收到[^,。;]{0,6}(?:申请|反馈|工单|投诉|材料|凭证))(?:后|之日起|起|无误)")
_SELLER_ACTS = re.compile(
    r"到账|发货|发出|发卡|送达|开通|处理|回复|答复|核查|审核|开出|退到|退至|退回|退还|打款|响应|解决|恢复|修复|补货|安排|办结|给出|核实|返还|上架|补齐|完成"
)
_BUYER_ACTS = re.compile(
    r"申请|提出|提交|反馈|联系|投诉|验证|核对|测试|检查|验货|验收|可退|可换|包换|包退|包补|期限|时效|逾期|(?<!不)超过|超时|过期|未反馈|售后|申诉|报告|登记|取消|撤单|告知|确认收货"
)
_BUYER_WINDOW = re.compile(r"退|换|补|保")
_SELLER_DUTY = re.compile(r"(?:客服|平台|本站|本店|卖家|商家|店长|工作人员|系统|商户|我们)[^,。;]{0,6}(?:应当?|须|必须|会|将|承诺|保证|在)[^,。;]{0,4}$")
_WAITING = re.compile(r"满$|等待|等候|冷静期|后方可|后才|后可以?(?:申请|提现|退|取)|方可")
_ADVANCE = re.compile(r"提前|公示期|预告")
_FROZEN = re.compile(r"冻结|封禁|封号|停用|禁用|禁言|限制登录|扣留")
_ADVICE = re.compile(r"建议|推荐|最好|尽量")
_RUNNING = re.compile(r"会员|套餐|时长|卡(?!密)|试用")
_EVENTS = (
    (1, re.compile(r"(?:购买|付款|下单|支付|拍下|成交)(?:成功)?(?:之日|之时|当日|当天|日|时)?(?:起|后|算|开始)")),
    (2, re.compile(r"(?:发货|发送|发出|售出|到账|发卡|出库|交付|开通)(?:成功)?(?:之日|之时|当日|当天|日|时)?(?:起|后|算|开始)")),
    (3, re.compile(r"(?:收货|收到[^,。;]{0,4}|收卡|取卡|提取|查看|领取|到手)(?:之日|之时|当日|当天|日|时)?(?:起|后|算|开始)")),
    (4, re.compile(r"(?:激活|使用|首次登录|登录|绑定|兑换)(?:成功)?(?:之日|之时|当日|当天|日|时)?(?:起|后|算|开始)")),
)
_DATE_PARTS = re.compile(r"(?:(\d{4})\s?[-/.年]\s?)?(\d{1,2})\s?[-/.月]\s?(\d{1,2})")


def compare_measures(pairs: Sequence[UnitPair], *, priced: bool) -> list[Finding]:
    """What the entities of paired units say. `priced` when a bare sum of money is a price (product pages)."""
    findings: list[Finding] = []
    loose: tuple[list[tuple[Entity, Unit]], list[tuple[Entity, Unit]]] = ([], [])
    for old, new in pairs:
        old_left = [(entity, old) for entity in old.entities] if old else []
        new_left = [(entity, new) for entity in new.entities] if new else []
        if old and new:
            _pair_in_unit(old_left, new_left, findings, priced)
            findings.extend(_compare_starts(old, new))
        loose[0].extend(old_left)
        loose[1].extend(new_left)
    _pair_in_unit(loose[0], loose[1], findings, priced, same_topic=True)
    findings.extend(_judge_lone(entity, unit, pairs, gained=False, priced=priced) for entity, unit in loose[0])
    findings.extend(_judge_lone(entity, unit, pairs, gained=True, priced=priced) for entity, unit in loose[1])
    return [finding for finding in findings if finding.kinds]


_NOTHING = Finding((), Effect.NEUTRAL, Severity.NONE, "")
_COMPARED = (EntityKind.DURATION, EntityKind.MONEY, EntityKind.SHARE, EntityKind.DISCOUNT, EntityKind.COUNT, EntityKind.HOURS, EntityKind.DATE)


def _pair_in_unit(
    old_left: list[tuple[Entity, Unit]],
    new_left: list[tuple[Entity, Unit]],
    findings: list[Finding],
    priced: bool,
    *,
    same_topic: bool = False,
) -> None:
    """Pair entities of one kind in their order, equal ones first; what is paired is taken from both lists."""
    for equal in (True, False):
        for old in list(old_left):
            for new in new_left:
                if old[0].kind is not new[0].kind or old[0].kind not in _COMPARED:
                    continue
                if old[0].kind is EntityKind.COUNT and old[0].unit != new[0].unit:
                    continue
                if equal != same_value(old[0], new[0]):
                    continue
                if same_topic and not equal and name_topic(*old, priced) != name_topic(*new, priced):
                    continue
                old_left.remove(old)
                new_left.remove(new)
                if not equal:
                    findings.append(_judge_pair(old, new, priced))
                break


def same_value(old: Entity, new: Entity) -> bool:
    """Whether both measure the same: 三天 and 72小时, 一个月 and 30天 (within 2 % when counted in other units)."""
    if old.kind is EntityKind.DATE:
        return _DATE_PARTS.findall(old.text) == _DATE_PARTS.findall(new.text)
    if old.value == new.value:
        return True
    if old.kind is not EntityKind.DURATION or old.unit == new.unit:
        return False
    return abs(old.value - new.value) <= max(old.value, new.value) * Decimal("0.02")


def name_topic(entity: Entity, unit: Unit, priced: bool) -> Topic | None:
    """What an entity is about, from its unit and then from its sentence."""
    if entity.kind is EntityKind.DURATION:
        return _duration_topic(entity, unit)
    if entity.kind is EntityKind.HOURS:
        return OPEN_HOURS
    if entity.kind is EntityKind.COUNT:
        return _count_topic(entity, unit)
    if entity.kind is EntityKind.DISCOUNT:
        return FEE if re.search(r"手续费|费率", unit.plain) else PRICE
    if entity.kind in (EntityKind.MONEY, EntityKind.SHARE):
        return _money_topic(entity, unit, priced)
    return None


def _duration_topic(entity: Entity, unit: Unit) -> Topic | None:
    text, sentence = unit.plain, unit.sentence
    head = text[: entity.start]
    if _SETTLEMENT.search(text) or _ADVICE.search(text):
        return None
    if re.search(r"质保|保修|保障期|质量保证|保质期|包掉|包赔|包找回|保\d|保用", text):
        return WARRANTY
    if re.search(r"有效|使用期|到期|激活期限|兑换期限|保留|留存|保存", text) and not re.search(r"售后有效|反馈有效", text):
        return VALIDITY
    if _ADVANCE.search(head[-6:]) or re.search(r"公示期|公告期", text):
        return NOTICE
    if _FROZEN.search(text):
        return PENALTY
    if _WAITING.search(head[-4:]) or re.search(r"^\s?(?:后方可|后才|之后才)", text[entity.end : entity.end + 6]):
        return WAIT
    if re.match(r"\s?(?:以?内)?(?:仍|还)?(?:未|没有?|不)能?(?:处理|回复|发货|到账|解决|答复|响应|补发|退|完成)", text[entity.end :]):
        return DUTY
    if _SELLER_DUTY.search(head) or (re.search(r"最迟|最长|最晚|最快|一般", head) and _SELLER_ACTS.search(sentence)):
        return DUTY
    for scope in (text, sentence):
        if _AFTER_ACT.search(scope[: scope.find(entity.text) + 1 or None]) and _SELLER_ACTS.search(scope + "处理"):
            return DUTY
        if _BUYER_ACTS.search(scope) and not re.search(r"(?:客服|平台|本站|本店|卖家|商家|工作人员|商户)[^,。;]{0,10}内[^,。;]{0,6}(?:回复|处理|答复|解决|核查|响应|受理|审核|退)|工单[^,。;]{0,4}内[^,。;]{0,4}(?:回复|处理|答复|响应)|退款[^,。;]{0,10}到账", scope):
            return WINDOW
        if _SELLER_ACTS.search(scope):
            return DUTY
        if _BUYER_WINDOW.search(scope):
            return WINDOW
    return SERVICE_TIME if _RUNNING.search(text) else WINDOW


def _count_topic(entity: Entity, unit: Unit) -> Topic | None:
    text = unit.plain
    head, tail = text[: entity.start], text[entity.end :]
    if entity.unit in ("人车", "人团") or (entity.unit in ("人", "位") and re.search(r"共用|拼|合租|共享|车", text)):
        return SHARERS
    if "一赔" in head or "一罚" in head:
        return REFUND_SHARE
    if entity.unit == "倍" and re.search(r"赔偿|违约|罚|流水", text):
        return THRESHOLD if "流水" in text else (PENALTY_SUM if re.search(r"恶意|买家|用户|违规", unit.sentence) else REFUND_SHARE)
    if re.search(r"至少|最少|最低|不少于|不低于|满|达到", head[-6:]) or re.match(r"\s?(?:起[购订批拍售发]?|及?以上)", tail):
        return TIER if re.search(r"每[件张个份]|单价|折|优惠|批发|元", unit.sentence) else THRESHOLD
    if re.search(r"限|最多|至多|不超过|仅可|只能|上限|可[换补退领用提]|[换补]", head[-8:]) or re.match(r"[^,。;]{0,4}(?:[换补]|封顶|为限)", tail):
        return REPLACEMENTS if re.search(r"换|补", text) else CAP
    if entity.unit in ("星", "笔", "单"):
        return None
    return SPEC


def _money_topic(entity: Entity, unit: Unit, priced: bool) -> Topic | None:
    text = unit.plain
    head, tail = text[max(0, entity.start - 12) : entity.start], text[entity.end : entity.end + 8]
    near = head + "_" + tail
    if re.search(r"违约金|罚款|滞纳金|解冻", text) or (re.search(r"赔", near) and re.search(r"恶意|买家(?:须|应|需)|违规", unit.sentence)):
        return PENALTY_SUM
    if entity.kind is EntityKind.SHARE and (re.search(r"超过|达到|高于|大于|满$", head) or tail.startswith("以上")) and "费" not in text:
        return THRESHOLD
    if re.search(r"手续费|服务费|工本费|通道费|费率|税|押金|保证金|管理费|加急费|扣除?|运费|另付|收取|抽成|佣金", near):
        return FEE
    if re.search(r"上限|最高|最多|至多|不超过|限额|封顶", near):
        return REFUND_SHARE if re.search(r"退|赔|补", text) else CAP
    if re.search(r"最低|满|不低于|不少于|门槛|至少|达到|起[提充订付购送]", near):
        return TIER if re.search(r"折|优惠|减", tail) else THRESHOLD
    if re.search(r"退|赔|补偿|返", near):
        return REFUND_SHARE
    if re.search(r"面值|面额|额度|送|赠|得", head):
        return SPEC
    if entity.kind is EntityKind.SHARE:
        return None
    return PRICE if priced or re.search(r"价|售|元[/每]|每[张个件份月]|仅需|原价|现价", text) else PRICE


def _judge_pair(old: tuple[Entity, Unit], new: tuple[Entity, Unit], priced: bool) -> Finding:
    if old[0].kind is EntityKind.DATE:
        return _judge_dates(old, new)
    topic = name_topic(*new, priced) or name_topic(*old, priced)
    if topic is None:
        return _NOTHING
    grown = new[0].value > old[0].value
    effect = topic.up if grown else (Effect.WORSE if topic.up is Effect.BETTER else Effect.BETTER)
    severity = _weigh(topic, old[0].value, new[0].value) if effect is Effect.WORSE else Severity.NONE
    kinds = topic.worse if effect is Effect.WORSE else topic.better
    return Finding(kinds, effect, severity, _call(topic, new[1]), old[0].text, new[0].text, _verb(topic, grown))


def _verb(topic: Topic, grown: bool) -> str:
    if topic in (WARRANTY, VALIDITY, WINDOW, DUTY, WAIT, NOTICE, PENALTY, SERVICE_TIME, OPEN_HOURS):
        return "延长为" if grown else "缩短为"
    return "提高到" if grown else "降低到"


def _call(topic: Topic, unit: Unit) -> str:
    """The topic in the words of the page, as far as it says them."""
    if topic is not WINDOW:
        return topic.zh
    for word, name in (("投诉", "投诉期限"), ("补发", "补发期"), ("补", "补换期限"), ("换", "换货期限"), ("退", "退款期限"), ("反馈", "反馈期限"), ("验", "验收期限")):
        if word in unit.plain:
            return name
    return topic.zh


def _weigh(topic: Topic, old: Decimal, new: Decimal) -> Severity:
    """How bad: by what share of the old value is left, or by how much a cost has grown."""
    if topic is OPEN_HOURS:
        return Severity.LOW if new * 2 >= old else Severity.MEDIUM
    if topic in (DUTY, WAIT):
        return Severity.LOW if old and new <= old * Decimal("1.5") else Severity.MEDIUM
    if topic in (FEE, PRICE, TIER):
        if old and new <= old * Decimal("1.1"):
            return Severity.LOW
        return Severity.HIGH if old and new >= old * 3 else Severity.MEDIUM
    if topic in (THRESHOLD, CAP, SPEC, SHARERS, REPLACEMENTS, NOTICE, PENALTY, SERVICE_TIME):
        return Severity.MEDIUM
    if old == ENDLESS:
        return Severity.HIGH
    left = new / old if old else Decimal(1)
    if left >= Decimal("0.9"):
        return Severity.LOW
    bound = left <= Decimal("0.5") if topic is not WINDOW else left < Decimal("0.5")
    return Severity.HIGH if bound or topic is REFUND_SHARE else Severity.MEDIUM


def _judge_lone(entity: Entity, unit: Unit, pairs: Sequence[UnitPair], *, gained: bool, priced: bool) -> Finding:
    """A measure that stands on one side only: a limit that is new, or a promise that lost its time."""
    topic = name_topic(entity, unit, priced) if entity.kind in _COMPARED else None
    if topic is None:
        return _NOTHING
    reworded = any((new if gained else old) is unit and old and new for old, new in pairs)
    before, after = ("", entity.text) if gained else (entity.text, "")
    if topic is WINDOW and entity.value != ENDLESS:
        strict = re.search(r"逾期|超过|超时|须在|必须在|应在|应当在|限|仅|过期|未[^,。;]{1,8}视为|不再受理", unit.sentence) is not None
        if gained and any(new is unit and old and _grants(new) - _grants(old) for old, new in pairs):
            return _NOTHING  # a right that is new brings its limit with it
        if gained and (reworded or strict):
            return Finding(WINDOW.worse, Effect.WORSE, Severity.MEDIUM if not reworded else Severity.HIGH, WINDOW.zh, before, after)
        if not gained and reworded:
            return Finding(WINDOW.better, Effect.BETTER, Severity.NONE, WINDOW.zh, before, after)
        return _NOTHING
    if topic is WINDOW and reworded:
        return Finding(WINDOW.better if gained else WINDOW.worse, Effect.BETTER if gained else Effect.WORSE, Severity.NONE if gained else Severity.HIGH, WINDOW.zh, before, after)
    if topic in (DUTY, NOTICE):
        good = topic.better if gained else topic.worse
        return Finding(good, Effect.BETTER if gained else Effect.WORSE, Severity.NONE if gained else Severity.MEDIUM, topic.zh, before, after)
    if topic in (WARRANTY, VALIDITY) and reworded:
        endless = entity.value == ENDLESS
        worse = gained != endless if topic is VALIDITY else (not gained)
        return Finding(topic.worse if worse else topic.better, Effect.WORSE if worse else Effect.BETTER, Severity.HIGH if worse else Severity.NONE, topic.zh, before, after)
    if topic in (FEE, PENALTY_SUM, THRESHOLD, WAIT):
        return Finding(topic.worse if gained else topic.better, Effect.WORSE if gained else Effect.BETTER, Severity.MEDIUM if gained else Severity.NONE, topic.zh, before, after)
    if topic is REFUND_SHARE and entity.kind is EntityKind.COUNT and reworded:
        return Finding(topic.better if gained else topic.worse, Effect.BETTER if gained else Effect.WORSE, Severity.NONE if gained else Severity.HIGH, topic.zh, before, after)
    if topic in (CAP, REPLACEMENTS):
        return Finding(topic.worse if gained else topic.better, Effect.WORSE if gained else Effect.BETTER, Severity.MEDIUM if gained else Severity.NONE, topic.zh, before, after)
    whole = any(old and re.search(r"全额|全部|全款", old.plain) for old, _new in pairs)
    if topic is REFUND_SHARE and entity.kind is EntityKind.SHARE and entity.value < 100 and (reworded or whole):
        severity = _weigh_share(entity.value) if gained else Severity.NONE
        return Finding(topic.worse if gained else topic.better, Effect.WORSE if gained else Effect.BETTER, severity, topic.zh, before, after)
    return _NOTHING


def _weigh_share(share: Decimal) -> Severity:
    if share >= 95:
        return Severity.LOW
    return Severity.MEDIUM if share >= 80 else Severity.HIGH


def _grants(unit: Unit) -> frozenset[str]:
    return frozenset(signal.id for signal in find_signals(unit.plain, unit.sentence) if signal.good)


def _compare_starts(old: Unit, new: Unit) -> list[Finding]:
    """From when a time runs: 自激活起 → 自购买起 takes away what lies between."""
    ranks = [next((rank for rank, pattern in _EVENTS if pattern.search(unit.plain)), 0) for unit in (old, new)]
    if not all(ranks) or ranks[0] == ranks[1]:
        return []
    scope = new.plain + new.sentence
    if re.search(r"质保|保修", scope):
        topic = WARRANTY
    elif re.search(r"有效", scope):
        topic = VALIDITY
    elif _BUYER_ACTS.search(scope) or _BUYER_WINDOW.search(scope):
        topic = WINDOW
    else:
        return []
    worse = ranks[1] < ranks[0]
    kinds = topic.worse if worse else topic.better
    severity = Severity.MEDIUM if worse else Severity.NONE
    return [Finding(kinds, Effect.WORSE if worse else Effect.BETTER, severity, f"{topic.zh}的起算点", old.plain, new.plain)]


def _judge_dates(old: tuple[Entity, Unit], new: tuple[Entity, Unit]) -> Finding:
    scope = old[1].plain + new[1].plain
    if not re.search(r"有效|截止|到期|使用期|前使用|前激活|前兑换|止", scope):
        return _NOTHING
    parts = [_DATE_PARTS.search(entity.text) for entity in (old[0], new[0])]
    if parts[0] is None or parts[1] is None:
        return _NOTHING
    days = [tuple(int(part or 0) for part in match.groups()) for match in parts if match]
    worse = days[1] < days[0]
    kinds = VALIDITY.worse if worse else VALIDITY.better
    return Finding(kinds, Effect.WORSE if worse else Effect.BETTER, Severity.MEDIUM if worse else Severity.NONE, VALIDITY.zh, old[0].text, new[0].text)
