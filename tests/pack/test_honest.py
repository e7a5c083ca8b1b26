"""What a pack must not pass over: what is not attached, logged in, hidden, guessed, not of today, or a third person."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from complaints.casefiles import NOW, ORDERED, make_facts, make_file, make_item
from complaints.market import capture_of, make_market

from monitor.complaints.evidence.exhibits import list_exhibits
from monitor.complaints.letters.text import render_text
from monitor.complaints.masking.third_parties import find_third_names, warn_public
from monitor.complaints.model import (
    Audience,
    Block,
    BlockKind,
    CaseFile,
    Exhibit,
    ExhibitGroup,
    Letter,
    PageAround,
    SeenVersion,
    Sentence,
    SentenceKind,
)
from monitor.complaints.pack.absences import add_reasons, count_holdings, find_absent, tell_absent
from monitor.complaints.pack.booklet import _clauses
from monitor.complaints.pack.captures import prepare_capture
from monitor.complaints.pack.evidence_pages import render_evidence_list
from monitor.complaints.pack.model import Prepared, QuotedClause
from monitor.complaints.pack.packable import list_packable, make_masker
from monitor.complaints.pack.provenance import write_provenance
from monitor.complaints.pack.then_now import ThenNow, find_then_now, render_then_now
from monitor.selectors import Selectors
from monitor.watch import record_capture
from scrapers.model import Block as PageBlock
from scrapers.model import BlockKind as PageKind
from scrapers.model import Missing, Origin, Outcome, Reading, Reason, Role, ViewKind
from storage.case import Case
from storage.model import Change, ChangeClass, ChangeStatus, Difference, Effect, Severity, WatchedPage
from storage.pages import ensure_page

DAY = date(2026, 11, 23)


def exhibit(number: str, **changed: object) -> Exhibit:
    usual = Exhibit(number, ExhibitGroup(number[0]), f"e-{number}", "item", "failure", "录屏", "本人保存", "无效", None)
    return replace(usual, **changed)  # type: ignore[arg-type]


def plain(html: str) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", " ", html))


# --- what is not attached -----------------------------------------------------------------------------------------


def test_a_letter_says_that_an_exhibit_it_leans_on_is_not_attached() -> None:
    told = Sentence("收到的卡密无法兑换，附证4-1、4-3", SentenceKind.FACT, ("4-3", "4-1"))
    listed = Sentence("证4-1 录屏（交付与问题）")
    letter = Letter("p12315", "投诉书", "", (Block(BlockKind.ITEMS, "经过", (told, listed)),), DAY)
    said, named = tell_absent(letter, {"4-1"})
    assert "附证4-1〔未附〕、4-3（证4-3、4-1〔未附〕）" in render_text(said)
    assert "证4-1〔未附〕 录屏" in render_text(said)
    assert named == ("4-1",)
    assert tell_absent(letter, ())[0] == letter


def test_the_list_counts_exhibits_and_files_apart() -> None:
    prepared = (
        Prepared(exhibit("4-1"), "录屏", "", "", withheld="视频无法遮盖"),
        Prepared(exhibit("4-2"), "截图", "", ""),
        Prepared(exhibit("5-1"), "查询", "", ""),
    )
    pages = {"4-1": "未附", "4-2": "1", "5-1": "2-3"}
    holdings = count_holdings(prepared, pages, {"4-2": ["06-证据文件/4-2.png"]})
    told = "共 3 件，印入证据材料 2 件，附有电子文件 1 件，未附 1 件：4-1（原因见证据目录）"
    assert holdings.tell(files=True) == told
    assert "电子文件" not in holdings.tell(files=False)
    html = plain(render_evidence_list(prepared, pages, "", "", told))
    assert plain(told) in html
    assert "证4-1：视频无法遮盖" in html
    letter = Letter("evidence_list", "证据目录", "", (Block(BlockKind.SIGNATURE, "", (Sentence("提交人"),)),), DAY)
    with_reasons = add_reasons(letter, prepared, find_absent(pages))
    assert "证4-1〔未附〕：视频无法遮盖" in render_text(with_reasons)
    assert with_reasons.blocks[-1].kind is BlockKind.SIGNATURE


def test_what_stays_here_leaves_no_gap_in_the_numbers() -> None:
    kept = (
        make_item("identity", said_at=ORDERED),
        make_item("subject", said_at=ORDERED + timedelta(hours=1)),
    )
    file = replace(make_file(), items=kept)
    assert "1-2" in [one.number for one in list_exhibits(file) if one.kind == "subject"]
    assert [one.number for one in list_packable(file, "market_report") if one.kind == "subject"] == ["1-1"]


# --- captures -----------------------------------------------------------------------------------------------------


def test_a_capture_made_while_logged_in_says_so_in_list_and_provenance(tmp_path: Path) -> None:
    archive = make_market(tmp_path / "market").open()
    with archive.database.writing() as session:
        page = ensure_page(session, "星河卡盟", "https://xh88.test/help", Role.TERMS, "desktop", ORDERED)
    capture = capture_of(page.url, "<p>卡密无效的，七天内可以更换。</p>", ORDERED)
    views = tuple(view for view in capture.views if view.kind is not ViewKind.SCREENSHOT)
    record_capture(archive, replace(capture, views=views, session="buyer"), page, Selectors())
    file = CaseFile(Case("k-20261123T040000-aaaaaaaa", NOW, NOW, make_facts()), NOW)
    one = exhibit("2-1", id=capture.id, form="capture", kind="terms", source="本人抓取", at=ORDERED)
    prepared = prepare_capture(archive, file, one, make_masker(file, "p12315"), tmp_path, write=False)
    listed = render_evidence_list([prepared], {"2-1": "1"}, "", "", "")
    told = json.loads(write_provenance(archive, file.case.id, "p12315", [prepared], {}, {}, NOW))
    archive.close()
    assert "本人抓取；登录状态下抓取" in plain(listed)
    assert prepared.exhibit.source == "本人抓取；登录状态下抓取"
    assert told["exhibits"][0]["logged_in"] is True
    assert "登录状态下抓取" in told["exhibits"][0]["source"]


@pytest.mark.parametrize(
    ("ended", "told"),
    [
        ({"outcome": Outcome.PARTIAL, "missing": (Missing("pdf", "late"),)}, "抓取部分完成：缺打印件"),
        ({"outcome": Outcome.BLOCKED, "reason": Reason.CAPTCHA}, "打开受阻：只显示验证码，没有读到页面内容"),
    ],
)
def test_a_capture_that_is_not_whole_says_so_in_list_and_booklet(
    tmp_path: Path, ended: dict[str, object], told: str
) -> None:
    archive = make_market(tmp_path / "market").open()
    with archive.database.writing() as session:
        page = ensure_page(session, "星河卡盟", "https://xh88.test/help", Role.TERMS, "desktop", ORDERED)
    capture = capture_of(page.url, "<p>卡密无效的，七天内可以更换。</p>", ORDERED)
    views = tuple(view for view in capture.views if view.kind is not ViewKind.SCREENSHOT)
    record_capture(archive, replace(capture, views=views, **ended), page, Selectors())  # type: ignore[arg-type]
    file = CaseFile(Case("k-20261123T040000-aaaaaaaa", NOW, NOW, make_facts()), NOW)
    one = exhibit("2-1", id=capture.id, form="capture", kind="terms", source="本人抓取", at=ORDERED)
    prepared = prepare_capture(archive, file, one, make_masker(file, "p12315"), tmp_path, write=False)
    archive.close()
    assert told in prepared.notes[0]
    assert f"本人抓取；{told.partition('：')[0]}" in plain(render_evidence_list([prepared], {}, "", "", ""))
    assert prepared.exhibit.source == prepared.source


def test_hidden_clauses_are_told_apart_and_never_quoted() -> None:
    shown = QuotedClause("免除责任的条款", "一经售出概不退换", "", ("《消费者权益保护法》第二十六条",))
    hidden = QuotedClause("虚假宣传", "永久质保假一赔十", "", ("《消费者权益保护法》第五十五条",), quotable=False)
    told = plain("".join(_clauses(Prepared(exhibit("2-1"), "", "", "", clauses=(hidden, shown)))))
    seen, _, unseen = told.partition("不作为页面展示文字引用")
    assert "“一经售出概不退换”" in seen
    assert "可能涉及：免除责任的条款" in seen and "不是证据内容" in told
    assert "永久质保假一赔十" in unseen
    for word in ("“", "虚假宣传", "第五十五条"):
        assert word not in unseen
    claimed = plain("".join(_clauses(Prepared(exhibit("2-1"), "", "", "", clauses=(shown,), claimed=True))))
    assert "页面所示" not in claimed


def test_a_blocked_visit_is_listed_as_blocked_and_content_keeps_its_own_captures() -> None:
    page = WatchedPage("g-1", "星河卡盟", "https://xh88.test/help", Role.TERMS, "desktop")
    opened = change("打开", Effect.MIXED, before="只显示验证码", after="可以正常打开", change_class=ChangeClass.OUTCOME)
    outcome = Change("x-1", page, "c-blocked", "c-new", ORDERED, NOW, ChangeStatus.CONFIRMED, "", opened)
    rewritten = change("改", Effect.WORSE)
    content = Change("x-2", page, "c-old", "c-new", ORDERED, NOW, ChangeStatus.CONFIRMED, "", rewritten)
    listed = {one.id: one for one in list_exhibits(replace(make_file(), pages=(), changes=(outcome, content)))}
    assert "打开受阻" in listed["c-blocked"].name
    assert "只显示验证码；没有读到页面内容" in listed["c-blocked"].shows
    assert "显示的内容" not in listed["c-blocked"].shows
    assert listed["c-old"].name == "售后条款页面（变更前的抓取）"
    assert listed["c-new"].name == "售后条款页面（变更后的抓取）"


def test_a_file_of_somebody_else_is_listed_by_the_time_that_he_claims() -> None:
    imported = replace(seen("c-9", ORDERED), origin=Origin.IMPORTED)
    page = PageAround("https://xh88.test/help", Role.TERMS, "desktop", imported, None, None, "", None, None, None)
    [told] = [one for one in list_exhibits(replace(make_file(), pages=(page,), changes=())) if one.id == "c-9"]
    assert told.name.startswith("售后条款页面（他人提供的存档文件，所称时间")
    assert told.shows == "该文件所载的页面内容（时间为提供人声称）"
    assert "本人" not in told.source


# --- then and now -------------------------------------------------------------------------------------------------


def seen(capture: str, at: datetime) -> SeenVersion:
    reading = Reading("", 0.0, "", "说明", "")
    return SeenVersion(capture, "p-1", "https://xh88.test/h", Role.TERMS, "desktop", at, Origin.OWN, "说明", reading)


def compare(now: datetime, *differences: Difference) -> str:
    then, newest = seen("c-1", ORDERED), seen("c-2", now)
    page = PageAround("https://xh88.test/help", Role.TERMS, "desktop", then, None, newest, "", None, None, None)
    return plain(render_then_now(ThenNow(page, then, newest, differences), ("2-1", "2-2"), str, today=DAY))


def change(reason: str, effect: Effect, **changed: object) -> Difference:
    usual = Difference(ChangeClass.RULE, Severity.CRITICAL, effect, ("fee_added",), "", "旧", "新", reason)
    return replace(usual, **changed)  # type: ignore[arg-type]


def test_now_is_said_only_of_a_capture_of_the_packs_own_day() -> None:
    one = change("新增“新”", Effect.WORSE)
    old = compare(datetime(2026, 11, 13, 10, tzinfo=UTC), one)
    assert "最近一次抓取（2026-11-13）" in old
    assert "现在" not in old
    assert "现在（2026-11-23）" in compare(datetime(2026, 11, 23, 1, tzinfo=UTC), one)


def test_a_file_of_somebody_else_is_no_capture_of_ours_beside_one() -> None:
    then = seen("c-1", ORDERED)
    claimed = replace(seen("c-2", datetime(2026, 11, 13, 10, tzinfo=UTC)), origin=Origin.IMPORTED)
    page = PageAround("https://xh88.test/help", Role.TERMS, "desktop", then, None, claimed, "", None, None, None)
    pair = ThenNow(page, then, claimed, (change("新增“新”", Effect.WORSE),))
    told = plain(render_then_now(pair, ("2-1", "2-2"), str, today=DAY))
    assert "最近一份（他人提供，所称2026-11-13）" in told
    assert "最近一次抓取" not in told
    assert "提供人声称" in told
    assert "两次抓取" not in told


def test_texts_that_are_not_alike_are_not_called_one_rewritten() -> None:
    one = change(
        "“无货时按原支付方式全额退款”改为“余额不予退还”",
        Effect.WORSE,
        before="无货时按原支付方式全额退款。",
        after="余额不予提现。",
    )
    told = compare(NOW, one)
    assert "改为" not in told
    assert "前一次有、后一次没有：无货时按原支付方式全额退款。" in told
    assert "后一次新出现：余额不予提现。" in told


def test_what_no_visitor_saw_as_text_is_told_apart() -> None:
    told = compare(NOW, change("售价“50.00元”不再显示", Effect.MIXED, before="50.00元", after="", quotable=False))
    assert "前一次有、后一次没有（没有作为页面文字显示（隐藏文字、图片识别或接口数据），只供查找，不作引用）" in told


def page_showing(capture: str, at: datetime, *lines: str) -> SeenVersion:
    """A version of a page of goods on which these lines stand to be read."""
    blocks = tuple(PageBlock(PageKind.TERMS, line) for line in lines)
    reading = Reading("generic", 1.0, "t", "卡盟", "\n".join(lines), (), blocks)
    return SeenVersion(capture, "p-1", "https://xh88.test/b", Role.PRODUCT, "desktop", at, Origin.OWN, "卡盟", reading)


def test_a_heading_that_stood_on_the_page_is_not_called_unseen_for_the_title_before_it() -> None:
    then, now = page_showing("c-1", ORDERED, "某游戏点卡"), page_showing("c-2", NOW, "某游戏点卡", "全场包换")
    page = PageAround("https://xh88.test/b", Role.PRODUCT, "desktop", then, None, now, "", None, None, None)
    one = change("页面标题改了", Effect.NEUTRAL, before="卡盟", after="全场包换", quotable=False)
    told = plain(render_then_now(ThenNow(page, then, now, (one,)), ("2-1", "2-2"), str, today=DAY))
    assert "前一次有、后一次没有（没有作为页面文字显示" in told
    assert "后一次新出现：全场包换" in told


def test_goods_taken_down_take_no_promise_back() -> None:
    then = page_showing("c-1", ORDERED, "某游戏点卡 50元", "卡密无效包换")
    page = PageAround(
        then.url, Role.PRODUCT, "desktop", then, None, page_showing("c-2", NOW, "商品已下架"), "", None, None, None
    )
    [pair] = find_then_now((page,))
    told = plain(render_then_now(pair, ("2-1", "2-2"), str, today=DAY))
    assert "2026-11-2312:00:00的抓取只显示“商品已下架”，没有可以对照的内容" in told
    assert "不利" not in told
    assert "前一次有" not in told


def test_what_was_changed_before_the_goods_were_taken_down_is_still_compared() -> None:
    then = page_showing("c-1", ORDERED, "某游戏点卡 50元", "卡密无效，七天内包换。")
    after = page_showing("c-2", ORDERED + timedelta(days=2), "某游戏点卡 50元", "卡密售出，概不退换。")
    page = PageAround(
        then.url, Role.PRODUCT, "desktop", then, after, page_showing("c-3", NOW, "商品已下架"), "", None, None, None
    )
    [pair] = find_then_now((page,))
    told = plain(render_then_now(pair, ("2-1", "2-2"), str, today=DAY))
    assert "概不退换" in told
    assert "其后读到内容的一次抓取（2026-11-12）" in told
    assert "的抓取只显示“商品已下架”" in told


def test_a_price_that_is_gone_is_told_once_and_with_its_name() -> None:
    told = compare(NOW, change("售价“50.00元”不再显示", Effect.MIXED, before="50.00元", after=""))
    assert told.count("50.00元") == 1
    assert "售价“50.00元”不再显示" in told


@pytest.mark.parametrize("effect", [Effect.WORSE, Effect.MIXED])
def test_no_kind_or_rating_is_printed_as_a_verdict(effect: Effect) -> None:
    tail = "，对买家不利" if effect is Effect.WORSE else "，有利有弊"
    told = compare(NOW, change(f"新增“收到后7天内凭录屏免费换…”（增加收费）{tail}", effect))
    assert "增加收费" not in told
    assert not re.search(r"(?<!可能)(?:对买家不利|有利有弊)", told)
    assert "程度" not in told
    assert "严重" not in told


def test_hidden_text_is_not_rated() -> None:
    told = compare(NOW, change("新增“永久质保”（质保）", Effect.BETTER, quotable=False))
    assert "有利" not in told
    assert "1处变化。" in told


# --- third persons ------------------------------------------------------------------------------------------------


def test_third_persons_are_masked_before_the_public_and_the_writer_is_warned() -> None:
    file = make_file(what_happened="我找客服张伟说不退，他老婆王芳也骂我。", seller_reply="老板李建国：不退")
    masker = make_masker(file, "heimao")
    for text in (file.case.facts.what_happened, "王芳和张伟", "张伟截图"):
        masked = masker.text(text, "文书")
        assert "张伟" not in masked
        assert "王芳" not in masked
    assert any("第三人" in one for one in warn_public(masker.masking, file))
    authority = make_masker(file, "p12315")
    assert authority.masking.audience is Audience.AUTHORITY
    assert warn_public(authority.masking, file) == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("客服小李让我找店长赵铁柱，同事刘芳、女朋友陈晓丽也买了", {"赵铁柱", "刘芳", "陈晓丽"}),
        ("有事找孙丽华", {"孙丽华"}),
        ("我买来送给表妹陈晓丽当生日礼物", {"陈晓丽"}),
        ("老板叫欧阳建国。", {"欧阳建国"}),
        ("老板张大伟说不退，市场监管局李科长说管不了", {"张大伟", "李科长"}),
        ("同事刘芳也被骗了", {"刘芳"}),
        ("我问了人，王建国说不退。", {"王建国"}),
    ],
)
def test_third_persons_are_found_behind_kin_titles_and_alone(text: str, names: set[str]) -> None:
    assert names <= set(find_third_names(text))
    masked = make_masker(make_file(what_happened=text), "heimao").text(text, "文书")
    assert not any(name in masked for name in names)


def test_a_family_name_of_two_signs_is_masked_with_its_given_name() -> None:
    masked = make_masker(make_file(what_happened="老板叫欧阳建国。"), "heimao").text("老板叫欧阳建国。", "文书")
    assert "建国" not in masked


def test_words_that_are_no_names_stay() -> None:
    assert find_third_names("客服态度很差，客服让我等，老板不退，是高级会员，他是明天才回") == ()
    assert find_third_names("高兴地买了，方便面，金额不对，严重影响，安全支付，任何人，区域经理，项目经理") == ()
    assert find_third_names("客服张伟，朋友陈小明给我转的") == ("张伟", "陈小明")


def test_a_word_behind_a_name_is_no_part_of_it() -> None:
    assert find_third_names("客服王芳态度恶劣，客服李伟服务差") == ("王芳", "李伟")
    text = "客服王芳态度恶劣。"
    masked = make_masker(make_file(what_happened=text), "heimao").text(text, "文书")
    assert "态度恶劣" in masked and "王芳" not in masked
