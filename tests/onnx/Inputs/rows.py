"""Models of which a call may bring fewer rows, or may not. Run with a folder it
writes them; with a folder, a library compiled from tokens.onnx and a number of
rows it calls that and compares with ONNX's reference.
"""

import ctypes
import pathlib
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

FOLDER = pathlib.Path(sys.argv[1])
F32 = TensorProto.FLOAT
random = numpy.random.default_rng(3)


def node(op, inputs, outputs, **attributes):
    return helper.make_node(op, inputs.split(), outputs.split(), **attributes)


def save(name, nodes, inputs=(("x", F32, ["n", 4, 6]),), **initialisers):
    graph = helper.make_graph(
        nodes, name, [helper.make_tensor_value_info(*i) for i in inputs],
        [helper.make_tensor_value_info("y", F32, None)],
        [numpy_helper.from_array(v, n) for n, v in initialisers.items()])
    onnx.save(helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8),
        FOLDER / f"{name}.onnx")


def write():
    w = random.normal(0, 1, (6, 6)).astype("f4")
    # As exporters write it: a token for each row, expanded to the rows that the
    # input has; attention among the tokens; tokens and rows in one dimension.
    save("tokens", [
        node("Shape", "x", "shape"),
        node("Gather", "shape zero", "n", axis=0),
        node("Concat", "n one six", "expanded", axis=0),
        node("Expand", "token expanded", "tokens"),
        node("Concat", "tokens x", "all", axis=1),
        node("MatMul", "all w", "q"),
        node("Transpose", "all", "k", perm=[0, 2, 1]),
        node("MatMul", "q k", "scores"),
        node("Softmax", "scores", "shares"),
        node("MatMul", "shares all", "mixed"),
        node("Reshape", "mixed flat", "together"),
        node("Gemm", "together w", "moved"),
        node("Concat", "n five six", "back", axis=0),
        node("Reshape", "moved back", "y")],
        token=random.normal(0, 1, (1, 1, 6)).astype("f4"), w=w,
        zero=numpy.array([0]), one=numpy.array([1]), five=numpy.array([5]),
        six=numpy.array([6]), flat=numpy.array([-1, 6]))
    save("mean", [node("ReduceMean", "x", "m", axes=[0], name="average"),
                  node("Sub", "x m", "y")])
    save("first", [node("Slice", "x from to", "y", name="two")],
         **{"from": numpy.array([0]), "to": numpy.array([2])})
    save("transposed", [node("Transpose", "x", "y", perm=[1, 0, 2])])
    save("fixed", [node("Reshape", "x shape", "y", name="back")],
         shape=numpy.array([5, 24]))
    save("two", [node("MatMul", "x y1", "y")],
         inputs=(("x", F32, ["n", 4]), ("y1", F32, ["k", 3])))


def compare(library, rows):
    x = random.normal(0, 1, (rows, 4, 6)).astype("f4")
    wanted, = ReferenceEvaluator(str(FOLDER / "tokens.onnx")).run(None, {"x": x})
    y = numpy.zeros_like(wanted)
    code = ctypes.CDLL(library)
    code.tokens_create.restype = ctypes.c_void_p
    net = ctypes.c_void_p(code.tokens_create(None))
    pointer = ctypes.c_void_p
    status = code.tokens_init(net, ctypes.c_uint64(0)) or code.tokens_forward(
        net, ctypes.c_int64(rows), x.ctypes.data_as(pointer),
        y.ctypes.data_as(pointer))
    print(status, y.shape, numpy.ptp(wanted) > 1,
          numpy.abs(y - wanted).max() < 1e-5)


if len(sys.argv) == 2:
    write()
else:
    compare(sys.argv[2], int(sys.argv[3]))
