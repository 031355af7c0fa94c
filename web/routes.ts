import type { ComponentType, LazyExoticComponent } from "react";
import { part } from "./part.ts";

/** A page of the site; those with a label are in the navigation. */
interface SiteRoute {
  path: string;
  label?: string;
  page: LazyExoticComponent<ComponentType<{ params: Record<string, string> }>>;
}

/** Every page, loaded when it is asked for; it gets the path's parameters. */
export const routes: readonly SiteRoute[] = [
  { path: "/", label: "Standings", page: part(() => import("./pages/standings.tsx")) },
  { path: "/seasons", label: "Seasons", page: part(() => import("./pages/seasons.tsx")) },
  { path: "/seasons/:id", page: part(() => import("./pages/season.tsx")) },
  { path: "/seasons/:id/network", page: part(() => import("./pages/network.tsx")) },
  { path: "/seasons/:id/accounts/:account", page: part(() => import("./pages/account.tsx")) },
  { path: "/accounts/:account", page: part(() => import("./pages/account.tsx")) },
  { path: "/attestations", label: "Attestations", page: part(() => import("./pages/attestations.tsx")) },
  { path: "/attestations/:uid", page: part(() => import("./pages/attestation.tsx")) },
  { path: "/requests", label: "Requests", page: part(() => import("./pages/requests.tsx")) },
  { path: "/requests/:id", page: part(() => import("./pages/request.tsx")) },
  { path: "/models", label: "Models", page: part(() => import("./pages/models.tsx")) },
  { path: "/models/:id", page: part(() => import("./pages/model.tsx")) },
  { path: "/boards", page: part(() => import("./pages/boards.tsx")) },
  { path: "/caught", label: "Caught", page: part(() => import("./pages/caught.tsx")) },
  { path: "/charts", label: "Charts", page: part(() => import("./pages/charts.tsx")) },
  { path: "/take-part", label: "Take part", page: part(() => import("./pages/take-part.tsx")) },
  { path: "/api", label: "API", page: part(() => import("./pages/api.tsx")) },
  { path: "/about", label: "About", page: part(() => import("./pages/about.tsx")) },
];
