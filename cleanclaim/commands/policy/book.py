"""What the policy commands say of a payers' policy book: a folder of lists."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from cleanclaim.output import as_json, say, table

if TYPE_CHECKING:
    from data.policy import BookReading, PolicyBook
    from data.policy.audit import ListAudit

MOST_REJECTS = 20
COLUMNS = ("list", "entries", "payers", "holds from", "to", "expired", "at odds", "refused")


def check_book(folder: Path, *, today: date, json: bool) -> None:
    """Tell list by list how much a book holds, since when, and what is wrong with it."""
    from data.policy import PolicyBook
    from data.policy.audit import audit

    book, reading = PolicyBook.read(folder)
    lists = audit(book, today)
    if json:
        as_json(_record(book, reading, lists))
        return
    say(f"The policy book in {folder} can be used: {book.n_entries:,} entries (version {book.version}).")
    refused = _refused(reading)
    rows = [_row(one, refused.get(one.name, 0)) for one in lists]
    rows += [(name, 0, 0, "", "", 0, 0, count) for name, count in refused.items() if name not in book.tables]
    table(COLUMNS, rows)
    _tell(lists, reading)


def show_book(folder: Path, *, name: str | None, n_rows: int, json: bool) -> None:
    """Tell what each list of a book says, or the first entries of one."""
    from data.policy import PolicyBook

    book = PolicyBook.load(folder)
    if name is not None:
        _show_list(book, name, n_rows, json=json)
    elif json:
        as_json({"version": book.version, "lists": {key: of.num_rows for key, of in book.tables.items()}})
    else:
        _show_all(book)


def _show_all(book: "PolicyBook") -> None:
    from data.policy import LISTS

    say(f"A policy book of {book.n_entries:,} entries, version {book.version}.")
    say("What it doesn't list is unknown, never a no. One CSV or Parquet file a list:")
    for one in LISTS:
        say(f"\n{one.name}: {one.title} ({book.table(one.name).num_rows:,} entries)")
        table(("  column", ""), [(f"  {column.name}", column.meaning) for column in one.columns])


def _show_list(book: "PolicyBook", name: str, n_rows: int, *, json: bool) -> None:
    entries = book.table(name)
    rows = [
        {key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()}
        for row in entries.slice(0, n_rows).to_pylist()
    ]
    if json:
        as_json({"list": name, "n_entries": entries.num_rows, "entries": rows})
        return
    names = [name for name in entries.schema.names if any(row[name] is not None for row in rows)]
    table(names, [[_cell(row[name]) for name in names] for row in rows])
    if entries.num_rows > n_rows:
        say(f"and {entries.num_rows - n_rows:,} more (--rows N shows more)")


def _cell(value: object) -> str:
    return (
        {True: "yes", False: "no"}[value] if isinstance(value, bool) else "" if value is None else str(value)
    )


def _row(one: "ListAudit", refused: int) -> tuple[object, ...]:
    payers = f"{one.n_payers:,}" + (" and all" if one.n_for_all and one.n_payers else "")
    return (
        one.name,
        f"{one.n_entries:,}",
        payers if one.n_payers else "all",
        one.valid_from or "always",
        one.valid_to or "still",
        f"{one.n_expired:,}",
        f"{one.n_contradictions:,}",
        f"{refused:,}",
    )


def _refused(reading: "BookReading") -> dict[str, int]:
    """Rows refused, by list."""
    counts: dict[str, int] = {}
    for source in reading.rejects["source"].to_pylist():
        name = Path(source).stem.lower()
        counts[name] = counts.get(name, 0) + 1
    return counts


def _tell(lists: "tuple[ListAudit, ...]", reading: "BookReading") -> None:
    for one in lists:
        if one.is_expired:
            say(f"{one.name}: none of its entries holds any more; it wants renewing.")
        for pair in one.contradictions:
            say(f"{one.name}: {pair.about}: {pair.first}; and {pair.second}. The newer one counts.")
        if one.n_contradictions > len(one.contradictions):
            say(f"{one.name}: and {one.n_contradictions - len(one.contradictions):,} more contradictions.")
    for source, reason in zip(
        *(reading.rejects[n].to_pylist()[:MOST_REJECTS] for n in ("source", "reason")), strict=True
    ):
        say(f"Refused: {source}, {reason}")
    if reading.rejects.num_rows > MOST_REJECTS:
        say(f"and {reading.rejects.num_rows - MOST_REJECTS:,} more refused rows (--json lists them all)")
    if reading.left:
        say(f"No lists, and left alone: {', '.join(reading.left)}")


def _record(book: "PolicyBook", reading: "BookReading", lists: "tuple[ListAudit, ...]") -> dict[str, object]:
    refused = _refused(reading)
    told = [
        {**asdict(one), "title": one.title, "is_expired": one.is_expired, "refused": refused.get(one.name, 0)}
        for one in lists
    ]
    rejects = [{"source": row["source"], "reason": row["reason"]} for row in reading.rejects.to_pylist()]
    return {
        "version": book.version,
        "entries": book.n_entries,
        "lists": told,
        "refused": rejects,
        "left": list(reading.left),
    }
