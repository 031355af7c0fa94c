import { Agent, request } from "node:http";

/** A log as the node writes it. */
export interface RawLog {
  address: string;
  topics: string[];
  data: string;
  blockNumber: string;
  blockHash: string;
  blockTimestamp: string;
  transactionHash: string;
  logIndex: string;
}

const agent = new Agent({ keepAlive: true });

/** The result of a JSON-RPC call; a node's error is not expected. */
export function ask<T>(url: string, method: string, params: unknown[]): Promise<T> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: "POST", agent, headers: { "content-type": "application/json" } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      // An answer is ASCII: reading it as Latin-1 copies bytes, as UTF-8 it would be decoded.
      answer.on("end", () => resolve(JSON.parse(Buffer.concat(chunks).toString("latin1")).result));
      answer.on("error", reject);
    });
    asked.on("error", reject);
    asked.end(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
  });
}
