"""The attestation of a capture: what it states, what it must not state, and that no page can write on it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import run_async
from timestamps.tsa import Tsa, start_tsa

from monitor.attestation.facts import Attested, LogPlace, Witness
from monitor.attestation.gather import attest_capture, describe_attestation, gather_attestation, render_attestation
from monitor.attestation.words import list_proven, list_unproven
from monitor.cli.main import group
from monitor.evidence_rules import load_evidence_rules
from scrapers.model import (
    Capture,
    Certificate,
    ClockReading,
    Egress,
    Exchange,
    HostsFile,
    Missing,
    NameAnswer,
    Origin,
    Outcome,
    Role,
    StepDone,
    Surroundings,
    Vantage,
    View,
    ViewKind,
)
from scrapers.printing import print_html
from scrapers.process import find_browser
from storage.archive import Archive, open_archive
from storage.checkpoints import seal_log
from storage.errors import ArchiveDamaged
from storage.ids import new_id
from storage.model import Checkpoint, TokenKind, TokenStatus
from storage.pages import ensure_page
from storage.tokens import request_token

AT = datetime(2026, 11, 22, 12, 0, 0, 250_000, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
EVIL = "</td><script>alert(1)</script><img src=//evil.test/x onerror=alert(2)>\u202e\x00&\"'"
AROUND = Surroundings(
    tool_commit="a" * 40,
    system="Debian GNU/Linux 12",
    python="CPython 3.11.7",
    machine_timezone="CST +08:00",
    resolver="system",
    nameservers=("192.0.2.53",),
    ignored_variables=("HTTPS_PROXY",),
    clocks=(
        ClockReading("ntp://ntp.test", AT, -1500, 40),
        ClockReading("ntp://gone.test", AT, trouble="it did not tell its time"),
    ),
    egress=Egress("https://ip.test/", AT, "203.0.113.9"),
    browser_product="HeadlessChrome/156.0.1.2",
    clean_profile=True,
    extensions_off=True,
    extensions=0,
    hosts_file=HostsFile("/etc/hosts", "b" * 64),
)
SEEN = Capture(
    id=new_id("capture", AT),
    url="https://shop.test/terms",
    final_url="https://shop.test/rules",
    vantage=Vantage(),
    started_at=AT,
    ended_at=AT + timedelta(seconds=2),
    outcome=Outcome.COMPLETE,
    status=200,
    title="售后条款",
    exchanges=(
        Exchange(0, "https://shop.test/terms", "GET", AT, "document", status=302,
                 response_headers=(("Location", "/rules"),), remote_address="203.0.113.7:443"),
        Exchange(1, "https://shop.test/rules", "GET", AT, "document", status=200, body=b"<p>x", main_document=True,
                 request_headers=(("Cookie", "sid=topsecret"),), remote_address="203.0.113.7:443"),
    ),
    views=(View(ViewKind.TEXT, "text/plain", "售后".encode(), ""),),
    names=(NameAnswer("shop.test", "system", ("203.0.113.7",), "", AT),),
    certificates=(Certificate("shop.test", "TLS 1.3", "CN=shop.test", "CN=Test CA", AT, AT, ("shop.test",), (b"x",),
                              "c" * 64, ""),),
    browser="headless-shell 156.0.1.2",
    tool="cardwatch 0.1.0",
    surroundings=AROUND,
    steps_done=(StepDone("navigate", 0, 120), StepDone("step 1 (click #more)", 130, 5000, "nothing matches it")),
)  # fmt: skip


class Reader(HTMLParser):
    """What a browser would make of the page: its tags with attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = open_archive(tmp_path / "archive", f"sqlite:///{tmp_path}/archive/cardwatch.db", at=AT)
    yield opened
    opened.close()


def keep(archive: Archive, capture: Capture = SEEN) -> str:
    views = tuple(
        view if view.digest else replace(view, digest=sha256(view.data or b"").hexdigest()) for view in capture.views
    )
    with archive.database.writing() as session:
        page = ensure_page(session, "示例卡盟", capture.url, Role.TERMS, "desktop", AT)
    return archive.keep_capture(replace(capture, views=views), page).id


