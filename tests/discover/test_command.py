"""`cardwatch discover` and `cardwatch findings` from the command line, over a shop on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from run.shop import TERMS, Shop, Watcher, serve_shop

HOME = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>示例卡盟</title></head><body>
<ul>{cards}</ul><footer><a href="/login">登录</a><a href="/terms">售后条款</a></footer></body></html>"""
CARD = '<li class="card"><h3>云图点卡{n}元</h3><b>￥{n}.00</b><a href="/goods/{n}">购买</a></li>'
GOODS = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>云图点卡{n}元</title></head><body>
<h1>云图点卡{n}元</h1><p>价格：￥{n}.00</p><p>库存：8</p></body></html>"""


def furnish(shop: Shop, *numbers: int) -> None:
    shop.pages["/"] = HOME.format(cards="".join(CARD.format(n=number) for number in numbers))
    for number in numbers:
        shop.pages[f"/goods/{number}"] = GOODS.format(n=number)


@pytest.fixture
def shop() -> Iterator[Shop]:
    with serve_shop() as served:
        furnish(served, 10, 20, 30)
        yield served


@pytest.fixture
def watcher(tmp_path: Path) -> Watcher:
    return Watcher(tmp_path)


def test_a_site_is_proposed_and_nothing_is_stored(shop: Shop, watcher: Watcher) -> None:
    watcher.configure(shop)
    before = (watcher.folder / "config.toml").read_text("utf-8")
    done = watcher.run("discover", "http://shop.test/", "--pace", "0", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    roles = {one["url"]: one["role"] for one in told["proposals"]}
    assert roles["http://shop.test/terms"] == "terms"
    assert roles["http://shop.test/goods/20"] == "product"
    assert [one["url"] for one in told["proposals"] if one["watched"]] == ["http://shop.test/terms"]
    assert "/login" not in shop.asked
    assert "[1/25] http://shop.test/" in done.stderr
    assert (watcher.folder / "config.toml").read_text("utf-8") == before
    assert not (watcher.folder / "archive").exists()


def test_proposals_are_added_once_and_what_was_opened_is_kept_when_asked(shop: Shop, watcher: Watcher) -> None:
    watcher.configure(shop)
    done = watcher.run("discover", "http://shop.test", "--pace", "0", "--add", "--keep", "--json")
    told = json.loads(done.stdout)
    assert told["platform"] == "示例卡盟"
    assert "http://shop.test/goods/10" in told["added"]
    assert told["kept"]
    watched = watcher.ask("pages")["pages"]
    assert isinstance(watched, list)
    assert {page["url"] for page in watched} >= {
        "http://shop.test/",
        "http://shop.test/terms",
        "http://shop.test/goods/30",
    }
    captures = watcher.ask("history")["captures"]
    assert isinstance(captures, list)
    assert {capture["id"] for capture in captures} == set(told["kept"])
    again = json.loads(
        watcher.run("discover", "http://shop.test", "--pace", "0", "--add", "--max-pages", "1", "--json").stdout
    )
    assert again["added"] == []


def test_a_product_that_is_gone_for_one_look_blinked_and_one_just_gone_is_pending(shop: Shop, watcher: Watcher) -> None:
    watcher.configure(shop, paths=("/",))
    config = watcher.folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace('role = "terms"', 'role = "home"'), "utf-8")
    for numbers in ((10, 20, 30), (10, 20), (10, 20, 30), (10, 30)):
        furnish(shop, *numbers)
        done = watcher.run("run", "--all")
        assert done.returncode in (0, 3), done.stderr
    changes = watcher.ask("changes", "--severity", "none")["changes"]
    assert isinstance(changes, list)
    gone = {
        change["before"].split("元")[0]: change["status"] for change in changes if "product_removed" in change["kinds"]
    }
    assert gone["云图点卡30"] == "blinked"
    assert gone["云图点卡20"] == "pending"


def test_a_silent_change_is_found_with_its_captures(shop: Shop, watcher: Watcher) -> None:
    watcher.configure(shop, paths=("/terms", "/"))
    config = watcher.folder / "config.toml"
    head, tail = config.read_text("utf-8").rsplit('role = "terms"', 1)
    config.write_text(f'{head}role = "home"{tail}', "utf-8")
    watcher.run("run", "--all")
    shop.pages["/terms"] = TERMS.format(window="3天")
    watcher.run("run", "--all")
    watcher.run("run", "--all")
    found = watcher.ask("findings", "示例卡盟")["findings"]
    assert isinstance(found, list)
    [silent] = [one for one in found if one["kind"] == "changed_silently"]
    assert "7天" in silent["sentence"]
    assert "3天" in silent["sentence"]
    assert len(silent["captures"]) >= 3
    assert {law["id"] for law in silent["laws"]} == {"dsf-34", "mfd-543"}
    assert {one["kind"] for one in found} >= {"identity_not_shown", "history_not_shown"}
    printed = watcher.run("findings", "示例卡盟")
    assert printed.returncode == 0
    assert "未见变更通知" in printed.stdout
    assert "可能涉及《电子商务法》第三十四条" in printed.stdout
    assert "依据：抓取 c-" in printed.stdout
    assert watcher.run("findings", "示例卡盟", "--at", "2020-01-01").returncode == 6


def test_an_address_that_is_none_is_refused(watcher: Watcher) -> None:
    done = watcher.run("discover", "ftp://shop.test/")
    assert done.returncode == 2
    assert "not watched" in done.stderr
