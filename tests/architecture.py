"""The rules about the shape of the tree: who may import whom, how large things grow, and that each thing exists once.

Every rule is a function from a checkout to the sentences that say what breaks it.
"""

import ast
import re
import statistics
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from source_tree import (
    CODE_FOLDERS,
    PACKAGE,
    Function,
    argument_names,
    function_lengths,
    imported,
    package_modules,
    public,
    public_functions,
    python_files,
)

# A maths module imports only the maths modules named in its row, which stand in rows above it.
MATHS = {
    "attention": set(),
    "channels": set(),
    "features": set(),
    "importance_sampling": {"features"},
    "gradients": set(),
    "expected_loss": {"features", "gradients"},
    "training": {"expected_loss", "gradients", "importance_sampling"},
    "frames": set(),
    "geometry": {"frames"},
    "phases": {"features"},
    "polytopes": {"frames", "geometry"},
    "positions": set(),
    "sweeps": set(),
    "thomson": {"expected_loss", "frames"},
    "toy_models": {"expected_loss", "features", "training"},
    "transformer": {"attention"},
    "waves": set(),
}
SCIENCE = {"torch", "numpy", "scipy", "jaxtyping", "safetensors", "tqdm"}
# What the modules of a folder of the package may import besides the standard library and their own folder.
OUTSIDE = {
    "": SCIENCE,
    "data": {"torch", "safetensors"},
    "plots": {"numpy", "matplotlib", "jaxtyping"},
    "course": {"numpy", "torch", "jaxtyping"},
    "chapters": {"numpy", "torch", "jaxtyping"},
    "widgets": {"numpy", "torch", "jaxtyping", "anywidget", "traitlets"},
}
BELOW = {"data": set(), "plots": set(), "course": set(), "chapters": {"course", "data", ""}, "widgets": {""}}
# Named only inside a function, where a notebook is running and so has it.
LAZY = {"plots": {"IPython"}, "course": {"IPython"}}

VAGUE_NAMES = {"utils", "util", "common", "misc", "helpers", "helper"}
NUMBERED = re.compile(r"(^|_)(ch|chap|chapter|lesson|part|section|week|nb)_?\d+(_|$)|^\d+[_-]", re.IGNORECASE)
MODULE_CAP, FUNCTION_CAP, MEDIAN_CAP = 300, 50, 12

Rule = Callable[[Path], list[str]]


def maths_import_allowed(module: str, target: str) -> bool:
    """Tell whether the table lets one maths module import another."""
    rows = list(MATHS)
    return target in MATHS.get(module, set()) and rows.index(target) < rows.index(module)


def import_allowed(own_layer: str, module: str, name: str, lazy: bool) -> bool:
    """Tell whether the tables let a module of a layer import a name."""
    top, *rest = name.split(".")
    if top != "superposition":
        allowed = OUTSIDE[own_layer] | (LAZY.get(own_layer, set()) if lazy else set())
        return top in sys.stdlib_module_names or top in allowed
    folder = rest[0] if rest and rest[0] in OUTSIDE else ""
    if own_layer:
        known = folder != "" or (bool(rest) and rest[0] in MATHS)
        return folder == own_layer or (known and folder in BELOW[own_layer])
    return folder == "" and bool(rest) and maths_import_allowed(module, rest[0])


def imports_run_one_way(root: Path) -> list[str]:
    """Hold every import of the package against the tables."""
    faults = []
    for path, own_layer, tree in package_modules(root):
        where = path.relative_to(root)
        if own_layer not in OUTSIDE:
            faults.append(f"{where}: the folder {own_layer} has no row in the table of imports")
            continue
        if not own_layer and path.stem not in {*MATHS, "__init__"}:
            faults.append(f"{where}: {path.stem} has no row in the table of maths modules")
        for name, lazy in imported(path, tree, root / PACKAGE):
            if not import_allowed(own_layer, path.stem, name, lazy):
                faults.append(f"{where}: imports {name}")
    return faults


def no_vague_modules(root: Path) -> list[str]:
    """Find modules and folders of code whose name says nothing."""
    below = (path for folder in CODE_FOLDERS for path in (root / folder).rglob("*"))
    found = (path for path in below if path.suffix == ".py" or path.is_dir())
    return [f"{path.relative_to(root)}: says nothing by its name" for path in found if path.stem in VAGUE_NAMES]


