"""Identifiers in pictures: QR codes decoded in a child process, and texts that were recognised.

Takes a Capture with its PageContent; gives identifiers with place image_ocr. Each picture is decoded once by its
digest; count, bytes, pixels and seconds are bounded, what is left over is not looked at. Codes of one order are no
identifiers. A recognised value that fails its checksum is a misread sign, not a forgery: it is left out.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import html
import json
import queue
import re
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import unquote_to_bytes

from scrapers.domains import host_of
from scrapers.identifiers import find_identifiers, identifiers_in_text
from scrapers.identifiers.checks import problem_of
from scrapers.identifiers.notices import tell_notices
from scrapers.identity import Identifier, IdentifierKind, Place
from scrapers.model import Capture, PageContent, ViewKind
from scrapers.ocr import Picture

MOST_PICTURES = 60
MOST_BYTES = 8_000_000
BUDGET_SECONDS = 6.0
_PICTURE_SECONDS = 3.0
_START_SECONDS = 5.0
_LEAST_BYTES = 150
_MOST_KEPT = 20_000
_MOST_INLINE = 2_000_000
_INLINE = re.compile(r"data:image/(?:png|jpe?g|gif|webp|bmp)(?:;[\w=-]{1,40}){0,3},[A-Za-z0-9+/=%_-]{150,}+")
_HINT = re.compile(r"qr|ewm|erweima|code|pay|zfb|wx|wechat|weixin|kefu|qun|group|contact|shoukuan|collect", re.I)
_ASKS_TO_SCAN = re.compile(r"二维码|扫一扫|扫码|扫描|收款码|长按识别")
_LEAST_SURE = 0.8

_known: dict[str, tuple[str, ...]] = {}  # texts of the codes by the picture's digest, of this process
_known_lock = threading.Lock()


def find_picture_identifiers(
    capture: Capture, content: PageContent, *, codes: Mapping[str, tuple[str, ...]] | None = None
) -> tuple[Identifier, ...]:
    """What QR codes and recognised texts of a capture's pictures tell. `codes` are texts known by digest already."""
    pictures = list_code_pictures(capture, content)
    told = read_codes(pictures, codes or {}) if pictures else {}
    words = {seen.text.digest: tuple(line.text for line in seen.text.lines) for seen in content.pictures}
    found: list[Identifier] = []
    for picture in pictures:
        for code in told.get(picture.digest, ()):
            found += read_code(code, content.url, picture.url, words.get(picture.digest, ()))
    found += find_text_identifiers(content)
    return tuple({(one.kind, one.value): one for one in reversed(found)}.values())[::-1]


def read_code(code: str, page_url: str, where: str, words: Sequence[str] = ()) -> tuple[Identifier, ...]:
    """The identifiers in the text of one QR code; `words` are the texts recognised in the same picture."""
    text = html.escape(code, quote=True)
    lines = "".join(f"<p>{html.escape(_label(code) + code)}</p>") + f'<a href="{text}">.</a>'
    found = [
        replace(one, place=Place.IMAGE_OCR, where=f"code in {where}"[:300], shown=code[:300], block=where[:300])
        for one in find_identifiers(PageContent(page_url, f"<body>{lines}</body>"), site_host=host_of(page_url))
        if one.kind not in _NOT_IN_CODES
    ]
    if code.lower().startswith(("http://", "https://")) and words:
        said = [f"{word}：{code}" for word in words[:40]]
        found += tell_notices(said, Place.IMAGE_OCR, f"code in {where}"[:300], host_of(page_url))
    return tuple({(one.kind, one.value): one for one in found}.values())


def find_text_identifiers(content: PageContent) -> tuple[Identifier, ...]:
    """The identifiers in texts recognised in the page's pictures, as sure as the line that each stood in."""
    found: list[Identifier] = []
    for seen in content.pictures[:MOST_PICTURES]:
        lines = [line for line in seen.text.lines[:300] if line.confidence >= _LEAST_SURE]
        if not lines:
            continue
        place = seen.url[:300]
        for one in identifiers_in_text("\n".join(line.text[:500] for line in lines), Place.IMAGE_OCR, place):
            if one.problem or problem_of(one.kind, one.value):
                continue
            sure = min((line.confidence for line in lines if one.shown and one.shown in line.text), default=_LEAST_SURE)
            found.append(replace(one, confidence=round(min(one.confidence, sure), 3)))
    return tuple(found)


