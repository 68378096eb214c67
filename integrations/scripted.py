"""An answerer that is as slow as the question asks it to be: for the demo, where a slow AI agent can be overtaken."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace

from integrations.port import Answer, Answerer, Question

MAX_DELAY = 120.0

_SLOW = re.compile(r"(?:take|think for|wait|piensa|tarda|espera)\D{0,12}(\d{1,3})\s*(?:s|seconds?|segundos?)\b", re.I)


class ScriptedAnswerer:
    """Lets `inner` answer, after the seconds that the text names ("take 5 seconds", "piensa 5 segundos")."""

    def __init__(self, inner: Answerer, sleep: Callable[[float], object] = time.sleep) -> None:
        self._inner = inner
        self._sleep = sleep

    def answer(self, question: Question) -> Answer | None:
        asked = _SLOW.search(question.text)
        if asked:
            self._sleep(min(float(asked[1]), MAX_DELAY))
        return self._inner.answer(replace(question, text=_SLOW.sub(" ", question.text)))
