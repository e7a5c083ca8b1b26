"""Takes away sentences that tie one thing to one condition in two ways: 除非坏卡否则不退 is 坏卡才退 is 非坏卡不退.

Two sentences are one when both are worded as a tie, hold as many negations (even or odd), speak of the same acts and
share their words but for those that tie. Takes the units that changed, gives those that are left. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from monitor.changes.entities import find_entities
from monitor.changes.units import Unit, split_pieces

_TIE = re.compile(
    r"除非|否则|不然|只有|唯有|惟有|才(?!子|华|能否)|方(?:可|能|予|得)|(?<![是并])非[^,。;]{1,16}不|(?:没有?|未经?|未获|无|不经)[^。;]{1,16}不"
    r"|不[^,。;]{0,8}(?:没|未)[^,。;]{0,4}(?:同意|授权|许可|允许)|须(?:先|事先|首先)?(?:经|得到|取得|征得|获得|有|凭|持|具备)|(?:要|须|得)?(?:等到?|待|直到)[^。;]{1,16}[才方再]|除[^。;]{1,16}外|除外|仅|只(?:限|在|有|对|能|可|退|换|补|支持|接受|受理|认)|为(?:前提|条件)|前提是|只要|但凡"
)
_CASE_DENIED = re.compile(r"[不未无没][^,。;]{1,16}(?:的|时|者),")  # 不能兑换的, beside 除非能兑换, 否则
_NEGATION = re.compile(r"除非|除(?!非)[^,。;]{1,16}?外|除外|例外|没有|不|没|未|无|非(?!常)")
_TYING = re.compile(
    r"除非|否则|不然|只有|唯有|惟有|只要|但凡|就|才|方可|方能|方予|没有|未经|经过|经|未获|未|无|不|没|非|须|必须|应当|应|需要|需|要|首先|事先|先|得到|取得|征得|获得"
    r"|以外|之外|除了|除|外|例外|一律|一概|概|均|都|全|仅|只|限|在|有|对|能够|能|可以|可|会|将|予以|予|以|为|前提|条件|的话|的|时|后|者|情况下|情形|情况|确实|确|是"
    r"|等到|直到|等|其他|其余|所|也|给|支持|接受|办理|受理|由|因|属于|属|存在|有|已|已经|被|了|过|本店|本站|我们|,|:"
)
_ALTER = re.compile(r"改变|变更|更改|修改|调整|变动|更动|改动")
_NOT_BEFORE = re.compile(r"([没未][^,。;]{1,12}?)[之以]?前(?=[,不])")
_ACTS = re.compile(r"退|(?<!兑)换|补|赔|修|质保|登录|扣|封|冻结|取消|发货|提现|续|改")
_CONSENT = re.compile(
    r"(买家|用户|客户|顾客|消费者|您|会员|卖家|商家|店家|店主|本店|本站|平台|我们|客服)[^,。;]{0,3}(?:同意|授权|许可|允许|认可|批准|点头)"
)
_SHARE = re.compile("全额|全部|全款|部分|一半|余额|原路|免费|次")
_BUYER = re.compile("买家|用户|客户|顾客|消费者|您|会员")
_ALIKE = 0.8
_LONGEST = 120


def cancel_ties(before: Sequence[Unit], after: Sequence[Unit]) -> tuple[tuple[Unit, ...], tuple[Unit, ...]]:
    """Both sides without the sentences that tie the same thing to the same condition."""
    old, new = _read_ties(before), _read_ties(after)
    gone: tuple[set[str], set[str]] = (set(), set())
    for sentence, tie in old.items():
        twin = next(
            (
                one
                for one, other in new.items()
                if one not in gone[1] and _is_same(tie, other) and _may_be_one(sentence, one)
            ),
            None,
        )
        if twin is not None:
            gone[0].add(sentence)
            gone[1].add(twin)
    if not gone[0]:
        return tuple(before), tuple(after)
    left, right = (
        tuple(unit for unit in side if unit.sentence not in names)
        for side, names in zip((before, after), gone, strict=True)
    )
    return left, right


_Tie = tuple[int, frozenset[str], str, tuple[str, ...], Counter[str]]


def _read_ties(units: Sequence[Unit]) -> dict[str, _Tie]:
    """The sentences that changed as a whole and are worded as ties, with what decides whether two are one."""
    changed = {unit.plain for unit in units}
    return {
        sentence: _read_tie(sentence)
        for sentence in dict.fromkeys(unit.sentence for unit in units)
        if len(sentence) <= _LONGEST
        and (_TIE.search(sentence) or _CASE_DENIED.search(sentence))
        and changed & set(split_pieces(sentence))
    }


def _may_be_one(sentence: str, other: str) -> bool:
    """A case that is only denied is worded as a tie by nobody but the 除非 of the other side."""
    return all(_TIE.search(one) for one in (sentence, other)) or "除非" in sentence + other


def _read_tie(sentence: str) -> _Tie:
    sentence = _ALTER.sub("改", _NOT_BEFORE.sub(r"\1", sentence))  # 没到账之前不关 is 到账才关
    consent = _CONSENT.search(sentence)
    party = "" if consent is None else ("buyer" if _BUYER.match(consent.group(1)) else "seller")
    negations = len(_NEGATION.findall(sentence)) % 2
    measures = (
        *sorted(f"{e.kind}{e.value.normalize():f}" for e in find_entities(sentence)),
        *sorted(_SHARE.findall(sentence)),
    )
    return negations, frozenset(_ACTS.findall(sentence)), party, measures, Counter(_TYING.sub("", sentence))


def _is_same(one: _Tie, other: _Tie) -> bool:
    if one[:4] != other[:4]:
        return False
    shared, total = (one[4] & other[4]).total(), one[4].total() + other[4].total()
    return total >= 4 and 2 * shared >= _ALIKE * total
