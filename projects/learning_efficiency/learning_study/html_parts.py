"""Pieces of an HTML page: tables, and the frame that holds them."""
from html import escape
from typing import Optional, Sequence

# From so many columns on, deviations go below the means.
WIDE_COLUMNS = 9
STYLE = '''
body { font: 16px/1.5 Georgia, "Times New Roman", serif; color: #1a1a1a;
  background: #fff; max-width: 62rem; margin: 2rem auto; padding: 0 1.2rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin-bottom: .3rem; }
h2 { font-size: 1.25rem; margin: 2.4rem 0 .4rem;
  border-bottom: 1px solid #ccc; padding-bottom: .2rem; }
h3 { font-size: 1.02rem; margin: 1.4rem 0 .3rem; }
p { max-width: 46rem; }
.note { color: #555; font-size: .9rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .6rem 0 1rem;
  font: 14px/1.35 "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; }
th, td { padding: .26rem .7rem; text-align: right; white-space: nowrap;
  vertical-align: top; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
table.words td { text-align: left; white-space: normal; }
thead th { border-bottom: 1.5px solid #333; font-weight: 600; }
tbody tr:last-child td { border-bottom: 1.5px solid #333; }
tr.total td { border-top: 1px solid #aaa; }
.dev { color: #666; font-size: .86em; }
svg { max-width: 100%; height: auto; }
code { font-size: .88em; overflow-wrap: anywhere; }
pre { background: #f5f5f3; padding: .7rem .9rem; white-space: pre-wrap; }
table.wide th { white-space: normal; vertical-align: bottom; }
table.wide .dev { display: block; }
@media print { body { margin: 0; } h2 { break-after: avoid; } }
'''


def table(header: Sequence[str],
          rows: Sequence[Sequence[str]],
          totals: Sequence[int] = (),
          css: str = '') -> str:
    """An HTML table; the first column is left-aligned, numbers right.

    Args:
        header (Sequence[str]): Titles, as text; none: no header.
        rows (Sequence[Sequence[str]]): Cells, as HTML.
        totals (Sequence[int]): Rows with a line above.
        css (str): Class of the table.
    """
    head = ''
    if header:
        cells = ''.join(f'<th>{escape(cell)}</th>' for cell in header)
        head = f'<thead><tr>{cells}</tr></thead>'
    lines = []
    for i, row in enumerate(rows):
        cells = ''.join(f'<td>{cell}</td>' for cell in row)
        kind = ' class="total"' if i in totals else ''
        lines.append(f'<tr{kind}>{cells}</tr>')
    if len(header) >= WIDE_COLUMNS:
        css = f'{css} wide'.strip()
    kind = f' class="{css}"' if css else ''
    return (f'<div class="scroll"><table{kind}>{head}<tbody>'
            f'{"".join(lines)}</tbody></table></div>')


def figure(svg: Optional[str], caption: str) -> str:
    """A plot and what it shows; nothing where there is no plot."""
    if not svg:
        return ''
    return f'<figure>{svg}<figcaption class="note">{caption}</figcaption>' \
        '</figure>'


def page(heading: str, body: str) -> str:
    """A whole page that needs nothing from elsewhere."""
    return (f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width">'
            f'<title>{escape(heading)}</title><style>{STYLE}</style></head>'
            f'<body><h1>{escape(heading)}</h1>\n{body}\n</body></html>\n')
