"""Writes into the folder argv[1] LeNet as an exporter would, `lenet.onnx`, three
images, `lenet_x.npy`, and what ONNX's reference makes of them, `lenet_y.npy`."""

import pathlib
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

FOLDER = pathlib.Path(sys.argv[1])
random = numpy.random.default_rng(7)


def weight(name, *shape):
    """Uniform values that keep what flows through the layers at about 1."""
    bound = 3 / numpy.sqrt(numpy.prod(shape[1:] or shape))
    values = random.uniform(-bound, bound, shape).astype("f4")
    return numpy_helper.from_array(values, name)


def node(op, inputs, outputs, **attributes):
    return helper.make_node(op, inputs.split(), outputs.split(), **attributes)


graph = helper.make_graph(
    [node("Conv", "image w1 b1", "c1", kernel_shape=[5, 5], pads=[2, 2, 2, 2]),
     node("Tanh", "c1", "t1"),
     node("AveragePool", "t1", "p1", kernel_shape=[2, 2], strides=[2, 2]),
     node("Conv", "p1 w2 b2", "c2", kernel_shape=[5, 5]),
     node("Relu", "c2", "t2"),
     node("MaxPool", "t2", "p2", kernel_shape=[2, 2], strides=[2, 2]),
     node("Flatten", "p2", "flat"),
     node("Gemm", "flat w3 b3", "d3", transB=1),
     node("Sigmoid", "d3", "t3"),
     node("Gemm", "t3 w4 b4", "d4", transB=1),
     node("Relu", "d4", "t4"),
     node("Gemm", "t4 w5 b5", "d5", transB=1),
     node("Softmax", "d5", "classes", axis=-1)],
    "lenet",
    [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 1, 28, 28])],
    [helper.make_tensor_value_info("classes", TensorProto.FLOAT, ["n", 10])],
    [weight("w1", 6, 1, 5, 5), weight("b1", 6),
     weight("w2", 16, 6, 5, 5), weight("b2", 16),
     weight("w3", 120, 400), weight("b3", 120),
     weight("w4", 84, 120), weight("b4", 84),
     weight("w5", 10, 84), weight("b5", 10)])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)],
                          ir_version=8)
onnx.checker.check_model(model, full_check=True)
onnx.save(model, FOLDER / "lenet.onnx")
images = random.standard_normal((3, 1, 28, 28)).astype("f4")
numpy.save(FOLDER / "lenet_x.npy", images)
numpy.save(FOLDER / "lenet_y.npy",
           ReferenceEvaluator(model).run(None, {"image": images})[0])
