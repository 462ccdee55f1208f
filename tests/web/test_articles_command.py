"""`plusone articles`, as a person runs it."""

from pathlib import Path

import pytest

from web.command_line import main

FILE = (
    "slug,locale,title,body,questions\n"
    "returns,zh-Hant,退貨,七天。,可以退嗎\n"
    "storage,en,{title},Cold.,\n"
)


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str) -> Path:
    (tmp_path / "none.toml").touch()
    monkeypatch.setenv("PLUSONE_SETTINGS", str(tmp_path / "none.toml"))
    monkeypatch.setenv("PLUSONE_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("PLUSONE_DATABASE_URL", database_url)
    return tmp_path / "articles.csv"


def test_a_file_is_checked_imported_and_imported_again(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(FILE.format(title="Storage"))
    command = ["articles", "import", str(file)]
    assert main([*command, "--check"]) == 0
    assert capsys.readouterr().out == (
        "Nothing was written. Would import 2 new and 0 changed articles; 0 were the same already.\n"
    )
    assert main([*command, "--publish"]) == 0
    assert capsys.readouterr().out.startswith("Imported 2 new and 0 changed")
    file.write_text(FILE.format(title="Keeping"))
    assert main(command) == 0
    assert capsys.readouterr().out == (
        "Imported 0 new and 1 changed articles; 1 were the same already.\n"
    )


def test_what_is_wrong_is_told_with_its_row_and_nothing_is_written(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(FILE.format(title=""))
    assert main(["articles", "import", str(file)]) == 1
    assert capsys.readouterr().out == (
        "Nothing was written. Would import 1 new and 0 changed articles; 0 were the same already.\n"
        "This is wrong:\n"
        "  row 3: title is empty\n"
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_that_cannot_be_read_is_said_in_a_line(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["articles", "import", str(file)]) == 1
    assert (
        capsys.readouterr().err == f"plusone: {file} cannot be read: No such file or directory.\n"
    )
    file.write_text("nothing")
    assert main(["articles", "import", str(file)]) == 1
    assert "No column is called" in capsys.readouterr().err
