"""An exported package in ReplayWeb.page, shown by real Chromium while the shop is gone."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from click.testing import CliRunner
from playwright.sync_api import Browser

from monitor.cli.exit_codes import ExitCode
from monitor.cli.main import group

from .conftest import Package
from .player import Outside, Shown, show
from .shop import PICTURES


def test_a_product_page_shows_its_text_pictures_frames_and_pop_up(
    viewer: Browser, player: Path, packages: dict[str, Package], outside: Outside
) -> None:
    package = packages["/product.html"]
    with show(viewer, player, package.path, package.url) as shown:
        _see_product(shown)
    assert outside.asked == []


def test_a_repeat_visit_whose_payloads_lie_in_other_files_shows_the_same(
    viewer: Browser, player: Path, packages: dict[str, Package], outside: Outside
) -> None:
    package = packages["repeat"]
    assert not package.stored.full_views
    with zipfile.ZipFile(package.path) as written:
        lines = written.read("indexes/index.cdx").decode().splitlines()
    places = [json.loads(line.split(" ", 2)[2]) for line in lines]
    pictures = {place["filename"] for place in places if place["url"].endswith(".png")}
    assert pictures == {"resolved.warc.gz"}
    with show(viewer, player, package.path, package.url) as shown:
        _see_product(shown)
    assert outside.asked == []


def test_a_page_in_gbk_shows_the_right_characters(
    viewer: Browser, player: Path, packages: dict[str, Package], outside: Outside
) -> None:
    package = packages["/gbk.html"]
    with show(viewer, player, package.path, package.url) as shown:
        assert shown.frame.title() == "游戏点卡 自动发货"
        assert "售后承诺：三天内补发" in shown.text()
        assert shown.wait_for_pictures() == [64] * PICTURES
    assert outside.asked == []


def test_prices_that_scripts_ask_for_are_filled_in(
    viewer: Browser, player: Path, packages: dict[str, Package], outside: Outside
) -> None:
    package = packages["/prices.html"]
    with show(viewer, player, package.path, package.url) as shown:
        shown.wait("['price', 'stock', 'kind'].every(name => document.getElementById(name).textContent !== '…')")
        assert "价格：12.50，库存：88，规格：直充" in shown.text()
    assert outside.asked == []


def test_the_player_lists_the_page_with_its_title_and_text(
    viewer: Browser, player: Path, packages: dict[str, Package]
) -> None:
    package = packages["/gbk.html"]
    with show(viewer, player, package.path, package.url) as shown:
        (page,) = shown.about()["pages"]  # type: ignore[misc]
    assert (page["title"], page["url"]) == ("游戏点卡 自动发货", package.url)
    assert "三天内补发" in page["text"]


def test_the_player_finds_the_signature_good_and_a_forged_one_bad(
    viewer: Browser, player: Path, packages: dict[str, Package], tmp_path: Path
) -> None:
    package = packages["/gbk.html"]
    with zipfile.ZipFile(package.path) as written:
        signature = json.loads(written.read("datapackage-digest.json"))["signedData"]["signature"].encode()
    forged = tmp_path / "forged.wacz"
    forged.write_bytes(package.path.read_bytes().replace(signature, signature[::-1].replace(b"A", b"B")))
    for path, is_good in ((package.path, True), (forged, False)):
        with show(viewer, player, path, package.url) as shown:
            shown.wait_for_pictures()
            assert shown.compared()["signature"] is is_good


def test_the_browser_s_own_cryptography_holds_the_signature_for_good_and_a_forged_one_for_bad(
    viewer: Browser, packages: dict[str, Package], player: Path
) -> None:
    package = packages["/prices.html"]
    with zipfile.ZipFile(package.path) as written:
        signed = json.loads(written.read("datapackage-digest.json"))["signedData"]
    check = """async ([text, key, signature]) => {
        const bytes = value => Uint8Array.from(atob(value), c => c.charCodeAt(0));
        const named = {name: "ECDSA", namedCurve: "P-384"};
        const imported = await crypto.subtle.importKey("spki", bytes(key), named, true, ["verify"]);
        const hashed = {name: "ECDSA", hash: "SHA-256"};
        return crypto.subtle.verify(hashed, imported, bytes(signature), new TextEncoder().encode(text));
    }"""
    with show(viewer, player, package.path, package.url) as shown:
        good = [signed["hash"], signed["publicKey"], signed["signature"]]
        assert shown.page.evaluate(check, good) is True
        assert shown.page.evaluate(check, [signed["hash"] + "0", *good[1:]]) is False


def _see_product(shown: Shown) -> None:
    assert shown.frame.title() == "腾讯Q币 10个"
    assert "售后：7天内可申请退款。" in shown.text()
    assert shown.wait_for_pictures() == [64] * PICTURES
    shown.wait("document.getElementById('notice')?.style.display === 'block'")
    assert "本店周末不处理售后" in shown.text()
    (inner,) = shown.frame.child_frames
    assert "卡密售出不退不换" in inner.inner_text("body")
    banner = "getComputedStyle(document.getElementById('banner')).backgroundImage"
    assert "/banner.png" in shown.frame.evaluate(banner)


def test_what_is_replayed_is_also_proven(packages: dict[str, Package]) -> None:
    for package in packages.values():
        done = CliRunner().invoke(group, ["verify", str(package.path), "--json"])
        assert done.exit_code == ExitCode.VERIFY_CANNOT_SAY, done.output  # all holds, and no token anchors it
        assert '"failed"' not in done.output