def text_of(archive: Archive, capture: Capture = SEEN) -> str:
    return Reader(attest_capture(archive, keep(archive, capture), LATER)).text


def test_a_picture_of_an_earlier_visit_is_never_said_to_be_what_was_seen(archive: Archive) -> None:
    first = keep(
        archive, replace(SEEN, id=new_id("capture", AT), views=(View(ViewKind.SCREENSHOT, "image/png", b"a", ""),))
    )
    reused = View(ViewKind.SCREENSHOT, "image/png", None, sha256(b"a").hexdigest(), reused_from=first)
    moved = View(ViewKind.REGION_SCREENSHOT, "image/png", b"b", sha256(b"b").hexdigest(), "0,1,2,3", first)
    same = text_of(archive, replace(SEEN, id=new_id("capture", AT), views=(*SEEN.views, reused), full_views=False))
    light = replace(SEEN, id=new_id("capture", AT), views=(*SEEN.views, moved, reused), full_views=False)
    paper = text_of(archive, light)
    assert "仍是旧数字，不是本次所见" in paper and "仍是旧数字" not in same and "仍是旧数字" not in text_of(archive)
    assert f"本次拍摄，对照抓取 {first}" in paper and paper.count(f"沿用抓取 {first}") == 1
    for page in (same, paper):
        assert "并显示出所存的视图" not in page and "两次的哈希相同" not in page


def test_it_states_what_was_captured_how_and_when(archive: Archive) -> None:
    kept = keep(archive)
    seal_log(archive, LATER)
    text = Reader(attest_capture(archive, kept, LATER)).text
    for stated in (
        kept, "示例卡盟", "https://shop.test/terms", "302 https://shop.test/terms", "https://shop.test/rules",
        "售后条款", "HTTP 200", "2026-11-22 20:00:00.250（北京时间）／2026-11-22 12:00:00.250（UTC）", "a" * 40,
        "cardwatch 0.1.0", "headless-shell 156.0.1.2", "HeadlessChrome/156.0.1.2", "Debian GNU/Linux 12", "CST +08:00",
        "1280×800",
        "203.0.113.7:443", "CN=Test CA", "c" * 64, "192.0.2.53", "HTTPS_PROXY", "203.0.113.9", "b" * 64,
        "没有写本次访问的任何主机", "没有扩展程序", "未载入任何会话", "1.500 秒（本机快）", "it did not tell its time",
        "请求网址，等待服务器开始应答", "配置的第 1 步：点击 #more", "页面上没有这个位置", "20:00:00.380", "5000 毫秒",
        "可见文字", "第 1 条", "覆盖 2 条", "姓名（名称）", "签名（盖章）",
    ):  # fmt: skip
        assert stated in text, stated
    with archive.database.reading() as session:
        from storage.captures import get_capture

        stored = get_capture(session, kept)
    assert stored.warc in text and stored.manifest in text
    assert "topsecret" not in text


def test_without_an_outside_witness_it_claims_no_time(archive: Archive) -> None:
    kept = keep(archive)
    unsealed = Reader(attest_capture(archive, kept, LATER)).text
    assert "尚未：列入之后还没有签署检查点" in unsealed
    seal_log(archive, LATER)
    text = Reader(attest_capture(archive, kept, LATER)).text
    assert "尚未：没有独立机构的时间凭据" in text
    assert "时间只有本机时钟为凭" in text and "无法判断" in text
    assert "之前已经存在，因此" not in text


def test_a_request_that_waits_is_no_witness(archive: Archive) -> None:
    kept = keep(archive)
    checkpoint = seal_log(archive, LATER)
    with archive.database.writing() as session:
        request_token(session, checkpoint, TokenKind.RFC3161, "机构甲", LATER)
    attested = gather_attestation(archive, kept, LATER)
    assert attested.stamps == ()
    text = Reader(render_attestation(attested)).text
    assert "尚未取得（已提出请求）" in text and "时间只有本机时钟为凭" in text


def witnessed(attested: Attested, *witnesses: Witness) -> Attested:
    checkpoint = Checkpoint(1, 2, b"note", "d" * 64, LATER)
    return replace(attested, place=LogPlace(1, AT, "cardwatch/0/1", "e" * 64, checkpoint, witnesses))


