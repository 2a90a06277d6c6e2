"""A ripple tank whose sources can be pulled about."""

from superposition.widgets.live_figure import Bounded, LiveFigure


class Ripples(LiveFigure):
    """Add the rings of n sources and look at their height, their brightness, and their arrows at one place.

    Every ring has amplitude 1 at any distance, as in `waves.circular_wave`. A phase_seed of 0 sets all sources in step;
    any other seed gives each a random phase. The wavelength is in units of which the tank is 16 wide and 12 high.
    Raises a `TraitError` that names the bounds when a value lies outside them.
    """

    figure = "ripples"
    height_hint = 560
    height_hint_narrow = 900

    n_sources = Bounded(1, 12, 2)
    wavelength = Bounded(0.8, 4.0, 1.2)
    phase_seed = Bounded(0, 9999, 0)

    def __init__(self, n_sources: int = 2, wavelength: float = 1.2, phase_seed: int = 0) -> None:
        super().__init__(n_sources=n_sources, wavelength=wavelength, phase_seed=phase_seed)

    def describe(self) -> str:
        """Return the sentence for a tank that nobody has touched yet."""
        sources = "1 source" if self.n_sources == 1 else f"{self.n_sources} sources"
        phases = "with random phases" if self.phase_seed else "in step"
        return f"Rings from {sources} {phases}, wavelength {self.wavelength:g}, and their sum at every place."
