"""The commands as a user types them: help, version, settings that are right, wrong or secret."""

import os
import re
import subprocess

import pytest

from collector import BINARY
from otlp import batch

BODY = batch(3, seed=1).SerializeToString()


def run(*arguments, **environment):
    return subprocess.run(
        [BINARY, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=20,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize("arguments", [["help"], ["--help"]])
def test_help_lists_the_commands(arguments):
    done = run(*arguments)
    assert (done.returncode, done.stderr) == (0, ""), done
    assert {"serve", "check-config"} <= set(done.stdout.split()), done.stdout


@pytest.mark.parametrize("command", ["serve", "check-config"])
def test_every_command_has_help_with_an_example(command):
    done = run(command, "--help")
    assert (done.returncode, done.stderr) == (0, ""), done
    assert f"portolan {command}" in done.stdout, done.stdout
    assert run("help", command).stdout == done.stdout


def test_the_version_is_one_line_of_output():
    done = run("--version")
    assert (done.returncode, done.stderr) == (0, ""), done
    assert re.match(r"portolan \S+", done.stdout), done.stdout


@pytest.mark.parametrize(
    "arguments", [["sreve"], ["serve", "--memroy", "1GiB"], ["serve", "--memory"]]
)
def test_a_mistyped_command_line_is_wrong_usage(arguments):
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, ""), done
    assert len(done.stderr.splitlines()) <= 3, f"errors are a line or two: {done.stderr}"
    assert "Fatal" not in done.stderr


WRONG = """\
listen:
  otlp_htpp:
    enabled: true
limits:
  request_body: 64 parsecs
  body_time: 10s
memory: [1]
"""


def test_check_config_names_every_wrong_key_with_line_and_nearest_name(tmp_path):
    file = tmp_path / "portolan.yaml"
    file.write_text(WRONG)
    done = run("check-config", file)
    assert done.returncode == 2, done
    for line, words in {2: ["otlp_htpp", "otlp_http"], 5: ["request_body"], 7: ["memory"]}.items():
        said = [text for text in done.stderr.splitlines() if f"portolan.yaml:{line}" in text]
        assert said, f"nothing of line {line}: {done.stderr}"
        assert all(word in said[0] for word in words), said
    assert "body_time" not in done.stderr


def test_check_config_is_content_with_a_right_file(tmp_path):
    file = tmp_path / "portolan.yaml"
    file.write_text("limits:\n  request_body: 1MiB\nlog: {level: warning}\n")
    done = run("check-config", file)
    assert done.returncode == 0, done


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: &a [*a]\n",
        "a: {b: [",
        "\t",
        "limits: 5\n",
        "- 1\n",
        "\0",
        "x" * 100_000,
        "a: " * 20_000,
    ],
)
def test_check_config_survives_any_file(text, tmp_path):
    file = tmp_path / "portolan.yaml"
    file.write_text(text)
    done = run("check-config", file)
    assert done.returncode in (0, 2), done.stderr[-2000:]
    assert len(done.stderr) < 10_000, "an error that repeats the file"


def test_check_config_of_no_file_says_so(tmp_path):
    done = run("check-config", tmp_path / "nowhere.yaml")
    assert done.returncode == 2, done
    assert "nowhere.yaml" in done.stderr


def test_secrets_are_not_printed(tmp_path):
    file = tmp_path / "portolan.yaml"
    file.write_text("listen:\n  otlp_http:\n    token: ${env:SHOP_TOKEN}\n")
    done = run("serve", "--config", file, "--print-config", SHOP_TOKEN="hidden-word")
    assert done.returncode == 0, done
    assert "request_body" in done.stdout, done.stdout
    assert "hidden-word" not in done.stdout + done.stderr


def test_flags_win_over_the_environment_and_that_over_the_file(start, tmp_path, monkeypatch):
    file = tmp_path / "portolan.yaml"
    file.write_text("limits:\n  request_body: 1KiB\n")
    large = batch(100).SerializeToString()
    arguments = ["--config", str(file)]
    assert start(arguments=arguments).post(large).status == 413
    monkeypatch.setenv("PORTOLAN_LIMITS_REQUEST_BODY", "1MiB")
    assert start(arguments=arguments).post(large).status == 200
    assert start({"limits.request_body": "2KiB"}, arguments=arguments).post(large).status == 413


def test_a_token_comes_from_the_environment_or_a_file(start, tmp_path, monkeypatch):
    monkeypatch.setenv("SHOP_TOKEN", "from-environment")
    file = tmp_path / "portolan.yaml"
    secret = tmp_path / "secret"
    secret.write_text("from-file\n")
    for line, token in (
        ("token: ${env:SHOP_TOKEN}", "from-environment"),
        (f"token_file: {secret}", "from-file"),
    ):
        file.write_text(f"listen:\n  otlp_http:\n    {line}\n")
        collector = start(arguments=["--config", str(file)])
        assert collector.post(BODY).status == 401
        assert collector.post(BODY, headers={"Authorization": f"Bearer {token}"}).status == 200
        collector.stop()


DOCUMENTS = BINARY.parents[2] / "docs"


def test_the_example_in_the_documents_is_what_is_printed():
    done = run("edges", DOCUMENTS / "examples" / "checkout.jsonl")
    assert done.returncode == 0, done.stderr
    shown = (DOCUMENTS / "counting.md").read_text()
    for line in done.stdout.splitlines():
        assert not line or f"    {line}\n" in shown, line


@pytest.mark.parametrize("is_commented", [True, False])
def test_the_settings_to_start_from_are_right(is_commented, tmp_path):
    text = (DOCUMENTS / "examples" / "portolan.yaml").read_text()
    if not is_commented:
        text = re.sub(r"^# (?= *(?:- |[a-z]+:))", "", text, flags=re.MULTILINE)
        assert "\n  - kind=server and operation=GET /health*\n" in text
    (tmp_path / "portolan.yaml").write_text(text)
    done = run("check-config", tmp_path / "portolan.yaml")
    assert done.returncode == 0, done.stderr
