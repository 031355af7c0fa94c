import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

// Compiled code of all later imports comes from a cache, also in threads: docs/performance.md, Start.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL("../node_modules/.cache/compiled", import.meta.url));
enableCompileCache();
const { keepTickShape } = await import("./serve/next-tick-shape.ts");
keepTickShape();
const { runCommand } = await import("./command.ts");
await runCommand(process.argv.slice(2));
