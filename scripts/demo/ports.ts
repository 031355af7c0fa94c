import { createServer } from "node:net";

/**
 * The port to listen on at 127.0.0.1: the given one; else the default one, or a free one if that is taken. Throws a
 * sentence when the given one isn't a port, or is taken.
 *
 * @param name Environment variable that gives it, as in `PORT`.
 */
export async function choosePort(
  name: string,
  given: string | undefined,
  usual: number,
  report: (sentence: string) => void,
): Promise<number> {
  if (given !== undefined && given !== "") {
    const port = Number(given);
    if (!/^\d+$/.test(given) || port < 1 || port > 65_535)
      throw new Error(`${name} is "${given}"; it must be a port from 1 to 65535.`);
    if ((await listenOnce(port)) === undefined) throw new Error(`Port ${port}, which ${name} names, is taken.`);
    return port;
  }
  if ((await listenOnce(usual)) !== undefined) return usual;
  const free = (await listenOnce(0)) as number;
  report(`Port ${usual} is taken, so ${free} is used; ${name} chooses another.`);
  return free;
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" || error.code === "EACCES" ? resolve(undefined) : reject(error),
    );
    server.listen(port, "127.0.0.1", () => {
      const { port: found } = server.address() as { port: number };
      server.close(() => resolve(found));
    });
  });
}
