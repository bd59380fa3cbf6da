"""Rules on a deal: agreement against contract, their own arithmetic, and what the ledger knows of both parties."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from domain.books import Balance, Books, Submission
from domain.dossier import Dossier
from domain.field import Doubt
from domain.finding import Evidence, Severity
from domain.quantity import Metal, plain
from extractors.deals import Deal
from extractors.documents.contract import Contract
from extractors.documents.transfer_agreement import TransferAgreement
from reference.policy import policy
from reference.provisions import guide, practice
from validators.compare import Check, every, fold_code, fold_name, same
from validators.figures import Figure, differ, exceed
from validators.items import metals_sold, money, sold
from validators.linking import NO_LEDGER, check_unfiled, choose, find_balance, find_code, find_submissions
from validators.parties import Role, party
from validators.places import day, named, place, whole
from validators.prices import agreed_prices, item_problems, sum_field, total_problem
from validators.registry import NotApplicable, Problem, rule
from validators.wording import METALS, title

WORDS = practice("金额大写与小写应当一致，以票据填写规则为准。")
SAME_METAL = practice("替代应为同一种重金属（可由主管人员设定）。", "S, setting")
# What tells that the buyer gets the rest elsewhere, in a sentence on quantities: 分期付款, 部分免除责任 and
# 不得全部或部分转让给第三方 stand in every contract.
PART = re.compile(
    r"(?<!全部[或和及、/])(?<!全部或者)部分(?:转让|受让|购买|取得)|分[批次](?:转让|受让|购买|取得)"
    r"|(?:需求|所需)[^。]{0,12}的一部分|(?:其余|不足|剩余|余下|差额)(?:的)?部分[^。]{0,8}(?:另行|再行)"
)
OF_QUANTITY = re.compile(r"需求|所需|尚需|排放量|指标|本次(?:转让|受让|交易)")
OF_OTHER_THINGS = re.compile(r"不得|第三[方人]|权利|义务|支付|付款|价款|款项|税|费用|承担")


@rule("DEA-001", Severity.BLOCK, "协议转让书与交易合同一致", cites=guide("4(4)"))
def agreement_and_contract(agreement: TransferAgreement, contract: Contract) -> Problem | None:
    """Agreement and contract agree: parties, metals, quantities, prices."""
    return every(*_parties(agreement, contract), partial(_items, agreement, contract))


@rule("DEA-002", Severity.BLOCK, "价款算式", cites=guide("4(4)"))
def price_adds_up(paper: TransferAgreement | Contract) -> Problem | None:
    """Total = Σ quantity × price (× years where a term is printed)."""
    metals_sold(paper)
    return every(*item_problems(paper), partial(total_problem, paper))


@rule("DEA-003", Severity.BLOCK, "总价大小写一致", cites=WORDS)
def words_and_figures(paper: TransferAgreement | Contract) -> Problem | None:
    """Amount in words = amount in figures."""
    return differ(money(sum_field(paper, "total_in_words")), money(sum_field(paper, "total")))


@rule("DEA-004", Severity.BLOCK, "成交量不超过可出让余额", cites=guide("4(4)"))
def within_free_surplus(contract: Contract, metal: Metal, dossier: Dossier, books: Books) -> Problem | None:
    """Per metal, quantity ≤ the seller's verified and still free surplus; a contract moves exactly what it prints."""
    quantity = _moved(contract, metal)
    check_unfiled(contract, metal, quantity.value, dossier, books)
    code = find_code(contract, dossier, Role.TRANSFEROR)
    account = find_balance(code, Role.TRANSFEROR, metal, books)
    words = (
        f"{plain(account.free)} kg/a（已核验富余{plain(account.verified)}，"
        f"已预留{plain(account.reserved)}，已转让{plain(account.transferred)}）"
    )
    return exceed(quantity, Figure(account.free, Decimal(0), f"台账中{METALS[metal]}的可出让余额", words, ()))


