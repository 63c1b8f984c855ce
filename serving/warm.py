"""Everything compiled and touched once, so that the first claim doesn't wait for it."""

from datetime import date

from data.claim import Claim, Line, claim_tables
from data.few import FewClaims
from data.readers import x12
from serving.scorer import Scorer

SENT = date(2000, 1, 1)


def warm(scorer: Scorer) -> None:
    """Read, score and explain a made-up claim, and throw the answer away."""
    x12.warm()
    line = Line(line=1, procedure="70010", charge_cents=100, service_from=SENT)
    claim = Claim(
        claim_id="warm", payer_id="warm", billing_npi="0000000000", submitted_on=SENT, lines=(line,)
    )
    scorer.explain(claim_tables([claim]), today=SENT)
    scorer.answer(FewClaims.of([claim], today=SENT), today=SENT, with_fixes=True)
