"""Corpora and what is known about them: `registry` lists all data, `wanted(name)` gives it to a page."""

from core.data.wanting import Wanted, wanted

__all__ = ["Wanted", "wanted"]
