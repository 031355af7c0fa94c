import { execFile, execFileSync } from "node:child_process";
import { statfs } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A file system of its own, in memory. */
export interface Disk {
  /** Leaves no space beside what is used. */
  fill(): Promise<void>;
  /** Leaves as much space as before. */
  free(): Promise<void>;
  /** Removes it and all that is in it. */
  remove(): void;
}

const SIZE = 1 << 30;
const TRIES = 20;

/** Mounts one at an empty directory; undefined where this process may not. */
export async function mountDisk(
  directory: string,
  { uid, gid }: { uid: number; gid: number },
): Promise<Disk | undefined> {
  const options = `size=${SIZE},mode=0700,uid=${uid},gid=${gid}`;
  try {
    await run("mount", ["-t", "tmpfs", "-o", options, "tmpfs", directory]);
  } catch {
    return undefined;
  }
  const resize = (bytes: number) => run("mount", ["-o", `remount,size=${bytes}`, directory]);
  return {
    async fill() {
      for (let tries = 1; ; tries++) {
        const { blocks, bfree, bsize } = await statfs(directory);
        try {
          await resize((blocks - bfree) * bsize);
          return;
        } catch (error) {
          // More was used meanwhile.
          if (tries === TRIES) throw error;
        }
      }
    },
    async free() {
      await resize(SIZE);
    },
    remove() {
      execFileSync("umount", ["--lazy", directory]);
    },
  };
}
