"""Exercise: how much of a gradient arrives how far back."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def gradient_by_distance(layer, x, direction):
    """Measure how strongly each token moves the last output."""
    x = x.clone().requires_grad_()
    heard = layer(x)[-1] @ direction
    [gradient] = torch.autograd.grad(heard, x)
    return gradient.norm(dim=1).flip(0)


def _recurrence(J):
    def layer(x):
        state, states = torch.zeros_like(x[0]), []
        for token in x:
            state = torch.tanh(token) + state @ J
            states.append(state)
        return torch.stack(states)

    return layer


def _sample(generator: torch.Generator, _trial: int) -> dict:
    n_tokens, d_model = torch.randint(4, 9, (2,), generator=generator).tolist()
    J = torch.randn(d_model, d_model, generator=generator) / d_model**0.5
    x = 0.5 * torch.randn(n_tokens + (n_tokens == d_model), d_model, generator=generator)
    return {"layer": _recurrence(J), "x": x, "direction": torch.randn(d_model, generator=generator)}


def _finds_the_rate_of_a_linear_recurrence(case: Case) -> bool:
    gain = 0.8

    def layer(x):
        state, states = torch.zeros_like(x[0]), []
        for token in x:
            state = token + gain * state
            states.append(state)
        return torch.stack(states)

    norms = case.again(layer=layer)
    return agrees(norms[1:] / norms[:-1], torch.full((len(norms) - 1,), gain))


def _sees_no_road_where_tokens_do_not_meet(case: Case) -> bool:
    norms = case.again(layer=lambda x: 2 * x)
    return agrees(norms[0], 2 * case["direction"].norm()) and agrees(norms[1:], torch.zeros(len(norms) - 1))


def _gradient(layer, x, direction, read):
    x = x.clone().requires_grad_()
    return torch.autograd.grad(read(layer(x), direction), x)[0]


def _last(output, direction):
    return output[-1] @ direction


exercise = Exercise(
    title="the road back",
    prompt="""\
`layer` turns tokens `x` of shape (n_tokens, d_model) into as many outputs of that shape. Listen to the last output
along `direction`: one number. Write `gradient_by_distance(layer, x, direction)`: for each token the length of the
gradient of that number with respect to the token. Distance 0, the last token, comes first; the result has
n_tokens entries.""",
    reference=gradient_by_distance,
    sample=_sample,
    sizes={"x": ("n_tokens", "d_model"), "direction": ("d_model",)},
    returns=("n_tokens",),
    wrong=(
        Wrong(
            lambda layer, x, direction: _gradient(layer, x, direction, lambda o, d: (o @ d).sum()).norm(dim=1).flip(0),
            "You listen to all outputs. Only the last one has to look back the whole way.",
        ),
        Wrong(
            lambda layer, x, direction: _gradient(layer, x, direction, _last).norm(dim=1),
            "The oldest token comes first in yours. Distance 0 is the last token: flip.",
        ),
        Wrong(
            lambda layer, x, direction: _gradient(layer, x, direction, lambda o, d: o[-1].sum()).norm(dim=1).flip(0),
            "You add up the coordinates of the last output. Listen along `direction`.",
        ),
        Wrong(
            lambda layer, x, direction: _gradient(layer, x, direction, _last).norm(dim=0),
            "You take the length over the tokens. One number a token: the length over its coordinates.",
        ),
        Wrong(
            lambda layer, x, direction: _gradient(layer, x, direction, _last).sum(1).flip(0),
            "You add the coordinates of the gradient with their signs. Take the length.",
        ),
        Wrong(
            lambda layer, x, direction: _gradient(layer, x, direction, _last).square().sum(1).flip(0),
            "This is the squared length. Take the root.",
        ),
        Wrong(
            lambda layer, x, direction: _gradient(layer, x, direction, lambda o, d: o[0] @ d).norm(dim=1).flip(0),
            "You listen to the first output, and it has heard the first token alone.",
        ),
    ),
    properties=(
        Property(
            _finds_the_rate_of_a_linear_recurrence,
            "For a state that keeps 0.8 of itself at each step, each further step should leave 0.8 of the gradient.",
        ),
        Property(
            _sees_no_road_where_tokens_do_not_meet,
            "A layer that doubles each token by itself has a gradient at distance 0 alone.",
        ),
    ),
    equivalent_mutants={
        "layer(x)[-1] @ direction -> layer(x)[-1] @ -direction": "A length does not know the sign of its vector.",
        "1 -> -1": "The last axis of a matrix is its axis 1.",
    },
    hints=(
        "Make a copy of x that asks for gradients, and run the layer on it.",
        "`layer(x)[-1] @ direction` is one number; `torch.autograd.grad` gives its gradient, of the shape of x.",
        "Length over the last axis, `norm(dim=1)`, then `flip(0)`.",
    ),
    why="Training can only mend what a gradient reaches. In a recurrent layer the gradient of a token k steps back has "
    "passed through k Jacobians; in attention it passes through one weight of the pattern, however far away.",
)
