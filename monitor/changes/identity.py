"""Compares who can be reached and who answers for the page: contacts, authorities, registrations, announced domains.

Takes the units that changed, gives findings. A number replaced by another of its kind is neutral; one that only went
is a channel less; a company or registration that went is a disclosure removed. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from monitor.changes.entities import Entity
from monitor.changes.entity_patterns import EntityKind
from monitor.changes.measures import Finding
from monitor.changes.units import Unit
from storage.model import Effect, Severity

_NEW_DOMAIN = re.compile(
    r"新(?:域名|网址|地址|站)|备用(?:域名|网址|地址|线路)|发布页|最新(?:域名|网址|地址)|永久(?:域名|网址|地址)|(?:更换|启用|迁移|搬)[^,。;]{0,6}(?:域名|网址|到|至)|防(?:丢|失联)|导航页"
)


_CHANNELS = tuple(
    (name, re.compile(words))
    for name, words in (
        ("电话", "电话|热线|座机|来电|致电|拨打"),
        ("微信", "微信|vx|wx|威信|薇信"),
        ("QQ", "qq|扣扣|企鹅"),
        ("邮件", "邮箱|邮件|email|e-mail"),
        ("工单", "工单"),
        ("群", "群(?!发|体)"),
        ("私信", "私信|站内信|留言|旺旺"),
        ("人工客服", "人工(?:客服|服务|坐席)"),
    )
)
_REACHING = re.compile(r"联系|找|客服|售后|投诉|咨询|反馈|申诉|加|打|发|受理|接待|沟通|值班|在线")
_CLOSED = re.compile(
    r"(?<!除)不(?!限|打烊|休|满|间断|论|管)|没有|停|取消|关闭|撤|下线|注销|作废|解散|勿|拒|无法|除[^,。;]{1,12}外(?!,?[^,。;]{0,4}[还另也])"
)

_BEFORE_NAME = re.compile("[由为是原叫:]")
_FORMERLY = re.compile("^原|更名|改名|前身|(?<=[,(])原")
_LURES = re.compile(
    r"(?:私聊|私下|加(?:我|v|微|qq|tg)?)[^,。;]{0,10}(?:付款|转账|打款|优惠|便宜)|(?:付款|转账|打款)[^,。;]{0,6}(?:私聊|私下)"
)
"""A way to reach the seller that is a way to pay him past the shop is no channel for the buyer."""

_FULL = re.compile("满了|已满|满员|人满|群满")
"""A group that is full is no way to reach anybody."""


def _compare_channels(before: Sequence[Unit], after: Sequence[Unit]) -> list[Finding]:
    """The kinds of ways by which someone can be reached, where one side's are all among the other's."""
    old, new = (_channels_of(units) for units in (before, after))
    if not old or not new or old.keys() == new.keys() or not (old.keys() < new.keys() or new.keys() < old.keys()):
        return []
    worse = new.keys() < old.keys()
    kind, effect = ("channel_removed", Effect.WORSE) if worse else ("channel_added", Effect.BETTER)
    severity = Severity.MEDIUM if worse else Severity.NONE
    return [Finding((kind,), effect, severity, "联系方式", "、".join(old), "、".join(new))]


def _channels_of(units: Sequence[Unit]) -> dict[str, Unit]:
    """Ways that are open, by name."""
    found: dict[str, Unit] = {}
    for unit in units:
        if _REACHING.search(unit.sentence) and not _CLOSED.search(unit.plain):
            found |= {name: unit for name, words in _CHANNELS if words.search(unit.plain)}
    return found


def compare_identity(before: Sequence[Unit], after: Sequence[Unit]) -> list[Finding]:
    """Findings about who can be reached and who answers; a new number of the same kind is neutral."""
    findings: list[Finding] = []
    kinds = (EntityKind.CONTACT, EntityKind.AUTHORITY)
    open_ones = ([unit for unit in units if not _FULL.search(unit.plain)] for units in (before, after))
    old, new = ([e for e in _entities(units, kinds) if e.unit != "url"] for units in open_ones)
    findings.extend(_find_domains(before, after))
    if not (old and new) and (channels := _compare_channels(before, after)):
        findings.extend(channels)
        old = new = []
    lost, gained = _count_units(old) - _count_units(new), _count_units(new) - _count_units(old)
    if lost.total() > gained.total():
        grave = any(entity.kind is EntityKind.AUTHORITY for entity in old) or lost.total() > 1
        names = "、".join(entity.text for entity in old)
        findings.append(
            Finding(
                ("channel_removed",),
                Effect.WORSE,
                Severity.HIGH if grave else Severity.MEDIUM,
                "联系方式",
                names,
                "、".join(e.text for e in new),
            )
        )
    elif gained.total() > lost.total() and not any(_LURES.search(unit.plain) for unit in after):
        findings.append(
            Finding(("channel_added",), Effect.BETTER, Severity.NONE, "联系方式", "", "、".join(e.text for e in new))
        )
    elif {e.text for e in old} != {e.text for e in new}:
        findings.append(
            Finding(
                ("contact_changed",),
                Effect.NEUTRAL,
                Severity.NONE,
                "联系方式",
                "、".join(e.text for e in old),
                "、".join(e.text for e in new),
            )
        )
    registered_old, registered_new = (
        _entities(before, (EntityKind.REGISTRATION,)),
        _entities(after, (EntityKind.REGISTRATION,)),
    )
    was, stands = ({_bare_name(e.text) for e in side} for side in (registered_old, registered_new))
    if registered_old and registered_new and was < stands and any(_FORMERLY.search(unit.plain) for unit in after):
        renamed = next((e.text for e in registered_new if _bare_name(e.text) not in was), "")
        told = Finding(
            ("operator_changed",), Effect.NEUTRAL, Severity.NONE, "主体信息", registered_old[0].text, renamed
        )
        return [*findings, told]
    if was and was < stands and any(_FORMERLY.search(unit.plain) for unit in after):
        registered_new = [e for e in registered_new if _bare_name(e.text) not in was]  # 甲公司（原乙公司）
    if len(registered_old) > len(registered_new):
        findings.append(
            Finding(("disclosure_removed",), Effect.WORSE, Severity.CRITICAL, "主体信息", registered_old[0].text, "")
        )
    elif len(registered_new) > len(registered_old):
        findings.append(
            Finding(("disclosure_added",), Effect.BETTER, Severity.NONE, "主体信息", "", registered_new[0].text)
        )
    elif {e.text for e in registered_old} != {e.text for e in registered_new}:
        findings.append(
            Finding(
                ("operator_changed",),
                Effect.NEUTRAL,
                Severity.NONE,
                "主体信息",
                registered_old[0].text,
                registered_new[0].text,
            )
        )
    return findings


def _find_domains(before: Sequence[Unit], after: Sequence[Unit]) -> list[Finding]:
    """An address that is announced as the new one: the trace by which a platform is followed."""
    known = {entity.text for entity in _entities(before, (EntityKind.CONTACT,))}
    for unit in after:
        for entity in unit.entities:
            if entity.unit == "url" and entity.text not in known and _NEW_DOMAIN.search(unit.sentence):
                return [Finding(("domain_announced",), Effect.NEUTRAL, Severity.MEDIUM, "新域名", "", entity.text)]
    return []


def _entities(units: Sequence[Unit], kinds: tuple[EntityKind, ...]) -> list[Entity]:
    return [entity for unit in units for entity in unit.entities if entity.kind in kinds]


def _bare_name(text: str) -> str:
    """The name of a company without the words before it that were taken with it: 本店由某某公司."""
    return _BEFORE_NAME.split(text)[-1]


def _count_units(entities: Sequence[Entity]) -> Counter[str]:
    return Counter(entity.unit or entity.text for entity in entities)
