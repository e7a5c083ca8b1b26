"""What a platform has to show and was not seen to show: its rules' history, a complaint channel, who it is, a contact.

Takes the newest sights of one platform's watched pages, gives findings. A finding speaks of the pages that were watched
and of nothing else: 在已监测的N个页面中未发现. What may stand in a picture or behind a login is unchecked. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from monitor.findings.empty_pages import shows_nothing_of_shop
from monitor.findings.model import FindingKind, Sight, SiteFinding
from monitor.times import show_time
from scrapers.contacts import find_contacts, find_licences
from scrapers.model import FactKind, Role, Source
from storage.model import Severity

_HISTORY = re.compile(
    r"历史版本|往期版本|过往版本|以往版本|历史(?:协议|规则|条款)|规则历史|(?:版本|修订|修改|变更|更新)(?:历史|记录|日志)"
    r"|旧版(?:协议|规则|条款)|version history|previous versions?|earlier versions?",
    re.I,
)
_COMPLAINT_ENTRANCE = re.compile(
    r"(?:投诉|投訴|举报|舉報)(?:电话|热线|邮箱|渠道|方式|入口|中心|通道|建议|与?举报|/举报|QQ|微信|客服|平台|须知|指引|流程)|(?:违规|违法|不良信息)举报|我要(?:投诉|举报)|12315|消费者协会|消协"
)
_COMPLAINT_WORD = re.compile(r"(?<!恶意)(?<!虚假)(?:投诉|投訴|举报|舉報)")
_NO_CHANNEL = re.compile(r"恶意|不接受|概不受理|不予受理|谢绝|拒绝|封号|拉黑|严禁|禁止|请勿|不得")
_SERVICE = re.compile(
    r"(?:在线|人工|联系|咨询|点击|微信|企微)(?:在线)?客服|客服(?:中心|系统|在线|入口|窗口)|在线(?:咨询|留言|沟通|反馈)|联系我们"
    r"|(?:意见|问题|用户|投诉|留言|建议|售后)(?:与|和|及)?(?:反馈|建议)|(?:提交|发起|我的)(?:工单|申诉|售后|留言|反馈)|工单系统"
    r"|(?:找|联系)(?:群主|管理员|站长|店主|掌柜)|contact us|live chat|support ticket|feedback",
    re.I,
)
_DESK = re.compile(
    r"work\.weixin\.qq\.com|wpa\.qq\.com|qm\.qq\.com|(?:^|/)t\.me/|wa\.me/|mailto:|tel:|/(?:feedback|contact|ticket|complain|kefu|tousu)"
    r"|meiqia|udesk|53kf|kf5|sobot|tawk\.to|crisp\.chat|chatwoot|easemob|zhichi",
    re.I,
)
_REACH = re.compile(r"\d{5,}|@|https?://|微信|QQ|邮箱|电话|客服", re.I)
_IDENTITY = re.compile(
    r"营业执照|營業執照|统一社会信用代码|社会信用代码|经营者(?:信息|名称|主体)|主体信息|证照信息|亮照|工商(?:信息|登记)|(?:无需|不需要|依法免于|免于)办理(?:市场主体|工商)?登记"
)
_COMPANY_KINDS = ("company", "uscc")
_MOST_LINES = 3000


def find_undisclosed(sights: Sequence[Sight], *, unread: int = 0) -> tuple[SiteFinding, ...]:
    """Findings over the newest sight of each watched page of one platform; `unread` pages could not be read.

    A page that says nothing of its shop (an error, goods taken down, a lone line) shows no lack: it counts as not read.
    Without a page that was read there is nothing to say.
    """
    telling = [sight for sight in sights if not shows_nothing_of_shop(sight.version.reading)]
    unread += len(sights) - len(telling)
    sights = telling
    if not sights:
        return ()
    newest = max(sights, key=lambda sight: sight.at)
    about = SiteFinding(
        FindingKind.CONTACT_NOT_SHOWN,
        Severity.MEDIUM,
        newest.page.platform,
        tuple(dict.fromkeys(sight.page.url for sight in sights))[:20],
        newest.at,
        "",
        tuple(sight.version.capture_id for sight in sights)[:20],
    )
    scope = _scope_of(sights, unread)
    has_home = any(sight.page.role is Role.HOME for sight in sights)
    has_terms = any(sight.page.role is Role.TERMS for sight in sights)
    pictured = any(block.images for sight in sights for block in sight.version.reading.blocks)
    doubt = "；页面中有图片，其中的文字未核对" if pictured else ""
    away = "" if has_home else "（首页不在监测之列）"
    unsure = pictured or not has_home
    found = []
    texts = [sight.seen_text for sight in sights]
    if not any(shows_identity(sight) for sight in sights):
        only = "，仅见 ICP 或公安备案号" if any(_licences(sight, ("icp", "police")) for sight in sights) else ""
        found.append(
            replace(
                about,
                kind=FindingKind.IDENTITY_NOT_SHOWN,
                severity=Severity.HIGH if has_home else Severity.MEDIUM,
                sentence=f"{scope}未发现营业执照等经营主体信息或其链接{only}{away}{doubt}",
                articles=("dsf-15", "wljy-12", "xbftl-13"),
                needs_human=unsure,
            )
        )
    asked = any(shows_service(sight) for sight in sights)
    if not asked and not any(shows_complaint_channel(text) for text in texts):
        found.append(
            replace(
                about,
                kind=FindingKind.COMPLAINTS_NOT_SHOWN,
                sentence=f"{scope}未发现标明用于投诉、举报的渠道{away}{doubt}",
                articles=("dsf-59", "xbftl-44"),
                needs_human=unsure,
            )
        )
    if not asked and not any(shows_contact(sight) for sight in sights):
        found.append(
            replace(
                about,
                sentence=f"{scope}未发现任何联系方式（电话、邮箱、QQ、微信、在线客服等）{away}{doubt}",
                articles=("xbf-28",),
                needs_human=unsure,
            )
        )
    if has_terms and not any(_HISTORY.search(text) for text in texts):
        found.append(
            replace(
                about,
                kind=FindingKind.HISTORY_NOT_SHOWN,
                severity=Severity.LOW,
                sentence=f"{scope}未发现协议和规则的历史版本或其链接；如其为平台经营者，应保存并可查阅修改前三年的全部版本",
                articles=("wljy-28",),
                needs_human=True,
            )
        )
    return tuple(found)


def shows_identity(sight: Sight) -> bool:
    """Whether a page names who runs it: a registered name, a credit code, a licence or the word for its link."""
    return bool(_licences(sight, _COMPANY_KINDS)) or _IDENTITY.search(sight.seen_text) is not None


def shows_complaint_channel(text: str) -> bool:
    """Whether a text names a way to complain: an entrance, or the word beside an address; 恶意投诉封号 is none."""
    for line in text.split("\n")[:_MOST_LINES]:
        line = line[:500]
        if not _COMPLAINT_WORD.search(line) and "12315" not in line and "消" not in line:
            continue
        if _NO_CHANNEL.search(line):
            continue
        if _COMPLAINT_ENTRANCE.search(line) or (_COMPLAINT_WORD.search(line) and _REACH.search(line)):
            return True
        if _COMPLAINT_WORD.fullmatch(line.strip()):
            return True  # the whole line is the word: a link or a button
    return False


def shows_contact(sight: Sight) -> bool:
    """Whether a page gives any way to reach the seller."""
    facts = sight.version.reading.facts
    return any(fact.kind is FactKind.CONTACT and fact.source is not Source.SCRIPT for fact in facts) or bool(
        find_contacts(sight.seen_text)
    )


def shows_service(sight: Sight) -> bool:
    """Whether a page offers to be written to: a service desk, a ticket, a form for opinions, or a link to one.

    Whether that is a convenient way to complain is for the office to say; that there is none cannot be said.
    """
    if any(_SERVICE.search(line[:500]) and not _NO_CHANNEL.search(line) for line in sight.seen_text.split("\n")):
        return True
    links = (fact for fact in sight.version.reading.facts if fact.kind is FactKind.LINK)
    return any(_DESK.search(fact.value) or _SERVICE.search(fact.shown) for fact in links)


def _licences(sight: Sight, kinds: tuple[str, ...]) -> bool:
    told = {fact.qualifier for fact in sight.version.reading.facts if fact.kind is FactKind.LICENCE}
    return bool((told | set(find_licences(sight.seen_text))) & set(kinds))


def _scope_of(sights: Sequence[Sight], unread: int) -> str:
    pages = len({(sight.page.url, sight.page.vantage) for sight in sights})
    first, last = min(sight.at for sight in sights), max(sight.at for sight in sights)
    span = (
        show_time(last)[:10]
        if show_time(first)[:10] == show_time(last)[:10]
        else f"{show_time(first)[:10]}至{show_time(last)[:10]}"
    )
    rest = f"，另有{unread}个页面未能读取或没有内容" if unread else ""
    return f"在已监测的{pages}个页面（{span}所见{rest}）中"
