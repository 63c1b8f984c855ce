"""From claim lines to feature columns: the one definition, for training and for serving."""


def warm() -> None:
    """Compile what is compiled, once: afterwards the first claim is as fast as any other."""
    from datetime import date

    from data.schema import LABELLED, LINE_TABLE
    from features import book
    from features.build import build
    from features.state import FeatureState

    nothing = FeatureState.fit(LABELLED.empty_table(), as_of=date(2024, 1, 1))
    build(LINE_TABLE.empty_table(), nothing)
    book.warm()
