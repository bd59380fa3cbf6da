"""Whose a seal is and what it is for, by what it says and where it stands."""

import pytest

from domain.field import Field, Status
from domain.page import Box, Page, PageReading, ReadPage, Seal, SealRole, SealUse, Word
from extractors.documents.business_licence import BusinessLicence
from extractors.documents.payment_slip import PaymentSlip
from extractors.documents.permit_copy import PermitCopy
from extractors.documents.supply_form import SupplyForm
from extractors.seal_names import compare
from extractors.seal_owners import read_owner
from extractors.seal_roles import names_of, read_use, understand_seals

NAME, BUREAU, OFFICE = "贵州锦泰金属冶炼有限公司", "铜仁市生态环境局", "碧江区市场监督管理局"


def sure(value):
    return Field(value=value, raw=value, confidence=0.99, status=Status.CERTAIN)


PAPERS = (
    SupplyForm(pages=(1,), name=sure(NAME)),
    BusinessLicence(pages=(2,), name=sure(NAME), authority=sure(OFFICE)),
    PermitCopy(pages=(3,), name=sure(NAME), authority=sure(BUREAU)),
    PaymentSlip(pages=(4,), bank=sure("西江商业银行")),
)
NAMES = names_of(PAPERS)


def seal(text, confidence=0.98, **changes):
    told = {"box": Box(0.4, 0.6, 0.6, 0.74), "colour": "red", "shape": "round", "text": text}
    return Seal(**(told | {"confidence": confidence if text else 0.0} | changes))


def owner(text, confidence=0.98):
    return read_owner(seal(text, confidence), NAMES)


@pytest.mark.parametrize(
    "text",
    [
        NAME,
        "贵州锦泰金属治练有限公司",
        "贵州绵泰金属冶炼有限公司",
        "贵州锦泰金属冶炼有限公",
        "锦泰金属冶炼有限公司",
        "贵州锦泰金属冶",
    ],
)
def test_a_name_misread_here_and_there_or_legible_in_part_is_still_its_owner_s(text):
    assert owner(text) == (SealRole.COMPANY, NAME)


@pytest.mark.parametrize(
    "text",
    [
        "贵州铭洲金属冶炼有限公司",
        "贵州锦泰金属冶炼集团有限公司",
        "贵州锦泰金属冶炼有限公司遵义分公司",
        "贵州锦泰贸易有限公司",
        "福泉川洲电镀科技有限公司",
    ],
)
def test_another_company_s_name_is_never_taken_for_it(text):
    role, name = owner(text)
    assert role is SealRole.COMPANY and name == text


@pytest.mark.parametrize(
    "text, name",
    [
        ("金属冶炼有限公司", NAME),
        ("泰金属冶炼有限公司", NAME),
        ("矿业有限公司", "独山县金都矿业有限公司"),
        ("贵州锦源金属冶炼有限公司", NAME),
        ("贵州鑫泰金属冶炼有限公司", NAME),
        ("贵阳锦泰金属冶炼有限公司", "贵州锦泰金属冶炼有限公司"),
        ("贵州东峰锌业有限公司", "贵州东峰锑业有限公司"),
        ("贵州锦泰冶炼有限公司", "贵州锦泰源冶炼有限公司"),
        (NAME, f"{NAME}遵义分公司"),
        (NAME, f"{NAME}二分厂"),
    ],
)
def test_trade_alone_one_other_character_read_with_certainty_or_a_branch_s_parent_is_nobody_that_can_be_told(
    text, name
):
    assert read_owner(seal(text, 0.99), NAMES._replace(companies=(name,))) == (SealRole.COMPANY, None)


@pytest.mark.parametrize(
    "text, name",
    [
        ("贵州锦泰金属冶炼有跟公司", NAME),
        ("贵州晨源铅业股份有限公司", "贵州晟源铅业股份有限公司"),
        ("贵州川砾铭业有限公司", "贵州川砾铬业有限公司"),
        ("独山和锌业有限公司", "独山峻和锌业有限公司"),
        ("贵州省晴路恒砾锌业有限公司", "贵州省晴隆恒砾锌业有限公司"),
        ("宏达锌业有限公司", "遵义宏达锌业有限公司"),
    ],
)
def test_look_alikes_a_lost_character_and_slips_in_the_legal_form_leave_a_name_what_it_is(text, name):
    assert read_owner(seal(text, 0.99), NAMES._replace(companies=(name,))) == (SealRole.COMPANY, name)


def test_what_is_blurred_speaks_against_nobody():
    assert owner("贵州锦编全属冶炼有限公司", 0.88) == (SealRole.COMPANY, NAME)
    assert owner("贵州台编金属冶炼有限公司", 0.88) == (SealRole.COMPANY, None)
    assert owner("贵州台编全属治练有限公员", 0.6) == (SealRole.COMPANY, None)


def test_a_text_recorded_without_certainty_is_legible_but_two_wrong_characters_in_a_row_leave_it_open():
    assert owner(NAME, 0.0) == (SealRole.COMPANY, NAME)
    assert owner("贵州铭洲金属冶炼有限公司", 0.0) == (SealRole.COMPANY, None)
    assert owner("福泉川洲电镀科技有限公司", 0.0)[1] == "福泉川洲电镀科技有限公司"


