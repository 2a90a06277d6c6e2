import pytest

from superposition.course.chapter_files import chapters_with, nearest, read_chapter_file


def test_the_chapters_that_ship_a_file_are_found_without_registration():
    assert "forty_into_five" in chapters_with("claims.toml")
    assert chapters_with("no_such_file.toml") == []


def test_a_chapter_without_the_file_is_refused_and_the_nearest_named():
    with pytest.raises(LookupError, match=r"^No chapter 'forty_in_five' ships claims.toml .*'forty_into_five'\?\)\.$"):
        read_chapter_file("forty_in_five", "claims.toml")


@pytest.mark.parametrize("name", ["../forty_into_five", "forty_into_five/..", "/etc", ""])
def test_a_path_is_no_chapter(name):
    with pytest.raises(LookupError):
        read_chapter_file(name, "claims.toml")


def test_nothing_is_suggested_where_nothing_is_near():
    assert nearest("xyz", ["forty_into_five"]) == ""
