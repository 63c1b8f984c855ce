"""What may be asked of the API, as models that refuse every unknown key and every wrong type.

The claim and its context are read by `data.claim_json` and `data.context`, as the command line reads them: one
definition of a claim, however it comes.
"""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from data.claim import Claim
from data.context import Context
from models.precision import LEAST, MOST


class Options(BaseModel):
    """How to answer."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    explain: bool = True
    """Say why; without, factors stay empty and the answer comes faster."""
    precision: float | None = Field(default=None, ge=LEAST, le=MOST)
    """Say whether each line, and the claim, passes the threshold that gave this precision on held-out claims."""
    fixes: bool = True
    """Say what would lower the risk, proven by scoring the claim with it; without, the answer comes faster."""
    today: date | None = None
    """The day on which the claim goes out, where it gives no `submitted_on` itself; default: today."""


class ScoreRequest(BaseModel):
    """One claim to score, with what is known of it beyond the claim form."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    claim: dict[str, object]
    context: dict[str, object] | list[dict[str, object]] | None = None
    """Fields of the context: one object for the whole claim, or a list of them with `line` where lines differ."""
    options: Options = Field(default_factory=Options)

    @classmethod
    def openapi_body(cls) -> dict[str, object]:
        """How the body is described in OpenAPI, the claim's own fields included."""
        schema = cls.model_json_schema()
        for part in (Claim, Context):
            described = TypeAdapter(part).json_schema()
            schema.setdefault("$defs", {}).update(described.pop("$defs", {}))
            schema["$defs"][part.__name__] = described
        return {"required": True, "content": {"application/json": {"schema": schema}}}
