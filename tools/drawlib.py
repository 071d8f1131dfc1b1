# SPDX-FileCopyrightText: 2026 The Tarn authors
# SPDX-License-Identifier: MIT
"""drawlib -- the drawings of tools/report: SVG, as text

	curves()	a figure over the number of entries, a line a library
	bars()		how far each case is behind its target
	beside()	a row a case, a dot a library, by how much slower than Tarn it is
"""

import math

RED, GREEN, GREY = "#c0392b", "#239b56", "#dddddd"
WIDTH, HEIGHT, LEFT, BOTTOM = 800, 400, 70, 50


def text(x, y, what, more=""):
    what = what.replace("&", "&amp;").replace("<", "&lt;")
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{what}</text>'


def line(x1, y1, x2, y2, colour, width=1):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
            f'stroke-width="{width}"/>')


def box(x, y, width, height, colour):
    return (f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'fill="{colour}"/>')


def dot(x, y, colour, private):
    fill = "#ffffff" if private else colour
    return (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{fill}" stroke="{colour}" '
            'stroke-width="2"/>')


def cross(x, y, colour):
    return (f'<path d="M{x - 4:.1f},{y - 4:.1f} l8,8 m0,-8 l-8,8" stroke="{colour}" '
            'stroke-width="3" fill="none"/>')


def drawing(width, height, parts):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            'font-family="sans-serif" font-size="12">\n'
            '<rect width="100%" height="100%" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n")


def ticks(low, high):
    """1, 2 and 5 times powers of ten between two numbers."""
    steps = [step * 10.0 ** power for power in range(-3, 9) for step in (1, 2, 5)]
    return [step for step in steps if low * 0.999 <= step <= high * 1.001]


# ---- curves --------------------------------------------------------------------------------------

def grid(at, xs, ys, right, top):
    """Lines and their numbers; xs and ys: the least and the greatest."""
    for x in [10 ** power for power in range(3, 8)] + [xs[1]]:
        if xs[0] <= x <= xs[1]:
            here = at(x, ys[0])
            yield line(here[0], top, here[0], here[1], GREY)
            yield text(here[0], here[1] + 18, f"{x:,}", 'text-anchor="middle"')
    for y in ticks(*ys):
        here = at(xs[0], y)
        yield line(LEFT, here[1], right, here[1], GREY)
        yield text(LEFT - 6, here[1] + 4, f"{y:g}", 'text-anchor="end"')


def curves(title, unit, series, names, colours):
    """series: {library: [(entries, value)]}; both axes logarithmic.  Tarn is the thick red one."""
    all_x = [x for points in series.values() for x, _ in points]
    all_y = [y for points in series.values() for _, y in points]
    xs, ys = (min(all_x), max(all_x)), (min(all_y) / 1.3, max(all_y) * 1.3)
    right, top = WIDTH - 220, 40

    def at(x, y):
        across = math.log(x / xs[0]) / math.log(xs[1] / xs[0])
        up = math.log(y / ys[0]) / math.log(ys[1] / ys[0])
        return LEFT + across * (right - LEFT), HEIGHT - BOTTOM - up * (HEIGHT - BOTTOM - top)

    parts = [text(LEFT, 22, title, 'font-size="15"'), text(8, 36, unit), *grid(at, xs, ys, right, top),
             text((LEFT + right) / 2, HEIGHT - 10, "entries", 'text-anchor="middle"')]
    for place, (library, points) in enumerate(series.items()):
        colour, width = colours[library], 3.5 if library == "tarn" else 1.8
        path = " ".join("%.1f,%.1f" % at(x, y) for x, y in sorted(points))
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" '
                     f'stroke-width="{width}"/>')
        y = top + 12 + 20 * place
        parts.append(line(right + 14, y, right + 34, y, colour, width))
        parts.append(text(right + 40, y + 4, names.get(library, library)))
    return drawing(WIDTH, HEIGHT, parts)


# ---- bars ----------------------------------------------------------------------------------------

def bars(title, rows):
    """rows: (case, what it says, how many times further than aimed at, noisy); right is behind."""
    middle, scale, height = 620, 70, 60 + 18 * len(rows)
    parts = [text(20, 22, title, 'font-size="15"')]
    for factor in (0.25, 0.5, 1, 2, 4, 8):
        x = middle + scale * math.log2(factor)
        parts.append(line(x, 40, x, height - 12, "#333333" if factor == 1 else GREY))
        parts.append(text(x, 36, f"{factor:g}", 'text-anchor="middle"'))
    for place, (case, words, behind, noisy) in enumerate(rows):
        length = max(-2.2, min(3.2, math.log2(behind))) * scale
        y = 46 + 18 * place
        colour = RED if length > 0 else GREEN
        shade = ' fill-opacity="0.45"' if noisy else ""
        parts.append(f'<rect x="{middle + min(length, 0):.1f}" y="{y}" width="{abs(length):.1f}" '
                     f'height="13" fill="{colour}"{shade}/>')
        parts.append(text(20, y + 11, case))
        parts.append(text(middle + max(length, 0) + 6, y + 11, words, 'font-size="11"'))
    return drawing(1040, height, parts)


# ---- dots ----------------------------------------------------------------------------------------

def legend(libraries, names, colours, private, x, y):
    for place, library in enumerate(libraries):
        here = y + 19 * place
        yield dot(x, here, colours[library], library in private)
        yield text(x + 12, here + 4, names.get(library, library))


def beside(title, rows, libraries, names, colours, private, grouped=False):
    """rows: (case, {library: how many times slower or larger than Tarn, or None: it hangs}).

    grouped: a line between cases whose first words differ.
    """
    left, right, top, hangs = 220, 690, 66, 14
    height = top + 20 + max(18 * len(rows), 19 * len(libraries) + 20)
    bottom = top + 18 * len(rows) + 4

    def at(times):
        return left + (math.log10(max(0.05, min(100, times))) + 1.301) / 3.301 * (right - left)

    parts = [text(20, 22, title, 'font-size="15"'),
             box(left, top - 8, at(1) - left, bottom - top + 8, "#fdecea"),
             box(at(1), top - 8, right - at(1), bottom - top + 8, "#e9f7ef"),
             text(at(1) - 8, 42, "Tarn loses", f'text-anchor="end" fill="{RED}" font-weight="bold"'),
             text(at(1) + 8, 42, "Tarn wins", f'fill="{GREEN}" font-weight="bold"')]
    for times in (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100):
        parts.append(line(at(times), top - 8, at(times), bottom, "#333333" if times == 1 else "#ffffff"))
        parts.append(text(at(times), top - 12, f"{times:g}", 'text-anchor="middle" font-size="10"'))
    most = 0	# that hang in one case
    for place, (case, dots) in enumerate(rows):
        y = top + 6 + 18 * place
        parts.append(text(20, y + 4, case))
        if grouped and place and case.split()[0] != rows[place - 1][0].split()[0]:
            parts.append(line(20, y - 9, right, y - 9, "#bbbbbb"))
        parts += [dot(at(times), y, colours[library], library in private)
                  for library, times in dots.items() if times]
        hung = [library for library, times in dots.items() if not times]
        parts += [cross(right + hangs + 14 * number, y, colours[library])
                  for number, library in enumerate(hung)]
        most = max(most, len(hung))
    if most:
        parts.append(text(right + hangs - 5, 42, "hangs", f'fill="{RED}" font-weight="bold"'))
    parts += legend(libraries, names, colours, private, right + 24 + 14 * most, top + 6)
    return drawing(960, height, parts)
