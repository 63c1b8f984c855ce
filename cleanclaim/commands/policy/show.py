"""`cleanclaim policy show`: what counts as a denial, or what a payers' policy book says, in words."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleanclaim.commands.policy.book import show_book
from cleanclaim.output import as_json, say, table

if TYPE_CHECKING:
    from data.denial_policy import DenialPolicy

KINDS = {
    "patient_share": "the patient's share",
    "contract": "the contract's write-offs",
    "prior_payer": "paid by an earlier payer",
    "information": "information only",
}
SWITCHES = {
    "bundling": "bundled into another line: denied",
    "duplicates": "a duplicate: denied",
    "coordination": "another payer's turn: denied",
    "weak_denials": "CO-45 over all, with a remark, denies",
    "partly_denied_is_denied": "a denial beside a payment counts",
}


def show(
    *,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="PATH",
            help="A denial policy (TOML), the shipped one without; or a policy book (a folder of lists).",
        ),
    ] = None,
    store: Annotated[
        Path | None, typer.Option(help="Show the one that this store was labelled under.")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--list", help="Of a policy book: show the first entries of this list.")
    ] = None,
    rows: Annotated[int, typer.Option(help="How many of them.", min=1)] = 20,
    json: Annotated[bool, typer.Option("--json", help="Print the policy as JSON.")] = False,
) -> None:
    """Show a denial policy: which codes explain an amount without denying it, which are pending, what is switched off.

    Every other adjustment code (CARC) denies the line that it takes money from. Of a folder, it shows which lists the
    policy book there holds and how they are written.

    Example: cleanclaim policy show --store store
    """
    if file and store:
        raise typer.BadParameter("give either a file or --store", param_hint="--store")
    if file is not None and file.is_dir():
        show_book(file, name=name, n_rows=rows, json=json)
        return
    from data.denial_policy import DenialPolicy
    from data.store import Store

    if store:
        policy = Store(store).remembered()
    else:
        policy = DenialPolicy.load(file)
    if json:
        as_json({**policy.record(), "digest": policy.digest})
    else:
        _tell(policy)


def _tell(policy: "DenialPolicy") -> None:
    from data.denial_policy import SECTIONS

    say(f"Denial policy {policy.name}, version {policy.version}, digest {policy.digest}")
    table(
        ("switch", "", ""),
        [(key, "on" if policy.switches[key] else "off", SWITCHES[key]) for key in SWITCHES],
    )
    say("\nThese codes (CARCs) explain an unpaid amount without denying it; every other one denies:")
    kinds = {f"non_denial.{key}": KINDS[key] for key in SECTIONS["non_denial"]}
    off = (key for key in SECTIONS["switched"] if not policy.switches[key])
    kinds |= {f"switched.{key}": f"{key}, switched off" for key in off} | {
        "pended.carcs": "pending: no label"
    }
    table(
        ("kind", "code", ""),
        [row for place, kind in kinds.items() for row in _rows(kind, policy.groups[place])],
    )
    say("\nThese deny, but say too little alone: the first remark belongs to the reason.")
    say(f"  {', '.join(policy.groups['reason.needs_remark'])}")
    say("\nRemarks (RARCs) that only inform, never a part of a reason:")
    say(f"  {', '.join(policy.groups['remarks.alerts'])}")


def _rows(kind: str, codes: tuple[str, ...]) -> list[tuple[str, str, str]]:
    from data.codes import words

    return [("" if n else kind, code, words(code)) for n, code in enumerate(codes)]
