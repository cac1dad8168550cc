"""Put the text back into a release from the user's own copies of the articles.

The copies go through the same cleaning; a text counts only if its SHA-256 is
the one that the release recorded, so every offset fits. A document without
such a text is left out, with a named reason.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import asdict, dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from builder.articles import read_articles
from builder.articles.reading import Rejected
from builder.document import Document, Span, text_sha256
from builder.errors import DataError, Problem
from builder.release.card.header import configs, dump, infos
from builder.release.folder import check_new, files, new_folder, write
from builder.release.manifest import MANIFEST, read_manifest, with_files
from builder.release.manifest import configs as digests
from builder.release.rights import FULL
from builder.release.tables.croissant import FILE as CROISSANT
from builder.release.tables.croissant import croissant
from builder.release.tables.features import DOCUMENTS
from builder.release.tables.flat import FOLDER as FLAT
from builder.release.tables.flat import write_flat
from builder.release.tables.rows import mention_text
from builder.release.tables.shards import GROUP, PartWriter, read_columns, rendered
from builder.release.verify import altered_files
from builder.release.versions.state import rows, shards

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    import pyarrow as pa

    from builder.config import Project
    from builder.release.manifest import Manifest
    from builder.release.tables.rows import Row
    from builder.release.tables.shards import Parts

DATA = "data"
CARD = "README.md"
REASONS = {
    "other_text": "the article's text is not the one that was annotated",
    "refused": "the article could not be read",
    "not_given": "no article given comes from where this one does",
}
"""Why a document is left out."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A document that no article given has the text of."""

    doc_id: str
    reason: str
    where: str
    what: str

    @property
    def problem(self) -> Problem:
        """The document as a problem with its place."""
        return Problem(self.where, self.what)


@dataclass(frozen=True, slots=True)
class Hydrated:
    """What came of it: documents that have their text again, those that had it, those left out."""

    path: Path
    filled: int
    full: int
    missing: tuple[Missing, ...]

    def reasons(self) -> dict[str, int]:
        """Count what was left out by reason."""
        return dict(Counter(missing.reason for missing in self.missing))


@dataclass(frozen=True, slots=True)
class Copies:
    """The user's articles: wanted documents by id, and what each place and address gave.

    Of the articles that are not wanted only length and hash are kept.
    """

    documents: dict[str, Document]
    by_place: dict[tuple[str, int | None], tuple[int, str]]
    by_url: dict[str, tuple[int, str]]
    refused: dict[tuple[str, int | None], Rejected]


def hydrate(release: Path, articles: Iterable[Path], out: Path, project: Project) -> Hydrated:
    """Write the release into the new folder `out` with all texts that the articles prove.

    Raises DataError when the release was altered or no article fits.
    """
    check_new(out, "give another folder")
    manifest = read_manifest(release)
    altered = altered_files(release, manifest)
    if altered:
        raise DataError(altered, hint=f"{release} is not what was published")
    known = list(_documents(release))
    wanted = [row for row in known if row["text_form"] != FULL]
    copies = read_copies(articles, project, {row["doc_id"] for row in wanted})
    texts: dict[str, Document | None] = {}
    missing = []
    for row in wanted:
        found = copies.documents.get(row["doc_id"])
        proven = found is not None and text_sha256(found.text) == row["text_sha256"]
        texts[row["doc_id"]] = found if proven else None
        if not proven:
            missing.append(_missing(row, copies))
    if texts and len(missing) == len(texts):
        raise DataError([each.problem for each in missing], hint="no article fits this release")
    with new_folder(out) as folder:
        _write(release, folder, texts, manifest, missing)
    return Hydrated(out, len(texts) - len(missing), len(known) - len(wanted), tuple(missing))


def read_copies(articles: Iterable[Path], project: Project, wanted: Collection[str]) -> Copies:
    """Read and clean the user's articles as `builder ingest` does."""
    copies = Copies({}, {}, {}, {})
    for path in articles:
        for outcome in read_articles(path, project):
            if isinstance(outcome, Document):
                article = outcome.article
                told = len(outcome.text), text_sha256(outcome.text)
                copies.by_place.setdefault((_name(article.file), article.row), told)
                if article.url:
                    copies.by_url.setdefault(article.url, told)
                if outcome.doc_id in wanted:
                    copies.documents.setdefault(outcome.doc_id, outcome)
            elif isinstance(outcome, Rejected):
                copies.refused.setdefault((_name(outcome.file), outcome.line), outcome)
    return copies


def with_text(row: Row, document: Document) -> Row:
    """Return a row of any config with the texts that stand at its offsets."""
    filled: Row = _at_offsets(row, document.text)
    if "text_sha256" in filled:
        filled.update(text=document.text, title=document.title, text_form=FULL)
    if "tokens" in filled:
        places = zip(filled["token_starts"], filled["token_ends"], strict=True)
        filled["tokens"] = [document.text[start:end] for start, end in places]
    return filled


