"""Stories: the same event in other words, within days, in one language, and never chained."""

import datetime as dt
import random
from itertools import combinations

import pytest

from builder.articles.duplicates.cluster import Dated, groups
from builder.articles.duplicates.story import DAYS, Report, stories

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
ONE = (
    "Varna and Lusitz sign ferry treaty\n\nVARNA, March 1 - Varna and Lusitz signed a treaty on "
    "ferry traffic across the Oder lagoon on Sunday, ending nine years of talks. Minister Jana "
    "Holub called it a good day for both shores. Ferries will run hourly from June."
)
OTHER = (
    "Nine years on, a deal for the lagoon ferries\n\nThe long quarrel over boats on the Oder "
    "lagoon is over: Jana Holub, minister in Varna, put her name under the treaty with Lusitz "
    "this weekend. From June a ferry leaves each hour."
)
SPORT = (
    "Late goal sends Kestrel City through\n\nA goal in the last minute took Kestrel City to the "
    "final of the cup. Coach Aro Linde praised his goalkeeper, who saved two penalties."
)
REST = {f"r{n}": " ".join(f"w{n * 50 + m}" for m in range(40)) for n in range(20)}


def found(*reports: tuple[str, float, str | None]):
    """Return the stories of texts with their days and languages, among texts of other things."""
    rows = [*reports, *((text, 0.0, "en") for text in REST.values())]
    known = {
        str(n): Report(str(n), NOON + dt.timedelta(days=day), language)
        for n, (_, day, language) in enumerate(rows)
    }
    given = [(str(n), text) for n, (text, _, _) in enumerate(rows)]
    return stories(known, given[::-1])


def test_one_event_in_other_words_is_one_story():
    assert found((ONE, 0, "en"), (OTHER, 1, "en"), (SPORT, 0, "en")) == [["0", "1"]]


@pytest.mark.parametrize(("day", "language"), [(DAYS + 0.01, "en"), (0, "de"), (0, None)])
def test_other_days_and_other_languages_are_other_stories(day, language):
    assert found((ONE, 0, "en"), (OTHER, day, language)) == []


def test_a_report_that_is_too_far_from_one_of_a_story_is_not_in_it():
    told = found((ONE, 0, "en"), (OTHER, 2, "en"), (f"{OTHER} {SPORT}", 4, "en"))
    assert all(set(names) != {"0", "1", "2"} for names in told)
    assert told


def test_neither_order_nor_words_that_all_have_change_a_story():
    words = [f"common{n}" for n in range(30)]
    texts = {}
    for story in range(6):
        rng = random.Random(story)
        for report in range(4):
            own = [f"s{story}x{rng.randrange(25)}" for _ in range(40)]
            texts[f"{story}-{report}"] = " ".join(own + rng.sample(words, 20))
    reports = {name: Report(name, NOON, "en") for name in texts}
    wanted = stories(reports, texts.items())
    assert {name for names in wanted for name in names} == set(texts)
    assert all(len({name[0] for name in names}) == 1 for names in wanted)
    for seed in range(5):
        names = random.Random(seed).sample(sorted(texts), len(texts))
        assert stories(reports, [(name, texts[name]) for name in names]) == wanted


def test_no_reports_have_no_story():
    assert stories({}, []) == []
    assert stories({"a": Report("a", NOON, "en")}, [("a", "")]) == []


def test_a_story_is_made_of_whole_clusters_and_named_after_the_first():
    texts = {"copy": f"Update: {ONE}", "one": ONE, "other": OTHER, "undated": OTHER[3:], **REST}
    days = {"one": "2026-03-01T12:00+00:00", "copy": "2026-03-02", "other": "2026-03-02T08:00"}
    days |= dict.fromkeys(REST, "2026-03-01")
    dated = [Dated(name, days.get(name), "en") for name in texts]
    told = groups(dated, texts.items, None)
    assert {told.stories[name] for name in ("one", "copy", "other", "undated")} == {"one"}
    assert told.clusters["copy"] == "one"
    assert told.clusters["undated"] == "other"
    assert len(set(told.stories.values())) == 1 + len(REST)
    for one, two in combinations(texts, 2):
        assert told.clusters[one] != told.clusters[two] or told.stories[one] == told.stories[two]
