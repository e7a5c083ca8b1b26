"""What a description promises: specification, validity, warranty, face value, and what is done after the sale.

Takes a description as text; gives facts about its product. A promise under a heading (售后说明) is taken whole; without
a heading the lines that speak of replacement and refund are, with less confidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from bs4 import BeautifulSoup

from scrapers.dom import text_of
from scrapers.labels import kind_of_heading, labelled_facts
from scrapers.model import Block, BlockKind, Fact, FactKind, Source
from scrapers.money import yuan
from scrapers.text import bound_html, one_line

MAX_PROMISE = 600
MAX_MARKUP = 500_000
_MAX_LINES = 60
_HEADING = re.compile(
    r"^\s*[【\[（(]?\s*(?:[一二三四五六七八九十\d]{1,3}\s?[、.．)）]\s?)?(?:关于|商品|本店|本站)?"
    r"(?:售后|质保|退换货?|退款|补发|换货)(?:与|和|及|、)?(?:售后|质保|退换货?|退款|补发)?"
    r"(?:承诺|说明|服务|条款|须知|政策|规则|保障|范围|时效|流程)?\s*[】\]）)]?\s*[:：]?\s*$"
)
_OTHER_HEADING = re.compile(r"^\s*[【\[（(]?[^，。；,;！!？?]{2,12}[】\]）)]?\s*[:：]?\s*$")
_PROMISE = re.compile(
    r"补发|补登|补卡|补换|掉了就补|退款|退货|退换|不退|包[退换赔]|(?<!兑)换[卡号新货码]|更换|赔[付偿]|不赔|售后|质保|保修|概不|\d\s?小时内"
)
_PROMPT = re.compile(
    r"^\s*[【\[（(]?\s*((?:购买|购前|下单|买家|购卡|使用)(?:须知|提示|必读|必看)|注意事项|温馨提示|友情提示)\s*(?:[】\]）)]|[:：]|$)"
)
_LABEL = re.compile(r"^\s*[【\[]?(?:质保|保修)(?:期限?|时[间长])?[】\]]?\s*[：:]")  # a fact of its own
_FACE_VALUE = re.compile(r"面[值额]\s{0,2}(?:为|是|[：:])?\s{0,2}[¥￥]?(\d{1,6}(?:\.\d{1,2})?)\s?元")
_FIRST_LOGIN = re.compile(r"[包保]\s?首(?:登|次登[录陆])|首(?:登|次登[录陆])\s?(?:质保|保障|包换)")
_NO_WARRANTY = re.compile(r"(?:不|无|没有|概不|不提供)(?:任何)?质保(?!期内|范围)")


def promise_facts(text: str, subject: str, place: str, source: Source, confidence: float = 0.8) -> tuple[Fact, ...]:
    """Facts that a description states; of each kind the surest comes from a label, then from a heading, then a line."""
    found = [
        fact
        for fact in labelled_facts(text, subject, place, source, confidence)
        if fact.kind not in (FactKind.NAME, FactKind.STOCK)
    ]
    kinds = {fact.kind for fact in found}

    def add(kind: FactKind, value: str, shown: str, sure: float) -> None:
        found.append(Fact(subject, kind, value, shown, "", place, source, sure))

    less = round(confidence - 0.1, 2)
    face = _FACE_VALUE.search(text)
    if face and FactKind.FACE_VALUE not in kinds:
        add(FactKind.FACE_VALUE, yuan(face.group(1)), face.group(), less)
    if FactKind.WARRANTY not in kinds:
        if none := _NO_WARRANTY.search(text):
            add(FactKind.WARRANTY, "无质保", none.group(), less)
        elif first := _FIRST_LOGIN.search(text):
            add(FactKind.WARRANTY, "首登", first.group(), less)
    promise, sure = read_after_sales(text)
    if sure == 1.0:
        found = [fact for fact in found if fact.kind is not FactKind.AFTER_SALES]
    if promise and (sure == 1.0 or FactKind.AFTER_SALES not in kinds):
        add(FactKind.AFTER_SALES, promise, promise, round(confidence * sure, 2))
    return tuple(found)


def read_after_sales(text: str) -> tuple[str, float]:
    """What a description says of the time after the sale, and how sure that is (0 to 1); "" where it says nothing."""
    lines = [line.strip() for line in text[:20_000].split("\n") if line.strip()]
    for number, line in enumerate(lines):
        if _HEADING.match(line):
            under = _lines_under(lines[number + 1 : number + 1 + _MAX_LINES])
            if under:
                return _join(under), 1.0
    spoken = [line for line in lines if _PROMISE.search(_LABEL.sub("", line)) and len(line) >= 4]
    return (_join(spoken[:_MAX_LINES]), 0.75) if spoken else ("", 0.0)


def part_prompts(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Descriptions with the notice to buyers that stands in them (【购买须知】) as a block of its own."""
    parted: list[Block] = []
    for block in blocks:
        lines = block.text.split("\n")
        start = next((n for n, line in enumerate(lines) if _PROMPT.match(line)), None)
        if block.kind is not BlockKind.DESCRIPTION or start is None:
            parted.append(block)
            continue
        end = start + 1 + len(_lines_under(lines[start + 1 :]))
        heading = _PROMPT.match(lines[start])
        rest = [*lines[:start], *lines[end:]]
        if rest or block.images:
            parted.append(replace(block, text="\n".join(rest)))
        parted.append(
            replace(
                block,
                kind=BlockKind.PROMPT,
                heading=heading.group(1) if heading else "",
                text="\n".join(lines[start:end]),
                images=(),
            )
        )
    return tuple(parted)


def read_markup(html: str) -> str:
    """A description that came as HTML in data, as text with its line breaks."""
    if "<" not in html:
        return html.strip()[:MAX_MARKUP]
    return text_of(BeautifulSoup(bound_html(html[:MAX_MARKUP]), "lxml"), with_hidden=True)


def _lines_under(lines: list[str]) -> list[str]:
    """Lines up to the next heading that is not about the same."""
    under: list[str] = []
    for line in lines:
        if _OTHER_HEADING.match(line) and not _PROMISE.search(line) and kind_of_heading(line) is not None:
            break
        under.append(line)
    return under


def _join(lines: list[str]) -> str:
    return one_line(" ".join(lines))[:MAX_PROMISE]
