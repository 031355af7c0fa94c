import { useMemo, useState } from "react";
import type { Address } from "viem";
import type { AttestationStatus } from "../../sdk/wire.ts";
import { useReceipts } from "../api.ts";
import { useChecked } from "../audit/watch.ts";
import { Answered, Empty } from "../components/states.tsx";
import { plural } from "../format.ts";
import { ReceiptItem } from "./receipt.tsx";
import "./receipts.css";

const statuses = ["verified", "refuted"] as const satisfies AttestationStatus[];

/** Every point change of an account in a season, newest first; each opens to how it came about. */
export default function Receipts({ account, seasonId }: { account: Address; seasonId: string }) {
  const [status, setStatus] = useState<AttestationStatus | undefined>();
  const query = useReceipts(account, { season: seasonId, ...(status && { status }) });
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const receipts = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  useChecked(
    `receipts ${account}`,
    useMemo(() => data?.pages.map(({ asOf, items }) => ({ asOf, seasonId, receipts: items })) ?? [], [data, seasonId]),
  );
  return (
    <section aria-label="Receipts">
      <label className="choice">
        Points for attestations that are{" "}
        <select value={status ?? ""} onChange={({ target }) => setStatus((target.value || undefined) as typeof status)}>
          <option value="">of any status</option>
          {statuses.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <Answered query={query} what="receipts">
        {() => (
          <>
            {receipts.length === 0 && <Empty>This account has no points for such attestations.</Empty>}
            <ol className="receipts">
              {receipts.map((receipt) => (
                <ReceiptItem key={receipt.seq} receipt={receipt} />
              ))}
            </ol>
            {hasNextPage && (
              <button type="button" disabled={isFetchingNextPage} onClick={() => fetchNextPage()}>
                Show older receipts ({plural(receipts.length, "is", "are")} shown)
              </button>
            )}
          </>
        )}
      </Answered>
    </section>
  );
}
