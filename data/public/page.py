"""A web page's tables as rows of text: how the places of service are published."""

from html.parser import HTMLParser

CELLS = ("td", "th")


def page_rows(text: str) -> list[list[str]]:
    """The rows of all tables of a page, each cell its text with single spaces."""
    reader = _Tables()
    reader.feed(text)
    reader.close()
    return reader.rows


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - its shape
        if tag == "tr":
            self.rows.append([])
        elif tag in CELLS and self.rows:
            self._cell = []
        elif tag in ("br", "p", "li") and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in CELLS and self._cell is not None:
            self.rows[-1].append(" ".join("".join(self._cell).split()))
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)
