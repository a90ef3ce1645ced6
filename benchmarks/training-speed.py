"""The network of training-speed.mjs in PyTorch: the same layers, loss and optimiser, some steps on the CPU.

Prints one JSON line: the seconds of each step after two that warm up, the last loss, and versions.
"""

import argparse
import json
import platform
import time

import torch
from torch import nn


def block(inputs, outputs):
    """Convolution 3 x 3, batch normalisation, ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
        nn.BatchNorm2d(outputs, eps=1e-5),
        nn.ReLU(),
    )


class Unet(nn.Module):
    """An encoder of two blocks a level, a decoder of one; shortcuts are added. As packages/core/src/architecture/unet.ts."""

    def __init__(self, inputs, outputs, widths):
        super().__init__()
        befores = [inputs, *widths[:-1]]
        self.encode = nn.ModuleList(
            nn.Sequential(block(before, width), block(width, width)) for before, width in zip(befores, widths)
        )
        pairs = list(zip(widths[1:], widths[:-1]))[::-1]
        self.narrow = nn.ModuleList(nn.Conv2d(deep, width, 1) for deep, width in pairs)
        self.decode = nn.ModuleList(block(width, width) for _, width in pairs)
        self.head = nn.Conv2d(widths[0], outputs, 1)

    def forward(self, image):
        shortcuts = []
        for depth, encode in enumerate(self.encode):
            image = encode(nn.functional.max_pool2d(image, 2) if depth > 0 else image)
            shortcuts.append(image)
        shortcuts.pop()
        for narrow, decode in zip(self.narrow, self.decode):
            up = nn.functional.interpolate(narrow(image), scale_factor=2, mode="nearest")
            image = decode(up + shortcuts.pop())
        return self.head(image)


def main():
    parser = argparse.ArgumentParser()
    for name in ("steps", "threads", "batch", "crop"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--widths", required=True)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    shape = (options.batch, 1, options.crop, options.crop)
    image = torch.randn(shape)
    target = torch.rand(options.batch, 2, options.crop, options.crop)
    network = Unet(1, 2, [int(width) for width in options.widths.split(",")])
    decaying = [weights for weights in network.parameters() if weights.dim() == 4]
    others = [weights for weights in network.parameters() if weights.dim() != 4]
    groups = [{"params": decaying, "weight_decay": 1e-4}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=1e-3)
    seconds = []
    for index in range(options.steps + 2):
        start = time.perf_counter()
        # The sum over the two maps, the mean over pixels: as ours.
        loss = 2 * nn.functional.binary_cross_entropy_with_logits(network(image), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if index >= 2:
            seconds.append(time.perf_counter() - start)
    print(
        json.dumps(
            {
                "seconds": seconds,
                "loss": loss.item(),
                "torch": torch.__version__,
                "python": platform.python_version(),
                "parameters": sum(weights.numel() for weights in network.parameters()),
            }
        )
    )


main()
