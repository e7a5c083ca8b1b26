from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from monitor.web.build_verify import BUILT
from scrapers.model import Role, View, ViewKind
from storage.archive import open_archive
from storage.checkpoints import seal_log
from storage.pages import ensure_page
from storage.wacz import export_wacz

from .exports import START, URL, Kept, keep_captures, make_png, visit, with_body
from .reader import PAGE, ask, open_verifier
from .tampering import pack_anew, read_files, sign_by

NOTE_SLICES = """
globalThis.largest = 0;
const read = Blob.prototype.arrayBuffer;
Blob.prototype.arrayBuffer = function () {
  globalThis.largest = Math.max(globalThis.largest, this.size);
  return read.call(this);
};
"""


def _key_of(data: bytes) -> str:
    return str(json.loads(read_files(data)["cardwatch/key-0.json"])["key"])


def test_a_good_export_alone_cannot_say_and_with_an_outside_anchor_is_intact(
    first: bytes, second: bytes, kept: Kept, verifier: Page
) -> None:
    for data in (first, second):
        alone = ask(verifier, data)
        assert (alone.verdict, alone.ids("failed"), alone.ids("absent")) == ("cannot_say", set(), set())
        assert alone.checks["token_trust"] == "cannot_say"
        assert kept.authority.root.subject.rfc4514_string() in alone.text
        trusted = ask(verifier, data, roots=kept.authority.root_pem)
        assert (trusted.verdict, trusted.checks["token_trust"]) == ("intact", "passed")
        pinned = ask(verifier, data, pinned=_key_of(data))
        assert (pinned.verdict, pinned.checks["pinned_key"]) == ("intact", "passed")
    earlier = ask(verifier, second, earlier=kept.earlier.note)
    assert (earlier.verdict, earlier.checks["earlier_checkpoint"]) == ("intact", "passed")
    same = ask(verifier, second, earlier=kept.checkpoint.note)
    assert (same.verdict, same.checks["earlier_checkpoint"]) == ("intact", "passed")


def test_it_tells_what_was_captured_in_chinese_first_and_in_english(first: bytes, verifier: Page) -> None:
    answer = ask(verifier, first)
    assert URL + "?ref=a b<c>" in answer.text
    assert "2026-11-20 14:30:15 北京时间" in answer.text
    assert "无法判断" in answer.text
    assert verifier.locator("html").get_attribute("lang") == "zh-CN"
    verifier.click("#language")
    english = verifier.inner_text("main")
    assert "Cannot say" in english
    assert "2026-11-20 14:30:15 Beijing time" in english
    assert "Altered" not in english
    verifier.click("#language")
    assert verifier.inner_text("main") == answer.text


def test_what_is_redacted_is_told_as_redacted(kept: Kept, verifier: Page, tmp_path: Path) -> None:
    for number, masks in enumerate(((), ("10.00",))):
        path = tmp_path / f"{number}.wacz"
        export_wacz(kept.archive, kept.first.id, path, at=START + timedelta(days=1), masks=masks)
        answer = ask(verifier, path, pinned=_key_of(path.read_bytes()))
        assert (answer.ids("failed"), answer.ids("absent")) == (set(), set()), answer.text
        assert answer.verdict == "intact"
        assert {"redactions", "warc_digest", "record_commitments"} <= answer.ids("redacted")
        assert answer.checks["derivative"] == "passed"
        assert "遮盖" in verifier.inner_text(".redacted-too")


def test_a_capture_whose_salts_were_destroyed_is_not_called_altered(first: bytes, kept: Kept, verifier: Page) -> None:
    proof = json.loads(read_files(first)["cardwatch/proof.json"])
    proof["salts"] = {}
    without = pack_anew(first, {"cardwatch/proof.json": json.dumps(proof).encode()})
    answer = ask(verifier, sign_by(without, kept.key))
    assert (answer.verdict, answer.ids("failed"), answer.ids("absent")) == ("cannot_say", set(), set())
    assert answer.checks["record_commitments"] == "cannot_say"


