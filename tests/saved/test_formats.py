"""Each format is known by its content and becomes captures that say whose word they are."""

from __future__ import annotations

import gzip
import hashlib
import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scrapers.errors import SavedFileError
from scrapers.model import Capture, Origin, Outcome, ViewKind
from scrapers.saved import open_saved

from .files import (
    NOW,
    TERMS_URL,
    WarcFile,
    har_bytes,
    mhtml_bytes,
    page_html,
    sha1,
    shop_warc,
    wacz_bytes,
    wayback_html,
    write,
)

MARCH_1 = datetime(2024, 3, 1, 2, 0, tzinfo=UTC)


def open_file(path: Path, *, url: str = "", claimed_at: datetime | None = None) -> tuple[Capture, ...]:
    numbers = itertools.count(1)
    make_id: Callable[[], str] = lambda: f"c-{next(numbers)}"  # noqa: E731
    return open_saved(path, url=url, claimed_at=claimed_at, at=NOW, make_id=make_id)


def view_text(capture: Capture, kind: ViewKind) -> str:
    return next(view.data.decode() for view in capture.views if view.kind is kind and view.data is not None)


def reasons(capture: Capture) -> dict[str, str]:
    return {missing.what: missing.why for missing in capture.missing}


def test_every_format_gives_the_page_under_any_name(tmp_path: Path) -> None:
    saved_by_browser = f"<!-- saved from url=(0023){TERMS_URL} -->\n{page_html()}"
    for number, data in enumerate(
        (
            shop_warc().data(),
            shop_warc(gzip=False).data(),
            wacz_bytes(shop_warc().data()),
            mhtml_bytes(),
            har_bytes(),
            saved_by_browser.encode(),
            gzip.compress(saved_by_browser.encode()),
            ("\ufeff" + saved_by_browser).encode("utf-16-le"),
        )
    ):
        path = write(tmp_path, f"file{number}.bin", data)
        (capture,) = open_file(path, url=TERMS_URL)
        assert capture.url == TERMS_URL
        assert "购买后7天内可以申请补发或退款" in view_text(capture, ViewKind.DOM), number
        assert capture.origin is Origin.IMPORTED
        assert capture.source_file == f"file{number}.bin sha256:{hashlib.sha256(data).hexdigest()}"
        assert (capture.started_at, capture.ended_at) == (NOW, NOW)
        assert {"origin", "dns", "tls", "browser", "time"} <= set(reasons(capture))
        original = next(view for view in capture.views if view.kind is ViewKind.SOURCE_FILE)
        assert original.data == data


def test_warc_pages_hold_the_exchanges_that_belong_to_them(tmp_path: Path) -> None:
    product, terms = open_file(write(tmp_path, "crawl", shop_warc().data()))
    assert (product.url, product.final_url) == ("http://shop.test/buy/1", "https://shop.test/buy/1")
    assert [exchange.url for exchange in product.exchanges] == [
        "http://shop.test/buy/1",
        "https://shop.test/buy/1",
        "https://shop.test/api/stock?id=1",
        "https://shop.test/frame",
    ]
    assert [exchange.main_document for exchange in product.exchanges] == [False, True, False, False]
    assert [exchange.url for exchange in terms.exchanges] == [TERMS_URL, "https://shop.test/logo.png"]
    assert product.exchanges[2].resource_type == "xhr"
    assert product.exchanges[2].body == b'{"stock": 12}'
    assert product.vantage.user_agent == "Crawler/1"
    assert product.claimed_at == datetime(2024, 3, 1, 2, 0, 1, tzinfo=UTC)
    assert "WARC-Date" in reasons(product)["time"]


def test_warc_page_is_chosen_by_the_address_that_redirected_to_it(tmp_path: Path) -> None:
    (capture,) = open_file(write(tmp_path, "crawl", shop_warc().data()), url="http://shop.test/buy/1/")
    assert capture.final_url == "https://shop.test/buy/1"


def test_warc_answers_of_two_pages_loading_at_once_are_given_to_neither(tmp_path: Path) -> None:
    warc = (
        WarcFile()
        .add("https://shop.test/a", page_html().encode(), date="2024-03-01T02:00:00Z", request=None)
        .add("https://shop.test/b", page_html().encode(), date="2024-03-01T02:00:05Z", request=None)
        .add("https://shop.test/x", b"{}", date="2024-03-01T02:00:06Z", media_type="application/json", request=None)
    )
    first, second = open_file(write(tmp_path, "crawl", warc.data()))
    assert len(first.exchanges) == len(second.exchanges) == 1
    assert "could not be tied to one page" in reasons(first)["exchanges"]


