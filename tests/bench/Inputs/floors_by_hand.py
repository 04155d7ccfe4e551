"""Flops and bytes of the benchmark's networks, written out layer by layer."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3]
                       / "tools/bench"))

from floors import work  # noqa: E402
from networks import NETWORKS, network  # noqa: E402


def trained(name):
    net = NETWORKS[name]
    return work(net, "train", net.batch)


class Flops(unittest.TestCase):
    def expect(self, name, multiply_adds, rounded):
        flops = trained(name).flops
        self.assertEqual(flops, 2 * multiply_adds)
        self.assertEqual(round(flops / 1e9, 1), rounded)

    def test_fcn_s(self):
        first = last = 26752 * 2048
        self.expect("fcn_s", 64 * (2 * first + 3 * 2 * 2048 ** 2 + 3 * last),
                    38.3)

    def test_fcn_r(self):
        self.expect("fcn_r", 1024 * (2 * 784 * 2048 + 3 * 2048 * 4096
                                     + 3 * 4096 * 1024 + 3 * 1024 * 10), 83.9)

    def test_alexnet_s(self):
        # 224 padded by 2: (228 - 11) / 4 + 1 = 55; pools of 3 by 2: 27, 13, 6.
        first = 55 ** 2 * 96 * 3 * 11 ** 2
        others = (27 ** 2 * 256 * 96 * 5 ** 2 + 13 ** 2 * 384 * 256 * 3 ** 2
                  + 13 ** 2 * 384 * 384 * 3 ** 2 + 13 ** 2 * 256 * 384 * 3 ** 2
                  + 9216 * 4096 + 4096 * 4096 + 4096 * 1000)
        self.expect("alexnet_s", 16 * (2 * first + 3 * others), 105.6)

    def test_alexnet_r(self):
        first = 32 ** 2 * 32 * 3 * 5 ** 2
        others = (15 ** 2 * 32 * 32 * 5 ** 2 + 7 ** 2 * 64 * 32 * 5 ** 2
                  + 576 * 10)
        self.expect("alexnet_r", 1024 * (2 * first + 3 * others), 60.9)

    def test_lstm(self):
        cell = 1024 * (256 + 256)
        self.expect("lstm", 256 * 32 * 3 * (2 * cell + 256 * 10000), 177.4)

    def test_inference_is_the_forward_pass(self):
        flops = work(NETWORKS["fcn_r"], "infer", 1).flops
        self.assertEqual(flops, 2 * (784 * 2048 + 2048 * 4096 + 4096 * 1024
                                     + 1024 * 10))


class Parameters(unittest.TestCase):
    def test_counts_of_the_study(self):
        counts = {"fcn_s": 117997696, "fcn_s55": 56915072, "fcn_r": 14205962,
                  "fcn_r31": 30987274, "alexnet_s": 62378344,
                  "alexnet_r": 85098, "lstm": 6180624}
        for name, count in counts.items():
            self.assertEqual(NETWORKS[name].parameters(), count, name)


class Bytes(unittest.TestCase):
    def test_without_momentum(self):
        moved = trained("fcn_s")
        self.assertEqual(moved.read, 4 * (64 * 26752 + 117997696))
        self.assertEqual(moved.updated,
                         8 * (117997696 + 64 * 3 * 2048))

    def test_the_slot_of_momentum(self):
        moved = trained("fcn_r")
        kept = 1024 * (2048 + 4096 + 1024)
        self.assertEqual(moved.updated, 8 * (2 * 14205962 + kept))

    def test_only_rows_that_are_looked_up(self):
        others = 6180624 - 10000 * 256
        self.assertEqual(work(NETWORKS["lstm"], "train", 1).read,
                         4 * (32 + 32 * 256 + others))

    def test_inference(self):
        moved = work(NETWORKS["fcn_r"], "infer", 8)
        self.assertEqual((moved.read, moved.updated),
                         (4 * (8 * 784 + 14205962 + 8 * 10), 0))


class Floor(unittest.TestCase):
    limits = {"gflops": 400, "read_gbs": 32, "update_gbs": 44}

    def floor(self, name, batch, cache):
        return work(NETWORKS[name], "infer", batch).floor(self.limits, cache)

    def test_large_batches_wait_for_arithmetic(self):
        seconds, bound = self.floor("fcn_r", 1024, 0)
        self.assertEqual(bound, "arithmetic")
        self.assertAlmostEqual(seconds, 29079109632 / 400e9)

    def test_single_rows_wait_for_memory(self):
        seconds, bound = self.floor("fcn_r", 1, 32 << 20)
        self.assertEqual(bound, "memory")
        self.assertAlmostEqual(seconds,
                               4 * (784 + 14205962 + 10) / 32e9)

    def test_nothing_moves_that_stays_in_the_cache(self):
        self.assertEqual(self.floor("fcn_r", 1, 64 << 20)[1], "arithmetic")


class Widths(unittest.TestCase):
    def test_wide(self):
        self.assertEqual(network("wide", 64).parameters(), 4 * (64 * 64 + 64))


if __name__ == "__main__":
    unittest.main()