@pytest.mark.parametrize(
    "text, role, name",
    [
        (BUREAU, SealRole.AUTHORITY, BUREAU),
        ("铜仁市生态环境同", SealRole.AUTHORITY, BUREAU),
        ("遵义市环境保护局", SealRole.AUTHORITY, "遵义市环境保护局"),
        ("松桃苗族自治县人民政府", SealRole.AUTHORITY, "松桃苗族自治县人民政府"),
        ("西江商业银行 电子回单专用章", SealRole.BANK, "西江商业银行"),
        ("清水江农村信用合作联社 业务专用章", SealRole.BANK, "清水江农村信用合作联社"),
        ("中国工商银行股份有限公司铜仁支行 业务清讫", SealRole.BANK, "中国工商银行股份有限公司铜仁支行"),
        ("贵州花溪农村商业银行股份有限公司", SealRole.BANK, "贵州花溪农村商业银行股份有限公司"),
        ("贵州银行设备制造有限公司", SealRole.COMPANY, "贵州银行设备制造有限公司"),
        ("张三印", SealRole.UNKNOWN, None),
        ("", SealRole.UNKNOWN, None),
    ],
)
def test_authorities_and_banks_are_told_by_the_papers_and_by_what_such_names_say(text, role, name):
    assert owner(text) == (role, name)


def test_of_two_parties_named_alike_only_the_letter_tells():
    twins = ("贵州锦源皮革有限公司", "贵州锦和皮革有限公司")
    names = NAMES._replace(companies=twins)
    assert read_owner(seal(twins[1]), names)[1] == twins[1]
    assert read_owner(seal("贵州锦砾皮革有限公司"), names) == (SealRole.COMPANY, None)


@pytest.mark.parametrize(
    "text, shape, use",
    [
        (NAME, "round", SealUse.OFFICIAL),
        (f"{NAME} 合同专用章", "round", SealUse.CONTRACT),
        (f"{NAME} 财务专用", "oval", SealUse.FINANCE),
        (f"{NAME}财务专用章", "square", SealUse.FINANCE),
        (f"{NAME} 生产技术部", "round", SealUse.SPECIAL),
        (f"{NAME} 用品", "round", SealUse.UNKNOWN),
        (f"{NAME} 〓", "round", SealUse.UNKNOWN),
        (NAME, "oval", SealUse.UNKNOWN),
        ("", "round", SealUse.UNKNOWN),
    ],
)
def test_what_a_seal_is_for_stands_on_its_level_line(text, shape, use):
    assert read_use(seal(text, shape=shape), SealRole.COMPANY if text else SealRole.UNKNOWN) is use


# ---- what a ring may say besides -------------------------------------------------------------------------------


def view(text, **others):
    """A line as the recogniser saw it: each character for sure, but for those that have others beside them."""
    return " ".join(f"{char}0{others.get(char, '')}_7" for char in text)


SLIPPED = "贵州旭泰金属冶炼有限公司"
WAVERING = (view(SLIPPED, 旭="锦1"), view(SLIPPED, 旭="绵1锦4"), view(SLIPPED, 旭="锦6"))
FIRM = (view(SLIPPED, 旭="锦6"),) * 3


def by_views(text, views, companies=(NAME,)):
    return read_owner(seal(text, 0.99, views=views), NAMES._replace(companies=companies))[1]


def test_a_character_that_the_engine_wavered_on_is_no_evidence_against_a_name():
    assert by_views(SLIPPED, ()) is None
    assert by_views(SLIPPED, WAVERING) == NAME


def test_a_character_that_every_view_excludes_stays_evidence_against_it():
    assert by_views(SLIPPED, FIRM) is None
    assert by_views(SLIPPED, (WAVERING[0], *FIRM)) is None


def test_a_lost_character_that_may_stand_there_is_no_evidence_against_a_name_and_one_that_may_not_is():
    lost = "贵州泰金属冶炼有限公司"
    there = tuple(view(lost).replace("泰0", "_0锦1 泰0") for _ in range(3))
    assert by_views(lost, there) == NAME
    assert by_views(lost, (view(lost),) * 3, (NAME, "贵州泰金属冶炼有限公司")) != NAME


@pytest.mark.parametrize("other", ["贵州锦翔冶炼有限公司", "贵州垣泰冶炼有限公司", "贵州锦泰冶炼集团有限公司"])
def test_views_that_say_one_name_for_sure_bear_out_no_name_near_it(other):
    own = "贵州锦泰冶炼有限公司"
    assert by_views(other, (view(other),) * 7, (own,)) != own


def test_of_two_parties_that_a_ring_may_name_the_views_tell_only_where_they_are_clearly_for_one():
    twins = ("贵州锦源皮革有限公司", "贵州锦和皮革有限公司")
    said = "贵州锦砾皮革有限公司"
    assert by_views(said, (view(said, 砾="源1和2"),) * 3, twins) is None
    assert by_views(said, (view(said, 砾="源1"),) * 3, twins) == twins[0]


