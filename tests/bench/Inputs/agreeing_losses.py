"""Losses that agree and losses that do not."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3]
                       / "tools/bench"))

from agreement import of_losses  # noqa: E402


class Losses(unittest.TestCase):
    def agrees(self, ours, theirs):
        return of_losses(ours, theirs)["agrees"]

    def test_last_bits(self):
        self.assertTrue(self.agrees([2.5, 2.0, 1.5], [2.5, 2.0, 1.500001]))

    def test_beyond_a_thousandth(self):
        self.assertFalse(self.agrees([2.5, 2.0, 1.5], [2.5, 2.01, 1.5]))

    def test_steps_that_change_nothing_show_no_gradient(self):
        self.assertFalse(self.agrees([2.5, 2.4999, 2.4998], [2.5, 2.5, 2.5]))

    def test_nan(self):
        nan = float("nan")
        self.assertFalse(self.agrees([2.5, 2.0], [2.5, nan]))
        self.assertFalse(self.agrees([nan, 2.0], [nan, 2.0]))


if __name__ == "__main__":
    unittest.main()
