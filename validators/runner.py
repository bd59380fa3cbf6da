"""Runs every rule over a dossier and turns what comes of it into findings with one of the five outcomes."""

import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product
from math import prod
from typing import Any, NamedTuple

from domain.books import Books
from domain.document import Document, Version, values
from domain.dossier import Dossier, RefusedFile
from domain.field import Doubt, Field
from domain.finding import Evidence, Finding, Outcome
from domain.quantity import Metal
from extractors.documents.other import Other
from extractors.documents.permit_certificate import PermitFields
from reference.packages import Required, required
from validators.places import looking
from validators.registry import Need, NotApplicable, Rule, Variant, is_document, rules, type_name
from validators.wording import title

MOST_RUNS = 200  # of one rule over one package; more combinations of documents than that are a mistake in the package
UNKNOWN = Books()
SOLD = re.compile(r"items\[\d+\]\.metal")
_log = logging.getLogger(__name__)


class Candidate(NamedTuple):
    """Something that a parameter may take, and what it adds to the finding's subject."""

    subject: str
    value: Any


def check(dossier: Dossier, books: Books = UNKNOWN) -> tuple[Finding, ...]:
    """Every run of every rule, passes too, in the order of the codes; no subject twice within a rule.

    `books` is what is known beyond the package; without it the rules that need it are `unsure` or not applicable.
    """
    return tuple(_told_apart(finding for rule in rules() for finding in run(rule, dossier, books)))


def run(rule: Rule, dossier: Dossier, books: Books = UNKNOWN) -> Iterator[Finding]:
    """One rule over a dossier: a finding for each subject."""
    for variant in rule.variants:
        yield from _run_variant(rule, variant, dossier, books)


def metals(dossier: Dossier) -> list[Metal]:
    """The metals that the package speaks of: those with a figure in any document's quantities, those of items sold."""
    fields = [item for document in dossier.documents for item in values(document)]
    spoken = {path.rpartition(".")[2] for path, field in fields if not _blank(field)}
    sold = {field.value for path, field in fields if SOLD.fullmatch(path)}
    return [metal for metal in Metal if metal.value in spoken or metal in sold]


def _blank(field: Field[Any]) -> bool:
    return field.certain and field.value is None


def _run_variant(rule: Rule, variant: Variant, dossier: Dossier, books: Books) -> Iterator[Finding]:
    found = {need: list(_candidates(need, dossier, books)) for need in variant.needs}
    lacking = [need for need, candidates in found.items() if not candidates]
    if lacking:
        yield _without(rule, variant, lacking, dossier)
        return
    for combination in islice(product(*found.values()), MOST_RUNS):
        given = {need.parameter: item.value for need, item in zip(found, combination, strict=True)}
        subject = "/".join(filter(None, (variant.subject, *(item.subject for item in combination))))
        yield _judge(rule, subject, {**variant.fixed, **given})
    if prod(map(len, found.values())) > MOST_RUNS:
        yield _finding(rule, variant.subject, Outcome.UNSURE, f"同类文书份数过多，{_unchecked(rule)}")


def _candidates(need: Need, dossier: Dossier, books: Books) -> Iterator[Candidate]:
    for kind in need.types:
        if is_document(kind):
            yield from _documents(kind, need, dossier)
        elif kind is Dossier:
            yield Candidate("", dossier)
        elif kind is Books:
            yield Candidate("", books)
        elif kind is Metal:
            yield from (Candidate(metal.value, metal) for metal in metals(dossier))
        elif kind is Required:
            yield from (Candidate(_named(*wanted), wanted) for wanted in required(dossier.kind))
        elif kind is RefusedFile:
            yield from (Candidate(file.name, file) for file in dossier.refused)
        else:
            raise TypeError(f"a rule cannot need {kind!r}")


def _documents(kind: type[Document], need: Need, dossier: Dossier) -> Iterator[Candidate]:
    """Documents of one type; where a rule takes several types or versions, the subject is the document."""
    both = need.version is None and issubclass(kind, PermitFields)
    several = both or len(need.types) > 1 or type_name(kind) is None
    for document in dossier.of(kind):
        if need.version not in (None, document.version) or (kind is Document and isinstance(document, Other)):
            continue
        yield Candidate(_named(document.type, document.version) if several else "", document)


def _named(kind: str, version: Version | None) -> str:
    return f"{kind}/{version}" if version else kind


