// Made by write-programs.mjs from units.wat; do not edit.
/** Levels to numbers in [0, 1], a WebAssembly module in base64. */
export const unitsProgram =
  "AGFzbQEAAAABBwFgA39/fwADAgEABQMBAAEHFAIGbWVtb3J5AgAHdG9Vbml0cwAACpkBAZYBAgF/A3tDAAB/Q/0TIQYgACACaiEDAkADQCAAIANPDQEgAP0AAAAhBCAE/YkBIQUgASAF/akB/fsBIAb95wH9CwQAIAEgBf2qAf37ASAG/ecB/QsEECAE/YoBIQUgASAF/akB/fsBIAb95wH9CwQgIAEgBf2qAf37ASAG/ecB/QsEMCAAQRBqIQAgAUHAAGohAQwACwsL";
/** SHA-256 of the text it was made from. */
export const unitsProgramSource = "97bcaed87ec4ef7a7ab645052adc273e04e3a76abbf30998ee31417b67847e92";
