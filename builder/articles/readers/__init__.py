"""Raw files of each format to documents: one reader a format, with the parts they share."""
