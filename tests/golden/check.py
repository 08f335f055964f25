#!/usr/bin/env python3
"""Reads ledgers by protos/dialtone/ledger/v1/README.md alone, and checks the golden files with that: no code of the server is used.

  check.py           every vector of ledger_v1.txt, and the records of contoso_ledger.txt
  check.py --harm    the same once for each line of ledger_v1.txt, with that line harmed: each harm must be noticed

The tables of the README are the schema: a table that says something else than the bytes is noticed too.
"""

import base64
import hashlib
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
README = HERE.parents[1] / "protos/dialtone/ledger/v1/README.md"
COUNTS = (1, 8, 10, 64, 256)
RECORD_BYTES_MAX, TERM_STEP_MAX = 262144, 1000


class Wrong(Exception):
    """A vector that the README's rules do not give, or bytes that cannot be read by them."""


def expect(wanted, found, what):
    if wanted != found:
        raise Wrong(f"{what}: the file has {wanted}, the rules give {found}")


# The files.


def read_schema(text):
    """{message: {number: (field, type, label)}} of the README's tables."""
    schema, message = {}, None
    for line in text.splitlines():
        if line.startswith("#"):
            message = line.split()[-1]
        row = re.match(r"\| (\d+) \| (\w+) \| ([\w.]+) \| ([\w ]+) \|", line)
        if row:
            schema.setdefault(message, {})[int(row[1])] = (row[2], row[3], row[4])
    return schema


def read_sections(text):
    """[(kind and name, {field: value})], in their order."""
    sections = []
    for line in text.splitlines():
        if re.fullmatch(r"\[.*\]", line):
            sections.append((line[1:-1], {}))
        elif line and not line.startswith("#"):
            field, separator, value = line.partition(" = ")
            if not separator or field in sections[-1][1]:
                raise Wrong(f"not a line of its own: {line}")
            sections[-1][1][field] = value
    return sections


# The wire format of Protocol Buffers, as far as the envelope uses it.


def varint(data, at):
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise Wrong("a number that is cut")
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return value & (1 << 64) - 1, at


def fields_of(data):
    """(number, value) of each field: an int, bytes, or None for what no table has a type for."""
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        if tag & 7 == 0:
            value, at = varint(data, at)
        elif tag & 7 == 2:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
        elif tag & 7 in (1, 5):
            value, at = None, at + (8 if tag & 7 == 1 else 4)
        else:
            raise Wrong(f"wire type {tag & 7}")
        if at > len(data) or tag < 8:
            raise Wrong("a field that is cut, or has no number")
        yield tag >> 3, value


def text_of(value, kind):
    """As the vectors write it; None for what proto3 does not write."""
    if not value:
        return None
    if kind == "int64":
        value -= (value >> 63) << 64
    return {"bytes": lambda: value.hex(), "string": lambda: value.decode(), "bool": lambda: "true"}.get(kind, lambda: str(value))()


def known(schema, message, number, value):
    """The row of the field, if a table names it and it has the wire type of its type."""
    row = schema[message].get(number)
    is_number = row is not None and row[1] in ("bool", "uint32", "uint64", "int64")
    return row if row is not None and isinstance(value, int if is_number else bytes) else None


def listing_of(schema, message, data, path="", strict=True):
    """{dotted path: text} of all that is set; a slice's event, which has no table, is its bytes.

    Not strict: what no table names is passed over."""
    listing, seen = {}, {}
    for number, value in fields_of(data):
        row = known(schema, message, number, value)
        if row is None:
            if strict:
                raise Wrong(f"{message} has no field {number}")
            continue
        field, kind, label = row
        if label.startswith("oneof"):
            others = [other for other, _, of in schema[message].values() if of == label and other != field]
            listing = {place: text for place, text in listing.items() if place[len(path):].split(".")[0] not in others}
        place = path + field
        if label == "repeated":
            place += f".{seen.setdefault(number, 0)}"
            seen[number] += 1
        if kind in schema:
            listing[place] = ""
            listing.update(listing_of(schema, kind, value, place + ".", strict))
        else:
            text = text_of(value, "bytes" if "." in kind or kind[0].isupper() else kind)
            listing.pop(place, None)
            if text is not None or label.startswith("oneof"):
                listing[place] = text or ""
    return listing


def leaves(listing):
    return {path: text for path, text in listing.items() if not any(other.startswith(path + ".") for other in listing)}


# The rules.


