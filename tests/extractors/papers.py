"""Small papers drawn for tests: pages with text, ruled tables and seals, without any generator or font file."""

import functools
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

DPI = 150
MM = DPI / 25.4
PAPER = (255, 255, 255)
RED = (215, 45, 50)

_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
)


@functools.cache
def font(size):
    path = next((path for path in _FONTS if Path(path).exists()), None)
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)


def has_chinese_font():
    return any(Path(path).exists() for path in _FONTS)


def paper(width_mm=210, height_mm=297, colour=PAPER):
    return Image.new("RGB", (round(width_mm * MM), round(height_mm * MM)), colour)


def write(page, x_mm, y_mm, text, size_mm=4.2):
    ImageDraw.Draw(page).text((x_mm * MM, y_mm * MM), text, (20, 20, 20), font(round(size_mm * MM)))


def rule(page, rows, widths_mm, x_mm=20, y_mm=40, row_mm=8, merged=(), size_mm=3.6):
    """Draws a table; `merged` holds (row, row_end, col, col_end) without lines inside, text from the first slot."""
    draw = ImageDraw.Draw(page)
    xs = [x_mm + sum(widths_mm[:i]) for i in range(len(widths_mm) + 1)]
    ys = [y_mm + row_mm * i for i in range(len(rows) + 1)]
    spans = list(merged)
    for row, texts in enumerate(rows):
        for col in range(len(texts)):
            if not any(a <= row < b and c <= col < d for a, b, c, d in merged):
                spans.append((row, row + 1, col, col + 1))
    for row, row_end, col, col_end in spans:
        box = [v * MM for v in (xs[col], ys[row], xs[col_end], ys[row_end])]
        draw.rectangle(box, outline=(30, 30, 30), width=2)
        middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        draw.text(middle, rows[row][col], (20, 20, 20), font(round(size_mm * MM)), anchor="mm")


def stamp(page, x_mm, y_mm, size_mm=40, ink=RED, strength=0.85):
    """Presses a round seal onto the page: ring, star and some letters; ink multiplies with what lies below."""
    seal = Image.new("RGB", page.size, PAPER)
    draw = ImageDraw.Draw(seal)
    x, y, r = x_mm * MM, y_mm * MM, size_mm * MM / 2
    draw.ellipse([x - r, y - r, x + r, y + r], outline=ink, width=round(1.2 * MM))
    points = [
        (x + s * r * np.sin(np.pi * k / 5), y - s * r * np.cos(np.pi * k / 5))
        for k, s in zip(range(10), [0.3, 0.12] * 5, strict=True)
    ]
    draw.polygon(points, fill=ink)
    for k in range(-4, 5):
        angle = k * 0.5
        draw.text(
            (x + 0.78 * r * np.sin(angle), y - 0.78 * r * np.cos(angle)), "厂", ink, font(round(5 * MM)), anchor="mm"
        )
    under, over = np.asarray(page, np.float32), np.asarray(seal, np.float32) / 255
    pressed = under * (1 - strength * (1 - over))
    return Image.fromarray(pressed.astype(np.uint8))


def tilt(page, degrees, colour=PAPER):
    """The page turned counter-clockwise by a few degrees, as it may lie on the glass."""
    return page.rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor=colour)


def grain(page, spread=6, seed=1):
    """Scanner noise, the same for the same seed."""
    noise = np.random.default_rng(seed).normal(0, spread, (*page.size[::-1], 3))
    return Image.fromarray(np.clip(np.asarray(page, np.float32) + noise, 0, 255).astype(np.uint8))


def bgr(page):
    return cv2.cvtColor(np.asarray(page.convert("RGB")), cv2.COLOR_RGB2BGR)


LETTER = (
    "关于重金属污染物排放指标交易的说明",
    "贵州省生态环境厅：我公司位于毕节市织金县，主要从事铅锌冶炼。",
    "变更前排污许可证许可排放总量为铅二百八十三千克每年。",
    "现将富余排放指标自愿出让，请予以审核。",
    "法定代表人：吴建平，联系电话：0857-5364332",
    "二〇二六年八月二十五日，共计三页，附件两份。",
)

TABLE = (
    ("编号", "名称", "种类", "第一年", "第二年", "第三年"),
    ("DA001", "制酸尾气排放口", "铅及其化合物", "0.0800", "0.0781", "/"),
    ("DA002", "熔炼炉烟气排放口", "砷及其化合物", "0.0086", "/", "—"),
    ("DA003", "精炼炉烟气排放口", "镉及其化合物", "—", "1.28", "12.5"),
    ("主要排放口合计", "", "铅及其化合物", "0.0886", "1.36", "12.5"),
)
WIDTHS = (20, 36, 32, 22, 22, 22)


def letter():
    page = paper()
    for i, line in enumerate(LETTER):
        write(page, 25, 40 + i * 12, line)
    return page


def table_page():
    page = paper()
    write(page, 60, 22, "大气污染物排放许可限值", 5)
    rule(page, TABLE, WIDTHS, merged=((4, 5, 0, 2),))
    write(page, 20, 90, "注：“/”表示无此项许可要求。")
    return page
