"""A line as features and checks are written about it: its fields, what is known of its past, what the book says.

There is one, `LINE`: it stands for every line, and what is asked of it gives formulas, not values.
"""

from features.formula import Formula, Op, Word


class Line:
    """The line that formulas are about."""

    def number(self, name: str) -> Formula:
        """A numeric field of the line table: a count, cents, a day (since 1970), yes/no as 1/0; unknown where not given."""
        return Formula(Op.NUMBER, (), (name,))

    def word(self, name: str) -> Word:
        """A field of words: a code, an identifier."""
        return Word(name)

    def sent(self, name: str) -> Formula:
        """What earlier submissions tell, by a name of `features.sequence.ASKED`; unknown without them."""
        return Formula(Op.LATE, (), ("sent", name))

    def past(self, name: str) -> Formula:
        """A history column, by its name; unknown without a past."""
        return Formula(Op.LATE, (), ("past", name))

    def book(self, fact: str) -> Formula:
        """What the payers' policy book says, by a name of `features.book.FACTS`; unknown where it says nothing."""
        return Formula(Op.LATE, (), ("book", fact))

    def alike(self, name: str) -> Formula:
        """What the claim's other lines tell, by a name of `features.alike.ASKED`; never unknown."""
        return Formula(Op.LATE, (), ("alike", name))


LINE = Line()
