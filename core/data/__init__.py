"""Corpora and what is known of them: `registry` lists all, `wanted(name)` is for pages, `need(name)` for labs."""

from core.data.wanting import Wanted, need, wanted

__all__ = ["Wanted", "need", "wanted"]
