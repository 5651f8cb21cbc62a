"""The scores as a document: ranked, and the arithmetic of each line written out (pure)."""

from collections.abc import Sequence

from hub.reports.charts import Bar, bars
from hub.reports.document import Cell, Column, Document, Section, Table, percent
from hub.reports.figures import Figures
from hub.reports.period import Period
from hub.reports.scores import NAMES, Score, Weights, scores


def weights_table(weights: Weights) -> Table:
    """Return what counts how much."""
    rows: list[list[Cell]] = [
        [NAMES[criterion][0], one.points, one.floor, one.full] for criterion, one in weights.items()
    ]
    kinds: list[Column] = ["text", "number", "percent", "percent"]
    return Table("评分标准", ["指标", "分值", "起点（得0）", "满分点"], kinds, rows)


def ranked_table(title: str, every: Sequence[Score]) -> Table:
    """Return a row for each place: rank, score, what is known, and what each criterion earned."""
    criteria = [line.criterion for line in every[0].lines] if every else []
    heads = ["名次", "乡镇（街道）", "村（社区）", "得分", "已知分值", *(NAMES[one][0] for one in criteria)]
    kinds: list[Column] = ["count", "text", "text", "number", "number", *(["number"] * len(criteria))]  # type: ignore[list-item]
    rows: list[list[Cell]] = [
        [
            "—" if one.rank is None else one.rank,
            one.town,
            one.name if one.scope == "village" else "",
            one.score,
            one.known,
            *(line.earned if line.known else None for line in one.lines),
        ]
        for one in every
    ]
    return Table(title, heads, kinds, rows, "已知分值不足一半的不排名。")


def arithmetic(score: Score) -> list[str]:
    """Return the arithmetic of one place, a line for each criterion and one for the whole."""
    said = [f"{NAMES[line.criterion][0]}（{line.points:g}分）{line.sum}" for line in score.lines]
    if score.score is None:
        return [*said, "没有数据，不评分"]
    earned = sum(line.earned for line in score.lines)
    return [*said, f"合计：{earned:.2f}÷{score.known:g}×100＝{score.score:.1f}分"]


def arithmetic_english(score: Score, weights: Weights) -> list[str]:
    """Return the same in English."""
    said = []
    for line in score.lines:
        weight, name = weights[line.criterion], f"{NAMES[line.criterion][1]} ({line.points:g})"
        part, whole = line.share
        if not line.known:
            said.append(f"{name} {'too little' if whole else 'no'} data: left out, the rest is taken for the whole")
            continue
        floor, full, rate = percent(weight.floor), percent(weight.full), percent(part / whole)
        if line.reached >= 1:
            how = f"at least {full}: all {line.points:g}"
        elif line.reached <= 0:
            how = f"not over {floor}: 0"
        else:
            how = f"({rate}−{floor})÷({full}−{floor})×{line.points:g} = {line.earned:.2f}"
        said.append(f"{name} {rate}: {how}")
    if score.score is None:
        return [*said, "No data, no score"]
    earned = sum(line.earned for line in score.lines)
    return [*said, f"Together: {earned:.2f}÷{score.known:g}×100 = {score.score:.1f}"]


def document(figures: Figures, weights: Weights, county: str, period: Period, title: str) -> Document:
    """Return the scores of a period: towns, their arithmetic, villages."""
    every = scores(figures, weights)
    groups = {scope: [one for one in every if one.scope == scope] for scope in ("county", "town", "village")}
    chart = bars(
        "各乡镇（街道）得分",
        [Bar(one.town, one.score, "无数据" if one.score is None else f"{one.score:.1f}") for one in groups["town"]],
        most=100,
    )
    how = []
    for one in [*groups["county"], *groups["town"]]:
        how.append(f"{one.town or county}：{'；'.join(arithmetic(one))}。")
    return Document(
        title,
        county,
        period.title,
        "",
        [
            Section("评分标准", [], [], [weights_table(weights)]),
            Section("乡镇（街道）得分", [], [chart], [ranked_table("乡镇（街道）排名", groups["town"])]),
            Section("计算过程", how),
            Section("村（社区）得分", [], [], [ranked_table("村（社区）排名", groups["village"])]),
        ],
        f"乡镇（街道）与全县的各项为所辖村（社区）之和的比率。得分＝已得分÷已知分值×100；{_unknown()}",
    )


def _unknown() -> str:
    return f"没有数据的项目不计好坏。比率未达到{percent(1.0)}时不进位。"
