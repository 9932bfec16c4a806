"""When the articles were printed: a bar a day, a month or a year, whichever gives a picture."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from qa.ui.markup import attribute, escaped
from qa.ui.wording import Wording

if TYPE_CHECKING:
    from qa.index import Statistics

_MOST_DAYS = 92
_MOST_MONTHS = 120
_LETTERS = {"day": 10, "month": 7, "year": 4}
"""How much of an ISO day names it."""


@dataclass(frozen=True, slots=True)
class Bar:
    """``when`` is a day, a month or a year (``2015-07-21``, ``2015-07``, ``2015``)."""

    when: str
    articles: int


def bars(days: tuple[tuple[str, int], ...]) -> list[Bar]:
    """Every day from the first to the last, those without articles as 0; of a longer time every month, every year."""
    if not days:
        return []
    first, last = date.fromisoformat(days[0][0]), date.fromisoformat(days[-1][0])
    if (last - first).days < _MOST_DAYS:
        step = "day"
    else:
        step = "month" if 12 * (last.year - first.year) + last.month - first.month < _MOST_MONTHS else "year"
    counts: Counter[str] = Counter()
    for day, count in days:
        counts[day[: _LETTERS[step]]] += count
    return [Bar(when, counts[when]) for when in _every(first, last, step)]


def histogram_html(facts: Statistics, words: Wording) -> str:
    """The bars from left to right in both languages, as time runs here; the label tells it to those who cannot see."""
    html = f'<h2 class="qa-label">{escaped(words.dates)}</h2>'
    drawn = bars(facts.days)
    if drawn:
        most = max(drawn, key=lambda bar: bar.articles)
        columns = "".join(
            f'<div style="height:{max(2, round(100 * bar.articles / most.articles)) if bar.articles else 0}%" '
            f'title="{attribute(words.when(bar.when))}: {attribute(words.articles.of(bar.articles))}"></div>'
            for bar in drawn
        )
        first, last = words.when(drawn[0].when), words.when(drawn[-1].when)
        peak = words.most_on.format(when=words.when(most.when), articles=words.articles.of(most.articles))
        label = f"{words.dated.format(first=first, last=last)}. {peak}" if len(drawn) > 1 else peak
        html += f'<div class="qa-histogram" role="img" aria-label="{attribute(label)}">{columns}</div>'
        html += f'<div class="qa-ends" aria-hidden="true"><bdi>{escaped(first)}</bdi>'
        html += f"<bdi>{escaped(last) if last != first else ''}</bdi></div>"
        html += f'<p class="qa-detail" aria-hidden="true">{escaped(peak)}</p>' if len(drawn) > 1 else ""
    if facts.undated:
        html += f'<p class="qa-detail">{escaped(words.undated.of(facts.undated))}</p>'
    return html


def holdings(facts: Statistics, words: Wording) -> str:
    """What there is to ask about, in one line: ``12,000 articles, 21 July 2015 to 7 August 2015``."""
    counted = words.articles.of(facts.documents)
    if not facts.days:
        return counted
    first, last = words.when(facts.days[0][0]), words.when(facts.days[-1][0])
    return (words.held_on if first == last else words.held).format(articles=counted, first=first, last=last)


def _every(first: date, last: date, step: str) -> list[str]:
    if step == "day":
        return [(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]
    if step == "year":
        return [f"{year:04d}" for year in range(first.year, last.year + 1)]
    months = range(12 * first.year + first.month - 1, 12 * last.year + last.month)
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in months]
