"""The card's YAML: what the Hub and `datasets` read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from builder.release.features import DOCUMENTS, features

if TYPE_CHECKING:
    from builder.release.facts import Facts

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
        "configs": [_config(facts, config) for config in facts.filled],
        "dataset_info": _infos(facts),
    }
    return yaml.dump(
        {key: value for key, value in content.items() if value},
        Dumper=_Plain,
        sort_keys=False,
        allow_unicode=True,
        width=100,
    )


def languages(facts: Facts) -> list[str]:
    """Return the languages that articles state, as the Hub writes them: no region.

    Articles that state none are counted in the card's limits, not guessed here.
    """
    stated = (labelled.document.article.language for labelled in facts.contents.labelled())
    return sorted({language.split("-")[0].lower() for language in stated if language})


def _config(facts: Facts, config: str) -> dict[str, Any]:
    # `datasets` finds its cache by the folder's name and this entry, not by the
    # files' bytes; without the digest two releases in folders of one name, or
    # a folder written again, would give each other's rows.
    return {
        "config_name": config,
        **({"default": True} if config == DOCUMENTS else {}),
        "version": facts.version,
        "description": f"{facts.name} {facts.version}, content {facts.digest(config)}",
        "data_files": [
            {"split": split, "path": shard.path} for split, shard in facts.filled[config].items()
        ],
    }


def _infos(facts: Facts) -> list[dict[str, Any]]:
    columns = features(facts.schema)
    return [
        {
            "config_name": config,
            "features": columns[config],
            "splits": [
                {"name": split, "num_bytes": shard.memory, "num_examples": shard.rows}
                for split, shard in splits.items()
            ],
            "download_size": sum(shard.size for shard in splits.values()),
            "dataset_size": sum(shard.memory for shard in splits.values()),
        }
        for config, splits in facts.filled.items()
    ]


def _size(documents: int) -> str:
    return next((name for limit, name in SIZES.items() if documents < limit), "n>10M")


class _Plain(yaml.SafeDumper):
    """Writes repeated values out instead of pointing at the first one."""

    def ignore_aliases(self, _data: object) -> bool:
        return True
