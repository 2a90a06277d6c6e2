"""Every rule about the shape of the tree finds nothing in this checkout, and finds each fault that is planted."""

import subprocess
import sys
from pathlib import Path

import jaxtyping
import pytest
import torch

from architecture import (
    RULES,
    Rule,
    arguments_stand_in_the_notation,
    dependencies_are_floors_of_what_is_imported,
    each_name_is_defined_once,
    every_module_has_its_test,
    functions_are_short,
    imports_run_one_way,
    modules_are_short,
    no_chapter_numbers,
    no_vague_modules,
    public_functions_have_docstrings,
)
from source_tree import PACKAGE
from superposition.frames import gram

ROOT = Path(__file__).resolve().parent.parent

GOOD_TREE = {
    "pyproject.toml": '[project]\ndependencies = ["torch>=2.2", "matplotlib>=3.8"]\n',
    "requirements.txt": "# exact\ntorch==2.13.0\nmatplotlib==3.11.2\n\n-e .\n",
    "book/notation.md": "`x` the input, `ax` where it is drawn",
    "helpers/superposition/__init__.py": '"""Small."""',
    "helpers/superposition/features.py": 'import torch\n\ndef double(x):\n    """Double x."""\n    return x + x\n',
    "helpers/superposition/toy_models.py": "from superposition import features\n\n_one = features.double(0.5)\n",
    "helpers/superposition/plots/curves.py": "import matplotlib\n",
    "helpers/superposition/course/engine.py": 'def judge(fn):\n    """Judge fn."""\n    import IPython\n',
    "helpers/superposition/chapters/one.py": "from superposition import course, toy_models\n",
    "tests/superposition/test_features.py": "",
    "tests/superposition/test_toy_models.py": "",
    "tests/superposition/plots/test_curves.py": "",
}
FEATURES, TOY, PLOT = (f"helpers/superposition/{name}.py" for name in ("features", "toy_models", "plots/curves"))
FAULTS: list[tuple[Rule, str, str, str]] = [
    (imports_run_one_way, FEATURES, "from superposition import toy_models", "imports superposition.toy_models"),
    (imports_run_one_way, FEATURES, "from .toy_models import loss", "imports superposition.toy_models.loss"),
    (imports_run_one_way, FEATURES, "def f():\n    import matplotlib.pyplot", "imports matplotlib.pyplot"),
    (imports_run_one_way, FEATURES, "import pandas", "imports pandas"),
    (imports_run_one_way, TOY, "from superposition.plots import curves", "imports superposition.plots.curves"),
    (imports_run_one_way, PLOT, "from superposition import toy_models", "imports superposition.toy_models"),
    (imports_run_one_way, PLOT, "from .. import features", "imports superposition.features"),
    (imports_run_one_way, PLOT, "import torch", "imports torch"),
    (imports_run_one_way, PLOT, "from IPython.display import HTML", "imports IPython.display.HTML"),
    (
        imports_run_one_way,
        "helpers/superposition/course/x.py",
        "from superposition.chapters import one",
        "chapters.one",
    ),
    (
        imports_run_one_way,
        "helpers/superposition/course/x.py",
        "import superposition.features",
        "superposition.features",
    ),
    (
        imports_run_one_way,
        "helpers/superposition/chapters/x.py",
        "from superposition import plots",
        "superposition.plots",
    ),
    (imports_run_one_way, "helpers/superposition/widgets/x.py", "import ipywidgets", "imports ipywidgets"),
    (imports_run_one_way, "helpers/superposition/unheard_of.py", "", "unheard_of has no row"),
    (imports_run_one_way, "helpers/superposition/elsewhere/x.py", "", "the folder elsewhere has no row"),
    (no_vague_modules, "tools/utils.py", "", "tools/utils.py"),
    (no_vague_modules, "helpers/superposition/common/x.py", "", "helpers/superposition/common"),
    (modules_are_short, "tools/long.py", "x = 1\n" * 301, "301 lines"),
    (functions_are_short, "extensions/long.py", "def f():\n" + "    x = 1\n" * 50, "f has 51 lines"),
    (functions_are_short, FEATURES, "def f():\n" + "    x = 1\n" * 30, "the median function has 16.5 lines"),
    (each_name_is_defined_once, TOY, "def double(x):\n    ...", "double is defined in"),
    (each_name_is_defined_once, PLOT, "double = 2", "double is defined in"),
    (public_functions_have_docstrings, FEATURES, "def bare():\n    ...", "bare has no docstring"),
    (
        public_functions_have_docstrings,
        FEATURES,
        "class Bare:\n    def run(self):\n        ...",
        "run has no docstring",
    ),
    (arguments_stand_in_the_notation, FEATURES, "def f(sparsity):\n    ...", "f takes sparsity"),
    (arguments_stand_in_the_notation, TOY, "class A:\n    def __init__(self, *, x, hue):\n        ...", "takes hue"),
    (no_chapter_numbers, "book/toy_models/03_phases.ipynb", "", "book/toy_models/03_phases.ipynb"),
    (no_chapter_numbers, FEATURES, "def train_ch6():\n    ...", "train_ch6"),
    (every_module_has_its_test, "helpers/superposition/frames.py", "", "tests/superposition/test_frames.py"),
    (every_module_has_its_test, "helpers/superposition/plots/maps.py", "", "tests/superposition/plots/test_maps.py"),
    (dependencies_are_floors_of_what_is_imported, FEATURES, "import scipy", "scipy is imported"),
    (dependencies_are_floors_of_what_is_imported, PLOT, "", "matplotlib is a dependency and never imported"),
    (dependencies_are_floors_of_what_is_imported, "requirements.txt", "torch==2.13.0\n-e .", "matplotlib has no exact"),
    (dependencies_are_floors_of_what_is_imported, "requirements.txt", "torch\nmatplotlib==3.11.2\n-e .", "must end in"),
    (
        dependencies_are_floors_of_what_is_imported,
        "pyproject.toml",
        '[project]\ndependencies = ["torch>=2.2,<3"]',
        "<3",
    ),
    (
        dependencies_are_floors_of_what_is_imported,
        "pyproject.toml",
        '[project]\ndependencies = ["torch>=2.2", "matplotlib>=3.8"]\noptional-dependencies = { more = ["dask>=1"] }',
        "dask has no exact version",
    ),
    (
        dependencies_are_floors_of_what_is_imported,
        "pyproject.toml",
        '[project]\ndependencies = ["torch>=2.2", "matplotlib>=3.8"]\noptional-dependencies = { more = ["torch<3"] }',
        "torch<3 is not a lower bound alone",
    ),
]


