"""Writes `src/support_ops_env/wire.py`, the pydantic models of the wire, from the JSON Schemas in `../schemas`.

    python generate.py            write
    python generate.py --check    compare, and exit 1 where it differs

Knows the part of JSON Schema that those files use, and refuses what it does not know.
"""

from __future__ import annotations

import json
import pathlib
import sys
import textwrap
from typing import Any

HERE = pathlib.Path(__file__).resolve().parent
SCHEMAS = HERE.parent / "schemas"
TARGET = HERE / "src" / "support_ops_env" / "wire.py"
WIDTH = 116

# The files, and the class of OpenEnv that each of their types extends.
ROOTS = {"action": "Action", "observation": "Observation", "state": "State"}
# OpenEnv declares these as plain dictionaries, and other people's code reads them as such. Where the schema says more,
# a property of this name gives the typed form.
DICTIONARIES = {"metadata": "details"}
SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
LIMITS = {"minimum": "ge", "maximum": "le", "minItems": "min_length", "maxItems": "max_length"}
# What says nothing about the type.
NOTES = {"description", "examples", "default", "writeOnly"}

HEADER = '''"""What goes over the wire. Generated from `schemas/` by `python/generate.py`; do not edit."""

from __future__ import annotations

from typing import Literal, TypeAlias

from openenv.core.env_server.types import Action, Observation, State
from pydantic import BaseModel, ConfigDict, Field
'''

Schema = dict[str, Any]


def main() -> None:
    """Writes or compares."""
    text = render_module()
    if sys.argv[1:] == ["--check"]:
        if not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text:
            sys.exit(f"{TARGET.name} differs from the schemas: run python/generate.py")
    elif sys.argv[1:]:
        sys.exit(__doc__)
    else:
        TARGET.write_text(text, encoding="utf-8")


def render_module() -> str:
    """The whole file."""
    roots: dict[str, tuple[Schema, str]] = {}
    shared: dict[str, Schema] = {}
    for file, base in ROOTS.items():
        schema = json.loads((SCHEMAS / f"{file}.schema.json").read_text(encoding="utf-8"))
        roots[schema["title"]] = (schema, base)
        for name, definition in schema["$defs"].items():
            if shared.setdefault(name, definition) != definition:
                raise SystemExit(f"two schemas define {name} differently")
    choices = {name: schema for name, schema in shared.items() if "oneOf" in schema}
    parts = {name: schema for name, schema in shared.items() if name not in choices and name not in roots}
    exported = "".join(f'    "{name}",\n' for name in sorted({*shared, *roots}))
    blocks = [f"__all__ = [\n{exported}]"]
    blocks += ["\n\n".join(render_choice(name, schema) for name, schema in choices.items())]
    blocks += [render_class(name, schema, "BaseModel") for name, schema in parts.items()]
    blocks += [render_class(name, schema, base) for name, (schema, base) in roots.items()]
    # Classes name others that come later in the file; this looks the names up.
    blocks += ["\n".join(f"{name}.model_rebuild()" for name in (*parts, *roots))]
    return HEADER + "\n" + "\n\n\n".join(blocks) + "\n"


def render_choice(name: str, schema: Schema) -> str:
    """An alias of literal strings, with what each means."""
    refuse_unknown(name, schema, {"oneOf"})
    lines = [f"{name}: TypeAlias = Literal["]
    for choice in schema["oneOf"]:
        refuse_unknown(name, choice, {"type", "const"})
        lines += [f"    # {line}" for line in textwrap.wrap(choice["description"], WIDTH - 6)]
        lines.append(f"    {json.dumps(choice['const'])},")
    lines += ["]", render_docstring(schema["description"], 0)]
    return "\n".join(lines)


def render_class(name: str, schema: Schema, base: str) -> str:
    """A model with a field for each property."""
    refuse_unknown(
        name, schema, {"$schema", "$defs", "title", "type", "additionalProperties", "properties", "required"}
    )
    extra = "forbid" if schema.get("additionalProperties") is False else "allow"
    lines = [
        f"class {name}({base}):",
        render_docstring(schema["description"], 4),
        "",
        f'    model_config = ConfigDict(extra="{extra}", strict=True)',
        "",
    ]
    properties = []
    required = set(schema.get("required", []))
    for key, value in schema["properties"].items():
        if base != "BaseModel" and key in DICTIONARIES:
            if "$ref" in value:
                properties += render_property(key, value)
            continue
        lines.append(render_field(f"{name}.{key}", key, value, key in required))
    return "\n".join(lines + properties)


def render_field(place: str, key: str, schema: Schema, required: bool) -> str:
    """One line of a class, or a few."""
    arguments = [] if required else [f"default={schema.get('default')!r}"]
    arguments += [f"{LIMITS[limit]}={schema[limit]!r}" for limit in LIMITS if limit in schema]
    start = f"    {key}: {render_type(place, schema)} = Field("
    text = json.dumps(schema["description"], ensure_ascii=False)
    one_line = start + ", ".join([*arguments, f"description={text}"]) + ")"
    if len(one_line) <= WIDTH:
        return one_line
    pieces = textwrap.wrap(schema["description"], WIDTH - 20, drop_whitespace=False)
    quoted = [json.dumps(piece, ensure_ascii=False) for piece in pieces]
    if len(quoted) == 1:
        described = f"        description={quoted[0]},"
    else:
        described = "\n".join(["        description=(", *(f"            {piece}" for piece in quoted), "        ),"])
    return "\n".join([start, *(f"        {argument}," for argument in arguments), described, "    )"])


def render_property(key: str, schema: Schema) -> list[str]:
    """A typed view of what OpenEnv declares as a dictionary."""
    target = schema["$ref"].rpartition("/")[2]
    return [
        "",
        "    @property",
        f"    def {DICTIONARIES[key]}(self) -> {target}:",
        f'        """`{key}`, typed: {schema["description"][0].lower()}{schema["description"][1:]}"""',
        f"        return {target}.model_validate(self.{key})",
    ]


def render_type(place: str, schema: Schema) -> str:
    """A type as an annotation."""
    if "$ref" in schema:
        refuse_unknown(place, schema, {"$ref"})
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        refuse_unknown(place, schema, {"anyOf"})
        return " | ".join(render_type(place, choice) for choice in schema["anyOf"])
    refuse_unknown(place, schema, {"type", "items", *LIMITS})
    types = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    return " | ".join(
        f"list[{render_type(place, schema['items'])}]" if name == "array" else SCALARS[name] for name in types
    )


def render_docstring(text: str, indent: int) -> str:
    """A text in three quotes, wrapped."""
    if len(text) + indent + 6 <= WIDTH:
        return f'{" " * indent}"""{text}"""'
    first, _, rest = text.partition(". ")
    lines = [f'"""{first}.', "", *textwrap.wrap(rest, WIDTH - indent), '"""']
    return "\n".join(f"{' ' * indent}{line}" if line else "" for line in lines)


def refuse_unknown(place: str, schema: Schema, known: set[str]) -> None:
    """Ends the program where a schema says something that is not understood here."""
    unknown = sorted(set(schema) - known - NOTES)
    if unknown:
        raise SystemExit(f"{place}: this generator does not know {', '.join(unknown)}")


if __name__ == "__main__":
    main()
