"""What can stop looking altogether. What a page does is never an error: it is the outcome of its capture."""

from __future__ import annotations


class ScraperError(Exception):
    """Something that the looking side cannot mend by itself; the message says what to do next."""


class BrowserUnavailable(ScraperError):  # noqa: N818  (named for what happened)
    """No browser could be found or started, so no page can be captured now."""


class BrowserLost(ScraperError):  # noqa: N818  (named for what happened)
    """The browser ended or stopped answering in the middle of a capture; the capture is tried once more."""


class DevToolsRefused(ScraperError):  # noqa: N818  (named for what happened)
    """The browser answered a command with an error."""


class SessionError(ScraperError):
    """A login session cannot be used; `cardwatch login` records it anew."""


class SavedFileError(ScraperError):
    """A saved file that was brought in cannot be read as what it claims to be."""
