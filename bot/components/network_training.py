"""Moves the sentence encoder's weights towards our labels, in TensorFlow, while training only.

The package's network is rebuilt with its weights. A softmax layer on top starts as a linear model
of the encoder's rows and learns to add what n-grams tell. A fifth of the numbers, a quarter of the
words and half of the n-grams are left out at random all along: no line is known by one word.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from bot.components.encoder import Rows, original_network
from bot.components.tuned_network import TunedNetwork, piece_vectors, scaled, weights_of

_BATCH = 64
# How fast the network, its pieces of words and the parts of the layer on top learn at first.
_RATES = {"network": 7e-4, "vectors": 1e-3, "top": 2e-3, "grams": 4e-3}
_WORDS_LEFT_OUT, _NUMBERS_LEFT_OUT, _ROW_LEFT_OUT, _GRAMS_LEFT_OUT = 0.25, 0.2, 0.5, 0.5
_SMOOTHING = 0.05
# Beside the labels, which part reports by category, the intents count by themselves.
_INTENTS_COUNT = 0.5
# Rows, and the words and pieces of n-grams, have length one; the layer on top learns better from
# longer ones.
_LENGTH, _GRAMS_LENGTH = 5.0, 2.0
_PROBE_STRENGTH, _PROBE_STEPS = 0.3, 25
_WINDOWS = ((2, 0), (3, 1), (5, 2))
_WIDTH = 256
_SEED = 7

Pieces = list[npt.NDArray[np.int64]]


def train_network(
    texts: Sequence[str],
    rows: Rows,
    grams: csr_matrix,
    labels: Sequence[str],
    *,
    epochs: int,
    balance: float,
) -> TunedNetwork:
    """Train on one label a text; ``rows`` are the encoder's own of these texts, ``grams`` n-grams.

    With fewer than two labels there is nothing to tell apart: the network is empty.
    """
    names = sorted(set(labels))
    if len(names) < 2:
        return TunedNetwork()
    learner = _Learner(texts, rows, grams, labels, names, balance)
    return TunedNetwork(names, learner.learn(epochs))


def class_weights(labels: Sequence[str], balance: float) -> Rows:
    """Weight of each row: all alike at ``balance`` 0, equal shares for all labels at 1."""
    counts = Counter(labels)
    mean = len(labels) / len(counts)
    return np.array([(mean / counts[label]) ** balance for label in labels], np.float32)


def linear_start(rows: Rows, labels: Sequence[str], weights: Rows) -> tuple[Rows, Rows]:
    """Weights ``(width, labels)`` and intercepts of a linear model, far from its best: a start."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_PROBE_STRENGTH, max_iter=_PROBE_STEPS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(rows, labels, sample_weight=weights)
    top, intercepts = model.coef_.T, model.intercept_
    if len(model.classes_) == 2:  # one column for both
        top, intercepts = np.hstack([-top, top]) / 2, np.hstack([-intercepts, intercepts]) / 2
    return top.astype(np.float32), intercepts.astype(np.float32)


