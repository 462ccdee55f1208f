from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

class Matrix: ...

class LinearSVC:
    classes_: NDArray[np.str_]
    coef_: NDArray[np.float64]
    intercept_: NDArray[np.float64]
    def __init__(
        self,
        *,
        C: float = ...,
        random_state: int | None = ...,
        dual: bool = ...,
        max_iter: int = ...,
        tol: float = ...,
    ) -> None: ...
    def fit(self, X: Matrix, y: Sequence[str]) -> LinearSVC: ...
    def decision_function(self, X: Matrix) -> NDArray[np.float64]: ...
