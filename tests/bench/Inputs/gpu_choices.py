"""What bench.py --target=cuda compiles for and compares."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3]
                       / "tools/bench"))

import gpu  # noqa: E402
from agreement import of_losses  # noqa: E402
from contestants import CONTESTANTS, contestants_on  # noqa: E402
from sitting import Case  # noqa: E402


class Chips(unittest.TestCase):
    def test_known(self):
        self.assertEqual(gpu.chip_for(80), "sm_80")
        self.assertEqual(gpu.chip_for(90), "sm_90a")

    def test_code_for_one_chip_runs_on_no_later_one(self):
        self.assertEqual(gpu.chip_for(100), "sm_90")

    def test_between(self):
        self.assertEqual(gpu.chip_for(87), "sm_86")

    def test_too_old(self):
        with self.assertRaisesRegex(ValueError, "no code for sm_75"):
            gpu.chip_for(75)


class Cases(unittest.TestCase):
    case = Case("fcn_s", "train", 1, 64, precision="bf16", chip="sm_90a")

    def test_limits_of_the_precision(self):
        said = {"gflops": {"tf32": 400e3, "bf16": 800e3}, "read_gbs": 3000,
                "update_gbs": 2800}
        self.assertEqual(
            gpu.limits_of(said, "bf16"),
            {"gflops": 800e3, "read_gbs": 3000, "update_gbs": 2800})
        self.assertEqual(self.case.limited_by(), "bf16")
        self.assertEqual(Case("fcn_s", "train", 2, 64).limited_by(), 2)

    def test_a_process_is_told(self):
        told = self.case.arguments()
        self.assertEqual(told[told.index("--chip") + 1], "sm_90a")
        self.assertEqual(told[told.index("--precision") + 1], "bf16")
        self.assertNotIn("--chip", Case("fcn_s", "train", 2, 64).arguments())

    def test_batches(self):
        self.assertEqual(gpu.batches(64), [64, 1024])


class Contestants(unittest.TestCase):
    def test_of_each_target(self):
        self.assertEqual(contestants_on("cuda"),
                         ["dlcc", "torch-eager", "torch-compiled",
                          "torch-graphs"])
        self.assertNotIn("torch-graphs", contestants_on("cpu"))
        self.assertIn("dlcc", contestants_on("cpu"))

    def test_variants_are_those_of_the_twin(self):
        variants = {CONTESTANTS[name].variant
                    for name in contestants_on("cuda") if name != "dlcc"}
        self.assertEqual(variants, {"eager", "compile", "graphs"})


class Agreement(unittest.TestCase):
    def test_rounded_factors_may_differ_by_more(self):
        ours, theirs = [2.5, 2.0, 1.5], [2.5, 2.02, 1.5]
        self.assertFalse(of_losses(ours, theirs)["agrees"])
        self.assertTrue(of_losses(ours, theirs, 3e-2)["agrees"])


if __name__ == "__main__":
    unittest.main()
