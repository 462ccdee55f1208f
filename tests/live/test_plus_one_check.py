"""`plusone parse`: good lines are answered, bad ones are told apart, and nothing else happens."""

import io
import json
from pathlib import Path

import pytest

from core.errors import BadRequest
from live.plus_one.check import LINE_MAX, Fault, main, parse_cases, read_items
from web.command_line import main as command_line

ITEMS = b'{"one": [{"code": "A01", "open": true, "variants": []}], "none": []}'
GOOD = '{"id": "a", "items": "one", "text": "A01+2"}'
ANSWER = {
    "id": "a",
    "claims": [{"code": "A01", "variant": None, "quantity": 2, "action": "add"}],
    "reasons": [],
}


def results(*lines: str | bytes) -> list[object]:
    typed = [line.encode() if isinstance(line, str) else line for line in lines]
    return list(parse_cases(typed, read_items(ITEMS)))


def why(line: str | bytes) -> str:
    (fault,) = results(line)
    assert isinstance(fault, Fault)
    return fault.why


def test_each_case_gets_its_claims_and_reasons() -> None:
    assert results(
        GOOD,
        '{"id": 2, "items": "one", "text": "Z99+1 A01-1"}',
        '{"id": "c", "items": "one", "text": "好美 A01+1", "rules": {"strictness": "contains"}}',
        '{"id": "d", "items": "one", "text": "你好", "claims": [], "reasons": ["chatter"]}',
    ) == [
        ANSWER,
        {
            "id": 2,
            "claims": [{"code": "A01", "variant": None, "quantity": 1, "action": "cancel"}],
            "reasons": ["unknown_item"],
        },
        {
            "id": "c",
            "claims": [{"code": "A01", "variant": None, "quantity": 1, "action": "add"}],
            "reasons": [],
        },
        {"id": "d", "claims": [], "reasons": ["chatter"]},
    ]


def test_blank_lines_are_passed_over_and_counted() -> None:
    assert results("", GOOD, "  ", "x") == [ANSWER, Fault(4, why("x"))]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("nope", "not JSON: Expecting value (column 1)"),
        ("[1]", "not a JSON object"),
        ("[" * 60_000, "nested too deep"),
        (b'{"id": "\xff"}', "not UTF-8 (byte 9)"),
        ('{"items": "one", "text": "+1"}', "id: Field required"),
        ('{"id": "a", "items": "one"}', "text: Field required"),
        ('{"id": "a", "items": "one", "text": 1}', "text: Input should be a valid string"),
        ('{"id": "a", "items": ["one"], "text": ""}', "items: Input should be a valid string"),
        ('{"id": "a", "items": "two", "text": ""}', "no set of items called 'two'"),
        (
            '{"id": "a", "items": "one", "text": "", "rules": {"strictness": "loose"}}',
            "rules.strictness: Input should be 'exact' or 'contains'",
        ),
        (
            '{"id": "a", "items": "one", "text": "", "rules": {"max_quantity": 0}}',
            "rules.max_quantity: Input should be greater than or equal to 1",
        ),
        (
            '{"id": "a", "items": "one", "text": "", "rules": {"most": 5}}',
            "rules.most: Extra inputs are not permitted",
        ),
        ('{"id": "' + "x" * LINE_MAX + '"}', f"longer than {LINE_MAX} bytes"),
        ("9" * 5000, "a number is too long"),
    ],
)
def test_a_bad_line_is_told_why(line: str | bytes, told: str) -> None:
    assert told in why(line)


def test_half_a_character_does_not_spoil_a_comment() -> None:
    assert results('{"id": "a", "items": "one", "text": "A01+2 \\ud83d"}') == [ANSWER]


@pytest.mark.parametrize(
    ("items", "told"),
    [
        (b"nope", "not JSON"),
        (b"[]", "valid dictionary"),
        (b'{"one": [{"code": "A01"}]}', "one.0.open: Field required"),
        (b'{"one": [{"code": "", "open": true}]}', "one.0.code: String should have at least 1"),
        (b'{"one": [{"code": "A", "open": "yes"}]}', "one.0.open: Input should be a valid boolean"),
        (
            b'{"one": [{"code": "A", "open": true, "variants": [{"key": "k", "words": ["x"]}]}]}',
            "one.0.variants.0.words.0",
        ),
        (b"\xff\xfe", "not UTF-8"),
    ],
)
def test_bad_items_are_told_why(items: bytes, told: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read_items(items)

    assert told in caught.value.message
    assert caught.value.error_code == "bad_items"


def written(folder: Path, cases: bytes, items: bytes = ITEMS) -> tuple[Path, Path]:
    (folder / "cases.jsonl").write_bytes(cases)
    (folder / "items.json").write_bytes(items)
    return folder / "cases.jsonl", folder / "items.json"


def test_good_lines_are_printed_and_bad_ones_told_by_their_number(tmp_path: Path) -> None:
    long = '{"id": "' + "x" * (3 * LINE_MAX) + '"}'
    cases, items = written(tmp_path, f"\ufeff{GOOD}\nx\n{long}\n{GOOD}".encode())
    out, err = io.StringIO(), io.StringIO()

    assert main(cases, items, out, err) == 2

    assert [json.loads(line) for line in out.getvalue().splitlines()] == [ANSWER, ANSWER]
    first, second = err.getvalue().splitlines()
    assert first.startswith(f"{cases}: line 2: not JSON")
    assert second == f"{cases}: line 3: longer than {LINE_MAX} bytes"


def test_all_good_is_success(tmp_path: Path) -> None:
    err = io.StringIO()

    assert main(*written(tmp_path, GOOD.encode()), io.StringIO(), err) == 0
    assert err.getvalue() == ""


@pytest.mark.parametrize("missing", ["cases.jsonl", "items.json"])
def test_a_missing_file_is_named(tmp_path: Path, missing: str) -> None:
    cases, items = written(tmp_path, GOOD.encode())
    (tmp_path / missing).unlink()
    out, err = io.StringIO(), io.StringIO()

    assert main(cases, items, out, err) == 2
    assert out.getvalue() == ""
    assert err.getvalue() == f"{tmp_path / missing}: No such file or directory\n"


def test_bad_items_stop_everything(tmp_path: Path) -> None:
    cases, items = written(tmp_path, GOOD.encode(), b"{")
    out, err = io.StringIO(), io.StringIO()

    assert main(cases, items, out, err) == 2
    assert out.getvalue() == ""
    assert err.getvalue().startswith(f"{items}: not JSON")


def test_the_command_prints_a_line_for_each_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases, items = written(tmp_path, f"{GOOD}\n{GOOD}\n".encode())

    assert command_line(["parse", str(cases), "--items", str(items)]) == 0

    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [ANSWER, ANSWER]
