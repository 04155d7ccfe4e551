"""PyTorch's twin of a network on a GPU: eager, by torch.compile, or with the
whole step in a CUDA graph. Products have factors of tf32 or, by autocast, of
bf16; weights, and what is summed, are f32."""

import contextlib
import statistics
import time

import torch

WARM_UP = 3


class Twin:
    """`kind` is eager, compile or graphs. A step's arguments lie on the GPU."""

    def __init__(self, peer, kind, precision, phase, weights=None,
                 device="cuda"):
        torch.manual_seed(1)
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True
        torch.backends.cudnn.benchmark = True
        self.peer, self.device, self.phase = peer, device, phase
        self.is_narrow = precision == "bf16"
        self.net = peer.make()
        if weights:
            peer.copy(self.net, weights)
        self.net.to(device=device, memory_format=torch.channels_last)
        self.net.train(phase == "train")
        self.optimizer = peer.optimizer(self.net, fused=True)
        self.losses, self.outputs = self.loss, self.output
        if kind == "compile":
            self.losses = torch.compile(self.loss)
            self.outputs = torch.compile(self.output)
        self.graph = Graph(self) if kind == "graphs" else None

    def narrow(self):
        if not self.is_narrow:
            return contextlib.nullcontext()
        return torch.autocast(torch.device(self.device).type, torch.bfloat16)

    def loss(self, inputs, labels):
        with self.narrow():
            output = self.net(inputs)
            return torch.nn.functional.cross_entropy(
                output.flatten(0, -2).float(), labels.flatten())

    def output(self, inputs):
        with self.narrow():
            output = self.net(inputs).float()
        return output.softmax(-1) if self.peer.softmax else output

    def host(self, inputs, labels):
        """The arrays as tensors of the host, from which a GPU copies."""
        inputs, labels = torch.from_numpy(inputs), torch.from_numpy(labels)
        if inputs.is_floating_point():
            inputs = inputs.reshape(-1, *self.peer.source.image)
        if inputs.dim() == 4:
            inputs = inputs.contiguous(memory_format=torch.channels_last)
        tensors = inputs, labels.long()
        if torch.device(self.device).type == "cpu":
            return tensors
        return tuple(tensor.pin_memory() for tensor in tensors)

    def place(self, inputs, labels):
        return tuple(tensor.to(self.device)
                     for tensor in self.host(inputs, labels))

    def sent(self, tensor):
        """On its way to the GPU; a graph copies it to its own place."""
        if tensor is None or self.graph:
            return tensor
        return tensor.to(self.device, non_blocking=True)

    def work(self, inputs, labels):
        """A step without waiting: the loss, or the outputs."""
        if self.phase == "infer":
            with torch.inference_mode():
                return self.outputs(inputs)
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.losses(inputs, labels)
        loss.backward()
        self.peer.clip(self.net)
        self.optimizer.step()
        return loss.detach()

    def step(self, inputs, labels):
        return (self.graph or self.work)(inputs, labels)

    def train_step(self, inputs, labels):
        return self.step(inputs, labels).item()

    def forward(self, inputs):
        # Labels mean nothing to a forward pass.
        return self.step(inputs, None).cpu().numpy()

    def flops(self, phase):
        """Of one sample."""
        return self.peer.flops(phase)

    def time_on_device(self, arrays, seconds):
        """Medians of steps that lie on the GPU, and of calls from `arrays` of
        the host to a loss or to outputs there."""
        host, rows = self.host(*arrays), self.place(*arrays)
        if self.phase == "infer":
            host, rows = (host[0], None), (rows[0], None)
        if self.graph:
            rows = self.graph.rows
        torch.cuda.reset_peak_memory_stats()

        def on_device():
            begin, end = (torch.cuda.Event(enable_timing=True)
                          for _ in range(2))
            begin.record()
            self.step(*rows)
            end.record()
            end.synchronize()
            return begin.elapsed_time(end) * 1e-3

        def with_copies():
            start = time.perf_counter()
            self.step(*map(self.sent, host)).cpu()
            return time.perf_counter() - start

        steps = repeated(on_device, seconds)
        return {"seconds": statistics.median(steps), "steps": len(steps),
                "call_s": statistics.median(repeated(with_copies, seconds / 2)),
                "peak_bytes": torch.cuda.max_memory_allocated()}


def repeated(timed, seconds):
    """The times of at least 5 runs, after some that do not count."""
    for _ in range(WARM_UP):
        timed()
    times, end = [], time.perf_counter() + seconds
    while len(times) < 5 or time.perf_counter() < end:
        times.append(timed())
    return times


class Graph:
    """A twin's step, captured at its first call, whose arguments are from then on
    the places that it reads; others are copied there. What goes on from step to
    step lies at fixed places, too."""

    def __init__(self, twin):
        self.twin, self.graph = twin, None

    def capture(self, inputs, labels):
        self.rows = inputs, labels
        before = self.kept()
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(WARM_UP):
                self.twin.work(*self.rows)
        torch.cuda.current_stream().wait_stream(stream)
        self.fix_state()
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.result = self.twin.work(*self.rows)
            self.carry_state()
        self.restore(before)

    def kept(self):
        """What the steps before the capture change."""
        return [value.clone() for value in self.values()]

    def restore(self, before):
        with torch.no_grad():
            for value, old in zip(self.values(), before):
                value.copy_(old)
            for slots in self.twin.optimizer.state.values():
                for slot in slots.values():
                    if torch.is_tensor(slot):
                        slot.zero_()
            for state in self.fixed:
                for part in state:
                    part.zero_()

    def values(self):
        return [*self.twin.net.parameters(), *self.twin.net.buffers()]

    def fix_state(self):
        """A recurrence's state, where there is one."""
        states = getattr(self.twin.net, "state", [])
        self.fixed = [tuple(part.clone() for part in state)
                      for state in states]
        if states:
            self.twin.net.state = list(self.fixed)

    def carry_state(self):
        for fixed, state in zip(self.fixed,
                                getattr(self.twin.net, "state", [])):
            for place, value in zip(fixed, state):
                place.copy_(value)

    def __call__(self, inputs, labels):
        if self.graph is None:
            self.capture(inputs, labels)
        for place, value in zip(self.rows, (inputs, labels)):
            if place is not value:
                place.copy_(value, non_blocking=True)
        self.graph.replay()
        return self.result


def make(job):
    from peers import peer
    if not torch.cuda.is_available():
        raise RuntimeError("PyTorch finds no GPU")
    return Twin(peer(job.network, job.width), job.variant, job.precision,
                job.phase, job.weights)


def version():
    return torch.__version__
