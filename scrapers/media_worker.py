"""The child that looks into files: `python -m scrapers.media_worker CPU_SECONDS`, one line of JSON in, one out.

A question is {"path", "form", "other"}, an answer {"text", "times", "facts", "notes", "likeness", "unread"}. Limits its
own memory and CPU time first: a file is hostile until it is read.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import warnings
from pathlib import Path

from scrapers.media_answer import Answer, Unread
from scrapers.picture_pipe import limit_self

MEMORY_BYTES = 2 << 30


def main(arguments: list[str]) -> int:
    """Answer questions until stdin ends."""
    limit_self(cpu_seconds=int(arguments[0]) if arguments else 60, memory_bytes=MEMORY_BYTES)
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is not an answer
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        answer = Answer()
        try:
            look_into(Path(asked["path"]), asked["form"], answer, Path(asked["other"]) if asked["other"] else None)
        except Unread as reason:
            answer.unread = str(reason)
        except MemoryError:
            answer.unread = "占用的内存超过限度"
        except RecursionError:
            answer.unread = "内部嵌套过深"
        except Exception as error:  # a hostile file may break any parser: it is named, the next one is read
            answer.unread = f"文件损坏或格式不对（{type(error).__name__}）"
        answers.write(json.dumps(answer.as_data(), ensure_ascii=True).encode() + b"\n")
        answers.flush()
    return 0


def look_into(path: Path, form: str, answer: Answer, other: Path | None = None) -> None:
    """Look into one file by its form; what was found before something broke stays in the answer."""
    if form == "image":
        from scrapers.media_pictures import look_at_picture

        look_at_picture(path, answer, other)
    elif form == "pair" and other is not None:
        from scrapers.media_pictures import compare_pictures

        compare_pictures(path, other, answer)
    elif form == "pdf":
        from scrapers.media_pdf import look_at_pdf

        look_at_pdf(path, answer)
    elif form in ("audio", "video"):
        from scrapers.media_recordings import look_at_recording

        look_at_recording(path, answer)
    elif form in ("mail", "mbox", "mhtml"):
        from scrapers.media_mail import look_at_mail

        look_at_mail(path, answer, form)
    elif form in ("html", "text", "chat_json"):
        from scrapers.media_texts import look_at_text

        look_at_text(path, form, answer)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
