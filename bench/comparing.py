"""Measures comparing: speed beside the diff alone, the worst pairs, and how often the judgement is right.

Run: python bench/comparing.py. CPU milliseconds, medians of 5, caches emptied before each run. The judged sets come
from the shared data folder (CARDWATCH_SHARED or ../shared); without it only our own pairs are measured.
CARDWATCH_JUDGED=FILE measures the judgement on that file alone: pairs as JSON, with effect, kinds and severity.
"""

from __future__ import annotations

import csv
import json
import os
import random
import statistics
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from fast_diff_match_patch import diff as diff_characters

from monitor.changes import assess, entities, normal_forms, paraphrases, second_opinion, signals, stances, units
from monitor.changes.compare import Summary, compare_texts, read_plain, summarise_differences
from monitor.changes.redline import make_redline
from monitor.changes.redline_page import Side, render_redline_html
from scrapers.model import Role
from storage.model import Effect, Severity

ROOT = Path(__file__).parents[1]
RUNS = 5
REPORTED = {"rule", "wording", "price"}


def measure(work: Callable[[], object]) -> float:
    """Median CPU milliseconds with empty caches."""
    times = []
    for _run in range(RUNS):
        empty_caches()
        start = time.process_time()
        work()
        times.append((time.process_time() - start) * 1000)
    return statistics.median(times)


def empty_caches() -> None:
    """Nothing learnt in a run before may help the next; compiled patterns stay."""
    for cached in (
        entities.find_entities, signals.resolve_negations, signals.find_signals, signals.put_defects,
        signals.is_in, assess.judge_changed, second_opinion.read_features,
        stances.read_stances, stances.is_skipped, stances.read_limits, paraphrases.put_canonical_words,
        units.split_units, units.canonical_form,
    ):  # fmt: skip
        cached.cache_clear()
    normal_forms.forget_forms()


def find_shared() -> Path | None:
    """The shared data folder, None where it is absent."""
    folder = Path(os.environ.get("CARDWATCH_SHARED", ROOT.parent / "shared"))
    return folder if (folder / "data").is_dir() else None


def diff_whole(before: str, after: str) -> object:
    """The engine alone, over the whole texts."""
    return diff_characters(before, after, timelimit=1, cleanup="Semantic", counts_only=False)


def make_chinese_pair(size: int = 20_000) -> tuple[str, str]:
    """A text of rules of about `size` bytes and a version with six changes."""
    rng = random.Random(7)
    subjects = ["卡密", "账号", "激活码", "点卡", "会员", "兑换码", "直充订单", "礼品卡"]
    acts = ["无效的", "重复的", "面值不符的", "无法登录的", "未到账的", "被封禁的"]
    ends = [
        "在{n}小时内反馈，核实后换货",
        "凭订单号补发一次",
        "由本店全额退款",
        "三个工作日内原路退回",
        "须在{n}天内提出",
        "质保{n}天",
    ]
    lines = []
    while sum(len(line.encode()) for line in lines) < size:
        number = len(lines) + 1
        rule = rng.choice(ends).format(n=rng.randint(1, 90))
        lines.append(f"{number}. {rng.choice(subjects)}{rng.choice(acts)}，{rule}；买家应当自行保管第{number}号凭证。")
    after = list(lines)
    for place in rng.sample(range(len(after)), 6):
        after[place] = after[place].replace("买家应当自行保管", "买家逾期未保管的，本店不承担责任，由买家保管")
    return "\n".join(lines), "\n".join(after)


def print_speed(shared: Path | None) -> None:
    """Both sides in one run: the engine alone, the two-level diff, the whole comparison, the HTML."""
    pairs = {"20 KB generated": make_chinese_pair()}
    if shared:
        folder = shared / "data" / "terms_pairs"
        for path in sorted(folder.glob("*.before.md")):
            before, after = path.read_text(), (folder / path.name.replace("before", "after")).read_text()
            chinese = sum("\u4e00" <= c <= "\u9fff" for c in before) > len(before) / 3
            if 17_000 < len(before.encode()) < 24_000 and before != after and chinese:
                pairs[f"terms_pairs {path.name[:3]}"] = (before, after)
    print(f"{'pair':22} {'KB':>5} {'dmp alone':>10} {'two-level':>10} {'compare':>10} {'HTML':>10}   CPU ms")
    for name, (before, after) in list(pairs.items())[:8]:
        readings = read_plain(before), read_plain(after)
        differences = compare_texts(before, after)
        side = Side("a", "2026-01-01")
        cells = (
            measure(lambda b=before, a=after: diff_whole(b, a)),
            measure(lambda b=before, a=after: make_redline(b, a)),
            measure(lambda b=before, a=after: compare_texts(b, a)),
            measure(lambda r=readings, d=differences, s=side: render_redline_html(*r, d, old=s, new=s)),
        )  # fmt: skip
        print(f"{name:22} {len(before.encode()) / 1024:5.1f} " + " ".join(f"{cell:10.1f}" for cell in cells))


def make_worst_pairs() -> dict[str, tuple[str, str]]:
    """Texts made to hurt: one endless line, endless clauses, repeats, noise without structure."""
    rng = random.Random(3)
    words = [
        f"第{i}号{rng.choice('甲乙丙丁戊己')}类商品售后{rng.randint(1, 99)}天内{rng.choice('退换补')}"
        for i in range(20_000)
    ]
    return {
        "2 MB of one line": ("退款" * 350_000, "退款" * 349_999 + "换货"),
        "2 MB of one random line": tuple("".join(rng.choices("退款不予售后，", k=700_000)) for _ in range(2)),  # type: ignore[dict-item]
        "100,000 repeated clauses": ("不退不换。\n" * 100_000, "不退不换。\n" * 50_000 + "只换不退。\n" * 50_000),
        "20,000 clauses, all changed": ("\n".join(words), "\n".join(word + "。逾期不补" for word in words)),
        "20,000 clauses, shuffled": ("\n".join(words), "\n".join(rng.sample(words, len(words)))),
        "repeats of three": tuple("".join(rng.choices(["不退。", "退。", "换。\n"], k=200_000)) for _ in range(2)),  # type: ignore[dict-item]
        "only numbers": (" ".join(map(str, range(100_000))), " ".join(map(str, range(100_000, 200_000)))),
        "only brackets": ("【（" * 200_000, "（【" * 200_000),
        "links": ("[a](" * 200_000, "[b](" * 200_000),
    }


