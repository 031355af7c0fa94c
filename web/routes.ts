import { type ComponentType, type LazyExoticComponent, lazy } from "react";

/** A page of the site; those with a label are in the navigation. */
interface SiteRoute {
  path: string;
  label?: string;
  page: LazyExoticComponent<ComponentType<{ params: Record<string, string> }>>;
}

/** Every page, loaded when it is asked for; it gets the path's parameters. */
export const routes: readonly SiteRoute[] = [
  { path: "/", label: "Standings", page: lazy(() => import("./pages/standings.tsx")) },
  { path: "/seasons", label: "Seasons", page: lazy(() => import("./pages/seasons.tsx")) },
  { path: "/seasons/:id", page: lazy(() => import("./pages/season.tsx")) },
  { path: "/seasons/:id/network", page: lazy(() => import("./pages/network.tsx")) },
  { path: "/seasons/:id/accounts/:account", page: lazy(() => import("./pages/account.tsx")) },
  { path: "/attestations", label: "Attestations", page: lazy(() => import("./pages/attestations.tsx")) },
  { path: "/attestations/:uid", page: lazy(() => import("./pages/attestation.tsx")) },
  { path: "/requests", label: "Requests", page: lazy(() => import("./pages/requests.tsx")) },
  { path: "/requests/:id", page: lazy(() => import("./pages/request.tsx")) },
  { path: "/models", label: "Models", page: lazy(() => import("./pages/models.tsx")) },
  { path: "/models/:id", page: lazy(() => import("./pages/model.tsx")) },
  { path: "/caught", label: "Caught", page: lazy(() => import("./pages/caught.tsx")) },
  { path: "/charts", label: "Charts", page: lazy(() => import("./pages/charts.tsx")) },
  { path: "/take-part", label: "Take part", page: lazy(() => import("./pages/take-part.tsx")) },
  { path: "/about", label: "About", page: lazy(() => import("./pages/about.tsx")) },
];
