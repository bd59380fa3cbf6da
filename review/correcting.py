"""What people corrected, laid over what was read; the machine's reading stays beside it for ever."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, get_args, get_origin

from domain.decision import Draft, Place
from domain.document import Document, key_of, values
from domain.dossier import Dossier
from domain.errors import ExitCode, HeyanError
from domain.field import Field, Status
from domain.finding import Evidence
from domain.page import Frozen
from domain.quantity import Metal
from extractors.comparing import READER
from extractors.documents.eia_table import EiaTable
from extractors.documents.other import Other
from extractors.emission_sums import FIGURES_IN_DOUBT, net_new
from extractors.understanding import Correct, Lay
from review.typing_in import Typed, parse

_STEPS = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


class UnknownPlace(HeyanError):
    """The package has no such document or field."""

    exit_code = ExitCode.USAGE


def over(corrections: Sequence[Draft]) -> Correct:
    """Lays these corrections over a package's documents; the later of two for one place counts.

    Places name documents as the machine tells them apart, so that they mean the same however dates are corrected.
    """

    def correct(read: Sequence[Document]) -> Lay:
        meant: defaultdict[int, list[Draft]] = defaultdict(list)
        order = sorted(range(len(read)), key=lambda n: read[n].pages)  # as a dossier has them
        for one in corrections:
            index = _index([read[n] for n in order], one.place) if one.place else None
            if index is not None:
                meant[order[index]].append(one)
        return partial(_lay, meant)

    return correct


def find_document(documents: Sequence[Document], place: Place) -> int:
    """Which of the documents a place means; raises UnknownPlace."""
    index = _index(documents, place)
    if index is None:
        raise UnknownPlace("UNKNOWN_PLACE", f"材料中没有这份文书：{place.document}（第{place.ordinal}份）")
    return index


def field_at(document: Document, path: str) -> Field[Any]:
    """The field at a path, an empty one where a metal's is not there yet; raises UnknownPlace."""
    found: Any = document
    for step in _steps(path):
        found = _below(found, step, path)
    if not isinstance(found, Field):
        raise UnknownPlace("UNKNOWN_PLACE", f"文书中没有这个栏目：{path}")
    return found


def place_at(documents: Sequence[Document], index: int, path: str) -> Place:
    """The place of a field of the `index`-th document."""
    own = documents[index]
    before = sum(_alike(other, own) for other in documents[: index + 1])
    return Place(document=own.type, version=own.version, ordinal=before, path=path)


def places(dossier: Dossier) -> Iterable[tuple[Place, Field[Any]]]:
    """Every field of a dossier with its place."""
    for index, document in enumerate(dossier.documents):
        yield from ((place_at(dossier.documents, index, path), field) for path, field in values(document))


def place_of(dossier: Dossier, evidence: Evidence) -> Place | None:
    """The field that a finding's evidence rests on, None where it is none of a document's fields."""
    for place, field in places(dossier):
        same = (place.document, place.version, place.path) == (evidence.document, evidence.version, evidence.field)
        if same and (field.page, field.box) == (evidence.page, evidence.box):
            return place
    return None


def kind_at(model: type[Document], path: str) -> Any:
    """What a field at a path holds: date, Decimal, Metal, bool or str."""
    kind: Any = model
    for step in _steps(path):
        if isinstance(step, int) or get_origin(kind) is dict:
            kind = [one for one in get_args(kind) if one is not Ellipsis][-1]
        else:
            kind = kind.model_fields[step].annotation
    held = kind.model_fields["value"].annotation
    return _bare(next(one for one in get_args(held) if one is not type(None)))


def _bare(kind: Any) -> Any:
    """A type without what it is annotated with."""
    return get_args(kind)[0] if hasattr(kind, "__metadata__") else kind


# ---- laying ----------------------------------------------------------------------------------------------------


def _lay(meant: Mapping[int, Sequence[Draft]], documents: Sequence[Document]) -> list[Document]:
    return [_lay_all(document, meant.get(index, ())) for index, document in enumerate(documents)]


def _lay_all(document: Document, corrections: Sequence[Draft]) -> Document:
    """Sums follow their rows; a sum that was corrected itself comes after them."""
    for one in sorted(corrections, key=_is_of_sum):
        document = _put(document, one)
        if isinstance(document, EiaTable) and not _is_of_sum(one):
            document = _add_up(document)
    return document


def _is_of_sum(correction: Draft) -> bool:
    return correction.place is not None and key_of(correction.place.path) == "net_new"


def _put(document: Document, correction: Draft) -> Document:
    assert correction.place is not None
    path = correction.place.path
    field = field_at(document, path)
    typed = parse(correction.text, kind_at(type(document), path), document.type, path, field)
    changed: Document = _set(document, _steps(path), corrected(field, typed, correction, document))
    return changed


def corrected(field: Field[Any], typed: Typed, correction: Draft, document: Document) -> Field[Any]:
    """The field as a person reads it: certain, with all that the machine's readers gave beside it."""
    machine = {READER: field.raw} if field.raw and not field.readers else {}
    told = {
        "value": typed.value,
        "printed": typed.printed,
        "raw": correction.text.strip(),
        "status": Status.CERTAIN,
        "confidence": 1.0,
        "why": None,
        "readers": {**machine, **field.readers},
        "corrected_by": correction.actor,
        "page": field.page or next(iter(document.pages), None),
    }
    return field.model_copy(update=told)


def _add_up(table: EiaTable) -> EiaTable:
    """Net emissions anew from corrected rows; a doubt about the table as a whole stays."""
    whys = {field.why for field in table.net_new.values()}
    whole = whys.pop() if len(whys) == 1 and len(table.net_new) == len(Metal) else None
    doubt = None if whole is None or whole.endswith(FIGURES_IN_DOUBT) else whole
    return table.model_copy(update={"net_new": net_new(table.rows, doubt)})


def _set(thing: Any, steps: Sequence[str | int], field: Field[Any]) -> Any:
    if not steps:
        return field
    step, *rest = steps
    if isinstance(thing, Mapping):
        key = Metal(str(step))
        return {**thing, key: _set(thing.get(key), rest, field)}
    if isinstance(step, int):
        return tuple(_set(one, rest, field) if n == step else one for n, one in enumerate(thing))
    return thing.model_copy(update={step: _set(getattr(thing, step), rest, field)})


# ---- finding ---------------------------------------------------------------------------------------------------


def _index(documents: Sequence[Document], place: Place) -> int | None:
    like = [n for n, one in enumerate(documents) if (one.type, one.version) == (place.document, place.version)]
    return like[place.ordinal - 1] if 0 < place.ordinal <= len(like) else None


def _alike(one: Document, other: Document) -> bool:
    return (one.type, one.version) == (other.type, other.version)


def _steps(path: str) -> list[str | int]:
    return [int(match[1]) if match[1] else match[2] for match in _STEPS.finditer(path)]


def _below(thing: Any, step: str | int, path: str) -> Any:
    lost = UnknownPlace("UNKNOWN_PLACE", f"文书中没有这个栏目：{path}")
    if isinstance(thing, Mapping):
        if step not in set(Metal):
            raise lost
        return thing.get(Metal(str(step)), Field[Any]())
    if isinstance(step, int) and isinstance(thing, tuple) and step < len(thing):
        return thing[step]
    if isinstance(thing, Frozen) and step in type(thing).model_fields:
        return getattr(thing, str(step))
    raise lost


def without_blanks(documents: Sequence[Document]) -> list[Document]:
    """The documents that were read, without the sheets on which nothing is printed."""
    return [one for one in documents if not (isinstance(one, Other) and one.label == "blank")]
