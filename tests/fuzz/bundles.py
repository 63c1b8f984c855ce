"""Damaged and malicious model folders, made by rule from a sound one, and what holds when one is loaded.

    python tests/fuzz/bundles.py MODEL [HOW_MANY] [FIRST]

tries each in a process that may die: a crash, a hang, or any error but a refusal is told with its number, under which
it can be made again. Most get all their hashes right, so that what stands behind the hashes is tried too.
"""

import hashlib
import io
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data.errors import BundleRefused
from features.build import Features
from models import bundle
from models.bundle import MANIFEST, _seal, _version, load
from models.signature import Demand
from models.trees import Forest, read_exact
from models.written import Reader, text_of

Files = dict[str, bytes]
SECONDS = 120.0
"""A try that takes longer hangs."""
_TOKENS = [
    "0",
    "-1",
    "1",
    "7",
    "255",
    "2147483647",
    "-2147483648",
    "4294967296",
    "99999999999999999999",
    "1e308",
    "-1e308",
    "1e-320",
    "1e999",
    "nan",
    "inf",
    "-inf",
    "-0",
    "0x10",
    "1.",
    ".5",
    "+1",
    "١",
    "true",
    "null",
]
_VALUES: tuple[object, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 10**30, -(10**30), 1e308, -1e308, 5e-324, "", "x", "١", "../../x", "2024-02-31",
    [], [0], ["x"], [[]], {}, {"x": 0}, [1e308] * 3, "a" * 10_000,
)  # fmt: skip
_NUMBER = re.compile(rb"-?\d[\d.e+-]*")


def contents(folder: Path) -> Files:
    """A bundle's files by name."""
    found = {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }
    return dict(sorted(found.items()))


def damaged(sound: Mapping[str, bytes], number: int) -> Files:
    """The bundle damaged in the way that this number stands for."""
    rng = random.Random(number)
    files = dict(sound)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        name = rng.choice(sorted(files))
        rng.choice(_ways(name))(files, name, rng)
    return files if rng.random() < 0.2 else _with_right_hashes(files)


def damaged_tree(sound: bytes, number: int) -> bytes:
    """One model file damaged in the way that this number stands for."""
    rng, name = random.Random(number), "trees/a.txt"
    files = {name: sound}
    for _ in range(rng.choice((1, 1, 2))):
        rng.choice([_flip, _cut, _grow, _line, *[_number] * 3, *[_field] * 12])(files, name, rng)
    return files[name]


def _ways(name: str) -> list[Callable[[Files, str, random.Random], None]]:
    ways = [_flip, _cut, _grow]
    if name.endswith(".json"):
        ways += [_json] * 6
    if name.endswith(".parquet"):
        ways += [_column] * 6
    if name.endswith((".txt", ".json", ".md")):
        ways += [_line, _number, _number, _number]
    if name.startswith("trees/"):
        ways += [_number] * 4 + [_field] * 8
    return [*ways, _lose, _rename]


def _flip(files: Files, name: str, rng: random.Random) -> None:
    content = bytearray(files[name])
    for _ in range(rng.choice((1, 1, 4, 64))):
        if content:
            content[rng.randrange(len(content))] = rng.randrange(256)
    files[name] = bytes(content)


def _cut(files: Files, name: str, rng: random.Random) -> None:
    content = files[name]
    a, b = sorted(rng.randrange(len(content) + 1) for _ in range(2))
    files[name] = rng.choice((content[:a], content[a:], content[:a] + content[b:]))


def _grow(files: Files, name: str, rng: random.Random) -> None:
    content = files[name]
    a, b = sorted(rng.randrange(len(content) + 1) for _ in range(2))
    files[name] = content[:b] + content[a:b] * rng.choice((1, 2, 5)) + content[b:]


def _line(files: Files, name: str, rng: random.Random) -> None:
    lines = files[name].split(b"\n")
    a, b = rng.randrange(len(lines)), rng.randrange(len(lines))
    what = rng.randrange(3)
    if what == 0:
        del lines[a]
    elif what == 1:
        lines.insert(b, lines[a])
    else:
        lines[a], lines[b] = lines[b], lines[a]
    files[name] = _sized(name, b"\n".join(lines))


def _number(files: Files, name: str, rng: random.Random) -> None:
    found = list(_NUMBER.finditer(files[name]))
    if found:
        place = rng.choice(found)
        new = rng.choice((*_TOKENS, place[0].decode() + "0", str(rng.randrange(40)))).encode()
        files[name] = _sized(name, files[name][: place.start()] + new + files[name][place.end() :])


