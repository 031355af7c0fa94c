"""Trains the network of models/story on the text that corpus.ts wrote, and writes its integers for write.ts.

Every number within the network is a whole number of steps, a step a power of two, and every sum stays below 2^24 steps.
So float32 computes exactly what the graph profile's integers do (docs/graph-profile.md), and gradients pass through the
roundings as if they weren't there. The first half of the time there is no rounding, only the same clamps.

Needs PyTorch 1.13 or later. `--minutes` says how long it trains; it goes on from its last checkpoint if there is one.
"""

import argparse
import json
import math
import os
import time

import torch
from torch import nn
from torch.nn import functional

PROMPT, ANSWER = 64, 64
MOMENTS = PROMPT + ANSWER - 1
WINDOW, LETTER = 4, 32
WIDTH = WINDOW * LETTER
HEADS, LAYERS, HIDDEN, BYTES = 4, 2, 640, 128

# A number's step is 2^-k; k of each place in the network.
STREAM, NORMAL, QUERY, SCORE, VALUE, GAIN, HIDDEN_STEP, LOGIT = 5, 7, 5, 3, 5, 1, 4, 3
MOST_WEIGHT_STEP = 14


def straight(exact, soft):
    """The exact value, with the gradient of the soft one."""
    return soft + (exact - soft).detach()


class Nearest(torch.autograd.Function):
    """The nearest step; the gradient passes as it is."""

    @staticmethod
    def forward(context, x, k):
        return (x * 2.0**k).add_(0.5).floor_().mul_(2.0**-k)

    @staticmethod
    def backward(context, gradient):
        return gradient, None


def steps(x, k, exact, low=-128):
    """Within int8, and where `exact` says so the nearest step of 2^-k."""
    return functional.hardtanh(Nearest.apply(x, k) if exact else x, low * 2.0**-k, 127 * 2.0**-k)


class Linear(nn.Module):
    """The operator `linear`: a weight's step is a power of two, each neuron's own."""

    def __init__(self, inputs, outputs, taken, given, low=-128, scale=1.0):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) * scale / math.sqrt(inputs))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.taken, self.given, self.low = taken, given, low

    def weight_steps(self):
        most = self.weight.detach().abs().amax(1).clamp_min(1e-6)
        return torch.floor(torch.log2(127.0 / most)).clamp(1 + self.given - self.taken, MOST_WEIGHT_STEP)

    def integers(self):
        k = self.weight_steps()
        unit = torch.exp2(k)
        weight = torch.floor(self.weight * unit[:, None] + 0.5).clamp(-127, 127)
        return k, weight, torch.floor(self.bias * unit * 2.0**self.taken + 0.5)

    def forward(self, x, exact):
        weight, bias = self.weight, self.bias
        if exact:
            k, weights, biases = self.integers()
            unit = torch.exp2(-k)
            weight = straight(weights * unit[:, None], weight)
            bias = straight(biases * unit * 2.0**-self.taken, bias)
        sums = functional.linear(x.reshape(-1, x.shape[-1]), weight, bias)
        return steps(sums, self.given, exact, self.low).reshape(*x.shape[:-1], -1)

    def rows(self):
        k, weights, biases = self.integers()
        shifts = k + self.taken - self.given
        return [
            {"shift": int(shift), "lo": self.low, "bias": int(bias), "weights": [int(w) for w in row]}
            for shift, bias, row in zip(shifts, biases, weights)
        ]