def test_an_export_that_was_unpacked_and_packed_again_in_a_folder_is_still_good(first: bytes, verifier: Page) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in read_files(first).items():
            package.writestr(f"取证包/{name}", content)
    answer = ask(verifier, out.getvalue(), pinned=_key_of(first), name="evidence.zip")
    assert (answer.verdict, answer.ids("failed")) == ("intact", set())


def test_what_is_no_package_and_what_holds_no_proof_is_said_so(verifier: Page) -> None:
    assert "不是取证包" in ask(verifier, b"no zip at all", name="a.wacz").text
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("holiday.txt", "x")
    answer = ask(verifier, out.getvalue())
    assert answer.verdict in ("incomplete", "cannot_say")
    assert "没有可用的证明材料" in answer.text


def test_a_key_that_is_mistyped_is_not_taken_for_one(first: bytes, verifier: Page) -> None:
    key = _key_of(first)
    answer = ask(verifier, first, pinned=key[:-3] + ("AAA" if key[-3:] != "AAA" else "BBB"))
    assert answer.checks["pinned_key"] == "failed"


def test_the_sealed_screenshot_is_shown_as_an_image(first: bytes, verifier: Page) -> None:
    ask(verifier, first)
    verifier.locator("#result summary").first.click()
    image = verifier.locator("img.shot")
    image.wait_for(state="visible")
    assert str(image.get_attribute("src")).startswith("blob:")
    assert image.evaluate("image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])") == [320, 200]


def test_a_picture_of_an_earlier_visit_is_said_to_be_one_and_what_is_of_now_stands_beside_it(
    first: bytes, verifier: Page, tmp_path: Path
) -> None:
    kept = keep_captures(tmp_path / "archive")
    earlier = "这张图沿用自较早的一次抓取"
    ask(verifier, first)
    assert earlier not in (verifier.text_content("#result") or "")
    at = START + timedelta(hours=12)
    known = kept.archive.known_views(kept.second.page.id, at=at, max_age=timedelta(days=7))
    assert known is not None
    pictures = [make_png(320, 60), make_png(320, 70)]
    regions = [
        View(ViewKind.REGION_SCREENSHOT, "image/png", data, sha256(data).hexdigest(), f"{number}")
        for number, data in enumerate(pictures)
    ]
    stored = kept.archive.keep_capture(
        replace(visit(at, "¥9.80"), views=(*regions, *known.views), full_views=False), kept.second.page
    )
    seal_log(kept.archive, at + timedelta(minutes=1))
    answer = ask(verifier, kept.export(tmp_path, stored))
    kept.archive.close()
    assert (answer.ids("failed"), answer.ids("absent")) == (set(), set()), answer.text
    verifier.locator("#result summary").first.click()
    assert earlier in verifier.inner_text("#result p.earlier")
    assert "本次抓取的局部截图" in verifier.inner_text("#result")
    heights = verifier.locator("img.shot").evaluate_all(
        "images => Promise.all(images.map((image) => image.decode().then(() => image.naturalHeight)))"
    )
    assert heights == [200, 60, 70]


def test_nothing_of_a_package_is_run_and_nobody_is_asked(first: bytes, chromium: Browser) -> None:
    files = read_files(first)
    proof = json.loads(files["cardwatch/proof.json"])
    proof["capture"]["url"] = "<img src=https://evil.test/x onerror=document.body.dataset.evil=1>"
    proof["tokens"][0]["authority"] = "<script>document.body.dataset.evil=1</script>"
    evil = pack_anew(first, {"cardwatch/proof.json": json.dumps(proof).encode()})
    page = chromium.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_verifier(page)
    answer = ask(page, evil, name="<b>bold</b>.wacz")
    assert "<script>document.body" in answer.text
    assert "<b>bold</b>.wacz" in answer.text
    assert page.locator("body").get_attribute("data-evil") is None
    assert [url for url in asked if not url.startswith(("file:", "blob:"))] == []
    page.locator("body").evaluate(
        "body => { const script = document.createElement('script');"
        " script.textContent = 'document.body.dataset.evil = 1'; body.append(script) }"
    )
    assert page.locator("body").get_attribute("data-evil") is None  # the page's policy lets its own script run only
    page.close()


