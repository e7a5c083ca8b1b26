"""Pages that answer and say nothing of their shop: an error in a sentence, goods taken down, a lone line.

Takes a reading. A visit already knows login walls, captchas and most error pages by their marks (scrapers.challenge);
what slips through is a short excuse in nobody's words. Such a page proves no clause, takes none away, and is no page on
which something could have been shown. Pure.
"""

from __future__ import annotations

import re

from scrapers.model import FactKind, Reading, Source

_LONGEST = 120  # characters without spaces: the excuse of an error page, its advice and a link back
_LONGEST_QUOTE = 40
_TROUBLE = re.compile(
    r"出了?(?:一?点儿?|些|个)?小?(?:问题|差错|错误?|状况|故障)(?!的)|开(?:了个?)?小差|迷路了"
    r"|(?:系统|服务器?|网络|程序|数据|页面|请求)(?:发生|出现)?(?:繁忙|错误|异常|出错|故障|超时)|内部错误|加载(?:失败|出错)"
    r"|(?:稍后|稍候|刷新)(?:页面)?(?:后)?(?:再|重)?试|重新加载"
    r"|(?:页面|网页|内容|文章|链接|地址|资源)(?:已)?(?:不存在|找不到|未找到|已?被?删除|已失效|走丢|飞走)"
    r"|\b(?:404|500|502|503|504)\b|not found|something went wrong|(?:server|internal) error|try again",
    re.I,
)
_TAKEN_DOWN = re.compile(r"(?:商品|宝贝|产品|该?店铺?|卡密)?(?:已经?|已被|暂时?)(?:下架|停售|删除|关闭)|不存在或已")
_OF_RULES = re.compile(
    r"退|换|赔|补发|售后|质保|余额|有效期|责任|负责|解释权|提现|封号|封停|激活|投诉|举报|条款|规则|协议|客服|电话|微信|QQ",
    re.I,
)
_OF_GOODS = re.compile(r"[¥￥]\s*\d|\d+(?:\.\d+)?\s*元|库存|已售|购买|发货")
_TELLING = (FactKind.PRICE, FactKind.CONTACT, FactKind.LICENCE, FactKind.LINK, FactKind.AFTER_SALES, FactKind.WARRANTY)
_SEEN = (Source.TEXT, Source.POPUP)


def is_error_page(reading: Reading) -> bool:
    """Whether a page shows nothing but that something went wrong: no rules, no goods, no contact."""
    words = _words_of(reading)
    return len(words) <= _LONGEST and not _tells(reading, words) and _TROUBLE.search(_text_of(reading)) is not None


def is_taken_down(reading: Reading) -> bool:
    """Whether a page says no more than that goods or shop are taken down: what it said before is gone, not changed."""
    words = _words_of(reading)
    return len(words) <= _LONGEST and not _tells(reading, words) and _TAKEN_DOWN.search(_text_of(reading)) is not None


def quote_empty(reading: Reading) -> str:
    """What an error page or one of goods taken down says, on one line, at most a quotation; "" for any other page."""
    if not (is_error_page(reading) or is_taken_down(reading)):
        return ""
    words = " ".join((reading.text.strip() or _text_of(reading).strip()).split())
    return words if len(words) <= _LONGEST_QUOTE else f"{words[:_LONGEST_QUOTE]}…"


def says_no_rule(reading: Reading) -> bool:
    """Whether no clause can stand on a page: an error, goods taken down, or one line without a word of rules."""
    words = _words_of(reading)
    if len(words) > _LONGEST or _tells(reading, words):
        return False
    text = _text_of(reading)
    return bool(_TROUBLE.search(text) or _TAKEN_DOWN.search(text)) or _is_one_line(text)


def shows_nothing_of_shop(reading: Reading) -> bool:
    """Whether it says nothing that a page without a contact or a licence is: no rule on it, or one line at all."""
    return says_no_rule(reading) or (len(_words_of(reading)) <= _LONGEST and _is_one_line(_text_of(reading)))


def _tells(reading: Reading, words: str) -> bool:
    if any(fact.kind in _TELLING and fact.source in _SEEN for fact in reading.facts):
        return True
    return bool(_OF_RULES.search(words) or _OF_GOODS.search(words))


def _text_of(reading: Reading) -> str:
    """The words of a page, its title apart where it merely names the shop."""
    rest = [block.text for block in reading.blocks if block.text and block.text not in reading.text]
    return "\n".join([reading.text, *rest])


def _words_of(reading: Reading) -> str:
    return "".join(_text_of(reading).split())


def _is_one_line(text: str) -> bool:
    return sum(1 for line in re.split(r"[\n。！？!?]", text) if line.strip()) <= 1
