from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.page_address import normalise_address


@pytest.mark.parametrize(
    ("given_address", "kept"),
    [
        ("HTTPS://Shop.Test", "https://shop.test/"),
        ("https://shop.test:443/a", "https://shop.test/a"),
        ("http://shop.test:8080/a", "http://shop.test:8080/a"),
        ("http://示例.中国/商品/1?q=退款#/买", "http://xn--fsq092h.xn--fiqs8s/%E5%95%86%E5%93%81/1?q=%E9%80%80%E6%AC%BE#/%E4%B9%B0"),
        ("https://shop.test/%E5%95%86?a=1&b[]=2", "https://shop.test/%E5%95%86?a=1&b[]=2"),
        ("http://例。测试/", "http://xn--fsq.xn--0zwm56d/"),
        ("http://[::1]:8001/x", "http://[::1]:8001/x"),
        ("  https://shop.test/#/buy/12 ", "https://shop.test/#/buy/12"),
    ],
)  # fmt: skip
def test_an_address_has_one_spelling(given_address: str, kept: str) -> None:
    assert normalise_address(given_address) == kept
    assert normalise_address(kept) == kept


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("shop.test/buy", "write an http or https address"),
        ("javascript:alert(1)", "write an http or https address"),
        ("file:///etc/passwd", "'file:' addresses"),
        ("ftp://a.test/", "'ftp:' addresses"),
        ("data:text/html,x", "write an http or https address"),
        ("https://user:hunter2@a.test/", "user name or password"),
        ("https://a.test:99999/", "Port out of range"),
        ("https:///x", "names no host"),
        ("https://a b.test/", "a space"),
        ("https://a.test\\@b.test/", "a backslash"),
        ("https://a.test/\u202egnp", "invisible character"),
        ("https://a\u200b.test/", "invisible character"),
        ("https://" + "a" * 64 + ".test/", "no domain name"),
        ("https://" + "商" * 80 + ".test/", "no domain name"),
        ("https://a..test/", "no domain name"),
        ("https://a.test/" + "x" * 3000, "the most is 2000"),
    ],
)
def test_an_address_that_is_not_watched_is_refused_with_the_reason(address: str, told: str) -> None:
    with pytest.raises(ValueError, match=told) as caught:
        normalise_address(address)
    assert "hunter2" not in str(caught.value)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_addresses(text: str) -> None:
    for address in (text, f"https://{text}", f"https://a.test/{text}"):
        try:
            kept = normalise_address(address)
        except ValueError:
            continue
        assert kept.isascii() and kept.startswith(("http://", "https://"))
        assert normalise_address(kept) == kept
