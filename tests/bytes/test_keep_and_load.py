from __future__ import annotations

import random
import sqlite3
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrapers.model import (
    Capture,
    Certificate,
    Exchange,
    Missing,
    NameAnswer,
    Origin,
    Outcome,
    Reason,
    Vantage,
    View,
    ViewKind,
)
from scrapers.spool import SPOOL_FROM, Spool, SpooledBody
from storage.archive import Archive
from storage.captures import get_capture
from storage.check import check_archive
from storage.errors import ArchiveDamaged, ArchiveError, ArchiveFull, NotInArchive
from storage.ids import new_id
from storage.warc import read_records, verify_record

from .samples import SHOP, START, digest, list_page, shop_page, with_body

WEEK = timedelta(days=7)


def spooled(data: bytes) -> SpooledBody:
    spool = Spool(len(data))
    spool.write(data)
    made = spool.finish()
    assert isinstance(made, SpooledBody)
    return made


texts = st.text(st.characters(exclude_categories=()), max_size=30)  # half surrogates too: pages send them
urls = st.one_of(texts, texts.map(lambda text: SHOP + "/" + text))
moments = st.datetimes(timezones=st.just(UTC))
payloads = st.one_of(st.sampled_from([b"", b"same", b"\r\n\r\n", b"WARC/1.1\r\n"]), st.binary(max_size=400))
headers = st.lists(st.tuples(texts, texts), max_size=4).map(tuple)


def _state_digest(exchange: Exchange, stated: bool) -> Exchange:
    return replace(exchange, body_digest=digest(exchange.body) if stated and exchange.body is not None else "")


exchanges = st.builds(
    _state_digest,
    st.builds(
        Exchange,
        sequence=st.integers(0, 5000),
        url=urls,
        method=st.one_of(st.sampled_from(["GET", "POST"]), texts),
        started_at=moments,
        resource_type=st.sampled_from(["document", "xhr", "image", "script", "other"]),
        request_headers=headers,
        request_body=st.none() | payloads,
        status=st.none() | st.integers(0, 999),
        status_text=texts,
        protocol=texts,
        response_headers=headers,
        body=st.none() | payloads,
        body_missing=texts,
        remote_address=texts,
        frame_url=texts,
        main_document=st.booleans(),
        error=texts,
    ),
    st.booleans(),
)
views = st.one_of(
    st.builds(
        lambda kind, media_type, data, name: View(kind, media_type, data, digest(data), name),
        st.sampled_from(list(ViewKind)),
        texts,
        payloads,
        texts,
    ),
    st.builds(View, st.sampled_from(list(ViewKind)), texts, st.none(), texts, texts, texts),
)
certificates = st.builds(
    Certificate,
    host=texts,
    protocol=texts,
    subject=texts,
    issuer=texts,
    valid_from=st.none() | moments,
    valid_to=st.none() | moments,
    names=st.lists(texts, max_size=3).map(tuple),
    chain=st.lists(payloads, max_size=3).map(tuple),
    chain_digest=texts,
    error=texts,
)
captures = st.builds(
    Capture,
    id=st.builds(lambda: new_id("capture", START)),
    url=urls,
    final_url=urls,
    vantage=st.builds(Vantage, name=texts, width=st.integers(), user_agent=texts, mobile=st.booleans()),
    started_at=moments,
    ended_at=moments,
    outcome=st.sampled_from(list(Outcome)),
    reason=st.sampled_from(["", *(reason.value for reason in Reason), "http_404"]),
    detail=texts,
    status=st.none() | st.integers(100, 599),
    title=texts,
    exchanges=st.lists(exchanges, max_size=5).map(tuple),
    views=st.lists(views, max_size=4).map(tuple),
    missing=st.lists(st.builds(Missing, texts, texts), max_size=2).map(tuple),
    names=st.lists(st.builds(NameAnswer, texts, texts, st.just(("1.2.3.4",)), texts, moments), max_size=2).map(tuple),
    certificates=st.lists(certificates, max_size=2).map(tuple),
    certificate_error=texts,
    refused=st.lists(st.builds(Missing, texts, texts), max_size=2).map(tuple),
    full_views=st.booleans(),
    browser=texts,
    tool=texts,
    proxy=texts,
    session=texts,
    origin=st.sampled_from(list(Origin)),
    claimed_at=st.none() | moments,
    source_file=texts,
)


@given(captures)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_kept_capture_comes_back_the_same_in_every_field(archive: Archive, capture: Capture) -> None:
    archive.keep_capture(capture, shop_page(archive))

    loaded = archive.load_capture(capture.id)

    for name in (field.name for field in fields(Capture)):
        assert getattr(loaded, name) == getattr(capture, name), name


def test_a_whole_list_page_comes_back_the_same(archive: Archive) -> None:
    capture = list_page()
    archive.keep_capture(capture, shop_page(archive))
    assert archive.load_capture(capture.id) == capture


