"""Learning what customers want from the examples, once, when the project is built.

`python -m bot.learning` writes what it learnt beside the examples, and `learn` reads it in
milliseconds. Where that file is missing, or of other examples than these, `learn` learns anew:
seconds later, and the same.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import Final

import numpy as np
import structlog

from bot.intents import Classifier, Weights, examples, features
from bot.language import fold
from bot.masking import PRODUCT, mask_goods

log = structlog.get_logger(__name__)

_BOT: Final = Path(__file__).parent
LEARNT: Final = _BOT / "data" / "learnt.npz"
_SEED: Final = 7
SOURCES: Final = (
    "data/*.toml",
    "data/__init__.py",
    "data/examples/*.txt",
    "intents.py",
    "language.py",
    "learning.py",
    "masking.py",
    "search.py",
)
"""What decides about the weights; the Makefile has the same. Libraries do not: a wheel is built
with one OpenCC and used with another, and learning anew at each start would be the worse thing."""


@cache
def learn() -> Classifier:
    """The classifier of the examples that come with this version: the same one all the time."""
    return Classifier(read_or_train(LEARNT, known))


def read_or_train(
    file: Path, known: Callable[[], Sequence[tuple[str, str]]], bot: Path = _BOT
) -> Weights:
    """The weights in `file` if they are those of the sources in `bot`, else those of `known`."""
    begun = perf_counter()
    try:
        weights, how = read(file, digest(bot)), "read"
    # Whatever is wrong with the file, and damage comes in a dozen exceptions: it can be done
    # without.
    except Exception as error:
        weights, how = train(known()), f"trained: {type(error).__name__}: {error}"
    log.info("bot.learnt", how=how, seconds=round(perf_counter() - begun, 3))
    return weights


def known() -> list[tuple[str, str]]:
    """The examples: an intent, and a folded text in which `PRODUCT` stands for products."""
    return [(intent, mask_goods(fold(text).replace("{p}", PRODUCT))) for intent, text in examples()]


def train(examples: Sequence[tuple[str, str]]) -> Weights:
    """What `examples` say, of the kind that `known` returns. Seconds for tens of thousands."""
    # A second to import, which only who trains shall wait for.
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    vectors = TfidfVectorizer(analyzer=features, sublinear_tf=True, min_df=2, dtype=np.float64)
    vectorized = vectors.fit_transform(text for _, text in examples)
    machine = LinearSVC(C=2.0, random_state=_SEED, dual=True, max_iter=2000, tol=1e-3)
    machine.fit(vectorized, [intent for intent, _ in examples])
    return Weights(
        intents=tuple(str(name) for name in machine.classes_),
        features=tuple(sorted(vectors.vocabulary_, key=vectors.vocabulary_.__getitem__)),
        rarity=vectors.idf_.astype(np.float32),
        weights=np.ascontiguousarray(machine.coef_.T, np.float32),
        bias=machine.intercept_.astype(np.float32),
    )


def digest(bot: Path = _BOT) -> bytes:
    """SHA-256 of all that decides about the weights, in the package's folder `bot`.

    Raises OSError where that cannot be read.
    """
    whole = sha256()
    for name, content in _sources(bot):
        whole.update(f"{name} {len(content)}\n".encode())
        whole.update(content)
    return whole.digest()


def _sources(bot: Path) -> Iterator[tuple[str, bytes]]:
    for pattern in SOURCES:
        for path in sorted(bot.glob(pattern)):
            yield path.relative_to(bot).as_posix(), path.read_bytes()


def write(weights: Weights, file: Path, digest: bytes) -> None:
    """Write `weights`, learnt from what `digest` is of: wholly, or not at all."""
    # Two thirds of the weights are zero: a bit says so.
    nonzero = weights.weights != 0
    new = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        with new.open("wb") as out:
            np.savez(
                out,
                digest=np.frombuffer(digest, np.uint8),
                intents=_packed(weights.intents),
                features=_packed(weights.features),
                rarity=weights.rarity,
                nonzero=np.packbits(nonzero),
                weights=weights.weights[nonzero],
                bias=weights.bias,
            )
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)


def read(file: Path, digest: bytes) -> Weights:
    """The weights in `file`.

    Raises ValueError if they were learnt from something else than what `digest` is of, and
    whatever zipfile and NumPy raise for a file that is none of ours.
    """
    with np.load(BytesIO(file.read_bytes()), allow_pickle=False) as found:
        if found["digest"].tobytes() != digest:
            raise ValueError("of other examples")
        intents, names = _unpacked(found["intents"]), _unpacked(found["features"])
        weights = np.zeros((len(names), len(intents)), np.float32)
        nonzero = np.unpackbits(found["nonzero"], count=weights.size).astype(bool)
        weights[nonzero.reshape(weights.shape)] = found["weights"]
        return Weights(
            intents=intents,
            features=names,
            rarity=found["rarity"],
            weights=weights,
            bias=found["bias"],
        )


def _packed(texts: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.frombuffer("\n".join(texts).encode(), np.uint8)


def _unpacked(packed: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> tuple[str, ...]:
    return tuple(packed.tobytes().decode().split("\n"))


def main() -> None:
    """Learn, and write it down."""
    # First: what changes meanwhile is noticed when this is read.
    sources = digest()
    write(train(known()), LEARNT, sources)


if __name__ == "__main__":
    main()
