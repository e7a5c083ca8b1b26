"""What can go wrong in keeping bytes. A message says what happened, to what, and what to do next."""

from __future__ import annotations


class ArchiveError(Exception):
    """The archive cannot do what was asked."""


class ArchiveFull(ArchiveError):
    """There is too little free room on the disk: nothing was written."""


class ArchiveDamaged(ArchiveError):
    """Bytes that the archive promised are missing or are not what they were."""


class ArchiveNewer(ArchiveError):
    """The archive was written by a newer cardwatch than this one."""


class ArchiveLocked(ArchiveError):
    """Another process holds what is needed just now."""


class NotInArchive(ArchiveError):
    """There is no capture of that id."""


class BackupRefused(ArchiveError):
    """A backup or a restore would overwrite something, or its source is not whole."""
