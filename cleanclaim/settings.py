"""Which settings a command goes by: the file it is given, else the `cleanclaim.toml` where it is run."""

from pathlib import Path

from cleanclaim.output import note

NAME = "cleanclaim.toml"


def settings_file(given: Path | None) -> Path | None:
    """The file given, else `cleanclaim.toml` of the working directory, of which stderr is told; None without either."""
    if given is not None:
        return given
    here = Path(NAME)
    if not here.is_file():
        return None
    note(f"Settings of {here.resolve()}.")
    return here