def _field(files: Files, name: str, rng: random.Random) -> None:
    """Another number in one field of one tree, of the kind that the field holds."""
    found = list(re.finditer(rb"\n([a-z_]+)=([^\n]*\d[^\n]*)", files[name]))
    if not found:
        return
    place = rng.choice(found)
    values = place[2].split(b" ")
    at = rng.randrange(len(values))
    near = [
        b"-1",
        b"0",
        b"1",
        b"2",
        b"3",
        b"9",
        b"33",
        b"1e300",
        b"-1e300",
        b"inf",
        values[rng.randrange(len(values))],
    ]
    what = rng.randrange(4)
    if what == 0:
        values.insert(at, rng.choice(near))
    elif what == 1:
        del values[at]
    else:
        values[at] = rng.choice(near)
    new = b"\n" + place[1] + b"=" + b" ".join(values)
    files[name] = _sized(name, files[name][: place.start()] + new + files[name][place.end() :])


def _sized(name: str, content: bytes) -> bytes:
    """A model file whose list of tree sizes is right again."""
    if not name.startswith("trees/") or b"\nTree=" not in content:
        return content
    head, *blocks = content.split(b"\nTree=")
    blocks[-1] = blocks[-1].split(b"end of trees")[0]
    sizes = b" ".join(
        str(len(block) + len(b"Tree=") + (i + 1 < len(blocks))).encode() for i, block in enumerate(blocks)
    )
    head = re.sub(rb"tree_sizes=[^\n]*", b"tree_sizes=" + sizes, head)
    return head + content[content.find(b"\nTree=") :]


def _json(files: Files, name: str, rng: random.Random) -> None:
    try:
        whole = json.loads(files[name])
    except ValueError:
        return
    holder, key = _somewhere(whole, rng)
    if holder is None:
        return
    what = rng.randrange(6)
    if what == 0:
        del holder[key]
    elif what == 1 and isinstance(holder, list):
        holder.insert(key, holder[key])
    elif what == 2 and isinstance(holder, dict):
        holder[rng.choice(("x", "", "../x", "a" * 500))] = holder.pop(key)
    else:
        holder[key] = rng.choice(_VALUES)
    files[name] = text_of(whole).encode("utf-8", "surrogatepass")


def _somewhere(whole: object, rng: random.Random) -> tuple[object, object]:
    """A random place inside a JSON value: what holds it, and its key."""
    holder, key, inside = None, None, whole
    while isinstance(inside, dict | list) and inside and (holder is None or rng.random() < 0.75):
        holder, key = (
            inside,
            rng.choice(sorted(inside)) if isinstance(inside, dict) else rng.randrange(len(inside)),
        )
        inside = holder[key]
    return holder, key


def _column(files: Files, name: str, rng: random.Random) -> None:
    """A Parquet file that is sound as such, with other values, types, rows or columns."""
    try:
        table = pq.read_table(pa.BufferReader(files[name]))
    except (pa.ArrowException, OSError):
        return
    what = rng.randrange(6)
    if table.num_columns and table.num_rows and what < 3:
        place = rng.randrange(table.num_columns)
        column = table.column(place)
        if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
            # Whole numbers with gaps would come as floats, and not go back.
            whole = column.fill_null(0) if pa.types.is_integer(column.type) else column
            values = whole.to_numpy().copy()
            extremes = [0, 1, -1, 2**31, -(2**31), 2**62, -(2**62)]
            if values.dtype.kind == "f":
                extremes += [np.nan, np.inf, 1e308]
            at = rng.randrange(len(values))
            with np.errstate(all="ignore"):
                values[at if what else slice(None)] = np.array(rng.choice(extremes)).astype(values.dtype)
            table = table.set_column(place, table.schema.field(place), pa.array(values, type=column.type))
    elif what == 3 and table.num_rows:
        table = table.slice(rng.randrange(table.num_rows), rng.randrange(table.num_rows + 1))
    elif what == 4 and table.num_columns > 1:
        table = table.select(rng.sample(range(table.num_columns), table.num_columns - 1))
    elif table.num_columns:
        place = rng.randrange(table.num_columns)
        new = rng.choice((pa.string(), pa.float64(), pa.int64(), pa.int8()))
        try:
            table = table.set_column(
                place, table.schema.field(place).name, table.column(place).cast(new, safe=False)
            )
        except pa.ArrowException:
            return
    sink = io.BytesIO()
    pq.write_table(table, sink)
    files[name] = sink.getvalue()


def _lose(files: Files, name: str, rng: random.Random) -> None:
    if name != MANIFEST:
        del files[name]


