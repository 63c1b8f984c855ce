"""What the README and docs/ promise is true: examples are posted as they stand, commands exist, links lead somewhere."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cleanclaim.__main__ import COMMANDS, GROUPS
from serving.app import create_app
from serving.journal import Journal
from serving.scorer import Scorer

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXT = {page.name: page.read_text("utf-8") for page in PAGES}
LINKS = [
    (page, link) for page in PAGES for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8"))
]
NAMED = r"(?:^|`|bin/)cleanclaim ([a-z]+)\b"
TOLD = sorted({name for text in TEXT.values() for name in re.findall(NAMED, text, re.MULTILINE)})


@pytest.fixture(scope="module")
def api(world) -> FastAPI:
    scorer = Scorer.load(world.model, world.store)
    return create_app(scorer, Journal("sqlite://"), clock=lambda: datetime(2026, 1, 5, tzinfo=UTC))


def examples() -> dict[str, str]:
    curl = re.search(r"-d '(\{.*?\})'", TEXT["README.md"], re.DOTALL)
    block = re.search(r"```json\n(.*?)```", TEXT["scrubbers.md"], re.DOTALL)
    assert curl
    assert block
    return {"README.md": curl.group(1), "scrubbers.md": block.group(1)}


@pytest.mark.parametrize("page", ["README.md", "scrubbers.md"])
def test_the_example_is_answered_with_probability_reasons_and_factors(page: str, api: FastAPI) -> None:
    headers = {"Content-Type": "application/json"}
    response = TestClient(api).post("/v1/score", content=examples()[page], headers=headers)
    assert response.status_code == 200, response.text
    (line,) = response.json()["lines"]
    assert 0 < line["denial_probability"] < 1
    assert line["reasons"]
    assert line["factors"]
    assert json.loads(examples()[page])["claim"]["claim_id"] == response.json()["claim_id"]


def test_the_fhir_example_is_answered(api: FastAPI) -> None:
    _, example = re.findall(r"```json\n(.*?)```", TEXT["scrubbers.md"], re.DOTALL)
    headers = {"Content-Type": "application/fhir+json"}
    told = TestClient(api).post("/v1/score/fhir", content=example, headers=headers).json()
    assert told["rejects"] == []
    (result,) = told["results"]
    assert (result["claim_id"], result["payer_id"]) == ("A1001", "HM4471")
    assert result["lines"][0]["charge_cents"] == 41_000
    assert result["lines"][0]["reasons"]


@pytest.mark.parametrize("name", TOLD)
def test_every_command_that_is_named_exists(name: str) -> None:
    assert name in {command.__name__ for command in COMMANDS} | set(GROUPS)


@pytest.mark.parametrize(("page", "link"), LINKS, ids=[f"{page.name}:{link}" for page, link in LINKS])
def test_every_link_leads_somewhere(page: Path, link: str) -> None:
    assert link.startswith("http") or (page.parent / link).exists()


@pytest.mark.parametrize(
    "path", ["/v1/model", "/v1/reasons", "/v1/features", "/v1/checks", "/healthz", "/readyz"]
)
def test_every_call_that_is_named_answers(path: str, api: FastAPI) -> None:
    assert path in TEXT["scrubbers.md"]
    assert TestClient(api).get(path).status_code == 200