class Filter:
    """Which records count: the README's table, line by line."""

    def __init__(self, schema, partition, partition_count, cluster, level):
        self.schema, self.level = schema, level
        self.known = {"partition": partition, "partition_count": partition_count, "cluster_id": cluster}
        self.cluster, self.term, self.writer, self.open, self.index, self.hash = None, 0, bytes(16).hex(), False, 0, b""

    def head(self):
        return f"term {self.term}, writer {self.writer}, open {str(self.open).lower()}, index {self.index}, hash {self.hash.hex()}"

    def take(self, data):
        """`counts`, `void REASON` or `stop REASON`."""
        try:
            kind, record = self.parse(data)
        except (Wrong, UnicodeDecodeError):
            return "stop malformed" if self.cluster is None else "void malformed"
        if kind != "genesis" and self.cluster is None:
            return "stop genesis_missing"
        return {"genesis": self.genesis, "claim": self.claim, "entry": self.entry}[kind](record, data)

    def parse(self, data):
        if len(data) > RECORD_BYTES_MAX:
            raise Wrong("too long")
        listing = listing_of(self.schema, "Record", data, strict=False)
        kinds = [path for path in listing if "." not in path]
        if len(kinds) != 1:
            raise Wrong("not one kind of record")
        record = {path.partition(".")[2]: text for path, text in listing.items()}
        sizes = {"genesis": {"cluster_id": 16}, "claim": {"writer": 16}, "entry": {"writer": 16, "previous_hash": 32}}[kinds[0]]
        for field, size in sizes.items():
            if len(record.get(field, "")) != 2 * size:
                raise Wrong(f"{field} has not {size} bytes")
        if kinds[0] == "genesis" and int(record.get("partition", 0)) >= int(record.get("partition_count", 0)):
            raise Wrong("a partition beyond the count")
        return kinds[0], record

    def genesis(self, record, data):
        if self.cluster is not None:
            return "void genesis_repeated"
        wanted = {"format_version": "1", "hash_function": "sha256-64", **self.known}
        if any(record.get(field, "0") != value for field, value in wanted.items()):
            return "stop genesis_foreign"
        self.cluster, self.hash = record["cluster_id"], hashlib.sha256(data).digest()
        return "counts"

    def claim(self, record, data):
        term = int(record.get("term", 0))
        if term <= self.term:
            return "void term_old"
        if term > self.term + TERM_STEP_MAX:
            return "void term_too_far"
        if int(record.get("level", 0)) > self.level:
            return "stop level_ahead"
        self.term, self.writer, self.open = term, record["writer"], True
        self.hash = hashlib.sha256(self.hash + data).digest()
        return "counts"

    def entry(self, record, data):
        index = int(record.get("index", 0))
        reasons = (
            (int(record.get("term", 0)) != self.term, "void other_term"),
            (record["writer"] != self.writer, "void other_writer"),
            (not self.open, "void closed"),
            (index <= self.index, "void index_old"),
            (index > self.index + 1, "void index_gap"),
            (record["previous_hash"] != self.hash.hex(), "void other_hash"),
            (int(record.get("level", 0)) > self.level, "stop level_ahead"))
        for holds, reason in reasons:
            if holds:
                return reason
        self.index, self.hash, self.open = index, hashlib.sha256(data).digest(), record.get("closing") != "true"
        return "counts"


# The vectors.


def check_fields(schema, section):
    tables = {f"{message}.{field}": f"{number} {kind} {label}"
              for message, fields in schema.items() for number, (field, kind, label) in fields.items()}
    expect(section, tables, "fields")


def check_batch(schema, name, section):
    listing = leaves(listing_of(schema, "Batch", bytes.fromhex(section["bytes"])))
    expect({field: value for field, value in section.items() if field != "bytes"}, listing, name)


def check_record(schema, reader, batches, name, section):
    data = bytes.fromhex(section["bytes"])
    before = reader.head()
    taken = reader.take(data)
    expect(section["taken"], taken, name)
    expect(section.get("head", before), reader.head(), name)
    expect(taken == "counts", "head" in section, f"{name} has a head")
    listed = {field: value for field, value in section.items() if "." in field}
    if "batch" in section:
        listed["entry.batch"] = batches[section["batch"]]["bytes"]
    if listed:
        expect(listed, leaves(listing_of(schema, "Record", data, strict=False)), name)
        numbers = [number for number, _ in fields_of(next(fields_of(data))[1])]
        is_canonical = numbers == sorted(set(numbers)) and max(numbers) < 10
        expect(section.get("canonical", "yes"), "yes" if is_canonical else "no", name)


def check_partitions(section):
    for key, values in section.items():
        number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
        expect(values, " ".join([f"{number:016x}"] + [str(number % count) for count in COUNTS]), key)


def check_ids(section):
    for text, parts in section.items():
        prefix, partition, index, ordinal = parts.split()
        expect(text, f"{prefix}{partition}-{index}-{ordinal}", "id")


def request_id(text):
    if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text) or text[14] != "7":
        return "refused"
    return text.replace("-", "").lower()


