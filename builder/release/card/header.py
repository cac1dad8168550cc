"""The card's YAML: what the Hub and `datasets` read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from builder.release.tables.features import DOCUMENTS, features
from builder.release.tables.shards import digest, filled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.release.card.facts import Facts
    from builder.release.tables.features import Feature
    from builder.release.tables.shards import Part

    Written = Mapping[str, Mapping[str, Part]]

SIZES = {
    1_000: "n<1K",
    10_000: "1K<n<10K",
    100_000: "10K<n<100K",
    1_000_000: "100K<n<1M",
    10_000_000: "1M<n<10M",
}
"""The Hub's names for fewer documents than the key."""
TASK = "token-classification"
TAGS = ["event-extraction", "event-argument-extraction", "news"]


def header(facts: Facts) -> str:
    """Return the YAML between the card's dashes."""
    content: dict[str, Any] = {
        "pretty_name": facts.name,
        "license": facts.project.text("project.license"),
        "language": languages(facts),
        "task_categories": [TASK],
        "tags": TAGS,
        "size_categories": [_size(sum(facts.counts[DOCUMENTS].values()))],
        "configs": configs(facts.name, facts.version, facts.parts),
        "dataset_info": infos(features(facts.schema), facts.parts),
    }
    return dump(content)


def languages(facts: Facts) -> list[str]:
    """Return the languages that articles state, as the Hub writes them: no region.

    Articles that state none are counted in the card's limits, not guessed here.
    """
    return sorted(language for language in facts.contents.languages if language)


def configs(name: str, version: str, parts: Written) -> list[dict[str, Any]]:
    """Return where the rows of every config are, for the splits that have some."""
    # `datasets` finds its cache by the folder's name and this entry, not by the
    # files' bytes; without the digest two releases in folders of one name, or
    # a folder written again, would give each other's rows.
    return [
        {
            "config_name": config,
            **({"default": True} if config == DOCUMENTS else {}),
            "version": version,
            "description": f"{name} {version}, content {digest(parts[config])}",
            "data_files": [
                {"split": split, "path": _files(part)} for split, part in splits.items()
            ],
        }
        for config, splits in filled(parts).items()
    ]


def _files(part: Part) -> str | list[str]:
    """Return the path of a part's only file, else all of them in their order."""
    paths = [shard.path for shard in part.shards]
    return paths[0] if len(paths) == 1 else paths


def infos(columns: Mapping[str, list[Feature]], parts: Written) -> list[dict[str, Any]]:
    """Return the columns and sizes of every config that has rows."""
    return [
        {
            "config_name": config,
            "features": columns[config],
            "splits": [
                {"name": split, "num_bytes": part.memory, "num_examples": part.rows}
                for split, part in splits.items()
            ],
            "download_size": sum(part.size for part in splits.values()),
            "dataset_size": sum(part.memory for part in splits.values()),
        }
        for config, splits in filled(parts).items()
    ]


def dump(content: Mapping[str, Any]) -> str:
    """Return the YAML of everything that is stated."""
    return yaml.dump(
        {key: value for key, value in content.items() if value},
        Dumper=_Plain,
        sort_keys=False,
        allow_unicode=True,
        width=100,
    )


def _size(documents: int) -> str:
    return next((name for limit, name in SIZES.items() if documents < limit), "n>10M")


class _Plain(yaml.SafeDumper):
    """Writes repeated values out instead of pointing at the first one."""

    def ignore_aliases(self, _data: object) -> bool:
        return True