def test_warc_revisit_is_resolved_within_the_file(tmp_path: Path) -> None:
    body = page_html().encode()
    warc = WarcFile().add("https://shop.test/old", body, request=None)
    warc.add("https://shop.test/terms", body, date="2024-03-02T02:00:00Z", media_type="text/html", request=None)
    warc.record(
        "revisit",
        "https://shop.test/app.json",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n",
        date="2024-03-02T02:00:01Z",
        more=(("WARC-Payload-Digest", sha1(body)),),
    )
    (capture,) = open_file(write(tmp_path, "crawl", warc.data()), url=TERMS_URL)
    assert capture.exchanges[1].url == "https://shop.test/app.json"
    assert capture.exchanges[1].body == body


def test_gzip_and_chunked_bodies_of_a_warc_are_decoded(tmp_path: Path) -> None:
    packed = gzip.compress(page_html(days=9).encode())
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(packed), packed)
    warc = WarcFile().add(
        TERMS_URL, chunked, headers=(("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")), request=None
    )
    (capture,) = open_file(write(tmp_path, "crawl", warc.data()))
    assert "购买后9天内" in view_text(capture, ViewKind.DOM)
    assert capture.outcome is Outcome.COMPLETE


def test_an_altered_warc_record_is_named(tmp_path: Path) -> None:
    data = WarcFile(gzip=False).add(TERMS_URL, page_html(days=7).encode(), request=None).data()
    altered = data.replace("购买后7天".encode(), "购买后3天".encode())
    (capture,) = open_file(write(tmp_path, "crawl", altered))
    assert "does not match its own digest" in reasons(capture)["file"]
    assert capture.outcome is Outcome.PARTIAL


def test_pages_before_the_end_of_a_cut_warc_are_kept_and_marked(tmp_path: Path) -> None:
    data = shop_warc().data()
    capture = open_file(write(tmp_path, "crawl", data[: int(len(data) * 0.6)]))[0]
    assert capture.final_url == "https://shop.test/buy/1"
    assert "ends or breaks" in reasons(capture)["file"]
    assert capture.outcome is Outcome.PARTIAL


def test_wacz_pages_are_those_of_its_list(tmp_path: Path) -> None:
    (capture,) = open_file(write(tmp_path, "x.wacz", wacz_bytes(shop_warc().data())))
    assert capture.url == TERMS_URL
    assert "hashes" not in reasons(capture)


def test_wacz_with_a_wrong_hash_is_marked(tmp_path: Path) -> None:
    path = write(tmp_path, "x.wacz", wacz_bytes(shop_warc().data(), hash_of=b"another"))
    (capture,) = open_file(path)
    assert "does not match the hash" in reasons(capture)["hashes"]
    assert capture.outcome is Outcome.PARTIAL


def test_mhtml_gives_address_time_title_and_frames(tmp_path: Path) -> None:
    (capture,) = open_file(write(tmp_path, "page.mhtml", mhtml_bytes()))
    assert (capture.url, capture.title, capture.claimed_at) == (TERMS_URL, "售后条款", MARCH_1)
    assert "本店不退款" in view_text(capture, ViewKind.FRAME_DOM)
    assert capture.tool == "Saved by Blink"
    assert capture.outcome is Outcome.COMPLETE


def test_mhtml_without_its_end_is_partial(tmp_path: Path) -> None:
    (capture,) = open_file(write(tmp_path, "page.mhtml", mhtml_bytes(closed=False)))
    assert capture.outcome is Outcome.PARTIAL
    assert "closing boundary" in reasons(capture)["file"]


def test_har_gives_redirect_page_and_xhr(tmp_path: Path) -> None:
    (capture,) = open_file(write(tmp_path, "net.har", har_bytes()))
    assert (capture.url, capture.final_url) == ("https://shop.test/rules", TERMS_URL)
    assert (capture.tool, capture.browser) == ("WebInspector 537.36", "Chrome 150")
    assert capture.claimed_at == MARCH_1
    main = next(exchange for exchange in capture.exchanges if exchange.main_document)
    assert main.body is not None
    assert "购买后7天内" in main.body.decode("gbk")
    assert [exchange.resource_type for exchange in capture.exchanges][-1] == "xhr"


def test_har_without_bodies_is_refused_with_the_way_to_save_it(tmp_path: Path) -> None:
    with pytest.raises(SavedFileError, match="HAR with content"):
        open_file(write(tmp_path, "net.har", har_bytes(with_body=False)))


def test_single_file_names_address_and_time(tmp_path: Path) -> None:
    note = (
        f"<!--\n Page saved with SingleFile \n url: {TERMS_URL} \n"
        " saved date: Fri Mar 01 2024 10:00:00 GMT+0800 (China Standard Time)\n-->"
    )
    (capture,) = open_file(write(tmp_path, "page.html", page_html().replace("<html>", "<html>" + note, 1)))
    assert (capture.url, capture.claimed_at, capture.tool) == (TERMS_URL, MARCH_1, "SingleFile")


def test_html_is_partial_and_its_canonical_link_is_only_the_page_s_word(tmp_path: Path) -> None:
    html = page_html().replace("<title>", f'<link rel="canonical" href="{TERMS_URL}"><title>')
    (capture,) = open_file(write(tmp_path, "page.html", html))
    assert capture.url == TERMS_URL
    assert "canonical" in reasons(capture)["address"]
    assert capture.outcome is Outcome.PARTIAL
    assert capture.claimed_at is None
    assert "only the time of import" in reasons(capture)["time"]


