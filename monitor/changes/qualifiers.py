"""Reads words that were put before what a rule is about, or taken away: 会员按天退 → 年付会员按天退.

What narrows a grant harms the buyer, what narrows a refusal helps him (因外挂被封不赔 → 因买家自己使用外挂被封不赔);
one more case does the contrary. The rest of the unit stays word for word. Takes paired units, gives findings. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from monitor.changes.contrasts import join_lone
from monitor.changes.measures import Finding, UnitPair
from monitor.changes.rights import RIGHTS
from monitor.changes.signals import put_defects
from monitor.changes.units import Unit
from storage.model import Effect, Severity

_LONGEST, _LEAST, _MOST_SPOTS = 80, 3, 2
_REFUSES = re.compile(
    r"(?:不(?:予|再|能|可以?|得|会|给|提供|支持|接受|享受?)?|概不|恕不|免(?:于|除)|拒绝?|无法)[^,。;]{0,2}(?:[退换补赔保管修认]|负责|承担|售后|受理|处理|担)"
    r"|无关|没关系|免责|自[负理担]|不(?:在|属于?|计入)[^,。;]{0,6}(?:质保|保修|售后|范围|之列|责任)|(?:由|归)?(?:买家|用户|客户|顾客|您|会员|自己|自行|玩家|本人)[^,。;]{0,4}(?:承担|负责|担|解决)|作废|失效$|清零|拉黑|冻结|没收|取消(?:资格|质保|售后)|视为放弃|质保失效|扣(?:除|款)"
)
_GRANTS = re.compile(
    r"(?<![不拒勿未])(?:[退赔](?!出|后|步|款?者)|(?<!兑)换(?!绑|算)|补(?!充|贴|税|差|偿)|质保|保修|包|管(?!理)|顺延|延长|报销|负责|可以?(?!能)|能(?!力)|享|免费|支持|送|赠|抵)"
)
_CLAIMS = re.compile(
    r"(?<![不拒])(?:退(?!出|后|步|款?者|[款货]的)|(?<!兑)换(?!绑|算)|补(?!充|贴|税|差|偿)|赔|质保|保修|包(?!装|括|含)|顺延|延长|报销)"
)
_SANCTION = re.compile(
    r"(?<!不)(?<!不得)(?<!不会)(?:冻结|暂扣|扣留|扣押|封(?=[号停禁账店])|拉黑|限制|关停|停用|暂停|注销|没收|追究|(?<!处)罚(?!款单)|清退|移出|驱逐|终止|取消(?:资格|订单))"
)
_DUTY = re.compile(
    r"(?<!无)(?<!不)(?:须|需要?(?!求)|必须|应当?|凭|要(?=[^,。;]{0,4}(?:提供|上传|附|实名|验证|交|付|出示|录)))"
)
_NOT_CHARGED = re.compile(r"(?:不(?:再|另|会|予)?(?:收|扣|付)|免(?!费|除)|无需?(?:付|交)?)[^,。;]{0,5}费")
_CHARGED = re.compile(r"(?<!不)(?:收取?|扣除?|另付|加收)[^,。;]{0,6}(?:费|%|元)")
_CASE = re.compile(r"(?:的|者|时|后|,|情形|情况)$|^[因由凡如若]")
_CAUSE = re.compile(r"[因由]于?为?$|^因|原因$")
_JOINED = re.compile(r"^(?:、|或者?|以?及|和|与|/).+|.+(?:、|或者?|以?及|和|与|/)$", re.DOTALL)
_AND = re.compile(r"^(?:且|并且?|同时|而且).+|.+(?:且|并且)$", re.DOTALL)
_HIS_DOING = re.compile(
    r"^(?:恶意|故意|蓄意|明知|(?:买家|用户|客户|顾客|您|会员|玩家|本人|自己|自行|自身|个人|私自|擅自|单方|人为|主动|违规|异常|操作|使用|挂|开|用|原因|因素|导致|造成|的|在|因){1,6})$"
)
_NARROW = re.compile(
    r"^(?:限|仅限?|只限?|凡)?(?:(?:年|季|月|半年|包年|连续)[付费卡]|[金银铜黑白钻铂]卡|钻石|(?:s?vip|v)\d{0,2}|高级|付费|正式|认证|实名(?:认证)?|新|老|首[次单张件月年季]|第一[次单张]|独享|独占|自营|直营|国[内行际]|海外|境[内外]|大陆|[\u4e00-\u9fff]区|(?:正|原|全)价|(?:非|未)[\u4e00-\u9fff]{2,6}|大额|小额|满\s?\d+[元件张]?|面[值额]?[^,。;]{0,8}|\d+\s?[元块]?(?:及?以上|以下)?(?:面[值额])?|单[张笔]|本人|同一|指定|部分|线[上下]|实体|自动|人工|标准|普通|专业|企业|个人|家庭|无违规(?:记录)?|信用良好|活跃|合规|主|副|当[日月年天]|工作日|完好|未?超[过出][^,。;]{1,8}|本店认可|符合条件|审核通过|经[^,。;]{2,8}|涉嫌?[^,。;]{1,6}|恶意|(?:金额|超过|不足|低于|高于|达到)[^,。;]{1,10}|(?:因(?:为|由于)?)?(?:本店|平台|我们|官方|我[们方]?|卖家|商家|号源|货源|质量|商品)(?:自身|本身)?(?:(?:原因|责任|过错|问题)(?:造成|导致|引起)?|(?:造成|导致|引起)))(?:的|和|且)?$"
)
_THING = re.compile(
    r"^[者的]?(?:(?:坏|错|死|旧|点|充值|游戏|激活|兑换|礼品|账|帐|会员|虚拟)?(?:卡|码|券|单|号|订单|商品|余额|套餐|礼包|积分|货|件|门店|店|设备|手机|产品|服务|权益|课程?|密钥|授权|版|账户|帐户|金额|款项?|资金|费用|功能|流量|红包|时长|充值|订阅|车位|位置|节点|区|服)|会员|用户|买家|客户|顾客|玩家|车友|乘客|学员|代理|商户|持卡人|申请|登录|提现|下单|付款|支付|注册|换绑|转账|代充|直充|退款者?|退货者?|退单|处罚|被?封|掉|登不|无法|坏|失效|找回|被)"
)
_LEAST_MORE, _MORE = 4, re.compile(r"不|没|未|多次|屡|严重|超过|以上|且|拒")
_LOOSE = re.compile(r"[不未没无]|\d|^被")
_IDLE = re.compile(
    r"^(?:点|充值|兑换|激活|电子|虚拟|数字|游戏|礼品|储值|账|帐|订|商|货|密|账号|商品|订单|卡|号|码|券|所?(?:已?购(?:买|得)?|买|付|售出?|卖出?|发出?|下|拍|充)的?|出售的?|(?:本|该|此|这|其|原|每|各|任一|任何|任意|所有|全部|一切|全|整|各种|各类|相应|对应|有关|相关|上述|前述|以上|下述|具体|相关|最新|实际)[个张份笔件套批种类]?的?|(?:买家|用户|客户|顾客|您|你|亲|会员|本店|我们|我店|平台|客服|卖家|商家|店家)的?|再|也|都|均|就|会|将|可|即|则|请|的|了|且|并|又|还|一律|一概|可以|予以|及时|立即|马上|尽快|直接|统一|全额|另外|另行|免费|随时|正常|主动|自动)$"
)
_FILLER = re.compile(
    r"^(?:充值|兑换|激活|电子|虚拟|数字|游戏|礼品|账|帐|账号|账户|商品|订单?|货品?|密|(?:本|该|此|这|其|相应|对应|有关|相关|上述|前述)[个张份笔件套批种类家店]?的?|(?:买家|用户|客户|顾客|您|你|亲)的?|自己|都|均|就|会|将|则|请|的|了|到|去|过|还|在|已?经|被|一律|一概|予以|退|把|给|您|里|中|之)$"
)
_OTHERS = {
    "power": ("unilateral_power_added", "unilateral_power_removed"),
    "duty": ("burden_added", "burden_removed"),
    "fee": ("fee_added", "fee_removed"),
}
_KEPT_GOOD = re.compile(r"掉(?!线率)|封|找回|质保|保修|处罚|红信")
_FAULT = re.compile(
    r"^(?:因|由于|凡)?(?:系|是)?(?:您|买家|用户|客户|顾客|会员|玩家|本人|自己|自行|个人|人为|自身|私自|擅自|恶意|故意)"
)


def compare_qualifiers(pairs: Sequence[UnitPair]) -> list[Finding]:
    """What words put before a thing, or taken from it, do to what the sentence grants or refuses."""
    found = []
    for old, new in join_lone(pairs):
        if old is None or new is None or max(len(old.plain), len(new.plain)) > _LONGEST:
            continue
        told = _compare(old, new, alone=len(pairs) == 1)
        found += [told] if told else []
    return found


def _compare(old: Unit, new: Unit, *, alone: bool) -> Finding | None:
    """`alone`: nothing else was changed, so that it cannot be the half of a rewording."""
    if min(len(old.plain), len(new.plain)) < _LEAST:
        return None
    spots = list(_find_spots(old.plain, new.plain))
    if not spots or len(spots) > _MOST_SPOTS:
        return None
    (sign, what), other = _stands(old), _stands(new)
    if not sign or other != (sign, what):
        return None
    widths = {_width_of(*spot, refused=sign < 0) for spot in spots}
    if len(widths) != 1 or not (width := widths.pop()):
        return None
    return _tell(old, new, what, worse=width != sign, exact=alone)


def is_idle_edit(old: Unit, new: Unit) -> bool:
    """Whether all that came or went are words that say nothing: 卡可退 → 充值卡可退, 已激活 → 已经激活."""
    if old.entities != new.entities and [e.text for e in old.entities] != [e.text for e in new.entities]:
        return False
    spots = list(_find_spots(old.plain, new.plain))
    return 0 < len(spots) <= _MOST_SPOTS and all(_FILLER.match(put.strip()) for _head, put, _tail, _came in spots)


def _find_spots(old: str, new: str) -> Iterator[tuple[str, str, str, bool]]:
    """Words that are on one side only: the text before, they, the text behind, whether they came.

    Nothing where any words were exchanged for others.
    """
    spots = []
    for tag, i, j, k, n in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "replace":
            return
        if tag == "delete":
            spots.append((old[:i], old[i:j], old[j:], False))
        elif tag == "insert":
            spots.append((new[:k], new[k:n], new[n:], True))
    yield from spots


def _stands(unit: Unit) -> tuple[int, str]:
    """1 where the sentence grants something in the case that the unit names, -1 where it takes something or asks for
    it, 0 if both or neither; and what that is: "claim", "power", "duty" or "fee".
    """  # fmt: skip
    sentence, plain = put_defects(unit.sentence), put_defects(unit.plain)
    rest = sentence[max(0, sentence.find(plain)) + len(plain) :] if _CASE.search(plain) else ""
    said = rest if rest.strip(", ") else sentence
    if _NOT_CHARGED.search(said):
        return 1, "fee"
    refused = _REFUSES.search(said) is not None
    granted = _CLAIMS.search(_REFUSES.sub("_", said)) is not None
    if _DUTY.search(said) and not refused:
        return -1, "duty"
    if _SANCTION.search(said) and not granted:
        return -1, "power"
    if refused and granted:
        return 0, ""
    if refused:
        return -1, "claim"
    if _CHARGED.search(said) and not granted:
        return -1, "fee"
    return int(granted or _GRANTS.search(said) is not None), "claim"


def _width_of(head: str, put: str, tail: str, came: bool, *, refused: bool) -> int:
    """1 where the rule takes more cases now, -1 where it takes fewer, 0 where these words say nothing of it."""
    put = put.strip()
    if not put or _IDLE.match(put) or _FILLER.match(put) or not re.search(r"[\u4e00-\u9fffa-z]", put):
        return 0
    if _JOINED.match(put):
        in_case = _CASE.search(head + put + tail) or _CAUSE.search(head)
        return (1 if came else -1) if in_case and refused else 0
    if _AND.match(put):
        return 0 if _CLAIMS.search(put) or not _CASE.search(head + put + tail) else (-1 if came else 1)
    if refused and (_FAULT.match(put) or _HIS_DOING.match(put)) and not _CLAIMS.search(put):
        return -1 if came else 1
    placed = _THING.match(tail) is not None and (
        not head or head[-1] in "的因由凡由" or head.endswith((":", "]", "】"))
    )
    if _NARROW.match(put) and (_THING.match(tail) or put[0] == "因" or put[-1] == "的"):
        return -1 if came else 1
    if refused and tail[:1] in ("的", "者") and len(put) >= _LEAST_MORE and _MORE.search(put):
        return -1 if came else 1
    if placed and 2 <= len(put) <= 8 and not _LOOSE.search(put):
        return -1 if came else 1
    return 0


def _tell(old: Unit, new: Unit, what: str, *, worse: bool, exact: bool) -> Finding:
    scope = put_defects(new.sentence)
    effect = Effect.WORSE if worse else Effect.BETTER
    if what in _OTHERS:
        kind, severity = _OTHERS[what][not worse], Severity.HIGH if what == "power" else Severity.MEDIUM
        severity = severity if worse else Severity.NONE
        return Finding((kind,), effect, severity, "适用的范围", old.plain, new.plain, exact=exact)
    for right in RIGHTS:
        if right.words.search(scope):
            kinds = [right.kind(worse=worse)]
            if _KEPT_GOOD.search(scope) and "refund" not in kinds[0] and "warranty" not in kinds[0]:
                kinds.append("warranty_cut" if worse else "warranty_extended")
            weight = right.severity if worse else Severity.NONE
            return Finding(tuple(kinds), effect, weight, "适用的范围", old.plain, new.plain, exact=exact)
    kind = "spec_reduced" if worse else "spec_improved"
    return Finding(
        (kind,), effect, Severity.MEDIUM if worse else Severity.NONE, "适用的范围", old.plain, new.plain, exact=exact
    )
