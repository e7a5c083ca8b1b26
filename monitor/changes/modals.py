"""Reads who must do a thing and who may: 应补发 → 可补发, 可以附图 → 须附图, 最多六人 → 最少六人, 未到账 → 已到账.

The words around stay; only the word that binds, bounds or states is another one. Takes two paired units, gives a
finding or None. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from monitor.changes.entity_patterns import EntityKind
from monitor.changes.measures import Finding
from monitor.changes.rights import RIGHTS
from monitor.changes.topics import find_topic, load_topics
from monitor.changes.units import Unit
from storage.model import Effect, Severity

_MUST = re.compile(
    r"(?<![反供相对适顺响效呼])应(?![答对用急声])(?:当|该)?(?:予以?)?|(?<!无)(?<!不)须|(?<!不)必须|务必|(?<![要需必不无])一定要?|(?<!不)负责"
)
_MAY = re.compile(
    r"(?<![许认不])可(?![见知乐靠疑否])(?:以|予以?)?|(?<![取获所使显不舍值])得(?![到知了出失分起])(?:以|予以?)?|(?<![不])有权|(?<![功性智不只才])能够?(?![否量力源])"
)
_BUYERS_WORK = re.compile(r"^[^,。;]{0,2}(?:附|提[供交]|上传|录|拍|出示|填|写|寄|举证|实名|验证|签|备|缴|交|付|联系)")
_SELLERS_WORK = re.compile(
    r"^[^,。;]{0,6}(?:退|(?<!兑)换|补|赔|修|重[发做开]|发货|开[具票]|返|赠|处理|解释|说明|答复|通知)"
)
_BUYER = re.compile(r"买家|买方|用户|客户|顾客|消费者|购买者|乙方|您|你|会员|持[卡券]人|申请人")
_FLOOR = re.compile(r"最[少低短]|至少|起码|不少于|不低于|不短于|少则")
_CEILING = re.compile(r"最[多高长久]|至多|不超过|不多于|不高于|不长于|多则")
_BOUNDED = frozenset({EntityKind.DURATION, EntityKind.COUNT, EntityKind.SHARE, EntityKind.DISCOUNT, EntityKind.MONEY})
_PARTS = frozenset({EntityKind.SHARE, EntityKind.DISCOUNT, EntityKind.MONEY})
_PAID_BACK = re.compile(r"退(?!出|后|步)|赔|返还|补偿")
_RUNS_FROM = re.compile(r"(?:购买|激活|售出|付款|开通|下单|到手|出[卡码])[^,。;]{0,6}起")
_ASKED_BY = re.compile(r"退|(?<!兑)换|反馈|申请|发货|到账|处理")
_UNBOUND = frozenset({"threshold", "tier", "cap", "replacements", "price", "fee"})
_DONE = re.compile(r"(?<!而)已(?:经)?")
_UNDONE = re.compile(r"未曾?|没有?|尚未")
_DEEMED = re.compile(r"视为|视同|算作?|默认|推定|一律按|按[^,。;]{0,6}(?:处理|论|算)")
_HIS_LOSS = re.compile(r"到账|收到|收货|签收|交付|发货|送达|处理|解决|使用|激活|兑换|查看|同意|验收|确认|完成|履行")
_BURDEN = ("burden_added", "burden_removed")
_ASKED = re.compile(r"须|需|凭|必须|应当?|请|要|提交|提供|附|出示|上传")
_NOT_ASKED = re.compile(r"无需|无须|不需|不用|不必|不要求|免|任一|之一|或")
_PAPERS = re.compile(
    r"身[份分]证|手持|户口|护照|录[屏像影制]|视频|截[图屏]|订单[编]?号|付款(?:凭证|记录)|小票|发票|公证|检测报告|鉴定|流水|人脸|照片|原包装|聊天记录|银行卡|报警回执"
)
_RHYTHM = re.compile(r"[每一](?:个)?\s?(\d{1,3})?\s?(小时|天|日|周|星期|礼拜|个?月|季度?|年)(?!卡|费|付|会员)")
_HOURS = {"时": 1, "天": 24, "日": 24, "周": 168, "期": 168, "拜": 168, "月": 730, "季": 2190, "度": 2190, "年": 8760}
_TIMES = re.compile(r"[\d一二两三四五六七八九十]\s?(?:次|回|条|张|个|件|笔|句|轮|台)|免费")
_SO_MANY = re.compile(r"[^,。;]{0,6}?[\d一二两三四五六七八九十]\s?(?:次|回|条|张|件|笔|句|轮|台)")
_TAKEN = re.compile(r"扣|收取|罚|交|缴|须|需|必须|更新|结算|清理|维护|检查")
_SETTLED = re.compile(r"确认收货|视为|视同|算作?|默认|签收|验收|结束|截止|完成")
_AT_ONCE = re.compile(r"当场|立[即刻]|马上|即时|当即|随即|即(?=视|算|默|自)|秒")
_LATER = re.compile(r"第?\s?[\d一二两三四五六七八九十]+\s?个?(?:天|日|小时|周|工作日|分钟)")
_DECIDED = re.compile(r"决定|说了算|为准|判定?|认定|裁[决定]|选择|挑选?|指定|拍板|说的算|定夺")
_RANKS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (2, re.compile(r"买家|买方|用户|客户|顾客|消费者|购买者|乙方|您|(?<!迷)你(?!我)|会员|持[卡券]人")),
    (
        1,
        re.compile(
            r"(?:发卡|支付|交易|第三方)?平台方?|第三方|官方|双方|你我|法院|仲裁机?构?|监管部门|消协|鉴定机构|共同"
        ),
    ),
    (
        0,
        re.compile(
            r"卖家|卖方|商家|店家|本店|本站|本[铺舖]|小[店铺]|我[店们方]?|店方|店铺|客服|甲方|商户|站方|店[主长]|商城|老板|掌柜|号主|车主|本公司"
        ),
    ),
)


def compare_modals(old: Unit, new: Unit) -> Finding | None:
    """What the word that binds, bounds, states or names who decides does to the buyer."""
    return (
        _compare_proofs(old, new)
        or compare_rhythms(old, new)
        or _compare_moments(old, new)
        or _compare_duties(old, new)
        or _compare_bounds(old, new)
        or _compare_states(old, new)
        or _compare_judges(old, new)
    )


def _split(plain: str, pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    return [(plain[: found.start()], plain[found.end() :]) for found in pattern.finditer(plain)]


def _shared_split(old: Unit, new: Unit, one: re.Pattern[str], other: re.Pattern[str]) -> tuple[str, str, bool] | None:
    """What stands before and after a word of `one` that became a word of `other`; True where it went that way."""
    for first, second, forwards in ((one, other, True), (other, one, False)):
        same = [place for place in _split(old.plain, first) if place in _split(new.plain, second)]
        if same:
            return (*same[0], forwards)
    return None


def _compare_duties(old: Unit, new: Unit) -> Finding | None:
    found = _shared_split(old, new, _MUST, _MAY)
    if found is None:
        return None
    head, tail, loosened = found
    if _BUYERS_WORK.match(tail):
        return _tell(old, new, worse=not loosened, kinds=_BURDEN)
    if not _SELLERS_WORK.match(tail) or _BUYER.search(head):
        return None
    kinds = _of_subject(tail, worse=loosened)
    power = "unilateral_power_added" if loosened else "unilateral_power_removed"
    return _finding((*kinds, power), old, new, worse=loosened, severity=Severity.HIGH)


def _compare_proofs(old: Unit, new: Unit) -> Finding | None:
    """What has to be handed in: one paper more, or one less."""
    if not all(_ASKED.search(unit.plain) and not _NOT_ASKED.search(unit.plain) for unit in (old, new)):
        return None
    asked = [frozenset(_PAPERS.findall(unit.plain)) for unit in (old, new)]
    if not asked[0] or not asked[1] or not (asked[0] < asked[1] or asked[1] < asked[0]):
        return None
    return _tell(old, new, worse=asked[0] < asked[1], kinds=_BURDEN)


def compare_rhythms(old: Unit, new: Unit) -> Finding | None:
    """As many times, in a shorter or longer while: 每月可换三次 → 每年可换三次."""
    found = [_RHYTHM.search(unit.plain) for unit in (old, new)]
    if not found[0] or not found[1] or _TAKEN.search(old.plain) or not _TIMES.search(old.plain):
        return None
    hours = [Decimal(one.group(1) or 1) * _HOURS[one.group(2)[-1]] for one in found if one]
    if any(one and one.group()[0] == "一" and not _SO_MANY.match(one.string[one.end() :]) for one in found):
        return None  # 质保一个月 says how long, 一个月三次 how often
    rests = {_RHYTHM.sub("_", unit.plain, count=1) for unit in (old, new)}
    if hours[0] == hours[1] or len(rests) != 1:
        return None
    return _tell(old, new, worse=hours[1] > hours[0], kinds=("quota_cut", "quota_raised"))


def _compare_moments(old: Unit, new: Unit) -> Finding | None:
    """How long the buyer has before silence counts: 第三天自动确认收货 → 当场自动确认收货."""
    if not all(_SETTLED.search(unit.plain) for unit in (old, new)):
        return None
    now = [bool(_AT_ONCE.search(unit.plain)) for unit in (old, new)]
    later = [bool(_LATER.search(unit.plain)) for unit in (old, new)]
    if now[0] == now[1] or not later[0 if now[1] else 1]:
        return None
    kinds = ("window_shortened",) if now[1] else ("window_extended",)
    return _finding(kinds, old, new, worse=now[1], severity=Severity.HIGH)


def _compare_bounds(old: Unit, new: Unit) -> Finding | None:
    """The least became the most, or the other way: 每车最多六人 → 每车最少六人."""
    if [e.value for e in old.entities] != [e.value for e in new.entities] or not old.entities:
        return None
    found = _shared_split(old, new, _FLOOR, _CEILING)
    if found is None:
        return None
    bounded = (e for e in old.entities if e.start >= len(found[0]) and e.kind in _BOUNDED)
    measured = next(bounded, None)
    topic = find_topic(measured, old) if measured else None
    if topic and topic.id == "threshold" and measured and measured.kind in _PARTS and _PAID_BACK.search(old.plain):
        topic = load_topics().topics["refund_share"]  # 不低于实付的九成
    if topic is None or topic.id in _UNBOUND:
        return None
    if topic.id in ("window", "duty") and _RUNS_FROM.search(old.plain) and not _ASKED_BY.search(old.sentence):
        topic = load_topics().topics["validity"]  # 自购买之日起不少于十二个月 promises, and asks nothing
    fell = found[2]
    worse = fell == (topic.up is Effect.BETTER)
    effect = Effect.WORSE if worse else Effect.BETTER
    return _finding(topic.kinds(effect), old, new, worse=worse, severity=Severity.MEDIUM)


def _compare_states(old: Unit, new: Unit) -> Finding | None:
    """What counts as done: 按未到账处理 → 按已到账处理."""
    if not (_DEEMED.search(old.plain) and _DEEMED.search(new.plain)):
        return None
    found = _shared_split(old, new, _UNDONE, _DONE)
    if found is None or not _HIS_LOSS.match(found[1]) or not _DEEMED.search(found[0] + found[1]):
        return None
    worse = found[2]
    kinds = ("refund_narrowed", "unilateral_power_added") if worse else ("refund_widened", "unilateral_power_removed")
    return _finding(kinds, old, new, worse=worse, severity=Severity.HIGH)


def _compare_judges(old: Unit, new: Unit) -> Finding | None:
    """Who decides: the buyer, a third party, or the seller himself."""
    if not (_DECIDED.search(old.plain) and _DECIDED.search(new.plain)):
        return None
    sides = [_judges_of(unit.plain) for unit in (old, new)]
    if len(sides[0]) != 1 or len(sides[1]) != 1:
        return None
    (was, before), (now, after) = sides[0][0], sides[1][0]
    if was == now or old.plain.replace(before, "_") != new.plain.replace(after, "_"):
        return None
    worse = now < was
    kinds = _of_subject(old.plain + old.sentence, worse=worse) if 2 in (was, now) else ()
    power = "unilateral_power_added" if worse else "unilateral_power_removed"
    return _finding((power, *kinds), old, new, worse=worse, severity=Severity.HIGH)


def _judges_of(plain: str) -> list[tuple[int, str]]:
    """The parties that a unit names, with their rank; a longer name before the shorter one inside it."""
    found = []
    for rank, words in _RANKS:
        names = words.findall(plain)
        found += [(rank, name) for name in names]
        plain = words.sub("_", plain)
    return found


def _of_subject(text: str, *, worse: bool) -> tuple[str, ...]:
    return tuple(right.kind(worse=worse) for right in RIGHTS if right.words.search(text))[:1]


def _tell(old: Unit, new: Unit, *, worse: bool, kinds: tuple[str, str]) -> Finding:
    return _finding((kinds[0 if worse else 1],), old, new, worse=worse, severity=Severity.MEDIUM)


def _finding(kinds: Iterable[str], old: Unit, new: Unit, *, worse: bool, severity: Severity) -> Finding:
    effect = Effect.WORSE if worse else Effect.BETTER
    return Finding(tuple(kinds), effect, severity if worse else Severity.NONE, "内容", old.plain, new.plain, exact=True)
