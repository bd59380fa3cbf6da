"""Rules on which documents a package holds."""

from collections.abc import Iterator
from itertools import combinations

from domain.books import Books, CopiedPage
from domain.copies import parties
from domain.document import Document, values
from domain.dossier import Dossier, RefusedFile
from domain.field import Doubt
from domain.finding import Severity
from extractors.documents.other import Other
from reference.packages import Required, required
from reference.provisions import guide, practice
from validators.places import named, whole
from validators.registry import NotApplicable, Problem, rule
from validators.wording import pages, title

PERMITS = ("permit_certificate", "permit_copy")
# What tells one paper from another of its type; addresses and scopes are left out, for they are seldom read alike.
KEYS = {"uscc", "name", "number", "valid_from", "valid_to", "issued_on", "filled_on", "prepared_on", "totals"}
KEYS |= {"new_emission", "demand", "net_new", "total", "signed_on", "serial", "amount", "paid_on", "reprint", "kind"}
KEYS |= {"permit_before", "permit_after", "base", "reduction", "task", "surplus", "offered"}
OFFERED_INSTEAD = {"registration_receipt": "排污登记回执", "other_licence": "其他种类的许可证"}
EVERY_PAGE = practice("每一页材料均应归入文书或另行列出，不得遗漏。")
NO_COPIES = practice("每家企业应提交本企业的材料，同一页材料不应由两家企业分别提交。")
NO_DOUBLES = practice("同一文书不应重复提交。")


@rule("DOC-001", Severity.BLOCK, "材料齐全", cites=(guide("annex 1"), guide("4(5)")))
def complete(wanted: Required | RefusedFile, dossier: Dossier) -> Problem | None:
    """Every required document of the package's kind is there."""
    if isinstance(wanted, RefusedFile):
        raise _refused(wanted, dossier)
    found = _present(wanted, dossier)
    if not found:
        return _missing(wanted, dossier)
    for document in found:
        whole(document)
    return None


@rule("DOC-002", Severity.NOTE, "逐页识别", cites=EVERY_PAGE)
def recognised(dossier: Dossier) -> Problem | None:
    """Every page was recognised or set aside as `other`."""
    known = {page for document in dossier.documents if not _unknown(document) for page in document.pages}
    lost = [page.number for page in dossier.pages if page.number not in known and not page.page.blank]
    if not lost:
        return None
    other = next((document for document in dossier.documents if _unknown(document)), Other())
    evidence = tuple(whole(other, number) for number in lost)
    return Problem(f"{pages(tuple(lost))}未能识别为已知文书，请查看是否与本案有关", evidence)


@rule("DOC-003", Severity.BLOCK, "所交确为排污许可证", cites=guide("annex 1"))
def real_permit(other: Other, dossier: Dossier) -> Problem | None:
    """What is offered as a permit is a permit, not a 登记回执 or another licence."""
    whole(other)
    what = OFFERED_INSTEAD.get(other.label)
    if what is None:
        raise NotApplicable(f"{pages(other.pages)}不是许可类文书")
    lacking = [w for w in required(dossier.kind) if w.type in PERMITS and not _present(w, dossier)]
    if not lacking:
        return None
    names = "、".join(title(*wanted) for wanted in lacking)
    heading = f"（“{other.title.value}”）" if other.title.value else ""
    return Problem(f"{pages(other.pages)}是{what}{heading}，不能代替缺少的{names}")


@rule("DOC-004", Severity.REVIEW, "页面未由其他企业提交过", cites=NO_COPIES)
def no_copied_page(dossier: Dossier, books: Books) -> Problem | None:
    """No page of this package was already handed in by another company."""
    if not books.complete and not books.copies:
        raise NotApplicable("未接入台账，没有其他企业的材料可供比对")
    if not books.copies:
        return None
    evidence = tuple(whole(_holder(copy.page, dossier), copy.page) for copy in books.copies)
    if not parties(dossier) or not all(copy.name for copy in books.copies):
        listed = "、".join(f"第{copy.page}页与{copy.case}第{copy.their_page}页" for copy in books.copies)
        raise Doubt(why=f"{listed}内容相同，但未能确定是否为同一企业")
    told = "；".join(_copied(copy) for copy in books.copies)
    return Problem(f"{told}，疑似复制其他企业的材料", evidence)


@rule("DOC-005", Severity.NOTE, "文书无重复", cites=NO_DOUBLES)
def no_doubles(dossier: Dossier) -> Problem | None:
    """No document is there twice."""
    documents = [document for document in dossier.documents if not isinstance(document, Other)]
    for left, right in combinations(documents, 2):
        if _same_picture(left, right, dossier) or _alike(left, right):
            message = f"{named(left)}与{named(right)}内容相同，疑似重复提交"
            return Problem(message, (whole(left), whole(right)))
    return None


def _present(wanted: Required, dossier: Dossier) -> list[Document]:
    return [document for document in dossier.documents if (document.type, document.version) == wanted]


def _missing(wanted: Required, dossier: Dossier) -> Problem:
    """A permit whose version could not be told may be the missing one."""
    for document in dossier.documents:
        if document.type == wanted.type and document.version is None:
            whole(document)
            raise Doubt(why=f"{named(document)}未能判定是变更前还是变更后，可能即是{title(*wanted)}")
    refused = f"，另有文件{_files(dossier)}无法读取" if dossier.refused else ""
    return Problem(f"缺少{title(*wanted)}{refused}")


def _refused(file: RefusedFile, dossier: Dossier) -> Exception:
    """Doubt, but where a document is missing its own finding names the files that could not be read."""
    if not all(_present(wanted, dossier) for wanted in required(dossier.kind)):
        return NotApplicable(f"文件“{file.name}”无法读取，已在缺少的文书中说明")
    return Doubt(why=f"文件“{file.name}”无法读取（{file.message.rstrip('。')}）")


def _holder(page: int, dossier: Dossier) -> Document:
    return next((document for document in dossier.documents if page in document.pages), Other())


def _copied(copy: CopiedPage) -> str:
    return f"第{copy.page}页与{copy.name}提交的{copy.case}第{copy.their_page}页版面相近、数字相同"


def _files(dossier: Dossier) -> str:
    return "、".join(f"“{file.name}”" for file in dossier.refused)


def _unknown(document: Document) -> bool:
    return isinstance(document, Other) and document.label == "unknown"


def _same_picture(left: Document, right: Document, dossier: Dossier) -> bool:
    """Whether a page of one is a page of the other handed in again; two slips on one page are no doubles."""
    return bool(_pictures(left, right.pages, dossier) & _pictures(right, left.pages, dossier))


def _pictures(document: Document, besides: tuple[int, ...], dossier: Dossier) -> set[str]:
    found = (dossier.page(number).page for number in document.pages if number not in besides)
    return {page.sha256 for page in found if not page.blank}


def _alike(left: Document, right: Document) -> bool:
    """The same type and version, and every key field that is certain on both says the same."""
    if (left.type, left.version) != (right.type, right.version):
        return False
    mine, theirs = dict(_certain(left)), dict(_certain(right))
    shared = mine.keys() & theirs.keys()
    return bool(shared) and all(mine[key] == theirs[key] for key in shared)


def _certain(document: Document) -> Iterator[tuple[str, object]]:
    found = ((path, field) for path, field in values(document) if path.partition(".")[0] in KEYS)
    return ((path, field.value) for path, field in found if field.certain and field.value is not None)
