import { renderCommandPage } from "./command-page.js";
import { renderConfigPage } from "./config-page.js";
import { renderErrorPage } from "./error-page.js";
import { renderHookPage } from "./hook-page.js";
import { renderMetricsPage } from "./metrics-page.js";
import { renderPluginPage } from "./plugin-page.js";

/** A page of `docs/reference`. */
export interface ReferencePage {
  readonly name: string;
  render(): string | Promise<string>;
}

export const referencePages: readonly ReferencePage[] = [
  { name: "cli.md", render: renderCommandPage },
  { name: "config.md", render: renderConfigPage },
  { name: "errors.md", render: renderErrorPage },
  { name: "hooks.md", render: renderHookPage },
  { name: "metrics.md", render: renderMetricsPage },
  { name: "plugins.md", render: renderPluginPage },
];
