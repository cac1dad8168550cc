from pathlib import Path

import pytest

from builder.iaa.report import report
from builder.iaa.study import compare
from builder.schema import load_schema


@pytest.fixture(scope="session")
def schema():
    return load_schema(Path(__file__).parent.parent.parent / "schemas")


@pytest.fixture
def measured(schema):
    """Return the report of some documents."""

    def measure(*documents, **options):
        return report(compare(documents, schema, listed=True), {"schema": "test"}, **options)

    return measure
