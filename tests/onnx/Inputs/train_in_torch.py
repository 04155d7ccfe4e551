"""Writes what tests/onnx/trains.test compares with: models that PyTorch
exported, and what PyTorch makes of them in 20 steps. Was run once, with PyTorch
2; the files lie beside this one.

    python train_in_torch.py FOLDER
"""

import json
import pathlib
import sys

import torch
from torch import nn

from train_data import DATA

FOLDER = pathlib.Path(sys.argv[1])
STEPS = 20


def mlp():
    return nn.Sequential(nn.Flatten(), nn.Linear(16, 8), nn.Tanh(),
                         nn.Linear(8, 3))


def cnn():
    # A bias before the normalisation would have gradients of rounding alone,
    # which Adam makes large.
    return nn.Sequential(nn.Conv2d(1, 4, 3, padding=1, bias=False),
                         nn.BatchNorm2d(4),
                         nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                         nn.Linear(16, 3))


def regression():
    return nn.Sequential(nn.Flatten(), nn.Linear(16, 5), nn.GELU(),
                         nn.Linear(5, 1))


CASES = {
    "mlp": (mlp, nn.CrossEntropyLoss(), "label",
            lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9,
                                      weight_decay=1e-2)),
    "cnn": (cnn, nn.CrossEntropyLoss(), "label",
            lambda p: torch.optim.Adam(p, lr=0.01)),
    "regression": (regression, nn.MSELoss(), "target",
                   lambda p: torch.optim.RMSprop(p, lr=0.01)),
}

for name, (make, loss_of, goal, optimizer_of) in CASES.items():
    torch.manual_seed(1)
    model = make()
    x = torch.from_numpy(DATA["x"])
    wanted = torch.from_numpy(DATA[goal])
    wanted = wanted.long() if goal == "label" else wanted
    # Kept as it is trained: normalisation stays apart from the convolution.
    torch.onnx.export(model, (x,), FOLDER / f"train_{name}.onnx",
                      input_names=["x"], output_names=["y"],
                      dynamic_axes={"x": {0: "N"}, "y": {0: "N"}},
                      training=torch.onnx.TrainingMode.TRAINING,
                      do_constant_folding=False, dynamo=False)
    # The export has run the model once; the file has the statistics of that.
    optimizer = optimizer_of(model.parameters())
    losses = []
    model.train()
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = loss_of(model(x), wanted)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    with torch.no_grad():
        after = model(x)
    with open(FOLDER / f"train_{name}.json", "w", encoding="utf-8") as file:
        json.dump({"losses": losses, "after": after.tolist()}, file)
        file.write("\n")
