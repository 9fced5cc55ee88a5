"""The sample loads; every mistake a clerk can write is refused with its line and what to do."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.phrasebook import LANGUAGES, phrasebook
from config.errors import BadInput
from config.findings import Severity
from config.office.loader import load_office
from config.office.model import CHAIN_KINDS, Contacts
from config.office.roles import ROLES
from config.office.schema import OFFICE_TABLES
from config.shipped_data import data_dir
from tests.draws import examples

HERE = Path(__file__).parent
SAMPLE = (data_dir() / "office" / "sample.toml").read_text("utf-8")
BLANK = (data_dir() / "office" / "blank.toml").read_text("utf-8")
MISTAKES = tomllib.loads((HERE / "mistakes.toml").read_text("utf-8"))["mistake"]
TO_FILL = "← 填写："


def refused(text):
    with pytest.raises(BadInput) as caught:
        load_office(text, "office.toml")
    return caught.value.findings


def edited(mistake):
    assert mistake["find"] in SAMPLE, "the edit must find its place in the sample"
    return SAMPLE.replace(mistake["find"], mistake["write"], 1)


def line_with(text, part, *, above=0):
    """The number of the first line that holds a part, or of the line above it."""
    return next(at for at, row in enumerate(text.split("\n"), 1) if part in row) - above


def expected_line(text, mistake):
    return (
        line_with(text, mistake["above"], above=1) if "above" in mistake else line_with(text, mistake["on"])
    )


@pytest.fixture(scope="module")
def office():
    return load_office(SAMPLE, "office.toml")


def test_the_sample_loads_clean(office):
    assert (office.slug, office.short_name, office.level) == ("zhaoduba", "召都巴镇", "township")
    assert len(office.villages) >= 6
    assert {chain.kind for chain in office.chains} == set(CHAIN_KINDS)
    assert office.report.due == "01-31"
    assert office.leading_group_head_post == "镇长"


def test_every_role_of_the_sample_is_held(office):
    assert [role for role in ROLES if not office.holders(role)] == []


def test_publication_passes_the_secrecy_reviewer_and_three_more(office):
    stages = office.chain("publication").stages
    signers = [office.eligible(stage, department="farming") for stage in stages]
    assert [[person.post for person in people] for people in signers] == [
        ["保密审查员"],
        ["农业农村办主任"],
        ["党政办主任"],
        ["分管政务公开的副镇长"],
    ]


def test_what_a_village_writes_is_reviewed_by_its_own_head(office):
    first = office.chain("publication").stages[1]
    assert [person.post for person in office.eligible(first, village="jia")] == ["甲村村委会主任"]


def test_roles_of_a_place_follow_the_place(office):
    assert [person.id for person in office.holders("group_head")] == ["mayor"]
    assert len(office.holders("village_reporter")) == len(office.villages)
    assert len(office.holders("department_head")) == len(office.departments)


def test_heading_and_due_day_have_defaults():
    without = SAMPLE[: SAMPLE.index("[report]")]
    report = load_office(without, "office.toml").report
    assert (report.due, report.heading) == ("01-31", "召都巴镇人民政府")


def test_the_letters_know_where_to_turn(office):
    contacts = office.contacts
    assert (contacts.reconsideration_organ, contacts.court) == ("莱山区人民政府", "莱山区人民法院")
    assert contacts.contact
    assert contacts.pay_to


def test_a_file_from_before_there_were_letters_still_loads(office):
    start, end = SAMPLE.index("[contacts]"), SAMPLE.index("[[date]]")
    older = load_office(SAMPLE[:start] + SAMPLE[end:], "office.toml")
    assert older.contacts == Contacts()
    assert older.dates == office.dates


def test_where_to_pay_may_stay_unsaid():
    unpaid = "\n".join(row for row in SAMPLE.split("\n") if not row.startswith("pay_to"))
    assert load_office(unpaid, "office.toml").contacts.pay_to == ""


def test_each_other_s_deputies_are_allowed(office):
    assert office.person("finance_director").deputies == ("civil_director",)
    assert office.person("civil_director").deputies == ("finance_director",)


def test_an_account_of_new_media_stands_on_another_s_platform():
    account = """
