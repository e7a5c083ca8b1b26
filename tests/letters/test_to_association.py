"""The complaint to the consumers' association: addressed to it, and asking it, no office, to mediate."""

from __future__ import annotations

import pytest

from letters.lettercase import FIRM, make_whole, write
from monitor.complaints.filing.prefiling import check_before_filing
from monitor.complaints.letters.kinds import letter_kinds
from monitor.complaints.letters.text import render_text
from monitor.complaints.model import LetterBlocked
from monitor.complaints.routing.channels import load_channels
from monitor.config.complaints import ComplaintSettings
from storage.case import Answer, Person, Purpose, Respondent


def test_the_association_is_addressed_and_asked_itself() -> None:
    letter = write("consumer_assoc", make_whole())
    text = render_text(letter)
    assert "致：浙江省杭州市余杭区消费者协会（消费者委员会）" in text
    assert "请贵会依法就上述争议组织调解" in text
    assert "由市场监督管理部门组织调解" not in text and "12315平台" not in text
    assert "同一争议未被" in text
    assert any("各地不同" in note for note in letter.notes)


def test_an_unknown_place_is_left_to_be_filled_in() -> None:
    named = Respondent(FIRM.name, "某街道2号")
    assert "致：＿＿＿＿消费者协会（请填写）" in render_text(write("consumer_assoc", make_whole(respondent=named)))


def test_its_channel_takes_its_own_letter_and_no_other_complaint() -> None:
    letters = load_channels()["consumer_assoc"].letters
    assert "consumer_assoc" in letters and "p12315" not in letters
    assert "buyer_address" not in letter_kinds()["consumer_assoc"].needs


@pytest.mark.parametrize(("declared", "said"), [(Answer.NO, True), (Answer.UNKNOWN, False)])
def test_what_was_not_declared_is_not_said_for_the_buyer(declared: Answer, said: bool) -> None:
    assert ("同一争议未被" in render_text(write("consumer_assoc", make_whole(elsewhere=declared)))) is said


def test_what_a_letter_lacks_is_not_asked_by_the_rules_of_another_office() -> None:
    bare = make_whole(purpose=Purpose.RESALE, buyer=Person(), respondent=Respondent())
    with pytest.raises(LetterBlocked) as office:
        write("p12315", bare)
    with pytest.raises(LetterBlocked) as association:
        write("consumer_assoc", bare)
    assert any(name.startswith("tsjb-") for one in office.value.missing for name in one.articles)
    assert association.value.missing
    assert not any(name.startswith("tsjb") for one in association.value.missing for name in one.articles)


def test_its_warnings_cite_no_rule_that_binds_the_regulator_alone() -> None:
    for channel, binds in (("p12315", True), ("consumer_assoc", False)):
        told = "\n".join(check_before_filing(make_whole(), channel, ComplaintSettings()).warnings)
        assert "核验身份" in told and ("投诉举报处理办法" in told) is binds
        assert "（）" not in told and "（、" not in told
