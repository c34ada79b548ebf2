import { suggest } from "../config/suggestion.js";
import { IdganError } from "../contract/error.js";
import type { Hooks } from "../hooks.js";

/** What JavaScript itself asks of any object, in `await` and `JSON.stringify`. */
const askedOfAll: ReadonlySet<string> = new Set(["then", "toJSON"]);

/** The hooks as `tap` is given them: a name that is none is refused where it is read, instead of being undefined. `in` and `Object.keys` tell which there are. */
export function knownHooks(hooks: Hooks, tap: string): Hooks {
  return new Proxy(hooks, {
    get(target, key, receiver): unknown {
      if (typeof key === "string" && !(key in target) && !askedOfAll.has(key)) throw unknownHook(target, key, tap);
      return Reflect.get(target, key, receiver);
    },
  });
}

function unknownHook(hooks: Hooks, key: string, tap: string): IdganError {
  const names = Object.keys(hooks);
  const near = suggest(key, names);
  return new IdganError("TAP_INVALID", `tap ${tap}: there is no hook ${key}. ${near === undefined ? `There are: ${names.join(", ")}.` : `Did you mean ${near}?`}`);
}
