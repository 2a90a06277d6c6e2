"""Small arrays that we trained and ship, each with the command that re-makes it in its metadata."""

from pathlib import Path

from safetensors import safe_open
from torch import Tensor

FOLDER = Path(__file__).parent


def load(name: str) -> dict[str, Tensor]:
    """Load the shipped arrays of that name. An unknown name raises ValueError with the names there are."""
    path = FOLDER / f"{name}.safetensors"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in FOLDER.glob("*.safetensors")))
        raise ValueError(f"name must be one of {known}, got {name!r}")
    with safe_open(path, framework="pt") as file:
        return {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (not a dict)


def describe(name: str) -> dict[str, str]:
    """Read how the arrays were made: settings, seeds, and the command that makes them again."""
    with safe_open(FOLDER / f"{name}.safetensors", framework="pt") as file:
        return file.metadata()
