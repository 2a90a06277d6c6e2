import pytest

from superposition.course.chapter_files import chapters_with
from superposition.course.ledger import KINDS, LedgerError, parse_ledger, read_ledger

SOUND = {
    "statement": '"Some two of forty overlap by at least"',
    "value": "0.42366",
    "tolerance": "{ abs = 1e-5 }",
    "kind": '"exact"',
    "source": '"welch1974"',
}
TRAINED = SOUND | {
    "kind": '"trained"',
    "source": '"measurement"',
    "seeds": "[0, 1, 2]",
    "settings": "{ steps = 6000 }",
}
REPORTED = {key: SOUND[key] for key in ("statement", "value")} | {
    "kind": '"reported"',
    "source": '"elhage2022toy"',
    "read": '"text"',
}


def ledger(fields, name="chapter.fact", **changes):
    fields = {key: value for key, value in (fields | changes).items() if value is not None}
    lines = [f"{key} = {value}" for key, value in fields.items()]
    return parse_ledger("chapter", "\n".join([f'["{name}"]', *lines]))


@pytest.mark.parametrize("chapter", chapters_with("claims.toml"))
def test_every_ledger_of_the_course_is_sound(chapter):
    claims = read_ledger(chapter)
    assert len(claims) >= 7
    assert {claim.kind for claim in claims.values()} <= set(KINDS)
    assert all(name == claim.id for name, claim in claims.items())


def test_a_sound_ledger_gives_its_claims():
    claim = ledger(TRAINED, caveat='"One data law."')["chapter.fact"]
    assert (claim.value, claim.kind, claim.source, claim.seeds) == (0.42366, "trained", "measurement", (0, 1, 2))
    assert (claim.settings, claim.caveat, claim.tolerance.bound) == ({"steps": 6000}, "One data law.", 1e-5)
    assert ledger(REPORTED)["chapter.fact"].read == "text"


@pytest.mark.parametrize("key", SOUND)
def test_a_claim_that_lacks_a_field_is_refused(key):
    with pytest.raises(LedgerError, match=rf"^chapter.fact: {key} is missing\.$"):
        ledger(SOUND, **{key: None})


@pytest.mark.parametrize("source", ['""', '"somewhere"', '"measurement"', '"An article, 1974"'])
def test_a_source_is_a_key_or_our_own_work(source):
    with pytest.raises(LedgerError, match="source is"):
        ledger(SOUND, source=source)


@pytest.mark.parametrize(
    ("value", "tolerance", "trivial"),
    [
        ("0.03", "{ abs = 0.05 }", "0"),
        ("0.9", "{ rel = 0.2 }", "1"),
        ("[0.0, 0.0]", "{ abs = 0.1 }", r"\[0, 0\]"),
        ("[1, 1]", '"exact"', r"\[1, 1\]"),
        ("true", '"exact"', "True"),
        ("[false, false]", '"exact"', r"\[False, False\]"),
        ("0.5", "{ less_than = 0.9 }", "0"),
        ("0.5", "{ greater_than = 0.2 }", "1"),
        ("7.0", "{ interval = [-inf, inf] }", "0"),
        ("5", "{ one_of = [5, 0] }", "0"),
        ("5", "{ one_of = [5, []] }", r"\[\]"),
        ('"a"', '{ one_of = ["a", ""] }', "''"),
    ],
)
def test_a_tolerance_that_a_trivial_value_passes_is_refused(value, tolerance, trivial):
    with pytest.raises(LedgerError, match=rf"the trivial value {trivial} passes"):
        ledger(SOUND, value=value, tolerance=tolerance)


@pytest.mark.parametrize(
    ("value", "tolerance"),
    [("[0.0, 0.25]", "{ abs = 0.02 }"), ("[true, false]", '"exact"'), ("-0.24", "{ less_than = -0.2 }")],
)
def test_a_trivial_entry_may_stand_beside_one_that_is_not(value, tolerance):
    assert ledger(SOUND, value=value, tolerance=tolerance)


def test_a_recorded_value_passes_its_own_tolerance():
    with pytest.raises(LedgerError, match=r"does not pass its own tolerance: expected 0.5 to 0.6, measured 0.42366"):
        ledger(SOUND, tolerance="{ interval = [0.5, 0.6] }")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"seeds": "[0, 1]"}, "three seeds or more, or gives its spread under a perturbation"),
        ({"seeds": None}, "three seeds or more"),
        ({"seeds": "[0, 0, 0]"}, "seeds are different integers"),
        ({"seeds": "[0.5, 1, 2]"}, "seeds are different integers"),
        ({"seeds": "[0]", "perturbation": "1e-7"}, "a claim on one seed carries a caveat"),
        ({"settings": None}, "a trained claim gives its settings"),
        ({"seeds": None, "perturbation": "2e-6"}, "spread 2e-06 under perturbation is more than a tenth"),
        ({"seeds": None, "perturbation": "-1e-9"}, "more than a tenth"),
        ({"seeds": "[0, 1]", "value": "5", "tolerance": '"exact"', "perturbation": "0.1"}, "more than a tenth"),
    ],
)
def test_a_trained_claim_survives_a_perturbation_or_stands_on_three_seeds(changes, fault):
    with pytest.raises(LedgerError, match=fault):
        ledger(TRAINED, **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"seeds": None, "perturbation": "9e-7"},
        {"seeds": "[7]", "perturbation": "9e-7", "caveat": '"One seed."'},
        {"seeds": "[0, 1]", "value": "5", "tolerance": '"exact"', "perturbation": "0"},
    ],
)
def test_a_measured_spread_stands_in_for_seeds(changes):
    assert ledger(TRAINED, **changes)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"source": '"derivation"'}, "names its source by a bibliography key"),
        ({"read": None}, "read says what was read"),
        ({"read": '"memory"'}, "read says what was read"),
        ({"tolerance": '"exact"'}, "has no tolerance"),
    ],
)
def test_a_reported_claim_says_what_was_read(changes, fault):
    with pytest.raises(LedgerError, match=fault):
        ledger(REPORTED, **changes)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": "other.fact"}, r"the id of a claim here is chapter\.<fact>"),
        ({"name": "chapter.Fact"}, "in small letters"),
        ({"kind": '"recalled"'}, "kind is one of exact, computed, trained, reported, not 'recalled'"),
        ({"tolerence": '"exact"'}, r"there is no field 'tolerence' \(did you mean 'tolerance'\?\)"),
        ({"statement": "5"}, "statement is a int"),
        ({"tolerance": "{ abs = 0.1, rel = 0.1 }"}, "tolerance is one of"),
        ({"tolerance": '"exact"'}, "give decimals abs or rel"),
    ],
)
def test_each_fault_gets_its_sentence(changes, fault):
    with pytest.raises(LedgerError, match=fault):
        ledger(SOUND, **changes)


def test_all_faults_are_told_at_once():
    with pytest.raises(LedgerError) as error:
        parse_ledger("chapter", '["chapter.a"]\nvalue = 1\n["chapter.b"]\nkind = "exact"\n')
    assert len(str(error.value).splitlines()) >= 5


@pytest.mark.parametrize(
    ("text", "fault"),
    [("= 3", "is not TOML"), ('["chapter.a"]\n["chapter.a"]', "is not TOML"), ("loose = 3", "a claim is a table")],
)
def test_what_is_no_ledger_is_refused(text, fault):
    with pytest.raises(LedgerError, match=fault):
        parse_ledger("chapter", text)
