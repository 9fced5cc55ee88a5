from tests.live.sites import site

__all__ = ["site"]
