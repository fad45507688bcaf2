"""Chooses the numbers of ``bot/config.yml``: ``python -m bot.tuning`` prints them with their rates.

Every training line is scored by a model that saw neither it nor its family. A family is a cluster
of lines whose sentence vectors are, on average, closer than 0.3 in cosine distance: rewordings of
one phrase never stand on both sides of a split. Nothing here looks at the held-out lines.
The same models are asked noise, words made of letters that follow each other in French: whatever is
understood there is understood for no reason, so it sets the least confidence for acting at all.

A fold takes as long as a training, some minutes; ``--asked`` asks fewer of them, and judges by the
lines of those alone.

Options try several values of class balance and of epochs; the temperatures are those with
the smallest mean surprise; the thresholds the mildest that keep both promises below.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import vstack

from bot import project
from bot.components.caution import EMERGENCY, FALLBACK, OUT_OF_SCOPE, TRANSACTIONS, decide
from bot.components.encoder import shared_encoder
from bot.components.meaning import (
    REPORT,
    UNSPECIFIED,
    MeaningClassifier,
    category_of,
    joint_label,
    rankings,
    softmax,
)
from bot.components.network_training import train_network
from bot.components.ngrams import Ngrams
from bot.components.spelling import Speller
from bot.measures import calibration_error, macro_f1
from bot.noise import noise_lines

FAMILY_DISTANCE = 0.3
FOLDS = 5
# What is promised on lines that nobody trained on. A missed promise weighs five times its size.
OUT_OF_SCOPE_ACTED_ON = 0.02
EMERGENCIES_MISSED = 0.04
NOISE_ACTED_ON = 0.02
_LEAST = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9)
_TEMPERATURES = tuple(round(0.5 + 0.1 * step, 1) for step in range(26))


@dataclass(frozen=True)
class Lines:
    """Training lines as columns; ``rows`` are the encoder's, one a line, of what it reads."""

    texts: list[str]
    written: list[str]
    labels: list[str]
    intents: list[str]
    categories: list[str | None]
    rows: npt.NDArray[np.float32]
    families: npt.NDArray[np.int64]

    def only(self, places: npt.NDArray[np.int64]) -> Lines:
        """The lines at ``places``."""
        return Lines(
            texts=[self.texts[i] for i in places],
            written=[self.written[i] for i in places],
            labels=[self.labels[i] for i in places],
            intents=[self.intents[i] for i in places],
            categories=[self.categories[i] for i in places],
            rows=self.rows[places],
            families=self.families[places],
        )


def training_lines() -> Lines:
    """All training examples with their families."""
    from rasa.shared.importers.importer import TrainingDataImporter
    from sklearn.cluster import AgglomerativeClustering

    importer = TrainingDataImporter.load_from_config(
        str(project.CONFIG), str(project.DOMAIN), [str(path) for path in project.training_files()]
    )
    examples = importer.get_nlu_data().intent_examples
    texts = [str(example.get("text")) for example in examples]
    speller = Speller.fit(texts)
    written = [speller.write_out(text) for text in texts]
    rows = shared_encoder().encode(written)
    clusters = AgglomerativeClustering(
        n_clusters=None, distance_threshold=FAMILY_DISTANCE, affinity="cosine", linkage="average"
    )
    return Lines(
        texts=texts,
        written=written,
        labels=[str(joint_label(example)) for example in examples],
        intents=[str(example.get("intent")) for example in examples],
        categories=[category_of(example) for example in examples],
        rows=rows,
        families=clusters.fit_predict(rows[:, :512]),
    )


@dataclass(frozen=True)
class Unseen:
    """Scores of training lines, each from the model that did not see its family, and of noise from
    every model; ``known``: whether a word of the line was in what that model had seen."""

    lines: Lines
    labels: list[str]
    scores: npt.NDArray[np.float32]
    known: npt.NDArray[np.bool_]
    noise_scores: npt.NDArray[np.float32]
    noise_known: npt.NDArray[np.bool_]


