"""Which of the Lee texts report the same, marked by hand from their openings before any run.

The texts are the 300 of `lee_background.cor` and the 50 of `lee.cor` (Lee, Pincombe and Welsh 2005,
bulletins of the Australian Broadcasting Corporation) that gensim's wheel brings along; they are
numbered by line. The 300 run backwards through December 2001, about ten a day; `EVENTS` are reports
of one happening, `AFFAIRS` of one running affair (a fire season, a siege, a trial, a match of five
days): a seminal event with what follows directly from it, as topics were marked for topic detection
and tracking. Either is a story here. Both are marks of one reader.
"""

EVENTS = (
    # development: the first 150 texts
    *((66, 76, 86), (15, 27, 39, 46, 52), (37, 47, 55), (59, 72), (28, 41, 56), (98, 107)),
    *((73, 83, 90), (77, 84, 89, 105, 113), (97, 115, 119, 142, 147, 166), (117, 120), (128, 135)),
    *((80, 94), (102, 106, 114), (104, 112), (118, 132, 139, 146), (145, 148), (116, 134)),
    (131, 138),
    # held: the last 150 texts
    *((150, 156, 175), (185, 199, 206), (176, 183), (159, 192), (161, 168), (163, 180)),
    *((213, 230, 236, 254, 263, 271, 281, 288), (218, 228), (220, 227), (250, 259, 267)),
    *((181, 188), (187, 195, 203), (210, 217, 225, 234), (211, 219), (212, 224), (232, 241)),
    *((226, 233), (238, 260, 282), (243, 261), (244, 251), (247, 262, 273, 278, 287)),
    *((255, 264, 272), (257, 274, 293), (258, 266, 275), (249, 276), (283, 299), (289, 298)),
)
AFFAIRS = (
    *((0, 8, 9, 19, 33, 40, 48), (12, 26, 34), (2, 21, 43), (3, 20, 66, 76, 86), (6, 17), (35, 58)),
    *((37, 47, 55, 59, 72), (98, 107, 127, 133, 141, 153, 159, 176, 183, 192)),
    *((64, 73, 83, 90, 129), (67, 117, 120, 128, 135, 187, 195, 203), (140, 200), (216, 268)),
    *((104, 112, 118, 132, 139, 146, 152, 182), (85, 93, 110, 116, 134), (151, 185, 199, 206)),
    *((158, 246), (161, 168, 213, 230, 236, 254, 263, 271, 281, 288), (163, 180, 218, 228)),
    *((173, 197), (243, 261, 292), (244, 245, 251), (103, 194, 247, 262, 273, 278, 287)),
    (145, 148, 250, 259, 267),
)
"""Of running affairs only reports that are at most `story.DAYS` apart count as a pair."""
