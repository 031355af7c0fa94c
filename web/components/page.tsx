import { type ReactNode, useEffect, useRef } from "react";

let visited = false;

/** What is known of a page before it's opened, where a link to it is shown. */
export interface About {
  title: string;
  description: string;
}

/**
 * A page: its title goes to the tab and gets the focus when the page was navigated to.
 *
 * @param about For the tab and the document's description, where there is more to say than the title.
 */
export function Page({ title, about, children }: { title: string; about?: About | undefined; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { title: tab, description } = about ?? { title, description: undefined };
  useEffect(() => {
    document.title = `${tab} · Proofboard`;
  }, [tab]);
  useEffect(() => {
    const meta = document.querySelector<HTMLMetaElement>("meta[name=description]");
    if (meta === null || description === undefined) return;
    const before = meta.content;
    meta.content = description;
    return () => {
      meta.content = before;
    };
  }, [description]);
  useEffect(() => {
    if (visited) heading.current?.focus();
    visited = true;
  }, []);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
    </>
  );
}
