"""The update benchmark's peer: stages of ID-GAN in PyTorch 1.13 or later, from memory, as the process that test/bench/bench.mjs talks to.

python3 idgan_torch.py --model vae|factorvae|betatcvae|gan|resnetgan-64|stylegan-32|stylegan-64 [--task update|read] [--threads 2] [--batch 64] [--compile]

A line of input is a number of calls, "matrix" or "end"; an answer is a line of JSON. The settings: 10 codes, Bernoulli decoder, Adam 1e-4; non-saturating
loss, R1 weight 10 on real images at every update, id weight 1e-4, RMSprop 1e-4 (alpha 0.99, eps 1e-8), average 0.999. What an update needs and no more:
the teacher's and the idle network's weights get no gradients, and R1 shares the real images' forward pass.
"""
import argparse
import copy
import json
import math
import resource
import sys
import time

import torch
from torch.nn import functional as F

from networks import CODES, PlainGenerator, ResnetDiscriminator, ResnetGenerator, decoder, encoder, initialise, rival
from stylegan import StyleDiscriminator, StyleGenerator

IMAGES = 737_280


def sample(statistics_of_code: torch.Tensor) -> torch.Tensor:
    mean, log_var = statistics_of_code.chunk(2, 1)
    return mean + torch.exp(log_var / 2) * torch.randn_like(mean)


def log_normal(z, mean, log_var):
    return -0.5 * (math.log(2 * math.pi) + log_var + (z - mean).square() * torch.exp(-log_var))


def total_correlation(c, mean, log_var):
    """beta-TCVAE's estimate by minibatch-weighted sampling."""
    densities = log_normal(c[:, None], mean[None], log_var[None])
    weight = math.log(c.shape[0] * IMAGES)
    joint = torch.logsumexp(densities.sum(2), 1) - weight
    marginals = (torch.logsumexp(densities, 1) - weight).sum(1)
    conditional = log_normal(c, mean, log_var).sum(1)
    prior = log_normal(c, torch.zeros_like(c), torch.zeros_like(c)).sum(1)
    return (conditional - joint).mean() + 6 * (joint - marginals).mean() + (marginals - prior).mean()


class VaeUpdate:
    def __init__(self, model: str, batch: int, compiled: bool):
        self.model = model
        self.encode = initialise(encoder(2 * CODES))
        self.decode = initialise(decoder())
        self.optimizer = torch.optim.Adam([*self.encode.parameters(), *self.decode.parameters()], lr=1e-4)
        self.terms = torch.compile(self.compute_terms) if compiled else self.compute_terms
        self.images = torch.rand(batch, 1, 64, 64)
        if model == "factorvae":
            self.rival = rival()
            self.rival_optimizer = torch.optim.Adam(self.rival.parameters(), lr=1e-4, betas=(0.5, 0.9))
            self.rival_loss = torch.compile(self.compute_rival) if compiled else self.compute_rival

    def compute_terms(self, x: torch.Tensor):
        code = self.encode(x)
        mean, log_var = code.chunk(2, 1)
        c = sample(code)
        logits = self.decode(c)
        reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / x.shape[0]
        if self.model == "betatcvae":
            return reconstruction + total_correlation(c, mean, log_var), c
        kl = -0.5 * (1 + log_var - mean.square() - log_var.exp()).sum(1).mean()
        if self.model == "factorvae":
            logit = self.rival(c)
            return reconstruction + kl + 35 * (logit[:, 0] - logit[:, 1]).mean(), c
        return reconstruction + 8 * kl, c

    def compute_rival(self, c, x):
        with torch.no_grad():
            other = sample(self.encode(x))
            permuted = torch.stack([column[torch.randperm(column.shape[0])] for column in other.unbind(1)], 1)
        labels = torch.zeros(c.shape[0], dtype=torch.long)
        return 0.5 * (F.cross_entropy(self.rival(c.detach()), labels) + F.cross_entropy(self.rival(permuted), labels + 1))

    def update(self) -> dict:
        if self.model == "factorvae":
            self.rival.requires_grad_(False)
        loss, c = self.terms(self.images)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if self.model == "factorvae":
            self.rival.requires_grad_(True)
            rival_loss = self.rival_loss(c, self.images)
            self.rival_optimizer.zero_grad(set_to_none=True)
            rival_loss.backward()
            self.rival_optimizer.step()
        self.optimizer.step()
        return {"total": loss.item()}

    def read(self) -> dict:
        with torch.no_grad():
            self.encode(self.images)
        return {}


