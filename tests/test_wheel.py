"""What an installed package carries: everything that `builder demo` and `builder init` need."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_wheel_carries_the_starter_project(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    carried = set(zipfile.ZipFile(wheel).namelist())
    shipped = [ROOT / "builder.toml"]
    for folder in ("schemas", "annotations"):
        shipped += [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    wanted = {f"builder/_project/{path.relative_to(ROOT).as_posix()}" for path in shipped}
    assert wanted - carried == set()