def test_the_row_names_the_capture_before_it(archive: Archive) -> None:
    page = shop_page(archive)
    first = archive.keep_capture(list_page(scale=0.01), page)
    second = archive.keep_capture(list_page(START + timedelta(hours=6), scale=0.01), page)
    assert (first.previous, second.previous) == ("", first.id)
    with archive.database.reading() as session:
        assert get_capture(session, second.id) == second


def test_views_of_the_last_week_are_known_and_fill_a_later_capture(archive: Archive) -> None:
    page = shop_page(archive)
    first = list_page(scale=0.01)
    archive.keep_capture(first, page)
    at = START + timedelta(hours=6)

    known = archive.known_views(page.id, at=at, max_age=WEEK)
    assert known is not None
    assert (known.capture_id, known.appearance) == (first.id, first.appearance)
    assert known.text == next(view.data for view in first.views if view.kind is ViewKind.TEXT).decode()
    second = list_page(at, known=known, scale=0.01)
    archive.keep_capture(second, page)

    assert archive.load_capture(second.id) == second
    filled = archive.load_capture(second.id, fill_views=True)
    assert [view.data for view in filled.views] == [view.data for view in first.views]
    later = archive.known_views(page.id, at=at + timedelta(hours=6), max_age=WEEK)
    assert later is not None and later.capture_id == first.id  # a capture that reused views never stands for others
    assert archive.known_views(page.id, at=START + timedelta(days=8), max_age=WEEK) is None


@pytest.mark.parametrize("outcome", [Outcome.BLOCKED, Outcome.FAILED])
def test_views_of_a_blocked_or_failed_capture_are_not_reused(archive: Archive, outcome: Outcome) -> None:
    page = shop_page(archive)
    archive.keep_capture(replace(list_page(scale=0.01), outcome=outcome), page)
    assert archive.known_views(page.id, at=START + timedelta(hours=1), max_age=WEEK) is None


def test_an_unchanged_page_of_47_exchanges_costs_at_most_25_kb(archive: Archive) -> None:
    page = shop_page(archive)
    archive.keep_capture(list_page(), page)
    visits = 12
    before = _size(archive)
    for number in range(1, visits + 1):
        at = START + timedelta(hours=6 * number)
        known = archive.known_views(page.id, at=at, max_age=WEEK)
        capture = list_page(at, known=known)
        assert len(capture.exchanges) == 47
        archive.keep_capture(capture, page)
    grown = (_size(archive) - before) / visits
    assert grown <= 25_000, f"{grown:.0f} bytes a visit"


def test_a_changed_price_costs_at_most_300_kb(archive: Archive) -> None:
    page = shop_page(archive)
    archive.keep_capture(list_page(), page)
    before = _size(archive)
    at = START + timedelta(hours=6)
    known = archive.known_views(page.id, at=at, max_age=WEEK)
    changed = with_body(list_page(at, known=known), "/api/prices", b'{"prices":[9.99]}')
    region = View(ViewKind.REGION_SCREENSHOT, "image/png", b"\x89PNG" * 20_000, digest(b"\x89PNG" * 20_000), "0,0")
    archive.keep_capture(replace(changed, views=(*changed.views, region)), page)
    assert _size(archive) - before <= 300_000


def test_sizes_beyond_all_custom_are_kept_and_come_back(archive: Archive) -> None:
    page = shop_page(archive)
    capture = list_page(scale=0.01)
    first = capture.exchanges[0]
    many = tuple(replace(first, sequence=number, url=f"{SHOP}/{number}") for number in range(2000))
    huge = (
        replace(first, url=SHOP + "/" + "a" * 9_000_000),
        replace(first, request_headers=(("X-Long", "b" * 9_000_000),)),
        replace(first, body=None, body_digest="", body_missing="cut at 30 MB", body_file=spooled(bytes(30_000_000))),
    )
    capture = replace(capture, exchanges=(*many, *huge))
    stored = archive.keep_capture(capture, page)
    assert archive.load_capture(capture.id) == capture
    assert check_archive(archive).problems == []
    assert stored.warc_bytes < 20_000_000


def test_a_body_in_a_file_is_written_as_the_same_bytes_and_comes_back_in_a_file(archive: Archive) -> None:
    data = random.Random(1).randbytes(SPOOL_FROM + 12_345)
    page = shop_page(archive)
    capture = list_page(scale=0.01)
    first = replace(capture.exchanges[0], body=None, body_digest=digest(data), body_file=spooled(data))
    stored = archive.keep_capture(replace(capture, exchanges=(first,)), page)
    with archive.objects.open(stored.warc) as file:
        records = {record.type: record for record in read_records(file) if record.uri == first.url}
    assert records["response"].payload == data
    assert verify_record(records["response"]) == ""
    (exchange,) = archive.load_capture(capture.id).exchanges
    assert exchange == first
    assert exchange.read_body() == data
    again = replace(capture, id=new_id("capture", START), exchanges=(first,))
    before = _size(archive)
    archive.keep_capture(again, page)
    assert _size(archive) - before < 100_000  # the bytes are stored once
    assert archive.load_capture(again.id).exchanges[0].read_body() == data
    small = archive.load_payload(digest(data))
    assert small == data


