"""The Chinese names of documents, fields and metals, as messages use them."""

from domain.document import Document, Version
from domain.quantity import Metal

DOCUMENTS = {
    "supply_form": "供需信息表",
    "business_licence": "营业执照",
    "permit_certificate": "排污许可证正本",
    "permit_copy": "排污许可证副本",
    "surplus_statement": "核算说明",
    "demand_form": "受让方供需信息表",
    "eia_table": "环评排放量汇总表",
    "transfer_agreement": "协议转让书",
    "contract": "交易合同",
    "payment_slip": "付款凭证",
    "other": "其他页",
}
VERSIONS = {Version.BEFORE: "变更前", Version.AFTER: "变更后"}
METALS = {Metal.PB: "铅", Metal.HG: "汞", Metal.CD: "镉", Metal.CR: "铬", Metal.AS: "砷"}
LABELS = {
    "uscc": "统一社会信用代码",
    "name": "单位名称",
    "legal_representative": "法定代表人",
    "number": "证书编号",
    "industry": "行业类别",
    "business_scope": "经营范围",
    "project": "减排项目名称",
    "valid_from": "有效期起始日",
    "valid_to": "有效期截止日",
    "issued_on": "发证日期",
    "permit_before": "变更前排污许可总量",
    "permit_after": "变更后排污许可总量",
    "base": "基础排放量",
    "reduction": "工程削减量",
    "inventory": "全口径清单统计排放量",
    "task": "减排任务",
    "surplus": "富余排放量",
    "offered": "拟出让量",
    "totals": "各主要排放口及车间排放口许可量合计",
}
_LICENCE_LABELS = {"name": "名称", "valid_from": "营业期限起始日", "valid_to": "营业期限截止日"}


def title(kind: str, version: Version | None = None) -> str:
    """A document's name with its version: 变更前排污许可证副本."""
    return VERSIONS.get(version, "") + DOCUMENTS.get(kind, kind) if version else DOCUMENTS.get(kind, kind)


def label(document: Document, key: str, metal: Metal | None = None) -> str:
    """A field's printed label: 拟出让量（铅）."""
    names = LABELS | _LICENCE_LABELS if document.type == "business_licence" else LABELS
    return names.get(key, key) + (f"（{METALS[metal]}）" if metal else "")


def pages(numbers: tuple[int, ...]) -> str:
    """Page numbers as a sentence lists them: 第2、3页."""
    return f"第{'、'.join(map(str, numbers))}页" if numbers else ""