def test_it_works_without_the_browser_s_own_cryptography(first: bytes, chromium: Browser) -> None:
    page = chromium.new_page()
    page.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
    open_verifier(page)
    answer = ask(page, first, pinned=_key_of(first))
    assert (answer.verdict, answer.ids("failed")) == ("intact", set())
    assert answer.checks["token_signature"] == "cannot_say"
    assert answer.checks["package_signature"] == "cannot_say"
    assert "WebCrypto" in answer.text
    page.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_it_fits_a_phone_and_a_screen(first: bytes, chromium: Browser, width: int) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 800})
    open_verifier(page)
    ask(page, first)
    assert page.locator("html").evaluate("page => page.scrollWidth <= page.clientWidth")
    page.close()


def test_it_is_worked_by_keyboard_and_told_to_a_screen_reader(first: bytes, verifier: Page) -> None:
    ask(verifier, first)
    assert verifier.locator(":focus").get_attribute("id") == "result"
    assert verifier.locator("[role=status]").inner_text() == "核验完毕：无法判断"
    verifier.locator("#language").focus()
    verifier.keyboard.press("Tab")
    assert verifier.locator(":focus").get_attribute("id") == "file"
    assert verifier.get_by_label("选择取证包文件").count() == 1
    for sign in verifier.locator(".sign").all():
        assert sign.get_attribute("aria-hidden") == "true"


def test_a_print_holds_the_answer_and_no_buttons(first: bytes, verifier: Page) -> None:
    ask(verifier, first)
    verifier.emulate_media(media="print")
    assert verifier.locator(".verdict .answer").is_visible()
    assert not verifier.locator("#drop").is_visible()
    assert not verifier.locator("#language").is_visible()
    verifier.emulate_media(media="screen")


def test_the_page_that_lies_in_an_export_is_the_one_that_is_shipped(kept: Kept, verifier: Page, tmp_path: Path) -> None:
    data = kept.export(tmp_path, kept.first, **{"verify.html": BUILT.read_bytes()})
    assert read_files(data)["cardwatch/verify.html"] == PAGE.read_bytes()
    answer = ask(verifier, data)
    assert (answer.verdict, answer.checks["other_files"]) == ("cannot_say", "cannot_say")
    assert verifier.inner_text("[data-check=other_files] > .status") == "说明"


def test_a_large_capture_is_read_by_slices(chromium: Browser, tmp_path: Path) -> None:
    """Of a body beyond what WebCrypto is given at once, in the sealed file and in a later visit's completing one."""
    body = b"".join(sha256(number.to_bytes(4)).digest() * 8 for number in range(70 << 12))
    at = START + timedelta(hours=1)
    page = chromium.new_page()
    page.add_init_script(NOTE_SLICES)
    open_verifier(page)
    archive = open_archive(tmp_path, f"sqlite:///{tmp_path}/cardwatch.db", at=START)
    with archive.database.writing() as session:
        kept_page = ensure_page(session, "示例卡盟", URL, Role.PRODUCT, "desktop", START)
    for moment in (START, at):
        stored = archive.keep_capture(with_body(visit(moment), body), kept_page)
        seal_log(archive, moment + timedelta(minutes=1))
        path = tmp_path / "large.wacz"
        export_wacz(archive, stored.id, path, at=START + timedelta(days=1))
        answer = ask(page, path)
        assert (answer.verdict, answer.ids("failed"), answer.ids("absent")) == ("cannot_say", set(), set())
        assert answer.checks["resolved_payloads"] == ("passed" if moment == at else "not_applicable")
        path.unlink()
    archive.close()
    assert 1 << 20 <= page.evaluate("globalThis.largest") <= 4 << 20
    page.close()
