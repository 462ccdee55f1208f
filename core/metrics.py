"""The figures that `/metrics` shows, those that belong to no feature.

Every figure of plusone is called `plusone_…` and lives in prometheus-client's own registry, beside
those of the process. Labels never carry ids, addresses or names: their values are few.
"""

from prometheus_client import REGISTRY, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

__all__ = ["CONTENT_TYPE_LATEST", "http_requests", "http_seconds", "notices", "sign_ins", "written"]

http_requests = Counter(
    "plusone_http_requests_total", "Requests answered.", ["method", "route", "status"]
)
http_seconds = Histogram(
    "plusone_http_request_seconds",
    "From the head of a request to the end of its answer.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20),
)
notices = Counter("plusone_notices_total", "Notices by what became of them.", ["template", "state"])
sign_ins = Counter("plusone_sign_ins_total", "Sign-ins by kind and outcome.", ["kind", "outcome"])


def written() -> bytes:
    """All figures in the text format that Prometheus reads."""
    return generate_latest(REGISTRY)
