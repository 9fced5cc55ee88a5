from tests.storage.web.sites import site

__all__ = ["site"]
