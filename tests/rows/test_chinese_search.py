"""Search: Chinese words of any length, exact, and no question that breaks it."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import text

from monitor.cli.search import text_data
from rows.scribe import Scribe
from scrapers.model import Block, BlockKind, Origin, Reading, Source
from storage.errors import NotInArchive
from storage.model import Version
from storage.search import SearchUnavailable, TextFound, search_texts
from storage.session import Database
from storage.versions import insert_version
from storage.words import SearchQuestion

TEXTS = (
    "虚拟商品售出后不予退款，质保７天。",
    "Steam100元充值卡，有效期3个月；客服VIP群",
    "本店支持退换，款到发货\n质保70天",
    "退\u200b款请联系客服 café 第一 规则",
)


@pytest.fixture
def found(database: Database, scribe: Scribe) -> object:
    page = scribe.page()
    for hour, content in enumerate(TEXTS):
        scribe.read(scribe.capture(hour, page), content)

    def search(words: str) -> list[int]:
        with database.reading() as session:
            return sorted(int(text.id[2:]) - 1 for text in search_texts(session, words))

    return search


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("退款", [0, 3]),  # two characters; 退换，款 is not it
        ("退", [0, 2, 3]),
        ("款", [0, 2, 3]),
        ("货", [2]),  # the last character before a line's end
        ("不予退款", [0]),
        ("7天", [0]),  # full width in the text; 70天 is not it
        ("７天", [0]),
        ("70天", [2]),
        ("steam", [1]),
        ("100", [1]),
        ("STEAM100元", [1]),
        ("vip", [1]),
        ("cafe", [3]),
        ("退款 客服", [3]),  # both words, anywhere
        ("退款　质保", [0]),
        ('"第一 规则"', [3]),
        ('"规则 第一"', []),
        ("“不予退款”", [0]),
        ("有效期3个月", [1]),
        ("期3", [1]),
        ("款到发货质保", []),  # a line's end stands between
        ("没有", []),
    ],
)
def test_words_are_found_exactly(found: object, words: str, expected: list[int]) -> None:
    assert found(words) == expected  # type: ignore[operator]


@pytest.mark.parametrize(
    "words",
    ['"', "'", "%", "*", "AND", "NOT 退款", "a OR b", "NEAR(退款 质保)", "tokens:退款", "^退", "-退款", "a*", "(", ")",
     "{a b}", "退款\x00", "\\", ";DROP TABLE text;--", '"""', "退款 \ud800", "text_index", "🧧", "１" * 200],
)  # fmt: skip
def test_no_question_is_a_command(found: object, words: str) -> None:
    try:
        answer = found(words)  # type: ignore[operator]
    except SearchQuestion as error:
        assert "give" in str(error)
    else:
        assert isinstance(answer, list)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("退" * 100_000, "at most 200"),
        ("", "no letter"),
        ("。！", "no letter"),
        ("a " * 20, "at most 16"),
        ("🧧", "no letter"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_clearly(found: object, words: str, said: str) -> None:
    with pytest.raises(SearchQuestion, match=said):
        found(words)  # type: ignore[operator]


def only(database: Database, words: str) -> TextFound:
    with database.reading() as session:
        (text,) = search_texts(session, words)
    return text


def test_the_snippet_marks_the_hits_as_they_stand_in_the_text(database: Database, scribe: Scribe) -> None:
    scribe.read(scribe.capture(0), "前" * 300 + "㎏ ＡＢ不予退\u200b款" + "后" * 300 + "质保7天")
    text = only(database, "ab不予 退款 7天")
    assert [text.snippet[start:end] for start, end in text.marks] == ["ＡＢ不予", "退\u200b款", "7天"]
    assert len(text.snippet) < 300


def test_a_text_is_listed_once_with_the_captures_that_showed_it(database: Database, scribe: Scribe) -> None:
    page, mirror = scribe.page(), scribe.page("https://mirror.test/", "分站")
    captures = [scribe.capture(hour, page) for hour in (3, 1, 2)]
    for capture in captures:
        scribe.read(capture, "不予退款")
    scribe.read(scribe.capture(5, mirror), "不予退款")
    text = only(database, "退款")
    assert (text.seen[0].first_capture, text.seen[0].last_capture) == (captures[1].id, captures[0].id)
    assert [seen.page for seen in text.seen] == [page, mirror]
    with database.reading() as session:
        assert search_texts(session, "退款", platform="分站") == (text,)
        assert search_texts(session, "退款", pages=[mirror.id]) == (text,)
        assert search_texts(session, "退款", platform="没有") == ()
        assert search_texts(session, "退款", pages=["p-nowhere"]) == ()


def test_what_a_file_claims_hides_no_sight_of_our_own(database: Database, scribe: Scribe) -> None:
    own = [scribe.capture(hour) for hour in (0, 1)]
    brought = [scribe.capture(2, claimed_hours=hours) for hours in (-100, 100)]
    for capture in (*own, *brought):
        scribe.read(capture, "不予退款")
    text = only(database, "退款")
    assert [(seen.origin, seen.first_capture, seen.last_capture) for seen in text.seen] == [
        (Origin.OWN, own[0].id, own[1].id),
        (Origin.IMPORTED, brought[0].id, brought[1].id),
    ]
    seen = text_data(text)["seen"]
    assert isinstance(seen, list)
    assert [item["third_party"] for item in seen] == [False, True]


def test_what_a_popup_said_is_found_and_marked_as_such(database: Database, scribe: Scribe) -> None:
    capture = scribe.capture(0)
    blocks = (
        Block(BlockKind.NOTICE, "今日起不再补发", source=Source.POPUP),
        Block(BlockKind.TERMS, "质保\n7天", source=Source.TEXT),
    )
    reading = Reading("generic", 0.5, "1", "", "质保7天", (), blocks)
    with database.writing() as session:
        insert_version(session, Version("v-1", capture.id, capture.page.id, capture.seen_at, Origin.OWN, reading))
    assert only(database, "补发").seen[0].source is Source.POPUP
    assert only(database, "质保").seen[0].source is Source.TEXT, "what stands in the whole text is not listed twice"


def test_search_pages_newest_first(database: Database, scribe: Scribe) -> None:
    for hour in range(7):
        scribe.read(scribe.capture(hour), f"退款 {hour}")
    seen: list[str] = []
    after = ""
    while True:
        with database.reading() as session:
            page = search_texts(session, "退款", after=after, limit=3)
        if not page:
            break
        seen += [text.id for text in page]
        after = page[-1].id
        scribe.read(scribe.capture(100), f"退款 {after}")
    assert seen == [f"t-{number}" for number in range(7, 0, -1)]
    with database.reading() as session, pytest.raises(NotInArchive):
        search_texts(session, "退款", after="t-x")


def test_a_huge_text_is_indexed_and_cut_in_bounded_time(database: Database, scribe: Scribe) -> None:
    began = time.perf_counter()
    scribe.read(scribe.capture(0), "7 " * 300_000 + "退款" * 400_000 + "7天")
    only(database, "7天")
    only(database, '"7 7" 退款')
    assert time.perf_counter() - began < 20


def test_a_database_without_the_index_says_so(database: Database, scribe: Scribe) -> None:
    with database.writing() as session:
        session.execute(text("DROP TABLE text_index"))
    scribe.read(scribe.capture(0), "退款")
    with database.reading() as session, pytest.raises(SearchUnavailable, match="FTS5"):
        search_texts(session, "退款")