def unseen_scores(
    lines: Lines, *, balance: float, epochs: int, folds: int = FOLDS, asked: int | None = None
) -> Unseen:
    """Leave out each fold, or the first ``asked`` of them, train on the rest and ask it."""
    labels = sorted(set(lines.labels))
    column = {label: position for position, label in enumerate(labels)}
    scores = np.full((len(lines.texts), len(labels)), -1e3, np.float32)
    known = np.ones(len(lines.texts), bool)
    noise = noise_lines(lines.texts)
    speller = Speller.fit(lines.texts)
    noise_written = [speller.write_out(text) for text in noise]
    noise_scores, noise_known, left_out = [], [], []
    for seen, unseen in islice(_splits(lines, folds), asked):
        left_out.append(unseen)
        ngrams = Ngrams.fit([lines.texts[i] for i in seen])
        sparse = vstack([ngrams.row(text) for text in lines.texts]).tocsr()
        network = train_network(
            [lines.written[i] for i in seen],
            lines.rows[seen],
            sparse[seen],
            [lines.labels[i] for i in seen],
            epochs=epochs,
            balance=balance,
        )
        places = [column[label] for label in network.labels]
        scores[np.ix_(unseen, places)] = network.scores(
            [lines.written[i] for i in unseen], sparse[unseen]
        )
        known[unseen] = [ngrams.knows_a_word_of(lines.texts[i]) for i in unseen]
        of_noise = np.full((len(noise), len(labels)), -1e3, np.float32)
        noise_sparse = vstack([ngrams.row(text) for text in noise]).tocsr()
        of_noise[:, places] = network.scores(noise_written, noise_sparse)
        noise_scores.append(of_noise)
        noise_known.append([ngrams.knows_a_word_of(text) for text in noise])
        sys.stderr.write(".")
        sys.stderr.flush()
    sys.stderr.write("\n")
    places = np.concatenate(left_out)
    return Unseen(
        lines.only(places),
        labels,
        scores[places],
        known[places],
        np.vstack(noise_scores),
        np.concatenate(noise_known).astype(bool),
    )


def _splits(lines: Lines, folds: int) -> Iterator[tuple[Any, Any]]:
    from sklearn.model_selection import StratifiedGroupKFold

    split = StratifiedGroupKFold(folds, shuffle=True, random_state=7)
    yield from split.split(lines.rows, lines.labels, lines.families)


def best_temperature(scores: npt.NDArray[Any], truth: npt.NDArray[np.int64]) -> float:
    """The temperature under which the true labels surprise least."""

    def surprise(temperature: float) -> float:
        chances = softmax(scores, temperature)[np.arange(len(truth)), truth]
        return float(-np.log(np.maximum(chances, 1e-12)).mean())

    return min(_TEMPERATURES, key=surprise)


def least_confidence(noise: Sequence[dict[str, float]]) -> float:
    """The mildest limit under which noise is acted on as seldom as promised."""
    sure = [
        confidence
        for shares in noise
        for name, confidence in [max(shares.items(), key=lambda item: item[1])]
        if name != OUT_OF_SCOPE
    ]
    allowed = NOISE_ACTED_ON * len(noise)
    return next(
        (limit for limit in _LEAST if sum(each >= limit for each in sure) <= allowed), _LEAST[-1]
    )


def thresholds(
    shares: Sequence[dict[str, float]],
    intents: Sequence[str],
    known: Sequence[bool] | None = None,
    *,
    anything: float = _LEAST[0],
    unknown: float = _LEAST[-1],
) -> tuple[dict[str, float], dict[str, float]]:
    """The limits that answer the most lines rightly within both promises, and their rates."""
    heard = known if known is not None else [True] * len(shares)
    best: tuple[float, dict[str, float], dict[str, float]] | None = None
    grid = product(
        (0.03, 0.05, 0.08, 0.12, 0.2, 0.3),  # emergency
        (0.3, 0.4, 0.5, 0.6),  # transaction
        (0.03, 0.05, 0.08, 0.1, 0.15, 0.2, 0.3),  # out_of_scope
    )
    for emergency, transaction, out_of_scope in grid:
        limits = {
            "emergency": emergency,
            "transaction": transaction,
            "out_of_scope": out_of_scope,
            "sure": 0.75,
            "anything": anything,
            "unknown": unknown,
            "unknown_emergency": 0.8,
        }
        decided = [
            decide(each, limits, known=bool(any_word))
            for each, any_word in zip(shares, heard, strict=True)
        ]
        found = rates(decided, intents)
        excess = max(0.0, found["out_of_scope_acted_on"] - OUT_OF_SCOPE_ACTED_ON)
        excess += max(0.0, found["emergencies_missed"] - EMERGENCIES_MISSED)
        value = found["intents_right"] - 5 * excess
        if best is None or value > best[0]:
            best = (value, limits, found)
    if best is None:
        raise ValueError("nothing to choose from")
    return best[1], best[2]


