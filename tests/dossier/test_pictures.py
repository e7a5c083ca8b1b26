"""The pictures of a dossier: states by word and colour, what nobody looked at, many sites, and hidden contacts."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from PIL import Image, ImageDraw

from monitor.dossier.domain_line import MOST_SITES, draw_domains
from monitor.dossier.link_graph import draw_links
from monitor.dossier.screenshots import SQUARES, coarsen
from monitor.operators.model import Band, Link
from storage.identity import Move, MoveKind, SitePeriod, SiteState

AT = datetime(2026, 5, 1, tzinfo=UTC)
ON_A_PAGE = 1250  # units of the picture that fit on A4 in portrait, as wide as the text


def period(site: str, state: SiteState, first: int, last: int, *, ended: bool = False) -> SitePeriod:
    since, checked = AT + timedelta(days=first), AT + timedelta(days=last)
    return SitePeriod(site, state, since, checked, checked if ended else None)


def height_of(picture: str) -> float:
    return float(ElementTree.fromstring(picture).attrib["height"])


def test_every_state_stands_in_the_legend_by_its_word() -> None:
    periods = [period(f"s{number}.top", state, number, 40) for number, state in enumerate(SiteState)]
    picture = draw_domains(periods, [])
    for word in ("正常", "跳转", "停放", "被拦截", "暂停解析", "到期", "失效", "未知", "被重新注册"):
        assert f">{word}</text>" in picture
    assert len(set(re.findall(r'<rect [^>]*fill="([^"]+)"[^>]*><title>', picture))) == len(SiteState)


def test_time_that_nobody_looked_is_dotted_and_said() -> None:
    both = draw_domains([period("a.top", SiteState.DEAD, 0, 10), period("b.top", SiteState.ACTIVE, 0, 40)], [])
    assert 'stroke-dasharray="2 5"' in both and "图止于最近一次检查 2026-06-10" in both
    alone = draw_domains([period("a.top", SiteState.ACTIVE, 0, 40)], [])
    assert 'stroke-dasharray="2 5"' not in alone


@pytest.mark.parametrize("count", [1, 2, 13, MOST_SITES, 200])
def test_any_number_of_sites_fits_on_a_page(count: int) -> None:
    sites = [f"site-{number}.top" for number in range(count)]
    periods = [period(site, SiteState.ACTIVE, number, number + 30) for number, site in enumerate(sites)]
    moves = [Move(a, b, MoveKind.SUCCESSOR, AT, 9.0) for a, b in pairwise(sites)]
    picture = draw_domains(periods, moves)
    assert height_of(picture) < ON_A_PAGE
    assert ("个网站未画出" in picture) == (count > MOST_SITES)
    links = [Link(a, b, 20.0, Band.CONFIRMED, ()) for a, b in pairwise(sites)]
    graph = draw_links(links, sites)
    assert (graph == "") == (count < 2)
    assert not graph or height_of(graph) < ON_A_PAGE


def test_hostile_names_and_reasons_stay_text() -> None:
    bad = '"><script>x</script>\u202e'
    one = SitePeriod(bad, SiteState.ACTIVE, AT, AT, reason=bad)
    move = Move(bad, "b.top", MoveKind.SUCCESSOR, AT, 9.0, reason=bad)
    for picture in (
        draw_domains([one, period("b.top", SiteState.ACTIVE, 0, 1)], [move]),
        draw_links([Link(bad, "b.top", 9.0, Band.CONFIRMED, ())], [bad, "b.top"]),
    ):
        ElementTree.fromstring(picture)
        assert "<script" not in picture and "\u202e" not in picture


def test_no_site_gives_no_picture() -> None:
    assert draw_domains([], []) == draw_links([], []) == draw_links([], ["a.top"]) == ""


def test_a_masked_screenshot_holds_no_letters_and_no_qr_code() -> None:
    import zxingcpp

    image = Image.new("RGB", (920, 920), "white")
    code = zxingcpp.create_barcode("HTTPS://QR.TEST/1", zxingcpp.BarcodeFormat.QRCode)
    drawn = Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=30)).convert("RGB").resize((900, 900))
    image.paste(drawn, (10, 10))
    ImageDraw.Draw(image).text((20, 20), "13917654321")
    data = io.BytesIO()
    image.save(data, "JPEG", quality=90)
    assert zxingcpp.read_barcodes(image), "the code can be read before"
    with Image.open(io.BytesIO(coarsen(data.getvalue()))) as coarse:
        assert not zxingcpp.read_barcodes(coarse)
        small = coarse.convert("L").resize((SQUARES, SQUARES), Image.Resampling.BOX)
        again = small.resize(coarse.size, Image.Resampling.NEAREST)
        differing = sum(abs(a - b) > 40 for a, b in zip(coarse.convert("L").getdata(), again.getdata(), strict=True))
    assert differing < 0.02 * 460 * 460  # nothing finer than the squares is left


@pytest.mark.parametrize("count", [3, 4, 9, 14, 24])
def test_no_name_covers_another_in_the_graph(count: int) -> None:
    sites = [f"site-number-{number}.top" for number in range(count)]
    graph = draw_links([Link(sites[0], sites[1], 20.0, Band.CONFIRMED, ())], sites)
    found = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="28"', graph)
    boxes = [tuple(map(float, one)) for one in found]
    assert len(boxes) == count
    for number, (x, y, width) in enumerate(boxes):
        assert not any(abs(y - top) < 28 and x < left + wide and left < x + width for left, top, wide in boxes[:number])
