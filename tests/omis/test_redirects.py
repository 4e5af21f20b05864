"""Answers as redirects: read from the Location, never followed."""

import pytest

from tests.omis.driving import NOW, build, parse, query
from tools.operation import OmisOptions, Reply, Surroundings
from tools.problems import InvalidArgumentError, RefusedError
from tools.wire.errors import UnreadableReply

OURS = "https://hooks.example.com"
OPTIONS = OmisOptions(
    successful_url=f"{OURS}/ok?code=%errorcode%&launch=%launchid%&v=1",
    failed_url=f"{OURS}/failed?code=%errorcode%&text=%errormsg%",
    refer_url=f"{OURS}/all?%omisquerystring%",
    redirect_hosts=("hooks.example.com",),
)
AROUND = Surroundings(now=NOW, omis=OPTIONS)
LAUNCH = {"launch_id": "7"}


def _to(location: str, status: int = 302) -> Reply:
    return Reply(status=status, body=b"<html>moved</html>", location=location)


def test_the_urls_of_the_settings_go_with_every_request_in_both_spellings() -> None:
    fields = dict(build("pause_launch", LAUNCH, AROUND).fields)
    assert fields == {
        "LaunchID": "7",
        "LaunchAction": "3",
        "ReferUrl": OPTIONS.refer_url,
        "SuccessfulUrl": OPTIONS.successful_url,
        "SuccessfulUr": OPTIONS.successful_url,
        "FailedUrl": OPTIONS.failed_url,
    }


def test_a_url_to_a_host_that_is_not_listed_is_never_sent() -> None:
    for url in (
        "https://evil.example/x",
        "https://hooks.example.com@evil.example/x",
        "ftp://hooks.example.com/",
    ):
        options = OmisOptions(refer_url=url, redirect_hosts=OPTIONS.redirect_hosts)
        with pytest.raises(InvalidArgumentError):
            build("pause_launch", LAUNCH, Surroundings(now=NOW, omis=options))


def test_the_successful_url_means_accepted() -> None:
    assert parse("pause_launch", LAUNCH, _to(f"{OURS}/ok?code=0&launch=7&v=1"), AROUND).accepted


def test_the_successful_url_without_values_means_accepted() -> None:
    location = f"{OURS}/ok?code=%errorcode%&launch=%launchid%&v=1"
    assert parse("pause_launch", LAUNCH, _to(location), AROUND).accepted


def test_the_failed_url_is_a_refusal_with_its_code_and_text() -> None:
    with pytest.raises(RefusedError) as refused:
        parse("pause_launch", LAUNCH, _to(f"{OURS}/failed?code=111&text=LaunchID+doesn%27t+exist"), AROUND)
    problem = refused.value.problem
    assert (problem.vendor_code, problem.vendor_text) == ("111", "LaunchID doesn't exist")
    assert problem.message.endswith("Nothing was paused.")


def test_the_failed_url_without_a_code_is_a_refusal_too() -> None:
    with pytest.raises(RefusedError) as refused:
        parse("pause_launch", LAUNCH, _to(f"{OURS}/failed?code=&text="), AROUND)
    assert refused.value.problem.vendor_code is None
    assert refused.value.problem.message.endswith("Nothing was paused.")


@pytest.mark.parametrize(
    "raw",
    [
        "LAUNCHID=7&STATUS=1&LAUNCHCOUNT=2&ERRORCODE=0",
        "LAUNCHID%3D7%26STATUS%3D1%26LAUNCHCOUNT%3D2%26ERRORCODE%3D0",
    ],
)
def test_all_fields_of_the_query_string_are_read(raw: str) -> None:
    result, _ = query("query_launch", LAUNCH, _to(f"{OURS}/all?{raw}"), around=AROUND)
    assert [(record.launch_id, record.status) for record in result.records] == [
        ("7", "waiting for the next start")
    ]


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/ok?code=0&launch=7&v=1",
        "https://hooks.example.com@evil.example/ok?code=0&launch=7&v=1",
        "http://hooks.example.com/ok?code=0&launch=7&v=1",
        "https://hooks.example.com:8443/ok?code=0&launch=7&v=1",
        f"{OURS}/other?code=0&launch=7&v=1",
        f"{OURS}/ok?code=0&launch=7&v=2",
        f"{OURS}/ok?code=0",
        f"{OURS}/ok?code=111&launch=7&v=1",
        f"{OURS}/failed?code=0&text=",
        f"{OURS}/all?STATUS=1",
        "//[bad",
        "/ok?code=0&launch=7&v=1",
        f"{OURS}/all?" + "x" * 20_000 + "&ERRORCODE=0",
    ],
    ids=range(13),
)
def test_any_other_redirect_is_unreadable(location: str) -> None:
    with pytest.raises(UnreadableReply):
        parse("delete_launch", LAUNCH, _to(location), AROUND)


def test_a_redirect_without_settings_is_unreadable() -> None:
    with pytest.raises(UnreadableReply):
        parse("delete_launch", LAUNCH, _to(f"{OURS}/ok?code=0&launch=7&v=1"))


def test_when_two_urls_fit_only_the_values_count() -> None:
    same = f"{OURS}/x?%omisquerystring%"
    options = OmisOptions(successful_url=same, failed_url=same, redirect_hosts=OPTIONS.redirect_hosts)
    around = Surroundings(now=NOW, omis=options)
    assert parse("pause_launch", LAUNCH, _to(f"{OURS}/x?ERRORCODE=0"), around).accepted
    with pytest.raises(RefusedError):
        parse("pause_launch", LAUNCH, _to(f"{OURS}/x?ERRORCODE=111"), around)
    with pytest.raises(UnreadableReply):
        parse("pause_launch", LAUNCH, _to(f"{OURS}/x?LAUNCHID=7"), around)
