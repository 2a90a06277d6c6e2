"""The tested functions behind the course "Superposition: from waves to transformer features"."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("superposition-book")
except PackageNotFoundError:  # imported from a checkout that was never installed
    __version__ = "0+checkout"
