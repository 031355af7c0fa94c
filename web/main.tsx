import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Router } from "wouter";
import { queries } from "./api.ts";
import { App } from "./app.tsx";
import { prefix } from "./prefix.ts";
import { applyTheme, readTheme } from "./theme.ts";

applyTheme(readTheme());
createRoot(document.getElementById("app") as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Router base={prefix()}>
        <App />
      </Router>
    </QueryClientProvider>
  </StrictMode>,
);