@rule("DEA-005", Severity.REVIEW, "成交量满足受让方需求", cites=guide("3(3)"))
def covers_the_demand(contract: Contract, metal: Metal, dossier: Dossier, books: Books) -> Problem | None:
    """Per metal, quantity covers the buyer's open demand, or the part sale is shown as such."""
    quantity = _moved(contract, metal)
    account = find_balance(find_code(contract, dossier, Role.TRANSFEREE), Role.TRANSFEREE, metal, books)
    problem = exceed(_open(account, metal), quantity)
    if problem is None or any(_part_shown(paper, dossier) for paper in dossier.of(Deal)):
        return None
    return problem._replace(message=f"{problem.message}，且协议和合同均未说明是部分受让")


@rule("DEA-006", Severity.BLOCK, "成交与需求为同一重金属", cites=SAME_METAL)
def same_metal(contract: Contract, metal: Metal, dossier: Dossier, books: Books) -> Problem | None:
    """Sold and needed are the same metal (policy)."""
    if not policy().same_metal.value:
        raise NotApplicable("现行设定不要求出让与受让为同一种重金属")
    quantity, code = _sold(contract, metal), find_code(contract, dossier, Role.TRANSFEREE)
    found = find_submissions(code, Role.TRANSFEREE, books)
    if any(it.figures.get(metal) for it in found):
        return None
    if not (found and books.complete):
        raise Doubt(
            why=f"{'台账中' if books.complete else NO_LEDGER + '，'}没有受让方（{code}）已核验的{METALS[metal]}需求"
        )
    needed = "、".join(dict.fromkeys(METALS[each] for it in found for each in it.figures if it.figures[each]))
    return Problem(f"{quantity.says}，而受让方已核验的需求只有{needed or '零'}，没有{METALS[metal]}", quantity.evidence)


@rule("DEA-007", Severity.BLOCK, "双方均有已核验的申报", cites=(guide("4(1)"), guide("4(2)"), guide("4(3)")))
def parties_verified(contract: Contract, dossier: Dossier, books: Books) -> Problem | None:
    """Both parties have a verified and published submission; several that cannot be told apart are doubt."""
    return every(*(partial(_verified, contract, dossier, books, role) for role in Role))


@rule("DEA-008", Severity.BLOCK, "交易合同盖有双方印章", cites=guide("4(5)"))
def both_sealed(contract: Contract, dossier: Dossier) -> Problem | None:
    """The contract carries both parties' seals."""
    seals = [place(contract, f"seals[{n}]", "印章", field) for n, field in enumerate(contract.seals)]
    whole(contract)
    owners = {it.field.value for it in seals if it.field.certain}
    lacking = [role.word for role in Role if role.value not in owners]
    if not lacking:
        return None
    unclear = next((it for it in seals if not it.field.certain), None)
    if unclear is not None:
        raise Doubt(unclear.field, why=f"{named(contract)}有印章不能确定属于哪一方")
    strangers = [it.field.raw for it in seals if it.field.value == "other"]
    return _unsealed(contract, dossier, "、".join(lacking), strangers)


def _sold(contract: Contract, metal: Metal) -> Figure:
    if metal not in metals_sold(contract):
        raise NotApplicable(f"交易合同未涉及{METALS[metal]}")
    return sold(contract, metal)


def _moved(contract: Contract, metal: Metal) -> Figure:
    """What changes hands: exactly what is printed, whatever its digits would leave open."""
    return replace(_sold(contract, metal), slack=Decimal(0))


def _parties(agreement: Deal, contract: Deal) -> Iterator[Check]:
    """Names of both sides, and their codes where either paper prints them."""
    for role in Role:
        yield partial(same, party(agreement, role, "name"), party(contract, role, "name"), fold_name)
        codes = party(agreement, role, "uscc"), party(contract, role, "uscc")
        if not all(it.missing for it in codes):
            yield partial(same, *codes, fold_code)


