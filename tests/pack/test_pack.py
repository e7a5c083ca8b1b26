"""The pack as a whole: same bytes, true pages, nothing that must not leave, and proofs that hold."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path

from PIL import Image
from pypdf import PdfReader

from pack.conftest import LIMITS, Made
from pack.planted import MIDDLES
from pack.unpacking import find_texts


def read(made: Made, path: str) -> bytes:
    assert made.first.out is not None
    with zipfile.ZipFile(made.first.out) as packed:
        return packed.read(path)


def text_of(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def test_the_same_case_and_moment_give_the_same_bytes(made: Made) -> None:
    assert made.second.out is not None
    again = {
        path.relative_to(made.second.out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in made.second.out.rglob("*")
        if path.is_file()
    }
    assert {one.path: one.sha256 for one in made.first.files} == again
    assert made.first.new_copies > 0
    assert made.second.new_copies == 0


def test_entries_of_the_zip_are_sorted_and_of_the_moment(made: Made) -> None:
    assert made.first.out is not None
    with zipfile.ZipFile(made.first.out) as packed:
        entries = packed.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.date_time for entry in entries} == {(2026, 11, 23, 12, 0, 0)}


def test_planted_secrets_stand_nowhere_in_the_full_pack(made: Made) -> None:
    assert made.first.out is not None
    assert find_texts(made.first.out, MIDDLES) == []


def test_planted_secrets_stand_nowhere_in_the_compact_pack(made: Made) -> None:
    assert made.compact.out is not None
    assert find_texts(made.compact.out, MIDDLES) == []


def test_the_planted_secrets_would_be_found(made: Made, tmp_path: Path) -> None:
    pack = tmp_path / "leaky.zip"
    with zipfile.ZipFile(pack, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.txt", MIDDLES[0].encode("utf-16-le"))
        packed.writestr("b.txt", MIDDLES[4])
    assert find_texts(pack, MIDDLES[:1])
    assert find_texts(pack, MIDDLES[4:5])


def test_the_list_of_evidence_names_true_pages(made: Made) -> None:
    booklet = PdfReader(io.BytesIO(read(made, "04-证据材料.pdf")))
    pages = [page.extract_text() for page in booklet.pages]
    for number, text in enumerate(pages, 1):
        assert re.search(rf"第\s*{number}\s*页，共\s*{len(pages)}\s*页", text), text[-80:]
    listed = re.sub(r"\s+", "", text_of(read(made, "03-证据目录.pdf")))
    shown = [one for one in made.first.exhibits if one.pages]
    assert len(shown) >= 6
    for one in shown:
        first, _, last = one.pages.partition("-")
        for page in range(int(first), int(last or first) + 1):
            assert f"证{one.number}" in pages[page - 1].replace("\u3000", " ") or page > int(first)
        assert f"证{one.number}" in pages[int(first) - 1]
        assert one.pages in listed
    ends = [int(one.pages.rpartition("-")[2]) for one in shown]
    assert max(ends) == len(pages) == made.first.pages


def test_the_word_list_of_evidence_has_the_same_pages(made: Made) -> None:
    from docx import Document

    document = Document(io.BytesIO(read(made, "03-证据目录.docx")))
    cells = {
        row.cells[0].text.removeprefix("证"): row.cells[-1].text for table in document.tables for row in table.rows
    }
    for one in made.first.exhibits:
        assert cells[one.number] == (one.pages or "未附")


def test_the_first_page_stands_alone_on_one_page(made: Made) -> None:
    first = PdfReader(io.BytesIO(read(made, "01-首页.pdf")))
    text = first.pages[0].extract_text()
    assert len(first.pages) == 1
    for wanted in (
        "提交给",
        "林小明",
        "杭州某某网络科技有限公司",
        "50.00 元",
        "退至原支付方式",
        "为生活消费需要购买",
        "证据材料",
    ):
        assert wanted in text
    assert "构成诈骗" not in text


def test_then_and_now_stand_on_one_page_with_both_times(made: Made) -> None:
    page = PdfReader(io.BytesIO(read(made, "05-当时与最近一次抓取对照.pdf")))
    text = re.sub(r"\s+", "", page.pages[0].extract_text())
    assert len(page.pages) == 1
    assert "2026-11-0918:30:00" in text
    assert "2026-11-1318:30:00" in text
    assert "概不退换" in text
    assert "间隔期间未观察" in text


def test_what_cannot_be_masked_is_withheld_and_named(made: Made) -> None:
    (withheld,) = made.first.withheld
    assert "录音" in withheld[2]
    assert not any(one.path.endswith((".mp4", ".eml")) for one in made.first.files)
    assert withheld[0] in text_of(read(made, "08-遮盖说明.pdf"))


def test_the_mask_report_tells_kinds_and_counts_only(made: Made) -> None:
    text = text_of(read(made, "08-遮盖说明.pdf"))
    assert "卡密、兑换码" in text
    assert "身份证件号码" in text
    assert dict(made.first.masks)["card_key"] >= 4


def test_pictures_leave_without_metadata(made: Made) -> None:
    assert made.first.out is not None
    with zipfile.ZipFile(made.first.out) as packed:
        names = [name for name in packed.namelist() if name.endswith((".jpg", ".png"))]
        assert names
        for name in names:
            with Image.open(io.BytesIO(packed.read(name))) as picture:
                assert not picture.getexif()
                assert "comment" not in picture.info


def test_names_of_files_are_of_our_own_words(made: Made) -> None:
    for one in made.first.files:
        assert re.fullmatch(r"[\w./（）-]+", one.path), one.path


def test_the_pack_holds_before_the_verifier(made: Made) -> None:
    result = made.house.market.run("verify", str(made.first.out), "--json")
    assert result.exit_code == 22, result.output  # everything holds; no outside token anchors it
    (told,) = json.loads(result.stdout)["targets"]
    assert {subject["verdict"] for subject in told["subjects"]} == {"cannot_say"}
    assert "pack" in {subject["kind"] for subject in told["subjects"]}


def test_a_masked_copy_verifies_as_one(made: Made) -> None:
    proof = json.loads(read(made, "proof/pack.json"))
    kinds = {one["path"]: one["what"] for one in proof["files"]}
    masked = [path for path, what in kinds.items() if what == "masked"]
    assert any(path.endswith(".jpg") for path in masked)
    assert all("遮盖件" in path for path in masked)


def test_the_guide_says_where_what_and_what_it_cannot_prove(made: Made) -> None:
    guide = read(made, "00-使用说明.txt").decode("utf-8-sig")
    for wanted in ("12315", "上限以提交页面为准", "不能证明", "cardwatch case file", "没有附上的"):
        assert wanted in guide


# --- compact ------------------------------------------------------------------------------------------------------


def test_compact_is_pdf_and_jpg_within_the_limits(made: Made) -> None:
    limits = LIMITS.limits["p12315"]
    files = made.compact.files
    assert {Path(one.path).suffix for one in files} == {".pdf", ".jpg"}
    pictures = [one for one in files if one.path.startswith("JPG/")]
    assert 0 < len(pictures) <= limits.max_files
    uploads = [one for one in files if one.path.startswith(("JPG/", "PDF/"))]
    assert all(one.bytes <= limits.max_megabytes * 1_000_000 for one in uploads)


def test_compact_keeps_every_page_of_the_booklet(made: Made) -> None:
    assert made.compact.out is not None
    with zipfile.ZipFile(made.compact.out) as packed:
        volumes = sorted(name for name in packed.namelist() if "证据材料" in name)
        texts = [page.extract_text() for name in volumes for page in PdfReader(io.BytesIO(packed.read(name))).pages]
    assert len(volumes) > 1
    assert len(texts) == made.compact.pages


def test_compact_says_what_does_not_fit(made: Made) -> None:
    assert any("每次 4 个" in warning for warning in made.compact.warnings)
