"""A rule that a visitor sees is read, in whatever box of whatever page it stands."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.changes.compare import compare_readings
from scrapers.elsewhere import PLACE
from scrapers.extract import read_page
from scrapers.model import PageContent, Role
from storage.model import Effect

from .golden import FIXTURES, content_of_example, load_answer

RULE = "卡密一经售出概不退款，余额不予退还。"
BOX = f'<div class="box"><h3>本店规则</h3><p>一、{RULE}</p></div>'
PRODUCTS = sorted(page for page in FIXTURES.glob("*/*product.html") if page.parent.name != "generic")


@pytest.mark.parametrize("page", PRODUCTS, ids=lambda page: f"{page.parent.name}/{page.stem}")
@pytest.mark.parametrize("end", [False, True], ids=["first", "last"])
def test_a_rule_in_a_box_of_the_shops_own_is_a_change_on_every_family(page: Path, end: bool) -> None:
    url = str(load_answer(page)["url"])
    content = content_of_example(page, url)
    dom = content.dom
    boxed = dom.replace("</body>", f"{BOX}</body>") if end else dom.replace("<body>", f"<body>{BOX}", 1)
    if boxed == dom:
        boxed = dom + BOX if end else BOX + dom
    text = f"{content.text}\n本店规则\n一、{RULE}" if content.text else ""
    changed = replace(content, dom=boxed, source_html=boxed, text=text)
    old, new = (read_page(one, role=Role.PRODUCT) for one in (content, changed))
    worse = [one for one in compare_readings(old, new, role=Role.PRODUCT) if one.effect is Effect.WORSE]
    assert any("不退款" in one.after for one in worse)


@pytest.mark.parametrize("tag", ["aside", "nav"])
def test_a_rule_beside_the_main_text_of_a_terms_page_is_a_change(tag: str) -> None:
    main = "<main><h1>售后规则</h1><p>一、质量问题七天内可以退款。</p><p>二、换货请联系客服。</p></main>"
    pages = [f"<body>{main}</body>", f"<body>{main}<{tag}><p>三、{RULE}</p></{tag}></body>"]
    old, new = (read_page(PageContent("https://shop.test/terms", dom), role=Role.TERMS) for dom in pages)
    assert any(RULE[:8] in one.after for one in compare_readings(old, new, role=Role.TERMS))


def test_what_a_block_holds_names_of_goods_and_prices_are_not_repeated() -> None:
    dom = (
        "<body><h3>店铺公告</h3><p>售出不退换，质量问题七天内包换。</p><div class=card><h4>月卡 质保30天不掉线</h4>"
        "<b>￥18.00</b><p>库存：3</p></div><p>质保内免费补发 ￥9.90</p></body>"
    )
    reading = read_page(PageContent("https://shop.test/buy/1", dom), role=Role.PRODUCT)
    assert not any(block.place == PLACE for block in reading.blocks)
