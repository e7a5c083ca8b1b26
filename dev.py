"""Sets the project up and runs it: `python dev.py setup|run|test|bench|lock|clean`. Standard library only.

`run` makes the virtual environment, installs the locked packages, finds or installs a browser, and starts
`cardwatch demo`; `test` does the same with the development packages and runs every check, `bench` prints the measured
figures. What is up to date is left alone. Works without make, also on Windows and macOS.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
OLDEST = (3, 11)
WINDOWS = os.name == "nt"
LOCKS = {"run": "requirements.lock", "test": "requirements-dev.lock"}
EXTRAS = {"run": ("build",), "test": ("build", "dev")}
APT_SECONDS = 600
PLAYWRIGHT_SECONDS = 600
CHINESE_FONTS = ("cjk", "wqy", "sourcehan", "uming", "ukai", "droidsansfallback")
NO_BROWSER = 3
FIND_BROWSER = """
import os, sys
from scrapers.browser import find_browser
found = find_browser(os.environ)
if found is None:
    sys.exit(3)
sys.stdout.write(str(found.path))
"""


class SetupError(Exception):
    """The machine lacks something; the message says what, and how to mend it."""


def main(arguments: list[str]) -> int:
    """Run one command and give the exit status."""
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if command not in COMMANDS:
        print(f"usage: python dev.py {'|'.join(COMMANDS)}", file=sys.stderr)
        return 2
    if sys.version_info < OLDEST:
        return run_with_newer_python(arguments)
    try:
        return COMMANDS[command](rest)
    except SetupError as error:
        print(f"dev.py: {error}", file=sys.stderr)
        return 8
    except KeyboardInterrupt:
        return 130


def set_up_and_say(rest: list[str]) -> int:
    """Make everything ready, for `dev.py setup` (with `--dev`: for the tests too)."""
    set_up("test" if "--dev" in rest else "run")
    print(f"ready: {venv_program('cardwatch')}")
    return 0


def run_demo(rest: list[str]) -> int:
    """Make everything ready and start the demo."""
    set_up("run")
    return call([venv_program("cardwatch"), "demo", *rest])


def run_checks(rest: list[str]) -> int:
    """Make everything ready and run every check; with arguments, only pytest with them. Stops at the first failure."""
    set_up("test")
    pytest = [venv_program("pytest"), *rest]
    checks = {
        "ruff check": [venv_program("ruff"), "check", "."],
        "ruff format": [venv_program("ruff"), "format", "--check", "."],
        "mypy --strict": [venv_program("mypy")],
        "import rules": [venv_program("lint-imports")],
        "pytest": [*pytest, "-n", "2", "--dist", "loadfile"],
    }
    for name, command in {"pytest": pytest}.items() if rest else checks.items():
        print(f"== {name}", flush=True)
        status = call(command)
        if status:
            print(f"dev.py: {name} failed (status {status})", file=sys.stderr)
            return status
    return 0


def run_benchmarks(rest: list[str]) -> int:
    """Make everything ready and print the measured figures; with arguments, only those benchmarks or groups."""
    set_up("test")
    return call([venv_program("python"), "-m", "bench", *rest])


def lock_packages(_rest: list[str]) -> int:
    """Write the lock files anew from pyproject.toml, with hashes and without host names. Needs uv."""
    local = venv_program("uv")
    uv = local if Path(local).is_file() else shutil.which("uv")
    if not uv:
        raise SetupError(f"uv is not here: {venv_program('pip')} install uv")
    for kind, name in LOCKS.items():
        extras = [word for extra in EXTRAS[kind] for word in ("--extra", extra)]
        options = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"]
        options += ["--no-annotate", "--no-header", "--quiet", *extras]
        status = call([uv, "pip", "compile", *options, "pyproject.toml", "-o", name])
        if status:
            return status
    return 0


def clean(_rest: list[str]) -> int:
    """Remove what set-up and tests made. Archives stay."""
    names = [".venv", "build", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache", ".hypothesis"]
    for folder in [*(ROOT / name for name in names), *ROOT.glob("*.egg-info"), *_caches()]:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


COMMANDS = {
    "setup": set_up_and_say,
    "run": run_demo,
    "test": run_checks,
    "bench": run_benchmarks,
    "lock": lock_packages,
    "clean": clean,
}


# --- packages ---------------------------------------------------------------------------------------------------


def set_up(kind: str) -> None:
    """Virtual environment, packages of that kind, browser, font. Quick when all of it is up to date."""
    stamp = make_stamp(kind)
    # The packages of the tests hold all that a run needs.
    ready = {read_stamp(kind): stamp, read_stamp("test"): make_stamp("test")}
    if not any(found and found == wanted for found, wanted in ready.items()):
        make_venv()
        install_packages(kind)
        (VENV / f"ready-{kind}").write_text(stamp)
    find_or_install_browser()


def make_stamp(kind: str) -> str:
    """A digest of all that the installed packages depend on, the place of the folder included (scripts name it)."""
    digest = hashlib.sha256()
    for name in (LOCKS[kind], "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    digest.update(f"{ROOT} {sys.version_info[:2]}".encode())
    return digest.hexdigest()


def read_stamp(kind: str) -> str:
    """The stamp of the last set-up of that kind, "" if there was none or its environment is gone."""
    file = VENV / f"ready-{kind}"
    return file.read_text() if file.is_file() and Path(venv_program("python")).is_file() else ""


def make_venv() -> None:
    """Make the virtual environment; one that works is kept, a broken or moved one is made anew."""
    if _works([venv_program("python"), "-m", "pip", "--version"]) and _venv_is_ours():
        return
    if VENV.is_symlink():  # `venv --clear` would empty what it leads to, which may serve somebody else
        raise SetupError(
            f"{VENV} is a link to {VENV.resolve()}, and that environment is not of this folder.\n"
            "Remove the link (not what it leads to), then run the same command again: it makes one here"
        )
    if not _works([sys.executable, "-c", "import venv, ensurepip"]):
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise SetupError(
            f"this Python ({sys.executable}) cannot make virtual environments. On Debian and Ubuntu:\n"
            f"    apt install python3-venv        (or python{version}-venv)\n"
            "then run the same command again"
        )
    print(f"making {VENV}", flush=True)
    if call([sys.executable, "-m", "venv", "--clear", str(VENV)]):
        raise SetupError(f"no virtual environment could be made in {VENV}; is the folder writable, the disk full?")


def install_packages(kind: str) -> None:
    """Install the locked packages, each checked against its hash, then the project itself."""
    lock = LOCKS[kind]
    count = sum(1 for line in (ROOT / lock).read_text().splitlines() if "==" in line)
    print(f"installing {count} packages from {lock} (a minute or two the first time)", flush=True)
    pip = [venv_program("python"), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
    for attempt in (1, 2):
        if not call([*pip, "--require-hashes", "-r", lock]):
            break
        if attempt == 2:
            raise SetupError(
                f"the packages of {lock} could not be installed; the lines above say why. Is the network up?"
            )
        print("trying once more", flush=True)
    if call([*pip, "--no-deps", "--no-build-isolation", "-e", "."]):
        raise SetupError("the project itself could not be installed; the lines above say why")


def venv_program(name: str) -> str:
    """The path of a program of the virtual environment."""
    return str(VENV / ("Scripts" if WINDOWS else "bin") / (f"{name}.exe" if WINDOWS else name))


def run_with_newer_python(arguments: list[str]) -> int:
    """Start again with a Python that is new enough, if the machine has one."""
    for minor in range(15, OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found and _works([found, "-c", "import sys"]):
            return call([found, str(ROOT / "dev.py"), *arguments])
    print(
        f"dev.py: Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {sys.version.split()[0]}", file=sys.stderr
    )
    return 8


def _venv_is_ours() -> bool:
    """Whether the scripts of the environment name this folder: they break when it is moved."""
    pip = Path(venv_program("pip"))
    return WINDOWS or (pip.is_file() and str(VENV).encode() in pip.read_bytes()[:400])


def _caches() -> list[Path]:
    return [
        folder for name in ("monitor", "scrapers", "storage", "tests") for folder in (ROOT / name).rglob("__pycache__")
    ]


# --- browser ----------------------------------------------------------------------------------------------------


def find_or_install_browser() -> None:
    """A Chromium that starts: the one that was found last time, one that is there, or one installed now."""
    note = VENV / "browser"
    wanted = os.environ.get("CARDWATCH_CHROMIUM", "")
    if note.is_file():
        chosen, _, path = note.read_text().partition("\n")
        if chosen == wanted and Path(path).is_file():
            return
    path = find_browser()
    if not path and wanted:
        raise SetupError(f"CARDWATCH_CHROMIUM is {wanted}, which does not start; unset it or name a Chromium that does")
    path = path or install_browser()
    print(f"browser: {path}", flush=True)
    install_font()
    note.write_text(f"{wanted}\n{path}")


def find_browser() -> str:
    """The browser that cardwatch itself would use, "" if there is none that starts."""
    asked = subprocess.run([venv_program("python"), "-c", FIND_BROWSER], cwd=ROOT, capture_output=True, text=True)
    if asked.returncode not in (0, NO_BROWSER):
        raise SetupError(f"the browser could not be looked for:\n{asked.stderr.strip()}")
    path = asked.stdout.strip()
    return path if path and (WINDOWS or _works([path, "--version"])) else ""


def install_browser() -> str:
    """Install a browser: by apt where that is allowed, else Playwright's own."""
    if _may_use_apt():
        print("no browser found: installing one by apt", flush=True)
        _apt("update")
        for package in ("chromium-headless-shell", "chromium"):
            path = find_browser() if _apt("install", package) else ""
            if path:
                return path
    print("no browser found: asking Playwright for one", flush=True)
    fetch = [venv_program("python"), "-m", "playwright", "install", "--only-shell", "chromium"]
    path = find_browser() if call(fetch, seconds=PLAYWRIGHT_SECONDS) == 0 else ""
    if not path:
        raise SetupError(
            "there is no Chromium here and none could be installed. Mend it in one of these ways:\n"
            "    Debian, Ubuntu:  apt install chromium-headless-shell   (or chromium)\n"
            "    anywhere:        install Chromium or Google Chrome\n"
            "    otherwise:       set CARDWATCH_CHROMIUM to the path of a Chromium"
        )
    return path


