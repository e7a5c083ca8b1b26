"""Times of files: where they are read, how sure they are, and what contradicts what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from complaints.casefiles import NOW, ORDERED, make_facts

from monitor.complaints.intake.chats import recognise_chat
from monitor.complaints.intake.conflicts import find_conflicts, tell_time
from monitor.complaints.intake.name_times import time_in_name
from storage.case import FoundTime

from .conftest import Bring, by_name
from .samples import exif_with, write_film, write_mail, write_pdf, write_picture

FACTS = make_facts()  # ordered on 2026-11-10 at 14:30 in China


def conflicts(*times: FoundTime, kind: str = "failure", said: datetime | None = None, day: bool = False,
              software: str = "") -> str:  # fmt: skip
    found = find_conflicts(
        times, kind=kind, facts=FACTS, said_at=said, said_day_only=day, software=software, added_at=NOW
    )
    return "\n".join(found)


def at(source: str, moment: datetime, field: str = "", *, known: bool = True) -> FoundTime:
    return FoundTime(source, field or source, moment, known)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Screenshot_20261110-143000.jpg", "2026-11-10T06:30:00+00:00"),
        ("Screenshot_2026-11-10-14-30-00-123_com.tencent.mm.jpg", "2026-11-10T06:30:00+00:00"),
        ("Screenshot_20261110_143000_com.tencent.mm.jpg", "2026-11-10T06:30:00+00:00"),
        ("IMG_20261110_143000.jpg", "2026-11-10T06:30:00+00:00"),
        ("微信图片_20261110143000.png", "2026-11-10T06:30:00+00:00"),
        ("截屏2026-11-10 14.30.00.png", "2026-11-10T06:30:00+00:00"),
        ("屏幕截图 2026-11-10 143000.png", "2026-11-10T06:30:00+00:00"),
        ("PXL_20261110_063000123.jpg", "2026-11-10T06:30:00+00:00"),
        ("mmexport1794292200000.jpg", "2026-11-10T06:30:00+00:00"),
        ("wx_camera_1794292200000.jpg", "2026-11-10T06:30:00+00:00"),
        ("RPReplay_Final1794292200.MP4", "2026-11-10T06:30:00+00:00"),
        ("订单4200002211202611101234567890.png", ""),
        ("IMG_0042.HEIC", ""),
        ("20261399_256199.jpg", ""),
        ("13800138000.png", ""),
    ],
)
def test_the_time_in_a_name_is_read_as_a_hint(name: str, told: str) -> None:
    found = time_in_name(name)
    assert (found.at.isoformat() if found else "") == told
    if found:
        assert found.source == "name"
        assert "仅供参考" in tell_time(found)


def test_exif_times_keep_whether_their_zone_is_known(bring: Bring, inbox: Path) -> None:
    write_picture(inbox / "a.jpg", exif=exif_with(taken="2026:11:10 15:00:00", offset="+08:00"))
    write_picture(inbox / "b.jpg", "other", exif=exif_with(changed="2026:11:10 15:00:00"))
    files = by_name(bring(inbox))
    for name, known, field in (("a.jpg", True, "DateTimeOriginal"), ("b.jpg", False, "DateTime")):
        item = files[name].item
        assert item is not None
        (time,) = item.times
        assert (time.source, time.field, time.zone_known) == ("exif", field, known)
        assert time.at == datetime(2026, 11, 10, 7, tzinfo=UTC)
        assert ("时区未记载" in tell_time(time)) is not known


def test_pdf_film_mail_and_chat_state_their_times(bring: Bring, inbox: Path) -> None:
    write_pdf(inbox / "a.pdf", created="D:20261110150000+08'00'", changed="D:20261112150000+08'00'")
    write_film(inbox / "b.mp4", datetime(2026, 11, 10, 6, 40, tzinfo=UTC))
    write_mail(inbox / "c.eml", date="Tue, 10 Nov 2026 16:00:00 +0800", received="Tue, 10 Nov 2026 11:30:00 +0000")
    (inbox / "d.txt").write_text("消息对象:客服\n2026-11-10 14:35:22 林(1)\n你好\n2026-11-10 14:50:00 客服(2)\n在\n")
    files = by_name(bring(inbox))
    told = {
        name: [(time.source, time.field, f"{time.at:%H:%M}") for time in file.item.times]
        for name, file in files.items()
        if file.item
    }
    assert told["a.pdf"] == [("pdf", "CreationDate", "07:00"), ("pdf", "ModDate", "07:00")]
    assert ("container", "encoded_date", "06:40") in told["b.mp4"]
    assert told["c.eml"] == [("mail", "Date", "08:00"), ("mail", "Received", "11:30")]
    assert told["d.txt"] == [("chat", "第一条", "06:35"), ("chat", "最后一条", "06:50")]
    pdf, mail = files["a.pdf"].item, files["c.eml"].item
    assert pdf is not None and mail is not None
    assert "又被保存过" in pdf.conflicts[0]
    assert "相差3小时30分" in mail.conflicts[0]


def test_a_telegram_page_and_its_json_are_chats(bring: Bring, inbox: Path) -> None:
    (inbox / "messages.html").write_text(
        "<html><head><title>Exported Data</title></head><body>"
        '<div class="message"><div class="pull_right date details" title="10.11.2026 14:35:00 UTC+08:00">14:35</div>'
        '<div class="from_name">lin</div><div class="text">卡密无效 请退款</div></div>'
        '<div class="message"><div class="pull_right date details" title="10.11.2026 14:50:00 UTC+08:00">14:50</div>'
        '<div class="from_name">shop</div><div class="text">稍等</div></div></body></html>'
    )
    (inbox / "result.json").write_text(
        '{"name": "shop", "messages": [{"date": "2026-11-10T14:35:00", "from": "lin", "text": "你好"},'
        '{"date": "2026-11-10T14:50:00", "from": "shop", "text": ["不予", {"text": "退款"}]}]}'
    )
    files = by_name(bring(inbox))
    for name, kind in (("messages.html", "demand_chat"), ("result.json", "refusal")):
        item = files[name].item
        assert item is not None
        assert (item.kind, item.text_source) == (kind, "chat")
        assert [f"{time.at:%H:%M}" for time in item.times] == ["06:35", "06:50"]


@pytest.mark.parametrize(
    "text",
    [
        "张三 2026/11/10 14:35\n你好\n\n客服 2026/11/10 14:36\n在的\n",
        "2026年11月10日 下午2:35\n你好\n2026年11月10日 下午2:36\n在\n",
    ],
)
def test_copied_wechat_lines_are_a_chat(text: str) -> None:
    chat = recognise_chat(text)
    assert chat is not None
    assert (chat.lines, chat.first) == (2, datetime(2026, 11, 10, 6, 35, tzinfo=UTC))


def test_a_text_with_dates_is_not_a_chat() -> None:
    assert recognise_chat("公告：2026-11-01 10:00 起调整价格，2026-11-05 12:00 起恢复。\n售后见下文。") is None
    assert recognise_chat("") is None


def test_a_failure_that_was_made_before_the_order_is_named() -> None:
    told = conflicts(at("exif", ORDERED - timedelta(days=1)))
    assert "早于下单时间2026-11-10 14:30" in told
    assert "不能证明" in told
    assert not conflicts(at("exif", ORDERED + timedelta(hours=1)))


def test_a_time_without_a_zone_says_so_where_it_contradicts() -> None:
    assert "时区未记载" in conflicts(at("exif", ORDERED - timedelta(hours=2), known=False))


def test_a_page_or_advertisement_after_the_order_proves_nothing_of_before() -> None:
    for kind in ("product_page", "advert", "after_sales_promise"):
        assert "晚于下单时间" in conflicts(at("pdf", ORDERED + timedelta(days=3)), kind=kind)
    assert not conflicts(at("pdf", ORDERED + timedelta(days=3)), kind="refusal")


def test_the_bringers_word_is_held_against_the_file() -> None:
    told = conflicts(at("exif", ORDERED + timedelta(days=2)), said=ORDERED + timedelta(hours=1))
    assert "自称形成于2026-11-10 15:30" in told
    assert "相差47小时" in told
    assert not conflicts(at("exif", ORDERED + timedelta(minutes=70)), said=ORDERED + timedelta(hours=1))


def test_a_day_that_was_said_agrees_with_any_time_of_that_day() -> None:
    day = datetime(2026, 11, 9, 16, tzinfo=UTC)  # 2026-11-10 in China
    assert not conflicts(at("exif", ORDERED + timedelta(hours=5)), said=day, day=True)
    assert "自称形成于2026-11-10，而" in conflicts(at("exif", ORDERED + timedelta(days=1)), said=day, day=True)


def test_a_gap_of_eight_hours_names_its_usual_cause() -> None:
    told = conflicts(at("exif", ORDERED + timedelta(hours=1)), at("container", ORDERED + timedelta(hours=9)))
    assert "8小时" in told
    assert "世界时" in told


def test_a_name_is_only_a_hint_and_never_proof_of_a_contradiction() -> None:
    told = conflicts(at("name", ORDERED + timedelta(days=9), known=False), at("exif", ORDERED + timedelta(hours=1)))
    assert "仅供参考" in told
    assert "不能证明" not in told
    assert not conflicts(at("zip", ORDERED + timedelta(days=9), known=False), at("exif", ORDERED + timedelta(hours=1)))


def test_the_future_and_editing_software_are_named() -> None:
    assert "时钟可能不准" in conflicts(at("exif", NOW + timedelta(days=2)))
    assert "Adobe Photoshop 25.0" in conflicts(software="Adobe Photoshop 25.0")
    assert not conflicts(software="MIUI Gallery")


def test_editing_software_of_a_file_is_found_by_itself(bring: Bring, inbox: Path) -> None:
    write_picture(inbox / "a.jpg", exif=exif_with(software="Adobe Photoshop 25.0 (Windows)"))
    (file,) = bring(inbox).files
    assert file.item is not None
    assert any("图像编辑软件" in line for line in file.item.conflicts)


def test_an_order_without_a_time_contradicts_nothing() -> None:
    facts = make_facts(orders=())
    times = [at("exif", ORDERED - timedelta(days=9))]
    assert not find_conflicts(times, kind="failure", facts=facts, said_at=None, added_at=NOW)


def test_a_day_stays_a_day_when_more_is_said_later(bring: Bring, inbox: Path) -> None:
    picture = write_picture(inbox / "a.jpg", exif=exif_with(taken="2026:11:10 18:00:00", offset="+08:00"))
    day = datetime(2026, 11, 9, 16, tzinfo=UTC)  # 2026-11-10 in China
    bring(picture, said_at=day, said_day_only=True)
    (file,) = bring(picture, kind="failure").files
    assert file.item is not None
    assert (file.item.kind, file.item.said_at, file.item.conflicts) == ("failure", day, ())
