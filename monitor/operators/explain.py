"""Links as a reader can doubt them: a row for all that agrees or differs, in bits that add up.

The rows come out of the same function that scores; nothing here computes a bit of its own. `without` is the band that
the link would have if the row were not there.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np

from monitor.operators.columns import Columns, Small, to_time
from monitor.operators.contrary import rank_in_groups
from monitor.operators.model import Band, ForgeClass, Link, LinkRow
from monitor.operators.pairs import Pairs
from monitor.operators.scorer import Scorer
from monitor.operators.scoring import SAME_SUFFIX, Scores, score_pairs
from monitor.operators.shared_rows import DAY
from monitor.operators.weights import KindWeight

PRIOR, RELATION = "prior", "other_explanation"
SAME_SUFFIX_ZH = "两个网站同时展示同一个网站序号，而每个网站应有各自的序号，有照抄的可能"
BANDS = (Band.LEAD, Band.PROBABLE, Band.CONFIRMED)
DECIDED = {1: "same", -1: "different"}
MOST_ROWS = 40
MANY = 3  # other sites from which on it can be said that they contradict each other
_CHUNK = 20_000
_FORGED = {
    ForgeClass.CONTROL: "须掌握账户、密钥或服务器才能出现",
    ForgeClass.REGISTRY: "来自登记信息",
    ForgeClass.TEXT: "页面文字或代码，任何人都可照抄",
    ForgeClass.NONE: "本身不说明归属",
}


def explain_links(scorer: Scorer, pairs: Pairs, decided: Small, *, without: bool = False) -> tuple[Link, ...]:
    """The links of pairs, in their order. `without` also asks what each row changes, which costs a score a row."""
    links: list[Link] = []
    for at in range(0, len(pairs), _CHUNK):
        part = pairs.part(slice(at, at + _CHUNK))
        scores = score_pairs(scorer, part)
        rows = _rows_of(scorer, part, scores, without)
        for number in range(len(part)):
            agreeing, contrary = rows[number]
            said = int(decided[at + number])
            names = scorer.columns.sites
            links.append(
                Link(
                    names[int(part.a[number])],
                    names[int(part.b[number])],
                    round(float(scores.bits[number]), 2),
                    BANDS[int(scores.band[number])] if not said else Band.CONFIRMED if said > 0 else Band.LEAD,
                    tuple(agreeing),
                    tuple(contrary[:MOST_ROWS]),
                    DECIDED.get(said, ""),
                )
            )
    return tuple(links)


def _rows_of(scorer: Scorer, pairs: Pairs, scores: Scores, without: bool) -> list[tuple[list[LinkRow], list[LinkRow]]]:
    columns = scorer.columns
    bands = _bands_without(scorer, pairs, scores) if without else {}
    found: list[tuple[list[LinkRow], list[LinkRow]]] = [([], []) for _ in range(len(pairs))]
    for number in range(len(scores.rows.pair)):
        pair, row_a, row_b = (int(part[number]) for part in (scores.rows.pair, scores.rows.row_a, scores.rows.row_b))
        kind = scorer.weights.kinds[columns.kinds[int(scores.rows.kind[number])]]
        value = int(columns.value[row_a])
        bits, suffix = float(scores.rows.bits[number]), int(scores.rows.suffix[number])
        row = LinkRow(
            kind.kind, columns.values[value], round(bits, 2), _say_agreement(scorer, kind, number, scores),
            kind.family, kind.forge, "", *_places(columns, row_a, row_b), *_times(columns, row_a, row_b),
            sites=_elsewhere(scorer, value), without=bands.get((pair, value)),
        )  # fmt: skip
        found[pair][0].append(row)
        if suffix == 1 and int(scores.rows.rank[number]) < 2:
            found[pair][1].append(
                LinkRow(kind.kind, columns.values[value], SAME_SUFFIX,
                        SAME_SUFFIX_ZH, kind.family, kind.forge)
            )  # fmt: skip
    differences = scores.differences
    for number in range(len(differences.pair)):
        row_a, row_b = int(differences.row_a[number]), int(differences.row_b[number])
        kind = scorer.weights.kinds[columns.kinds[int(columns.kind[columns.value[row_a]])]]
        found[int(differences.pair[number])][1].append(
            LinkRow(
                kind.kind, columns.values[int(columns.value[row_a])], round(float(differences.bits[number]), 2),
                f"同一时期两个网站的{kind.zh}不同", kind.family, kind.forge,
                columns.values[int(columns.value[row_b])], *_places(columns, row_a, row_b),
                *_times(columns, row_a, row_b),
            )
        )  # fmt: skip
    for pair, (agreeing, contrary) in enumerate(found):
        taken, relation = float(scores.explained[pair]), int(scores.relation[pair])
        if taken < -0.005:
            other = scorer.weights.explanations[relation].zh if relation >= 0 else "其他关系"
            contrary.append(LinkRow(RELATION, other, round(taken, 2), f"上述共同点也可以由“{other}”解释，相应扣减"))
        agreeing.sort(key=lambda row: (-row.bits, row.kind, row.value))
        contrary.sort(key=lambda row: (row.bits, row.kind, row.value))
        del agreeing[MOST_ROWS:]  # those that add nothing stand last
        agreeing.append(LinkRow(PRIOR, "", round(scorer.prior, 2), "起点：任意两个网站同属一家的可能性很小"))
    return found


def _bands_without(scorer: Scorer, pairs: Pairs, scores: Scores) -> dict[tuple[int, int], Band]:
    pair = scores.rows.pair
    if not len(pair):
        return {}
    # Rows stand family by family, the strongest first: what is not told is not asked, for each asks for a score.
    order = np.lexsort((-scores.rows.bits, pair))
    order = order[rank_in_groups(pair[order].astype(np.int64)) < MOST_ROWS]
    pair, value = pair[order], scorer.columns.value[scores.rows.row_a[order]]
    left = score_pairs(scorer, pairs.part(pair.astype(np.int64)), dropped=(np.arange(len(pair), dtype=np.int32), value))
    return {(int(one), int(other)): BANDS[int(band)] for one, other, band in zip(pair, value, left.band, strict=True)}


def _say_agreement(scorer: Scorer, kind: KindWeight, number: int, scores: Scores) -> str:
    columns, rows = scorer.columns, scores.rows
    row_a, row_b = int(rows.row_a[number]), int(rows.row_b[number])
    value = int(columns.value[row_a])
    bits, rank, others = float(rows.bits[number]), int(rows.rank[number]), _elsewhere(scorer, value)
    if kind.family == "succession" and kind.kind != "release_page":
        pointing = "甲站指向乙站" if columns.target[row_b] else "乙站指向甲站"
        text = f"{kind.zh}：{pointing}"
        if kind.kind == "redirect" and not rows.proof[number]:
            text += "；发出跳转的网站并非先展示双方共同内容的一方，不能排除照抄者所为"
    elif kind.kind == "release_page" and columns.target[row_a] != columns.target[row_b]:
        naming, named = ("甲站", "乙站") if columns.target[row_b] else ("乙站", "甲站")
        text = f"{kind.zh}：{naming}把{named}列为发布页或备用地址，只有一方这样写"
    else:
        if kind.kind == "registrant" and not (
            scorer.checked[columns.site[row_a]] and scorer.checked[columns.site[row_b]]
        ):
            return f"两个网站的{kind.zh}相同，由注册者自行填写、登记机构不核验，不作为证明"
        registered = "registry" in _places(columns, row_a, row_b)
        forged = _FORGED[ForgeClass.REGISTRY if registered and kind.forge is ForgeClass.TEXT else kind.forge]
        text = f"两个网站的{kind.zh}相同，{forged}"
    if rows.remains[number]:
        text += "；出现在评论、注释或第三方框架中，像是照抄或冒充者留下的"
    if float(scorer.common.shared[value]) >= 0.5:
        if others < MANY:
            return f"{text}；多由主机商、程序或他人提供，不能确定为自有，折减计分"
        return f"{text}；另有{others}个网站也有，且这些网站过多或彼此矛盾，视为共享标识，计分很低或不计"
    if rows.came[number] or rows.went[number]:
        ways = [word for word, flags in (("换上", rows.came), ("撤下", rows.went)) if flags[number]]
        text += f"；两站在相隔不过三日内都{'、'.join(ways)}，只照抄一次的网站做不到"
    if others:
        text += f"；另有{others}个网站也有"
    if rank >= 2:
        return f"{text}；同类已有更强的两项，不再计分"
    if rank == 1:
        text += "；同类第二项，减半计分"
    gap = _gap_days(columns, row_a, row_b)
    if gap > 1 and not (columns.target[row_a] or columns.target[row_b]):
        text += f"；两站出现时间相隔{gap}天，已按时间折减"
    if int(rows.suffix[number]) == 2:
        text += "；网站序号不同，像是同一主体的多个备案网站"
    return text if bits > 0 else f"{text}；不足以计分"


def _gap_days(columns: Columns, row_a: int, row_b: int) -> int:
    first_a, last_a = int(columns.first[row_a]), int(columns.last[row_a])
    first_b, last_b = int(columns.first[row_b]), int(columns.last[row_b])
    return max(0, first_a - last_b, first_b - last_a) // DAY


def _elsewhere(scorer: Scorer, value: int) -> int:
    return max(0, int(scorer.common.counts[value]) - 2)


Times = tuple[datetime, datetime, datetime, datetime]


def _places(columns: Columns, row_a: int, row_b: int) -> tuple[str, str]:
    def place(row: int) -> str:
        return "" if columns.target[row] else columns.places[int(columns.place[row])]

    return place(row_a), place(row_b)


def _times(columns: Columns, row_a: int, row_b: int) -> Times:
    first, last = columns.first, columns.last
    return to_time(first[row_a]), to_time(last[row_a]), to_time(first[row_b]), to_time(last[row_b])
