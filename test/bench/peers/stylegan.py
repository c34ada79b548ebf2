"""StyleGAN's networks (Karras, Laine and Aila 2019, https://arxiv.org/abs/1812.04948) at one resolution, for the update benchmark in PyTorch.

Equalised learning rates; mapping of 8 layers of 512; from a learned constant, convolutions with noise, leaky ReLU, instance norm and style; blur after
upsampling and before downsampling; minibatch standard deviation in groups of 4. The resolution stands: no fading.
"""
import math

import torch
from torch import nn
from torch.nn import functional as F

from networks import CODES


def channels_of(resolution: int) -> int:
    return min(16384 // resolution, 512)


class Equalised(nn.Module):
    """A dense layer, or a convolution of `size` pixels, whose weights are scaled when they are used."""

    def __init__(self, inputs: int, outputs: int, size: int = 0, gain: float = math.sqrt(2), rate: float = 1.0, bias: bool = True):
        super().__init__()
        shape = (outputs, inputs, size, size) if size else (outputs, inputs)
        self.weight = nn.Parameter(torch.randn(shape) / rate)
        self.scale = gain / math.sqrt(inputs * max(1, size * size)) * rate
        self.rate = rate
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None
        self.pad = size // 2
        self.size = size

    def forward(self, x):
        bias = None if self.bias is None else self.bias * self.rate
        if self.size:
            return F.conv2d(x, self.weight * self.scale, bias, padding=self.pad)
        return F.linear(x, self.weight * self.scale, bias)


def blur(x):
    """[1, 2, 1] / 4 along either side, by shifts: PyTorch's convolution by groups takes twice an update's whole time for it on a CPU."""
    x = F.pad(x, (1, 1, 1, 1))
    x = 0.5 * x[:, :, 1:-1] + 0.25 * (x[:, :, :-2] + x[:, :, 2:])
    return 0.5 * x[..., 1:-1] + 0.25 * (x[..., :-2] + x[..., 2:])


class Styled(nn.Module):
    def __init__(self, inputs: int, outputs: int, up: bool, first: bool = False):
        super().__init__()
        self.conv = None if first else Equalised(inputs, outputs, 3, bias=False)
        self.up = up
        self.noise = nn.Parameter(torch.zeros(outputs, 1, 1))
        self.bias = nn.Parameter(torch.zeros(outputs, 1, 1))
        self.style = Equalised(512, 2 * outputs, gain=1.0)

    def forward(self, x, w):
        if self.conv is not None:
            x = self.conv(F.interpolate(x, scale_factor=2) if self.up else x)
        if self.up:
            x = blur(x)
        x = x + self.noise * torch.randn(x.shape[0], 1, *x.shape[2:]) + self.bias
        x = F.leaky_relu(x, 0.2)
        x = x - x.mean((2, 3), keepdim=True)
        x = x * torch.rsqrt(x.square().mean((2, 3), keepdim=True) + 1e-8)
        scale, shift = self.style(w)[:, :, None, None].chunk(2, 1)
        return x * (scale + 1) + shift


class StyleGenerator(nn.Module):
    def __init__(self, size: int, nuisance: int, channels: int):
        super().__init__()
        self.mapping = nn.ModuleList(Equalised(nuisance + CODES if i == 0 else 512, 512, rate=0.01) for i in range(8))
        self.constant = nn.Parameter(torch.ones(1, 512, 4, 4))
        layers = [Styled(512, 512, False, True), Styled(512, 512, False)]
        resolution = 8
        while resolution <= size:
            layers += [Styled(channels_of(resolution // 2), channels_of(resolution), True), Styled(channels_of(resolution), channels_of(resolution), False)]
            resolution *= 2
        self.layers = nn.ModuleList(layers)
        self.paint = Equalised(channels_of(size), channels, 1, gain=1.0)

    def forward(self, s, c):
        w = torch.cat([s, c], 1)
        w = w * torch.rsqrt(w.square().mean(1, keepdim=True) + 1e-8)
        for layer in self.mapping:
            w = F.leaky_relu(layer(w), 0.2)
        x = self.constant.expand(w.shape[0], -1, -1, -1)
        for layer in self.layers:
            x = layer(x, w)
        return self.paint(x)


class StyleDiscriminator(nn.Module):
    def __init__(self, size: int, channels: int):
        super().__init__()
        self.read = Equalised(channels, channels_of(size), 1)
        blocks = []
        resolution = size
        while resolution > 4:
            blocks.append(nn.ModuleList([
                Equalised(channels_of(resolution), channels_of(resolution), 3), Equalised(channels_of(resolution), channels_of(resolution // 2), 3)]))
            resolution //= 2
        self.blocks = nn.ModuleList(blocks)
        self.last = Equalised(513, 512, 3)
        self.dense = Equalised(512 * 16, 512)
        self.head = Equalised(512, 1, gain=1.0)

    def forward(self, x):
        x = F.leaky_relu(self.read(x), 0.2)
        for first, second in self.blocks:
            x = F.leaky_relu(first(x), 0.2)
            x = F.leaky_relu(F.avg_pool2d(second(blur(x)), 2), 0.2)
        batch, _, height, width = x.shape
        group = min(4, batch)
        spread = (x.view(group, -1, *x.shape[1:]).var(0, unbiased=False) + 1e-8).sqrt().mean((1, 2, 3), keepdim=True)
        x = torch.cat([x, spread.repeat(group, 1, height, width)], 1)
        x = F.leaky_relu(self.last(x), 0.2)
        return self.head(F.leaky_relu(self.dense(x.flatten(1)), 0.2))
