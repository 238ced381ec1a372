"""The scripted policy's rules and the lines' words, case by case."""

import pathlib
import sys
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import inference


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("plain", "plain"),
        ("  two words\n", "two_words"),
        ("a\r\n\u2028\u200b b", "a_b"),
        ("x\x1b[31m", "x_[31m"),
        ("\ud800a", "a"),
        ("z" * 201, "z" * 200 + "..."),
        ("é" * 200, "é" * 200),
        ("", ""),
    ],
)
def test_words_of_a_line(text, expect):
    assert inference.render_word(text) == expect


@pytest.mark.parametrize(
    ("error", "expect"), [(None, "null"), ("", "null"), (" \n", "null"), ("a\n[END] b\t", "a [END] b")]
)
def test_errors(error, expect):
    assert inference.render_error(error) == expect
    # What is long is cut, at a character.
    assert inference.render_error("é" * 500 + (error or "")).startswith("é" * 500)
    assert inference.render_error("é" * 501) == "é" * 500 + "..."


@pytest.mark.parametrize("split", ["", "\u200b", " \u2060\n", "\u00ad\u00e9"])
def test_a_key_is_hidden(monkeypatch, split):
    monkeypatch.setattr(inference, "HIDDEN_KEY", inference.finder_of("sk-1/2*34 5"))
    assert inference.hide(f"<{split.join('sk-1/2*34 5')}>") == "<[key]>"
    assert inference.hide("sk-1/2*34") == "sk-1/2*34"


def test_a_short_key_is_no_secret():
    assert inference.finder_of("EMPTY") is None


@pytest.mark.parametrize(
    ("value", "closed", "opened"),
    [(None, "0.00", "0.01"), (1.0, "1.00", "0.99"), (0.125, "0.12", "0.12"), (-0.0, "0.00", "0.01"),
     (float("nan"), "0.00", "0.01"), (7, "1.00", "0.99"), (0.999, "1.00", "0.99"), (0.004, "0.00", "0.01")],
)  # fmt: skip
def test_numbers(value, closed, opened):
    assert f"{inference.clamped(value, False):.2f}" == closed
    assert f"{inference.clamped(value, True):.2f}" == opened


@pytest.mark.parametrize(
    ("summary", "expect"),
    [
        ("Two orders. Artifacts: order, risk_log", ["order", "risk_log"]),
        ("Artifacts: many. Artifacts: order", ["order"]),
        ("Artifacts: a,, " + "x" * 65, ["a"]),
        ("nothing", []),
    ],
)
def test_artifacts(summary, expect):
    assert inference.listed_artifacts(summary) == expect


@pytest.mark.parametrize(
    ("objective", "expect"),
    [
        ("Resolve a damaged-item request; RESOLVE it.", "resolve damaged item request"),
        ("Ünter 7777 Straße", "nter 7777 stra"),
        ("以下", ""),
        (" ".join(f"word{n:03}" for n in range(40)), " ".join(f"word{n:03}" for n in range(25))),
    ],
)
def test_queries(objective, expect):
    assert inference.query_of(objective) == expect
    assert len(inference.query_of(objective)) <= 200


@pytest.mark.parametrize(
    ("objective", "policy", "message", "codes", "expect"),
    [
        ("Refund it", "", "", ["close_case", "refund_order"], "refund_order"),
        ("", "", "", ["close_case", "refund_order"], "close_case"),
        ("Refunded twice", "the order", "", ["refund_order", "refund"], "refund"),
        ("", "lock", "please refund", ["refund", "lock"], "lock"),
        ("", "", "", [], None),
    ],
)
def test_codes(objective, policy, message, codes, expect):
    first = SimpleNamespace(objective=objective, customer_message=message, available_resolution_codes=codes)
    assert inference.best_code(first, policy) == expect


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ('{"action_type": "review_ticket"}', "review_ticket"),
        ('so: {"name": "search_policy", "arguments": {"query": "a b"}} !', "search_policy(a_b)"),
        ('{"name": "search_policy", "arguments": "{\\"query\\": \\"x\\"}"}', "search_policy(x)"),
        ('{"think": {"action_type": "review_ticket"}}', "review_ticket"),
        ('{"action_type": "inspect_artifact", "artifact_id": 7, "more": []}', "inspect_artifact(7)"),
        ('{"action_type": "inspect_artifact"}', "inspect_artifact"),
        ('{"action_type": ["review_ticket"]}', None),
        ('{"action_type": "fly"}', None),
        ("{" * 50_000, None),
        ('{"a":' * 50_000, None),
        ("", None),
    ],
)
def test_actions_in_texts(text, expect):
    action = inference.read_action(text)
    assert (action and inference.render_action(action)) == expect


@pytest.mark.parametrize(
    ("url", "names", "expect"),
    [
        ("https://router.huggingface.co/v1", ["API_KEY", "OPENAI_API_KEY", "HF_TOKEN"], "HF_TOKEN"),
        ("https://API.OpenAI.com/v1/", ["API_KEY", "OPENAI_API_KEY", "HF_TOKEN"], "OPENAI_API_KEY"),
        ("https://example.com/v1", ["API_KEY", "OPENAI_API_KEY", "HF_TOKEN"], "API_KEY"),
        ("http://127.0.0.1:80/v1", ["OPENAI_API_KEY", "HF_TOKEN"], "OPENAI_API_KEY"),
        ("http://[::1]/v1", ["HF_TOKEN"], "HF_TOKEN"),
        ("https://api.openai.com/v1", ["HF_TOKEN"], None),
        ("https://router.huggingface.co/v1", ["API_KEY", "OPENAI_API_KEY"], "API_KEY"),
        ("https://nothuggingface.co/v1", ["OPENAI_API_KEY"], "OPENAI_API_KEY"),
        ("http://localhost/v1", [], None),
    ],
)
def test_keys(url, names, expect):
    assert inference.key_for(url, {name: f" {name}\n" for name in names}) == expect
    assert inference.key_for(url, dict.fromkeys(names, " ")) is None
