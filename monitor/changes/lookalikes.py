"""Undoes disguises of single characters, so that 概卟退换 is judged as 概不退换. The evidence keeps what stood there.

Takes folded text, gives text for judging. A character that also has a life of its own (慨, 腿, 陪) is only read as
another where its neighbours leave no other sense; whatever is uncertain stays.
"""

from __future__ import annotations

import re
import unicodedata

_ALWAYS = str.maketrans(
    {"吥": "不", "鈈": "不", "钚": "不", "槪": "概", "欵": "款", "蹆": "退", "脙": "求", "煺": "退"}
)
_REFUSED = "退换补赔保支予负接提承给换理修"
_HINT = re.compile(
    r"[卟吥鈈钚丕槪慨溉欵蹆煺腿蜕焕涣唤陪培б✘✖✗╳×❌❎①-⑳❶-❿⑴-⒇⒈-⒛㈠-㈩㊀-㊉Ⅰ-ⅻ壹贰叁肆伍陆柒捌玖拾]"
    r"|[\u4e00-\u9fff](?:b|bu|tui|huan|kuan|pei|bao)(?![a-z])|(?<![a-z])(?:bu|tui|huan|pei|bao)[\u4e00-\u9fff]"
)
_UNIT = r"(?:个?(?:天|日|小时|时|周|星期|月|年|工作日|自然日|分钟)|元|块|折|倍|次|张|件|份|%)"
_NEIGHBOURS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"卟(?!啉)", "不"),
        (rf"丕(?=[{_REFUSED}])|(?<=概)丕", "不"),
        (rf"[✘✖✗╳×❌❎](?=\s?(?:[{_REFUSED}]|售后|质保))", "不"),
        (rf"(?<=[概均恕一皆出律])[bб](?=[{_REFUSED}])|б(?=[{_REFUSED}])", "不"),
        (rf"(?<![a-z])bu(?=[{_REFUSED}])|(?<=[概均恕皆])bu(?![a-z])", "不"),
        (r"[慨溉](?=不)", "概"),
        (r"(?<=[不概包可])tui(?![a-z])|(?<![a-z])tui(?=[款换货钱])", "退"),
        (r"[腿蜕](?=[款换货钱])|(?<=不)[腿蜕](?=$|[不换换,，。;；!！])", "退"),
        (r"(?<=[退不包])huan(?![a-z])|(?<![a-z])huan(?=货)|(?<=退)[焕涣唤]|[焕涣唤](?=货)", "换"),
        (r"(?<=[退返])kuan(?![a-z])", "款"),
        (r"(?<=[包不])pei(?![a-z])|(?<![a-z])pei(?=[付偿])|(?<=包)[陪培]|[陪培](?=付|偿)|(?<=假一)[陪培]", "赔"),
        (r"(?<=质)bao(?![a-z])|(?<![a-z])bao(?=[修换退赔])", "保"),
    )
)
_NUMBER_SIGN = re.compile(rf"[①-⑳❶-❿⑴-⒇⒈-⒛㈠-㈩㊀-㊉Ⅰ-ⅻ](?={_UNIT})")
_CAPITAL = re.compile(rf"[壹贰叁肆伍陆柒捌玖拾]+(?={_UNIT})|(?<=[罚赔])[壹贰叁肆伍陆柒捌玖拾]+")
_CAPITALS = str.maketrans("壹贰叁肆伍陆柒捌玖拾", "一二三四五六七八九十")
_ROMAN = {"ⅰ": "1", "ⅱ": "2", "ⅲ": "3", "ⅳ": "4", "ⅴ": "5", "ⅵ": "6", "ⅶ": "7", "ⅷ": "8", "ⅸ": "9", "ⅹ": "10"}


def undo_lookalikes(folded: str) -> str:
    """The text with look-alike characters, syllables and number signs replaced by what they stand for."""
    if not _HINT.search(folded):
        return folded
    text = folded.translate(_ALWAYS)
    for pattern, plain in _NEIGHBOURS:
        text = pattern.sub(plain, text)
    text = _NUMBER_SIGN.sub(_as_number, text)
    return _CAPITAL.sub(lambda match: match.group().translate(_CAPITALS), text)


def _as_number(match: re.Match[str]) -> str:
    sign = match.group()
    return _ROMAN.get(sign.lower()) or unicodedata.normalize("NFKC", sign).strip("().") or sign
