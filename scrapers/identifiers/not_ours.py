"""Accounts that stand on a page and are not the site's: those of a swindler that it warns of, those that it sells.

Takes a sheet and where a contact stands in it; gives whether the words around it say so. What is doubtful counts as not
the site's: a stranger's number among its contacts would lead to a stranger.
"""

from __future__ import annotations

import re

from scrapers.identifiers.runs import Sheet
from scrapers.identity import Place

_ACCUSING = re.compile(
    r"骗子|骗人|嫌疑人|涉案|涉嫌|犯罪|打假|行骗|诈骗|冒充|假冒|冒用|冒牌|假扮|仿冒|山寨|高仿|钓鱼|假(?:的)?客服|假(?:QQ|微信|群|号)|伪造|黑名单|盗号|"
    r"(?:请?勿|切勿|切莫|不要|别|勿)(?:轻易|再|随意)?(?:相信|轻信|信|添加|加|联系|转账)|谨防|当心|警惕|小心|非(?:本站|官方|我们)"
)
# After the accusing word, what says that the site's own follows: 谨防假冒，官方客服QQ：
_OWN = re.compile(
    r"(?:[,，:：\s)）】].{0,16}(?:客服|官方|唯一|正版|正规|本站|本店|我们|售后))|认准|举报|投诉|反馈|"
    r"请(?:联系|加|添加|咨询|找)|可(?:联系|加)|联系(?:我们|本站|客服|官方|站长)|核实|核对"
)
_ACCUSED_AFTER = re.compile(
    r"[、,，/\s0-9A-Za-z_()（）:：等和及]{0,40}(?:的)?(?:均|都|皆|也|才)?(?:已被?确认)?(?:是|为|系|属于|属)?"
    r"(?:骗子|骗人|诈骗|行骗|假冒|冒充|冒牌|假的|假客服|山寨|钓鱼|请?勿(?:轻信|相信|信|添加|加)(?!其|别|任何|他人|陌生|除)|切勿|不要(?:相信|加|添加)(?!其|别|任何|他人|陌生|除)|"
    r"别(?:信|加)(?!其|别|任何|他人|陌生|除)|与(?:本站|我们|本店|本平台)无关|(?:不是|非)(?:本站|我们|官方|本店))"
)
_SENTENCE = re.compile(r"[。！!？?；;]")
_NAMED_AND_SHAMED = re.compile(
    r"(?:骗子|假冒|冒充|假客服|诈骗)[^，,。:：]{0,10}(?:名单|账号|帐号|QQ|微信|号码|曝光|公示|如下)[^，,。]{0,4}\Z"
)
_PASSWORD = re.compile(
    r"[\s,，;；|/:：()（）—-]{0,6}(?:登[录陆]|邮箱|初始|账号)?(?:密码|口令|pass(?:word|wd)?\b|pwd\b)(?![^\s]{0,2}(?:找回|重置|忘记))|\s?-{2,}",
    re.I,
)
_CARD = re.compile(r"卡密(?:信息|内容|详情|列表)?\s?[:：][^。]{0,60}\Z|(?:卡号|账号密码)\s?[:：][^。]{0,20}\Z")


def is_accused(sheet: Sheet, start: int, end: int) -> bool:
    """Whether the sentence in which a contact stands says that it is a swindler's: 骗子QQ：, …请勿相信."""
    if sheet.run_at(start).place == Place.USER_CONTENT:
        return False  # what visitors name is kept as theirs, whatever they say of it
    after = _SENTENCE.split(sheet.after(end, 80), maxsplit=1)[0]
    if _ACCUSED_AFTER.match(after):
        return True
    before = _SENTENCE.split(sheet.before(start, 80))[-1]
    said = before + sheet.text[start:end]
    accusing = [match.end() for match in _ACCUSING.finditer(said)]
    if accusing:
        return _OWN.search(said[accusing[-1] :]) is None
    line_start = len(sheet.before(start, 400))
    above = sheet.before(max(0, start - line_start - 2), 40).strip("\x00 ") if line_start <= 30 else ""
    return _NAMED_AND_SHAMED.search(above) is not None


def is_for_sale(sheet: Sheet, start: int, end: int) -> bool:
    """Whether an account is goods: a password follows it, or it stands in a list of cards."""
    after = sheet.text[end : end + 40].replace("\x00\n", " ")
    return _PASSWORD.match(after) is not None or _CARD.search(sheet.before(start, 90)) is not None
