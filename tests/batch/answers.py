"""Answers of the kinds that a batch must live through. The processes of its pool import this module."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path


def answer_oddly(item: Mapping[str, object], folder: Path, at: datetime) -> dict[str, object]:
    """Do what the line says: answer, raise, hang, die, or take memory without end."""
    match item.get("do"):
        case "raise":
            raise ValueError("this is no page; give another")
        case "break":
            raise KeyError("title")
        case "hang":
            threading.Event().wait()
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "eat":
            eaten = []
            while True:
                eaten.append(bytes(200_000_000))
    return {"said": item.get("say"), "folder": folder.name, "at": at.isoformat()}
