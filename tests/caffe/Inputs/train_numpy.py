"""train_numpy.py FOLDER: solvers of every type and policy against NumPy.

Each trains a softmax regression on one batch for a few steps, from weights in a
.caffemodel, by `dlcc train`; NumPy takes the same steps by Caffe's formulas.
Prints a line for each and whether the weights agree.
"""

import pathlib
import subprocess
import sys

import numpy as np

import caffe_numpy

NET = """
  name: "regression"
  layer { name: "data" type: "HDF5Data" top: "data" top: "label"
          hdf5_data_param { source: "list.txt" batch_size: 8 } }
  layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
          param { lr_mult: 1 decay_mult: 1 } param { lr_mult: 2 decay_mult: 0 }
          inner_product_param { num_output: 4 } }
  layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
"""
DEPLOY = """name: "regression"
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 4 dim: 3 } } }
layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" inner_product_param { num_output: 4 } }
"""
CASES = {
    "sgd": 'base_lr: 0.5 momentum: 0.9 lr_policy: "fixed" weight_decay: 0.01',
    "step": 'base_lr: 0.5 momentum: 0.9 lr_policy: "step" gamma: 0.1 stepsize: 2',
    "exp": 'base_lr: 0.5 momentum: 0.5 lr_policy: "exp" gamma: 0.7',
    "inv": 'base_lr: 0.5 momentum: 0.9 lr_policy: "inv" gamma: 0.1 power: 0.75',
    "multistep": 'base_lr: 0.5 momentum: 0.9 lr_policy: "multistep" gamma: 0.5 '
                 'stepvalue: 1 stepvalue: 3 stepvalue: 4',
    "poly": 'base_lr: 0.5 momentum: 0.9 lr_policy: "poly" power: 0.5',
    "sigmoid": 'base_lr: 0.5 momentum: 0.9 lr_policy: "sigmoid" gamma: -0.8 stepsize: 3',
    "nesterov": 'type: "Nesterov" base_lr: 0.5 momentum: 0.9 lr_policy: "step" gamma: 0.5 '
                'stepsize: 1 weight_decay: 0.01',
    "adagrad": 'type: "AdaGrad" base_lr: 0.5 lr_policy: "fixed" weight_decay: 0.01',
    "rmsprop": 'type: "RMSProp" base_lr: 0.1 lr_policy: "fixed" rms_decay: 0.9',
    "adadelta": 'type: "AdaDelta" base_lr: 1 momentum: 0.95 delta: 1e-6 lr_policy: "fixed"',
    "adam": 'type: "Adam" base_lr: 0.1 momentum: 0.9 momentum2: 0.999 delta: 1e-3 '
            'lr_policy: "fixed" weight_decay: 0.01',
    "l1": 'base_lr: 0.5 momentum: 0.9 lr_policy: "fixed" weight_decay: 0.01 '
          'regularization_type: "L1"',
    "clip": 'base_lr: 0.5 momentum: 0.9 lr_policy: "fixed" clip_gradients: 0.3 weight_decay: 0.1',
    "iter_size": 'base_lr: 0.5 momentum: 0.9 lr_policy: "fixed" iter_size: 2 clip_gradients: 0.6',
    "older": 'solver_type: NESTEROV base_lr: 0.5 momentum: 0.9 lr_policy: "fixed"',
}
STEPS = 5


