"""What counts as a denial, changed from a notebook."""

import re
from pathlib import Path

from data.denial_policy import DEFAULT, DenialPolicy
from data.errors import InvalidPolicy


def denial_policy(out: Path | str, *, name: str, **switches: bool) -> Path:
    """Write the shipped denial policy as `out` (a TOML file) under another name, with some of its switches set.

    Switches are `bundling`, `duplicates`, `coordination`, `weak_denials` (True: such a line is denied) and
    `partly_denied_is_denied` (True: so is a line paid in part beside a denial). The lists of codes in the file are
    yours to edit. `Store(DIR, policy=FILE)` labels by it. Raises `InvalidPolicy` for a switch that isn't one.
    """
    text = re.sub(r"(?m)^name = .*$", f'name = "{name}"', DEFAULT.read_text(encoding="utf-8"), count=1)
    for switch, is_on in switches.items():
        text, n_found = re.subn(
            rf"(?m)^{re.escape(switch)} = (true|false)\b", f"{switch} = {str(is_on).lower()}", text
        )
        if not n_found:
            known = re.findall(r"(?m)^(\w+) = (?:true|false)\b", text)
            raise InvalidPolicy(
                "denial policy", field=switch, found="an unknown switch", wanted=" | ".join(known)
            )
    written = Path(out)
    written.write_text(text, encoding="utf-8")
    DenialPolicy.load(written)  # what was written is one
    return written