def install_font() -> None:
    """See that Chinese can be drawn; without a font only a warning, for the texts are archived all the same."""
    if not sys.platform.startswith("linux") or _has_chinese_font():
        return
    if _may_use_apt():
        _apt("update")
        for package in ("fonts-wqy-zenhei", "fonts-noto-cjk"):
            if _apt("install", package) and _has_chinese_font():
                return
    print("warning: no font draws Chinese, screenshots will show boxes. Mend: apt install fonts-wqy-zenhei", flush=True)


def _has_chinese_font() -> bool:
    if shutil.which("fc-list"):
        listed = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True)
        return bool(listed.stdout.strip())
    folders = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts"]
    files = [file for folder in folders for file in folder.rglob("*.[to]t[cf]")]
    return any(word in file.name.lower() for file in files for word in CHINESE_FONTS)


def _may_use_apt() -> bool:
    return not WINDOWS and hasattr(os, "geteuid") and os.geteuid() == 0 and bool(shutil.which("apt-get"))


def _apt(*words: str) -> bool:
    options = ["-y", "--no-install-recommends"] if words[0] == "install" else []
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return call(["apt-get", "-qq", words[0], *options, *words[1:]], seconds=APT_SECONDS, environment=environment) == 0


# --- processes --------------------------------------------------------------------------------------------------


def call(command: list[str], *, seconds: float | None = None, environment: dict[str, str] | None = None) -> int:
    """Run a command in the project's folder with its output shown; 124 when it takes longer than its time."""
    try:
        process = subprocess.Popen(command, cwd=ROOT, env=environment)
    except OSError as error:
        print(f"dev.py: {command[0]} did not start: {error}", file=sys.stderr)
        return 127
    deadline = None if seconds is None else time.monotonic() + seconds
    while True:
        try:
            return process.wait(None if deadline is None else max(0.0, deadline - time.monotonic()))
        except KeyboardInterrupt:
            continue  # the terminal has told the child too: let it end in its own way
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            print(f"dev.py: {command[0]} was stopped after {seconds:.0f} s", file=sys.stderr)
            return 124


def _works(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
