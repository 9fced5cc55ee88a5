"""The only reader of the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a machine says about itself; an office's own facts stand in its ``office.toml``."""

    model_config = SettingsConfigDict(env_prefix="GONGKAI_", extra="ignore")

    home: Path | None = None
    """GONGKAI_HOME: the office's folder, where no ``--home`` names another."""
    lang: Literal["zh", "en"] = "zh"
    """GONGKAI_LANG: the language of messages."""
