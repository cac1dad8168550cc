"""Names of clusters and stories: from the documents alone, and what stays when some are added."""

from builder.articles.duplicates.cluster import Dated, groups

BODY = " ".join(f"word{n}" for n in range(200))
TEXTS = {
    "b": f"{BODY} end",
    "a": f"Other headline {BODY}",
    "c": " ".join(f"else{n}" for n in range(200)),
}
DATES = {"b": "2025-06-25", "a": "2025-06-26T01:00+05:30", "c": None}


def found(*names: str, folder=None, dates=DATES):
    dated = [Dated(name, dates.get(name)) for name in names]
    return groups(dated, lambda: ((name, TEXTS[name]) for name in names), folder)


def test_a_cluster_is_named_after_its_first_published_member():
    assert found("a", "b", "c").clusters == {"a": "b", "b": "b", "c": "c"}


def test_instants_are_compared_and_not_their_spelling():
    dates = {"a": "2025-06-26T01:00+05:30", "b": "2025-06-25T20:00+00:00"}
    assert found("a", "b", dates=dates).clusters == {"a": "a", "b": "a"}


def test_without_dates_the_first_id_names_the_cluster():
    assert found("b", "a", dates={}).clusters == {"a": "a", "b": "a"}


def test_a_later_copy_changes_no_name():
    before = found("b", "c").clusters
    assert before.items() <= found("a", "b", "c").clusters.items()


def test_copies_are_one_story():
    assert found("a", "b", "c").stories == found("c", "b", "a").stories
    assert found("a", "b").stories == {"a": "b", "b": "b"}


def test_what_is_kept_between_runs_changes_nothing(tmp_path):
    found("b", "c", folder=tmp_path)
    assert found("a", "b", "c", folder=tmp_path) == found("a", "b", "c")
    assert found("c", folder=tmp_path).clusters == found("c").clusters
