import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";
import { keepTickShape } from "./ticks.ts";

// Most of a start is compiling. A static import would be compiled before this is run; threads go by the environment.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL("../node_modules/.cache/compiled", import.meta.url));
enableCompileCache();
keepTickShape();
const { runCommand } = await import("./command.ts");
await runCommand(process.argv.slice(2));
