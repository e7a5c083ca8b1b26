"""Over random cases, days and kinds: no rule out of force, no fact without its mark, no sum or word from nowhere."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from letters.audits import audit_letter, random_file
from letters.lettercase import make_whole, write
from monitor.complaints.evidence.exhibits import list_exhibits
from monitor.complaints.letters.kinds import letter_kinds
from monitor.complaints.letters.text import TextTooLong, render_text
from monitor.complaints.letters.write import Extra, write_letter
from monitor.complaints.model import Letter, LetterBlocked, Sentence, SentenceKind
from monitor.config.complaints import ComplaintSettings


@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,  # bench/letters.py looks far wider; shrinking a case takes minutes and its seed is told anyway
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(random=st.randoms(use_true_random=False), disclose=st.booleans())
def test_no_letter_says_more_than_its_case(random: Random, disclose: bool) -> None:
    file = random_file(random)
    exhibits, usual = list_exhibits(file), ComplaintSettings()
    for kind, row in letter_kinds().items():
        try:
            letter = write_letter(kind, file, exhibits, usual, extra=Extra(disclose_reporter=disclose))
        except LetterBlocked as blocked:
            assert all(one.what and one.why and one.mend for one in blocked.missing)
            continue
        assert audit_letter(letter, file, exhibits, usual, disclose=disclose) == []
        if row.length:
            try:
                assert len(render_text(letter, row.length)) <= row.length
            except TextTooLong as error:
                assert error.least > row.length


def _spoil(letter: Letter, sentence: Sentence) -> Letter:
    block = next(one for one in letter.blocks if one.title == "交易经过")
    spoilt = replace(block, sentences=(*block.sentences, sentence))
    return replace(letter, blocks=tuple(spoilt if one is block else one for one in letter.blocks))


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        (Sentence("依据旧办法", SentenceKind.LAW, (), ("tsjb_old-9",)), "not in force"),
        (Sentence("《市场监督管理投诉举报处理暂行办法》第九条", SentenceKind.LAW), "may not be"),
        (Sentence("本人于同日联系", SentenceKind.FACT, ("9-9",)), "no exhibit"),
        (Sentence("实付777.00元", SentenceKind.FACT), "in no order"),
        (Sentence("卖家是赵建国", SentenceKind.FACT), "come from nowhere"),
        (Sentence("单号31415926535", SentenceKind.FACT), "comes from nowhere"),
        (Sentence("以上金额合计60.00元（50.00元＋50.00元）", SentenceKind.DEMAND), "not the sum"),
        (Sentence("对方构成诈骗", SentenceKind.FACT), "构成诈骗"),
        (Sentence("本人已于2026年11月10日向12315提出", SentenceKind.FACT), "without proof"),
        (Sentence("请增加赔偿价款的三倍", SentenceKind.DEMAND), "threefold"),
    ],
)
def test_audit_finds_a_letter_that_says_more(sentence: Sentence, fault: str) -> None:
    file = make_whole()
    exhibits = list_exhibits(file)
    letter = write("demand", file)
    assert audit_letter(letter, file, exhibits, ComplaintSettings()) == []
    found = audit_letter(_spoil(letter, sentence), file, exhibits, ComplaintSettings())
    assert any(fault in one for one in found), found