[[column]]
id = "account"
name = "某镇发布"
url = "https://media.example/town"
kind = "{kind}"
owner = "clerk"
"""
    assert load_office(SAMPLE + account.format(kind="media"), "office.toml").columns[-1].kind == "media"
    with pytest.raises(BadInput):
        load_office(SAMPLE + account.format(kind="news"), "office.toml")


def test_a_windows_editor_s_file_loads(office):
    assert load_office("\ufeff" + SAMPLE.replace("\n", "\r\n"), "office.toml") == office


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake["why"])
def test_the_mistake_is_refused_with_its_line(mistake):
    text = edited(mistake)
    findings = refused(text)
    rules = {finding.rule.removeprefix("office.") for finding in findings}
    assert rules == {mistake["rule"], *mistake.get("also", [])}
    mine = [finding for finding in findings if finding.rule == f"office.{mistake['rule']}"]
    assert len(mine) == 1
    assert mine[0].place == f"line {expected_line(text, mistake)}"
    assert mine[0].severity is Severity.ERROR
    if "expected" in mistake:
        assert mine[0].expected == mistake["expected"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake["why"])
def test_the_sentence_is_whole(mistake, language):
    for finding in refused(edited(mistake)):
        sentence = phrasebook(language).finding(finding)
        assert not sentence.startswith("["), "a rule without a phrase"
        for word in ("line", "found", "expected", "item", "table", "post", "label", "problem"):
            assert "{" + word + "}" not in sentence
        if finding.rule != "office.missing_table":
            assert finding.words["line"] in sentence


def test_every_finding_is_told_at_once_in_order():
    text = SAMPLE.replace('slug = "zhaoduba"', 'slug = "A"').replace(
        'owner = "clerk"  ', 'owner = "nobody"  '
    )
    findings = refused(text.replace('day = "05-15"', 'day = "soon"'))
    assert [finding.rule for finding in findings] == [
        "office.bad_id",
        "office.bad_day",
        "office.unknown_person",
    ]


def test_the_mistakes_cover_every_rule():
    told = set(phrasebook("zh").phrases)
    rules = {key.removeprefix("finding.office.") for key in told if key.startswith("finding.office.")}
    tried = {mistake["rule"] for mistake in MISTAKES}
    assert rules - tried == {"place_unheld"}, "tried below"


def test_a_stage_by_villages_needs_a_village():
    start, end = SAMPLE.index("[[village]]"), SAMPLE.index("[[chain]]")
    text = SAMPLE[:start] + SAMPLE[end:]
    text = text.replace('name = "审核", by = "office_head"', 'name = "审核", by = "village_leader"')
    (finding,) = refused(text)
    assert finding.rule == "office.place_unheld"
    expected = line_with(text, 'by = "village_leader"')
    assert finding.place == f"line {expected}"


def test_a_list_of_words_is_no_table():
    text = "date = ['05-15', '10-01']\n" + SAMPLE[: SAMPLE.index("[[date]]")]
    (finding,) = refused(text)
    assert (finding.rule, finding.place, finding.expected) == ("office.not_table", "line 1", "[[date]]")


def test_both_languages_have_the_same_phrases():
    assert phrases_of("zh") == phrases_of("en") != set()


def phrases_of(language):
    keys = phrasebook(language).phrases
    return {key for key in keys if key.startswith(("finding.office.", "finding.prose."))}


def test_an_empty_file_lists_what_is_missing():
    findings = refused("")
    assert {finding.expected for finding in findings if finding.rule == "office.missing_table"} == {
        "[office]",
        "[[person]]",
        "[leading_group]",
        "[[department]]",
    }


def test_the_blank_asks_for_exactly_the_marked_lines():
    marked = [at for at, row in enumerate(BLANK.split("\n"), 1) if TO_FILL in row]
    findings = refused(BLANK)
    assert {finding.rule for finding in findings} == {"office.to_fill"}
    assert [finding.place for finding in findings] == [f"line {at}" for at in marked]
    assert len(marked) == 12


def test_the_blank_loads_once_filled():
    filled = "\n".join(
        row.replace('""', f'"filled_{at}"', 1) if TO_FILL in row else row
        for at, row in enumerate(BLANK.split("\n"))
    )
    office = load_office(filled, "office.toml")
    assert office.report.heading == office.name


@pytest.mark.parametrize("text", [SAMPLE, BLANK], ids=["sample", "blank"])
def test_what_ships_explains_every_table_and_choice(text):
    assert [name for name in OFFICE_TABLES if f"[{name}]" not in text] == []
    assert [role for role in ROLES if role not in text] == []


ROWS = SAMPLE.split("\n")
STRANGE = st.sampled_from(
    ["1", "[]", "[1]", "{}", '""', '"x"', "true", "2024-01-31", '["clerk", 2]', "[{}]", "[[]]"]
)


@st.composite
def mangled(draw):
    """The sample with values exchanged for strange ones, and lines lost, doubled or misspelt."""
    rows = list(ROWS)
    for at in draw(st.lists(st.integers(0, len(rows) - 1), min_size=1, max_size=6)):
        key, sign, _value = rows[at].partition(" = ")
        ways = ["", rows[at] + "\n" + rows[at], rows[at].replace("e", "x", 1), rows[at].replace("[", "", 1)]
        rows[at] = (
            f"{key}{sign}{draw(STRANGE)}" if sign and draw(st.booleans()) else draw(st.sampled_from(ways))
        )
    return "\n".join(rows)


@given(mangled())
@settings(max_examples=examples(120), deadline=None)
def test_whatever_is_written_is_loaded_or_refused_with_lines(text):
    try:
        load_office(text, "office.toml")
    except BadInput as refusal:
        lines = [int(finding.place.removeprefix("line ")) for finding in refusal.findings]
        assert lines == sorted(lines)
        assert 1 <= lines[0] <= lines[-1] <= text.count("\n") + 1
