from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
posix_only = pytest.mark.skipif(os.name == "nt", reason="uses shell scripts as programs")


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """dev.py on a project folder of its own, with packages and browser marked as ready."""
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in (*module.LOCKS.values(), "pyproject.toml"):
        (tmp_path / name).write_text(f"{name}\n")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.delenv("CARDWATCH_CHROMIUM", raising=False)
    Path(module.venv_program("python")).parent.mkdir(parents=True)
    write_program(module, "python", "exit 0")
    (tmp_path / ".venv" / "ready-test").write_text(module.make_stamp("test"))
    (tmp_path / ".venv" / "browser").write_text(f"\n{sys.executable}")
    return module


def write_program(dev: ModuleType, name: str, script: str) -> None:
    program = Path(dev.venv_program(name))
    program.write_text(f'#!/bin/sh\necho "{name} $*" >> "{dev.ROOT}/log"\n{script}\n')
    program.chmod(0o755)


def log_of(dev: ModuleType) -> list[str]:
    file = dev.ROOT / "log"
    return file.read_text().splitlines() if file.exists() else []


def test_the_locks_hold_every_dependency_with_hashes_and_name_no_host() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = {
        "requirements.lock": project["dependencies"] + extras["build"],
        "requirements-dev.lock": project["dependencies"] + extras["build"] + extras["dev"],
    }
    for lock, needs in wanted.items():
        text = (ROOT / lock).read_text("utf-8")
        assert "://" not in text and "index-url" not in text
        entries = re.split(r"\n(?=\S)", text.strip())
        assert all("--hash=sha256:" in entry for entry in entries)
        locked = {re.match(r"[A-Za-z0-9._-]+", entry)[0].lower().replace("_", "-") for entry in entries}  # type: ignore[index]
        names = {re.match(r"[A-Za-z0-9._-]+", need)[0].lower() for need in needs}  # type: ignore[index]
        assert names <= locked


@posix_only
def test_what_is_up_to_date_is_left_alone_and_quickly(dev: ModuleType) -> None:
    started = time.monotonic()
    dev.set_up("test")
    dev.set_up("run")  # the packages of the tests hold all that a run needs
    assert time.monotonic() - started < 0.5
    assert log_of(dev) == []


@posix_only
@pytest.mark.parametrize("changed", ["requirements-dev.lock", "pyproject.toml"])
def test_a_changed_lock_or_project_is_installed_anew_with_hashes(dev: ModuleType, changed: str) -> None:
    (dev.ROOT / changed).write_text("something else\n")
    write_program(dev, "pip", "exit 0")
    pip = Path(dev.venv_program("pip"))
    pip.write_text(f"#!{dev.VENV}/bin/python\n")
    dev.set_up("test")
    installs = [line for line in log_of(dev) if " install " in line]
    assert len(installs) == 2
    assert "--require-hashes -r requirements-dev.lock" in installs[0]
    assert "--no-deps --no-build-isolation -e ." in installs[1]
    dev.set_up("test")
    assert len([line for line in log_of(dev) if " install " in line]) == 2


