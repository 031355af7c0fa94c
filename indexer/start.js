import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

// Most of a start is compiling. What is imported after this comes from the cache, types stripped, also in threads: they go
// by the environment. This file itself can't, so it has no types: Node.js would load a compiler to strip them.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL("../node_modules/.cache/compiled", import.meta.url));
enableCompileCache();
const { keepTickShape } = await import("./serve/next-tick-shape.ts");
keepTickShape();
const { runCommand } = await import("./command.ts");
await runCommand(process.argv.slice(2));
