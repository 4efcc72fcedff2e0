"""Tests of the calls of an OpenAI-compatible endpoint."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.written import endpoint as endpoint_module
from rag.written.endpoint import Endpoint, WritingError, complete, load_endpoint
from tests.helpers.stub_endpoint import serve_replies, wrap_content

MESSAGES = [{"role": "user", "content": "?"}]


def test_a_reply_is_returned_with_the_key_sent_in_the_header_alone() -> None:
    with serve_replies("yes", key="secret") as stub:
        assert complete(stub.endpoint, MESSAGES) == "yes"
        assert stub.headers[0]["authorization"] == "Bearer secret"
        assert "secret" not in repr(stub.endpoint) + str(stub.requests)
        assert stub.requests[0]["response_format"]["type"] == "json_schema"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_errors_that_pass_are_tried_again(status: int) -> None:
    with serve_replies((status, "busy"), (status, "busy"), "yes") as stub:
        assert complete(stub.endpoint, MESSAGES) == "yes"
        assert len(stub.requests) == 3


def test_errors_that_stay_are_tried_three_times() -> None:
    with serve_replies((500, "no <b>luck</b>\n\n")) as stub:
        with pytest.raises(WritingError) as caught:
            complete(stub.endpoint, MESSAGES)
        assert len(stub.requests) == 3
    assert "500" in caught.value.message.en
    assert "\n" not in caught.value.message.en + caught.value.message.zh


def test_an_endpoint_without_schemas_is_asked_without() -> None:
    with serve_replies((400, "response_format?"), "yes") as stub:
        assert complete(stub.endpoint, MESSAGES) == "yes"
        assert "response_format" not in stub.requests[1]


@pytest.mark.parametrize(
    "reply",
    [
        (200, "no JSON"), (200, "{}"), (200, '{"choices": []}'), (200, "[]"), (200, "null"),
        (200, '{"choices": [{"message": {"content": null}}]}'), (401, "no key"), (302, ""),
        (200, wrap_content("x" * 300_000)),
    ],
)  # fmt: skip
def test_nonsense_and_refusals_give_one_line(reply: tuple[int, str]) -> None:
    with serve_replies(reply) as stub, pytest.raises(WritingError) as caught:
        complete(stub.endpoint, MESSAGES)
    assert stub.endpoint.host in caught.value.message.en
    assert stub.endpoint.host in caught.value.message.zh
    assert caught.value.message.en.endswith(".")


def test_a_model_that_is_away_or_slow_gives_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WritingError, match="reached"):
        complete(Endpoint("http://127.0.0.1:9", "stub"), MESSAGES)
    monkeypatch.setattr(endpoint_module, "_TIMEOUT", 0.05)
    with serve_replies("late", delay=0.3) as stub, pytest.raises(WritingError, match="replied in"):
        complete(stub.endpoint, MESSAGES)


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    key_file = tmp_path / "key"
    key_file.write_text("secret\n", encoding="utf-8")
    environment = {
        "TONGZHU_LLM_URL": "https://models.example:8443/v1/",
        "TONGZHU_LLM_MODEL": "m",
        "TONGZHU_LLM_KEY_FILE": str(key_file),
    }
    endpoint = load_endpoint(environment=environment)
    assert endpoint == Endpoint("https://models.example:8443/v1", "m", "secret")
    assert endpoint.host == "models.example:8443"
    assert not endpoint.is_local
    assert load_endpoint(environment={}) is None


@pytest.mark.parametrize(
    "environment",
    [
        {"TONGZHU_LLM_URL": "ftp://models.example", "TONGZHU_LLM_MODEL": "m"},
        {"TONGZHU_LLM_URL": "models.example", "TONGZHU_LLM_MODEL": "m"},
        {"TONGZHU_LLM_URL": "http://models.example"},
        {
            "TONGZHU_LLM_URL": "http://models.example",
            "TONGZHU_LLM_MODEL": "m",
            "TONGZHU_LLM_KEY_FILE": "/nowhere/key",
        },
        *(
            {"TONGZHU_LLM_URL": "http://a", "TONGZHU_LLM_MODEL": "m", "TONGZHU_LLM_KEY": key}
            for key in ("金鑰", "two keys", "a\nb")
        ),
    ],
)
def test_settings_that_are_not_valid_are_refused(environment: dict[str, str]) -> None:
    with pytest.raises(WritingError) as caught:
        load_endpoint(environment=environment)
    assert caught.value.message.en.endswith(".")
    assert caught.value.message.zh.endswith("。")


@pytest.mark.parametrize(
    "url",
    [
        *"http://[a http://a:b/v1 http://a:70000 http://a:0 http://港..口".split(),
        *("http://a/v1?b", "http://a/#c", "http://a b/v1", "http://a\x00b/v1", "http:///v1"),
    ],
)
def test_what_no_request_can_be_sent_to_is_no_address(url: str) -> None:
    with pytest.raises(WritingError, match="no address"):
        load_endpoint(url, "m")
    assert load_endpoint("http://[::1]:8080/v1", "m") == Endpoint("http://[::1]:8080/v1", "m")


def test_a_smaller_model_is_given_and_asked_for_less() -> None:
    environment = {"TONGZHU_LLM_MODEL": "m", "TONGZHU_LLM_CONTEXT": "2048"}
    with serve_replies("yes") as stub:
        small = load_endpoint(stub.endpoint.url, environment=environment)
        assert small
        assert small.most_characters * 4 == stub.endpoint.most_characters
        complete(small, MESSAGES)
        complete(stub.endpoint, MESSAGES)
        few, many = (request["max_tokens"] for request in stub.requests)
    assert few * 4 == many


@pytest.mark.parametrize("context", ["100", "-1", "8k", "1e9", "9" * 40])
def test_room_that_is_no_number_of_tokens_costs_one_line(context: str) -> None:
    environment = {"TONGZHU_LLM_MODEL": "m", "TONGZHU_LLM_CONTEXT": context}
    with pytest.raises(WritingError) as caught:
        load_endpoint("http://127.0.0.1:1/v1", environment=environment)
    assert "TONGZHU_LLM_CONTEXT" in caught.value.message.en