@posix_only
def test_checks_run_in_order_and_stop_at_the_first_failure(dev: ModuleType, capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("ruff", "lint-imports", "pytest"):
        write_program(dev, name, "exit 0")
    write_program(dev, "mypy", "exit 3")
    assert dev.main(["test"]) == 3
    assert [line.split()[0] for line in log_of(dev)] == ["ruff", "ruff", "mypy"]
    assert "mypy --strict failed (status 3)" in capfd.readouterr().err
    write_program(dev, "mypy", "exit 0")
    assert dev.main(["test"]) == 0
    assert [line.split()[0] for line in log_of(dev)][3:] == ["ruff", "ruff", "mypy", "lint-imports", "pytest"]
    assert dev.main(["test", "tests/setup", "-x"]) == 0
    assert log_of(dev)[-1] == "pytest tests/setup -x"


@posix_only
def test_a_python_that_cannot_make_environments_is_told_with_its_mend(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (dev.VENV / "ready-test").unlink()
    Path(dev.venv_program("python")).unlink()
    poor = tmp_path / "python3"
    poor.write_text("#!/bin/sh\nexit 1\n")
    poor.chmod(0o755)
    monkeypatch.setattr(dev.sys, "executable", str(poor))
    assert dev.main(["run"]) == 8
    assert "apt install python3-venv" in capfd.readouterr().err


@posix_only
@pytest.mark.parametrize("kept", ["keep.txt", "bin/python"])
def test_an_environment_behind_a_link_is_never_emptied(
    dev: ModuleType, capfd: pytest.CaptureFixture[str], tmp_path: Path, kept: str
) -> None:
    (dev.VENV / "ready-test").unlink()
    elsewhere = tmp_path / "elsewhere"
    dev.VENV.rename(elsewhere)
    (elsewhere / "bin" / "pip").write_text(f"#!{elsewhere}/bin/python\n")
    (elsewhere / "keep.txt").write_text("somebody else's")
    dev.VENV.symlink_to(elsewhere)
    assert dev.main(["setup"]) == 8
    assert (elsewhere / kept).exists()
    assert "Remove the link" in capfd.readouterr().err


@posix_only
def test_a_browser_that_is_named_but_does_not_start_is_an_error_and_nothing_is_installed(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CARDWATCH_CHROMIUM", "/nowhere/chromium")
    write_program(dev, "python", "exit 3")
    assert dev.main(["run"]) == 8
    assert "CARDWATCH_CHROMIUM is /nowhere/chromium" in capfd.readouterr().err


@posix_only
def test_without_apt_playwright_is_asked_and_a_failure_names_the_ways_out(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (dev.VENV / "browser").unlink()
    monkeypatch.setattr(dev, "_may_use_apt", lambda: False)
    write_program(dev, "python", 'test "$1" = -c && exit 3; exit 1')
    assert dev.main(["run"]) == 8
    assert any("-m playwright install --only-shell chromium" in line for line in log_of(dev))
    assert "apt install chromium-headless-shell" in capfd.readouterr().err


@posix_only
def test_a_broken_project_is_not_taken_for_a_missing_browser(
    dev: ModuleType, capfd: pytest.CaptureFixture[str]
) -> None:
    (dev.VENV / "browser").unlink()
    write_program(dev, "python", 'echo "ImportError: no such module" >&2; exit 1')
    assert dev.main(["run"]) == 8
    assert "ImportError: no such module" in capfd.readouterr().err
    assert not any("playwright" in line for line in log_of(dev))


@posix_only
def test_a_browser_that_disappeared_is_looked_for_again(dev: ModuleType) -> None:
    (dev.VENV / "browser").write_text("\n/gone/chromium")
    found = dev.ROOT / "chromium"
    found.write_text("#!/bin/sh\nexit 0\n")
    found.chmod(0o755)
    write_program(dev, "python", f'printf %s "{found}"')
    dev.find_or_install_browser()
    assert (dev.VENV / "browser").read_text() == f"\n{found}"


@posix_only
def test_a_step_that_takes_too_long_is_stopped(dev: ModuleType) -> None:
    started = time.monotonic()
    assert dev.call(["sleep", "30"], seconds=0.2) == 124
    assert time.monotonic() - started < 10


def test_wrong_use_names_the_commands() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "dev.py"), "tset"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "setup|run|test|bench|lock|clean" in done.stderr


@posix_only
def test_make_and_ci_do_the_same_as_dev() -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert "$(PYTHON) dev.py $@" in makefile
    # Tests may run under make itself: what it tells its children would show in their output.
    alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "MFLAGS"}
    command = ["make", "-n", "test"]
    shown = subprocess.run(command, cwd=ROOT, env=alone, capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "python3 dev.py test"
    assert "make test" in (ROOT / ".ci/run").read_text() and os.access(ROOT / ".ci/run", os.X_OK)
