from html.parser import HTMLParser

import pytest

from superposition.course import review_cards
from superposition.course.chapter_files import chapters_with
from superposition.course.review import ReviewCard, ReviewDeck, ReviewError, parse_cards, read_cards, typeset

CARD = '[welch]\nquestion = "How near?"\nanswer = "At least .424."\n'


class Outline(HTMLParser):
    """Collect tags with their attributes, and all text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)


@pytest.mark.parametrize("chapter", chapters_with("review.toml"))
def test_every_chapter_has_eight_cards_or_more(chapter):
    cards = read_cards(chapter)
    assert len(cards) >= 8
    assert len({card.question for card in cards.values()}) == len(cards)
    assert all(name == card.id and name.startswith(f"{chapter}.") for name, card in cards.items())


def test_cards_fold_on_a_page_and_carry_their_ids():
    deck = review_cards("forty_into_five")
    outline = Outline(deck.markup)
    folds = [attrs for tag, attrs in outline.tags if tag == "details"]
    assert [fold["data-card"] for fold in folds] == [card.id for card in deck.cards]
    assert all(fold["class"] == "review-card" and "open" not in fold for fold in folds)
    assert sum(tag == "summary" for tag, _ in outline.tags) == len(deck.cards)
    assert outline.tags[0] == ("div", {"class": "review-cards", "data-chapter": "forty_into_five"})
    assert "x = relu(1 − u/p)" in "".join(outline.text)
    assert repr(deck) == f"{len(deck.cards)} review cards for forty_into_five"


def test_text_is_escaped_and_formulas_are_marked_for_the_page():
    card = ReviewCard("c.a", "Is a < b & \\(x < y\\)?", "<script>alert(1)</script>.")
    page = ReviewDeck("c", (card,)).markup
    assert "<summary>Is a &lt; b &amp; " in page
    assert '<span class="math notranslate nohighlight">\\(x &lt; y\\)</span>' in page
    assert "<script" not in page
    assert typeset("\\(x\\) and {}") == "\\(x\\) and {}"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (CARD.replace("question", "queston"), "chapter.welch: a card is a table with a question and an answer."),
        ('[welch]\nquestion = "How near?"\n', "a question and an answer"),
        (CARD + 'hint = "no"\n', "a question and an answer"),
        ("welch = 3", "a question and an answer"),
        (CARD.replace("[welch]", "[Welch]"), "the name of a card is in small letters"),
        (CARD.replace('"At least .424."', "3"), "question and answer are texts"),
        (CARD.replace('"At least .424."', '" "'), "question and answer are texts"),
        (CARD.replace("?", "."), "a question ends with a question mark"),
        (CARD.replace('.424."', '.424"'), "ends with a full stop"),
        (CARD.replace("near?", "near is $x$?"), "maths is plain text"),
        (CARD.replace("near?", "near is \\\\(x?"), "maths is plain text"),
        (CARD + CARD, "are not TOML"),
    ],
)
def test_each_fault_gets_its_sentence(text, fault):
    with pytest.raises(ReviewError, match=fault):
        parse_cards("chapter", text)


def test_sound_cards_are_read_in_their_order():
    cards = parse_cards("chapter", CARD + CARD.replace("[welch]", "[a]"))
    assert list(cards) == ["chapter.welch", "chapter.a"]
    assert cards["chapter.welch"] == ReviewCard("chapter.welch", "How near?", "At least .424.")


def test_an_unknown_chapter_is_refused_and_the_nearest_named():
    with pytest.raises(LookupError, match=r"did you mean 'forty_into_five'\?"):
        review_cards("forty_five")
