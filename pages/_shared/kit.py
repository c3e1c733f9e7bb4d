"""Everything a room needs, in one import: `from pages._shared import kit`."""

from pages._shared.cache import cached, verified
from pages._shared.compare import compared
from pages._shared.controls import Preset, apply, controls, presets, remembered
from pages._shared.events import event, index, said
from pages._shared.export import toolbar
from pages._shared.job import Followed, computed, follow, key_of, live
from pages._shared.own_data import own_text
from pages._shared.page import Page, begin
from pages._shared.predict import Question, predict
from pages._shared.refuse import plain, refuse, sentences
from pages._shared.show import show, show_board

__all__ = [
    "Followed",
    "Page",
    "Preset",
    "Question",
    "apply",
    "begin",
    "cached",
    "compared",
    "computed",
    "controls",
    "event",
    "follow",
    "index",
    "key_of",
    "live",
    "own_text",
    "plain",
    "predict",
    "presets",
    "refuse",
    "remembered",
    "said",
    "sentences",
    "show",
    "show_board",
    "toolbar",
    "verified",
]