def held(signer: str, at: datetime = LATER, kind: TokenKind = TokenKind.RFC3161, name: str = "机构甲") -> Witness:
    return Witness(kind, TokenStatus.HELD, name, at, None, False, signer, signer)


def test_only_a_certificate_of_that_service_is_called_by_its_name(archive: Archive) -> None:
    attested = gather_attestation(archive, keep(archive), LATER)
    other = witnessed(attested, held("CN=联系信任,O=Example", name="联合信任"))  # the configured name proves nothing
    page = Reader(render_attestation(other)).text
    assert "可信时间戳（" not in page and "RFC 3161 时间戳" in page
    assert any("本件没有联合信任的可信时间戳" in line for line in list_unproven(other))
    own = witnessed(attested, held("CN=TSA,O=北京联合信任技术服务有限公司"))
    assert "可信时间戳（RFC 3161）" in Reader(render_attestation(own)).text
    assert not any("本件没有联合信任" in line for line in list_unproven(own))
    calendar = witnessed(attested, held("", kind=TokenKind.OPENTIMESTAMPS))
    assert "可信时间戳（" not in Reader(render_attestation(calendar)).text


def test_the_earliest_witness_dates_it_and_a_time_stamp_comes_before_a_calendar(archive: Archive) -> None:
    attested = gather_attestation(archive, keep(archive), LATER)
    first, second = held("CN=a", LATER, name="甲"), held("CN=b", LATER + timedelta(days=1), name="乙")
    calendar = held("", LATER - timedelta(minutes=5), TokenKind.OPENTIMESTAMPS, "丙")
    dated = witnessed(attested, second, calendar, first)
    (sentence,) = [line for line in list_proven(dated) if line.startswith("时间：")]
    assert "（甲）" in sentence and "2026-11-22 21:00:00 +08:00 之前" in sentence
    assert any("不说明恰好在那个时间抓取" in line for line in list_unproven(dated))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"origin": Origin.IMPORTED, "claimed_at": AT, "source_file": "页面.mht"}, "第三方文件：本件由他人制作"),
        ({"outcome": Outcome.FAILED, "reason": "refused", "detail": "x"}, "本次没有取得页面：服务器拒绝连接"),
        ({"outcome": Outcome.BLOCKED, "reason": "captcha"}, "访问受阻：只显示验证码"),
        ({"outcome": Outcome.PARTIAL, "missing": (Missing("views", "no time"),)}, "页面已取得，但有缺失"),
        ({"session": "member"}, "使用操作人预先登录得到的会话“member”"),
        ({"certificate_error": "ERR_CERT_DATE_INVALID"}, "服务器证书有误（ERR_CERT_DATE_INVALID）"),
        ({"final_url": "https://other.test/"}, "被带到另一个网站 other.test"),
        ({"surroundings": None}, "没有记录取证环境"),
        ({"surroundings": replace(AROUND, drill=True)}, "演练：本件来自软件自带的演示"),
        ({"surroundings": replace(AROUND, extensions=2)}, "2 个扩展程序"),
        ({"surroundings": replace(AROUND, tool_commit="a" * 40 + " with local edits")}, "未提交的修改"),
        ({"surroundings": replace(AROUND, clocks=(ClockReading("ntp://n.test", AT, 90_000, 10),))},
         "本机时钟与 ntp://n.test 相差 90.000 秒（本机慢）"),
        ({"surroundings": replace(AROUND, hosts_file=HostsFile("/etc/hosts", "b" * 64, (("shop.test", "10.0.0.9"),)))},
         "hosts 文件里写有本次访问的主机（shop.test → 10.0.0.9）"),
        ({"names": (NameAnswer("shop.test", "configured", ("127.0.0.1",), "", AT),)}, "地址由软件配置指定"),
    ],
)  # fmt: skip
def test_what_weakens_it_is_said_before_all_else(archive: Archive, changed: dict[str, object], told: str) -> None:
    page = attest_capture(archive, keep(archive, replace(SEEN, **changed)), LATER)  # type: ignore[arg-type]
    notices = Reader(page.partition("<h2>")[0]).text
    assert told in notices


