"""HTML as a browser would read it: which tags, which text, which highlighted text."""

from __future__ import annotations

from html.parser import HTMLParser


class Reading(HTMLParser):
    """The tags of some HTML, and its text with and without what stands in ``<mark>``."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.text = ""
        self.highlighted = ""
        self._depth = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._depth += tag == "mark"

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag == "mark"

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._depth:
            self.highlighted += data
