import { parseDeployment } from "../../sdk/deployment.ts";
import { WHOLE } from "./answers.ts";
import { type Auditor, audit } from "./auditor.ts";
import { openChain } from "./chain.ts";
import type { AuditMessage, AuditNews } from "./messages.ts";
import { fetchWhole } from "./whole.ts";

const WHILE_HIDDEN = 60_000;
const SHORTEST = 250;

let auditor: Auditor | undefined;
let visible = true;
// A public node is asked less often than one on this machine.
let pace = 1;
let wake: () => void = () => {};

const rest = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    const soonest = performance.now() + SHORTEST * pace;
    wake = () => setTimeout(resolve, Math.max(0, soonest - performance.now()));
    setTimeout(resolve, visible ? milliseconds * pace : WHILE_HIDDEN);
  });

const isOnThisMachine = (url: string): boolean => /^(localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(url).hostname);

self.addEventListener("message", ({ data }: MessageEvent<AuditMessage>) => {
  if (data.kind === "served") auditor?.check(data.slot, data.served);
  if (data.kind === "start") {
    const deployment = parseDeployment(data.deployment);
    const { rpcUrl, secondRpcUrl } = data;
    pace = [rpcUrl, secondRpcUrl ?? rpcUrl].every(isOnThisMachine) ? 1 : 4;
    auditor = audit({
      chain: openChain(deployment, rpcUrl),
      second: secondRpcUrl === undefined ? undefined : openChain(deployment, secondRpcUrl),
      ...{ chainId: deployment.chainId, startBlock: deployment.startBlock, seasonId: BigInt(data.seasonId), rest },
      emit: (state) => self.postMessage({ kind: "state", state } satisfies AuditNews),
      signal: new AbortController().signal,
    });
  }
  if (data.kind === "whole")
    void fetchWhole(data.server, data.seasonId)
      .then((served) => auditor?.check(WHOLE, served))
      .catch((error: Error) => self.postMessage({ kind: "unread", why: error.message } satisfies AuditNews))
      .finally(() => wake());
  if (data.kind === "visible") visible = data.visible;
  wake();
});
