from datetime import date

from domain.document import Version
from domain.field import Field, Status
from domain.quantity import Metal
from extractors.documents.permit_certificate import PermitCertificate
from extractors.documents.permit_copy import PermitCopy
from extractors.understanding import set_versions
from tests.extractors.test_vouching import amount


def day(value, raw="", status="certain"):
    return Field[date](value=value, raw=raw or str(value), status=status, page=1)


def certificate(number, issued):
    return PermitCertificate(pages=(number,), issued_on=day(issued))


def copy(number, raw):
    totals = {Metal.PB: amount("10.0")}
    return PermitCopy(pages=(number,), issued_on=day(None, raw, "unsure"), totals=totals)


OLD, NEW = certificate(1, date(2024, 12, 8)), certificate(2, date(2025, 11, 29))


def versions(*documents):
    return [document.version for document in set_versions(documents)]


def test_the_earlier_issue_date_is_the_permit_before():
    assert versions(NEW, OLD) == [Version.AFTER, Version.BEFORE]


def test_what_is_left_of_a_damaged_date_tells_the_version():
    assert versions(OLD, NEW, copy(3, "2025年11月"), copy(4, "2024年12月0")) == [
        Version.BEFORE,
        Version.AFTER,
        Version.AFTER,
        Version.BEFORE,
    ]


def test_the_version_that_is_left_goes_to_the_permit_without_a_date():
    assert versions(OLD, NEW, copy(3, ""), copy(4, "2024年12月"))[2] is Version.AFTER


def test_a_version_that_is_only_a_guess_leaves_doubt_on_the_totals():
    read = set_versions([OLD, NEW, copy(3, ""), copy(4, "")])
    assert {document.version for document in read[2:]} == set(Version)
    assert all(document.totals[Metal.PB].status is Status.UNSURE for document in read[2:])


def term(number, first, status="certain"):
    return copy(number, "").model_copy(update={"valid_from": day(first, status=status)})


def test_of_two_terms_that_are_read_for_sure_the_later_one_is_the_permit_after():
    late, early = term(1, date(2026, 3, 4)), term(2, date(2024, 2, 10))
    read = set_versions([late, early])
    assert [document.version for document in read] == [Version.AFTER, Version.BEFORE]
    assert all(document.totals[Metal.PB].certain for document in read)


def test_terms_in_doubt_tell_no_version():
    read = set_versions([term(1, date(2026, 3, 4), "unsure"), term(2, date(2024, 2, 10))])
    assert not any(document.totals[Metal.PB].certain for document in read)