def _rename(files: Files, name: str, rng: random.Random) -> None:
    if name != MANIFEST:
        files[rng.choice(("trees/zz.txt", "x", "history/more.parquet", name + "x"))] = files.pop(name)


def _with_right_hashes(files: Files) -> Files:
    """What somebody would do who means harm: hashes, version and seal fit again."""
    try:
        values = json.loads(files[MANIFEST])
    except ValueError:
        return files
    if not isinstance(values, dict):
        return files
    if isinstance(values.get("files"), dict):
        hashes = {n: hashlib.sha256(content).hexdigest() for n, content in files.items() if n != MANIFEST}
        values |= {"files": hashes, "version": _version(hashes)}
    values.pop("seal", None)
    sealed = text_of(values | {"seal": _seal(values)})
    return files | {MANIFEST: sealed.encode("utf-8", "surrogatepass")}


class Unsound(Exception):
    """A bundle that was loaded but doesn't answer soundly."""


def tried(folder: Path, demand: Demand | None = None) -> str:
    """Load a bundle and ask it: "refused", or "sound"; anything else raises."""
    try:
        model = load(folder, demand=demand)
    except BundleRefused:
        return "refused"
    rng = np.random.default_rng(1)
    names = model.hazards.features
    values = rng.normal(size=(6, len(names))) * 50
    values[1], values[2], values[3], values[4] = np.nan, np.inf, -np.inf, 0.0
    x = Features(names, values, ())
    prediction = model.predict(x, ["60054", None, "x", "87726", "", "y"])
    answers = [prediction.probability, prediction.low, prediction.high, prediction.hazards, prediction.share]
    for family in model.families:
        told = model.contributions(x, family)
        answers += [told.values, np.array(told.base)]
    answers.append(model.reasons(prediction, ["60054", None, "x", "87726", "", "y"]).probabilities)
    if not all(np.isfinite(answer).all() for answer in answers):
        raise Unsound("an answer that is no number")
    if prediction.probability.min() < 0 or prediction.probability.max() > 1:
        raise Unsound("a probability outside 0 to 1")
    return "sound"


def remembering() -> None:
    """From here on this process parses no content twice: most files of a damaged bundle are those of the sound one.

    What a parser says follows from the bytes alone, so that every bundle is judged as it would be in a fresh process.
    """
    of, forest = lru_cache(maxsize=64)(Reader.of), lru_cache(maxsize=64)(read_exact)

    def read(file: str, content: bytes) -> Reader:
        return of(file, content)

    def grown(name: str, content: Mapping[str, bytes]) -> Forest:
        return forest(bundle._text(name, content), thing=name)

    Reader.of, bundle._forest = read, grown  # type: ignore[method-assign,assignment]


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write a bundle's files into an empty folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def work(model: Path, first: int, until: int) -> None:
    """Try the numbers first to until - 1, telling each before and after."""
    sound = contents(model)
    remembering()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "model"
        for number in range(first, until):
            print(f"try {number}", flush=True)
            shutil.rmtree(folder, ignore_errors=True)
            write(damaged(sound, number), folder)
            try:
                print(tried(folder), flush=True)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told
                print(f"BROKE {number}: {type(error).__name__}: {str(error)[:150]}", flush=True)


def main(model: Path, n: int, first: int = 0) -> int:
    """Try n bundles in processes that may die; the number of those that broke something."""
    broke, counts, at, until = 0, {"refused": 0, "sound": 0}, first, first + n
    while at < until:
        command = [sys.executable, __file__, "--work", str(model), str(at), str(min(at + 250, until))]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=250 * SECONDS, check=False)
            out, died = done.stdout, done.returncode
        except subprocess.TimeoutExpired as late:
            out, died = (late.stdout or b"").decode(), "no answer"
        tries = [line for line in out.splitlines() if line.startswith("try ")]
        for line in out.splitlines():
            if line in counts:
                counts[line] += 1
            elif line.startswith("BROKE"):
                broke += 1
                print(line, flush=True)
        if died:
            broke += 1
            print(f"DIED ({died}) at {tries[-1] if tries else at}", flush=True)
        at = int(tries[-1].split()[1]) + 1 if tries else at + 1
    print(f"{n} bundles from {first} on: {counts['refused']} refused, {counts['sound']} sound, {broke} broke")
    return broke


if __name__ == "__main__":
    if sys.argv[1] == "--work":
        work(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    else:
        sys.exit(bool(main(Path(sys.argv[1]), *map(int, sys.argv[2:]))))
