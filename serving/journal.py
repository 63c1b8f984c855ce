"""The journal of scores: what was answered, kept for the reviewer's pages, in any database that SQLAlchemy speaks to.

Results are kept as they were answered. They hold no member id, name or birth date, so neither does the journal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection
from typing import TypeVarTuple

import sqlalchemy as sa
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from data.errors import StoreError
from serving.result import ClaimResult, from_json, to_json
from serving.set_aside import lot_of

Columns = TypeVarTuple("Columns")

METADATA = sa.MetaData()

SCORES = sa.Table(
    "scores",
    METADATA,
    sa.Column("score_id", sa.String(40), primary_key=True),
    sa.Column("scored_at", sa.String(32), nullable=False),  # ISO 8601 in UTC: sorts as text
    sa.Column("claim_id", sa.String(80), nullable=False),
    sa.Column("billing_npi", sa.String(80), nullable=False),
    sa.Column("payer_id", sa.String(80), nullable=False),
    sa.Column("payer_name", sa.String(80), nullable=False),
    sa.Column("risk", sa.String(8), nullable=False),
    sa.Column("denial_probability", sa.Float, nullable=False),
    sa.Column("expected_denied_cents", sa.BigInteger, nullable=False),
    sa.Column("is_newest", sa.Boolean, nullable=False),  # the last answer about this claim
    sa.Column("result", sa.LargeBinary, nullable=False),
    sa.Column("lot", sa.Float, nullable=True),  # what `serving.set_aside` drew for the claim
    sa.Index("scores_by_claim", "billing_npi", "claim_id"),
    sa.Index("scores_by_money", "is_newest", "expected_denied_cents"),
)

ORDERS = {
    "money": (SCORES.c.expected_denied_cents.desc(), SCORES.c.score_id),
    "likely": (SCORES.c.denial_probability.desc(), SCORES.c.score_id),
    "newest": (SCORES.c.scored_at.desc(), SCORES.c.score_id),
}
"""How a worklist can be sorted."""

RETIRE = (
    SCORES.update()
    .where(SCORES.c.billing_npi == sa.bindparam("of_npi"), SCORES.c.claim_id == sa.bindparam("of_claim"))
    .values(is_newest=False)
)
REPLACE = SCORES.delete().where(SCORES.c.score_id == sa.bindparam("old_id"))


@dataclass(frozen=True, slots=True)
class Filter:
    """Which claims a reviewer wants to see, and in which order; empty text means all."""

    payer_id: str = ""
    risk: str = ""
    order: str = "money"
    unreviewed_share: float = 0.0
    """The claims that are set aside from review at this share are left out, and counted."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a worklist, and what all its pages hold together."""

    results: tuple[ClaimResult, ...]
    n_claims: int
    expected_denied_cents: int
    n_set_aside: int = 0
    """Claims left out of all pages because they are set aside from review, and what is at stake with them."""
    set_aside_cents: int = 0


@dataclass(frozen=True, slots=True)
class PayerCount:
    """How many claims of a payer are on the list."""

    payer_id: str
    payer_name: str
    n_claims: int


class Journal:
    """Scores that were answered. `url` is SQLAlchemy's: `sqlite:///scores.db`, `sqlite://` (memory only), ..."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        try:
            METADATA.create_all(self.engine)
            _add_lots(self.engine)
        except SQLAlchemyError as error:
            raise _unusable(error) from None

    def keep(self, results: Sequence[ClaimResult], *, at: datetime) -> None:
        """Keep answers given at a time; the same answer again only becomes the newest about its claim."""
        if not results:
            return
        newest = {(result.billing_npi, result.claim_id): result.score_id for result in results}
        rows = {r.score_id: _row(r, at, newest[r.billing_npi, r.claim_id] == r.score_id) for r in results}
        try:
            with self.engine.begin() as connection:
                connection.execute(RETIRE, [_claim_of(row) for row in rows.values()])
                connection.execute(REPLACE, [{"old_id": score_id} for score_id in rows])
                connection.execute(SCORES.insert(), list(rows.values()))
        except SQLAlchemyError as error:
            raise _unusable(error) from None

    def find(self, score_id: str) -> ClaimResult | None:
        """One answer, or None where there is none of that id."""
        rows = self._select(sa.select(SCORES.c.result).where(SCORES.c.score_id == score_id))
        return from_json(rows[0][0]) if rows else None

    def first_results(self) -> list[ClaimResult]:
        """For each claim the first answer that was given about it and is still kept, in the order of their times."""
        first = (
            sa.select(SCORES.c.billing_npi, SCORES.c.claim_id, sa.func.min(SCORES.c.scored_at).label("at"))
            .group_by(SCORES.c.billing_npi, SCORES.c.claim_id)
            .subquery()
        )
        same = sa.and_(
            SCORES.c.billing_npi == first.c.billing_npi,
            SCORES.c.claim_id == first.c.claim_id,
            SCORES.c.scored_at == first.c.at,
        )
        chosen = sa.select(SCORES.c.result).join(first, same)
        rows = self._select(chosen.order_by(SCORES.c.scored_at, SCORES.c.score_id))
        return [from_json(row[0]) for row in rows]

    def page(self, wanted: Filter, *, number: int, size: int) -> Page:
        """The `number`-th page (from 1) of the newest answers about each claim that is up for review."""
        n_claims, cents = self._totals(_which(wanted))
        n_aside, aside_cents = self._totals(_aside(wanted)) if wanted.unreviewed_share else (0, 0)
        chosen = sa.select(SCORES.c.result).where(_which(wanted)).order_by(*ORDERS[wanted.order])
        rows = self._select(chosen.limit(size).offset((number - 1) * size))
        return Page(tuple(from_json(row[0]) for row in rows), n_claims, cents, n_aside, aside_cents)

    def payers(self, *, unreviewed_share: float = 0.0) -> list[PayerCount]:
        """Payers on the list, those with most claims first; claims set aside at that share aren't on it."""
        columns = (SCORES.c.payer_id, sa.func.max(SCORES.c.payer_name), sa.func.count())
        up = _which(Filter(unreviewed_share=unreviewed_share))
        chosen = sa.select(*columns).where(up).group_by(SCORES.c.payer_id)
        rows = self._select(chosen.order_by(sa.func.count().desc(), SCORES.c.payer_id))
        return [PayerCount(str(row[0]), str(row[1]), int(row[2])) for row in rows]

    def check(self) -> None:
        """Raise StoreError where the database can't be asked."""
        self._select(sa.select(SCORES.c.score_id).limit(1))

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def _totals(self, which: sa.ColumnElement[bool]) -> tuple[int, int]:
        """How many claims, and what is expected to be denied of them in cents."""
        cents = sa.func.coalesce(sa.func.sum(SCORES.c.expected_denied_cents), 0)
        (totals,) = self._select(sa.select(sa.func.count(), cents).where(which))
        return int(totals[0]), int(totals[1])

    def _select(self, statement: sa.Select[*Columns]) -> Sequence[sa.Row[*Columns]]:
        try:
            with self.engine.connect() as connection:
                return connection.execute(statement).all()
        except SQLAlchemyError as error:
            raise _unusable(error) from None