def list_code_pictures(capture: Capture, content: PageContent) -> tuple[Picture, ...]:
    """The pictures that may hold a code, the likely ones first: canvases, named ones, inline ones, the rest.

    The screenshot is looked at where the page asks to scan something: a code may be drawn by style sheets alone.
    """
    named: dict[str, Picture] = {}
    others: dict[str, Picture] = {}
    for view in capture.views:
        if view.kind in (ViewKind.CANVAS, ViewKind.POPUP_SCREENSHOT) and view.data:
            named.setdefault(view.digest, Picture(view.digest, view.name or view.kind.value, view.data))
    for exchange in capture.exchanges:
        if exchange.main_document or (exchange.status or 0) >= 400 or exchange.truncated or not exchange.body_digest:
            continue
        kind = next((value for name, value in exchange.response_headers if name.lower() == "content-type"), "").lower()
        if not kind.startswith("image/") and exchange.resource_type != "image":
            continue
        if "svg" in kind or not _LEAST_BYTES <= (exchange.body_size or 0) <= MOST_BYTES:
            continue
        chosen = named if _HINT.search(exchange.url.rpartition("/")[2][:200]) else others
        chosen.setdefault(exchange.body_digest, Picture(exchange.body_digest, exchange.url, exchange.read_body()))
    for picture in _inline(content):
        named.setdefault(picture.digest, picture)
    found = {**named, **{digest: picture for digest, picture in others.items() if digest not in named}}
    chosen_ones = list(found.values())[: MOST_PICTURES - 1]
    shown = f"{content.text}\n{' '.join(content.popups)}" if content.text or content.popups else content.dom
    if _ASKS_TO_SCAN.search(shown) or "qrcode" in content.dom.lower():
        chosen_ones += [
            Picture(view.digest, "screenshot", view.data)
            for view in capture.views
            if view.kind is ViewKind.SCREENSHOT and view.data and len(view.data) <= 4 * MOST_BYTES
        ][:1]
    return tuple(chosen_ones)


def read_codes(
    pictures: Sequence[Picture], known: Mapping[str, tuple[str, ...]], budget_seconds: float = BUDGET_SECONDS
) -> dict[str, tuple[str, ...]]:
    """The texts of the codes in pictures, by digest; pictures that time ran out for are not in it."""
    found: dict[str, tuple[str, ...]] = {}
    unread: list[Picture] = []
    with _known_lock:
        for picture in pictures:
            earlier = known.get(picture.digest, _known.get(picture.digest))
            if earlier is not None:
                found[picture.digest] = earlier
            elif picture.data:
                unread.append(picture)
    if unread:
        read = _ask_child(unread, budget_seconds)
        found |= read
        with _known_lock:
            _known.update(read)
            while len(_known) > _MOST_KEPT:
                del _known[next(iter(_known))]
    return found


def _ask_child(pictures: Sequence[Picture], budget_seconds: float) -> dict[str, tuple[str, ...]]:
    """Decode in a child; a picture that it dies of or is too slow for has no codes, and the next child goes on."""
    found: dict[str, tuple[str, ...]] = {}
    deadline = time.monotonic() + budget_seconds + _START_SECONDS
    rest = list(pictures)
    for _ in range(3):
        rest = _ask_one_child(rest, found, deadline, int(budget_seconds) + 2)
        if not rest or time.monotonic() >= deadline:
            break
    return found


def _ask_one_child(
    pictures: list[Picture], found: dict[str, tuple[str, ...]], deadline: float, cpu_seconds: int
) -> list[Picture]:
    """Send pictures one by one; those that are left when the child ended."""
    child = subprocess.Popen(
        [sys.executable, "-m", "scrapers.code_worker", str(cpu_seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert child.stdin is not None and child.stdout is not None
    answers: queue.Queue[bytes] = queue.Queue()
    output = child.stdout

    def listen() -> None:
        while line := output.readline(1_000_000):
            answers.put(line)
        answers.put(b"")

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        for number, picture in enumerate(pictures):
            patience = min(_PICTURE_SECONDS + (_START_SECONDS if number == 0 else 0), deadline - time.monotonic())
            if patience <= 0:
                return []
            try:
                child.stdin.write(struct.pack(">Q", len(picture.data)) + picture.data)
                child.stdin.flush()
                line = answers.get(timeout=patience)
            except (OSError, queue.Empty):
                line = b""
            if not line:
                found[picture.digest] = ()
                return pictures[number + 1 :]
            found[picture.digest] = _codes_in(line)
        return []
    finally:
        child.kill()
        child.wait()
        listener.join()
        output.close()
        with contextlib.suppress(BrokenPipeError):  # what was still to be sent to a child that is gone
            child.stdin.close()


def _codes_in(line: bytes) -> tuple[str, ...]:
    try:
        answer = json.loads(line)
    except ValueError:
        return ()
    codes = answer.get("codes") if isinstance(answer, dict) else None
    return tuple(str(code) for code in codes) if isinstance(codes, list) else ()


def _inline(content: PageContent) -> Iterator[Picture]:
    """Pictures that stand in the markup as data: addresses; QR codes mostly do."""
    for match, _ in zip(_INLINE.finditer(content.dom or content.source_html), range(MOST_PICTURES), strict=False):
        head, _comma, packed = match.group().partition(",")
        if len(packed) > _MOST_INLINE:
            continue
        try:
            plain = unquote_to_bytes(packed)
            data = base64.b64decode(plain + b"==") if ";base64" in head else plain
        except (binascii.Error, ValueError):
            continue
        yield Picture.of("data:sha256," + hashlib.sha256(data).hexdigest(), data)


def _label(code: str) -> str:
    """The word that a bare value in a code would stand under on a page: wallets write nothing but the address."""
    return "USDT-TRC20地址：" if re.fullmatch(r"T[1-9A-HJ-NP-Za-km-z]{33}", code) else "USDT地址："


_NOT_IN_CODES = frozenset({IdentifierKind.COMPANY, IdentifierKind.ADDRESS, IdentifierKind.PAYEE})
