"""Claims that are set aside from review: a small share that goes out as it is, to see what would have happened.

A claim that is put right because it was flagged is paid, and then looks as if it had been flagged without need. Only
claims that nobody touched tell how good the scores are. Which claims are set aside follows from their number alone,
so everybody who asks gets the same answer, and nobody can choose.
"""

from hashlib import sha256


def lot_of(claim_id: str) -> float:
    """The lot that a claim draws, from 0 to below 1: always the same, and evenly spread over all claims."""
    return (int.from_bytes(sha256(b"set aside " + claim_id.encode()).digest()[:8], "big") >> 11) / 2**53


def is_set_aside(claim_id: str, share: float) -> bool:
    """Whether this claim is among the `share` (0 to 1) that is not reviewed."""
    return lot_of(claim_id) < share
