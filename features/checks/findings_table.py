"""Findings as a table: one row a finding, for files and notebooks."""

from collections.abc import Iterable

import pyarrow as pa

from data.schema import CODE
from features.checks.findings import Finding

FINDINGS = pa.schema(
    [
        ("claim_id", CODE),
        ("line", pa.int32()),  # 0: of the claim as a whole
        ("check", CODE),
        ("state", CODE),  # tripped, unknown, passed
        ("severity", CODE),  # block, warn, info, as an experienced biller would say
        ("severity_shown", CODE),  # the same as this payer's record of such lines says
        ("field", CODE),
        ("sentence", CODE),  # what is wrong; the rule, where nothing was found or could be asked
        ("fix", CODE),
        ("owner", CODE),
        ("stage", CODE),
        ("reason", CODE),  # the denial that it predicts
        ("family", CODE),
        ("needs_record_support", pa.bool_()),  # to be done only if the record supports it
        ("answered", pa.int64()),  # lines that tripped it at this payer; null: no past was given
        ("denied", pa.int64()),
        ("span", CODE),
    ]
)
"""One row a finding, in the order of the claims and their lines."""

_OF_EVIDENCE = ("answered", "denied", "span")


def findings_table(findings: Iterable[Finding]) -> pa.Table:
    """Findings (schema `FINDINGS`) in the order given."""
    found = list(findings)
    columns = {name: [_value(finding, name) for finding in found] for name in FINDINGS.names}
    return pa.table([pa.array(columns[field.name], field.type) for field in FINDINGS], schema=FINDINGS)


def _value(finding: Finding, name: str) -> str | int | bool | None:
    if name in _OF_EVIDENCE:
        said: str | int | None = getattr(finding.evidence, name) if finding.evidence else None
        return said
    value: str | int | bool | None = getattr(finding, name)
    return value
