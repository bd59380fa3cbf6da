"""What a package must hold (guide annex 1, section 4)."""

from domain.document import Version
from domain.dossier import Kind
from reference.packages import required


def test_a_seller_hands_in_both_permits_with_certificate_and_copy() -> None:
    wanted = required(Kind.SUPPLY)
    assert len(wanted) == 7
    permits = {(each.type, each.version) for each in wanted if each.version}
    assert permits == {(kind, version) for kind in ("permit_certificate", "permit_copy") for version in Version}


def test_a_buyer_hands_in_no_permit() -> None:
    assert [each.type for each in required(Kind.DEMAND)] == ["demand_form", "business_licence", "eia_table"]


def test_an_unknown_kind_requires_nothing() -> None:
    assert required(None) == ()
