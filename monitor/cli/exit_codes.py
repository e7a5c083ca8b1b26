"""What the exit status of a command means. One number, one meaning, in every command."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit statuses; a signal ends a command with 128 and the signal's number, as shells expect."""

    DONE = 0
    INTERNAL_ERROR = 1
    WRONG_USE = 2  # wrong arguments or a wrong configuration
    GRAVE_CHANGE = 3  # a change of high or critical severity was found
    PAGES_FAILED = 4
    GRAVE_CHANGE_AND_PAGES_FAILED = 5
    NOTHING_FOUND = 6  # the question has no answer in this archive
    ARCHIVE_DAMAGED = 7
    CANNOT_WORK = 8  # no browser, disk full, archive locked: try again when that is mended
    VERIFY_ALTERED = 20  # a check shows other bytes than were sealed
    VERIFY_INCOMPLETE = 21  # nothing contradicts, but a part that the proof names is not there
    VERIFY_CANNOT_SAY = 22  # every check holds, but nothing from outside anchors it
