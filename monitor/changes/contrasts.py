"""Finds what two wordings of one unit turn around: a "not" that came or went, and lists that grew or shrank.

A last look at paired units that no other finding speaks of: 支持叠加 → 不支持叠加 takes away whatever 叠加 is, and
适用于iOS和安卓 → 适用于安卓 takes away iOS. Takes paired units, gives findings. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from monitor.changes.entity_patterns import EntityKind
from monitor.changes.measures import Finding, UnitPair
from monitor.changes.modals import compare_modals
from monitor.changes.rights import RIGHTS, Right
from monitor.changes.signals import put_defects
from monitor.changes.stances import (
    Act,
    find_settled,
    find_shared_limits,
    find_two_sided,
    is_skipped,
    load_acts,
    read_stances,
)
from monitor.changes.topics import find_topic
from monitor.changes.units import Unit
from storage.model import Effect, Severity

_GOODS, _POWER = ("spec_reduced", "spec_improved"), ("unilateral_power_added", "unilateral_power_removed")
_BURDEN = ("burden_added", "burden_removed")
_FREED = re.compile(r"无需|无须|不需要?|不用|不必|不要求|免(?=提供|交|填)")
_WITHIN = re.compile(r"\s?[之以]?内")
_BEYOND = re.compile(r"\s?[之以]?后")
_NOT = re.compile(r"(?:不再|不予|不能够?|不可以?|不得|不会|无法|未|不|没有|没|无|非|禁止|暂停|停止|取消)")
_NO_REFUSAL = re.compile(
    r"(?:自助|可以?|随时|申请|自行|支持)[^,。;]{0,10}取消|未(?:支付|付款|使用|激活|发货|兑换|查看|拆封|到账|收到|充值?|处理|登录|开通)|不限|无限|不[扣收另]|无需|无须|不用|不必|永不|无忧|无条件|无理由|免费?|不满|不算|不错|不影响|不变|不间断"
)
_GIVES = re.compile(
    r"支持|可|能|包(?!装|裹)|提供|允许|含|送|赠|开|保证|承诺|享|兼容|参加|参与|适用|接受|负责|办理|处理|受理|通用"
)
_TAKES = re.compile(
    r"(?<!接)(?<!验)(?<!签)收(?!到|货|卡|邮|信|留言|消息|私信|工单)|扣(?!会|券)|罚|(?<!解)封|泄露|公开|出售|涨|限制|删除|冻结|拒绝|追究|作废|失效|清零|过期"
    r"|单方|擅自|收回|回收|取消[^,。;]{0,6}订单|保留[^,。;]{0,8}权|修改|变更|调整|转让|查看|监听|读取"
)
_MAY = re.compile(r"得(?!以|到|知|了)|可以?|能够?|有权|会|将|应当?|须")
_LISTING = re.compile(r"(?:适用于?|支持|兼容|可用于|包含|包括|含|通用于?|用于|覆盖|提供|赠送?|送)")
_JOINED = re.compile(r"[、/和及与或+&]|以及|并且")
_DUTY = re.compile(r"须|需|必须|应当|请(?!求)|要求|凭")
_ONLY = re.compile(
    r"[只仅](?![要需须]|用(?:提|交|发|附|给|报|填|出示))|唯一|唯有|专限|(?<![期时权额上受不无])限(?![时期量制为定额])"
)
_OFFERS = re.compile(
    r"发货|到账|出卡|打回|返还?|可|能|支持|提供|允许|含|包括|涵盖|送|赠|保证|承诺|享|兼容|适用|接受|办理|受理|通用|任选|开|都|均|有|或|[、/]|退|换|补|赔|找|用|端$"
)
_BUYER = re.compile("买家|买方|用户|客户|顾客|消费者|购买者|乙方|您|你|会员|原告")
_SELLER = re.compile(
    "卖家|卖方|卖场|商家|商城|商行|店家|本[店站社铺舍号司]|小店|我[店们方司]|店方|店铺|铺主|平台方?|客服|甲方|商户|站方|站长|店[主长]|老板|掌柜|车主|号主|团长|公司|被告"
)
_BORNE = re.compile("担|付|出|赔|垫|认|扛|负|补足|举证|证明|倒贴|掏|缴|交|买单")
_KEPT_GOOD = re.compile(r"掉(?!线率)|被?封|找回|质保|保修")
_TOGETHER = re.compile("叠加|同享|同时使用|一起用|并用")
_JOINT = re.compile(r"并且|而且|以及|或者|[且并和与及或]")
_CLAIMS = frozenset({"refund", "replacement", "compensation", "care", "handling"})
_COURT = re.compile("法院|仲裁|诉讼|管辖|起诉|所在(?:地|城市|省|市)")
_CHOSEN = re.compile("决定|选|定(?!金|制)|说了算|为准|判|认定|裁|挑|指定|同意|确认")
_CASE = re.compile("[^,。;]{2,}(?:的|时|者)$")  # 买家交不出的 names a case, and lays nothing on anybody
_DENIED = re.compile(rf"{_NOT.pattern}(?:得|以|再|给|予)?([\u4e00-\u9fff]{{2}})")
_PRIVATE = re.compile("聊天|对话|通话|录音|照片|信息|隐私|资料|数据|号码|手机号|证件|身份证")
_KEPT = re.compile("保[存留]|留存|记录|收集|采集|提供|公开|出售|泄露|查看|读取|分享|共享|使用|用于")
_ADVICE = re.compile(r"勿|别(?!的|人)|禁止|谨|小心|注意|建议|最好")
_CLAIMED = re.compile(r"(?:只|仅)(?:做|卖|用|发|供应?|选|售|走)(?:的?是)?(?:正|官|真|原|新|优)")
_LABEL = re.compile(r"[^:,。;]{2,12}:\s?(?=[^\d\s])")
_GOOD_LABEL = re.compile(
    "专享|特权|套餐|亮点|质保|保修|售后|支持|适用|范围|包含|包括|内容|权益|功能|方式|渠道|服务|赠|平台|设备|地区|可"
)
_BAD_LABEL = re.compile("不|除外|限制|禁止|免责|须|需|请|提交|出示|要求|材料|凭证|费用|收费")
_PAPERS = re.compile("截图|录屏|录像|视频|凭证|证明|证据|材料|照片|订单号|记录|身份")
_OPTIONAL = re.compile(
    "即可|就行|就可以|可选|自愿|选填|可不(?!退)|可以不|建议|最好|随意|非必[须需填]|不强制|可填可不填"
)
_MUST = re.compile("必须|须|务必|强制|必填|一律要|应当?(?!急)|不[^,。;]{1,6}不予")
_HIS_OWN = re.compile("备注|地址|邮箱|密码|资料|手机号|昵称|绑定|收货人")
_ONE = re.compile(r"只(?:给|归|有)?[您你]|[一1]个?人")  # 只你一个人用 gives more, not less
_ASKED_PRICE = re.compile(r"(?:只|仅)(?:收|卖|需|要|售|花|扣|付)")
_JOINER = r"(?:[、/和与及或+&]|以及|还有|并且|并(?=[赠送给附退补赔])|或者|也可以?)"
_ITEM = re.compile(rf"^{_JOINER}.+$|^.+{_JOINER}$", re.DOTALL)
_STRICTER = re.compile(
    r"^(?:须|需|必须|应当?|要)?(?:凭|经|通过|持|由|按|满|扣除?|先|在|于|且|并(?![赠送给附退补赔])|未|没|非|仅|只|限|首次|部分|同一|当天|当日|工作日)"
)
_SUBJECTS = (
    *RIGHTS,
    Right(
        re.compile(r"联系|客服|投诉|申诉|电话|微信|qq|邮箱|热线|工单"),
        "channel_removed",
        "channel_added",
        Severity.MEDIUM,
    ),
    Right(re.compile(r"提现|取现|转出(?!去)"), "refund_removed", "refund_widened"),
    Right(re.compile(r"发货|到账|处理|回复"), "delivery_slower", "delivery_faster", Severity.MEDIUM),
)


def compare_contrasts(pairs: Sequence[UnitPair], spoken: frozenset[Unit]) -> list[Finding]:
    """What pairs without any other finding say; `spoken` are the units that findings already speak of."""
    findings: list[Finding] = []
    sides = [old for old, _new in pairs if old], [new for _old, new in pairs if new]
    settled = find_settled(*sides)
    said = ["\n".join(dict.fromkeys(unit.sentence for unit in side)) for side in sides]
    both = find_two_sided(sides[0]) | find_two_sided(sides[1]) | find_shared_limits(*sides)
    for old, new in join_lone(pairs):
        if old is None or new is None or old in spoken or new in spoken:
            continue
        if is_skipped(old.sentence) and is_skipped(new.sentence):
            continue
        if new.plain in said[0] and old.plain in said[1] and not _shrank(old, new):
            continue  # only the order of the two cases was changed
        found = (
            _compare_bounds(old, new)
            or compare_modals(old, new)
            or _compare_joints(old, new)
            or _compare_negation(old, new)
            or _compare_choice(old, new)
            or _compare_parties(old, new)
            or (None if both & (_acts(old) | _acts(new)) else _compare_denied_words(old, new))
            or _compare_lists(old, new)
            or _compare_insertion(old, new)
            or (None if settled & _acts(new) else _compare_only(old, new))
        )
        findings += [found] if found else []
    return findings


def _shrank(old: Unit, new: Unit) -> bool:
    """Whether both are one list under one label, with things that came or went: 支持:A、B → 支持:A."""
    return "、" in old.sentence + new.sentence and _compare_lists(old, new) is not None


def _acts(unit: Unit) -> frozenset[str]:
    return frozenset(read_stances(unit.plain, unit.sentence))


def join_lone(pairs: Sequence[UnitPair]) -> Sequence[UnitPair]:
    """The one unit that went and the one that came, where there is one of each: what stands in the place of what."""
    lone = [pair for pair in pairs if None in pair]
    went, came = [old for old, _new in lone if old], [new for _old, new in lone if new]
    if len(went) != 1 or len(came) != 1:
        return pairs
    return [*(pair for pair in pairs if None not in pair), (went[0], came[0])]


def _compare_joints(old: Unit, new: Unit) -> Finding | None:
    """One of two things is asked, or both: 截图或者录屏 → 截图以及录屏."""
    if old.form == new.form or old.form.replace("和", "或") != new.form.replace("和", "或"):
        return None
    worse = new.form.count("和") > old.form.count("和")
    if _is_case_of_refusal(old) and _is_case_of_refusal(new):
        return _tell_subject(old, new, worse=not worse, of_case=True)  # 登录过并且改过密的不退 → 登录过或者改过密的不退
    if _PAPERS.search(old.plain):
        return _tell(old, new, worse=worse, kinds=_BURDEN)
    return _tell_subject(old, new, worse=worse, of_case=True)


def _is_case_of_refusal(unit: Unit) -> bool:
    """Whether a unit names the case in which the rest of its sentence refuses."""
    rest = _JOINT.split(unit.plain)[-1] + unit.sentence.replace(unit.plain, "")
    values = {value for act, value in read_stances(rest, rest).items() if act in _CLAIMS}
    return bool(values) and values == {-1}


def _compare_choice(old: Unit, new: Unit) -> Finding | None:
    """What was up to the buyer and must be done now: 可选提供 → 必须提供."""
    free = [bool(_OPTIONAL.search(unit.plain)) for unit in (old, new)]
    must = [bool(_MUST.search(unit.plain)) and not free[side] for side, unit in enumerate((old, new))]
    if not (free[0] and must[1]) and not (free[1] and must[0]):
        return None
    return _tell(old, new, worse=must[1], kinds=_BURDEN)


def swaps_parties(old: Unit, new: Unit) -> bool:
    """Whether two units are the same words with the other party in them."""
    bare = [_put_parties(unit) for unit in (old, new)]
    if bare[0] != bare[1] or bare[0].count("_") != 1 or _CASE.search(bare[0]):
        return False
    return bool(_SELLER.search(old.plain)) != bool(_SELLER.search(new.plain))


def _put_parties(unit: Unit) -> str:
    return _SELLER.sub("_", _BUYER.sub("_", unit.plain))


def _compare_parties(old: Unit, new: Unit) -> Finding | None:
    """The same words with the other party in them: 由我们担着 → 由买家担着, 在买方所在城市 → 在卖方所在城市."""
    if not swaps_parties(old, new):
        return None
    bare = [_put_parties(unit) for unit in (old, new)]
    ours = [bool(_SELLER.search(unit.plain)) for unit in (old, new)]
    refused = _refuses(new.plain)
    if _COURT.search(bare[0]):
        return _tell_exactly(old, new, worse=ours[1], kinds=("jurisdiction_moved", "jurisdiction_returned"))
    if _BORNE.search(bare[0]):
        kinds = ("fee_added", "fee_removed") if "费" in bare[0] else ("liability_shifted", "liability_assumed")
        return _tell_exactly(old, new, worse=ours[0] != refused, kinds=kinds)
    if _CHOSEN.search(bare[0]):
        told = _tell_exactly(old, new, worse=ours[1] != refused, kinds=_POWER)
        return replace(told, kinds=(*told.kinds, *_of_remedy(new.plain + new.sentence, worse=ours[1] != refused)))
    return None


def _of_remedy(text: str, *, worse: bool) -> tuple[str, ...]:
    """The right of which the choice is: 由买家选换新或退款."""
    return tuple(right.kind(worse=worse) for right in RIGHTS[:2] if right.words.search(text))[:1]


def _compare_denied_words(old: Unit, new: Unit) -> Finding | None:
    """One word that is denied on one side and said on the other, whatever stands around it: 能拿回去 → 不能拿回去."""
    words = [_NO_REFUSAL.sub("", put_defects(unit.plain)) for unit in (old, new)]
    if all(_NOT.search(text) for text in words) or not any(_NOT.search(text) for text in words):
        return None
    denied = [frozenset(_DENIED.findall(text)) for text in words]
    turned = [
        (word, bool(side))
        for side in (0, 1)
        for word in denied[side] - denied[1 - side]
        if _says(words[1 - side], word) and not _says(_NO_REFUSAL.sub("", put_defects((old, new)[side].sentence)), word)
    ]
    if len({gone for _word, gone in turned}) != 1:
        return None
    word, worse = turned[0]
    if all(_PRIVATE.search(unit.plain) for unit in (old, new)) and _KEPT.search(word):
        return _tell(old, new, worse=not worse, kinds=_POWER)
    if _takes(word) and not _find_turned_act(old, new):
        return _tell(old, new, worse=not worse, kinds=_POWER)
    if _takes(word):
        return _tell_subject(old, new, worse=not worse)
    if any(value < 0 and act != "duty" for act, value in read_stances(word, word).items()):
        return _tell_subject(old, new, worse=not worse)
    if _DUTY.search(new.plain if worse else old.plain) or not _OFFERS.search(old.plain + new.plain):
        return None
    return _tell_subject(old, new, worse=worse)


def _says(text: str, word: str) -> bool:
    """Whether a word is said without a "not" before it."""
    return word in re.sub(rf"{_NOT.pattern}.?{word}", "", text)


def _compare_only(old: Unit, new: Unit) -> Finding | None:
    """What is offered has shrunk to one thing, in words of any kind: 可开专票 → 只能开收据."""
    only = [bool(_ONLY.search(unit.plain)) for unit in (old, new)]
    if (
        only[0] == only[1]
        or _ONE.search(new.plain if only[1] else old.plain)
        or any(_ASKED_PRICE.search(unit.plain) or _CLAIMED.search(unit.plain) for unit in (old, new))
    ):
        return None
    wide = old if only[1] else new
    if all(_PRIVATE.search(unit.plain) for unit in (old, new)):  # 仅用于发货 keeps what is his
        return _tell(old, new, worse=only[0], kinds=_POWER)
    if _refuses(wide.plain) or _DUTY.search(wide.plain) or not _OFFERS.search(wide.plain):
        return None
    return _tell_subject(old, new, worse=only[1])


def _takes(plain: str) -> bool:
    """Whether words take from the buyer; 修改备注 is about his own."""
    return _TAKES.search(plain) is not None and not _HIS_OWN.search(plain)


def _refuses(plain: str) -> bool:
    return _NOT.search(_NO_REFUSAL.sub("", put_defects(plain))) is not None


def _compare_insertion(old: Unit, new: Unit) -> Finding | None:
    """Words put into a right, or taken out of it: one more thing that is offered, one more condition."""
    longer, shorter = (new.plain, old.plain) if len(new.plain) > len(old.plain) else (old.plain, new.plain)
    start = _count_shared(longer, shorter)
    end = _count_shared(longer[start:][::-1], shorter[start:][::-1])
    if start + end < len(shorter) or len(shorter) < 3:
        return None
    put = longer[start : len(longer) - end]
    gained = longer is new.plain
    refused = _refuses(shorter) or _takes(shorter)
    if not refused and not _OFFERS.search(shorter):
        return None
    if _ITEM.match(put) or (start and re.match(_JOINER, longer[start - 1])):
        if _DUTY.search(shorter):
            return _tell(old, new, worse=gained, kinds=_BURDEN)
        return _tell_subject(old, new, worse=gained == refused)
    if _STRICTER.match(put) and not _NOT.search(put):
        if _DUTY.search(put) or put[0] in "凭经持先":
            return _tell(old, new, worse=gained != refused, kinds=_BURDEN)
        return _tell_subject(old, new, worse=gained != refused)
    return None


def _count_shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(min(one, other, key=len))
    )


def _find_turned_act(old: Unit, new: Unit) -> Act | None:
    """The act that one unit grants and the other denies: its own kinds say more than those of the subject."""
    before, after = (read_stances(unit.plain, unit.sentence) for unit in (old, new))
    turned = [act for act in load_acts().acts if act.id != "use" and before.get(act.id, 0) * after.get(act.id, 0) < 0]
    return turned[0] if turned else None


def _tell_subject(old: Unit, new: Unit, *, worse: bool, of_case: bool = False) -> Finding:
    """A finding with the kinds of what the units are about; `of_case`: they name the case, the rest says of what."""
    named = _find_turned_act(old, new)
    if named:
        kinds = named.worse if worse else named.better
        effect, weight = (Effect.WORSE, named.severity) if worse else (Effect.BETTER, Severity.NONE)
        return Finding(kinds, effect, weight, named.zh, old.plain, new.plain)
    scopes = [(old.plain, new.plain + new.sentence)]
    if of_case:
        scopes.insert(0, (old.sentence.replace(old.plain, ""), new.sentence.replace(new.plain, "")))
    for (was, stands), right in product(scopes, _SUBJECTS):
        if right.words.search(was) and right.words.search(stands):
            effect = Effect.WORSE if worse else Effect.BETTER
            weight = right.severity if worse else Severity.NONE
            told = [right.kind(worse=worse)]
            if "replacement" in told[0] and _KEPT_GOOD.search(stands):
                told.append("warranty_cut" if worse else "warranty_extended")
            return Finding(tuple(told), effect, weight, "内容", old.plain, new.plain)
    return _tell(old, new, worse=worse)


def _compare_bounds(old: Unit, new: Unit) -> Finding | None:
    """The same time on the other side of its bound: 24小时内可退 → 24小时后可退."""
    for before, after in zip(old.entities, new.entities, strict=False):
        if not (before.kind is after.kind is EntityKind.DURATION and before.value == after.value):
            continue
        within = [bool(_WITHIN.match(unit.plain[entity.end :])) for unit, entity in ((old, before), (new, after))]
        beyond = [bool(_BEYOND.match(unit.plain[entity.end :])) for unit, entity in ((old, before), (new, after))]
        if not (within[0] and beyond[1]) and not (beyond[0] and within[1]):
            continue
        if bool(_NOT.search(old.plain)) != bool(_NOT.search(new.plain)):
            return None  # 48小时内受理 is 48小时后不再受理
        worse = within[0] != bool(_NOT.search(old.plain))
        topic = find_topic(after, new)
        late = topic is not None and topic.id in ("duty", "wait")
        kinds = ("delivery_slower",) if late else ("window_shortened",)
        kinds = kinds if worse else (("delivery_faster",) if late else ("window_extended",))
        effect = Effect.WORSE if worse else Effect.BETTER
        return Finding(kinds, effect, Severity.MEDIUM if worse else Severity.NONE, "时间界限", old.plain, new.plain)
    return None


def _compare_negation(old: Unit, new: Unit) -> Finding | None:
    """The same words but for a "not": worse where it takes from the buyer, better where it gives."""
    bare = tuple(_MAY.sub("", _NOT.sub("", unit.plain)) for unit in (old, new))
    said = len(_NOT.findall(old.plain)), len(_NOT.findall(new.plain))
    freed = [bool(_FREED.search(unit.plain)) for unit in (old, new)]
    if freed[0] != freed[1] and _DUTY.search(old.plain) and _DUTY.search(new.plain) and _without_duty(old, new):
        return _tell(old, new, worse=freed[0], kinds=_BURDEN)
    if bare[0] != bare[1] or said[0] % 2 == said[1] % 2 or all(said):
        return None
    denied = said[1] % 2 == 1
    if _takes(bare[0]):
        denied = not denied
        return (
            _tell_subject(old, new, worse=denied)
            if _find_turned_act(old, new)
            else _tell(old, new, worse=denied, kinds=_POWER)
        )
    if any(value < 0 and act != "duty" for act, value in read_stances(bare[0], bare[0]).items()):
        return _tell_subject(old, new, worse=not denied)
    if _DUTY.search(old.plain) or _ADVICE.search(new.plain):
        return None
    return _tell_subject(old, new, worse=denied)


def _without_duty(old: Unit, new: Unit) -> bool:
    """Whether both are the same words but for what is asked: 须保持原包装, 无须保持原包装."""
    bare = {_DUTY.sub("", _FREED.sub("", unit.plain)) for unit in (old, new)}
    return len(bare) == 1


def _compare_lists(old: Unit, new: Unit) -> Finding | None:
    """One list inside the other: shorter is worse for what is offered, better for what is asked."""
    texts = [unit.plain for unit in (old, new)]
    labels = [_LABEL.match(unit.sentence) for unit in (old, new)]
    if labels[0] and labels[1] and labels[0].group() == labels[1].group():  # 质保范围:封号、掉线 → 质保范围:掉线
        texts = [unit.sentence[labels[0].end() :] for unit in (old, new)]
        return _compare_listed(old, new, [frozenset(filter(None, _JOINED.split(text))) for text in texts])
    lists = [frozenset(part for part in _JOINED.split(_LISTING.sub("、", unit.plain)) if part) for unit in (old, new)]
    if len(lists[0] | lists[1]) < 2 or not (lists[0] < lists[1] or lists[1] < lists[0]):
        return None
    shorter = lists[1] < lists[0]
    if any(part in (new if shorter else old).sentence for part in lists[0] ^ lists[1]):
        return None  # still said, in the next unit
    if _DUTY.search(old.plain) and _DUTY.search(new.plain):
        kinds = ("burden_removed",) if shorter else ("burden_added",)
        effect = Effect.BETTER if shorter else Effect.WORSE
        severity = Severity.NONE if shorter else Severity.LOW
        return Finding(kinds, effect, severity, "要提供的东西", old.plain, new.plain)
    if not (_LISTING.search(old.plain) and _LISTING.search(new.plain)):
        return None
    return _tell(old, new, worse=shorter)


def _compare_listed(old: Unit, new: Unit, lists: Sequence[frozenset[str]]) -> Finding | None:
    """Two lists under one label: what the label names decides which way is good."""
    if not lists[0] or not lists[1] or not (lists[0] < lists[1] or lists[1] < lists[0]):
        return None
    label = old.sentence.split(":")[0]
    if not _GOOD_LABEL.search(label) or _BAD_LABEL.search(label):
        return None
    return _tell_subject(old, new, worse=lists[1] < lists[0])


def _tell_exactly(old: Unit, new: Unit, *, worse: bool, kinds: tuple[str, str]) -> Finding:
    return replace(_tell(old, new, worse=worse, kinds=kinds), exact=True)


def _tell(old: Unit, new: Unit, *, worse: bool, kinds: tuple[str, str] = _GOODS) -> Finding:
    effect = Effect.WORSE if worse else Effect.BETTER
    severity = Severity.MEDIUM if worse else Severity.NONE
    told = [kinds[0 if worse else 1]]
    if kinds is _GOODS and _TOGETHER.search(old.plain):
        told.append("quota_cut" if worse else "quota_raised")
    return Finding(tuple(told), effect, severity, "内容", old.plain, new.plain)
