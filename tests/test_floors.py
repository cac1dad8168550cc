"""Which module may import which: only from lower floors, or inside its own package."""

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
FLOORS = (
    {"errors", "nodes", "document"},
    {"event", "schema", "files", "config", "pseudonym", "engines"},
    {"align", "articles", "labelstudio", "guidelines", "prelabel"},
    {"iaa", "merge", "release"},
    {"commands"},
    {"__main__"},
)
# errors is the ground; nodes may report into it.
WITHIN_GROUND = {("nodes", "errors")}


def room(module: str) -> str:
    """The part of `builder` that a dotted name lies in."""
    return module.split(".")[1] if "." in module else ""


def floor(name: str) -> int:
    return next(number for number, names in enumerate(FLOORS) if name in names)


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {room(name) for name in found if name.startswith("builder.")}


def upward_imports(package: Path) -> list[str]:
    """Every import of a room on the same or a higher floor, as `file: room`."""
    known = set().union(*FLOORS)
    bad = []
    for path in sorted(package.rglob("*.py")):
        relative = path.relative_to(package)
        if relative.parts[0] in {"__init__.py", "_project"}:
            continue
        own = relative.parts[0].removesuffix(".py")
        for other in sorted(imports(path) & known):
            if (own, other) in WITHIN_GROUND or own == other:
                continue
            if floor(other) >= floor(own):
                bad.append(f"{relative.as_posix()}: {other}")
    return bad


def test_every_module_has_a_floor():
    rooms = {path.name.removesuffix(".py") for path in (ROOT / "builder").iterdir()}
    assert rooms - {"__init__", "__pycache__"} == set().union(*FLOORS)


def test_no_module_imports_from_its_own_or_a_higher_floor():
    assert upward_imports(ROOT / "builder") == []


def test_a_planted_upward_import_is_found(tmp_path):
    (tmp_path / "labelstudio").mkdir()
    planted = "from builder import merge\nfrom builder.release.build import build_release\n"
    (tmp_path / "labelstudio" / "config.py").write_text(planted)
    (tmp_path / "schema.py").write_text("import builder.config\n")
    assert upward_imports(tmp_path) == [
        "labelstudio/config.py: merge",
        "labelstudio/config.py: release",
        "schema.py: config",
    ]
