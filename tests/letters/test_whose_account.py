"""Whose words the account of a case is, where another than the signer tells it: a helper, beside the buyer's own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from complaints.casefiles import make_item

from letters.lettercase import make_whole, write
from monitor.complaints.evidence.exhibits import list_exhibits
from monitor.complaints.letters.own_words import name_teller
from monitor.complaints.letters.text import render_text
from monitor.complaints.model import CaseFile
from storage.case import Person

FATHER = Person("郑福生", "13067721145", "浙江省温州市鹿城区人民中路33号")
DAUGHTER = Person("郑晓梅", "13857720019", "浙江省温州市鹿城区人民中路33号")


def helped(story: str) -> CaseFile:
    return make_whole(
        buyer=FATHER, helper=DAUGHTER, helper_role="女儿", consent="2026-11-18签了委托书", what_happened=story
    )


@pytest.mark.parametrize(
    "story",
    [
        "我父亲七十一岁，不会打字，这事是他口述我写的。他在这个网站给自己的听书软件买年卡。卡号输进去提示停用。",
        "我妈在网上买了张50元话费卡，充不进去，她问客服，客服不理。",
        "郑福生在星河卡盟买了一张卡，兑换提示无效。",
        "我外婆眼睛不好，她11月3日付了60元，收到的码输不进去。",
        "我是郑福生的女儿，他付款后一直没收到卡密，让我帮忙投诉。",
        "我家老爷子想听戏，他自己下的单，我只是替他整理经过。",
    ],
)
@pytest.mark.parametrize("kind", ["p12315", "payment", "demand"])
def test_what_a_helper_tells_in_his_own_name_is_told_as_his(kind: str, story: str) -> None:
    letter = write(kind, helped(story))
    assert f"受托人陈述：{story[:6]}" in render_text(letter)
    assert any("受托人自己的话" in note for note in letter.notes)
    assert name_teller(helped(story).case.facts) == "受托人"


@pytest.mark.parametrize(
    "story",
    [
        "我在网上买了年卡，卡号输进去说停用，我女儿帮我问的客服。",
        "我买了张卡给我妈用，她输进去提示无效。",
        "卡号输进去提示已停用，客服说不退。",
        "付款后一直没有发货，他收到钱就不回消息了。",
        "我下单后客服让我等，我儿子打字快，由他代我联系过客服。",
        "11月16日下单，输入卡号提示停用，打电话对方不接。",
    ],
)
def test_the_buyers_own_account_stays_his_though_another_files_it(story: str) -> None:
    assert "受托人陈述" not in render_text(write("p12315", helped(story)))
    assert name_teller(helped(story).case.facts) == "本人"


def test_without_a_helper_nobody_is_said_to_tell_for_the_buyer() -> None:
    file = make_whole(what_happened="我父亲在网上买了一张卡，他输进去提示无效。")
    assert "受托人" not in render_text(write("p12315", file))


def test_a_paper_of_identity_is_called_by_whose_it_is() -> None:
    papers = tuple(
        make_item(
            "identity", id=f"i-{n}", evidence=f"e-20261110T00000{n}-idcard0{n}", title="", text=text, text_source="ocr"
        )
        for n, text in enumerate(("居民身份证 姓名 郑晓梅 女", "居民身份证 姓名 郑福生 男"))
    )
    file = replace(helped("卡密无效。"), items=papers)
    named = {one.name: one.shows for one in list_exhibits(file)}
    assert named == {"受托人身份证明": "受托人的身份", "投诉人身份证明": "投诉人的身份"}
