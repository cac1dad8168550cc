"""Lines of a page dump without markup: which belong to the article, and what each is."""
