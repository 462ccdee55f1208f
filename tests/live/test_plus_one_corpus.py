"""The public corpus of the "+1" grammar, case by case."""

import json
from pathlib import Path
from typing import Any

import pytest

from live.plus_one import Rules, parse
from live.plus_one.check import as_result, read_items

CORPUS = Path(__file__).parent.parent / "corpus"
CASES: list[dict[str, Any]] = [
    json.loads(line)
    for line in (CORPUS / "plus_one.jsonl").read_text(encoding="utf-8").splitlines()
]
SETS = read_items((CORPUS / "plus_one_items.json").read_bytes())


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_comment_means_what_the_corpus_says(case: dict[str, Any]) -> None:
    parsed = parse(case["text"], SETS[case["items"]], Rules(**case.get("rules", {})))

    assert as_result(parsed) == {"claims": case["claims"], "reasons": case["reasons"]}


def test_every_case_has_an_id_of_its_own() -> None:
    ids = [case["id"] for case in CASES]

    assert len(set(ids)) == len(ids)


def test_no_two_cases_try_the_same() -> None:
    tried = [
        (case["text"], case["items"], json.dumps(case.get("rules", {}), sort_keys=True))
        for case in CASES
    ]

    assert sorted(one for one in set(tried) if tried.count(one) > 1) == []


def test_the_corpus_is_as_large_and_as_mixed_as_the_page_asks() -> None:
    not_orders = [case for case in CASES if not case["claims"]]

    assert len(CASES) >= 250
    assert len(not_orders) * 3 >= len(CASES)


def test_every_reason_has_cases() -> None:
    reasons = {reason for case in CASES for reason in case["reasons"]}

    assert reasons == {
        "question",
        "not_an_order",
        "quantity_out_of_range",
        "unknown_item",
        "item_closed",
        "ambiguous_item",
        "needs_variant",
        "unknown_variant",
        "replace_not_supported",
        "chatter",
    }


def test_every_set_of_items_is_used() -> None:
    assert {case["items"] for case in CASES} == set(SETS)
