#!/usr/bin/env bash
# On a CUDA machine: the conformance kit with its parity of whole updates, and benchmarks, for engine-tensorflow and for engine-onnx's cuda and webgpu providers.
# Needs the NVIDIA driver and what test/gpu/pack.sh packed, or a workspace in which `npx idgan engine install tensorflow --gpu` was run. Results go to .gpu/results.
# bash test/gpu/run.sh [--device cpu]     with --device cpu it runs the same on a processor, to try the scripts.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
device=gpu
[ "${1:-}" = --device ] && device=$2
if [ -d .gpu/cache ]; then
  export IDGAN_CACHE="$PWD/.gpu/cache" PATH="$PWD/.gpu/bin:$PATH"
fi
results=.gpu/results
mkdir -p "$results"
idgan() { node core/bin/idgan.js "$@"; }
failed=""
step() {
  echo "== $1"
  shift
  "$@" 2>&1 | tee "$results/$name.txt" | tail -15 || failed="$failed $name"
}

name=machine step "the machine" bash -c 'nvidia-smi || echo "no nvidia-smi"; node --version; lscpu | grep -E "Model name|^CPU\(s\)"'
if [ -d .gpu/cache ]; then name=install step "TensorFlow, from what was packed" idgan engine install tensorflow --gpu; fi
name=doctor step "doctor" idgan doctor --engine tensorflow
# Since Ampere, products round their factors to ten bits unless this forbids it, and nothing agrees to 1e-4 with a processor. The benchmarks leave it on.
export NVIDIA_TF32_OVERRIDE=0
name=check-tensorflow step "the kit on TensorFlow" node test/gpu/check.mjs --engine @idgan/engine-tensorflow --options "{\"device\":\"$device\",\"deterministic\":true}"
if [ "$device" = gpu ]; then
  providers="cuda webgpu"
  engines="--engine onnx --engine onnx-cuda --engine onnx-webgpu --engine tensorflow --engine tensorflow-eager"
  repeats="--rounds 3 --updates 20"
else
  providers=cpu
  engines="--engine onnx --engine tensorflow --engine tensorflow-eager"
  repeats="--rounds 1 --updates 3 --set synthesise.batch=16"
fi
# Whole updates of a VAE, a FactorVAE and two GANs against the eager engine, checkpoints that cross engines, memory over 2,000 updates.
name=tests-tensorflow step "the tests of engine-tensorflow" env TEST_REQUIRE=tensorflow node node_modules/ava/entrypoints/cli.mjs test/dist/tensorflow.test.js
for provider in $providers; do
  name="check-onnx-$provider" step "the kit on ONNX Runtime, $provider" node test/gpu/check.mjs --engine @idgan/engine-onnx --options "{\"providers\":[\"$provider\"]}"
done
unset NVIDIA_TF32_OVERRIDE
# shellcheck disable=SC2086
name=bench step "updates side by side" node test/gpu/bench.mjs $repeats $engines
[ -z "$failed" ] || { echo "failed:$failed; all that was said is in $results"; exit 1; }
