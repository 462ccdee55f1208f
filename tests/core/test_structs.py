"""Structs that threads decode at once are known before."""

import subprocess
import sys

_PROGRAM = """
import sys, threading
import msgspec
from core.structs import prepare

class Inner(msgspec.Struct):
    a: int

class Outer(msgspec.Struct):
    x: "tuple[Inner, ...]"
    y: "dict[str, Inner]"

prepare(Outer)
sys.setswitchinterval(1e-6)
decoded = []
start = threading.Barrier(4)

def decode():
    start.wait()
    for _ in range(50):
        decoded.append(msgspec.json.decode(b'{"x":[{"a":1}],"y":{"k":{"a":2}}}', type=Outer))

threads = [threading.Thread(target=decode) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(decoded))
"""


def test_threads_may_decode_a_prepared_struct_at_once() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "200"
