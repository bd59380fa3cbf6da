"""What the figures of an evaluation are called for people."""

FIGURES = {
    "packages": "材料包",
    "pages": "页",
    "seconds_per_page": "秒/页",
    "critical_fields": "关键字段",
    "critical_value_right": "关键字段值对",
    "critical_certain_right": "确定且对",
    "critical_unsure": "存疑",
    "silent_errors": "静默错",
    "silent_error_share": "静默错比例",
    "planted_faults": "预设问题",
    "planted_fault_recall": "预设问题查出",
    "clean_packages": "无问题材料包",
    "straight_through": "直通率",
    "clean_with_false_finding": "无问题而误报",
    "state_right": "结论对",
    "kind_right": "类型对",
    "seals": "红色印章",
    "legible_seals": "可辨认的印章",
    "seals_of_others": "认作他人的印章",
    "seals_taken_for_company": "非企业章认作企业章",
    "seals_right": "印章有无对",
    "seal_colour_right": "黑灰印章辨出",
    "seal_role_right": "印章性质对",
    "seal_owner_right": "印章所有人对",
    "seal_use_right": "印章用途对",
    "critical_right_office": "办公扫描：关键字段值对",
    "critical_right_rough": "粗糙扫描：关键字段值对",
    "straight_through_office": "办公扫描：直通率",
    "seal_owner_right_standard": "达标扫描：印章所有人对",
}
GRADES = {
    "office": "办公扫描",
    "rough": "粗糙扫描",
    "poor": "读不清",
    "unknown": "等级未注明",
    "· light": "清晰",
    "· typical": "一般",
    "· rough": "粗糙",
    "· phone": "手机拍摄",
    "· poor": "很差",
}
KINDS = {"supply": "出让", "demand": "受让", "transfer": "转让"}
FIELD_KINDS = {
    "code": "代码编号",
    "name": "名称",
    "date": "日期",
    "quantity": "数量",
    "money": "金额",
    "figure": "表内数值",
    "text": "文本",
    "choice": "选项",
    "structure": "结构",
}
TROUBLES = {
    "company": "非企业章认作企业章",
    "missed": "漏认",
    "invented": "多认",
    "owner": "所有人不对",
    "role": "性质不对",
    "use": "用途不对",
}
ROLES = {"company": "企业", "authority": "机关", "bank": "银行", "unknown": "不明"}
USES = {
    "official": "公章",
    "contract": "合同专用章",
    "finance": "财务专用章",
    "special": "其他专用章",
    "unknown": "用途不明",
}
PARTS = {
    "second_reader": "第二识读引擎",
    "seal_ink": "印色分离",
    "other_papers": "材料互证",
    "certainty": "存疑判断",
    "seal_text": "印文识读",
}


def is_share(name: str) -> bool:
    """Whether a figure is a share, 0–1."""
    ends = ("_right", "_share", "_recall", "_finding", "_unsure", "_office", "_rough")
    return name.endswith(ends) or name == "straight_through"


def percent(number: float) -> str:
    """Two places; three where the share is so small that two would hide it."""
    return f"{number:.3%}" if 0 < number < 0.001 else f"{number:.2%}"


def written(name: str, number: float | int | None) -> str:
    """A figure as it is shown; a dash where there was nothing to measure."""
    if number is None:
        return "—"
    return percent(number) if is_share(name) else f"{number:,}"
