"""zoo.py FOLDER [--size N]: the reference nets of Caffe's model zoo as deploy
nets. Channels are divided by N (1: the nets as they are), and images are as
small as the nets can take where N is more than 1.
"""

import argparse
import pathlib


class Writer:
    """Layers one after the other; `at` is the blob that the last one made."""

    def __init__(self, name, size, shape):
        self.size, self.at = size, "data"
        dims = " ".join(f"dim: {d}" for d in shape)
        self.lines = [f'name: "{name}"',
                      f'layer {{ name: "data" type: "Input" top: "data" '
                      f'input_param {{ shape {{ {dims} }} }} }}']

    def layer(self, name, kind, body="", bottoms=None, top=None):
        bottoms = [self.at] if bottoms is None else bottoms
        self.at = top or name
        blobs = " ".join(f'bottom: "{b}"' for b in bottoms)
        self.lines.append(f'layer {{\n  name: "{name}" type: "{kind}"\n'
                          f'  {blobs} top: "{self.at}"\n  {body}\n}}')
        return self.at

    def thin(self, channels):
        return max(1, channels // self.size)

    def conv(self, name, outs, kernel, stride=1, pad=0, group=1, bias=True, bottom=None):
        return self.layer(
            name, "Convolution",
            f"convolution_param {{ num_output: {self.thin(outs)} kernel_size: {kernel}"
            + (f" stride: {stride}" if stride > 1 else "")
            + (f" pad: {pad}" if pad else "") + (f" group: {group}" if group > 1 else "")
            + ("" if bias else " bias_term: false") + " }",
            [bottom] if bottom else None)

    def relu(self, name):
        return self.layer(name, "ReLU", top=self.at)

    def pool(self, name, kernel, stride, kind="MAX", pad=0, bottom=None):
        return self.layer(name, "Pooling", f"pooling_param {{ pool: {kind} kernel_size: {kernel} "
                          f"stride: {stride} pad: {pad} }}", [bottom] if bottom else None)

    def norm(self, name):
        return self.layer(name, "LRN", "lrn_param { local_size: 5 alpha: 0.0001 beta: 0.75 }")

    def dense(self, name, outs):
        return self.layer(name, "InnerProduct",
                          f"inner_product_param {{ num_output: {self.thin(outs)} }}")

    def dropout(self, name, ratio):
        return self.layer(name, "Dropout", f"dropout_param {{ dropout_ratio: {ratio} }}",
                          top=self.at)

    def text(self):
        return "\n".join(self.lines) + "\n"


def alexnet(size, is_caffenet=False):
    """Krizhevsky et al. 2012; CaffeNet pools before it normalises."""
    side = 227 if size == 1 else 115
    net = Writer("CaffeNet" if is_caffenet else "AlexNet", size, (2, 3, side, side))
    for i, (outs, kernel, stride, pad, group) in enumerate(
            [(96, 11, 4, 0, 1), (256, 5, 1, 2, 2), (384, 3, 1, 1, 1), (384, 3, 1, 1, 2),
             (256, 3, 1, 1, 2)], 1):
        net.conv(f"conv{i}", outs, kernel, stride, pad, group)
        net.relu(f"relu{i}")
        if i < 3:
            steps = [lambda: net.norm(f"norm{i}"), lambda: net.pool(f"pool{i}", 3, 2)]
            for step in reversed(steps) if is_caffenet else steps:
                step()
    net.pool("pool5", 3, 2)
    for name, outs in (("6", 4096), ("7", 4096)):
        net.dense("fc" + name, outs)
        net.relu("relu" + name)
        net.dropout("drop" + name, 0.5)
    net.dense("fc8", 1000)
    net.layer("prob", "Softmax")
    return net.text()


def vgg(size, depth):
    side = 224 if size == 1 else 32
    net = Writer(f"VGG_ILSVRC_{depth}_layers", size, (1, 3, side, side))
    counts = {16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}[depth]
    for block, (count, outs) in enumerate(zip(counts, (64, 128, 256, 512, 512)), 1):
        for i in range(1, count + 1):
            net.conv(f"conv{block}_{i}", outs, 3, pad=1)
            net.relu(f"relu{block}_{i}")
        net.pool(f"pool{block}", 2, 2)
    for i in (6, 7):
        net.dense(f"fc{i}", 4096)
        net.relu(f"relu{i}")
        net.dropout(f"drop{i}", 0.5)
    net.dense("fc8", 1000)
    net.layer("prob", "Softmax")
    return net.text()


def googlenet(size):
    side = 224 if size == 1 else 64
    net = Writer("GoogleNet", size, (1, 3, side, side))

    def unit(name, *settings, **more):
        net.conv(name, *settings, **more)
        return net.relu("/".join([*name.split("/")[:-1], "relu_" + name.split("/")[-1]]))

    unit("conv1/7x7_s2", 64, 7, 2, 3)
    net.pool("pool1/3x3_s2", 3, 2)
    net.norm("pool1/norm1")
    unit("conv2/3x3_reduce", 64, 1)
    unit("conv2/3x3", 192, 3, pad=1)
    net.norm("conv2/norm2")
    net.pool("pool2/3x3_s2", 3, 2)
    table = {"3a": (64, 96, 128, 16, 32, 32), "3b": (128, 128, 192, 32, 96, 64),
             "4a": (192, 96, 208, 16, 48, 64), "4b": (160, 112, 224, 24, 64, 64),
             "4c": (128, 128, 256, 24, 64, 64), "4d": (112, 144, 288, 32, 64, 64),
             "4e": (256, 160, 320, 32, 128, 128), "5a": (256, 160, 320, 32, 128, 128),
             "5b": (384, 192, 384, 48, 128, 128)}
    for name, (one, r3, three, r5, five, proj) in table.items():
        at, below = f"inception_{name}/", net.at
        branches = [unit(at + "1x1", one, 1, bottom=below)]
        unit(at + "3x3_reduce", r3, 1, bottom=below)
        branches.append(unit(at + "3x3", three, 3, pad=1))
        unit(at + "5x5_reduce", r5, 1, bottom=below)
        branches.append(unit(at + "5x5", five, 5, pad=2))
        net.pool(at + "pool", 3, 1, pad=1, bottom=below)
        branches.append(unit(at + "pool_proj", proj, 1))
        net.layer(at + "output", "Concat", bottoms=branches)
        if name in ("3b", "4e"):
            net.pool(f"pool{name[0]}/3x3_s2", 3, 2)
    side = 7 if size == 1 else 2
    net.pool("pool5/7x7_s1", side, 1, "AVE")
    net.dropout("pool5/drop_7x7_s1", 0.4)
    net.dense("loss3/classifier", 1000)
    net.layer("prob", "Softmax")
    return net.text()


def resnet(size, depth):
    side = 224 if size == 1 else 64
    net = Writer(f"ResNet-{depth}", size, (1, 3, side, side))

    def unit(name, suffix, outs, kernel, stride=1, pad=0, bottom=None, relu=True):
        """Convolution, BatchNorm and Scale, the latter two in place."""
        top = net.conv(name if not suffix else f"res{suffix}", outs, kernel, stride, pad,
                       bias=False, bottom=bottom)
        tail = suffix or "_" + name
        net.layer("bn" + tail, "BatchNorm", "batch_norm_param { use_global_stats: true }", top=top)
        net.layer("scale" + tail, "Scale", "scale_param { bias_term: true }", top=top)
        return net.relu(f"res{tail}_relu") if relu else top

    unit("conv1", "", 64, 7, 2, 3)
    net.pool("pool1", 3, 2)
    counts = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}[depth]
    for stage, (count, inner) in enumerate(zip(counts, (64, 128, 256, 512)), 2):
        for block in range(count):
            letter = ("abcdefgh"[block] if depth == 50 or count < 8 or stage == 3 and depth == 152
                      else ("a" if block == 0 else f"b{block}"))
            at, below = f"{stage}{letter}", net.at
            stride = 2 if block == 0 and stage > 2 else 1
            shortcut = below
            if block == 0:
                shortcut = unit("", at + "_branch1", 4 * inner, 1, stride, bottom=below, relu=False)
            unit("", at + "_branch2a", inner, 1, stride, bottom=below)
            unit("", at + "_branch2b", inner, 3, pad=1)
            branch = unit("", at + "_branch2c", 4 * inner, 1, relu=False)
            net.layer("res" + at, "Eltwise", bottoms=[shortcut, branch])
            net.relu(f"res{at}_relu")
    net.pool("pool5", 7 if size == 1 else 2, 1, "AVE")
    net.dense("fc1000", 1000)
    net.layer("prob", "Softmax")
    return net.text()


