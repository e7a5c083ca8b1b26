"""On a product's page the pictures on the cards of other products say nothing of this one; all others are read."""

from __future__ import annotations

import hashlib

from scrapers.extract import read_page
from scrapers.model import PageContent, PictureLine, PictureText, Role, SeenPicture, Source

SHOP = "https://shop.test"
PAGE = """<h1>白鹭月卡</h1><p class="price">¥12.00</p><p>库存：5</p>
<img src="/own.png"><a href="/help/rules"><img src="/rules.png"></a><a href="/buy/3"><img src="/shared.png"></a>
<img data-src="/shared.png?v=2"><h4>大家还买了</h4>
<div><a href="/buy/7"><img src="/card.png"><b>云杉年卡</b> ¥8.00</a><a href="/buy/1"><img src="/here.png"></a></div>"""


def read_pictures(role: Role) -> set[str]:
    pictures = tuple(
        SeenPicture(
            f"{SHOP}/{name}.png",
            PictureText(hashlib.sha256(name.encode()).hexdigest(), "by hand", (PictureLine(f"{name}七天包换", 0.9),)),
        )
        for name in ("own", "rules", "shared", "card", "here")
    )
    reading = read_page(PageContent(f"{SHOP}/buy/1", PAGE, pictures=pictures), role=role)
    return {block.text.removesuffix("七天包换") for block in reading.blocks if block.source is Source.IMAGE}


def test_pictures_on_cards_of_other_products_are_left_out() -> None:
    assert read_pictures(Role.PRODUCT) == {"own", "rules", "shared", "here"}


def test_elsewhere_every_picture_counts() -> None:
    assert "card" in read_pictures(Role.NOTICE)
