"""What can go wrong in keeping bytes. A message says what happened, to what, and what to do next."""

from __future__ import annotations


class ArchiveError(Exception):
    """The archive cannot do what was asked."""


class ArchiveFull(ArchiveError):  # noqa: N818 - reads as a sentence where it is caught
    """There is too little free room on the disk: nothing was written."""


class ArchiveDamaged(ArchiveError):  # noqa: N818 - reads as a sentence where it is caught
    """Bytes that the archive promised are missing or are not what they were."""


class ArchiveNewer(ArchiveError):  # noqa: N818 - reads as a sentence where it is caught
    """The archive was written by a newer cardwatch than this one."""


class ArchiveLocked(ArchiveError):  # noqa: N818 - reads as a sentence where it is caught
    """Another process holds what is needed just now."""


class NotInArchive(ArchiveError):  # noqa: N818 - reads as a sentence where it is caught
    """Nothing in the archive has this id."""


class BackupRefused(ArchiveError):  # noqa: N818 - reads as a sentence where it is caught
    """A backup or a restore would overwrite something, or its source is not whole."""
