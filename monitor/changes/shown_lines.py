"""Looks lines up in a text: what a page showed, or what was read of it. Pure."""

from __future__ import annotations

from functools import cached_property

from monitor.changes.normal_forms import compact_form

_LONG_ENOUGH = 12
"""From so many characters on a text is looked for inside lines; a shorter one must be a line of its own."""
_MOST_LINES = 3_000


class ShownLines:
    """The lines of a text by their compact form."""

    def __init__(self, text: str) -> None:
        self._text = text

    def holds(self, line: str) -> bool:
        """Whether the line stands here: a short one as a line of its own, a long one anywhere."""
        form = compact_form(line)
        if not form:
            return False
        return form in self.forms or (len(form) >= _LONG_ENOUGH and form in self._whole)

    @cached_property
    def forms(self) -> dict[str, str]:
        """The lines by their compact form."""
        lines = [line.strip() for line in self._text.splitlines()[:_MOST_LINES]]
        return {form: line for line in lines if (form := compact_form(line))}

    @cached_property
    def _whole(self) -> str:
        return "".join(self.forms)
