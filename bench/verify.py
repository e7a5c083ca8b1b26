"""How fast exports and archives are verified, beside bare SHA-256 and bare gunzip of the same bytes in the same run.

Run `python bench/verify.py [--megabytes 200]`; leaves with 1 when a goal is missed. Figures are CPU seconds of this one
thread, best of three, so that other work on the machine counts little. "Artifacts" is the hashing of every file of an
export (SHA-256, and the ZIP's CRC-32 beside it); "records" is unpacking a WARC and comparing every digest that its
records state, and the manifest's commitments. Bare is SHA-256 over the file, and zlib over each member with SHA-256
over what comes out.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "tests")]

from bytes.conftest import open_at  # noqa: E402
from bytes.samples import START, list_page, shop_page  # noqa: E402

from monitor.verify.capture import check_records_alone, check_warc  # noqa: E402
from monitor.verify.checks import Findings  # noqa: E402
from monitor.verify.options import Options  # noqa: E402
from monitor.verify.package import Export, OneFile, ZipPackage  # noqa: E402
from monitor.verify.proof import PATH, read_proof  # noqa: E402
from monitor.verify.target import verify_target  # noqa: E402
from storage.checkpoints import seal_log  # noqa: E402
from storage.manifest import read_manifest  # noqa: E402
from storage.wacz import export_wacz  # noqa: E402

ROUNDS = 3
HASHING_GOAL = 300  # MB/s on one core
RECORDS_GOAL = 0.5  # of bare gunzip and SHA-256 of the same run
AT = START + timedelta(days=1)


def main() -> int:
    """Make an archive and an export of it, measure, and compare with the goals."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=200, help="about how large the archive is")
    wanted = parser.parse_args().megabytes
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        archive = open_at(root / "archive")
        page = shop_page(archive)
        names = []
        for number in range(max(2, wanted // 10)):
            capture = list_page(START + timedelta(hours=number), scale=1.0 + number / 100)  # no two alike
            archive.keep_capture(capture, page)
            names.append(capture.id)
        seal_log(archive, AT)
        package = root / "export.wacz"
        export_wacz(archive, names[0], package, at=AT)
        archive.close()
        speed = show_artifacts(package)
        share = show_records(root, package)
        show_whole(root, package)
    missed = speed < HASHING_GOAL or share < RECORDS_GOAL
    print(f"goals: {HASHING_GOAL} MB/s, {RECORDS_GOAL} of bare: {'missed' if missed else 'met'}")
    return int(missed)


def best(work: Callable[[], object]) -> float:
    """CPU seconds of the quickest of some rounds."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def show_artifacts(path: Path) -> float:
    """Hash every file of an export; gives MB/s."""
    size = path.stat().st_size

    def ours() -> None:
        with path.open("rb") as file:
            package = ZipPackage(file)
            export = Export(package, "", "x")
            for name in export.names:
                export.digest(name, lambda count: None)

    def bare() -> None:
        state = hashlib.sha256()
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                state.update(piece)
        state.digest()

    seconds = best(ours)
    tell("artifacts of an export", size, seconds, best(bare), "bare SHA-256")
    return size / 1e6 / seconds


def show_records(root: Path, path: Path) -> float:
    """Check the records of the export's WARC, alone and with their commitments; gives the latter's share of bare."""
    with zipfile.ZipFile(path) as package:
        warc = root / "capture.warc.gz"
        warc.write_bytes(package.read("archive/capture.warc.gz"))
        proof = read_proof(package.read(PATH))
        manifest = read_manifest(package.read(proof.manifest.path))
    data = warc.read_bytes()

    def bare() -> None:
        for entry in manifest.records:
            member = memoryview(data)[entry.offset : entry.offset + entry.length]
            hashlib.sha256(zlib.decompress(member, 31)).digest()

    def alone() -> None:
        findings = Findings()
        check_records_alone(findings, Export(OneFile(warc), "", "x"), warc.name, lambda count: None)
        assert not findings.any("failed")  # type: ignore[arg-type]

    def committed() -> None:
        findings = Findings()
        with path.open("rb") as file:
            export = Export(ZipPackage(file), "", "x", {proof.warc.path: proof.warc.sha256})
            check_warc(findings, export, proof, manifest, lambda count: None)
        assert not findings.any("failed")  # type: ignore[arg-type]

    floor = best(bare)
    tell("records, their own digests", len(data), best(alone), floor, "bare gunzip + SHA-256")
    seconds = best(committed)
    tell("records, with commitments", len(data), seconds, floor, "bare gunzip + SHA-256")
    return floor / seconds


def show_whole(root: Path, path: Path) -> None:
    """A whole export and a whole archive folder, every check."""
    options = Options(at=AT)
    print(f"whole export, every check: {best(lambda: verify_target(path, options)):.3f} s for "
          f"{path.stat().st_size / 1e6:.1f} MB")  # fmt: skip
    archive = root / "archive"
    size = sum(item.stat().st_size for item in (archive / "objects").glob("*/*"))
    seconds = best(lambda: verify_target(archive, options))
    print(f"whole archive folder: {seconds:.3f} s for {size / 1e6:.1f} MB = {size / 1e6 / seconds:.0f} MB/s")


def tell(what: str, size: int, ours: float, bare: float, name: str) -> None:
    """Print one line of figures."""
    megabytes = size / 1e6
    print(
        f"{what}: {megabytes / ours:.0f} MB/s; {name}: {megabytes / bare:.0f} MB/s; "
        f"ours is {bare / ours:.2f} of it ({megabytes:.1f} MB)"
    )


if __name__ == "__main__":
    sys.exit(main())
