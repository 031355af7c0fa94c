import module from "node:module";
import { fileURLToPath } from "node:url";

// Imported before anything else by the programs that people start: docs/performance.md, Start. An older Node can read
// this file, and says what it lacks.
if (Number.parseInt(process.versions.node, 10) < 24) {
  console.error(
    `Proofboard needs Node 24 or newer, and this is ${process.versions.node}. Put npx -y -p node@24 -c "…" around the command.`,
  );
  process.exit(2);
}
// Compiled code of all later imports comes from a cache, also in threads.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL("node_modules/.cache/compiled", import.meta.url));
module.enableCompileCache();
