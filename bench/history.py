"""Times the questions about the history on generated archives of 10,000 and 1,000,000 captures, and search.

Run `python bench/history.py` (about five minutes, 2 GB in a temporary folder; `--small` for a look in seconds).
Prints p50 and p95 in milliseconds in this process, and the CPU time of the help texts.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select

from scrapers.model import Block, BlockKind, Fact, FactKind, Origin, Outcome, Reading, Role, Source
from storage.captures import last_starts, list_captures
from storage.changes import list_changes, unalerted
from storage.ids import new_id
from storage.model import ChangeClass, ChangeStatus, Severity
from storage.pages import ensure_page, find_pages
from storage.readings import digest_reading, digest_text, pack_reading, pack_text
from storage.search import index_text, search_texts
from storage.session import Database, Session
from storage.tables import CaptureRow, ChangeRow, PageRow, ReadingRow, TextRow, VersionRow
from storage.versions import versions_around

START = datetime(2025, 1, 1, tzinfo=UTC)
SPAN = timedelta(days=600)
PLATFORMS = 50
CHUNK = 20_000
Question = Callable[[Session, random.Random], object]


def main() -> None:
    """Generate, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a hundredth of the size")
    scale = 100 if parser.parse_args().small else 1
    with tempfile.TemporaryDirectory(prefix="cardwatch-bench-") as folder:
        for captures, pages in ((10_000, 500), (1_000_000 // scale, 5_000 // scale)):
            time_history(Path(folder), captures, pages)
        time_search(Path(folder), 100_000 // scale)
    time_help()


def time_history(folder: Path, captures: int, pages: int) -> None:
    """Build an archive of so many captures and time its questions."""
    database = Database(f"sqlite:///{folder}/history-{captures}-{pages}.db")
    database.migrate()
    chance = random.Random(captures)
    began = time.perf_counter()
    urls = fill_pages(database, pages)
    keys = fill_readings(database, chance, max(100, captures // 50))
    fill_captures(database, chance, captures, keys)
    fill_changes(database, chance, captures)
    size = Path(str(database.url.database)).stat().st_size
    took = time.perf_counter() - began
    print(f"\n{captures:,} captures of {pages:,} pages ({size / 1e6:,.0f} MB, made in {took:.0f} s): p50 / p95 in ms")
    for name, question in history_questions(urls).items():
        print_times(name, database, question)
    database.close()


def history_questions(urls: Sequence[str]) -> dict[str, Question]:
    """The questions that the commands ask, on random pages and moments."""

    def ids(session: Session, chance: random.Random) -> tuple[str, ...]:
        return tuple(page.id for page in find_pages(session, chance.choice(urls)))

    def moment(chance: random.Random) -> datetime:
        return START + SPAN * chance.random()

    def platform(chance: random.Random) -> str:
        return f"平台{chance.randrange(PLATFORMS)}"

    def next_page(session: Session, chance: random.Random) -> object:
        first = list_captures(session, platform=platform(chance), until=moment(chance))
        return list_captures(session, platform=first[0].page.platform, after=first[-1].id) if first else None

    def around(session: Session, chance: random.Random) -> object:
        at = moment(chance)
        return [versions_around(session, page, at) for page in ids(session, chance)]

    return {
        "history of a page": lambda s, c: list_captures(s, pages=ids(s, c), until=moment(c)),
        "history of a page, failed": lambda s, c: list_captures(s, pages=ids(s, c), outcomes=[Outcome.FAILED]),
        "history of a platform": lambda s, c: list_captures(s, platform=platform(c), until=moment(c)),
        "history of a platform, blocked": lambda s, c: list_captures(
            s, platform=platform(c), outcomes=[Outcome.BLOCKED], until=moment(c)
        ),
        "history of a platform, two pages": next_page,
        "history of everything": lambda s, c: list_captures(s, until=moment(c)),
        "at": around,
        "changes": lambda s, c: list_changes(s, min_severity=Severity.LOW),
        "changes since": lambda s, c: list_changes(s, min_severity=Severity.LOW, since=moment(c)),
        "changes, critical": lambda s, c: list_changes(s, min_severity=Severity.CRITICAL, until=moment(c)),
        "changes, rules, high": lambda s, c: list_changes(
            s, min_severity=Severity.HIGH, classes=[ChangeClass.RULE], until=moment(c)
        ),
        "changes, none such": lambda s, c: list_changes(
            s, min_severity=Severity.CRITICAL, classes=[ChangeClass.STOCK], status=ChangeStatus.BLINKED
        ),
        "changes, pending": lambda s, c: list_changes(s, status=ChangeStatus.PENDING, min_severity=Severity.HIGH),
        "changes of a platform": lambda s, c: list_changes(s, platform=platform(c), min_severity=Severity.HIGH),
        "changes not told yet, of a week": lambda s, c: unalerted(
            s, "mail", min_severity=Severity.LOW, since=START + SPAN - timedelta(days=7), limit=100
        ),
        "last start of every page": lambda s, c: last_starts(s),
        "changes of a page": lambda s, c: list_changes(s, pages=ids(s, c)),
    }


def time_search(folder: Path, texts: int) -> None:
    """Index so many distinct texts and time words of every frequency."""
    database = Database(f"sqlite:///{folder}/search.db")
    database.migrate()
    chance = random.Random(texts)
    fill_pages(database, 500)
    with database.writing() as session:
        session.execute(insert(CaptureRow), [capture_values(chance, 0, 500)])
    began = time.perf_counter()
    characters = 0
    for start in range(0, texts, 1000):
        with database.writing() as session:
            for number in range(start, start + 1000):
                text = make_text(chance, number)
                characters += len(text)
                index_text(
                    session,
                    text,
                    page_key=number % 500 + 1,
                    capture_key=1,
                    seen_at=START,
                    source=Source.TEXT,
                    origin=Origin.OWN,
                )
    took = time.perf_counter() - began
    size = Path(str(database.url.database)).stat().st_size
    print(
        f"\n{texts:,} texts of {characters // texts} characters ({size / 1e6:,.0f} MB, indexed in {took:.0f} s, "
        f"{took / texts * 1000:.2f} ms each): p50 / p95 in ms"
    )
    for words in ("退款", "7天", "退", "第", "退款 7天 质保", '"不予退款"', "订单号777", "从未出现", "客服 不在"):
        print_times(f"search {words}", database, lambda s, c, words=words: search_texts(s, words), rounds=20)
    print_times("search 退款 on one platform", database, lambda s, c: search_texts(s, "退款", platform="平台7"))
    print_times(
        "search 退款, unknown platform", database, lambda s, c: search_texts(s, "退款", platform="无"), rounds=20
    )
    database.close()


def time_help() -> None:
    """Print the CPU time that the help texts cost."""
    print("\nCPU of the help texts, median of 7 in ms")
    for arguments in (["--help"], ["history", "--help"], ["search", "--help"]):
        times = []
        for _ in range(7):
            before = os.times()
            subprocess.run(
                [sys.executable, "-c", "from monitor.cli.main import main; main()", *arguments],
                check=True,
                stdout=subprocess.DEVNULL,
            )
            after = os.times()
            times.append(after.children_user - before.children_user + after.children_system - before.children_system)
        print(f"  cardwatch {' '.join(arguments):<28} {sorted(times)[3] * 1000:8.0f}")


def print_times(name: str, database: Database, question: Question, *, rounds: int = 200) -> None:
    """Ask a question many times, each in a session of its own, and print p50 and p95."""
    chance = random.Random(name)
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        with database.reading() as session:
            question(session, chance)
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    print(f"  {name:<38} {times[len(times) // 2]:8.1f} {times[int(len(times) * 0.95)]:8.1f}")


def fill_pages(database: Database, pages: int) -> list[str]:
    """Put in pages spread over the platforms, and give their URLs."""
    urls = [f"https://shop{number % PLATFORMS}.test/buy/{number}" for number in range(pages)]
    roles = list(Role)
    with database.writing() as session:
        for number, url in enumerate(urls):
            ensure_page(session, f"平台{number % PLATFORMS}", url, roles[number % 2], "desktop", START)
    return urls


def fill_readings(database: Database, chance: random.Random, count: int) -> list[int]:
    """Put in readings of a usual size, not indexed for search, and give their keys."""
    with database.writing() as session:
        for number in range(count):
            text = make_text(chance, number)
            facts = tuple(Fact(f"sku-{n}", FactKind.PRICE, f"{chance.randrange(9999) / 100}") for n in range(12))
            blocks = tuple(Block(BlockKind.TERMS, line) for line in text.splitlines()[:8])
            reading = Reading("generic", 0.7, "2026.11.1", f"商品 {number}", text, facts, blocks)
            packed, digest = pack_reading(reading), digest_text(text)
            session.execute(
                insert(TextRow),
                [{"key": number + 1, "digest": digest, "characters": len(text), "data": pack_text(text)}],
            )
            session.execute(
                insert(ReadingRow),
                [
                    {
                        "key": number + 1,
                        "digest": digest_reading(packed, digest),
                        "text_key": number + 1,
                        "forms": {"bytes": digest},
                        "data": packed,
                    }
                ],
            )
    return list(range(1, count + 1))


def fill_captures(database: Database, chance: random.Random, captures: int, readings: Sequence[int]) -> None:
    """Put in captures in the order of time, page after page in turn, and a version of each that was complete."""
    with database.reading() as session:
        pages = len(session.execute(select(PageRow.__table__.c.key)).all())
    for start in range(0, captures, CHUNK):
        rows = [
            capture_values(chance, number, pages, captures) for number in range(start, min(captures, start + CHUNK))
        ]
        with database.writing() as session:
            session.execute(insert(CaptureRow), rows)
            session.execute(
                insert(VersionRow),
                [
                    {
                        "key": row["key"],
                        "id": "v" + str(row["id"])[1:],
                        "capture_key": row["key"],
                        "page_key": row["page_key"],
                        "seen_at": row["seen_at"],
                        "release": "2026.11.1",
                        "reading_key": chance.choice(readings),
                    }
                    for row in rows
                    if row["outcome"] == "complete"
                ],
            )


def capture_values(chance: random.Random, number: int, pages: int, captures: int = 1) -> dict[str, object]:
    """The row of one capture, as insert_capture would write it."""
    page = number % pages
    started = START + SPAN * number / captures
    outcome = chance.choices(list(Outcome), weights=(90, 4, 3, 3))[0]
    return {
        "key": number + 1,
        "id": new_id("capture", started),
        "page_key": page + 1,
        "platform_key": page % PLATFORMS + 1,
        "started_at": started,
        "ended_at": started + timedelta(seconds=4),
        "seen_at": started,
        "claimed_at": None,
        "outcome": outcome.value,
        "reason": "timeout" if outcome is Outcome.FAILED else "",
        "detail": "",
        "missing": [],
        "status": 200,
        "final_url": f"https://shop{page % PLATFORMS}.test/buy/{page}",
        "title": f"商品 {page} - 自助发卡",
        "warc_bytes": 40_000,
        "certificate_error": "",
        "full_views": number % 50 == 0,
        "origin": Origin.OWN.value,
        "source_file": "",
        "previous_key": number + 1 - pages if number >= pages else None,
    }


def fill_changes(database: Database, chance: random.Random, captures: int) -> None:
    """Put in a change for every tenth capture: most of them prices and stock, one in fifty grave."""
    kinds = list(ChangeClass)
    with database.reading() as session:
        pages = len(session.execute(select(PageRow.__table__.c.key)).all())
    for rows in in_chunks(range(pages, captures, 10)):
        values = []
        for number in rows:
            shown = START + SPAN * number / captures
            page = number % pages
            values.append(
                {
                    "id": new_id("change", shown),
                    "page_key": page + 1,
                    "platform_key": page % PLATFORMS + 1,
                    "before_key": number + 1 - pages,
                    "after_key": number + 1,
                    "before_at": START + SPAN * (number - pages) / captures,
                    "after_at": shown,
                    "status": chance.choices(["pending", "confirmed", "blinked"], weights=(1, 90, 9))[0],
                    "settled_key": None,
                    "change_class": chance.choices(kinds, weights=(2, 4, 30, 40, 8, 4, 2, 8, 2))[0].value,
                    "severity": chance.choices(range(5), weights=(50, 30, 15, 4, 1))[0],
                    "effect": "worse",
                    "kinds": ["window_shortened"],
                    "subject": "补发期",
                    "before": "自购买之日起 7 天内可申请补发" * 4,
                    "after": "自购买之日起 3 天内可申请补发" * 4,
                    "reason": "补发期由 7 天缩短为 3 天",
                    "quotable": True,
                }
            )
        with database.writing() as session:
            session.execute(insert(ChangeRow), values)


def in_chunks(numbers: range) -> Iterator[range]:
    """Cut a range into pieces that are put in at once."""
    for start in range(0, len(numbers), CHUNK):
        yield numbers[start : start + CHUNK]


CHARACTERS = [chr(0x4E00 + 7 * rank) for rank in range(2500)]
WEIGHTS = [1 / (rank + 10) for rank in range(2500)]  # the common ones are common, as in any text
PHRASES = (
    "本店商品均为虚拟商品，售出后不予退款",
    "质保{n}天，质保期内失效可申请补发",
    "自购买之日起{n}天内联系客服退款",
    "购买前请仔细阅读售后规则",
    "卡密错误请在{n}小时内反馈，逾期不补",
    "客服在线时间 9:00-23:00，不在时请留言",
    "有效期{n}个月，请尽快激活使用",
    "批发价：满{n}件每件 9.{n} 元",
)


def make_text(chance: random.Random, number: int) -> str:
    """A text as a product page has it: usual phrases with numbers, and a description of some hundred characters."""
    lines = [chance.choice(PHRASES).format(n=chance.randrange(1, 91)) for _ in range(5)]
    lines += ["".join(chance.choices(CHARACTERS, WEIGHTS, k=40)) for _ in range(9)]
    chance.shuffle(lines)
    return "\n".join([f"商品 {number} 订单号{number}", *lines])


if __name__ == "__main__":
    main()
