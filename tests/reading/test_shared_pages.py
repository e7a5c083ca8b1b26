"""Saved pages of real shop software, kept beside the project, are read right."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from scrapers.extract import read_page
from scrapers.model import Author, BlockKind, Fact, FactKind, JsonAnswer, PageContent, Reading, Role, Source


def _page(
    folder: Path,
    name: str,
    role: Role | None,
    *,
    source_only: bool = False,
    generic: bool = False,
    answers: bool = True,
) -> Reading:
    file = folder / "pages" / f"{name}.html"
    if not file.exists():
        pytest.skip(f"{name} is not among the saved pages")
    about = json.loads(file.with_suffix(".json").read_text("utf-8"))
    source = file.with_name(file.stem + ".raw.html").read_text("utf-8")
    content = PageContent(
        url=about["url"],
        dom=source if source_only else file.read_text("utf-8"),
        source_html=source,
        title=about["title"],
        cookies=tuple(about["cookies"]),
        answers=() if source_only or not answers else tuple(
            JsonAnswer(x["u"], x["m"], x["s"], x["post"] or "", x["b"] or "") for x in about["xhr"]
        ),
    )  # fmt: skip
    return read_page(content, role=role, families=() if generic else None)


def _values(reading: Reading, kind: FactKind) -> dict[str, str]:
    return {fact.subject + fact.qualifier: fact.value for fact in reading.facts if fact.kind is kind}


def _one(reading: Reading, kind: FactKind) -> Fact | None:
    return next((fact for fact in reading.facts if fact.kind is kind and fact.subject), None)


def _text(reading: Reading, kind: BlockKind) -> str:
    return "\n".join(block.text for block in reading.blocks if block.kind is kind)


PRODUCTS = {
    "1": ("爱奇艺黄金VIP会员 月卡", "15.8", {"10": "14.8", "50": "13.9"}),
    "3": ("优酷VIP会员 年卡（直充）", "118", {}),
    "9": ("Steam 充值卡 50元", "49.5", {}),
    "11": ("王者荣耀 648点券 代充", "62", {}),
    "14": ("Windows 11 专业版 激活密钥", "29.9", {"10": "24.9", "100": "19.9"}),
    "22": ("ChatGPT Plus 合租账号 月", "35", {"3": "34"}),
}


@pytest.mark.parametrize(
    ("name", "number", "stock"),
    [
        ("acg-faka/Cartoon/detail_instock", "1", "120"),
        ("acg-faka/Cartoon/detail_nostock", "3", "已售罄"),
        ("acg-faka/Cartoon/detail_orderpwd", "9", "77"),
        ("acg-faka/Cartoon/detail_wholesale_sku", "14", "200"),
        ("acg-faka/Cartoon/detail_hidden_stock", "22", "一般"),
        *((f"dujiaoka/{theme}/detail_instock", "1", "120") for theme in ("luna", "hyper")),
        *((f"dujiaoka/{theme}/detail_nostock", "3", "0") for theme in ("luna", "hyper")),
        *((f"dujiaoka/{theme}/detail_manual", "11", "999") for theme in ("luna", "hyper")),
        *((f"dujiaoka/{theme}/detail_wholesale", "14", "200") for theme in ("luna", "hyper")),
    ],
)
def test_a_product_page_of_a_known_family(shared_folder: Path, name: str, number: str, stock: str) -> None:
    reading = _page(shared_folder, name, Role.PRODUCT)
    family = name.split("/")[0]
    subject = f"{'item' if family == 'acg-faka' else 'buy'}:{number}"
    title, price, tiers = PRODUCTS[number]
    assert reading.family == family
    assert _values(reading, FactKind.NAME) == {subject: title}
    assert _values(reading, FactKind.PRICE) == {subject: price}
    assert _values(reading, FactKind.STOCK) == {subject: stock}
    assert _values(reading, FactKind.TIER_PRICE) == {subject + quantity: value for quantity, value in tiers.items()}
    assert "有效期" in _text(reading, BlockKind.DESCRIPTION)
    assert _one(reading, FactKind.VALIDITY) is not None
    assert reading.problems == ()


def test_variants_and_hidden_tiers_of_acg_faka(shared_folder: Path) -> None:
    reading = _page(shared_folder, "acg-faka/Cartoon/detail_wholesale_sku", Role.PRODUCT)
    assert _values(reading, FactKind.VARIANT_PRICE) == {"item:14单机版": "29.9", "item:14多机版": "59.8"}
    assert {fact.source for fact in reading.facts if fact.kind is FactKind.TIER_PRICE} == {Source.SCRIPT}


def test_the_source_alone_gives_name_price_and_tiers_of_acg_faka(shared_folder: Path) -> None:
    reading = _page(shared_folder, "acg-faka/Cartoon/detail_wholesale_sku", Role.PRODUCT, source_only=True)
    price = _one(reading, FactKind.PRICE)
    assert price is not None and (price.value, price.source) == ("29.9", Source.SCRIPT)
    assert len(_values(reading, FactKind.TIER_PRICE)) == 2


@pytest.mark.parametrize("name", ["home", "category"])
def test_lists_of_acg_faka_agree_with_their_data(shared_folder: Path, name: str) -> None:
    about = json.loads((shared_folder / "pages/acg-faka/Cartoon" / f"{name}.json").read_text("utf-8"))
    answer = next(x for x in about["xhr"] if urlsplit(x["u"]).path.endswith("/commodity"))
    assert parse_qs(urlsplit(answer["u"]).query)["categoryId"]
    rows = json.loads(answer["b"])["data"]
    reading = _page(shared_folder, f"acg-faka/Cartoon/{name}", Role.HOME)
    assert _values(reading, FactKind.NAME) == {f"item:{row['id']}": row["name"] for row in rows}
    assert _values(reading, FactKind.PRICE) == {f"item:{row['id']}": f"{row['price']:g}" for row in rows}
    assert _values(reading, FactKind.STOCK) == {f"item:{row['id']}": str(row["stock"]) for row in rows}
    assert "付款即视为同意售后条款" in _text(reading, BlockKind.NOTICE)


def test_a_closed_shop_is_known_as_closed(shared_folder: Path) -> None:
    reading = _page(shared_folder, "acg-faka/Cartoon/closed", Role.HOME)
    assert reading.family == "acg-faka"
    assert _values(reading, FactKind.AVAILABLE) == {"": "no"}
    assert reading.problems


def test_lists_of_dujiaoka_give_each_product_once(shared_folder: Path) -> None:
    luna = _page(shared_folder, "dujiaoka/luna/home", Role.HOME)
    hyper = _page(shared_folder, "dujiaoka/hyper/home", Role.HOME)
    assert len(_values(luna, FactKind.NAME)) == len(_values(hyper, FactKind.NAME)) == 25
    assert _values(luna, FactKind.STOCK)["buy:3"] == "0"
    assert _values(luna, FactKind.TIER_PRICE)["buy:150"] == "13.9", "the tier that the page glues to the first"
    assert sorted(_values(luna, FactKind.PRICE).values()) == sorted(_values(hyper, FactKind.PRICE).values())
    notice = next(block for block in hyper.blocks if block.kind is BlockKind.NOTICE)
    assert notice.source is Source.POPUP and "不予退款" in notice.text


@pytest.mark.parametrize("theme", ["luna", "hyper"])
def test_the_prompt_of_dujiaoka_is_read_from_its_pop_up(shared_folder: Path, theme: str) -> None:
    reading = _page(shared_folder, f"dujiaoka/{theme}/detail_wholesale", Role.PRODUCT)
    prompts = [block for block in reading.blocks if block.kind is BlockKind.PROMPT]
    assert [(prompt.source, prompt.subject) for prompt in prompts] == [(Source.POPUP, "buy:14")]
    assert "非质量问题不支持退款" in prompts[0].text


@pytest.mark.parametrize(
    ("name", "title", "price", "stock"),
    [
        ("dujiao-next/default/detail_instock", *PRODUCTS["1"][:2], "120"),
        ("dujiao-next/default/detail_nostock", *PRODUCTS["3"][:2], "0"),
        ("dujiao-next/default/detail_wholesale", *PRODUCTS["14"][:2], "200"),
        ("qs-faka/default/detail_instock", *PRODUCTS["1"][:2], "50"),
        ("qs-faka/default/detail_nostock", *PRODUCTS["3"][:2], "0"),
        ("qs-faka/default/detail_wholesale", *PRODUCTS["14"][:2], "50"),
        ("qs-faka/default/detail_visitpwd", "【密码商品】代理专供 Canva Pro 年", "12", "30"),
    ],
)
def test_the_generic_reader_alone_reads_products_of_any_software(
    shared_folder: Path, name: str, title: str, price: str, stock: str
) -> None:
    reading = _page(shared_folder, name, Role.PRODUCT, generic=True)
    assert reading.family == "generic"
    assert list(_values(reading, FactKind.NAME).values()) == [title]
    assert list(_values(reading, FactKind.PRICE).values()) == [price]
    stocks = [value.replace("售罄", "0") for value in _values(reading, FactKind.STOCK).values()]
    assert stocks == [stock]


def test_the_generic_reader_reads_lists_terms_and_tiers(shared_folder: Path) -> None:
    products = _page(shared_folder, "dujiao-next/default/products", Role.HOME, generic=True)
    shop = _page(shared_folder, "qs-faka/default/shop", Role.HOME, generic=True)
    assert len(_values(products, FactKind.NAME)) >= 20
    assert len(_values(products, FactKind.NAME)) == len(_values(products, FactKind.PRICE))
    assert list(_values(shop, FactKind.STOCK).values()).count("0") == 1 and len(_values(shop, FactKind.NAME)) == 5
    terms = _page(shared_folder, "qs-faka/default/terms", Role.TERMS, generic=True)
    assert "买家应在订单完成后48小时内提交工单" in _text(terms, BlockKind.TERMS)
    assert "ICP备" not in _text(terms, BlockKind.TERMS)
    tiers = _values(
        _page(shared_folder, "qs-faka/default/detail_wholesale", Role.PRODUCT, generic=True), FactKind.TIER_PRICE
    )
    assert sorted(tiers.values()) == ["19.9", "24.9"]


def test_a_text_that_ships_with_the_software_is_not_the_operators_promise(shared_folder: Path) -> None:
    reading = _page(shared_folder, "qs-faka/default/order_query", Role.ORDER)
    disclaimers = [block for block in reading.blocks if "免责声明" in block.text]
    assert [block.author for block in disclaimers] == ["software"]


@pytest.mark.parametrize(
    ("name", "subject", "number", "stock"),
    [
        ("dujiao-next/default/detail_instock", "product:p-1", "1", "120"),
        ("dujiao-next/default/detail_nostock", "product:p-3", "3", "售罄"),
        ("dujiao-next/default/detail_wholesale", "product:p-14", "14", "200"),
        ("qs-faka/default/detail_instock", "link:GOOD0001", "1", "50"),
        ("qs-faka/default/detail_nostock", "link:GOOD0003", "3", "0"),
        ("qs-faka/default/detail_wholesale", "link:GOOD0014", "14", "50"),
    ],
)
@pytest.mark.parametrize("answers", [True, False], ids=["page and answers", "page alone"])
def test_pages_drawn_by_script_say_the_same_with_and_without_their_answers(
    shared_folder: Path, name: str, subject: str, number: str, stock: str, answers: bool
) -> None:
    reading = _page(shared_folder, name, Role.PRODUCT, answers=answers)
    assert reading.family == name.split("/")[0] and reading.family_confidence >= 0.6
    assert _values(reading, FactKind.NAME) == {subject: PRODUCTS[number][0]}
    assert _values(reading, FactKind.PRICE) == {subject: PRODUCTS[number][1]}
    assert _values(reading, FactKind.STOCK) == {subject: stock}
    assert _one(reading, FactKind.SPEC) is not None and _one(reading, FactKind.AFTER_SALES) is not None
    assert "有效期" in _text(reading, BlockKind.DESCRIPTION)


def test_what_only_the_answers_say_is_added_with_its_source(shared_folder: Path) -> None:
    reading = _page(shared_folder, "dujiao-next/default/detail_instock", Role.PRODUCT)
    member = _one(reading, FactKind.MEMBER_PRICE)
    assert member is not None and (member.value, member.source) == ("14.5", Source.JSON)
    locked = _one(_page(shared_folder, "qs-faka/default/detail_visitpwd", Role.PRODUCT), FactKind.LOCKED)
    assert locked is not None and (locked.value, locked.source) == ("password", Source.JSON)


def test_the_merchants_words_and_the_platforms_are_kept_apart(shared_folder: Path) -> None:
    shop = _page(shared_folder, "qs-faka/default/shop", Role.HOME)
    agreement = _page(shared_folder, "qs-faka/default/terms", Role.TERMS)
    orders = _page(shared_folder, "qs-faka/default/order_query", Role.ORDER)
    assert {block.author for block in shop.blocks} == {Author.MERCHANT}
    assert {block.author for block in agreement.blocks} == {Author.PLATFORM}
    assert {block.author for block in orders.blocks if "免责声明" in block.text} == {Author.SOFTWARE}


def test_every_field_of_every_saved_page_is_read_right(shared_folder: Path) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "bench.facts", "--wrong", "--json"]
    done = subprocess.run(
        command, cwd=root, env={**os.environ, "CARDWATCH_SHARED": str(shared_folder)}, capture_output=True, timeout=60
    )
    figures = json.loads(done.stdout)
    wrong = [line for line in done.stderr.decode().splitlines() if line.startswith("family") and "example" not in line]
    assert not wrong, "\n".join(wrong)
    assert figures["family dujiao-next"]["fields"] > 200, "the saved pages were not read"
