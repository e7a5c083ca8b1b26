"""Pages whose words are the weapon: encodings, control characters, names that read backwards, odd kinds of document."""

from __future__ import annotations

from scrapers.model import Capture, Outcome

from ..page import READ, RULES, Page, html, script
from ..site import Handler, Request, Site

_ANY = (*READ, Outcome.FAILED)


def raw(data: bytes, media_type: str, *headers: str) -> Handler:
    """Serve bytes as they are."""

    async def serve(request: Request) -> None:
        await request.answer(data, media_type, *headers)

    return serve


_PAGE = f"<!doctype html><title>点卡</title>{RULES}"
_FLAT_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(while(1){app.alert(1)})>>>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF"
)


def _check_plain_title(capture: Capture, _site: Site) -> None:
    assert len(capture.title) <= 100_000


PAGES = (
    Page("wrong-charset", raw(_PAGE.encode("gbk"), "text/html; charset=utf-8"), READ, shows=""),
    Page("no-such-charset", raw(_PAGE.encode("gbk"), "text/html; charset=klingon-9"), READ, shows=""),
    Page(
        "mixed-charset",
        raw(f"<meta charset=utf-8>{RULES}".encode() + RULES.encode("gbk") + b"\xff\xfe\x00", "text/html"),
        READ,
    ),
    Page(
        "nul-bytes", raw(f"<meta charset=utf-8><title>a\0b</title>\0{RULES}\0<p>c\0d</p>".encode(), "text/html"), READ
    ),
    Page("utf-16", raw(b"\xff\xfe" + _PAGE.encode("utf-16-le"), "text/html"), READ),
    Page("utf-16-said-only", raw(_PAGE.encode("utf-16-be"), "text/html; charset=utf-16be"), READ),
    Page(
        "utf-7",
        raw(
            b"<meta charset=utf-7><title>x</title>+ADw-script+AD4-for(;;);+ADw-/script+AD4-<p>" + RULES.encode(),
            "text/html",
        ),
        READ,
        shows="",
    ),
    Page(
        "lone-surrogates",
        script(
            "document.title = '\\ud800 x \\udfff'; document.body.append('\\ud83d 坏 \\udc00'); document.body.setAttribute('\\u{10ffff}x', '\\ud800')"
        ),
        READ,
    ),
    Page(
        "right-to-left",
        html(
            f"<meta charset=utf-8><title>\u202e卡点\u2066 gpj.exe\u202c\u2069</title>{RULES}<p dir=rtl>\u200f\u061c\u202e退不</p>"
        ),
        READ,
    ),
    Page(
        "control-characters",
        html(
            f"<meta charset=utf-8><title>a\x1b]0;owned\x07\x1b[2J\x08\x7f\u0085\u2028b</title>{RULES}\x1b[31m\x9b",
            "X-Odd: \x1b[2J",
        ),
        READ,
    ),
    Page(
        "long-title", script("document.title = '长'.repeat(1e7)"), _ANY, ("memory", "timeout"), check=_check_plain_title
    ),
    Page(
        "combining",
        html(f"<meta charset=utf-8>{RULES}<p>z" + "\u0301" * 200_000),
        _ANY,
        ("timeout",),
        weight=3,
        bench=True,
    ),
    Page(
        "long-line",
        html(f"<meta charset=utf-8>{RULES}<p>" + "字" * 3_000_000),
        _ANY,
        ("memory", "timeout"),
        told="cut at",
        weight=3,
        seconds=8,
        bench=True,
    ),
    Page(
        "many-attributes",
        html(f"<meta charset=utf-8>{RULES}<p " + " ".join(f"a{n}=x" for n in range(50_000)) + ">x"),
        READ,
    ),
    Page("pdf", raw(_FLAT_PDF, "application/pdf"), _ANY, ("download", "empty_answer"), shows=""),
    Page("picture", raw(b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "image/png"), _ANY, shows=""),
    Page(
        "xml",
        raw(
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
            + b"".join(f'<!ENTITY a{n} "{f"&a{n - 1 if n else str()};" * 10}">'.encode() for n in range(9))
            + b"]><x>&a8;</x>",
            "text/xml",
        ),
        _ANY,
        shows="",
    ),
    Page("plain-text", raw(RULES.encode(), "text/plain; charset=utf-8"), READ),
    Page("json", raw(b'{"a":' * 20_000, "application/json"), READ, shows=""),
    Page("no-type", raw(_PAGE.encode(), "x"), _ANY, ("download",), shows=""),
    Page("type-lies", raw(_PAGE.encode(), "image/svg+xml"), _ANY, shows=""),
    Page(
        "broken-xhtml",
        raw(
            f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{RULES}<p></body>'.encode(),
            "application/xhtml+xml; charset=utf-8",
        ),
        READ,
        shows="",
    ),
    Page(
        "svg",
        raw(
            b'<svg xmlns="http://www.w3.org/2000/svg" onload="setInterval(()=>alert(1),1)"><script>for(let i=0;i&lt;10;i++)alert(i)</script><text>x</text></svg>',
            "image/svg+xml",
        ),
        READ,
        shows="",
    ),
    Page(
        "svg-bomb",
        html(
            f"<meta charset=utf-8>{RULES}<svg><defs><g id=a0><rect width=9 height=9 /></g>"
            + "".join(f"<g id=a{n}>" + f"<use href=#a{n - 1} />" * 10 + "</g>" for n in range(1, 7))
            + "</defs><use href=#a6 /></svg>"
        ),
        _ANY,
        ("timeout", "memory", "crash"),
        weight=3,
        seconds=8,
        bench=True,
    ),
    Page(
        "frameset",
        html(
            "<meta charset=utf-8><title>点卡</title><frameset cols='50%,50%'><frame src=/plain-text><frame src=/plain-text></frameset>"
        ),
        _ANY,
    ),
    Page(
        "huge-name-parts",
        html(
            f"<meta charset=utf-8>{RULES}<iframe src='/none/{'x' * 60000}'></iframe><img src='data:image/png;base64,{'A' * 2000000}'>"
        ),
        READ,
    ),
    Page("empty", raw(b"", "text/html"), (Outcome.BLOCKED, Outcome.FAILED), ("empty_shell", "empty_answer"), shows=""),
)
