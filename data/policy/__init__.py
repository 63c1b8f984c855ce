"""The payers' policy book: what each payer wants, list by list, as far as the office knows it.

    book = PolicyBook.load("policy/")
    book.authorization("60054", "70553", place="22", on=date(2026, 3, 17))

No entry means that nobody knows, never that nothing is wanted.
"""

from data.policy.book import PolicyBook
from data.policy.lists import BY_NAME, LISTS, BookColumn, PolicyList
from data.policy.read import BookReading

__all__ = ["BY_NAME", "LISTS", "BookColumn", "BookReading", "PolicyBook", "PolicyList"]
