import { installCommand } from "./install-record.js";

/** What Node or the dynamic linker said while it loaded the addon of a package, in words that end with the line to run. */
export function explainLoading(message: string, name: string, command: string): string {
  const again = `Run: ${command}`;
  const said = message.replace(/\s+/g, " ");
  const library = /(\S+\.so[.\d]*|\S+\.dylib): cannot open shared object file/.exec(said)?.[1];
  if (library !== undefined) return `${name} cannot find ${library}, which its addon was built with. ${again}`;
  const modules = [...said.matchAll(/NODE_MODULE_VERSION (\d+)/g)].map(([, version]) => version);
  if (modules.length === 2) return `${name}'s addon was built for another Node than this ${process.version} (module version ${modules[0]}, and not ${modules[1]}). ${again}`;
  if (/undefined symbol|Symbol not found/.test(said)) return `${name}'s addon does not fit the TensorFlow library beside it, which is of another release (${said}). ${again}`;
  if (/GLIBC(XX)?_/.test(said)) return `TensorFlow's library needs a newer C or C++ library than this system has (${said}). Install an older release: ${installCommand} --release 2.15.1`;
  // Of a file for another processor, the linker says that it is not there.
  const damaged = /(\S+): (?:invalid ELF header|wrong ELF class|file too short|cannot open shared object file|.*incompatible architecture)|did not self-register: '([^']+)'/.exec(said);
  const file = damaged?.[1] ?? damaged?.[2];
  if (file !== undefined) return `${file}, which ${name} loads, is damaged, or was made for another kind of machine (${said.replace(`${file}: `, "").replace(`: '${file}'.`, "")}). ${again}`;
  return `${name} failed while loading: ${said.replace(/\.?$/, ".")} ${again}`;
}
