"""scikit-learn's GradientBoostingClassifier on the arrays of boosting.mjs; prints seconds of processor time, accuracy and importances as JSON.

    python3 boosting.py FOLDER COLUMNS SAMPLES STAGES FACTORS
"""
import json
import sys
import time
from pathlib import Path

import numpy as np
import sklearn
from sklearn.ensemble import GradientBoostingClassifier

folder = Path(sys.argv[1])
columns, samples, stages, count = map(int, sys.argv[2:])
codes = np.fromfile(folder / "codes", np.float32).reshape(-1, columns)
factors = []
for j in range(count):
    labels = np.fromfile(folder / f"labels-{j}", np.int32)
    start = time.process_time()
    model = GradientBoostingClassifier(n_estimators=stages, random_state=0).fit(codes[:samples], labels[:samples])
    seconds = time.process_time() - start
    accuracy = model.score(codes[samples:], labels[samples:])
    factors.append(dict(seconds=seconds, accuracy=accuracy, importances=model.feature_importances_.tolist()))
print(json.dumps(dict(version=f"scikit-learn {sklearn.__version__}", factors=factors)))
