"""What labels and headings of Chinese card shops mean: 库存 is a stock, 购买须知 heads a prompt.

Takes text; gives facts and kinds. Label and value may stand as 库存：12, 库存(12), 质保 7天, or as two table cells.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from scrapers.model import BlockKind, Fact, FactKind, Source
from scrapers.money import find_prices, yuan
from scrapers.text import condense, one_line

MAX_VALUE = 120

LABELS: dict[FactKind, tuple[str, ...]] = {
    FactKind.NAME: ("商品名称", "商品名", "产品名称", "产品名", "宝贝名称", "品名"),
    FactKind.PRICE: (
        *("商品价格", "商品单价", "商品售价", "销售价格", "销售价", "零售价", "优惠价", "促销价", "活动价", "到手价"),
        *("购买价格", "购价", "进价", "售价", "现价", "单价", "价格", "本店价"),
    ),
    FactKind.ORIGINAL_PRICE: ("市场价格", "市场价", "划线价", "官方价", "官网价", "参考价", "原价"),
    FactKind.MEMBER_PRICE: ("会员价格", "会员价", "vip价", "代理价", "代理价格"),
    FactKind.STOCK: (
        *("库存状态", "库存数量", "库存情况", "剩余库存", "当前库存", "可用库存", "剩余数量", "库存量", "库存", "余量"),
        *("剩余", "存量"),
    ),
    FactKind.SOLD: ("累计销量", "销售数量", "已售出", "已售", "月销", "销量", "售出"),
    FactKind.LIMIT: (
        *("限购数量", "购买限制", "单次限购", "每人限购", "最少购买", "最低购买", "最小购买", "最多购买", "起购数量"),
        *("起订量", "起购", "限购"),
    ),
    FactKind.DELIVERY: (
        *("发货方式", "发货类型", "发货时间", "发货时效", "发货速度", "配送方式", "购买类型", "提货方式", "交易方式"),
        *("到账时间", "到账时效", "交付方式", "发货"),
    ),
    FactKind.FACE_VALUE: ("面值", "面额", "卡面值", "商品面值"),
    FactKind.SPEC: ("商品规格", "规格型号", "产品规格", "规格", "型号"),
    FactKind.VALIDITY: (
        *("使用有效期", "商品有效期", "卡密有效期", "有效期限", "有效时间", "有效期", "使用期限", "使用时限", "时效"),
    ),
    FactKind.WARRANTY: ("质保期限", "质保时间", "质保时长", "质保期", "质保", "保修期", "保修", "包换期"),
    FactKind.AFTER_SALES: (
        *(
            "售后服务",
            "售后承诺",
            "售后时间",
            "售后时限",
            "售后期限",
            "售后期",
            "售后政策",
            "售后",
            "退换货",
            "退换政策",
        ),
        *("退款政策", "退款", "退货", "补发期", "补发时限", "补发", "补卡"),
    ),
    FactKind.SUPPLIER: ("供货商", "供应商", "供货商名称", "供货平台", "货源"),
}

_KIND_OF_LABEL = {condense(label): kind for kind, labels in LABELS.items() for label in labels}
_MONEY_KINDS = frozenset({FactKind.PRICE, FactKind.ORIGINAL_PRICE, FactKind.MEMBER_PRICE, FactKind.FACE_VALUE})
_COUNT_KINDS = frozenset({FactKind.STOCK, FactKind.SOLD})
_ANY_LABEL = "|".join(sorted((re.escape(label) for label in _KIND_OF_LABEL), key=len, reverse=True))
_LEAD = r"(?:^|[\s，,；;。|｜/·•*【\[（(、]|(?<=\d))"
_PAIR = re.compile(
    rf"{_LEAD}(?:商品|本商品|产品|卡密)?({_ANY_LABEL})\s{{0,3}}(?:[】\]]\s{{0,3}}[：:]?|[：:=])\s{{0,3}}(?=\S)", re.I
)
_PARENTHESIS = re.compile(rf"{_LEAD}({_ANY_LABEL})\s{{0,2}}[（(]\s{{0,2}}([^（()）\n]{{1,20}})[)）]", re.I)
_COUNT = re.compile(rf"{_LEAD}(库存|剩余|已售|销量|限购)\s{{0,3}}(\d{{1,9}})(?!\d|[.:：年月天日小])", re.I)
_TERM = re.compile(
    rf"{_LEAD}(质保|有效期|售后)\s{{0,3}}((?:\d{{1,4}}|[一二三四五六七八九十两半]{{1,3}})\s?(?:天|日|个?月|年|小时|分钟))"
)
_END_OF_VALUE = re.compile(
    r"[\n|｜；;。【]|[，,、\s]\s{0,3}[^，,：:\s]{1,10}[：:]|(?:已售|销量|库存|剩余|限购)\s?[：:]"
)
_NUMBER = re.compile(r"\d{1,9}")
_WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]+")
_EDGES = " \t,，。；;、:：|"

STOCK_WORDS = (
    *(
        "库存充足",
        "现货充足",
        "库存爆棚",
        "数量有限",
        "所剩无几",
        "即将售罄",
        "库存紧张",
        "库存不足",
        "无限",
        "不限量",
        "不限",
    ),
    *(
        "缺货中",
        "已售罄",
        "已售空",
        "暂时缺货",
        "无库存",
        "暂无库存",
        "售罄",
        "缺货",
        "有库存",
        "有货",
        "无货",
        "充足",
        "紧张",
    ),
    *("补货中", "暂停销售", "禁售", "下架", "已下架", "一般", "少量", "大量"),
)
_STOCK_WORD = re.compile("|".join(sorted(STOCK_WORDS, key=len, reverse=True)))
_GONE = re.compile(r"缺货|(?<!即将)售罄|售空|无库存|无货|暂停销售|禁售|下架|补货中|^0$|out_?of_?stock|sold_?out", re.I)
_THERE = re.compile(r"有库存|有货|即将售罄|一般|[少大]量|充足|爆棚|有限|无几|紧张|无限|不限|^[1-9]\d*$|in_?stock", re.I)

_HEADINGS: tuple[tuple[BlockKind, re.Pattern[str]], ...] = (
    (
        BlockKind.PROMPT,
        re.compile(
            r"购买须知|购买提示|购买说明|购买前|购前|下单须知|下单前|买家须知|温馨提示|注意事项|重要提示|^提示$|防骗提醒"
        ),
    ),
    (
        BlockKind.TERMS,
        re.compile(
            r"用户协议|服务协议|服务条款|使用条款|交易规则|平台规则|免责|声明|协议|条款|隐私|政策|售后|退款|退换|退货|质保|"
            r"保修|补发|补卡|补偿|赔付|规则|禁售|争议|投诉|违约|责任|^terms|terms of|refund|warranty|privacy",
            re.I,
        ),
    ),
    (BlockKind.NOTICE, re.compile(r"公告|通知|最新消息|站点消息|announcement|notice", re.I)),
    (BlockKind.CONTACT, re.compile(r"联系我们|联系方式|联系客服|在线客服|客服中心|平台客服|关于我们|contact", re.I)),
    (
        BlockKind.DESCRIPTION,
        re.compile(
            r"(?:商品|产品|宝贝|卡密|货品)(?:描述|详情|介绍|说明|信息)|使用说明|使用方法|使用教程|详细介绍|规格参数|description",
            re.I,
        ),
    ),
)
_BUTTON = re.compile(
    r"^\s*(?:[×✕✖xX]|关\s?闭|确\s?[定认]|取\s?消|我?已?知[道晓]了?|(?:阅读并|我)?同意(?:并继续)?|(?:今日|不)再(?:提示|提醒|弹出|显示)|"
    r"今日不再(?:提示|提醒|弹出|显示)|close|ok)\s*(?:[（(]?\s*\d{1,3}\s*(?:s|秒)?\s*[)）]?)?\s*$",
    re.I,
)
MAX_HEADING = 24
RECOMMENDED = re.compile(r"推荐|相关(?:商品|产品)|猜你喜欢|热门|热销|看了又看|其他商品|同类商品")
"""Headings over goods that are not the page's own and change by themselves."""


