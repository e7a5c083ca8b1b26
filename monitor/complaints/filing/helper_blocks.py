"""Who acts for the buyer, and by which papers: a helper without a name, without an authority, under the buyer's name.

Takes a case file and a channel that is a body (12315, 消协, court), gives what is missing with the article. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.complaints.filing.authority_blocks import find_authority_blocks, tell_authority
from monitor.complaints.filing.grounds import find_grounds
from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.filing_words import find_clause, pattern


def find_helper_blocks(file: CaseFile, channel: str) -> list[Missing]:
    """What is missing where somebody acts for the buyer, or the story says that somebody does."""
    facts = file.case.facts
    helper, found = facts.helper.name.strip(), list[Missing]()
    found += _of_names(file, channel)
    said = find_clause(facts, "for_another")
    acts = bool(facts.helper_role.strip()) or bool(said and not (facts.minor and facts.guardian.name.strip()))
    if acts and not helper:
        why = f"经过中写有“{said[:30]}”" if said else f"写了与买家的关系（{facts.helper_role.strip()[:20]}）"
        found.append(
            Missing(
                "helper_name",
                "代办人的姓名和委托书，或以买家本人的口吻写经过",
                f"{why}，而材料里没有代办人：代为投诉要写明受托人并提交授权委托书",
                "由别人代办的填 helper.name、helper.phone；本人自己提交的，改写经过并清空 helper_role；"
                "买家未成年的填 minor=是 和 guardian.name",
                find_grounds(file, channel, ("tsjb-11",)),
                said if not facts.helper_role.strip() else "",
            )
        )
    empty = [
        item
        for item in file.items
        if item.kind == "authorisation"
        and item.removed_at is None
        and item.text_source != "ocr"
        and item.text.strip()
        and pattern("bills", "blank_authority").search(item.text)
    ]
    if helper and not empty and not any(one.field == "authorisation" for one in found):
        found += find_authority_blocks(file, channel)
        found += _of_helper_identity(file, channel)
    if helper and empty:
        found.append(
            Missing(
                "authorisation",
                "签了名的授权委托书",
                f"所放入的“{empty[0].title}”是空白的",
                tell_authority(file),
                find_grounds(file, channel, ("tsjb-11",)),
            )
        )
    return found


def _of_names(file: CaseFile, channel: str) -> list[Missing]:
    """Names that must be of two persons, and those that an authority must hold."""
    facts, found = file.case.facts, []
    buyer, guardian, helper = (one.name.strip() for one in (facts.buyer, facts.guardian, facts.helper))
    if facts.minor and guardian and guardian == buyer:
        found.append(
            Missing(
                "guardian_name",
                "监护人自己的姓名",
                f"监护人与未成年的买家同名（“{guardian}”）：未成年人不能自己作法定代理人",
                "填写父母或其他监护人的姓名（case set 案件 guardian.name=姓名）",
                find_grounds(file, channel, ("tsjb-11",)),
            )
        )
    principal = guardian if facts.minor else buyer
    if helper and helper == principal:
        found.append(
            Missing(
                "helper_name",
                "与投诉人不同的代办人",
                f"代办人与投诉人同名（“{helper}”）：自己不能受自己委托",
                "本人提交的，清空代办人（case set 案件 helper.name= helper_role=）；别人代办的，填代办人的姓名",
                find_grounds(file, channel, ("tsjb-11",)),
            )
        )
    for item in file.items:
        if item.kind != "authorisation" or item.removed_at is not None or item.text_source == "ocr" or not helper:
            continue
        text = "".join(item.text.split())
        lacking = [name for name in (principal, helper) if name and name not in text]
        if lacking and pattern("bills", "named_authority").search(text):
            found.append(
                Missing(
                    "authorisation",
                    "本案委托人和受托人的授权委托书",
                    f"所放入的“{item.title}”中没有“{'”“'.join(lacking)}”：不是为本案出具的委托书",
                    tell_authority(file),
                    find_grounds(file, channel, ("tsjb-11", "tsjb-16")),
                )
            )
            break
    return found


def _of_helper_identity(file: CaseFile, channel: str) -> Iterator[Missing]:
    if not any(item.kind == "authorisation" and item.removed_at is None for item in file.items):
        return  # asked for together with it
    helper = file.case.facts.helper.name.strip()
    papers = [item for item in file.items if item.kind == "identity" and item.removed_at is None]
    unread = any(item.text_source == "ocr" or not item.text.strip() for item in papers)
    if papers and (unread or any(helper in "".join(item.text.split()) for item in papers)):
        return
    yield Missing(
        "helper_identity",
        f"受托人{helper}的身份证明",
        "有授权委托书而没有受托人的身份证明，代为投诉会被退回" + ("；所放入的身份证明是别人的" if papers else ""),
        "放入受托人身份证的照片（case add 案件 文件 --kind identity）；它只随投诉交给受理机关",
        find_grounds(file, channel, ("tsjb-11",)),
    )