# ---- on the pages ----------------------------------------------------------------------------------------------


def page(number, *seals, words=()):
    told = Page(number=number, file="件.pdf", index=number, sha256="0", width=1654, height=2339, dpi=200.0)
    read = tuple(Word(text=text, box=box, confidence=0.95) for text, box in words)
    return ReadPage(page=told, reading=PageReading(sha256="0", engine="none", seals=tuple(seals), words=read))


def told(pages):
    return [(one.role, one.owner) for shown in understand_seals(PAPERS, pages) for one in shown.reading.seals]


def test_an_illegible_seal_where_an_authority_issues_is_the_authority_s_and_elsewhere_nobody_s():
    issuing = ("发证机关：铜仁市生态环境局", Box(0.45, 0.66, 0.7, 0.68))
    assert told([page(3, seal(""), words=[issuing])]) == [(SealRole.AUTHORITY, None)]
    far = ("发证机关：铜仁市生态环境局", Box(0.45, 0.2, 0.7, 0.22))
    assert told([page(3, seal(""), words=[far])]) == [(SealRole.UNKNOWN, None)]
    assert told([page(1, seal(""), words=[issuing])]) == [(SealRole.UNKNOWN, None)]


def test_the_end_of_a_validity_is_no_place_to_issue():
    valid = ("有效期限：自2021年9月10日至2026年9月9日", Box(0.2, 0.66, 0.7, 0.68))
    assert told([page(3, seal(""), words=[valid])]) == [(SealRole.UNKNOWN, None)]
    issued = ("2021年9月10日", Box(0.45, 0.66, 0.6, 0.68))
    assert told([page(3, seal(""), words=[issued])]) == [(SealRole.AUTHORITY, None)]


def test_what_a_seal_says_outweighs_where_it_stands():
    issuing = ("登记机关", Box(0.45, 0.66, 0.7, 0.68))
    assert told([page(2, seal(NAME), words=[issuing])]) == [(SealRole.COMPANY, NAME)]


def test_pages_without_seals_stay_as_they_are():
    plain = page(1)
    assert understand_seals(PAPERS, [plain]) == (plain,)


def test_names_are_compared_without_brackets_and_width():
    assert compare("锦泰冶炼贵州有限公司", "锦泰冶炼（贵州）有限公司", 0.97).exact


# ---- prints of one stamp ---------------------------------------------------------------------------------------


def corroborated(text, confidence=0.82, sealed=(1, 2), name=NAME, views=()):
    papers = [paper.model_copy(update={"name": sure(name)}) for paper in PAPERS[:3]]
    pages = [page(number, seal(name, 0.99)) for number in sealed]
    shown = understand_seals(papers, [*pages, page(3, seal(text, confidence, views=views))])
    return shown[-1].reading.seals[0].owner


@pytest.mark.parametrize(
    "text, name",
    [
        ("贵幼川学表面处理有秘公动", "贵州川源表面处理有限公司"),
        ("产润金热比面工程有限公司", "贵州岩润金属表面工程有限公司"),
        ("盗州岩润民衣面工程有决公", "贵州岩润金属表面工程有限公司"),
        ("用尔魏辉皮业有限责任公司", "贵州瀚辉皮业有限责任公司"),
        ("贵州川藤絲业有顺公司", "贵州川砾锑业有限公司"),
    ],
)
def test_a_blurred_seal_is_known_again_from_two_other_documents_under_the_same_stamp(text, name):
    assert corroborated(text, name=name) == name
    assert corroborated(text, name=name, sealed=(1,)) is None


def test_a_seal_of_which_every_character_of_the_mark_may_stand_there_is_known_again():
    blurred = "注乳锦太金属冶炼有限公可"
    views = (view(blurred, 太="泰1", 乳="州2"), view(blurred, 太="泰3", 乳="州5"))
    assert corroborated(blurred, 0.93, views=views) == NAME
    assert corroborated(blurred, 0.93, views=views, sealed=(1,)) is None
    assert corroborated(blurred, 0.93, views=(view(blurred), view(blurred, 太="泰5"))) is None


@pytest.mark.parametrize("other", ["贵州锦泰物资冶炼有限公司", "贵州锦翔金属冶炼有限公司", "贵州锦泰贸易有限公司"])
def test_a_stranger_read_for_sure_is_not_known_again_by_what_else_its_ring_may_say(other):
    assert corroborated(other, 0.99, views=(view(other),) * 7) != NAME


@pytest.mark.parametrize(
    "text, confidence",
    [
        ("贵州丙丁金属冶炼有限公司", 0.82),
        ("贵川源厂金属冶炼有限公司", 0.82),
        ("贵州锦源金属冶炼有限公司", 0.99),
        ("贵州锦泰金属贸易有限公司", 0.84),
        ("锦泰", 0.82),
    ],
)
def test_one_that_shares_only_trade_and_place_or_was_read_with_certainty_is_not_known_again(text, confidence):
    assert corroborated(text, confidence) is None
