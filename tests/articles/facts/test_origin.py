from builder.articles.facts.origin import known
from builder.config import ArticleFacts
from builder.document import Article, Fact

PAGE = Article("page.html", "", "utf-8")


def article(*said, **given):
    facts = [Fact(*fact) for fact in said]
    return known(PAGE, facts, ArticleFacts("*", **given))


def test_an_empty_fields_day_is_no_date():
    said = ("published_at", "0001-01-01T00:00:00", "json-ld datePublished", 0.95)
    printed = ("published_at", "2019-11-19", "near headline", 0.5)
    assert article(said).article.published_at is None
    assert article(said, printed).article.published_at == "2019-11-19"


def test_a_printed_day_after_the_stated_update_is_another_articles():
    update = ("updated_at", "2019-02-19T12:24:11+00:00", "meta article:modified_time", 0.9)
    late = ("published_at", "2019-03-31", "near headline", 0.5)
    found = article(update, late)
    assert found.article.published_at is None
    assert found.notes == ("published_at '2019-03-31' is after the update of 2019-02-19",)
    stated = ("published_at", "2019-03-31", "json-ld datePublished", 0.95)
    assert article(update, stated).article.published_at == "2019-03-31"


def test_an_outlet_named_as_author_gives_way_to_a_person():
    outlet = ("authors", "Example", "meta author", 0.9)
    printed = ("authors", "Jane Roe", "author element", 0.7)
    url = "https://www.example.org/talks"
    assert article(outlet, printed, url=url).article.authors == ("Jane Roe",)
    assert article(outlet, url=url).article.authors == ("Example",)
    both = ("authors", "Jane Roe, Example", "meta author", 0.9)
    assert article(both, url=url).article.authors == ("Jane Roe",)


def test_an_agency_named_beside_an_author_is_the_agency():
    said = ("authors", "JANE ROE, AP Auto Writer", "json-ld author", 0.95)
    found = article(said).article
    assert (found.authors, found.agency) == (("JANE ROE",), "AP")
    assert {fact.source for fact in found.facts} == {"json-ld author"}
    alone = article(("authors", "Associated Press", "meta author", 0.9)).article
    assert (alone.authors, alone.agency) == ((), "Associated Press")


def test_a_publication_that_people_state_goes_before_what_the_page_says():
    said = ("published_at", "2019-03-31", "json-ld datePublished", 0.95)
    update = ("updated_at", "2019-03-30", "meta article:modified_time", 0.9)
    found = article(update, said, published_at="2019-04-02").article
    assert found.published_at == "2019-04-02"
    assert [fact.source for fact in found.facts] == ["builder.toml", update[2]]
    assert article(published_at="2019-04-02").article.published_at == "2019-04-02"


def test_a_page_may_give_the_instant_of_the_day_that_people_state():
    said = ("published_at", "2019-04-02T12:24:11+00:00", "json-ld datePublished", 0.95)
    found = article(said, published_at="2019-04-02").article
    assert found.published_at == said[1]
    assert [fact.source for fact in found.facts] == [said[2]]
    stated = "2019-04-02T09:00:00+02:00"
    assert article(said, published_at=stated).article.published_at == stated
