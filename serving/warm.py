"""Everything compiled and touched once, so that the first claim doesn't wait for it."""

from datetime import date

from data.claim import Claim, Line, claim_tables
from serving.scorer import Scorer

SENT = date(2000, 1, 1)


def warm(scorer: Scorer) -> None:
    """Score and explain a made-up claim, and throw the answer away."""
    line = Line(line=1, procedure="70010", charge_cents=100, service_from=SENT)
    claim = Claim(
        claim_id="warm", payer_id="warm", billing_npi="0000000000", submitted_on=SENT, lines=(line,)
    )
    scorer.explain(claim_tables([claim]), today=SENT)