def squeezenet(size):
    side = 227 if size == 1 else 67
    net = Writer("SqueezeNet", size, (1, 3, side, side))
    net.conv("conv1", 96, 7, 2)
    net.relu("relu_conv1")
    net.pool("pool1", 3, 2)
    for i, (inner, outer) in enumerate([(16, 64), (16, 64), (32, 128), (32, 128), (48, 192),
                                        (48, 192), (64, 256), (64, 256)], 2):
        at = f"fire{i}/"
        net.conv(at + "squeeze1x1", inner, 1)
        below = net.relu(at + "relu_squeeze1x1")
        net.conv(at + "expand1x1", outer, 1, bottom=below)
        left = net.relu(at + "relu_expand1x1")
        net.conv(at + "expand3x3", outer, 3, pad=1, bottom=below)
        right = net.relu(at + "relu_expand3x3")
        net.layer(at + "concat", "Concat", bottoms=[left, right])
        if i in (4, 8):
            net.pool(f"pool{i}", 3, 2)
    net.dropout("drop9", 0.5)
    net.conv("conv10", 1000, 1)
    net.relu("relu_conv10")
    net.layer("pool10", "Pooling", "pooling_param { pool: AVE global_pooling: true }")
    net.layer("prob", "Softmax")
    return net.text()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--size", type=int, default=1)
    given = arguments.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    size = given.size
    for name, text in {"alexnet": alexnet(size), "caffenet": alexnet(size, True),
                       "vgg16": vgg(size, 16), "vgg19": vgg(size, 19),
                       "googlenet": googlenet(size), "squeezenet": squeezenet(size),
                       "resnet50": resnet(size, 50), "resnet101": resnet(size, 101),
                       "resnet152": resnet(size, 152)}.items():
        (given.folder / f"{name}.prototxt").write_text(text)


if __name__ == "__main__":
    main()
