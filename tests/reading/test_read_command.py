"""`cardwatch read`: saved files, addresses in a real browser, and clear words about what cannot be read."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli.exit_codes import ExitCode
from monitor.cli.main import group
from scrapers.browser import find_browser

from .golden import FIXTURES

POPUP_PAGE = """<!doctype html><meta charset="utf-8"><title>青鸾月卡</title>
<style>.tiny{display:none}.mask{position:fixed;inset:0;background:#0008}
.box{margin:120px auto;width:420px;background:#fff}</style>
<h1>青鸾月卡</h1><span class="price">¥18.00</span><p>库存：6</p>
<h2>售后说明</h2><div><p>五天内补发。</p><p class="tiny">只补一次。</p></div>
<div class="modal show mask" role="dialog" style="display:block"><div class="box">
<h4>购买须知</h4><p>付款后不支持退款。</p>
<button class="close" onclick="this.closest('.modal').remove()">关闭</button></div></div>"""


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        gone = self.path != "/item/5"
        body = ("<title>404</title><h1>404 Not Found</h1>" if gone else POPUP_PAGE).encode()
        self.send_response(404 if gone else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _read(*arguments: str) -> Result:
    """Run the command in a thread of its own: pytest-playwright keeps a loop in the main one."""
    results: list[Result] = []
    thread = threading.Thread(target=lambda: results.append(CliRunner().invoke(group, ["read", *arguments])))
    thread.start()
    thread.join()
    return results[0]


def _exit_code(result: Result) -> int:
    error = result.exception
    return int(getattr(error, "exit_code", result.exit_code))


def _message(result: Result) -> str:
    return f"{result.exception} {result.output}"


def _json(result: Result) -> dict[str, object]:
    answer: dict[str, object] = json.loads(result.stdout)
    return answer


def test_a_saved_page_is_shown_with_family_facts_places_and_blocks() -> None:
    result = _read(str(FIXTURES / "dujiaoka" / "luna_product.html"), "--url", "http://haijiao.test/buy/7")
    assert result.exit_code == ExitCode.DONE, _message(result)
    for words in ("dujiaoka", "潮汐点券 100", "9.8", "tier_price", ".price-num", "[prompt]", "付款前请核对大区。"):
        assert words in result.output


def test_a_saved_page_needs_no_address() -> None:
    result = _read(str(FIXTURES / "kameng" / "table.html"))
    assert result.exit_code == ExitCode.DONE, _message(result)
    assert "not known: give it with --url" in result.output
    assert "长河一卡通30元" in result.output


def test_json_has_the_same_as_data(tmp_path: Path) -> None:
    data = _json(_read(str(FIXTURES / "generic" / "terms.html"), "--url", "https://songtao.test/agreement", "--json"))
    assert (data["family"], data["title"]) == ("generic", "用户协议 - 松涛软件")
    blocks = data["blocks"]
    assert isinstance(blocks, list)
    assert [block["heading"] for block in blocks if block["kind"] == "terms"] == [
        "用户协议",
        "第一章 退款",
        "第二章 责任",
    ]


def test_selectors_choose_what_is_read() -> None:
    page = str(FIXTURES / "generic" / "terms.html")
    removed = _json(_read(page, "--remove", "details", "--json"))
    assert "争议由买方" not in str(removed["text"])
    wrong = _read(page, "--keep", "a[")
    assert _exit_code(wrong) == ExitCode.WRONG_USE
    assert "'a['" in _message(wrong)


def test_a_block_page_is_called_by_its_name(tmp_path: Path) -> None:
    page = tmp_path / "gate.html"
    page.write_text("<title>提示</title><p>请点击右上角，选择在浏览器打开</p>", "utf-8")
    result = _read(str(page), "--url", "http://x.test/buy/1")
    assert result.exit_code == ExitCode.PAGES_FAILED, _message(result)
    assert "not the page itself: blocked (gate)" in result.output


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty.html", b"", "empty"),
        ("noise.html", bytes(range(256)) * 40, "no known format"),
        ("picture.html", b"\x89PNG\r\n\x1a\n" + b"0" * 100, "picture"),
    ],
)
def test_what_is_no_page_is_refused_with_a_reason(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    result = _read(str(file))
    assert _exit_code(result) == ExitCode.WRONG_USE
    assert words in _message(result)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "huge.html"
    with file.open("wb") as handle:
        handle.write(b"<html>")
        handle.truncate(1_000_000_000)
    result = _read(str(file))
    assert _exit_code(result) == ExitCode.WRONG_USE
    assert "MB" in _message(result)


@pytest.mark.parametrize(("source", "words"), [("nowhere.html", "no such file"), (".", "folder")])
def test_what_is_no_file_is_refused_with_a_reason(source: str, words: str) -> None:
    result = _read(source)
    assert _exit_code(result) == ExitCode.WRONG_USE
    assert words in _message(result)


def _config(tmp_path: Path) -> str:
    if find_browser(os.environ) is None:
        pytest.skip("no browser on this machine (see `cardwatch doctor`)")
    file = tmp_path / "config.toml"
    file.write_text(
        f'[archive]\npath = "{(tmp_path / "archive").as_posix()}"\n[network]\nallow_private = ["127.0.0.1"]\n'
    )
    return str(file)


def test_an_address_is_opened_in_the_browser_and_nothing_is_stored(site: str, tmp_path: Path) -> None:
    result = _read(f"{site}/item/5", "--config", _config(tmp_path), "--json", "--role", "product")
    assert result.exit_code == ExitCode.DONE, _message(result)
    data = _json(result)
    facts, blocks = data["fact_list"], data["blocks"]
    assert isinstance(facts, list) and isinstance(blocks, list)
    values = {fact["kind"]: fact["value"] for fact in facts}
    assert (values["name"], values["price"], values["stock"]) == ("青鸾月卡", "18", "6")
    sources = {block["text"]: block["source"] for block in blocks}
    assert sources == {"五天内补发。": "text", "只补一次。": "hidden", "付款后不支持退款。": "popup"}
    assert not (tmp_path / "archive").exists()


def test_an_error_page_is_told_apart_from_the_page(site: str, tmp_path: Path) -> None:
    result = _read(f"{site}/gone", "--config", _config(tmp_path))
    assert result.exit_code == ExitCode.PAGES_FAILED, _message(result)
    assert "failed (http_404)" in result.output
