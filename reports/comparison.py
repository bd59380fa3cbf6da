"""A verdict beside the truth, field by field: what was read right, wrong, not at all, or with doubt."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import product
from typing import Any

from domain.document import TABLES
from domain.page import Box, Frozen
from domain.quantity import Metal
from extractors.recognition import document_classes
from reports.field_kinds import FieldKind, kind_of_field

PER_METAL = frozenset(
    {"permit_before", "permit_after", "base", "reduction", "task", "surplus", "offered", "inventory"}
    | {"totals", "net_new", "new_emission", "demand"}
)
ROW_KEYS = ("medium", "outlet_code", "scope", "pollutant", "metal", "name", "annual")
EVIDENCE = ("box", "confidence", "under_seal", "readers", "second", "why")
FOLD = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "—": "-", "–": "-", "〔": "[", "〕": "]", "、": ","})


class Mark(StrEnum):
    """How a field came out; `unsure` whatever its value, because a person will look at it."""

    RIGHT = "right"
    WRONG = "wrong"
    MISSING = "missing"
    UNSURE = "unsure"


class Judged(Frozen):
    """One field beside its truth; `same` tells whether the value is the paper's, whatever its status."""

    package: str
    document: str
    path: str
    key: str
    kind: FieldKind
    critical: bool
    mark: Mark
    same: bool
    status: str
    truth: str | None
    got: str | None
    raw: str = ""
    page: int | None = None
    metal: str | None = None
    box: Box | None = None
    confidence: float = 0.0
    under_seal: bool = False
    readers: Mapping[str, str] = {}
    second: str | None = None
    why: str | None = None
    silent: bool = False


def fold(text: object) -> str:
    """Text without spaces, in one width, for comparing what a person would call the same."""
    return "".join(unicodedata.normalize("NFKC", str(text)).translate(FOLD).split())


def equal(truth: object, got: object) -> bool:
    """Whether two values say the same: decimals numerically, text folded."""
    if truth is None or got is None:
        return truth is got
    if fold(truth) == fold(got):
        return True
    try:
        return ("." in f"{truth}{got}") and Decimal(str(truth)) == Decimal(str(got))
    except InvalidOperation:
        return False


def compare(package: str, truth: Mapping[str, Any], verdict: Mapping[str, Any]) -> list[Judged]:
    """Every field of every document of the truth, judged; then the documents that nobody handed in."""
    found = [*verdict.get("documents", ()), *_others(verdict)]
    judged: list[Judged] = []
    for wanted in truth["documents"]:
        match = _best(wanted, found)
        found = [document for document in found if document is not match]
        judged += _document(package, wanted, match)
    invented = [document for document in found if document["type"] != "other"]
    return judged + [_invented(package, document) for document in invented]


def leaves(
    truth: Any, got: Any, path: str = "", metal: str | None = None
) -> Iterator[tuple[str, Any, Any, str | None]]:
    """Pairs of truth and reading below a document: path, bare value, field (or None), metal it belongs to."""
    if isinstance(truth, Mapping):
        yield from _mapping(truth, got, path, metal)
    elif isinstance(truth, list | tuple) and any(isinstance(item, Mapping) for item in truth):
        yield from _rows(truth, got or (), path)
    elif isinstance(truth, list | tuple):
        yield from _series(truth, got or (), path, metal)
    else:
        yield path, truth, got, metal


def root(path: str) -> str:
    """The catalogue's key behind a path: `limits[3].annual[2]` → `limits.annual`, `offered.Pb` → `offered`."""
    plain = "".join(part.partition("]")[2] if index else part for index, part in enumerate(path.split("[")))
    return ".".join(part for part in plain.split(".") if part not in set(Metal))


def _mapping(
    truth: Mapping[str, Any], got: Any, path: str, metal: str | None
) -> Iterator[tuple[str, Any, Any, str | None]]:
    inside = got if isinstance(got, Mapping) else {}
    metals = [m for m in inside if m not in truth] if path.rpartition(".")[2] in PER_METAL else []
    for key in [*truth, *metals]:
        below = f"{path}.{key}" if path else key
        yield from leaves(truth.get(key), inside.get(key), below, key if key in set(Metal) else metal)


def _series(
    truth: Sequence[Any], got: Sequence[Any], path: str, metal: str | None
) -> Iterator[tuple[str, Any, Any, str | None]]:
    """Years by their place; other lists as sets, in the truth's order."""
    by_place = path.endswith("annual")
    for index, item in enumerate(truth):
        same = [field for field in got if equal(item, value(field))]
        field = (got[index] if index < len(got) else None) if by_place else next(iter(same), None)
        yield f"{path}[{index}]", item, field, metal


def _rows(truth: Sequence[Any], got: Sequence[Any], path: str) -> Iterator[tuple[str, Any, Any, str | None]]:
    """Rows of a table matched by what identifies them; rows that the paper does not have come last."""
    pairs = _match(truth, got)
    for index, row in enumerate(truth):
        matched = got[pairs[index]] if index in pairs else {}
        yield from leaves(row, matched, f"{path}[{index}]", row.get("metal"))
    for index, row in enumerate(got):
        if index not in pairs.values():
            yield f"{path}[+{index}]", None, _summary(row), value(row.get("metal"))


