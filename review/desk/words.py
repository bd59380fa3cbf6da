"""What stands on the desk's pages, in Chinese and by a switch in English."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request

WORDS = Path(__file__).with_name("words.toml")
COOKIE = "heyan_language"


class Language(StrEnum):
    """Chinese is what the officers work in; English is for those who look over their shoulders."""

    CHINESE = "zh"
    ENGLISH = "en"


@cache
def dictionary() -> Mapping[str, Mapping[str, Any]]:
    """`english`: the English of every Chinese text; `names`: the Chinese names of codes, by what they name."""
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def language_of(request: Request) -> Language:
    """What the reader chose; Chinese where nothing was chosen."""
    chosen = request.cookies.get(COOKIE)
    return Language.ENGLISH if chosen == Language.ENGLISH else Language.CHINESE


def say(language: Language, text: str, /, **figures: object) -> str:
    """A Chinese text in a language, its `{figures}` filled in; one without English stays Chinese."""
    told = dictionary()["english"].get(text, text) if language is Language.ENGLISH else text
    return told.format(**figures) if figures else told


def name(language: Language, kind: str, code: object, /) -> str:
    """What a code is called (`state`, `review` → 待审); a code without a name stands for itself."""
    chinese = dictionary()["names"].get(kind, {}).get(str(code))
    return say(language, chinese) if chinese else str(code or "—")
