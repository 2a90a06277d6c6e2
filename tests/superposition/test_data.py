import pytest
import torch

from superposition import data
from superposition.features import linear_importance, sample
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
    arrays, importance = data.load("forty_into_five"), linear_importance(40)
    W, b, probabilities = arrays["linear.W"], arrays["linear.b"], arrays["feature_probability"]
    assert W.shape == (len(probabilities), 3, 5, 40)
    for k, p in enumerate(probabilities.tolist()):
        x = sample(20_000, 40, p, n_instances=3, generator=torch.Generator().manual_seed(0))
        x_hat = x @ W[k].mT @ W[k] + b[k, :, None]
        loss = (importance * (x - x_hat) ** 2).mean(dim=(1, 2))
        exact = best_linear_loss(40, 5, p, importance)
        assert float((loss / exact - 1).abs().max()) < 0.01