def _match(truth: Sequence[Any], got: Sequence[Any]) -> dict[int, int]:
    """Greedy: the pair of rows that agree in most of the identifying keys first; at least half of them."""
    pairs: dict[int, int] = {}
    scored = sorted(
        ((_likeness(truth[i], got[j]), -abs(i - j), i, j) for i, j in product(*map(_span, (truth, got)))), reverse=True
    )
    for score, _, i, j in scored:
        if score >= 0.5 and i not in pairs and j not in pairs.values():
            pairs[i] = j
    return pairs


def _span(rows: Sequence[Any]) -> range:
    return range(len(rows))


def _likeness(truth: Mapping[str, Any], got: Mapping[str, Any]) -> float:
    keys = [key for key in ROW_KEYS if key in truth]
    hits = sum(_alike(truth[key], got.get(key)) for key in keys)
    return hits / len(keys) if keys else 0.0


def _alike(truth: Any, got: Any) -> float:
    if isinstance(truth, list | tuple):
        years = list(zip(truth, got or (), strict=False))
        return sum(equal(t, value(g)) for t, g in years) / len(years) if years else 0.0
    return float(equal(truth, value(got)))


def _summary(row: Mapping[str, Any]) -> dict[str, Any]:
    """An invented row as one field: certain only where everything that identifies it is."""
    fields = [row[key] for key in ROW_KEYS if isinstance(row.get(key), Mapping)]
    sure = all(field.get("status") == "certain" for field in fields)
    text = " ".join(str(field["value"]) for field in fields if field.get("value") is not None)
    page = next((field["page"] for field in fields if field.get("page")), None)
    return {"value": text or "row", "raw": text, "status": "certain" if sure else "unsure", "page": page}


def value(field: Any) -> Any:
    """The value of a field, or of what is a bare value already."""
    return field.get("value") if isinstance(field, Mapping) else field


def _document(package: str, truth: Mapping[str, Any], got: Mapping[str, Any] | None) -> list[Judged]:
    name = "/".join(part for part in (truth["type"], truth.get("version")) if part)
    inside = got or {}
    shape = {"document": truth["type"], "pages": _span_text(truth.get("pages"))}
    given = {"document": inside.get("type"), "pages": _span_text(inside.get("pages"))}
    if truth.get("version"):
        shape["version"], given["version"] = truth["version"], inside.get("version")
    flat_truth = shape | dict(truth.get("fields", {})) | {key: truth[key] for key in TABLES if key in truth}
    flat_got = given | dict(inside.get("fields", {})) | {key: inside[key] for key in TABLES if key in inside}
    return [_judge(package, name, *leaf) for leaf in leaves(flat_truth, flat_got)]


def _judge(package: str, document: str, path: str, truth: Any, field: Any, metal: str | None) -> Judged:
    got = value(field)
    inside = field if isinstance(field, Mapping) else {"status": "missing" if field is None else "certain"}
    key = root(path)
    return Judged(
        package=package,
        document=document,
        path=path,
        key=key,
        kind=kind_of_field(key),
        critical=key == "document" or key in _critical(document.partition("/")[0]),
        mark=_mark(truth, got, inside["status"]),
        same=equal(truth, got),
        status=inside["status"],
        truth=_text(truth),
        got=_text(got),
        raw=inside.get("raw", ""),
        page=inside.get("page"),
        metal=metal,
        **{name: inside[name] for name in EVIDENCE if inside.get(name)},
    )


def _critical(kind: str) -> frozenset[str]:
    model = document_classes().get(kind)
    return model.CRITICAL if model else frozenset()


def _mark(truth: Any, got: Any, status: str) -> Mark:
    if status == "unsure":
        return Mark.UNSURE
    if equal(truth, got):
        return Mark.RIGHT
    return Mark.MISSING if got is None and status == "missing" else Mark.WRONG


def _invented(package: str, document: Mapping[str, Any]) -> Judged:
    name = "/".join(part for part in (document["type"], document.get("version")) if part)
    return _judge(package, name, "document", None, document["type"] + _span_text(document.get("pages")), None)


def _others(verdict: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Pages set aside, in the shape in which truth files write them."""
    pages = verdict.get("other_pages", ())
    return [
        {"type": "other", "pages": [p["page"]], "fields": {"label": p["label"], "title": p["title"]}} for p in pages
    ]


def _best(truth: Mapping[str, Any], found: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    same = [document for document in found if document["type"] == truth["type"] and any(_overlap(truth, document))]
    return max(same, key=lambda document: _overlap(truth, document), default=None)


def _overlap(truth: Mapping[str, Any], got: Mapping[str, Any]) -> tuple[float, bool]:
    ours, theirs = set(truth.get("pages", ())), set(got.get("pages", ()))
    share = len(ours & theirs) / len(ours | theirs) if ours | theirs else 0.0
    return share, truth.get("version") == got.get("version")


def _span_text(pages: Any) -> str:
    return "p" + ",".join(map(str, pages or ()))


def _text(given: Any) -> str | None:
    return None if given is None else str(given)
