"""What names in markup and labels tell of the words beside them: whose they are, whether hidden, what an icon means.

Takes class names, ids and runs; gives answers and runs. Walks nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache

from scrapers.identifiers.runs import Run

_ICON = re.compile(
    r"(?:icon|fa|bi|mdi|ri|iconfont|glyphicon)[\w ]{0,12}-(qq|weixin|wechat|telegram|phone|mobile|tel|"
    r"envelope|email)(?![a-z])",
    re.I,
)
_ICON_LABELS = {"qq": " QQ：", "weixin": " 微信：", "wechat": " 微信：", "telegram": " Telegram：", "phone": " 电话：",
                "mobile": " 手机：", "tel": " 电话：", "envelope": " 邮箱：", "email": " 邮箱："}  # fmt: skip
_HIDING_NAMES = frozenset({"d-none", "layui-hide", "hidden", "hide", "invisible", "sr-only", "visually-hidden", "none"})
_SHOWN_WIDE = re.compile(r"(?:^|\s)(?:d-(?:sm|md|lg|xl|xxl)-(?!none)|(?:sm|md|lg|xl|2xl):(?!hidden))")
_USERS = re.compile(
    r"(?:^|[\s_-])(?:(?:user|goods|product|buyer|shop)?(?:comment|review|evaluat(?:e|ion))s?(?:lis"
    r"t|box|item|area|wrap|content|body|text)?"
    r"|pinglun|pingjia|liuyan|guestbook|message[_-]?boards?|chat(?:log|record|history)s?|imlog|fri"
    r"end(?:ly)?[_-]?links?|flinks?"
    r"|youlian|youqing(?:lianjie|link)?|blogroll|buyershow|shaidan|disqus(?:_thread)?|danmu|testimonials?|postmessage)(?=$|[\s_-])"
)
_CHAT = re.compile(r"chat[_-](?:log|record|history)|(?:buyer|user)[_-](?:show|message)|link[_-]friend")
_PARTNERS = re.compile(r"(?:^|[\s_-])(?:partners?|sponsors?|hezuo|cooperation)(?:list|box)?(?=$|[\s_-])")
_FOOT = re.compile(
    r"foot|copyright|copy-?right|bottom|beian|icp|contact|kefu|about|licen[cs]e|notice|gonggao|company", re.I
)
_SAMPLE = re.compile(
    r"(?:^|[\s_-])(?:hljs|highlight|prettyprint|codehilite|code-block|language-\w+|syntaxhighlighter)(?=$|[\s_-])"
)
_LABEL = re.compile(
    r"(?:[^:：]{0,8}(?:QQ|扣扣|Q群|微信|VX|WX|Telegram|TG|电报|飞机|电话|手机|热线|邮箱|E-?mail|Tel|Phone|Mobile|WeChat|Weixin|号"
    r"码?|客服|群|单位|名称|地址|场所|住所"
    r"|代码|许可证|收款方|收款人|收款商户|商户名称|商户全称|付款给|主体|经营者|备案)|(?:所属|运营|"
    r"主体|服务)?公司)\s{0,2}[:：]?",
    re.I,
)
_MAY_LABEL = re.compile("[QqXx扣信eE报机话线箱号服群位称址所码证方人户给体者案司]")  # every label holds one
_HANDLE = re.compile(r"[@+]?[\w.@+ -]{0,60}[\d_][\w.@ -]{0,60}|@[A-Za-z]\w{3,40}")
_NAMED_THING = re.compile(
    r"单位|名称|公司|地址|场所|住所|收款方|收款人|收款商户|商户全称|付款给|主体|经营者|许可证|备案"
)
_CHINESE = re.compile(r"[\u3400-\u9fff]")


TELLS_NOTHING = (False, False, False, False, False)


@lru_cache(maxsize=2048)
def label_of_icon(names: str) -> str:
    """The word that an icon stands for where it is the label of what follows it."""
    found = _ICON.search(names[:200])
    return "" if found is None else _ICON_LABELS[found.group(1).lower()]


@lru_cache(maxsize=8192)
def tell_by_names(class_names: str, name: str) -> tuple[bool, bool, bool, bool, bool]:
    """What class names and an id tell: users' words, partners, a sample of code, hidden, a block with a key.

    Where they tell nothing, which is nearly always, the answer is TELLS_NOTHING itself.
    """
    names = f"{class_names[:300]} {name[:100]}".lower()
    hiding = not _HIDING_NAMES.isdisjoint(names.split()) and not _SHOWN_WIDE.search(names)
    users = bool(_USERS.search(names) or _CHAT.search(names))
    told = users, bool(_PARTNERS.search(names)), bool(_SAMPLE.search(names)), hiding, bool(_FOOT.search(names))
    return told if True in told else TELLS_NOTHING


_NUMBER_BEGUN = re.compile(
    r"(?:(?:热线|电话|手机|Tel|客服|联系方式)[^0-9A-Za-z]{0,8}|^)(\(?(?:400|1[3-9][0-9])\)?[-0-9() ]{0,10})\Z", re.I
)
_MAY_GO_ON = frozenset("0123456789-)")
_NUMBER_GOES_ON = re.compile(r"[-0-9 ]{2,12}")


def _joined_number(run: Run, following: list[Run]) -> tuple[Run, int]:
    """A telephone number that is broken over lines as one, and how many of the lines that follow went into it."""
    begun = _NUMBER_BEGUN.search(run.text[-40:])
    if begun is None:
        return run, 0
    text, digits = run.text, _digits(begun.group(1))
    whole = 10 if digits.startswith("400") else 11
    for count, piece in enumerate(following, 1):
        if len(digits) >= whole or piece.place != run.place or not _NUMBER_GOES_ON.fullmatch(piece.text):
            break
        glue = "" if text.endswith("-") or piece.text.startswith("-") else "-"
        text, digits = f"{text}{glue}{piece.text}", digits + _digits(piece.text)
        if len(digits) == whole:
            return run._replace(text=text), count
    return run, 0


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def join_labels(lines: list[Run]) -> list[Run]:
    """Lines, where one that is a label alone (a cell, a <dt>), or half a number, is joined with what is on the next."""
    joined: list[Run] = []
    skip = 0
    for number, run in enumerate(lines):
        if skip:
            skip -= 1
            continue
        text = run.text
        if len(text) <= 18 and _MAY_LABEL.search(text) and number + 1 < len(lines) and _LABEL.fullmatch(text):
            following = lines[number + 1]
            closed = text.endswith((":", "："))
            if (
                following.place == run.place
                and len(following.text) <= 120
                and (
                    closed
                    or _HANDLE.fullmatch(following.text)
                    or (_NAMED_THING.search(text) and _CHINESE.search(following.text))
                )
                and not _LABEL.fullmatch(following.text)
            ):
                text = f"{text}{'' if closed else '：'}{following.text}"
                run = Run(text, following.place, following.where, following.block, following.node, following.third)
                skip = 1
        if text[-1:] in _MAY_GO_ON and len(text) <= 60:
            run, more = _joined_number(run, lines[number + 1 + skip : number + 4 + skip])
            skip += more
        joined.append(run)
    return joined
