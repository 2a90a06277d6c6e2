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


def test_the_shipped_shares_are_those_of_the_shipped_weights_and_keep_the_bound():
    """Shares of all models were taken before the weights of a few were rounded to half precision."""
    arrays = data.load("shapes")
    shown = [arrays["rarity"].tolist().index(rarity) for rarity in arrays["shown"].tolist()]
    W, D = arrays["sweep.W"].double(), arrays["sweep.D"]
    overlaps = torch.einsum("rmdi,rmdj->rmij", W, W)
    squared = overlaps.diagonal(dim1=-2, dim2=-1).square()
    shares = torch.where(squared > 0, squared / overlaps.square().sum(-1), 0)
    torch.testing.assert_close(shares.float(), D[shown], rtol=0, atol=2e-3)
    stored = arrays["sweep.dims_per_feature"][shown]
    torch.testing.assert_close((30 / W.square().sum((-2, -1))).float(), stored, rtol=2e-3, atol=0)
    assert D.shape == (len(arrays["rarity"]), 3, 400)
    assert float(D.sum(-1).max()) <= 30 + 1e-4