def print_worst() -> None:
    """Every pair must end within a second."""
    print("\nworst pairs: CPU seconds for compare, for the redline, coarse or not")
    for name, (before, after) in make_worst_pairs().items():
        empty_caches()
        start = time.process_time()
        compare_texts(before, after)
        middle = time.process_time()
        redline = make_redline(before, after)
        end = time.process_time()
        print(f"  {name:30} {middle - start:6.2f} {end - middle:6.2f} {'coarse' if redline.coarse else 'exact'}")


def print_judgement(shared: Path | None) -> None:
    """How often effect, main kind and severity agree with people."""
    tests = ROOT / "tests/changes"
    sets: dict[str, list[dict[str, object]]] = {
        f"own {name}": tomllib.loads((tests / f"judged_{name}.toml").read_text())["pair"]
        for name in ("changes", "wordings", "paraphrases")
    }
    judged_file = os.environ.get("CARDWATCH_JUDGED")
    if judged_file:
        sets = {Path(judged_file).name: json.loads(Path(judged_file).read_text(encoding="utf-8"))}
    elif shared:
        sets["clause_changes.json"] = json.loads((shared / "data" / "clause_changes.json").read_text())
    print("\njudgement: share that agrees")
    for name, rows in sets.items():
        counts: Counter[str] = Counter()
        per_kind: dict[str, Counter[str]] = {}
        for row in rows:
            judged = summarise_differences(
                compare_texts(str(row["before"]), str(row["after"]), role=Role(str(row.get("role", "terms"))))
            )
            count_row(row, judged, counts, per_kind)
        total = len(rows)
        print(
            f"  {name:22} n={total}  effect {counts['effect'] / total:.3f}  "
            f"main kind named {counts['named'] / total:.3f}, ours among theirs {counts['ours'] / total:.3f}, "
            f"equal {counts['first'] / total:.3f}  "
            f"severity within one {counts['severity'] / (counts['weighed'] or 1):.3f}  "
            f"neutral told as worse {counts['false alarm']}/{counts['neutral']}"
        )
        for kind, found in sorted(per_kind.items(), key=lambda item: -(item[1]["right"] + item[1]["missed"])):
            right, missed, extra = found["right"], found["missed"], found["extra"]
            print(f"      {kind:26} recall {right}/{right + missed}   precision {right}/{right + extra}")


def count_row(row: dict[str, object], judged: Summary, counts: Counter[str], per_kind: dict[str, Counter[str]]) -> None:
    """Add one judged pair to the counts."""
    single = row.get("kind")
    listed = row.get("kinds")
    kinds = [str(kind) for kind in listed] if isinstance(listed, list) else ([str(single)] if single else [])
    counts["effect"] += judged.effect == row["effect"]
    counts["named"] += not kinds or kinds[0] in judged.kinds
    counts["ours"] += not kinds or bool(set(kinds) & set(judged.kinds[:1]))
    counts["first"] += not kinds or kinds[0] in judged.kinds[:1]
    if row["effect"] == "neutral":
        counts["neutral"] += 1
        counts["false alarm"] += judged.effect in (Effect.WORSE, Effect.MIXED)
    if "severity" in row:
        counts["weighed"] += 1
        counts["severity"] += abs(judged.severity.rank - Severity(str(row["severity"])).rank) <= 1
    if isinstance(listed, list):
        for kind in set(kinds) | set(judged.kinds):
            found = per_kind.setdefault(kind, Counter())
            found["right" if kind in kinds and kind in judged.kinds else ("missed" if kind in kinds else "extra")] += 1


def print_noise(shared: Path | None) -> None:
    """Real version pairs: noise must not be reported, changes must."""
    if not shared:
        return
    folder = shared / "data" / "terms_pairs"
    counts: Counter[tuple[str, str]] = Counter()
    with (folder / "index.tsv").open() as file:
        for row in csv.DictReader(file, delimiter="\t"):
            before, after = ((folder / f"{row['id']}.{side}.md").read_text() for side in ("before", "after"))
            classes = {difference.change_class.value for difference in compare_texts(before, after)}
            counts[row["label"], "n"] += 1
            counts[row["label"], "reported"] += bool(classes & REPORTED)
            counts[row["label"], "rule"] += bool(classes & {"rule", "price"})
    print(
        "\nreal version pairs: reported as rule, price or wording "
        "(blinking pairs do differ in text: they are judged in sequences)"
    )
    for label in sorted({label for label, _count in counts}):
        print(
            f"  {label:32} n={counts[label, 'n']:3}  reported {counts[label, 'reported']:3}  "
            f"rule or price {counts[label, 'rule']:3}"
        )


def main() -> None:
    """Print all figures."""
    shared = find_shared()
    if os.environ.get("CARDWATCH_JUDGED"):
        print_judgement(shared)
        return
    if shared is None:
        print("the shared data folder is absent: judged sets and real pairs are left out", file=sys.stderr)
    print_speed(shared)
    print_worst()
    print_judgement(shared)
    print_noise(shared)


if __name__ == "__main__":
    main()
