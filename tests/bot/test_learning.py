"""What was learnt is read back as it was, and learnt anew when it is not there or not right."""

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder
from structlog.testing import capture_logs

from bot import learning
from bot.intents import Classifier, Weights
from bot.language import fold

ROOT = Path(__file__).parents[2]
KNOWN = [
    (intent, fold(f"{text}{end}"))
    for intent, texts in {
        "delivery": ("運費多少", "幾時送到", "what is the shipping fee"),
        "hours": ("幾點開門", "營業時間", "when do you open"),
        "returns": ("我要退貨", "可以退款嗎", "how do i return this"),
    }.items()
    for text in texts
    for end in ("", "?", " 謝謝", " please")
]
ASKED = [fold(text) for text in ("運費", "退貨", "when open", "blorp", "")]
_DIGEST = learning.digest()


@pytest.fixture(scope="module")
def weights() -> Weights:
    return learning.train(KNOWN)


@pytest.fixture
def file(tmp_path: Path, weights: Weights) -> Path:
    file = tmp_path / "learnt.npz"
    learning.write(weights, file, _DIGEST)
    return file


@pytest.fixture
def bot(tmp_path: Path) -> Path:
    """A copy of the sources."""
    bot = Path(learning.__file__).parent
    return Path(shutil.copytree(bot, tmp_path / "bot", ignore=shutil.ignore_patterns("learnt*")))


def same(one: Weights, other: Weights) -> bool:
    first, second = Classifier(one), Classifier(other)
    return all(
        first.guesses(text) == second.guesses(text)
        and first.familiar(text) == second.familiar(text)
        for text in ASKED
    )


def untrained() -> list[tuple[str, str]]:
    raise AssertionError("there is no need to train")


def test_what_is_read_back_guesses_as_what_was_trained(file: Path, weights: Weights) -> None:
    with capture_logs() as logs:
        found = learning.read_or_train(file, untrained)
    assert same(found, weights)
    assert Classifier(found).guesses(fold("運費"))[0].intent == "delivery"
    assert [(log["event"], log["log_level"], log["how"]) for log in logs] == [
        ("bot.learnt", "info", "read")
    ]


def test_nothing_is_left_beside_the_file(file: Path) -> None:
    assert list(file.parent.iterdir()) == [file]


def test_a_write_that_fails_leaves_what_was_there(
    file: Path, weights: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(out: io.BufferedWriter, **_: object) -> None:
        out.write(b"PK")
        raise OSError("no space left")

    before = file.read_bytes()
    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="no space"):
        learning.write(weights, file, _DIGEST)
    assert [(path, path.read_bytes()) for path in file.parent.iterdir()] == [(file, before)]


def _missing(file: Path, _: Weights) -> None:
    file.unlink()


def _empty(file: Path, _: Weights) -> None:
    file.write_bytes(b"")


def _truncated(file: Path, _: Weights) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def _half(file: Path, _: Weights) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def _one_bit_wrong(file: Path, weights: Weights) -> None:
    content = bytearray(file.read_bytes())
    content[content.index(weights.rarity.tobytes())] ^= 1
    file.write_bytes(content)


def _stale(file: Path, weights: Weights) -> None:
    learning.write(weights, file, bytes(32))


def _text(file: Path, _: Weights) -> None:
    file.write_text("version https://git-lfs.github.com/spec/v1\n", "utf-8")


def _pickled(file: Path, _: Weights) -> None:
    with file.open("wb") as out:
        np.savez(out, digest=np.array([print], dtype=object))


def _another_archive(file: Path, _: Weights) -> None:
    with file.open("wb") as out:
        np.savez(out, pictures=np.zeros(3))


def _an_array(file: Path, _: Weights) -> None:
    with file.open("wb") as out:
        np.save(out, np.zeros(3))


def _of_other_shapes(file: Path, _: Weights) -> None:
    found = dict(np.load(io.BytesIO(file.read_bytes())))
    with file.open("wb") as out:
        np.savez(out, **{**found, "features": found["features"][:40]})


def _a_folder(file: Path, _: Weights) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(
    "spoil",
    [
        _missing, _empty, _truncated, _half, _one_bit_wrong, _stale, _text, _pickled,
        _another_archive, _an_array, _of_other_shapes, _a_folder,
    ],
)  # fmt: skip
def test_a_file_that_is_not_right_is_learnt_anew_and_left_alone(
    file: Path, weights: Weights, spoil: Callable[[Path, Weights], None]
) -> None:
    spoil(file, weights)
    before = file.read_bytes() if file.is_file() else None
    with capture_logs() as logs:
        found = learning.read_or_train(file, lambda: KNOWN)
    assert same(found, weights)
    assert [log["event"] for log in logs] == ["bot.learnt"]
    assert logs[0]["how"].startswith("trained: ")
    assert (file.read_bytes() if file.is_file() else None) == before


def test_sources_that_cannot_be_read_are_no_failure(
    file: Path, weights: Weights, tmp_path: Path
) -> None:
    found = learning.read_or_train(file, lambda: KNOWN, tmp_path / "nowhere")
    assert same(found, weights)


@pytest.mark.parametrize(
    "source",
    ["data/examples/en.txt", "data/goods.toml", "language.py", "intents.py", "learning.py"],
)
def test_the_digest_changes_with_what_the_weights_come_from(bot: Path, source: str) -> None:
    before = learning.digest(bot)
    with (bot / source).open("a", encoding="utf-8") as out:
        out.write("# one more\n")
    assert learning.digest(bot) != before


def test_the_digest_is_that_of_the_same_sources_elsewhere(bot: Path) -> None:
    (bot / "mind.py").write_text("# plays no part", "utf-8")
    assert learning.digest(bot) == learning.digest()


def test_a_language_moved_to_another_file_changes_the_digest(bot: Path) -> None:
    before = learning.digest(bot)
    (bot / "data/examples/en.txt").rename(bot / "data/examples/fr.txt")
    assert learning.digest(bot) != before


def test_the_makefile_and_the_digest_name_the_same_sources() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    modules = {path[:-3] for path in learning.SOURCES if "/" not in path}
    assert f"$(patsubst %,bot/%.py,{' '.join(sorted(modules))})" in makefile
    for path in learning.SOURCES:
        assert "/" not in path or f"bot/{path}" in makefile


def test_building_writes_what_is_read_at_start(
    tmp_path: Path, weights: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "LEARNT", tmp_path / "learnt.npz")
    monkeypatch.setattr(learning, "known", lambda: KNOWN)
    learning.main()
    assert same(learning.read_or_train(tmp_path / "learnt.npz", untrained), weights)


@pytest.mark.parametrize("kind", [WheelBuilder, SdistBuilder])
def test_it_is_shipped_though_git_ignores_it(kind: type[WheelBuilder] | type[SdistBuilder]) -> None:
    config = kind(str(ROOT)).config
    assert config.path_is_artifact("bot/data/learnt.npz")
    assert config.include_path("bot/data/learnt.npz", is_package=True)
