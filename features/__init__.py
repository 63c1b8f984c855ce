"""From claim lines to feature columns: the one definition, for training and for serving."""


def warm() -> None:
    """Compile what is compiled, once: afterwards the first claim is as fast as any other.

    With a claim of one line and with a table of more lines than are taken one by one.
    """
    from datetime import date

    from data.few import FEW, FewLines
    from data.schema import LABELLED
    from features import book
    from features.build import build
    from features.state import FeatureState

    day = date(2024, 1, 1)
    nothing = FeatureState.fit(LABELLED.empty_table(), as_of=day)
    line = FewLines.of_rows(
        [{"claim_key": 1, "line": 1, "procedure": "70010", "service_from": day, "submitted_on": day}]
    )
    build(line, nothing)
    build(line.take([0] * (FEW + 1)).to_table(), nothing)
    book.warm()