def rate_at(solver, step):
    get = lambda name, otherwise=0: caffe_numpy.get(solver, name, otherwise)
    base, gamma, power = get("base_lr"), get("gamma"), get("power")
    return {"fixed": lambda: base,
            "step": lambda: base * gamma ** (step // get("stepsize")),
            "exp": lambda: base * gamma ** step,
            "inv": lambda: base * (1 + gamma * step) ** -power,
            "multistep": lambda: base * gamma ** sum(
                step >= at for at in caffe_numpy.all_of(solver, "stepvalue")),
            "poly": lambda: base * (1 - step / STEPS) ** power,
            "sigmoid": lambda: base / (1 + np.exp(-gamma * (step - get("stepsize")))),
            }[get("lr_policy")]()


def train(solver, weights, x, label):
    get = lambda name, otherwise=0: caffe_numpy.get(solver, name, otherwise)
    kind = {"NESTEROV": "Nesterov"}.get(get("solver_type"), get("type", "SGD"))
    momentum, delta, calls = get("momentum"), get("delta", 1e-8), get("iter_size", 1)
    weights = [w.astype("f8") for w in weights]
    first = [np.zeros_like(w) for w in weights]
    second = [np.zeros_like(w) for w in weights]
    for step in range(STEPS):
        p = caffe_numpy.softmax(x @ weights[0].T + weights[1], 1)
        p[np.arange(len(x)), label] -= 1
        p /= len(x)
        # Every call of a step sees the same batch here, and gradients add up.
        gradients = [calls * p.T @ x, calls * p.sum(0)]
        norm = np.sqrt(sum((g * g).sum() for g in gradients))
        if 0 < get("clip_gradients") < norm:
            gradients = [g * get("clip_gradients") / norm for g in gradients]
        for i, (w, g) in enumerate(zip(weights, gradients)):
            rate = rate_at(solver, step) * (1, 2)[i]
            g = g / calls
            decay = get("weight_decay") * (1, 0)[i]
            g = g + decay * (np.sign(w) if get("regularization_type") == "L1" else w)
            if kind in ("SGD", "Nesterov"):
                old = first[i]
                first[i] = momentum * old + rate * g
                change = (first[i] if kind == "SGD"
                          else (1 + momentum) * first[i] - momentum * old)
            elif kind == "AdaGrad":
                first[i] = first[i] + g * g
                change = rate * g / (np.sqrt(first[i]) + delta)
            elif kind == "RMSProp":
                decayed = get("rms_decay", 0.99)
                first[i] = decayed * first[i] + (1 - decayed) * g * g
                change = rate * g / (np.sqrt(first[i]) + delta)
            elif kind == "AdaDelta":
                first[i] = momentum * first[i] + (1 - momentum) * g * g
                change = g * np.sqrt((delta + second[i]) / (delta + first[i]))
                second[i] = momentum * second[i] + (1 - momentum) * change * change
                change = rate * change
            else:
                beta2 = get("momentum2", 0.999)
                first[i] = momentum * first[i] + (1 - momentum) * g
                second[i] = beta2 * second[i] + (1 - beta2) * g * g
                correction = np.sqrt(1 - beta2 ** (step + 1)) / (1 - momentum ** (step + 1))
                change = rate * correction * first[i] / (np.sqrt(second[i]) + delta)
            weights[i] = w - change
    return weights


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(3)
    x = random.normal(size=(8, 3)).astype("f4")
    label = random.integers(0, 4, 8).astype("i4")
    np.savez(folder / "data.npz", data=x, label=label)
    np.save(folder / "probe.npy", np.concatenate([np.zeros((1, 3)), np.eye(3)]).astype("f4"))
    (folder / "deploy.prototxt").write_text(DEPLOY)
    weights = [random.normal(size=(4, 3)).astype("f4"), random.normal(size=4).astype("f4")]
    caffe_numpy.write_model(folder / "start.caffemodel", {"ip": weights})
    failed = False
    for name, text in CASES.items():
        if sys.argv[2:] and name not in sys.argv[2:]:
            continue
        path = folder / f"{name}.prototxt"
        path.write_text(f"net_param {{ {NET} }}\n{text}\nmax_iter: {STEPS}\n")
        ended = subprocess.run(
            ["dlcc", "train", path, "--data", folder / "data.npz", "--weights",
             folder / "start.caffemodel", "--checkpoint", folder / f"{name}.dlw"],
            check=False, capture_output=True, text=True)
        if ended.returncode:
            print(name, ended.stderr)
            return 1
        subprocess.run(
            ["dlcc", "run", folder / "deploy.prototxt", "--weights", folder / f"{name}.dlw",
             "--input", f"data={folder}/probe.npy", "--output", f"ip={folder}/ip.npy"],
            check=True, stderr=subprocess.DEVNULL)
        found = np.load(folder / "ip.npy")
        expected = train(caffe_numpy.parse(text), weights, x.astype("f8"), label)
        wanted = np.concatenate([expected[1][None], expected[0].T + expected[1]])
        error = abs(found - wanted).max()
        failed |= not error < 2e-5
        print(name, bool(error < 2e-5), "" if error < 2e-5 else error)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
