"""Appends to an archive's log until it is done or killed; run by the tests as a process of its own.

Arguments: the archive's folder, how many processes, how many entries each. Prints "<word> <index>" after each commit;
every fifth entry is followed by a checkpoint. The processes are forked, so that the imports are paid for once.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from custody.conftest import START, append, open_at
from storage.checkpoints import seal_log


def append_many(root: Path, name: int, count: int) -> None:
    archive = open_at(root)
    for number in range(count):
        (entry,) = append(archive, word=f"{name}/{number}")
        os.write(1, f"{name}/{number} {entry.index}\n".encode())
        if number % 5 == 4:
            seal_log(archive, START)
    archive.close()


def main() -> None:
    root, processes, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    if processes == 1:
        append_many(root, 0, count)
        return
    children = []
    for name in range(processes):
        child = os.fork()
        if not child:
            append_many(root, name, count)
            os._exit(0)
        children.append(child)
    statuses = [os.waitpid(child, 0)[1] for child in children]
    sys.exit(int(any(statuses)))


if __name__ == "__main__":
    main()