def test_a_big_body_that_lies_in_memory_comes_back_in_a_file(archive: Archive) -> None:
    page = shop_page(archive)
    capture = list_page(scale=0.01)
    first = replace(capture.exchanges[0], body=bytes(SPOOL_FROM), body_digest="")
    archive.keep_capture(replace(capture, exchanges=(first,)), page)
    (exchange,) = archive.load_capture(capture.id).exchanges
    assert exchange.body is None
    assert exchange.read_body() == bytes(SPOOL_FROM)


@pytest.mark.parametrize("place", [30, 2000, -3])
def test_a_damaged_record_of_a_big_body_is_never_handed_out(archive: Archive, place: int) -> None:
    data = random.Random(2).randbytes(SPOOL_FROM)
    page = shop_page(archive)
    capture = list_page(scale=0.01)
    first = replace(capture.exchanges[0], body=None, body_digest=digest(data), body_file=spooled(data))
    stored = archive.keep_capture(replace(capture, exchanges=(first,)), page)
    path = archive.objects.path_of(stored.warc)
    with path.open("rb") as file:
        record = next(r for r in read_records(file) if r.type == "response")
    raw = bytearray(path.read_bytes())
    raw[record.offset + (place if place > 0 else record.length + place)] ^= 1
    path.chmod(0o600)
    path.write_bytes(raw)
    with pytest.raises(ArchiveDamaged):
        archive.load_capture(capture.id)


def test_a_record_that_could_not_be_read_back_is_not_written(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.warc.RECORD_LIMIT", 100_000)
    with pytest.raises(ArchiveError, match="lower the limits"):
        archive.keep_capture(list_page(scale=0.1), shop_page(archive))
    assert list(archive.objects.list()) == []


def test_the_same_id_is_not_kept_twice(archive: Archive) -> None:
    page = shop_page(archive)
    capture = list_page(scale=0.01)
    archive.keep_capture(capture, page)
    with pytest.raises(ArchiveError, match="kept already"):
        archive.keep_capture(replace(capture, title="altered"), page)
    assert archive.load_capture(capture.id) == capture


def test_a_wrong_digest_of_the_recorder_is_refused_before_anything_is_written(archive: Archive) -> None:
    page = shop_page(archive)
    capture = list_page(scale=0.01)
    broken = replace(capture, exchanges=(replace(capture.exchanges[0], body=b"other"), *capture.exchanges[1:]))
    with pytest.raises(ValueError, match="said to have the digest"):
        archive.keep_capture(broken, page)
    assert list(archive.objects.list()) == []


@pytest.mark.parametrize("name", ["../../etc/x", "", "a/b", "c" * 200])
def test_an_id_that_is_no_id_never_becomes_a_file_name(archive: Archive, name: str) -> None:
    with pytest.raises(ValueError, match="no capture id"):
        archive.keep_capture(replace(list_page(scale=0.01), id=name), shop_page(archive))


def test_a_naive_time_is_refused(archive: Archive) -> None:
    naive = datetime(2026, 11, 20)  # noqa: DTZ001 - the very thing that is refused
    capture = replace(list_page(scale=0.01), names=(NameAnswer("a", "b", (), "", naive),))
    with pytest.raises(ValueError, match="no time zone"):
        archive.keep_capture(capture, shop_page(archive))
    assert list(archive.objects.list()) == []
    assert archive.has_capture(capture.id) is False


def test_an_unknown_capture_is_said_to_be_unknown(archive: Archive) -> None:
    with pytest.raises(NotInArchive):
        archive.load_capture("c-none")


def test_a_minimum_of_free_disk_is_kept(tmp_path: Path, archive: Archive) -> None:
    from storage.archive import open_archive

    root = tmp_path / "full"
    full = open_archive(root, f"sqlite:///{root}/cardwatch.db", at=START, minimum_free_megabytes=10**9)
    page = shop_page(full)
    assert full.room() == 0
    assert archive.room() > 0
    with pytest.raises(ArchiveFull, match="must stay free"):
        full.keep_capture(list_page(scale=0.01), page)
    assert list(full.objects.list()) == []
    full.close()


def _size(archive: Archive) -> int:
    """The bytes of all files, the database's log brought home first."""
    path = archive.database.url.database
    assert path is not None
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return sum(file.stat().st_size for file in archive.root.rglob("*") if file.is_file())