def _items(agreement: Deal, contract: Deal) -> Problem | None:
    """Metals, and for each metal on both papers its quantity and price; the totals."""
    left, right = metals_sold(agreement), metals_sold(contract)
    shared = [metal for metal in Metal if metal in left & right]
    return every(
        *(partial(_one_sided, agreement, contract, metal) for metal in Metal if metal in left - right),
        *(partial(_one_sided, contract, agreement, metal) for metal in Metal if metal in right - left),
        *(partial(_quantities, agreement, contract, metal) for metal in shared),
        *(partial(agreed_prices, agreement, contract, metal) for metal in shared),
        lambda: differ(money(sum_field(agreement, "total")), money(sum_field(contract, "total"))),
    )


def _quantities(agreement: Deal, contract: Deal, metal: Metal) -> Problem | None:
    return differ(sold(agreement, metal), sold(contract, metal))


def _one_sided(paper: Deal, other: Deal, metal: Metal) -> Problem:
    quantity = sold(paper, metal)
    return Problem(f"{quantity.says}，而{title(other.type)}没有{METALS[metal]}", (*quantity.evidence, whole(other)))


def _open(account: Balance, metal: Metal) -> Figure:
    """What the buyer needs beyond what other deals pledge or cover."""
    rest = min(account.open, max(account.needed - account.pledged - account.covered, Decimal(0)))
    words = f"{plain(rest)} kg/a（需求{plain(account.needed)}，已有来源{plain(account.pledged + account.covered)}）"
    return Figure(rest, Decimal(0), f"受让方{METALS[metal]}的未满足需求", words, ())


def _part_shown(paper: Deal, dossier: Dossier) -> Evidence | None:
    """The page of a deal's paper that speaks of a part sale."""
    for number in paper.pages:
        words = "".join(word.text for word in dossier.page(number).words)
        for sentence in re.split(r"[。；;]", re.sub(r"\s", "", words)):
            if found := _tells_part(sentence):
                return whole(paper, number, found)
    return None


def _tells_part(sentence: str) -> str | None:
    """The words of a sentence on a part sale; what stands far off may be a table without full stops."""
    for found in PART.finditer(sentence):
        around = sentence[max(found.start() - 30, 0) : found.end() + 8]
        if OF_QUANTITY.search(around) and not OF_OTHER_THINGS.search(around):
            return found[0]
    return None


def _verified(contract: Contract, dossier: Dossier, books: Books, role: Role) -> Problem | None:
    code = find_code(contract, dossier, role)
    found = find_submissions(code, role, books)
    if not found:
        return _unlisted(contract, books, role, code)
    name = party(contract, role, "name")
    if not any(fold_name(it.name) == fold_name(name.known) for it in found):
        raise Doubt(name.field, why=f"{name.says}，而台账中同一代码（{code}）的单位是“{found[0].name}”")
    if not any(it.published for it in found):
        cases = "、".join(it.case for it in found)
        return Problem(f"{role.word}{name.known}的供需信息（案件{cases}）已核验，但尚未发布", (name.evidence,))
    for metal in metals_sold(contract):
        choose(found, contract, role, metal)
    return None


def _unlisted(contract: Contract, books: Books, role: Role, code: str) -> Problem:
    name = party(contract, role, "name")
    what = f"{role.word}{name.shown if name.field.value else ''}（{code}）已核验的申报"
    if not books.complete:
        raise Doubt(why=f"{NO_LEDGER}，未查到{what}")
    gone: Submission | None = next((it for it in books.submissions if (it.kind, it.uscc) == (role.kind, code)), None)
    note = f"（{gone.case}已撤回）" if gone else ""
    return Problem(f"台账中没有{what}{note}", (name.evidence, party(contract, role, "uscc").evidence))


def _unsealed(contract: Contract, dossier: Dossier, lacking: str, strangers: Sequence[str]) -> Problem:
    """A scan without colour shows no red seal, which IMG-001 objects to; a stranger's seal counts for neither party."""
    if contract.pages and not any(dossier.page(number).page.colour for number in contract.pages):
        raise Doubt(why=f"{named(contract)}为灰度或黑白扫描，看不出印章")
    page = "，也未读到签订日期，可能缺少签章页" if day(contract, "signed_on").missing else ""
    others = f"，另有不属于双方的印章“{'”“'.join(strangers)}”" if strangers else ""
    return Problem(f"{named(contract)}未见{lacking}的印章{others}{page}")
