import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const peers = new URL("peers/", import.meta.url);

/** A package that Proofboard is measured against. */
interface Peer {
  /** `name@version`, as rows of a benchmark say it. */
  name: string;
  /** Where a file of the package lies. */
  file(path: string): URL;
}

/** Installs the peers as their lock file says, where `name` is missing. */
export async function installPeer(name: string): Promise<Peer> {
  const file = (path: string) => new URL(`node_modules/${name}/${path}`, peers);
  const manifest = file("package.json");
  if (!existsSync(manifest))
    await promisify(execFile)("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
      cwd: fileURLToPath(peers),
    });
  return { name: `${name}@${JSON.parse(readFileSync(manifest, "utf8")).version}`, file };
}
