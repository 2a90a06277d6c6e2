"""The content security policy."""

import pytest

from site_policy import inline_scripts, policy, source_hash, with_policy

# the example of the Content Security Policy specification, level 3, section 2.3.1
SPECIFIED = ("alert('Hello, world.');", "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='")


def test_hash_is_the_one_of_the_specification() -> None:
    script, expected = SPECIFIED
    assert source_hash(script) == expected


def test_scripts_that_run_inline_are_found_once() -> None:
    page = (
        '<script>a()</script><script src="b.js"></script><script type="application/json">{}</script>'
        "<script defer>c()</script><script>a()</script>"
    )
    assert inline_scripts(page) == ["a()", "c()"]


def test_policy_allows_the_site_and_its_own_inline_scripts() -> None:
    rules = policy(f"<script>{SPECIFIED[0]}</script>")
    assert f"script-src 'self' {SPECIFIED[1]};" in rules
    assert "object-src 'none'" in rules
    assert "http" not in rules


def test_policy_stands_before_what_loads() -> None:
    page = with_policy('<head><meta charset="utf-8" /><script src="a.js"></script></head>')
    assert page.index("charset") < page.index("Content-Security-Policy") < page.index("a.js")


def test_page_without_a_character_set_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for the content security policy"):
        with_policy("<html></html>")