def test_a_clean_capture_has_no_warning(archive: Archive) -> None:
    assert 'class="notice' not in attest_capture(archive, keep(archive), LATER)


def test_a_failed_visit_claims_no_answer_and_no_view(archive: Archive) -> None:
    gone = replace(
        SEEN, outcome=Outcome.FAILED, reason="dns_no_such_name", status=None, exchanges=(), views=(), title=""
    )
    text = text_of(archive, gone)
    assert "域名无法解析（查无此名）" in text and "遇到了第六节所记的情况" in text
    assert "收到了封存的应答" not in text and "没有服务器应答" in text


def test_an_imported_file_is_said_to_be_hearsay_throughout(archive: Archive) -> None:
    given = replace(SEEN, origin=Origin.IMPORTED, surroundings=None, steps_done=(), names=(), certificates=())
    text = text_of(archive, given)
    assert "其制作环境不为软件所知" in text and "没有本软件的网络记录" in text and "没有操作过程" in text
    assert "不能作为软件亲眼所见" in text
    assert "收到了封存的应答" not in text


def test_no_page_can_write_on_it(archive: Archive) -> None:
    hostile = replace(
        SEEN, title=EVIL, url="https://shop.test/" + EVIL.replace("\x00", ""), final_url=f"https://x.test/{EVIL}",
        detail=EVIL, outcome=Outcome.PARTIAL, missing=(Missing(EVIL, EVIL),), refused=(Missing(EVIL, EVIL),),
        names=(NameAnswer(EVIL, EVIL, (EVIL,), EVIL, AT),), session=EVIL, tool=EVIL, browser=EVIL, proxy=EVIL,
        certificates=(replace(SEEN.certificates[0], host=EVIL, subject=EVIL, issuer=EVIL, error=EVIL),),
        views=(View(ViewKind.FRAME_DOM, "text/html", b"x", "", EVIL),), vantage=Vantage(EVIL, user_agent=EVIL),
        steps_done=(StepDone(EVIL, 0, 1, EVIL),),
        surroundings=replace(AROUND, system=EVIL, python=EVIL, nameservers=(EVIL,), tool_commit=EVIL,
                             egress=Egress(EVIL, AT, trouble=EVIL), clocks=(ClockReading(EVIL, AT, trouble=EVIL),),
                             hosts_file=HostsFile(EVIL, EVIL, ((EVIL, EVIL),))),
    )  # fmt: skip
    page = attest_capture(archive, keep(archive, hostile), LATER)
    read = Reader(page)
    assert {tag for tag, _ in read.tags} <= {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "div", "span", "i", "br", "code",
        "table", "thead", "tbody", "tr", "th", "td", "ul", "ol", "li", "pre",
    }  # fmt: skip
    assert not [attrs for _, attrs in read.tags if set(attrs) & {"src", "href", "onerror", "style", "onload"}]
    assert "\u202e" not in page and "\x00" not in page and "⟨U+202E⟩" in page
    assert "<script>alert(1)</script>" in read.text  # shown, not run


def test_long_and_many_things_are_bounded(archive: Archive) -> None:
    big = replace(
        SEEN,
        title="长" * 500_000,
        exchanges=tuple(
            Exchange(n, f"https://h{n}.test/{'x' * 5000}", "GET", AT, "document", status=302, error="",
                     response_headers=(("Location", f"https://h{n + 1}.test/{'x' * 5000}"),),
                     remote_address=f"203.0.113.7:{n}")
            for n in range(1500)
        ),
        url=f"https://h0.test/{'x' * 5000}",
        missing=tuple(Missing("x" * 3000, "y" * 3000) for _ in range(1000)),
    )  # fmt: skip
    page = attest_capture(archive, keep(archive, big), LATER)
    assert len(page) < 400_000
    assert "共 500000 字" in page and "另有 900 项未列出" in page


def test_the_page_allows_itself_no_script_and_no_network(archive: Archive) -> None:
    page = attest_capture(archive, keep(archive), LATER)
    (policy,) = [attrs["content"] for tag, attrs in Reader(page).tags if attrs.get("http-equiv")]
    assert policy is not None and policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style and "@import" not in style


