"""Writes small ONNX models into the folder argv[1]; each `def` is a file of its
name."""

import pathlib
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = pathlib.Path(sys.argv[1])
F32, I64 = TensorProto.FLOAT, TensorProto.INT64


def save(name, nodes, inputs, outputs, initialisers=(), opset=17):
    graph = helper.make_graph(
        nodes, name, [helper.make_tensor_value_info(*i) for i in inputs],
        [helper.make_tensor_value_info(*o) for o in outputs],
        [numpy_helper.from_array(numpy.asarray(v), n) for n, v in initialisers])
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    onnx.save(model, FOLDER / f"{name}.onnx")
    return model


def node(op, inputs, outputs, **attributes):
    return helper.make_node(op, inputs.split(), outputs.split(), **attributes)


def mlp():
    """A perceptron with named dimensions, a weight and shape arithmetic."""
    weight = numpy.arange(12, dtype="f4").reshape(4, 3) / 4
    save("mlp",
         [node("Shape", "x", "s"),
          node("Gather", "s zero", "rows"),
          node("Concat", "rows four", "shape", axis=0),
          node("Reshape", "x shape", "flat"),
          node("MatMul", "flat w", "h"),
          node("Relu", "h", "y", name="last")],
         [("x", F32, ["n", "k", 2])], [("y", F32, None)],
         [("w", weight), ("zero", numpy.array([0], "i8")),
          ("four", numpy.array([4], "i8"))])


def runtime_shape():
    save("runtime_shape", [node("Reshape", "x shape", "y")],
         [("x", F32, [4]), ("shape", I64, [2])], [("y", F32, None)])


def hostile():
    """Graphs that are no graphs."""
    x, y = [("x", F32, [4])], [("y", F32, [4])]
    save("unknown_op", [node("Frobnicate", "x", "y")], x, y)
    save("missing_input", [node("Add", "x nowhere", "y")], x, y)
    save("no_second_input", [node("Add", "x", "y")], x, y)
    save("cycle", [node("Add", "x b", "a"), node("Relu", "a", "b"),
                   node("Relu", "b", "y")], x, y)
    save("twice", [node("Relu", "x", "y"), node("Relu", "x", "y")], x, y)
    save("shapes_differ", [node("Add", "x w", "y")], x, y,
         [("w", numpy.zeros(3, "f4"))])
    save("huge", [node("Relu", "x", "y")], [("x", F32, [1 << 40, 1 << 40])], y)
    save("strings", [node("Identity", "x", "y")],
         [("x", TensorProto.STRING, [4])], y)
    save("old", [node("Relu", "x", "y")], x, y, opset=6)
    save("new", [node("Relu", "x", "y")], x, y, opset=99)
    save("bad_axis", [node("Softmax", "x", "y", axis=7)], x, y)
    for name, location, length in (("outside", "../secret.bin", 16),
                                   ("absolute", "/etc/passwd", 16),
                                   ("not_there", "nothing.bin", 16),
                                   ("too_short", "short.bin", 16)):
        model = save(name, [node("Add", "x w", "y")], x, y,
                     [("w", numpy.zeros(4, "f4"))])
        weight = model.graph.initializer[0]
        weight.ClearField("raw_data")
        weight.data_location = TensorProto.EXTERNAL
        for key, value in (("location", location), ("length", str(length))):
            entry = weight.external_data.add()
            entry.key, entry.value = key, value
        onnx.save(model, FOLDER / f"{name}.onnx")
    (FOLDER / "short.bin").write_bytes(b"1234")
    whole = (FOLDER / "shapes_differ.onnx").read_bytes()
    (FOLDER / "cut.onnx").write_bytes(whole[:len(whole) // 2])
    (FOLDER / "garbage.onnx").write_bytes(bytes(range(256)) * 8)
    (FOLDER / "empty.onnx").write_bytes(b"")


def functions():
    """y = leaky(leaky(x, 0.5), the default) by a function that calls another
    under attributes of other names, z = leaky(x) of no attribute at all, and
    n = -x by the first one's namesake."""
    set17 = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]

    def reference(node, name, to):
        attribute = node.attribute.add()
        attribute.name, attribute.ref_attr_name = name, to
        attribute.type = onnx.AttributeProto.FLOAT
        return node

    inner = helper.make_function(
        "own", "Leaky", ["a"], ["b"],
        [reference(node("LeakyRelu", "a", "b"), "alpha", "slope")], set17,
        ["slope"])
    outer = helper.make_function(
        "own", "Scaled", ["a"], ["b"],
        [reference(node("Leaky", "a", "b", domain="own"), "slope", "steepness")],
        set17, [], [helper.make_attribute("steepness", 0.25)])
    namesake = helper.make_function(
        "own", "Leaky", ["a"], ["b"], [node("Neg", "a", "b")], set17,
        overload="negated")
    graph = helper.make_graph(
        [node("Scaled", "x", "b", domain="own", steepness=0.5),
         node("Scaled", "b", "y", domain="own"),
         node("Leaky", "x", "z", domain="own"),
         node("Leaky", "x", "n", domain="own", overload="negated")],
        "functions", [helper.make_tensor_value_info("x", F32, [4])],
        [helper.make_tensor_value_info(name, F32, [4]) for name in "yzn"])
    model = helper.make_model(graph, opset_imports=set17, ir_version=10,
                              functions=[namesake, inner, outer])
    onnx.save(model, FOLDER / "functions.onnx")
    preset = outer.attribute_proto[0].SerializeToString()
    (FOLDER / "bad_default.onnx").write_bytes(
        model.SerializeToString().replace(preset, b"\xff" * len(preset)))
    inner.node[0].CopyFrom(node("Leaky", "a", "b", domain="own"))
    model = helper.make_model(graph, opset_imports=set17, ir_version=10,
                              functions=[namesake, inner, outer])
    onnx.save(model, FOLDER / "calls_itself.onnx")


def external():
    """A weight in a file beside the model."""
    model = save("external", [node("Add", "x w", "y")], [("x", F32, [4])],
                 [("y", F32, [4])], [("w", numpy.arange(4, dtype="f4"))])
    onnx.save(model, FOLDER / "external.onnx", save_as_external_data=True,
              location="external.bin", size_threshold=0)


def trained():
    """Half of the elements are left out in training; a loss of the model's
    own."""
    w = [("w", numpy.ones((4, 3), "f4")), ("half", numpy.float32(0.5))]
    save("dropout", [node("MatMul", "x w", "h"),
                     node("Dropout", "h half", "y")],
         [("x", F32, ["n", 4])], [("y", F32, None)], w)
    save("own_loss", [node("MatMul", "x w", "logits"),
                      node("SoftmaxCrossEntropyLoss", "logits label", "cost")],
         [("x", F32, ["n", 4]), ("label", I64, ["n"])],
         [("logits", F32, None), ("cost", F32, [])], w[:1])
    save("probabilities", [node("MatMul", "x w", "logits"),
                           node("Softmax", "logits", "y")],
         [("x", F32, ["n", 4])], [("y", F32, None)], w[:1])


for make in (mlp, runtime_shape, hostile, functions, external, trained):
    make()
numpy.save(FOLDER / "x.npy", numpy.arange(8, dtype="f4").reshape(2, 2, 2))
numpy.save(FOLDER / "v.npy", numpy.arange(4, dtype="f4"))
numpy.save(FOLDER / "signs.npy", numpy.array([-8, -4, 2, 0], "f4"))
numpy.save(FOLDER / "shape.npy", numpy.array([2, 2], "i8"))
