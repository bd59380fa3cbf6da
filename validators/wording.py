"""The Chinese names of documents, fields and metals, as messages use them."""

from domain.document import Document, Version
from domain.quantity import Metal
from extractors.recognition import document_classes

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
    "established_on": "成立日期",
    "filled_on": "填表日期",
    "prepared_on": "编制日期",
    "construction": "建设性质",
    "county": "建设地点",
    "ratio": "替代比例",
    "new_emission": "新增排放量",
    "demand": "需求量",
    "builder": "建设单位",
    "form": "表式",
    "existing_actual": "现有工程实际排放量",
    "existing_permitted": "现有工程许可排放量",
    "under_construction": "在建工程排放量",
    "this_project": "本工程排放量",
    "replaced": "以新带老削减量",
    "regional_offset": "区域平衡替代本工程削减量",
    "total_after": "预测排放总量",
    "change": "排放增减量",
    "net_new": "净新增排放量（本工程减以新带老）",
    "supply_project": "减排项目名称",
    "demand_project": "建设项目名称",
    "metal": "重金属种类",
    "quantity": "数量",
    "unit_price": "单价",
    "years": "年限",
    "amount": "金额",
    "amount_in_words": "金额（大写）",
    "total": "总价",
    "total_in_words": "总价（大写）",
    "signed_on": "签订日期",
    "notice_from": "公示起始日",
    "notice_to": "公示截止日",
    "payer_name": "付款人户名",
    "payee_name": "收款人户名",
    "payee_account": "收款人账号",
    "paid_on": "交易日期",
    "serial": "流水号",
    "kind": "凭证性质",
}
_OWN_LABELS = {
    "business_licence": {
        "name": "名称",
        "valid_from": "营业期限起始日",
        "valid_to": "营业期限截止日",
        "issued_on": "核准日期",
    },
    "demand_form": {"project": "建设项目名称"},
    "eia_table": {"project": "建设项目名称"},
    "transfer_agreement": {"number": "编号"},
    "contract": {"number": "合同编号"},
}
ROLES = {"transferor": "出让方", "transferee": "受让方"}
PARTY_LABELS = {
    "name": "名称",
    "uscc": "统一社会信用代码",
    "account_name": "收款户名",
    "account": "收款账号",
}
MEDIA = {"air": "废气", "water": "废水"}
SLIPS = {"payment": "付款", "refund": "退汇", "fee": "手续费", "application": "汇款申请书"}


def title(kind: str, version: Version | None = None) -> str:
    """A document's name with its version: 变更前排污许可证副本."""
    model = document_classes().get(kind)
    return (VERSIONS[version] if version else "") + (model.TITLE if model else kind)


def label(document: Document, key: str, metal: Metal | None = None) -> str:
    """A field's printed label: 拟出让量（铅）."""
    names = LABELS | _OWN_LABELS.get(document.type, {})
    return names.get(key, key) + (f"（{METALS[metal]}）" if metal else "")


def pages(numbers: tuple[int, ...]) -> str:
    """Page numbers as a sentence lists them: 第2、3页."""
    return f"第{'、'.join(map(str, numbers))}页" if numbers else ""
