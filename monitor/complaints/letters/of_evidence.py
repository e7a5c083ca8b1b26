"""What accompanies evidence: the list (证据目录), the note on electronic data, the note on how pages were captured.

The notes claim no more than the record holds: own clock and own hash show that nothing was altered since hashing; an
independent time-stamp token that it existed before its time; neither is a notary. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from monitor.attestation.facts import Witness
from monitor.complaints.evidence.exhibits import GROUP_ZH
from monitor.complaints.letters.common import name_exhibit
from monitor.complaints.letters.law_words import citable, tell_laws
from monitor.complaints.letters.login_state import explain_login
from monitor.complaints.letters.material import Material, is_day_only, say_exact, say_moment
from monitor.complaints.letters.page_sightings import claimed_captures
from monitor.complaints.letters.parties import BLANK, sign
from monitor.complaints.letters.sentences import fact, form, items, law, paragraph, signature, table
from monitor.complaints.model import Block, Exhibit, ExhibitGroup, Letter, Sentence
from storage.model import TokenKind, TokenStatus

_LIST = ("序号", "证据名称", "证据来源", "证明对象", "页码")
_MOST_CONFLICTS = 3
_GAP = timedelta(days=1)
UNPAGED = "（装订后填写）"


def write_evidence_list(material: Material) -> Letter:
    """证据目录: by groups, numbered, with source, what each shows, and the pages that were passed in."""
    blocks: list[Block] = []
    for group in ExhibitGroup:
        members = [one for one in material.exhibits if one.group is group]
        if members:
            name = f"第{group.value}组　{GROUP_ZH[group]}"
            blocks.append(table(name, _LIST, [_row(material, one) for one in members]))
    if any(one.number not in material.extra.pages for one in material.exhibits):
        material.note("没有页码的材料，装订成册后填写；生成投诉包时会自动填好")
    rule = citable(("zj-19",), material)
    return Letter(
        "evidence_list",
        material.kind.name,
        "受理机关",
        (
            *blocks,
            paragraph("说明", (form("证据按来源分组编号，文书中的“证2-1”即本目录的序号"), *_copies(rule))),
            signature(*sign(material, "提交人")),
        ),
        material.today,
    )


def write_data_note(material: Material) -> Letter:
    """电子数据说明: which items are electronic data, where the originals are, what is known of their times."""
    conflicts = _conflicts(material)
    return Letter(
        "data_note",
        material.kind.name,
        "受理机关",
        (
            table(
                "电子数据清单",
                ("序号", "名称", "来源", "形成时间", "原件"),
                [_data_row(material, one) for one in material.exhibits],
            ),
            paragraph("保存方式", _keeping(material)),
            *([items("时间不一致之处", conflicts)] if conflicts else []),
            paragraph("能证明什么、不能证明什么", _limits()),
            items("依据", tell_laws(citable(("zj-14", "zj-15", "zj-93", "dzqm-5", "dzqm-7"), material))),
            signature(*sign(material, "提交人")),
        ),
        material.today,
    )


def write_capture_note(material: Material) -> Letter:
    """取证说明: who operated and his interest, the tool, each capture, its witnesses, what it proves and what not."""
    captures = [one for one in material.exhibits if one.form == "capture"]
    addresses = _addresses(material)
    return Letter(
        "capture_note",
        material.kind.name,
        "受理机关",
        (
            paragraph("操作人", _operator(material)),
            paragraph("工具与方法", _method(material)),
            table(
                "抓取清单",
                ("序号", "页面", "网址", "抓取时间（+08:00）", "存档校验值（SHA-256）"),
                [_capture_row(material, one, addresses) for one in captures],
            ),
            _tell_witnesses(material, captures),
            paragraph("能证明什么、不能证明什么", _limits()),
            items("未尽事项", _open_points(material)),
            paragraph("复核方法", _check()),
            signature(form(f"操作人（签名）：{BLANK}"), *sign(material, "提交人")),
        ),
        material.today,
    )


def _row(material: Material, one: Exhibit) -> tuple[Sentence, ...]:
    return (
        form(one.number),
        form(name_exhibit(material, one)),
        form(material.clean(one.source, most=120) or "本人保存"),
        form(_shows(material, one)),
        form(material.extra.pages.get(one.number, UNPAGED)),
    )


def _shows(material: Material, one: Exhibit) -> str:
    """What an exhibit shows; a capture that may be from before or after the order shows its page at its time."""
    told = material.clean(one.shows, most=160)
    if one.form != "capture":
        return told
    if one.id in claimed_captures(material.file):
        return "该文件所载的页面内容（时间为提供人声称）"
    return (
        told if name_exhibit(material, one).startswith(material.plain(one.name, most=60)) else "抓取时该页面显示的内容"
    )


def _copies(rule: Sequence[object]) -> tuple[Sentence, ...]:
    told = "提交时按对方当事人人数准备副本，并在每份目录上签名、注明日期"
    return (law(told, [getattr(one, "id", "") for one in rule]),) if rule else (form(told),)


def _data_row(material: Material, one: Exhibit) -> tuple[Sentence, ...]:
    kept = "封存于本机保管链" if one.form != "item" else "收到的原文件封存于本机保管链"
    return (
        form(f"证{one.number}"),
        form(name_exhibit(material, one)),
        form(material.clean(one.source, most=120) or "本人保存"),
        form(_made_at(material, one)),
        form(kept),
    )


def _made_at(material: Material, one: Exhibit) -> str:
    """When it came about, and by whose word."""
    if one.at is None:
        return "未知"
    item = next((item for item in material.file.items if item.evidence == one.id and item.removed_at is None), None)
    when = say_exact(one.at)
    if one.form == "capture" and one.id in claimed_captures(material.file):
        return f"{when}（提供人声称的时间）"
    if one.form != "item":
        return when
    if item is None or item.said_at is not None:
        return f"{say_moment(one.at) if is_day_only(one.at) else when}（据本人陈述）"
    return f"{when}（文件自带的时间）"


def _keeping(material: Material) -> tuple[Sentence, ...]:
    return (
        form("收到的文件原样保存，逐件计算 SHA-256 校验值，并记入只增不改的保管链，其后任何改动都会在核验时被发现"),
        form("为便于提交另作的打印件、截图和遮盖件与原件分开保存，遮盖之处逐一记录"),
        form("原始设备和账号由本人保管，可当面出示、登录核对（已不在手中的，请划去本句并说明）"),
    )


def _conflicts(material: Material) -> tuple[Sentence, ...]:
    told = []
    for item in material.file.items:
        if item.removed_at is not None:
            continue
        for mark in material.marks_of((item.evidence,)):
            told += [
                form(f"证{mark}：{kept}") for one in item.conflicts[:_MOST_CONFLICTS] if (kept := material.clean(one))
            ]
    return tuple(told)


def _limits() -> tuple[Sentence, ...]:
    return (
        form("校验值和本机时钟只能说明：自计算校验值之时起，内容没有被改动；不能单独证明在此之前的内容和时间"),
        form("独立机构的时间戳只能说明：该内容在所载时间之前已经存在；不能说明内容是谁做的、是否真实"),
        form("以上都不等于公证；抓取只说明抓取时页面显示的内容，两次抓取之间未观察"),
    )


def _operator(material: Material) -> tuple[Sentence, ...]:
    name = material.plain(material.extra.operator)
    told = [fact(f"操作人：{name}")] if name else [form(f"操作人：{BLANK}（由实际操作的人填写）")]
    people = (material.facts.buyer.name, material.facts.guardian.name, material.facts.helper.name)
    if name and name in [material.plain(one) for one in people if one.strip()]:
        told.append(fact("操作人是本案的投诉人、监护人或受托人，与处理结果有利害关系，特此说明"))
    else:
        told.append(form("操作人是投诉人本人、亲属或受托人的，与处理结果有利害关系，请在此写明：□有　□无"))
    if not name:
        material.note("取证说明要由实际操作工具的人填写姓名并签名（也可加 --operator 姓名）")
    return tuple(told)


def _method(material: Material) -> tuple[Sentence, ...]:
    tool = material.plain(material.extra.tool) or "cardwatch"
    captures = {one.id for one in material.exhibits if one.form == "capture"}
    claimed = captures & claimed_captures(material.file)
    foreign = form(
        "标明“他人提供”的是收到的存档文件，不是本工具打开网页所得：没有重新显示过，所载内容和时间都是提供人的说法"
    )
    if captures and captures == claimed:
        return (foreign,)
    others = "除另有标明的以外，" if claimed else ""
    return (
        *((foreign,) if claimed else ()),
        *explain_login(material, material.exhibits),
        form(
            f"{others}使用自动抓取工具 cardwatch 打开网页（现用 {tool}，抓取当时的版本见其网页存档），"
            "按每次实际取得的保存网络应答（WARC）、截图、打印件、页面文字"
        ),
        form("工具只浏览，不提交表单、不下单、不付款；先拍下弹窗再关闭，再展开折叠内容"),
        form(
            "各次取得了哪些、缺哪些、是否只完成一部分，以及所用浏览器、服务器地址、证书，见投诉包内各次抓取的取证说明"
        ),
    )


def _addresses(material: Material) -> dict[str, str]:
    """The address of every capture that the file knows."""
    found = {}
    for change in material.file.changes:
        found[change.before_capture] = found[change.after_capture] = change.page.url
    for blink in material.file.blinks:
        change = blink.change
        found[change.before_capture] = found[change.after_capture] = found[blink.back.capture] = change.page.url
    for page in material.file.pages:
        for seen in (page.before, page.after, page.newest):
            if seen is not None:
                found[seen.capture] = seen.url
    return found


def _capture_row(material: Material, one: Exhibit, addresses: dict[str, str]) -> tuple[Sentence, ...]:
    own = one.id not in claimed_captures(material.file)
    moment = say_exact(one.at) if one.at else "未知"
    return (
        form(f"证{one.number}"),
        form(name_exhibit(material, one)),
        form(material.plain(addresses.get(one.id, "")) or "见该次抓取的记录"),
        form(moment if own else f"{moment}（他人提供，时间为其声称）"),
        form(material.extra.digests.get(one.id, "见投诉包的核验文件")),
    )


def _tell_witnesses(material: Material, captures: Sequence[Exhibit]) -> Block:
    """The tokens of each capture; where there are none at all, one sentence."""
    if not any(_held(material, one) for one in captures):
        return paragraph("时间凭据", (form("所列抓取都没有独立机构的时间戳：时间只依据本机时钟"),))
    rows = [(form(f"证{one.number}"), *_say_witnesses(material, one)) for one in captures]
    return table("时间凭据", ("序号", "凭据"), rows)


def _held(material: Material, one: Exhibit) -> list[Witness]:
    return [
        witness
        for witness in material.extra.witnesses.get(one.id, ())
        if witness.status is TokenStatus.HELD and witness.stamped_at is not None
    ]


def _say_witnesses(material: Material, one: Exhibit) -> tuple[Sentence, ...]:
    held = _held(material, one)
    if not held:
        return (form("没有独立机构的时间戳：时间只依据本机时钟"),)
    return (fact("；".join(_say_witness(witness) for witness in held), (one.number,)),)


def _say_witness(witness: Witness) -> str:
    assert witness.stamped_at is not None
    if witness.is_trusted_timestamp:
        kind = "可信时间戳（联合信任签发，RFC 3161）"
    elif witness.kind is TokenKind.RFC3161:
        kind = f"RFC 3161 时间戳（{witness.signer or witness.authority}）"
    else:
        kind = "OpenTimestamps 证明"
    return f"{kind}：存在于{say_exact(witness.stamped_at)}之前"


def _open_points(material: Material) -> tuple[Sentence, ...]:
    told = ["工具没有记录有第三方在场见证"]
    for one in material.exhibits:
        if one.form == "capture" and one.id in material.file.partial:
            told.append(f"证{one.number}{material.clean(material.file.partial[one.id])}")
    for page in material.file.pages:
        if page.gap_seconds is not None and timedelta(seconds=page.gap_seconds) > _GAP:
            told.append(f"{material.plain(page.url, most=80)}：下单前后两次抓取之间有间隔，间隔期间未观察")
        if page.visits_now:
            told.append(f"{material.plain(page.url, most=80)}：{material.clean(page.visits_now)}")
    return tuple(form(one) for one in dict.fromkeys(told))


def _check() -> tuple[Sentence, ...]:
    return (
        form("用投诉包内的 verify.html（任何浏览器，断网可用）或 cardwatch verify 核对每个文件的校验值和保管链"),
        form("可以要求本人用同样的工具重新打开同一网址比对；页面已变的，以保存的抓取为准"),
    )
