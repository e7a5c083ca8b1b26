"""`case excuses` on a platform with a past: the clause with its captures, and what the seller wrote just now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from complaints.market import make_market

from scrapers.model import Role

DAY = timedelta(days=1)


def test_the_answer_holds_the_clause_and_the_new_reply(tmp_path: Path) -> None:
    market, now = make_market(tmp_path), datetime.now(UTC)
    archive = market.open()
    terms = "https://xh88-shop.com/terms"
    for days in (20, 12):
        market.visit(archive, "星河卡盟", terms, Role.TERMS, "<p>卡密无效可在7天内申请补发。</p>", now - days * DAY)
    for days in (6, 5):
        market.visit(archive, "星河卡盟", terms, Role.TERMS, "<p>卡密一经售出概不退换。</p>", now - days * DAY)
    archive.close()
    case = market.ask(
        "quick",
        "--platform",
        "星河卡盟",
        "--paid",
        "50 微信商家",
        "--what",
        "卡密无效",
        "--when",
        "15天前",
        "--no-capture",
    )["case"]
    told = market.ask("case", "excuses", case, "--reply", "亲，不退不换的，最终解释权归本站")
    found = {one["id"]: one for one in told["excuses"]}
    assert found["no_refund"]["clauses"][0]["standing"] == "added_after"
    assert "下单以后" in found["no_refund"]["paste"]
    assert found["final_say"]["clauses"] == []
    printed = market.run("case", "excuses", case)
    assert printed.exit_code == 0
    assert "什么情况下可能对你有效" in printed.stdout
    assert "卡密一经售出概不退换" in printed.stdout


def test_nothing_to_answer_is_status_6(tmp_path: Path) -> None:
    market = make_market(tmp_path)
    case = market.ask("quick", "--what", "不发货", "--no-capture")["case"]
    result = market.run("case", "excuses", case)
    assert result.exit_code == 6
    assert "--reply" in result.stdout