def modules_are_short(root: Path) -> list[str]:
    """Find modules longer than the cap."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in python_files(root, *CODE_FOLDERS)}
    return [
        f"{path.relative_to(root)}: {length} lines, more than {MODULE_CAP}"
        for path, length in lengths.items()
        if length > MODULE_CAP
    ]


def functions_are_short(root: Path) -> list[str]:
    """Find functions longer than the cap, and a package whose median function is long."""
    faults = [
        f"{place} has {length} lines, more than {FUNCTION_CAP}"
        for place, length in function_lengths(root, *CODE_FOLDERS)
        if length > FUNCTION_CAP
    ]
    median = statistics.median([length for _, length in function_lengths(root, PACKAGE)] or [0])
    return faults + ([f"the median function has {median} lines, more than {MEDIAN_CAP}"] if median > MEDIAN_CAP else [])


def each_name_is_defined_once(root: Path) -> list[str]:
    """Find public names that two modules define. The files of `chapters` share one form, so they are left out."""
    places = defaultdict(list)
    for path, own_layer, tree in package_modules(root):
        if own_layer == "chapters":
            continue
        constants = (target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets)
        names = {node.id for node in constants if isinstance(node, ast.Name) and not node.id.startswith("_")}
        names |= {node.name for node in public(tree) if isinstance(node, Function | ast.ClassDef)}
        for name in names:
            places[name].append(str(path.relative_to(root)))
    return [f"{name} is defined in {' and '.join(where)}" for name, where in places.items() if len(where) > 1]


def public_functions_have_docstrings(root: Path) -> list[str]:
    """Find public functions without a docstring; a constructor is told about by its class."""
    return [
        f"{path.relative_to(root)}: {node.name} has no docstring"
        for path, _, tree in package_modules(root)
        for node in public_functions(tree)
        if node.name != "__init__" and not ast.get_docstring(node)
    ]


def arguments_stand_in_the_notation(root: Path) -> list[str]:
    """Find arguments of the mathematics that book/notation.md does not have as a code span.

    What draws and what judges exercises speak of pixels and answers, and keep words of their own.
    """
    page = root / "book" / "notation.md"
    spans = set(re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8"))) if page.exists() else set()
    return [
        f"{path.relative_to(root)}: {node.name} takes {name}, which book/notation.md does not have"
        for path, own_layer, tree in package_modules(root)
        if not own_layer
        for node in public_functions(tree)
        for name in argument_names(node)
        if name not in spans
    ]


def no_chapter_numbers(root: Path) -> list[str]:
    """Find chapter numbers in the names of files, folders, functions and classes: the order lives in _toc.yml."""
    below = [path for folder in ("book", *CODE_FOLDERS) for path in (root / folder).rglob("*")]
    faults = [f"{path.relative_to(root)}: a number in the name" for path in below if NUMBERED.search(path.stem)]
    for path, _, tree in package_modules(root):
        names = (node.name for node in public(tree) if isinstance(node, Function | ast.ClassDef))
        faults += [f"{path.relative_to(root)}: {name} has a number" for name in names if NUMBERED.search(name)]
    return faults


def every_module_has_its_test(root: Path) -> list[str]:
    """Find modules of mathematics and of plots without a test file of their own."""
    homes = {"": "tests/superposition", "plots": "tests/superposition/plots"}
    return [
        f"{path.relative_to(root)}: has no {homes[own_layer]}/test_{path.stem}.py"
        for path, own_layer, _ in package_modules(root)
        if own_layer in homes and path.stem != "__init__"
        if not (root / homes[own_layer] / f"test_{path.stem}.py").exists()
    ]


def _distribution(line: str) -> str:
    return re.split(r"[<>=!~ ;\[]", line)[0]


def dependencies_are_floors_of_what_is_imported(root: Path) -> list[str]:
    """Hold pyproject's dependencies against the package's imports, and the exact versions against both.

    Extras are for what a reader may bring along; the package imports nothing of them.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = (root / "requirements.txt").read_text(encoding="utf-8").splitlines()
    needed = {
        name.split(".")[0]
        for path, own_layer, tree in package_modules(root)
        for name, _ in imported(path, tree, root / PACKAGE)
        if name.split(".")[0] not in {"superposition", *sys.stdlib_module_names, *LAZY.get(own_layer, set())}
    }
    listed = {_distribution(line) for line in project["dependencies"]}
    extra = [line for lines in project.get("optional-dependencies", {}).values() for line in lines]
    exact = {line.split("==")[0] for line in pinned if re.fullmatch(r"[\w.-]+==[\w.]+", line)}
    loose = [line for line in pinned if line and not line.startswith("#") and "==" not in line]
    bounds = [*project["dependencies"], *extra]
    return [
        *(f"{name} is imported and no dependency" for name in sorted(needed - listed)),
        *(f"{name} is a dependency and never imported" for name in sorted(listed - needed)),
        *(
            f"{name} has no exact version in requirements.txt"
            for name in sorted({*listed, *map(_distribution, extra)} - exact)
        ),
        *(f"{line} is not a lower bound alone" for line in bounds if not re.fullmatch(r"[\w-]+>=[\d.]+", line)),
        *(["requirements.txt must end in -e . and have exact versions elsewhere"] if loose != ["-e ."] else []),
    ]


RULES: tuple[Rule, ...] = (
    imports_run_one_way,
    no_vague_modules,
    modules_are_short,
    functions_are_short,
    each_name_is_defined_once,
    public_functions_have_docstrings,
    arguments_stand_in_the_notation,
    no_chapter_numbers,
    every_module_has_its_test,
    dependencies_are_floors_of_what_is_imported,
)
