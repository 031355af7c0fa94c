import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { AccountProfile } from "../../sdk/wire.ts";
import type { Named } from "../fold/profiles.ts";
import { type Located, locationOf } from "../store/event-columns.ts";
import { account, accounts, noQuery } from "./parameters.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, type State } from "./state.ts";

const MOST_ALIKE = 20;

const costOf = ({ query }: FastifyRequest): number =>
  3 + Math.ceil((query as { account: unknown[] }).account.length / 10);

/** `/profiles`, `/profiles/:account`. */
export function nameRoutes(app: App, state: State): void {
  app.get(
    "/profiles",
    {
      config: { hot: true, cost: costOf },
      schema: {
        operationId: "listNames",
        summary: "What accounts call themselves",
        description: "At most 100 accounts; those without a name are left out.",
        querystring: z.strictObject({ account: accounts }),
        response: { 200: schemas.accountProfilesAnswer },
      },
    },
    ({ query }) =>
      state.read(async (snapshot) => {
        const found = await Promise.all(query.account.map((each) => snapshot.profiles.profile(each)));
        return { asOf: asOf(snapshot), items: found.flatMap((row) => (row ? [profileOf(row)] : [])) };
      }),
  );

  app.get(
    "/profiles/:account",
    {
      config: { hot: true, cost: 5 },
      schema: {
        operationId: "getName",
        summary: "What an account calls itself, and who has a name that looks the same",
        description: `At most ${MOST_ALIKE} others.`,
        params: z.object({ account }),
        querystring: noQuery,
        response: { 200: schemas.accountProfileAnswer },
      },
    },
    ({ params }) =>
      state.read(async (snapshot) => {
        const row = await snapshot.profiles.profile(params.account);
        return {
          asOf: asOf(snapshot),
          item: row ? profileOf(row) : null,
          alike: row ? await snapshot.profiles.alike(row, MOST_ALIKE) : [],
        };
      }),
  );
}

function profileOf(row: Located<Named>): AccountProfile {
  const { account, name, link } = row;
  return { account, name, link, set: locationOf(row) };
}
