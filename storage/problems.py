"""What a check of the archive may find wrong."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ProblemKind(StrEnum):
    """What can be wrong."""

    DATABASE = "database"
    OBJECT_MISSING = "object_missing"
    OBJECT_ALTERED = "object_altered"
    RECORD_UNREADABLE = "record_unreadable"
    RECORD_ALTERED = "record_altered"
    MANIFEST_UNREADABLE = "manifest_unreadable"
    MANIFEST_MISMATCH = "manifest_mismatch"
    PAYLOAD_MISSING = "payload_missing"
    LOG_ENTRY_MISSING = "log_entry_missing"
    LOG_ENTRY_ALTERED = "log_entry_altered"
    LOG_NODE_ALTERED = "log_node_altered"
    CHECKPOINT_ALTERED = "checkpoint_altered"
    LOG_ROLLED_BACK = "log_rolled_back"  # a checkpoint was signed that this database does not hold
    LOG_FILE_ALTERED = "log_file_altered"  # in the folder `log/`, which can be written anew


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: in which capture or evidence item ("" where none is concerned), object, and what."""

    kind: ProblemKind
    capture: str
    object: str
    what: str
