"""Marks of evidence that somebody types into a story are no marks: the tool alone numbers evidence."""

from __future__ import annotations

from letters.lettercase import make_whole, write
from monitor.complaints.letters.text import render_text


def test_typed_marks_stand_in_no_letter_and_the_writer_is_told() -> None:
    file = make_whole(
        what_happened="卡密提示未激活（证3-1）。对方书面承认（证据9-9、2-1）。此事属实（据本人陈述）。",
        seller_reply="不退（证2-2）",
    )
    letter = write("demand", file)
    text = render_text(letter)
    assert "9-9" not in text and "承认（证" not in text
    assert "（据本人陈述）（据本人陈述）" not in text
    assert any("证据编号" in note for note in letter.notes)
