"""What the project's wheel packs: a page without its template is found here, and not at a county's centre."""

import tomllib
from fnmatch import fnmatch

from tests.test_house import FILES, ROOT, name_of


def test_every_file_of_the_packages_is_packed() -> None:
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    packages = {package.replace(".", "/") for package in setuptools["packages"]}
    packed = {
        f"{package.replace('.', '/')}/{pattern}"
        for package, patterns in setuptools["package-data"].items()
        for pattern in patterns
    }
    data = [name_of(path) for path in FILES if path.suffix != ".py" and name_of(path).partition("/")[0] in packages]
    assert data
    assert [name for name in data if not any(fnmatch(name, pattern.replace("**/", "*")) for pattern in packed)] == []


def test_every_package_is_named() -> None:
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    tops = {package.partition(".")[0] for package in setuptools["packages"]}
    inits = {name_of(path.parent) for path in FILES if path.name == "__init__.py"}
    found = {name.replace("/", ".") for name in inits if name.partition("/")[0] in tops}
    assert found == set(setuptools["packages"])


def test_every_pattern_of_units_is_of_files() -> None:
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["data-files"].values()
    found = {pattern: list(ROOT.glob(pattern)) for each in patterns for pattern in each}
    assert [pattern for pattern, files in found.items() if not files or not all(file.is_file() for file in files)] == []
