"""Texts to train on, and what training on them must give.

    text.py characters TRAIN.txt TEST.txt   a Markov chain of 9 letters; the
                                            test text has one more
    text.py words TEXT.txt                  words of a chain
    text.py check LOG.json TRAIN.txt        the loss of the last epoch is the
                                            entropy of the text's pairs
    text.py same LOG.json AGAIN.json        the test loss of the one is the
                                            training loss of the other
"""

import collections
import json
import math
import random
import sys


def chain(symbols, length, seed):
    draw = random.Random(seed)
    follow = {a: draw.choices(symbols, k=3) for a in symbols}
    at, text = symbols[0], []
    for _ in range(length):
        text.append(at)
        at = draw.choice(follow[at])
    return text


def entropy(text):
    """Of a token given the one before, in nats, over the pairs that training
    sees: 8 streams of whole rows of 16."""
    length = (len(text) - 1) // 8
    used = length // 16 * 16
    pairs = collections.Counter()
    for stream in range(8):
        begin = stream * length
        pairs.update(zip(text[begin:begin + used],
                         text[begin + 1:begin + used + 1]))
    firsts = collections.Counter()
    for (a, _), count in pairs.items():
        firsts[a] += count
    total = sum(pairs.values())
    return -sum(n / total * math.log(n / firsts[a])
                for (a, _), n in pairs.items())


def last_epoch(path):
    return [json.loads(line) for line in open(path) if '"epoch"' in line][-1]


def main():
    what, *paths = sys.argv[1:]
    if what == "characters":
        text = "".join(chain("abcdefgä€", 4000, 1))
        open(paths[0], "w").write(text)
        open(paths[1], "w").write(text[:500] + "z" + text[500:1000])
    elif what == "words":
        words = "to be or not that is the question whether 'tis".split()
        open(paths[0], "w").write("\n".join(chain(words, 3000, 2)) + "\n")
    elif what == "same":
        before = last_epoch(paths[0])["test"]["loss"]
        again = last_epoch(paths[1])["train"]["loss"]
        assert abs(before - again) < 1e-5, (before, again)
        print("the same loss")
    else:
        last = last_epoch(paths[0])
        train, wanted = last["train"], entropy(open(paths[1]).read())
        assert abs(train["loss"] - wanted) < 0.01 * wanted, (train, wanted)
        assert abs(train["perplexity"] - math.exp(train["loss"])) < 1e-3
        assert last["test"]["rows"] == 56, last["test"]
        print("the entropy of the text's pairs")


main()
