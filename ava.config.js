export default {
  files: ["core/dist/**/*.test.js", "plugins/*/dist/**/*.test.js", "presets/dist/**/*.test.js", "test/dist/**/*.test.js", "test/kit/dist/**/*.test.js"],
  concurrency: 2,
  timeout: "4m",
  // TensorFlow reads the environment of the process, which a worker thread has only a copy of.
  workerThreads: false,
};
