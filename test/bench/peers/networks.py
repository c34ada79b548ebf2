"""The networks of the update benchmark in PyTorch: shapes, layers and constants of the methods' papers and official code."""
import math

import torch
from torch import nn
from torch.nn import functional as F

CODES = 10


def encoder(outputs: int, channels: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels, 32, 4, 2, 1), nn.ReLU(),
        nn.Conv2d(32, 32, 4, 2, 1), nn.ReLU(),
        nn.Conv2d(32, 64, 4, 2, 1), nn.ReLU(),
        nn.Conv2d(64, 64, 4, 2, 1), nn.ReLU(),
        nn.Conv2d(64, 256, 4, 1, 0), nn.ReLU(),
        nn.Flatten(), nn.Linear(256, outputs),
    )


def decoder(channels: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(CODES, 256), nn.ReLU(), nn.Unflatten(1, (256, 1, 1)),
        nn.ConvTranspose2d(256, 64, 4, 1, 0), nn.ReLU(),
        nn.ConvTranspose2d(64, 64, 4, 2, 1), nn.ReLU(),
        nn.ConvTranspose2d(64, 32, 4, 2, 1), nn.ReLU(),
        nn.ConvTranspose2d(32, 32, 4, 2, 1), nn.ReLU(),
        nn.ConvTranspose2d(32, channels, 4, 2, 1),
    )


def initialise(network: nn.Module) -> nn.Module:
    for name, parameter in network.named_parameters():
        if name.endswith("weight"):
            nn.init.normal_(parameter, 0.0, 0.02)
        else:
            nn.init.zeros_(parameter)
    return network


def rival() -> nn.Sequential:
    """FactorVAE's discriminator: six hidden layers of 1000, leaky ReLU 0.2, two logits."""
    layers: list[nn.Module] = []
    for i in range(6):
        layers += [nn.Linear(CODES if i == 0 else 1000, 1000), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, nn.Linear(1000, 2))


class Residual(nn.Module):
    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        hidden = min(inputs, outputs)
        self.first = nn.Conv2d(inputs, hidden, 3, 1, 1)
        self.second = nn.Conv2d(hidden, outputs, 3, 1, 1)
        self.shortcut = nn.Conv2d(inputs, outputs, 1, bias=False) if inputs != outputs else None

    def forward(self, x):
        found = self.second(F.leaky_relu(self.first(F.leaky_relu(x, 0.2)), 0.2))
        return (x if self.shortcut is None else self.shortcut(x)) + 0.1 * found


def widths(size: int, width: int = 64, most: int = 512) -> list[int]:
    return [min(width * 2**i, most) for i in range(int(math.log2(size // 4)) + 1)]


class ResnetGenerator(nn.Module):
    def __init__(self, size: int, nuisance: int, channels: int):
        super().__init__()
        wide = widths(size)[::-1]
        self.wide = wide
        self.dense = nn.Linear(nuisance + CODES, 16 * wide[0])
        self.blocks = nn.ModuleList(Residual(w, wide[min(i + 1, len(wide) - 1)]) for i, w in enumerate(wide))
        self.paint = nn.Conv2d(wide[-1], channels, 3, 1, 1)

    def forward(self, s, c):
        h = self.dense(torch.cat([s, c], 1)).view(-1, self.wide[0], 4, 4)
        for i, block in enumerate(self.blocks):
            h = block(h if i == 0 else F.interpolate(h, scale_factor=2))
        return torch.tanh(self.paint(F.leaky_relu(h, 0.2)))


class ResnetDiscriminator(nn.Module):
    def __init__(self, size: int, channels: int):
        super().__init__()
        wide = widths(size)
        self.read = nn.Conv2d(channels, wide[0], 3, 1, 1)
        self.blocks = nn.ModuleList(Residual(wide[max(i - 1, 0)], w) for i, w in enumerate(wide))
        self.dense = nn.Linear(16 * wide[-1], 1)

    def forward(self, x):
        h = self.read(x)
        for i, block in enumerate(self.blocks):
            h = block(h if i == 0 else F.avg_pool2d(h, 3, 2, 1))
        return self.dense(F.leaky_relu(h.flatten(1), 0.2))


class PlainGenerator(nn.Module):
    """The official dSprites generator, which takes no nuisance."""

    def __init__(self):
        super().__init__()
        self.network = nn.Sequential(initialise(decoder()), nn.Tanh())

    def forward(self, _, c):
        return self.network(c)
