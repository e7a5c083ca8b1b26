"""A change that was read in pictures is told and marked; a picture that was not read in time changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from monitor.changes.compare import compare_readings
from scrapers.extract import read_page
from scrapers.model import PageContent, PictureLine, PictureText, Reading, Role, SeenPicture, Source
from storage.archive import open_archive
from storage.picture_texts import keep_picture_texts, load_picture_texts

URL = "http://bailu.test/item/3"
PAGE = (
    '<body><h1>白鹭月卡</h1><span class="price">¥12</span><h3>商品描述</h3>'
    '<div class="d"><img src="/rule.png?v={n}"></div>'
)
AT = datetime(2026, 1, 1, tzinfo=UTC)


def reading(number: int, *lines: str, unread: str = "", page: str = PAGE) -> Reading:
    text = PictureText(
        f"{number:064x}", "r", tuple(PictureLine(line, 0.91) for line in lines), unread, final=not unread
    )
    seen = SeenPicture(f"http://bailu.test/rule.png?v={number}", text)
    return read_page(PageContent(URL, page.replace("{n}", str(number)), pictures=(seen,)), role=Role.PRODUCT)


def test_a_rule_in_a_picture_belongs_to_the_block_that_it_stands_in() -> None:
    block = next(b for b in reading(1, "质保期为7天").blocks if b.source is Source.IMAGE)
    assert (block.text, block.kind, block.confidence) == ("质保期为7天", "description", 0.91)


def test_a_rule_rewritten_in_a_picture_is_told_and_never_quoted() -> None:
    told = compare_readings(reading(1, "质保期为7天"), reading(2, "质保期为3天"), role=Role.PRODUCT)
    assert [(d.effect, d.quotable) for d in told if "7" in d.before] == [("worse", False)]


def test_a_picture_that_was_not_read_in_time_changes_nothing() -> None:
    late = reading(1, unread="no time was left for it")
    assert not compare_readings(late, reading(1, "质保期为7天"), role=Role.PRODUCT)
    assert not compare_readings(reading(1, "质保期为7天"), late, role=Role.PRODUCT)


def test_a_text_that_became_a_picture_is_told_though_the_picture_is_read() -> None:
    words = PAGE.replace('<img src="/rule.png?v={n}">', "<p>质保期为自购买之日起7天，逾期不补</p>")
    before = read_page(PageContent(URL, words), role=Role.PRODUCT)
    told = compare_readings(before, reading(1, "质保期为自购买之日起3天，逾期不补"), role=Role.PRODUCT)
    assert any("text_to_image" in d.kinds for d in told)
    assert any("3天" in d.after and not d.quotable for d in told)


def test_what_was_read_is_kept_once_for_each_release(tmp_path: Path) -> None:
    archive = open_archive(tmp_path, f"sqlite:///{tmp_path}/cardwatch.db", at=AT, minimum_free_megabytes=1)
    read = PictureText("ab" * 32, "r 1", (PictureLine("售出不退", 0.8),), final=True)
    late = PictureText("cd" * 32, "r 1", unread="no time")
    try:
        with archive.database.writing() as session:
            assert keep_picture_texts(session, [read, late, read], AT) == 1
        with archive.database.reading() as session:
            assert load_picture_texts(session, [read.digest, late.digest], "r 1") == {read.digest: read}
            assert load_picture_texts(session, [read.digest], "r 2") == {}
    finally:
        archive.close()
