"""Every text of the desk has its English, and no template says a Chinese word that the switch would not reach."""

import ast
import re
from pathlib import Path

import pytest

from review.desk.words import Language, dictionary, name, say

DESK = Path(__file__).parents[3] / "review" / "desk"
TEMPLATES = sorted((DESK / "templates").glob("*.html"))
CHINESE = re.compile(r"[一-鿿]")
SPOKEN_ONLY_IN_CHINESE = {"field", "value"}  # what the papers say is not translated


def spoken() -> set[str]:
    found = set()
    for path in TEMPLATES:
        found |= {text for _, text in re.findall(r"""\bt\(\s*(["'])(.*?)\1""", path.read_text())}
        lists = "".join(re.findall(r"\{% for .*? in \[(.*?)\] %\}", path.read_text(), re.S))
        found |= set(re.findall(r'"([^"\n]*)"', lists))
    return {text for text in found if CHINESE.search(text)}


def named() -> set[str]:
    kinds = dictionary()["names"]
    return {text for kind, names in kinds.items() if kind not in SPOKEN_ONLY_IN_CHINESE for text in names.values()}


def constants() -> set[str]:
    """Texts that modules hand to templates, which say them: messages of troubles, titles of filters, menu entries."""
    found = set()
    for path in (*DESK.glob("*.py"), *(DESK / "routes").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id.isupper():
                found |= {
                    it.value
                    for it in ast.walk(node.value)
                    if isinstance(it, ast.Constant) and isinstance(it.value, str)
                }
    return {text for text in found if CHINESE.search(text)}


def test_every_text_and_name_has_its_english() -> None:
    english = dictionary()["english"]
    assert sorted((spoken() | named()) - english.keys()) == []


def test_the_english_is_english_and_has_the_same_figures() -> None:
    for chinese, english in dictionary()["english"].items():
        assert not CHINESE.search(english), english
        assert re.findall(r"\{\w+\}", chinese) == re.findall(r"\{\w+\}", english), chinese


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_say_chinese_only_through_the_dictionary(path: Path) -> None:
    plain = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", path.read_text(), flags=re.S)
    assert CHINESE.findall(plain) == []


def test_templates_hold_no_styles_scripts_or_handlers_that_the_policy_would_stop() -> None:
    for path in TEMPLATES:
        assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=", path.read_text()), path.name


def test_a_text_without_english_stays_chinese_and_a_code_without_a_name_stays_itself() -> None:
    assert say(Language.ENGLISH, "没有译文 {n}", n=3) == "没有译文 3"
    assert (name(Language.CHINESE, "state", "review"), name(Language.ENGLISH, "state", "xyz")) == ("待审核", "xyz")
