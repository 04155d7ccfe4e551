"""What networks are trained on in comparisons: images and labels, or tokens and
those that follow them, read from files or made."""

import collections
import gzip
import sys

import numpy as np


def read_bytes(path):
    for candidate in (path, path.with_name(path.name + ".gz")):
        if candidate.exists():
            data = candidate.read_bytes()
            return gzip.decompress(data) if candidate.suffix == ".gz" else data
    sys.exit(f"there is no {path}")


def read_cifar(files):
    rows = np.concatenate([np.frombuffer(read_bytes(file), np.uint8)
                           .reshape(-1, 3073) for file in files])
    return rows[:, 1:], rows[:, 0]


class Images:
    """Images of a shape, and their classes."""

    def __init__(self, image, classes):
        self.image, self.classes = image, classes

    def read(self, folder, is_test=False):
        """Numbers from 0 to 1, a row for each image of a folder with CIFAR-10's
        binary files or MNIST's, and labels."""
        if any(folder.glob("data_batch_1.bin*")):
            numbers = [n for n in range(1, 6)
                       if any(folder.glob(f"data_batch_{n}.bin*"))]
            files = ["test_batch.bin"] if is_test else [
                f"data_batch_{n}.bin" for n in numbers]
            images, labels = read_cifar([folder / file for file in files])
        else:
            part = "t10k" if is_test else "train"
            images = np.frombuffer(
                read_bytes(folder / f"{part}-images-idx3-ubyte")[16:], np.uint8)
            labels = np.frombuffer(
                read_bytes(folder / f"{part}-labels-idx1-ubyte")[8:], np.uint8)
            images = images.reshape(len(labels), -1)
        return images.astype(np.float32) / np.float32(255), labels.astype(np.int32)

    def make(self, rows):
        random = np.random.default_rng(5)
        images = random.standard_normal((rows, int(np.prod(self.image))),
                                        np.float32)
        return images, random.integers(0, self.classes, rows, np.int32)

    def outputs(self, rows):
        return rows, self.classes

    def batches(self, data, batch, seed, epoch):
        """An epoch in an order of its own; the last batch may be short."""
        images, labels = data
        order = np.random.default_rng([seed, epoch]).permutation(len(images))
        for start in range(0, len(order), batch):
            rows = order[start:start + batch]
            yield np.ascontiguousarray(images[rows]), labels[rows]


class Text:
    """Tokens of a vocabulary, `steps` a row and batch; each row of the batches
    goes on where it stopped."""

    def __init__(self, vocabulary, steps, words=False):
        self.vocabulary, self.steps, self.words = vocabulary, steps, words

    def read(self, path):
        """The numbers of a file's characters or words, the most frequent
        first; all that are rarer are the last."""
        text = path.read_text()
        tokens = text.split() if self.words else list(text)
        common = collections.Counter(tokens).most_common(self.vocabulary)
        number = {token: i for i, (token, _) in enumerate(common)}
        return np.array([number.get(token, self.vocabulary - 1)
                         for token in tokens], np.int32)

    def make(self, rows):
        random = np.random.default_rng(5)
        return random.integers(0, self.vocabulary, rows * self.steps + 1,
                               np.int32)

    def outputs(self, rows):
        return rows, self.steps, self.vocabulary

    def batches(self, tokens, batch, seed, epoch):
        length = (len(tokens) - 1) // batch
        streams = tokens[:batch * length].reshape(batch, length)
        following = tokens[1:batch * length + 1].reshape(batch, length)
        for start in range(0, length - self.steps + 1, self.steps):
            part = slice(start, start + self.steps)
            yield (np.ascontiguousarray(streams[:, part]),
                   np.ascontiguousarray(following[:, part]))
