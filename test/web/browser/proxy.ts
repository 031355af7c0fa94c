import { createServer, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands between the page and its server. */
export interface Proxy {
  url: string;
  /** Cuts every connection and takes no more until `reopen`. */
  cut(): Promise<void>;
  reopen(): Promise<void>;
  close(): Promise<void>;
}

/** What a proxy does to the server's answers. */
interface Tampering {
  /** Replaces a JSON answer; called with the path and the answer. */
  edit?: (path: string, body: never) => unknown;
  /** Answers in the server's stead where it returns true. */
  answer?: (path: string, response: ServerResponse) => boolean;
}

/** Serves what `target` serves, tampered with. */
export async function tamperWith(target: string, { edit, answer }: Tampering): Promise<Proxy> {
  const server = createServer((incoming, outgoing) => {
    const path = incoming.url ?? "/";
    if (answer?.(path, outgoing)) return;
    const { "accept-encoding": _, "if-none-match": __, ...headers } = incoming.headers;
    const passed = request(new URL(path, target), { method: incoming.method, headers }, (response) => {
      const isJson = /json/.test(response.headers["content-type"] ?? "");
      if (edit === undefined || !isJson) {
        outgoing.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(outgoing);
        return;
      }
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const body = JSON.stringify(edit(path, JSON.parse(Buffer.concat(chunks).toString()) as never));
        const { "content-length": ___, etag: ____, ...kept } = response.headers;
        outgoing.writeHead(response.statusCode ?? 502, kept).end(body);
      });
    });
    passed.on("error", () => outgoing.destroy());
    outgoing.on("close", () => passed.destroy());
    incoming.pipe(passed);
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, cut: close, reopen: () => listen(port), close };
}
