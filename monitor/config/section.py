"""One table of the configuration, read key by key: each value checked for type and bounds, unknown keys refused."""

from __future__ import annotations

import re

from monitor.config.problems import Place, Problems, nearest_word

_ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_LONGEST_TEXT = 4000
_MOST_ITEMS = 1000


class Section:
    """A table at a place. Every reading method names its key; `refuse_rest` tells those that nobody asked for."""

    def __init__(self, values: object, place: Place, problems: Problems) -> None:
        self.place = place
        self.problems = problems
        self._values: dict[str, object] = {}
        self._known: list[str] = []
        self.is_table = isinstance(values, dict)
        if isinstance(values, dict):
            self._values = values
        else:
            problems.add(place, f"must be a table, but is {_kind(values)}")

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def wrong(self, key: str, reason: str) -> None:
        """Note a problem with the value of a key."""
        self.problems.add((*self.place, key), reason)

    def table(self, key: str) -> Section:
        """The table of that name, empty when it is not there."""
        return Section(self._take(key, {}), (*self.place, key), self.problems)

    def tables(self, key: str, most: int = _MOST_ITEMS) -> list[Section]:
        """The array of tables of that name; what is no table is noted and left out."""
        found = self._take(key, [])
        if not isinstance(found, list):
            self.wrong(key, f"must be an array of tables ([[{key}]]), but is {_kind(found)}")
            return []
        if len(found) > most:
            self.wrong(key, f"has {len(found)} entries; the most is {most}")
            return []
        sections = [Section(item, (*self.place, key, number), self.problems) for number, item in enumerate(found)]
        return [section for section in sections if section.is_table]

    def named_tables(self) -> dict[str, Section]:
        """Every table in this one, by its name."""
        return {name: self.table(name) for name in list(self._values)[:_MOST_ITEMS]}

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """A string."""
        if required and key not in self._values:
            self._known.append(key)
            self.problems.add(self.place, f"has no '{key}'")
            return default
        found = self._take(key, default)
        if not isinstance(found, str):
            self.wrong(key, f"must be text in quotes, but is {_kind(found)}")
            return default
        if len(found) > _LONGEST_TEXT:
            self.wrong(key, f"has {len(found)} characters; the most is {_LONGEST_TEXT}")
            return default
        if required and not found.strip():
            self.wrong(key, "is empty")
        return found

    def word(self, key: str, words: dict[str, str], default: str = "", *, required: bool = False) -> str:
        """One of the right words; `words` gives for each accepted word the one that is meant."""
        found = self.text(key, default, required=required)
        if found in words:
            return words[found]
        if found:
            right = dict.fromkeys(words.values())
            self.wrong(key, f"'{found[:60]}' is not known.{nearest_word(found, right)}")
        return ""

    def number(self, key: str, default: float, low: float, high: float) -> float:
        """A number between two bounds."""
        found = self._take(key, default)
        if isinstance(found, bool) or not isinstance(found, (int, float)):
            self.wrong(key, f"must be a number, but is {_kind(found)}")
            return default
        if not low <= found <= high:
            self.wrong(key, f"must be between {low:g} and {high:g}, but is {found:g}")
            return default
        return found

    def count(self, key: str, default: int, low: int, high: int) -> int:
        """A whole number between two bounds."""
        found = self.number(key, default, low, high)
        if found != int(found):
            self.wrong(key, f"must be a whole number, but is {found:g}")
            return default
        return int(found)

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        found = self._take(key, default)
        if not isinstance(found, bool):
            self.wrong(key, f"must be true or false, but is {_kind(found)}")
            return default
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings."""
        found = self._take(key, [])
        if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
            self.wrong(key, f'must be a list of texts like ["a", "b"], but is {_kind(found)}')
            return ()
        if len(found) > _MOST_ITEMS or any(len(item) > _LONGEST_TEXT for item in found):
            self.wrong(key, f"is too long: the most are {_MOST_ITEMS} texts of {_LONGEST_TEXT} characters")
            return ()
        return tuple(found)

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """A table of strings, as pairs."""
        found = self._take(key, {})
        if not isinstance(found, dict) or not all(isinstance(item, str) for item in found.values()):
            self.wrong(key, 'must be a table of texts like { "shop.test" = "127.0.0.1:8001" }')
            return ()
        return tuple(found.items())

    def environment_name(self, key: str) -> str:
        """The name of an environment variable; a value that looks like the secret itself is refused unshown."""
        found = self.text(key)
        return found if not found or self._is_environment_name(key, found) else ""

    def environment_names(self, key: str) -> tuple[str, ...]:
        """A list of names of environment variables."""
        return tuple(name for name in self.texts(key) if self._is_environment_name(key, name))

    def refuse_rest(self, hints: dict[str, str] | None = None) -> None:
        """Refuse keys that were not asked for, with the nearest that were; `hints` answers well-known mistakes."""
        for key in self._values:
            if key not in self._known:
                hint = (hints or {}).get(key) or nearest_word(key, self._known).strip()
                self.problems.add((*self.place, key), f"is no key here. {hint}")

    def _take(self, key: str, default: object) -> object:
        self._known.append(key)
        return self._values.get(key, default)

    def _is_environment_name(self, key: str, name: str) -> bool:
        if _ENVIRONMENT_NAME.fullmatch(name):
            return True
        self.wrong(
            key,
            "must name an environment variable. Secrets never stand in this file: set the address in a variable "
            'such as CARDWATCH_ALERT_URL and write its name here, "CARDWATCH_ALERT_URL"',
        )
        return False


def _kind(value: object) -> str:
    kinds = {str: "text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a table"}
    return kinds.get(type(value), "a date or time")
