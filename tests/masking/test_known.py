"""What a case knows by itself: persons, accounts and the keys that its evidence shows, masked wherever they stand."""

from __future__ import annotations

from dataclasses import replace

from complaints.casefiles import make_file, make_item

from monitor.complaints.masking.known import texts_of
from monitor.complaints.masking.policy import policy_for
from monitor.complaints.masking.text import mask_text
from monitor.complaints.model import Audience
from storage.case import Person, Stage

BUYER = Person("林小明", "13800138000", "浙江省杭州市西湖区某路1号2幢301室", "330106199001011237")


def test_a_key_read_in_one_item_is_masked_in_every_text() -> None:
    item = make_item("order", Stage.DURING, text="卡密：QK7WM3TZ4PN9R2D", text_source="ocr")
    file = replace(make_file(buyer=BUYER), items=(item,))
    assert ("QK7WM3TZ4PN9R2D", "card_key") in texts_of(file)
    masked, _hits = mask_text("他说qk7wm 3tz4p n9r2d没用过", policy_for(file, Audience.AUTHORITY))
    assert "3tz4p" not in masked


def test_persons_numbers_and_orders_of_the_case_are_known() -> None:
    known = dict(texts_of(make_file(buyer=BUYER, payee="赵大刚", payee_account="zdg@pay.test")))
    assert known["林小明"] == known["赵大刚"] == "person"
    assert known["330106199001011237"] == "id_number"
    assert known["XH20261110001"] == "order"
    assert known["zdg@pay.test"] == "account"


def test_a_firm_is_not_among_them() -> None:
    assert "杭州某某网络科技有限公司" not in dict(texts_of(make_file(buyer=BUYER)))


def test_what_an_audience_needs_is_not_known_to_its_masking() -> None:
    masking = policy_for(make_file(buyer=BUYER), Audience.AUTHORITY)
    assert "林小明" in masking.keep
    assert "林小明" not in dict(masking.known)
    assert policy_for(make_file(buyer=BUYER), Audience.PUBLIC).keep == ()
