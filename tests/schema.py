"""JSON Schema, as much of it as docs/schema uses; a word that is not understood is an error, not passed over."""

import json
import re
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "docs" / "schema"
_TYPES = {"string": str, "boolean": bool, "integer": int, "object": dict, "array": list, "null": type(None)}
_KNOWN = {
    *("$schema", "title", "description", "type", "properties", "required", "additionalProperties", "items", "enum"),
    *("pattern", "minimum"),
}


def schema_of(name: str) -> dict[str, Any]:
    """Return a schema of docs/schema."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return found


def problems(schema: dict[str, Any], value: Any, at: str = "$") -> list[str]:
    """Return what of a value is not as a schema says."""
    unknown = set(schema) - _KNOWN
    if unknown:
        raise AssertionError(f"{at}: nobody checks {unknown}")
    wanted = schema.get("type")
    if wanted is not None and not any(_is(value, each) for each in ([wanted] if isinstance(wanted, str) else wanted)):
        return [f"{at} is {value!r}, no {wanted}"]
    found: list[str] = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at} is {value!r}, none of {schema['enum']}")
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{at} is {value!r}, not like {schema['pattern']}")
    if isinstance(value, int) and value < schema.get("minimum", value):
        found.append(f"{at} is {value}")
    if isinstance(value, list) and "items" in schema:
        found += [
            each for place, item in enumerate(value) for each in problems(schema["items"], item, f"{at}[{place}]")
        ]
    if isinstance(value, dict):
        known, more = schema.get("properties", {}), schema.get("additionalProperties", True)
        found += [f"{at} has no {name}" for name in schema.get("required", ()) if name not in value]
        for name, each in value.items():
            if name in known:
                found += problems(known[name], each, f"{at}.{name}")
            elif isinstance(more, dict):
                found += problems(more, each, f"{at}.{name}")
            elif not more:
                found.append(f"{at} has {name}, which is not in the schema")
    return found


def _is(value: Any, wanted: str) -> bool:
    return isinstance(value, _TYPES[wanted]) and not (wanted == "integer" and isinstance(value, bool))
