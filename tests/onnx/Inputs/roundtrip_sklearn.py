"""Models that scikit-learn fits, converted by skl2onnx, run by dlcc.

  roundtrip_sklearn.py FOLDER      compares within 1e-4; prints a line a model

Of a classifier the probabilities are compared, without the map that skl2onnx
makes of them (zipmap=False), and the labels.
"""

import pathlib
import subprocess
import sys
import warnings

import numpy
from skl2onnx import to_onnx
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

warnings.simplefilter("ignore")


def main():
    folder = pathlib.Path(sys.argv[1])
    rng = numpy.random.default_rng(0)
    x = rng.standard_normal((60, 5)).astype(numpy.float32)
    label = (x[:, 0] + x[:, 1] > 0).astype(int) + (x[:, 2] > 0.5)
    target = x @ rng.standard_normal(5).astype(numpy.float32)
    models = {
        "StandardScaler": StandardScaler().fit(3 * x + 1),
        "MinMaxScaler": MinMaxScaler().fit(x),
        "PCA": PCA(3).fit(x),
        "LinearRegression": LinearRegression().fit(x, target),
        "MLPRegressor": MLPRegressor(hidden_layer_sizes=(7,), max_iter=40).fit(x, target),
        "LogisticRegression": LogisticRegression().fit(x, label),
        "MLPClassifier": MLPClassifier((7, 6), max_iter=40).fit(x, label),
        "pipeline": make_pipeline(StandardScaler(), PCA(4),
                                  MLPClassifier((7,), max_iter=40)).fit(x, label),
        "KMeans": KMeans(3, n_init=1).fit(x),
    }
    numpy.save(folder / "x.npy", x[:7])
    for name, model in models.items():
        isClassifier = hasattr(model, "predict_proba")
        options = {id(model): {"zipmap": False}} if isClassifier else None
        file = folder / f"{name}.onnx"
        converted = to_onnx(model, x[:1], options=options)
        file.write_bytes(converted.SerializeToString())
        first, last = (converted.graph.output[i].name for i in (0, -1))
        done = subprocess.run(
            ["dlcc", "run", file, "--batch", "7", "--input",
             f"{converted.graph.input[0].name}={folder / 'x.npy'}", "--output",
             f"{last}={folder / 'y.npy'}", *(
                 ["--output", f"{first}={folder / 'label.npy'}"]
                 if isClassifier else [])], capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{name}: {done.stderr}")
        if isClassifier and (numpy.load(folder / "label.npy") !=
                             model.predict(x[:7])).any():
            sys.exit(f"{name}: the labels differ")
        expected = (model.predict_proba if isClassifier else
                    model.transform if hasattr(model, "transform") else
                    model.predict)(x[:7])
        found = numpy.load(folder / "y.npy").reshape(expected.shape)
        error = numpy.abs(found - expected).max() / numpy.abs(expected).max()
        if not error <= 1e-4:
            sys.exit(f"{name}: error {error}")
        print(f"{name}: agrees")


if __name__ == "__main__":
    main()
