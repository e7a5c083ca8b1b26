"""What a sentence says of the domains in it: moved to, was, mirror, fake, partner; and what says nothing."""

from __future__ import annotations

import time

import pytest

from scrapers.identifiers.notices import find_notices
from scrapers.model import FrameContent, JsonAnswer, PageContent

from .notice_sentences import LAST, LATER, SEEN, UNSEEN
from .notice_styles import FIRST, SECOND, THIRD
from .notice_styles_later import FIFTH, FOURTH, MISREAD, SEVENTH, SIXTH
from .notice_styles_sealed import EIGHTH


def read(text: str) -> dict[str, str]:
    dom, shown = (f"<body>{text}</body>", "") if text.startswith("<") else ("", text)
    found = find_notices(PageContent("https://www.xh88.com/", dom, shown), site_host="www.xh88.com")
    return {one.value: one.role for one in found}


@pytest.mark.parametrize(("sentence", "said"), SEEN + UNSEEN + LATER + LAST)
def test_a_sentence_says_what_its_domains_are(sentence: str, said: dict[str, str]) -> None:
    assert read(sentence) == said


@pytest.mark.parametrize(("sentence", "said"), FIRST + SECOND + THIRD + FOURTH + FIFTH + SIXTH + SEVENTH + EIGHTH)
def test_a_notice_in_any_style_says_what_its_domains_are(sentence: str, said: dict[str, str]) -> None:
    assert read(sentence) == said


@pytest.mark.parametrize(("sentence", "said"), MISREAD)
def test_what_is_misread_names_no_wrong_successor(sentence: str, said: dict[str, str]) -> None:
    assert all(said.get(site) == "successor" for site, role in read(sentence).items() if role == "successor")


@pytest.mark.parametrize(
    "sentence",
    [
        "最新网址：www.xh88.com",
        "本站新域名 xh88.com 已启用，请收藏",
        "发布页：https://www.xh88.com/home",
        "<table><tr><th>旧域名</th><th>新域名</th></tr><tr><td>m.xh88.com</td><td>xh88.com</td></tr></table>",
        "<p>域名已更换</p><p><a href='https://pc.xh88.com/'>点此进入新站</a></p>",
    ],
)
def test_a_notice_that_names_its_own_site_points_nowhere(sentence: str) -> None:
    assert read(sentence) == {}


def page(dom: str) -> set[tuple[str, str, str]]:
    found = find_notices(PageContent("https://www.xh88.com/", f"<body>{dom}</body>"), site_host="www.xh88.com")
    return {(one.value, one.role, one.place) for one in found}


def test_a_heading_says_what_the_lines_below_it_are() -> None:
    assert page("<h3>备用域名：</h3><ul><li>xh91.com</li><li>xh92.com</li></ul><p>xh93.com 游戏充值</p>") == {
        ("xh91.com", "mirror", "visible"),
        ("xh92.com", "mirror", "visible"),
    }


def test_a_link_is_read_by_its_words_and_what_stands_beside_it() -> None:
    assert page('<p>旧站即将关闭，<a href="https://xh99.com/?from=1">点击进入最新网址</a></p>') == {
        ("xh99.com", "successor", "attribute")
    }
    assert page('<p>购买前请看<a href="https://xh99.com/help">使用教程</a></p>') == set()


def test_letters_in_elements_of_their_own_are_one_name() -> None:
    spread = "".join(f"<span>{letter}</span>" for letter in "xh99.com")
    assert page(f"<p>最新网址：{spread}</p>") == {("xh99.com", "successor", "visible")}


def test_what_only_the_markup_holds_is_hidden() -> None:
    content = PageContent("https://www.xh88.com/", "<p>欢迎</p><div class=modal><p>最新网址 xh99.com</p></div>", "欢迎")
    (found,) = find_notices(content)
    assert (found.value, found.place) == ("xh99.com", "hidden")


def test_a_warning_on_a_page_outweighs_its_other_words() -> None:
    assert page("<p>最新网址 xh99.com</p><p>警告：xh99.com 是假冒网站</p>") == {
        ("xh99.com", "warned_against", "visible")
    }


def test_big_platforms_and_jump_hosts_are_no_target() -> None:
    lines = (
        "最新网址请看 www.zhihu.com",
        "最新网址 https://t.cn/A6abc",
        "备用网址 www.aliyun.com",
        "永久网址 beian.miit.gov.cn",
    )
    assert page("".join(f"<p>{line}</p>" for line in lines)) == set()


def test_a_frame_of_another_site_does_not_speak_for_this_one() -> None:
    frames = (FrameContent("https://ads.other.com/", "<p>最新网址 xh99.com</p>"),
              FrameContent("https://m.xh88.com/", "<p>最新网址 xh98.com</p>"))  # fmt: skip
    found = find_notices(PageContent("https://www.xh88.com/", "<p>x</p>", frames=frames))
    assert {(one.value, one.place) for one in found} == {("xh99.com", "third_party_frame"), ("xh98.com", "visible")}


def test_a_visitor_who_names_a_new_address_is_no_voice_of_the_site() -> None:
    review = "<div class='comment-list'><h4>用户评价</h4><p>本站最新网址 fake-xh.com 大家快去</p></div>"
    assert page(f"<p>欢迎光临</p>{review}") == {("fake-xh.com", "successor", "user_content")}


def test_a_notice_in_an_answer_is_read_with_its_place() -> None:
    answers = (JsonAnswer("https://www.xh88.com/api", "GET", 200, "", '{"notice":"<p>最新网址：xh99.com</p>"}'),)
    (found,) = find_notices(PageContent("https://www.xh88.com/", "<p>x</p>", answers=answers))
    assert (found.value, found.role, found.place) == ("xh99.com", "successor", "script")


@pytest.mark.parametrize(
    "text",
    [
        "最新网址" * 50_000,
        "a." * 100_000,
        "1 " * 100_000,
        "如打不开" * 50_000,
        "最新网址\n" + "k.com、" * 50_000,
        "去掉汉字" + "汉a" * 90_000,
    ],
)
def test_hostile_text_is_read_in_bounded_time(text: str) -> None:
    start = time.process_time()
    find_notices(PageContent("https://www.xh88.com/", "", text))
    assert time.process_time() - start < 3