def plant(root: Path, files: dict[str, str]) -> None:
    """Write a small checkout."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_this_checkout_keeps_the_rule(rule: Rule) -> None:
    faults = rule(ROOT)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_good_tree_breaks_no_rule(rule: Rule, tmp_path: Path) -> None:
    plant(tmp_path, GOOD_TREE)
    faults = rule(tmp_path)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("rule", "name", "text", "expected"), FAULTS)
def test_a_planted_fault_is_found(rule: Rule, name: str, text: str, expected: str, tmp_path: Path) -> None:
    plant(tmp_path, GOOD_TREE | {name: text})
    assert expected in "\n".join(rule(tmp_path))


def test_every_rule_has_a_planted_fault() -> None:
    assert {rule for rule, *_ in FAULTS} == set(RULES)


@pytest.mark.parametrize(("name", "status"), [("toy_models.py", 1), ("course/claims.py", 1), ("plots/curves.py", 0)])
def test_ruff_lets_only_the_plots_import_matplotlib(name: str, status: int) -> None:
    command = ["ruff", "check", "--select", "TID251", "--stdin-filename", f"{PACKAGE}/{name}", "-"]
    source = "import matplotlib.pyplot as plt\n"
    run = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, input=source, capture_output=True, text=True)
    assert run.returncode == status, run.stdout


def test_a_wrong_shape_is_refused_under_the_tests() -> None:
    with pytest.raises(jaxtyping.TypeCheckError):
        gram(torch.ones(3))
