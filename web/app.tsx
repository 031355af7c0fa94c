import { useState } from "react";
import { Link, Route, Switch, useLocation } from "wouter";
import { LiveRegion } from "./components/live.tsx";
import { Page } from "./components/page.tsx";
import { Loaded } from "./components/states.tsx";
import { routes } from "./routes.ts";
import { Strip } from "./strip/strip.tsx";
import { keepTheme, readTheme, type Theme } from "./theme.ts";

export function App() {
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header className="site">
        <Link href="/" className="brand">
          Proofboard
        </Link>
        <nav aria-label="Pages">
          <ul>
            {routes.map(
              ({ path, label }) =>
                label && (
                  <li key={path}>
                    <NavLink href={path}>{label}</NavLink>
                  </li>
                ),
            )}
          </ul>
        </nav>
        <ThemeChoice />
      </header>
      <Strip />
      <main id="main" tabIndex={-1}>
        <Switch>
          {routes.map(({ path, page: Shown }) => (
            <Route key={path} path={path}>
              {(params) => (
                <Loaded what="the page">
                  <Shown key={Object.values(params).join("/")} params={params as Record<string, string>} />
                </Loaded>
              )}
            </Route>
          ))}
          <Route>
            <Page title="Nothing here">
              <p className="state">There is no such page.</p>
            </Page>
          </Route>
        </Switch>
      </main>
      <LiveRegion />
    </>
  );
}

function NavLink({ href, children }: { href: string; children: string }) {
  const [path] = useLocation();
  const current = path === href ? "page" : path.startsWith(`${href}/`) ? "true" : undefined;
  return (
    <Link href={href} aria-current={current}>
      {children}
    </Link>
  );
}

const next: Readonly<Record<Theme, Theme>> = { system: "dark", dark: "light", light: "system" };

function ThemeChoice() {
  const [theme, setTheme] = useState(readTheme);
  const choose = () => {
    setTheme(next[theme]);
    keepTheme(next[theme]);
  };
  return (
    <button type="button" className="theme" onClick={choose} title="Colours: as your system, dark or light">
      Theme: {theme}
    </button>
  );
}
