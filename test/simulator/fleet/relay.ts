import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Hands connections on to a PostgreSQL server, as a balancer before a primary and its replica does. */
export interface Relay {
  port: number;
  /** Hands on to this port from now on; the connections that there are break. */
  switchTo(port: number): void;
  /** Breaks the connections that there are, wherever they are in a transaction; answers how many. */
  cut(): number;
  close(): Promise<void>;
}

export async function startRelay(to: number): Promise<Relay> {
  let target = to;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one);
      one.pipe(other);
      one.on("error", () => {});
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  function cut(): number {
    const count = open.size;
    for (const socket of open) socket.destroy();
    return count;
  }

  return {
    port: (server.address() as AddressInfo).port,
    switchTo(port) {
      target = port;
      cut();
    },
    cut,
    async close() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