def players(model: str):
    """Generator, discriminator, size, channels and nuisance of a GAN."""
    family, _, size = model.partition("-")
    if family == "gan":
        return PlainGenerator(), initialise(encoder(1)), 64, 1, 0
    size = int(size)
    generator, discriminator = (ResnetGenerator, ResnetDiscriminator) if family == "resnetgan" else (StyleGenerator, StyleDiscriminator)
    return generator(size, 256, 3), discriminator(size, 3), size, 3, 256


class GanUpdate:
    def __init__(self, model: str, batch: int, compiled: bool):
        self.generator, self.discriminator, size, channels, self.nuisance = players(model)
        self.teacher = initialise(encoder(2 * CODES, channels)).requires_grad_(False)
        self.average = copy.deepcopy(self.generator).requires_grad_(False)
        rmsprop = {"alpha": 0.99, "eps": 1e-8}
        self.generator_optimizer = torch.optim.RMSprop(self.generator.parameters(), lr=1e-4, **rmsprop)
        self.discriminator_optimizer = torch.optim.RMSprop(self.discriminator.parameters(), lr=1e-4, **rmsprop)
        # torch.compile cannot differentiate twice, so the discriminator's pass over real images stays eager.
        self.encode = torch.compile(self.teacher) if compiled else self.teacher
        self.generate = torch.compile(self.generator) if compiled else self.generator
        self.judge = torch.compile(self.discriminator) if compiled else self.discriminator
        self.size = size
        self.images = torch.rand(batch, channels, size, size)

    def code_of(self, images: torch.Tensor) -> torch.Tensor:
        return self.encode(images if self.size == 64 else F.interpolate(images, size=64, mode="bilinear"))

    def nuisance_noise(self) -> torch.Tensor:
        return torch.randn(self.images.shape[0], self.nuisance)

    def update(self) -> dict:
        real = (self.images * 2 - 1).requires_grad_()
        with torch.no_grad():
            c = sample(self.code_of(self.images))
            fake = self.generate(self.nuisance_noise(), c)

        real_logits = self.discriminator(real)
        (gradient,) = torch.autograd.grad(real_logits.sum(), real, create_graph=True)
        r1 = gradient.square().sum((1, 2, 3)).mean()
        adversarial = F.softplus(-real_logits).mean() + F.softplus(self.judge(fake)).mean()
        self.discriminator_optimizer.zero_grad(set_to_none=True)
        (adversarial + 10 * r1).backward()
        self.discriminator_optimizer.step()

        self.discriminator.requires_grad_(False)
        image = self.generate(self.nuisance_noise(), c)
        mean, log_var = self.code_of((image + 1) / 2).chunk(2, 1)
        id_loss = 0.5 * (math.log(2 * math.pi) + log_var + (c - mean).square() / (log_var.exp() + 1e-8)).sum(1).mean()
        deceit = F.softplus(-self.judge(image)).mean()
        self.generator_optimizer.zero_grad(set_to_none=True)
        (deceit + 1e-4 * id_loss).backward()
        self.generator_optimizer.step()
        self.discriminator.requires_grad_(True)

        with torch.no_grad():
            for mean_weight, weight in zip(self.average.parameters(), self.generator.parameters()):
                mean_weight.lerp_(weight, 1 - 0.999)
        return {"adversarial": adversarial.item(), "r1": r1.item(), "generator": deceit.item(), "id": id_loss.item()}

    def read(self) -> dict:
        with torch.no_grad():
            self.generate(self.nuisance_noise(), torch.randn(self.images.shape[0], CODES))
        return {}


def matrix_rate() -> float:
    """GFLOP/s of a product of two matrices of 1024 x 1024 float32, the best of ten."""
    a, b = torch.rand(2, 1024, 1024)
    best = math.inf
    for _ in range(10):
        start = time.perf_counter()
        torch.mm(a, b)
        best = min(best, time.perf_counter() - start)
    return 2 * 1024**3 / best / 1e9


def say(message: dict) -> None:
    print(json.dumps(message), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="vae")
    parser.add_argument("--task", choices=["update", "read"], default="update")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--compile", action="store_true")
    options = parser.parse_args()

    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    subject = (VaeUpdate if options.model.endswith("vae") else GanUpdate)(options.model, options.batch, options.compile)
    call = subject.update if options.task == "update" else subject.read
    say({"framework": "pytorch", "version": f"PyTorch {torch.__version__}{' compiled' if options.compile else ''}"})
    losses: dict = {}
    for line in sys.stdin:
        word = line.strip()
        if word == "end":
            break
        if word == "matrix":
            say({"rate": matrix_rate()})
            continue
        times = []
        used = time.process_time()
        for _ in range(int(word)):
            start = time.perf_counter()
            losses = call()
            times.append(1000 * (time.perf_counter() - start))
        say({"times": times, "processorMs": 1000 * (time.process_time() - used) / int(word)})
    say({"peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "losses": losses})


if __name__ == "__main__":
    main()
