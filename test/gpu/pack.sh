#!/usr/bin/env bash
# Packs everything that test/gpu/run.sh needs into one file, for a CUDA machine without a network: this workspace as it is built, Node, TensorFlow's GPU library with
# CUDA and cuDNN, and the addon. bash test/gpu/pack.sh [idgan-gpu.tar]     Needs what `idgan engine install tensorflow --gpu` needs, and 12 GB of disk.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
target=$(realpath -m "${1:-idgan-gpu.tar}")
# A cache of its own, so that nothing but the GPU's library is packed.
export IDGAN_CACHE="$PWD/.gpu/cache"
mkdir -p .gpu/bin
npm run --silent setup
npx idgan engine install tensorflow --gpu
cp "$(node -p process.execPath)" .gpu/bin/node
rm -rf .gpu/cache/tensorflow/downloads
tar --exclude=.git --exclude=./runs --exclude="./$(basename "$target")" -cf "$target" .
echo "$target: there, tar -xf $(basename "$target") && bash test/gpu/run.sh"
