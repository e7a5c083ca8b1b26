"""Tells a report to a person: the verdict first, what it means, what was found, what to do next. Chinese or English.

Gives lines of text; what comes from a package is hostile, and the caller makes each line safe for a terminal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from monitor.times import show_time
from monitor.verify.checks import KINDS, Check, CheckKind, Said, Status
from monitor.verify.verdict import TITLES, Facts, FileTold, Report, Subject, Verdict

_SHOWN = 8
_SHOWN_FILES = 60
_MARKS = {
    Status.PASSED: Said("通过", "passed"),
    Status.FAILED: Said("不符", "FAILED"),
    Status.ABSENT: Said("缺失", "ABSENT"),
    Status.CANNOT_SAY: Said("不明", "unsure"),
    Status.REDACTED: Said("遮盖", "hidden"),
}
_NOTE = Said("说明", "note")
_NOTED = ("other_files", "pack_made")
_FILES = {
    "original": Said("原件", "original"),
    "masked": Said("遮盖副本", "masked copy"),
    "capture": Said("抓取", "capture"),
    "made": Said("为本包制作，未经证明", "made for this pack, not proven"),
}
_PACK = Said(
    "包内文件与保管链密钥签过的清单逐一相符；其中的证据原件自入档以来未被改动，遮盖副本就是登记的那一份",
    "the files are those that the log's key signed for; originals are unchanged since they were kept, masked copies "
    "are those that were registered",
)
_PACK_MADE = Said(
    "文书等为本包制作的文件只证明在清单之内，内容是制作人自己的陈述。",
    "What was made for the pack is only signed for: what it says is its maker's word.",
)
_GRAVITY = (Status.FAILED, Status.ABSENT, Status.REDACTED, Status.CANNOT_SAY, Status.PASSED)
_ANCHORS = {
    "token": Said("受信任的时间戳", "a trusted time token"),
    "pinned_key": Said("您预先取得的公钥", "the key that you had from elsewhere"),
    "earlier_checkpoint": Said("您保存的更早检查点", "the earlier checkpoint that you kept"),
}
_MEANINGS = {
    Verdict.ALTERED: Said(
        "至少一处与封存时不同，见下面标为“不符”的各项。其余通过的项目仍然成立。",
        "something is not as it was sealed: see what is marked FAILED. What passed still holds.",
    ),
    Verdict.INCOMPLETE: Said(
        "没有发现矛盾，但缺少证明提到的部分，见标为“缺失”的各项。",
        "nothing contradicts, but parts that the proof names are not here: see what is marked ABSENT.",
    ),
    Verdict.CANNOT_SAY: Said(
        "能做的检查都成立：没有签名密钥的人没有改动过。但没有外部依据，无法排除密钥持有人自己重做。",
        "every check that can be made holds: nobody without the signing key changed anything. But nothing from outside "
        "rules out that the key's holder made it anew.",
    ),
}
_NOTHING = Said(
    "里面没有 cardwatch 的证明材料，无从核验它是否被改动。",
    "there is no proof of cardwatch in it, so nobody can tell whether it was changed.",
)
_NEXT = {
    Verdict.INTACT: Said(
        "请原样保存此文件，连同其 SHA-256；转交时附上核验方法。",
        "keep this file as it is, with its SHA-256; hand on with it how it was checked.",
    ),
    Verdict.ALTERED: Said(
        "不要把它当作原件使用。保留这份文件，向提供者索取原始导出文件，再核验一次。",
        "do not use it as the original. Keep it, ask whoever gave it for the original export, and check again.",
    ),
    Verdict.INCOMPLETE: Said(
        "向提供者索取完整文件（或重新下载），再核验一次。",
        "ask for the whole file, or download it again, and check again.",
    ),
    Verdict.CANNOT_SAY: Said(
        "向取证者以外的渠道取得其公钥（--key）或更早的检查点（--earlier）；或请取证者加盖时间戳后重新导出。",
        "get the key (--key) or an earlier checkpoint (--earlier) from elsewhere than its maker, or ask the maker for "
        "an export with a time token.",
    ),
}
_NEXT_BARE = Said(
    "请索取 cardwatch 导出的完整 .wacz 文件（或其完整文件夹、装有它的 ZIP），再核验那一份。",
    "ask for the whole .wacz file that `cardwatch export` wrote (or its folder, or a ZIP with it), and check that.",
)
_NEXT_UNTRUSTED = Said(
    "里面有时间戳，只是其机构未获信任。若您信任该机构，从它自己的网站取得根证书，用 --trust 指定；"
    "或向取证者以外的渠道取得其公钥（--key）或更早的检查点（--earlier）。",
    "there is a time token, but its authority is not trusted yet. If you trust it, get its root certificate from its "
    "own site and name it with --trust; or get the key (--key) or an earlier checkpoint (--earlier) from elsewhere "
    "than its maker.",
)


def tell_report(report: Report, language: str, *, quiet: bool = False) -> Iterator[str]:
    """Give the lines about one target; with `quiet` only the verdicts."""
    shown = [subject for subject in report.subjects if _is_told(subject)]
    if len(shown) != 1:
        title = TITLES[report.verdict].in_language(language)
        count = Said(f"共核验 {len(shown)} 项", f"{len(shown)} things were checked").in_language(language)
        yield f"{title}  {report.target}  ({count})"
    for number, subject in enumerate(shown):
        if number or len(shown) != 1:
            yield ""
        yield f"{TITLES[subject.verdict].in_language(language)}  {subject.name}"
        if not quiet:
            yield from _tell_subject(subject, language)


def meaning_of(subject: Subject) -> Said:
    """Give what the verdict of a thing means, in a sentence or two."""
    if subject.verdict is not Verdict.INTACT:
        return _NOTHING if _is_bare(subject) else _MEANINGS[subject.verdict]
    if subject.kind == "container":
        return Said(
            "容器本身没有问题；各份导出的结论见下。", "the container itself is in order; for each export see below."
        )
    facts = subject.facts
    zh = "、".join(_ANCHORS[name].zh for name in facts.anchors)
    en = " and ".join(_ANCHORS[name].en for name in facts.anchors)
    what = Said("自封存以来未被改动", "unchanged since it was sealed")
    if subject.kind == "pack":
        when = Said("时间只凭取证者自己的时钟", "their time rests on their maker's own clock alone")
        if facts.proven_before is not None:
            at = show_time(facts.proven_before)
            when = Said(f"证据在 {at} 之前已经存在", f"the evidence existed before {at}")
        return Said(
            f"{_PACK.zh}；{when.zh}。依据：{zh}。{_PACK_MADE.zh}",
            f"{_PACK.en}; {when.en}. Rests on {en}. {_PACK_MADE.en}",
        )
    if facts.redacted:
        what = Said(
            "除写明遮盖的部分外，自封存以来未被改动", "unchanged since it was sealed, but for what is said to be hidden"
        )
    if facts.proven_before is not None:
        at = show_time(facts.proven_before)
        if subject.kind == "store" and any(
            check.id == "token_time" and check.status is Status.CANNOT_SAY for check in subject.checks
        ):  # a token says nothing of the entries that came after it
            return Said(
                f"{what.zh}；盖有时间戳的部分在 {at} 之前已经存在，其余条目的时间只凭取证者自己的时钟。依据：{zh}。",
                f"{what.en}; the part that is stamped existed before {at}, the time of the other entries rests on "
                f"their maker's own clock alone. Rests on {en}.",
            )
        return Said(
            f"{what.zh}，且在 {at} 之前已经存在。依据：{zh}。", f"{what.en}, and existed before {at}. Rests on {en}."
        )
    return Said(
        f"{what.zh}。依据：{zh}。时间只凭取证者自己的时钟。",
        f"{what.en}. Rests on {en}. Its time rests on its maker's own clock alone.",
    )


def next_of(subject: Subject) -> Said:
    """Give what to do next."""
    if _is_bare(subject):
        return _NEXT_BARE
    if subject.verdict is Verdict.CANNOT_SAY and any(not stamp.trusted for stamp in subject.facts.stamps):
        return _NEXT_UNTRUSTED
    return _NEXT[subject.verdict]


def _is_bare(subject: Subject) -> bool:
    """Whether it holds no proof at all, so that no key or token could help."""
    proven = all(check.id != "nothing_proven" for check in subject.checks)
    return subject.verdict is Verdict.CANNOT_SAY and not proven


def _is_told(subject: Subject) -> bool:
    return (
        subject.kind != "container"
        or subject.verdict is not Verdict.INTACT
        or any(check.status is not Status.PASSED for check in subject.checks)
    )


def _tell_subject(subject: Subject, language: str) -> Iterator[str]:
    yield "  " + meaning_of(subject).in_language(language)
    yield from _tell_facts(subject.facts, language)
    groups: dict[tuple[str, Status], list[Check]] = {}
    for check in subject.checks:
        groups.setdefault((check.id, check.status), []).append(check)
    order = list(KINDS)
    for (name, status), checks in sorted(
        groups.items(), key=lambda item: (_GRAVITY.index(item[0][1]), _is_note(*item[0]), order.index(item[0][0]))
    ):
        yield from _tell_group(KINDS[name], status, checks, language)
    yield "  " + Said("接下来：", "next: ").in_language(language) + next_of(subject).in_language(language)


def _tell_facts(facts: Facts, language: str) -> Iterator[str]:
    def line(zh: str, en: str, value: str) -> str:
        return f"  {Said(zh + '：', en + ': ').in_language(language)}{value}"

    def at(moment: datetime | None) -> str:
        return show_time(moment) if moment else Said("不明", "unknown").in_language(language)

    if facts.capture:
        yield line("抓取", "capture", f"{facts.capture}  {facts.url}")
        if facts.title:
            yield line("标题", "title", facts.title)
        own = Said("（取证者的时钟）", " (its maker's clock)").in_language(language)
        yield line("抓取时间", "captured", f"{at(facts.started_at)} – {at(facts.ended_at)}{own}")
        yield line("登记时间", "entered", f"{at(facts.sealed_at)}{own}")
    if facts.pack is not None:
        yield line("案件", "case", f"{facts.pack.case}  {facts.pack.channel}".strip())
        yield line("制作时间", "made", at(facts.pack.made_at))
        yield from _tell_files(facts.pack.files, language)
    if facts.origin:
        entries = Said(f"（共 {facts.size} 条）", f" ({facts.size} entries)").in_language(language)
        yield line("保管链", "log", facts.origin + (entries if facts.size is not None else ""))
    for stamp in facts.stamps:
        trust = Said("受信任", "trusted") if stamp.trusted else Said("未获信任", "not trusted")
        who = f"{stamp.authority} ({stamp.root})" if stamp.root else stamp.authority
        yield line("时间戳", "token", f"{who}  {at(stamp.time)}  {trust.in_language(language)}")
    if facts.key:
        yield line("公钥", "key", facts.key)


def _tell_files(files: Sequence[FileTold], language: str) -> Iterator[str]:
    """Say of each file of a pack what it is and whether that holds."""
    for file in files[:_SHOWN_FILES]:
        mark = (_NOTE if file.what == "made" and file.status is Status.CANNOT_SAY else _MARKS[file.status]).in_language(
            language
        )
        about = file.id if not file.original else f"{file.id} ← {file.original}"
        about = f"{about}  {file.masked}" if file.masked else about
        yield f"    [{mark}] {file.path}  {_FILES[file.what].in_language(language)}  {about}".rstrip()
    if len(files) > _SHOWN_FILES:
        yield f"    {Said('其余见', 'the rest:').in_language(language)} --json"


def _tell_group(kind: CheckKind, status: Status, checks: Sequence[Check], language: str) -> Iterator[str]:
    mark = (_NOTE if _is_note(kind.id, status) else _MARKS[status]).in_language(language)
    colon = Said("：", ": ").in_language(language)
    head = f"  [{mark}] {kind.title.in_language(language)}"
    if status is Status.PASSED:
        details = [check.detail.in_language(language) for check in checks if check.detail.zh]
        many = f" ({_count(checks, language)})" if len(checks) > 1 else ""
        more = f" ({details[0]})" if len(checks) == 1 and details else many
        yield f"{head}{colon}{kind.proves.in_language(language)}{more}"
        return
    if len(checks) == 1:
        yield f"{head}{colon}{_show(checks[0], language)}"
        return
    yield f"{head}{colon}{_count(checks, language)}"
    for check in checks[:_SHOWN]:
        yield f"      {_show(check, language)}"
    if len(checks) > _SHOWN:
        yield f"      {Said('其余见', 'the rest:').in_language(language)} --json"


def _is_note(kind: str, status: Status) -> bool:
    """Whether it only tells of files that no proof covers, which is no doubt about those that one does."""
    return kind in _NOTED and status is Status.CANNOT_SAY


def _count(checks: Sequence[Check], language: str) -> str:
    return Said(f"{len(checks)} 处", f"{len(checks)} places").in_language(language)


def _show(check: Check, language: str) -> str:
    detail = check.detail.in_language(language)
    return f"{check.about}  {detail}" if check.about else detail
