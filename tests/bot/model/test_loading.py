"""Which assistant the settings ask for, and what is said where it is not to be had."""

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import structlog
from pydantic import SecretStr, ValidationError

from bot.assistant import BuiltIn
from bot.model.loading import is_masked, opened, problem
from core.settings import Settings
from tests.bot.model.shop import PLANNED, OnePlanner, Shop, Shown, talk
from web.commands.settings import run as print_settings

KEY = "sk-very-secret-key"


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OPENAI_ADMIN_KEY"):
        monkeypatch.delenv(name, raising=False)


def settings(**more: Any) -> Settings:
    return Settings(**{"bot_model": "openai:a-model", **more})


async def test_without_a_model_the_planner_answers() -> None:
    async with opened(Settings(), OnePlanner, Shop().tools()) as assistant:
        assert isinstance(assistant, BuiltIn)
        say = await assistant.answer(talk("有辣椒嗎"), Shop().box(), Shown())
    assert say.text == PLANNED


def test_without_a_model_langchain_is_not_imported() -> None:
    program = (
        "import asyncio, sys\n"
        "from bot.model.loading import opened\n"
        "from core.settings import Settings\n"
        "async def main():\n"
        "    async with opened(Settings(), object, ()): pass\n"
        "asyncio.run(main())\n"
        "assert not {'langchain', 'langchain_core', 'langgraph', 'httpx'} & set(sys.modules)\n"
    )
    root = Path(__file__).parents[3]
    subprocess.run([sys.executable, "-c", program], check=True, cwd=root, timeout=60)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"bot_model": "anthropic:a-model", "bot_model_key": SecretStr(KEY)},
            "langchain-anthropic",
        ),
        ({"bot_model": "nobody:a-model", "bot_model_key": SecretStr(KEY)}, "no provider"),
        ({}, "PLUSONE_BOT_MODEL_KEY"),
    ],
)
async def test_a_model_that_is_not_to_be_had_is_said_and_the_planner_answers(
    more: dict[str, Any], said: str
) -> None:
    wrong = settings(**more)
    why = problem(wrong)
    assert why is not None
    assert said in why
    assert "\n" not in why
    assert KEY not in why
    with structlog.testing.capture_logs() as logs:
        async with opened(wrong, OnePlanner, Shop().tools()) as assistant:
            say = await assistant.answer(talk("有辣椒嗎"), Shop().box(), Shown())
    assert say.text == PLANNED
    (line,) = [line for line in logs if line["event"] == "bot.no_model"]
    assert (line["log_level"], line["why"]) == ("error", why)


@pytest.mark.parametrize(
    "more",
    [
        {"bot_model": ""},
        {"bot_model_key": SecretStr(KEY)},
        {"bot_model_url": "http://127.0.0.1:8080/v1"},
    ],
)
def test_a_model_that_is_to_be_had_is_no_problem(more: dict[str, Any]) -> None:
    assert problem(settings(**more)) is None


@pytest.mark.parametrize(
    ("url", "mask", "masked"),
    [
        ("", "hosted", True),
        ("https://models.example.com/v1", "hosted", True),
        ("http://10.0.0.5:8080/v1", "hosted", True),
        ("http://localhost.example.com/v1", "hosted", True),
        ("http://127.0.0.1:8080/v1", "hosted", False),
        ("http://localhost:8080/v1", "hosted", False),
        ("http://[::1]:8080/v1", "hosted", False),
        ("http://127.0.0.1:8080/v1", "always", True),
        ("", "never", False),
    ],
)
def test_only_a_model_on_this_machine_reads_personal_data(
    url: str, mask: str, masked: bool
) -> None:
    assert is_masked(settings(bot_model_url=url, bot_mask=mask)) is masked


@pytest.mark.parametrize("name", ["gpt-4.1", "openai:", ":gpt", "openai:a b", "OpenAI:x", "a/b:c"])
def test_a_model_is_a_provider_s(name: str) -> None:
    with pytest.raises(ValidationError, match="PROVIDER:MODEL"):
        settings(bot_model=name)


@pytest.mark.parametrize("model", ["", "openai:a-model"])
def test_the_command_that_prints_settings_says_what_is_wrong_with_the_model(
    model: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLUSONE_BOT_MODEL", model)
    status = print_settings(argparse.Namespace())
    printed = capsys.readouterr()
    assert f"PLUSONE_BOT_MODEL={model}\n" in printed.out
    assert (status, "PLUSONE_BOT_MODEL_KEY" in printed.err) == ((1, True) if model else (0, False))
