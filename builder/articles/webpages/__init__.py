"""Web pages: their markup to blocks, which blocks are the article, what its data state."""
