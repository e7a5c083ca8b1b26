"""The drawn corpus of the benchmark, a part of it: no key and no number is missed, few look-alikes are masked."""

from __future__ import annotations

import random

from bench.masking import LEAST_RECALL, MAKERS, MOST_FALSE, NUMBERS, Document
from monitor.complaints.masking.spelling import dense
from monitor.complaints.masking.text import mask_text
from monitor.complaints.model import Audience, Masking


def test_a_part_of_the_drawn_corpus_holds_the_figures() -> None:
    drawn = random.Random(7)
    wanted = missed = stayed = lost = 0
    for number in range(20 * len(MAKERS)):
        document = Document()
        document.text = MAKERS[number % len(MAKERS)](drawn, document)
        masked, _hits = mask_text(document.text, Masking(Audience.AUTHORITY))
        bare = dense(masked)
        secrets = [dense(value) for kind, value in document.secrets if kind in NUMBERS]
        wanted += len(secrets)
        missed += sum((one[3:-2] if len(one) >= 10 else one) in bare for one in secrets)
        stayed += sum(value in masked for _kind, value in document.alike)
        lost += sum(value not in masked for _kind, value in document.alike)
    assert missed <= (1 - LEAST_RECALL) * wanted
    assert lost < MOST_FALSE * (stayed + lost)