def test_an_altered_capture_is_not_attested(archive: Archive) -> None:
    kept = keep(archive)
    warc = gather_attestation(archive, kept, LATER).stored.warc
    path = archive.objects.path_of(warc)
    whole = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(ArchiveDamaged, match="was altered since it was sealed"):
        attest_capture(archive, kept, LATER)
    path.unlink()
    with pytest.raises(ArchiveDamaged, match="is missing"):
        attest_capture(archive, kept, LATER)


# --- rules ------------------------------------------------------------------------------------------------------------


def test_rules_are_cited_only_while_they_are_in_force() -> None:
    rules = load_evidence_rules()
    assert "msf-66" not in [rule.id for rule in rules.in_force(datetime(2023, 12, 31, tzinfo=UTC).date())]
    today = [rule.id for rule in rules.in_force(datetime(2026, 11, 22, tzinfo=UTC).date())]
    assert {"zj-93", "zj-94", "msf-66"} <= set(today)
    ended = replace(rules, rules=tuple(replace(rule, until=rule.since) for rule in rules.rules))
    assert ended.in_force(rules.checked) == ()


def test_every_rule_stands_in_the_data_that_it_was_read_from(shared_folder: Path) -> None:
    laws = {row["id"]: row for row in json.loads((shared_folder / "data/laws.json").read_text("utf-8"))}
    for rule in load_evidence_rules().rules:
        row = laws[rule.id]
        assert (row["article"], row["effective"]) == (rule.article, rule.since.isoformat())
        assert row["confirmed"] and row["status"] == "in_force"
        sentences = [part for part in re.split("[，。；：\n]", row["text"]) if len(part) > 14]
        assert not [part for part in sentences if part in rule.says]  # own words


# --- the command ------------------------------------------------------------------------------------------------------


@dataclass
class Desk:
    folder: Path
    tsa: Tsa

    def call(self, *arguments: str) -> Result:
        asked = [*arguments, "--config", str(self.folder / "config.toml")]
        with ThreadPoolExecutor(1) as apart:  # the main thread may hold the event loop of another test's browser
            return apart.submit(CliRunner().invoke, group, asked).result()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with start_tsa(tmp_path / "tsa") as tsa:
        (tmp_path / "config.toml").write_text(
            f'[[tsa]]\nname = "甲方机构"\nurl = "{tsa.url}"\nca = "{tsa.root_pem}"\nseconds = 5\n', "utf-8"
        )
        yield Desk(tmp_path, tsa)


