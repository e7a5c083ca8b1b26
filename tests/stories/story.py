"""Acceptance stories: a dispute from the first question to a verified pack, by the commands that a buyer types."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from complaints.market import Market, make_market

from scrapers.model import Role
from storage.evidence import keep_evidence
from storage.identity import VerifiedRecord
from storage.ids import new_id
from storage.verified import keep_verified

STORIES = Path(__file__).parent
WRITTEN_ON = date(2026, 11, 23)  # the stories are told as of this day, and happen as long ago as they did then
FIRM, USCC, ADDRESS = "杭州星河卡云网络科技有限公司", "91330106MA2H0CLN4T", "浙江省杭州市西湖区文三路100号"
OLD_TERMS = """<h1>售后条款</h1>
<p>一、卡密无效、已被使用或者面值不符的，收到后7天内凭录屏免费换同面值卡密，无货时按原支付方式全额退款。</p>
<p>二、客服在24小时内答复。</p>"""
NEW_TERMS = """<h1>售后条款</h1>
<p>一、卡密无效、已被使用或者面值不符的，一经售出概不退换，激活后不予售后。</p>
<p>二、客服在24小时内答复。</p>
<p>三、最终解释权归本站所有。</p>"""
PRODUCT = """<h1>某游戏点卡 50元</h1><p>价格：¥50.00</p><p>库存：120</p>
<p>面值50元，官方直充可用，卡密无效包换。有效期至2027年12月31日。</p>"""


def days_on() -> int:
    """How many days later than they were written the stories are told now."""
    return (datetime.now(UTC).date() - WRITTEN_ON).days


def shift(text: str) -> str:
    """The text with every day of 2026 moved, so that a story is always as old as when it was written."""
    moved = timedelta(days=days_on())
    return re.sub(r"2026-\d\d-\d\d", lambda found: (date.fromisoformat(found[0]) + moved).isoformat(), text)


def on(day: str, hour: int = 10) -> datetime:
    """A moment of a story's day, in UTC."""
    return datetime.fromisoformat(f"{shift(day)}T{hour:02d}:00:00+00:00")


@dataclass
class Story:
    """One dispute in a folder of its own."""

    market: Market
    name: str
    case: str = ""
    files: dict[str, Path] = field(default_factory=dict)

    def watch(self, platform: str, host: str, *, terms: tuple[tuple[str, str], ...], product: str = "") -> None:
        """Visit the platform's pages on some days, before the buyer ever came."""
        archive = self.market.open()
        try:
            for day, body in terms:
                self.market.visit(archive, platform, f"https://{host}/terms", Role.TERMS, body, on(day))
                if product:
                    self.market.visit(archive, platform, f"https://{host}/buy/12", Role.PRODUCT, product, on(day, 11))
        finally:
            archive.close()

    def look_up(self, site: str, day: str = "2026-11-20", **fields: str) -> None:
        """Record what the buyer found by hand at the payment provider and at the register, with its screenshots."""
        archive = self.market.open()
        told = {"name": FIRM, "uscc": USCC, "address": ADDRESS, **fields}
        try:
            for source in ("payment", "gsxt"):
                item = keep_evidence(
                    archive, source.encode() + site.encode(), name=f"{source}.png", media_type="image/png",
                    note="查询结果截图", at=on(day),
                )  # fmt: skip
                found_on = on(day)
                record = VerifiedRecord(
                    new_id("verified", found_on), site, source, FIRM, tuple(told.items()), found_on.date(), found_on,
                    "本人", item.id,
                )  # fmt: skip
                with archive.database.writing() as session:
                    keep_verified(session, record, archive.keys)
        finally:
            archive.close()

    def open_case(self) -> dict[str, Any]:
        """Open the case from its file; what was said, as JSON."""
        place = self.market.folder / f"{self.name}.toml"
        place.write_text(shift((STORIES / f"{self.name}.toml").read_text("utf-8")), "utf-8")
        told = self.ask("case", "new", "--from", str(place))
        self.case = str(told["case"]["id"])
        return told

    def add(self, kind: str, name: str, text: str) -> None:
        """Bring one file into the case."""
        path = self.market.folder / name
        path.write_text(shift(text), "utf-8")
        result = self.market.run("case", "add", self.case, str(path), "--kind", kind, "--json")
        assert result.exit_code == 0, result.output

    def ask(self, *words: str) -> Any:
        result = self.market.run(*words, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def plan(self) -> dict[str, Any]:
        found = self.ask("case", "plan", self.case)
        assert isinstance(found, dict)
        return found

    def pack(self, channel: str, *words: str) -> Path:
        """Make the pack of a channel as a folder."""
        out = self.market.folder / f"pack-{channel}{'-'.join(words)}"
        result = self.market.run("pack", self.case, "--channel", channel, "--out", str(out), *words)
        assert result.exit_code == 0, result.output
        return out

    def letter(self, kind: str, *, draft: bool = False) -> str:
        """The text of a letter; a draft is one that would be sent back as it stands."""
        result = self.market.run("case", "letter", self.case, kind)
        assert result.exit_code == (6 if draft else 0), result.output
        return result.stdout


def make_story(folder: Path, name: str) -> Story:
    return Story(make_market(folder), name)
