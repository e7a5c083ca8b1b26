"""Whether the guardian of a minor held back his consent, on which the claim from age rests (民法典第十九条). Pure."""

from __future__ import annotations

import re

from storage.case import Answer, Facts

_TOLD_CONSENT = re.compile(
    r"(?:是|经|经过)我(?:们|本人)?(?:的)?(?:同意|允许|答应)(?!的话)|我(?:们)?(?:当时|事先|已经|也)?(?:同意|允许|答应)了?(?:他|她|孩子|儿子|女儿)[^，。；]{0,4}(?:买|充)|"
    r"我让(?:他|她|孩子|儿子|女儿)[^，。；]{0,4}(?:买|充)"
)
_NOT = re.compile(r"(?:不|没|未|没有|不曾)[是经]?[^，。；]{0,3}$")


def tells_consent(story: str) -> str:
    """The words of a story in which the guardian says that he agreed; "" where he does not."""
    for found in _TOLD_CONSENT.finditer(story):
        if not _NOT.search(story[max(found.start() - 5, 0) : found.start()]):
            return found[0]
    return ""


def withheld_consent(facts: Facts) -> bool:
    """Whether the guardian declares that he did not agree and does not ratify, and his story says nothing else."""
    return facts.minor and facts.guardian_agreed is Answer.NO and not tells_consent(facts.what_happened)