def test_the_command_writes_html_and_pdf_with_the_token_of_a_real_authority(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<title>售后</title><h1>售后条款</h1><p>卡密无效的七天内退款。</p>", "utf-8")
    kept = desk.call("import", str(tmp_path / "page.html"), "--url", "https://shop.test/terms", "--json")
    assert kept.exit_code == 0, kept.output
    (capture,) = [item["id"] for item in json.loads(desk.call("history", "--json").stdout)["captures"]]
    page = tmp_path / "a.html"
    assert desk.call("attest", capture, "--out", str(page)).exit_code == 0
    text = Reader(page.read_text("utf-8")).text
    assert "甲方机构" in text and "签名者 " in text and "第三方文件" in text
    assert "（甲方机构）表明，包含这次抓取的检查点在" in text
    told = json.loads(desk.call("attest", capture, "--json").stdout)
    (token,) = told["log"]["tokens"]
    assert (token["status"], token["authority"], token["trusted_timestamp"]) == ("held", "甲方机构", False)
    assert told["warc"]["sha256"] in text and told["file"] is None
    assert not list(tmp_path.glob("attestation-*"))

    if find_browser(os.environ) is None:
        pytest.skip("no browser on this machine (see `cardwatch doctor`)")
    document = tmp_path / "a.pdf"
    assert desk.call("attest", capture, "--out", str(document)).exit_code == 0
    from pypdf import PdfReader

    pages = PdfReader(document).pages
    printed = "".join(page.extract_text() for page in pages)
    assert "取证说明" in printed and told["warc"]["sha256"] in re.sub(r"\s", "", printed)
    assert all(f"{number} / {len(pages)}" in page.extract_text() for number, page in enumerate(pages, 1))


def test_a_wrong_name_or_capture_is_told(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<title>售后</title><h1>售后条款</h1><p>卡密无效的七天内退款。</p>", "utf-8")
    desk.call("import", str(tmp_path / "page.html"), "--url", "https://shop.test/terms")
    wrong = desk.call("attest", "c-1", "--out", "a.docx")
    assert (wrong.exit_code, ".html or .pdf" in wrong.stderr) == (2, True)
    assert desk.call("attest", "c-none").exit_code == 6


def test_an_existing_file_and_a_missing_folder_are_refused_as_export_does(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<title>售后</title><h1>售后条款</h1><p>卡密无效的七天内退款。</p>", "utf-8")
    desk.call("import", str(tmp_path / "page.html"), "--url", "https://shop.test/terms")
    (capture,) = [item["id"] for item in json.loads(desk.call("history", "--json").stdout)["captures"]]
    signed = tmp_path / "signed.html"
    signed.write_text("filled in and signed")
    for command, option, ending in (("attest", "--out", "html"), ("export", "--wacz", "wacz")):
        taken = signed.with_suffix(f".{ending}")
        taken.write_text("filled in and signed")
        there = desk.call(command, capture, option, str(taken))
        assert (there.exit_code, "is there already: give another name" in there.stderr) == (2, True)
        assert taken.read_text() == "filled in and signed"
        gone = desk.call(command, capture, option, str(tmp_path / "none" / f"a.{ending}"))
        assert (gone.exit_code, "is no folder: make it first" in gone.stderr) == (2, True)


def test_printing_runs_no_script_and_asks_no_network(archive: Archive) -> None:
    found = find_browser(os.environ)
    if found is None:
        pytest.skip("no browser on this machine (see `cardwatch doctor`)")
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        port = listener.getsockname()[1]
        page = (
            f"<meta charset=utf-8><p id=p>不运行脚本</p><img src=http://127.0.0.1:{port}/x.png>"
            f"<script>p.textContent='ran'; fetch('http://127.0.0.1:{port}/y')</script>"
        )
        data = run_async(print_html(found, page))
        with pytest.raises(BlockingIOError):
            listener.accept()
    from io import BytesIO

    from pypdf import PdfReader

    text = PdfReader(BytesIO(data)).pages[0].extract_text()
    assert "不运行脚本" in text and "ran" not in text


def test_the_fields_of_attest_are_promised(archive: Archive) -> None:
    told = describe_attestation(gather_attestation(archive, keep(archive), LATER))
    text = (Path(__file__).parents[2] / "docs" / "json.md").read_text("utf-8")
    row = next(line for line in text.splitlines() if line.startswith("| `cardwatch attest "))
    assert set(told) | {"file"} <= set(re.findall(r"`([a-z_0-9]+)`", row.partition(" | ")[2]))


def test_the_one_for_a_redacted_copy_gives_nothing_away(archive: Archive) -> None:
    order = "订单 88231907"
    digest = sha256(order.encode()).hexdigest()
    made = replace(
        SEEN,
        title=f"会员 {order} & <b>",
        url=f"https://shop.test/terms?sid=topsecret&order={order}",
        missing=(Missing(f"image https://shop.test/{order}.png", "topsecret"),),
        views=(View(ViewKind.TEXT, "text/plain", order.encode(), digest, "t"),),
    )
    kept = keep(archive, made)
    whole = attest_capture(archive, kept, LATER)
    assert order in whole and digest in whole
    page = attest_capture(archive, kept, LATER, masks=[order])
    for gone in ("topsecret", "88231907", digest):
        assert gone not in page, gone
    assert "删减副本" in Reader(page.partition("<h2>")[0]).text
    stored = gather_attestation(archive, kept, LATER).stored
    assert stored.warc in page and stored.manifest in page and "203.0.113.7:443" in page
    assert {tag for tag, _ in Reader(page).tags} == {tag for tag, _ in Reader(whole).tags} | {"div"}
