"""The Chinese sentence that says why a site is, or may be, where another one moved to. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.operators.kind_words import KIND_WORDS
from monitor.operators.move_signals import Way
from storage.identity import Move, MoveKind

WAY_WORDS = {
    Way.PERMANENT: "旧站永久跳转（301/308）到新站",
    Way.TEMPORARY: "旧站跳转（302/307）到新站",
    Way.PAGE: "旧站页面自动跳转到新站",
    Way.FRAME: "旧站整页嵌入新站",
    Way.NOTICE: "旧站公告新网址",
    Way.BACKUP: "旧站列为备用网址",
    Way.RELEASE: "旧站的发布页改列新站",
    Way.RELEASE_MIRROR: "旧站的发布页并列新站",
    Way.CLAIM: "新站自称原为旧站",
    Way.PARTNER: "旧站把它列为分站或合作站",
}
SIGNAL_WORDS = {
    **{way.value: words for way, words in WAY_WORDS.items()},
    "release_shared": "新站也以同一发布页为自己的发布页",
    "name": "名称相近",
    "time": "新站出现在旧站停用前后",
    "sibling": "同名不同编号或后缀的域名可以解析",
}
_KIND_WORDS = {
    MoveKind.SUCCESSOR: "判断为后继域名",
    MoveKind.MIRROR: "两站长期同时开放，属于镜像，不算搬迁",
    MoveKind.BRANCH: "属于分站或合作站，不等于平台搬迁",
    MoveKind.CANDIDATE: "仅为候选，不能认定为同一平台",
}
_MOST_NAMED = 4
_MOST_TOLD = 3
_LINK = "link:"
_LEAST = 0.05  # bits; less is shown as 0.0


def say_signal(name: str, bits: float = 0.0) -> str:
    """A signal of a move in Chinese; a link's row by the kind of its identifier, and whether it agrees or differs."""
    if name.startswith(_LINK):
        kind = name.removeprefix(_LINK)
        word = KIND_WORDS.get(kind, kind)
        return f"{word}不一致" if bits < 0 else f"共有{word}"
    return SIGNAL_WORDS.get(name, name)


def telling_signals(move: Move) -> tuple[tuple[str, float, str], ...]:
    """The signals worth a line: what ties or parts the two by nothing at all is left out."""
    return tuple(row for row in move.signals if abs(row[1]) >= _LEAST or not row[0].startswith(_LINK))


def say_briefly(move: Move, *, proofs: bool = True) -> str:
    """What the old side says, with one proof each, then what ties the two; of a candidate why it is no more."""
    if move.decided_by or move.kind is MoveKind.CANDIDATE:
        return move.reason
    said = [say_signal(name) + (f" [{proof}]" if proofs else "") for name, _, proof in move.signals if proof]
    kinds = dict.fromkeys(name for name, bits, _ in move.signals if bits > 0 and name.startswith(_LINK))
    ties = [say_signal(name).removeprefix("共有") for name in kinds]
    parts = said[:_MOST_TOLD]
    if ties:
        more = f"等 {len(ties)} 种标识" if len(ties) > _MOST_TOLD else ""
        parts.append(f"两站共有{'、'.join(ties[:_MOST_TOLD])}{more}")
    return "；".join(parts) or move.reason


def say_reason(kind: MoveKind, rows: Iterable[tuple[str, float, str]], *, link_bits: float, late: bool) -> str:
    """One sentence: what speaks for it, what is missing, and what it therefore is."""
    listed = list(rows)
    speaking = [say_signal(name) for name, bits, _ in listed if bits > 0][:_MOST_NAMED]
    against = [say_signal(name, bits) for name, bits, _ in listed if bits < 0][:2]
    parts = ["、".join(dict.fromkeys(speaking)) or "没有信号"]
    if against:
        parts.append(f"但{'、'.join(against)}")
    if kind is MoveKind.CANDIDATE:
        parts.append(_say_lack(listed, link_bits, late=late))
    return "；".join(part for part in parts if part) + f"：{_KIND_WORDS[kind]}"


def say_passed_over(move: Move) -> str:
    """The reason of a move that would be one, had the old side not said itself that it went elsewhere."""
    signs = move.reason.removesuffix(f"：{_KIND_WORDS[MoveKind.SUCCESSOR]}")
    return f"{signs}；旧站另有指明的去处：{_KIND_WORDS[MoveKind.CANDIDATE]}"


def _say_lack(rows: list[tuple[str, float, str]], link_bits: float, *, late: bool) -> str:
    names = {name for name, bits, _ in rows if bits > 0}
    if names <= {"name", "sibling", "time"}:
        return "只有名称相近，没有旧站一方的说法，也没有共同标识"
    if late:
        return "双方相同的文字是新站或别的网站先出现的，可能是照抄"
    if names & {way.value for way in Way if way not in (Way.CLAIM, Way.PARTNER)}:
        why = "共同标识不够，或跳转只见到一次，或只有发布页这样说，或公告像是随页面照抄来的；不排除被劫持或推广"
        return f"旧站一方有指向，但不足以认定（{why}）"
    if Way.CLAIM.value in names:
        return "只有新站单方自称，任何人都可以这样写"
    return "没有旧站一方的说法，共同标识又可以照抄" if link_bits > 0 else "没有旧站一方的说法"
