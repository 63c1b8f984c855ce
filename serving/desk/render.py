"""Templates made into pages. Everything that is filled in is escaped."""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from data.codes.texts import NO_TEXTS, CodeTexts
from serving.desk.claim_page import claim_view
from serving.desk.worklist import Worklist
from serving.problems import Problem
from serving.result import ClaimResult


@cache
def environment() -> Environment:
    """The templates of `serving/pages`; a name that isn't filled in is an error, not a hole."""
    loader = PackageLoader("serving", "pages")
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


@cache
def stylesheet() -> str:
    """The one stylesheet of all pages."""
    return files("serving").joinpath("pages/style.css").read_text("utf-8")


@cache
def icon() -> str:
    """What a browser shows on its tab."""
    return files("serving").joinpath("pages/icon.svg").read_text("utf-8")


def worklist_page(listed: Worklist, *, address: str) -> str:
    """The list of scored claims; `address` is this server's, for the empty list's advice."""
    return environment().get_template("worklist.html").render(listed=listed, address=address, css="")


def claim_page(
    result: ClaimResult, *, alone: bool = False, texts: CodeTexts = NO_TEXTS, is_set_aside: bool = False
) -> str:
    """One claim; `alone` gives a file that stands on its own, with its styles inside and no way back to the list.

    Of one that is set aside from review the page says so.
    """
    template = environment().get_template("claim.html")
    css = stylesheet() if alone else ""
    return template.render(claim=claim_view(result, texts), css=css, is_set_aside=is_set_aside)


def problem_page(problem: Problem) -> str:
    """What went wrong, for a person."""
    return environment().get_template("problem.html").render(problem=problem, css="")