def _engine(url: str) -> Engine:
    """An engine for a database address; SQLite waits for its lock, and readers don't block the writer."""
    try:
        address = make_url(url)
        if not address.drivername.startswith("sqlite"):
            return sa.create_engine(address, pool_pre_ping=True)
        # A database in memory lives in its one connection: everybody waits for that one.
        in_memory = address.database in {None, "", ":memory:"}
        size = {"pool_size": 1, "max_overflow": 0} if in_memory else {}
        options = {"timeout": 10, "check_same_thread": False}
        engine = sa.create_engine(address, connect_args=options, poolclass=QueuePool, **size)
    except (ArgumentError, NoSuchModuleError, ImportError):
        raise StoreError(
            "database", found="an address that SQLAlchemy can't use", wanted="one like sqlite:///scores.db"
        ) from None
    sa.event.listen(engine, "connect", _tune)
    return engine


def _tune(connection: Connection, _record: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


def _row(result: ClaimResult, at: datetime, is_newest: bool) -> dict[str, object]:  # noqa: FBT001
    return {
        "score_id": result.score_id,
        "scored_at": at.isoformat(timespec="milliseconds"),
        "claim_id": result.claim_id,
        "billing_npi": result.billing_npi or "",
        "payer_id": result.payer_id or "",
        "payer_name": result.payer_name or "",
        "risk": result.risk,
        "denial_probability": result.denial_probability,
        "expected_denied_cents": result.expected_denied_cents,
        "is_newest": is_newest,
        "result": to_json(result),
        "lot": lot_of(result.claim_id),
    }


def _claim_of(row: dict[str, object]) -> dict[str, object]:
    return {"of_npi": row["billing_npi"], "of_claim": row["claim_id"]}


def _which(wanted: Filter) -> sa.ColumnElement[bool]:
    """Claims that are up for review. An answer of a time before lots were drawn has none: its claim is."""
    if not wanted.unreviewed_share:
        return _asked(wanted)
    up = sa.or_(SCORES.c.lot.is_(None), SCORES.c.lot >= wanted.unreviewed_share)
    return sa.and_(_asked(wanted), up)


def _aside(wanted: Filter) -> sa.ColumnElement[bool]:
    """Claims that a reviewer would have seen, were they not set aside."""
    return sa.and_(_asked(wanted), SCORES.c.lot < wanted.unreviewed_share)


def _asked(wanted: Filter) -> sa.ColumnElement[bool]:
    chosen: list[sa.ColumnElement[bool]] = [SCORES.c.is_newest]
    if wanted.payer_id:
        chosen.append(SCORES.c.payer_id == wanted.payer_id)
    if wanted.risk:
        chosen.append(SCORES.c.risk == wanted.risk)
    return sa.and_(*chosen)


def _add_lots(engine: Engine) -> None:
    """Give a database of before its column of lots; another process may do so at the same moment."""
    if _has_lots(engine):
        return
    try:
        with engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE scores ADD COLUMN lot FLOAT"))
    except SQLAlchemyError:
        if not _has_lots(engine):
            raise


def _has_lots(engine: Engine) -> bool:
    return any(column["name"] == "lot" for column in sa.inspect(engine).get_columns("scores"))


def _unusable(error: SQLAlchemyError) -> StoreError:
    """What the database said, without the rows it was given."""
    cause = getattr(error, "orig", None) or type(error).__name__
    return StoreError(
        "database of scores", found=str(cause)[:200], wanted="a database that can be read and written"
    )