@dataclass(frozen=True)
class LabelledValue:
    """A labelled value as it stood: 质保：7天."""

    kind: FactKind
    label: str
    value: str
    shown: str


def is_button(line: str) -> bool:
    """Whether a line is only the caption of a button (关闭, 我知道了 (5s)): never a rule, and it may count down."""
    return _BUTTON.match(line) is not None


def kind_of_label(label: str) -> FactKind | None:
    """The fact that a label names, if it is one: "【库存】：" is a stock."""
    return _KIND_OF_LABEL.get(condense(label).strip("【】[]（）():：*·•"))


def kind_of_heading(heading: str) -> BlockKind | None:
    """The kind of text that stands under a heading, if the heading says it."""
    text = condense(heading).strip("【】[]：:")
    if not text or len(text) > MAX_HEADING:
        return None
    return next((kind for kind, pattern in _HEADINGS if pattern.search(text)), None)


def canonical(kind: FactKind, shown: str) -> str:
    """The value in the form that is compared: yuan, a count or stock word, or text with plain digits and spaces."""
    text = one_line(_WIDE.sub(lambda wide: unicodedata.normalize("NFKC", wide.group()), shown)).strip(_EDGES)
    if kind in _MONEY_KINDS:
        prices = find_prices(text)
        number = re.search(r"\d[\d,]*(?:\.\d+)?", text)
        return prices[0].value if prices else yuan(number.group()) if number else text[:MAX_VALUE]
    if kind in _COUNT_KINDS:
        word, count = _STOCK_WORD.search(text), _NUMBER.search(text)
        return str(int(count.group())) if count else word.group() if word else text[:MAX_VALUE]
    return text[:MAX_VALUE]