def rates(decided: Sequence[str], intents: Sequence[str]) -> dict[str, float]:
    """Shares of lines: right, asked about, out of scope yet acted on, emergencies missed."""

    def share(of: str | None, hit: Callable[[str, str], bool]) -> float:
        hits = [hit(d, i) for d, i in zip(decided, intents, strict=True) if of in (None, i)]
        return sum(hits) / max(1, len(hits))

    calm = [(d, i) for d, i in zip(decided, intents, strict=True) if i != EMERGENCY]
    return {
        "intents_right": share(None, lambda d, i: d == i),
        "asked": share(None, lambda d, i: d == FALLBACK),
        "out_of_scope_acted_on": share(OUT_OF_SCOPE, lambda d, i: d in TRANSACTIONS),
        "emergencies_missed": share(EMERGENCY, lambda d, i: d != EMERGENCY),
        "false_alarms": sum(d == EMERGENCY for d, _ in calm) / max(1, len(calm)),
    }


def _summary(unseen: Unseen) -> dict[str, Any]:
    lines, labels, scores = unseen.lines, unseen.labels, unseen.scores
    column = {label: position for position, label in enumerate(labels)}
    truth = np.array([column[label] for label in lines.labels])
    temperature = best_temperature(scores, truth)
    told = [
        i
        for i, category in enumerate(lines.categories)
        if category not in (None, UNSPECIFIED) and lines.intents[i] == REPORT
    ]
    reports = [p for label, p in column.items() if label.startswith(f"{REPORT}/")]
    within = np.array([reports.index(int(truth[i])) for i in told])
    category_temperature = best_temperature(scores[np.ix_(told, reports)], within)
    shares, confidences = [], []
    for row, intent in zip(softmax(scores, temperature), lines.intents, strict=True):
        ranking, _ = rankings(labels, row)
        shares.append({entry["name"]: entry["confidence"] for entry in ranking})
        confidences.append((ranking[0]["confidence"], ranking[0]["name"] == intent))
    pairs, top3, category_confidences = [], 0, []
    for i, row in zip(told, softmax(scores[told], category_temperature), strict=True):
        _, ranking = rankings(labels, row)
        names = [entry["name"] for entry in ranking if entry["name"] != UNSPECIFIED]
        pairs.append((str(lines.categories[i]), names[0]))
        top3 += lines.categories[i] in names[:3]
        category_confidences.append((ranking[0]["confidence"], names[0] == lines.categories[i]))
    return {
        "intent_accuracy": sum(right for _, right in confidences) / len(confidences),
        "category_accuracy": sum(a == b for a, b in pairs) / len(pairs),
        "category_macro_f1": macro_f1(Counter(pairs)),
        "category_top3": top3 / len(pairs),
        "temperature": temperature,
        "category_temperature": category_temperature,
        "intent_calibration_error": calibration_error(confidences),
        "category_calibration_error": calibration_error(category_confidences),
        "shares": shares,
        "noise": [_shares(labels, row) for row in softmax(unseen.noise_scores, temperature)],
    }


def _shares(labels: list[str], probabilities: npt.NDArray[Any]) -> dict[str, float]:
    ranking, _ = rankings(labels, probabilities)
    return {entry["name"]: entry["confidence"] for entry in ranking}


def main() -> int:
    """Command line entry."""
    parser = argparse.ArgumentParser(prog="python -m bot.tuning", description=__doc__)
    parser.add_argument("--balance", type=float, nargs="+", default=[0.3])
    epochs = MeaningClassifier.get_default_config()["epochs"]
    parser.add_argument("--epochs", type=int, nargs="+", default=[epochs])
    parser.add_argument("--folds", type=int, default=FOLDS)
    parser.add_argument("--asked", type=int, help="how many of the folds are left out in turn")
    options = parser.parse_args()
    lines = training_lines()
    families = len(set(lines.families.tolist()))
    sys.stdout.write(f"{len(lines.texts)} lines, {families} families, {options.folds} folds\n")
    for epochs, balance in product(options.epochs, options.balance):
        unseen = unseen_scores(
            lines, balance=balance, epochs=epochs, folds=options.folds, asked=options.asked
        )
        found = _summary(unseen)
        noise = list(zip(found.pop("noise"), unseen.noise_known, strict=True))
        limits, decided = thresholds(
            found.pop("shares"),
            unseen.lines.intents,
            list(unseen.known),
            anything=least_confidence([shares for shares, any_word in noise if any_word]),
            unknown=least_confidence([shares for shares, any_word in noise if not any_word]),
        )
        asked = len(unseen.lines.texts)
        sys.stdout.write(f"epochs {epochs} balance {balance}: {asked} lines asked\n")
        for name, value in {**found, **decided}.items():
            sys.stdout.write(f"  {name}: {value:.4f}\n")
        sys.stdout.write(f"  thresholds: {limits}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
