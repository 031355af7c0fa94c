import { execFile } from "node:child_process";
import { cp, glob, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, posix, relative, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";

const ROOT = join(import.meta.dirname, "..");
const run = promisify(execFile);

/** A package that others install: rooms of this house, compiled. */
interface Package {
  name: string;
  description: string;
  /** Folders of this house that are in it. One alone is the package's root. */
  rooms: readonly string[];
  /** Other packages of ours that it imports. */
  ours: readonly string[];
  /** What it imports from npm, at the version that is tested here. */
  theirs: readonly string[];
  /** Files that are taken as they are. */
  files: readonly string[];
  more: Record<string, unknown>;
}

const EXPORTS = { "./*": { types: "./*.d.ts", default: "./*.js" } };

const packages: readonly Package[] = [
  {
    name: "@proofboard/sdk",
    description: "Read and check a leaderboard of verified AI inferences, and ask for some; runs in a browser",
    rooms: ["sdk"],
    ours: [],
    theirs: ["ox", "viem"],
    files: [],
    more: { exports: { ".": { types: "./index.d.ts", default: "./index.js" }, ...EXPORTS }, sideEffects: false },
  },
  {
    name: "@proofboard/inference",
    description: "The pinned runtime of Proofboard's models, and the checks of what was attested; runs in a browser",
    rooms: ["inference"],
    ours: ["@proofboard/sdk"],
    theirs: [
      ...["@noble/curves", "@peculiar/asn1-ecc", "@peculiar/asn1-schema", "@peculiar/asn1-x509", "cborg"],
      ...["hash-wasm", "onnxruntime-web", "ox", "viem"],
    ],
    files: [],
    more: { exports: EXPORTS, sideEffects: false },
  },
  {
    name: "proofboard",
    description: "The proofboard command: attest, verify, audit, run a season",
    rooms: ["participant", "cli"],
    ours: ["@proofboard/sdk", "@proofboard/inference"],
    theirs: [
      "@modelcontextprotocol/sdk",
      "better-sqlite3",
      "circom2",
      "onnxruntime-web",
      "ox",
      "snarkjs",
      "viem",
      "zod",
    ],
    files: ["prepare-node.js", "cli/start.js", "models/*/card.json"],
    more: { bin: { proofboard: "cli/start.js" }, engines: { node: ">=24" } },
  },
];

const roomsOf = (name: string): readonly string[] => packages.find((each) => each.name === name)?.rooms ?? [];

/** Compiles this house and writes a tarball a package to `destination`; answers their paths, in the order of {@link packages}. */
export async function pack(destination: string): Promise<string[]> {
  const work = await mkdtemp(join(tmpdir(), "proofboard-pack-"));
  try {
    const compiled = join(work, "compiled");
    await compile(work, compiled);
    await mkdir(destination, { recursive: true });
    const tarballs: string[] = [];
    for (const each of packages) {
      const folder = join(work, each.name);
      await gather(each, compiled, folder);
      const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", resolve(destination)], {
        cwd: folder,
      });
      const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
      tarballs.push(join(destination, filename));
    }
    return tarballs;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Doc comments are in the declarations, so the code does without any. */
async function compile(work: string, outDir: string): Promise<void> {
  const include = packages.flatMap(({ rooms }) => rooms.map((room) => join(ROOT, room)));
  for (const part of [{ declaration: true, emitDeclarationOnly: true }, { removeComments: true }]) {
    const compilerOptions = {
      ...{ noEmit: false, rootDir: ROOT, outDir, types: ["node"], typeRoots: [join(ROOT, "node_modules/@types")] },
      ...part,
    };
    const config = join(work, "tsconfig.json");
    const text = JSON.stringify({ extends: join(ROOT, "tsconfig.json"), compilerOptions, include, exclude: [] });
    await writeFile(config, text);
    await run(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "--project", config]);
  }
}

/** Puts a package together: its compiled rooms, its files, its package.json, README and licence. */
async function gather(each: Package, compiled: string, folder: string): Promise<void> {
  const [room] = each.rooms;
  for (const from of each.rooms)
    for await (const path of glob("**/*.{js,d.ts}", { cwd: join(compiled, from) })) {
      const text = await readFile(join(compiled, from, path), "utf8");
      const own = posix.join(from, path);
      await write(join(folder, each.rooms.length === 1 ? path : own), publish(text, own, each));
    }
  for (const pattern of each.files)
    for await (const path of glob(pattern, { cwd: ROOT }))
      await write(join(folder, path), publish(await readFile(join(ROOT, path), "utf8"), path, each));
  await cp(join(ROOT, "LICENSE"), join(folder, "LICENSE"));
  await write(join(folder, "README.md"), await readFile(join(ROOT, "packages", `${room}.md`), "utf8"));
  await write(join(folder, "package.json"), await manifest(each));
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

const SPECIFIER = /(\b(?:from|import)\s*\(?\s*)"([^"\s]+)"(?=\)*[;.])/g;
const FILE_URL = /new URL\("([^"]+)\.ts", import\.meta\.url\)/g;

/** A compiled file's text as it is in its package: what it imports of other packages is named by them. */
function publish(text: string, own: string, each: Package): string {
  return text
    .replaceAll(SPECIFIER, (_, before: string, specifier: string) => `${before}"${published(specifier, own, each)}"`)
    .replaceAll(FILE_URL, (_, file: string) => `new URL("${file}.js", import.meta.url)`);
}

function published(specifier: string, own: string, each: Package): string {
  if (!specifier.startsWith(".")) return declared(specifier, own, each);
  const path = posix.join(posix.dirname(own), specifier).replace(/\.(?:ts|js)$/, "");
  const [room = ""] = path.split("/");
  const other = each.ours.find((name) => roomsOf(name).includes(room));
  if (other !== undefined) return `${other}/${path.slice(room.length + 1)}`;
  if (!each.rooms.includes(room) && specifier !== "../prepare-node.js")
    throw new Error(`${own} imports ${specifier}, which is in none of the packages that ${each.name} names.`);
  return specifier.replace(/\.ts$/, ".js");
}

/** Checks that a package names what it imports from npm. */
function declared(specifier: string, own: string, { name, theirs }: Package): string {
  const [scope = "", rest] = specifier.split("/");
  const wanted = scope.startsWith("@") ? `${scope}/${rest}` : scope;
  if (!specifier.startsWith("node:") && !theirs.includes(wanted))
    throw new Error(`${own} imports ${specifier}, which ${name} doesn't name.`);
  return specifier;
}

interface Manifest {
  version: string;
  license: string;
  engines: Record<string, string>;
  dependencies: Record<string, string>;
}

async function manifest({ name, description, ours, theirs, more }: Package): Promise<string> {
  const { version, license, engines, dependencies } = JSON.parse(
    await readFile(join(ROOT, "package.json"), "utf8"),
  ) as Manifest;
  const unknown = theirs.find((each) => dependencies[each] === undefined);
  if (unknown !== undefined) throw new Error(`${name} needs ${unknown}, which is no dependency of this project.`);
  const needed = [...ours.map((each) => [each, version]), ...theirs.map((each) => [each, dependencies[each]])];
  const all = { name, version, description, license, type: "module", engines, ...more };
  return `${JSON.stringify({ ...all, dependencies: Object.fromEntries(needed) }, undefined, 2)}\n`;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { "pack-destination": { type: "string", default: "." } } });
  for (const tarball of await pack(values["pack-destination"])) console.log(relative(process.cwd(), tarball));
}
