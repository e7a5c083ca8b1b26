"""Compares what can be measured in two wordings of a clause, and says which way the buyer is moved.

Takes paired units, gives findings on durations, money, shares, counts, service hours, dates and starts. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from monitor.changes.entities import ENDLESS, Entity
from monitor.changes.entity_patterns import EntityKind
from monitor.changes.signals import find_signals
from monitor.changes.topics import Topic, call_topic, find_topic, load_topics, topic_verb
from monitor.changes.units import Unit
from storage.model import Effect, Severity

UnitPair = tuple[Unit | None, Unit | None]
_Placed = tuple[Entity, Unit]


@dataclass(frozen=True)
class Finding:
    """One thing that changed for the buyer. `before` and `after` are the decisive words, `verb` joins two measures.

    An `exact` one rests on the same words with another party in them, or on a measure that is called by its name: it
    needs no second opinion.
    """

    kinds: tuple[str, ...]
    effect: Effect
    severity: Severity
    topic: str
    before: str = ""
    after: str = ""
    verb: str = ""
    exact: bool = False


_COMPARED = frozenset(
    {
        EntityKind.DURATION,
        EntityKind.MONEY,
        EntityKind.SHARE,
        EntityKind.DISCOUNT,
        EntityKind.COUNT,
        EntityKind.HOURS,
        EntityKind.DATE,
        EntityKind.CLOCK,
    }
)
_AT_HIS_COST = frozenset({"duty", "wait"})
_CALLED_BY_NAME = frozenset(
    {"penalty_sum", "notice", "penalty", "lead", "data_kept", "price_off", "sharers", "tier"}
    | {"deduction", "extra_share"}
)
_NEVER_ONE = {"duty", "validity"}
_APART = frozenset({"notice", "penalty", "period"})
_DENIED_AFTER = re.compile(r"不(?:予|再|能|可|支持)?([退换补])")
_ACTS = {
    "退": ("refund_narrowed", "refund_widened"),
    "换": ("replacement_cut", "replacement_improved"),
    "补": ("replacement_cut", "replacement_improved"),
}
_DEEMED = re.compile(r"视为|算(?:作|是)?|默认|自动")
_AT_ONCE = re.compile(r"即视?为|当即|立即视为")
_OFFICE = re.compile(r"工作时间|工作日|上班时间|白天|不定时|有空")
_STRICT = re.compile(r"逾期|超过|超时|须在|必须在|应在|应当在|限|仅|过期|未[^,。;]{1,8}视为|不再受理")
_NAMED = re.compile(r"(?:反馈|售后|退款|退货|换货|申请|投诉|验收)[^,。;]{0,2}(?:时间|期限|时限)")
_LIMIT = re.compile(r"限|最多|至多|不超过|仅|只")
_WARRANTY = re.compile(r"质保|保修|包赔|包换|包补")
_REFUSALS = frozenset({"refund_denied", "refund_denied_if", "claim_refused", "claim_refused_if", "liability_refused"})
_ANY_TIME = re.compile(
    r"(?<!不)随时(?:都|可以?|能|来)*(?:说|退|换|取消|申请|找|联系|反馈|提|报|撤|售后)|任何时候|何时都|不限时间|任[意何]一[天日]|(?:随便|不管|不论)?(?:哪天|几时|什么时候|何时)[^,。;]{0,8}都(?:行|可以?|算|成|能|给|认)"
)
_CALENDAR = re.compile(r"([本当今][日天周月年])(?:之?内|以内|底前)")
_CALENDAR_HOURS = {"日": 24, "天": 24, "周": 168, "月": 730, "年": 8760}
_WHOLE = re.compile(r"全额|全部|全款")
_DAY = (
    r"(?:成功|完成)?的?(?:之日|之时|那天|那日|那一?刻|当日|当天|当时|次日|第二天|日|时)?"
    r"(?:零时|零点|凌晨)?(?:起|后|算|开始|计)"
)
_EVENTS = tuple(
    (rank, re.compile(rf"(?:{words})[^,。;]{{0,9}}?{_DAY}"))
    for rank, words in (
        (1, "上架|发放|发行|生成|订单(?:生成|成立|提交)|(?:创建|提交)订单|购买|付款|下单|支付|拍下|成交|交钱|打款"),
        (2, "发货|发送|发出|出[码卡号]|售出|到账|发卡|出库|交付|开通"),
        (
            3,
            "(?:客服|店主|店家|人工|老板|商家|卖家)(?:上线|上班|在线|回复|接单|受理|响应)|上线|收货|收到[^,。;]{0,4}|收卡|取卡|领取|领到|提取|查看|领取|扫码|安装|到手|打开|点开|看到|看见|签收|刮开|揭开|复制",
        ),
        (
            4,
            "联网|连上|连接|接入|入网|落地|入境|激活|使用(?!期|时间|时限|说明|须知|方法|年限)|首次登录|首登|首次开机|开机|登录|换绑|改绑|过户|交接|交割|验收|绑定|兑换|第一次用|开始用|启用|首次用",
        ),
    )
)
_STARTS = re.compile("起算|开始(?:计|算)|算起|起计|计时|计算|之日起|时起|后起|日起")
_RUNS = (
    ("warranty", re.compile("质保|保修")),
    ("validity", re.compile("有效|天数|流量包?|时长|(?:天|日|月|年)(?:之?内)?(?:可|能)[用兑]")),
    (
        "window",
        re.compile(
            "申请|提出|提交|反馈|联系|投诉|验|期限|时效|逾期|售后|退|(?<!兑)换|补|保|报|算数|受理|赔|管|(?:告诉|告知|通知|知会|私信|留言给?|找)(?:我们?|本店|店[主家]|客服|卖家|商家|小编|团长)"
        ),
    ),
    ("validity", re.compile("计时|计费|算时间|走时间|版|会员|时长|套餐|订阅|使用期")),
    ("window", re.compile("起算|开始算|起计|算起|计算")),
)
_DATE_PARTS = re.compile(r"(?:(\d{4})\s?[-/.年]\s?)?(\d{1,2})\s?[-/.月](?:\s?(\d{1,2}))?|(\d{4})\s?年(?!\s?\d)")
_CLAIM = re.compile(r"退(?!出|后|步)|(?<!兑)换(?!绑|算)|补(?!充|贴|税|偿|差)")
_UNCHARGED = re.compile(r"(?:不|无需|免)[^,。;]{0,3}(?:扣|收|计)?费|不[扣收]|免费")
_RESUMED = re.compile(r"恢复|再(?:开|续)|解封")
_SUSPENDED = re.compile(r"暂停|停止|停用|限制|中断|封|断")
_BROKEN_WITHIN = re.compile(r"内[^,。;]{0,4}(?:坏|失效|用不了|登不上|无法|打不开|不能用)")
"""A time in which goods must have failed is a warranty, and the time in which to say so."""
_COMPENSATED = re.compile(r"赔(?!率)|补偿")
_INSTANT = re.compile(r"秒[发到出充回退开办批过]|即(?:到|发|时)|立[即刻]|自动发|马上|当场|实时")
_GRANTED = frozenset({"refund_granted", "replacement_granted"})
_OVERDUE = re.compile(r"[还仍]?[没未](?:有)?|超过|满|逾期")
_REFUND_AFTER = re.compile(r"(?<!不)(?<!不予)(?<!不能)退(?!出|后|步)|下车|撤单|取消订单")
"""When a time that is waited for opens the way to the money: 满60天还没发码的可退."""
_DELAYS = re.compile(r"顺延|推迟|延期|恢复发货|恢复营业|发货时间|补货时间|到货")
_ENDS = re.compile(
    r"有效|截止|截至|到期|使用期|最[晚迟后](?![^,。;]{0,6}(?:发|到账|处理|回复|上线|补货))|前[使消]?[用费](?!户)|前(?:未|没)?(?:激活|兑换?完?|核销|花[完掉光]|兑掉|领取|提货)|最迟可?兑|兑换截止|前(?:可|申请|提出|反馈)?[退换补]|前(?:都|均|可用|能用|使用)|止"
)


def compare_measures(pairs: Sequence[UnitPair]) -> list[Finding]:
    """What the entities of paired units say."""
    findings: list[Finding] = []
    loose_old: list[_Placed] = []
    loose_new: list[_Placed] = []
    for old, new in pairs:
        old_left = [(entity, old) for entity in old.entities if entity.kind in _COMPARED] if old else []
        new_left = [(entity, new) for entity in new.entities if entity.kind in _COMPARED] if new else []
        if old and new:
            findings += _pair_places(old_left, new_left)
            findings += _pair_entities(old_left, new_left, same_topic=False)
            findings += _compare_starts(old, new)
        loose_old += old_left
        loose_new += new_left
    went, came = ([pair[side] for pair in pairs if pair[1 - side] is None] for side in (0, 1))
    starts = [[unit for unit in side if unit and _STARTS.search(unit.plain)] for side in (went, came)]
    if len(starts[0]) == len(starts[1]) == 1:  # worded too unlike each other to be paired
        findings += _compare_starts(starts[0][0], starts[1][0])
    findings += _pair_entities(loose_old, loose_new, same_topic=True)
    loose_old, loose_new = _without_echoes(loose_old, pairs, 1), _without_echoes(loose_new, pairs, 0)
    for placed, gained in [*((one, False) for one in loose_old), *((one, True) for one in loose_new)]:
        finding = _judge_lone(*placed, pairs, gained=gained)
        findings += [finding] if finding else []
    return findings


def pair_measures(old: Unit, new: Unit) -> tuple[tuple[EntityKind, bool], ...]:
    """The measures of two units that differ, each with its kind and whether it grew."""
    waiting = list(new.entities)
    found: list[tuple[EntityKind, bool]] = []
    for entity in old.entities:
        other = next((one for one in waiting if _comparable(entity, one)), None)
        if other is None:
            continue
        waiting.remove(other)
        if other.value != entity.value:
            found.append((entity.kind, other.value > entity.value))
    return tuple(found)


def _without_echoes(loose: list[_Placed], pairs: Sequence[UnitPair], side: int) -> list[_Placed]:
    """Measures that the other side says too, be it once less: 1日内(24小时) is 24小时内."""
    said = [entity for pair in pairs if (unit := pair[side]) for entity in unit.entities] if loose else []
    return [one for one in loose if not any(_comparable(one[0], other) and same_value(one[0], other) for other in said)]


def _pair_entities(old_left: list[_Placed], new_left: list[_Placed], *, same_topic: bool) -> list[Finding]:
    """Pair entities of one kind in their order, equal ones first; what is paired is taken from both lists."""
    findings: list[Finding] = []
    topics: dict[int, Topic | None] = {}

    def topic_of(placed: _Placed) -> Topic | None:
        key = id(placed)
        if key not in topics:
            topics[key] = find_topic(*placed)
        return topics[key]

    for equal in (True, False):
        for old in list(old_left):
            for new in new_left:
                if not _comparable(old[0], new[0]) or equal != same_value(old[0], new[0]):
                    continue
                if not equal and not _one_topic(topic_of(old), topic_of(new), strict=same_topic):
                    continue
                old_left.remove(old)
                new_left.remove(new)
                finding = None if equal else _judge_pair(old, new)
                findings += [finding] if finding else []
                break
    return findings


def _one_topic(old: Topic | None, new: Topic | None, *, strict: bool) -> bool:
    """Whether two measures are about one thing: in units that are paired an unnamed or general one may be it."""
    if strict or old == new or old is None or new is None:
        return old == new or not strict
    if {old.id, new.id} == _NEVER_ONE:
        return False  # 当天到账 and 不过期
    return not {old.id, new.id} & _APART


def _pair_places(old_left: list[_Placed], new_left: list[_Placed]) -> list[Finding]:
    """Units that differ in nothing but their measures: each is paired with the one in its place.

    Else 退款7天 换货15天 and 退款15天 换货7天 would be told as equal.
    """
    if not old_left or len(old_left) != len(new_left) or _without_measures(old_left) != _without_measures(new_left):
        return []
    if not all(_comparable(old[0], new[0]) for old, new in zip(old_left, new_left, strict=True)):
        return []
    pairs = list(zip(old_left, new_left, strict=True))
    old_left.clear()
    new_left.clear()
    findings = [_judge_pair(old, new) for old, new in pairs if not same_value(old[0], new[0])]
    return [finding for finding in findings if finding]


def _without_measures(placed: Sequence[_Placed]) -> str:
    parts: list[str] = []
    position = 0
    unit = placed[0][1]
    for entity, _unit in placed:
        parts.append(unit.plain[position : entity.start])
        position = entity.end
    return "\0".join((*parts, unit.plain[position:]))


def _comparable(old: Entity, new: Entity) -> bool:
    if {old.kind, new.kind} == {EntityKind.DISCOUNT, EntityKind.SHARE}:
        return same_value(old, new)  # 九折 is 90%
    if {old.kind, new.kind} == {EntityKind.COUNT, EntityKind.SHARE}:
        return same_value(old, new)  # 两倍 is 200%
    return old.kind is new.kind and (
        # 限购5 and 限购1件 measure one thing
        old.kind is not EntityKind.COUNT or old.unit == new.unit or not (old.unit and new.unit)
    )


def same_value(old: Entity, new: Entity) -> bool:
    """Whether both measure the same: 三天 and 72小时, 一个月 and 30天 (within 2 % when counted in other units)."""
    if old.kind is EntityKind.DATE:
        return _DATE_PARTS.findall(old.text) == _DATE_PARTS.findall(new.text)
    if {old.kind, new.kind} == {EntityKind.COUNT, EntityKind.SHARE}:
        times, share = (old, new) if old.kind is EntityKind.COUNT else (new, old)
        return times.unit == "倍" and times.value * 100 == share.value
    if old.value == new.value:
        return True
    if old.kind is not EntityKind.DURATION or old.unit == new.unit:
        return False
    return abs(old.value - new.value) <= max(old.value, new.value) * Decimal("0.02")


def _judge_pair(old: _Placed, new: _Placed) -> Finding | None:
    if old[0].kind is EntityKind.DATE:
        return _judge_dates(old, new)
    topics = find_topic(*new), find_topic(*old)
    topic = topics[0] or topics[1]
    if topic and topics[1] and topic.id == "window" and topics[1].id in ("warranty", "validity", "duty", "wait"):
        topic = topics[1]  # 有效期一年 → 30日内用完: the new words do not say what the old ones did
    if topic and topics[1] and topic.id == "spec":
        topic = topics[1]  # 满5件才发 → 一件也发
    if topic is None:
        return None
    values = [Decimal(0) if topic.id in _AT_HIS_COST and e.value == ENDLESS else e.value for e in (old[0], new[0])]
    if values[0] == values[1]:
        return None
    if topic.id in _AT_HIS_COST and new[0].text.startswith("不"):
        return None  # 24小时内到 → 不会过期: that is no waiting
    grown = values[1] > values[0]  # 随时可办 is no wait at all
    effect = topic.up if grown else (Effect.WORSE if topic.up is Effect.BETTER else Effect.BETTER)
    severity = weigh_loss(topic, *values) if effect is Effect.WORSE else Severity.NONE
    kinds = topic.kinds(effect)
    if topic.id in ("threshold", "precondition") and (claim := _CLAIM.search(new[1].sentence)):
        kinds = (*kinds, _ACTS[claim.group()][0 if effect is Effect.WORSE else 1])
    if topic.id in _AT_HIS_COST and _REFUND_AFTER.search(new[1].sentence) and _OVERDUE.search(new[1].plain):
        kinds = (*kinds, "refund_narrowed" if effect is Effect.WORSE else "refund_widened")
    kinds = _with_claim(kinds, topic, new[1], worse=effect is Effect.WORSE)
    name = call_topic(topic, new[1])
    verb, exact = topic_verb(topic, grown), topic.id in _CALLED_BY_NAME or (topic.id == "duty" and not values[1])
    return Finding(kinds, effect, severity, name, old[0].text, new[0].text, verb, exact)


def _with_claim(kinds: tuple[str, ...], topic: Topic, unit: Unit, *, worse: bool) -> tuple[str, ...]:
    """The kinds of a measure and of the claim it is about: 赔三倍 is a liability too, 换码每月两次 a replacement."""
    if topic.id == "refund_share" and _COMPENSATED.search(unit.plain):
        return (*kinds, "liability_shifted" if worse else "liability_assumed")
    if topic.id == "warranty" and _BROKEN_WITHIN.search(unit.plain):
        return (*kinds, "window_shortened" if worse else "window_extended")
    if topic.id in ("cap", "period") and (claim := _CLAIM.search(unit.plain)) and claim.group() in "换补":
        return (*kinds, _ACTS[claim.group()][0 if worse else 1])
    return kinds


def weigh_loss(topic: Topic, old: Decimal, new: Decimal) -> Severity:
    """How bad: by what share of the old value is left, or by how much a cost has grown."""
    if topic.id == "open_hours":
        return Severity.LOW if new * 2 >= old else Severity.MEDIUM
    if topic.id in ("duty", "wait"):
        return Severity.LOW if old and new <= old * Decimal("1.5") else Severity.MEDIUM
    if topic.id == "tier":
        return Severity.MEDIUM
    if topic.id in ("fee", "price"):
        if old and new <= old * Decimal("1.1"):
            return Severity.LOW
        return Severity.HIGH if old and new >= old * 3 else Severity.MEDIUM
    if topic.id not in ("window", "warranty", "validity", "refund_share", "penalty_sum"):
        return Severity.MEDIUM
    left = new / old if old else Decimal(1)
    if old == ENDLESS:
        return Severity.HIGH
    if left >= Decimal("0.9") and topic.up is Effect.BETTER:
        return Severity.LOW
    grave = left < Decimal("0.5") if topic.id == "window" else left <= Decimal("0.5")
    return Severity.HIGH if grave or topic.id in ("refund_share", "penalty_sum") else Severity.MEDIUM


def _judge_lone(entity: Entity, unit: Unit, pairs: Sequence[UnitPair], *, gained: bool) -> Finding | None:
    """A measure that stands on one side only: a limit that is new, or a promise that lost its time."""
    topic = find_topic(entity, unit)
    if topic is None:
        return None
    partner = next((old if gained else new for old, new in pairs if (new if gained else old) is unit), None)
    if partner is None and (other := _sole_lone(pairs, 0 if gained else 1)) and _ANY_TIME.search(other.plain):
        partner = other  # 随时说 → 两天内说: too short to be paired
    harm = _lone_harm(topic, entity, unit, partner, pairs, gained=gained)
    if harm is None:
        return None
    effect = Effect.WORSE if harm else Effect.BETTER
    severity = _weigh_lone(topic, entity, partner is not None) if harm else Severity.NONE
    words = ("", entity.text) if gained else (entity.text, "")
    exact = partner is not None and (
        (topic.id == "window" and _ANY_TIME.search(partner.plain) is not None)
        or (topic.id == "price" and entity.kind is EntityKind.DISCOUNT)
        or topic.id == "open_hours"
    )
    kinds = _with_claim(topic.kinds(effect), topic, unit, worse=harm)
    if topic.id == "window" and gained and partner is None and harm and (claim := _CLAIM.search(unit.plain)):
        kinds = (*kinds, _ACTS[claim.group()][0])
    return Finding(kinds, effect, severity, topic.zh, *words, exact=exact)


def _lone_harm(
    topic: Topic, entity: Entity, unit: Unit, partner: Unit | None, pairs: Sequence[UnitPair], *, gained: bool
) -> bool | None:
    """Whether it harms the buyer that this measure came or went; None where that says nothing."""
    endless = entity.value == ENDLESS
    if topic.time and topic.up is Effect.BETTER and not endless and _is_endless(pairs, of_new=not gained):
        return gained  # 90天内被找回的 → 被找回的,不管过了多久
    if partner and topic.time and (calendar := _CALENDAR.search(partner.plain)):
        longer = entity.value > _CALENDAR_HOURS[calendar.group(1)[-1]]  # 本月内有效 → 一年内有效
        return (longer == gained) != (topic.up is Effect.BETTER)
    if partner and topic.id == "window" and _ANY_TIME.search(partner.plain) and not _ANY_TIME.search(unit.plain):
        return gained  # 随时取消 → 十分钟内取消
    if topic.id == "warranty" and partner is None and _had_no_time(pairs, of_new=not gained):
        return not gained
    if topic.id == "window" and gained and partner is None and _was_granted_freely(unit, pairs):
        return True
    if topic.id == "window":
        if endless:
            return (not gained) if partner else None
        if gained and partner is None and _grants(unit) and _denied_before(unit, pairs):
            return None
        if gained and partner and _grants(unit) - _grants(partner):
            return None  # a right that is new brings its limit with it
        if partner and _DEEMED.search(unit.plain) and _DEEMED.search(partner.plain):
            return not gained  # 登录就算收货 → 登录7天后才算收货
        if gained:
            named = _NAMED.search(unit.plain) and any(old and _NAMED.search(old.plain) for old, _new in pairs)
            if partner and _AT_ONCE.search(partner.plain):
                return False  # 登录即视为完成 → 登录后7天无异议视为完成
            return True if partner or named or _STRICT.search(unit.sentence) else None
        return False if partner and not _denies(partner) - _denies(unit) else None
    if topic.id in ("warranty", "validity"):
        if partner is None:
            return None
        return (gained != endless) if topic.id == "validity" else not gained
    if topic.id == "duty" and _is_instant(pairs, of_new=not gained):
        return gained  # 最迟一天 → 付款即到
    if topic.id == "duty" and gained and _opens_late(unit):
        return None  # 超过48小时仍未到账的可以退款, 超出以后暂停，次日恢复: no promise to be quick
    if topic.id in ("duty", "notice"):
        return not gained
    if topic.id == "open_hours" and entity.kind is EntityKind.HOURS and _office_hours(pairs, of_new=not gained):
        return not gained  # 24小时在线 → 工作时间在线
    if topic.id == "open_hours" and entity.kind is EntityKind.DURATION and _names_hours(pairs, of_new=not gained):
        return not gained  # 10:00-22:00 → 24小时
    if topic.id in ("cap", "replacements", "period"):
        return gained if _LIMIT.search(unit.plain) else None  # 可申请一次 grants, 限一次 limits
    if topic.id in ("fee", "penalty_sum", "threshold", "wait", "lead", "precondition"):
        return gained
    if topic.id == "sharers":
        return not gained if partner and _LIMIT.search(unit.plain) else None  # 最多坐四个人 → 一般坐四个人
    if topic.id == "price" and gained and partner and _UNCHARGED.search(partner.plain):
        return None  # 不扣费 → 按半价扣费
    if topic.id == "price" and entity.kind is EntityKind.DISCOUNT and entity.value < 100:
        return not gained if partner else None
    if topic.id == "refund_share" and entity.kind is EntityKind.COUNT and partner:
        return not gained
    if topic.id == "refund_share" and entity.kind is EntityKind.MONEY:
        return gained if _LIMIT.search(unit.plain) else None
    if topic.id == "refund_share" and entity.kind in (EntityKind.DISCOUNT, EntityKind.SHARE) and partner:
        other, own = (partner, unit) if gained else (unit, partner)
        if _denies(other) & _REFUSALS and not _denies(own) & _REFUSALS:
            return not gained  # 不退 → 可退八成
    if topic.id == "refund_share" and entity.kind is EntityKind.DISCOUNT:
        return gained
    if topic.id == "refund_share" and entity.kind is EntityKind.SHARE and entity.value < 100:
        was_whole = any(old and _WHOLE.search(old.plain) for old, _new in pairs)
        return gained if partner or was_whole else None
    return None


def _opens_late(unit: Unit) -> bool:
    """Whether a time says from when the money may be asked back, or until when something stands still."""
    if _OVERDUE.search(unit.plain) and _REFUND_AFTER.search(unit.sentence):
        return True
    return _RESUMED.search(unit.plain) is not None and _SUSPENDED.search(unit.sentence) is not None


def _sole_lone(pairs: Sequence[UnitPair], side: int) -> Unit | None:
    """The only unit of a side that has no counterpart, where the other side has one such too."""
    lone = [[pair[place] for pair in pairs if pair[1 - place] is None] for place in (0, 1)]
    return lone[side][0] if len(lone[0]) == len(lone[1]) == 1 else None


def _is_endless(pairs: Sequence[UnitPair], *, of_new: bool) -> bool:
    """Whether a unit of the other side says nothing but that no time ends it."""
    units = [unit for pair in pairs if (unit := pair[1 if of_new else 0])]
    return any(len(u.entities) == 1 and u.entities[0].text == u.plain and u.entities[0].value == ENDLESS for u in units)


def _had_no_time(pairs: Sequence[UnitPair], *, of_new: bool) -> bool:
    """Whether the other side names a warranty without any time: 质保30天 → 质保首登."""
    lone = [pair[1 if of_new else 0] for pair in pairs if pair[0 if of_new else 1] is None]
    return any(_WARRANTY.search(unit.plain) and not unit.entities and not _denies(unit) for unit in lone if unit)


def _is_instant(pairs: Sequence[UnitPair], *, of_new: bool) -> bool:
    """Whether the other side does at once what this side does in time."""
    units = [unit for pair in pairs if (unit := pair[1 if of_new else 0])]
    return any(_INSTANT.search(unit.plain) and not _denies(unit) for unit in units)


def _was_granted_freely(unit: Unit, pairs: Sequence[UnitPair]) -> bool:
    """Whether the old side granted, at any time, what this unit grants within one: 都能退 → 半小时内的能退."""
    acts = _grants(unit) & _GRANTED
    gone = [old for old, _new in pairs if old]
    if not acts or any(entity.kind is EntityKind.DURATION for old in gone for entity in old.entities):
        return False
    return any(acts & _grants(old) and not _denies(old) for old in gone)


def _denied_before(unit: Unit, pairs: Sequence[UnitPair]) -> bool:
    """Whether the old side refused what this unit grants: 过期不补 → 过期30天内可补."""
    return any(old and _denies(old) for old, _new in pairs) and not _denies(unit)


def _weigh_lone(topic: Topic, entity: Entity, reworded: bool) -> Severity:
    if topic.id == "refund_share" and entity.kind in (EntityKind.SHARE, EntityKind.DISCOUNT):
        return Severity.LOW if entity.value >= 95 else (Severity.MEDIUM if entity.value >= 80 else Severity.HIGH)
    if topic.id in ("warranty", "validity", "refund_share") or (topic.id == "window" and reworded):
        return Severity.HIGH
    return Severity.MEDIUM


def _office_hours(pairs: Sequence[UnitPair], *, of_new: bool) -> bool:
    """Whether the other side names hours without numbers."""
    return any(unit and _OFFICE.search(unit.plain) for pair in pairs if (unit := pair[1 if of_new else 0]))


def _names_hours(pairs: Sequence[UnitPair], *, of_new: bool) -> bool:
    """Whether the other side says from when to when."""
    units = [unit for pair in pairs if (unit := pair[1 if of_new else 0])]
    return any(entity.kind is EntityKind.HOURS for unit in units for entity in unit.entities)


def _grants(unit: Unit) -> frozenset[str]:
    return frozenset(signal.id for signal in find_signals(unit.plain, unit.sentence) if signal.good)


def _denies(unit: Unit) -> frozenset[str]:
    return frozenset(signal.id for signal in find_signals(unit.plain, unit.sentence) if not signal.good)


def _compare_starts(old: Unit, new: Unit) -> list[Finding]:
    """From when a time runs: 自激活起 → 自购买起 takes away what lies between."""
    ranks = [next((rank for rank, pattern in _EVENTS if pattern.search(unit.plain)), 0) for unit in (old, new)]
    if not all(ranks) or ranks[0] == ranks[1]:
        return []
    scope = new.plain + new.sentence
    name = next((name for name, pattern in _RUNS if pattern.search(scope)), "")
    if not name:
        return []
    if denied := _DENIED_AFTER.search(new.plain):
        worse = ranks[1] < ranks[0]  # 兑换后不退 → 查看后不退
        kinds = _ACTS[denied.group(1)][0 if worse else 1]
        effect, severity = (Effect.WORSE, Severity.HIGH) if worse else (Effect.BETTER, Severity.NONE)
        return [Finding((kinds,), effect, severity, "不再退换的时点", old.plain, new.plain)]
    topic = load_topics().topics[name]
    effect = Effect.WORSE if ranks[1] < ranks[0] else Effect.BETTER
    severity = Severity.MEDIUM if effect is Effect.WORSE else Severity.NONE
    return [Finding(topic.kinds(effect), effect, severity, f"{topic.zh}的起算点", old.plain, new.plain)]


def find_events(plain: str) -> tuple[int, ...]:
    """The events from which a time is said to run, by their order: payment, delivery, receipt, use."""
    return tuple(rank for rank, pattern in _EVENTS if pattern.search(plain))


def _judge_dates(old: _Placed, new: _Placed) -> Finding | None:
    """The last day of something: earlier is worse; the day of a delivery: later is. Other dates say nothing."""
    first, second = _DATE_PARTS.search(old[0].text), _DATE_PARTS.search(new[0].text)
    scope = old[1].plain + new[1].plain
    name = "duty" if _DELAYS.search(scope) else ("validity" if _ENDS.search(scope) else "")
    if first is None or second is None or not name:
        return None
    days = [(int(m.group(1) or m.group(4) or 0), int(m.group(2) or 12), int(m.group(3) or 0)) for m in (first, second)]
    topic = load_topics().topics[name]
    later = days[1] > days[0]
    effect = Effect.BETTER if later is (topic.up is Effect.BETTER) else Effect.WORSE
    severity = Severity.LOW if name == "duty" else Severity.MEDIUM
    severity = severity if effect is Effect.WORSE else Severity.NONE
    verb = topic_verb(topic, later)
    return Finding(topic.kinds(effect), effect, severity, topic.zh, old[0].text, new[0].text, verb)
