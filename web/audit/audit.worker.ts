import { parseDeployment } from "../../sdk/deployment.ts";
import { WHOLE } from "./answers.ts";
import { type Auditor, audit } from "./auditor.ts";
import { openChain } from "./chain.ts";
import type { AuditMessage, AuditNews } from "./messages.ts";
import { fetchWhole } from "./whole.ts";

const WHILE_HIDDEN = 60_000;

let auditor: Auditor | undefined;
let visible = true;
let wake = () => {};

const rest = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    wake = resolve;
    setTimeout(resolve, visible ? milliseconds : WHILE_HIDDEN);
  });

self.addEventListener("message", ({ data }: MessageEvent<AuditMessage>) => {
  if (data.kind === "served") auditor?.check(data.slot, data.served);
  if (data.kind === "start") {
    const deployment = parseDeployment(data.deployment);
    auditor = audit({
      chain: openChain(deployment, data.rpcUrl),
      ...{ chainId: deployment.chainId, startBlock: deployment.startBlock, seasonId: BigInt(data.seasonId), rest },
      emit: (state) => self.postMessage({ kind: "state", state } satisfies AuditNews),
      signal: new AbortController().signal,
    });
  }
  if (data.kind === "whole")
    void fetchWhole(data.seasonId)
      .then((served) => auditor?.check(WHOLE, served))
      .catch((error: Error) => self.postMessage({ kind: "unread", why: error.message } satisfies AuditNews))
      .finally(() => wake());
  if (data.kind === "visible") visible = data.visible;
  wake();
});
