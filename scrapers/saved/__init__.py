"""Saved files that somebody else made: WARC, WACZ, MHTML, HTML, HAR, read into captures of origin `imported`."""

from scrapers.saved.formats import open_saved

__all__ = ["open_saved"]
