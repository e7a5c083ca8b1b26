"""A run learns its surroundings once and writes them into every capture of it."""

from __future__ import annotations

from pathlib import Path

from run.shop import Watcher, serve_shop


def test_a_run_asks_clock_and_egress_once_for_all_its_captures(tmp_path: Path) -> None:
    with serve_shop() as shop:
        shop.pages["/ip"] = "203.0.113.9"
        watcher = Watcher(tmp_path)
        watcher.configure(
            shop,
            paths=("/terms", "/gone"),
            extra=f'[clock]\nsources = ["http://127.0.0.1:{shop.port}/"]\n'
            '[provenance]\negress_url = "http://shop.test/ip"',
        )
        done = watcher.run("run", "--all", HTTPS_PROXY="http://user:hunter2@proxy.test:1")
        assert done.returncode == 4, done.stderr  # /gone is gone
        captures = watcher.ask("history")["captures"]
        assert isinstance(captures, list) and len(captures) == 2
        told = [watcher.ask("show", item["id"])["provenance"] for item in captures]
        shown = watcher.run("show", captures[0]["id"]).stdout
    assert shop.asked.count("/ip") == 1
    first, second = (item["surroundings"] for item in told)  # type: ignore[index]
    assert first["clocks"] == second["clocks"] and first["egress"] == second["egress"]
    (clock,) = first["clocks"]
    assert abs(clock["offset_ms"]) <= clock["blur_ms"] + 50 and clock["trouble"] == ""
    assert first["egress"]["address"] == "203.0.113.9"
    assert "HTTPS_PROXY" in first["ignored_variables"] and "hunter2" not in str(told) + shown
    assert {step["name"] for step in told[0]["steps_done"]} >= {"navigate"}  # type: ignore[index]
    assert "203.0.113.9 by http://shop.test/ip" in shown and "give or take" in shown
