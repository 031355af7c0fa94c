import { methodOf } from "./labels.ts";
import { noQuery } from "./parameters.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, type State } from "./state.ts";

const MINUTES = 180;

/** `/activity`. */
export function activityRoute(app: App, state: State): void {
  app.get(
    "/activity",
    {
      config: { hot: true, cost: 5 },
      schema: {
        operationId: "getActivity",
        summary: "Attestations recorded a minute, by method",
        description: `The last ${MINUTES} minutes in which there were any.`,
        querystring: noQuery,
        response: { 200: schemas.activityAnswer },
      },
    },
    () =>
      state.read(async (snapshot) => {
        const minutes = await snapshot.activity.latest(MINUTES);
        return {
          asOf: asOf(snapshot),
          items: minutes.map(({ minute, method, count }) => ({ minute, method: methodOf(method), count })),
        };
      }),
  );
}
