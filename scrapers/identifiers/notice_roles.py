"""What lines say of the domains in them: where the site moved, what it was, which are mirrors or fakes.

Takes lines of text; gives Notices. The nearest words decide, a warning binds more than what it names, what is only
planned is nothing. A domain without words that say what it is, is nothing. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scrapers.identifiers.line_reading import read_line
from scrapers.identifiers.notice_words import (
    ABOUT_SITE,
    ANY_CUE,
    BARE,
    CHANGES,
    GONE,
    KEEPING,
    OF_ANOTHER,
    OLD,
    PURPOSE,
    SITE_ITSELF,
    TURNS_INTO,
    Cue,
    MoveRole,
    find_cues,
)
from scrapers.identifiers.written_domains import WrittenDomain, find_written_domains
from scrapers.text import condense

_MOST_LINES = 10_000
# What a line with a domain, or a word about one that stands letter by letter, is never without.
_MAY_SAY = re.compile(
    r"[A-Za-z.。．｡Ａ-Ｚａ-ｚ\u24b6-\u24e9\U0001d400-\U0001d7ff]|[\u3400-\u9fff][^\w\u3000-\u303f\uff00-\uffef][\u3400-\u9fff]"
)
_BEFORE, _AFTER = 48, 30
_LONGEST_HEADING = 40
_LIST = re.compile(
    r"(?:[\s、,，/|和及或与以者跟;；()（）\[\]【】\d.:：一二三四五六七八九①-⑩]|还有|and\b|or\b){0,8}", re.I
)
_HARD = re.compile(r"[。！!？?；;\n]")
_SOFT_STOP = re.compile(r"[，,。！!；;]|\s(?=请|认准|唯一|官方|本站|正版)")
_ANOTHER_CLAUSE = re.compile(
    rf"{_SOFT_STOP.pattern}|请|改用|换|走|可用|可访问|认准|试|\\b(?:use|visit|try|go to|please)\\b", re.I
)
_END_OF_LEAD = re.compile(r"(?:[\s:：是「『\"“'（(【\[<>》~\-—=→➡⇒👉]|(?<![换更改迁移整变])为)+\Z")
_AFTERWARDS = re.compile(r"[\s)）】」』\"”\]>]{0,4}(?:[，,]\s{0,2}(?=请|务必|记得|建议))?")
_OTHERS = re.compile(r"其[他它余]|别的|除|凡|(?<![无有])任何|一律|所有|以外")
_LOST = re.compile(
    r"(?:域名|网址|地址|站点|网站|本站|这个|已经|现已|已|现|将于|将|即将|于|因|由于|目前|今日|正式|暂时|全面|后|即|均|都|也|[\d年月日号.\-/]|\s){0,12}"
    r"(?:停用|停止|作废|废弃|弃用|失效|关闭|下线|被墙|被封|被拦截|被攻击|打不开|(?:已)?被(?:恶意)?(?:举报|投诉|劫持|屏蔽|误封)|无法(?:访问|打开)|不能(?:访问|"
    r"打开|用)|不再|注销|到期|过期|拦截|访问不了|进不去|用不了|跑不动|被端|"
    r"挂(?:了|掉)|炸了|崩了|废了|凉(?:了|凉)|没了|不要了|不用了|报废|退役|转让|卖(?:了|掉)|暂停(?:使用|解析|访问|服务)|停止(?:运营|服务|解析|访问)|关站|迁出)"
    r"|\s{0,3}(?:\(\w{0,12}\)\s?)?(?:(?:is|has|was|will)\s(?:now\s|been\s|be\s|"
    r"already\s){0,2}(?:no longer|expired|expire|blocked|closed|"
    r"shut|seized|down\b|dead|retired|banned|offline|deprecated|abandoned|discontinued)|no longer|(?:does|"
    r"do)(?:n't| not) work|expired)",
    re.I,
)
_FAKE = re.compile(
    r"(?:的|网站|域名|网址|站点|这个|等|这些|等等|均|都|皆|一律|全部|是|为|系|属于|属|一个|个|[）)]|\s){0,8}"
    r"(?:假冒|冒充|装成|假装|扮成|山寨|仿冒|盗版|钓鱼|骗子|诈骗|假|虚假|伪|仿|高仿|(?:并)?(?:非|不是|不属于)(?:本|我|咱|官方)|(?:系|由)?他人|"
    r"骗(?:了|人|钱|走|取)|与(?:本站|我们|本店|本平台)(?:无关|没有)|无(?:任何)?关[系联]|没有(?:任何)?关[系联])"
    r"|\s{0,3}(?:is|are)\s(?:a\s|an\s|all\s)?(?:not\s(?:our|us|official|related|affiliated)|scam|fake|"
    r"phishing|fraud|impost|imitat|impersonat)"
    r"|\s{0,3}(?:has|have)\s(?:no|nothing)\s(?:relation|connection|to do with)",
    re.I,
)
_LATER_ROLE = re.compile(
    r"[（(【\[]?(?:将)?(?:是|为|作为|即|就是|当?作|留作|用作|做)?(?:本站|我们|本店|平台|我站|目前)?(?:的|今后|以后){0,3}"
)
# Only planned, only possible, not yet: no notice of a move. A date makes it one (将于12月1日启用).
_PLANNED = re.compile(
    r"计划|打算|(?<!不)可能|也许|或许|拟(?:于|将|在|启用|更换)|考虑|筹备|未来|或将|预计|准备(?:启用|更换|换|上)|\b(?:plan|may|might|soon|"
    r"future|considering)\b",
    re.I,
)
_NOT_YET = re.compile(r"目前仍|暂不|尚未|敬请期待|测试中|内测|试运行|(?:启用|上线|切换)时间另行|coming soon", re.I)
_INSTEAD = re.compile(r"\s{0,3}instead\b", re.I)
_PUBLISHED = re.compile(
    r"[\s)）】]{0,3}(?:上|里|网站上|中)?(?:进行|统一|持续|实时|定期|不定期|随时|第一时间|同步|另行){0,2}(?:公布|发布|公告|通知|更新)"
)
_UPDATED_THERE = re.compile(
    r"(?:上面|里面|那里|那边|这里|页面|此页|该页)?(?:会|将|随时|实时|都|第一时间|永远|一直){0,3}"
    r"(?:更新|公布|发布|有|显示|查看?|找)(?:我们)?(?:最新|新)?的?(?:地址|网址|域名|入口)"
    r"|\b(?:for|to\s(?:get|find|see|check))\s(?:the|our)\s(?:latest|new|current)\s(?:address|domain|link|url)",
    re.I,
)
_ACCUSED = re.compile(
    r"(?:(?<!除)(?<!除了)[该此那这](?!之外)(?:个|家)?(?:网站|站点?|域名|网址)?)[^，,。；;]{0,6}(?:盗用|冒充|假冒|仿冒|冒用|冒牌|诈骗|骗|山寨|假的)"
    r"|[与和跟](?:本|我)[^，,。；;]{0,4}(?:无关|没有|无任何|毫无)"
)
_ON_OTHERS_MACHINE = re.compile(r"我[用在]\s?\Z")
_COOPERATES = re.compile(r"\s{0,2}(?:达成|建立|开展)?[^，,。；;]{0,6}合作")
_ONLY_ONE = re.compile(r"\s{0,2}这?一个(?:唯一)?(?:官方|正规|官)?(?:网站|网址|域名|地址|站)")
# What stands in brackets behind a domain: a.com (old) / b.com (new).
_MARK_BEHIND = re.compile(
    r"\s?[(（\[【](?:(?P<old>旧|老|原|old|former)|(?P<new>最?新|new|current)|(?P<spare>备用?|backup|mirror))[)）\]】]",
    re.I,
)
_PROVIDED = re.compile(r"\s{0,2}(?:提供|制作|开发|搭建|设计|建设|承建)")
_OF_ANOTHERS = re.compile(r"(?:隔壁|同行|别家|别人|其他(?:平台|站)|对方)[^，,。；;！!]{0,8}\Z")
# Said of what stands before: 短信称新网址 a.com，请勿相信，此为钓鱼.
_DISBELIEVED = re.compile(
    r"[”\"'」』）)\]\s]{0,4}(?:[，,。、：:；;!！]\s?|\.{2,3}|…){0,2}(?:大家|各位|用户)?(?:也)?(?:请?勿|切勿|切莫|不要|千万别|别)(?:轻易|再|去)?"
    r"(?:轻信|相信|信|上当|点击|点|访问|登[录陆]|打开|进入)(?:受骗)?(?=\s?(?:[，,。！!；;”)]|\Z|此|该|这))"
    r"|[^。；;]{0,12}(?<![旧老原新其他别有])(?:此|这|该)(?:个|家|条)?(?:网站|网址|域名|站点?|链接|短信|消息)?(?:均|都|其实)?(?:是|为|系|属)?(?:一个)?"
    r"(?:钓鱼|诈骗|骗子|骗局|假冒|假的|假网|仿冒|山寨|谣言|虚假)"
)
_TAKEN = re.compile(
    r"[\s，,（(]{0,3}(?:(?![旧老原新其别])[^。；;！!，,]){0,14}(?:抢注|被(?:他|别)?人(?:恶意)?(?:注册|接手|买走|买下|拿走)|落入他人)"
)
# Asked, not told: 新网址是不是 a.com？
_ASKED_BEFORE = re.compile(r"(?:是不是|是否|请问|求问|(?<!访)问\s?[:：]|听说|真的是)[^，,。；;！!]{0,12}\Z")
_ASKED_AFTER = re.compile(
    r"(?:(?!收藏|记|存|知道|看到|打不开|进不去)[^，,。；;！!?？\n]){0,14}(?:[吗么嘛](?=[\s?？。，,]|\Z)|[?？])"
)
_CAME_FROM = re.compile(r"[由从自]\s?\Z")
_COMING = re.compile(
    r"\s?(?:更名|改名|迁移?|搬迁?|转移?|改版|升级|演变|发展|跳转|一路)?(?:而来|过来|走来)|\s?(?:更名|改名|改组)(?:后|为本站|成立)"
)
_TAKES_OVER = re.compile(
    r"\s?(?:(?:继续|接着|接替|接手|承接|代为|代替)(?:为(?:您|大家|各位|你们?))?|为(?:您|大家|各位|你们?)(?:继续)?)"
    r"(?:提供)?(?!技术|支付|源码|货源)[^，,。；;！!]{0,4}(?:服务|运营|营业|经营)(?!商)"
)
_COPIED = re.compile(r"复制(?:本站|新|最新|此|该|以下|下面)?(?:的)?(?:网址|链接|地址|域名)?\s?[:：]?\s?\Z")
_INTO_BROWSER = re.compile(
    r"\s?(?:[，,并后]\s?)?(?:粘贴)?(?:到|至|在|去|用)(?:手机|外部|系统|其[他它]|默认|自带|电脑){0,2}的?浏览器"
)
_IS_THE_ONE = re.compile(
    r"\s?(?:这个?)?才是(?:本站|我们|咱们?|现在|目前)?(?:的)?(?:最?新|真|正[版确规品]|官方|唯一|本站|我们|对的)"
)
_OF_AN_APP = re.compile(r"(?<![A-Za-z])(?:APP|APK|TestFlight)(?![A-Za-z])|客户端|安装包|下载", re.I)
_STAYS = re.compile(
    r"[（(【\[]?(?:(?:添加|加入|存)(?:到|进)?(?:书签|收藏夹)"
    r"|(?:永久|一直|长期|永远|永不)(?:有效|可用|不变|能用|使用|丢失|更换)"
    r"|(?:已|已经|现已|正式|即将|今日|于[\d年月日号.]{1,12}){0,3}(?:启用|上线|开通))"
)


@dataclass(frozen=True)
class Notice:
    """A domain with what a line says of it. `sure` is below 1 where the words are common ones."""

    domain: WrittenDomain
    role: MoveRole
    shown: str
    sure: float = 1.0


def read_notices(lines: Iterable[str]) -> Iterator[Notice]:
    """The domains of lines with their roles. A short line without a domain heads those that follow it."""
    heading = above = ""
    for number, text in enumerate(lines):
        if number >= _MOST_LINES:
            return
        if len(text) < 2:
            continue
        if _MAY_SAY.search(text) is None and (len(text) > _LONGEST_HEADING or ANY_CUE.search(text) is None):
            heading = above = ""  # most lines of a shop: neither a domain nor a word about one
            continue
        line = read_line(text)
        domains = find_written_domains(line) if "." in line else ()
        if not domains:
            above = heading
            heading = line.strip() if len(line) <= _LONGEST_HEADING and ANY_CUE.search(line) else ""
            continue
        yield from _read_columns(line, domains, heading) or _read_groups(line, domains, heading, above)


def _read_columns(line: str, domains: tuple[WrittenDomain, ...], heading: str) -> list[Notice]:
    """The cells of a row under a row of heads, each a head for its column: 旧域名 新域名 over two domains."""
    heads, cells = heading.split(), line.split()
    if not 2 <= len(heads) == len(cells) <= 6:
        return []
    told: list[Notice] = []
    for domain in domains:
        column = len(line[: domain.start].split())
        if domain.end - domain.start != len(cells[min(column, len(cells) - 1)]):
            return []
        role, sure = _role_before(heads[column], heads[column])
        if role is not None:
            told.append(Notice(domain, role, f"{heads[column]}: {line}"[:300], sure))
    return told if len({notice.role for notice in told}) > 1 else []


def _read_groups(line: str, domains: tuple[WrittenDomain, ...], heading: str, above: str) -> Iterator[Notice]:
    groups: list[list[WrittenDomain]] = []
    for domain in domains:
        if groups and _LIST.fullmatch(line[groups[-1][-1].end : domain.start]):
            groups[-1].append(domain)
        else:
            groups.append([domain])
    roles: list[tuple[MoveRole | None, float]] = []
    marked = 0
    for number, group in enumerate(groups):
        begin = max(groups[number - 1][-1].end if number else 0, marked)
        stop = groups[number + 1][0].start if number + 1 < len(groups) else len(line)
        before, after = line[begin : group[0].start][-_BEFORE:], line[group[-1].end : stop]
        turned = number > 0 and TURNS_INTO.search(before) is not None
        if turned and roles[-1][0] in (None, MoveRole.FORMER, MoveRole.SUCCESSOR, MoveRole.MIRROR):
            lead = line[groups[number - 2][-1].end if number > 1 else 0 : groups[number - 1][0].start]
            if OF_ANOTHER.search(lead) or _PLANNED.search(_last_clause(lead)):
                roles[-1] = (None, 0.0)
                roles.append((None, 0.0))
            else:
                roles[-1] = (MoveRole.FORMER, 1.0)
                roles.append((MoveRole.SUCCESSOR, 1.0))
            continue
        role, sure = _role_of(before, after[:_AFTER], line)
        if role is None and heading and number == 0 and len(condense(before)) + len(condense(after)) <= 3:
            role, sure = _role_of_heading(heading, above)
        if role is None and (mark := _MARK_BEHIND.match(after)):
            role, sure, marked = _MARKED[mark.lastgroup or ""], 1.0, group[-1].end + mark.end()
        roles.append((role, sure))
    for (role, sure), group in zip(roles, groups, strict=True):
        if role is None:
            continue
        for domain in group:
            start = max(0, domain.start - 120)
            yield Notice(domain, role, line[start : domain.end + 100].strip()[:300], sure)


def _role_of_heading(heading: str, above: str) -> tuple[MoveRole | None, float]:
    """What the line above a domain says of it; half of a sentence (请使用：) is read with the line before."""
    role, sure = _role_before(heading, heading)
    if role is None and above:
        role, sure = _role_before(f"{above}，{heading}", f"{above}，{heading}")
    return role, sure


def _role_of(before: str, after: str, line: str) -> tuple[MoveRole | None, float]:
    """What stands before a domain says what it is, unless what follows says that it is gone or a fake."""
    tail = after[_AFTERWARDS.match(after).end() :] if _AFTERWARDS.match(after) else after  # type: ignore[union-attr]
    direct = _SOFT_STOP.split(tail, maxsplit=1)[0]
    if _FAKE.match(direct) and not _OTHERS.search(direct):
        return MoveRole.WARNED, 1.0
    if _tells_addresses(before, tail, line):
        return MoveRole.RELEASE, 1.0
    if _DISBELIEVED.match(after) and not _OTHERS.search(after[:12]):
        return MoveRole.WARNED, 1.0
    if _TAKEN.match(after):
        return MoveRole.WARNED, 1.0
    if _ASKED_BEFORE.search(before) or _ASKED_AFTER.match(after):
        return None, 0.0
    if told := _role_around(before, tail):
        return told
    released = (cue.role is MoveRole.RELEASE and cue.start <= 2 for cue in find_cues(tail[:16]))
    if any(released):
        return MoveRole.RELEASE, 1.0
    conditional = re.search(r"(?:如果|如|若|万一|一旦|要是|假如|当)[^，,。；;]{0,8}\Z", before) is not None
    if (
        _LOST.match(direct)
        and not conditional
        and not _OF_ANOTHERS.search(before)
        and not _ON_OTHERS_MACHINE.search(before)
    ):
        return MoveRole.FORMER, 1.0
    if _ACCUSED.search(tail):
        return MoveRole.WARNED, 1.0
    provided = _PROVIDED.match(direct) and re.search(r"由\s?\Z", before)
    if provided or (_COOPERATES.match(direct) and re.search(r"[与和同跟]\s?\Z", before)):
        return MoveRole.PARTNER, 1.0
    if _INSTEAD.match(tail) or _ONLY_ONE.match(tail):
        return MoveRole.SUCCESSOR, 1.0
    role, sure = _role_before(before, line)
    if role is None:
        role, sure = _role_after(tail)
    if role in _MOVED and _OF_AN_APP.search(_last_clause(before)):
        return None, 0.0
    if role in _MOVED and (_PLANNED.search(_last_clause(before)) or _NOT_YET.search(line)):
        return None, 0.0
    return role, sure


def _role_around(before: str, tail: str) -> tuple[MoveRole, float] | None:
    """What the words on both sides say together: 由 a 更名而来, 由 b 继续提供服务, 复制 c 到浏览器打开."""
    if _CAME_FROM.search(before) and _COMING.match(tail):
        return MoveRole.FORMER, 1.0
    if re.search(r"由\s?\Z", before) and _TAKES_OVER.match(tail) and not PURPOSE.search(_last_clause(before)):
        return MoveRole.SUCCESSOR, 1.0
    if _IS_THE_ONE.match(tail):
        return MoveRole.SUCCESSOR, 1.0
    if _COPIED.search(before) and _INTO_BROWSER.match(tail) and not GONE.search(before):
        return MoveRole.SUCCESSOR, 0.8
    return None


def _tells_addresses(before: str, tail: str, line: str) -> bool:
    """Whether new addresses are told at the domain: 将在 x.com 公布; 收好 x.com，上面随时更新地址."""
    if _UPDATED_THERE.search(tail):
        return True
    at = re.search(r"(?:在|于|由|通过|从|到|去|见|关注|访问)\s?\Z", before) is not None
    return at and _PUBLISHED.match(tail) is not None and re.search("域名|网址|地址", line) is not None


def _last_clause(text: str) -> str:
    return _SOFT_STOP.split(text)[-1]


def _role_before(before: str, line: str) -> tuple[MoveRole | None, float]:
    text = before
    for match in _HARD.finditer(before):
        if len(before) - match.end() > 1:
            text = before[match.end() :]
    text = _END_OF_LEAD.sub("", text) or text
    cues = sorted(find_cues(text), key=lambda cue: (cue.end, cue.end - cue.start), reverse=True)
    bound = _binding_role(text, cues)
    if bound:
        return bound, 1.0
    warns = any(cue.role is MoveRole.WARNED for cue in cues)
    for cue in cues:
        if cue.role in _BINDING:
            continue  # said of another clause's thing
        if cue.role is MoveRole.SUCCESSOR and _is_of_another(text, cue):
            return None, 0.0
        if KEEPING.match(text, cue.start) and any(other.role is MoveRole.RELEASE for other in cues):
            return MoveRole.RELEASE, 1.0  # 发布页（请保存）
        if cue.weak:
            rest = line.replace(text[cue.start : cue.end], "", 1).replace("官方", "")
            if warns or PURPOSE.search(text) or not _is_about_site(text, rest, cue):
                continue  # 有人冒充本站，网址为 ... is no notice of a move
            return cue.role, 0.8
        return (cue.role, 1.0) if cue.role is not None else (None, 0.0)
    return None, 0.0


_MARKED = {"old": MoveRole.FORMER, "new": MoveRole.SUCCESSOR, "spare": MoveRole.MIRROR}
_MOVED = (MoveRole.SUCCESSOR, MoveRole.MIRROR)
_BINDING = (MoveRole.WARNED, MoveRole.FORMER)


def _binding_role(text: str, cues: list[Cue]) -> MoveRole | None:
    """A warning, or a word for what was, binds all that follows it in its clause."""
    for cue in cues:
        if cue.role not in _BINDING or _ANOTHER_CLAUSE.search(text, cue.end):
            continue
        renewed = cue.role is MoveRole.FORMER and text[cue.end : cue.end + 1] != "的"
        if renewed and any(other.role in _MOVED and not other.weak and other.start >= cue.end for other in cues):
            continue  # 旧站已失效 新站: what is new is no part of what was
        return cue.role
    return None


def _is_about_site(text: str, rest: str, cue: Cue) -> bool:
    """Whether common words are said of the site. A bare 到 or 用 is where the old address is gone."""
    if BARE.match(text, cue.start):
        return not _ON_OTHERS_MACHINE.search(text) and bool(GONE.search(text) or OLD.search(rest))
    return ABOUT_SITE.search(rest) is not None


def _is_of_another(text: str, cue: Cue) -> bool:
    """Whether what changes is not the site's own address: 接口域名变更为, 支付完成后将跳转至."""
    if OF_ANOTHER.search(text, max(0, cue.start - 12)):
        return True
    clause = _last_clause(text)
    changes = CHANGES.search(text[cue.start : cue.end]) is not None
    return changes and PURPOSE.search(clause) is not None and SITE_ITSELF.search(clause) is None


def _role_after(tail: str) -> tuple[MoveRole | None, float]:
    lead = _LATER_ROLE.match(tail)
    rest = tail[lead.end() :] if lead is not None else tail
    if _STAYS.match(tail):
        return MoveRole.SUCCESSOR, 1.0
    starting = [cue for cue in find_cues(rest[:20]) if cue.start == 0 and not cue.weak and cue.role is not None]
    if not starting:
        return None, 0.0
    last = max(starting, key=lambda cue: cue.end)
    if last.role is MoveRole.FORMER and rest[last.end : last.end + 1].strip(" )）】],，。;；!！"):
        return None, 0.0  # 老店搬过来的: not said of this one
    return last.role, 1.0