def _without(rule: Rule, variant: Variant, lacking: Iterable[Need], dossier: Dossier) -> Finding:
    """What a rule says where something it needs is not there: not part of this kind of package, or missing."""
    for need in lacking:
        if not _expected(need, dossier):
            message = f"本次提交的材料中没有{_called(need, dossier)}，本项不适用"
            return _finding(rule, variant.subject, Outcome.NOT_APPLICABLE, message)
    why = "；".join(_absence(need, dossier) for need in lacking)
    return _finding(rule, variant.subject, Outcome.UNSURE, f"{why}，{_unchecked(rule)}")


def _expected(need: Need, dossier: Dossier) -> bool:
    if RefusedFile in need.types and Required not in need.types:
        return False
    documents = [kind for kind in need.types if is_document(kind)]
    return not documents or any(_part_of(kind, need.version, dossier) for kind in documents)


def _part_of(kind: type[Document], version: Version | None, dossier: Dossier) -> bool:
    names = {type_name(each) for each in (kind, *_below(kind))}
    return any(want.type in names and version in (None, want.version) for want in required(dossier.kind))


def _below(kind: type[Document]) -> Iterator[type[Document]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _absence(need: Need, dossier: Dossier) -> str:
    if Required in need.types:
        return "无法判定材料用途，未识别出供需信息表、协议转让书等能说明用途的文书"
    return "未读到任何重金属的数量" if Metal in need.types else f"缺少{_called(need, dossier)}"


def _called(need: Need, dossier: Dossier) -> str:
    """The documents that a need may take; of several, those that belong to this kind of package."""
    kinds = [kind for kind in need.types if is_document(kind)]
    fitting = [kind for kind in kinds if _part_of(kind, need.version, dossier)]
    names = [type_name(kind) for kind in fitting or kinds]
    if PermitFields in (fitting or kinds):
        names.append("排污许可证")
    return "、".join(title(name, need.version) for name in names if name) or "所需文书"


def _judge(rule: Rule, subject: str, arguments: Mapping[str, Any]) -> Finding:
    with looking() as seen:
        try:
            problem = rule.function(**arguments)
        except Doubt as doubt:
            evidence = _doubtful_first(seen, doubt.fields)
            return _finding(rule, subject, Outcome.UNSURE, f"{_reason(doubt)}，{_unchecked(rule)}", evidence)
        except NotApplicable as reason:
            return _finding(rule, subject, Outcome.NOT_APPLICABLE, f"{reason}，本项不适用", seen)
        except Exception as error:  # one broken rule must not take the others with it
            _log.exception("rule %s broke", rule.code)
            message = f"规则执行出错（{type(error).__name__}），{_unchecked(rule)}"
            return _finding(rule, subject, Outcome.BROKEN, message, seen)
    if problem is None:
        return _finding(rule, subject, Outcome.PASSED, f"{rule.name}：相符", seen)
    failed = _finding(rule, subject, Outcome.FAILED, problem.message, problem.evidence or seen)
    return failed.model_copy(update={"severity": problem.severity}) if problem.severity else failed


def _unchecked(rule: Rule) -> str:
    return f"无法核对“{rule.name}”"


def _reason(doubt: Doubt) -> str:
    """What a doubt says; of one that has no words, which print on which page cannot be relied on."""
    told = [_unreliable(field) for field in doubt.fields if field.page is not None]
    return str(doubt) if doubt.why or not told else "；".join(told)


def _unreliable(field: Field[Any]) -> str:
    told = f"第{field.page}页“{field.raw}”" if field.raw else f"第{field.page}页一处栏目"
    if field.certain:
        return f"{told}未填写"
    return f"{told}读数不确定" + (f"（{field.why}）" if field.why else "")


def _doubtful_first(seen: Iterable[Evidence], fields: Iterable[Field[Any]]) -> list[Evidence]:
    """What a rule looked at, the fields it could not rely on leading; bare where it did not say which they are."""
    doubted = {(field.page, field.box, field.raw) for field in fields}
    ordered = sorted(seen, key=lambda e: (e.page, e.box, e.text) not in doubted)
    return ordered or [Evidence(document="", page=page, box=box, text=raw) for page, box, raw in doubted]


def _finding(
    rule: Rule, subject: str, outcome: Outcome, message: str, evidence: Iterable[Evidence] = ()
) -> Finding:  # fmt: skip
    return Finding(
        rule=rule.code,
        outcome=outcome,
        severity=rule.severity,
        message=message,
        subject=subject,
        cites=rule.citation,
        evidence=tuple(evidence),
    )


def _told_apart(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Numbers further findings on one subject, where a package holds several documents of one type."""
    times: Counter[tuple[str, str]] = Counter()
    for finding in findings:
        times[finding.rule, finding.subject] += 1
        again = times[finding.rule, finding.subject]
        yield finding if again == 1 else finding.model_copy(update={"subject": f"{finding.subject}#{again}"})
