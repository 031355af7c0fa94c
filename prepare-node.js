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
// Requests go through the proxy that the environment names, but never those to this machine. The first versions of Node 24
// lack the function: there NODE_USE_ENV_PROXY=1 does it, and NO_PROXY has to name this machine.
const { http_proxy, HTTP_PROXY, https_proxy, HTTPS_PROXY, no_proxy = process.env.NO_PROXY } = process.env;
if (http_proxy || HTTP_PROXY || https_proxy || HTTPS_PROXY) {
  const here = ["localhost", "127.0.0.1", "[::1]", ...(no_proxy ? [no_proxy] : [])].join(",");
  Object.assign(process.env, { no_proxy: here, NO_PROXY: here });
  try {
    process.getBuiltinModule("node:http").setGlobalProxyFromEnv?.();
  } catch {
    console.error("HTTP_PROXY or HTTPS_PROXY is no proxy's URL, as in http://127.0.0.1:3128.");
    process.exit(2);
  }
}