class Network:
    """The package's forward pass over batches of equally long lines, in TensorFlow."""

    def __init__(self, pieces: npt.NDArray[np.int64]) -> None:
        import tensorflow as tf

        original = original_network()
        self._tf = tf
        self._eps = original.eps
        self.vectors = tf.Variable(piece_vectors(original, pieces))
        self.weights = {name: tf.Variable(each) for name, each in weights_of(original).items()}

    def rows(
        self, places: Any, lengths: Any, *, words_out: float = 0, numbers_out: float = 0
    ) -> Any:
        """As ``TappedNetwork.rows``; ``places`` in the pieces, ``(lines, longest)``."""
        tf, weights = self._tf, self.weights
        inside = tf.sequence_mask(lengths, tf.shape(places)[1], dtype=tf.float32)[:, :, None]
        words = tf.nn.embedding_lookup(self.vectors, places)
        if words_out:
            kept = tf.random.uniform(tf.shape(places)) > words_out
            words *= tf.cast(kept, tf.float32)[:, :, None]
        projected = _product(tf, words, weights["proj_W"]) + weights["proj_b"]
        projected = self._normed(projected, weights["ln_g_all"], weights["ln_b_all"]) * inside
        parts = [words]
        for i, (width, left) in enumerate(_WINDOWS):
            part = projected[:, :, i * _WIDTH : (i + 1) * _WIDTH]
            for layer in "12":
                window = _windows(tf, part * inside, width, left)
                seen = _product(tf, window, weights[f"w{layer}_{i}"]) + weights[f"b{layer}_{i}"]
                part += tf.nn.relu(seen)
            parts.append(part)
        features = self._normed(tf.concat(parts, -1), weights["ln_g"], weights["ln_b"])
        if numbers_out:
            features = tf.nn.dropout(features, numbers_out)
        pooled = tf.reduce_sum(features * inside, 1)
        return tf.concat([self._sentence(pooled, lengths), pooled], -1)

    def _sentence(self, pooled: Any, lengths: Any) -> Any:
        tf, weights = self._tf, self.weights
        length = tf.cast(lengths, tf.float32)[:, None]
        mean = (pooled @ weights["cnn_W"] + length * weights["cnn_b"]) * tf.math.rsqrt(length)
        first = tf.nn.relu(mean @ weights["d0"])
        second = tf.nn.relu(mean @ weights["p1"] + first @ weights["d1"])
        third = tf.nn.relu(second @ weights["d2"])
        last = tf.tanh(second @ weights["p3"] + third @ weights["d3"])
        square = tf.reduce_sum(last * last, -1, keepdims=True)
        return last * tf.math.rsqrt(tf.maximum(square, self._eps))

    def _normed(self, values: Any, gain: Any, offset: Any) -> Any:
        mean, variance = self._tf.nn.moments(values, -1, keepdims=True)
        return (values - mean) * self._tf.math.rsqrt(variance + self._eps) * gain + offset


def _product(tf: Any, values: Any, matrix: Any) -> Any:
    """Every line's every row times the matrix."""
    shape = tf.shape(values)
    flat = tf.reshape(values, [-1, matrix.shape[0]]) @ matrix
    return tf.reshape(flat, [shape[0], shape[1], matrix.shape[1]])


def _windows(tf: Any, values: Any, width: int, left: int) -> Any:
    """Each row beside its neighbours, zeros beyond the line's ends."""
    length = tf.shape(values)[1]
    padded = tf.pad(values, [[0, 0], [left, width - 1 - left], [0, 0]])
    return tf.concat([padded[:, start : start + length] for start in range(width)], -1)