class Table(nn.Module):
    """The operator `table` as tanh of a scaled value: what stands in for layer normalisation."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(0.7))

    def forward(self, x, exact):
        return steps(torch.tanh(self.scale * x), NORMAL, exact)

    def entries(self):
        read = torch.arange(256.0)
        read = torch.where(read < 128, read, read - 256) * 2.0**-STREAM
        return [int(entry) for entry in self(read, True) * 2.0**NORMAL]


def exponent(below):
    """The operator `exponents`: 127 e^-x of how far a score is below the highest."""
    return Nearest.apply(127 * torch.exp(-below), 0)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.queries = Linear(WIDTH, WIDTH, NORMAL, QUERY)
        self.keys = Linear(WIDTH, WIDTH, NORMAL, QUERY)
        self.values = Linear(WIDTH, WIDTH, NORMAL, VALUE)
        self.out = Linear(WIDTH, WIDTH, VALUE + GAIN, STREAM, scale=0.5)
        self.register_buffer("hidden", torch.ones(MOMENTS, MOMENTS).triu(1).bool(), persistent=False)

    def forward(self, x, exact):
        def heads(y):
            return y.reshape(len(x), MOMENTS, HEADS, -1).transpose(1, 2)

        q, k, v = (heads(each(x, exact)) for each in (self.queries, self.keys, self.values))
        scores = steps(q @ k.transpose(2, 3), SCORE, exact)
        scores = scores.masked_fill(self.hidden, -math.inf)
        if exact:
            weights = exponent(scores.detach().amax(3, keepdim=True) - scores)
            total = weights.sum(3, keepdim=True)
            products = weights @ v
            unit = 2.0 ** (VALUE + GAIN)
            nearest = torch.floor((products * unit + torch.floor(total / 2)) / total)
            means = straight(nearest.clamp(-128, 127) / unit, products / total)
        else:
            means = torch.softmax(scores, 3) @ v
        return self.out(means.transpose(1, 2).reshape(x.shape), exact)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.before, self.attention = Table(), Attention()
        self.between = Table()
        self.wide = Linear(WIDTH, HIDDEN, NORMAL, HIDDEN_STEP, low=0, scale=1.5)
        self.narrow = Linear(HIDDEN, WIDTH, HIDDEN_STEP, STREAM, scale=0.5)

    def forward(self, x, exact):
        x = steps(x + self.attention(self.before(x, exact), exact), STREAM, exact)
        deeper = self.narrow(self.wide(self.between(x, exact), exact), exact)
        return steps(x + deeper, STREAM, exact)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.letters = nn.Parameter(torch.randn(256, LETTER) * 0.7)
        self.moments = nn.Parameter(torch.randn(MOMENTS, WIDTH) * 0.2)
        self.window = Linear(WIDTH, WIDTH, STREAM, STREAM)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.last = Table()
        self.logits = Linear(WIDTH, BYTES, NORMAL, LOGIT)

    def forward(self, tokens, exact):
        """Logits of the byte after each token. tokens: int64 [any, MOMENTS]; before the first there are zeros."""
        letters = functional.embedding(tokens, steps(self.letters, STREAM, exact))
        padded = functional.pad(letters, (0, 0, WINDOW - 1, 0))
        windows = torch.cat([padded[:, i : i + MOMENTS] for i in range(WINDOW)], 2)
        moments = steps(self.moments, STREAM, exact)
        x = steps(self.window(windows, exact) + moments, STREAM, exact)
        for block in self.blocks:
            x = block(x, exact)
        return self.logits(self.last(x, exact), exact)


def integers(network, sample):
    """Everything that write.ts needs; `sample` is a text with the logits that the integers must give again."""

    def table(values):
        return (steps(values, STREAM, True) * 2**STREAM).int().tolist()

    with torch.no_grad():
        below = torch.arange(256.0) * 2.0**-SCORE
        logits = network(sample[None], True)[0, PROMPT - 1 :] * 2**LOGIT
        return {
            "letters": table(network.letters),
            "moments": table(network.moments),
            "window": network.window.rows(),
            "exponents": [int(entry) for entry in exponent(below)],
            "scoreShift": 2 * QUERY - SCORE,
            "gain": GAIN,
            "heads": HEADS,
            "blocks": [
                {
                    "before": block.before.entries(),
                    **{name: getattr(block.attention, name).rows() for name in ("queries", "keys", "values", "out")},
                    "between": block.between.entries(),
                    "wide": block.wide.rows(),
                    "narrow": block.narrow.rows(),
                }
                for block in network.blocks
            ],
            "last": network.last.entries(),
            "logits": network.logits.rows(),
            "logitStep": 2.0**-LOGIT,
            "sample": {"tokens": sample.tolist(), "logits": logits.int().tolist()},
        }


def bytes_of(path):
    with open(path, "rb") as file:
        return torch.tensor(list(file.read()), dtype=torch.int64)


def batch_of(text, starts, count, random):
    """Pieces of the text; every eighth begins with a story that stands after NULs, as a short prompt does."""
    at = torch.randint(len(text) - MOMENTS - 1, (count,), generator=random)
    pieces = text[at[:, None] + torch.arange(MOMENTS + 1)]
    for i in range(0, count, 8):
        padding = int(torch.randint(PROMPT, (1,), generator=random))
        start = int(starts[torch.randint(len(starts), (1,), generator=random)])
        pieces[i, :padding] = 0
        pieces[i, padding:] = text[start : start + MOMENTS + 1 - padding]
    return pieces


def bits_per_byte(network, text, exact):
    """Mean bits of each byte after the first story, with the 64 to 127 bytes before it known."""
    first = int((text == 0).nonzero()[0]) + 1
    starts = torch.arange(first - PROMPT, len(text) - PROMPT, ANSWER)
    padded = functional.pad(text, (0, ANSWER))
    pieces = padded[starts[:, None] + torch.arange(MOMENTS + 1)]
    measured = (starts[:, None] + PROMPT + torch.arange(ANSWER)) < len(text)
    with torch.no_grad():
        logits = torch.cat([network(part[:, :-1], exact) for part in pieces.split(32)])[:, PROMPT - 1 :]
    nats = functional.cross_entropy(logits.transpose(1, 2), pieces[:, PROMPT:], reduction="none")
    return float(nats[measured].mean()) / math.log(2)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", default="../cache/story")
    parser.add_argument("--minutes", type=float, default=35)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--rounded-from", type=float, default=0.5)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(20261129)
    path = lambda name: os.path.join(options.directory, name)

    text = bytes_of(path("training.txt"))
    held_out = bytes_of(path("held-out.txt"))
    starts = (text[: -MOMENTS - 2] == 0).nonzero()[:, 0] + 1
    network = Network()
    print(sum(each.numel() for each in network.parameters()), "parameters", flush=True)
    optimizer = torch.optim.AdamW(network.parameters(), lr=options.rate, betas=(0.9, 0.98), weight_decay=0.01)
    step, spent = 0, 0.0
    if os.path.exists(path("checkpoint.pt")):
        saved = torch.load(path("checkpoint.pt"))
        network.load_state_dict(saved["network"])
        optimizer.load_state_dict(saved["optimizer"])
        step, spent = saved["step"], saved["spent"]
    random = torch.Generator().manual_seed(step)
    began, last, losses = time.time() - spent, spent, []
    while True:
        spent = time.time() - began
        progress = spent / (60 * options.minutes)
        if progress >= 1:
            break
        exact = progress >= options.rounded_from
        for group in optimizer.param_groups:
            group["lr"] = options.rate * min(1, (step + 1) / 100) * min(1, (1 - progress) / 0.8)
        pieces = batch_of(text, starts, options.batch, random)
        logits = network(pieces[:, :-1], exact)
        loss = functional.cross_entropy(logits.reshape(-1, BYTES), pieces[:, 1:].reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        step += 1
        losses.append(float(loss.detach()) / math.log(2))
        if step % 100 == 0:
            mean = sum(losses) / len(losses)
            losses = []
            print(f"{spent:.0f} s, step {step}, rounded {exact}: {mean:.4f} bits a byte", flush=True)
        if spent - last > 300:
            last = spent
            saved = {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "spent": spent}
            torch.save(saved, path("checkpoint.new"))
            os.replace(path("checkpoint.new"), path("checkpoint.pt"))
            print(f"held out: {bits_per_byte(network, held_out, exact):.4f} bits a byte", flush=True)
    measured = {name: bits_per_byte(network, held_out, exact) for name, exact in (("float", False), ("rounded", True))}
    print(measured, flush=True)
    written = {**integers(network, held_out[:MOMENTS]), "floatBits": measured["float"]}
    with open(path("network.json"), "w") as file:
        json.dump(written, file)


if __name__ == "__main__":
    main()
