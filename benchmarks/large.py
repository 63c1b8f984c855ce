"""One file of very many claims, made of a small world's, and the memory that it takes a new process to read it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TRANSACTION = re.compile(rb"(ST\*837.*?)(HL\*.*?)(SE\*\d+\*\d+~\n?)", re.DOTALL)
ISA = (
    b"ISA*00*          *00*          *ZZ*CLEANCLAIM     *ZZ*PAYER          *240106*0000*^*00501*%09d*0*T*:~\n"
)
GS = b"GS*HC*CLEANCLAIM*PAYER*20240106*0000*%d*X*005010X222A1~\n"

READS = """
import sys, time
from pathlib import Path
from data.errors import UnreadableFile
from data.readers.files import read_pieces
from data.readers.x12 import warm

def peak():
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024

warm()
before, begun = peak(), time.process_time()
claims = lines = listed = pieces = 0
for piece in read_pieces(Path(sys.argv[1])) if len(sys.argv) > 1 else ():
    if isinstance(piece, UnreadableFile):
        raise piece
    claims += piece.claims.claims.num_rows
    lines += piece.claims.lines.num_rows
    listed += piece.segments.total - piece.segments.used - piece.segments.listed
    pieces += 1
assert listed == 0
print(claims, lines, pieces, time.process_time() - begun, before, peak())
"""

READS_A_LINE = """
import sys, time
from pathlib import Path
from data.readers.x12 import read_blocks, warm
from data.readers.x12.warm import CLAIM

class Long:
    def __init__(self, n):
        self.before, self.n, self.after = CLAIM.split(b"GE*1*1")[0] + b"K3*", n, b"~" + CLAIM

    def read(self, size):
        if self.before:
            part, self.before = self.before[:size], self.before[size:]
        elif self.n:
            part = b"A" * min(size, self.n)
            self.n -= len(part)
        else:
            part, self.after = self.after[:size], self.after[size:]
        return part

warm()
begun = time.process_time()
pieces = list(read_blocks(Long(int(sys.argv[1])), source="bench", sha256="0" * 64))
taken = time.process_time() - begun
peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
claims = sum(piece.claims.claims.num_rows for piece in pieces)
assert claims == 2, claims
print(f"{claims} claims kept, {sum(piece.rejects.num_rows for piece in pieces)} parts listed, {taken:.1f} s CPU, peak {peak:.0f} MB")
"""
"""A claim, a line without end, a claim."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a new process read, and what it took: CPU seconds, peak MB before the first byte and at the end."""

    claims: int
    lines: int
    pieces: int
    seconds: float
    before: float
    peak: float


def _alone(code: str, argument: str | Path) -> str:
    """What a process of its own says."""
    root = Path(__file__).parents[1]
    command = [sys.executable, "-c", code, str(argument)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=root, env=os.environ)
    return done.stdout


def read_alone(path: Path) -> Run:
    """Read a file in a process of its own, piece by piece as `ingest` does."""
    claims, lines, pieces, *rest = _alone(READS, path).split()
    return Run(int(claims), int(lines), int(pieces), *map(float, rest))


def write_transactions(content: bytes, path: Path, *, times: int) -> None:
    """The transactions of a file over and over, each time under other control numbers."""
    bodies = [b"".join(match.groups()) for match in TRANSACTION.finditer(content)]
    with path.open("wb") as file:
        for time in range(1, times + 1):
            file.write(ISA % time)
            for n, body in enumerate(bodies, start=time * 1000):
                file.write(GS % n + body + b"GE*1*%d~\n" % n)
            file.write(b"IEA*%d*%09d~\n" % (len(bodies), time))


def write_one_transaction(content: bytes, path: Path, *, times: int) -> None:
    """All claims of all transactions, over and over, between one ST and one SE."""
    found = list(TRANSACTION.finditer(content))
    head, bodies = found[0][1], [match[2] for match in found]
    n_segments = head.count(b"~") + times * sum(body.count(b"~") for body in bodies) + 1
    with path.open("wb") as file:
        file.write(ISA % 1 + GS % 1 + head)
        for _ in range(times):
            file.writelines(bodies)
        file.write(b"SE*%d*0001~\nGE*1*1~\nIEA*1*000000001~\n" % n_segments)


def figures(content: bytes, folder: Path, *, times: int) -> Iterator[str]:
    """Peak memory for a file of the world's claims once, and many times over."""
    path = folder / "large.837"
    yield "peak memory of a process that reads one file in pieces, as ingest does:"
    for name, write in (("transactions", write_transactions), ("one transaction", write_one_transaction)):
        for n in (1, times):
            write(content, path, times=n)
            size, run = path.stat().st_size / 1e6, read_alone(path)
            path.unlink()
            yield (
                f"  {run.claims:9,} claims in {name:15} {size:6.0f} MB, {run.pieces:3} pieces: {run.peak:5.0f} MB "
                f"({run.before:.0f} before the first byte), {run.claims / run.seconds:,.0f} claims/s of CPU with hashing"
            )
    yield f"a line of 2 GiB between two claims: {_alone(READS_A_LINE, 2 << 30).strip()}"
