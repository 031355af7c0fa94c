import type { AddressInfo } from "node:net";
import type { App } from "./state.ts";

/** Where a server is reached. */
interface Where {
  host?: string | undefined;
  port: number;
  prefix?: string | undefined;
}

/**
 * Listens, by default on 127.0.0.1, which only this machine reaches. Answers the URL, without a slash at the end; throws
 * a sentence that names what is taken or isn't there.
 */
export async function listen(app: App, { host = "127.0.0.1", port, prefix = "" }: Where): Promise<string> {
  await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
    throw refusal(error, host, port);
  });
  const bound = app.server.address() as AddressInfo;
  const shown = host.includes(":") ? `[${host}]` : host;
  return `http://${shown}:${bound.port}${prefix}`;
}

function refusal(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case "EADDRINUSE":
      return new Error(`Port ${port} is taken.`);
    case "EACCES":
      return new Error(`Port ${port} may not be used by this user.`);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "EINVAL":
      return new Error(`Host ${host} is no address of this machine.`);
    default:
      return error;
  }
}
