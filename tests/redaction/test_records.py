"""A redacted copy holds no secret in any spelling, and everything else in it is still proven by the manifest."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from bytes.samples import SHOP, START, digest, list_page, shop_page

from scrapers.model import Capture, Exchange, View, ViewKind
from storage.archive import Archive, open_archive
from storage.errors import ArchiveError
from storage.ids import new_id
from storage.manifest import Manifest, commit, json_piece, read_manifest, record_piece
from storage.provenance import read_provenance
from storage.redaction import REDACTED, Redacted, redact_records
from storage.secret_values import find_secrets
from storage.warc import StoredRecord, read_record

SESSION = "s3cr3t-5e55ion/va1ue+==x"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.buyer.c2lnbmF0dXJl"
PHONE = "13800138000"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    root = tmp_path / "archive"
    opened = open_archive(root, f"sqlite:///{root}/cardwatch.db", at=START, minimum_free_megabytes=1)
    yield opened
    opened.close()


def logged_in(views: tuple[View, ...] = ()) -> Capture:
    """A capture behind a login: cookie and token in headers, the token in a URL, an answer and the page."""
    plain = list_page(scale=0.01)
    first = plain.exchanges[0]
    secret = replace(
        first,
        request_headers=(
            *first.request_headers,
            ("Cookie", f"sid={SESSION}; lang=zh"),
            ("Authorization", f"Bearer {TOKEN}"),
        ),
        response_headers=(*first.response_headers, ("Set-Cookie", f"sid={SESSION}; Path=/; HttpOnly")),
    )
    answer = json.dumps({"token": TOKEN, "price": "88.00", "phone": PHONE}).encode()
    data = _exchange(plain, 100, "/api/me", answer)
    in_url = _exchange(plain, 101, f"/api/pay?sid={quote(SESSION, safe='')}", b'{"ok":1}')
    posted = replace(
        _exchange(plain, 102, "/api/ask", b'{"stock":3}'), method="POST", request_body=f"sid={SESSION}".encode()
    )
    found = views or (_view(ViewKind.TEXT, "text/plain", "售后：7天内补发。".encode()),)
    return replace(plain, exchanges=(secret, *plain.exchanges[1:], data, in_url, posted), views=found)


def _exchange(capture: Capture, number: int, path: str, body: bytes) -> Exchange:
    like = capture.exchanges[4]
    return replace(like, sequence=number, url=SHOP + path, body=body, body_digest=digest(body))


def _view(kind: ViewKind, media_type: str, data: bytes) -> View:
    return View(kind, media_type, data, digest(data))


def redact(archive: Archive, capture: Capture, *masks: str) -> tuple[Redacted, dict[int, StoredRecord], Manifest]:
    """Keep and redact a capture; gives also the records as they are in the copy."""
    stored = archive.keep_capture(capture, shop_page(archive))
    manifest = read_manifest(archive.objects.read(stored.manifest))
    seed = archive.salt_seed(capture.id)
    assert seed is not None
    with archive.objects.open(stored.warc) as file:
        done = redact_records(file, manifest, seed, archive.load_payload, masks=masks)
        records = {}
        for number, entry in enumerate(manifest.records):
            member = done.replaced.get(number)
            if member is None:
                records[number] = read_record(file, entry.offset)
            elif member:
                records[number] = read_record(io.BytesIO(member), 0)
    return done, records, manifest


def whole(records: dict[int, StoredRecord]) -> bytes:
    parts = [json.dumps(record.headers).encode() + record.head + record.payload for record in records.values()]
    return b"\n".join(parts)


@pytest.mark.parametrize("spelled", [SESSION, quote(SESSION, safe=""), json.dumps(SESSION)[1:-1], TOKEN])
def test_no_secret_is_left_in_any_spelling(archive: Archive, spelled: str) -> None:
    _, records, _ = redact(archive, logged_in())
    assert spelled.encode() not in whole(records)


def test_all_that_stays_is_proven_by_its_own_commitment(archive: Archive) -> None:
    done, records, manifest = redact(archive, logged_in())
    heads = {note["record"]: note["head"] for note in done.notes if note["how"] == "head"}
    changed = {note["record"] for note in done.notes if "record" in note} - heads.keys()
    assert heads and changed and len(records) - len(changed) > 20
    for number, record in records.items():
        label = done.labels.get(f"record:{number}")
        assert (label is None) == (number in changed)
        if label is not None:
            head = str(heads.get(number, record.head_digest))
            piece = record_piece(head, record.payload_sha256)
            assert commit(bytes.fromhex(label), piece) == manifest.records[number].commitment


def test_an_exchange_is_proven_though_its_cookie_is_gone(archive: Archive) -> None:
    done, records, manifest = redact(archive, logged_in())
    entries = read_provenance(records[1].payload).exchanges
    kept = [number for number, entry in enumerate(entries) if entry != {"redacted": True}]
    assert 0 in kept and len(kept) == len(entries) - 1  # only the one with the session in its address is gone
    for number in kept:
        salt = bytes.fromhex(done.labels[f"exchange:{number}"])
        assert commit(salt, json_piece(entries[number])) == manifest.exchanges[number]
    assert '"redacted"' in json.dumps(entries[0])


def test_one_altered_header_of_a_redacted_exchange_is_found(archive: Archive) -> None:
    done, records, manifest = redact(archive, logged_in())
    entry = read_provenance(records[1].payload).exchanges[0]
    assert isinstance(entry, dict)
    entry["status"] = 404
    salt = bytes.fromhex(done.labels["exchange:0"])
    assert commit(salt, json_piece(entry)) != manifest.exchanges[0]


def test_the_seed_and_the_salts_of_what_is_gone_are_not_disclosed(archive: Archive) -> None:
    capture = logged_in()
    done, _, _ = redact(archive, capture)
    gone = {
        f"record:{note['record']}" for note in done.notes if note["how"] in ("withheld", "masked") and "record" in note
    }
    gone |= {f"exchange:{note['exchange']}" for note in done.notes if "exchange" in note}
    assert gone and not gone & done.labels.keys()
    seed = archive.salt_seed(capture.id)
    assert seed is not None and seed.hex() not in json.dumps(done.labels)


def test_content_is_masked_in_place_and_says_its_new_digest(archive: Archive) -> None:
    done, records, _ = redact(archive, logged_in())
    (number,) = [n for n, record in records.items() if record.uri == SHOP + "/api/me" and record.type == "response"]
    record = records[number]
    assert b"88.00" in record.payload and b"*" * len(TOKEN) in record.payload
    assert record.payload_digest == hashlib.sha256(record.payload).hexdigest() == done.digests[number]


def test_a_named_text_is_masked_in_gbk_and_its_pictures_are_withheld(archive: Archive) -> None:
    views = (
        _view(ViewKind.TEXT, "text/plain", f"账号 {PHONE} 张三丰先生".encode()),
        _view(ViewKind.SCREENSHOT, "image/png", b"\x89PNG picture with the name"),
        _view(ViewKind.DOM, "text/html", "<p>张三丰先生</p>".encode("gbk")),
    )
    done, records, _ = redact(archive, logged_in(views), PHONE, "张三丰先生")
    left = whole(records)
    assert PHONE.encode() not in left
    assert "张三丰先生".encode() not in left and "张三丰先生".encode("gbk") not in left
    assert b"picture with the name" not in left
    assert {"visit": True, "how": "masked"} in done.notes
    assert "visit" not in done.labels


def test_a_short_value_cannot_be_tried_out_by_the_digest_of_what_held_it(archive: Archive) -> None:
    views = (_view(ViewKind.TEXT, "text/plain", f"账号 {PHONE}".encode()),)
    capture = logged_in(views)
    answer = next(exchange for exchange in capture.exchanges if exchange.url.endswith("/api/me"))
    _, records, _ = redact(archive, capture, PHONE)
    left = whole(records)
    assert views[0].digest.encode() not in left
    assert answer.body_digest.encode() not in left


@pytest.mark.parametrize("encoding", ["base64", "folded"])
def test_a_secret_packed_in_mhtml_is_found(archive: Archive, encoding: str) -> None:
    body = f"<p>{SESSION}</p>".encode()
    if encoding == "base64":
        part = b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(body)
    else:
        folded = body[:10] + b"=\r\n" + body[10:]
        part = b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + folded
    mhtml = (
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n'
    )
    views = (_view(ViewKind.MHTML, "multipart/related", mhtml + part + b"\r\n--b--\r\n"),)
    done, records, _ = redact(archive, logged_in(views))
    assert all("urn:mhtml" not in record.uri for record in records.values())
    assert any(note.get("how") == "withheld" for note in done.notes)


def test_masked_headers_say_so_and_short_cookies_go_too(archive: Archive) -> None:
    _, records, _ = redact(archive, logged_in())
    (request,) = [r for r in records.values() if r.type == "request" and r.uri == SHOP + "/list"]
    assert f"Cookie: {REDACTED}".encode() in request.head and b"lang=zh" not in request.head
    assert b"User-Agent: Mozilla" in request.head


def test_values_that_stand_everywhere_are_no_secrets(archive: Archive) -> None:
    capture = logged_in()
    stored = archive.keep_capture(capture, shop_page(archive))
    with archive.objects.open(stored.warc) as file:
        provenance = read_provenance(read_record(file, read_record(file, 0).length).payload)
    secrets = find_secrets(provenance)
    assert secrets.stand_in(SESSION) and not secrets.stand_in("zh lang 1 2")


@pytest.mark.parametrize(
    "spelled",
    [
        base64.b64encode(SESSION.encode()),
        base64.b64encode(b"id=7&sid=" + SESSION.encode() + b"&x"),
        base64.urlsafe_b64encode(b"a" + SESSION.encode()),
        SESSION.encode().hex().encode(),
        quote(quote(SESSION, safe=""), safe="").encode(),
        quote(SESSION, safe="").lower().encode(),
        SESSION.replace("/", "\\/").replace("=", "\\u003d").encode(),
        SESSION.replace("/", "&#x2F;").replace("+", "&#43;").encode(),
    ],
)
def test_a_secret_escaped_or_packed_by_a_page_is_masked(archive: Archive, spelled: bytes) -> None:
    left = _redacted_with(archive, b"<p>88.00 " + spelled + b"</p>")
    assert spelled not in left
    assert b"<p>88.00 " in left


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_packed_file_with_a_secret_in_it_is_withheld(archive: Archive, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(b"order of " + SESSION.encode())
    assert packed not in _redacted_with(archive, packed)
    harmless = pack(b"order of nobody")
    assert harmless in _redacted_with(archive, harmless)


@pytest.mark.parametrize(
    ("headers", "secret"),
    [
        ((("Set-Cookie2", "a=LONGVALUE1234567; Version=1"),), b"LONGVALUE1234567"),
        ((("Location", "https://shop.test/cb#access_token=FRAGMENT12345"),), b"FRAGMENT12345"),
        ((("X-Api-Key", "key=APIKEYVALUE123456, v=1"),), b"APIKEYVALUE123456"),
        ((("Authorization", "Bearer eyJhbGciOi.eyJzdWIiOiIxMjM0.c2lnbmVkaGVyZQ"),), b"eyJzdWIiOiIxMjM0"),
        ((("Set-Cookie", "\n".join(f"c{i}=v{i:08d}" for i in range(2500)) + "\nz=zzzz-the-last"),), b"zzzz-the-last"),
        ((("Set-Cookie", "big=" + "q1w2" * 3000),), b"q1w2" * 3000),
    ],
)
def test_every_secret_of_a_header_is_looked_for_in_bodies(
    archive: Archive, headers: tuple[tuple[str, str], ...], secret: bytes
) -> None:
    assert secret not in _redacted_with(archive, b"<p>88.00</p>" + secret, *headers)


def test_a_text_in_the_sealed_manifest_cannot_be_masked_and_no_copy_pretends_so(archive: Archive) -> None:
    capture = logged_in()
    with pytest.raises(ArchiveError, match="stands in the sealed manifest"):
        redact(archive, capture, "shop.test")


def _redacted_with(archive: Archive, body: bytes, *headers: tuple[str, str]) -> bytes:
    """All that is left of a capture that is logged in and has one more answer with this body."""
    capture = replace(logged_in(), id=new_id("c", START))
    more = replace(_exchange(capture, 300, "/more", body), response_headers=headers)
    _, left, _ = redact(archive, replace(capture, exchanges=(*capture.exchanges, more)))
    return whole(left)


def test_a_session_in_the_page_address_is_refused_and_a_mere_word_of_it_is_no_secret(archive: Archive) -> None:
    capture = logged_in()
    first = capture.exchanges[0]
    word = replace(first, request_headers=(("Cookie", f"last={capture.url.rpartition('/')[2]}xxxxxxxx"),))
    redact(archive, replace(capture, exchanges=(word, *capture.exchanges[1:])))
    session = "sess0123456789abcdef"
    page = replace(first, request_headers=(("Cookie", f"sid={session}"),))
    moved = replace(capture, id=new_id("c", START), url=f"{SHOP}/list;{session}", exchanges=(page,))
    with pytest.raises(ArchiveError, match="session's id"):
        redact(archive, moved)
