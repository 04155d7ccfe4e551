"""PyTorch's twin of a network of models/."""

import torch


class Twin:
    """The peer's network, with the given weights or its own. `best` takes the
    layout and the optimizer that are fastest on a CPU, `compiled` turns the
    computation of the loss and of the outputs over to torch.compile."""

    def __init__(self, peer, threads, weights=None, best=False,
                 compiled=False):
        torch.set_num_threads(threads)
        torch.manual_seed(1)
        self.peer, self.steps = peer, 0
        self.format = (torch.channels_last if best
                       else torch.contiguous_format)
        self.net = peer.make()
        if weights:
            peer.copy(self.net, weights)
        if best:
            for parameter in self.net.parameters():
                if parameter.dim() == 4:
                    parameter.data = parameter.data.contiguous(
                        memory_format=self.format)
        self.optimizer = peer.optimizer(
            self.net, **({"fused": True} if best else {}))
        self.outputs, self.losses = self.net, self.loss
        if compiled:
            self.outputs = torch.compile(self.net)
            self.losses = torch.compile(self.loss)

    def place(self, inputs, labels):
        """The arrays as this twin's steps take them."""
        inputs = torch.from_numpy(inputs)
        if inputs.is_floating_point():
            inputs = inputs.reshape(-1, *self.peer.source.image)
        if inputs.dim() == 4:
            inputs = inputs.contiguous(memory_format=self.format)
        return inputs, torch.from_numpy(labels).long()

    def loss(self, inputs, labels):
        output = self.net(inputs)
        return torch.nn.functional.cross_entropy(output.flatten(0, -2),
                                                 labels.flatten())

    def train_step(self, inputs, labels):
        if self.peer.rate:
            for group in self.optimizer.param_groups:
                group["lr"] = self.peer.rate(self.steps)
        self.steps += 1
        self.net.train()
        self.optimizer.zero_grad()
        loss = self.losses(inputs, labels)
        loss.backward()
        self.peer.clip(self.net)
        self.optimizer.step()
        return loss.item()

    def forward(self, inputs):
        """What the model gives back."""
        self.net.eval()
        with torch.inference_mode():
            output = self.outputs(inputs)
            return output.softmax(-1) if self.peer.softmax else output

    def evaluate(self, inputs, labels):
        self.net.eval()
        with torch.no_grad():
            output = self.net(inputs)
            loss = torch.nn.functional.cross_entropy(output, labels)
        return loss.item(), float((output.argmax(1) == labels).float().mean())

    def flops(self, phase):
        """Of one sample."""
        return self.peer.flops(phase)

    def reset_state(self):
        self.peer.reset_state(self.net)


def make(job):
    from peers import peer
    if job.variant == "compile" and job.phase == "infer":
        from torch._inductor import config
        config.freezing = True
    return Twin(peer(job.network, job.width), job.threads, job.weights,
                best=job.variant != "stock", compiled=job.variant == "compile")


def version():
    return torch.__version__
