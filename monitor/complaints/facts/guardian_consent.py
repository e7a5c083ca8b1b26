"""Whether the guardian of a minor held back his consent, on which the claim from age rests (民法典第十九条). Pure."""

from __future__ import annotations

import re

from storage.case import Answer, Facts

_TOLD_CONSENT = re.compile(
    r"(?:是|经|经过)我(?:们|本人)?(?:的)?(?:同意|允许|答应)(?!的话)|我(?:们)?(?:当时|事先|已经|也)?(?:同意|允许|答应)了?(?:他|她|孩子|儿子|女儿)[^，。；]{0,4}(?:买|充)|"
    r"我让(?:他|她|孩子|儿子|女儿)[^，。；]{0,4}(?:买|充)|我(?:们)?允许的(?!情况)|"
    r"问过?我[^。；]{0,12}我(?:就|当时)?(?:说|回|答)了?(?:行|可以|好的?|能|买吧|充吧|同意)(?![不吗没])|"
    r"我(?:转|给|打)[^，。；]{0,6}[钱元][^，。；]{0,6}让(?:他|她|孩子|儿子|女儿)[^，。；]{0,4}(?:买|充)"
)
_GAVE_PASSWORD = re.compile(
    r"密码[^，。；不没未]{0,2}是我(?:们|本人|自己)?(?:当时|主动|亲自|亲口)?(?:告诉|给|说给|发给)了?(?:他|她|孩子|儿子|女儿|娃)|"
    r"我(?:们|本人)?(?:当时|主动|亲自)?(?:把|将)[^，。；]{0,8}密码[^，。；]{0,2}(?:告诉|给|说给|发给)了?(?:他|她|孩子|儿子|女儿|娃)|"
    r"我(?:们|本人)?(?:当时|主动|亲自)?(?:帮|替|给)(?:他|她|孩子|儿子|女儿|娃)[^，。；]{0,6}(?:输|付|刷脸|支付|扫码)(?!完|错)"
)
"""What a guardian does who lets a child pay. Told with what it was for at another time it does not match."""
_NOT = re.compile(r"(?:不|没|未|没有|不曾)[是经]?[^，。；]{0,3}$")


def tells_consent(story: str) -> str:
    """The words of a story in which the guardian says that he agreed; "" where he does not."""
    return _find(_TOLD_CONSENT, story)


def tells_password(story: str) -> str:
    """The words of a story in which the guardian says that he gave the child the password, or paid for it; or ""."""
    return _find(_GAVE_PASSWORD, story)


def _find(words: re.Pattern[str], story: str) -> str:
    for found in words.finditer(story):
        if not _NOT.search(story[max(found.start() - 5, 0) : found.start()]):
            return found[0]
    return ""


def withheld_consent(facts: Facts) -> bool:
    """Whether the guardian declares that he did not agree and does not ratify, and his story says nothing else."""
    story = facts.what_happened
    told = tells_consent(story) or tells_password(story)
    return facts.minor and facts.guardian_agreed is Answer.NO and not told
