"""Finds elements by plain CSS selectors: tags, classes, ids, attributes, one inside another, several by comma.

A reader asks each card of a list a handful of these; soupsieve, which knows all of CSS, takes ten times as long. What
is none of these is refused, so that no selector is silently read otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from bs4 import Tag

_STEP = re.compile(r"([a-z][a-z0-9]*)?((?:[.#][\w-]+|\[[\w-]+(?:=[\w-]+)?\])*)", re.I)
_PART = re.compile(r"([.#])([\w-]+)|\[([\w-]+)(?:=([\w-]+))?\]")


@dataclass(frozen=True)
class _Step:
    """What one element must be: its name, id, classes, and attributes with their value (None: any)."""

    name: str
    identity: str
    classes: frozenset[str]
    attributes: tuple[tuple[str, str | None], ...]

    def fits(self, element: Tag) -> bool:
        if self.name and element.name != self.name:
            return False
        attributes = element.attrs
        if self.classes:
            listed = attributes.get("class")
            if not listed or not self.classes.issubset(listed.split() if isinstance(listed, str) else listed):
                return False
        if self.identity and attributes.get("id") != self.identity:
            return False
        return all(
            name in attributes if value is None else attributes.get(name) == value for name, value in self.attributes
        )


def select(root: Tag, selector: str, limit: int | None = None) -> list[Tag]:
    """The elements in `root` that the selector fits, in document order; ValueError for a selector of another kind."""
    return list(islice(_find(root, selector), limit))


def select_one(root: Tag, selector: str) -> Tag | None:
    """The first element in `root` that the selector fits."""
    return next(_find(root, selector), None)


def _find(root: Tag, selector: str) -> Iterator[Tag]:
    paths = _read_selector(selector)
    for node in root.descendants:
        if isinstance(node, Tag) and any(_leads_to(path, node) for path in paths):
            yield node


def _leads_to(path: tuple[_Step, ...], element: Tag) -> bool:
    """Whether the last step fits the element and the others, in order, elements around it."""
    if not path[-1].fits(element):
        return False
    left = len(path) - 1
    node = element.parent
    while left and node is not None:
        left -= path[left - 1].fits(node)
        node = node.parent
    return not left


@lru_cache(maxsize=512)
def _read_selector(selector: str) -> tuple[tuple[_Step, ...], ...]:
    return tuple(tuple(_read_step(step, selector) for step in path.split() or [""]) for path in selector.split(","))


def _read_step(step: str, selector: str) -> _Step:
    match = _STEP.fullmatch(step)
    if match is None or not step:
        raise ValueError(f"selector {selector!r}: {step!r} is no tag, class, id or attribute; use Tag.select for it")
    parts = [part.groups() for part in _PART.finditer(match.group(2))]
    return _Step(
        (match.group(1) or "").lower(),
        next((name for sign, name, _, _ in parts if sign == "#"), ""),
        frozenset(name for sign, name, _, _ in parts if sign == "."),
        tuple((name, value) for _, _, name, value in parts if name),
    )