def test_page_without_an_address_asks_for_one(tmp_path: Path) -> None:
    path = write(tmp_path, "page.html", page_html())
    with pytest.raises(SavedFileError, match="--url"):
        open_file(path)
    (capture,) = open_file(path, url=TERMS_URL)
    assert "given by the bringer" in reasons(capture)["address"]


def test_bringer_and_file_that_disagree_are_both_told(tmp_path: Path) -> None:
    path = write(tmp_path, "page.mhtml", mhtml_bytes())
    (capture,) = open_file(path, url="https://other.test/terms", claimed_at=datetime(2024, 5, 1, tzinfo=UTC))
    assert capture.url == "https://other.test/terms"
    assert TERMS_URL in reasons(capture)["address"]
    assert capture.claimed_at == datetime(2024, 5, 1, tzinfo=UTC)
    assert "2024-03-01T02:00:00" in reasons(capture)["time"]


def test_claims_from_the_future_are_not_believed(tmp_path: Path) -> None:
    data = mhtml_bytes().replace(b"1 Mar 2024", b"1 Mar 2094")
    (capture,) = open_file(write(tmp_path, "page.mhtml", data))
    assert capture.claimed_at is None
    assert "cannot be" in reasons(capture)["time"]
    with pytest.raises(SavedFileError, match="future"):
        open_file(write(tmp_path, "page.mhtml", data), claimed_at=datetime(2094, 3, 1, tzinfo=UTC))


def test_wayback_page_comes_under_its_own_address_and_without_the_toolbar(tmp_path: Path) -> None:
    (capture,) = open_file(write(tmp_path, "page.html", wayback_html()))
    assert (capture.url, capture.claimed_at) == (TERMS_URL, MARCH_1)
    dom = view_text(capture, ViewKind.DOM)
    assert "Wayback" not in dom
    assert 'href="https://shop.test/buy/1"' in dom
    assert "web.archive.org" in reasons(capture)["archive"]
    assert "web.archive.org" in reasons(capture)["time"]


@pytest.mark.parametrize(
    "replay",
    [
        "https://web.archive.org/web/20240301020000id_/https://shop.test/terms",
        "https://archive.ph/20240301020000/https://shop.test/terms",
        "http://localhost:8080/mycoll/20240301020000mp_/https://shop.test/terms",
    ],
)
def test_replay_addresses_give_the_original_and_the_time(tmp_path: Path, replay: str) -> None:
    for name, data, url in (
        ("given.html", page_html().encode(), replay),
        ("saved.mhtml", mhtml_bytes(url=replay), ""),
        ("crawl.warc", WarcFile().add(replay, page_html().encode(), date="2026-01-01T00:00:00Z").data(), TERMS_URL),
    ):
        (capture,) = open_file(write(tmp_path, name, data), url=url)
        assert (capture.url, capture.claimed_at) == (TERMS_URL, MARCH_1), name
        assert "archive" in reasons(capture)


def test_unknown_page_of_a_file_is_answered_with_those_in_it(tmp_path: Path) -> None:
    with pytest.raises(SavedFileError, match=r"https://shop\.test/buy/1"):
        open_file(write(tmp_path, "crawl", shop_warc().data()), url="https://shop.test/none")


def test_error_pages_and_locks_are_outcomes_not_pages(tmp_path: Path) -> None:
    gone = WarcFile().add(TERMS_URL, page_html().encode(), status="404 Not Found", request=None)
    (capture,) = open_file(write(tmp_path, "gone", gone.data()), url=TERMS_URL)
    assert (capture.outcome, capture.reason) == (Outcome.FAILED, "http_404")
    lock = (
        "<html><head><title>登录</title></head><body><form><h2>用户登录</h2><p>请先登录</p>"
        "账号 <input name=user> 密码 <input type=password></form></body></html>"
    )
    (capture,) = open_file(write(tmp_path, "lock.html", lock), url=TERMS_URL)
    assert (capture.outcome, capture.reason) == (Outcome.BLOCKED, "login")


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"bplist00....", "Safari"),
        (b"hello, world", "no known format"),
        (b"", "empty"),
        (b'{"a": 1}', "no HAR"),
        (b"PK\x03\x04 not a zip", "WACZ"),
        (b"\x1f\x8b broken", "damaged gzip"),
    ],
)
def test_other_files_are_refused_with_what_to_do(tmp_path: Path, data: bytes, word: str) -> None:
    with pytest.raises(SavedFileError, match=word):
        open_file(write(tmp_path, "file", data), url=TERMS_URL)


def test_missing_file_and_folder_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.html", tmp_path):
        with pytest.raises(SavedFileError, match=str(path)):
            open_file(path, url=TERMS_URL)
