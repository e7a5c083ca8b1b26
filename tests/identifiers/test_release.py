"""Release pages: what they list as current, mirror and given up; and pages that only look like one."""

from __future__ import annotations

import json

from scrapers.identifiers.notices import find_notices
from scrapers.identifiers.release import find_release_identifiers, is_static_host, read_release_page
from scrapers.model import JsonAnswer, PageContent

PAGE = "https://kamao-fabu.github.io/home/"


def page(body: str, url: str = PAGE, **parts: object) -> PageContent:
    return PageContent(url, f"<html><body>{body}</body></html>", **parts)  # type: ignore[arg-type]


def test_a_page_that_says_collect_me_lists_current_mirrors_and_dropped() -> None:
    body = """<h1>卡猫地址发布页</h1><p>请收藏本站永久地址，防止失联</p>
    <p>最新网址：<a href="https://kamao9.com">kamao9.com</a></p>
    <p>备用网址：<a href="https://kamao8.cc/">kamao8.cc</a> <a href="https://kamao7.vip/">kamao7.vip</a></p>
    <p>旧域名 kamao1.com 已停用</p>"""
    found = read_release_page(page(body))
    assert found is not None
    assert (found.current, found.mirrors, found.former) == (
        ("kamao9.com",),
        ("kamao8.cc", "kamao7.vip"),
        ("kamao1.com",),
    )
    assert found.address == "kamao-fabu.github.io/home"
    assert {"words", "static host", "list of addresses"} <= set(found.signs)


def test_a_bare_list_of_buttons_is_read_the_first_is_current() -> None:
    body = """<p>永久地址发布，Ctrl+D 收藏</p><a href="https://km-a.com/?f=1">立即进入</a>
    <a href="https://km-b.net">线路二</a><a href="https://github.com/x">GitHub</a>"""
    found = read_release_page(page(body))
    assert found is not None
    assert (found.current, found.mirrors) == (("km-a.com",), ("km-b.net",))


def test_a_feed_of_addresses_is_read_with_what_is_down() -> None:
    feed = {"code": 0, "data": {"mainSite": "https://km-main.com", "mirrors": ["km-m1.net", "https://km-m2.cc/"],
            "nodes": [{"name": "香港", "url": "https://km-n1.top", "status": "up"},
                      {"name": "旧", "url": "https://km-n2.top", "status": "down"}]}}  # fmt: skip
    answers = (JsonAnswer("https://kamao-fabu.github.io/sites.json", "GET", 200, "", json.dumps(feed)),)
    found = read_release_page(page("<div id=app>加载中</div>", answers=answers))
    assert found is not None
    assert found.current == ("km-main.com",)
    assert set(found.mirrors) == {"km-m1.net", "km-m2.cc", "km-n1.top"}
    assert found.former == ("km-n2.top",)


def test_a_script_that_builds_a_jump_is_named() -> None:
    body = """<p>防失联</p><button id=go>进入</button><script>
    var strU="https://jump.kmgo.top:7443/?u=";
    go.onclick=function(){location.href=strU+encodeURIComponent(host)+"&p="+path}
    </script>"""
    found = read_release_page(page(body))
    assert found is not None
    assert found.jumps == ("https://jump.kmgo.top:7443/?u=",)
    assert "jump script" in found.signs


def test_a_shop_with_a_notice_of_its_address_is_no_release_page() -> None:
    goods = "".join(
        f"<div class=card><h5>商品{n} 永久会员激活码自动发货</h5><span>￥{n}.00</span> 库存 {n}</div>"
        for n in range(60)
    )
    notice = "<p>最新网址 kamao9.com 备用网址 kamao8.cc 请收藏</p>"
    assert read_release_page(page(notice + goods, "https://www.xh88.com/")) is None
    assert find_release_identifiers(page(notice + goods, "https://www.xh88.com/")) == ()


def test_a_page_of_a_static_host_that_says_nothing_of_addresses_is_none() -> None:
    assert read_release_page(page("<h1>我的博客</h1><p>今天天气不错 example88.com</p>")) is None
    assert is_static_host("kamao-fabu.github.io") and not is_static_host("www.xh88.com")


def test_what_a_release_page_lists_are_notices_of_it() -> None:
    body = "<h1>发布页</h1><p>最新网址：kamao9.com</p><p>备用网址：kamao8.cc</p>"
    assert {(one.value, one.role) for one in find_release_identifiers(page(body))} == {
        ("kamao9.com", "successor"),
        ("kamao8.cc", "mirror"),
    }


def test_a_site_names_its_release_page_by_host_and_path() -> None:
    body = (
        '<p>防失联：请收藏<a href="https://github.com/kamao/home?x=1">地址发布页</a></p><p>回家的路 kamaofb.top/go</p>'
    )
    found = find_notices(page(body, "https://www.xh88.com/"))
    assert {(one.kind, one.value) for one in found} == {
        ("release_page", "github.com/kamao/home"),
        ("release_page", "kamaofb.top/go"),
    }


def test_hostile_feeds_are_bounded() -> None:
    deep = "[" * 50_000 + "]" * 50_000
    wide = json.dumps({"mirrors": [f"km{n}.com" for n in range(5000)], "main": "kmx.com"})
    answers = tuple(JsonAnswer(PAGE, "GET", 200, "", body) for body in (deep, wide, "null", '{"main":'))
    found = read_release_page(page("<p>发布页</p>", answers=answers))
    assert found is not None
    assert len(found.mirrors) <= 100


def test_what_visitors_wrote_on_a_release_page_is_not_what_it_lists() -> None:
    own = """<h1>卡猫地址发布页</h1><p>请收藏本站永久地址，防止失联</p><p>最新网址：https://kamao9.com</p>
    <p>备用网址：https://kamao8.cc</p>"""
    said = "<div class=comment><b>网友</b><p>最新网址：https://bait-ka.com 已更换</p><p>lure-ka.com</p></div>"
    linked = '<div id=comments><ul><li><a href="https://hook-ka.com">前往 hook-ka.com</a></li></ul></div>'
    for text in ("", "卡猫地址发布页\n请收藏本站永久地址，防止失联\n最新网址：https://kamao9.com\n备用网址：https://kamao8.cc\n"
                 "网友\n最新网址：https://bait-ka.com 已更换\nlure-ka.com\n前往 hook-ka.com"):  # fmt: skip
        told = find_release_identifiers(page(f"{own}<div class=comment-list>{said}</div>{linked}", text=text))
        assert {(one.value, one.role, one.place) for one in told} == {
            ("kamao9.com", "successor", "visible"),
            ("kamao8.cc", "mirror", "visible"),
        }
    answers = (
        JsonAnswer("https://x.github.io/api/comments", "GET", 200, "", json.dumps({"main_url": "https://bait-ka.com"})),
    )
    told = find_release_identifiers(page(own, answers=answers))
    assert "bait-ka.com" not in {one.value for one in told}


def test_what_a_release_page_does_not_show_keeps_its_place() -> None:
    body = """<h1>卡猫地址发布页</h1><p>请收藏，防止失联</p><p>最新网址：https://kamao9.com</p>
    <div style="display:none">最新网址：https://unseen-ka.com</div><!-- 最新网址 https://remark-ka.com -->"""
    told = {one.value: one.place for one in find_release_identifiers(page(body))}
    assert told == {"kamao9.com": "visible", "unseen-ka.com": "hidden"}
