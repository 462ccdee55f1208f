from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.svm import Matrix

class TfidfVectorizer:
    vocabulary_: dict[str, int]
    idf_: NDArray[np.float64]
    def __init__(
        self,
        *,
        analyzer: str | Callable[[str], Sequence[str]] = ...,
        sublinear_tf: bool = ...,
        min_df: int = ...,
        dtype: type[Any] = ...,
    ) -> None: ...
    def fit_transform(self, raw_documents: Iterable[str]) -> Matrix: ...
    def transform(self, raw_documents: Iterable[str]) -> Matrix: ...
