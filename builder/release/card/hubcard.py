"""Whether the Hub will take a card, as far as that is known without asking it.

Publishing asks the Hub itself; a release is made offline, and a licence that
the Hub does not know would be found out only then.
"""

from __future__ import annotations

import difflib
import json
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from builder.errors import DataError, Problem, Problems
from builder.release.gates.rules import Gate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

# The identifiers in the Hub's documentation of repositories' licences.
LICENCES = (
    "apache-2.0",
    "mit",
    "openrail",
    "bigscience-openrail-m",
    "creativeml-openrail-m",
    "bigscience-bloom-rail-1.0",
    "bigcode-openrail-m",
    "afl-3.0",
    "artistic-2.0",
    "bsl-1.0",
    "bsd",
    "bsd-2-clause",
    "bsd-3-clause",
    "bsd-3-clause-clear",
    "c-uda",
    "cc",
    "cc0-1.0",
    "cc-by-2.0",
    "cc-by-2.5",
    "cc-by-3.0",
    "cc-by-4.0",
    "cc-by-sa-3.0",
    "cc-by-sa-4.0",
    "cc-by-nc-2.0",
    "cc-by-nc-3.0",
    "cc-by-nc-4.0",
    "cc-by-nd-4.0",
    "cc-by-nc-nd-3.0",
    "cc-by-nc-nd-4.0",
    "cc-by-nc-sa-2.0",
    "cc-by-nc-sa-3.0",
    "cc-by-nc-sa-4.0",
    "cdla-sharing-1.0",
    "cdla-permissive-1.0",
    "cdla-permissive-2.0",
    "wtfpl",
    "ecl-2.0",
    "epl-1.0",
    "epl-2.0",
    "etalab-2.0",
    "eupl-1.1",
    "eupl-1.2",
    "agpl-3.0",
    "gfdl",
    "gpl",
    "gpl-2.0",
    "gpl-3.0",
    "lgpl",
    "lgpl-2.1",
    "lgpl-3.0",
    "isc",
    "intel-research",
    "lppl-1.3c",
    "ms-pl",
    "mpl-2.0",
    "odc-by",
    "odbl",
    "openrail++",
    "osl-3.0",
    "postgresql",
    "ofl-1.1",
    "ncsa",
    "unlicense",
    "zlib",
    "pddl",
    "lgpl-lr",
    "unknown",
    "other",
)


def check_header(card: str) -> Gate:
    """Read a card's YAML with the Hub's library and with `datasets`; refuse what they misread.

    Refuses words that the Hub does not know, too.
    """
    from huggingface_hub import DatasetCard  # noqa: PLC0415 - slow, and only a release needs it

    try:
        data: Any = DatasetCard(card).data
    except (ValueError, yaml.YAMLError) as error:
        what = f"has no header that the Hub's library reads: {error}"
        raise DataError([Problem("README.md", what)]) from error
    stated = yaml.safe_load(card.split("---\n", 2)[1]) if card.startswith("---\n") else {}
    read = data.to_dict()
    problems = Problems()
    if not stated:
        problems.add("README.md", "has no header; it begins and ends with a line of three dashes")
    for key in sorted(stated.keys() | read.keys()):
        if stated.get(key) != read.get(key):
            problems.add(f"README.md, {key}", "does not come back from the Hub's library as it is")
    for where, what in _misread(data):
        problems.add(f"README.md, {where}", what)
    for key, setting, known in _known():
        for word in _words(stated.get(key)):
            if known and word not in known:
                problems.add(
                    setting, f"{word!r} is no {key} that the Hub knows; {_near(word, known)}"
                )
    problems.raise_if_any(DataError)
    said = "the Hub's library and `datasets` read the card, and know every word of its header"
    return Gate("header", said)


def _misread(data: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - the library's card data
    """Give what `datasets` makes something else of: the key, and what is wrong with it."""
    from datasets.info import DatasetInfosDict  # noqa: PLC0415 - slow as above
    from datasets.utils.metadata import MetadataConfigs  # noqa: PLC0415

    configs, infos = MetadataConfigs(), DatasetInfosDict()
    try:
        configs = MetadataConfigs.from_dataset_card_data(data)
        configs.get_default_config_name()
    except (ValueError, TypeError) as error:
        yield "configs", " ".join(str(error).split())
    try:
        infos = DatasetInfosDict.from_dataset_card_data(data)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        yield "dataset_info", f"is not read by `datasets`: {error!r}"
        return
    for name in sorted(configs.keys() ^ infos.keys()):
        yield f"config {name!r}", "is in one of configs and dataset_info only"
    for name in sorted(configs.keys() & infos.keys()):
        # The library passes over sizes that it cannot read, with a line in its log.
        sizes = infos[name].splits
        read = list(sizes) if isinstance(sizes, dict) else []
        if [each["split"] for each in configs[name]["data_files"]] != read:
            yield f"config {name!r}", f"has files for other splits than it has sizes for: {read}"


def _near(word: str, known: Collection[str]) -> str:
    plain = "-".join(word.lower().split())
    near = difflib.get_close_matches(plain, sorted(known), n=1)
    return f"did you mean {near[0]!r}?" if near else "the Hub's documentation lists them all"


def _known() -> Iterator[tuple[str, str, Collection[str]]]:
    """Give the keys with closed lists, what in the project decides them, and their words."""
    from datasets.utils.metadata import known_task_ids  # noqa: PLC0415 - slow as above

    yield "license", "builder.toml, project.license", LICENCES
    yield "language", "the articles' languages", _resource("languages.json")
    yield "size_categories", "README.md", _resource("size_categories.json")
    yield "task_categories", "README.md", known_task_ids


def _resource(name: str) -> Collection[str]:
    """Return the words of a list that `datasets` ships; none where it ships it no longer."""
    path = resources.files("datasets.utils.resources") / name
    words: Collection[str] = json.loads(path.read_text("utf-8")) if path.is_file() else ()
    return words


def _words(stated: Any) -> list[str]:  # noqa: ANN401 - YAML
    if stated is None:
        return []
    return list(stated) if isinstance(stated, list) else [stated]
