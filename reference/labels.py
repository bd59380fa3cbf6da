"""What the papers call the quantities of guide 2(5), annex 1; patterns over folded text."""

QUANTITIES: dict[str, str] = {
    "permit_before": r"(?:排污许可证?)?变更前(?:的)?(?:排污)?许可(?:证)?(?:排放)?(?:总)?量",
    "permit_after": r"(?:排污许可证?)?变更后(?:的)?(?:排污)?许可(?:证)?(?:排放)?(?:总)?量",
    "base": r"基础排放量",
    "reduction": r"工程削减量",
    "inventory": r"全口径清单(?:统计)?(?:的)?(?:现状)?排放量",
    "task": r"(?:扣除)?减排任务(?:量)?",
    "surplus": r"(?:核算)?富余(?:的)?排放量",
    "offered": r"拟(?:出让|转让)(?:排放)?(?:数)?量",
}
