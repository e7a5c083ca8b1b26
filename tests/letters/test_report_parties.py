"""A report pins the platform's acts on the platform and a shop's on the shop, where both are known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from complaints.casefiles import ORDERED
from routing.whofiles import FIRM, make_who, respondent

from letters.lettercase import make_change, make_page, make_version, make_whole, write
from monitor.complaints.letters.text import render_text
from monitor.complaints.model import CaseFile
from monitor.complaints.routing.report_parties import Doer, doer_of, list_accused
from monitor.operators.respondents import RespondentRole
from monitor.operators.seller_role import SellerRole
from scrapers.model import Author, Role
from storage.case import Respondent
from storage.model import WatchedPage

SHOP = Respondent("南昌快充网络科技有限公司", "江西省南昌市红谷滩区某道1号", shop="快充小店")
ORDER_URL = "https://xh88.test/shop/77/item/5"
WHO = make_who(respondent(RespondentRole.PLATFORM_OPERATOR), seller=SellerRole.PLATFORM)


def on_platform(*, who: bool = True, role: Role = Role.TERMS, url: str = "https://xh88.test/help") -> CaseFile:
    """The order was with a shop; the clause and its change stand on a page of this role."""
    file = make_whole(respondent=SHOP, url=ORDER_URL)
    before = make_version("c-1", ORDERED - timedelta(days=1), "最终解释权归本站所有。", "七天内包换。")
    after = make_version("c-2", ORDERED + timedelta(days=1), "最终解释权归本站所有。", "一经售出概不退换。")
    change = make_change(before, after, "七天内包换。", "一经售出概不退换。",
                         page=WatchedPage("p", "星河卡盟", url, role, "desktop"))  # fmt: skip
    page = replace(make_page(before, after, role=role), url=url)
    return replace(file, pages=(page,), changes=(change,), who=WHO if who else None)


def test_rules_of_the_platform_accuse_the_platform_and_no_shop() -> None:
    letter = write("market_report", on_platform())
    text = render_text(letter)
    assert "被举报人（平台经营者）" in text and FIRM in text
    assert SHOP.name not in text and SHOP.shop not in text
    assert "南昌" not in letter.to
    assert any("只写平台" in note for note in letter.notes)


def test_a_platform_that_nobody_knows_is_not_replaced_by_its_shop() -> None:
    letter = write("market_report", on_platform(who=False))
    text = render_text(letter)
    assert "未查明经营者名称" in text
    assert SHOP.name not in text and "南昌" not in letter.to


def shop_page() -> CaseFile:
    file = on_platform(role=Role.PRODUCT, url="https://xh88.test/shop/77/item/5")
    merchants = [
        replace(
            side,
            reading=replace(
                side.reading, blocks=tuple(replace(one, author=Author.MERCHANT) for one in side.reading.blocks)
            ),
        )
        for side in (file.pages[0].before, file.pages[0].after)
        if side is not None
    ]
    page = replace(file.pages[0], before=merchants[0], after=merchants[1], newest=merchants[1])
    return replace(file, pages=(page,))


def test_what_the_shop_wrote_accuses_the_shop_without_the_duties_of_platforms() -> None:
    letter = write("market_report", shop_page())
    text = render_text(letter)
    assert "被举报人（平台内经营者）" in text and SHOP.name in text
    assert FIRM not in text
    assert "南昌" in letter.to
    assert "该店铺商品页面" in text
    assert "第三十四条" not in text  # 电子商务法 34: only operators of platforms


def test_both_are_named_apart_and_each_row_says_whose_page_it_was() -> None:
    rules, goods = on_platform(), shop_page()
    letter = write(
        "market_report", replace(rules, pages=(*rules.pages, *goods.pages), changes=(*rules.changes, *goods.changes))
    )
    text = render_text(letter)
    assert text.index("被举报人一（平台经营者）") < text.index(FIRM) < text.index("被举报人二（平台内经营者）")
    assert "谁的页面" in text and "平台的页面" not in text.partition("【请求】")[0].partition("【涉嫌")[0]
    assert "不及于另一方" in text


def test_a_site_that_sells_by_itself_is_one_party() -> None:
    file = replace(make_whole(), pages=on_platform().pages)
    assert [doer for doer, _ in list_accused(file)] == [Doer.SITE]
    assert "谁的页面" not in render_text(write("market_report", file))


def test_pages_in_the_folder_of_the_shop_are_its_own() -> None:
    file = on_platform()
    assert doer_of(file, "https://xh88.test/shop/77/rules", Role.TERMS) is Doer.SHOP
    assert doer_of(file, "https://xh88.test/shop/78/rules", Role.TERMS) is Doer.PLATFORM
    assert doer_of(file, "https://xh88.test/help", Role.TERMS, Author.MERCHANT) is Doer.SHOP
