"""Names that one reader alone vouches for: broken ones are doubt, and what another reader saw settles them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain.document import Document, map_fields
from domain.field import Field, Status
from extractors.certainty import Second
from extractors.comparing import READER, is_words

# Of 720 names of seeds 910001–930001 the second reader read 255 otherwise: of those with less certainty 5 of 11 were
# wrong, of the rest none that had the form of a name.
_LEAST_ALONE = 0.85
_FORM = re.compile("(?:股份|有限|责任)+公司$")
_TORN = re.compile("(?<!有)限(?:责任)?公司|(?<![有限任份])责任公司")  # 冶限公司: what stood before was lost
_RUN_ON = re.compile("^(.+(?:股份|有限|责任)公司)(?!.*(?:公司|[厂矿部站点]|处|车间|中心))[一-鿿]+$")  # no branch's name
_SHORTEST = 4  # characters of 字号 and trade together, by which companies are named
_MISREAD = re.compile("项[日曰自]$")  # 项目: the two differ by a stroke, and no name ends otherwise


_NAME = re.compile("公司|[厂矿院社]$|项[目日曰自]|工程|生产线|改造|建设")
_KEYS = {"name": "name", "builder": "name", "project": "project"}  # key → what other papers call it
_BUILDING = re.compile("项目|工程|生产线|[改扩新迁]建|改造|建设|技改")  # what every project's name says of itself


def settle_names(documents: Sequence[Document]) -> list[Document]:
    """The documents with doubt on broken names, and names that another paper and another reader tell alike."""
    weighed = [_cut_run_on(_doubt_cut_off(doubt_broken(document))) for document in documents]
    stated: dict[str, list[Field[Any]]] = {}
    for document in weighed:
        for key, field in _names(document):
            stated.setdefault(_KEYS[key], []).append(field)
    return [_chosen(document, stated) for document in weighed]


def _doubt_cut_off(document: Document) -> Document:
    """The document with doubt on a project's name of which only a part was read."""
    project = getattr(document, "project", None)
    if not isinstance(project, Field) or not project.certain or not project.value or _BUILDING.search(project.value):
        return document
    doubt = {"status": Status.UNSURE, "why": "项目名称不完整，可能未读全"}
    return document.model_copy(update={"project": project.model_copy(update=doubt)})


def _cut_run_on(document: Document) -> Document:
    """The document with a company's name in doubt, without what was read on behind its legal form (a watermark)."""
    name = getattr(document, "name", None)
    match = _RUN_ON.search(name.value) if isinstance(name, Field) and isinstance(name.value, str) else None
    if match is None or name is None:
        return document
    cut = {"value": match[1], "status": Status.UNSURE, "why": "名称后混入其他文字"}
    return document.model_copy(update={"name": name.model_copy(update=cut)})


def _names(document: Document) -> Iterator[tuple[str, Field[Any]]]:
    fields = ((key, getattr(document, key, None)) for key in _KEYS)
    return ((key, field) for key, field in fields if isinstance(field, Field))


def _chosen(document: Document, stated: Mapping[str, Sequence[Field[Any]]]) -> Document:
    chosen = {key: choose_stated(field, stated[_KEYS[key]]) for key, field in _names(document)}
    found = {key: field for key, field in chosen.items() if field is not None}
    return document.model_copy(update=found) if found else document


def doubt_broken(document: Document) -> Document:
    """The document with doubt on names that rest on one reader and are not sure enough, or cut off, for that."""
    weighed: Document = map_fields(document, _weighed)
    return weighed


def _weighed(field: Field[Any]) -> Field[Any]:
    name = field.value
    if not isinstance(name, str) or not _NAME.search(name):
        return field
    if _MISREAD.search(name):
        mended = {"value": _MISREAD.sub("项目", name), "status": Status.UNSURE, "why": "末字疑似识读有误"}
        return field.model_copy(update=mended)
    alone = field.certain and field.second == Second.DIFFERS
    if alone and (field.confidence < _LEAST_ALONE or is_broken(name)):
        return field.model_copy(update={"status": Status.UNSURE, "why": "两个识读引擎结果不一致"})
    return field


def is_broken(name: str) -> bool:
    """Whether a company's name, or one that a project's begins with, lost its beginning or its middle."""
    form = _FORM.search(name)
    return bool(_TORN.search(name)) or (form is not None and len(re.sub(r"\W", "", name[: form.start()])) < _SHORTEST)


def choose_stated(field: Field[Any], stated: Sequence[Field[Any]]) -> Field[Any] | None:
    """A name in doubt as other papers state it for sure, where another reader than the first one saw it so at this very
    place; None where none did. A name that really differs is read differently by all."""
    if field.status is not Status.UNSURE or not is_words(field.value):
        return None
    said = {_bare(one) for reader, one in field.readers.items() if reader != READER}
    told = {other.value for other in stated if other.certain and isinstance(other.value, str)}
    told = {name for name in told if _bare(name) and _bare(name) in said}
    if len(told) != 1:
        return None
    why = f"其他材料上与另一次识读一致，首次识读为“{field.raw}”"
    return field.model_copy(update={"value": told.pop(), "status": Status.CERTAIN, "why": why})


def _bare(name: str) -> str:
    return re.sub(r"\W", "", name)
