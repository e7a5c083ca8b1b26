"""What an opponent will attack in the evidence of a case, and how each point is mended before anything is filed.

Takes a case file, gives the points, gravest first. It looks at the evidence as the platform's lawyer would: who made
it, when, whether it can be compared with an original, what it does not show. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from monitor.complaints.model import CaseFile, PageAround, SeenVersion
from monitor.complaints.routing.channels import in_force
from scrapers.model import Origin, Role, Source
from storage.case import CaseItem, ProblemKind

_KEYS = (ProblemKind.DEAD_KEY, ProblemKind.USED_KEY, ProblemKind.EXPIRED_KEY, ProblemKind.SHORT_VALUE)
_USED = ("use_trace", "failure", "recording", "balance_record")
_WIDE_GAP = timedelta(days=7)  # our default: within a week of the order a page is near enough to speak of
_EDITED = "图像编辑软件"  # as intake names it among the conflicts of a file
_WEAK = ("name", "zip")  # anybody can alter these times
_MOST_NAMED = 3


@dataclass(frozen=True)
class AttackPoint:
    """One point. `what` the other side will say, `mend` what answers it; `ids` are captures and items it is about."""

    id: str
    what: str
    mend: str
    ids: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()


def find_attack_points(file: CaseFile) -> tuple[AttackPoint, ...]:
    """Every point that the other side can make of the evidence in this case."""
    items = tuple(item for item in file.items if item.removed_at is None)
    found = [
        *_of_use(file, items),
        *_of_pages(file),
        *_of_captures(file),
        *_of_items(items),
    ]
    return tuple(
        AttackPoint(one.id, one.what, one.mend, tuple(dict.fromkeys(one.ids)), in_force(one.articles, file.today))
        for one in found
    )


def _of_use(file: CaseFile, items: tuple[CaseItem, ...]) -> list[AttackPoint]:
    if file.case.facts.problem not in _KEYS:
        return []
    found = []
    if not any(item.kind == "use_trace" for item in items):
        found.append(
            AttackPoint(
                "no_use_trace",
                "卡密是买家自己用掉的、输错的或给了别人的",
                "补上使用痕迹：官方充值记录、登录记录、兑换提示中的时间和账号，向官方客服索取该卡密的激活时间与地区的书面答复",
                (),
                ("msfjs-90",),
            )
        )
    if not any(item.kind in _USED for item in items):
        found.append(
            AttackPoint(
                "no_failure_shown",
                "没有任何画面显示卡密不能用",
                "不要再反复兑换；下一次兑换前开启录屏，从官方页面网址录到提示出现（卡密中段遮住）",
                (),
                ("msfjs-90",),
            )
        )
    return found


def _of_pages(file: CaseFile) -> list[AttackPoint]:
    """What the pages do not show: the time of the order itself."""
    found = []
    ordered = file.case.facts.ordered_at
    rules = [page for page in file.pages if page.role in (Role.TERMS, Role.PRODUCT, Role.NOTICE)]
    if not rules:
        found.append(
            AttackPoint(
                "no_page",
                "买家所说的规则、商品说明没有任何页面为证",
                "现在就抓取商品页和规则（cardwatch add、run）；再找下单前后的页面导入（浏览器历史、聊天、网页存档）",
            )
        )
    only_after = [page for page in rules if page.before is None and page.after is not None]
    if only_after and ordered is not None:
        found.append(
            AttackPoint(
                "only_after",
                "所存的页面都在下单之后，不能证明下单时是这样写的",
                "不要写“下单时”；找下单前的截图、聊天、网页存档导入，或申请平台提供历史版本（平台应保存）",
                _captures(only_after),
                ("wljy-28", "dsf-62"),
            )
        )
    wide = [page for page in rules if _gap_to_order(page, file) > _WIDE_GAP]
    if wide and ordered is not None:
        days = int(max(_gap_to_order(page, file) for page in wide).days)
        found.append(
            AttackPoint(
                "gap",
                f"离下单最近的抓取也隔了{days}天，其间页面可能改过",
                "按“在某两次抓取中均显示，间隔期间未观察”的写法引用；向平台索取订单当时的规则版本",
                _captures(wide),
            )
        )
    return found


def _of_captures(file: CaseFile) -> list[AttackPoint]:
    """Who made the captures, how, and whether what was read was shown to a visitor."""
    seen = [one for page in file.pages for one in (page.before, page.after, page.newest) if one is not None]
    if not seen:
        return []
    found = []
    own = [one for one in seen if one.origin is Origin.OWN]
    if own:
        found.append(
            AttackPoint(
                "operator_is_party",
                "抓取是当事人自己用自己的工具做的，可以造假",
                "随附取证说明、哈希和时间戳，说明操作人与本案的利害关系；金额较大的，请公证处或第三方存证平台对现在的页面再固定一次",
                _names(own),
                ("zj-93", "zj-94"),
            )
        )
        found.append(
            AttackPoint(
                "clock",
                "抓取时间出自买家自己的电脑；没有时间戳的，第三方无从证明",
                "用 cardwatch stamp 取得时间戳、cardwatch verify 核对；没有时间戳的，写明只能证明哈希之后未改动",
                _names(own),
                ("zj-93",),
            )
        )
    halves = [one for one in seen if one.capture in file.partial]
    if halves:
        found.append(
            AttackPoint(
                "partial_capture",
                "有的抓取只完成了一部分，对方会说没有抓到的部分写着别的",
                "写明是部分完成、缺什么；“没有”“未见”的话不要只靠这样的一次，用完整的一次抓取佐证",
                _names(halves),
                ("zj-93",),
            )
        )
    brought = [one for one in seen if one.origin is Origin.IMPORTED]
    if brought:
        found.append(
            AttackPoint(
                "imported",
                "有的页面是别人保存后导入的，时间只是声称",
                "写明来源和声称的时间；有本机抓取可用的，优先引用本机抓取；请提供原文件的人出具说明",
                _names(brought),
                ("zj-90", "zj-93"),
            )
        )
    login = [one for one in seen if one.role is Role.ORDER]
    if login:
        found.append(
            AttackPoint(
                "login_state",
                "登录以后的页面因人而异，不能说明别人看到什么",
                "写明是以哪个账号登录所见；规则类内容另用未登录的抓取佐证",
                _names(login),
            )
        )
    hidden = [one for one in seen if any(not finding.quotable for finding in one.findings)]
    if hidden:
        found.append(
            AttackPoint(
                "hidden_text",
                "有的条款在页面上没有显示（折叠、隐藏），不能说向买家展示过",
                "不要当作“页面显示”引用；只可以说页面代码中有这段文字，或展开后再抓取一次",
                _names(hidden),
            )
        )
    drawn = [one for one in seen if any(fact.source is Source.IMAGE for fact in one.reading.facts)]
    if drawn:
        found.append(
            AttackPoint(
                "ocr_page",
                "有的内容是从图片识别出来的，可能识别错误",
                "引用时附原图，由人核对逐字无误",
                _names(drawn),
            )
        )
    return found


def _of_items(items: tuple[CaseItem, ...]) -> list[AttackPoint]:
    found = []
    told = {item.id: tuple(line for line in item.conflicts if _EDITED not in line) for item in items}
    conflicting = [item for item in items if told[item.id]]
    if conflicting:
        lines = "；".join(dict.fromkeys(line for item in conflicting for line in told[item.id]))
        found.append(
            AttackPoint(
                "conflicts",
                f"证据自身的时间互相矛盾：{lines[:200]}",
                "逐件核对，改正自己记错的时间；文件时间有误的写明原因，提供手机原机",
                tuple(item.evidence for item in conflicting),
                ("zj-93",),
            )
        )
    edited = [item for item in items if any(_EDITED in line for line in item.conflicts)]
    if edited:
        found.append(
            AttackPoint(
                "edited",
                "图片的文件信息显示经过编辑软件处理",
                "找出手机里的原图重新放入；只有编辑过的，说明改了什么（如裁剪、遮码），并保留原机备查",
                tuple(item.evidence for item in edited),
                ("zj-15", "zj-90"),
            )
        )
    read = [item for item in items if item.text_source == "ocr"]
    if read:
        found.append(
            AttackPoint(
                "ocr",
                "文字是从截图识别出来的，不是原话",
                "引用时对照原图逐字核对；聊天记录另从应用内导出或录屏，保留原机",
                tuple(item.evidence for item in read),
                ("zj-15",),
            )
        )
    dateless = [item for item in items if item.said_at is None and all(time.source in _WEAK for time in item.times)]
    if dateless:
        named = "、".join(item.title for item in dateless[:_MOST_NAMED]) + ("等" if len(dateless) > _MOST_NAMED else "")
        found.append(
            AttackPoint(
                "undated",
                f"有{len(dateless)}件证据没有时间（{named}）",
                "补上何时制作（case add 时说明），或重新截取带有日期时间的画面",
                tuple(item.evidence for item in dateless),
            )
        )
    zoneless = [item for item in items if any(not time.zone_known and time.source not in _WEAK for time in item.times)]
    if zoneless:
        found.append(
            AttackPoint(
                "zone",
                "文件里的时间没有写明时区",
                "写明按北京时间理解的理由（手机当时的设置），与账单时间相互印证",
                tuple(item.evidence for item in zoneless),
            )
        )
    chats = [item for item in items if item.kind in ("chat", "demand_chat", "reply", "refusal")]
    if chats and not any(item.kind == "recording" or item.media_type.startswith("video/") for item in items):
        found.append(
            AttackPoint(
                "chat_who",
                "聊天截图不能证明对方是谁，也可能不完整",
                "录屏：从对方资料页（账号、头像）进入聊天，由头滑到尾；保留手机原机，不要删除聊天",
                tuple(item.evidence for item in chats),
                ("zj-15",),
            )
        )
    return found


def _gap_to_order(page: PageAround, file: CaseFile) -> timedelta:
    ordered, nearest = file.case.facts.ordered_at, page.before or page.after
    if ordered is None or nearest is None:
        return timedelta(0)
    return abs(nearest.seen_at - ordered)


def _captures(pages: list[PageAround]) -> tuple[str, ...]:
    return tuple(one.capture for page in pages for one in (page.before, page.after) if one is not None)


def _names(seen: list[SeenVersion]) -> tuple[str, ...]:
    return tuple(one.capture for one in seen)