def check_request_ids(section, texts):
    for text, parts in section.items():
        raw = bytes.fromhex(parts.split()[0])
        expect(parts, f"{request_id(text)} {int.from_bytes(raw[:6], 'big')}", text)
    for text, wanted in texts.items():
        expect(wanted, request_id(text), text)


def check_tokens(schema, section):
    for text, wanted in section.items():
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        expect(text, base64.urlsafe_b64encode(data).decode().rstrip("="), "token")
        token = listing_of(schema, "ConsistencyToken", data)
        count = sum(field == 2 for field, _ in fields_of(data))
        positions = [f"{token.get(f'positions.{i}.partition', 0)}:{token.get(f'positions.{i}.index', 0)}" for i in range(count)]
        expect(wanted, " ".join([token["cluster_id"]] + positions), text)


def check_vectors(schema, sections):
    one = dict(sections)
    expect(len(sections), len(one), "names of sections")
    check_fields(schema, one["fields"])
    reader = Filter(schema, one["reader"]["partition"], one["reader"]["partition_count"], one["reader"]["cluster"],
                    int(one["reader"]["level"]))
    batches = {name[6:]: section for name, section in sections if name.startswith("batch ")}
    for name, section in sections:
        if name.startswith("batch "):
            check_batch(schema, name, section)
        elif name.startswith("record "):
            check_record(schema, reader, batches, name, section)
    check_partitions(one["partitions"])
    check_ids(one["ids"])
    check_request_ids(one["request ids"], one["request id texts"])
    check_tokens(schema, one["tokens"])


def check_ledger(schema, sections):
    """A whole ledger: everything counts, time and causes never go back, every batch can be read."""
    ledger = dict(sections)["ledger"]
    reader = Filter(schema, ledger["partition"], ledger["partition_count"], ledger["cluster"], int(ledger["level"]))
    time, causes, entries = 0, {}, 0
    for name, section in sections:
        if not name.startswith("record "):
            continue
        expect("counts", reader.take(bytes.fromhex(section["bytes"])), name)
        kind, record = reader.parse(bytes.fromhex(section["bytes"]))
        if kind != "entry":
            continue
        entries += 1
        expect(True, int(record["time_micros"]) >= time, f"{name}: time goes on")
        time = int(record["time_micros"])
        batch = listing_of(schema, "Batch", bytes.fromhex(record.get("batch", "")))
        for i in range(sum(re.fullmatch(r"outcomes\.\d+", path) is not None for path in batch)):
            if f"outcomes.{i}.cause" in batch:
                cause = [int(batch.get(f"outcomes.{i}.cause.{part}", 0)) for part in ("partition", "index", "step")]
                expect(True, cause[1:] > causes.get(cause[0], [0, -1]), f"{name}: causes rise")
                causes[cause[0]] = cause[1:]
    expect(ledger["index"], str(reader.index), "entries")
    expect(ledger["hash"], reader.hash.hex(), "the chain's end")
    expect(True, entries > 10 and bool(causes), "a ledger with something in it")


# Harm: a checker that would accept other vectors proves nothing.


def harmed(text):
    """The same with its last letter or digit changed to another of its kind."""
    at = max(i for i, letter in enumerate(text) if letter.isalnum())
    other = {"0": "1", "a": "b"}.get(text[at], "0" if text[at].isdigit() else "a")
    return text[:at] + other + text[at + 1:]


def notices(schema, sections):
    try:
        check_vectors(schema, sections)
    except (Wrong, ValueError, KeyError):
        return True
    return False


def check_harm(schema, sections):
    lines = 0
    for number, (name, section) in enumerate(sections):
        is_noise = section.get("taken", "").endswith(" malformed") and not any("." in field for field in section)
        for field, value in section.items():
            if is_noise and field == "bytes":
                continue  # other noise is no record either
            copy = [(n, dict(s)) for n, s in sections]
            copy[number][1][field] = harmed(value)
            lines += 1
            if not notices(schema, copy):
                raise Wrong(f"[{name}] {field} = {harmed(value)} is accepted")
    print(f"{lines} lines were harmed, and each was noticed")


def main():
    schema = read_schema(README.read_text(encoding="utf-8"))
    vectors = read_sections((HERE / "ledger_v1.txt").read_text(encoding="utf-8"))
    if "--harm" in sys.argv[1:]:
        return check_harm(schema, vectors)
    check_vectors(schema, vectors)
    check_ledger(schema, read_sections((HERE / "contoso_ledger.txt").read_text(encoding="utf-8")))
    print(f"{len(vectors)} sections and a ledger are as {README.name} says")


if __name__ == "__main__":
    try:
        main()
    except Wrong as wrong:
        sys.exit(f"check.py: {wrong}")
