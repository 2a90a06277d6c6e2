import pytest
import torch

from superposition import data
from superposition.features import linear_importance, moments
from superposition.toy_models import best_linear_loss


def test_every_shipped_array_says_how_to_make_it_again():
    names = [path.stem for path in data.FOLDER.glob("*.safetensors")]
    assert names
    for name in names:
        assert data.describe(name)["made_by"].startswith("python tools/")
        assert all(torch.isfinite(array).all() for array in data.load(name).values())


def test_an_unknown_name_is_refused_with_the_names_there_are():
    with pytest.raises(ValueError, match=r"name must be one of .*forty_into_five.*, got 'forty'"):
        data.load("forty")


def test_the_shipped_linear_models_sit_at_their_closed_form():
    """A linear model's expected loss needs no sampling: the error is (1 - M) x - b with M = W^T W."""
    arrays, importance = data.load("forty_into_five"), linear_importance(40).double()
    for k, p in enumerate(arrays["feature_probability"].tolist()):
        mean, _, variance = moments(p)
        W, b = arrays["linear.W"][k].double(), arrays["linear.b"][k].double()
        missing = torch.eye(40) - W.mT @ W
        error = variance * missing.square().sum(-1) + (mean * missing.sum(-1) - b).square()
        excess = (importance * error).mean(-1) / best_linear_loss(40, 5, p, importance) - 1
        assert W.shape == (3, 5, 40)
        assert float(excess.min()) >= 0
        assert float(excess.max()) < 0.005
