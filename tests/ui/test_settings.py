"""Starting: settings from arguments and environment, Streamlit's options, uploads' names, the password."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from qa.ui.launch import OPTIONS, command, configuration, streamlit_arguments
from qa.ui.password import matches
from qa.ui.settings import read_settings
from qa.ui.uploads import accepted, safe_name, save_upload


def test_arguments_win_over_the_environment_and_that_over_defaults() -> None:
    environment = {"QA_INDEX": "i", "QA_CORPUS": "c", "QA_HOME": "/h", "QA_PASSWORD": "s3cret"}
    settings = read_settings(["--index", "other", "--unknown", "x"], environment, address="127.0.0.1")
    assert (settings.index, settings.corpus, settings.home) == (Path("other"), Path("c"), Path("/h"))
    assert settings.local
    assert "s3cret" not in repr(settings)
    bare = read_settings([], {}, address=None)
    assert (bare.index, bare.corpus, bare.password, bare.local) == (Path("index"), Path("seeds"), None, False)
    assert bare.home == Path.home() / ".qa"
    assert not read_settings([], {}, address="0.0.0.0").local


def test_the_users_streamlit_options_win() -> None:
    arguments = streamlit_arguments("i", "c", ["--server.port=1", "--server.address", "0.0.0.0"])
    assert arguments[0] == "run"
    assert arguments[-5:] == ["--", "--index", "i", "--corpus", "c"]
    assert not [argument for argument in arguments if argument.startswith("--server.address=")]
    assert "--browser.gatherUsageStats=false" in arguments
    assert arguments.index("--server.port=1") > arguments.index("--browser.gatherUsageStats=false")
    assert command("i", "c")[1:3] == ["-m", "streamlit"]


def test_the_checkouts_configuration_is_the_same(root: Path) -> None:
    written = (root / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    assert written == configuration()
    parsed = tomllib.loads(written)
    assert parsed["browser"]["gatherUsageStats"] is False
    assert parsed["server"]["address"] == "127.0.0.1"


def test_streamlit_knows_every_option() -> None:
    from streamlit import config

    known = config.get_config_options()
    assert [name for name in OPTIONS if name not in known] == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\temp\\x.md", "x.md"),
        ("..", "article.txt"),
        (".hidden.txt", "hidden.txt"),
        ("a\u202etxt.exe\n.txt", "a_txt.exe_.txt"),
        ("مقال ١.txt", "مقال ١.txt"),
    ],
)
def test_upload_names_lose_what_could_mislead(given: str, kept: str) -> None:
    assert safe_name(given) == kept


def test_long_names_keep_their_ending() -> None:
    name = safe_name("ع" * 300 + ".jsonl")
    assert name.endswith(".jsonl")
    assert len(name.encode()) <= 180


def test_an_upload_never_overwrites(tmp_path: Path) -> None:
    first = save_upload(tmp_path / "new", "a.txt", b"1")
    second = save_upload(tmp_path / "new", "a.txt", b"2")
    assert (first.name, second.name) == ("a.txt", "a-2.txt")
    assert (first.read_bytes(), second.read_bytes()) == (b"1", b"2")
    assert len(list((tmp_path / "new").iterdir())) == 2
    packed = [save_upload(tmp_path, "n.jsonl.gz", b"").name for _ in range(2)]
    assert packed == ["n.jsonl.gz", "n-2.jsonl.gz"]
    assert all(map(accepted, packed))
    assert not accepted("x.exe")


def test_passwords() -> None:
    assert matches("سر", "سر")
    assert not matches("", "x")
