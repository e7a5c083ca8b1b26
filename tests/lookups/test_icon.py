from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from capture.site import Answer, Site
from conftest import run_async
from PIL import Image

from lookups.servers import clock, drip, free_port, open_gate, stream_server
from scrapers.gate import Gate
from scrapers.identifiers.favicon import favicon_value
from scrapers.identity import IdentifierKind, Place
from scrapers.lookups.icon import MOST_BYTES, look_icon, read_icon
from scrapers.lookups.model import LookupAnswer, LookupOutcome

NAMED = '<link rel="shortcut icon" href="/static/my.png"><title>甲铺'


def picture(colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (16, 16), colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()
    yield served
    served.close()


def gate_to(site: Site, *names: str) -> Gate:
    closed = f"127.0.0.1:{free_port()}"
    return open_gate(
        resolve={f"{name}:80": site.endpoint for name in names} | {f"{name}:443": closed for name in names}, allow=()
    )


def look(gate: Gate, domain: str = "kashop.cn", seconds: float = 2) -> LookupAnswer:
    return run_async(look_icon(domain, gate, clock=clock, seconds=seconds))


def test_the_icon_that_the_page_names_is_an_identifier_and_can_be_read_again(site: Site) -> None:
    site.page("/", NAMED)
    site.answers["/static/my.png"] = Answer(picture(), media_type="image/png")
    answer = look(gate_to(site, "kashop.cn"))
    (found,) = answer.identifiers
    assert (found.kind, found.value, found.place) == (IdentifierKind.FAVICON, favicon_value(picture()), Place.ATTRIBUTE)
    assert found.where == "http://kashop.cn/static/my.png" and found.shown.startswith("dhash ")
    assert answer.outcome is LookupOutcome.OK and answer.detail == ""
    assert site.seen == ["GET /", "GET /static/my.png"], "one request for the icon"
    assert read_icon(answer.raw, "kashop.cn", answer.asked_at) == answer


def test_favicon_ico_is_asked_for_where_the_page_names_none(site: Site) -> None:
    site.page("/", "<title>甲铺")
    site.answers["/favicon.ico"] = Answer(picture(), media_type="image/x-icon")
    (found,) = look(gate_to(site, "kashop.cn")).identifiers
    assert found.where == "http://kashop.cn/favicon.ico"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer("<html>找不到页面" * 20), "no picture"),
        (Answer(b""), "no picture"),
        (Answer(picture(), status=404), "HTTP 404"),
        (Answer(picture() + bytes(MOST_BYTES), media_type="image/png"), "longer than an icon is"),
        (Answer("", 302, headers=(("Location", "http://cdn.other.com/i.png"),)), "leads to another site"),
    ],
)
def test_what_is_no_icon_is_no_identifier_and_says_why(site: Site, answer: Answer, words: str) -> None:
    site.page("/", "<title>甲铺")
    site.answers["/favicon.ico"] = answer
    told = look(gate_to(site, "kashop.cn", "cdn.other.com"))
    assert told.outcome is LookupOutcome.OK and told.identifiers == () and words in told.detail


def test_an_icon_that_never_ends_costs_its_time_and_not_the_answer(site: Site) -> None:
    with stream_server(drip(b"x", 0.01, b"HTTP/1.1 200 OK\r\n\r\n")) as slow:
        site.page("/", '<link rel="icon" href="http://img.kashop.cn/i.png">')
        resolve = {"kashop.cn:443": f"127.0.0.1:{free_port()}", "kashop.cn:80": site.endpoint, "img.kashop.cn:80": slow}
        told = look(open_gate(resolve=resolve, allow=()), seconds=0.4)
    assert told.outcome is LookupOutcome.OK and told.identifiers == () and "timeout" in told.detail


def test_the_icon_of_a_site_that_it_redirects_to_is_not_its_own(site: Site) -> None:
    site.answers["/"] = Answer("", 301, headers=(("Location", "http://other.com/x"),))
    site.page("/x", NAMED)
    site.answers["/static/my.png"] = Answer(picture(), media_type="image/png")
    told = look(gate_to(site, "kashop.cn", "other.com"))
    assert told.identifiers == () and "GET /static/my.png" not in site.seen


def test_a_site_that_does_not_answer_is_the_outcome(site: Site) -> None:
    closed = f"127.0.0.1:{free_port()}"
    names = ("kashop.cn", "www.kashop.cn")
    gate = open_gate(resolve={f"{name}:{port}": closed for name in names for port in (80, 443)}, allow=())
    assert look(gate).outcome is LookupOutcome.REFUSED
