"""The metrics benchmark's peer: scores by disentanglement_lib's functions at full constants, on tables of codes that metrics.mjs wrote.

    PYTHONPATH=dlib python3 metrics.py FOLDER [FILTER]     (numpy, scipy, scikit-learn; test/fixtures/disentanglement_library.py says where dlib is from)

Chen's exact MIG is his estimator (10,000 draws for each entropy) on the training images, in NumPy; UDR and active units are NumPy and scikit-learn.
Prints a line of JSON for each score.
"""
import json
import pathlib
import re
import sys
import time

import numpy as np
from sklearn.linear_model import Lasso
from sklearn.preprocessing import StandardScaler

sys.path.append(str(pathlib.Path(__file__).parents[2] / "fixtures"))
from disentanglement_library import load_disentanglement_lib

FOLDER, FILTER = pathlib.Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""
SIZES = np.array([3, 6, 40, 32, 32])
BASES = np.array([245760, 40960, 1024, 32, 1])
TABLES = [np.fromfile(FOLDER / f"codes-{run}.f32", np.float32).reshape(-1, 10) for run in range(4)]
DRAWN = {name: np.fromfile(FOLDER / f"{name}.u32", np.uint32).astype(np.int64) for name in ("train", "test")}
LOG_VAR = np.array(json.loads((FOLDER / "log-variances.json").read_text()))
lib = load_disentanglement_lib()


def factors_of(images):
    return images[:, None] // BASES % SIZES


class Images:
    """disentanglement_lib's view of the dataset: an observation is the image's number, and its representation the row of the table."""

    num_factors = 5

    def __init__(self):
        self.order, self.read = np.concatenate([DRAWN["train"], DRAWN["test"]]), 0

    def sample(self, count, _):
        self.read += count
        images = self.order[self.read - count : self.read]
        return factors_of(images), images

    def sample_observations(self, count, _):
        return self.order[:count]

    def sample_factors(self, count, random_state):
        return np.stack([random_state.randint(size, size=count) for size in SIZES], axis=1)

    def sample_observations_from_factors(self, factors, _):
        return factors @ BASES


encoding = {"seconds": 0.0, "cpu": 0.0}


def represent(images):
    """Stands for an encoder: its time is no score's own."""
    start, cpu = time.perf_counter(), time.process_time()
    codes = TABLES[0][images]
    encoding["seconds"] += time.perf_counter() - start
    encoding["cpu"] += time.process_time() - cpu
    return codes


def free(name):
    return lambda: lib.unsupervised_metrics.unsupervised_metrics(Images(), represent, None, None, 10000)[name]


def modularity():
    images = DRAWN["train"]
    return lib.modularity_explicitness.modularity(lib.utils.discrete_mutual_info(lib.utils.make_discretizer(represent(images).T), factors_of(images).T))


def explicitness():
    train, test = DRAWN["train"], DRAWN["test"]
    seen, mean, deviation = lib.utils.normalize_data(represent(train).T)
    unseen, _, _ = lib.utils.normalize_data(represent(test).T, mean, deviation)
    scores = [lib.modularity_explicitness.explicitness_per_factor(seen, factors_of(train)[:, k], unseen, factors_of(test)[:, k]) for k in range(5)]
    return np.mean([score for _, score in scores])


def exact_mig(draws=10000):
    images = DRAWN["train"]
    mean, factors, random = represent(images).astype(np.float64), factors_of(images), np.random.RandomState(0)
    deviation = np.exp(LOG_VAR / 2)

    def entropies(rows):
        picked = random.choice(rows, draws)
        z = mean[picked] + deviation * random.randn(draws, 10)
        total = np.zeros(10)
        for k in range(0, draws, 10):
            log_q = -0.5 * (((z[k : k + 10, None] - mean[rows]) / deviation) ** 2 + LOG_VAR + np.log(2 * np.pi))
            top = log_q.max(1, keepdims=True)
            total -= (np.log(np.exp(log_q - top).sum(1)) + top[:, 0] - np.log(len(rows))).sum(0)
        return total / draws

    marginal, gaps = entropies(np.arange(len(images))), []
    for k in (1, 2, 3, 4):
        groups = [np.flatnonzero(factors[:, k] == value) for value in range(SIZES[k])]
        inner = sum(len(rows) / len(images) * entropies(rows) for rows in groups)
        ordered = np.sort(np.maximum(marginal - inner, 0))
        gaps.append((ordered[-1] - ordered[-2]) / np.log(SIZES[k]))
    return np.mean(gaps)


def udr():
    images = DRAWN["train"][:1000]
    runs = []
    for table in TABLES:
        kl = 0.5 * (table[images] ** 2 + np.exp(LOG_VAR) - LOG_VAR - 1).mean(0)
        runs.append((StandardScaler().fit_transform(table[images].astype(np.float64)) * (kl > 0.01), kl > 0.01))
    strength = lambda table: np.mean([row.max() ** 2 / row.sum() if row.sum() > 0 else 0 for row in table])
    scores = []
    for theirs, mask in runs[1:]:
        weights = np.abs(Lasso(alpha=0.1).fit(theirs, runs[0][0]).coef_.T)[mask][:, runs[0][1]]
        scores.append((strength(weights) + strength(weights.T)) / 2)
    return np.median(scores)


state = np.random.RandomState(0)
SCORES = {
    "factor-vae": lambda: lib.factor_vae.compute_factor_vae(Images(), represent, state, None, 64, 10000, 5000, 10000)["eval_accuracy"],
    "beta-vae": lambda: lib.beta_vae.compute_beta_vae_sklearn(Images(), represent, state, None, 64, 10000, 5000)["eval_accuracy"],
    "mig": lambda: lib.mig.compute_mig(Images(), represent, None, None, 10000)["discrete_mig"],
    "sap": lambda: lib.sap_score.compute_sap(Images(), represent, None, None, 10000, 5000, continuous_factors=False)["SAP_score"],
    "modularity": modularity,
    "explicitness": explicitness,
    "irs": lambda: lib.irs.compute_irs(Images(), represent, None, None, num_train=10000, batch_size=16)["IRS"],
    "gaussian-tc": free("gaussian_total_correlation"),
    "wasserstein-correlation": free("gaussian_wasserstein_correlation"),
    "wasserstein-correlation-normalised": free("gaussian_wasserstein_correlation_norm"),
    "pairwise-mi": free("mutual_info_score"),
    "active-units": lambda: (represent(DRAWN["train"]).var(0) > 0.01).sum(),
    "udr": udr,
    "mig-exact-10000": exact_mig,
    "dci": lambda: lib.dci.compute_dci(Images(), represent, None, None, 10000, 5000)["disentanglement"],
}
for key, score in SCORES.items():
    if not re.search(FILTER, key):
        continue
    best, spent = {"seconds": np.inf, "cpu": np.inf}, 0
    for _ in range(5):
        if spent < 1:
            table = dict(encoding)
            start, cpu = time.perf_counter(), time.process_time()
            value = float(score())
            used = {"seconds": time.perf_counter() - start, "cpu": time.process_time() - cpu}
            best = {name: min(best[name], used[name] - encoding[name] + table[name]) for name in used}
            spent += used["cpu"]
    print(json.dumps({"key": key, "value": value, **best}), flush=True)
