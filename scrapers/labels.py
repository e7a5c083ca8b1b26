"""What labels and headings of Chinese card shops mean: 库存 is a stock, 购买须知 heads a prompt.

Takes text, simplified, traditional or English; gives facts and kinds. Label and value may stand as 库存：12, 库存(12),
质保 7天, Stock: 12, or as two table cells.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from scrapers.model import BlockKind, Fact, FactKind, Source
from scrapers.money import find_prices, yuan
from scrapers.quantities import find_limits, find_sold, read_count, read_limit
from scrapers.text import condense, one_line
from scrapers.traditional import fold_traditional
from scrapers.vocabulary import LABELS, STOCK_WORDS

MAX_VALUE = 120

_KIND_OF_LABEL = {condense(label): kind for kind, labels in LABELS.items() for label in labels}
_MONEY_KINDS = frozenset({FactKind.PRICE, FactKind.ORIGINAL_PRICE, FactKind.MEMBER_PRICE, FactKind.FACE_VALUE})
_COUNT_KINDS = frozenset({FactKind.STOCK, FactKind.SOLD})
_ALL_LABELS = {re.escape(label).replace(r"\ ", r"\s?") for labels in LABELS.values() for label in labels}
_ANY_LABEL = "|".join(sorted(_ALL_LABELS, key=len, reverse=True))
_LEAD = r"(?:^|[\s，,；;。|｜/·•*★◆■●▶➤✅【\[（(、]|(?<=\d))"
_PAIR = re.compile(
    rf"{_LEAD}(?:商品|本商品|产品|卡密)?({_ANY_LABEL})\s{{0,3}}(?:[】\]]\s{{0,3}}[：:]?|[：:=]|\s[-—–]\s)\s{{0,3}}(?=\S)",
    re.I,
)
_PARENTHESIS = re.compile(rf"{_LEAD}({_ANY_LABEL})\s{{0,2}}[（(]\s{{0,2}}([^（()）\n]{{1,20}})[)）]", re.I)
_COUNT = re.compile(rf"{_LEAD}(库存|剩余|还剩|仅剩|已售|销量|限购)\s{{0,3}}(\d{{1,9}})(?!\d|[.:：年月天日小])", re.I)
_MONEY = re.compile(
    rf"{_LEAD}(原价|市场价|官方价|划线价|门市价|零售价|售价|现价|特价|到手价)\s{{0,2}}"
    r"([¥￥]\s{0,2}\d{1,6}(?:\.\d{1,4})?|\d{1,6}(?:\.\d{1,4})?\s?元)"
)
_TERM = re.compile(
    rf"{_LEAD}(?:官方|全程|本站|激活后|提供|支持)?(质保|保修|保固|有效期|售后)\s{{0,3}}(?:期|为|是)?\s{{0,3}}"
    rf"((?:自?(?:购买|激活|收货|发货|到账|首次使用)(?:之日)?(?:起|后))?(?:\d{{1,4}}|[一二三四五六七八九十两半]{{1,3}})\s?(?:个?工作日|天|日|个?月|年|小时|分钟)|永久|终身|终生)"
)
_TERM_BEFORE = re.compile(
    r"(?<![\d一二三四五六七八九十])((?:\d{1,4}|[一二三四五六七八九十两半]{1,3})\s?(?:天|个?月|年|小时)|永久|终身)\s?(质保|保修|售后|有效期?)"
    r"(?![一-鿿]{3})"
)
_LOOSE = (
    (re.compile("[(（]"), _PARENTHESIS, 1, 2),
    (re.compile("价"), _MONEY, 1, 2),
    (re.compile("[库剩售销限]"), _COUNT, 1, 2),
    (re.compile("[保效售]"), _TERM, 1, 2),
    (re.compile("[保效售]"), _TERM_BEFORE, 2, 1),
)
"""Patterns without a colon, each behind a sign that all it fits has, and with the groups of its label and value."""
_MARK = re.compile(r"[】\]：:=]|\s[-—–]\s")
_END_OF_VALUE = re.compile(
    r"[\n|｜；;。【]|[，,、\s]\s{0,3}[^，,：:\s]{1,10}[：:]|[\s]/\s|(?:已售|销量|库存|剩余|限购)\s?[：:]"
)
_NUMBER = re.compile(r"\d{1,9}")
_WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]+")
_EDGES = " \t,，。；;、:：|"

_STOCK_WORD = re.compile("|".join(sorted(STOCK_WORDS, key=len, reverse=True)), re.I)
_GONE = re.compile(
    r"缺货|(?<!即将)售罄|售空|售完|卖完|抢光|抢完|无库存|无货|暂停[销出]售|停止销售|停售|禁售|下架|补货中|维护中|^0$"
    r"|out[_ ]?of[_ ]?stock|sold[_ ]?out",
    re.I,
)
_THERE = re.compile(
    r"有库存|有货|即将售罄|一般|[少大]量|充足|爆棚|有限|无几|紧张|无限|不限|^[1-9]\d*$"
    r"|in[_ ]?stock|low[_ ]?stock|unlimited",
    re.I,
)

_HEADINGS: tuple[tuple[BlockKind, re.Pattern[str]], ...] = (
    (
        BlockKind.PROMPT,
        re.compile(
            r"购买须知|购买提示|购买说明|购买前|购前|购卡须知|交易须知|使用须知|下单须知|下单前|下单必看|买家须知"
            r"|买家必读|必读|必看|温馨提示|友情提示|注意事项|重要提[示醒]|重要说明|特别[提说][醒明示]|风险提示|^提示$|防骗提醒"
            r"|before you (?:buy|order)|purchase notes?|buyer notice|important notes?|please read",
            re.I,
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
    (BlockKind.NOTICE, re.compile(r"公告|通知|最新消息|站点消息|供货商相关|供应商说明|announcement|notice", re.I)),
    (
        BlockKind.CONTACT,
        re.compile(r"联[系络]我们|联[系络]方式|联系客服|在线客服|客服中心|平台客服|关于我们|contact", re.I),
    ),
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
_DELIVERY = re.compile(
    r"^(?:即时|实时|秒|24小时|全天|全自动|系统)?(?:自动|人工|手动|手工|在线|即时|秒)(?:发货|交付|发卡|充值|处理|代充|到账|发送)$"
    r"|^(?:instant|automatic|auto|manual) delivery$",
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


def is_delivery(text: str) -> bool:
    """Whether a short text by itself says how goods are delivered: 自动发货, 人工代充."""
    return _DELIVERY.match(fold_traditional(text)) is not None


def kind_of_label(label: str) -> FactKind | None:
    """The fact that a label names, if it is one: "【库存】：" is a stock."""
    return _KIND_OF_LABEL.get(fold_traditional(condense(label)).strip("【】[]（）():：*·•★◆■●▶➤✅"))


def kind_of_heading(heading: str) -> BlockKind | None:
    """The kind of text that stands under a heading, if the heading says it."""
    text = fold_traditional(condense(heading)).strip("【】[]：:")
    if not text or len(text) > MAX_HEADING:
        return None
    spaced = fold_traditional(one_line(heading)).lower()
    return next((kind for kind, pattern in _HEADINGS if pattern.search(text) or pattern.search(spaced)), None)


def canonical(kind: FactKind, shown: str) -> str:
    """The value in the form that is compared: yuan, a count or stock word, or text with plain digits and spaces."""
    text = one_line(_WIDE.sub(lambda wide: unicodedata.normalize("NFKC", wide.group()), shown)).strip(_EDGES)
    if kind in _MONEY_KINDS:
        prices = find_prices(text)
        number = re.search(r"\d[\d,]*(?:\.\d+)?", text)
        if kind is FactKind.FACE_VALUE and not prices and number and text[number.end() :].strip(_EDGES):
            return text[:MAX_VALUE]  # 100点, USD 10: of no yuan that it says
        return prices[0].value if prices else yuan(number.group()) if number else text[:MAX_VALUE]
    if kind in _COUNT_KINDS:
        plain = fold_traditional(text)
        word, count = _STOCK_WORD.search(plain), read_count(plain)
        return count or (text[word.start() : word.end()] if word else text[:MAX_VALUE])
    return text[:MAX_VALUE]


def availability(stock: str) -> str:
    """ "yes" or "no" by a stock count or word, "" when it does not say."""
    stock = fold_traditional(stock)
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
    facts: dict[tuple[FactKind, str], Fact] = {}
    for found in find_labelled(text):
        if found.kind is FactKind.LIMIT:
            values = [(limit.value, limit.side) for limit in read_limit(found.label, found.value)]
        else:
            values = [(canonical(found.kind, found.value), "")]
        for value, qualifier in values:
            facts.setdefault(
                (found.kind, qualifier),
                Fact(subject, found.kind, value, found.shown, qualifier, place, source, confidence),
            )
    return tuple(facts.values())


def counted_facts(text: str, subject: str, place: str, source: Source, confidence: float = 0.7) -> tuple[Fact, ...]:
    """Limits and the sold counter that a text says in words: 每人限购2件, 3 件起购, 已有320人购买."""
    limits = (
        Fact(subject, FactKind.LIMIT, limit.value, limit.shown, limit.side, place, source, confidence)
        for limit in find_limits(text)
    )
    sold = next(find_sold(text), None)
    counter = (Fact(subject, FactKind.SOLD, sold.value, sold.shown, "", place, source, confidence),) if sold else ()
    return (*limits, *counter)


def _labelled_in(line: str) -> Iterator[LabelledValue]:
    plain = fold_traditional(line)
    for match in _PAIR.finditer(plain) if _MARK.search(plain) else ():
        rest = plain[match.end() :]
        cut = _END_OF_VALUE.search(rest)
        value = line[match.end() : match.end() + cut.start() if cut else len(line)]
        value = value.strip(_EDGES)
        kind = _KIND_OF_LABEL[condense(match.group(1))]
        if value and len(value) <= MAX_VALUE and _fits(kind, value):
            shown = one_line(line[match.start(1) : match.end() + len(value)])
            yield LabelledValue(kind, match.group(1), value, shown)
    for sign, pattern, label, value_at in _LOOSE:
        if not sign.search(plain):
            continue
        for match in pattern.finditer(plain):
            kind = _KIND_OF_LABEL.get(condense(match.group(label)), FactKind.VALIDITY)
            value = line[match.start(value_at) : match.end(value_at)].strip()
            if _fits(kind, value):
                yield LabelledValue(kind, match.group(label), value, one_line(line[match.start() : match.end()]))


def _fits(kind: FactKind, value: str) -> bool:
    """Whether a value can be of that kind: a price has digits, a stock has digits or a known word."""
    if kind in _MONEY_KINDS:
        return any(character.isdigit() for character in value) and len(value) <= 30
    if kind in _COUNT_KINDS:
        plain = fold_traditional(value)
        return len(value) <= 20 and (_NUMBER.search(value) is not None or _STOCK_WORD.search(plain) is not None)
    if kind is FactKind.LIMIT:
        return _NUMBER.search(value) is not None
    return True