def availability(stock: str) -> str:
    """ "yes" or "no" by a stock count or word, "" when it does not say."""
    return "no" if _GONE.search(stock) else "yes" if _THERE.search(stock) else ""


def find_labelled(text: str) -> Iterator[LabelledValue]:
    """Labelled values in a text, line by line, at most 300."""
    for number, line in enumerate(text[:200_000].split("\n")):
        if number == 2000 or not line.strip():
            continue
        taken: set[FactKind] = set()
        for value in _labelled_in(line[:400]):
            if value.kind not in taken and canonical(value.kind, value.value):
                taken.add(value.kind)
                yield value


def labelled_facts(text: str, subject: str, place: str, source: Source, confidence: float = 0.9) -> tuple[Fact, ...]:
    """Facts from the labelled values of a text; the first of a kind wins."""
    facts: dict[FactKind, Fact] = {}
    for found in find_labelled(text):
        value = canonical(found.kind, found.value)
        facts.setdefault(
            found.kind,
            Fact(subject, found.kind, value, found.shown, place=place, source=source, confidence=confidence),
        )
    return tuple(facts.values())


def _labelled_in(line: str) -> Iterator[LabelledValue]:
    for match in _PAIR.finditer(line):
        rest = line[match.end() :]
        cut = _END_OF_VALUE.search(rest)
        value = rest[: cut.start()] if cut else rest
        value = value.strip(_EDGES)
        kind = _KIND_OF_LABEL[condense(match.group(1))]
        if value and len(value) <= MAX_VALUE and _fits(kind, value):
            yield LabelledValue(kind, match.group(1), value, one_line(line[match.start(1) : match.end() + len(value)]))
    for pattern in (_PARENTHESIS, _COUNT, _TERM):
        for match in pattern.finditer(line):
            kind = _KIND_OF_LABEL[condense(match.group(1))]
            if _fits(kind, match.group(2)):
                yield LabelledValue(
                    kind, match.group(1), match.group(2).strip(), one_line(line[match.start(1) : match.end()])
                )


def _fits(kind: FactKind, value: str) -> bool:
    """Whether a value can be of that kind: a price has digits, a stock has digits or a known word."""
    if kind in _MONEY_KINDS:
        return any(character.isdigit() for character in value) and len(value) <= 30
    if kind in _COUNT_KINDS:
        return len(value) <= 20 and (_NUMBER.search(value) is not None or _STOCK_WORD.search(value) is not None)
    return True
