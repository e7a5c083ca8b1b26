"""The record of a product: made of single facts, with their sources, and nothing that the page does not tell."""

from __future__ import annotations

from monitor.product_facts import Contact, MemberPrice, Variant, WholesaleTier, describe_page, list_products
from scrapers.model import Author, Block, BlockKind, Fact, FactKind, Reading, Source

from .golden import FIXTURES, read_example


def reading_of(*facts: Fact, blocks: tuple[Block, ...] = ()) -> Reading:
    return Reading("generic", 0.5, "test", "", "", facts=facts, blocks=blocks)


def test_a_product_page_of_a_family_is_one_record() -> None:
    page = FIXTURES / "acg_faka" / "product.html"
    product = describe_page(read_example(page, "http://deng.test/item/31", "product"), "http://deng.test/item/31")
    assert (product.name, product.price, product.stock, product.sold) == ("星轨月卡 30天", "28.5", 46, "7")
    assert product.wholesale == (WholesaleTier(10, "26.8"), WholesaleTier(50, "25.125"))
    assert product.variants == (Variant("国服", "28.5"), Variant("国际服", "31"))
    assert product.member_prices == (MemberPrice("", "26"),)
    assert (product.min_quantity, product.max_quantity) == (2, 20)
    assert (product.validity, product.warranty) == ("激活后30天", "7天")
    assert product.contacts == (Contact("qq", "20010031"),)
    assert product.sources["wholesale"].source == "script"
    assert product.sources["price"].confidence > 0.5
    assert product.family == "acg-faka" and product.currency == "CNY"


def test_a_list_has_a_record_for_each_product_and_none_for_itself() -> None:
    reading = read_example(FIXTURES / "acg_faka" / "list.html", "http://deng.test/", "home")
    assert [product.name for product in list_products(reading)][:2] == ["星轨月卡 30天", "星轨季卡 90天"]
    whole = describe_page(reading, "http://deng.test/")
    assert whole.name is None and whole.price is None and whole.contacts


def test_the_address_names_the_product_among_others() -> None:
    facts = [Fact(f"buy:{n}", FactKind.NAME, f"点卡{n}") for n in (7, 8)]
    assert describe_page(reading_of(*facts), "https://shop.test/buy/8").name == "点卡8"
    assert describe_page(reading_of(*facts), "https://shop.test/?pid=7").name == "点卡7"
    assert describe_page(reading_of(*facts), "https://shop.test/list").name is None


def test_a_word_for_the_stock_is_no_number() -> None:
    product = describe_page(reading_of(Fact("a", FactKind.STOCK, "即将售罄")))
    assert (product.stock, product.stock_text) == (None, "即将售罄")


def test_what_the_software_ships_is_neither_notice_nor_promise() -> None:
    shipped = Block(BlockKind.NOTICE, "默认公告", "售后说明", author=Author.SOFTWARE)
    own = Block(BlockKind.PROMPT, "售出不退。", "购买须知", "a", source=Source.POPUP)
    other = Block(BlockKind.PROMPT, "另一件商品。", "购买须知", "b")
    product = describe_page(
        reading_of(Fact("a", FactKind.NAME, "甲"), blocks=(shipped, own, other)), "https://shop.test/"
    )
    assert product.notices == ("售出不退。",)
    assert product.after_sales is None
