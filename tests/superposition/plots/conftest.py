import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from superposition.plots import style


@pytest.fixture
def ax():
    """Axes in the book's style, closed after the test."""
    with mpl.rc_context():
        style.use_style()
        _, axes = plt.subplots()
        yield axes
    plt.close("all")
