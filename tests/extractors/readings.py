"""Small papers made of words, for reading without pictures."""

from domain.page import Box, Cell, Grid, Page, PageReading, ReadPage, Word


def word(text, x, y, confidence=0.99, height=0.01, **more):
    """A word of 1 % height, if not told else, whose characters are 1.4 % (Chinese) or 0.8 % wide."""
    width = sum(0.014 if ord(char) > 0x2E7F else 0.008 for char in text)
    return Word(text=text, box=Box(x, y, x + width, y + height), confidence=confidence, **more)


def page(words, number=1, grids=(), file="a.pdf", **more):
    """An upright A4 page at 200 dpi."""
    reading = PageReading(sha256=f"{number:064d}", engine="test", words=tuple(words), grids=tuple(grids))
    made = Page(number=number, file=file, index=0, sha256=f"{number:064d}", width=1654, height=2339, dpi=200, **more)
    return ReadPage(page=made, reading=reading)


def grid(rows, top=0.2, left=0.1, right=0.9, height=0.02, widths=None):
    """A ruled table out of texts; `None` continues the cell to the left, `^` the one above."""
    count = len(rows[0])
    widths = widths or [1] * count
    edges = [left + (right - left) * sum(widths[:i]) / sum(widths) for i in range(count + 1)]
    cells = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text is None or text == "^":
                continue
            col_end = next((k for k in range(c + 1, count) if row[k] is not None), count)
            row_end = next((k for k in range(r + 1, len(rows)) if rows[k][c] != "^"), len(rows))
            box = Box(edges[c], top + r * height, edges[col_end], top + row_end * height)
            words = () if text == "" else (word(text, box.x0 + 0.002, box.cy - 0.005),)
            cells.append(Cell(row=r, row_end=row_end, col=c, col_end=col_end, box=box, words=words, inked=bool(text)))
    box = Box(left, top, right, top + len(rows) * height)
    return Grid(box=box, rows=len(rows), cols=count, cells=tuple(cells))


def words_of(*grids):
    """All words of some grids, as they stand on the page too."""
    return [w for g in grids for cell in g.cells for w in cell.words]