def padded(lines: Pieces) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Lines as one array, and their lengths."""
    lengths = np.array([len(line) for line in lines], np.int32)
    filled = np.zeros((len(lines), int(lengths.max())), np.int32)
    for row, line in zip(filled, lines, strict=True):
        row[: len(line)] = line
    return filled, lengths


def padded_grams(grams: csr_matrix) -> tuple[npt.NDArray[np.int32], Rows]:
    """Columns and values of every row, filled up with column 0 and value 0."""
    counts = np.diff(grams.indptr)
    inside = np.arange(max(1, int(counts.max()))) < counts[:, None]
    columns, values = np.zeros(inside.shape, np.int32), np.zeros(inside.shape, np.float32)
    columns[inside], values[inside] = grams.indices, grams.data
    return columns, values


def split_in_pieces(texts: Sequence[str]) -> tuple[Pieces, npt.NDArray[np.int64]]:
    """The lines as places in the pieces that they have, and these pieces."""
    encode = original_network().sp.encode
    lines = [encode(text, out_type=int, add_bos=True, add_eos=True) for text in texts]
    pieces = np.unique(np.concatenate([np.asarray(line, np.int64) for line in lines]))
    return [np.searchsorted(pieces, line) for line in lines], pieces


class _Learner:
    """One training: the network, the layer on top, the lines."""

    def __init__(
        self,
        texts: Sequence[str],
        rows: Rows,
        grams: csr_matrix,
        labels: Sequence[str],
        names: list[str],
        balance: float,
    ) -> None:
        import tensorflow as tf

        self._tf = tf
        self._line_grams = grams
        self._lines, self._pieces = split_in_pieces(texts)
        self._truth = np.searchsorted(names, labels).astype(np.int32)
        self._weights = class_weights(labels, balance)
        self._mean, self._spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
        start, intercepts = linear_start(
            scaled(rows, self._mean, self._spread) * np.float32(_LENGTH), labels, self._weights
        )
        self._network = Network(self._pieces)
        self._top, self._intercepts = tf.Variable(start), tf.Variable(intercepts)
        self._grams = tf.Variable(np.zeros((grams.shape[1], len(names)), np.float32))
        intents = sorted({name.partition("/")[0] for name in names})
        belongs = [[name.partition("/")[0] == intent for intent in intents] for name in names]
        self._belongs = tf.constant(belongs, tf.float32)
        self._names = names

    def learn(self, epochs: int) -> dict[str, npt.NDArray[Any]]:
        """The arrays of a ``TunedNetwork``."""
        tf, network = self._tf, self._network
        tf.random.set_seed(_SEED)
        random = np.random.default_rng(_SEED)
        groups = {
            "network": list(network.weights.values()),
            "vectors": [network.vectors],
            "top": [self._top, self._intercepts],
            "grams": [self._grams],
        }
        steps = epochs * -(-len(self._lines) // _BATCH)
        optimizers = []
        for name, variables in groups.items():
            rate = tf.keras.optimizers.schedules.CosineDecay(_RATES[name], steps, alpha=0.05)
            optimizers.append(tf.keras.optimizers.Adam(rate, global_clipnorm=1.0))
            optimizers[-1].build(variables)

        @tf.function(
            autograph=False,
            input_signature=[
                tf.TensorSpec([None, None], tf.int32),
                tf.TensorSpec([None], tf.int32),
                *(tf.TensorSpec([None, None], kind) for kind in (tf.int32, tf.float32)),
                *(tf.TensorSpec([None], kind) for kind in (tf.int32, tf.float32)),
            ],
        )
        def step(
            places: Any, lengths: Any, columns: Any, values: Any, truth: Any, weights: Any
        ) -> None:
            with tf.GradientTape() as tape:
                scores = self._scores(places, lengths, columns, values)
                loss = self._loss(scores, truth, weights)
            gradients = tape.gradient(loss, list(groups.values()))
            for optimizer, found, variables in zip(
                optimizers, gradients, groups.values(), strict=True
            ):
                whole = [tf.convert_to_tensor(each) for each in found]
                optimizer.apply_gradients(zip(whole, variables, strict=True))

        for _ in range(epochs):
            for batch in self._batches(random):
                step(
                    *padded([self._lines[i] for i in batch]),
                    *padded_grams(self._line_grams[batch]),
                    self._truth[batch],
                    self._weights[batch],
                )
        return {
            **{name: each.numpy() for name, each in network.weights.items()},
            "pieces": self._pieces,
            "vectors": network.vectors.numpy().astype(np.float16),
            "mean": self._mean,
            "spread": self._spread,
            "top": self._top.numpy() * np.float32(_LENGTH),
            "grams": (self._grams.numpy() * np.float32(_GRAMS_LENGTH)).astype(np.float16),
            "intercepts": self._intercepts.numpy(),
        }

    def _scores(self, places: Any, lengths: Any, columns: Any, values: Any) -> Any:
        tf = self._tf
        rows = self._network.rows(
            places, lengths, words_out=_WORDS_LEFT_OUT, numbers_out=_NUMBERS_LEFT_OUT
        )
        moved = (rows - self._mean) / self._spread
        moved *= _LENGTH * tf.math.rsqrt(tf.reduce_sum(moved * moved, -1, keepdims=True) + 1e-6)
        kept = tf.nn.dropout(values, _GRAMS_LEFT_OUT) * _GRAMS_LENGTH
        of_grams = tf.einsum("lg,lgn->ln", kept, tf.nn.embedding_lookup(self._grams, columns))
        return tf.nn.dropout(moved, _ROW_LEFT_OUT) @ self._top + of_grams + self._intercepts

    def _loss(self, scores: Any, truth: Any, weights: Any) -> Any:
        tf = self._tf
        count = len(self._names)
        wanted = tf.one_hot(truth, count) * (1 - _SMOOTHING) + _SMOOTHING / count
        surprise = tf.nn.softmax_cross_entropy_with_logits(wanted, scores)
        of_intents = tf.math.log(tf.nn.softmax(scores) @ self._belongs + 1e-7)
        by_intent = -tf.reduce_sum((wanted @ self._belongs) * of_intents, -1)
        return tf.reduce_mean(weights * surprise) + _INTENTS_COUNT * tf.reduce_mean(by_intent)

    def _batches(self, random: np.random.Generator) -> Iterator[npt.NDArray[np.int64]]:
        """All lines once, lines of about one length together."""
        lengths = np.array([len(line) for line in self._lines])
        order = np.argsort(lengths + random.uniform(0, 6, len(lengths)), kind="stable")
        batches = [order[start : start + _BATCH] for start in range(0, len(order), _BATCH)]
        for position in random.permutation(len(batches)):
            yield batches[position]