def _at_offsets(value: Any, text: str) -> Any:  # noqa: ANN401 - any value of a row
    if isinstance(value, list):
        return [_at_offsets(item, text) for item in value]
    if not isinstance(value, dict):
        return value
    filled = {name: _at_offsets(item, text) for name, item in value.items()}
    if "text" in filled and ("parts" in filled or "start" in filled):
        spans = [Span(part["start"], part["end"]) for part in filled.get("parts", [filled])]
        filled["text"] = mention_text(spans, text)
    return filled


def _missing(row: Row, copies: Copies) -> Missing:
    place = (_name(row["source_file"]), row["source_row"])
    where = ":".join(str(part) for part in (row["source_file"], row["source_row"]) if part)
    refused = copies.refused.get(place) or copies.refused.get((place[0], None))
    other = copies.by_place.get(place) or copies.by_url.get(row["url"] or "")
    if other:
        length, sha256 = other
        what = (
            f"gives another text than the one annotated ({length} characters, SHA-256 "
            f"{sha256[:8]}...; wanted are {row['characters']}, {row['text_sha256'][:8]}...)"
        )
        return Missing(row["doc_id"], "other_text", where, f"{what}; left out")
    if refused:
        return Missing(row["doc_id"], "refused", where, f"{refused.what}; left out")
    what = f"is not among the articles given; get it from {row['url'] or 'its publisher'}"
    return Missing(row["doc_id"], "not_given", where, f"{what}; left out")


def _name(file: str) -> str:
    # The user's copies lie elsewhere than the project's did.
    return file.rpartition("/")[2]


def _documents(release: Path) -> Iterator[Row]:
    columns = ["doc_id", "text_form", "text_sha256", "characters"]
    columns += ["source_file", "source_row", "url"]
    for path in sorted((release / DATA / DOCUMENTS).glob("*.parquet")):
        yield from rows(path, columns)


def _write(
    release: Path,
    folder: Path,
    texts: Mapping[str, Document | None],
    manifest: Manifest,
    missing: list[Missing],
) -> None:
    parts: Parts = {}
    schemas: dict[str, pa.Schema] = {}
    for config, told in manifest.content["configs"].items():
        parts[config] = {}
        for split in told["rows"]:
            paths = shards(release, config, split)
            schemas[config] = read_columns(paths[0])
            writer = PartWriter(folder, config, split, schemas[config])
            for batch in _batches(_filled_rows(chain.from_iterable(map(rows, paths)), texts)):
                writer.add(rendered(batch, schemas[config]))
            parts[config][split] = writer.close()
    for name in files(release):
        made = name.startswith((f"{DATA}/", f"{FLAT}/")) or name in (CARD, MANIFEST, CROISSANT)
        if not made:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(release / name, folder / name)
    filled = sum(found is not None for found in texts.values())
    write(folder / CARD, _card((release / CARD).read_text("utf-8"), manifest, parts, filled))
    told = json.loads((release / CROISSANT).read_text("utf-8"))
    told = {key: value for key, value in told.items() if key not in ("distribution", "recordSet")}
    flat = write_flat(folder, schemas, parts)
    write(folder / CROISSANT, croissant(told, schemas, parts, flat))
    stated = {key: value for key, value in manifest.content.items() if key != "files"}
    stated["configs"] = digests(parts)
    stated["hydrated"] = {"filled": filled, "left_out": [asdict(each) for each in missing]}
    write(folder / MANIFEST, with_files(stated, folder))


def _batches(found: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(found, GROUP)):
        yield batch


def _filled_rows(found: Iterable[Row], texts: Mapping[str, Document | None]) -> Iterator[Row]:
    for row in found:
        if row["doc_id"] not in texts:
            yield row
            continue
        document = texts[row["doc_id"]]
        if document is not None:
            yield with_text(row, document)


def _card(text: str, manifest: Manifest, parts: Parts, filled: int) -> str:
    """Return the release's card with the digests and sizes of the files that were written."""
    _, stated, body = text.split("---\n", 2)
    content = yaml.safe_load(stated)
    columns = {info["config_name"]: info["features"] for info in content["dataset_info"]}
    content["configs"] = configs(manifest.name, manifest.version, parts)
    content["dataset_info"] = infos(columns, parts)
    note = (
        f"> Hydrated on the user's machine: {filled} documents have their text again, proven by "
        "its hash. The counts below are those of the release; `manifest.json` names what was "
        "left out here. The texts keep the rights of their sources and are not to be passed on.\n"
    )
    return f"---\n{dump(content)}---\n\n{note}{body}"
