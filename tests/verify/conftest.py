from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from timestamps.authority import Papers, make_papers
from timestamps.tsa import openssl_reply

from monitor.verify.checks import Check, Status
from monitor.verify.options import Options
from monitor.verify.target import verify_target
from monitor.verify.verdict import Report, Verdict

from .maker import NOW, Files, Log, Made, list_files, make_capture, make_export, package_key, sha, sign_files, write_zip


@dataclass(frozen=True)
class Bench:
    """A log of six captures, and the export of the fourth with a token of an authority that the tests trust."""

    papers: Papers
    options: Options  # trusts the authority
    package_key: EllipticCurvePrivateKey
    log: Log
    captures: list[Made]
    indices: list[int]
    checkpoint: bytes
    files: Files

    def stamp(self, data: bytes) -> tuple[bytes, bytes]:
        """A token over some bytes, and the chain of its certificates."""
        query = self.papers.folder / "made.tsq"
        subprocess.run(
            ["openssl", "ts", "-query", "-digest", sha(data), "-sha256", "-cert", "-out", query],
            check=True,
            capture_output=True,
        )
        chain = b"".join(
            (self.papers.folder / f"{name}.pem").read_bytes() for name in ("signer", "intermediate", "root")
        )
        return openssl_reply(self.papers, query.read_bytes()), chain

    def export(self, number: int, *, log: Log | None = None, stamped: bool = True) -> Files:
        """The export of a capture in a log's newest checkpoint, listed."""
        log = log or self.log
        checkpoint = self.checkpoint if log is self.log else log.checkpoint()
        tokens = [("test", *self.stamp(checkpoint))] if stamped else []
        made = self.captures[number]
        return self.listed(make_export(made, log, self.indices[number], checkpoint, tokens))

    def signed(self, files: Files, log: Log | None = None) -> Files:
        """The files with both their lists made anew, as the key's own holder would."""
        files = dict(files)
        sign_files(files, log or self.log)
        return self.listed(files)

    def listed(self, files: Files) -> Files:
        """The files with their list made anew, as whoever altered them would."""
        return list_files(files, self.package_key)


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    papers = make_papers(tmp_path_factory.mktemp("papers"))
    root = x509.load_pem_x509_certificate(papers.root_pem.read_bytes())
    log = Log()
    captures = [make_capture(n, NOW - timedelta(hours=10 - n)) for n in range(6)]
    indices = [log.append("capture", made.ended, manifest=sha(made.manifest)) for made in captures]
    made = Bench(
        papers, Options(at=NOW + timedelta(hours=1), roots=(root,)), package_key(), log, captures, indices,
        log.checkpoint(), {},
    )  # fmt: skip
    return replace(made, files=made.export(3))


Judge = Callable[..., Report]


@pytest.fixture
def judge(bench: Bench, tmp_path: Path) -> Judge:
    """Check a package given as files or bytes; keywords change the options."""

    def check(package: Files | bytes, name: str = "export.wacz", **options: object) -> Report:
        path = tmp_path / name
        path.write_bytes(package if isinstance(package, bytes) else write_zip(package))
        return verify_target(path, replace(bench.options, **options))

    return check


def failed(report: Report) -> set[str]:
    """The ids of the checks that failed."""
    return ids(report, Status.FAILED)


def ids(report: Report, status: Status) -> set[str]:
    return {check.id for check in checks(report) if check.status is status}


def checks(report: Report) -> list[Check]:
    return [check for subject in report.subjects for check in subject.checks]


def assert_altered(report: Report, *names: str) -> None:
    """Altered, and at least one of these checks says so."""
    assert report.verdict is Verdict.ALTERED, [(check.id, check.status, check.detail.en) for check in checks(report)]
    assert failed(report) & set(names), failed(report)
