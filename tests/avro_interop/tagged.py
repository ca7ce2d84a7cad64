"""Values as tagged JSON (tagged_json.h), from what the Python libraries give for them."""

import datetime
import decimal
import struct
import uuid

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
UNITS = {"millis": 1000, "micros": 1_000_000, "nanos": 1_000_000_000}
PRIMITIVES = {"null", "boolean", "int", "long", "float", "double", "bytes", "string"}


def map_of(members):
    return {"m": members}


def duration(parts):
    names = ("months", "days", "milliseconds")
    return map_of({name: {"i": str(part)} for name, part in zip(names, parts)})


def of_decimal(number, scale):
    if scale == 0 and -(2**63) <= int(number) < 2**63:
        return {"i": str(int(number))}
    return {"n": format(number.quantize(decimal.Decimal(1).scaleb(-scale),
                                        context=decimal.Context(prec=60)), "f")}


def of_time(time):
    text = time.strftime("%H:%M:%S")
    if time.microsecond:
        text += f".{time.microsecond:06}" if time.microsecond % 1000 else \
            f".{time.microsecond // 1000:03}"
    return text


def of_python(value):
    """Where the Python type says it all."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return {"i": str(value)}
    if isinstance(value, float):
        return {"d": struct.pack(">d", value).hex()}
    if isinstance(value, str):
        return {"s": value}
    if isinstance(value, (bytes, bytearray)):
        return {"b": bytes(value).hex()}
    if isinstance(value, uuid.UUID):
        return {"s": str(value)}
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            return {"s": f"{value.year:04}-{value:%m-%d}T{of_time(value.time())}"}
        delta = value - EPOCH
        return {"t": [delta.days * 86400 + delta.seconds, delta.microseconds * 1000]}
    if isinstance(value, datetime.date):
        return {"s": f"{value.year:04}-{value:%m-%d}"}
    if isinstance(value, datetime.time):
        return {"s": of_time(value)}
    raise TypeError(f"no tag for {type(value)}")


def named_types(schema, space="", names=None):
    """Every named type of a schema, by short and by full name."""
    names = {} if names is None else names
    if isinstance(schema, list):
        for branch in schema:
            named_types(branch, space, names)
    elif isinstance(schema, dict):
        space = schema.get("namespace", space)
        if "name" in schema:
            full = f"{space}.{schema['name']}" if space else schema["name"]
            names[schema["name"]] = names[full] = {**schema, "full": full}
        for field in schema.get("fields", []):
            named_types(field["type"], space, names)
        for part in ("items", "values"):
            if part in schema:
                named_types(schema[part], space, names)
    return names


def resolve(schema, names):
    return names[schema] if isinstance(schema, str) and schema in names else schema


def branch_name(branch, names):
    branch = resolve(branch, names)
    if isinstance(branch, dict):
        named = names.get(branch.get("name"))
        return named["full"] if named else branch["type"]
    return branch


def matches(schema, value, names):
    """Whether a library could have given this Python value for a union's branch."""
    schema = resolve(schema, names)
    kind = schema["type"] if isinstance(schema, dict) else schema
    if isinstance(schema, dict) and "logicalType" in schema:
        types = {"date": datetime.date, "decimal": decimal.Decimal, "uuid": uuid.UUID,
                 "time-millis": datetime.time, "time-micros": datetime.time}
        wanted = types.get(schema["logicalType"], datetime.datetime)
        if not isinstance(value, wanted):
            return False
        if isinstance(value, decimal.Decimal):
            return -value.as_tuple().exponent == schema.get("scale", 0)
        if isinstance(value, datetime.datetime):
            return (value.tzinfo is None) == schema["logicalType"].startswith("local")
        return True
    if kind == "null":
        return value is None
    if kind == "boolean":
        return isinstance(value, bool)
    if kind in ("int", "long"):
        return isinstance(value, int) and not isinstance(value, bool)
    if kind in ("float", "double"):
        return isinstance(value, float)
    if kind == "string":
        return isinstance(value, str)
    if kind == "enum":
        return value in schema["symbols"]
    if kind == "bytes":
        return isinstance(value, bytes)
    if kind == "fixed":
        return isinstance(value, bytes) and len(value) == schema["size"]
    if kind == "array":
        return isinstance(value, list)
    if kind == "record":
        return isinstance(value, dict) and set(value) == {f["name"] for f in schema["fields"]}
    # What generate.py names the keys of maps; fields of records have other names.
    return isinstance(value, dict) and all(key.startswith("k") for key in value)


def normalise(schema, value, names):
    """What a library gave for a schema, tagged."""
    schema = resolve(schema, names)
    if isinstance(schema, list):
        fitting = [branch for branch in schema if matches(branch, value, names)]
        if not fitting:
            raise ValueError(f"{value!r} is of no branch of {schema}")
        # A float and a double look the same; as a double nothing is rounded.
        return normalise("double" if "double" in fitting else fitting[0], value, names)
    kind = schema["type"] if isinstance(schema, dict) else schema
    if kind == "record":
        return map_of({f["name"]: normalise(f["type"], value[f["name"]], names)
                       for f in schema["fields"]})
    if kind == "array":
        return [normalise(schema["items"], item, names) for item in value]
    if kind == "map":
        return map_of({key: normalise(schema["values"], item, names)
                       for key, item in value.items()})
    if isinstance(schema, dict) and "logicalType" in schema:
        return logical(schema, value)
    if kind == "float":
        # fastavro promotes integers to float without rounding them.
        value = struct.unpack("<f", struct.pack("<f", value))[0]
    return of_python(value)


def logical(schema, value):
    name = schema["logicalType"]
    if name == "decimal":
        return of_decimal(value, schema.get("scale", 0))
    if name == "duration":
        return duration(struct.unpack("<III", value))
    unit = UNITS.get(name.rsplit("-", 1)[-1])
    if unit and isinstance(value, int) and name.startswith(("timestamp", "local-timestamp")):
        # A library that does not know the annotation gives the number.
        zone = datetime.timezone.utc if name.startswith("timestamp") else None
        value = datetime.datetime(1970, 1, 1, tzinfo=zone) + datetime.timedelta(
            microseconds=value * 1_000_000 // unit)
    return of_python(value)
