"""Reader schemas that a writer's schema may have become: fields dropped, added, moved, renamed with
an alias, widened."""

import copy
import random

WIDER = {"int": ["long", "float", "double"], "long": ["float", "double"], "float": ["double"],
         "string": ["bytes"], "bytes": ["string"]}
ADDED = [("long", 7), (["null", "string"], None), ({"type": "array", "items": "int"}, [1, 2]),
         ("string", "new"), ("double", 1.5), ({"type": "map", "values": "string"}, {"k": "v"})]


def is_ambiguous(schema):
    """Whether a union holds a type and one that it could be promoted to. Of such a reader's union
    fastavro takes the first, Messina (like Apache's Java library) the writer's own type."""
    if isinstance(schema, list):
        kinds = {part["type"] if isinstance(part, dict) else part for part in schema}
        return (len(kinds & {"int", "long", "float", "double"}) > 1
                or {"string", "bytes"} <= kinds or any(map(is_ambiguous, schema)))
    if not isinstance(schema, dict):
        return False
    parts = [field["type"] for field in schema.get("fields", [])]
    parts += [schema[part] for part in ("items", "values") if part in schema]
    return any(map(is_ambiguous, parts))


class Evolution:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def schema(self, schema):
        return self.type(copy.deepcopy(schema))

    def type(self, schema):
        r = self.random
        if isinstance(schema, str):
            if schema in WIDER and r.random() < 0.25:
                return r.choice(WIDER[schema])
            return schema
        if isinstance(schema, list):
            branches = [self.part_of_union(branch) for branch in schema]
            return branches if r.random() < 0.9 else branches[-1:]
        kind = schema["type"]
        if kind == "record":
            schema["fields"] = self.fields(schema["fields"])
        elif kind == "array":
            schema["items"] = self.type(schema["items"])
        elif kind == "map":
            schema["values"] = self.type(schema["values"])
        elif kind == "enum" and r.random() < 0.3:
            schema["symbols"] = r.sample(schema["symbols"], len(schema["symbols"])) + ["X"]
            if r.random() < 0.5:
                schema["symbols"] = schema["symbols"][1:]
                schema["default"] = "X"
        return schema

    def part_of_union(self, branch):
        """Branches keep their types: widened ones could come to be twice in the union."""
        return branch if isinstance(branch, str) else self.type(branch)

    def fields(self, fields):
        r = self.random
        kept = []
        for field in fields:
            # A type defined in a dropped field could be named in a later one.
            if r.random() < 0.15 and isinstance(field["type"], str):
                continue
            field["type"] = self.type(field["type"])
            if r.random() < 0.15:
                field["aliases"] = [field["name"]]
                field["name"] += "_renamed"
            if r.random() < 0.1 and isinstance(field["type"], str) and field["type"] != "null":
                field["type"] = ["null", field["type"]]
            kept.append(field)
        if r.random() < 0.4:
            kind, value = copy.deepcopy(r.choice(ADDED))
            kept.insert(r.randint(0, len(kept)),
                        {"name": f"added{r.getrandbits(20)}", "type": kind, "default": value})
        return kept
